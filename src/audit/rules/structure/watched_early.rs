//! Monitoring that is relied on before it is set up.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::audit::{Found, Level, Part, Placed, Rule, Subject};
use crate::check::Claim;

pub(super) const RULE: Rule = Rule {
    code: "HP119",
    name: "watched-before-set-up",
    level: Level::Warning,
    meaning: "a step relies on monitoring that only a later step sets up",
    help: "set it up before, or look at something that is there already: the answers, the logs",
    look,
};

static WATCHES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^monitor\b").expect("a regular expression"));
static SETS_UP: LazyLock<Regex> = LazyLock::new(|| {
    let verbs = "set up|setup|configure|create|install|add|enable|build|implement";
    let things = "monitoring|monitors|dashboards?|alarms?|alerts?|alerting|observability";
    Regex::new(&format!(r"(?i)^({verbs})\b.*\b({things})\b")).expect("a regular expression")
});

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let sets_up = |placed: &Placed<'_>| placed.changes() && SETS_UP.is_match(&placed.step.title);
    for (at, placed) in subject.steps.iter().enumerate() {
        if !matches!(placed.part, Part::Phase(_) | Part::Criterion(_)) {
            continue;
        }
        let own: Vec<(String, Range<usize>)> = asked(placed);
        let changes = placed.changes();
        let later = || subject.steps[at + 1..].iter().filter(|later| later.changes());
        let same =
            |name: &str| later().find(|later| asked(later).iter().any(|(other, _)| other == name));
        let mut known = own.iter().filter(|_| !changes);
        let early = known.find_map(|(name, place)| Some((name, place, same(name)?)));
        if let Some((name, place, maker)) = early {
            let message = format!("{name} is asked before `{}` sets it up", maker.step.id);
            let one = placed.found(place, message).here("may not be there yet");
            found.push(one.also(&maker.place, "set up here"));
        } else if placed.step.action.as_ref().is_some_and(crate::runbook::Action::is_manual)
            && WATCHES.is_match(&placed.step.title)
            && !subject.steps[..at].iter().any(sets_up)
            && let Some(maker) = later().find(|later| sets_up(later))
        {
            let id = &placed.step.id;
            let message = format!("`{id}` watches before `{}` sets it up", maker.step.id);
            let one = placed.found(&placed.at("title"), message).here("with what?");
            found.push(one.also(&maker.at("title"), "set up here"));
        }
    }
}

/// The alarms and dashboards that the checks of a step name.
fn asked(placed: &Placed<'_>) -> Vec<(String, Range<usize>)> {
    let mut asked = Vec::new();
    for check in placed.checks() {
        match &check.check.claim {
            Claim::AwsAlarm(alarm) => {
                let place = check.at("names");
                asked.extend(
                    alarm.names.iter().map(|name| (format!("alarm {name}"), place.clone())),
                );
            }
            Claim::AwsDashboard(dashboard) => {
                asked.push((format!("dashboard {}", dashboard.name), check.at("name")));
            }
            _ => {}
        }
    }
    asked
}
