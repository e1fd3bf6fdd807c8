//! What a person sees before they decide: what is known, what comes next, and how to answer.
//!
//! Made from the session and the runbook alone, so that what was shown can be shown again.

use super::{Line, Tone, rehearsal, words};
use crate::runbook::{Action, Phase, Proof, Runbook, Values};
use crate::session::{Answer, Question, Session};
use crate::value::Name;

mod answers;
mod failure;
mod gate;
mod identity;
mod rollback;
mod short;
mod step;

pub(super) use step::folded;

/// A question, ready to be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// Which question.
    pub question: Question,
    /// What is known, top to bottom.
    pub lines: Vec<Line>,
    /// The decisions it takes here.
    pub answers: Vec<Answer>,
    /// How the answer that lets things go on must be given.
    pub word: Word,
    /// The runbook's criteria of which one may apply. Empty but for a rollback.
    pub criteria: Vec<String>,
    /// Whether a rollback goes on: some words mean something else then.
    pub rolling_back: bool,
    /// What is tried again, where something failed.
    pub again: Again,
    /// Whether nothing of it is real. The first line says so.
    pub rehearsal: bool,
}

/// What trying again comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// The action, and all behind it.
    Action,
    /// The checks alone.
    Checks,
    /// A window from its beginning.
    Window,
}

/// How a person gives the answer that lets things go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// By typing its word.
    Plain,
    /// By typing this instead.
    Exactly(String),
    /// By typing their own name instead.
    Name,
    /// By typing its word; then a text is asked for.
    Text,
}

impl Brief {
    /// What a person must know to answer.
    #[must_use]
    pub fn of(question: &Question, session: &Session, book: &Runbook, values: &Values) -> Self {
        let view = View { session, book, values };
        let (told, word) = match question {
            Question::Gate { to } => (gate::lines(&view, *to), view.strict_word()),
            Question::Manual { step } => (step::manual(&view, step), view.manual_word(step)),
            Question::Attest { phase, number } => {
                (view.attest(*phase, *number as usize), Word::Name)
            }
            Question::Failure { step } => (failure::lines(&view, step), Word::Plain),
            Question::Doubt { step } => (step::doubt(&view, step), Word::Plain),
            Question::Running { step } => (step::running(&view, step), Word::Plain),
            Question::Identity => (identity::question(&view), Word::Plain),
            Question::Rollback => (rollback::lines(&view), view.strict_word()),
            Question::RunbookChange { .. } => (change(), Word::Name),
        };
        let asks_why = matches!(question, Question::Rollback);
        let criteria = if asks_why { book.rollback.when.clone() } else { Vec::new() };
        let answers = answers::offered(&view, question);
        let rolling_back = session.is_rolling_back();
        let again = view.again(question);
        let lines = rehearsal::banner(session).into_iter().chain(told).collect();
        let (question, rehearsal) = (question.clone(), session.is_rehearsal());
        Self { question, lines, answers, word, criteria, rolling_back, again, rehearsal }
    }

    /// What an answer does, for the person who has to choose.
    #[must_use]
    pub fn does(&self, answer: Answer) -> &'static str {
        match (answer, self.again) {
            (Answer::Retry, Again::Checks) => "ask its checks again",
            (Answer::Retry, Again::Window) => "observe a whole new window",
            _ => words::answer_words(&self.question, answer, self.rolling_back),
        }
    }

    /// Adds what else is known: lines that only the outside can tell.
    pub fn add(&mut self, lines: impl IntoIterator<Item = Line>) {
        self.lines.extend(lines);
    }

    /// Adds processes that an earlier attempt left running; while there are any, the step is not
    /// run again, and nobody can say that it never happened.
    pub fn add_left_running(&mut self, processes: &[String]) {
        let is_about_them = matches!(self.question, Question::Running { .. });
        if processes.is_empty() {
            if is_about_them {
                let gone = "None of them is left: every answer goes on at once.";
                self.lines.push(Line::new(Tone::Good, gone));
            }
            return;
        }
        let then = self.withhold();
        let head = if is_about_them { short::RUN } else { short::LEFT_RUNNING };
        self.lines.push(Line::new(Tone::Bad, head));
        self.lines.extend(processes.iter().map(|one| Line::new(Tone::Plain, format!("  {one}"))));
        self.lines.extend(then.filter(|_| !is_about_them).map(|then| {
            let hint = format!("End them or wait for them, then `hold` and resume, to {then}.");
            Line::new(Tone::Plain, hint)
        }));
    }

    /// Takes away the answers that would start the action beside its earlier self, or deny what is
    /// not over; says what for one has to wait.
    fn withhold(&mut self) -> Option<&'static str> {
        let starts = match (&self.question, self.again) {
            (Question::Failure { .. }, Again::Action) => Answer::Retry,
            (_, _) => Answer::Rerun,
        };
        let is_withheld =
            |answer: &Answer| matches!(answer, Answer::Rerun | Answer::Never) || *answer == starts;
        let never = self.answers.contains(&Answer::Never);
        let some = self.answers.iter().any(is_withheld);
        self.answers.retain(|answer| !is_withheld(answer));
        match (some, never) {
            (false, _) => None,
            (true, false) => Some("run the step again"),
            (true, true) => Some("say that it never happened"),
        }
    }

    /// What was shown, for the record.
    #[must_use]
    pub fn text(&self) -> Vec<String> {
        self.lines.iter().map(|line| line.text.clone()).collect()
    }
}

