//! What is asked, how often, and what is made of bad answers: against AWS in memory.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use ciborium::Value as Cbor;
use futures_util::future::{LocalBoxFuture, join_all};

use super::trouble::{Sort, Trouble};
use super::{Aws, Target, masked};
use crate::check::cloud::{Alarms, Answer, Cloud, Identity, Said};
use crate::check::{Probe, Reading, When};
use crate::engine::{Asked, Prober as _, Stop, Stopper};
use crate::host::probe::{HostProber, Runner};
use crate::text::Mask;
use crate::value::{Moment, Span};

mod alarm;
mod metric;
mod scripted;

use scripted::{Scripted, Told, ask, bad, caller, good, keys, map, page, refused};

const ARN: &str = "arn:aws:sts::123456789012:assumed-role/deployer/ann";

fn me() -> Told {
    caller("123456789012", ARN)
}

/// Starts nothing.
struct Nobody;

impl Runner for Nobody {
    fn run<'a>(&'a self, _: &'a [String], _: Span, _: &'a Stop) -> LocalBoxFuture<'a, Reading> {
        panic!("nothing is to be run")
    }
}

fn prober(aws: Aws) -> HostProber {
    let mask = Mask::new([("password", "hunter22")]).unwrap();
    HostProber::new(PathBuf::from("/"), mask, Rc::new(Nobody)).with_aws(Some(aws))
}

async fn observed(prober: &HostProber, probe: &Probe) -> Reading {
    let (_stopper, stop) = Stopper::new();
    let step = "s".parse().unwrap();
    let claim = serde_json::from_value(serde_json::json!({ "file": { "path": "x" } })).unwrap();
    let asked = Asked { step: &step, probe, claim: &claim };
    prober.observe(asked, Span::from_secs(30), &stop).await
}

