//! Runbooks at random, with something of everything.

use std::fmt::Write as _;

use super::dice::Dice;
use crate::scene::{book, step};
use crate::world::HAPPENED;

/// A runbook whose steps are `s1`, `s2`, … Each looks at `x` and its number; a window at `w` and
/// its number.
pub(super) fn runbook(dice: &mut Dice) -> String {
    let mut filled = vec![(0, "\n[vars]\nmode = 'fast'\n".to_owned())];
    let mut count = 0;
    for phase in 1..=8 {
        if dice.chance(60) {
            continue;
        }
        filled.push((phase, phase_text(dice, &mut count)));
    }
    let filled: Vec<(usize, &str)> =
        filled.iter().map(|(phase, steps)| (*phase, steps.as_str())).collect();
    let mut text = book(&filled);
    if dice.chance(50) {
        for number in 1..=1 + dice.below(2) {
            text.push_str(&way_back(dice, number));
        }
    }
    text
}

/// The same in an account of AWS.
pub(super) fn in_aws(text: &str) -> String {
    let table = "[aws]\naccount = '123456789012'\nregion = 'eu-west-1'\nrole = 'deployer'\n";
    text.replacen("[vars]", &format!("{table}[vars]"), 1)
}

fn phase_text(dice: &mut Dice, count: &mut u64) -> String {
    let mut steps = String::new();
    let first = *count + 1;
    let mut may_fail = false;
    for _ in 0..=dice.below(3) {
        *count += 1;
        let text = random_step(dice, *count);
        may_fail |= *count == first && text.contains("'continue'");
        steps.push_str(&text);
    }
    if may_fail || dice.chance(30) {
        steps.push_str("\n[[phase.exit]]\ncriterion = 'Sure'\nattest = 'I am sure'\n");
    }
    if dice.chance(25) {
        let expires = dice.one_of(&["5s", "1m", "1h"]);
        let _ = writeln!(steps, "\n[phase.gate]\nexpires = '{expires}'");
    }
    steps
}

fn random_step(dice: &mut Dice, count: u64) -> String {
    let id = format!("s{count}");
    let rest = match dice.below(13) {
        0..=2 => looks(dice, count),
        3..=8 => runs(dice, &id, count),
        9 => by_hand(dice, &id, count),
        10 => "wait = '1h'\n".to_owned(),
        _ => observes(dice, count),
    };
    step(&id, &(rest + &around(dice, count)))
}

/// What any step may have.
fn around(dice: &mut Dice, count: u64) -> String {
    let mut rest = String::new();
    if dice.chance(25) {
        let policy = dice.one_of(&["stop", "rollback", "continue"]);
        let _ = writeln!(rest, "on_failure = '{policy}'");
    }
    if dice.chance(10) {
        let _ = writeln!(rest, "when = {{ mode = ['{}'] }}", dice.one_of(&["fast", "slow"]));
    }
    if count > 1 && dice.chance(20) {
        let _ = writeln!(rest, "needs = ['s{}']", 1 + dice.below(count - 1));
    }
    rest
}

fn looks(dice: &mut Dice, count: u64) -> String {
    check(dice, count) + &retry(dice)
}

fn check(dice: &mut Dice, count: u64) -> String {
    let until = if dice.chance(30) { ", until = { every = '1s', within = '3s' }" } else { "" };
    let baseline = if dice.chance(25) { ", baseline = true" } else { "" };
    format!("checks = [{{ file = {{ path = 'x{count}' }}{until}{baseline} }}]\n")
}

fn retry(dice: &mut Dice) -> String {
    if !dice.chance(40) {
        return String::new();
    }
    format!("retry = {{ attempts = {}, backoff = '2s' }}\n", 1 + dice.below(3))
}

fn runs(dice: &mut Dice, id: &str, count: u64) -> String {
    let mut rest = "run = ['do']\ntimeout = '30s'\n".to_owned();
    if dice.chance(40) {
        rest += &check(dice, count);
    }
    rest += &after_a_crash(dice, id).map(|way| way + "\n").unwrap_or_default();
    rest += &retry(dice);
    if dice.chance(15) {
        rest += "leaves_running = true\n";
    }
    rest + &taken_back(dice, id)
}

fn by_hand(dice: &mut Dice, id: &str, count: u64) -> String {
    let mut rest = "manual = 'Do it'\n".to_owned();
    if dice.chance(40) {
        rest += &check(dice, count);
    }
    rest + &taken_back(dice, id)
}

fn observes(dice: &mut Dice, count: u64) -> String {
    let length = dice.one_of(&["10s", "25s", "40s", "1m"]);
    let gap = if dice.chance(50) { ", max_gap = '30s'" } else { "" };
    let allowed = match dice.below(3) {
        0 => ", allow_failures = 1",
        _ => "",
    };
    format!(
        "observe = {{ for = '{length}', every = '10s'{gap}{allowed} }}\n\
         checks = [{{ file = {{ path = 'w{count}' }} }}]\n"
    )
}

fn after_a_crash(dice: &mut Dice, id: &str) -> Option<String> {
    match dice.below(3) {
        0 => Some("idempotent = true".to_owned()),
        1 => Some(format!("probe.file = {{ path = '{HAPPENED}{id}' }}")),
        _ => None,
    }
}

fn taken_back(dice: &mut Dice, id: &str) -> String {
    if dice.chance(15) {
        return "changes = false\n".to_owned();
    }
    if dice.chance(30) {
        return String::new();
    }
    let id = format!("undo.{id}");
    let mut keys = Vec::new();
    if dice.chance(75) {
        keys.push("run = ['undo']".to_owned());
        keys.extend(after_a_crash(dice, &id));
        let retries = retry(dice);
        keys.extend((!retries.is_empty()).then(|| retries.trim_end().to_owned()));
    } else {
        keys.push("manual = 'Take it back'".to_owned());
    }
    if dice.chance(50) {
        keys.push(format!("checks = [{{ file = {{ path = '{HAPPENED}{id}' }} }}]"));
    }
    format!("undo = {{ {} }}\n", keys.join(", "))
}

fn way_back(dice: &mut Dice, number: u64) -> String {
    let does = if dice.chance(50) { "run = ['do']\n" } else { "" };
    let checks = if does.is_empty() || dice.chance(70) {
        format!("checks = [{{ file = {{ path = 'y{number}' }} }}]\n")
    } else {
        String::new()
    };
    step(&format!("r{number}"), &format!("{does}{checks}")).replace("phase.step", "rollback.step")
}
