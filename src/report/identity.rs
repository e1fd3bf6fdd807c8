//! Who asks AWS, in words: at gates, in the head, and where it is the wrong one.

use crate::check::cloud::Identity;
use crate::runbook::Aws;

/// `account 123456789012 · eu-west-1 · role deployer (session jane)`.
#[must_use]
pub fn identity_words(identity: &Identity) -> String {
    let session = identity.session().map(|name| format!(" (session {})", cut(name)));
    format!("{}{}", principal_words(identity), session.unwrap_or_default())
}

/// The same without what its holder chose freely.
#[must_use]
pub fn principal_words(identity: &Identity) -> String {
    let Identity { account, region, .. } = identity;
    let (account, region, name) = (cut(account), cut(region), cut(identity.name()));
    format!("account {account} · {region} · {} {name}", identity.kind())
}

/// The same of what a runbook means, as far as it says.
#[must_use]
pub fn target_words(aws: &Aws) -> String {
    let Aws { account, region, role, .. } = aws;
    let role = role.as_ref().map(|role| format!(" · {role}"));
    format!("account {account} · {region}{}", role.unwrap_or_default())
}

/// What must be said wherever an identity is shown that a custom endpoint told.
#[must_use]
pub fn unproven_words(identity: &Identity) -> Option<String> {
    let endpoint = identity.endpoint.as_ref()?;
    Some(format!("identity unproven: custom endpoint {endpoint}"))
}

/// Names have 64 characters at most; whoever tells longer ones is not AWS.
fn cut(text: &str) -> String {
    const LONGEST: usize = 64;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
