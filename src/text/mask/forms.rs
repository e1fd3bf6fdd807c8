//! The forms that programs print a value in. Knows nothing of searching.

use std::collections::BTreeSet;
use std::fmt::Write as _;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Adds every form of the value, of its lines, and of both without the blanks at their ends.
pub(super) fn add_all(value: &str, forms: &mut BTreeSet<String>) {
    let texts: BTreeSet<&str> = [value, value.trim()]
        .into_iter()
        .chain(value.lines().flat_map(|line| [line, line.trim()]))
        .filter(|text| text.trim().chars().count() >= super::Mask::LEAST)
        .collect();
    for text in texts {
        forms.insert(text.to_owned());
        hex(text.as_bytes(), forms);
        for alphabet in [STANDARD, URL_SAFE] {
            base64_alone(text.as_bytes(), alphabet, forms);
            base64_inside(text.as_bytes(), alphabet, forms);
        }
        percent(text.as_bytes(), forms);
        json(text, forms);
        shell(text, forms);
        markup(text, forms);
    }
}

fn hex(bytes: &[u8], forms: &mut BTreeSet<String>) {
    let lower = bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    });
    forms.insert(lower.to_uppercase());
    forms.insert(lower);
}

fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            let index = bits >> (18 - 6 * place) & 63;
            text.push(char::from(alphabet[index as usize]));
        }
    }
    text
}

/// The value encoded by itself, with and without padding, in one line or broken as `base64` and
/// PEM break it.
fn base64_alone(bytes: &[u8], alphabet: &[u8; 64], forms: &mut BTreeSet<String>) {
    let text = base64(bytes, alphabet);
    for width in [64, 76] {
        if text.len() > width {
            // A last row of some characters would hide ordinary text.
            let rows = (0..text.len()).step_by(width);
            let rows = rows.map(|at| &text[at..(at + width).min(text.len())]);
            forms.extend(rows.filter(|row| row.len() >= 8).map(str::to_owned));
        }
    }
    let padding = text.len().next_multiple_of(4) - text.len();
    forms.insert(format!("{text}{}", "=".repeat(padding)));
    forms.insert(text);
}

/// The value encoded in the middle of a longer text: the characters that depend on it alone, for
/// each of the three places at which it can begin.
fn base64_inside(bytes: &[u8], alphabet: &[u8; 64], forms: &mut BTreeSet<String>) {
    for before in 0..3 {
        let shifted = [&[0; 3][..before], bytes, &[0; 3]].concat();
        let text = base64(&shifted, alphabet);
        let first = (8 * before).div_ceil(6);
        let end = 8 * (before + bytes.len()) / 6;
        forms.insert(text[first..end].to_owned());
    }
}

fn percent(bytes: &[u8], forms: &mut BTreeSet<String>) {
    // RFC 3986, encodeURIComponent, path segments, encodeURI, HTML forms; and everything encoded.
    let plain = ["-._~", "-._~!'()*", "-._~/", "-._~!'()*;/?:@&=+$,#", "*-._"];
    for kept in plain {
        for upper in [true, false] {
            let text = percent_but(bytes, kept, upper);
            forms.insert(text.replace("%20", "+"));
            forms.insert(text);
        }
    }
    for upper in [true, false] {
        forms.insert(bytes.iter().map(|byte| percent_byte(*byte, upper)).collect());
    }
}

fn percent_but(bytes: &[u8], kept: &str, upper: bool) -> String {
    let keeps = |byte: u8| byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte);
    let one = |byte: &u8| {
        if keeps(*byte) { char::from(*byte).to_string() } else { percent_byte(*byte, upper) }
    };
    bytes.iter().map(one).collect()
}

fn percent_byte(byte: u8, upper: bool) -> String {
    if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") }
}

/// As JSON strings hold it, with what some writers escape besides, and once more inside a JSON
/// text that is itself a string.
fn json(text: &str, forms: &mut BTreeSet<String>) {
    let plain = serde_json::to_string(text).expect("a string is always JSON");
    let plain = &plain[1..plain.len() - 1];
    let escaped = |acts: fn(char) -> bool, upper: bool| -> String {
        let one = |c: char| if acts(c) { json_units(c, upper) } else { c.to_string() };
        plain.chars().map(one).collect()
    };
    let mut once = vec![plain.to_owned(), plain.replace('/', "\\/")];
    for upper in [false, true] {
        once.push(escaped(|c| !c.is_ascii(), upper));
        once.push(escaped(|c| !c.is_ascii(), upper).replace('/', "\\/"));
        once.push(escaped(|c| matches!(c, '<' | '>' | '&'), upper));
        once.push(escaped(|c| !c.is_ascii() || matches!(c, '<' | '>' | '&' | '\''), upper));
    }
    for text in once {
        forms.insert(text.replace('\\', "\\\\").replace('"', "\\\""));
        forms.insert(text);
    }
}

fn json_units(c: char, upper: bool) -> String {
    let units = c.encode_utf16(&mut [0; 2]).to_vec();
    let one = |unit: &u16| if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
    units.iter().map(one).collect()
}

/// Inside single quotes, as `set -x` and others write it, inside double quotes, and with
/// backslashes, as `printf %q` does.
fn shell(text: &str, forms: &mut BTreeSet<String>) {
    forms.insert(text.replace('\'', "'\\''"));
    forms.insert(text.replace('\'', "'\"'\"'"));
    let escaped = |acts: fn(char) -> bool| -> String {
        text.chars().flat_map(|c| acts(c).then_some('\\').into_iter().chain([c])).collect()
    };
    forms.insert(escaped(|c| matches!(c, '"' | '\\' | '$' | '`')));
    forms.insert(escaped(|c| {
        c.is_ascii() && !c.is_ascii_alphanumeric() && !"-_./:=@%+".contains(c)
    }));
}

fn markup(text: &str, forms: &mut BTreeSet<String>) {
    let plain = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let quoted = plain.replace('"', "&quot;");
    forms.insert(quoted.replace('\'', "&apos;"));
    forms.insert(quoted.replace('\'', "&#39;"));
    forms.insert(quoted.replace('\'', "&#x27;"));
    forms.insert(plain.replace('"', "&#34;").replace('\'', "&#39;"));
    forms.extend([plain, quoted]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_as_the_standard_says() {
        for (bytes, text) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes(), STANDARD), text);
        }
        assert_eq!(base64(&[0xfb, 0xff], URL_SAFE), "-_8");
    }

    #[test]
    fn knows_the_forms_that_programs_print() {
        let mut forms = BTreeSet::new();
        add_all("p&'ß/ \"x", &mut forms);
        for form in [
            "p&'ß/ \"x",
            "p%26%27%C3%9F%2F%20%22x",
            "p%26%27%c3%9f%2f+%22x",
            "p%26'%C3%9F%2F%20%22x",
            "p&'\\u00df/ \\\"x",
            "p&'ß\\/ \\\"x",
            "p&'ß/ \\\\\\\"x",
            "p&'\\''ß/ \"x",
            "p&amp;&#39;ß/ &quot;x",
            "702627c39f2f202278",
            "702627C39F2F202278",
        ] {
            assert!(forms.contains(form), "{form}");
        }
    }

    #[test]
    fn has_no_form_that_would_hide_ordinary_text() {
        let mut forms = BTreeSet::new();
        add_all("line one\n}\nab\nsecond line", &mut forms);
        assert!(forms.contains("second line"));
        assert!(forms.iter().all(|form| form.chars().count() >= 4), "{forms:?}");
    }
}
