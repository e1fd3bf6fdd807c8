//! `audit --live` as a person meets it: what is told and in which order, what stops, and that
//! nothing at all is changed: no file, no lock, nothing in AWS.

use holdpoint::host::lock::{Holder, Lock};
use holdpoint::runbook::Phase;
use holdpoint::value::{Moment, Person};
use serde_json::{Value as Json, json};

use crate::aws_kit::{self, Answer, Front, in_ministack};
use crate::sitting_kit::{Place, Ran};

/// A whole runbook: what stands before its phases, then the phases with these steps, by number.
fn book(before: &str, filled: &[(usize, &str)]) -> String {
    let mut text = format!(
        "format = 1\n[runbook]\nid = \"whole\"\ntitle = \"A rehearsal\"\nenvironment = \"stage\"\n\
         component = \"api\"\nowner = \"us\"\n{before}\n"
    );
    for phase in Phase::ALL {
        let steps = filled.iter().find(|(number, _)| *number == phase.number());
        let name = phase.name();
        text.push_str(&match steps {
            Some((_, steps)) => format!(
                "[[phase]]\nname = \"{name}\"\n{steps}\n[[phase.exit]]\n\
                 criterion = \"Number {0} is over\"\nattest = \"It is\"\n",
                phase.number()
            ),
            None => format!("[[phase]]\nname = \"{name}\"\nskip = \"not here\"\n"),
        });
    }
    text
}

fn step(id: &str, lines: &str) -> String {
    format!("[[phase.step]]\nid = \"{id}\"\ntitle = \"Step {id}\"\n{lines}\n")
}

/// Asks live, and nothing may be other afterwards than it was before.
fn live(place: &Place, more: &[&str]) -> Ran {
    let before = (place.everything(), state(place));
    let arguments = [&["audit", "--live", "book.toml", "--no-input"], more].concat();
    let ran = place.runs(&arguments);
    assert_eq!(before, (place.everything(), state(place)), "it changed something");
    ran
}

/// Every path below the folder of states.
fn state(place: &Place) -> Vec<std::path::PathBuf> {
    let mut found = vec![place.path("state")];
    let mut at = 0;
    while let Some(folder) = found.get(at).cloned() {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        found.extend(entries.map(|entry| entry.unwrap().path()));
        at += 1;
    }
    found.sort();
    found
}

/// The live part for programs, and each row of it by its name.
fn rows(place: &Place, code: i32, more: &[&str]) -> (Json, Vec<Json>) {
    let ran = live(place, &[&["--format", "json"], more].concat());
    ran.ends(code, &[]);
    let told: Json = serde_json::from_str(&ran.out).unwrap();
    let rows = told["live"]["rows"].as_array().unwrap().clone();
    (told, rows)
}

fn row<'a>(rows: &'a [Json], name: &str) -> &'a Json {
    let found = rows.iter().find(|row| row["name"].as_str().unwrap().contains(name));
    found.unwrap_or_else(|| panic!("no row {name} in {rows:#?}"))
}

fn stops(out: &str) -> Vec<String> {
    let joined = out.replace("\n", " ");
    let parts = joined.split("This would stop you ").skip(1);
    parts.map(|part| part.split(": ").take(2).collect::<Vec<_>>().join(": ")).collect()
}

