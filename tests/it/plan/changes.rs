//! A table of single changes of a runbook: each is found, as what it is, and in its class.

use holdpoint::plan::Risk::{self, Other, Riskier, Safer};
use holdpoint::plan::diff;
use holdpoint::runbook::{Runbook, Style};

use super::{base, read};

/// What is written instead of what, and the changes that this is.
type Row = (&'static str, &'static str, &'static [(Risk, &'static str)]);

#[rustfmt::skip] // one row, one change
const CHANGES: &[Row] = &[
    // Where it goes.
    ("environment = \"staging\"", "environment = \"production\"", &[(Riskier, "environment")]),
    ("component = \"shop\"", "component = \"cart\"", &[(Riskier, "component")]),
    ("account = \"123456789012\"\nregion = \"eu-west-1\"\nrole = \"deployer\"\nprofile = \"shop\"\nassume_role = \"arn:aws:iam::123456789012", "account = \"210987654321\"\nregion = \"eu-west-1\"\nrole = \"deployer\"\nprofile = \"shop\"\nassume_role = \"arn:aws:iam::210987654321", &[(Riskier, "account"), (Riskier, "assume-role")]),
    ("region = \"eu-west-1\"", "region = \"us-east-1\"", &[(Riskier, "region")]),
    ("role = \"deployer\"\nprofile = \"shop\"\nassume_role = \"arn:aws:iam::123456789012:role/ops/deployer\"", "role = \"admin\"\nprofile = \"shop\"\nassume_role = \"arn:aws:iam::123456789012:role/ops/admin\"", &[(Riskier, "role"), (Riskier, "assume-role")]),
    ("role = \"deployer\"\n", "", &[(Riskier, "role")]),
    ("role/ops/deployer", "role/dev/deployer", &[(Riskier, "assume-role")]),
    ("profile = \"shop\"\n", "", &[(Other, "profile")]),
    ("title = \"Deploy the shop\"", "title = \"Deploy it\"", &[(Other, "title")]),
    ("owner = \"team-shop\"\n", "", &[(Riskier, "owner")]),
    // Variables.
    ("level = \"full\"", "level = \"code\"", &[(Riskier, "variable-origin")]),
    ("host = \"shop.example.com\"", "host = \"cart.example.com\"", &[(Riskier, "variable-origin")]),
    ("level = \"full\"", "level = \"full\"\nmore = \"x\"", &[(Other, "variable-added")]),
    ("env = \"SHOP_TOKEN\", secret = true", "env = \"SHOP_TOKEN\"", &[(Riskier, "variable-secret")]),
    ("{ env = \"SHOP_TOKEN\",", "{ env = \"TOKEN\",", &[(Other, "variable-origin")]),
    ("default = \"1.2.0\", pattern = '\\d+\\.\\d+\\.\\d+'", "default = \"1.2.0\"", &[(Riskier, "variable-pattern")]),
    ("default = \"1.2.0\", ", "", &[(Other, "variable-origin")]),
    // Whom to call, what must hold first.
    ("reach = \"#shop-oncall\"", "reach = \"#cart-oncall\"", &[(Other, "contact")]),
    ("name = \"Shop on-call\"", "name = \"Nobody\"", &[(Riskier, "contact-removed"), (Safer, "contact-added")]),
    ("[[prerequisite]]\ntitle = \"It is the right account\"\naws_identity = {}\n", "", &[(Riskier, "prerequisite-removed")]),
    // Phases and gates.
    ("[phase.gate]\napprovers = 1\nexpires = \"4h\"\n", "", &[(Riskier, "gate-expires")]),
    ("expires = \"4h\"", "expires = \"8h\"", &[(Riskier, "gate-expires")]),
    ("expires = \"4h\"", "expires = \"1h\"", &[(Safer, "gate-expires")]),
    ("goal = \"Know what is deployed\"\n", "", &[(Other, "goal")]),
    ("skip = \"Nobody has to be told\"", "skip = \"Nobody is there\"", &[(Other, "phase-skipped")]),
    // Criteria.
    ("proven_by = [\"roll-out\", \"settle\"]", "attest = \"It runs\"", &[(Riskier, "criterion-attested")]),
    ("attest = \"I have looked at {{host}}, and it looks right\"", "proven_by = [\"serves\"]", &[(Safer, "criterion-checked")]),
    ("proven_by = [\"roll-out\", \"settle\"]", "proven_by = [\"settle\"]", &[(Riskier, "criterion-proof")]),
    ("proven_by = [\"roll-out\", \"settle\"]", "proven_by = [\"roll-out\", \"settle\", \"serves\"]", &[(Safer, "criterion-proof")]),
    ("criterion = \"The new version runs\"", "criterion = \"It runs\"", &[(Other, "criterion-reworded")]),
    ("[[phase.exit]]\ncriterion = \"It looks right\"\nattest = \"I have looked at {{host}}, and it looks right\"\n", "", &[(Riskier, "criterion-removed")]),
    ("and it looks right\"", "and it looks well\"", &[(Other, "attestation")]),
    // Steps.
    ("id = \"settle\"\ntitle = \"Let it settle\"\nwait = \"30s\"", "id = \"settle\"\ntitle = \"Let it settle\"\nwait = \"10s\"", &[(Riskier, "wait")]),
    ("wait = \"30s\"", "wait = \"1m\"", &[(Safer, "wait")]),
    ("[[phase.step]]\nid = \"tidy-up\"\ntitle = \"Throw the old images away\"\nrun = [\"docker\", \"image\", \"prune\", \"--force\"]\nchanges = false\non_failure = \"continue\"\n", "", &[(Riskier, "step-removed")]),
    ("[[phase.step]]\nid = \"tidy-up\"", "[[phase.step]]\nid = \"more\"\ntitle = \"More\"\nrun = [\"true\"]\n\n[[phase.step]]\nid = \"tidy-up\"", &[(Riskier, "step-added")]),
    ("[[phase.step]]\nid = \"tidy-up\"", "[[phase.step]]\nid = \"more\"\ntitle = \"More\"\ncheck.port = { address = \"a:1\" }\n\n[[phase.step]]\nid = \"tidy-up\"", &[(Safer, "step-added")]),
    ("id = \"tidy-up\"", "id = \"clean-up\"", &[(Other, "step-renamed")]),
    ("docker stop \"shop-$previous\"", "docker stop --time 1 \"shop-$previous\"", &[(Riskier, "action")]),
    ("[\"scripts/start.sh\", \"--version\", \"{{version}}\", \"--host={{ host }}\"]", "[\"scripts/start.sh\", \"--version\", \"{{version}}\"]", &[(Riskier, "action")]),
    ("[\"docker\", \"image\", \"prune\", \"--force\"]", "[\"docker\", \"image\", \"prune\"]", &[(Other, "action")]),
    ("manual = \"Write down what {{version}} changes.\"", "manual = \"Write it down.\"", &[(Riskier, "action")]),
    ("record = true\n", "", &[(Other, "record")]),
    ("on_failure = \"stop\"", "on_failure = \"ask\"", &[(Other, "on-failure")]),
    ("on_failure = \"continue\"", "on_failure = \"ask\"", &[(Safer, "on-failure")]),
    ("needs = [\"stop\"]\n", "", &[(Riskier, "needs")]),
    ("when = { level = [\"full\", \"code\"] }\n", "", &[(Riskier, "when")]),
    ("when = { level = [\"full\", \"code\"] }", "when = { level = [\"full\"] }", &[(Other, "when")]),
    ("id = \"settle\"", "id = \"settle\"\nwhen = { level = [\"full\"] }", &[(Riskier, "when")]),
    ("attempts = 3, backoff", "attempts = 5, backoff", &[(Riskier, "attempts")]),
    ("attempts = 3, backoff", "attempts = 1, backoff", &[(Safer, "attempts")]),
    ("timeout = \"20m\"", "timeout = \"30m\"", &[(Other, "timeout")]),
    ("estimate = \"10m\"", "estimate = \"15m\"", &[(Other, "estimate")]),
    ("idempotent = true\non_failure = \"stop\"", "on_failure = \"stop\"", &[(Safer, "idempotent")]),
    ("leaves_running = true\nchecks", "checks", &[(Safer, "leaves-running")]),
    ("probe.port = { address = \"{{host}}:443\" }\n", "", &[(Riskier, "probe")]),
    ("run = [\"docker\", \"image\", \"prune\", \"--force\"]\nchanges = false", "run = [\"docker\", \"image\", \"prune\", \"--force\"]", &[(Safer, "changes")]),
    ("owner = \"shop\"", "owner = \"ops\"", &[(Other, "owner")]),
    ("[\"dynamodb:UpdateTable\"]", "[\"dynamodb:UpdateTable\", \"dynamodb:DeleteTable\"]", &[(Riskier, "needs-actions")]),
    ("irreversible = \"The old columns are gone\"", "irreversible = \"They are gone\"", &[(Other, "irreversible")]),
    ("irreversible = \"The old columns are gone\"\n", "undo = { run = [\"scripts/back.sh\"] }\n", &[(Safer, "undo-added"), (Other, "irreversible")]),
    ("for = \"24h\"", "for = \"1h\"", &[(Riskier, "window")]),
    ("allow_failures = 2", "allow_failures = 1", &[(Safer, "window")]),
    ("max_gap = \"15m\", ", "", &[(Riskier, "window")]),
    ("deliverables = [\"The plan\"]\n", "", &[(Other, "deliverable")]),
    // Undos.
    ("run = [\"scripts/start.sh\", \"--version\", \"{{previous}}\"]", "run = [\"scripts/back.sh\"]", &[(Riskier, "action")]),
    ("check.port = { address = \"{{host}}:443\" }\nprobe.process", "probe.process", &[(Riskier, "check-removed")]),
    // Checks.
    ("at_most = 5", "at_most = 50", &[(Riskier, "check-limit")]),
    ("at_most = 5", "at_most = 1", &[(Safer, "check-limit")]),
    ("at_least = 12", "at_least = 1", &[(Riskier, "check-limit")]),
    ("days_left = 14", "days_left = 30", &[(Safer, "check-limit")]),
    ("within = \"2s\"", "within = \"900ms\"", &[(Safer, "check-limit")]),
    ("within = \"2s\", ", "", &[(Riskier, "check-limit")]),
    (", body_contains = \"{{version}}\"", "", &[(Riskier, "check-expectation")]),
    ("body_contains = \"{{version}}\"", "body_contains = \"ok\"", &[(Other, "check-expectation")]),
    ("status = [200, 204]", "status = [200, 204, 500]", &[(Riskier, "check-expectation")]),
    ("status = [200, 204]", "status = 200", &[(Safer, "check-expectation")]),
    ("names = [\"shop-errors\", \"shop-slow\"]", "names = [\"shop-errors\"]", &[(Riskier, "check-expectation")]),
    (", { path = \"$.clusters[0].runningTasksCount\", at_least = 2 }", "", &[(Riskier, "check-expectation")]),
    ("runningTasksCount\", at_least = 2", "runningTasksCount\", at_least = 1", &[(Riskier, "check-limit")]),
    ("url = \"https://{{host}}/version\"", "url = \"https://{{host}}/\"", &[(Riskier, "check-asks")]),
    ("open = false", "open = true", &[(Riskier, "check-asks")]),
    ("over = \"5m\", at_most", "over = \"1m\", at_most", &[(Riskier, "check-asks")]),
    ("within = \"2m\" }", "within = \"9m\" }", &[(Riskier, "check-until")]),
    ("until = { every = \"1s\", within = \"2m\" }, ", "", &[(Safer, "check-until")]),
    ("every = \"1s\", within", "every = \"9s\", within", &[(Other, "check-until")]),
    ("timeout = \"5s\"", "timeout = \"50s\"", &[(Riskier, "check-timeout")]),
    ("within = \"2m\" }, baseline = true", "within = \"2m\" }", &[(Riskier, "baseline")]),
    ("  { tests = { junit = \"reports/junit.xml\", at_least = 12 } },\n", "", &[(Riskier, "check-removed")]),
    ("  { command = { run = [\"git\", \"diff\", \"--quiet\"] } },", "  { command = { run = [\"git\", \"diff\", \"--quiet\"] } },\n  { file = { path = \"x\" } },", &[(Safer, "check-added")]),
    // The rollback and the audit.
    ("when = [\"Data is lost\", \"Customers cannot order\"]", "when = [\"Data is lost\"]", &[(Riskier, "rollback-criterion")]),
    ("title = \"The old version answers\"", "title = \"It answers\"", &[(Other, "title")]),
    ("allow = [{ code = \"HP203\", why = \"The old columns are kept in the backup\", until = 2099-01-01 }]\n", "", &[(Safer, "waiver-removed")]),
    ("id = \"settle\"", "id = \"settle\"\nallow = [{ code = \"HP204\", why = \"It settles\" }]", &[(Riskier, "waiver-added")]),
    ("until = 2099-01-01", "until = 2100-01-01", &[(Riskier, "waiver")]),
    ("kept in the backup", "kept elsewhere", &[(Other, "waiver")]),
    ("HP601 = \"error\"", "HP601 = \"off\"", &[(Riskier, "audit-level")]),
];

