//! Regular expressions against texts that may be cut. Linear time, bounded size, no look-around.

use regex::{Regex, RegexBuilder};

use super::{Capture, Verdict, lacks, quote, stand_in};

/// The most memory that a compiled pattern, or its cache, may take.
const LARGEST: usize = 1 << 20;

/// A pattern that matches all of these says nothing about a text.
const ANYTHING: [&str; 5] = ["", "a", "7", " -\n", "\u{1}é\nZ "];

/// `^` and `$` stand at the beginning and end of every line, as in `grep`; a carriage return
/// belongs to the line's end.
fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .multi_line(true)
        .crlf(true)
        .size_limit(LARGEST)
        .dfa_size_limit(LARGEST)
        .build()
        .map_err(|error| {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or("it cannot be read");
            last.trim_start_matches("error: ").to_owned()
        })
}

fn says_nothing(regex: &Regex) -> bool {
    ANYTHING.iter().all(|text| regex.is_match(text))
}

/// Why a pattern cannot be used, or asserts nothing.
pub(in crate::check) fn pattern_flaw(field: &str, pattern: Option<&str>) -> Option<String> {
    let pattern = pattern?;
    match compile(&stand_in(pattern, "x")) {
        Err(why) => Some(format!("`{field}` is {}, no pattern: {why}", quote(pattern))),
        Ok(regex) if says_nothing(&regex) => {
            Some(format!("`{field}` is {}, which matches any text", quote(pattern)))
        }
        Ok(_) => None,
    }
}

/// Whether a pattern matches somewhere in a text. A match must lie in what was read.
pub(in crate::check) fn matches(of: &str, seen: &Capture, pattern: &str) -> Verdict {
    let regex = match compile(pattern) {
        Ok(regex) if says_nothing(&regex) => {
            return Verdict::Unknown(format!("{} matches any text", quote(pattern)));
        }
        Ok(regex) => regex,
        Err(why) => return Verdict::Unknown(format!("{} is no pattern: {why}", quote(pattern))),
    };
    let found = match seen.text() {
        Some(text) => regex.is_match(text),
        None => matches_before_cut(&regex, &seen.head) || matches_after_cut(&regex, &seen.tail),
    };
    if found {
        Verdict::Pass(format!("{of} matches {}", quote(pattern)))
    } else {
        lacks(of, seen, &format!("a match of {}", quote(pattern)))
    }
}

/// What stands where a text was cut, so that the cut is neither an end nor a beginning.
const GAP: &str = "\u{fffd}";

fn matches_before_cut(regex: &Regex, head: &str) -> bool {
    // The last line may go on beyond the cut.
    let lines = &head[..head.rfind('\n').map_or(0, |at| at + 1)];
    let text = format!("{lines}{GAP}");
    regex.find(&text).is_some_and(|found| found.end() <= lines.len())
}

fn matches_after_cut(regex: &Regex, tail: &str) -> bool {
    let Some(line) = tail.find('\n') else { return false };
    let text = format!("{GAP}{}", &tail[line..]);
    let begin = GAP.len() + 1;
    regex.find_at(&text, begin).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Outcome;

    fn outcome(head: &str, tail: &str, left_out: u64, pattern: &str) -> Outcome {
        let seen = Capture { head: head.into(), tail: tail.into(), left_out };
        matches("stdout", &seen, pattern).outcome()
    }

    #[test]
    fn lines_have_ends_whatever_the_system() {
        assert_eq!(outcome("a\nok\nb\n", "", 0, "^ok$"), Outcome::Pass);
        assert_eq!(outcome("a\r\nok\r\nb", "", 0, "^ok$"), Outcome::Pass);
        assert_eq!(outcome("not ok\n", "", 0, "^ok$"), Outcome::Fail);
        assert_eq!(outcome("", "", 0, r"\A\z"), Outcome::Pass, "wanting nothing is a claim");
        assert_eq!(outcome("x", "", 0, r"\A\z"), Outcome::Fail);
    }

    #[test]
    fn a_cut_is_neither_an_end_nor_a_beginning() {
        let cases = [
            ("ok\nmore", "\nlast\n", "^ok$", Outcome::Pass),
            ("a\nfirst", "half\nlast\n", r"^last\n\z", Outcome::Pass),
            ("a\nok", "b\n", "ok$", Outcome::Unknown),
            ("a\nok\n", "b\n", r"ok\n\z", Outcome::Unknown),
            ("a\nok", "b\n", r"\bok\b", Outcome::Unknown),
            ("a\n", "ok\nb\n", r"\bok\b", Outcome::Unknown),
            ("a\n", "ok\nb\n", r"\Aok", Outcome::Unknown),
            ("a\n", "ok\nb\n", "^ok$", Outcome::Unknown),
            ("a\n", "x\nb\n", r"\Ab", Outcome::Unknown),
            ("a\n", "x\nb\n", "zzz", Outcome::Unknown),
        ];
        for (head, tail, pattern, wanted) in cases {
            assert_eq!(outcome(head, tail, 5, pattern), wanted, "{pattern} in {head:?}…{tail:?}");
        }
    }

    #[test]
    fn what_matches_anything_says_nothing() {
        for nothing in ["", ".*", "a*", "^", "$", "(?s).*", "x?", "|ok"] {
            assert!(pattern_flaw("matches", Some(nothing)).is_some(), "{nothing}");
            assert_eq!(outcome("text", "", 0, nothing), Outcome::Unknown, "{nothing}");
        }
        for something in [".", "ok", r"\A\z", "^$", "{{version}}", r"v{{a}}\.{{b}}$"] {
            assert_eq!(pattern_flaw("matches", Some(something)), None, "{something}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        let flaw = pattern_flaw("stdout_matches", Some("a(b")).unwrap();
        assert_eq!(flaw, "`stdout_matches` is `a(b`, no pattern: unclosed group");
        assert_eq!(outcome("ab", "", 0, "a(b"), Outcome::Unknown);
        assert!(pattern_flaw("m", Some("(a{1000}){1000}")).unwrap().contains("size limit"));
    }
}
