//! A rollback that restores what nobody has backed up.

use super::acts;
use crate::audit::{Found, Level, Part, Placed, Rule, Subject};
use crate::runbook::Action;

pub(super) const RULE: Rule = Rule {
    code: "HP204",
    name: "restore-without-backup",
    level: Level::Warning,
    meaning: "the rollback restores a backup that no step makes or looks for before the change",
    help: "make the backup in a step before the change, or check there that it exists and how old it is",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (at, placed) in subject.steps.iter().enumerate() {
        let change = match placed.part {
            Part::Undo(Some(_)) => at.saturating_sub(1),
            Part::Rollback => at,
            Part::Undo(None) | Part::Prerequisite | Part::Phase(_) | Part::Criterion(_) => continue,
        };
        if restores(placed) && !acts::is_backed_up(subject, change) {
            let message =
                format!("`{}` restores a backup, and nothing before it makes one", placed.step.id);
            found.push(placed.found(&placed.action(), message).here("which backup?"));
        }
    }
}

fn restores(placed: &Placed<'_>) -> bool {
    if let Some(Action::Manual { text, .. }) = &placed.step.action {
        let text = format!("{} {text}", placed.step.title);
        let from = ["backup", "snapshot", "dump"];
        return acts::says(&text, &["restore", "restores"]) && acts::says(&text, &from);
    }
    placed.done.iter().any(acts::about_restore)
}
