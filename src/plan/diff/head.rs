//! What the runbook says of itself: its target, its variables, whom to call, what must hold first.

use super::Risk::{Other, Riskier, Safer};
use super::checks;
use super::log::{GUARD, Log, OTHER, Risks};
use super::steps::Renamed;
use crate::plan::names;
use crate::runbook::{Action, Aws, Contact, Origin, Runbook, Step, Variable};

pub(super) fn compare(old: &Runbook, new: &Runbook, log: &mut Log) {
    log.at("the runbook");
    log.value("environment", "environment", (&old.environment, &new.environment), Riskier);
    log.value("component", "component", (&old.component, &new.component), Riskier);
    aws(old.aws.as_ref(), new.aws.as_ref(), log);
    log.value("id", "id", (&old.id, &new.id), Other);
    log.value("title", "title", (&old.title, &new.title), Other);
    let owners = (old.owner.as_ref(), new.owner.as_ref());
    log.option("owner", "owner", owners, GUARD);
    log.set("reference", "reference", (&old.references, &new.references), OTHER);
    let estimates = (old.estimate.as_ref(), new.estimate.as_ref());
    log.option("estimate", "estimate of the whole", estimates, OTHER);
    variables(old, new, log);
    contacts(old, new, log);
    prerequisites(old, new, log);
}

fn aws(old: Option<&Aws>, new: Option<&Aws>, log: &mut Log) {
    log.at("[aws]");
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (None, Some(_)) => {
            return log.say(Safer, "aws", "added: account, region and role are pinned");
        }
        (Some(_), None) => {
            return log.say(Riskier, "aws", "removed: account, region and role are pinned no more");
        }
        (None, None) => return,
    };
    log.value("account", "account", (&old.account, &new.account), Riskier);
    log.value("region", "region", (&old.region, &new.region), Riskier);
    let loud = Risks { changed: Riskier, ..GUARD };
    log.option("role", "role", (old.role.as_ref(), new.role.as_ref()), loud);
    let always = Risks { added: Riskier, removed: Riskier, changed: Riskier };
    let roles = (old.assume_role.as_ref(), new.assume_role.as_ref());
    log.option("assume-role", "assumed role", roles, always);
    log.option("profile", "profile", (old.profile.as_ref(), new.profile.as_ref()), OTHER);
}

fn variables(old: &Runbook, new: &Runbook, log: &mut Log) {
    for gone in old.variables.iter().filter(|one| find(new, &one.name).is_none()) {
        log.at(format!("variable {}", gone.name));
        log.say(Other, "variable-removed", "removed");
    }
    for one in &new.variables {
        log.at(format!("variable {}", one.name));
        match find(old, &one.name) {
            None => log.say(Other, "variable-added", format!("added, from {}", origin(one))),
            Some(before) => variable(before, one, new, log),
        }
    }
}

fn find<'a>(book: &'a Runbook, name: &str) -> Option<&'a Variable> {
    book.variables.iter().find(|one| one.name == name)
}

fn origin(variable: &Variable) -> String {
    match &variable.origin {
        Origin::Literal(text) => format!("the runbook: {text}"),
        Origin::Env(name) => format!("the environment: {name}"),
        Origin::Prompt { text, default: None } => format!("a person: {text}"),
        Origin::Prompt { text, default: Some(default) } => {
            format!("a person: {text} (offered: {default})")
        }
    }
}

fn variable(old: &Variable, new: &Variable, book: &Runbook, log: &mut Log) {
    let literals = matches!((&old.origin, &new.origin), (Origin::Literal(_), Origin::Literal(_)));
    let acts = book.steps().chain(&book.rollback.steps).any(|step| acts_on(step, &new.name));
    let risk = if literals && acts { Riskier } else { Other };
    log.value("variable-origin", "where its value comes from", (&origin(old), &origin(new)), risk);
    log.option("variable-pattern", "pattern", (old.pattern.as_ref(), new.pattern.as_ref()), GUARD);
    let (hidden, shown) = ((Safer, "secret now"), (Riskier, "no longer a secret: it is shown"));
    log.flag("variable-secret", (old.secret, new.secret), (hidden, shown));
}

/// Whether what a step changes, or what takes it back, depends on the variable.
fn acts_on(step: &Step, variable: &str) -> bool {
    let of_action = |step: &Step| match &step.action {
        Some(Action::Run(argv)) => {
            argv.iter().any(|piece| piece.variables().any(|name| name == variable))
        }
        Some(Action::Manual { text, .. }) => text.variables().any(|name| name == variable),
        Some(Action::Shell(script)) => names(script, variable),
        Some(Action::Wait(_) | Action::Observe(_)) | None => false,
    };
    let undo = step.undo.as_deref().is_some_and(of_action);
    undo || ((step.changes || step.when.is_some()) && of_action(step))
        || step.when.as_ref().is_some_and(|when| when.variable == variable)
}

fn contacts(old: &Runbook, new: &Runbook, log: &mut Log) {
    let named = |all: &[Contact], name: &str| all.iter().position(|one| one.name == name);
    for gone in old.contacts.iter().filter(|one| named(&new.contacts, &one.name).is_none()) {
        log.at(format!("contact {}", gone.name));
        log.say(Riskier, "contact-removed", "removed");
    }
    for one in &new.contacts {
        log.at(format!("contact {}", one.name));
        let Some(at) = named(&old.contacts, &one.name) else {
            log.say(Safer, "contact-added", "added");
            continue;
        };
        let before = &old.contacts[at];
        log.value("contact", "how to reach them", (&before.reach, &one.reach), Other);
        let spans = (before.escalate_after.as_ref(), one.escalate_after.as_ref());
        log.option("contact", "when to go on to the next one", spans, OTHER);
    }
    log.at("contacts");
    let order = |from: &Runbook, other: &Runbook| -> Vec<String> {
        let both = from.contacts.iter().filter(|one| named(&other.contacts, &one.name).is_some());
        both.map(|one| one.name.clone()).collect()
    };
    let orders = (order(old, new).join(", "), order(new, old).join(", "));
    log.value("contact-order", "the order in which to call", (&orders.0, &orders.1), Other);
}

/// Prerequisites are known by their titles.
fn prerequisites(old: &Runbook, new: &Runbook, log: &mut Log) {
    let titled = |all: &[Step], title: &str| all.iter().position(|one| one.title == title);
    for gone in
        old.prerequisites.iter().filter(|one| titled(&new.prerequisites, &one.title).is_none())
    {
        log.at(format!("prerequisite: {}", gone.title));
        log.say(Riskier, "prerequisite-removed", "removed");
    }
    for one in &new.prerequisites {
        log.at(format!("prerequisite: {}", one.title));
        match titled(&old.prerequisites, &one.title) {
            None => log.say(Safer, "prerequisite-added", "added"),
            Some(at) => {
                let before = &old.prerequisites[at].checks;
                checks::compare(before, &one.checks, &Renamed::default(), log);
            }
        }
    }
}
