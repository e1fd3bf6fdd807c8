//! Which steps are worked on together: every row of four steps of three kinds in three states,
//! against the rule written down a second time.
#![expect(clippy::wildcard_enum_match_arm, reason = "whatever else comes fails the test")]

use holdpoint::check::Verdict;
use holdpoint::session::{Answer, Ending, Move, Question, Task};

use crate::next_table::{after, begun};
use crate::scene::{book, looks, parsed, step};
use crate::session_table::{acted, answered, asked, checked, started};

/// The steps that are worked on together, from what is known of each: its kind and its state.
fn together(steps: &[(usize, usize)]) -> Vec<String> {
    let mut group: Vec<usize> = Vec::new();
    for (number, (kind, state)) in steps.iter().enumerate() {
        let (acts, passed) = (*kind == 2, *state == 1);
        if acts && group.is_empty() && !passed {
            let verb = if *state == 0 { "act" } else { "check" };
            return vec![format!("{verb} s{number}")];
        }
        let needs_open = *kind == 1 && number > 0 && group.contains(&(number - 1));
        if !group.is_empty() && (acts || (needs_open && !passed)) {
            break;
        }
        if !acts && !passed {
            group.push(number);
        }
    }
    group.iter().map(|number| format!("check s{number}")).collect()
}

#[test]
fn adjacent_looks_go_together_and_actions_alone() {
    let pass = || Verdict::Pass("x".to_owned());
    for kinds in 0..81_usize {
        let kind = |number: usize| kinds / 3_usize.pow(u32::try_from(number).unwrap()) % 3;
        let text: String = (0..4)
            .map(|number| {
                let id = format!("s{number}");
                match kind(number) {
                    1 if number > 0 => {
                        let needs = format!("needs = ['s{}']\ncheck.file.path = 'x'", number - 1);
                        step(&id, &needs)
                    }
                    2 => step(&id, "run = ['do']\ncheck.file.path = 'x'"),
                    _ => looks(&id),
                }
            })
            .collect();
        let book = parsed(&book(&[(1, &text)]));
        for states in 0..81_usize {
            let state = |number: usize| states / 3_usize.pow(u32::try_from(number).unwrap()) % 3;
            let mut session = begun(&book);
            let steps: Vec<(usize, usize)> = (0..4).map(|at| (kind(at), state(at))).collect();
            for number in 0..4 {
                let id = format!("s{number}");
                if state(number) > 0 && kind(number) == 2 {
                    session = after(&session, [started(&id, 1), acted(&id, Ending::Waited)]);
                }
                if state(number) > 0 {
                    session = after(&session, [checked(&id, pass())]);
                }
            }
            // What was seen before a look again is to be seen anew; what was done stays done.
            let gate = Question::Gate { to: None };
            session = after(&session, [asked(&gate), answered(&gate, Answer::Recheck)]);
            for number in (0..4).filter(|number| state(*number) == 1) {
                session = after(&session, [checked(&format!("s{number}"), pass())]);
            }
            let found = match session.next(&book) {
                Move::Work(tasks) => tasks
                    .iter()
                    .map(|task| match task {
                        Task::Act(step) => format!("act {}", step.id),
                        Task::Check(step) => format!("check {}", step.id),
                    })
                    .collect(),
                Move::Ask(Question::Gate { .. }) => Vec::new(),
                other => panic!("{other:?}"),
            };
            assert_eq!(found, together(&steps), "{steps:?}");
        }
    }
}
