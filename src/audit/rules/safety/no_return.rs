//! A point of no return that no gate stands right before.

use crate::audit::{Found, Level, Placed, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP221",
    name: "no-return-without-gate",
    level: Level::Note,
    meaning: "what nothing takes back is not the first change behind its gate",
    help: "move it to the beginning of the next phase, so that a person decides on it alone",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let own: Vec<&Placed<'_>> = subject.own_steps().collect();
    for (at, placed) in own.iter().enumerate() {
        let before = own[..at].iter().rev().take_while(|other| other.phase() == placed.phase());
        let change =
            before.filter(|other| other.changes() && other.step.irreversible.is_none()).last();
        if let Some(change) = change.filter(|_| placed.step.irreversible.is_some()) {
            let message = format!("nobody is asked right before `{}`", placed.step.id);
            let here =
                placed.found(&placed.at("irreversible"), message).here("the point of no return");
            found.push(here.also(&change.place, "changes behind the same gate"));
        }
    }
}