#[test]
fn what_would_stop_is_told_in_the_order_of_the_phases_and_nothing_is_changed() {
    let before = "[vars]\ntoken = { env = \"NOT_SET_HERE\", secret = true }\nwhere = { prompt = \"Where?\" }\n\
                  [[prerequisite]]\ntitle = \"It is ready\"\nfile = { path = \"ready\" }";
    let first = [
        step("early", "check.file = { path = \"missing\" }"),
        step("open", "check.file = { path = \"{{where}}\" }"),
        step("here", "check.file = { path = \"book.toml\" }"),
        step("note", "manual = \"Write it down\"\nrecord = true\nchanges = false"),
        step("still-early", "check.file = { path = \"missing-too\" }"),
    ]
    .concat();
    let fourth = [
        step("act", "run = [\"touch\", \"made\"]\nundo.run = [\"rm\", \"made\"]\nprobe.file = { path = \"made\" }\ncheck.file = { path = \"made\" }"),
        step("odd", "run = [\"no-such-program-here\"]\nirreversible = \"why not\""),
        step("script", "run = [\"./deploy.sh\"]\nirreversible = \"why not\""),
        step("shell", "shell = '''\nset -eu\nneither-this \"$where\"\ncommand -v neither-that || echo none\n'''\nirreversible = \"why not\""),
    ]
    .concat();
    let sixth = step("late", "check.file = { path = \"alarms\" }");
    let place = Place::with(&book(before, &[(1, &first), (4, &fourth), (6, &sixth)]));
    place.write("deploy.sh", "#!/bin/sh\n");
    let ran = live(&place, &[]);
    ran.ends(3, &["not yet Step act (after the change)", "cannot tell Step open"]);
    let told = stops(&ran.out);
    let wanted = [
        "before phase 1: token",
        "before phase 1: It is ready",
        "in phase 1: Step early",
        "in phase 1: Step still-early",
        "in phase 4: no-such-program-here",
        "in phase 4: neither-this",
    ];
    assert_eq!(told, wanted, "{}", ran.out);

    let (whole, rows) = rows(&place, 3, &["--var", "where=book.toml"]);
    assert_eq!(whole["live"]["stops"], true);
    let early = row(&rows, "Step early");
    assert_eq!((&early["result"], &early["stops"]), (&json!("would-fail"), &json!(true)));
    assert_eq!(row(&rows, "Step open")["result"], "would-pass");
    let late = row(&rows, "Step late");
    assert_eq!(
        (&late["at"], &late["after_the_change"], &late["stops"]),
        (&json!(6), &json!(true), &json!(false))
    );
    assert_eq!(row(&rows, "./deploy.sh")["after_the_change"], true);
    assert_eq!(row(&rows, "a rollback was gone through")["at"], "rollback");
    assert!(!place.path("made").exists() && !place.path("state").exists());
}

#[test]
fn where_nothing_stops_it_says_so_and_counts_what_it_cannot_tell() {
    let lines = "docs = [\"http://127.0.0.1:1/page\"]\ncheck.file = { path = \"book.toml\" }";
    let place = Place::with(&book("", &[(1, &step("docs", lines))]));
    let (whole, rows) = rows(&place, 0, &[]);
    assert_eq!(whole["live"]["counts"]["cannot_tell"], 1, "{whole:#}");
    assert_eq!(row(&rows, "http://127.0.0.1:1/page")["result"], "cannot-tell");
    live(&place, &[]).ends(0, &["1 cannot be told", "Nothing found that would stop you."]);
}

#[test]
fn bad_usage_is_told() {
    let place = Place::with(&book("", &[(1, &step("a", "check.file = { path = \"b\" }"))]));
    for (more, parts) in [
        (&["--format", "sarif"][..], ["--format json"]),
        (&["other.toml"], ["takes one runbook"]),
        (&["--fix"], ["cannot be used with"]),
        (&["--var", "x=1"], ["no variable `x`"]),
        (&["--for", "soon"], ["soon"]),
    ] {
        live(&place, more).ends(2, &parts);
    }
    place.refuses(&["audit", "book.toml", "--var", "x=1"], 2, &["--live"]);
}

