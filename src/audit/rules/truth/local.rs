//! In production a check asks the machine that it runs on, and not the one that serves.

use super::looks::all_checks;
use crate::audit::{Call, Found, Level, Placed, Rule, Subject};
use crate::runbook::Phase;

pub(super) const RULE: Rule = Rule {
    code: "HP313",
    name: "asks-itself",
    level: Level::Warning,
    meaning: "in production, a check asks the machine that holdpoint runs on",
    help: "ask where users ask: the public name. If this runs on the server itself, or through a \
           tunnel, say so: `allow = [{ code = \"HP313\", why = \"…\" }]`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    if !subject.book.is_production() || subject.steps.iter().any(is_tunnel) {
        return;
    }
    for (placed, check) in all_checks(subject) {
        let early = [Phase::ALL[0], Phase::ALL[1]];
        if placed.phase().is_none_or(|phase| early.contains(&phase)) {
            continue;
        }
        let own = ["url", "address", "name"].iter().filter_map(|key| check.kind.text(key));
        let own = own.filter(|_| ["http", "port", "tls"].contains(&check.check.claim.name()));
        let said = own.map(|(text, place)| (text.to_owned(), place));
        let asks = |program: &str| ["curl", "wget", "nc", "http", "grpcurl"].contains(&program);
        let calls = check.calls.iter().filter(|call| asks(call.program()));
        let words = calls.flat_map(Call::arguments);
        let words = words.map(|word| (word.text.clone(), word.place.clone()));
        if let Some((text, place)) = said.chain(words).find(|(text, _)| is_local(text)) {
            let message =
                format!("{} is this machine, not production", crate::runbook::quoted(&text));
            found.push(placed.found(&place, message).here("asks this machine"));
        }
    }
}

/// Whether an address or a URL is of the machine itself.
fn is_local(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    name == "localhost"
        || name.starts_with("127.")
        || host.starts_with("[::1]")
        || name == "0.0.0.0"
}

/// A port of this machine may lead elsewhere.
fn is_tunnel(placed: &Placed<'_>) -> bool {
    placed.calls.iter().any(|call| {
        call.is(&["kubectl", "port-forward"])
            || (call.program() == "ssh"
                && call.arguments().iter().any(|word| {
                    word.text.starts_with("-L")
                        || word.text.starts_with("-fNL")
                        || word.text.starts_with("-NL")
                }))
            || call.has(&["start-session"])
            || ["cloudflared", "cloud_sql_proxy", "cloud-sql-proxy", "socat"]
                .contains(&call.program())
    })
}
