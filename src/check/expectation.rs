//! What the kinds have in common when they judge: texts, patterns, JSON, addresses, and how
//! verdicts are worded and joined. It knows no kind, and nothing here looks at the world.

use super::Verdict;
use crate::text::Template;
use crate::text::{Capture, Mask, visible};

mod address;
mod answers;
mod expect;
mod json;
mod pattern;
mod said;

pub(super) use address::{address, address_flaw};
pub(super) use answers::{answers, ask_one, is_missing, judge_one, refusal};
pub use expect::Expect;
pub(super) use expect::{expectations_flaw, judge_all, paths_of, say_all};
pub use json::JsonEquals;
pub(super) use json::holds_a_date;
pub(super) use pattern::{matches, pattern_flaw};
pub(super) use said::{is_refused, moment, no_answer, number, text, texts, unless_found};

/// The most characters of a verdict: what a tired person reads at a glance.
const LONGEST: usize = 160;

/// The most characters of a verdict on many things that must be named: who reads it at night needs
/// to know which of them do not hold.
pub(super) const LIST: usize = 480;

/// The verdict on many expectations: a fail is a fail whatever else is unknown, and all of them
/// must pass. All that failed is told.
pub(super) fn every(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    every_within(LONGEST, verdicts)
}

/// The same, of so many characters.
pub(super) fn every_within(longest: usize, verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let (mut passed, mut failed, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for verdict in verdicts {
        match verdict {
            Verdict::Pass(says) => passed.push(says),
            Verdict::Fail(says) => failed.push(says),
            Verdict::Unknown(says) => unknown.push(says),
        }
    }
    if !failed.is_empty() {
        Verdict::Fail(cut(&failed.join("; "), longest))
    } else if !unknown.is_empty() {
        Verdict::Unknown(cut(&unknown.join("; "), longest))
    } else if passed.is_empty() {
        Verdict::Unknown("nothing was wanted".to_owned())
    } else {
        Verdict::Pass(cut(&passed.join(", "), longest))
    }
}

/// The judgement of a check that is itself in order; of any other nothing can be known. Variables
/// can bring a flaw in that the runbook did not have.
pub(super) fn unless_flawed(flaw: Option<String>, judge: impl FnOnce() -> Verdict) -> Verdict {
    flaw.map_or_else(judge, |flaw| Verdict::Unknown(cut(&flaw, LONGEST)))
}

/// A text within so many characters, on one line, with `…` where it was longer.
pub(super) fn cut(text: &str, most: usize) -> String {
    // One character of the text shows as one or more, so the rest can be left unread.
    let near: String = text.chars().take(most + 1).collect();
    let shown = visible(&near);
    if shown.chars().count() <= most {
        return shown.into_owned();
    }
    shown.chars().take(most - 1).chain(['…']).collect()
}

/// A text in a sentence: in quotes, cut.
pub(super) fn quote(text: &str) -> String {
    format!("`{}`", cut(text, 48))
}

/// What `of` begins with, for a verdict that it lacks something.
fn beginning(capture: &Capture) -> String {
    let begin = capture.head.trim();
    if begin.is_empty() { "is empty".to_owned() } else { format!("begins {}", quote(begin)) }
}

/// Whether a text contains another one. What was left out of a cut text may contain it.
pub(super) fn contains(of: &str, seen: &Capture, wanted: &str) -> Verdict {
    if wanted.is_empty() {
        Verdict::Unknown(format!("no text is wanted of {of}"))
    } else if seen.head.contains(wanted) || seen.tail.contains(wanted) {
        Verdict::Pass(format!("{of} contains {}", quote(wanted)))
    } else {
        lacks(of, seen, &quote(wanted))
    }
}

/// The verdict where `wanted` was not found in what there is.
fn lacks(of: &str, seen: &Capture, wanted: &str) -> Verdict {
    if seen.left_out > 0 {
        let bytes = seen.left_out;
        Verdict::Unknown(format!(
            "{of} lacks {wanted} as far as it was read: {bytes} bytes were not"
        ))
    } else {
        Verdict::Fail(format!("{of} lacks {wanted}, {}", beginning(seen)))
    }
}

/// Why a text that must be there asserts nothing.
pub(super) fn text_flaw(field: &str, wanted: Option<&str>) -> Option<String> {
    wanted?.is_empty().then(|| format!("`{field}` is empty, and every text contains that"))
}

/// Whether parts of a text are not known here: variables without values, or hidden secrets.
pub(super) fn is_open(text: &str) -> bool {
    text.contains("{{") || text.contains(Mask::MARK)
}

/// The text with `x` in place of every part that is not known here.
fn stand_in(text: &str, x: &str) -> String {
    let filled = match Template::parse(text) {
        Ok(template) => template.fill_with(|_| x),
        Err(_) => text.to_owned(),
    };
    filled.replace(Mask::MARK, x)
}

/// Why a text could not be a URL that is asked over HTTP.
pub(super) fn url_flaw(field: &str, url: &str) -> Option<String> {
    if url.starts_with("{{") || url.starts_with(Mask::MARK) {
        return None;
    }
    let shown = quote(url);
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Some(format!("`{field}` is {shown}: write `http://…` or `https://…`"));
    }
    let parsed: Result<hyper::Uri, _> = stand_in(url, "1").parse();
    match parsed.as_ref().map(hyper::Uri::authority) {
        Ok(Some(authority)) if authority.as_str().contains('@') => {
            Some(format!("`{field}` holds a user name, which would be shown: use a header"))
        }
        Ok(Some(authority)) if !authority.host().is_empty() => None,
        Ok(_) => Some(format!("`{field}` is {shown}, which names no host")),
        Err(why) => Some(format!("`{field}` is {shown}, which is no URL: {why}")),
    }
}

