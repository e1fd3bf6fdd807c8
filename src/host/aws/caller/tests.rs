//! Each protocol by literal bytes: what is sent, what is read, what goes wrong.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::time::Instant;

use super::reply::{Asked, Reply};
use super::request::Request;
use super::wire::{Carrier, To};
use super::*;
use crate::check::cloud::Given;

mod faults;
mod replies;
mod requests;

/// Answers in a row, and what was asked.
struct Scripted {
    replies: RefCell<VecDeque<Reply>>,
    asked: RefCell<Vec<Request>>,
}

impl Carrier for Scripted {
    fn region(&self) -> &'static str {
        "eu-west-1"
    }

    async fn carry(&self, to: To<'_>, request: &Request) -> Result<Reply, Trouble> {
        self.asked.borrow_mut().push(request.clone());
        let none = || Trouble::network(to.call, "nothing more is scripted");
        self.replies.borrow_mut().pop_front().ok_or_else(none)
    }
}

impl Scripted {
    fn new(replies: &[(u16, &str)]) -> Self {
        let replies = replies.iter().map(|&(status, body)| reply(status, body)).collect();
        Self { replies: RefCell::new(replies), asked: RefCell::default() }
    }

    /// The bodies that were sent, as JSON.
    fn bodies(&self) -> Vec<Json> {
        let asked = self.asked.borrow();
        asked.iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
    }

    async fn answers(&self, calls: &[Call]) -> Result<Vec<Answer>, Trouble> {
        answer_over(self, calls, Instant::now() + Duration::from_secs(30)).await
    }
}

fn reply(status: u16, body: &str) -> Reply {
    let headers = vec![("x-amzn-requestid".to_owned(), "r-1".to_owned())];
    Reply { status, headers, body: body.as_bytes().to_vec() }
}

