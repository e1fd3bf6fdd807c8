//! A criterion that a person vouches for, though a check could tell.

use super::claims;
use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::quoted;

pub(super) const RULE: Rule = Rule {
    code: "HP101",
    name: "attested-not-checked",
    level: Level::Warning,
    meaning: "a person vouches for what a check could see",
    help: "give the criterion a check of its own, or name the steps that showed it: `proven_by`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.criteria().iter().filter(|placed| placed.is_attested()) {
        let text = &placed.criterion.text;
        if let Some(part) = claims::seen(text) {
            let message = format!("{} is only attested", quoted(text));
            let attest = placed.table.key("attest").unwrap_or_default();
            let one = placed.found(&placed.at(&part), message).here("a check could see this");
            found.push(one.also(&attest, "somebody's word"));
        }
    }
}
