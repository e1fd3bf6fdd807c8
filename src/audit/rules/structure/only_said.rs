//! A criterion that is called proven, and rests on a person's word.

use super::claims;
use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::quoted;

pub(super) const RULE: Rule = Rule {
    code: "HP102",
    name: "proof-is-only-said",
    level: Level::Warning,
    meaning: "a criterion is proven by steps that check nothing and are only said to be done",
    help: "give one of the steps a check; or `record = true`, so that what was seen is kept; or say \
           openly that it rests on a person's word: `attest`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.criteria() {
        let text = &placed.criterion.text;
        let proof = subject.proof_of(placed.criterion);
        let (Some(first), false) = (proof.first(), claims::is_known(text)) else { continue };
        if proof.iter().all(|step| step.is_only_said()) {
            let place = placed.table.place("proven_by").unwrap_or_default();
            let message = format!("nothing proves {}", quoted(text));
            let one = placed.found(&place, message).here("done by hand, and checked by nothing");
            found.push(one.also(&first.action(), "a person says when it is done"));
        }
    }
}
