//! Who sits before a session, and what happens to it: made from the seed alone, so that it is the
//! same in every life of one seed. What a person says to a question depends on how often it was
//! answered, not on how often it was asked: a crash does not change people.

use std::collections::BTreeMap;
use std::rc::Rc;

use holdpoint::engine::{Reply, Said};
use holdpoint::report::Brief;
use holdpoint::runbook::{Action, Runbook};
use holdpoint::session::{Answer, Answered, Entry, Event, Question, Terms};
use holdpoint::value::{Moment, Name};

use super::dice::Dice;
use crate::scene::says;
use crate::world::{Effect, Ledger, Truth};

/// What somebody is like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Character {
    pub(super) aborts: bool,
    rolls_back: bool,
    /// Says no to the first plan.
    hesitates: bool,
    /// Comes back when it is over, to roll back.
    pub(super) regrets: bool,
    /// Comes to roll back in the middle, as this process.
    pub(super) intervenes: Option<u64>,
}

impl Character {
    pub(super) fn of(dice: &mut Dice) -> Self {
        Self {
            aborts: dice.chance(8),
            rolls_back: dice.chance(40),
            hesitates: dice.chance(30),
            regrets: dice.chance(15),
            intervenes: dice.chance(8).then(|| 2 + dice.below(3)),
        }
    }
}

/// A person in one process.
pub(super) struct Person {
    pub(super) seed: u64,
    pub(super) character: Character,
    pub(super) book: Rc<Runbook>,
    /// How often each question was answered, and a plan refused.
    pub(super) answered: BTreeMap<String, u64>,
    pub(super) refused: bool,
    /// What happens in this process alone.
    pub(super) mood: Dice,
    pub(super) ledger: Ledger,
    pub(super) truth: Rc<Truth>,
}

/// What is remembered of the answers that are on record.
pub(super) fn remembered(entries: &[Entry]) -> (BTreeMap<String, u64>, bool) {
    let mut counts = BTreeMap::new();
    let mut refused = false;
    for entry in entries {
        let Event::Answered(Answered { question, answer, .. }) = &entry.event else { continue };
        if *answer != Answer::Hold {
            *counts.entry(format!("{question:?}")).or_default() += 1;
        }
        refused |= (question, *answer) == (&Question::Rollback, Answer::Deny);
    }
    (counts, refused)
}

impl Person {
    /// Reads what is shown, looks at the world where that is asked, and errs at times.
    pub(super) fn answer(&mut self, brief: &Brief) -> Reply {
        if self.mood.chance(4) {
            let text = "a note\n### 9 - like an entry".to_owned();
            return Reply::Note { text, learning: false };
        }
        if self.mood.chance(4) {
            return says(Answer::Hold);
        }
        self.truth.settle(&self.ledger);
        let key = format!("{:?}", brief.question);
        let nth = self.answered.get(&key).copied().unwrap_or_default();
        let mut now = Dice::about(self.seed, &key, nth);
        let mut ever = Dice::about(self.seed, &key, u64::MAX);
        let answer = match &brief.question {
            Question::Gate { .. } => self.at_gate(nth, &mut ever),
            Question::Manual { step } => self.by_hand(step, &mut now),
            Question::Attest { .. } if nth == 0 && now.chance(20) => Answer::Deny,
            Question::Attest { .. } => Answer::Confirm,
            Question::Failure { step } => self.at_failure(step, nth, brief, &mut now),
            Question::Doubt { step } => self.in_doubt(step, brief, &mut now),
            Question::Running { .. } => {
                self.mood.one_of(&[Answer::Wait, Answer::Wait, Answer::Stop, Answer::Leave])
            }
            Question::Rollback if self.character.aborts && ever.chance(20) => Answer::Abort,
            Question::Rollback if self.character.hesitates && !self.refused => Answer::Deny,
            Question::Rollback => Answer::Proceed,
            Question::RunbookChange { .. } => Answer::Accept,
            // It comes right some time, or nobody would ever be done.
            Question::Identity => Answer::Recheck,
        };
        if answer == Answer::Waive {
            return self.waives(key, &mut now);
        }
        if answer != Answer::Hold {
            *self.answered.entry(key).or_default() += 1;
        }
        self.refused |= (&brief.question, answer) == (&Question::Rollback, Answer::Deny);
        says(answer)
    }

