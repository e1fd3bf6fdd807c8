//! The answers to questions that were put together: one request for all, and each gets its own.

use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use tokio::time::Instant;

use super::gather::{Answers, Asker, halving};
use super::link::Link;
use super::trouble::{Sort, Trouble};
use super::{Inner, alarms, metrics};
use crate::check::cloud::{AlarmSeen, Alarms, Identity, Series, SeriesSeen};

/// Asks who we are, once for all.
pub(super) async fn identities(inner: Rc<Inner>, askers: Vec<Asker<()>>) -> Answers<Identity> {
    let answer = inner.identify(last_end(&askers)).await;
    vec![answer; askers.len()]
}

/// Asks for all alarms that somebody wants, each name and each prefix once.
pub(super) async fn alarms(
    inner: Rc<Inner>,
    askers: Vec<Asker<Alarms>>,
) -> Answers<Vec<AlarmSeen>> {
    let end = last_end(&askers);
    let link = match inner.own_link(alarms::CALL, end).await {
        Ok(link) => link,
        Err(trouble) => return vec![Err(trouble); askers.len()],
    };
    let mut names: Vec<String> = Vec::new();
    let mut prefixes: Vec<String> = Vec::new();
    for asker in &askers {
        match &asker.question {
            Alarms::Named(some) => names.extend(some.iter().cloned()),
            Alarms::Prefix(prefix) => prefixes.push(prefix.clone()),
        }
    }
    for list in [&mut names, &mut prefixes] {
        list.sort_unstable();
        list.dedup();
    }
    let by_name = join_all(names.chunks(alarms::MOST).map(|some| named(&link, some, end)));
    let by_prefix = join_all(prefixes.iter().map(|prefix| alarms::beginning(&link, prefix, end)));
    let (by_name, by_prefix) = futures_util::join!(by_name, by_prefix);
    let by_name: BTreeMap<_, _> = names.into_iter().zip(by_name.into_iter().flatten()).collect();
    let by_prefix: BTreeMap<_, _> = prefixes.into_iter().zip(by_prefix).collect();
    let answer = |asker: &Asker<Alarms>| {
        let answer = match &asker.question {
            Alarms::Prefix(prefix) => by_prefix.get(prefix).cloned().unwrap_or(Ok(Vec::new())),
            Alarms::Named(some) => some
                .iter()
                .filter_map(|name| by_name.get(name).cloned()?.transpose())
                .collect::<Result<Vec<_>, _>>(),
        };
        answer.map(sorted)
    };
    let answers: Answers<_> = askers.iter().map(answer).collect();
    inner.forget_if_useless(&link, &answers).await;
    answers
}

async fn named(link: &Link, names: &[String], end: Instant) -> Answers<Option<AlarmSeen>> {
    halving(names, |some| alarms::named(link, some, end).boxed_local()).await
}

/// By name, each once, whoever asked for it twice.
fn sorted(mut alarms: Vec<AlarmSeen>) -> Vec<AlarmSeen> {
    alarms.sort_by(|one, other| one.name.cmp(&other.name));
    alarms.dedup_by(|one, other| one.name == other.name);
    alarms
}

/// Asks for all metrics that somebody wants: those of one window in one request.
pub(super) async fn metrics(
    inner: Rc<Inner>,
    askers: Vec<Asker<Vec<Series>>>,
) -> Answers<Vec<SeriesSeen>> {
    let end = last_end(&askers);
    let link = match inner.own_link(metrics::CALL, end).await {
        Ok(link) => link,
        Err(trouble) => return vec![Err(trouble); askers.len()],
    };
    let all: Vec<Series> = askers.iter().flat_map(|asker| asker.question.clone()).collect();
    let parts = metrics::parts(&all);
    let answered = join_all(parts.iter().map(|part| series(&link, &all, part, end))).await;
    let mut answers: Vec<Option<Result<SeriesSeen, Trouble>>> = all.iter().map(|_| None).collect();
    for (at, answer) in parts.iter().flatten().zip(answered.into_iter().flatten()) {
        answers[*at] = Some(answer);
    }
    let nothing = || Err(Trouble::new(metrics::CALL, Sort::Unreadable, "it was not asked for"));
    let mut answers = answers.into_iter().map(|answer| answer.unwrap_or_else(nothing));
    let mut own = |asker: &Asker<Vec<Series>>| {
        // All of them are taken, so that the next asker's are the next.
        let own: Vec<_> = answers.by_ref().take(asker.question.len()).collect();
        own.into_iter().collect()
    };
    let answers: Answers<_> = askers.iter().map(&mut own).collect();
    inner.forget_if_useless(&link, &answers).await;
    answers
}

async fn series(link: &Link, all: &[Series], part: &[usize], end: Instant) -> Answers<SeriesSeen> {
    let part: Vec<&Series> = part.iter().map(|at| &all[*at]).collect();
    halving(&part, |some| metrics::ask(link, some, end).boxed_local()).await
}

/// When the last of the askers has no use for an answer any more.
fn last_end<Q>(askers: &[Asker<Q>]) -> Instant {
    askers.iter().map(|asker| asker.end).max().unwrap_or_else(Instant::now)
}
