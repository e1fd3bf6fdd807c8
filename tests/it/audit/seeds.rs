//! Errors of five real deployment plans, written as runbooks with the errors kept: what the audit
//! says of each, and where. Those that no rule can find stand here, too, with the reason.

use std::fs;

use holdpoint::audit::Finding;

use super::{folder, report};

/// What the audit says of an error.
enum Said {
    /// Findings: code, text at the place, part of the message.
    Found(&'static [(&'static str, &'static str, &'static str)]),
    /// Why it says nothing.
    Nothing(&'static str),
}
use Said::{Found, Nothing};

/// An error, and the runbook that has it.
type Error = (&'static str, &'static str, Said);

const ERRORS: &[Error] = &[
    // A list of 48 tasks of four teams, once by team and once by week.
    (
        "the whole is said to take 200 hours, and the tasks take 220",
        "tasks-by-team",
        Found(&[("HP105", "200h", "220h")]),
    ),
    (
        "no team's hours are the sum of its tasks",
        "tasks-by-team",
        Found(&[
            ("HP105", "64h", "66h"),
            ("HP105", "48h", "56h"),
            ("HP105", "40h", "48h"),
            ("HP105", "48h", "50h"),
        ]),
    ),
    (
        "no week's hours are the sum of its tasks",
        "tasks-by-week",
        Found(&[("HP105", "60h", "72h"), ("HP105", "60h", "78h"), ("HP105", "60h", "70h")]),
    ),
    (
        "24 tasks have no hours, no result and no sign that they are done",
        "tasks-by-team",
        Found(&[
            ("HP605", "proof-1", "proof-1"),
            ("HP605", "risk-1", "risk-1"),
            ("HP102", "proof-1", "Everything was tried"),
        ]),
    ),
    (
        "production does not depend on staging",
        "tasks-by-team",
        Found(&[("HP118", "task-5.1", "`task-5.3` does not need `task-5.2`")]),
    ),
    (
        "no task says how its change is taken back",
        "tasks-by-team",
        Found(&[("HP201", "manual", "`task-1.1`"), ("HP201", "manual", "`risk-12`")]),
    ),
    (
        "nobody says when to go back",
        "tasks-by-team",
        Found(&[("HP115", "Automate", "when to go back")]),
    ),
    (
        "scripts are to be delivered, and nobody looks whether they were",
        "tasks-by-team",
        Found(&[("HP107", "scripts/deploy.sh", "`task-5.1`")]),
    ),
    (
        "the teams are names without a way to reach them",
        "tasks-by-team",
        Found(&[("HP606", "backend", "backend"), ("HP602", "Automate", "nobody is named")]),
    ),
    (
        "the chains of tasks name another order than the tasks' own dependencies",
        "tasks-by-team",
        Nothing("a runbook says each dependency once: in the order written and in `needs`"),
    ),
    (
        "certificates for both domains, of six",
        "tasks-by-team",
        Nothing("no rule counts what words mean"),
    ),
    (
        "five weeks are said, four are listed, and three are used",
        "tasks-by-week",
        Nothing("a runbook has estimates and no calendar"),
    ),
    // A workflow of ten tasks and 102 steps.
    (
        "all commands are sentences",
        "workflow",
        Nothing("no rule tells a sentence from a command yet"),
    ),
    (
        "what fails is to be reverted, and nobody says how",
        "workflow",
        Found(&[
            ("HP117", "REVERT_STATE", "REVERT_STATE"),
            ("HP122", "rollback", "rolled back to nothing"),
        ]),
    ),
    (
        "those who decide are declared nowhere",
        "workflow",
        Found(&[
            ("HP606", "@devops-lead", "@devops-lead"),
            ("HP606", "@infrastructure-lead", "@infrastructure-lead"),
            ("HP606", "@security-lead", "@security-lead"),
        ]),
    ),
    (
        "no result of a task is looked at by a step",
        "workflow",
        Found(&[
            ("HP107", "servers-framework.md", "servers-framework.md"),
            ("HP107", "documentation-complete.md", "documentation-complete.md"),
        ]),
    ),
    (
        "one file or another is to be written",
        "workflow",
        Found(&[("HP114", "servers/main.tf or servers/template.yaml", "nobody decides")]),
    ),
    (
        "steps change something, and nothing tests it",
        "workflow",
        Found(&[("HP205", "run", "`containers.services.5`")]),
    ),
    (
        "steps of hours are stopped after ten minutes",
        "workflow",
        Found(&[("HP106", "4h", "`pipeline.design.1`")]),
    ),
    (
        "four criteria ask the same address",
        "workflow",
        Nothing("it is legal: one address may tell of four changes"),
    ),
    ("a name of a file has a slash in it", "workflow", Nothing("a folder may have any name")),
    (
        "tools are used that are not declared, and declared that are not used",
        "workflow",
        Nothing("a runbook declares no tools; what is not on PATH is noted where it runs (HP413)"),
    ),
    (
        "a step that follows is called by its task's title",
        "workflow",
        Nothing("a runbook refers to steps by id, and a wrong id is refused (HP042)"),
    ),
    // A checklist of 62 boxes.
    (
        "what is wanted beforehand is defined by a later step",
        "pipeline",
        Found(&[
            ("HP112", "The quality gates are defined", "`strategy.4`"),
            ("HP109", "docs/quality-gates.md", "`strategy.4`"),
        ]),
    ),
    (
        "a criterion is what was wanted beforehand",
        "pipeline",
        Found(&[("HP113", "The quality gates are defined", "repeats")]),
    ),
    (
        "production is approved, and nobody is named who does",
        "pipeline",
        Found(&[("HP607", "approvals", "nobody is named")]),
    ),
    (
        "no box has a command, a check or a way back",
        "pipeline",
        Found(&[
            ("HP201", "manual", "`deploy.2`"),
            ("HP205", "manual", "`strategy.1`"),
            ("HP605", "Set up", "how long anything takes"),
        ]),
    ),
    // A plan of eight tasks whose headers and details disagree: as either has it.
    (
        "a task depends on itself",
        "conflict-plan-stated",
        Found(&[("HP043", "infra-010", "needs itself")]),
    ),
    (
        "two tasks depend on one that does not exist",
        "conflict-plan-stated",
        Found(&[("HP042", "infra-012", "`infra-012`")]),
    ),
    (
        "a task waits for one of a later day, and so it can never start",
        "conflict-plan-stated",
        Found(&[("HP043", "infra-010", "comes later")]),
    ),
    (
        "a header names other dependencies than the details",
        "conflict-plan-repeated",
        Found(&[
            ("HP123", "infra-011", "`infra-006`"),
            ("HP123", "infra-010", "`infra-007`"),
            ("HP123", "infra-010", "`infra-009`"),
            ("HP116", "infra-012", "infra-012"),
        ]),
    ),
    (
        "tasks of the first rank wait for one of the second",
        "conflict-plan-repeated",
        Nothing("a runbook has no ranks: every step of it is needed"),
    ),
    (
        "two texts name different files for one task",
        "conflict-plan-repeated",
        Nothing("a runbook names what is delivered once"),
    ),
    (
        "seven days are called three weeks",
        "conflict-plan-repeated",
        Nothing("a runbook has estimates and no calendar"),
    ),
    (
        "a hook is written that git does not know",
        "conflict-plan-repeated",
        Nothing("the names of hooks are git's, and no rule knows them"),
    ),
    (
        "characters were read in the wrong encoding",
        "conflict-plan-repeated",
        Nothing(
            "they are characters like any others; the reader refuses only what is not UTF-8 (HP002)",
        ),
    ),
    // A workflow of eight phases for AWS.
    (
        "the way back is prepared after the change",
        "aws",
        Found(&[("HP203", "Write the way back down", "phase 7")]),
    ),
    (
        "monitoring is relied on before it is set up",
        "aws",
        Found(&[("HP119", "Monitor the first minutes", "`dashboards`")]),
    ),
    (
        "no criterion depends on the look at the costs",
        "aws",
        Found(&[("HP103", "costs", "`costs`")]),
    ),
    (
        "backups are vouched for, and nothing looks",
        "aws",
        Found(&[("HP101", "There are backups", "attested")]),
    ),
    ("the health check passes with an error", "aws", Found(&[("HP301", "curl", "error")])),
    (
        "a call shows who asks, and nobody compares",
        "aws",
        Nothing("it fails without credentials, which is what is wanted; `aws_identity` compares"),
    ),
    (
        "a section of the journal is filled by no phase",
        "aws",
        Nothing("each phase has its section, and cannot forget it"),
    ),
    (
        "two links lead nowhere",
        "aws",
        Nothing("the audit reads one file, and asks neither disk nor network for others"),
    ),
    (
        "it is said to differ from eight phases, and has eight",
        "aws",
        Nothing("there are always eight"),
    ),
];

