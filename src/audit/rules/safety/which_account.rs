//! A change to whatever AWS account and region happen to be configured.

use super::acts;
use crate::audit::calls::Call;
use crate::audit::{Effect, Found, Level, Rule, Subject, effect};

pub(super) const RULE: Rule = Rule {
    code: "HP220",
    name: "aws-target-not-named",
    level: Level::Note,
    meaning: "a command of AWS changes whatever account and region are configured at the time",
    help: "pin the target in `[aws]`: then another account or region stops the session; or name \
           `--profile` and `--region`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    if subject.book.aws.is_some() {
        return;
    }
    for placed in subject.own_steps() {
        let names = |call: &Call| {
            let named = ["--profile", "--region", "--endpoint-url"];
            let in_words =
                call.words.iter().any(|word| named.iter().any(|it| word.text.starts_with(it)));
            in_words || call.assigns.iter().any(|name| name.starts_with("AWS_"))
        };
        let mut set = placed.script.iter().flat_map(|script| &script.assigns);
        if set.any(|assign| assign.name.starts_with("AWS_")) {
            continue;
        }
        let open = |call: &&Call| {
            call.program() == "aws" && effect(call) >= Effect::BacksUp && !names(call)
        };
        if let Some(call) = placed.done.iter().find(open) {
            let message =
                format!("`{}` does not say in which account and region", acts::named(call));
            found.push(placed.found(&call.place, message).here("in which one?"));
        }
    }
}