#[test]
fn each_change_of_meaning_is_found_in_its_class() {
    let text = base();
    let book = read(&text);
    let mut wrong = Vec::new();
    for (from, to, wanted) in CHANGES {
        let count = text.matches(from).count();
        let mutated = Runbook::parse("plan.toml", &text.replacen(from, to, 1));
        let found = match (count, &mutated) {
            (1, Ok(new)) => diff(&book, new),
            (_, Err(problems)) => {
                wrong.push(format!("`{to}`: {}", problems.show(Style::Plain)));
                continue;
            }
            (count, Ok(_)) => {
                wrong.push(format!("`{from}` stands in the runbook {count} times, wanted once"));
                continue;
            }
        };
        let kinds: Vec<_> = found.changes.iter().map(|one| (one.risk, one.kind)).collect();
        if kinds != *wanted {
            wrong.push(format!("`{from}` → `{to}`: wanted {wanted:?}, found {:#?}", found.changes));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(CHANGES.len() >= 90, "{} changes are tried", CHANGES.len());
}

#[test]
fn an_undo_that_goes_and_a_step_that_moves_are_found() {
    let text = base();
    let book = read(&text);
    let (before, rest) = text.split_once("[phase.step.undo]").unwrap();
    let (_, after) = rest.split_once("[[phase.step]]").unwrap();
    let without = read(&format!("{before}[[phase.step]]{after}"));
    let kinds = |found: holdpoint::plan::Diff| -> Vec<(Risk, &str)> {
        found.changes.iter().map(|one| (one.risk, one.kind)).collect()
    };
    assert_eq!(kinds(diff(&book, &without)), [(Riskier, "undo-removed")]);
    assert_eq!(kinds(diff(&without, &book)), [(Safer, "undo-added")]);

    let settle = "[[phase.step]]\nid = \"settle\"\ntitle = \"Let it settle\"\nwait = \"30s\"\n\n";
    let first = "[[phase.step]]\nid = \"stop\"";
    assert_eq!((text.matches(settle).count(), text.matches(first).count()), (1, 1));
    let moved = text.replacen(settle, "", 1).replacen(first, &format!("{settle}{first}"), 1);
    assert_eq!(kinds(diff(&book, &read(&moved))), [(Riskier, "step-moved")]);
}

/// Pairs of texts that mean the same.
#[rustfmt::skip] // one row, one pair
const SAME: &[(&str, &str)] = &[
    ("format = 1", "# Why this is here.\nformat = 1 # and that"),
    ("id = \"shop\"\ntitle = \"Deploy the shop\"", "title = 'Deploy the shop'\nid = 'shop'"),
    ("wait = \"30s\"", "wait = \"0m 30s\""),
    ("wait = \"30s\"", "wait = \"30000ms\""),
    ("--host={{ host }}", "--host={{host}}"),
    ("status = [200, 204]", "status = [204, 200]"),
    ("[\"full\", \"code\"]", "[\"code\", \"full\"]"),
    ("previous = { value = \"1.1.0\", pattern = '\\d+\\.\\d+\\.\\d+' }\nhost = \"shop.example.com\"\n", "host = { value = \"shop.example.com\" }\nprevious = { pattern = '\\d+\\.\\d+\\.\\d+', value = \"1.1.0\" }\n"),
    ("approvers = 1\n", ""),
    ("idempotent = true\non_failure = \"stop\"", "timeout = \"10m\"\nidempotent = true\non_failure = \"stop\""),
    ("set -eu\ndocker stop", "# Gently.\nset -eu\n\n  docker stop"),
    ("{ code = \"HP203\", why = \"The old columns are kept in the backup\", until = 2099-01-01 }", "{ until = \"2099-01-01\", why = \"The old columns are kept in the backup\", code = \"HP203\" }"),
];

#[test]
fn what_is_only_written_otherwise_is_no_change() {
    let text = base();
    let book = read(&text);
    for (from, to) in SAME {
        assert_eq!(text.matches(from).count(), 1, "`{from}` must stand in the runbook once");
        let found = diff(&book, &read(&text.replacen(from, to, 1)));
        assert!(found.changes.is_empty(), "`{from}` → `{to}`: {:#?}", found.changes);
    }
}

#[test]
fn a_blank_that_means_something_is_a_change() {
    let text = base();
    let book = read(&text);
    for to in [
        "docker stop \"shop- $previous\"",
        "docker stop \"shop-\"$previous",
        "docker stop \"shop-$previous\" &",
    ] {
        let found = diff(&book, &read(&text.replacen("docker stop \"shop-$previous\"", to, 1)));
        assert_eq!(found.changes.len(), 1, "{to}");
    }
}
