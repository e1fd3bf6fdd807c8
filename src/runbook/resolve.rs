//! What the keys of a runbook mean together: from the declaration of the format to the valid
//! [`Runbook`], collecting every problem on the way. Nothing is concluded from what is missing
//! in a table that the check of the shape has already found damaged.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use regex::Regex;

use super::place::At;
use super::problem::{Code, Problem};
use super::shape::Shape;
use super::syntax::{ContactTable, Document, HeadTable, Line, PhaseTable};
use super::{Aws, Contact, Rollback, Runbook, Section, Source};
use crate::value::{Digest, Name};

mod actions;
mod aws;
mod baselines;
mod checks;
mod criteria;
mod ids;
mod phases;
mod rollback;
mod steps;
mod variables;

use ids::Ids;

/// The one format that this program reads.
const FORMAT: i64 = 1;
/// Most steps, those counted that come from undos and from checks of criteria and prerequisites.
const STEPS: usize = 500;

/// What the parts of the reading share.
struct Resolver {
    problems: Vec<Problem>,
    /// Tables of which something was left out.
    damaged: HashSet<Range<usize>>,
    /// Every step with its place in the order of things.
    ids: Ids,
    /// The place of the step whose checks are read.
    here: Option<ids::Rank>,
    /// Variables that the runbook declares.
    declared: HashSet<String>,
    /// Whether some variables could not be read, so that none can be called undeclared.
    lost_variables: bool,
    /// Where in AWS it goes, if it says so and could be read.
    aws: Option<Aws>,
    /// Whether `[aws]` could not be read, so that nothing can be said to lack it.
    lost_aws: bool,
    /// Patterns of variables, compiled once.
    patterns: HashMap<String, Option<Regex>>,
}

impl Resolver {
    fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn is_damaged<T>(&self, table: &At<T>) -> bool {
        self.damaged.contains(&table.span)
    }
}

/// Reads the meaning of a document.
pub(super) fn resolve(
    text: &str,
    document: Document,
    shape: Shape<'_>,
) -> Result<Runbook, Vec<Problem>> {
    let root_damaged = shape.damaged.contains(&(0..0));
    let mut resolver = Resolver {
        problems: shape.problems,
        ids: Ids::default(),
        here: None,
        declared: HashSet::new(),
        lost_variables: false,
        aws: None,
        lost_aws: root_damaged && document.aws.is_none(),
        patterns: HashMap::new(),
        damaged: shape.damaged,
    };
    format(&mut resolver, document.format.as_ref());
    let order = phases::order(&mut resolver, &document.phase, root_damaged);
    resolver.ids = ids::collect(&mut resolver, &document, &order);
    too_many_steps(&mut resolver, &document);
    let variables = resolver.variables(document.vars, root_damaged);
    resolver.variable_uses(&shape.uses);
    resolver.read_aws(document.aws);
    let prerequisites = resolver.prerequisites(document.prerequisite);
    let phases = resolver.phases(document.phase, &order);
    let rollback = resolver.rollback(document.rollback);
    let contacts = document.contact.into_iter().map_while(contact).collect();
    let head = document.runbook.and_then(head);
    if !resolver.problems.is_empty() {
        return Err(resolver.problems);
    }
    let runbook = head.zip(phases).map(|(head, phases)| {
        let source = Source { text: text.to_owned(), digest: Digest::of(text.as_bytes()) };
        let baselines = baselines::baselines(&phases);
        let aws = resolver.aws;
        Runbook {
            variables,
            aws,
            contacts,
            prerequisites,
            phases,
            rollback,
            baselines,
            source,
            ..head
        }
    });
    runbook.ok_or_else(|| {
        let message = "the runbook cannot be read, and holdpoint cannot say why: this is a bug";
        vec![Problem::new(Code::Unreadable, &(0..0), message)]
    })
}

fn format(resolver: &mut Resolver, format: Option<&At<i64>>) {
    if let Some(format) = format.filter(|format| format.value != FORMAT) {
        let message =
            format!("the runbook is in format {}; this program reads format 1", format.value);
        resolver.report(Problem::new(Code::Format, &format.span, message));
    }
}

fn too_many_steps(resolver: &mut Resolver, document: &Document) {
    let rollback = &document.rollback.step;
    let all = || document.phase.iter().flat_map(|phase| &phase.value.step).chain(rollback);
    let own_checks = |phase: &At<PhaseTable>| {
        phase.value.exit.iter().filter(|exit| exit.value.check.is_some()).count()
    };
    let count = all().count()
        + all().filter(|step| step.value.undo.is_some()).count()
        + document.phase.iter().map(own_checks).sum::<usize>()
        + document.prerequisite.len();
    if count > STEPS {
        let step = all().nth(STEPS).or_else(|| all().last());
        let place = step.map(|step| step.span.clone()).unwrap_or_default();
        let message = format!("the runbook has {count} steps, and may have {STEPS}");
        resolver.report(Problem::new(Code::TooManySteps, &place, message));
    }
}

/// The head of a runbook, the rest still empty.
fn head(head: HeadTable) -> Option<Runbook> {
    let name = |id: Option<super::syntax::Id>| id?.0.parse::<Name>().ok();
    Some(Runbook {
        id: name(head.id)?,
        title: head.title?.0,
        environment: name(head.environment)?,
        component: name(head.component)?,
        owner: line(head.owner),
        references: lines(head.references),
        estimate: head.estimate,
        variables: Vec::new(),
        aws: None,
        contacts: Vec::new(),
        prerequisites: Vec::new(),
        phases: std::array::from_fn(|_| Section {
            goal: None,
            estimate: None,
            fills: None,
            skip: None,
            steps: Vec::new(),
            criteria: Vec::new(),
            gate: super::Gate::default(),
        }),
        rollback: Rollback::default(),
        baselines: Vec::new(),
        source: Source { text: String::new(), digest: Digest::of(&[]) },
    })
}

fn contact(table: ContactTable) -> Option<Contact> {
    Some(Contact {
        name: table.name?.0,
        reach: table.reach?.0,
        escalate_after: table.escalate_after,
    })
}

fn line(line: Option<Line>) -> Option<String> {
    line.map(|line| line.0)
}

fn lines(lines: Vec<Line>) -> Vec<String> {
    lines.into_iter().map(|line| line.0).collect()
}
