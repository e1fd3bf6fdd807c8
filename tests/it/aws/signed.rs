//! A server that believes signatures and policies: what is signed is what it takes, and what
//! a policy does not allow is denied.
//!
//! moto asks a policy for `sts:GetCallerIdentity`, which AWS allows to everybody.

use serde_json::json;

use super::{finds_with, head, phases, place};
use crate::aws_kit::{ACCOUNT, Front, Made, REGION, strict_moto};

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",
    "Action":["sts:GetCallerIdentity","logs:FilterLogEvents"]}]}"#;

#[test]
fn signatures_are_good_and_denials_are_told() {
    // As many calls as are made here.
    let server = strict_moto(4);
    let maker = Made { server: &server, region: REGION, key: "maker" };
    let user = json!({ "UserName": "ann" });
    let policy = json!({ "UserName": "ann", "PolicyName": "p", "PolicyDocument": POLICY });
    let made = maker.all(&[
        ("logs", "CreateLogGroup", json!({ "logGroupName": "/si/orders" })),
        ("iam", "CreateUser", user.clone()),
        ("iam", "PutUserPolicy", policy),
        ("iam", "CreateAccessKey", user),
    ]);
    let text = |name: &str| made[3]["AccessKey"][name].as_str().unwrap().to_owned();
    let (key, secret) = (text("AccessKeyId"), text("SecretAccessKey"));
    let front = Front::of(&server);
    let checks = [
        "aws_logs = { groups = ['/si/orders'], at_most = 0, over = '5m' }",
        "aws_api = { service = 'iam', operation = 'GetUser', input = { UserName = 'ann' }, \
         expect = [{ path = '$.User', exists = true }] }",
    ];
    let found = finds_with(&front, (&key, &secret), &checks.map(str::to_owned));
    assert_eq!(found[0].verdict.says(), "0 events");
    let says = found[1].verdict.says();
    assert!(says.starts_with("iam:GetUser denied (HTTP 403, AccessDenied"), "{says}");
    assert!(says.contains("add iam:GetUser to the principal's policy"), "{says}");

    let book = head(ACCOUNT)
        + &phases(
            "[[phase.step]]\nid = \"look\"\ntitle = \"Look\"\ncheck.aws_identity = {}\n\
         [[phase.exit]]\ncriterion = \"It was seen\"\nproven_by = [\"look\"]",
        );
    let place = place(&front.url(), &key, &book);
    // AWS says SignatureDoesNotMatch in XML; moto says it too, but calls it a page for people.
    let parts = ["it cannot be seen who asks AWS", "sts:GetCallerIdentity", "HTTP 403"];
    place.refuses(&["run", "book.toml", "--journal", "j.md"], 1, &parts);
}
