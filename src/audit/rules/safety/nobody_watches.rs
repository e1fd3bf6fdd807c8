//! A change in production, and nobody watches it.

use crate::audit::{Found, Level, Placed, Rule, Subject};
use crate::runbook::{Action, Phase};

pub(super) const RULE: Rule = Rule {
    code: "HP215",
    name: "no-observe-window",
    level: Level::Warning,
    meaning: "in production, nobody watches for a while what was changed",
    help: "add a step with `observe` behind the last change: how long does it take until trouble shows?",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    if !subject.book.is_production() {
        return;
    }
    let own: Vec<&Placed<'_>> = subject.own_steps().collect();
    let deploys = |placed: &&&Placed<'_>| {
        let early = placed.phase().is_some_and(|phase| phase <= Phase::ApplicationDeployment);
        let late = placed.phase().is_some_and(|phase| phase >= Phase::InfrastructureDeployment);
        early && late && placed.changes()
    };
    let Some(change) = own.iter().rfind(deploys) else { return };
    let at = own.iter().position(|placed| std::ptr::eq(*placed, *change)).unwrap_or_default();
    let watches = |placed: &&Placed<'_>| {
        matches!(placed.step.action, Some(Action::Observe(_) | Action::Wait(_)))
    };
    if !own[at..].iter().any(watches) {
        let message =
            format!("nobody watches what `{}` and the steps before it changed", change.step.id);
        let here = "some trouble comes only after a while";
        found.push(change.found(&change.place, message).here(here));
    }
}