fn place<'a>(text: &'a str, finding: &Finding) -> &'a str {
    &text[finding.labels[0].span.clone()]
}

fn read(book: &str) -> String {
    let path = folder("tests/cases/audit/seeds").join(format!("{book}.toml"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn errors_of_real_plans_are_found_where_they_are() {
    let mut missed = Vec::new();
    for (error, book, said) in ERRORS {
        let Found(wanted) = said else { continue };
        let text = read(book);
        let found = report(&text).findings;
        for (code, at, says) in *wanted {
            let fits = |it: &Finding| {
                it.code == *code && place(&text, it).contains(at) && it.message.contains(says)
            };
            if !found.iter().any(fits) {
                let of_code = found.iter().filter(|it| it.code == *code);
                let near: Vec<_> =
                    of_code.map(|it| (place(&text, it), it.message.as_str())).take(5).collect();
                missed.push(format!("{book}: {error}: no {code} at {at:?}: {says}; {near:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn what_is_not_found_has_its_reason() {
    let nothing = ERRORS.iter().filter(|(.., said)| matches!(said, Nothing(why) if why.len() > 20));
    let found =
        ERRORS.iter().filter(|(.., said)| matches!(said, Found(wanted) if !wanted.is_empty()));
    assert_eq!(nothing.count() + found.count(), ERRORS.len());
}
