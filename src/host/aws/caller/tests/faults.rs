//! What AWS says is wrong.

use super::*;

fn told(call: &'static str, reply: &Reply) -> (Sort, Option<String>, String) {
    let trouble = reply::output(asked(call), reply).unwrap_err();
    (trouble.sort, trouble.code, trouble.message)
}

/// Call, status and body; what it means, the code and the message.
type Case = (&'static str, u16, &'static str, Sort, &'static str, &'static str);

const CASES: [Case; 10] = [
    (
        "ecs:ListTasks",
        400,
        r#"{"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"Cluster not found."}"#,
        Sort::Refused,
        "ClusterNotFoundException",
        "Cluster not found.",
    ),
    (
        "ce:GetCostAndUsage",
        400,
        r#"{"__type":"LimitExceededException","Message":"slow"}"#,
        Sort::Throttled,
        "LimitExceededException",
        "slow",
    ),
    (
        "iam:GetRole",
        404,
        r#"<ErrorResponse xmlns="x"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no role</Message></Error><RequestId>q</RequestId></ErrorResponse>"#,
        Sort::Refused,
        "NoSuchEntity",
        "no role",
    ),
    (
        "ec2:DescribeVpcs",
        403,
        "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation.</Message></Error></Errors><RequestID>e</RequestID></Response>",
        Sort::Denied,
        "UnauthorizedOperation",
        "You are not authorized to perform this operation.",
    ),
    (
        "s3:GetBucketEncryption",
        404,
        "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>none</Message><RequestId>s</RequestId></Error>",
        Sort::Refused,
        "NoSuchBucket",
        "none",
    ),
    (
        "route53:GetHostedZone",
        400,
        "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>",
        Sort::Throttled,
        "Throttling",
        "Rate exceeded",
    ),
    (
        "s3:ListObjectsV2",
        200,
        "<Error><Code>InternalError</Code><Message>sorry</Message></Error>",
        Sort::Server,
        "InternalError",
        "sorry",
    ),
    ("s3:HeadBucket", 404, "", Sort::Refused, "NotFound", ""),
    ("s3:HeadBucket", 403, "", Sort::Denied, "AccessDenied", ""),
    ("s3:HeadBucket", 301, "", Sort::Unanswered, "PermanentRedirect", ""),
];

#[test]
fn each_protocol_has_its_own_way_to_say_no() {
    for (call, status, body, sort, code, message) in CASES {
        let wanted = (sort, Some(code.to_owned()), message.to_owned());
        assert_eq!(told(call, &reply(status, body)), wanted);
    }
}

#[test]
fn headers_name_the_error_too() {
    let mut answer = reply(404, r#"{"Message":"Function not found"}"#);
    let name = "ResourceNotFoundException:http://internal.amazon.com/coral/";
    answer.headers.push(("x-amzn-errortype".into(), name.into()));
    let code = Some("ResourceNotFoundException".to_owned());
    let wanted = (Sort::Refused, code, "Function not found".to_owned());
    assert_eq!(told("lambda:GetAlias", &answer), wanted);
    // Of services that had another protocol before, the code that they had then.
    let mut answer = reply(400, r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}"#);
    let old = "AWS.SimpleQueueService.NonExistentQueue;Sender";
    answer.headers.push(("x-amzn-query-error".into(), old.into()));
    let code = Some("AWS.SimpleQueueService.NonExistentQueue".to_owned());
    assert_eq!(told("sqs:GetQueueAttributes", &answer), (Sort::Refused, code, String::new()));
}

#[test]
fn no_error_of_aws_is_no_definite_no() {
    for (status, sort) in [
        (404, Sort::Unreadable),
        (302, Sort::Unanswered),
        (429, Sort::Throttled),
        (502, Sort::Server),
    ] {
        for body in ["<html><body>Bad gateway</body></html>", "", "{}", "[1]"] {
            let (told, code, _) = told("ecs:ListTasks", &reply(status, body));
            assert_eq!((told, code), (sort, None), "{status} {body}");
        }
    }
}
