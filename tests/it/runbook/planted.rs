//! Errors planted one at a time into a good runbook: each is found, alone, where it stands.

use holdpoint::runbook::Runbook;

use super::document;

/// What is replaced, by what, the code, and the text that must be underlined.
const PLANTED: &[(&str, &str, &str, &str)] = &[
    ("format = 1", "format = 2", "HP009", "2"),
    ("format = 1", "", "HP011", ""),
    ("format = 1", "format = \"1\"", "HP012", "\"1\""),
    ("[runbook]", "[runbok]", "HP011 HP010", ""),
    ("component = \"shop\"", "component = \"Shop\"", "HP016", "\"Shop\""),
    ("title = \"Deploy the shop\"", "title = \"\"", "HP014", "\"\""),
    ("title = \"Deploy the shop\"", "title = \"a\\u001bb\"", "HP019", "\"a\\u001bb\""),
    ("[vars]", "[vars]\nVersion = \"1\"", "HP018", "Version"),
    ("[vars]", "[vars]\nno_proxy = \"1\"", "HP018", "no_proxy"),
    ("level = \"full\"", "level = 3", "HP012", "3"),
    ("level = \"full\"", "level = { }", "HP071", "level"),
    ("level = \"full\"", "level = { value = \"full\", default = \"x\" }", "HP049", "\"x\""),
    ("level = \"full\"", "level = { secret = true }", "HP071", "level"),
    ("level = \"full\"", "level = \"{{version}}\"", "HP023", "{{version}}"),
    ("secret = true", "secret = true, default = \"x\"", "HP049 HP073", "\"x\""),
    ("pattern = '\\d+", "pattern = '[\\d+", "HP020", "'[\\d+\\.\\d+\\.\\d+'"),
    ("escalate_after = \"15m\"", "escalate_after = \"0s\"", "HP017", "\"0s\""),
    ("reach = \"#shop-oncall\"", "raech = \"#shop-oncall\"", "HP011 HP010", "[[contact]]"),
    (
        "port = { address = \"registry.example.com:443\"",
        "prt = { address = \"registry.example.com:443\"",
        "HP010",
        "prt",
    ),
    ("address = \"registry.example.com:443\"", "address = 443", "HP012", "443"),
    ("address = \"registry", "adress = \"registry", "HP011 HP010", ""),
    ("port = { address = \"registry.example.com:443\" }", "port = { address = \"\" }", "HP048", ""),
    (
        "check.port = {",
        "check.http = { url = \"https://a\", status = 2000 }\nx.port = {",
        "HP015 HP010",
        "2000",
    ),
    (
        "check.port = {",
        "check.http = { url = \"https://a\", status = [200, \"x\"] }\nx.port = {",
        "HP012 HP010",
        "\"x\"",
    ),
    (
        "check.port = {",
        "check.http = { url = \"https://a\", body_matches = \"(\" }\nx.port = {",
        "HP020 HP010",
        "\"(\"",
    ),
    (
        "name = \"Validation & Testing\"",
        "name = \"Validation and Testing\"",
        "HP031",
        "\"Validation and Testing\"",
    ),
    ("id = \"scope\"", "id = \"stop\"", "HP056 HP040", ""),
    ("needs = [\"stop\"]", "needs = [\"roll-out\"]", "HP043", "\"roll-out\""),
    ("needs = [\"stop\"]", "needs = [\"settle\"]", "HP043", "\"settle\""),
    ("needs = [\"stop\"]", "needs = [\"old-answers\"]", "HP043", "\"old-answers\""),
    ("needs = [\"stop\"]", "needs = [\"prerequisite.3\"]", "HP042", "\"prerequisite.3\""),
    ("proven_by = [\"scope\"]", "proven_by = [\"roll-out\"]", "HP057", "\"roll-out\""),
    ("proven_by = [\"scope\"]", "proven_by = [\"old-answers\"]", "HP057", "\"old-answers\""),
    ("proven_by = [\"scope\"]", "proven_by = []", "HP014", "[]"),
    (
        "proven_by = [\"scope\"]",
        "proven_by = [\"scope\"]\nattest = \"yes\"",
        "HP055",
        "\"It is known what is deployed\"",
    ),
    ("attempts = 3", "attempts = 101", "HP015", "101"),
    ("attempts = 3", "attempts = 99999999999999999999", "HP015", "99999999999999999999"),
    ("{{version}}", "{{ver sion}}", "HP022", "{{ver sion}}"),
    ("{{version}}", "{{verson}}", "HP070", "{{verson}}"),
    ("{{host}}", "{{hots}}", "HP070", "{{hots}}"),
    ("level = [\"full\", \"code\"]", "levle = [\"full\"]", "HP070", "levle"),
    ("level = [\"full\", \"code\"]", "level = [\"full\"], host = [\"a\"]", "HP015", ""),
    ("level = [\"full\", \"code\"]", "level = []", "HP014", "[]"),
    ("leaves_running = true", "record = true", "HP049", "true"),
    ("account = \"123456789012\"", "account = \"12345678901\"", "HP080", "\"12345678901\""),
    ("account = \"123456789012\"", "account = \"12345678901２\"", "HP080", ""),
    ("account = \"123456789012\"", "account = 123456789012", "HP012", "123456789012"),
    ("account = \"123456789012\"", "account = \"{{host}}\"", "HP023", "{{host}}"),
    ("account = \"123456789012\"\n", "", "HP011", ""),
    ("account = \"123456789012\"", "account = \"210987654321\"", "HP084", "\"210987654321\""),
    ("region = \"eu-west-1\"", "region = \"eu-west\"", "HP081", "\"eu-west\""),
    ("region = \"eu-west-1\"", "region = \"eu-west-1\\n\"", "HP081", "\"eu-west-1\\n\""),
    ("role = \"deployer\"", "role = \"ops/deployer\"", "HP082", "\"ops/deployer\""),
    ("role = \"deployer\"", "role = \"\"", "HP082", "\"\""),
    ("role = \"deployer\"", "role = \"reader\"", "HP084", "\"reader\""),
    ("profile = \"shop\"", "profile = \"\"", "HP014", "\"\""),
    (":role/ops/", ":user/ops/", "HP083", ""),
    ("iam::123456789012:role", "iam::210987654321:role", "HP084", "\"123456789012\""),
    ("[aws]", "[asw]", "HP010", "asw"),
    ("wait = \"30s\"", "wait = \"0s\"", "HP017", "\"0s\""),
    ("wait = \"30s\"", "wait = \"30s\"\nidempotent = true", "HP049", "true"),
    ("wait = \"30s\"", "wait = \"30s\"\nchanges = true", "HP049", "true"),
    ("wait = \"30s\"", "wait = \"30s\"\nundo = { shell = \"x\" }", "HP049", "{ shell = \"x\" }"),
    ("wait = \"30s\"", "wait = \"30s\"\nprobe.port = { address = \"a:1\" }", "HP049", "probe"),
    ("every = \"1s\"", "every = \"3m\"", "HP050", ""),
    ("every = \"1s\"", "every = \"0s\"", "HP017", "\"0s\""),
    ("every = \"1s\", ", "", "HP011", ""),
    ("approvers = 1", "approvers = 2", "HP094", "2"),
    ("approvers = 1", "approvers = 0", "HP015", "0"),
    ("skip = \"Nobody has to be told\"", "skip = \"\"", "HP014", "\"\""),
    ("skip = \"Nobody has to be told\"", "", "HP034", "\"Post-Deployment\""),
    ("docker stop", "docker stop {{host}}", "HP051", "{{host}}"),
    ("[[rollback.step]]", "[[rollback.steps]]", "HP010", "steps"),
    ("when = [\"Data", "when = [\"\", \"Data", "HP014", "\"\""),
    ("section = \"Deployment Plan\"", "section = \"Key Learnings\"", "HP013", "\"Key Learnings\""),
    (
        "section = \"Deployment Plan\"",
        "section = \"Deployment Plan\"\nsection = \"x\"",
        "HP005",
        "section",
    ),
    ("section = \"Deployment Plan\"", "section = ", "HP005", ""),
];

