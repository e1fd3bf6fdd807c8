//! The rules about one step, as data, over a history that is kept here a second time.

use std::fmt::Write as _;

use holdpoint::runbook::Runbook;
use holdpoint::session::Answer;

use crate::scene::{book, parsed, step};

/// What happened to the step, as this suite remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    Started,
    Good,
    Bad,
    Interrupted,
    Saw(&'static str),
    Sampled(&'static str),
    Probed,
    Died,
    Applied,
    Decided(Answer),
    WaiverOver,
    LookAgain,
}

/// A step of the runbook, by what the rules ask about it.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    pub what: &'static str,
    checks: bool,
    attempts: u32,
    safe: bool,
    probe: bool,
    policy: &'static str,
}

impl Kind {
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for what in ["look", "run", "manual", "wait", "observe"] {
            for bits in 0..64 {
                let (checks, safe) = (bits & 1 == 1, bits & 2 == 2);
                let (probe, attempts) = (bits & 4 == 4, 1 + u32::from(bits & 8 == 8));
                let policy = ["ask", "stop", "rollback", "continue"][bits >> 4];
                let kind = Self { what, checks, attempts, safe, probe, policy };
                let fits = match what {
                    "look" => checks && !safe && !probe,
                    "observe" => checks && !safe && !probe && attempts == 1,
                    "wait" => !safe && !probe,
                    "manual" => !safe,
                    _ => true,
                };
                all.extend(fits.then_some(kind));
            }
        }
        all
    }

    pub fn book(self) -> Runbook {
        let mut rest = match self.what {
            "run" => "run = ['do']\n",
            "manual" => "manual = 'Do it'\n",
            "wait" => "wait = '1s'\n",
            "observe" => "observe = { for = '1s', every = '1s', allow_failures = 1 }\n",
            _ => "",
        }
        .to_owned();
        if self.what != "observe" {
            let _ = writeln!(rest, "retry = {{ attempts = {} }}", self.attempts);
        }
        let _ = writeln!(rest, "on_failure = '{}'", self.policy);
        for (given, line) in [
            (self.safe, "idempotent = true\n"),
            (self.probe, "probe.file = { path = 'p' }\n"),
            (self.checks, "check.file = { path = 'x' }\n"),
        ] {
            rest.push_str(if given { line } else { "" });
        }
        // What goes on whatever becomes of it proves nothing, so another step does.
        parsed(&book(&[(1, &(step("a", &rest) + &proof("a")))]))
    }
}

/// A criterion that needs no step.
fn proof(id: &str) -> String {
    format!("\n[[phase.exit]]\ncriterion = 'Good, whatever {id} says'\nattest = 'It is'\n")
}

