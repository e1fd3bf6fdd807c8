//! A way back that is prepared when the change has been made.

use super::acts;
use crate::audit::{Found, Level, Placed, Rule, Subject};
use crate::runbook::Phase;

pub(super) const RULE: Rule = Rule {
    code: "HP203",
    name: "rollback-prepared-late",
    level: Level::Warning,
    meaning: "what a rollback needs is prepared after the change that it is for",
    help: "prepare it before the first change, for example in phase 2; what can only be tried later \
           is tried in phase 7",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let own: Vec<&Placed<'_>> = subject.own_steps().collect();
    let changes = |placed: &&&Placed<'_>| placed.changes() && !acts::backs_up(placed);
    let Some(change) = own.iter().find(changes) else { return };
    late_backup(&own, change, found);
    late_procedure(subject, &own, change, found);
    late_file(subject, &own, found);
}

/// The first backup stands behind the last change.
fn late_backup(own: &[&Placed<'_>], change: &Placed<'_>, found: &mut Vec<Found>) {
    let Some(at) = own.iter().position(|placed| acts::backs_up(placed)) else { return };
    let changes = |placed: &&Placed<'_>| placed.changes() && !acts::backs_up(placed);
    let seen_before = own[..at].iter().any(|placed| acts::knows_backup(placed));
    if own[at..].iter().any(changes) || !own[..at].iter().any(changes) || seen_before {
        return;
    }
    let message =
        format!("`{}` backs up what `{}` has changed already", own[at].step.id, change.step.id);
    let here = own[at].found(&own[at].action(), message).here("too late for what was there before");
    found.push(here.also(&change.place, "the first change"));
}

/// The way back is thought of in phase 7 only, and nothing else knows one.
fn late_procedure(
    subject: &Subject<'_>,
    own: &[&Placed<'_>],
    change: &Placed<'_>,
    found: &mut Vec<Found>,
) {
    let knows = own.iter().any(|placed| placed.step.undo.is_some());
    if knows || !subject.book.rollback.steps.is_empty() {
        return;
    }
    let about = ["rollback", "roll back", "rolling back", "way back", "revert", "restore"];
    let is_late = |placed: &&&Placed<'_>| {
        let in_seven = placed.phase() == Some(Phase::RollbackPreparation);
        in_seven && placed.step.acts() && acts::says(&placed.step.title, &about)
    };
    let Some(late) = own.iter().find(is_late).filter(|_| comes_before_seven(change)) else {
        return;
    };
    let message = format!(
        "the way back is prepared in phase 7, after `{}` in phase {}",
        change.step.id,
        number(change)
    );
    let here = late.found(&late.at("title"), message).here("who has to go back before, has no way");
    let help = "give each change an `undo`, or write the way back as steps of `[rollback]`: they are \
                there from the first change on; phase 7 tries them";
    found.push(here.also(&change.place, "the first change").help(help));
}

fn comes_before_seven(change: &Placed<'_>) -> bool {
    change.phase().is_some_and(|phase| phase < Phase::RollbackPreparation)
}

fn number(placed: &Placed<'_>) -> usize {
    placed.phase().map_or(0, Phase::number)
}

/// An undo runs or reads a file that a later step makes.
fn late_file(subject: &Subject<'_>, own: &[&Placed<'_>], found: &mut Vec<Found>) {
    for (at, placed) in own.iter().enumerate() {
        let Some(undo) = placed.step.undo.as_deref() else { continue };
        let undo = subject.steps.iter().find(|other| std::ptr::eq(other.step, undo));
        let Some(undo) = undo else { continue };
        let text = format!("{:?}", undo.step.action);
        let makes = |later: &&&Placed<'_>| {
            let made = later.step.deliverables.iter();
            made.filter(|made| made.contains(['/', '.']))
                .any(|made| acts::says(&text, &[&made.to_lowercase()]))
        };
        if let Some(later) = own[at + 1..].iter().find(makes) {
            let message = format!(
                "the undo of `{}` needs what `{}` makes later",
                placed.step.id, later.step.id
            );
            let here =
                undo.found(&undo.action(), message).here("is not there yet when it is needed");
            found.push(here.also(&later.at("deliverables"), "made here"));
        }
    }
}
