//! One check: of exactly one kind, able to tell something, asked more than once if asked again.

use std::fmt;
use std::ops::Range;

use super::super::place::At;
use super::super::problem::{Code, Problem, quoted};
use super::super::syntax::Id;
use super::Resolver;
use crate::check::{Check, CheckTable, Claim, KINDS};

/// Where a step or a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    Phase,
    Rollback,
    Undo,
    Prerequisite,
    Probe,
}

impl fmt::Display for Stand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Phase => "a step",
            Self::Rollback => "a step of the rollback",
            Self::Undo => "an undo",
            Self::Prerequisite => "a prerequisite",
            Self::Probe => "a probe",
        })
    }
}

impl Resolver {
    /// The check, if it is one.
    pub(super) fn check(&mut self, table: At<CheckTable>, stand: Stand) -> Option<Check> {
        let At { value: table, span } = table;
        let mut claims = table.claims();
        let found = claims.len();
        let claim = match (claims.pop(), found) {
            (Some(claim), 1) => claim,
            (None, _) => {
                let kinds: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
                let message = "a check says nothing: it has no kind";
                self.report(
                    Problem::new(Code::CheckKinds, &span, message)
                        .help(format!("the kinds are: {}", kinds.join(", "))),
                );
                return None;
            }
            (Some(_), several) => {
                let message = format!("a check says {several} things: it has {several} kinds");
                self.report(Problem::new(Code::CheckKinds, &span, message));
                return None;
            }
        };
        let claim = self.knowing_aws(claim, &span);
        if let Some(flaw) = claim.kind().flaw() {
            self.report(Problem::new(Code::CheckFlaw, &span, flaw));
        }
        self.looks_back(&claim, table.baseline == Some(true), &span);
        if let Some(until) = &table.until
            && until.every > until.within
        {
            let message =
                format!("`until` asks every {} within {}: once", until.every, until.within);
            self.report(Problem::new(Code::UntilTooShort, &span, message));
        }
        if table.title.as_ref().is_some_and(|title| title.chars().any(char::is_control)) {
            let message = format!("{} holds control characters", quoted("title"));
            self.report(Problem::new(Code::ControlCharacter, &span, message));
        }
        if table.baseline.is_some() && stand != Stand::Phase {
            let message = format!("`baseline` has no meaning in a check of {stand}");
            self.report(
                Problem::new(Code::OutOfPlace, &span, message)
                    .help("mark checks of the steps of phases and of exit criteria"),
            );
        }
        Some(Check {
            title: table.title,
            claim,
            until: table.until,
            timeout: table.timeout.unwrap_or(Check::TIMEOUT),
            baseline: table.baseline.unwrap_or(false),
        })
    }

    /// Reports a window that cannot open where the check says: with the beginning of a step.
    fn looks_back(&mut self, claim: &Claim, is_baseline: bool, span: &Range<usize>) {
        let Some(since) = claim.kind().since() else { return };
        let id = At { value: Id(since.to_owned()), span: span.clone() };
        if is_baseline {
            let message = "`baseline` has no meaning in a check with `since`";
            self.report(
                Problem::new(Code::OutOfPlace, span, message).help(
                    "it would be read before the step begins: look at a window that ends now",
                ),
            );
        }
        let Some((_, rank)) = self.known_step(&id, Code::SinceUnknown) else { return };
        if self.here.is_some_and(|here| rank > here) {
            let message = format!(
                "the step {} comes later than the check that looks back to it",
                quoted(since)
            );
            self.report(Problem::new(Code::SinceLater, span, message));
        }
    }
}
