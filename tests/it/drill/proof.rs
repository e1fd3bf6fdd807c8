//! What must be so of a rollback that was killed: judged from the entries and the ledger, by rules
//! of its own and not by those of the program.

use std::collections::BTreeMap;

use holdpoint::check::Outcome;
use holdpoint::session::{
    Answer, Close, Condition, Entry, Event, Question, RollbackVerdict, Sampled, Session,
};

use crate::kills::proof::Ledger;

/// Steps of the rollback that do no harm twice.
const IDEMPOTENT: [&str; 1] = ["undo.switch"];

/// Windows: samples that are needed, how many of them may fail, and the pause between two.
const WINDOWS: [(&str, u32, u32, u64); 2] = [("watch", 9, 1, 150), ("watch-again", 7, 0, 50)];

/// What is known of each step from its entries alone.
#[derive(Default)]
struct Seen {
    /// `runs`, `doubt`, `due`, `done`.
    action: BTreeMap<String, &'static str>,
    /// Samples of each window that passed and failed, since it began.
    windows: BTreeMap<String, (u32, u32, u32)>,
    released: bool,
    back: bool,
}

/// What a whole journal must tell, entry by entry.
pub fn is_in_order(entries: &[Entry]) {
    let mut seen = Seen::default();
    for entry in entries {
        seen.takes(&entry.event, &format!("entry {}", entry.seq));
    }
}

impl Seen {
    fn takes(&mut self, event: &Event, at: &str) {
        match event {
            Event::Resumed(_) => {
                self.released = false;
                let running = self.action.values_mut().filter(|state| **state == "runs");
                running.for_each(|state| *state = "doubt");
            }
            Event::Answered(answered) => match (&answered.question, answered.answer) {
                (Question::Rollback, Answer::Proceed) => {
                    assert!(answered.criterion.is_some() && answered.text.is_some(), "{at}");
                    self.released = true;
                }
                (Question::Doubt { step }, Answer::Done) => self.settles(step.as_str(), "done", at),
                (Question::Doubt { step }, Answer::Never) => self.settles(step.as_str(), "due", at),
                _ => {}
            },
            Event::RollbackEntered => {
                assert!(self.released && !self.back, "{at}: nobody released it, or it goes on");
                let (passed, failed, _) = self.windows["watch"];
                assert!(failed == 2 && passed <= 7, "{at}: the window had not failed");
                self.back = true;
            }
            Event::Started { step, .. } => self.starts(step.as_str(), at),
            Event::Acted { step, ending, .. } => {
                let after = if ending.is_good() { "done" } else { "due" };
                let before = self.action.insert(step.to_string(), after);
                assert_eq!(before, Some("runs"), "{at}: {step} ended");
            }
            Event::Sampled(sample) => self.samples(sample, at),
            Event::Checked { step, .. } if step.as_str() == "after.watch" => self.is_over(at),
            Event::Closed { close } => {
                assert_eq!(*close, Close::RolledBack(RollbackVerdict::Verified), "{at}");
                assert!(self.back, "{at}: it was not rolled back");
                self.is_over(at);
                self.action.values().for_each(|state| assert_eq!(*state, "done"));
            }
            Event::PhaseSkipped { .. } | Event::StepSkipped { .. } => panic!("{at}: skipped"),
            _ => {}
        }
    }

    fn settles(&mut self, step: &str, after: &'static str, at: &str) {
        let before = self.action.insert(step.to_owned(), after);
        assert_eq!(before, Some("doubt"), "{at}: {step} was in no doubt");
    }

    fn starts(&mut self, step: &str, at: &str) {
        let before = self.action.insert(step.to_owned(), "runs").unwrap_or("due");
        let harmless = IDEMPOTENT.contains(&step) && before == "doubt";
        assert!(before == "due" || harmless, "{at}: {step} started again, it was {before}");
        if let Some(undone) = step.strip_prefix("undo.") {
            assert!(self.back, "{at}: nothing is taken back before somebody says so");
            let ran = self.action.get(undone).copied();
            assert_eq!(ran, Some("done"), "{at}: {undone} did not run");
        }
    }

    fn samples(&mut self, sample: &Sampled, at: &str) {
        let (step, number) = (sample.step.to_string(), sample.number);
        let of_step = |window: &&(&str, u32, u32, u64)| window.0 == step;
        let (_, needed, allowed, pause) = *WINDOWS.iter().find(of_step).expect("a window");
        assert_eq!((sample.needed, sample.allowed), (needed, allowed), "{at}");
        let (passed, failed, untold) = self.windows.remove(&step).unwrap_or_default();
        // Nothing begins these windows anew.
        assert_eq!(number, passed + failed + untold + 1, "{at}: {step}");
        let waited = sample.gap.map_or(u64::MAX, |gap| gap.millis());
        assert!(waited >= pause, "{at}: sampled {waited} ms after the one before");
        assert!(passed + failed < needed && failed <= allowed, "{at}: the window was over");
        let outcomes = sample.findings.iter().map(|finding| finding.verdict.outcome());
        let after = match outcomes.max() {
            Some(Outcome::Pass) => (passed + 1, failed, untold),
            Some(Outcome::Fail) => (passed, failed + 1, untold),
            Some(Outcome::Unknown) | None => (passed, failed, untold + 1),
        };
        self.windows.insert(step, after);
    }

    /// The window behind the undos was watched whole.
    fn is_over(&self, at: &str) {
        let (passed, failed, _) = self.windows["watch-again"];
        assert_eq!((passed, failed), (7, 0), "{at}: the window was cut short");
    }
}

/// What a session came to, without the times and numbers that killing it may change.
#[derive(Debug, PartialEq)]
pub struct Outcomes {
    condition: Condition,
    steps: BTreeMap<String, (bool, Option<Outcome>)>,
    order: Vec<String>,
    effects: BTreeMap<String, usize>,
}

impl Outcomes {
    pub fn of(entries: &[Entry], session: &Session, ledger: &Ledger) -> Self {
        let steps = session
            .steps()
            .map(|(id, state)| (id.to_string(), (state.action.is_good(), state.checks)));
        let mut order = Vec::new();
        for entry in entries {
            if let Event::Started { step, .. } = &entry.event
                && !order.contains(&step.to_string())
            {
                order.push(step.to_string());
            }
        }
        let effects = order.iter().map(|step| {
            let effects = ledger.count("effect", step);
            let harmless = IDEMPOTENT.contains(&step.as_str());
            (step.clone(), if harmless { effects.min(1) } else { effects })
        });
        let effects = effects.collect();
        Self { condition: session.condition(), steps: steps.collect(), order, effects }
    }
}
