//! How text is spelled in an entry: one way for each text, nothing in it that acts, and every
//! text comes back whole. Knows nothing of events.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::text::escape;

/// What stands in a code span for the empty text, which a code span cannot hold.
const EMPTY: &str = "\\-";

/// Text as it stands inside a code span: no backtick, no blank at either end, never empty.
pub(super) fn span(text: &str) -> Cow<'_, str> {
    if text.is_empty() {
        return Cow::Borrowed(EMPTY);
    }
    let shown = escape(text);
    if !shown.contains('`') && !shown.starts_with(' ') && !shown.ends_with(' ') {
        return shown;
    }
    let shown = shown.replace('`', "\\u{60}");
    let lead = shown.len() - shown.trim_start_matches(' ').len();
    let tail =
        if lead == shown.len() { 0 } else { shown.len() - shown.trim_end_matches(' ').len() };
    let inner = &shown[lead..shown.len() - tail];
    Cow::Owned([&"\\u{20}".repeat(lead), inner, &"\\u{20}".repeat(tail)].concat())
}

/// Like [`span`], with one more character written out: the one that parts two texts.
pub(super) fn span_without(text: &str, separator: char) -> String {
    span(text).replace(separator, &format!("\\u{{{:x}}}", u32::from(separator)))
}

/// One line of a block: no blank at its end.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    let shown = escape(text);
    let inner = shown.trim_end_matches(' ');
    let tail = shown.len() - inner.len();
    if tail == 0 { shown } else { Cow::Owned([inner, &"\\u{20}".repeat(tail)].concat()) }
}

/// The text of [`span`], [`span_without`] or [`line()`]. Takes other spellings too: an entry counts
/// only if writing it again gives the same bytes, and that is where they fall.
pub(super) fn read(shown: &str) -> Option<String> {
    if shown == EMPTY {
        return Some(String::new());
    }
    let mut text = String::with_capacity(shown.len());
    let mut rest = shown;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let mut chars = after.chars();
        match chars.next()? {
            '\\' => text.push('\\'),
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'u' => {
                let (digits, behind) = chars.as_str().strip_prefix('{')?.split_once('}')?;
                text.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                rest = behind;
                continue;
            }
            _ => return None,
        }
        rest = chars.as_str();
    }
    text.push_str(rest);
    Some(text)
}

/// Whether more text can follow to make this a spelling: the end of a torn entry. Blanks and
/// separators may be spelled either way here, since that depends on what would follow.
pub(super) fn may_go_on(shown: &str, spelled: fn(&str) -> Cow<'_, str>) -> bool {
    let whole = without_open_escape(shown);
    let alike = |text: &str| {
        [(" ", "\\u{20}"), ("@", "\\u{40}"), ("=", "\\u{3d}")]
            .iter()
            .fold(text.to_owned(), |text, (plain, shown)| text.replace(shown, plain))
    };
    let fits = |piece: &str| {
        piece.is_empty()
            || piece == EMPTY
            || read(piece).is_some_and(|text| alike(&spelled(&text)) == alike(piece))
    };
    whole.split(['@', '=']).all(fits)
}

/// The text up to a backslash that has not said yet what it stands for.
fn without_open_escape(shown: &str) -> &str {
    let mut at = 0;
    while let Some(slash) = shown[at..].find('\\').map(|found| at + found) {
        let escape = &shown[slash + 1..];
        let open = match escape.strip_prefix('u') {
            None => escape.is_empty(),
            Some("") => true,
            Some(digits) => digits.strip_prefix('{').is_some_and(|digits| {
                digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            }),
        };
        if open {
            return &shown[..slash];
        }
        at = slash + 1 + escape.chars().next().map_or(0, char::len_utf8);
    }
    shown
}

/// A text as the lines of a block. A last line that the text does not end with a line feed ends
/// with a single backslash, which no spelling does.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.split_inclusive('\n').map(|piece| match piece.strip_suffix('\n') {
        Some(whole) => line(whole),
        None => Cow::Owned(format!("{}\\", escape(piece))),
    })
}

/// The text of [`lines`].
pub(super) fn read_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut text = String::new();
    for shown in lines {
        let slashes = shown.len() - shown.trim_end_matches('\\').len();
        if slashes % 2 == 1 {
            text.push_str(&read(&shown[..shown.len() - 1])?);
        } else {
            text.push_str(&read(shown)?);
            text.push('\n');
        }
    }
    Some(text)
}

/// JSON on one line, with every character that acts written as JSON writes it.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string(value).expect("plain data with text for keys");
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text;
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c == '\\' || matches!(escape(c.encode_utf8(&mut [0; 4])), Cow::Borrowed(_)) {
            shown.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(shown, "\\u{unit:04x}").expect("writing to a String cannot fail");
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn is_safe_in_a_code_span() {
        for (text, shown) in [
            ("", "\\-"),
            ("\\-", "\\\\-"),
            (" ", "\\u{20}"),
            (" a `b` ", "\\u{20}a \\u{60}b\\u{60}\\u{20}"),
            ("a  b", "a  b"),
        ] {
            assert_eq!(span(text), shown);
            assert_eq!(read(shown).as_deref(), Some(text));
        }
    }

    #[test]
    fn keeps_the_end_of_a_text() {
        for text in ["", "\n", "a", "a\n", "a\\", "a\\\n", "\n\n", "a \nb ", " "] {
            let shown: Vec<String> = lines(text).map(Cow::into_owned).collect();
            assert_eq!(read_lines(shown.iter().map(String::as_str)).as_deref(), Some(text));
            assert!(shown.iter().all(|line| !line.ends_with(' ')), "{shown:?}");
        }
    }

    proptest! {
        #[test]
        fn every_beginning_of_a_spelling_may_go_on(text in "[ab`\\\\ \t\u{1b}\u{202e}é]{0,12}") {
            for shown in [span(&text), line(&text)] {
                let spelled = if shown == span(&text) { span } else { line };
                for (at, _) in shown.char_indices() {
                    prop_assert!(may_go_on(&shown[..at], spelled), "{:?}", &shown[..at]);
                }
            }
        }
    }
}
