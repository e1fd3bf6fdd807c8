//! What `holdpoint.toml` says to the audit of all runbooks: how bad single rules are, and from
//! which level on findings stop whoever asks.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{Level, RULES};
use crate::runbook::{PROBLEMS, Sheet, quoted};
use crate::text::visible;

/// What it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Findings of this level and above are too much.
    pub deny: Option<Level>,
    /// Levels of single rules; none: not looked for.
    pub levels: BTreeMap<String, Option<Level>>,
}

/// Why the file cannot be used, and where.
#[derive(Debug)]
pub struct Unclear {
    /// The text that the place points into.
    pub sheet: Sheet,
    /// What was found and what was wanted.
    pub message: String,
    /// Bytes of the text, on one line.
    pub place: Range<usize>,
    /// What to do.
    pub help: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    audit: Section,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    deny: Option<Level>,
    #[serde(default)]
    levels: BTreeMap<Spanned<String>, Wanted>,
}

/// A level, or not looked for.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wanted {
    Error,
    Warning,
    Note,
    Off,
}

impl Wishes {
    /// Reads a `holdpoint.toml`. `name` is what messages call it.
    ///
    /// # Errors
    /// With the first thing that is not clear.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Box<Unclear>> {
        let unclear = |text: &str, place: &Range<usize>, message: &str, help: &str| {
            let sheet = Sheet::new(name, text);
            let place = sheet.within_line(place);
            let message = visible(message.trim()).into_owned();
            Box::new(Unclear { sheet, message, place, help: help.to_owned() })
        };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                let place = good.len()..good.len();
                return Err(unclear(&good, &place, "the file is not UTF-8", "save it as UTF-8"));
            }
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let place = error.span().unwrap_or_default();
            unclear(text, &place, error.message(), SHAPE)
        })?;
        let mut levels = BTreeMap::new();
        for (code, wanted) in file.audit.levels {
            if let Err((message, help)) = known(code.get_ref()) {
                return Err(unclear(text, &code.span(), &message, help));
            }
            levels.insert(code.into_inner(), wanted.level());
        }
        Ok(Self { deny: file.audit.deny, levels })
    }
}

const SHAPE: &str = "it holds `[audit]` with `deny = \"warning\"` and \
    `levels = { HP601 = \"off\" }`; a level is error, warning, note or off";

/// Whether there is such a rule.
fn known(code: &str) -> Result<(), (String, &'static str)> {
    if RULES.iter().any(|rule| rule.code == code) {
        return Ok(());
    }
    let code_shown = quoted(code);
    if PROBLEMS.iter().any(|(problem, ..)| *problem == code) {
        let message = format!("{code_shown} is no rule: it is what makes a file no runbook");
        return Err((message, "remove it: such a problem has no level"));
    }
    Err((format!("there is no rule {code_shown}"), "`holdpoint explain` lists the rules"))
}

impl Wanted {
    fn level(self) -> Option<Level> {
        match self {
            Self::Error => Some(Level::Error),
            Self::Warning => Some(Level::Warning),
            Self::Note => Some(Level::Note),
            Self::Off => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_levels() {
        let text = b"[audit]\ndeny = 'note'\nlevels = { HP201 = 'error', HP601 = 'off' }\n";
        let wishes = Wishes::from_bytes("holdpoint.toml", text).unwrap();
        assert_eq!(wishes.deny, Some(Level::Note));
        assert_eq!(wishes.levels["HP201"], Some(Level::Error));
        assert_eq!(wishes.levels["HP601"], None);
        assert_eq!(Wishes::from_bytes("x", b"").unwrap(), Wishes::default());
    }

    #[test]
    fn says_where_it_is_not_clear() {
        for (text, place, message) in [
            ("[audit]\nlevel = 1\n", "level", "unknown field `level`"),
            ("[adit]\n", "adit", "unknown field `adit`"),
            ("[audit]\ndeny = 'fatal'\n", "'fatal'", "unknown variant `fatal`"),
            ("[audit]\nlevels = { HP201 = 'bad' }\n", "'bad'", "unknown variant `bad`"),
            ("[audit]\nlevels = { HP999 = 'off' }\n", "HP999", "there is no rule `HP999`"),
            ("[audit]\nlevels = { HP010 = 'off' }\n", "HP010", "`HP010` is no rule"),
            ("[audit]\nlevels = { \"\\u001b[2J\" = 'off' }\n", "\"\\u001b[2J\"", "\\u{1b}[2J"),
            ("[audit\n", "t", "unclosed table"),
        ] {
            let unclear = Wishes::from_bytes("holdpoint.toml", text.as_bytes()).unwrap_err();
            assert!(unclear.message.contains(message), "{text}: {}", unclear.message);
            assert_eq!(&text[unclear.place.clone()], place, "{text}");
        }
        let unclear = Wishes::from_bytes("x", b"[audit] # \xff").unwrap_err();
        assert_eq!(unclear.message, "the file is not UTF-8");
    }
}
