//! What an entry's heading says happened, and to what: fixed words, phases and names, never free
//! text.

use super::page::{Reader, Step, Stop};
use crate::runbook::Phase;
use crate::session::{Event, Question};
use crate::value::Name;

/// The heading behind number and time.
pub(super) fn heading(event: &Event) -> String {
    match event {
        Event::Opened(_) => "session opened".to_owned(),
        Event::Resumed(_) => "session resumed".to_owned(),
        Event::Recovered(_) => "journal recovered".to_owned(),
        Event::RunbookChanged { .. } => "runbook changed".to_owned(),
        Event::Entered { phase } => format!("phase entered: {phase}"),
        Event::PhaseSkipped { phase, .. } => format!("phase skipped: {phase}"),
        Event::Started { step, .. } => format!("step started: `{step}`"),
        Event::Acted { step, .. } => format!("step acted: `{step}`"),
        Event::Checked { step, .. } => format!("step checked: `{step}`"),
        Event::Sampled(sample) => format!("step sampled: `{}`", sample.step),
        Event::PolicyApplied { step, .. } => format!("policy applied: `{step}`"),
        Event::WaiverExpired { step } => format!("waiver expired: `{step}`"),
        Event::GateExpired { phase } => format!("gate expired: {phase}"),
        Event::RollbackRequested(_) => "rollback requested".to_owned(),
        Event::RollbackEntered => "rollback entered".to_owned(),
        Event::Identified { .. } => "identified".to_owned(),
        Event::StepSkipped { step, .. } => format!("step skipped: `{step}`"),
        Event::Probed { step, .. } => format!("step probed: `{step}`"),
        Event::Rehearsed { step, .. } => format!("step rehearsed: `{step}`"),
        Event::Asked { question, .. } => format!("asked: {}", subject(question)),
        Event::Answered(answered) => format!("answered: {}", subject(&answered.question)),
        Event::Held { .. } => "session held".to_owned(),
        Event::Noted { learning: false, .. } => "note".to_owned(),
        Event::Noted { learning: true, .. } => "learning".to_owned(),
        Event::Closed { .. } => "session closed".to_owned(),
    }
}

fn subject(question: &Question) -> String {
    match question {
        Question::Gate { to: Some(phase) } => format!("gate to {phase}"),
        Question::Gate { to: None } => "gate to the end".to_owned(),
        Question::Manual { step } => format!("manual step `{step}`"),
        Question::Attest { phase, number } => format!("criterion {number} of {phase}"),
        Question::Failure { step } => format!("failed step `{step}`"),
        Question::Doubt { step } => format!("step in doubt `{step}`"),
        Question::Running { step } => format!("running step `{step}`"),
        Question::Identity => "AWS identity".to_owned(),
        Question::Rollback => "rollback".to_owned(),
        Question::RunbookChange { .. } => "changed runbook".to_owned(),
    }
}

/// What a heading says.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Opened,
    Resumed,
    Recovered,
    RunbookChanged,
    Entered(Phase),
    PhaseSkipped(Phase),
    Started(Name),
    Acted(Name),
    Checked(Name),
    StepSkipped(Name),
    Probed(Name),
    Sampled(Name),
    PolicyApplied(Name),
    WaiverExpired(Name),
    GateExpired(Phase),
    RollbackRequested,
    RollbackEntered,
    Identified,
    Rehearsed(Name),
    Asked(Asking),
    Answered(Asking),
    Held,
    Note,
    Learning,
    Closed,
}

/// A question as far as a heading tells it.
#[derive(Clone, Debug)]
pub(super) enum Asking {
    Whole(Question),
    RunbookChange,
}

const BARE: [(&str, Kind); 11] = [
    ("session opened", Kind::Opened),
    ("session resumed", Kind::Resumed),
    ("journal recovered", Kind::Recovered),
    ("runbook changed", Kind::RunbookChanged),
    ("rollback requested", Kind::RollbackRequested),
    ("rollback entered", Kind::RollbackEntered),
    ("identified", Kind::Identified),
    ("session held", Kind::Held),
    ("note", Kind::Note),
    ("learning", Kind::Learning),
    ("session closed", Kind::Closed),
];

type OfStep = fn(Name) -> Kind;

const OF_STEP: [(&str, OfStep); 9] = [
    ("step started: `", Kind::Started),
    ("step acted: `", Kind::Acted),
    ("step checked: `", Kind::Checked),
    ("step skipped: `", Kind::StepSkipped),
    ("step probed: `", Kind::Probed),
    ("step sampled: `", Kind::Sampled),
    ("policy applied: `", Kind::PolicyApplied),
    ("waiver expired: `", Kind::WaiverExpired),
    ("step rehearsed: `", Kind::Rehearsed),
];

/// Reads what stands in a heading behind number and time, with its line feed.
pub(super) fn read(reader: &mut Reader<'_>) -> Step<Kind> {
    for (words, kind) in BARE {
        if reader.next_is(&format!("{words}\n"))? {
            return Ok(kind);
        }
    }
    for (words, kind) in OF_STEP {
        if reader.next_is(words)? {
            let step = name(reader)?;
            return line_ends(reader, kind(step));
        }
    }
    let kind = if reader.next_is("phase entered: ")? {
        Kind::Entered(phase(reader)?)
    } else if reader.next_is("phase skipped: ")? {
        Kind::PhaseSkipped(phase(reader)?)
    } else if reader.next_is("gate expired: ")? {
        Kind::GateExpired(phase(reader)?)
    } else if reader.next_is("asked: ")? {
        Kind::Asked(asking(reader)?)
    } else if reader.next_is("answered: ")? {
        Kind::Answered(asking(reader)?)
    } else {
        return reader.bad("words for something that happened");
    };
    line_ends(reader, kind)
}

fn line_ends(reader: &mut Reader<'_>, kind: Kind) -> Step<Kind> {
    reader.literal("\n")?;
    Ok(kind)
}

fn name(reader: &mut Reader<'_>) -> Step<Name> {
    reader.span("the name of a step")
}

fn phase(reader: &mut Reader<'_>) -> Step<Phase> {
    for phase in Phase::ALL {
        if reader.next_is(&phase.to_string())? {
            return Ok(phase);
        }
    }
    reader.bad("a phase with its number")
}

fn asking(reader: &mut Reader<'_>) -> Step<Asking> {
    let question = if reader.next_is("gate to the end")? {
        Question::Gate { to: None }
    } else if reader.next_is("gate to ")? {
        Question::Gate { to: Some(phase(reader)?) }
    } else if reader.next_is("manual step `")? {
        Question::Manual { step: name(reader)? }
    } else if reader.next_is("criterion ")? {
        let number = reader.number()?;
        reader.literal(" of ")?;
        Question::Attest { phase: phase(reader)?, number }
    } else if reader.next_is("failed step `")? {
        Question::Failure { step: name(reader)? }
    } else if reader.next_is("step in doubt `")? {
        Question::Doubt { step: name(reader)? }
    } else if reader.next_is("running step `")? {
        Question::Running { step: name(reader)? }
    } else if reader.next_is("AWS identity")? {
        Question::Identity
    } else if reader.next_is("rollback")? {
        Question::Rollback
    } else if reader.next_is("changed runbook")? {
        return Ok(Asking::RunbookChange);
    } else {
        return reader.bad("words for a question");
    };
    Ok(Asking::Whole(question))
}

impl Reader<'_> {
    fn number(&mut self) -> Step<u32> {
        let from = self.at();
        let digits = self.digits()?;
        digits.parse().map_err(|_not_u32| Stop::Bad { at: from, wanted: "a number".to_owned() })
    }
}
