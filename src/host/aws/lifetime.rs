//! How long credentials last, as far as they say.

use std::time::UNIX_EPOCH;

use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature as From;

use crate::value::Moment;

/// How long credentials last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// When they end, if they say so.
    pub ends: Option<Moment>,
    /// Whether they end at all.
    pub is_temporary: bool,
    /// Whether new ones are had by themselves when they end.
    pub renews: Renews,
}

/// Whether new credentials are had without anybody doing anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renews {
    /// Somebody must log in.
    No,
    /// As long as what they are had with lasts.
    Perhaps,
    /// The machine has new ones.
    Yes,
}

impl Lifetime {
    pub(super) fn of(found: &Credentials) -> Self {
        let ends = found.expiry().map(|end| {
            let since = end.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
            Moment::from_millis(i64::try_from(since).unwrap_or(i64::MAX))
        });
        let features = found.get_property::<Vec<From>>().cloned().unwrap_or_default();
        let has = |wanted: &[From]| features.iter().any(|one| wanted.contains(one));
        let machine = [
            From::CredentialsImds,
            From::CredentialsHttp,
            From::CredentialsEnvVarsStsWebIdToken,
            From::CredentialsProfileStsWebIdToken,
        ];
        let renews = if has(&machine) {
            Renews::Yes
        } else if has(&[From::CredentialsStsAssumeRole, From::CredentialsProcess]) {
            Renews::Perhaps
        } else {
            Renews::No
        };
        let is_temporary = ends.is_some() || found.session_token().is_some();
        Self { ends, is_temporary, renews }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn they_say_when_they_end_and_where_they_are_from() {
        let keys = |token: Option<&str>, ends: Option<u64>| {
            let ends = ends.map(|secs| UNIX_EPOCH + Duration::from_secs(secs));
            Credentials::new("id", "key", token.map(str::to_owned), ends, "test")
        };
        let plain = Lifetime::of(&keys(None, None));
        assert_eq!((plain.ends, plain.is_temporary, plain.renews), (None, false, Renews::No));
        assert!(Lifetime::of(&keys(Some("t"), None)).is_temporary);
        let mut ends = keys(Some("t"), Some(90));
        assert_eq!(Lifetime::of(&ends).ends, Some(Moment::from_millis(90_000)));
        for (from, renews) in [
            (From::CredentialsSso, Renews::No),
            (From::CredentialsStsAssumeRole, Renews::Perhaps),
            (From::CredentialsImds, Renews::Yes),
        ] {
            ends.set_property(vec![from]);
            assert_eq!(Lifetime::of(&ends).renews, renews);
        }
    }
}
