//! What must be so whenever the program was killed, and at the end: judged from the journal's
//! bytes, its entries and the ledger, by rules of its own and not by those of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use holdpoint::check::Outcome;
use holdpoint::journal::{End, History};
use holdpoint::runbook::Phase;
use holdpoint::session::{Answer, Close, Condition, Entry, Event, Question, Session};
use holdpoint::value::Digest;

/// Steps that do no harm twice.
pub const IDEMPOTENT: [&str; 2] = ["again", "settle"];

/// What was read of a journal so far.
#[derive(Default)]
pub struct Reader {
    /// Its sealed entries, byte by byte.
    sealed: Vec<u8>,
    entries: usize,
    /// What a killed process left behind them.
    torn: Option<Vec<u8>>,
    /// How often that was so.
    pub torn_tails: usize,
}

impl Reader {
    /// Reads the journal again: what was there before is there still.
    pub fn reads(&mut self, folder: &Path, is_dead: bool) -> Option<History> {
        // The ledger first: what it tells of began before the journal is read.
        let ledger = Ledger::read(folder);
        let Ok(bytes) = fs::read(folder.join("j.md")) else {
            assert!(self.sealed.is_empty(), "the journal is gone");
            assert!(ledger.0.is_empty(), "something began without a journal: {:?}", ledger.0);
            return None;
        };
        let history = History::read(&bytes).unwrap_or_else(|damage| panic!("damaged: {damage}"));
        let sealed = &bytes[history.log.begins..history.log.ends];
        let behind = &bytes[history.log.ends..];
        assert!(sealed.starts_with(&self.sealed), "entries that were read before are gone");
        if let Some(torn) = &self.torn
            && (sealed != self.sealed || behind != torn)
        {
            accounts_for(&history.entries[self.entries].event, torn, folder);
            self.torn = None;
        }
        self.sealed = sealed.to_vec();
        self.entries = history.entries.len();
        if is_dead && history.log.end != End::Clean && self.torn.is_none() {
            self.torn = Some(behind.to_vec());
            self.torn_tails += 1;
        }
        ledger.began_on_record(&history.entries);
        Some(history)
    }
}

fn accounts_for(event: &Event, torn: &[u8], folder: &Path) {
    let Event::Recovered(recovered) = event else {
        panic!("{} bytes went without a word, and then came {event:?}", torn.len());
    };
    assert_eq!((recovered.bytes, recovered.digest), (torn.len() as u64, Digest::of(torn)));
    assert_eq!(fs::read(folder.join(&recovered.kept_in)).unwrap(), torn);
}

/// The traces that actions left outside: `what step pid`.
pub struct Ledger(Vec<(String, String)>);

impl Ledger {
    pub fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("ledger")).unwrap();
        let line = |line: &str| {
            let mut words = line.split(' ').map(str::to_owned);
            words.next().zip(words.next()).unwrap_or_else(|| panic!("a strange line: {line}"))
        };
        Self(text.lines().map(line).collect())
    }

    pub fn count(&self, what: &str, step: &str) -> usize {
        self.0.iter().filter(|line| line.0 == what && line.1 == step).count()
    }

    /// No action began before its intent was on record.
    fn began_on_record(&self, entries: &[Entry]) {
        let begun: BTreeSet<&String> = self.0.iter().map(|(_, step)| step).collect();
        for step in begun {
            let is_intent = |entry: &&Entry| {
                let Event::Started { step: started, .. } = &entry.event else { return false };
                started.as_str() == step
            };
            let intents = entries.iter().filter(is_intent).count();
            let began = self.count("begin", step);
            assert!(began <= intents, "{step} began {began} times, {intents} are on record");
        }
    }
}

