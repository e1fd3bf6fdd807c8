//! What found values are worth, expectation by expectation, and all together.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::check::Outcome;

fn expect(rest: &str) -> Expect {
    toml::from_str(&format!("path = '$.a'\n{rest}")).unwrap()
}

fn verdict(rest: &str, found: &[Value]) -> Verdict {
    expect(rest).judge(Some(found))
}

#[test]
fn every_expectation_on_every_kind_of_value() {
    use Outcome::{Fail, Pass, Unknown};
    for (rest, found, wanted) in [
        ("equals = 'x'", vec![json!("x")], Pass),
        ("equals = 'x'", vec![json!("x"), json!("x")], Pass),
        ("equals = 'x'", vec![json!("x"), json!("y")], Fail),
        ("equals = 'x'", vec![], Fail),
        ("equals = 30", vec![json!(30.0)], Pass),
        ("equals = 30", vec![json!("30")], Fail),
        ("equals = true", vec![json!(null)], Fail),
        ("equals = [1, 2]", vec![json!([1, 2])], Pass),
        ("equals = [1, 2]", vec![json!([2, 1])], Fail),
        ("one_of = ['x', 1]", vec![json!(1), json!("x")], Pass),
        ("one_of = ['x', 1]", vec![json!(1), json!("y")], Fail),
        ("one_of = ['x', 1]", vec![], Fail),
        ("matches = '^v2'", vec![json!("v2.1")], Pass),
        ("matches = '^v2'", vec![json!("v1")], Fail),
        ("matches = '^v2'", vec![json!(2)], Unknown),
        ("matches = '^v2'", vec![], Fail),
        ("exists = true", vec![json!(null)], Fail),
        ("exists = true", vec![], Fail),
        ("exists = false", vec![], Pass),
        ("exists = false", vec![json!(null)], Pass),
        ("at_least = 2", vec![json!(2)], Pass),
        ("at_least = 2", vec![json!(1.9)], Fail),
        ("at_least = 2", vec![json!("5")], Unknown),
        ("at_least = 2", vec![json!("5"), json!(1)], Fail),
        ("at_least = 2", vec![json!(null)], Fail),
        ("at_least = 2", vec![], Fail),
        ("at_most = 2.5", vec![json!(2)], Pass),
        ("at_most = 2.5", vec![json!(3)], Fail),
        ("at_most = 9007199254740993", vec![json!(9_007_199_254_740_993_u64)], Pass),
        ("at_most = 9007199254740992", vec![json!(9_007_199_254_740_993_u64)], Fail),
        ("at_least = 1\nat_most = 3", vec![json!(2), json!(4)], Fail),
        ("count = 2", vec![json!(1), json!(1)], Pass),
        ("count = 2", vec![json!(1)], Fail),
        ("count = 2", vec![], Fail),
        ("count = 0", vec![], Pass),
        ("count = 0", vec![json!(null)], Pass),
        ("count = 1", vec![json!(null), json!(1)], Pass),
        ("count = 2\nequals = 1", vec![json!(1), json!(2)], Fail),
        ("count = 2\nequals = 1\nexists = true", vec![json!(1), json!(1)], Pass),
    ] {
        let verdict = verdict(rest, &found);
        assert_eq!(verdict.outcome(), wanted, "{rest} of {found:?}: {verdict:?}");
        let nobody = expect(rest).judge(None);
        assert_eq!(nobody, Verdict::Unknown("nobody looked at $.a".into()), "{rest}");
    }
}

