//! Every character that acts instead of showing is written out: controls, escapes, bidirectional
//! marks, invisible and private characters, spaces that only look like one.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Text in the one reversible form that a journal holds on one line.
///
/// `\` is `\\`, line feed `\n`, tab `\t`, carriage return `\r`, any other character that acts or
/// hides is `\u{1b}` with lower-case hexadecimal digits. Everything else stands as it is.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c == '\\' || acts(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\\' => shown.push_str("\\\\"),
            _ if acts(c) => show(c, &mut shown),
            _ => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// The text that [`escape`] was given, or `None` where `escape` could not have written this.
#[must_use]
pub fn unescape(shown: &str) -> Option<String> {
    let mut text = String::with_capacity(shown.len());
    let mut rest = shown.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match rest.next()? {
            '\\' => text.push('\\'),
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'u' => {
                let (digits, after) = rest.as_str().strip_prefix('{')?.split_once('}')?;
                text.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                rest = after.chars();
            }
            _ => return None,
        }
    }
    (escape(&text) == shown).then_some(text)
}

/// Text for a screen: like [`escape`], but a backslash stays one, and a tab becomes spaces.
/// Not reversible, and never longer than a person needs.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\t' => shown.push_str("    "),
            _ if acts(c) => show(c, &mut shown),
            _ => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

fn show(c: char, shown: &mut String) {
    match c {
        '\n' => shown.push_str("\\n"),
        '\t' => shown.push_str("\\t"),
        '\r' => shown.push_str("\\r"),
        _ => write!(shown, "\\u{{{:x}}}", u32::from(c)).expect("writing to a String cannot fail"),
    }
}

/// Whether a character does something other than show itself: Unicode categories Cc, Cf, Co, Zl,
/// Zp and Zs but for the plain space, and the default-ignorable and blank characters outside them.
fn acts(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{a0}' | '\u{ad}'
        | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{1680}'
        | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
        | '\u{2800}' | '\u{3000}' | '\u{3164}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shows_what_acts() {
        assert_eq!(escape("a\\b\n\x1b[2J\u{202e}é"), "a\\\\b\\n\\u{1b}[2J\\u{202e}é");
        assert_eq!(visible("C:\\x\ty\x07"), "C:\\x    y\\u{7}");
    }

    #[test]
    fn knows_every_character_that_unicode_calls_invisible() {
        let hidden = regex::Regex::new(r"^[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Zs}\p{DI}]$").unwrap();
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            if c != ' ' && hidden.is_match(c.encode_utf8(&mut [0; 4])) {
                assert!(acts(c), "U+{:04X} would be written as it is", u32::from(c));
            }
        }
    }

    #[test]
    fn has_one_spelling() {
        for other in ["\\x", "\\u{41}", "\\u{1B}", "\\u{01b}", "\\", "\x1b", "\\u{d800}"] {
            assert_eq!(unescape(other), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn comes_back_whole(text in any::<String>()) {
            let shown = escape(&text);
            prop_assert!(!shown.chars().any(acts));
            prop_assert_eq!(unescape(&shown), Some(text));
        }
    }
}
