//! Checks: which are the same, which came and went, and whether one became weaker.

use serde_json::{Map, Value as Json};

use super::Risk::{Other, Riskier, Safer};
use super::log::Log;
use super::steps::Renamed;
use super::{action, fields};
use crate::check::{Check, Until};
use crate::runbook::Template;

pub(super) fn compare(old: &[Check], new: &[Check], renamed: &Renamed, log: &mut Log) {
    let mut left: Vec<(&Check, Map<String, Json>)> =
        old.iter().map(|check| (check, claim(check, renamed))).collect();
    let mut pairs: Vec<Option<(&Check, Map<String, Json>)>> = Vec::new();
    // First those that claim the very same, then the most alike of the same kind.
    for check in new {
        let own = claim(check, &Renamed::default());
        let same = |(other, fields): &(&Check, Map<String, Json>)| {
            kind(other) == kind(check) && *fields == own
        };
        pairs.push(left.iter().position(same).map(|at| left.remove(at)));
    }
    for (check, pair) in new.iter().zip(&mut pairs).filter(|(_, pair)| pair.is_none()) {
        let own = claim(check, &Renamed::default());
        let alike = |fields: &Map<String, Json>| {
            own.iter().filter(|(key, value)| fields.get(*key) == Some(value)).count()
        };
        let fits = left.iter().enumerate().filter(|(_, (other, _))| kind(other) == kind(check));
        let best = fits.max_by_key(|(at, (_, fields))| (alike(fields), std::cmp::Reverse(*at)));
        *pair = best.map(|(at, _)| at).map(|at| left.remove(at));
    }
    for (check, pair) in new.iter().zip(pairs) {
        match pair {
            Some((before, fields)) => {
                let own = claim(check, &Renamed::default());
                one((before, &fields), (check, &own), log);
            }
            None => {
                log.add(Safer, "check-added", "check: added".to_owned(), None, Some(says(check)));
            }
        }
    }
    for (check, _) in left {
        log.add(Riskier, "check-removed", "check: removed".to_owned(), Some(says(check)), None);
    }
}

fn kind(check: &Check) -> &'static str {
    check.claim.name()
}

fn says(check: &Check) -> String {
    check.claim.kind().says()
}

/// What a check claims, by field; steps that it names have the names of today.
fn claim(check: &Check, renamed: &Renamed) -> Map<String, Json> {
    let json = serde_json::to_value(&check.claim).expect("a check is plain data");
    let fields = json.get(kind(check)).and_then(Json::as_object).cloned();
    let mut fields = fields.unwrap_or_default();
    fields.values_mut().for_each(normal);
    if let Some(Json::String(since)) = fields.get_mut("since")
        && let Some(now) = renamed.new_text(since)
    {
        *since = now;
    }
    fields
}

/// `{{name}}` and `{{ name }}` mean the same.
fn normal(json: &mut Json) {
    match json {
        Json::String(text) => {
            if let Ok(template) = Template::parse(text) {
                *text = action::normal(&template);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(normal),
        Json::Object(fields) => fields.values_mut().for_each(normal),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

type Side<'a> = (&'a Check, &'a Map<String, Json>);

fn one((old, before): Side<'_>, (new, after): Side<'_>, log: &mut Log) {
    let place = log.place();
    log.at(format!("{place}: check {}", kind(new)));
    let from = log.changes.len();
    fields::compare(before, after, log);
    log.forget_told(from);
    log.option("check-title", "title", (old.title.as_ref(), new.title.as_ref()), super::log::OTHER);
    log.span("check-timeout", "how long one look may take", (old.timeout, new.timeout), Riskier);
    until(old.until, new.until, log);
    let yes = (Safer, "compared with how it was before the first change now");
    let no = (Riskier, "no longer compared with how it was before the first change");
    log.flag("baseline", (old.baseline, new.baseline), (yes, no));
    log.at(place);
}

/// Asking until it passes is more patient: what passes only at times, passes.
fn until(old: Option<Until>, new: Option<Until>, log: &mut Log) {
    match (old, new) {
        (None, None) => {}
        (None, Some(until)) => {
            let what = format!("asked again until it passes, for {}", until.within);
            log.say(Riskier, "check-until", what);
        }
        (Some(_), None) => {
            log.say(Safer, "check-until", "asked once, and no longer until it passes");
        }
        (Some(old), Some(new)) => {
            let within = (old.within, new.within);
            log.span("check-until", "how long it is asked until it passes", within, Riskier);
            log.span("check-until", "the pause between two looks", (old.every, new.every), Other);
        }
    }
}