#[test]
fn verdicts_show_what_is_and_what_was_wanted() {
    for (rest, found, says) in [
        ("equals = 'x'", vec![json!("y")], r#"$.a is "y", wanted "x""#),
        ("equals = 'x'", vec![json!("x")], r#"$.a is "x""#),
        ("equals = 30", vec![json!("30")], r#"$.a is "30", a text, wanted 30"#),
        ("equals = 1", vec![json!(1), json!(2)], "$.a is 2 (1 of 2), wanted 1"),
        ("equals = 1", vec![json!(1), json!(1)], "all 2 of $.a are 1"),
        ("equals = 1", vec![], "no $.a, wanted 1"),
        ("one_of = ['x', 'y']", vec![json!("z")], r#"$.a is "z", wanted "x" or "y""#),
        ("at_least = 2", vec![json!("5")], r#"$.a is "5", a text, wanted at least 2"#),
        ("at_least = 1\nat_most = 3", vec![json!(4)], "$.a is 4, wanted at least 1, at most 3"),
        ("matches = '^v'", vec![json!("x")], r#"$.a is "x", wanted a match of `^v`"#),
        ("exists = true", vec![json!({"b": 1})], "$.a exists"),
        ("exists = true", vec![], "no $.a, wanted one"),
        ("exists = false", vec![json!("x")], r#"$.a is "x", wanted none"#),
        ("exists = false", vec![], "no $.a"),
        ("count = 1", vec![json!(1), json!(2)], "$.a selects 2 values, wanted 1"),
    ] {
        assert_eq!(verdict(rest, &found).says(), says, "{rest}");
    }
}

fn all(toml: &str) -> Vec<Expect> {
    #[derive(Deserialize)]
    struct Holder {
        expect: Vec<Expect>,
    }
    toml::from_str::<Holder>(&format!("expect = [{toml}]")).unwrap().expect
}

#[test]
fn all_are_judged_and_it_is_told_which_hold() {
    let found: BTreeMap<&str, Vec<Value>> =
        [("$.a", vec![json!(1)]), ("$.b", vec![json!("x")]), ("$.c", vec![])].into();
    let judge = |toml: &str| judge_all(&all(toml), |path| found.get(path).map(Vec::as_slice));
    let good =
        judge("{path='$.a', equals=1}, {path='$.b', equals='x'}, {path='$.c', exists=false}");
    assert_eq!(good, Verdict::Pass(r#"all 3 hold: $.a is 1, $.b is "x", no $.c"#.into()));
    let bad = judge("{path='$.a', equals=2}, {path='$.b', at_least=1}, {path='$.c', exists=false}");
    assert_eq!(
        bad,
        Verdict::Fail(
            r#"1 of 3 does not hold: $.a is 1, wanted 2; 1 of 3 cannot be told: $.b is "x", a text, wanted at least 1. Hold: $.c"#
                .into()
        )
    );
    let unknown = judge("{path='$.a', equals=1}, {path='$.d', exists=false}");
    let told = "1 of 2 cannot be told: nobody looked at $.d. Hold: $.a";
    assert_eq!(unknown, Verdict::Unknown(told.into()));
    assert_eq!(judge("{path='$.c', equals=1}"), Verdict::Fail("no $.c, wanted 1".into()));
    assert_eq!(judge("").outcome(), Outcome::Unknown);
}

#[test]
fn many_are_told_within_bounds_the_bad_ones_first() {
    let long = |n: usize| format!("$.configuration.of.something.deep.{}.number{n}", "x".repeat(60));
    let one = |n: usize| format!("{{path='{}', equals={}}}", long(n), n % 10);
    let toml: Vec<String> = (0..12).map(one).collect();
    let nine = json!(9);
    let verdict = judge_all(&all(&toml.join(",")), |_| Some(std::slice::from_ref(&nine)));
    assert_eq!(verdict.outcome(), Outcome::Fail);
    assert!(verdict.says().starts_with("11 of 12 do not hold: $…"), "{verdict:?}");
    assert!(verdict.says().chars().count() <= LIST && verdict.says().contains("number0 is 9"));
    let toml: Vec<String> = (5..12).map(one).collect();
    let verdict = judge_all(&all(&toml.join(",")), |path| {
        Some(if path.contains("number5") { &[] } else { std::slice::from_ref(&nine) })
    });
    assert!(verdict.says().contains("number5, wanted 5"), "{verdict:?}");
}

#[test]
fn paths_are_asked_once() {
    let all = all("{path='$.b', exists=true}, {path='$.a', count=1}, {path='$.b', equals=1}");
    assert_eq!(paths_of(&all), ["$.b", "$.a"]);
    assert_eq!(say_all(&all), "$.b exists, $.a is 1 value, $.b is 1");
}

#[test]
fn flaws() {
    for (rest, part) in [
        ("", "wants nothing"),
        ("equals = 2026-01-01", "bare date"),
        ("one_of = ['a', { b = 10:00:00 }]", "bare date"),
        ("one_of = []", "empty `one_of`"),
        ("equals = 1\none_of = [1]", "one of both"),
        ("exists = false\nequals = 1", "leave one of both out"),
        ("exists = false\ncount = 1", "leave one of both out"),
        ("count = 0\nat_most = 1", "wants no values"),
        ("at_least = 3\nat_most = 2", "at least more"),
        ("matches = '.*'", "matches any text"),
        ("matches = '('", "no pattern"),
    ] {
        let flaw = expectations_flaw("expect", &[expect(rest)]).unwrap_or_default();
        assert!(flaw.starts_with("`expect[0]") && flaw.contains(part), "{rest}: {flaw}");
    }
    let path = |path: &str, rest: &str| {
        let text = format!("path = '{path}'\n{rest}");
        toml::from_str::<Expect>(&text).unwrap().flaw("expect[1]")
    };
    assert!(path("$[", "exists = true").unwrap().starts_with("`expect[1].path` is `$[`, no JSON"));
    assert!(path("a.b", "exists = true").unwrap().contains("no JSON path"));
    assert!(path("$", "exists = true").unwrap().contains("every answer has that"));
    assert_eq!(path("$", "equals = {}"), None);
    assert_eq!(path("$.a[{{index}}]", "equals = '2026-01-01'"), None);
    assert_eq!(path("$.a[?@.b == 1].c", "exists = true\nmatches = '^{{v}}$'"), None);
}
