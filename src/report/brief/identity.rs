//! Who asks AWS: as a gate shows it, and as a question where it is not the one who must.

use super::View;
use crate::check::cloud::Identity;
use crate::check::{Outcome, Reading};
use crate::report::{Line, Tone, identity_words, principal_words, target_words, unproven_words};
use crate::runbook::Aws;

/// What the lines about AWS begin with.
pub(super) const AWS: &str = "AWS  ";

/// Who asks, as just seen; nothing where AWS is of no concern.
pub(super) fn seen(view: &View<'_>) -> Vec<Line> {
    let Some(found) = found(view).or_else(|| view.session.pinned_identity()) else {
        return Vec::new();
    };
    let who = Line::new(Tone::Plain, format!("{AWS}{}", identity_words(found)));
    let unproven = unproven_words(found);
    let unproven = unproven.map(|words| Line::new(Tone::Doubt, format!("{AWS}{words}")));
    std::iter::once(who).chain(unproven).collect()
}

/// Another one asks, or nobody can tell who: what was expected, what was found, what to do.
pub(super) fn question(view: &View<'_>) -> Vec<Line> {
    let verdict = view.session.seen_identity().map(|finding| &finding.verdict);
    let another = verdict.is_some_and(|verdict| verdict.outcome() != Outcome::Unknown);
    let head = if another {
        Line::new(Tone::Bad, "AWS: another one asks than must")
    } else {
        Line::new(Tone::Bad, "AWS: it cannot be seen who asks")
    };
    let says = verdict.map_or("nobody looked", |verdict| verdict.says());
    let found = match found(view) {
        Some(found) => with_endpoint(identity_words(found), found),
        None => format!("nothing: {says}"),
    };
    let mut lines = vec![head, Line::new(Tone::Plain, format!("  expected  {}", expected(view)))];
    lines.push(Line::new(Tone::Bad, format!("  found     {found}")));
    lines.extend(another.then(|| Line::new(Tone::Quiet, format!("            {says}"))));
    lines.extend(contradiction(view));
    lines.push(Line::new(
        Tone::Plain,
        "Nothing is done, and no gate is shown, before it is put right.",
    ));
    lines.extend(advice(view, another));
    lines
}

fn found<'a>(view: &View<'a>) -> Option<&'a Identity> {
    match &view.session.seen_identity()?.reading {
        Reading::Identity(identity) => Some(identity),
        Reading::Ran { .. }
        | Reading::File(_)
        | Reading::Http { .. }
        | Reading::Connected { .. }
        | Reading::Addresses(_)
        | Reading::Certificate(_)
        | Reading::Processes(_)
        | Reading::Answers { .. }
        | Reading::Dashboard(_)
        | Reading::Metrics(_)
        | Reading::Alarms(_)
        | Reading::Refused(_)
        | Reading::Nothing(_) => None,
    }
}

fn with_endpoint(words: String, identity: &Identity) -> String {
    match &identity.endpoint {
        Some(endpoint) => format!("{words} · custom endpoint {endpoint}"),
        None => words,
    }
}

/// Who must ask: as pinned, or as the runbook says where nobody was seen yet.
fn expected(view: &View<'_>) -> String {
    match (view.session.pinned_identity(), &view.book.aws) {
        (Some(pinned), _) => with_endpoint(principal_words(pinned), pinned),
        (None, Some(aws)) => target_words(aws),
        (None, None) => "nobody".to_owned(),
    }
}

/// The runbook was edited, and means another target now.
fn contradiction(view: &View<'_>) -> Option<Line> {
    let pinned = view.session.pinned_identity()?;
    let aws @ Aws { account, region, role, .. } = view.book.aws.as_ref()?;
    let role = role.as_deref().unwrap_or(pinned.name());
    if (account, region, role) == (&pinned.account, &pinned.region, pinned.name()) {
        return None;
    }
    let text = format!(
        "The runbook means {} by now. A session stays with the one it began with: take that back, \
         or begin another session.",
        target_words(aws)
    );
    Some(Line::new(Tone::Bad, text))
}

fn advice(view: &View<'_>, another: bool) -> Vec<Line> {
    let profile = view.book.aws.as_ref().and_then(|aws| aws.profile.as_ref());
    let profile = profile.map(|profile| format!(" --profile {profile}")).unwrap_or_default();
    let login = format!("`aws sso login{profile}`");
    let first = if another {
        format!("Take the credentials that are meant (for SSO: {login}), then answer `check`.")
    } else {
        format!(
            "Where credentials are missing or expired: refresh them in another terminal (for SSO: {login}), then answer `check`."
        )
    };
    let second = "Those in environment variables stay as they were when holdpoint started: answer \
                  `hold`, set them, and resume.";
    vec![Line::new(Tone::Plain, first), Line::new(Tone::Quiet, second)]
}