fn asked(call: &'static str) -> Asked<'static> {
    let (service, operation) = call.split_once(':').unwrap();
    let (service, found) = model::find(service, operation).unwrap();
    Asked { service, operation, found, call }
}

fn found(answer: &Answer, path: &str) -> Json {
    Json::from(answer.at(path).unwrap_or_else(|| panic!("{answer:?}")))
}

#[tokio::test(start_paused = true)]
async fn pages_are_followed_to_their_end() {
    let server = Scripted::new(&[
        (200, r#"{"taskArns":["a"],"nextToken":"t1"}"#),
        (200, r#"{"taskArns":["b","c"],"nextToken":"t2"}"#),
        (200, r#"{"taskArns":[],"nextToken":null}"#),
    ]);
    let call = Call::new("ecs", "ListTasks", json!({ "cluster": "x" }), &["$.taskArns[*]"]);
    let answers = server.answers(&[call]).await.unwrap();
    assert_eq!(found(&answers[0], "$.taskArns[*]"), json!(["a", "b", "c"]));
    assert_eq!(answers[0].request.as_deref(), Some("r-1"));
    assert_eq!(
        server.bodies(),
        [
            json!({ "cluster": "x" }),
            json!({ "cluster": "x", "nextToken": "t1" }),
            json!({ "cluster": "x", "nextToken": "t2" }),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn enough_is_enough() {
    let page = (200, r#"{"taskArns":["a","b"],"nextToken":"t1"}"#);
    let server = Scripted::new(&[page]);
    let call = Call::new("ecs", "ListTasks", Json::Null, &["$.taskArns[*]"]);
    let answers = server.answers(&[Call { enough: Some(2), ..call }]).await.unwrap();
    assert_eq!(found(&answers[0], "$.taskArns[*]"), json!(["a", "b"]));
}

#[tokio::test(start_paused = true)]
async fn what_earlier_calls_found_is_asked_about_in_portions() {
    let list = Call::new("ecs", "ListTasks", json!({ "cluster": "x" }), &["$.taskArns[*]"]);
    let given = Given { field: "tasks".into(), call: 0, path: "$.taskArns[*]".into(), at_most: 2 };
    let tasks = Call::new("ecs", "DescribeTasks", json!({ "cluster": "x" }), &["$.tasks[*].n"]);
    let calls = [list, Call { given: vec![given], ..tasks }];
    let server = Scripted::new(&[
        (200, r#"{"taskArns":["a","b","c"]}"#),
        (200, r#"{"tasks":[{"n":1},{"n":2}],"failures":[]}"#),
        (200, r#"{"tasks":[{"n":3}],"failures":[]}"#),
    ]);
    let answers = server.answers(&calls).await.unwrap();
    assert_eq!(found(&answers[1], "$.tasks[*].n"), json!([1, 2, 3]));
    assert_eq!(
        server.bodies()[1..],
        [json!({ "cluster": "x", "tasks": ["a", "b"] }), json!({ "cluster": "x", "tasks": ["c"] })]
    );
    let server = Scripted::new(&[(200, r#"{"taskArns":[]}"#)]);
    assert_eq!(server.answers(&calls).await.unwrap()[1].said, Said::NotMade);
}

#[tokio::test(start_paused = true)]
async fn a_field_for_one_value_is_given_one() {
    let services = Call::new("ecs", "ListServices", Json::Null, &["$.serviceArns[*]"]);
    let given = Given {
        field: "taskDefinition".into(),
        call: 0,
        path: "$.serviceArns[*]".into(),
        at_most: 10,
    };
    let one = Call::new("ecs", "DescribeTaskDefinition", Json::Null, &["$.x"]);
    let server = Scripted::new(&[
        (200, r#"{"serviceArns":["a","b"]}"#),
        (200, r#"{"x":1}"#),
        (200, r#"{"x":2}"#),
    ]);
    let calls = [services, Call { given: vec![given], ..one }];
    let answers = server.answers(&calls).await.unwrap();
    assert_eq!(found(&answers[1], "$.x"), json!([1, 2]));
    let sent = [json!({ "taskDefinition": "a" }), json!({ "taskDefinition": "b" })];
    assert_eq!(server.bodies()[1..], sent);
}

#[tokio::test(start_paused = true)]
async fn a_definite_no_is_an_answer_and_only_of_the_first_page() {
    let no = r#"{"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"none"}"#;
    let call = || Call::new("ecs", "ListTasks", Json::Null, &["$.taskArns[*]"]);
    let answers = Scripted::new(&[(400, no)]).answers(&[call()]).await.unwrap();
    let refused = Said::Refused { code: "ClusterNotFoundException".into(), message: "none".into() };
    assert_eq!(answers[0].said, refused);
    let first = (200, r#"{"taskArns":["a"],"nextToken":"t"}"#);
    let told = Scripted::new(&[first, (400, no)]).answers(&[call()]).await.unwrap_err();
    assert_eq!(told.sort, Sort::Unanswered);
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_tried_again_and_the_rest_is_told() {
    let slow = (400, r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#);
    let call = || Call::new("ecs", "ListTasks", Json::Null, &["$.taskArns[*]"]);
    let server = Scripted::new(&[slow, (503, "<html>"), (200, r#"{"taskArns":["a"]}"#)]);
    assert!(server.answers(&[call()]).await.is_ok());
    let denied = (400, r#"{"__type":"AccessDeniedException","Message":"no"}"#);
    for (answer, sort) in [
        (denied, Sort::Denied),
        ((200, "<html>proxy</html>"), Sort::Unreadable),
        ((200, r#"{"taskArns":["a"#), Sort::Unreadable),
        ((200, r#"{"taskArns":["a"],"nextToken":"t"}"#), Sort::Network),
    ] {
        let told = Scripted::new(&[answer]).answers(&[call()]).await.unwrap_err();
        assert_eq!(told.sort, sort, "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_there_is_not_is_not_asked() {
    let call = Call::new("ecs", "StopTask", Json::Null, &["$"]);
    let server = Scripted::new(&[]);
    assert_eq!(server.answers(&[call]).await.unwrap_err().sort, Sort::Unanswered);
    assert!(server.asked.borrow().is_empty());
}