#[test]
fn a_target_that_is_taken_and_a_session_that_was_never_ended_stop() {
    let text = book("", &[(1, &step("a", "check.file = { path = \"book.toml\" }"))]);
    let place = Place::with(&text);
    let (_, free) = rows(&place, 0, &[]);
    assert_eq!(row(&free, "the target is free")["result"], "would-pass");
    place.runs(&["run", "book.toml"]).ends(4, &[]);
    let state = place.path("state/holdpoint");
    let name = |text: &str| text.parse().unwrap();
    let path = Lock::of_target(&state, &name("stage"), &name("api"));
    let holder = Holder {
        pid: std::process::id(),
        by: Person { user: "ada".into(), host: "there".into() },
        since: Moment::from_millis(0),
        journal: "j.md".into(),
    };
    let _held = Lock::take(&path, &holder).unwrap();
    let (_, taken) = rows(&place, 3, &[]);
    assert_eq!(row(&taken, "the target is free")["stops"], true);
    assert!(row(&taken, "the target is free")["says"].as_str().unwrap().contains("ada@there"));
    assert_eq!(row(&taken, "earlier sessions")["stops"], true);
}

const TO_AWS: &str = r#"
[[phase.step]]
id = "look"
title = "The cluster is active"
check.aws_api = { service = "ecs", operation = "DescribeClusters", input = { clusters = ["c"] }, expect = [{ path = "$.clusters[0].status", equals = "ACTIVE" }] }
[[phase.step]]
id = "act"
title = "Roll it out"
run = ["true"]
irreversible = "why not"
needs_actions = ["ecs:UpdateService", "ecs:RegisterTaskDefinition", "s3:PutObject"]
[[phase.exit]]
criterion = "It was seen"
proven_by = ["look"]
"#;

fn identity(account: &str) -> Json {
    let arn = format!("arn:aws:sts::{account}:assumed-role/deployer/ada");
    json!({ "Account": account, "UserId": "AROAEXAMPLE:ada", "Arn": arn })
}

fn decisions(of: &[(&str, &str)]) -> Answer {
    let one = |(action, decision): &(&str, &str)| json!({ "EvalActionName": action, "EvalResourceName": "*", "EvalDecision": decision });
    let results: Json = of.iter().map(one).collect();
    Answer::Said(json!({ "EvaluationResults": results, "IsTruncated": false }))
}

fn to_aws(front: &Front, key: &str, account: &str) -> Place {
    let text = crate::aws::head(account) + &crate::aws::phases(TO_AWS);
    crate::aws::place(&front.url(), key, &text)
}

/// Every call so far only looks.
#[track_caller]
fn only_looks(front: &Front) {
    let looks = ["Get", "Describe", "List", "Simulate", "Head"];
    let changes = |call: &String| {
        let operation = call.split_once(':').unwrap().1;
        !looks.iter().any(|verb| operation.starts_with(verb))
    };
    let calls = front.calls();
    assert_eq!(calls.iter().filter(|call| changes(call)).count(), 0, "{calls:?}");
    assert!(!calls.is_empty());
}

