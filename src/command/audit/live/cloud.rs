//! AWS: who asks, how long the credentials last, and what IAM allows.

use super::{Scene, access};
use crate::check::cloud::Identity;
use crate::check::{Check, Reading, Verdict, When};
use crate::engine::{Eyes, guard};
use crate::host::aws::{Aws, Lifetime, Renews};
use crate::report::{About, Row, Stand, Weight, age, counted, rough};
use crate::runbook::Phase;
use crate::session::Session;
use crate::value::Span;

pub(super) async fn rows(scene: &Scene<'_>, aws: &Aws, eyes: Eyes<'_>) -> Vec<Row> {
    let (row, identity) = identity(scene, eyes).await;
    let mut rows = vec![row];
    // Nothing is asked of another account.
    if let Some(identity) = identity {
        rows.push(lifetime(scene, aws).await);
        rows.extend(access::rows(scene, &identity, eyes).await);
    }
    rows
}

/// Who asks, if it is the one who must.
async fn identity(scene: &Scene<'_>, eyes: Eyes<'_>) -> (Row, Option<Identity>) {
    let check: Check = Session::default().identity_check(scene.book);
    let (reading, verdict) = eyes.look(&guard(), (&check, &check), When::at(scene.now)).await;
    let (verdict, identity) = match (verdict, reading) {
        (verdict @ Verdict::Pass(_), Reading::Identity(found)) => (verdict, Some(found)),
        // No session begins where it cannot be seen.
        (Verdict::Unknown(why), _) => {
            (Verdict::Fail(format!("it cannot be seen who asks AWS: {why}")), None)
        }
        (verdict, _) => (verdict, None),
    };
    (row(Stand::Start, About::Identity, "who asks AWS", verdict), identity)
}

pub(super) fn row(stand: Stand, about: About, name: &str, verdict: Verdict) -> Row {
    let (step, weight) = (None, Weight::Must);
    Row { stand, about, step, name: name.to_owned(), weight, verdict }
}

async fn lifetime(scene: &Scene<'_>, aws: &Aws) -> Row {
    let name = "they last as long as the deployment";
    let (stand, verdict) = match aws.lifetime().await {
        Ok(found) => judged(scene, &found),
        Err(trouble) => (Stand::Start, Verdict::Unknown(trouble.words(&str::to_owned))),
    };
    row(stand, About::Credentials, name, verdict)
}

/// Where the credentials end, if they end on the way.
fn judged(scene: &Scene<'_>, found: &Lifetime) -> (Stand, Verdict) {
    let start = |verdict| (Stand::Start, verdict);
    let Some(ends) = found.ends else {
        return start(match found.is_temporary {
            false => Verdict::Pass("they have no end".to_owned()),
            true => Verdict::Unknown(
                "they are temporary and do not say when they end: take new ones right before"
                    .to_owned(),
            ),
        });
    };
    let left = format!("they end in {}, at {}", age(scene.now, ends), ends.minute());
    let millis = u64::try_from(ends.millis() - scene.now.millis()).unwrap_or(0);
    let planned = planned(scene);
    match (found.renews, planned) {
        (Renews::Yes, _) => start(Verdict::Pass(format!("{left}, and this machine renews them"))),
        (_, 0) => start(Verdict::Unknown(format!(
            "{left}; nothing says how long the deployment takes: write estimates, or give --for"
        ))),
        (_, planned) if millis >= planned => {
            start(Verdict::Pass(format!("{left}; {}", takes(scene, planned))))
        }
        (Renews::Perhaps, planned) => start(Verdict::Unknown(format!(
            "{left}; {}; they are renewed as long as the login behind them lasts",
            takes(scene, planned)
        ))),
        (Renews::No, planned) => {
            let help = "log in again right before, or take credentials that last longer";
            (
                reached(scene, millis),
                Verdict::Fail(format!("{left}; {}: {help}", takes(scene, planned))),
            )
        }
    }
}

fn takes(scene: &Scene<'_>, planned: u64) -> String {
    let without = scene.plan.time.unestimated.len();
    let more = match (scene.lasts, without) {
        (None, 1..) => format!(", and {} without an estimate", counted(without, "action")),
        _ => String::new(),
    };
    format!("the deployment takes {}{more}", rough(Span::from_millis(planned)))
}

