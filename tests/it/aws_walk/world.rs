//! The AWS account of the walk: moto and ministack behind one address, each for what it does
//! right, and what a person makes in the console, made through the API that the console uses.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use holdpoint::value::Moment;
use serde_json::{Value as Json, json};

use crate::aws_kit::{ACCOUNT, Answer, Front, Heard, Made, REGION, Server, next_cost};

/// What is made, by the step that asks a person for it.
const CONSOLE: &str = "tests/it/aws_walk/console.json";

/// The account of somebody else.
pub const OTHER: &str = "999988887777";

/// Every operation on alarms: ministack has composite alarms and their history, moto has not.
const ALARMS: [&str; 5] = [
    "PutMetricAlarm",
    "PutCompositeAlarm",
    "SetAlarmState",
    "DescribeAlarms",
    "DescribeAlarmHistory",
];

pub struct World {
    moto: Server,
    ministack: Server,
    pub front: Front,
    /// What was made, for what is made later.
    kept: Mutex<BTreeMap<String, String>>,
    /// Whether the credentials are those of another account.
    wrong: Arc<AtomicBool>,
    /// The deployer's key.
    pub key: String,
}

impl World {
    /// As it is before the deployment; the spend of 7 days in it.
    pub fn before(spent: &str) -> Self {
        let moto = Server::start("moto", &[]);
        let ministack = Server::start("ministack", &[("MINISTACK_ACCOUNT_ID", ACCOUNT)]);
        let front = Front::of(&moto);
        let wrong = Arc::new(AtomicBool::new(false));
        front.answers({
            let (other, wrong) = (ministack.address(), Arc::clone(&wrong));
            move |heard| match scripted(heard, wrong.load(Ordering::SeqCst)) {
                Some(answer) => answer,
                None if for_ministack(heard) => Answer::From(other),
                None => Answer::Real,
            }
        });
        let made = Made { server: &moto, region: REGION, key: "maker" };
        made.one("iam", "CreateUser", json!({ "UserName": "deployer" }));
        let key = made.one("iam", "CreateAccessKey", json!({ "UserName": "deployer" }));
        let key = key["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned();
        let world = Self { moto, ministack, front, kept: Mutex::default(), wrong, key };
        world.makes("world");
        world.has_been_busy();
        // In the order in which they are first asked: of all, of two services, of the last day.
        for (days, amount) in [(7, spent), (7, "31.20"), (7, "48.75"), (1, "9.10")] {
            next_cost(&world.moto, cost(days, amount));
        }
        world
    }

    /// Makes what this step asks a person for, if it is in the account.
    pub fn makes(&self, step: &str) {
        if step.starts_with("api") {
            // ministack knows whole seconds only: what it makes in the second in which the step
            // began looks older than the step. AWS tells milliseconds.
            let second = now();
            while now() == second {
                std::thread::yield_now();
            }
        }
        let console: BTreeMap<String, Vec<Json>> =
            serde_json::from_str(&super::shipped(CONSOLE)).unwrap();
        for call in console.get(step).into_iter().flatten() {
            let text = |field: &str| call[field].as_str().unwrap();
            let server = if text("on") == "moto" { &self.moto } else { &self.ministack };
            let made = Made { server, region: REGION, key: "maker" };
            let input = self.filled(&call["input"]);
            let does = (text("service"), text("does"), input);
            let times = call["times"].as_u64().unwrap_or(1) as usize;
            let said = made.all(&vec![does; times]);
            for (name, place) in call["keeps"].as_object().into_iter().flatten() {
                let value = said[0].pointer(place.as_str().unwrap()).unwrap();
                self.kept.lock().unwrap().insert(name.clone(), value.as_str().unwrap().to_owned());
            }
        }
    }

    /// From now on the credentials are those of another account, or the right ones again.
    pub fn credentials_are(&self, wrong: bool) {
        self.wrong.store(wrong, Ordering::SeqCst);
    }

    /// The end of an ARN that was made, as a runbook names it: `app/orders/50dc6c495c0c9188`.
    pub fn id(&self, name: &str) -> String {
        let kept = self.kept.lock().unwrap();
        kept[name].splitn(6, ':').nth(5).unwrap().split_once('/').unwrap().1.to_owned()
    }

    /// The input with `$name` for what was kept, and `$now` for the time in milliseconds.
    fn filled(&self, input: &Json) -> Json {
        match input {
            Json::String(text) if text == "$now" => json!(millis()),
            Json::String(text) => match text.strip_prefix('$') {
                Some(name) => json!(self.kept.lock().unwrap()[name]),
                None => json!(text),
            },
            Json::Array(items) => items.iter().map(|item| self.filled(item)).collect(),
            Json::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), self.filled(value))).collect()
            }
            other => other.clone(),
        }
    }

    /// Users were there each minute of the last hour, each hour of the day before, and go on.
    fn has_been_busy(&self) {
        let minute = now() / 60 * 60;
        let balancer = json!([{ "Name": "LoadBalancer", "Value": self.id("balancer") }]);
        let table = json!([{ "Name": "TableName", "Value": "orders" }]);
        let queries = json!([
            { "Name": "TableName", "Value": "orders" }, { "Name": "Operation", "Value": "Query" },
        ]);
        let export = json!([{ "Name": "FunctionName", "Value": "orders-export" }]);
        for (namespace, name, dimensions, value) in [
            ("AWS/ApplicationELB", "RequestCount", &balancer, 240.0),
            ("AWS/ApplicationELB", "TargetResponseTime", &balancer, 0.212),
            ("AWS/DynamoDB", "ConsumedWriteCapacityUnits", &table, 36.0),
            ("AWS/DynamoDB", "SuccessfulRequestLatency", &queries, 4.75),
            ("AWS/Lambda", "Duration", &export, 4180.0),
            ("AWS/Lambda", "Errors", &export, 0.0),
        ] {
            let point = |at: u64| json!({ "MetricName": name, "Dimensions": dimensions, "Timestamp": at, "Value": value });
            let minutes = (0..70).map(|back| point(minute + 600 - back * 60));
            let points: Vec<Json> =
                minutes.chain((1..27).map(|back| point(minute - back * 3600))).collect();
            let made = Made { server: &self.moto, region: REGION, key: "maker" };
            let input = json!({ "Namespace": namespace, "MetricData": points });
            made.one("cloudwatch", "PutMetricData", input);
        }
    }
}

