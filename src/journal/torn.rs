//! Tells an interrupted append from damage. Torn is only what a kill or a loss of power can leave
//! of one entry that was never acknowledged: a beginning of it, with whole disk sectors missing.
//! It decides; it changes nothing.

use super::damage::What;
use super::entry::{LONGEST, parse};
use super::page::Stop;
use crate::session::Seq;

/// The unit in which a disk keeps or loses what it was given.
const SECTOR: usize = 512;

/// Why an end is not torn: where in it, and what is wrong there.
pub(super) type NotTorn = (usize, What);

/// Decides whether `rest`, which stands at `offset` of the file where entry `seq` should, is what
/// an interrupted append left.
///
/// Accepted: a proper beginning of an entry; zeros at the end of the file; whole sectors of zeros
/// within the entry, where what stands between them looks like the inside of one entry.
pub(super) fn torn(rest: &[u8], offset: usize, seq: Seq) -> Result<(), NotTorn> {
    if rest.len() > LONGEST {
        return Err((0, What::TooLong(rest.len())));
    }
    let hole = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    beginning(&rest[..hole], seq)?;
    holes(rest, hole, offset, seq)
}

/// The part before any hole must be the beginning of this entry.
fn beginning(front: &[u8], seq: Seq) -> Result<(), NotTorn> {
    let text = match std::str::from_utf8(front) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            let (whole, behind) = front.split_at(error.valid_up_to());
            if error.error_len().is_some() {
                return Err((whole.len(), shape(behind, "UTF-8".to_owned())));
            }
            // A character cut in two: any one that shows itself could have been meant.
            format!("{}é", String::from_utf8_lossy(whole))
        }
    };
    match parse(&text, seq) {
        Err(Stop::Short) => Ok(()),
        Err(Stop::Bad { at, wanted }) => {
            let at = at.min(front.len());
            Err((at, shape(&front[at..], wanted)))
        }
        Ok(_) => Err((0, What::Seal)),
    }
}

/// Zeros are whole sectors or reach to the end of the file, and nothing between them belongs to
/// another entry.
fn holes(rest: &[u8], first: usize, offset: usize, seq: Seq) -> Result<(), NotTorn> {
    let aligned = |at: usize| (offset + at).is_multiple_of(SECTOR);
    let ends = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let mut from = first;
    while from < rest.len() {
        let zeros = rest[from..].iter().take_while(|byte| **byte == 0).count();
        let to = from + zeros;
        if to == rest.len() {
            return Ok(());
        }
        if !((from == 0 || aligned(from)) && aligned(to)) {
            return Err((from, What::Hole));
        }
        let len = rest[to..].iter().position(|byte| *byte == 0).unwrap_or(rest.len() - to);
        let piece = Piece { bytes: &rest[to..to + len], at: to, last: to + len == ends };
        piece.inside_of_entry(seq)?;
        from = to + len;
    }
    Ok(())
}

/// What stands between two holes, or behind the last.
struct Piece<'a> {
    bytes: &'a [u8],
    at: usize,
    last: bool,
}

impl Piece<'_> {
    fn inside_of_entry(&self, seq: Seq) -> Result<(), NotTorn> {
        let lines: Vec<&[u8]> = self.bytes.split_inclusive(|byte| *byte == b'\n').collect();
        let mut at = self.at;
        for (number, line) in lines.iter().enumerate() {
            let text = String::from_utf8_lossy(line);
            let bare = text.trim_end_matches('\n');
            // Behind a hole the first line may be the rest of one: of an output that looks like a
            // heading or a seal. Those stand alone, a line of output has a neighbour.
            let neighbour = lines.get(number + 1).is_some_and(|next| *next != b"\n");
            let fits = if bare.starts_with("`seal ") {
                let own = is_own_seal(bare, seq) && self.last && number + 1 == lines.len();
                own || (number == 0 && (neighbour || !is_whole_seal(bare)))
            } else if bare.starts_with("### ") {
                let own = at <= 2 && bare.starts_with(&format!("### {seq} - "));
                own || (number == 0 && (neighbour || lines.len() == 1))
            } else {
                let whole = number > 0 && text.ends_with('\n');
                !bare.contains(char::is_control) && (!whole || is_line_of_entry(bare))
            };
            if !fits {
                return Err((at, What::Hole));
            }
            at += line.len();
        }
        Ok(())
    }
}

/// Whether this is the seal line of that entry, or its beginning.
fn is_own_seal(line: &str, seq: Seq) -> bool {
    let own = format!("`seal {seq} ");
    own.starts_with(line) || line.starts_with(&own)
}

/// Whether this is the seal line of any entry.
fn is_whole_seal(line: &str) -> bool {
    line.len() > 64 && line.ends_with('`')
}

fn is_line_of_entry(text: &str) -> bool {
    let fact = text.starts_with("- ") && text.contains(": `") && text.ends_with('`');
    let inside = text.trim_start_matches('`');
    let fence = text.len() - inside.len() >= 3 && !inside.contains('`');
    text.is_empty() || text == "|" || text.starts_with("| ") || fact || fence
}

/// What is wrong where `found` stands instead of what was wanted.
pub(super) fn shape(found: &[u8], wanted: String) -> What {
    let line = found.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let shown: String =
        String::from_utf8_lossy(&line[..line.len().min(160)]).chars().take(40).collect();
    let shown = crate::text::visible(&shown).into_owned();
    let found = match (shown.is_empty(), found.is_empty()) {
        (true, true) => "the end of the file".to_owned(),
        (true, false) => "the end of the line".to_owned(),
        (false, _) => format!("`{shown}`"),
    };
    What::Shape { found, wanted }
}
