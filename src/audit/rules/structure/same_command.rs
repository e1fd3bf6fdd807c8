//! A change that is made twice.

use std::collections::HashMap;

use crate::audit::{Call, Found, Level, Placed, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP111",
    name: "same-command-twice",
    level: Level::Note,
    meaning: "the same change is made twice",
    help: "was another one meant? If the second does no harm, say so: `idempotent = true`",
    look,
};

/// Programs that one may well call twice.
const HARMLESS: [&str; 9] =
    ["cd", "curl", "echo", "printf", "read", "sleep", "sync", "test", "wait"];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let mut seen: HashMap<String, &Placed<'_>> = HashMap::new();
    let changes = |placed: &&Placed<'_>| placed.changes() && !placed.step.idempotent;
    for placed in subject.own_steps().filter(changes) {
        let Some(action) = written(placed) else { continue };
        match seen.get(&action) {
            Some(first) => {
                let message = format!(
                    "`{}` does what `{}` does, word for word",
                    placed.step.id, first.step.id
                );
                let one = placed.found(&placed.action(), message).here("the same again");
                found.push(one.also(&first.action(), "first here"));
            }
            None => {
                seen.insert(action, placed);
            }
        }
    }
    for placed in &subject.steps {
        let pairs = placed.calls.windows(2).filter(|pair| is_repeated(&pair[0], &pair[1]));
        found.extend(pairs.map(|pair| {
            let message = format!("`{}` calls the same twice in a row", placed.step.id);
            let one = placed.found(&pair[1].place, message).here("the same again");
            one.also(&pair[0].place, "first here")
        }));
    }
}

/// The action as it is written, with the condition under which it runs.
fn written(placed: &Placed<'_>) -> Option<String> {
    let script = placed.table.text("shell").map(|(script, _)| script.trim().to_owned());
    let words: Vec<&str> = placed.table.items("run").iter().map(|(word, _)| *word).collect();
    let action = script.or_else(|| (!words.is_empty()).then(|| words.join("\0")))?;
    Some(format!("{:?} {action}", placed.step.when))
}

fn is_repeated(first: &Call, second: &Call) -> bool {
    let words = |call: &Call| call.words.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
    let fits = |call: &Call| {
        call.in_script && call.words.len() >= 3 && !HARMLESS.contains(&call.program())
    };
    fits(first) && fits(second) && first.place != second.place && words(first) == words(second)
}
