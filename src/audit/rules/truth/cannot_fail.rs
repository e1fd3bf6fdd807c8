//! A check that passes whatever is so.

use std::ops::Range;

use super::looks::{Calls, all_calls, all_checks, ends_well, judges_output};
use crate::audit::{Found, Level, PlacedCheck, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP303",
    name: "check-cannot-fail",
    level: Level::Error,
    meaning: "a check passes whatever is so",
    help: "let it look at what it is there to show, and let its exit code or output tell",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for place in all_calls(subject) {
        let Some(check) = &place.check else { continue };
        let wanted = check.kind.written("exit").unwrap_or("0");
        if let Some((at, message)) = of_command(&place, check).filter(|_| wanted == "0") {
            found.push(place.found(&at, message).here("always ends well"));
        }
    }
    for (placed, check) in all_checks(subject) {
        let zero = check.kind.written("at_least").and_then(|text| text.parse::<f64>().ok());
        let is_metric = check.check.claim.name() == "aws_metric" && !check.kind.has("at_most");
        if is_metric && zero.is_some_and(|least| least <= 0.0) && !check.kind.has("expression") {
            let message = "nearly every metric is at least 0, also where nothing works";
            let help = "write what is normal: the least that would not worry you";
            found.push(
                placed.found(&check.at("at_least"), message).here("asks for nothing").help(help),
            );
        }
    }
}

fn of_command(place: &Calls<'_, '_>, check: &PlacedCheck<'_>) -> Option<(Range<usize>, String)> {
    let call = check.calls.first()?;
    let program = call.program();
    if judges_output(check.kind) {
        let (wanted, _) = check.kind.text("stdout_contains")?;
        let says = call.arguments().iter().any(|word| word.text.contains(wanted));
        let repeats = ["echo", "printf"].contains(&program) && says;
        return repeats
            .then(|| (call.place.clone(), format!("`{program}` prints what is wanted of it")));
    }
    if ["echo", "printf", "true", "pwd", "sleep"].contains(&program) {
        return Some((call.place.clone(), format!("`{program}` shows nothing: it cannot fail")));
    }
    let place = ends_well(place.script()?, &check.calls)?;
    let message = "this script ends well whatever it finds: the check cannot fail";
    Some((place, message.to_owned()))
}
