//! An undo that does once more what it should take back.

use crate::audit::{Found, Level, Part, Rule, Subject};
use crate::runbook::Action;

pub(super) const RULE: Rule = Rule {
    code: "HP202",
    name: "undo-repeats-change",
    level: Level::Error,
    meaning: "the undo does the same as the change that it is for",
    help: "say what brings the state before back: often the same command with `{{previous_version}}`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for pair in subject.steps.windows(2) {
        let [placed, undo] = pair else { continue };
        let is_pair = matches!(undo.part, Part::Undo(_));
        if is_pair
            && undo.step.action.is_some()
            && gist(placed.step.action.as_ref()) == gist(undo.step.action.as_ref())
        {
            let message = format!("the undo of `{}` is what `{0}` does", placed.step.id);
            let found_here = undo.found(&undo.action(), message).here("takes nothing back");
            found.push(found_here.also(&placed.action(), "the same is done here"));
        }
    }
}

/// The action without what makes no difference.
fn gist(action: Option<&Action>) -> Option<Action> {
    match action.cloned()? {
        Action::Shell(script) => {
            let lines = script.lines().map(str::trim);
            let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
            Some(Action::Shell(lines.collect::<Vec<_>>().join("\n")))
        }
        other => Some(other),
    }
}
