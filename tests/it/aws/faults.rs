//! Bad answers at every moment of a session, through the real program on a terminal: nothing
//! passes on them, no session is lost, and each goes on to its end when the answers are good again.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use holdpoint::check::Outcome;
use holdpoint::journal::{End, History};
use holdpoint::runbook::Phase;
use holdpoint::session::{Close, Condition, Event, Finding, Question, RollbackVerdict};
use tempfile::TempDir;

use super::environment;
use super::moments::{Moment, answers, book, identity};
use crate::aws_kit::heard::Protocol;
use crate::aws_kit::{Answer, Front, Heard};
use crate::kills::seat::{Next, Seat};

/// What can be wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Storm,
    Broken,
    Silence,
    Page,
    Half,
    Hollow,
    Odd,
    Expired,
    Denied,
    /// The answer is whole and true, and about another account. Only who asks can tell.
    WrongAccount,
}

impl Fault {
    /// The moments that it can strike at.
    fn moments(self) -> Vec<Moment> {
        let strikes = |moment: &Moment| self != Self::WrongAccount || moment.is_identity();
        Moment::ALL.into_iter().filter(strikes).collect()
    }

    /// What a finding comes to that rests on it, where that is the same at every moment.
    fn comes_to(self, moment: Moment) -> Option<Outcome> {
        match self {
            Self::WrongAccount => Some(Outcome::Fail),
            // Of an operation without pages nobody knows what it always tells.
            Self::Hollow if moment == Moment::Probe => None,
            // What nobody knows is no pass; whether it is a no depends on what is asked.
            Self::Odd => None,
            _ => Some(Outcome::Unknown),
        }
    }

    fn answer(self, heard: &Heard, moment: Moment) -> Answer {
        let [good, hollow, odd] = answers(moment);
        let xml = heard.protocol() == Protocol::Query;
        let code = |json: &str, query: &str| if xml { query.to_owned() } else { json.to_owned() };
        match self {
            Self::Storm => {
                let code = code("ThrottlingException", "Throttling");
                Answer::Refused(400, code, "Rate exceeded".to_owned())
            }
            Self::Broken => Answer::refused(503, "ServiceUnavailable", "We are down"),
            Self::Silence => Answer::Silence,
            Self::Page => Answer::page(200),
            Self::Half => Answer::Half(Box::new(Answer::Said(good))),
            Self::Hollow => Answer::Said(hollow),
            Self::Odd => Answer::Said(odd),
            Self::Expired => {
                let code = code("ExpiredTokenException", "ExpiredToken");
                Answer::Refused(403, code, "The security token has expired".to_owned())
            }
            Self::Denied => {
                let code = code("AccessDeniedException", "AccessDenied");
                let action = heard.action();
                let message = format!(
                    "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: {action}"
                );
                Answer::Refused(403, code, message)
            }
            Self::WrongAccount => Answer::Said(identity("999999999999")),
        }
    }
}

/// What the front does now.
#[derive(Default)]
struct Weather {
    strikes_at: Option<Moment>,
    struck: usize,
}

/// One session that a fault strikes at each of its moments in turn.
struct Trial {
    fault: Fault,
    folder: TempDir,
    front: Front,
    weather: Arc<Mutex<Weather>>,
}

