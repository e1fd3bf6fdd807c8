//! What a person sees before they decide: what is known, what comes next, and how to answer.
//!
//! Made from the session and the runbook alone, so that what was shown can be shown again.

use super::{Line, Tone};
use crate::runbook::{Action, Phase, Proof, Runbook, Values};
use crate::session::{Answer, Question, Session};
use crate::value::Name;

mod gate;
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
        let (lines, word) = match question {
            Question::Gate { to } => {
                let word = if book.is_production() && !session.is_dry_run() {
                    Word::Exactly(book.environment.to_string())
                } else {
                    Word::Plain
                };
                (gate::lines(&view, *to), word)
            }
            Question::Manual { step } => (step::manual(&view, step), view.manual_word(step)),
            Question::Attest { phase, number } => {
                (view.attest(*phase, *number as usize), Word::Name)
            }
            Question::Failure { step } => (step::failure(&view, step), Word::Plain),
            Question::Doubt { step } => (step::doubt(&view, step), Word::Plain),
            Question::RunbookChange { .. } => (change(), Word::Name),
        };
        let answers = view.answers(question);
        Self { question: question.clone(), lines, answers, word }
    }

    /// Adds what else is known: lines that only the outside can tell.
    pub fn add(&mut self, lines: impl IntoIterator<Item = Line>) {
        self.lines.extend(lines);
    }

    /// Adds processes that an earlier attempt left running; while there are any, the step is not
    /// run again.
    pub fn add_left_running(&mut self, processes: &[String]) {
        if processes.is_empty() {
            return;
        }
        self.answers.retain(|answer| *answer != Answer::Rerun);
        self.lines.push(Line::new(Tone::Bad, "Processes of that attempt still run:"));
        self.lines.extend(processes.iter().map(|one| Line::new(Tone::Plain, format!("  {one}"))));
        let hint = "End them or wait for them, then `hold` and resume, to run the step again.";
        self.lines.push(Line::new(Tone::Plain, hint));
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
    /// A step in doubt or failed offers only what makes sense for it.
    fn answers(&self, question: &Question) -> Vec<Answer> {
        let mut answers = question.answers().to_vec();
        if let Question::Failure { step } = question {
            let has_action = self.book.step(step).is_some_and(|step| !step.is_read_only());
            let only_checks_failed = has_action && self.session.step(step).action.is_good();
            answers.retain(|answer| *answer != Answer::Rerun || only_checks_failed);
        }
        if self.session.is_dry_run() {
            answers.retain(|answer| matches!(answer, Answer::Proceed | Answer::Abort));
        }
        answers
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
