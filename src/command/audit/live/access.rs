//! What IAM would decide, by its own simulation: of what the checks ask, and of what steps declare.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use serde_json::json;

use super::Scene;
use super::cloud::row;
use crate::check::cloud::{Call, Cloud, Identity};
use crate::check::{AwsAccess, Check, Claim, Outcome, Probe, Reading, Verdict, When};
use crate::engine::{Asked, Eyes, guard};
use crate::report::{
    About, Row, Source, Stand, Weight, Wish, counted, judge_wish, service_of, wishes,
};
use crate::value::Span;

/// Actions of one question.
const MOST: usize = 50;
/// Resources on which an action is tried that is denied on `*`.
const TRIES: usize = 5;
const PATIENCE: Span = Span::from_secs(30);

pub(super) async fn rows(scene: &Scene<'_>, identity: &Identity, eyes: Eyes<'_>) -> Vec<Row> {
    let is_skipped = |id: &_| scene.is_skipped(id);
    let wishes = wishes(scene.book, &scene.questions(), scene.values, &is_skipped);
    if wishes.is_empty() {
        return Vec::new();
    }
    let told = |verdict| vec![row(Stand::Start, About::Permission, SIMULATION, verdict)];
    let Some(principal) = principal(scene, identity, eyes).await else {
        return told(Verdict::Unknown(format!(
            "IAM simulates for users, groups and roles alone, and {} asks",
            identity.arn
        )));
    };
    let simulator = Simulator { scene, principal: &principal, eyes };
    let verdicts = match simulator.decide(&wishes).await {
        Ok(verdicts) => verdicts,
        Err(why) => return told(Verdict::Unknown(why)),
    };
    let mut rows = Vec::new();
    let mut allowed = 0;
    for (wish, verdict) in wishes.iter().zip(verdicts) {
        match (wish.source, verdict.outcome()) {
            (Source::Check, Outcome::Pass) => allowed += 1,
            // The check itself was asked, and tells more.
            (Source::Check, Outcome::Unknown) => {}
            _ => rows.push(told_of(wish, verdict)),
        }
    }
    if allowed > 0 {
        let says = format!("{} that checks need allowed", counted(allowed, "action"));
        rows.extend(told(Verdict::Pass(says)));
    }
    rows
}

const SIMULATION: &str = "what IAM allows, by simulation";

fn told_of(wish: &Wish, verdict: Verdict) -> Row {
    let name = match wish.source {
        Source::Check => format!("{}, for the checks of {}", wish.action, wish.step),
        Source::Declared => format!("{}, for the action of {}", wish.action, wish.step),
    };
    let (step, about, weight) = (Some(wish.step.clone()), About::Permission, Weight::Must);
    Row { stand: wish.stand, about, step, name, weight, verdict }
}

/// Who is simulated: what has policies behind who asks.
async fn principal(scene: &Scene<'_>, identity: &Identity, eyes: Eyes<'_>) -> Option<String> {
    if let Some(role) = scene.book.aws.as_ref().and_then(|aws| aws.assume_role.clone()) {
        return Some(role);
    }
    let partition = identity.arn.split(':').nth(1).unwrap_or("aws");
    match (identity.kind(), identity.session()) {
        ("user", None) if identity.arn.contains(":user/") => Some(identity.arn.clone()),
        ("role", Some(_)) => {
            // A role's path is no part of what its sessions are called.
            let input = json!({ "RoleName": identity.name() });
            let call = Call::new("iam", "GetRole", input, &["$.Role.Arn"]);
            let calls = vec![call];
            let probe = Probe::Cloud(Cloud::Calls { when: When::at(scene.now), calls });
            let claim = Claim::AwsAccess(AwsAccess::allowing("", Vec::new(), Vec::new()));
            let asked = Asked { step: &guard(), probe: &probe, claim: &claim };
            let reading = eyes.prober.observe(asked, PATIENCE, eyes.stop).await;
            let found = match &reading {
                Reading::Answers { answers, .. } => answers.first()?.at("$.Role.Arn"),
                _ => None,
            };
            let arn = found.and_then(|found| found.first()?.as_str().map(str::to_owned));
            let (account, name) = (&identity.account, identity.name());
            Some(arn.unwrap_or_else(|| format!("arn:{partition}:iam::{account}:role/{name}")))
        }
        _ => None,
    }
}

