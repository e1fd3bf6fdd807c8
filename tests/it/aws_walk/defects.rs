//! Five things that go wrong on the way: each stops the walk where it is, is named, and is over
//! when it is mended.

use super::turns::{TURNS, Turn, gate};
use super::world::OTHER;
use super::{JOURNAL, Walk};
use crate::terminal_kit::Person;

/// Above the budget of 350 USD.
const SPENT: &str = "912.40";

fn says(person: &mut Person, prompt: &str, line: &str) {
    person.sees(prompt);
    person.types(&format!("{line}\r"));
}

/// Somebody answers for what was spent.
fn is_waived(person: &mut Person) {
    person.answers("waive");
    says(person, "Who answers for it", "Grace Hopper");
    says(person, "Why (what is accepted", "a load test, agreed with finance");
    says(person, "Until when, in UTC", "2999-01-01 09:00Z");
}

fn wrong_account_at_the_start(walk: &Walk) {
    walk.world.credentials_are(true);
    let mut person = walk.starts(&[]);
    person.sees(OTHER);
    assert_eq!(person.leaves_with(), 2);
    assert!(!walk.place.path(JOURNAL).exists(), "nothing was started");
    walk.world.credentials_are(false);
}

/// Somebody logs in elsewhere while the session waits; the gate is not even put.
fn wrong_account_at_a_gate(walk: &Walk, person: &mut Person) {
    person.sees(OTHER);
    assert!(!person.has_seen(&gate(3)), "a gate is put to another account's deployer");
    person.sees("Your answer");
    walk.world.credentials_are(false);
    person.types("check\r");
}

/// What goes wrong once the question of this turn is answered.
fn goes_wrong(walk: &Walk, person: &mut Person, turn: Turn) {
    match turn {
        Turn::Hand("bucket", ..) => {
            person.sees("Failed: Create the bucket for exports (bucket)");
            person.sees("ServerSideEncryptionByDefault.SSEAlgorithm, wanted");
            person.sees("Your answer");
            walk.makes("bucket-encrypted");
            person.types("retry\r");
        }
        Turn::Hand("no-drift", ..) => {
            person.sees("Failed: Cost checkpoint: after the infrastructure (cost-infrastructure)");
            person.sees(SPENT);
            is_waived(person);
        }
        Turn::Hand("api", ..) => {
            // Its `on_failure` shows the way back at once; nobody has to take it.
            person.sees("Roll back?");
            person.answers("no");
            says(person, "Why (", "the console kept the old revision selected");
            person.sees("Failed: Deploy the service: orders-api (api)");
            person.sees("orders-api:41");
            person.sees("Your answer");
            walk.makes("api-after-all");
            person.types("retry\r");
        }
        Turn::Hand("alarms", ..) => {
            person.sees("Failed: Set up the alarms (alarms)");
            person.sees("orders-throttled");
            person.sees("Your answer");
            walk.makes("alarms");
            person.types("retry\r");
        }
        Turn::Hand("announce", ..) => {
            person.sees("Failed: Cost checkpoint: 24 hours later (cost-day)");
            is_waived(person);
        }
        _ => {}
    }
}

/// What a person does instead, at first.
fn made_wrong(walk: &Walk, step: &str) {
    match step {
        "bucket" => walk.makes("bucket-in-the-clear"),
        "api" => {
            walk.makes("api-still-old");
            walk.site.serves("2.4.0");
        }
        "alarms" => {
            walk.makes("alarms");
            walk.makes("alarm-lost");
        }
        // The last thing before the gate to phase 3.
        "backup" => {
            walk.makes("backup");
            walk.world.credentials_are(true);
        }
        _ => walk.makes(step),
    }
}

#[test]
fn five_planted_defects_are_each_caught_where_they_are_and_named() {
    let walk = Walk::before(SPENT);
    wrong_account_at_the_start(&walk);
    let mut person = walk.starts(&[]);
    for &turn in TURNS {
        turn.is_taken(&mut person, |step| made_wrong(&walk, step));
        if matches!(turn, Turn::Hand("backup", ..)) {
            wrong_account_at_a_gate(&walk, &mut person);
        }
        goes_wrong(&walk, &mut person, turn);
    }
    person.sees("The deployment is finished.");
    assert_eq!(person.leaves_with(), 0);
    let journal = walk.journal();
    for named in [OTHER, "BucketEncryption", "orders-api:41", "orders-throttled", SPENT] {
        assert!(journal.contains(named), "the journal does not name {named}");
    }
}
