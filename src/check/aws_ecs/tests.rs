//! What runs, and whether this deployment made it run.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use serde_json_path::JsonPath;

use super::*;
use crate::check::cloud::Said;
use crate::check::{Obstacle, Outcome};
use crate::value::Moment;

const NEW: &str = "arn:aws:ecs:eu-west-1:123456789012:task-definition/api:42";
const OLD: &str = "arn:aws:ecs:eu-west-1:123456789012:task-definition/api:41";
const GOOD: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const BAD: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
const BY_TASK: &str = "task_definition = 'api:42'";

fn ecs(text: &str) -> AwsEcs {
    toml::from_str(&format!("cluster = 'orders'\nservice = 'api'\n{text}")).unwrap()
}

fn by_image(more: &str) -> String {
    format!("image_digest = '{GOOD}'\n{more}")
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

/// The step began at nine.
fn when() -> When {
    let nine = at("2026-03-14T09:00:00.000Z");
    When { now: at("2026-03-14T09:05:00.000Z"), began: nine, acted: Some(nine) }
}

/// A deployment of this definition, complete, begun right after the step.
fn deployment(task: &str, changes: &Json) -> Json {
    let mut all = json!({
        "id": "ecs-svc/1", "status": "PRIMARY", "taskDefinition": task,
        "rolloutState": "COMPLETED", "rolloutStateReason": "completed.",
        "createdAt": "2026-03-14T09:00:01Z",
        "desiredCount": 2, "runningCount": 2, "pendingCount": 0, "failedTasks": 0,
    });
    change(&mut all, changes);
    all
}

fn old(changes: &Json) -> Json {
    let mut all = deployment(OLD, &json!({"id": "ecs-svc/0", "status": "ACTIVE"}));
    change(&mut all, changes);
    all
}

/// Sets what is given, and takes out what is null.
fn change(of: &mut Json, changes: &Json) {
    let fields = of.as_object_mut().unwrap();
    for (key, value) in changes.as_object().unwrap() {
        if value.is_null() {
            fields.remove(key);
        } else {
            fields.insert(key.clone(), value.clone());
        }
    }
}

fn services(deployments: &[Json]) -> Json {
    let controller = json!({"type": "ECS"});
    let service = json!({
        "status": "ACTIVE", "deployments": deployments, "deploymentController": controller,
    });
    json!({"services": [service], "failures": []})
}

fn task(definition: &str, containers: &[(&str, Option<&str>)]) -> Json {
    let container = |(name, digest): &(&str, Option<&str>)| {
        let mut container = json!({"name": name, "image": "api:latest"});
        if let Some(digest) = digest {
            container["imageDigest"] = json!(digest);
        }
        container
    };
    let containers: Vec<Json> = containers.iter().map(container).collect();
    json!({"taskDefinitionArn": definition, "containers": containers})
}

/// What a host makes of the outputs: what the paths of each call select.
fn answers(check: &AwsEcs, outputs: &[Json]) -> Vec<Answer> {
    let Probe::Cloud(Cloud::Calls { calls, .. }) = check.ask(when()) else { panic!("{check:?}") };
    let answer = |(call, output): (&Call, &Json)| {
        let select = |path: &String| {
            let nodes = JsonPath::parse(path).unwrap().query(output).all();
            (path.clone(), nodes.into_iter().cloned().collect())
        };
        let found: BTreeMap<String, Vec<Json>> = call.paths.iter().map(select).collect();
        Answer { call: call.name(), request: None, said: Said::Found(found) }
    };
    calls.iter().zip(outputs).map(answer).collect()
}

fn judge(text: &str, outputs: &[Json]) -> Verdict {
    let check = ecs(text);
    let answers = answers(&check, outputs);
    check.judge(&Reading::Answers { when: when(), answers })
}

fn rollout(deployments: &[Json]) -> Verdict {
    judge(BY_TASK, &[services(deployments)])
}

#[test]
fn the_wanted_definition_runs_by_this_deployment() {
    let same = deployment(NEW, &json!({}));
    let says = "runs api:42, the rollout is COMPLETED: ecs-svc/1";
    assert_eq!(rollout(std::slice::from_ref(&same)), Verdict::Pass(says.into()));
    let by_arn = judge(&format!("task_definition = '{NEW}'"), &[services(&[same])]);
    assert_eq!(by_arn.outcome(), Outcome::Pass);
    for (changes, wanted) in [
        (json!({"rolloutState": "IN_PROGRESS"}), Outcome::Unknown),
        (json!({"rolloutState": "FAILED"}), Outcome::Fail),
        (json!({"rolloutState": "PAUSED"}), Outcome::Unknown),
        (json!({"rolloutState": null}), Outcome::Unknown),
        (json!({"rolloutState": 1}), Outcome::Unknown),
        (json!({"id": null}), Outcome::Unknown),
        (json!({"taskDefinition": null}), Outcome::Unknown),
        (json!({"taskDefinition": OLD}), Outcome::Fail),
        (json!({"taskDefinition": NEW.replace(":42", ":421")}), Outcome::Fail),
        (json!({"createdAt": "2026-03-14T09:00:00Z"}), Outcome::Pass),
        (json!({"createdAt": "2026-03-14T08:59:59.999Z"}), Outcome::Fail),
        (json!({"createdAt": 1_773_478_801.5}), Outcome::Pass),
        (json!({"createdAt": 1_773_478_799}), Outcome::Fail),
        (json!({"createdAt": "today"}), Outcome::Unknown),
        (json!({"createdAt": null}), Outcome::Unknown),
        (json!({"desiredCount": 0, "runningCount": 0}), Outcome::Fail),
        (json!({"runningCount": 1}), Outcome::Fail),
        (json!({"runningCount": 1, "pendingCount": 1}), Outcome::Unknown),
        (json!({"runningCount": 3}), Outcome::Pass),
        (json!({"runningCount": null}), Outcome::Unknown),
        (json!({"desiredCount": null}), Outcome::Unknown),
        (json!({"pendingCount": "0"}), Outcome::Unknown),
        (json!({"rolloutStateReason": null}), Outcome::Pass),
    ] {
        let verdict = rollout(&[deployment(NEW, &changes)]);
        assert_eq!(verdict.outcome(), wanted, "{changes}: {verdict:?}");
    }
}

#[test]
fn says_what_is_wrong() {
    let says = |changes: Json| rollout(&[deployment(NEW, &changes)]).says().to_owned();
    let wanted = "the deployment of api:42 began at 2026-03-14T08:59:59.000Z, \
                  before the step: 2026-03-14T09:00:00.000Z";
    assert_eq!(says(json!({"createdAt": "2026-03-14T08:59:59Z"})), wanted);
    let changes = json!({"rolloutState": "IN_PROGRESS", "runningCount": 1});
    let wanted = "the rollout of api:42 is IN_PROGRESS, 1 of 2 tasks run: ask again with `until`";
    assert_eq!(says(changes), wanted);
    let changes = json!({"rolloutState": "FAILED", "rolloutStateReason": "circuit breaker"});
    assert_eq!(says(changes), "the rollout of api:42 is FAILED: circuit breaker");
    assert_eq!(says(json!({"taskDefinition": OLD})), "runs api:41, wanted api:42: completed.");
    assert_eq!(says(json!({"runningCount": 0})), "0 of 2 tasks run");
}

#[test]
fn a_roll_back_is_never_taken_for_success() {
    let back = deployment(OLD, &json!({"rolloutStateReason": "rolled back."}));
    let failed = json!({"status": "ACTIVE", "rolloutState": "FAILED"});
    let verdict = rollout(&[back.clone(), deployment(NEW, &failed)]);
    assert_eq!(
        verdict,
        Verdict::Fail("is rolled back to api:41, wanted api:42: rolled back.".into())
    );
    // The same definition with other settings: only the failed deployment tells.
    let again = [deployment(NEW, &json!({})), deployment(NEW, &failed)];
    assert_eq!(rollout(&again).outcome(), Outcome::Fail);
    let outputs = [services(&[back.clone(), deployment(NEW, &failed)]), json!({}), json!({})];
    assert_eq!(judge(&by_image(""), &outputs).outcome(), Outcome::Fail);
    // It became the primary one again, with the time it was made at first.
    let first = deployment(OLD, &json!({"createdAt": "2026-03-01T09:00:00Z"}));
    let outputs = [services(&[first]), json!({}), json!({})];
    assert_eq!(judge(&by_image(""), &outputs).outcome(), Outcome::Fail);
}

#[test]
fn another_deployment_that_is_still_there_is_unknown() {
    let new = || deployment(NEW, &json!({}));
    for other in [
        old(&json!({})),
        old(&json!({"rolloutState": "FAILED"})),
        old(&json!({"rolloutState": null})),
    ] {
        let verdict = rollout(&[new(), other]);
        let says = "1 other deployments are still there, one of api:41: ask again with `until`";
        assert_eq!(verdict, Verdict::Unknown(says.into()));
    }
    assert_eq!(rollout(&[new(), old(&json!({"status": "INACTIVE"}))]).outcome(), Outcome::Pass);
    assert_eq!(rollout(&[new(), new()]).outcome(), Outcome::Unknown, "two that are primary");
    assert_eq!(rollout(&[old(&json!({}))]).outcome(), Outcome::Unknown, "none that is");
    assert_eq!(rollout(&[]).outcome(), Outcome::Unknown);
}

#[test]
fn when_it_began_matters_only_where_something_was_done() {
    let check = ecs(BY_TASK);
    let long_ago = deployment(NEW, &json!({"createdAt": "2026-03-01T09:00:00Z"}));
    let never_told = deployment(NEW, &json!({"createdAt": null}));
    for deployment in [long_ago, never_told] {
        let answers = answers(&check, &[services(&[deployment])]);
        let reading = Reading::Answers { when: When { acted: None, ..when() }, answers };
        assert_eq!(check.judge(&reading).outcome(), Outcome::Pass);
    }
}

#[test]
fn the_service_must_be_there() {
    let gone = "there is no service `api` in the cluster `orders`";
    let missing = json!({"services": [], "failures": [{"arn": "a", "reason": "MISSING"}]});
    assert_eq!(judge(BY_TASK, &[missing]), Verdict::Fail(gone.into()));
    let with = |key: &str, value: Json| {
        let mut all = services(&[deployment(NEW, &json!({}))]);
        change(&mut all["services"][0], &json!({key: value}));
        all
    };
    for (output, wanted) in [
        (with("status", json!("INACTIVE")), Outcome::Fail),
        (with("status", json!("DRAINING")), Outcome::Fail),
        (with("status", json!("SLEEPING")), Outcome::Unknown),
        (with("status", json!(null)), Outcome::Unknown),
        (with("deploymentController", json!({"type": "CODE_DEPLOY"})), Outcome::Unknown),
        (with("deploymentController", json!(null)), Outcome::Pass),
        (json!({"services": [], "failures": [{"reason": "DENIED"}]}), Outcome::Unknown),
        (json!({"services": [], "failures": []}), Outcome::Unknown),
        (json!({}), Outcome::Unknown),
    ] {
        let verdict = judge(BY_TASK, std::slice::from_ref(&output));
        assert_eq!(verdict.outcome(), wanted, "{output}: {verdict:?}");
    }
}

fn images(more: &str, listed: usize, tasks: &[Json]) -> Verdict {
    let arns: Vec<String> = (0..listed).map(|task| format!("arn:task/{task}")).collect();
    let service = services(&[deployment(NEW, &json!({}))]);
    let outputs = [service, json!({"taskArns": arns}), json!({"tasks": tasks, "failures": []})];
    judge(&by_image(more), &outputs)
}

#[test]
fn every_task_runs_the_wanted_image() {
    let one = |digest| task(NEW, &[("api", digest)]);
    let two = |digest| task(NEW, &[("proxy", Some(BAD)), ("api", digest)]);
    let unnamed = "task_definition = 'api:42'";
    let named = "container = 'api'";
    for (more, listed, tasks, wanted) in [
        (unnamed, 2, vec![one(Some(GOOD)), one(Some(GOOD))], Outcome::Pass),
        (unnamed, 2, vec![one(Some(GOOD)), one(Some(BAD))], Outcome::Fail),
        (unnamed, 2, vec![one(Some(GOOD)), one(None)], Outcome::Unknown),
        (unnamed, 2, vec![two(Some(GOOD)), two(Some(GOOD))], Outcome::Unknown),
        (named, 2, vec![two(Some(GOOD)), two(Some(GOOD))], Outcome::Pass),
        (named, 2, vec![two(Some(GOOD)), two(Some(BAD))], Outcome::Fail),
        (named, 2, vec![two(None), two(Some(BAD))], Outcome::Fail),
        (named, 2, vec![two(Some(GOOD)), two(None)], Outcome::Unknown),
        (named, 2, vec![two(Some(GOOD)), task(NEW, &[("proxy", Some(GOOD))])], Outcome::Unknown),
        (named, 2, vec![task(NEW, &[("x", None)]), task(NEW, &[("y", None)])], Outcome::Fail),
        (unnamed, 2, vec![one(Some(GOOD)), task(OLD, &[("api", Some(GOOD))])], Outcome::Fail),
        (unnamed, 2, vec![one(Some(GOOD))], Outcome::Unknown),
        (unnamed, 1, vec![one(Some(GOOD))], Outcome::Unknown),
        (unnamed, 0, vec![], Outcome::Unknown),
        (unnamed, 3, vec![one(Some(GOOD)), one(Some(GOOD)), one(Some(GOOD))], Outcome::Pass),
        (unnamed, 2, vec![task(NEW, &[]), task(NEW, &[])], Outcome::Unknown),
    ] {
        let verdict = images(more, listed, &tasks);
        assert_eq!(verdict.outcome(), wanted, "{more} {tasks:?}: {verdict:?}");
    }
    let pass = images(named, 2, &[two(Some(GOOD)), two(Some(GOOD))]);
    let says = "runs api:42, the rollout is COMPLETED: ecs-svc/1, \
                each image of `api` is sha256:ba7816bf8f01…";
    assert_eq!(pass, Verdict::Pass(says.into()));
    let fail = images(named, 2, &[two(Some(BAD)), two(Some(GOOD))]);
    let says = "an image of `api` is sha256:000000000000…, wanted sha256:ba7816bf8f01…";
    assert_eq!(fail, Verdict::Fail(says.into()));
}

#[test]
fn what_is_not_told_is_unknown() {
    let check = ecs(BY_TASK);
    let refused = |code: &str| {
        let said = Said::Refused { code: code.to_owned(), message: "no".to_owned() };
        vec![Answer { call: "ecs:DescribeServices".to_owned(), request: None, said }]
    };
    let judge = |answers| check.judge(&Reading::Answers { when: when(), answers });
    let gone = judge(refused("ClusterNotFoundException"));
    assert_eq!(gone, Verdict::Fail("there is no cluster `orders`".into()));
    assert_eq!(judge(refused("ServiceNotFoundException")).outcome(), Outcome::Fail);
    for answers in [
        refused("InvalidParameterException"),
        vec![],
        vec![Answer { said: Said::NotMade, ..refused("x").remove(0) }],
        vec![Answer { said: Said::Found([].into()), ..refused("x").remove(0) }],
    ] {
        let verdict = judge(answers.clone());
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{answers:?}: {verdict:?}");
    }
    // No task is listed, so that none can be described.
    let by_digest = ecs(&by_image(""));
    let outputs =
        [services(&[deployment(NEW, &json!({}))]), json!({"taskArns": ["a", "b"]}), json!({})];
    let mut all = answers(&by_digest, &outputs);
    all[2].said = Said::NotMade;
    let verdict = by_digest.judge(&Reading::Answers { when: when(), answers: all });
    assert_eq!(verdict.outcome(), Outcome::Unknown, "{verdict:?}");
    for reading in [Reading::Nothing(Obstacle::Timeout), Reading::Connected { millis: 1 }] {
        assert_eq!(check.judge(&reading).outcome(), Outcome::Unknown);
    }
}

#[test]
fn asks_for_no_more_than_it_judges() {
    for text in [BY_TASK.to_owned(), by_image("")] {
        let check = ecs(&text);
        let Probe::Cloud(Cloud::Calls { calls, .. }) = check.ask(when()) else { panic!("{text}") };
        let actions: Vec<String> = calls.iter().map(Call::name).collect();
        let needed: Vec<String> =
            check.permissions().into_iter().map(|permission| permission.action).collect();
        assert_eq!(actions, needed);
    }
    let arn = "arn:aws:ecs:eu-west-1:123456789012:service/orders/api";
    let check = AwsEcs { service: arn.to_owned(), ..ecs(&by_image("")) };
    assert_eq!(check.permissions()[0].resource, arn);
    let Probe::Cloud(Cloud::Calls { calls, .. }) = check.ask(when()) else { panic!("{check:?}") };
    assert_eq!(calls[1].input["serviceName"], "api");
}

#[test]
fn flaws() {
    for bad in [
        "",
        "container = 'api'\ntask_definition = 'api:42'",
        "task_definition = 'api'",
        "task_definition = ''",
        "task_definition = 'api:latest'",
        "image_digest = 'api:latest'",
        "image_digest = 'sha256:abc'",
    ] {
        assert!(ecs(bad).flaw().is_some(), "{bad}");
        let verdict = judge(bad, &[services(&[deployment(NEW, &json!({}))])]);
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{bad}");
    }
    assert!(AwsEcs { cluster: String::new(), ..ecs(BY_TASK) }.flaw().is_some());
    assert!(AwsEcs { service: String::new(), ..ecs(BY_TASK) }.flaw().is_some());
    for good in [BY_TASK, "task_definition = 'api:{{revision}}'", "image_digest = '{{digest}}'"] {
        assert_eq!(ecs(good).flaw(), None, "{good}");
    }
    let text = by_image("container = 'api'\nsince = 'deploy'");
    assert_eq!(ecs(&text).since(), Some("deploy"));
    assert_eq!(ecs(&text).says(), "service orders/api runs image sha256:ba7816bf8f01 in api");
}
