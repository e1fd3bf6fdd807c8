//! The AWS account, region and role are the right ones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cloud::{Cloud, Identity, Permission};
use super::expectation::{cut, every, is_open, quote, unless_flawed};
use super::{Kind, Probe, Reading, Verdict, When};

/// The AWS account, region and role are the ones that `[aws]` names.
///
/// What is not said here is taken from `[aws]`. The role or user is judged, never the name that
/// its holder chose for the session. Without credentials nothing is known. Where the requests go to
/// an endpoint of one's own instead of AWS, the words say that nothing is proven.
///
/// ```toml
/// check.aws_identity = {}
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsIdentity {
    /// Twelve digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// `eu-west-1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Name of the role or user: `deployer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// ARN of the principal, without the name of a session:
    /// `arn:aws:sts::123456789012:assumed-role/deployer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// Where AWS is asked: `aws`, or the URL of a custom endpoint, which proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

impl AwsIdentity {
    /// What it says is AWS itself, and no custom endpoint.
    pub const AWS: &str = "aws";

    /// The same claim, with what it leaves open taken from the target.
    #[must_use]
    pub fn or(self, account: &str, region: &str, role: Option<&str>) -> Self {
        Self {
            account: self.account.or_else(|| Some(account.to_owned())),
            region: self.region.or_else(|| Some(region.to_owned())),
            role: self.role.or_else(|| role.map(str::to_owned)),
            ..self
        }
    }
}

impl AwsIdentity {
    fn judge_identity(&self, seen: &Identity) -> Verdict {
        if let Some(why) = garbled(seen) {
            return Verdict::Unknown(why);
        }
        let one = |what: &str, seen: &str, wanted: &str| {
            let shown = cut(seen, 32);
            if seen == wanted {
                Verdict::Pass(format!("{what} {shown}"))
            } else {
                Verdict::Fail(format!("{what} {shown}, wanted {}", cut(wanted, 32)))
            }
        };
        let account = self.account.as_deref().map(|wanted| one("account", &seen.account, wanted));
        let region = self.region.as_deref().map(|wanted| one("region", &seen.region, wanted));
        let role = self.role.as_deref().map(|wanted| role(seen, wanted));
        let principal = self.principal.as_deref();
        // Who has the wanted name is told by it alone.
        let told = role.is_none();
        let principal = principal.and_then(|wanted| principal_is(seen, wanted, told));
        let endpoint = self.endpoint.as_deref().and_then(|wanted| endpoint_is(seen, wanted));
        let wanted = account.into_iter().chain(region).chain(role).chain(principal);
        let verdict = every(wanted.chain(endpoint));
        match verdict {
            Verdict::Pass(says) => Verdict::Pass(cut(&(unproven(seen) + &says + &also(seen)), 160)),
            Verdict::Fail(says) => Verdict::Fail(cut(&(unproven(seen) + &says), 160)),
            unknown @ Verdict::Unknown(_) => unknown,
        }
    }
}

/// Why this is no identity, if so.
fn garbled(seen: &Identity) -> Option<String> {
    let parts: Vec<&str> = seen.arn.splitn(6, ':').collect();
    let [arn, _, _, _, account, who] = parts.as_slice() else {
        return Some(format!("AWS names no principal: {}", quote(&seen.arn)));
    };
    if *arn != "arn" || who.is_empty() {
        return Some(format!("AWS names no principal: {}", quote(&seen.arn)));
    }
    (*account != seen.account).then(|| {
        let (account, other) = (cut(&seen.account, 32), quote(&seen.arn));
        format!("AWS contradicts itself: account {account}, and the principal is {other}")
    })
}

/// Whoever asks for the token of a federated user chooses that name.
fn role(seen: &Identity, wanted: &str) -> Verdict {
    let kind = if seen.arn.contains(":assumed-role/") {
        "role"
    } else if seen.arn.contains(":user/") {
        "user"
    } else if seen.arn.ends_with(":root") {
        "the account's"
    } else {
        let seen = quote(&seen.arn);
        let wanted = cut(wanted, 32);
        return Verdict::Fail(format!("{seen} is no role or user, wanted {wanted}"));
    };
    let name = seen.name();
    let shown = cut(name, 64);
    if name == wanted {
        Verdict::Pass(format!("{kind} {shown}"))
    } else {
        Verdict::Fail(format!("{kind} {shown}, wanted {}", cut(wanted, 64)))
    }
}

/// The principal must be just this one. One that is, is told where nothing else tells it.
fn principal_is(seen: &Identity, wanted: &str, told: bool) -> Option<Verdict> {
    let shown = cut(seen.principal(), 80);
    if seen.principal() == wanted {
        told.then_some(Verdict::Pass(shown))
    } else {
        Some(Verdict::Fail(format!("{shown}, wanted {}", cut(wanted, 80))))
    }
}

/// AWS must be asked where it was asked before. That it is needs no words: a custom endpoint is
/// told anyway.
fn endpoint_is(seen: &Identity, wanted: &str) -> Option<Verdict> {
    let asked = seen.endpoint.as_deref().unwrap_or(AwsIdentity::AWS);
    (asked != wanted).then(|| {
        let (asked, wanted) = (quote(asked), quote(wanted));
        Verdict::Fail(format!("asked at {asked}, wanted {wanted}"))
    })
}

fn unproven(seen: &Identity) -> String {
    let endpoint = seen.endpoint.as_deref().map(quote);
    endpoint.map(|url| format!("identity unproven: custom endpoint {url}; ")).unwrap_or_default()
}

/// What its holder chose, and nobody judges.
fn also(seen: &Identity) -> String {
    let chosen = seen.arn.strip_prefix(seen.principal()).unwrap_or_default();
    match chosen.strip_prefix('/') {
        Some(session) => format!(", session {}", quote(session)),
        None => String::new(),
    }
}

impl Kind for AwsIdentity {
    fn ask(&self, _when: When) -> Probe {
        Probe::Cloud(Cloud::Identity)
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let Reading::Identity(seen) = reading else { return reading.unfit() };
            self.judge_identity(seen)
        })
    }

    fn says(&self) -> String {
        let account = self.account.as_ref().map(|account| format!("account {account}"));
        let role = self.role.as_ref().map(|role| format!("as {role}"));
        let parts: Vec<String> =
            account.into_iter().chain(self.region.clone()).chain(role).collect();
        match parts.as_slice() {
            [] => "AWS is the target of `[aws]`".to_owned(),
            parts => format!("AWS is {}", parts.join(", ")),
        }
    }

    fn flaw(&self) -> Option<String> {
        let unlike = |text: &Option<String>, fits: &dyn Fn(&str) -> bool| {
            text.as_deref().filter(|text| !is_open(text) && !fits(text)).map(quote)
        };
        let digits =
            |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        let region = |text: &str| {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            text.contains('-') && text.chars().all(plain)
        };
        let name = |text: &str| !text.is_empty() && !text.contains(['/', ':']);
        if let Some(account) = unlike(&self.account, &digits) {
            return Some(format!("`account` is {account}, wanted twelve digits"));
        }
        if let Some(region) = unlike(&self.region, &region) {
            return Some(format!("`region` is {region}, wanted one like `eu-west-1`"));
        }
        let role = unlike(&self.role, &name)?;
        Some(format!("`role` is {role}: write the name of a role or user, without path or ARN"))
    }

    fn permissions(&self) -> Vec<Permission> {
        vec![Permission::any("sts:GetCallerIdentity")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Obstacle, Outcome};

    const WANTED: &str = "account = '123456789012'\nregion = 'eu-west-1'\nrole = 'deployer'";
    const ALICE: &str = "arn:aws:sts::123456789012:assumed-role/deployer/alice";

    fn identity(text: &str) -> AwsIdentity {
        toml::from_str(text).unwrap()
    }

    fn seen(account: &str, region: &str, arn: &str) -> Identity {
        let [account, region, arn] = [account, region, arn].map(str::to_owned);
        Identity { account, arn, region, endpoint: None }
    }

    fn verdict(wanted: &str, seen: Identity) -> Verdict {
        identity(wanted).judge(&Reading::Identity(seen))
    }

    #[test]
    fn judges_account_region_and_role_and_shows_the_session() {
        let here = |arn: &str| seen("123456789012", "eu-west-1", arn);
        let words = "account 123456789012, region eu-west-1, role deployer, session `alice`";
        assert_eq!(verdict(WANTED, here(ALICE)), Verdict::Pass(words.into()));
        let user = "arn:aws:iam::123456789012:user/team/deployer";
        let words = "account 123456789012, region eu-west-1, user deployer";
        assert_eq!(verdict(WANTED, here(user)), Verdict::Pass(words.into()));
        let other = verdict(
            WANTED,
            seen("210987654321", "us-east-1", &ALICE.replace("123456789012", "210987654321")),
        );
        let words = "account 210987654321, wanted 123456789012; region us-east-1, wanted eu-west-1";
        assert_eq!(other, Verdict::Fail(words.into()));
        for arn in [
            "arn:aws:sts::123456789012:assumed-role/admin/deployer",
            "arn:aws:sts::123456789012:assumed-role/deployer2/deployer",
            "arn:aws:sts::123456789012:federated-user/deployer",
            "arn:aws:iam::123456789012:user/deployer/eve",
            "arn:aws:iam::123456789012:root",
        ] {
            assert_eq!(verdict(WANTED, here(arn)).outcome(), Outcome::Fail, "{arn}");
        }
        let admin = verdict(WANTED, here("arn:aws:sts::123456789012:assumed-role/admin/deployer"));
        assert_eq!(admin.says(), "role admin, wanted deployer");
        let root = here("arn:aws:iam::123456789012:root");
        assert_eq!(verdict("role = 'root'", root).outcome(), Outcome::Pass);
    }

    #[test]
    fn an_endpoint_of_ones_own_proves_nothing() {
        let endpoint = Some("http://127.0.0.1:5601".to_owned());
        let here = Identity { endpoint, ..seen("123456789012", "eu-west-1", ALICE) };
        let pass = verdict(WANTED, here.clone());
        let words =
            "identity unproven: custom endpoint `http://127.0.0.1:5601`; account 123456789012";
        assert!(matches!(&pass, Verdict::Pass(says) if says.starts_with(words)), "{pass:?}");
        let fail = verdict("role = 'admin'", here);
        let words = "identity unproven: custom endpoint `http://127.0.0.1:5601`; role deployer";
        assert!(matches!(&fail, Verdict::Fail(says) if says.starts_with(words)), "{fail:?}");
    }

    #[test]
    fn what_was_pinned_stays_so() {
        let pinned = |principal: &str, endpoint: &str| {
            format!("{WANTED}\nprincipal = '{principal}'\nendpoint = '{endpoint}'")
        };
        let role = "arn:aws:sts::123456789012:assumed-role/deployer";
        let here = || seen("123456789012", "eu-west-1", ALICE);
        let moved = Identity { endpoint: Some("http://h:1".to_owned()), ..here() };
        let words = "account 123456789012, region eu-west-1, role deployer, session `alice`";
        assert_eq!(verdict(&pinned(role, "aws"), here()), Verdict::Pass(words.into()));
        assert_eq!(verdict(&pinned(role, "http://h:1"), moved.clone()).outcome(), Outcome::Pass);
        for (principal, endpoint, seen) in [
            ("arn:aws:iam::123456789012:user/deployer", "aws", here()),
            (ALICE, "aws", here()),
            (role, "http://h:1", here()),
            (role, "aws", moved.clone()),
            (role, "http://h:2", moved),
        ] {
            let verdict = verdict(&pinned(principal, endpoint), seen);
            assert_eq!(verdict.outcome(), Outcome::Fail, "{principal} {endpoint}: {verdict:?}");
        }
        let alone = verdict(&format!("principal = '{role}'"), here());
        assert_eq!(alone, Verdict::Pass(format!("{role}, session `alice`")));
    }

    #[test]
    fn nothing_known_or_nothing_wanted_is_unknown() {
        for reading in [
            Reading::Nothing(Obstacle::Error("the credentials have expired".into())),
            Reading::Refused("no".into()),
            Reading::Connected { millis: 1 },
            Reading::Identity(seen("", "eu-west-1", "")),
            Reading::Identity(seen("123456789012", "eu-west-1", "deployer")),
            Reading::Identity(seen("123456789012", "eu-west-1", "arn:aws:sts::123456789012:")),
            Reading::Identity(seen("123456789012", "eu-west-1", &ALICE.replace("1234", "4321"))),
        ] {
            assert_eq!(identity(WANTED).judge(&reading).outcome(), Outcome::Unknown, "{reading:?}");
        }
        let here = seen("123456789012", "eu-west-1", ALICE);
        assert_eq!(verdict("", here).outcome(), Outcome::Unknown);
    }

    #[test]
    fn flaws() {
        for bad in [
            "account = '12'",
            "account = 'orders'",
            "region = ''",
            "region = 'Ireland'",
            "role = ''",
            "role = 'arn:aws:iam::123456789012:role/deployer'",
            "role = 'a/b'",
        ] {
            assert!(identity(bad).flaw().is_some(), "{bad}");
            let here = seen("123456789012", "eu-west-1", ALICE);
            assert_eq!(verdict(bad, here).outcome(), Outcome::Unknown, "{bad}");
        }
        for good in ["", WANTED, "account = '{{account}}'"] {
            assert_eq!(identity(good).flaw(), None, "{good}");
        }
        assert_eq!(identity(WANTED).says(), "AWS is account 123456789012, eu-west-1, as deployer");
        assert_eq!(identity("").says(), "AWS is the target of `[aws]`");
    }
}