/// Why a text could not be a SHA-256 digest.
pub(super) fn digest_flaw(field: &str, digest: Option<&str>) -> Option<String> {
    let digest = digest?;
    let fits = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!fits && !is_open(digest))
        .then(|| format!("`{field}` is {}, wanted 64 hexadecimal digits", quote(digest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Outcome;

    #[test]
    fn a_fail_outweighs_an_unknown_and_no_expectation_is_no_pass() {
        let pass = || Verdict::Pass("p".to_owned());
        let fail = || Verdict::Fail("f".to_owned());
        let unknown = || Verdict::Unknown("u".to_owned());
        assert_eq!(every([pass(), unknown(), fail(), fail()]), Verdict::Fail("f; f".to_owned()));
        assert_eq!(every([pass(), unknown()]), unknown());
        assert_eq!(every([pass(), pass()]), Verdict::Pass("p, p".to_owned()));
        assert_eq!(every([]).outcome(), Outcome::Unknown);
    }

    #[test]
    fn verdicts_stay_short_and_on_one_line() {
        let long = Verdict::Fail("ä\n\x1b".repeat(1000));
        let verdict = every([long]);
        assert_eq!(verdict.says().chars().count(), LONGEST);
        assert!(verdict.says().ends_with('…') && !verdict.says().contains(['\n', '\x1b']));
    }

    #[test]
    fn a_cut_text_is_never_said_to_lack_anything() {
        let cut = Capture { head: "abc".into(), tail: "xyz".into(), left_out: 9 };
        for (wanted, outcome) in [
            ("bc", Outcome::Pass),
            ("yz", Outcome::Pass),
            ("cx", Outcome::Unknown),
            ("q", Outcome::Unknown),
            ("", Outcome::Unknown),
        ] {
            assert_eq!(contains("body", &cut, wanted).outcome(), outcome, "{wanted}");
        }
        let whole = contains("body", &Capture::whole("Internal error"), "ok");
        assert_eq!(whole, Verdict::Fail("body lacks `ok`, begins `Internal error`".to_owned()));
        let empty = contains("body", &Capture::default(), "ok");
        assert_eq!(empty, Verdict::Fail("body lacks `ok`, is empty".to_owned()));
    }

    #[test]
    fn urls() {
        for good in [
            "http://127.0.0.1:8080/health",
            "https://[::1]/",
            "https://{{domain}}:{{port}}/v/{{version}}?q={{q}}",
            "{{base}}/health",
            "https://[secret]/x",
        ] {
            assert_eq!(url_flaw("url", good), None, "{good}");
        }
        for bad in ["", "example.com", "ftp://x/", "https://", "https://a b/", "https://u:p@h/"] {
            assert!(url_flaw("url", bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn digests() {
        assert_eq!(digest_flaw("sha256", Some(&"Ab".repeat(32))), None);
        assert_eq!(digest_flaw("sha256", Some("{{digest}}")), None);
        assert!(digest_flaw("sha256", Some("abc")).is_some());
        assert!(digest_flaw("sha256", Some("")).is_some());
    }
}
