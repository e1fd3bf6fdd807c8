//! Names of queries, so that those of many checks stand in one request.

use std::collections::BTreeMap;

use crate::check::cloud::{Query, What};

/// What a query of a series is called among all.
pub(super) fn name(series: usize, id: &str) -> String {
    format!("s{series}_{id}")
}

/// The new names of a series' queries.
pub(super) fn names(series: usize, queries: &[Query]) -> BTreeMap<&str, String> {
    queries.iter().map(|query| (query.id.as_str(), name(series, &query.id))).collect()
}

/// Whether a series must be asked for alone: its expression is about all queries of the request,
/// or of a sort of which a request may hold few.
pub(super) fn is_alone(queries: &[Query]) -> bool {
    const ALONE: [&str; 3] = ["METRICS", "SEARCH", "SELECT"];
    let is_one = |query: &Query| match &query.what {
        What::Metric { .. } => false,
        What::Expression(text) => {
            pieces(text).any(|piece| ALONE.iter().any(|word| piece.text.eq_ignore_ascii_case(word)))
        }
    };
    queries.iter().any(is_one)
}

/// An expression with the new names.
pub(super) fn expression(text: &str, names: &BTreeMap<&str, String>) -> String {
    let renamed = |piece: Piece<'_>| match names.get(piece.text) {
        Some(name) if piece.is_word => name.clone(),
        _ => piece.text.to_owned(),
    };
    pieces(text).map(renamed).collect()
}

/// A piece of an expression: a word, a quoted text, a number, or one character between.
struct Piece<'a> {
    text: &'a str,
    is_word: bool,
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let inside = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let until = |end: fn(char) -> bool| rest.find(end).unwrap_or(rest.len());
        let length = match first {
            '"' | '\'' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            c if c.is_ascii_digit() => {
                until(|c| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
            }
            c if inside(c) => until(|c| !(c.is_ascii_alphanumeric() || c == '_')),
            c => c.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(Piece { text: piece, is_word: first.is_ascii_alphabetic() || first == '_' })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(id: &str, text: &str) -> Query {
        Query { id: id.to_owned(), what: What::Expression(text.to_owned()) }
    }

    #[test]
    fn words_are_renamed_and_nothing_else() {
        let queries = [one("m1", ""), one("e", "")];
        let names = names(7, &queries);
        for (text, wanted) in [
            ("100 * m1 / e", "100 * s7_m1 / s7_e"),
            ("IF(m1>1e3,m1,m10)", "IF(s7_m1>1e3,s7_m1,m10)"),
            ("FILL(m1, 0) + m1_x", "FILL(s7_m1, 0) + m1_x"),
            ("LABEL('m1') + \"e\" + 'e", "LABEL('m1') + \"e\" + 'e"),
            ("é m1 é", "é s7_m1 é"),
            ("", ""),
        ] {
            assert_eq!(expression(text, &names), wanted);
        }
    }

    #[test]
    fn what_is_about_all_metrics_stands_alone() {
        for (text, alone) in [
            ("SUM(METRICS())", true),
            ("SUM( metrics('m') )", true),
            ("SEARCH('{AWS/EC2} CPU', 'Average', 300)", true),
            ("SELECT AVG(x) FROM y", true),
            ("SUM([m1,m2])", false),
            ("m1 + 'SEARCH'", false),
            ("selected + searches", false),
        ] {
            assert_eq!(is_alone(&[one("e1", text)]), alone, "{text}");
        }
    }
}
