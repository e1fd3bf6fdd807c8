//! What AWS said to a call, read with care: what is missing is never taken for what is empty.

use serde_json::Value as Json;

use super::{Verdict, cut, quote};
use crate::check::cloud::{Answer, Said};
use crate::value::Moment;

/// Whether the call was refused with one of these codes.
pub(in crate::check) fn is_refused(answer: &Answer, codes: &[&str]) -> bool {
    let Said::Refused { code, .. } = &answer.said else { return false };
    let code = code.rsplit('#').next().unwrap_or_default();
    codes.contains(&code)
}

/// The verdict on a call that found nothing that could be judged: unknown, and why.
pub(in crate::check) fn unless_found(answer: &Answer) -> Result<(), Verdict> {
    let call = cut(&answer.call, 48);
    match &answer.said {
        Said::Found(_) => Ok(()),
        Said::Refused { code, message } => {
            let (code, message) = (cut(code, 48), quote(message));
            Err(Verdict::Unknown(format!("{call} was refused: {code}: {message}")))
        }
        Said::NotMade => {
            let why = "there was nothing that it could ask about";
            Err(Verdict::Unknown(format!("{call} was not called: {why}")))
        }
    }
}

/// The verdict where a call that was asked for has no answer.
pub(in crate::check) fn no_answer() -> Verdict {
    Verdict::Unknown("the reading does not fit the question".to_owned())
}

/// Every text at a path; unknown where something else stands there, or it was not looked at.
pub(in crate::check) fn texts<'a>(answer: &'a Answer, path: &str) -> Result<Vec<&'a str>, Verdict> {
    let Some(nodes) = answer.at(path) else { return Err(no_answer()) };
    let all: Option<Vec<&str>> = nodes.iter().map(Json::as_str).collect();
    all.ok_or_else(|| odd(answer, path))
}

/// The one text at a path, or none where there is nothing; unknown where there is more.
pub(in crate::check) fn text<'a>(
    answer: &'a Answer,
    path: &str,
) -> Result<Option<&'a str>, Verdict> {
    match texts(answer, path)?.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err(odd(answer, path)),
    }
}

/// The one whole number at a path, or none where there is nothing.
pub(in crate::check) fn number(answer: &Answer, path: &str) -> Result<Option<u64>, Verdict> {
    match answer.at(path) {
        None => Err(no_answer()),
        Some([]) => Ok(None),
        Some([one]) => one.as_u64().map(Some).ok_or_else(|| odd(answer, path)),
        Some(_) => Err(odd(answer, path)),
    }
}

/// The one moment at a path, or none where there is nothing: as text by RFC 3339, or as seconds
/// since 1970 began.
pub(in crate::check) fn moment(answer: &Answer, path: &str) -> Result<Option<Moment>, Verdict> {
    match answer.at(path) {
        None => Err(no_answer()),
        Some([]) => Ok(None),
        Some([one]) => read_moment(one).map(Some).ok_or_else(|| odd(answer, path)),
        Some(_) => Err(odd(answer, path)),
    }
}

fn read_moment(json: &Json) -> Option<Moment> {
    /// The year 9999 ends here.
    const LAST: f64 = 253_402_207_199.0;
    if let Some(text) = json.as_str() {
        return Moment::from_rfc3339(text);
    }
    let seconds = json.as_f64().filter(|seconds| (0.0..LAST).contains(seconds))?;
    #[expect(clippy::cast_possible_truncation, reason = "within four-digit years")]
    Some(Moment::from_millis((seconds * 1000.0).round() as i64))
}

fn odd(answer: &Answer, path: &str) -> Verdict {
    let call = cut(&answer.call, 48);
    Verdict::Unknown(format!("{call} holds at {} what it never should", cut(path, 72)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(nodes: Json) -> Answer {
        let Json::Array(nodes) = nodes else { panic!("{nodes}") };
        let said = Said::Found([("$.a".to_owned(), nodes)].into());
        Answer { call: "ecs:DescribeServices".to_owned(), request: None, said }
    }

    #[test]
    fn what_is_odd_is_unknown_and_what_is_absent_is_none() {
        assert_eq!(text(&answer(json!([])), "$.a"), Ok(None));
        assert_eq!(text(&answer(json!(["x"])), "$.a"), Ok(Some("x")));
        assert_eq!(number(&answer(json!([3])), "$.a"), Ok(Some(3)));
        assert_eq!(number(&answer(json!([])), "$.a"), Ok(None));
        for odd in [json!(["x", "y"]), json!([1]), json!([null]), json!([{}])] {
            assert!(text(&answer(odd.clone()), "$.a").is_err(), "{odd}");
        }
        for odd in [json!([1, 2]), json!([-1]), json!([1.5]), json!(["1"]), json!([null])] {
            assert!(number(&answer(odd.clone()), "$.a").is_err(), "{odd}");
        }
        assert!(text(&answer(json!([])), "$.b").is_err(), "a path that was not asked");
        assert!(number(&answer(json!([])), "$.b").is_err());
        assert!(moment(&answer(json!([])), "$.b").is_err());
    }

    #[test]
    fn moments_are_texts_or_seconds() {
        let wanted = Moment::from_millis(1_773_478_931_204);
        for good in [json!(["2026-03-14T09:02:11.204Z"]), json!([1_773_478_931.204])] {
            assert_eq!(moment(&answer(good.clone()), "$.a"), Ok(Some(wanted)), "{good}");
        }
        for odd in [json!(["now"]), json!([-1]), json!([1e300]), json!([true]), json!([null])] {
            assert!(moment(&answer(odd.clone()), "$.a").is_err(), "{odd}");
        }
    }

    #[test]
    fn a_refusal_is_known_by_its_code() {
        let refused = |code: &str| {
            let said = Said::Refused { code: code.to_owned(), message: "no\u{1b}[2J".to_owned() };
            Answer { call: "ecs:X".to_owned(), request: None, said }
        };
        assert!(is_refused(&refused("a#GoneException"), &["GoneException"]));
        assert!(!is_refused(&refused("OtherException"), &["GoneException"]));
        let verdict = unless_found(&refused("OtherException")).unwrap_err();
        assert_eq!(verdict.says(), "ecs:X was refused: OtherException: `no\\u{1b}[2J`");
        let never = Answer { said: Said::NotMade, ..refused("x") };
        assert!(unless_found(&never).unwrap_err().says().starts_with("ecs:X was not called"));
        assert_eq!(unless_found(&answer(json!([]))), Ok(()));
    }
}
