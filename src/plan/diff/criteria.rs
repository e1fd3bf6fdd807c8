//! Exit criteria, known by their texts: how each is proven.

use super::Risk::{Other, Riskier, Safer};
use super::log::{Log, Risks};
use super::steps::Renamed;
use super::{action, checks};
use crate::check::Check;
use crate::runbook::{Criterion, Proof, Section};

pub(super) fn compare(old: &Section, new: &Section, renamed: &Renamed, log: &mut Log) {
    let find = |all: &Section, text: &str| all.criteria.iter().position(|one| one.text == text);
    let mut gone: Vec<&Criterion> =
        old.criteria.iter().filter(|one| find(new, &one.text).is_none()).collect();
    let mut come = Vec::new();
    let place = log.place();
    for one in &new.criteria {
        log.at(format!("{place}: criterion \"{}\"", one.text));
        let Some(at) = find(old, &one.text) else {
            come.push(one);
            continue;
        };
        proof((old, &old.criteria[at].proof), (new, &one.proof), renamed, log);
    }
    for one in come {
        log.at(format!("{place}: criterion \"{}\"", one.text));
        let same = |other: &&Criterion| is_same((old, &other.proof), (new, &one.proof), renamed);
        match gone.iter().position(same) {
            Some(at) => {
                let before = gone.remove(at).text.clone();
                log.value("criterion-reworded", "other words", (&before, &one.text), Other);
            }
            None => log.say(Safer, "criterion-added", "added"),
        }
    }
    for one in gone {
        log.at(format!("{place}: criterion \"{}\"", one.text));
        log.say(Riskier, "criterion-removed", "removed");
    }
}

type Side<'a> = (&'a Section, &'a Proof);

fn is_same(old: Side<'_>, new: Side<'_>, renamed: &Renamed) -> bool {
    let mut log = Log::default();
    proof(old, new, renamed, &mut log);
    log.changes.is_empty()
}

fn proof(old: Side<'_>, new: Side<'_>, renamed: &Renamed, log: &mut Log) {
    match (old.1, new.1) {
        (Proof::Steps(_), Proof::Attested(_)) => {
            log.say(Riskier, "criterion-attested", "now only a person's word proves it");
        }
        (Proof::Attested(_), Proof::Steps(_)) => {
            log.say(Safer, "criterion-checked", "now a check proves it, and no longer a word");
        }
        (Proof::Attested(before), Proof::Attested(after)) => {
            let texts = (action::normal(before), action::normal(after));
            log.value("attestation", "what a person says", (&texts.0, &texts.1), Other);
        }
        (Proof::Steps(before), Proof::Steps(after)) => match (own(old.0, old.1), own(new.0, new.1))
        {
            (Some(before), Some(after)) => checks::compare(before, after, renamed, log),
            (None, None) => {
                let before: Vec<String> = before.iter().map(|id| renamed.new_name(id)).collect();
                let after: Vec<String> = after.iter().map(ToString::to_string).collect();
                let risks = Risks { added: Safer, removed: Riskier, changed: Other };
                log.set("criterion-proof", "step that proves it", (&before, &after), risks);
            }
            (Some(_), None) => {
                log.say(
                    Other,
                    "criterion-proof",
                    "proven by steps, no longer by a check of its own",
                );
            }
            (None, Some(_)) => {
                log.say(
                    Other,
                    "criterion-proof",
                    "proven by a check of its own, no longer by steps",
                );
            }
        },
    }
}

/// The check of a criterion's own.
fn own<'a>(section: &'a Section, proof: &Proof) -> Option<&'a [Check]> {
    let Proof::Steps(ids) = proof else { return None };
    let id = ids.first().filter(|id| id.as_str().starts_with("exit."))?;
    section.steps.iter().find(|step| step.id == *id).map(|step| step.checks.as_slice())
}
