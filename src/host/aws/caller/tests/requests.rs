//! What is sent.

use super::*;

/// Method, address and body of a request.
fn sent(call: &'static str, input: &Json) -> (String, String, String) {
    let request = made(call, input).unwrap();
    (request.method, request.path, String::from_utf8(request.body).unwrap())
}

fn made(call: &'static str, input: &Json) -> Result<Request, String> {
    let asked = asked(call);
    request::request(asked.service, asked.operation, asked.found, input)
}

#[test]
fn json_names_the_operation_in_a_header() {
    let request = made("ecs:DescribeClusters", &json!({ "clusters": ["a"] })).unwrap();
    assert_eq!((&*request.method, &*request.path), ("POST", "/"));
    assert_eq!(request.body, br#"{"clusters":["a"]}"#);
    assert_eq!(
        request.headers,
        [
            ("content-type".to_owned(), "application/x-amz-json-1.1".to_owned()),
            (
                "x-amz-target".to_owned(),
                "AmazonEC2ContainerServiceV20141113.DescribeClusters".to_owned()
            ),
        ]
    );
    assert_eq!(made("ecs:ListClusters", &Json::Null).unwrap().body, b"{}");
}

#[test]
fn times_are_written_by_the_model() {
    let input = json!({ "StartTime": "2026-11-21T12:00:00Z" });
    assert_eq!(sent("cloudtrail:LookupEvents", &input).2, r#"{"StartTime":1795262400}"#);
    let input = json!({ "startTime": 1_795_262_400_000_u64, "logGroupName": "g" });
    let (_, _, body) = sent("logs:FilterLogEvents", &input);
    assert_eq!(serde_json::from_str::<Json>(&body).unwrap(), input);
}

#[test]
fn query_is_a_form() {
    let input = json!({ "PolicySourceArn": "arn:a", "ActionNames": ["s3:Get", "s3:Put"] });
    assert_eq!(
        sent("iam:SimulatePrincipalPolicy", &input).2,
        "Action=SimulatePrincipalPolicy&Version=2010-05-08\
         &PolicySourceArn=arn%3Aa&ActionNames.member.1=s3%3AGet&ActionNames.member.2=s3%3APut"
    );
    let input = json!({ "Filters": [{ "Name": "db", "Values": ["a"] }] });
    assert_eq!(
        sent("rds:DescribeDBInstances", &input).2,
        "Action=DescribeDBInstances&Version=2014-10-31\
         &Filters.Filter.1.Name=db&Filters.Filter.1.Values.Value.1=a"
    );
}

#[test]
fn ec2_is_a_form_with_flat_lists() {
    let input = json!({ "InstanceIds": ["i-1", "i-2"], "DryRun": false });
    let (_, _, body) = sent("ec2:DescribeInstances", &input);
    for part in ["&InstanceId.1=i-1&InstanceId.2=i-2", "&DryRun=false"] {
        assert!(body.contains(part), "{body}");
    }
    let input = json!({ "Filters": [{ "Name": "a", "Values": ["b"] }] });
    let (_, _, body) = sent("ec2:DescribeVpcs", &input);
    assert!(body.ends_with("&Filter.1.Name=a&Filter.1.Value.1=b"), "{body}");
}

#[test]
fn rest_has_addresses() {
    let (method, path, body) =
        sent("lambda:GetAlias", &json!({ "FunctionName": "f/ä", "Name": "live" }));
    assert_eq!((&*method, &*body), ("GET", ""));
    assert_eq!(path, "/2015-03-31/functions/f%2F%C3%A4/aliases/live");
    let (_, path, _) = sent("lambda:ListFunctions", &json!({ "MaxItems": 5, "Marker": "a b" }));
    assert_eq!(path, "/2015-03-31/functions?Marker=a%20b&MaxItems=5");
    let (_, path, _) = sent("s3:GetBucketEncryption", &json!({ "Bucket": "b" }));
    assert_eq!(path, "/b?encryption");
    let (_, path, _) = sent("s3:ListObjectsV2", &json!({ "Bucket": "b", "Prefix": "x/" }));
    assert_eq!(path, "/b?list-type=2&prefix=x%2F");
    let (method, path, _) = sent("s3:HeadObject", &json!({ "Bucket": "b", "Key": "x/y z" }));
    assert_eq!((&*method, &*path), ("HEAD", "/b/x/y%20z"));
    let (_, path, _) = sent("route53:GetHostedZone", &json!({ "Id": "/hostedzone/Z1" }));
    assert_eq!(path, "/2013-04-01/hostedzone/Z1");
    let (_, path, _) = sent("apigateway:GetRestApi", &json!({ "restApiId": "r" }));
    assert_eq!(path, "/restapis/r");
    let told = made("lambda:GetAlias", &json!({ "FunctionName": "f" })).unwrap_err();
    assert_eq!(told, "the input lacks the field `Name`");
}

#[test]
fn rest_has_headers_and_bodies() {
    let request = made(
        "s3:HeadObject",
        &json!({ "Bucket": "b", "Key": "k", "IfModifiedSince": "2026-11-21T12:00:00Z" }),
    );
    let wanted = ("if-modified-since".to_owned(), "Sat, 21 Nov 2026 12:00:00 GMT".to_owned());
    assert!(request.unwrap().headers.contains(&wanted));
    let input = json!({ "AssociationFilter": { "AnycastIpListId": "a&b" } });
    let (method, _, body) = sent("cloudfront:ListConnectionGroups", &input);
    assert_eq!(method, "POST");
    assert_eq!(
        body,
        "<ListConnectionGroupsRequest xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
         <AssociationFilter><AnycastIpListId>a&amp;b</AnycastIpListId></AssociationFilter>\
         </ListConnectionGroupsRequest>"
    );
    let (_, _, body) =
        sent("xray:GetTraceSummaries", &json!({ "StartTime": "2026-11-21T12:00:00Z" }));
    assert_eq!(body, r#"{"StartTime":1795262400}"#);
}

#[test]
fn some_hosts_have_the_account_before_them() {
    let input = json!({ "AccountId": "123456789012" });
    let request = made("s3control:GetPublicAccessBlock", &input).unwrap();
    assert_eq!(request.before_host, "123456789012.");
    assert!(request.headers.contains(&("x-amz-account-id".to_owned(), "123456789012".to_owned())));
}