struct Simulator<'a> {
    scene: &'a Scene<'a>,
    principal: &'a str,
    eyes: Eyes<'a>,
}

impl Simulator<'_> {
    /// What is decided of each; why not, where nothing can be simulated at all.
    async fn decide(&self, wishes: &[Wish]) -> Result<Vec<Verdict>, String> {
        let mut first = self.simulate(wishes).await?;
        let known: BTreeSet<&str> = wishes.iter().map(|wish| wish.resource.as_str()).collect();
        for (wish, verdict) in wishes.iter().zip(&mut first) {
            if wish.source != Source::Declared || verdict.outcome() != Outcome::Unknown {
                continue;
            }
            let own = |resource: &&&str| service_of(resource) == service_of(&wish.action);
            let on = |resource: &&str| Wish { resource: (*resource).to_owned(), ..wish.clone() };
            let tried: Vec<Wish> = known.iter().filter(own).take(TRIES).map(on).collect();
            let verdicts = self.simulate(&tried).await?;
            let is = |outcome| verdicts.iter().position(|one| one.outcome() == outcome);
            if let Some(at) = is(Outcome::Pass) {
                *verdict = verdicts[at].clone();
            } else if let Some(at) = is(Outcome::Fail).filter(|_| is(Outcome::Unknown).is_none()) {
                *verdict = Verdict::Fail(format!("{}, and on `*`", verdicts[at].says()));
            }
        }
        Ok(first)
    }

    /// Asks once for each resource and so many actions.
    async fn simulate(&self, wishes: &[Wish]) -> Result<Vec<Verdict>, String> {
        let mut on: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for wish in wishes {
            on.entry(&wish.resource).or_default().insert(&wish.action);
        }
        let chunks: Vec<(&str, Vec<String>)> = on
            .into_iter()
            .flat_map(|(resource, actions)| {
                let actions: Vec<String> = actions.into_iter().map(str::to_owned).collect();
                let chunk = |chunk: &[String]| (resource, chunk.to_vec());
                actions.chunks(MOST).map(chunk).collect::<Vec<_>>()
            })
            .collect();
        let asked = chunks.iter().map(|(resource, actions)| self.ask(resource, actions));
        let readings: Vec<(Reading, Verdict)> = join_all(asked).await;
        let untold =
            |(reading, _): &&(Reading, Verdict)| !matches!(reading, Reading::Answers { .. });
        if let Some((_, verdict)) = readings.iter().find(untold)
            && readings.iter().all(|one| untold(&one))
        {
            return Err(format!("nothing can be simulated: {}", verdict.says()));
        }
        let judged = |wish: &Wish| {
            let own = |(resource, actions): &&(&str, Vec<String>)| {
                **resource == wish.resource && actions.contains(&wish.action)
            };
            let at = chunks.iter().position(|chunk| own(&chunk)).expect("each was asked");
            judge_wish(self.principal, wish, &readings[at].0)
        };
        Ok(wishes.iter().map(judged).collect())
    }

    async fn ask(&self, resource: &str, actions: &[String]) -> (Reading, Verdict) {
        let resources = if resource == "*" { Vec::new() } else { vec![resource.to_owned()] };
        let access = AwsAccess::allowing(self.principal, actions.to_vec(), resources);
        let claim = Claim::AwsAccess(access);
        let check = Check { title: None, claim, until: None, timeout: PATIENCE, baseline: false };
        self.eyes.look(&guard(), (&check, &check), When::at(self.scene.now)).await
    }
}
