//! No window passes with less coverage than was asked for, in true time.

use std::collections::BTreeMap;

use holdpoint::check::{Claim, Outcome, Probe, When};
use holdpoint::runbook::{Action, Window};
use holdpoint::session::{Entry, Event, Sampled, Session};
use holdpoint::value::{Moment, Name};

use super::{Case, Law};

/// When each sample of a window was taken, and what was really there.
#[derive(Default)]
pub(super) struct Covered {
    windows: BTreeMap<Name, Vec<(i64, Outcome)>>,
}

impl Law for Covered {
    fn after(&mut self, session: &Session, entry: &Entry, case: &Case<'_>) {
        let Event::Sampled(sample) = &entry.event else { return };
        let window = self.windows.entry(sample.step.clone()).or_default();
        if sample.number == 1 {
            window.clear();
        }
        window.push(seen(sample, entry, case));
        let step = case.book.step(&sample.step).expect("the runbook has it");
        let Some(Action::Observe(asked)) = step.action else { panic!("{} observes", step.id) };
        if session.step(&step.id).checks == Some(Outcome::Pass) {
            covers(window, asked, entry.seq, case);
        }
    }
}

/// The look that a sample tells of.
fn seen(sample: &Sampled, entry: &Entry, case: &Case<'_>) -> (i64, Outcome) {
    let written = case.life.truth.of_entry(entry.seq);
    let claim: &Claim = &sample.findings[0].check.claim;
    let Probe::File { path, .. } = claim.kind().ask(When::at(Moment::from_millis(0))) else {
        panic!("only files are played")
    };
    let looks = case.life.truth.looks.borrow();
    let before = &looks[..case.life.truth.looks_before(entry.seq)];
    let look = before.iter().rev().find(|look| look.path == path);
    let look = look.unwrap_or_else(|| panic!("entry {}: nobody looked at {path}", entry.seq));
    assert_eq!(look.at, written, "entry {}: {path} was looked at before", entry.seq);
    let told = sample.findings[0].verdict.outcome();
    assert_eq!(look.outcome, told, "entry {}: it was otherwise", entry.seq);
    (look.at, look.outcome)
}

fn covers(samples: &[(i64, Outcome)], asked: Window, seq: u64, case: &Case<'_>) {
    let every = i64::try_from(asked.every.millis()).expect("not that long");
    let tell = |(at, outcome): &&(i64, Outcome)| (*outcome != Outcome::Unknown).then_some(*at);
    let counted: Vec<i64> = samples.iter().filter_map(|one| tell(&one)).collect();
    let needed = asked.length.millis().div_ceil(asked.every.millis()) + 1;
    assert!(counted.len() as u64 >= needed, "entry {seq}: {counted:?} of {needed}");
    for pair in counted.windows(2) {
        assert!(pair[1] - pair[0] >= every, "entry {seq}: samples too close: {counted:?}");
    }
    let length = i64::try_from(asked.length.millis()).expect("not that long");
    assert!(counted[counted.len() - 1] - counted[0] >= length, "entry {seq}: {counted:?}");
    let failed = samples.iter().filter(|(_, outcome)| *outcome == Outcome::Fail).count();
    assert!(failed as u64 <= u64::from(asked.allow_failures), "entry {seq}: {failed} failed");
    let Some(most) = asked.max_gap else { return };
    for pair in samples.windows(2) {
        let (from, to) = (pair[0].0, pair[1].0);
        let gap = u64::try_from(to - from).expect("true time");
        let set_back = case.life.truth.was_set_back(from, to);
        assert!(gap <= most.millis() || set_back, "entry {seq}: nobody looked for {gap} ms");
    }
}
