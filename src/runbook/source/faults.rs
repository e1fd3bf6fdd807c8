//! What the TOML parser reports, as a person would say it: one fault for each line, and one
//! bracket that is never closed in place of everything that follows from it.

use std::ops::Range;

use toml_parser::lexer::TokenKind;

use super::super::problem::{Code, Problem, quoted};

/// Most faults that are looked at.
const MOST: usize = 1000;
/// What the parser says where it goes no deeper.
const DEPTH: [&str; 2] = ["recursion limit", "max recursion depth"];

/// The faults of a text that is no TOML.
pub(super) fn faults(text: &str, errors: &[toml::de::Error]) -> Vec<Problem> {
    let place = |error: &toml::de::Error| error.span().unwrap_or(text.len()..text.len());
    let mut errors: Vec<&toml::de::Error> = errors.iter().collect();
    errors.sort_by_key(|error| place(error).start);
    let too_deep =
        |error: &&&toml::de::Error| DEPTH.iter().any(|words| error.message().contains(words));
    if let Some(error) = errors.iter().find(too_deep) {
        let message = "values are nested more than 16 deep, too deep to be read at all";
        return vec![Problem::new(Code::TooDeep, &place(error), message)];
    }
    let unclosed = errors.iter().any(|error| {
        ["unclosed array", "unclosed inline table"].iter().any(|m| error.message().starts_with(m))
    });
    let bracket = if unclosed { unclosed_bracket(text) } else { None };
    let end = bracket.as_ref().map_or(usize::MAX, |bracket| bracket.start);
    let mut found: Vec<Problem> = Vec::new();
    let mut last_line = None;
    for error in errors.into_iter().take(MOST) {
        let at = place(error).start.min(text.len());
        let line = text.as_bytes()[..at].iter().rposition(|byte| *byte == b'\n');
        if at < end && last_line != Some(line) {
            found.push(fault(text, error, place(error)));
        }
        last_line = Some(line);
    }
    if let Some(bracket) = bracket {
        let sign = text.get(bracket.clone()).unwrap_or_default();
        let message = format!("{} is never closed", quoted(sign));
        let close = if sign == "[" { "]" } else { "}" };
        let help = format!("write `{close}` where it ends; an inline table stands on one line");
        found.push(Problem::new(Code::Syntax, &bracket, message).here("opened here").help(help));
    }
    found
}

fn fault(text: &str, error: &toml::de::Error, place: Range<usize>) -> Problem {
    let message = error.message().trim();
    let problem = Problem::new(Code::Syntax, &place, crate::text::visible(message));
    let written = text.get(place.clone()).unwrap_or_default();
    match message {
        "duplicate key" => problem
            .here(format!("{} again", quoted(written)))
            .help("remove one of the two; a list of tables is written `[[name]]`"),
        _ if message.starts_with("string values must be quoted") => problem.help(
            "put a text in quotes; anything else is a number, true, false, a list or a table",
        ),
        _ if message.starts_with("invalid multi-line") => never_closed(text, &place, problem),
        "invalid basic string, expected `\"`" | "invalid literal string, expected `'`" => {
            Problem::new(Code::Syntax, &place, "a text is not closed before the line ends")
                .help("close it, or write it between three quotes if it has several lines")
        }
        _ => problem,
    }
}

/// The first bracket that stays open to the end.
fn unclosed_bracket(text: &str) -> Option<Range<usize>> {
    let mut open: Vec<(TokenKind, Range<usize>)> = Vec::new();
    for token in toml_parser::Source::new(text).lex() {
        let kind = token.kind();
        let is_closed_by = |opener: TokenKind| {
            let square = opener == TokenKind::LeftSquareBracket;
            let closer =
                if square { TokenKind::RightSquareBracket } else { TokenKind::RightCurlyBracket };
            kind == closer
        };
        if matches!(kind, TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket) {
            open.push((kind, token.span().start()..token.span().end()));
        } else if open.last().is_some_and(|(opener, _)| is_closed_by(*opener)) {
            open.pop();
        }
    }
    open.into_iter().next().map(|(_, span)| span)
}

/// A text in three quotes that goes on to the end: told where it begins.
fn never_closed(text: &str, place: &Range<usize>, problem: Problem) -> Problem {
    let is_long = |kind| matches!(kind, TokenKind::MlBasicString | TokenKind::MlLiteralString);
    let mut tokens = toml_parser::Source::new(text).lex();
    let found = tokens.find(|token| is_long(token.kind()) && token.span().end() >= place.start);
    let Some(start) = found.map(|token| token.span().start()).filter(|_| place.start == text.len())
    else {
        return problem;
    };
    let quotes = start..start + 3;
    let message = format!("{} is never closed", quoted(&text[quotes.clone()]));
    Problem::new(Code::Syntax, &quotes, message).here("opened here").help("close the text")
}
