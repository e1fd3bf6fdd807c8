//! The verb, as it is typed.

use serde_json::Value as Json;

use super::{base, file};
use crate::sitting_kit::{Place, book, touching};

const STEPS: &str = r#"
[[phase.step]]
id = "act"
title = "Touch it"
run = ["touch", "ran-{{version}}-{{token}}"]

[[phase.step]]
id = "more"
title = "Touch more"
shell = 'touch "more-$version"'
when = { level = ["full"] }
undo = { shell = 'rm "more-$version"' }

[[phase.step]]
id = "most"
title = "Touch most"
run = ["touch", "most"]
needs = ["more"]
"#;

const VARIABLES: &str = "version = { prompt = \"Which version?\" }\n\
    level = { env = \"LEVEL\" }\ntoken = { env = \"TOKEN\", secret = true }";

#[test]
fn values_come_from_where_they_are_and_nobody_is_asked() {
    let mut place = Place::with(&book(VARIABLES, STEPS));
    let before = place.everything();
    let open =
        ["touch 'ran-{{version}}-[secret]'", "only if level is full, which is not known yet"];
    place.runs(&["plan", "book.toml"]).ends(0, &open);
    place.set("LEVEL", "full");
    place.set("TOKEN", "hunter2hunter2");
    let told = ["plan", "book.toml", "--var", "version=1.2"];
    let known = ["touch 'ran-1.2-[secret]'", "which it is", "with version = 1.2", "undo"];
    place.runs(&told).ends(0, &known);
    place.set("LEVEL", "code");
    let skipped = [
        "skipped Touch more (more): will be skipped, because level is code, and the step is for full",
        "skipped Touch most (most): will be skipped, because it needs more, which will be skipped",
    ];
    place.runs(&told).ends(0, &skipped);
    for format in ["text", "markdown", "json"] {
        let ran = place.runs(&["plan", "book.toml", "--format", format]);
        assert!(ran.code == Some(0) && !ran.out.contains("hunter2"), "{}", ran.out);
    }
    let leaks = ["plan", "book.toml", "--var", "version=hunter2hunter2"];
    place.runs(&leaks).ends(2, &["the value of `version` holds a secret"]);
    assert_eq!(before, place.everything(), "a plan changes nothing");
}

#[test]
fn a_gate_names_the_steps_that_will_be_skipped() {
    let mut place = Place::with(&book(VARIABLES, STEPS));
    for (name, value) in [("LEVEL", "code"), ("TOKEN", "hunter2hunter2")] {
        place.set(name, value);
    }
    let run = ["run", "book.toml", "--journal", "j.md", "--var", "version=1"];
    let told = [
        "Next: phase 1 Pre-Deployment Analysis, 3 steps, 2 of them skipped",
        "CHANGES Touch it",
        "skipped Touch more: level is code, and the step is for full",
        "skipped Touch most: it needs more, which will be skipped",
    ];
    place.runs(&run).ends(4, &told);
}

#[test]
fn programs_get_the_same() {
    let place = Place::with(&base());
    let ran = place.runs(&["plan", "book.toml", "--format", "json", "--var", "version=1.2.0"]);
    let plan: Json = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &plan["format"]), (Some(0), &1.into()));
    assert_eq!(plan["variables"][0]["value"], "1.2.0");
    assert_eq!(plan["variables"][3]["value"], Json::Null);
    assert_eq!(plan["phases"][3]["steps"][1]["undo"]["how"], "by");
    assert_eq!(plan["phases"][3]["gate"]["expires_ms"], 14_400_000);
    assert_eq!(plan["phases"].as_array().unwrap().len(), 8);

    place.write("old.toml", base().replacen("at_most = 5", "at_most = 1", 1));
    let ran = place.runs(&["plan", "book.toml", "--diff", "old.toml", "--format", "json"]);
    let diff: Json = serde_json::from_str(&ran.out).unwrap();
    let change = &diff["changes"][0];
    assert_eq!(
        (ran.code, &change["risk"], &change["kind"]),
        (Some(0), &"riskier".into(), &"check-limit".into())
    );
    assert_eq!((&change["before"], &change["after"]), (&"1".into(), &"5".into()));
}

/// The document names every key of the JSON.
#[test]
fn the_shape_is_documented() {
    fn keys(json: &Json, found: &mut Vec<String>) {
        match json {
            Json::Object(fields) => {
                for (key, value) in fields {
                    found.push(key.clone());
                    keys(value, found);
                }
            }
            Json::Array(items) => items.iter().for_each(|item| keys(item, found)),
            _ => {}
        }
    }
    let place = Place::with(&base());
    place.write("old.toml", base().replacen("at_most = 5", "at_most = 1", 1));
    let mut found = Vec::new();
    for more in [&[][..], &["--diff", "old.toml"]] {
        let ran = place.runs(&[&["plan", "book.toml", "--format", "json"], more].concat());
        keys(&serde_json::from_str(&ran.out).unwrap(), &mut found);
    }
    found.sort();
    found.dedup();
    let document = file("docs/plan.md");
    let missing: Vec<_> =
        found.iter().filter(|key| !document.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/plan.md does not explain {missing:?}");
}

#[test]
fn differences_are_no_failure_and_bad_usage_is() {
    let place = Place::with(&touching());
    place.write("same.toml", format!("# Said otherwise.\n{}", touching()));
    place.write("old.toml", touching().replacen("ran-", "did-", 1));
    place.write("bad.toml", "format = 1");
    let diff = |old: &str| place.runs(&["plan", "book.toml", "--diff", old]);
    diff("same.toml").ends(0, &["Both mean the same"]);
    diff("old.toml").ends(
        0,
        &["Look at first: riskier, or nobody can tell (1 change)", "was touch", "is touch"],
    );
    place.refuses(&["plan", "book.toml", "--diff", "bad.toml"], 2, &["HP"]);
    place.refuses(&["plan", "book.toml", "--diff", "none.toml"], 2, &["there is no runbook"]);
    place.refuses(
        &["plan", "book.toml", "--diff", "old.toml", "--iam-policy"],
        2,
        &["cannot be used"],
    );
    place.refuses(&["plan", "book.toml", "--var", "version=x"], 2, &["does not match the pattern"]);
    place.refuses(&["plan", "book.toml", "--var", "nothing=x"], 2, &["no variable `nothing`"]);
}
