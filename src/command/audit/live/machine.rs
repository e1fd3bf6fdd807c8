//! This machine: programs and scripts, whether the target is free, and what the journals tell.

use std::path::Path;

use super::Scene;
use crate::check::Verdict;
use crate::command::{run, sitting};
use crate::host::identity;
use crate::host::lock::Lock;
use crate::report::{About, Row, Stand, Weight, age, close_words};
use crate::runbook::Runbook;
use crate::session::{Close, Condition, RollbackVerdict, Session, Target};
use crate::value::Moment;

mod programs;

pub(super) fn rows(scene: &Scene<'_>) -> Vec<Row> {
    let mut rows = programs::rows(scene);
    rows.extend(target(scene.book));
    rows.push(exercise(scene));
    rows
}

/// Whether a session for this target could begin.
fn target(book: &Runbook) -> [Row; 2] {
    let target =
        Target { environment: book.environment.clone(), component: book.component.clone() };
    let state = identity::state_folder();
    let lock = Lock::of_target(&state, &target.environment, &target.component);
    let free = match Lock::holder(&lock) {
        None => Verdict::Pass("no session drives it now".to_owned()),
        Some(by) => Verdict::Fail(format!(
            "{} (process {}) drives it since {}, with the journal `{}`",
            by.by, by.pid, by.since, by.journal
        )),
    };
    let open = match run::open_beside(&target) {
        None => Verdict::Pass(format!("none in `{}`", run::JOURNALS)),
        Some(path) => Verdict::Fail(format!(
            "`{}` was never ended: go on with `holdpoint resume`, or start with --new",
            path.display()
        )),
    };
    [("the target is free", free), ("earlier sessions that are open", open)].map(
        |(name, verdict)| Row {
            stand: Stand::Start,
            about: About::Target,
            step: None,
            name: name.to_owned(),
            weight: Weight::Must,
            verdict,
        },
    )
}

/// When a rollback of this runbook or component was last gone through.
fn exercise(scene: &Scene<'_>) -> Row {
    let journals = sitting::journals(Path::new(run::JOURNALS));
    let last = journals
        .iter()
        .filter(|(_, history)| is_of(&history.session, scene.book))
        .filter_map(|(path, history)| {
            let (close, at) = rolled_back(&history.session)?;
            Some((at, close, path))
        })
        .max_by_key(|(at, ..)| at.millis());
    let verdict = match last {
        None => Verdict::Fail(format!("no journal in `{}` tells of one", run::JOURNALS)),
        Some((at, close, path)) => {
            let (ago, words) = (age(at, scene.now), close_words(close));
            let says = format!("{words}, {ago} ago (`{}`)", path.display());
            match close {
                Close::RolledBack(RollbackVerdict::Verified) => Verdict::Pass(says),
                _ => Verdict::Fail(says),
            }
        }
    };
    Row {
        stand: Stand::Back,
        about: About::Exercise,
        step: None,
        name: "a rollback was gone through before".to_owned(),
        weight: Weight::Told,
        verdict,
    }
}

/// Whether the session was real, and of this runbook or component.
fn is_of(session: &Session, book: &Runbook) -> bool {
    let same = |opened: &crate::session::Opened| {
        let runbook = || Runbook::parse("the recorded runbook", session.runbook_text());
        opened.target.component == book.component || runbook().is_ok_and(|one| one.id == book.id)
    };
    !session.is_rehearsal() && session.opened().is_some_and(same)
}

fn rolled_back(session: &Session) -> Option<(Close, Moment)> {
    match session.condition() {
        Condition::Closed(close @ Close::RolledBack(_)) => Some((close, session.closed_at()?)),
        Condition::Closed(_) | Condition::Running | Condition::Held(_) => None,
    }
}
