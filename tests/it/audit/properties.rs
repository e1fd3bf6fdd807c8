//! Whatever is in a file, its audit ends, says the same twice, and points into the file.
//! `HOLDPOINT_AUDIT=NUMBER` plays one mutated runbook alone, and prints it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use holdpoint::audit::{Finding, Report};

use super::cases::in_runbook;
use super::mutate::{SCRIPTS, mutated, with_script};
use super::{folder, names, report};

/// How many runbooks are mutated.
const RUNBOOKS: u64 = 20_000;
/// Most findings for each byte of a file: what is said stays in proportion to what is read.
const PER_BYTE: usize = 4;

/// What is mutated: the cases of every rule, what plans of people look like, what is shipped.
static GOOD: LazyLock<[Vec<String>; 2]> = LazyLock::new(|| {
    let read = |path: &str| {
        let folder = folder(path);
        let names = names(&folder, ".toml").into_iter();
        let texts = names.map(move |name| std::fs::read_to_string(folder.join(name + ".toml")));
        texts.map(Result::unwrap).collect::<Vec<String>>()
    };
    let cases = read("tests/cases/audit").into_iter().map(|text| format!("\n{text}"));
    let small = cases.flat_map(|text| {
        let cases = text.split("\n#! ").skip(1).map(str::to_owned).collect::<Vec<_>>();
        cases.into_iter().filter_map(|case| Some(in_runbook(case.split_once('\n')?.1)))
    });
    [small.collect(), [read("runbooks"), read("tests/cases/audit/seeds")].concat()]
});

/// What must be so of any report.
fn judged(report: &Report) {
    let text = &report.sheet.text;
    let waived = report.waived.iter().map(|waived| &waived.finding);
    for finding in report.findings.iter().chain(waived) {
        assert!(!finding.message.is_empty() && !finding.labels.is_empty(), "{finding:?}");
        for label in &finding.labels {
            let place = text.get(label.span.clone());
            let place = place.unwrap_or_else(|| panic!("points nowhere: {finding:?}"));
            assert!(!place.contains('\n'), "on one line: {finding:?}");
        }
        for (span, _) in finding.fix.iter().flat_map(|fix| &fix.edits) {
            assert!(text.get(span.clone()).is_some(), "mends nothing: {finding:?}");
        }
    }
    let place = |finding: &Finding| (finding.labels[0].span.start, finding.code);
    if report.runbook.is_some() {
        assert!(report.findings.iter().map(place).is_sorted(), "in the order of the file");
    }
    let most = 64 + PER_BYTE * text.len();
    assert!(report.findings.len() < most, "{} findings", report.findings.len());
}

/// The mutated runbook of this number.
fn of_number(number: u64) -> String {
    // Most are small, because most of their bytes mean something.
    let good = &GOOD[usize::from(number.is_multiple_of(40))];
    mutated(&good[(number / 40 * 7 + number) as usize % good.len()], number)
}

fn survive(number: u64) -> bool {
    let text = of_number(number);
    let both = catch_unwind(AssertUnwindSafe(|| {
        let first = report(&text);
        judged(&first);
        let second = report(&text);
        assert!(first.waived == second.waived, "waived twice in two ways");
        let both = first.findings.iter().zip(&second.findings).find(|(one, other)| one != other);
        assert!(both.is_none(), "found twice in two ways: {both:#?}");
        assert_eq!(first.findings.len(), second.findings.len());
        first.runbook.is_some()
    }));
    both.unwrap_or_else(|_| panic!("HOLDPOINT_AUDIT={number} fails"))
}

#[test]
fn twenty_thousand_mutated_runbooks() {
    if let Ok(number) = std::env::var("HOLDPOINT_AUDIT") {
        let number = number.parse().expect("a number");
        eprintln!("{}", of_number(number));
        survive(number);
        return;
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(8) as u64;
    let valid: usize = std::thread::scope(|scope| {
        let play = |first: u64| (first..RUNBOOKS).step_by(threads as usize);
        let workers: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || play(first).filter(|it| survive(*it)).count()))
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("a runbook fails")).sum()
    });
    // A mutation that leaves no runbook tests the reader alone.
    assert!(valid > RUNBOOKS as usize / 5, "only {valid} are still runbooks");
}

#[test]
fn the_audit_of_a_hostile_script_ends() {
    for script in SCRIPTS.iter().map(|script| (*script).to_owned()).chain(huge()) {
        let report = report(&with_script(&script));
        judged(&report);
        let start: String = script.chars().take(40).collect();
        assert!(report.runbook.is_some(), "{start}: {:?}", report.findings);
    }
}

/// Scripts that are as deep or as long as a file may be.
fn huge() -> impl Iterator<Item = String> {
    let deep =
        ["(", "{ ", "$(", "\"$(", "((", "if ", "[[ ", "${a:-", "`\\`", "case a in a) ", "! "];
    let long = ["a", "a ", "a;", "a|", "a&&", "\\\n", "'", "$a", "<<E\n", "a\n", "a=b ", "#", "é"];
    let deep = deep.into_iter().map(|piece| piece.repeat(100_000.min(500_000 / piece.len())));
    let closed = [("(", ")"), ("$(", ")"), ("{ ", "}")];
    let closed =
        closed.into_iter().map(|(a, b)| format!("{}true{}", a.repeat(50_000), b.repeat(50_000)));
    let long = long.into_iter().map(|piece| piece.repeat(500_000 / piece.len()));
    deep.chain(closed).chain(long)
}
