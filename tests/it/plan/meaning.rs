//! What a plan says: who, when, proven how, taken back how, and how long it takes.

use holdpoint::plan::{Effort, Kind, Proof, Undo};

use super::{base, plan_with, read};

/// A runbook whose fourth phase has these steps and criteria.
fn with(steps: &str) -> String {
    let mut text =
        "format = 1\n[runbook]\nid = \"a\"\ntitle = \"A\"\nenvironment = \"production\"\n\
         component = \"a\"\nowner = \"team-a\"\n[vars]\nlevel = { prompt = \"Which?\" }\n"
            .to_owned();
    for phase in holdpoint::runbook::Phase::ALL {
        text.push_str(&format!("[[phase]]\nname = \"{}\"\n", phase.name()));
        text.push_str(if phase.number() == 4 { steps } else { "skip = \"not here\"\n" });
    }
    text
}

const LOOKS: &str = r#"
[[phase.step]]
id = "first"
title = "First"
estimate = "2m"
check.port = { address = "a:1" }
[[phase.step]]
id = "second"
title = "Second"
estimate = "5m"
check.port = { address = "a:2" }
[[phase.step]]
id = "third"
title = "Third"
estimate = "1m"
needs = ["second"]
check.port = { address = "a:3" }
[[phase.step]]
id = "act"
title = "Act"
owner = "ops"
estimate = "10m"
run = ["true"]
undo = { manual = "Take it back" }
[[phase.step]]
id = "hand"
title = "By hand"
manual = "Do it"
estimate = "7m"
changes = false
[[phase.step]]
id = "unknown"
title = "Nobody knows"
run = ["true"]
irreversible = "It is sent"
when = { level = ["full", "more"] }
[[phase.step]]
id = "settle"
title = "Settle"
wait = "3m"
estimate = "4m"
[[phase.step]]
id = "watch"
title = "Watch"
observe = { for = "1h", every = "10m" }
check.port = { address = "a:4" }
[[phase.step]]
id = "last"
title = "Last"
needs = ["unknown"]
check.port = { address = "a:5" }
[[phase.exit]]
criterion = "It acted"
proven_by = ["act", "last"]
[[phase.exit]]
criterion = "It looks right"
attest = "I say so"
[[phase.exit]]
criterion = "It is open"
check.port = { address = "a:6" }
"#;

#[test]
fn time_is_added_up_by_who_is_busy() {
    let plan = plan_with(&read(&with(LOOKS)), &[]);
    let time = &plan.phases[3].time;
    const MINUTE: u64 = 60_000;
    assert_eq!(time.machine_ms, (2 + 5 + 1 + 10 + 1) * MINUTE);
    assert_eq!(time.waiting_ms, 63 * MINUTE);
    assert_eq!(time.people_ms, 7 * MINUTE);
    assert_eq!(time.total_ms, 89 * MINUTE);
    // The first two are asked together, and the third waits for the second.
    assert_eq!(time.shortest_ms, 87 * MINUTE);
    assert_eq!(time.unestimated, ["unknown"]);
    let longest = time.dominant(1)[0];
    assert_eq!((longest.id.as_str(), longest.effort), ("watch", Effort::Waiting));
    let sum: u64 = time.chain.iter().map(|link| link.ms).sum();
    assert_eq!(sum, time.shortest_ms);
    assert_eq!(&plan.time, time);
}

#[test]
fn steps_that_are_asked_together_have_one_number() {
    let plan = plan_with(&read(&with(LOOKS)), &[]);
    let together: Vec<_> = plan.phases[3].steps.iter().map(|step| step.together).collect();
    let (one, two) = (Some(1), Some(2));
    assert_eq!(together, [one, one, None, None, None, None, None, None, two, two]);
}

#[test]
fn conditions_are_decided_where_the_value_is_known() {
    let book = read(&with(LOOKS));
    let of = |told: &[(&str, &str)]| {
        let plan = plan_with(&book, told);
        let step = |id: &str| plan.step(id).unwrap().skipped.clone();
        let holds = plan.step("unknown").unwrap().when.as_ref().unwrap().holds;
        let proven = plan.phases[3].criteria[0].unproven.clone();
        (holds, step("unknown"), step("last"), proven)
    };
    assert_eq!(of(&[]), (None, None, None, None));
    assert_eq!(of(&[("level", "more")]), (Some(true), None, None, None));
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        of(&[("level", "less")]),
        (
            Some(false),
            some("level is less, and the step is for full or more"),
            some("it needs unknown, which will be skipped"),
            some("last is skipped, and proves nothing"),
        )
    );
}

#[test]
fn it_is_said_who_does_what_and_who_takes_it_back() {
    let plan = plan_with(&read(&with(LOOKS)), &[]);
    let owner = |id: &str| plan.step(id).unwrap().owner.clone().unwrap();
    assert_eq!((owner("act").as_str(), owner("hand").as_str()), ("ops", "team-a"));
    let Undo::By { step } = &plan.step("act").unwrap().undo else { panic!("it has an undo") };
    assert_eq!((step.owner.as_deref(), step.kind), (Some("ops"), Kind::ByHand));
    assert_eq!(step.does.as_deref(), Some("Take it back"));
    assert!(matches!(plan.step("unknown").unwrap().undo, Undo::Irreversible { .. }));
    assert_eq!(plan.step("hand").unwrap().undo, Undo::NothingToUndo);
    assert_eq!(plan.rollback.undone, ["act"]);
    assert_eq!(plan.rollback.kept, ["unknown"]);
}

#[test]
fn every_criterion_says_how_it_is_proven() {
    let plan = plan_with(&read(&with(LOOKS)), &[]);
    let criteria = &plan.phases[3].criteria;
    assert!(matches!(&criteria[0].proof, Proof::Steps { ids } if ids.len() == 2));
    assert!(matches!(&criteria[1].proof, Proof::Word { statement } if statement == "I say so"));
    assert!(matches!(&criteria[2].proof, Proof::Check { check, .. } if check.kind == "port"));
}

#[test]
fn gates_of_production_take_its_name_and_go_past_what_does_not_apply() {
    let plan = plan_with(&read(&with(LOOKS)), &[]);
    assert_eq!((plan.gate.to, plan.gate.word.as_str()), (Some(4), "production"));
    assert_eq!(plan.phases[3].gate.as_ref().unwrap().to, None);
    assert_eq!(plan.phases[4].gate, None);
    let staging = plan_with(&read(&base()), &[]);
    assert_eq!(staging.gate.word, "proceed");
}

#[test]
fn what_is_not_known_stands_by_its_name_in_patterns_too() {
    let steps = LOOKS.replace(
        "check.port = { address = \"a:1\" }",
        "check.file = { path = \"x-{{level}}\", matches = '^v{{level}}$' }",
    );
    let plan = plan_with(&read(&with(&steps)), &[]);
    let says = &plan.step("first").unwrap().checks[0].says;
    assert!(says.contains("x-{{level}}") && says.contains("^v{{level}}$"), "{says}");
}