impl Trial {
    fn new(fault: Fault) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("book.toml"), book()).unwrap();
        let weather: Arc<Mutex<Weather>> = Arc::default();
        let front = Front::alone({
            let (weather, journal) = (Arc::clone(&weather), folder.path().join("j.md"));
            move |heard| {
                let moment = moment_of(heard, &journal);
                let mut weather = weather.lock().unwrap();
                if weather.strikes_at != Some(moment) {
                    return Answer::Said(answers(moment)[0].clone());
                }
                weather.struck += 1;
                fault.answer(heard, moment)
            }
        });
        Self { fault, folder, front, weather }
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("j.md")
    }

    fn is_struck(&self) -> bool {
        self.weather.lock().unwrap().struck > 0
    }

    fn strikes_at(&self) -> Option<Moment> {
        self.weather.lock().unwrap().strikes_at
    }

    /// Goes through the whole session; how often the fault struck, moment by moment.
    fn goes_to_its_end(self) {
        let mut moments = self.fault.moments().into_iter();
        self.weather.lock().unwrap().strikes_at = moments.next();
        // Once for each moment, for the crash, and for the hold before a resume.
        for _ in 0..self.fault.moments().len() + 8 {
            let ended = self.sits();
            if let Some(moment) = self.strikes_at().filter(|_| self.is_struck()) {
                self.is_nothing_but_held(moment, ended);
                *self.weather.lock().unwrap() = Weather { strikes_at: moments.next(), struck: 0 };
            }
            let closed = history(&self.journal()).map(|history| history.session.condition());
            if let Some(Condition::Closed(close)) = closed {
                let left = self.strikes_at();
                assert_eq!(left, None, "{:?}: nothing was asked then", self.fault);
                let good = Close::RolledBack(RollbackVerdict::Verified);
                assert_eq!(close, good, "{:?}", self.fault);
                return;
            }
        }
        panic!("{:?}: it never ends, at {:?}", self.fault, self.strikes_at());
    }

    /// One process, to its end.
    fn sits(&self) -> u32 {
        let url = self.front.url();
        let environment = environment(&url, "AKIDEXAMPLE");
        let run = ["run", "book.toml", "--journal", "j.md"];
        let arguments: &[&str] = if self.journal().exists() { &["resume", "j.md"] } else { &run };
        let mut seat = Seat::with(self.folder.path(), arguments, &environment);
        loop {
            match seat.next(None) {
                Next::Question(_) => {
                    let history = history(&self.journal()).expect("a question is on record");
                    let pending = history.session.pending().expect("it is on record before");
                    self.answers(&mut seat, pending);
                }
                Next::End(code) => return code,
                Next::Nothing => unreachable!("there is no deadline"),
            }
        }
    }

    /// Holds where something is wrong, and goes on where nothing is.
    fn answers(&self, seat: &mut Seat, pending: &Question) {
        if self.is_struck() {
            let moment = self.strikes_at().expect("it strikes at a moment");
            assert!(is_asked_at(moment, pending), "{:?} at {moment:?}: {pending:?}", self.fault);
            return hold(seat);
        }
        match pending {
            Question::Gate { to } => {
                let ahead = [Some(Phase::ALL[0]), Some(Phase::ALL[1])].contains(to);
                match self.strikes_at() {
                    _ if ahead => seat.types("proceed"),
                    Some(Moment::Recheck) => seat.types("check"),
                    Some(Moment::Resume) => hold(seat),
                    _ => seat.types("rollback"),
                }
            }
            Question::Identity => seat.types("check"),
            Question::Failure { .. } => seat.types("retry"),
            Question::Doubt { .. } => seat.types("done"),
            Question::Rollback => {
                seat.types("proceed");
                for (prompt, word) in [("Which criterion", "1"), ("Why (", "it is down")] {
                    assert!(seat.sees(prompt, None), "{}", seat.shown());
                    seat.types(word);
                }
            }
            other => panic!("{:?} asks {other:?}:\n{}", self.fault, seat.shown()),
        }
    }

    /// The process ended, and what was asked on the bad answer is no pass.
    fn is_nothing_but_held(&self, moment: Moment, code: u32) {
        let at = format!("{:?} at {moment:?}", self.fault);
        let Some(history) = history(&self.journal()) else {
            assert!(moment == Moment::Start && code != 0, "{at}: ended with {code}");
            return;
        };
        assert_ne!(moment, Moment::Start, "{at}: there is a journal");
        assert_eq!(code, 4, "{at}: it is not held");
        assert_eq!(history.log.end, End::Clean, "{at}");
        let finding = last_finding(&history, moment).unwrap_or_else(|| panic!("{at}: no finding"));
        let outcome = finding.verdict.outcome();
        assert_ne!(outcome, Outcome::Pass, "{at}: {:?}", finding.verdict);
        if let Some(wanted) = self.fault.comes_to(moment) {
            assert_eq!(outcome, wanted, "{at}: {:?}", finding.verdict);
        }
    }
}

/// Whether this is the question that comes of not knowing.
fn is_asked_at(moment: Moment, question: &Question) -> bool {
    match moment {
        Moment::Probe => matches!(question, Question::Doubt { .. }),
        Moment::Recheck => matches!(question, Question::Failure { .. } | Question::Gate { .. }),
        moment if moment.is_identity() => *question == Question::Identity,
        _ => matches!(question, Question::Failure { .. }),
    }
}

fn hold(seat: &mut Seat) {
    seat.types("hold");
    assert!(seat.sees("Why (", None), "{}", seat.shown());
    seat.types("");
}

fn history(journal: &Path) -> Option<History> {
    let bytes = std::fs::read(journal).ok()?;
    Some(History::read(&bytes).unwrap_or_else(|damage| panic!("{damage}")))
}

/// What a request is for. Who asks is asked at several moments: the journal tells which.
fn moment_of(heard: &Heard, journal: &Path) -> Moment {
    if heard.operation() != "GetCallerIdentity" {
        let all = format!("{} {}", heard.path, heard.text());
        let named = |moment: &Moment| moment.mark().is_some_and(|mark| all.contains(&mark));
        let found = Moment::ALL.into_iter().find(named);
        return found.unwrap_or_else(|| panic!("for no moment: {all}"));
    }
    let last = history(journal).and_then(|history| Some(history.entries.last()?.event.clone()));
    match last {
        // Before the first check of a process it is proven whose credentials it has.
        None | Some(Event::Opened(_)) => Moment::Start,
        Some(Event::Resumed(_)) => Moment::Resume,
        Some(Event::Entered { .. } | Event::RollbackEntered) => Moment::Entry,
        Some(_) => Moment::Gate,
    }
}

/// The last thing that was found out at such a moment.
fn last_finding(history: &History, moment: Moment) -> Option<Finding> {
    let mark = moment.mark();
    let is_it = |finding: &&Finding| {
        mark.as_ref().is_none_or(|mark| format!("{:?}", finding.check.claim).contains(mark))
    };
    history.entries.iter().rev().find_map(|entry| match (&entry.event, moment.is_identity()) {
        (Event::Identified { found }, true) => Some(found.clone()),
        (Event::Checked { findings, .. }, false) => findings.iter().find(is_it).cloned(),
        (Event::Sampled(sampled), false) => sampled.findings.iter().find(is_it).cloned(),
        (Event::Probed { finding, .. }, false) => Some(finding).filter(is_it).cloned(),
        _ => None,
    })
}

#[test]
fn nothing_passes_on_a_bad_answer_and_no_session_is_lost() {
    let faults = [
        Fault::Storm,
        Fault::Broken,
        Fault::Silence,
        Fault::Page,
        Fault::Half,
        Fault::Hollow,
        Fault::Odd,
        Fault::Expired,
        Fault::Denied,
        Fault::WrongAccount,
    ];
    // Most of the time each of them waits.
    let trials = faults.map(|fault| thread::spawn(move || Trial::new(fault).goes_to_its_end()));
    let failed = trials.map(thread::JoinHandle::join).into_iter().filter(Result::is_err).count();
    assert_eq!(failed, 0, "of {} sessions", faults.len());
}
