//! What IAM must allow: for the checks by what they ask, for actions by what their steps say.

use std::collections::BTreeSet;

use super::{Question, Stand};
use crate::check::{AwsAccess, Kind as _, Outcome, Reading, Verdict};
use crate::report::policy::{IDENTITY, placed};
use crate::runbook::{Phase, Runbook, Values};
use crate::value::Name;

/// Who says that an action of IAM is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A check asks it.
    Check,
    /// The step says so.
    Declared,
}

/// An action of IAM that must be allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wish {
    /// Where it matters first.
    pub stand: Stand,
    /// Who says so.
    pub source: Source,
    /// The step.
    pub step: Name,
    /// `ecs:UpdateService`.
    pub action: String,
    /// What it is on; `*` where nobody knows.
    pub resource: String,
}

/// All that must be allowed: each action on each resource once, where it matters first.
#[must_use]
pub fn wishes(
    book: &Runbook,
    questions: &[Question<'_>],
    values: &Values,
    is_skipped: &dyn Fn(&Name) -> bool,
) -> Vec<Wish> {
    let Some(aws) = &book.aws else { return Vec::new() };
    let mut all = Vec::new();
    for Question { stand, step, check, .. } in questions {
        for permission in values.fill_check(check).claim.kind().permissions() {
            all.push(Wish {
                stand: *stand,
                source: Source::Check,
                step: step.id.clone(),
                action: permission.action,
                resource: placed(&permission.resource, aws),
            });
        }
    }
    let declared = |stand, id: &Name, actions: &[String]| {
        let wish = |action: &String| Wish {
            stand,
            source: Source::Declared,
            step: id.clone(),
            action: action.clone(),
            resource: "*".to_owned(),
        };
        actions.iter().map(wish).collect::<Vec<_>>()
    };
    for phase in Phase::ALL {
        for step in book.section(phase).steps.iter().filter(|step| !is_skipped(&step.id)) {
            all.extend(declared(Stand::In(phase), &step.id, &step.needs_actions));
        }
    }
    for step in &book.rollback.steps {
        all.extend(declared(Stand::Back, &step.id, &step.needs_actions));
    }
    all.sort();
    let mut seen = BTreeSet::new();
    all.retain(|wish| {
        let key = (wish.source, wish.action.to_lowercase(), wish.resource.clone());
        let fits = wish.action != IDENTITY && !wish.action.contains('*');
        fits && seen.insert(key)
    });
    all
}

/// What a simulation says of one wish. That no policy allows it on `*` proves nothing: it may be
/// allowed on certain resources.
pub fn judge_wish(principal: &str, wish: &Wish, reading: &Reading) -> Verdict {
    let resources = match wish.resource.as_str() {
        "*" => Vec::new(),
        one => vec![one.to_owned()],
    };
    let access = AwsAccess::allowing(principal, vec![wish.action.clone()], resources);
    let verdict = access.judge(reading);
    let fails = verdict.outcome() == Outcome::Fail;
    if fails && wish.resource == "*" && access.is_by_default(reading) {
        let action = &wish.action;
        return Verdict::Unknown(format!(
            "{action} is denied on `*`; a policy may allow it on certain resources alone"
        ));
    }
    verdict
}

/// The service of an action or of a resource's name: `ecs`.
#[must_use]
pub fn service_of(text: &str) -> &str {
    let mut parts = text.split(':');
    if text.starts_with("arn:") { parts.nth(2) } else { parts.next() }.unwrap_or_default()
}