/// A pattern for each question that the rules ask, and what comes next. The first row counts.
type Rule = [&'static str; 9];

/// Kind, action, checks, a try is left, harmless twice, probe, waiver, policy: what comes next.
const RULES: [Rule; 21] = [
    ["*", "*", "*", "*", "*", "*", "waived", "*", "nothing"],
    ["manual", "due", "*", "*", "*", "*", "*", "*", "ask manual"],
    ["run|wait", "due", "*", "*", "*", "*", "*", "*", "act"],
    ["wait", "doubt", "*", "*", "*", "*", "*", "*", "act"],
    ["run", "doubt", "*", "*", "yes", "*", "*", "*", "act"],
    ["run", "doubt", "*", "*", "no", "unasked", "*", "*", "probe"],
    ["run", "doubt", "*", "*", "no", "none|asked", "*", "*", "ask doubt"],
    ["*", "interrupted", "*", "*", "*", "*", "*", "*", "ask failure"],
    ["run|wait", "bad", "*", "yes", "*", "*", "none", "*", "act"],
    ["look|observe", "*", "pass", "*", "*", "*", "*", "*", "nothing"],
    ["look", "*", "due", "*", "*", "*", "*", "*", "check"],
    ["observe", "due", "due", "*", "*", "*", "*", "*", "sample"],
    ["look", "*", "fail|unknown", "yes", "*", "*", "none", "*", "check"],
    ["*", "good", "none|pass", "*", "*", "*", "*", "*", "nothing"],
    ["*", "good", "due", "*", "*", "*", "*", "*", "check"],
    // From here on: it failed, and its tries are spent.
    ["*", "*", "*", "*", "*", "*", "*", "continue applied", "nothing"],
    ["*", "*", "*", "*", "*", "*", "*", "ask|stop applied|rollback applied", "ask failure"],
    ["*", "*", "*", "*", "*", "*", "lapsed", "*", "ask failure"],
    ["*", "*", "*", "*", "*", "*", "*", "stop", "apply stop"],
    ["*", "*", "*", "*", "*", "*", "*", "rollback", "apply rollback"],
    ["*", "*", "*", "*", "*", "*", "*", "continue", "apply continue"],
];

/// The answers to what the rules ask, from the kind and the history alone.
pub fn facts(kind: Kind, past: &[Past]) -> [&'static str; 8] {
    let (mut action, mut checks, mut tries, mut probed) = ("due", "due", 0, false);
    let (mut waiver, mut applied) = ("none", false);
    let (mut taken, mut failed, mut unknown) = (0, 0, 0);
    for event in past {
        match *event {
            Past::Started => (action, checks, probed) = ("runs", "due", false),
            Past::Good => action = "good",
            Past::Bad => (action, tries) = ("bad", tries + 1),
            Past::Interrupted => (action, tries) = ("interrupted", tries + 1),
            Past::Saw(outcome) => (checks, tries) = (outcome, tries + u32::from(outcome != "pass")),
            Past::Sampled(outcome) => {
                taken += 1;
                failed += u32::from(outcome == "fail");
                unknown += u32::from(outcome == "unknown");
                // Two samples are needed, of which one may fail; two that tell nothing are enough.
                checks = match () {
                    () if failed > 1 => "fail",
                    () if taken - unknown >= 2 => "pass",
                    () if unknown >= 2 => "unknown",
                    () => "due",
                };
            }
            Past::Probed => probed = true,
            // Whatever a probe saw before, nobody was there since to know that it is still so.
            Past::Died => {
                action = if action == "runs" { "doubt" } else { action };
                probed = false;
            }
            Past::Applied => applied = true,
            Past::WaiverOver => waiver = "lapsed",
            Past::Decided(Answer::Waive) => waiver = "waived",
            // A no to the rollback is no decision about the step.
            Past::Decided(Answer::Deny) => {}
            Past::Decided(answer) => {
                let done = action == "good" && answer == Answer::Retry;
                action = match answer {
                    Answer::Done => "good",
                    Answer::Failed => "by hand failed",
                    _ if done => "good",
                    _ => "due",
                };
                (checks, tries, waiver, applied) = ("due", 0, "none", false);
                (taken, failed, unknown) = (0, 0, 0);
            }
            Past::LookAgain if waiver == "waived" => {}
            // An action that failed stays failed: a look starts nothing.
            Past::LookAgain if ["bad", "interrupted", "by hand failed"].contains(&action) => {
                checks = "due";
            }
            Past::LookAgain => (checks, tries, applied) = ("due", 0, false),
        }
    }
    let yes = |it| if it { "yes" } else { "no" };
    let probe = match (kind.probe, probed) {
        (false, _) => "none",
        (true, false) => "unasked",
        (true, true) => "asked",
    };
    let checks = if kind.checks { checks } else { "none" };
    // A window that is over is like an action that ended well: it is looked at, not begun anew.
    let over = failed > 1 || taken - unknown >= 2 || unknown >= 2;
    let action = match (kind.what, over) {
        ("observe", true) => "good",
        ("observe", false) => "due",
        _ => action,
    };
    let policy = match (kind.policy, applied) {
        (policy, false) => policy,
        ("stop", true) => "stop applied",
        ("rollback", true) => "rollback applied",
        (_, true) => "continue applied",
    };
    [kind.what, action, checks, yes(tries < kind.attempts), yes(kind.safe), probe, waiver, policy]
}

pub fn ruled(facts: [&'static str; 8]) -> &'static str {
    let fits = |rule: &&Rule| {
        let fits = |(wanted, found): (&&str, &str)| {
            *wanted == "*" || wanted.split('|').any(|one| one == found)
        };
        rule.iter().zip(facts).all(fits)
    };
    RULES.iter().find(fits).unwrap_or_else(|| panic!("no rule for {facts:?}"))[8]
}
