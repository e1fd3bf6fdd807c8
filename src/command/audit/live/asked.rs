//! Asks every check once, all together, and whether the links for people lead anywhere.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};
use serde_json::json;

use super::Scene;
use crate::check::{Check, Claim, Obstacle, Outcome, Reading, Verdict, When};
use crate::engine::{Eyes, guard};
use crate::report::{About, LiveQuestion, Row, Stand, Weight, open_in};
use crate::runbook::Phase;
use crate::value::Span;

/// A link is for people: nobody waits long for it.
const PATIENCE: Span = Span::from_secs(5);

pub(super) async fn rows(scene: &Scene<'_>, eyes: Eyes<'_>) -> Vec<Row> {
    let questions = scene.questions();
    let checks = questions.iter().map(|question| ask(scene, question, eyes));
    let links = links(scene).into_iter().map(|(stand, url)| head(scene, stand, url, eyes));
    let (mut rows, links) = join(join_all(checks), join_all(links)).await;
    rows.extend(links);
    rows
}

async fn ask(scene: &Scene<'_>, question: &LiveQuestion<'_>, eyes: Eyes<'_>) -> Row {
    let LiveQuestion { stand, about, weight, step, check } = *question;
    let shown = scene.values.show_check(check);
    let open = open_in(check, scene.open);
    let verdict = if open.is_empty() {
        let asked = scene.values.fill_check(check);
        eyes.look(&step.id, (&asked, &shown), When::at(scene.now)).await.1
    } else {
        Verdict::Unknown(format!("not asked: {} has no value yet", open.join(", ")))
    };
    let alone = step.checks.len() == 1 && about == About::Check;
    let name = if alone { step.title.clone() } else { format!("{}: {}", step.title, shown.name()) };
    let verdict = match (verdict, about) {
        (Verdict::Pass(says), About::Check) if weight == Weight::After => {
            Verdict::Pass(format!("holds already, before the change: {says}"))
        }
        (Verdict::Pass(says), About::Probe) => {
            Verdict::Pass(format!("it looks as if it had happened already: {says}"))
        }
        (Verdict::Fail(says), _) if check.baseline => {
            Verdict::Fail(format!("the baseline does not hold: {says}"))
        }
        (verdict, _) => verdict,
    };
    Row { stand, about, step: Some(step.id.clone()), name, weight, verdict }
}

/// The links for people, each once.
fn links<'a>(scene: &Scene<'a>) -> Vec<(Stand, &'a str)> {
    let book = scene.book;
    let mut all: Vec<(Stand, &str)> =
        book.references.iter().map(|link| (Stand::Start, link.as_str())).collect();
    for phase in Phase::ALL {
        let docs = book.section(phase).steps.iter().flat_map(|step| &step.docs);
        all.extend(docs.map(|link| (Stand::In(phase), link.as_str())));
    }
    let docs = book.rollback.steps.iter().flat_map(|step| &step.docs);
    all.extend(docs.map(|link| (Stand::Back, link.as_str())));
    let mut seen = BTreeSet::new();
    let is_link = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    all.retain(|(_, url)| is_link(url) && seen.insert(*url));
    all
}

async fn head(scene: &Scene<'_>, stand: Stand, url: &str, eyes: Eyes<'_>) -> Row {
    let claim =
        serde_json::from_value::<Claim>(json!({ "http": { "url": url, "method": "HEAD" } }));
    let verdict = match claim {
        Err(why) => Verdict::Fail(format!("it is no link: {why}")),
        Ok(claim) => {
            let check =
                Check { title: None, claim, until: None, timeout: PATIENCE, baseline: false };
            let (reading, verdict) =
                eyes.look(&guard(), (&check, &check), When::at(scene.now)).await;
            answered(&reading, verdict)
        }
    };
    let (about, weight) = (About::Link, Weight::Told);
    Row { stand, about, step: None, name: url.to_owned(), weight, verdict }
}

/// Whoever wants a login is there.
fn answered(reading: &Reading, verdict: Verdict) -> Verdict {
    match reading {
        Reading::Http { status: 404 | 410 | 500..=599, .. } => {
            Verdict::Fail(verdict.says().to_owned())
        }
        Reading::Http { status, .. } => Verdict::Pass(format!("answers {status}")),
        Reading::Nothing(Obstacle::Timeout) => {
            Verdict::Unknown(format!("no answer within {PATIENCE}"))
        }
        _ if verdict.outcome() == Outcome::Pass => verdict,
        _ => Verdict::Unknown(verdict.says().to_owned()),
    }
}
