//! What came of a rollback, part by part, and what its verdict stands on.

use super::way_back::{Standing, standing, title};
use super::{Line, Tone, counted};
use crate::check::Outcome;
use crate::runbook::{Action, OnFailure, Runbook, Step};
use crate::session::{ActionState, Plan, Planned, RollbackVerdict, Session, StepState};

/// What came of each part of a rollback.
pub(super) fn came_of(session: &Session, plan: &Plan<'_>) -> Vec<Line> {
    let undos = plan.ran.iter().map(|planned| {
        let title = title(planned);
        let (tone, text) = match standing(session, planned) {
            Standing::Gone => {
                (Tone::Doubt, format!("  gone     {title}: not in the runbook, not taken back"))
            }
            Standing::NoUndo(_) => {
                (Tone::Doubt, format!("  no undo  {title}: nothing in the runbook takes it back"))
            }
            Standing::Undone(undo) => undone(session, undo, &title),
            Standing::Waived(owner) => {
                (Tone::Doubt, format!("  waived   {title}: not shown to be undone; by {owner}"))
            }
            Standing::Begun(_) => {
                (Tone::Bad, format!("  LEFT     {title}: its undo was begun, and is not done"))
            }
            Standing::Due(_) => (Tone::Bad, format!("  LEFT     {title}: not taken back")),
        };
        Line::new(tone, text)
    });
    undos.chain(plan.then.iter().map(|step| of_last(session, step))).collect()
}

/// Whether a check or only a person says so is told with it.
fn undone(session: &Session, undo: &Step, title: &str) -> (Tone, String) {
    let state = session.step(&undo.id);
    let by_hand = undo.action.as_ref().is_some_and(Action::is_manual);
    let word = match (&state.action, &state.text) {
        (ActionState::Done, Some(_)) if !by_hand => Some("undone by hand"),
        (ActionState::Done, None) if !by_hand => Some("a person says that it happened"),
        _ => None,
    };
    let unproven = (!is_proven(undo, &state)).then_some("no check says so");
    let told: Vec<&str> = word.into_iter().chain(unproven).collect();
    if told.is_empty() {
        return (Tone::Good, format!("  undone   {title}"));
    }
    (Tone::Doubt, format!("  undone   {title}: {}", told.join(", ")))
}

fn is_proven(undo: &Step, state: &StepState) -> bool {
    !undo.checks.is_empty() && state.checks == Some(Outcome::Pass)
}

fn of_last(session: &Session, step: &Step) -> Line {
    let state = session.step(&step.id);
    let title = &step.title;
    let (tone, text) = match (&state.skipped, &state.waived, state.checks) {
        (Some(why), _, _) => (Tone::Doubt, format!("  skipped  {title}: {why}")),
        (_, Some(waiver), _) => {
            (Tone::Doubt, format!("  waived   {title}: by {}", waiver.terms.owner))
        }
        (_, _, Some(Outcome::Pass)) => (Tone::Good, format!("  pass     {title}")),
        (_, _, Some(Outcome::Unknown)) => (Tone::Doubt, format!("  UNKNOWN  {title}")),
        (_, _, None) if state.action.is_good() => (Tone::Good, format!("  done     {title}")),
        (_, _, None) if state.action == ActionState::Due => {
            (Tone::Doubt, format!("  not run  {title}"))
        }
        (_, _, Some(Outcome::Fail) | None) => (Tone::Bad, format!("  FAILED   {title}")),
    };
    Line::new(tone, text)
}

/// What the verdict stands on, or what it lacks; nothing for a rollback that was broken off.
pub(super) fn because(verdict: RollbackVerdict, session: &Session, book: &Runbook) -> Option<Line> {
    let plan = session.plan(book);
    match verdict {
        RollbackVerdict::Verified => {
            let text = format!("Verified by {}.", proof(session, &plan));
            Some(Line::new(Tone::Good, text))
        }
        RollbackVerdict::NotVerified => {
            let text = format!("Not verified: {}. Look for yourself.", lacks(session, &plan));
            Some(Line::new(Tone::Doubt, text))
        }
        RollbackVerdict::Failed => None,
    }
}

/// `3 checks of the rollback and the baseline`.
fn proof(session: &Session, plan: &Plan<'_>) -> String {
    let undos = plan.ran.iter().filter_map(Planned::undo);
    let passed = undos.chain(plan.then).filter(|step| is_proven(step, &session.step(&step.id)));
    let checks: usize = passed.map(|step| step.checks.len()).sum();
    let checks = (checks > 0).then(|| format!("{} of the rollback", counted(checks, "check")));
    let baseline = (!plan.baselines.is_empty()).then(|| "the baseline".to_owned());
    let told: Vec<String> = checks.into_iter().chain(baseline).collect();
    told.join(" and ")
}

/// What no check proves, and what was passed over, by name.
fn lacks(session: &Session, plan: &Plan<'_>) -> String {
    let unproven = plan.ran.iter().filter(|planned| match standing(session, planned) {
        Standing::Undone(undo) => !is_proven(undo, &session.step(&undo.id)),
        Standing::Gone | Standing::NoUndo(_) => true,
        // These are named as what they are.
        Standing::Waived(_) | Standing::Begun(_) | Standing::Due(_) => false,
    });
    let undos = plan.ran.iter().filter_map(Planned::undo);
    let afters = plan.baselines.iter().map(|baseline| &baseline.after);
    let steps: Vec<&Step> = undos.chain(plan.then).chain(afters).collect();
    let those = |is: fn(&StepState) -> bool| {
        let found = steps.iter().filter(|step| is(&session.step(&step.id)));
        found.map(|step| step.title.clone()).collect::<Vec<_>>()
    };
    let groups = [
        ("no check says that it is back", unproven.map(title).collect()),
        ("waived", those(|state| state.waived.is_some())),
        ("failed", those(|state| state.policy == Some(OnFailure::Continue))),
    ];
    let told: Vec<String> = groups
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(what, names): (_, Vec<String>)| format!("{what}: {}", names.join(", ")))
        .collect();
    if told.is_empty() {
        "no check says that all of it is back".to_owned()
    } else {
        told.join("; ")
    }
}