    /// A yes can be lost with the process that took it: what ends a session here is decided once.
    fn at_gate(&mut self, nth: u64, ever: &mut Dice) -> Answer {
        let Character { aborts, rolls_back, .. } = self.character;
        match ever.below(100) {
            0..20 if aborts => Answer::Abort,
            20..35 if rolls_back && !self.refused => Answer::Rollback,
            35..45 if nth == 0 => Answer::Recheck,
            _ if nth > 0 && self.mood.chance(5) => Answer::Recheck,
            _ => Answer::Proceed,
        }
    }

    fn by_hand(&self, step: &Name, now: &mut Dice) -> Answer {
        match now.below(100) {
            0..20 => Answer::Failed,
            20..25 if self.can_roll_back() => Answer::Rollback,
            _ => {
                self.does(step);
                Answer::Done
            }
        }
    }

    fn at_failure(&self, step: &Name, nth: u64, brief: &Brief, now: &mut Dice) -> Answer {
        let offers = |answer| brief.answers.contains(&answer);
        let acts = self.book.step(step).is_some_and(|step| {
            matches!(step.action, Some(Action::Run(_) | Action::Manual { .. }))
        });
        match now.below(100) {
            // Something of it still runs.
            _ if !offers(Answer::Retry) => Answer::Hold,
            _ if nth > 3 => Answer::Retry,
            0..15 if offers(Answer::Rerun) => Answer::Rerun,
            15..30 if acts => {
                self.does(step);
                Answer::Done
            }
            30..50 => Answer::Waive,
            50..65 if self.can_roll_back() => Answer::Rollback,
            65..75 if self.character.aborts => Answer::Abort,
            _ => Answer::Retry,
        }
    }

    /// Nobody says anything of what still runs.
    fn in_doubt(&self, step: &Name, brief: &Brief, now: &mut Dice) -> Answer {
        let happened = self.ledger.borrow().contains(&Effect::Happened(step.to_string()));
        if self.truth.is_left(step.as_str()) {
            Answer::Hold
        } else if now.chance(10) && self.can_roll_back() {
            Answer::Rollback
        } else if happened {
            Answer::Done
        } else if brief.answers.contains(&Answer::Never) {
            Answer::Never
        } else if brief.answers.contains(&Answer::Rerun) {
            Answer::Rerun
        } else {
            Answer::Hold
        }
    }

    fn can_roll_back(&self) -> bool {
        self.character.rolls_back && !self.truth.rolling_back.get()
    }

    /// What a person says they did, they did.
    fn does(&self, step: &Name) {
        let happened = Effect::Happened(step.to_string());
        let mut ledger = self.ledger.borrow_mut();
        if !ledger.contains(&happened) {
            ledger.push(happened);
        }
    }

    /// For seconds or for days; at times with an end that is over already, which nobody takes.
    fn waives(&mut self, key: String, now: &mut Dice) -> Reply {
        let most = now.one_of(&[20_000, 600_000, 86_400_000]);
        let past = self.mood.chance(10);
        if !past {
            *self.answered.entry(key).or_default() += 1;
        }
        let until = match past {
            true => self.truth.wall().millis(),
            false => self.truth.wall().millis() + 1 + now.millis(most),
        };
        let terms = Terms { owner: "Grace".to_owned(), until: Moment::from_millis(until) };
        let said =
            Said { text: Some("it is known".to_owned()), waiver: Some(terms), ..Said::default() };
        Reply::Answer { answer: Answer::Waive, said }
    }
}
