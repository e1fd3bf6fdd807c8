//! What somebody answers for in the audit: waivers and levels of rules. A runbook's value does not
//! hold them, so they are read where they stand.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::Risk::{Other, Riskier, Safer};
use super::log::{Log, Risks};
use super::steps::Renamed;
use crate::runbook::{Phase, Runbook};

/// Where it counts, and for which rule → why, and until when.
type Allows = BTreeMap<(String, String), Vec<(String, Option<String>)>>;

pub(super) fn compare(old: &Runbook, new: &Runbook, renamed: &Renamed, log: &mut Log) {
    let (old, new) = (table(old), table(new));
    let before = allows(&old, renamed);
    let after = allows(&new, &Renamed::default());
    for (place, code) in before.keys().filter(|key| !after.contains_key(*key)) {
        log.at(place);
        log.say(Safer, "waiver-removed", format!("{code} is no longer allowed"));
    }
    for ((place, code), now) in &after {
        log.at(place);
        match before.get(&(place.clone(), code.clone())) {
            None => {
                let why = now.first().map(|(why, _)| why.clone());
                let what = format!("{code} is allowed now");
                log.add(Riskier, "waiver-added", what, None, why);
            }
            Some(was) => waiver(code, was, now, log),
        }
    }
    log.at("[audit]");
    levels(&level_table(&old), &level_table(&new), log);
}

fn waiver(
    code: &str,
    was: &[(String, Option<String>)],
    now: &[(String, Option<String>)],
    log: &mut Log,
) {
    let whys = |all: &[(String, Option<String>)]| {
        all.iter().map(|(why, _)| why.as_str()).collect::<Vec<_>>().join("; ")
    };
    log.value("waiver", &format!("why {code} is allowed"), (&whys(was), &whys(now)), Other);
    // For ever is later than any day; days are written so that their texts have their order.
    let last = |all: &[(String, Option<String>)]| -> String {
        let days =
            all.iter().map(|(_, until)| until.clone().unwrap_or_else(|| "for ever".to_owned()));
        days.max().unwrap_or_default()
    };
    let (old, new) = (last(was), last(now));
    let name = format!("until when {code} is allowed");
    log.amount("waiver", &name, (old.clone(), new.clone()), (old, new), Riskier);
}

fn table(book: &Runbook) -> Table {
    book.source.text.parse().unwrap_or_default()
}

fn tables<'a>(table: &'a Table, key: &str) -> Vec<&'a Table> {
    let items = table.get(key).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_table).collect()
}

fn allows(root: &Table, renamed: &Renamed) -> Allows {
    let mut allows = Allows::new();
    if let Some(audit) = root.get("audit").and_then(Value::as_table) {
        add("[audit]", audit, &mut allows);
    }
    for (phase, table) in Phase::ALL.iter().zip(tables(root, "phase")) {
        let place = format!("phase {phase}");
        add(&place, table, &mut allows);
        of_steps(table, renamed, &mut allows);
    }
    if let Some(rollback) = root.get("rollback").and_then(Value::as_table) {
        of_steps(rollback, renamed, &mut allows);
    }
    allows
}

/// A step that moved takes its waivers along: that it moved is told elsewhere.
fn of_steps(table: &Table, renamed: &Renamed, allows: &mut Allows) {
    for step in tables(table, "step") {
        let id = step.get("id").and_then(Value::as_str).unwrap_or_default();
        let id = renamed.new_text(id).unwrap_or_else(|| id.to_owned());
        add(&format!("step {id}"), step, allows);
    }
}

fn add(place: &str, table: &Table, allows: &mut Allows) {
    for allow in tables(table, "allow") {
        let text =
            |key: &str| allow.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let until = allow
            .get("until")
            .map(|day| day.as_str().map_or_else(|| day.to_string(), str::to_owned));
        allows.entry((place.to_owned(), text("code"))).or_default().push((text("why"), until));
    }
}

fn level_table(root: &Table) -> BTreeMap<String, String> {
    let levels = root.get("audit").and_then(Value::as_table).and_then(|audit| audit.get("levels"));
    let levels = levels.and_then(Value::as_table).into_iter().flatten();
    levels
        .map(|(code, level)| (code.clone(), level.as_str().unwrap_or_default().to_owned()))
        .collect()
}

fn levels(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>, log: &mut Log) {
    let mut codes: Vec<&String> = old.keys().chain(new.keys()).collect();
    codes.sort();
    codes.dedup();
    for code in codes {
        let (was, now) = (old.get(code), new.get(code));
        let name = format!("level of {code}");
        match (was, now) {
            (Some(was), Some(now)) => {
                let texts = (was.clone(), now.clone());
                log.amount("audit-level", &name, (rank(was), rank(now)), texts, Safer);
            }
            (None, Some(now)) => {
                let added = if rank(now) < 2 { Riskier } else { Safer };
                let risks = Risks { added, removed: Other, changed: Other };
                log.option("audit-level", &name, (None, Some(now)), risks);
            }
            (was, None) => {
                let removed = was.map_or(Other, |was| if rank(was) < 2 { Safer } else { Riskier });
                let risks = Risks { added: Other, removed, changed: Other };
                log.option("audit-level", &name, (was, None), risks);
            }
        }
    }
}

/// How much a level counts.
fn rank(level: &str) -> usize {
    ["off", "note", "warning", "error"].iter().position(|one| *one == level).unwrap_or(0)
}