/// What the lines are made from.
struct View<'a> {
    session: &'a Session,
    book: &'a Runbook,
    values: &'a Values,
}

impl View<'_> {
    /// In production a gate is opened, and a rollback begun, by the environment's own name.
    fn strict_word(&self) -> Word {
        if self.book.is_production() && !self.session.is_dry_run() {
            Word::Exactly(self.book.environment.to_string())
        } else {
            Word::Plain
        }
    }

    fn again(&self, question: &Question) -> Again {
        let Question::Failure { step } = question else { return Again::Action };
        let action = self.book.step(step).map(|step| &step.action);
        match action {
            Some(Some(Action::Observe(_))) => Again::Window,
            Some(None) => Again::Checks,
            _ if self.session.step(step).action.is_good() => Again::Checks,
            _ => Again::Action,
        }
    }

    fn manual_word(&self, step: &Name) -> Word {
        let records = self.book.step(step).and_then(|step| step.action.as_ref());
        match records {
            Some(Action::Manual { record: true, .. }) => Word::Text,
            _ => Word::Plain,
        }
    }

    fn attest(&self, phase: Phase, number: usize) -> Vec<Line> {
        let mut lines = vec![Line::new(Tone::Heading, format!("Your word, in phase {phase}"))];
        let section = self.book.section(phase);
        let Some(criterion) = number.checked_sub(1).and_then(|at| section.criteria.get(at)) else {
            lines.push(Line::new(Tone::Bad, "The runbook no longer has this criterion."));
            return lines;
        };
        lines.push(Line::new(Tone::Plain, format!("Exit criterion: {}", criterion.text)));
        if let Proof::Attested(statement) = &criterion.proof {
            let statement = self.values.show(statement);
            lines.push(Line::new(Tone::Plain, format!("You say: \"{statement}\"")));
        }
        lines.extend(self.recorded_texts(phase));
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        if let Some(said) = self.session.attested(phase, number) {
            let who = said.name.clone().unwrap_or_else(|| said.by.to_string());
            let why = said.text.clone().unwrap_or_default();
            let told = format!("Answered no at {} by {who}: {why}", said.at.time_of_day());
            lines.push(Line::new(Tone::Bad, told));
        }
        lines.push(Line::new(Tone::Quiet, "No program can check this. Your name goes on record."));
        lines
    }

    /// What people wrote in the phase's manual steps, so that they see what they vouch for.
    fn recorded_texts(&self, phase: Phase) -> Vec<Line> {
        let mut lines = Vec::new();
        for step in &self.book.section(phase).steps {
            if let Some(text) = self.session.step(&step.id).text {
                lines.push(Line::new(Tone::Quiet, format!("{}:", step.title)));
                lines.extend(Line::many(Tone::Plain, "  | ", &text));
            }
        }
        lines
    }
}

fn change() -> Vec<Line> {
    vec![
        Line::new(Tone::Heading, "The runbook has changed since it was last accepted"),
        Line::new(
            Tone::Plain,
            "What was done stays done; what was read or said in this phase is asked again.",
        ),
    ]
}
