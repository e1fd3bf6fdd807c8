//! Reads a recording back, and believes nothing of it that its seals do not hold.

use serde_json::Value as Json;

use super::line::{Acted, Asked, Line, Pen};
use super::{Begun, Error, FORMAT};
use crate::session::Ending;

/// Lines by what they are.
pub(super) struct Lines {
    pub(super) begun: Begun,
    pub(super) asked: Vec<Asked>,
    pub(super) acted: Vec<Acted>,
}

/// A recording that may go on: its session was held, or its process was killed.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsealed {
    /// What is recorded.
    pub begun: Begun,
    /// How many of its bytes are whole lines. What stands behind was never written to its end.
    pub whole: usize,
}

/// The lines of a recording whose last one is a seal, and whose seals all fit.
pub(super) fn sealed(bytes: &[u8]) -> Result<Lines, Error> {
    let begun = begins(bytes)?;
    let read = lines(bytes)?;
    if !read.sealed || read.whole != bytes.len() {
        return Err(Error::Cut { lines: read.count });
    }
    Ok(Lines { begun, asked: read.asked, acted: read.acted })
}

/// What a session may go on recording behind.
///
/// # Errors
/// Where it is no recording, or not what was recorded.
pub fn unsealed(bytes: &[u8]) -> Result<Unsealed, Error> {
    let begun = begins(bytes)?;
    Ok(Unsealed { begun, whole: lines(bytes)?.whole })
}

/// The head, if this is a recording of a version that we know.
fn begins(bytes: &[u8]) -> Result<Begun, Error> {
    let first = bytes.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    let json: Json = serde_json::from_slice(first).map_err(|_ignored| Error::Foreign)?;
    let head = json.get("recording").ok_or(Error::Foreign)?;
    match head.get("format").and_then(Json::as_u64) {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) => return Err(Error::Format { found: format.to_string() }),
        None => return Err(Error::Foreign),
    }
    let unreadable = |why: serde_json::Error| Error::Unreadable { line: 1, why: why.to_string() };
    match serde_json::from_slice(first).map_err(unreadable)? {
        Line::Recording(begun) => Ok(begun),
        Line::Asked(_) | Line::Acted(_) | Line::Seal(_) => Err(Error::Foreign),
    }
}

struct Read {
    asked: Vec<Asked>,
    acted: Vec<Acted>,
    /// Whole lines.
    count: u64,
    /// Their bytes.
    whole: usize,
    /// Whether the last of them is a seal.
    sealed: bool,
}

/// All whole lines. One that cannot be read is told as edited where a seal says so.
fn lines(bytes: &[u8]) -> Result<Read, Error> {
    let mut pen = Pen::default();
    let (mut asked, mut acted) = (Vec::new(), Vec::new());
    let (mut count, mut whole, mut sealed) = (0, 0, false);
    let mut unread = None;
    for text in bytes.split_inclusive(|byte| *byte == b'\n').filter(|text| text.ends_with(b"\n")) {
        count += 1;
        sealed = false;
        match serde_json::from_slice(text) {
            Ok(Line::Recording(_)) if count == 1 => {}
            Ok(Line::Asked(line)) => asked.push(line),
            Ok(Line::Acted(line)) if can_be_recorded(&line.ending) => acted.push(line),
            Ok(Line::Seal(seal)) if pen.fits(&seal) => sealed = true,
            Ok(Line::Seal(seal)) => {
                return Err(Error::Edited { line: count, above: count - 1, sealed: seal.lines });
            }
            Ok(Line::Recording(_) | Line::Acted(_)) => {
                let why = "it does not belong into a recording".to_owned();
                unread.get_or_insert(Error::Unreadable { line: count, why });
            }
            Err(error) => {
                let why = error.to_string();
                unread.get_or_insert(Error::Unreadable { line: count, why });
            }
        }
        pen.count(text);
        whole += text.len();
    }
    unread.map_or(Ok(Read { asked, acted, count, whole, sealed }), Err)
}

/// Nothing that was rehearsed is recorded, and nothing that was cut short.
fn can_be_recorded(ending: &Ending) -> bool {
    !ending.is_rehearsed() && *ending != Ending::Interrupted
}
