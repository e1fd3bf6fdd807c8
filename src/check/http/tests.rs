//! What an answer is worth, expectation by expectation.

use super::*;
use crate::check::{Obstacle, Outcome};

fn http(rest: &str) -> Http {
    toml::from_str(&format!("url = 'http://h/'\n{rest}")).unwrap()
}

fn answer(status: u16, body: Capture) -> Reading {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = vec![header("vary", "a"), header("vary", "b"), header("location", "https://n/")];
    Reading::Http { status, headers, body, millis: 100 }
}

#[test]
fn judges_every_expectation() {
    for (rest, wanted) in [
        ("", Outcome::Pass),
        ("status = 204", Outcome::Fail),
        ("status = [204, 200]", Outcome::Pass),
        ("header.Vary = 'b'", Outcome::Pass),
        ("header.vary = 'c'", Outcome::Fail),
        ("header.etag = 'x'", Outcome::Fail),
        ("body_contains = 'ok'", Outcome::Pass),
        ("body_contains = 'no'", Outcome::Fail),
        ("body_matches = '\"s\": *\"ok\"'", Outcome::Pass),
        ("body_matches = '^ok'", Outcome::Fail),
        ("json = { path = '$.s', equals = 'ok' }", Outcome::Pass),
        ("json = { path = '$.s', equals = 'no' }", Outcome::Fail),
        ("json = { path = '$.t', equals = 'ok' }", Outcome::Fail),
        ("within = '100ms'", Outcome::Pass),
        ("within = '99ms'", Outcome::Fail),
        ("method = 'HEAD'", Outcome::Pass),
        ("status = 503\nbody_contains = 'ok'", Outcome::Fail),
    ] {
        let verdict = http(rest).judge(&answer(200, Capture::whole(r#"{"s": "ok"}"#)));
        assert_eq!(verdict.outcome(), wanted, "{rest}: {verdict:?}");
    }
}

#[test]
fn a_cut_or_garbled_body_is_unknown() {
    let cut = || Capture { head: r#"{"s":1}"#.into(), tail: String::new(), left_out: 1 };
    for rest in [
        "body_contains = 'zzz'",
        "body_matches = 'zzz'",
        "json = { path = '$.s', equals = 1 }",
        "within = '1s'",
    ] {
        assert_eq!(http(rest).judge(&answer(200, cut())).outcome(), Outcome::Unknown, "{rest}");
        assert_eq!(http(rest).judge(&answer(500, cut())).outcome(), Outcome::Fail, "{rest}");
    }
    assert_eq!(http("").judge(&answer(200, cut())).outcome(), Outcome::Pass);
    assert_eq!(http("within = '5ms'").judge(&answer(200, cut())).outcome(), Outcome::Fail);
    let json = http("json = { path = '$.s', equals = 1 }");
    let garbled = json.judge(&answer(200, Capture::whole("<html>")));
    assert_eq!(garbled.outcome(), Outcome::Unknown, "{garbled:?}");
}

#[test]
fn a_packed_body_is_unknown() {
    let packed = Reading::Http {
        status: 200,
        headers: vec![("content-encoding".into(), "gzip".into())],
        body: Capture::whole("\u{fffd}ok"),
        millis: 1,
    };
    assert_eq!(http("body_contains = 'ok'").judge(&packed).outcome(), Outcome::Unknown);
    assert_eq!(http("").judge(&packed).outcome(), Outcome::Pass);
}

#[test]
fn no_answer_is_unknown() {
    for reading in [
        Reading::Refused("h:80 refuses connections".into()),
        Reading::Nothing(Obstacle::Timeout),
        Reading::Connected { millis: 1 },
    ] {
        assert_eq!(http("").judge(&reading).outcome(), Outcome::Unknown, "{reading:?}");
    }
}

#[test]
fn verdicts_show_what_was_wanted() {
    let verdict = |rest: &str, status| http(rest).judge(&answer(status, Capture::whole("sorry")));
    assert_eq!(verdict("", 503).says(), "status 503, wanted 200");
    assert_eq!(
        verdict("status = [200, 204]", 301).says(),
        "status 301 to `https://n/`, wanted 200 or 204"
    );
    assert_eq!(verdict("body_contains = 'ok'", 200).says(), "body lacks `ok`, begins `sorry`");
    assert_eq!(verdict("header.vary = 'x'", 200).says(), "vary is `a`, wanted `x`");
}

#[test]
fn flaws() {
    for bad in [
        "body_contains = ''",
        "body_matches = '.*'",
        "body_matches = '['",
        "json = { path = 'a.b', equals = 1 }",
        "header.etag = ''",
        "header.'a b' = 'x'",
        "headers.'a b' = 'x'",
        "headers.a = \"x\\ny\"",
        "within = '0s'",
        "method = 'HEAD'\nbody_contains = 'x'",
    ] {
        assert!(http(bad).flaw().is_some(), "{bad}");
        let verdict = http(bad).judge(&answer(200, Capture::whole("x")));
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{bad}");
    }
    assert!(toml::from_str::<Http>("url = 'h'").unwrap().flaw().is_some());
    let open = http("headers.authorization = 'Bearer {{token}}'\nbody_matches = '^{{v}}$'");
    assert_eq!(open.flaw(), None);
}

#[test]
fn statuses_are_numbers_or_lists_and_say_so() {
    for bad in ["status = 'ok'", "status = []", "status = 99", "status = [200, 600]", "status = -1"]
    {
        let text = format!("url = 'http://h/'\n{bad}");
        let error = toml::from_str::<Http>(&text).unwrap_err().to_string();
        assert!(error.contains("status code"), "{bad}: {error}");
    }
    let check = http("status = [200, 204]");
    let json = serde_json::to_value(&check).unwrap();
    assert_eq!(serde_json::from_value::<Http>(json).unwrap(), check);
}

#[test]
fn says_what_is_claimed() {
    assert_eq!(http("").says(), "GET http://h/ answers 200");
    let more = http("method = 'HEAD'\nwithin = '2s'\nheader.etag = 'a'");
    assert_eq!(more.says(), "HEAD http://h/ answers 200, etag contains `a`, within 2s");
}
