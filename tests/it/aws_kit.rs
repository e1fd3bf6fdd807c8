//! What the AWS suites share: real servers on loopback, one of each for the test program, and a
//! front that counts what they are asked and can answer in their place. It claims nothing.

use std::sync::OnceLock;

use serde_json::{Value as Json, json};

pub mod front;
pub mod heard;
mod python;
mod said;
pub mod server;

pub use front::{Answer, Front};
pub use heard::Heard;
pub use server::Server;

/// Where everything is, unless a test says otherwise.
pub const REGION: &str = "eu-west-1";
/// moto's account.
pub const ACCOUNT: &str = "123456789012";

/// moto's server with CloudWatch's CBOR in front. Shared: names are a test's own.
pub fn moto() -> &'static Server {
    static MOTO: OnceLock<Server> = OnceLock::new();
    MOTO.get_or_init(|| Server::start("moto", &[]))
}

/// moto again, which believes signatures and policies. Its first calls make who may do what.
pub fn strict_moto(free_calls: u32) -> Server {
    Server::start("moto", &[("INITIAL_NO_AUTH_ACTION_COUNT", &free_calls.to_string())])
}

/// ministack's server. Who signs with twelve digits as the key has this account to themselves.
pub fn ministack() -> &'static Server {
    static MINISTACK: OnceLock<Server> = OnceLock::new();
    MINISTACK.get_or_init(|| Server::start("ministack", &[]))
}

/// Something that a person makes in the console.
pub struct Made<'a> {
    pub server: &'a Server,
    pub region: &'a str,
    /// Who makes it, by the key of access.
    pub key: &'a str,
}

/// In moto, whoever asks.
pub fn in_moto() -> Made<'static> {
    Made { server: moto(), region: REGION, key: "maker" }
}

/// In ministack, in this account.
pub fn in_ministack(account: &str) -> Made<'_> {
    Made { server: ministack(), region: REGION, key: account }
}

impl Made<'_> {
    /// Makes one thing; what the server returned.
    #[track_caller]
    pub fn one(&self, service: &str, operation: &str, input: Json) -> Json {
        self.all(&[(service, operation, input)]).remove(0)
    }

    /// Makes these, in order; what the server returned to each.
    #[track_caller]
    pub fn all(&self, calls: &[(&str, &str, Json)]) -> Vec<Json> {
        static MAKER: OnceLock<Server> = OnceLock::new();
        let maker = MAKER.get_or_init(|| Server::start("maker", &[]));
        let call = |(service, operation, input): &(&str, &str, Json)| {
            json!({
                "endpoint": self.server.url(), "region": self.region, "key": self.key,
                "service": service, "operation": operation, "input": input,
            })
        };
        let calls: Vec<Json> = calls.iter().map(call).collect();
        let (status, body) = maker.post("/", &serde_json::to_vec(&calls).unwrap());
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }
}

/// Presets what moto's Cost Explorer answers to the next question that it was not asked before.
pub fn next_cost(server: &Server, result: Json) {
    let body = json!({ "results": [result] }).to_string();
    let path = "/moto-api/static/ce/cost-and-usage-results";
    let (status, said) = server.post(path, body.as_bytes());
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&said));
}

/// A proof that the servers, the maker and the front do what the suites build on.
#[test]
fn the_servers_answer_and_are_counted() {
    let alarm = json!({
        "AlarmName": "kit-1", "MetricName": "Errors", "Namespace": "Kit", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1.5, "Statistic": "Sum",
        "ComparisonOperator": "GreaterThanThreshold",
    });
    in_moto().one("cloudwatch", "PutMetricAlarm", alarm);
    let front = Front::of(moto());
    let through = Made { server: &front.as_server(), ..in_moto() };
    let ask = json!({ "AlarmNames": ["kit-1"] });
    let seen = through.one("cloudwatch", "DescribeAlarms", ask.clone());
    assert_eq!(seen["MetricAlarms"][0]["Threshold"], 1.5, "{seen}");
    assert_eq!(front.calls(), ["cloudwatch:DescribeAlarms"]);

    front.answers(|heard| match heard.operation().as_str() {
        "DescribeAlarms" => Answer::Said(json!({
            "MetricAlarms": [{ "AlarmName": "lie", "StateUpdatedTimestamp": { "$at": 1.5 } }]
        })),
        _ => Answer::refused(400, "AccessDenied", "not authorized"),
    });
    let lie = through.one("cloudwatch", "DescribeAlarms", ask);
    assert_eq!(lie["MetricAlarms"][0]["AlarmName"], "lie", "{lie}");
    assert_eq!(lie["MetricAlarms"][0]["StateUpdatedTimestamp"], 1.5, "{lie}");
    for (service, operation) in
        [("cloudwatch", "ListMetrics"), ("sts", "GetCallerIdentity"), ("lambda", "ListFunctions")]
    {
        let refused = std::panic::catch_unwind(|| through.one(service, operation, json!({})));
        let why = *refused.unwrap_err().downcast::<String>().unwrap();
        assert!(why.contains("(AccessDenied)") && why.contains("not authorized"), "{why}");
    }
    let account = "111122223333";
    let me = in_ministack(account).one("sts", "GetCallerIdentity", json!({}));
    assert_eq!(me["Account"], account, "{me}");
}
