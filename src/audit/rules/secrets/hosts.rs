//! Where a runbook goes: another account, an open line, an address that only some can reach.

use std::sync::LazyLock;

use regex::Regex;

use super::written::{found_at, host, is_local, is_private, texts};
use crate::audit::{Found, Level, Placed, Rule, Subject};
use crate::runbook::quoted;

pub(super) const ACCOUNT: Rule = Rule {
    code: "HP507",
    name: "other-account",
    level: Level::Warning,
    meaning: "an ARN is of another account than the one that `[aws]` names",
    help: "write the account of `[aws]`; if the other one is meant, say so: \
           `allow = [{ code = \"HP507\", why = \"…\" }]`",
    look: look_at_accounts,
};

pub(super) const PLAIN: Rule = Rule {
    code: "HP508",
    name: "plain-http",
    level: Level::Warning,
    meaning: "a URL with `http://` leaves this network: anybody on the way can read and change it",
    help: "write `https://`",
    look: look_at_schemes,
};

pub(super) const PRIVATE: Rule = Rule {
    code: "HP510",
    name: "private-address",
    level: Level::Note,
    meaning: "a private IP address is written out in a runbook for production",
    help: "write a name: it stays when the machine is replaced",
    look: look_at_addresses,
};

fn pattern(text: &str) -> Regex {
    Regex::new(&text.replace(r"\b", r"(?-u:\b)")).expect("a pattern")
}

fn look_at_accounts(subject: &Subject<'_>, found: &mut Vec<Found>) {
    static ACCOUNTS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\barn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:([0-9]{12}):"));
    let Some(aws) = &subject.book.aws else { return };
    for written in texts(subject, true) {
        let accounts = ACCOUNTS.captures_iter(written.text).filter_map(|captures| captures.get(1));
        for account in accounts.filter(|account| account.as_str() != aws.account) {
            let place = written.part(subject, &account.range());
            let message = format!("`[aws]` names the account {}, and this is another", aws.account);
            found.push(found_at(subject, &place, message).here("another account"));
        }
    }
}

fn look_at_schemes(subject: &Subject<'_>, found: &mut Vec<Found>) {
    static URLS: LazyLock<Regex> = LazyLock::new(|| pattern(r#"\bhttp://[^\s"'<>`]+"#));
    // That plain HTTP is answered with a redirect is worth a check.
    let redirects: Vec<_> = subject
        .steps
        .iter()
        .flat_map(Placed::checks)
        .filter(|check| {
            check
                .kind
                .written("status")
                .is_some_and(|status| !status.contains('2') && status.contains('3'))
                || check.kind.written("status").is_some_and(|status| status.contains("30"))
        })
        .filter_map(|check| check.kind.place("url"))
        .collect();
    for written in texts(subject, true).iter().filter(|it| !redirects.contains(&it.place)) {
        for url in URLS.find_iter(written.text) {
            let Some(host) = host(subject, url.as_str()) else { continue };
            // Names of XML and the like begin so, and are asked for by nobody.
            let is_name = ["www.w3.org", "schemas."].iter().any(|begin| host.starts_with(begin));
            if !is_local(&host) && !is_name {
                let place = written.part(subject, &url.range());
                let message = format!("{} is asked in the clear", quoted(&host));
                found.push(found_at(subject, &place, message).here("plain HTTP"));
            }
        }
    }
}

fn look_at_addresses(subject: &Subject<'_>, found: &mut Vec<Found>) {
    static ADDRESSES: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b(/[0-9]|[.\w-])?"));
    if !subject.book.is_production() {
        return;
    }
    // What a name must resolve to is written out on purpose.
    for written in texts(subject, true).iter().filter(|written| written.key != "to") {
        for hit in ADDRESSES.captures_iter(written.text) {
            let Some(address) =
                hit.get(0).filter(|it| hit.get(1).is_none() && is_private(it.as_str()))
            else {
                continue;
            };
            let place = written.part(subject, &address.range());
            let message = format!("`{}` is an address of one network", address.as_str());
            found.push(found_at(subject, &place, message).here("a private address"));
        }
    }
}