#[test]
fn what_iam_denies_stops_in_the_phase_that_needs_it() {
    let account = aws_kit::ACCOUNT;
    let front = Front::alone(|heard| match heard.operation().as_str() {
        "DescribeClusters" => {
            Answer::Said(json!({ "clusters": [{ "status": "ACTIVE" }], "failures": [] }))
        }
        "GetRole" => Answer::Said(json!({ "Role": {
            "Arn": format!("arn:aws:iam::{}:role/teams/deployer", aws_kit::ACCOUNT),
            "RoleName": "deployer", "Path": "/teams/", "RoleId": "R",
        } })),
        "SimulatePrincipalPolicy" => {
            assert!(heard.text().contains("role%2Fteams%2Fdeployer"), "{}", heard.text());
            decisions(&[
                ("ecs:DescribeClusters", "allowed"),
                ("ecs:UpdateService", "explicitDeny"),
                ("ecs:RegisterTaskDefinition", "allowed"),
                ("s3:PutObject", "implicitDeny"),
            ])
        }
        _ => Answer::Said(identity(aws_kit::ACCOUNT)),
    });
    let place = to_aws(&front, "auditor", account);
    let (whole, told) = rows(&place, 3, &[]);
    let denied = row(&told, "ecs:UpdateService");
    assert_eq!((&denied["at"], &denied["stops"]), (&json!(1), &json!(true)), "{whole:#}");
    assert_eq!(row(&told, "ecs:RegisterTaskDefinition")["result"], "would-pass");
    // It may be allowed on certain buckets.
    assert_eq!(row(&told, "s3:PutObject")["result"], "cannot-tell");
    assert_eq!(row(&told, "The cluster is active")["result"], "would-pass");
    assert_eq!(row(&told, "they last as long")["says"], "they have no end");
    only_looks(&front);

    front.answers(|heard| match heard.operation().as_str() {
        "SimulatePrincipalPolicy" => Answer::refused(403, "AccessDenied", "not authorized"),
        "DescribeClusters" => Answer::Said(json!({ "clusters": [{ "status": "ACTIVE" }] })),
        "GetRole" => Answer::refused(403, "AccessDenied", "not authorized"),
        _ => Answer::Said(identity(aws_kit::ACCOUNT)),
    });
    let (whole, told) = rows(&place, 0, &[]);
    let simulation = row(&told, "by simulation");
    assert_eq!(simulation["result"], "cannot-tell", "{whole:#}");
    assert!(simulation["says"].as_str().unwrap().contains("nothing can be simulated"));

    front.answers(|_| Answer::Said(identity("999999999999")));
    let before = front.calls().len();
    let (_, told) = rows(&place, 3, &[]);
    assert_eq!(row(&told, "who asks AWS")["stops"], true);
    // Nothing else is asked of another account.
    let calls = &front.calls()[before..];
    assert!(calls.iter().all(|call| call == "sts:GetCallerIdentity"), "{calls:?}");
}

/// ministack simulates by the policies that it has.
#[test]
fn against_a_server_with_policies_every_call_only_looks() {
    let account = "200000000041";
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecs:*"],"Resource":"*"},{"Effect":"Deny","Action":["s3:*"],"Resource":"*"}]}"#;
    let trust = r#"{"Version":"2012-10-17","Statement":[]}"#;
    in_ministack(account).all(&[
        ("iam", "CreateRole", json!({ "RoleName": "deployer", "AssumeRolePolicyDocument": trust })),
        (
            "iam",
            "PutRolePolicy",
            json!({ "RoleName": "deployer", "PolicyName": "p", "PolicyDocument": policy }),
        ),
        ("ecs", "CreateCluster", json!({ "clusterName": "c" })),
    ]);
    let front = Front::of(aws_kit::ministack());
    front.answers(|heard| match heard.operation().as_str() {
        "GetCallerIdentity" => Answer::Said(identity("200000000041")),
        _ => Answer::Real,
    });
    let place = to_aws(&front, account, account);
    let (whole, told) = rows(&place, 3, &["--for", "2h"]);
    assert_eq!(row(&told, "ecs:UpdateService")["result"], "would-pass", "{whole:#}");
    assert_eq!(row(&told, "s3:PutObject")["stops"], true, "{whole:#}");
    assert_eq!(row(&told, "The cluster is active")["result"], "would-pass", "{whole:#}");
    only_looks(&front);
    assert!(front.calls().contains(&"iam:SimulatePrincipalPolicy".to_owned()));
}

#[test]
fn no_secret_is_told() {
    let secret = "correct-horse-battery-staple";
    let before = "[vars]\ntoken = { env = \"A_TOKEN\", secret = true, pattern = '\\d+' }\nother = { env = \"ANOTHER\", secret = true }";
    let steps = [
        step("a", "check.command = { run = [\"echo\", \"{{other}}\"], stdout_contains = \"x\" }"),
        step("b", "run = [\"{{other}}\", \"{{token}}\"]\nirreversible = \"why\""),
    ]
    .concat();
    let mut place = Place::with(&book(before, &[(1, &steps)]));
    place.set("A_TOKEN", secret);
    place.set("ANOTHER", secret);
    for more in [&[][..], &["--format", "json"]] {
        let ran = live(&place, more);
        ran.ends(3, &[]);
        assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{}", ran.out);
    }
}
