//! What a runbook says of bad days: undos, windows that are observed, what happens when a step
//! fails, and the baseline.

use holdpoint::check::Check;
use holdpoint::runbook::{Action, OnFailure, Runbook, Step, Window};
use holdpoint::value::Span;

use super::document;
use super::planted::plant;

fn full() -> String {
    document("tests/cases/problems/none.toml")
}

fn read(text: &str) -> Runbook {
    Runbook::parse("full", text).unwrap()
}

fn step(book: &Runbook, id: &str) -> Step {
    book.step(&id.parse().unwrap()).unwrap_or_else(|| panic!("no step {id}")).clone()
}

/// What is replaced, by what, the code, and the text that must be underlined.
const UNDOS: &[(&str, &str, &str, &str)] = &[
    ("[phase.step.undo]", "[phase.step.undo]\nshell = \"x\"", "HP045", "\"x\""),
    ("[phase.step.undo]", "[phase.step.undo]\nmanual = \"x\"", "HP045", "\"x\""),
    ("[phase.step.undo]", "[phase.step.undo]\nwait = \"1s\"", "HP010", "wait"),
    ("[phase.step.undo]", "[phase.step.undo]\nundo = { shell = \"x\" }", "HP010", "undo"),
    ("[phase.step.undo]", "[phase.step.undo]\nchanges = false", "HP010", "changes"),
    ("[phase.step.undo]", "[phase.step.undo]\non_failure = \"stop\"", "HP010", "on_failure"),
    ("[phase.step.undo]\nrun =", "[phase.step.undo]\nrnu =", "HP010", "rnu"),
    ("estimate = \"5m\"\n", "estimate = \"5m\"\nrecord = true\n", "HP010", "record"),
    ("probe.process = {", "probe.prcess = {", "HP010", "prcess"),
    ("name = \"shop-{{previous}}\"", "name = \"shop-{{prevous}}\"", "HP070", "{{prevous}}"),
    ("timeout = \"15m\"", "timeout = \"0s\"", "HP017", "\"0s\""),
    (
        "undo]
run = [",
        "undo]
checks = [{ port = { address = \"a:1\" } }]
run = [",
        "HP046",
        "",
    ),
    ("on_failure = \"stop\"", "undo = {}", "HP044", "{}"),
    (
        "on_failure = \"stop\"",
        "undo = { check.port = { address = \"a:1\" } }",
        "HP044",
        "{ check.port = { address = \"a:1\" } }",
    ),
    ("on_failure = \"stop\"", "undo = { manual = \"x\", idempotent = true }", "HP049", "true"),
    ("on_failure = \"continue\"", "undo = { shell = \"x\" }", "HP065", "{ shell = \"x\" }"),
    ("on_failure = \"ask\"", "undo = { shell = \"x\" }", "HP049 HP049", ""),
    ("on_failure = \"ask\"", "changes = true", "HP049 HP049", "true"),
];

const WINDOWS: &[(&str, &str, &str, &str)] = &[
    ("for = \"24h\", every", "every", "HP011", ""),
    ("every = \"5m\", max_gap", "max_gap", "HP011", ""),
    ("for = \"24h\"", "fro = \"24h\"", "HP011 HP010", ""),
    ("for = \"24h\"", "for = \"4m\"", "HP061 HP063", "\"5m\""),
    ("for = \"24h\"", "for = 24", "HP012", "24"),
    ("max_gap = \"15m\"", "max_gap = \"5m\"", "HP062", "\"5m\""),
    ("max_gap = \"15m\"", "max_gap = \"1m\"", "HP062", "\"1m\""),
    ("max_gap = \"15m\"", "max_gap = \"0s\"", "HP017", "\"0s\""),
    ("allow_failures = 2", "allow_failures = 289", "HP063", "289"),
    ("allow_failures = 2", "allow_failures = -1", "HP015", "-1"),
    ("for = \"24h\", every = \"5m\"", "for = \"9999001ms\", every = \"1s\"", "HP064", "\"1s\""),
    ("for = \"24h\", every = \"5m\"", "for = \"366d\", every = \"1ms\"", "HP064", "\"1ms\""),
    ("observe = {", "retry = { attempts = 2 }\nobserve = {", "HP049", "{ attempts = 2 }"),
    ("observe = {", "timeout = \"1m\"\nobserve = {", "HP049", "\"1m\""),
    ("observe = {", "idempotent = true\nobserve = {", "HP049", "true"),
    ("observe = {", "leaves_running = true\nobserve = {", "HP049", "true"),
    ("observe = {", "changes = false\nobserve = {", "HP049", "false"),
    ("observe = {", "record = true\nobserve = {", "HP049", "true"),
    ("observe = {", "undo = { shell = \"x\" }\nobserve = {", "HP049", "{ shell = \"x\" }"),
    ("observe = {", "probe.port = { address = \"a:1\" }\nobserve = {", "HP049", "probe"),
    ("observe = {", "shell = \"x\"\nobserve = {", "HP045", ""),
    (
        "allow_failures = 2 }\ncheck = {",
        "allow_failures = 2 }\ncheck = { until = { every = \"1s\", within = \"1m\" },",
        "HP049",
        "",
    ),
    ("allow_failures = 2 }\ncheck = {", "allow_failures = 2 }\nchcek = {", "HP010", "chcek"),
    (
        "check = { port = { address = \"{{host}}:443\" } }\n\n[[phase.exit]]",
        "[[phase.exit]]",
        "HP060",
        "\"watch\"",
    ),
];

const POLICIES: &[(&str, &str, &str, &str)] = &[
    ("on_failure = \"rollback\"", "on_failure = \"rolback\"", "HP013", "\"rolback\""),
    ("on_failure = \"rollback\"", "on_failure = true", "HP012", "true"),
    ("on_failure = \"rollback\"", "on_failure = \"continue\"", "HP066", "\"roll-out\""),
    ("on_failure = \"ask\"", "on_failure = \"rollback\"", "HP067", "\"rollback\""),
    (
        "port = { address = \"registry",
        "baseline = true\nport = { address = \"registry",
        "HP049",
        "",
    ),
    (
        "probe.port =",
        "probe.baseline = true
probe.port =",
        "HP049",
        "",
    ),
    ("probe.process = { name", "probe.baseline = false\nprobe.process = { name", "HP049", ""),
    (
        "check.port = { address = \"{{host}}:443\" }\nprobe",
        "check = { baseline = true, port = { address = \"{{host}}:443\" } }\nprobe",
        "HP049",
        "",
    ),
    ("on_failure = \"ask\"", "check.baseline = true", "HP049", ""),
    ("on_failure = \"rollback\"", "baseline = true", "HP010", "baseline"),
    ("{ title = \"Nothing", "{ baseline = \"yes\", title = \"Nothing", "HP012", "\"yes\""),
    ("id = \"watch\"", "id = \"undo.watch\"", "HP041", "\"undo.watch\""),
    ("id = \"watch\"", "id = \"before.watch\"", "HP041", "\"before.watch\""),
    ("id = \"watch\"", "id = \"after.watch\"", "HP041", "\"after.watch\""),
    ("needs = [\"stop\"]", "needs = [\"undo.roll-out\"]", "HP042", "\"undo.roll-out\""),
];

#[test]
fn each_error_in_an_undo_is_found() {
    plant(UNDOS);
}

#[test]
fn each_error_in_a_window_is_found() {
    plant(WINDOWS);
}

#[test]
fn each_error_in_what_happens_on_failure_and_in_the_baseline_is_found() {
    plant(POLICIES);
}

#[test]
fn messages_have_the_numbers() {
    for (from, to, message, help) in [
        (
            "for = \"24h\"",
            "for = \"4m\"",
            "a window of 4m is over before its second sample, which comes after 5m",
            "make `every` shorter or `for` longer",
        ),
        (
            "max_gap = \"15m\"",
            "max_gap = \"2m\"",
            "samples are at least 5m apart, and a gap of more than 2m begins the window anew",
            "make `max_gap` at least twice `every`, or leave it out",
        ),
        (
            "allow_failures = 2",
            "allow_failures = 300",
            "300 samples may fail, and the window has only 289: it could never fail",
            "allow at most 288",
        ),
        (
            "for = \"24h\", every = \"5m\"",
            "for = \"366d\", every = \"1ms\"",
            "366d with a sample every 1ms makes 31622400001 samples, and 10000 is the most",
            "each sample is an entry of the journal: write at least `52m 43s`",
        ),
    ] {
        let problems = Runbook::parse("bad", &full().replacen(from, to, 1)).unwrap_err();
        assert_eq!((&*problems.list[0].message, &*problems.list[0].help), (message, help));
    }
}

/// What is just about right is right, and the help that tells a number tells a good one.
#[test]
fn borders_are_good() {
    for (from, to) in [
        ("for = \"24h\", every = \"5m\"", "for = \"10m\", every = \"5m\""),
        ("for = \"24h\", every = \"5m\"", "for = \"5m\", every = \"5m\", y"),
        ("for = \"24h\", every = \"5m\"", "for = \"9999s\", every = \"1s\""),
        ("for = \"24h\", every = \"5m\"", "for = \"366d\", every = \"52m 43s\", x"),
        ("max_gap = \"15m\"", "max_gap = \"300001ms\""),
        ("allow_failures = 2", "allow_failures = 288"),
        ("on_failure = \"ask\"", "on_failure = \"continue\""),
    ] {
        let to = to.replace(", x", ", max_gap = \"2d\", allow_failures = 9998 }\n# {");
        let to = to.replace(", y", " }\n# {");
        let text = full().replacen(from, &to, 1);
        assert_ne!(text, full(), "nothing to replace: {from}");
        read(&text);
    }
    let longest = "x".repeat(64);
    let text = full().replace("\"roll-out\"", &format!("\"{longest}\""));
    assert!(step(&read(&text), &format!("before.{longest}")).is_read_only());
    let text = full().replace("\"roll-out\"", &format!("\"{longest}y\""));
    assert_eq!(super::codes(&text)[0], "HP016");
}

#[test]
fn samples_cover_the_window() {
    for (length, every, samples) in [
        ("24h", "5m", 289),
        ("10s", "3s", 5),
        ("9s", "3s", 4),
        ("5m", "5m", 2),
        ("4m", "5m", 2),
        ("1ms", "366d", 2),
        ("366d", "1ms", u32::MAX),
    ] {
        let of = |text: &str| text.parse::<Span>().unwrap();
        let window =
            Window { length: of(length), every: of(every), max_gap: None, allow_failures: 0 };
        assert_eq!(window.samples(), samples, "{length} / {every}");
    }
}

#[test]
fn an_undo_is_a_step() {
    let book = read(&full());
    let roll_out = step(&book, "roll-out");
    let undo = step(&book, "undo.roll-out");
    assert_eq!(roll_out.undo.as_deref(), Some(&undo));
    assert_eq!(undo.title, "Undo: Start the new version");
    let Some(Action::Run(words)) = &undo.action else { panic!("{:?}", undo.action) };
    assert_eq!(words.len(), 3);
    assert_eq!(undo.estimate.unwrap().to_string(), "5m");
    assert_eq!(undo.timeout.to_string(), "15m");
    assert_eq!((undo.retry.attempts, undo.retry.backoff.to_string()), (2, "10s".to_owned()));
    assert_eq!(undo.checks.len(), 1);
    assert!(undo.probe.is_some() && undo.idempotent && undo.leaves_running && undo.changes);
    assert_eq!((undo.on_failure, undo.undo, undo.when), (OnFailure::Ask, None, None));
    assert!(undo.needs.is_empty() && undo.why.is_none() && undo.docs.is_empty());
    // what an undo does not say is not taken from its step
    let bare =
        full().replacen("timeout = \"15m\"\nretry = { attempts = 2, backoff = \"10s\" }", "", 1);
    let undo = step(&read(&bare), "undo.roll-out");
    assert_eq!((undo.timeout, undo.retry.attempts), (Step::TIMEOUT, 1));
}

#[test]
fn steps_know_what_they_change_and_what_a_failure_means() {
    let book = read(&full());
    let of = |id| {
        let step = step(&book, id);
        (step.changes, step.on_failure)
    };
    assert_eq!(of("scope"), (true, OnFailure::Ask));
    assert_eq!(of("stop"), (true, OnFailure::Stop));
    assert_eq!(of("roll-out"), (true, OnFailure::Rollback));
    assert_eq!(of("tidy-up"), (false, OnFailure::Continue));
    assert_eq!(of("settle"), (false, OnFailure::Ask));
    assert_eq!(of("watch"), (false, OnFailure::Ask));
    assert_eq!(of("old-answers"), (false, OnFailure::Ask));
    let Some(Action::Observe(window)) = step(&book, "watch").action else { panic!("a window") };
    assert_eq!((window.length.to_string(), window.every.to_string()), ("1d".into(), "5m".into()));
    assert_eq!((window.max_gap, window.allow_failures), (Some(Span::from_secs(900)), 2));
}

#[test]
fn the_baseline_is_read_before_and_after() {
    let book = read(&full());
    let ids = |id: &str| (id.to_owned(), format!("before.{id}"), format!("after.{id}"));
    let found = book
        .baselines
        .iter()
        .map(|one| (one.of.to_string(), one.before.id.to_string(), one.after.id.to_string()));
    assert_eq!(found.collect::<Vec<_>>(), [ids("roll-out"), ids("exit.4.2")]);
    let [roll_out, exit] = book.baselines.as_slice() else { panic!("two") };
    let marked: Vec<Check> =
        step(&book, "roll-out").checks.into_iter().filter(|check| check.baseline).collect();
    assert_eq!(roll_out.after.checks, marked);
    assert_eq!(roll_out.before.checks, [Check { until: None, ..marked[0].clone() }]);
    assert!(marked[0].until.is_some());
    assert_eq!(roll_out.before.title, "Before the first change: Start the new version");
    assert_eq!(exit.after.title, "After the rollback: It can be reached");
    // it is not read where the step itself does not run
    assert_eq!(roll_out.before.when, step(&book, "roll-out").when);
    assert!(roll_out.before.when.is_some() && roll_out.before.needs.is_empty());
    for one in &book.baselines {
        assert!(one.before.is_read_only() && one.after.is_read_only());
        assert_eq!(step(&book, one.before.id.as_str()), one.before);
        assert_eq!(step(&book, one.after.id.as_str()), one.after);
    }
}