#[test]
fn each_planted_error_is_found_where_it_stands() {
    plant(PLANTED);
}

/// Plants each error of a table alone into the good runbook.
pub fn plant(table: &[(&str, &str, &str, &str)]) {
    let good = document("tests/cases/problems/none.toml");
    let mut wrong = Vec::new();
    for (from, to, codes, underlined) in table {
        assert!(good.contains(from), "nothing to replace: {from}");
        let bad = good.replacen(from, to, 1);
        let found = Runbook::parse("runbook.toml", &bad).map(drop).unwrap_err();
        let list = found.list.iter().map(|problem| problem.code.id()).collect::<Vec<_>>().join(" ");
        let place = &found.sheet.text[found.list[0].labels[0].span.clone()];
        if list != *codes || (!underlined.is_empty() && place != *underlined) {
            wrong.push(format!(
                "{from} -> {to}: wanted {codes} at {underlined}, found {list} at {place}\n{}",
                found.show(holdpoint::runbook::Style::Plain)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn many_errors_are_found_at_once() {
    let mut bad = document("tests/cases/problems/none.toml");
    let several = [
        ("format = 1", "format = 2"),
        ("component = \"shop\"", "component = \"Shop\""),
        ("proven_by = [\"scope\"]", "proven_by = [\"scoop\"]"),
        ("attempts = 3", "attempts = 0"),
        ("{{version}}", "{{verson}}"),
        ("leaves_running = true", "leaves_runing = true"),
        ("wait = \"30s\"", "wait = \"30 s\""),
    ];
    for (from, to) in several {
        bad = bad.replacen(from, to, 1);
    }
    let codes = super::codes(&bad);
    assert_eq!(codes, ["HP009", "HP016", "HP070", "HP056", "HP015", "HP010", "HP017"]);
}
