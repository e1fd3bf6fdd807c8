//! A long output on its way to a [`Capture`]: read a little too far, masked, then cut, so that no
//! half of a secret stands at the cut.

use crate::text::{Capture, Limits};

/// How much is read beyond the limit: more than any secret is long.
const MARGIN: usize = 8 << 10;

/// How much to read of the beginning.
pub(super) const HEAD: usize = Limits::JUDGED.head + MARGIN;
/// How much to read of the end.
pub(super) const TAIL: usize = Limits::JUDGED.tail + MARGIN;

/// Bytes as read: all of them, or head and tail with a gap between.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The beginning, up to [`HEAD`].
    pub head: Vec<u8>,
    /// The end, up to [`TAIL`]; empty where there is no gap.
    pub tail: Vec<u8>,
    /// Bytes that were not read, as far as known: at least 1 where the output goes on.
    pub left_out: u64,
}

impl Part {
    /// The text that is kept of it.
    pub(super) fn capture(&self, mask: &dyn Fn(&str) -> String) -> Capture {
        let head = mask(&String::from_utf8_lossy(&self.head));
        if self.left_out == 0 && head.len() <= Limits::JUDGED.head {
            return Capture::whole(head);
        }
        let keep = if self.left_out == 0 {
            Limits::JUDGED.head
        } else {
            keep(self.head.len(), head.len())
        };
        let head_end = head.floor_char_boundary(keep);
        let tail = mask(&String::from_utf8_lossy(&self.tail));
        let tail_begin = tail.ceil_char_boundary(MARGIN.min(tail.len()));
        let dropped = head.len() - head_end + tail_begin;
        Capture {
            left_out: self.left_out + u64::try_from(dropped).unwrap_or(u64::MAX),
            head: head[..head_end].to_owned(),
            tail: tail[tail_begin..].to_owned(),
        }
    }
}

/// How much of a masked head is kept: without the margin, which may end in half a secret.
fn keep(read: usize, masked: usize) -> usize {
    let margin = MARGIN.min(read);
    masked.saturating_sub(margin).min(Limits::JUDGED.head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(text: &str) -> String {
        text.replace("hunter2", "[secret]")
    }

    #[test]
    fn keeps_what_fits() {
        let part = Part { head: b"a hunter2".to_vec(), ..Part::default() };
        assert_eq!(part.capture(&mask), Capture::whole("a [secret]"));
    }

    #[test]
    fn no_half_of_a_secret_stands_at_the_cut() {
        let secrets = "hunter2".repeat(HEAD / 7 + 2);
        for (shift, mark) in (0..7).flat_map(|shift| [(shift, "[secret]"), (shift, "*")]) {
            let part = Part {
                head: secrets.as_bytes()[7 - shift..][..HEAD].to_vec(),
                tail: secrets.as_bytes()[shift..][..TAIL].to_vec(),
                left_out: 5,
            };
            let seen = part.capture(&|text| text.replace("hunter2", mark));
            // What the output begins with is whole or not for itself; only cuts are ours.
            let head = seen.head[shift..].replace(mark, "");
            assert!(!head.contains(['h', 'u']), "{shift} {mark} {head}");
            assert!(seen.head.len() <= Limits::JUDGED.head && seen.left_out > 5);
            let tail = seen.tail.replace(mark, "");
            assert!(!tail.contains("r2"), "{shift} {mark} {tail}");
        }
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        let long = "é".repeat(HEAD / 2);
        let part = Part { head: long.into_bytes(), tail: b"\xa9end".to_vec(), left_out: 1 };
        let seen = part.capture(&str::to_owned);
        assert!(seen.head.chars().all(|c| c == 'é') && seen.head.len() > Limits::JUDGED.head - 4);
    }
}