fn now() -> u64 {
    millis() / 1000
}

fn millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

/// What Cost Explorer says of the last days.
fn cost(days: i64, amount: &str) -> Json {
    let now = i64::try_from(now()).unwrap() * 1000;
    let date = |back: i64| Moment::from_millis(now - back * DAY).date().to_string();
    json!({
        "ResultsByTime": [{
            "TimePeriod": { "Start": date(days), "End": date(0) },
            "Total": { "UnblendedCost": { "Amount": amount, "Unit": "USD" } },
            "Groups": [], "Estimated": true,
        }],
        "DimensionValueAttributes": [],
    })
}

fn for_ministack(heard: &Heard) -> bool {
    match heard.service() {
        "ecs" | "iam" | "cloudformation" => true,
        "cloudwatch" => ALARMS.contains(&heard.operation().as_str()),
        _ => false,
    }
}

/// What neither server can say, by AWS's documentation.
fn scripted(heard: &Heard, wrong: bool) -> Option<Answer> {
    Some(Answer::Said(match heard.operation().as_str() {
        "GetCallerIdentity" if wrong => json!({
            "UserId": "AIDAEXAMPLE", "Account": OTHER,
            "Arn": format!("arn:aws:iam::{OTHER}:user/deployer"),
        }),
        // ministack's tasks have no digest of their image.
        "DescribeTasks" => {
            let task = |name: &str| {
                json!({
                    "taskArn": format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task/orders/{name}"),
                    "lastStatus": "RUNNING",
                    "taskDefinitionArn":
                        format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/orders-api:42"),
                    "containers": [{ "name": "api", "lastStatus": "RUNNING", "imageDigest": DIGEST }],
                })
            };
            json!({ "tasks": [task("a"), task("b")], "failures": [] })
        }
        // ministack finds a bucket's policy by a name of its own, not by the bucket.
        "GetResource" if heard.text().contains("AWS::S3::BucketPolicy") => {
            let denies = json!({
                "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
                "Condition": { "Bool": { "aws:SecureTransport": "false" } },
            });
            let properties = json!({
                "Bucket": BUCKET,
                "PolicyDocument": { "Version": "2012-10-17", "Statement": [denies] },
            });
            json!({
                "TypeName": "AWS::S3::BucketPolicy",
                "ResourceDescription": { "Identifier": BUCKET, "Properties": properties.to_string() },
            })
        }
        "GetAnomalyMonitors" => json!({
            "AnomalyMonitors": [{
                "MonitorArn": format!("arn:aws:ce::{ACCOUNT}:anomalymonitor/1"),
                "MonitorName": "orders", "MonitorType": "CUSTOM",
            }],
        }),
        _ => return None,
    }))
}

/// In milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;
const BUCKET: &str = "orders-data-123456789012";
pub const DIGEST: &str = "sha256:9f2c5a7be1d04c3386a1f0b7d25e4c9817ab60d3f5e2c8b94a7061d3e8f5b2c4";