#[tokio::test(flavor = "current_thread")]
async fn nothing_is_set_up_before_aws_is_asked() {
    let target = Target {
        account: "123456789012".to_owned(),
        region: "eu-west-1".to_owned(),
        profile: None,
        assume_role: None,
        session: "s".to_owned(),
    };
    let aws = Aws::new(target);
    let inner = Rc::clone(&aws.0);
    let file = Probe::File { path: "/nonexistent".to_owned(), text: false, sha256: false };
    assert_eq!(observed(&prober(aws), &file).await, Reading::File(None));
    assert!(!inner.connections.initialized() && inner.link.try_lock().unwrap().is_none());
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn secrets_of_the_runbook_are_masked_wherever_aws_says_them() {
    let told = caller("123456789012", "arn:aws:iam::123456789012:user/hunter22");
    let prober = prober(Scripted::sts([told]).aws());
    let seen = observed(&prober, &Probe::Cloud(Cloud::Identity)).await;
    assert!(format!("{seen:?}").contains("user/[secret]"));
    let mask = |text: &str| text.replace("1234", "[secret]").replace("hunter2", "[secret]");
    let node = serde_json::json!({ "hunter2": ["a hunter2", { "n": 12345 }, true, null, 5] });
    let found = Said::Found(BTreeMap::from([("$".to_owned(), vec![node])]));
    let answer = |said| Answer { call: "x:Y".to_owned(), request: None, said };
    let refused = Said::Refused { code: "hunter2".to_owned(), message: "hunter2".to_owned() };
    let when = When::at(Moment::from_millis(0));
    let answers = vec![answer(found), answer(refused.clone())];
    for reading in [Reading::Answers { when, answers }, Reading::Dashboard(answer(refused))] {
        let shown = format!("{:?}", masked::masked(reading, &mask));
        assert!(!shown.contains("hunter2") && !shown.contains("12345"), "{shown}");
        assert!(shown.contains("[secret]"), "{shown}");
    }
}

fn words(answer: Result<Reading, Trouble>) -> String {
    answer.unwrap_err().words(&str::to_owned)
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn an_identity_is_what_aws_says() {
    let aws = Scripted::sts([me()]);
    let seen = aws.ask(Cloud::Identity).await.unwrap();
    let identity = Identity {
        account: "123456789012".to_owned(),
        arn: ARN.to_owned(),
        region: "eu-west-1".to_owned(),
        endpoint: None,
    };
    assert_eq!(seen, Reading::Identity(identity));
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn identities_of_one_moment_are_one_call() {
    let scripted = Scripted::sts([me(), me()]);
    let aws = scripted.aws();
    let all = join_all((0..20).map(|_| ask(&aws, Cloud::Identity))).await;
    assert!(all.iter().all(|seen| seen == &all[0] && seen.is_ok()));
    assert_eq!(scripted.count(), 1);
    ask(&aws, Cloud::Identity).await.unwrap();
    assert_eq!(scripted.count(), 2, "a later one is asked anew");
    assert_eq!(scripted.searches.load(Ordering::SeqCst), 1, "credentials are kept");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn who_is_nobody_is_not_somebody() {
    for (account, arn) in [("", ARN), ("12345678901x", ARN), ("123456789012", ""), ("1234", "x")] {
        let told = words(Scripted::sts([caller(account, arn)]).ask(Cloud::Identity).await);
        assert!(told.contains("cannot be read") && told.contains("twelve digits"), "{told}");
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn throttling_passes() {
    let storm = [(); 3].map(|()| refused(400, "Throttling", "Rate exceeded"));
    let aws = Scripted::sts(storm.into_iter().chain([me()]));
    assert!(aws.ask(Cloud::Identity).await.is_ok());
    assert_eq!(aws.count(), 4);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn what_does_not_pass_in_time_is_told_with_status_and_number() {
    let scripted = Scripted::new(|_| bad(503, "ServiceUnavailable", "try later"));
    let aws = scripted.aws();
    let one = || ask(&aws, Cloud::Alarms(Alarms::Prefix("a".to_owned())));
    for answer in join_all(std::iter::repeat_with(one).take(3)).await {
        let told = words(answer);
        assert!(told.starts_with("cloudwatch:DescribeAlarms failed on AWS's side "), "{told}");
        assert!(told.contains("HTTP 503, ServiceUnavailable, request r-1"), "{told}");
    }
    assert!(scripted.count() > 3, "it was tried again");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn what_is_refreshed_is_found() {
    for code in ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"] {
        let scripted = Scripted::sts([refused(403, code, "it is over"), me()])
            .finding([Ok(keys("old")), Ok(keys("new"))]);
        let aws = scripted.aws();
        let old = ask(&aws, Cloud::Identity).await.unwrap_err();
        assert!(matches!(old.sort, Sort::Expired | Sort::NoCredentials), "{old}");
        assert_eq!(scripted.count(), 1, "not tried again with the same");
        assert!(ask(&aws, Cloud::Identity).await.is_ok());
        assert_eq!(scripted.searches.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn what_was_refreshed_to_somebody_else_asks_nothing() {
    let alarms = || Cloud::Alarms(Alarms::Prefix("a".to_owned()));
    let role = |name: &str| format!("arn:aws:sts::123456789012:assumed-role/{name}/ann");
    for (account, arn, fine) in [
        ("123456789012", role("deployer").replace("/ann", "/bob"), true),
        ("123456789012", role("reader"), false),
        ("999999999999", ARN.replace("123456789012", "999999999999"), false),
    ] {
        let expired = bad(400, "ExpiredToken", "it is over");
        let told = [me(), expired, caller(account, &arn), good(&map([]))];
        let scripted = Scripted::sts(told).finding([Ok(keys("old")), Ok(keys("new"))]);
        let aws = scripted.aws();
        assert!(ask(&aws, Cloud::Identity).await.is_ok());
        assert_eq!(ask(&aws, alarms()).await.unwrap_err().sort, Sort::Expired);
        let again = ask(&aws, alarms()).await;
        assert_eq!(again.is_ok(), fine, "{again:?}");
        if !fine {
            let told = words(again);
            assert!(told.contains(&arn) && told.contains(&format!("wanted {ARN}")), "{told}");
            assert_eq!(scripted.count(), 3, "CloudWatch was not asked");
        }
    }
    let other = caller("999999999999", ARN);
    let told = words(Scripted::sts([other]).ask(alarms()).await);
    assert!(told.contains("wanted 123456789012"), "{told}");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn without_credentials_nobody_is_asked() {
    for (why, sort, says) in [
        ("", Sort::NoCredentials, "aws sso login"),
        ("the SSO token has expired and cannot be refreshed", Sort::Expired, "refresh them"),
        ("AccessDenied: not authorized to perform: sts:AssumeRole", Sort::Denied, "sts:AssumeRole"),
        ("profile `x` was not defined", Sort::NoCredentials, "profile `x`"),
    ] {
        let scripted = Scripted::sts([me()]).finding([Err(why), Ok(keys("new"))]);
        let aws = scripted.aws();
        let trouble = ask(&aws, Cloud::Identity).await.unwrap_err();
        assert_eq!((trouble.sort, scripted.count()), (sort, 0), "{trouble}");
        assert!(trouble.to_string().contains(says), "{trouble}");
        assert!(ask(&aws, Cloud::Identity).await.is_ok(), "{why}");
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_denial_names_the_action() {
    let message = "User: arn:aws:iam::1:user/x is not authorized to perform: cloudwatch:DescribeAlarms because no identity-based policy allows it";
    let aws = Scripted::in_turn([bad(403, "AccessDenied", message)]);
    let told = words(aws.ask(Cloud::Alarms(Alarms::Prefix("a".to_owned()))).await);
    assert!(told.contains("add cloudwatch:DescribeAlarms to the principal's policy"), "{told}");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn what_is_no_answer_is_told_as_such() {
    let half = || {
        let mut whole = good(&map([("MetricAlarms", Cbor::Array(vec![map([])]))]));
        whole.body.truncate(whole.body.len() - 1);
        whole
    };
    let json = Told { status: 200, content_type: "application/json", body: b"{}".to_vec() };
    for (told, status, says) in [
        (page(200), "HTTP 200", "a web page instead of an answer"),
        (page(403), "HTTP 403", "text/html"),
        (page(404), "HTTP 404", "text/html"),
        (half(), "HTTP 200", "application/cbor"),
        (json, "HTTP 200", "application/json"),
    ] {
        let aws = Scripted::new(move |_| told.clone());
        let told = words(aws.ask(Cloud::Alarms(Alarms::Prefix("a".to_owned()))).await);
        assert!(told.contains(status) && told.contains(says), "{told}");
        assert!(told.contains("answered what cannot be read"), "{told}");
    }
    let aws = Scripted::new(|_| page(502));
    let told = words(aws.ask(Cloud::Alarms(Alarms::Prefix("a".to_owned()))).await);
    assert!(told.contains("HTTP 502") && told.contains("text/html"), "{told}");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn what_quotes_our_credentials_is_masked() {
    let quoted = "the string to sign was KEY-of-first-that-is-long token-of-first-that-is-long secret-of-first-that-is-long";
    let scripted = Scripted::sts([refused(403, "SignatureDoesNotMatch", quoted)]);
    let aws = scripted.aws();
    let told = format!("{:?}", observed(&prober(aws), &Probe::Cloud(Cloud::Identity)).await);
    assert!(told.contains("SignatureDoesNotMatch") && told.contains("[secret]"), "{told}");
    assert!(!told.contains("that-is-long"), "{told}");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn dashboards_are_read_by_path() {
    let question = || Cloud::Dashboard { name: "d".to_owned(), paths: vec!["$.a[*]".to_owned()] };
    let body = |text: &str| good(&map([("DashboardBody", text.into())]));
    let seen = Scripted::in_turn([body(r#"{"a": [1, "x"]}"#)]).ask(question()).await.unwrap();
    let Reading::Dashboard(answer) = seen else { panic!("{seen:?}") };
    assert_eq!(answer.at("$.a[*]"), Some(&[1.into(), "x".into()][..]));
    assert_eq!(answer.request.as_deref(), Some("r-1"));
    let none = bad(404, "ResourceNotFound", "no such dashboard");
    let seen = Scripted::in_turn([none]).ask(question()).await.unwrap();
    let Reading::Dashboard(answer) = seen else { panic!("{seen:?}") };
    assert!(matches!(answer.said, Said::Refused { code, .. } if code == "ResourceNotFound"));
    for odd in ["", "{", "<html>"] {
        let told = words(Scripted::in_turn([body(odd)]).ask(question()).await);
        assert!(told.contains("no JSON"), "{told}");
    }
}