/// How long it takes, in milliseconds: as told, or as the runbook says or adds up to.
fn planned(scene: &Scene<'_>) -> u64 {
    let plan = scene.plan;
    let added = plan.time.shortest_ms.max(plan.phases.iter().map(phase).sum());
    scene.lasts.map_or_else(|| added.max(plan.stated_ms.unwrap_or(0)), Span::millis)
}

fn phase(stage: &crate::plan::Stage) -> u64 {
    stage.time.shortest_ms.max(stage.stated_ms.unwrap_or(0))
}

/// The phase that goes on so long after the start. Told by share, where the whole is told.
fn reached(scene: &Scene<'_>, after: u64) -> Stand {
    let added: u64 = scene.plan.phases.iter().map(phase).sum();
    let planned = u128::from(planned(scene).max(1));
    let mut over = 0_u128;
    for stage in &scene.plan.phases {
        over += u128::from(phase(stage));
        if over * planned > u128::from(after) * u128::from(added) {
            return Stand::In(stage.phase);
        }
    }
    Stand::In(Phase::PostDeployment)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::check::Outcome;
    use crate::plan::Plan;
    use crate::runbook::{Runbook, Values};
    use crate::value::Moment;

    /// Ten minutes in phase 1, half an hour in phase 6.
    fn book() -> Runbook {
        let mut text = "format = 1\n[runbook]\nid = 'x'\ntitle = 'X'\nenvironment = 'stage'\n\
                        component = 'x'\n"
            .to_owned();
        for phase in Phase::ALL {
            let name = phase.name();
            let lines = match phase.number() {
                1 => "[[phase.step]]\nid = 'a'\ntitle = 'A'\nestimate = '10m'\nrun = ['x']",
                6 => "[[phase.step]]\nid = 'b'\ntitle = 'B'\nwait = '30m'",
                _ => "skip = 'no'",
            };
            let exit = "[[phase.exit]]\ncriterion = 'c'\nattest = 'c'";
            let exit = if lines.starts_with("skip") { "" } else { exit };
            text.push_str(&format!("[[phase]]\nname = '{name}'\n{lines}\n{exit}\n"));
        }
        Runbook::parse("x", &text).unwrap()
    }

    #[test]
    fn credentials_that_end_on_the_way_stop_in_that_phase() {
        let (book, values, open) = (book(), Values::default(), BTreeSet::new());
        let plan = Plan::of(&book, &values, &open);
        let minute = |minutes: i64| Moment::from_millis(minutes * 60_000);
        let judge = |ends: Option<i64>, renews, lasts: Option<u64>| {
            let lasts = lasts.map(|minutes| Span::from_secs(minutes * 60));
            let scene = Scene {
                book: &book,
                values: &values,
                open: &open,
                plan: &plan,
                directory: std::path::PathBuf::new(),
                now: minute(0),
                lasts,
            };
            let ends = ends.map(minute);
            let (stand, verdict) = judged(&scene, &Lifetime { ends, is_temporary: true, renews });
            (stand, verdict.outcome())
        };
        let (one, six) = (Stand::In(Phase::ALL[0]), Stand::In(Phase::ALL[5]));
        for (ends, renews, lasts, wanted) in [
            (Some(41), Renews::No, None, (Stand::Start, Outcome::Pass)),
            (Some(39), Renews::No, None, (six, Outcome::Fail)),
            (Some(9), Renews::No, None, (one, Outcome::Fail)),
            (Some(-1), Renews::No, None, (one, Outcome::Fail)),
            (Some(39), Renews::Perhaps, None, (Stand::Start, Outcome::Unknown)),
            (Some(9), Renews::Yes, None, (Stand::Start, Outcome::Pass)),
            (Some(41), Renews::No, Some(80), (six, Outcome::Fail)),
            (Some(19), Renews::No, Some(80), (one, Outcome::Fail)),
            (Some(19), Renews::No, Some(18), (Stand::Start, Outcome::Pass)),
            (Some(1), Renews::No, Some(0), (Stand::Start, Outcome::Unknown)),
            (None, Renews::No, None, (Stand::Start, Outcome::Unknown)),
        ] {
            assert_eq!(judge(ends, renews, lasts), wanted, "{ends:?} {renews:?} {lasts:?}");
        }
    }
}
