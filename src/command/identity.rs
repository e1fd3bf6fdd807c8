//! Who asks AWS, seen before a session has a journal: the wrong one begins none.

use super::Failure;
use super::sitting::{Drive, Sitting};
use crate::check::cloud::Identity;
use crate::check::{Check, Reading, Verdict, When};
use crate::engine::{Asked, Clock as _, guard};
use crate::host::identity::WallClock;
use crate::host::tape::Recording;
use crate::report::{identity_words, target_words, unproven_words};
use crate::runbook::{Aws, Runbook};
use crate::session::Session;

/// The identity that the session stays with; none where the runbook has nothing to do with AWS.
pub(super) fn pinned(what: &Drive<'_>, sitting: &Sitting) -> Result<Option<Identity>, Failure> {
    let Some(aws) = &what.book.aws else { return Ok(None) };
    let Check { claim, timeout, .. } = Session::default().identity_check(what.book);
    let (step, probe) = (guard(), claim.kind().ask(When::at(WallClock.now())));
    let asked = Asked { step: &step, probe: &probe, claim: &claim };
    let reading = sitting.look(what, asked, timeout)?;
    match (claim.kind().judge(&reading), reading) {
        (Verdict::Pass(_), Reading::Identity(identity)) => Ok(Some(identity)),
        (Verdict::Fail(_), Reading::Identity(found)) => Err(another(aws, &found)),
        (verdict, _) => Err(unseen(aws, verdict.says())),
    }
}

/// Keeps in a recording what was seen before it was begun.
pub(super) fn keep(identity: &Identity, book: &Runbook, recording: &Recording) {
    let Check { claim, .. } = Session::default().identity_check(book);
    recording.saw(&guard(), &claim, &Reading::Identity(identity.clone()));
}

fn another(aws: &Aws, found: &Identity) -> Failure {
    let unproven = unproven_words(found).map(|words| format!(", {words}"));
    let (expected, found) = (target_words(aws), identity_words(found));
    let found = found + unproven.as_deref().unwrap_or_default();
    Failure::usage(format!("another one asks AWS: expected {expected}, found {found}")).help(
        format!(
            "nothing was started; take the credentials that are meant{}, or mend `[aws]`",
            login(aws)
        ),
    )
}

fn unseen(aws: &Aws, why: &str) -> Failure {
    let expected = target_words(aws);
    Failure::machine(format!("it cannot be seen who asks AWS: expected {expected}, {why}")).help(
        format!(
            "nothing was started; where credentials are missing or expired, refresh them{}",
            login(aws)
        ),
    )
}

fn login(aws: &Aws) -> String {
    let profile = aws.profile.as_ref().map(|profile| format!(" --profile {profile}"));
    format!(" (for SSO: `aws sso login{}`)", profile.unwrap_or_default())
}
