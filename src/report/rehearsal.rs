//! How a rehearsal is told, so that nothing of it can be taken for the real thing.

use super::{Line, Tone};
use crate::session::Session;

/// What everything of a rehearsal begins with.
pub const REHEARSAL: &str = "REHEARSAL";

/// The lines, marked if they are those of a rehearsal.
#[must_use]
pub fn in_rehearsal(lines: Vec<Line>, session: &Session) -> Vec<Line> {
    if !session.is_rehearsal() {
        return lines;
    }
    let mark = |line: Line| match line.text.as_str() {
        "" => line,
        text => Line { text: format!("{REHEARSAL}  {text}"), ..line },
    };
    lines.into_iter().map(mark).collect()
}

/// The line above all others of a question; none where it is a real one.
pub(super) fn banner(session: &Session) -> Option<Line> {
    let rehearsal = session.rehearsal()?;
    let when = rehearsal.recorded.minute();
    let edition =
        if rehearsal.runbook == session.runbook_digest() { "" } else { " (another edition)" };
    let text = format!(
        "{REHEARSAL}: nothing is started, and every answer is from the recording of {when}{edition}"
    );
    Some(Line::new(Tone::Heading, text))
}