/// What a whole journal must tell, entry by entry.
pub fn is_in_order(entries: &[Entry]) {
    let mut released = None;
    // What became of each step: was it started and nothing else is known, may it start again.
    let mut open: BTreeMap<String, &'static str> = BTreeMap::new();
    let mut probed = false;
    for entry in entries {
        match &entry.event {
            Event::Resumed(_) => {
                released = None;
                open.values_mut().filter(|state| **state == "runs").for_each(|it| *it = "doubt");
            }
            Event::Answered(answered) => match (&answered.question, answered.answer) {
                (Question::Gate { to }, Answer::Proceed) => released = Some(*to),
                (Question::Doubt { step }, Answer::Done | Answer::Rerun) => {
                    assert_eq!(open.get(step.as_str()), Some(&"doubt"), "entry {}", entry.seq);
                    assert!(step.as_str() != "told" || probed, "its probe was not asked");
                    let again = answered.answer == Answer::Rerun;
                    open.insert(step.to_string(), if again { "due" } else { "done" });
                }
                _ => {}
            },
            Event::Probed { .. } => probed = true,
            Event::Entered { phase } => {
                assert_eq!(released.take(), Some(Some(*phase)), "nobody released {phase}");
            }
            Event::PhaseSkipped { phase, .. } => {
                assert!(released.is_some(), "nobody released a way past {phase}");
            }
            Event::Closed { close } => {
                assert_eq!(*close, Close::Finished);
                assert_eq!(released, Some(None), "nobody released the end");
                for (step, state) in &open {
                    assert_eq!(*state, "done", "{step}");
                }
            }
            Event::Started { step, .. } => {
                probed = false;
                let before = open.insert(step.to_string(), "runs").unwrap_or("due");
                let harmless = IDEMPOTENT.contains(&step.as_str()) && before == "doubt";
                assert!(before == "due" || harmless, "{step} started again, it was {before}");
            }
            Event::Acted { step, ending, .. } => {
                let before =
                    open.insert(step.to_string(), if ending.is_good() { "done" } else { "due" });
                assert_eq!(before, Some("runs"), "{step} ended");
            }
            Event::Checked { step, .. } => {
                let state = open.get(step.as_str()).copied().unwrap_or("done");
                assert_eq!(state, "done", "{step} was checked");
            }
            Event::Opened(_)
            | Event::Recovered(_)
            | Event::RunbookChanged { .. }
            | Event::Sampled(_)
            | Event::PolicyApplied { .. }
            | Event::WaiverExpired { .. }
            | Event::GateExpired { .. }
            | Event::RollbackRequested(_)
            | Event::RollbackEntered
            | Event::Identified { .. }
            | Event::StepSkipped { .. }
            | Event::Rehearsed { .. }
            | Event::Asked { .. }
            | Event::Held { .. }
            | Event::Noted { .. } => {}
        }
    }
}

/// What a session came to, without the times and numbers that killing it may change.
#[derive(Debug, PartialEq)]
pub struct Outcomes {
    condition: Condition,
    steps: BTreeMap<String, (bool, Option<Outcome>, Option<String>)>,
    order: Vec<String>,
    phases: Vec<(bool, bool, Option<String>)>,
    attested: Option<bool>,
    effects: BTreeMap<String, usize>,
}

impl Outcomes {
    pub fn of(entries: &[Entry], session: &Session, ledger: &Ledger) -> Self {
        let steps = session.steps().map(|(id, state)| {
            // Whether a person said so or the system did.
            (id.to_string(), (state.action.is_good(), state.checks, state.skipped.clone()))
        });
        let mut order = Vec::new();
        for entry in entries {
            if let Event::Started { step, .. } = &entry.event
                && !order.contains(&step.to_string())
            {
                order.push(step.to_string());
            }
        }
        let phases = Phase::ALL.iter().map(|phase| {
            let state = session.phase(*phase);
            (state.entered.is_some(), state.left.is_some(), state.skipped.clone())
        });
        let effects = order.iter().map(|step| {
            let effects = ledger.count("effect", step);
            let harmless = IDEMPOTENT.contains(&step.as_str());
            (step.clone(), if harmless { effects.min(1) } else { effects })
        });
        Self {
            condition: session.condition(),
            steps: steps.collect(),
            phases: phases.collect(),
            attested: session.attested(Phase::PreDeploymentAnalysis, 1).map(|said| said.holds),
            effects: effects.collect(),
            order,
        }
    }
}
