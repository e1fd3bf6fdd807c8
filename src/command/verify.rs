//! `verify`: reads journals and says what is proven about them, and what is not.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::output::{print, print_json};
use super::{Exit, Failure};
use crate::cli::{Format, Verify};
use crate::engine::draw_head;
use crate::host::folder;
use crate::journal::{Damage, End, History, Judged, head_above};
use crate::session::{Entry, Session};
use crate::text::visible;

pub(super) fn run(options: &Verify) -> Result<Exit, Failure> {
    let mut verdicts = Vec::new();
    for path in &options.journals {
        let verified = match folder::read(path, u64::MAX) {
            Ok(bytes) => Verified::of(&bytes),
            Err(error) => Verified::Unread(error.to_string()),
        };
        verdicts.push((path.as_path(), verified));
    }
    match options.format {
        Format::Text => {
            let text: String = verdicts.iter().map(|(path, one)| one.text(path)).collect();
            print(&text)?;
        }
        Format::Json => {
            let journals: Vec<Value> = verdicts.iter().map(|(path, one)| one.json(path)).collect();
            print_json(&json!({ "format": 1, "journals": journals }))?;
        }
    }
    let worst = [Exit::Damaged, Exit::Findings, Exit::Usage]
        .into_iter()
        .find(|wanted| verdicts.iter().any(|(_, one)| one.exit() == *wanted));
    Ok(worst.unwrap_or(Exit::Good))
}

/// What is known of a journal.
enum Verified {
    Unread(String),
    Damaged(Damage),
    Whole { history: Box<History>, judged: Judged, head: bool },
}

impl Verified {
    fn of(bytes: &[u8]) -> Self {
        match History::read(bytes) {
            Err(damage) => Self::Damaged(damage),
            Ok(history) => {
                let judged = Judged::of(&history.entries);
                let head = head_is_drawn(&bytes[..history.log.begins], &history.entries);
                Self::Whole { history: Box::new(history), judged, head }
            }
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Unread(_) => Exit::Usage,
            Self::Damaged(_) => Exit::Damaged,
            Self::Whole { judged, .. } if !judged.otherwise.is_empty() => Exit::Findings,
            Self::Whole { .. } => Exit::Good,
        }
    }

    fn text(&self, path: &Path) -> String {
        let place = path.display().to_string();
        let place = visible(&place);
        let (history, judged, head) = match self {
            Self::Unread(why) => return format!("{place}: not read: {}\n", visible(why)),
            Self::Damaged(damage) if damage.is_foreign() => {
                return format!("{place}: {}\n", visible(&damage.what.to_string()));
            }
            Self::Damaged(damage) => {
                return format!("{place}: damaged: {}\n", visible(&damage.to_string()));
            }
            Self::Whole { history, judged, head } => (history, judged, *head),
        };
        let mut out = String::new();
        let count = history.entries.len();
        let _ = writeln!(out, "{place}: whole: {count} entries sealed, in order and legal");
        if let Some(rehearsal) = history.session.rehearsal() {
            let _ = writeln!(
                out,
                "  a REHEARSAL with the recording {} (SHA-256 {}): it proves nothing of the world",
                visible(&rehearsal.recording),
                rehearsal.digest
            );
        }
        let _ = writeln!(
            out,
            "  verdicts judged again from their readings: {} the same, {} cannot be (cut)",
            judged.same, judged.cut
        );
        for seq in &judged.otherwise {
            let _ = writeln!(out, "  entry {seq}: its reading does not lead to its verdict");
        }
        if !head {
            out.push_str(
                "  the head is not what the log says: it was edited, and proves nothing\n",
            );
        }
        if let End::Torn { bytes, .. } = history.log.end {
            let _ = writeln!(
                out,
                "  {bytes} bytes of an entry that was never acknowledged stand at the end; \
                 `resume` sets them aside"
            );
        }
        let seal = history.log.seal.digest().map(|digest| digest.to_string()).unwrap_or_default();
        let _ = writeln!(out, "  last seal {seal}");
        out.push_str("  tail not proven: without a copy of that seal elsewhere, nobody can know\n");
        out.push_str("  that no later entries were cut off\n");
        out
    }

    fn json(&self, path: &Path) -> Value {
        let path = path.to_string_lossy();
        match self {
            Self::Unread(why) => json!({ "journal": path, "whole": false, "unread": why }),
            Self::Damaged(damage) => json!({
                "journal": path,
                "whole": false,
                "damage": {
                    "entry": damage.entry,
                    "line": damage.line,
                    "byte": damage.byte,
                    "what": damage.what.to_string(),
                },
            }),
            Self::Whole { history, judged, head } => json!({
                "journal": path,
                "whole": true,
                "rehearsal": history.session.is_rehearsal(),
                "entries": history.entries.len(),
                "seal": history.log.seal.digest(),
                "judged_same": judged.same,
                "judged_cut": judged.cut,
                "judged_otherwise": judged.otherwise,
                "head_as_drawn": head,
                "torn_bytes": match history.log.end { End::Torn { bytes, .. } => bytes, End::Clean => 0 },
            }),
        }
    }
}

/// Whether the head is what the log said at the entry at which it was drawn.
fn head_is_drawn(head: &[u8], entries: &[Entry]) -> bool {
    let mut session = Session::default();
    let mut found = false;
    for (at, entry) in entries.iter().enumerate() {
        if session.apply(entry).is_err() {
            return false;
        }
        let drawn_here = format!("_Drawn at entry {}.", entry.seq);
        let text = String::from_utf8_lossy(head);
        if text.contains(&drawn_here) {
            found = head_above(&draw_head(&session, &entries[..=at])).as_bytes() == head;
        }
    }
    found
}
