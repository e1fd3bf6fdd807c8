//! Text with `{{name}}` in it.

use std::fmt;

/// Text in which `{{name}}` stands for a variable's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Variable(String),
}

/// A template that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{{` without `}}`.
    #[error("`{{{{` is never closed with `}}}}`")]
    Open,
    /// Something between the braces that is no variable's name.
    #[error("`{{{{{0}}}}}` is not a variable: write `{{{{name}}}}` with a-z, 0-9 and `_`")]
    Name(String),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Where braces stay open or hold something that is no name.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (inside, behind) = after.split_once("}}").ok_or(TemplateError::Open)?;
            let name = inside.trim();
            if !is_variable_name(name) {
                return Err(TemplateError::Name(inside.to_owned()));
            }
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(Piece::Variable(name.to_owned()));
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self { text: text.to_owned(), pieces })
    }

    /// The text with `filled(variable)` in each variable's place, for a caller that must treat
    /// values differently from the text around them.
    pub fn map_variables(&self, filled: impl Fn(&Self) -> String) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable(name) => {
                filled(&Self { text: format!("{{{{{name}}}}}"), pieces: vec![piece.clone()] })
            }
        };
        self.pieces.iter().map(piece).collect()
    }

    /// The text with `value(name)` in each variable's place. A value is never read again for
    /// `{{ }}`, so it cannot bring in another one.
    pub fn fill_with<'a>(&'a self, value: impl Fn(&'a str) -> &'a str) -> String {
        let piece = |piece: &'a Piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Variable(name) => value(name),
        };
        self.pieces.iter().map(piece).collect()
    }

    /// The variables it names, in order, as often as it names them.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether a text matches `[a-z][a-z0-9_]{0,63}`.
#[must_use]
pub fn is_variable_name(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.len() <= 64
        && text.bytes().all(legal)
}
