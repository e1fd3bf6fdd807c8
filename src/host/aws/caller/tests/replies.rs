//! What is read.

use super::*;

fn read(call: &'static str, body: &str) -> Json {
    reply::output(asked(call), &reply(200, body)).map(Json::Object).unwrap()
}

fn unread(call: &'static str, body: &str) -> Trouble {
    reply::output(asked(call), &reply(200, body)).unwrap_err()
}

#[test]
fn json_is_as_it_was_sent_but_for_times() {
    let body = r#"{"services":[{"createdAt":1795262400.5,"desiredCount":2,"new":{"x":1}}]}"#;
    assert_eq!(
        read("ecs:DescribeServices", body),
        json!({ "services": [
            { "createdAt": "2026-11-21T12:00:00.5Z", "desiredCount": 2, "new": { "x": 1 } }
        ] })
    );
    let numbers = r#"{"ResultsByTime":[{"Total":{"UnblendedCost":{"Amount":"12.34"}}}]}"#;
    assert_eq!(read("ce:GetCostAndUsage", numbers), serde_json::from_str::<Json>(numbers).unwrap());
}

#[test]
fn rest_json_has_the_references_names() {
    let body = r#"{"item":[{"id":"a","createdDate":1795262400}],"position":"p"}"#;
    assert_eq!(
        read("apigateway:GetRestApis", body),
        json!({
            "items": [{ "id": "a", "createdDate": "2026-11-21T12:00:00Z" }], "position": "p"
        })
    );
    let alias = r#"{"Name":"live","FunctionVersion":"7"}"#;
    assert_eq!(read("lambda:GetAlias", alias), serde_json::from_str::<Json>(alias).unwrap());
}

#[test]
fn query_is_xml_with_types() {
    let body = r#"<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role>
        <RoleName>deploy</RoleName><CreateDate>2026-11-21T12:00:00.000Z</CreateDate>
        <MaxSessionDuration>3600</MaxSessionDuration>
        <AssumeRolePolicyDocument>%7B%22Version%22%3A%222012%22%7D</AssumeRolePolicyDocument>
        <Tags><member><Key>a</Key><Value>b &amp; c</Value></member></Tags>
        </Role></GetRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetRoleResponse>"#;
    assert_eq!(
        read("iam:GetRole", body),
        json!({ "Role": {
            "RoleName": "deploy", "CreateDate": "2026-11-21T12:00:00Z", "MaxSessionDuration": 3600,
            "AssumeRolePolicyDocument": r#"{"Version":"2012"}"#,
            "Tags": [{ "Key": "a", "Value": "b & c" }]
        } })
    );
    let empty = "<ListRolesResponse><ListRolesResult><Roles/><IsTruncated>false</IsTruncated>\
                 </ListRolesResult></ListRolesResponse>";
    assert_eq!(read("iam:ListRoles", empty), json!({ "Roles": [], "IsTruncated": false }));
}

#[test]
fn ec2_is_xml_with_names_of_its_own() {
    let body = "<DescribeInstancesResponse><requestId>r</requestId><reservationSet><item>\
        <reservationId>r-1</reservationId><instancesSet><item><instanceId>i-1</instanceId>\
        <ebsOptimized>true</ebsOptimized><instanceState><code>16</code><name>running</name>\
        </instanceState></item></instancesSet></item></reservationSet></DescribeInstancesResponse>";
    assert_eq!(
        read("ec2:DescribeInstances", body),
        json!({ "Reservations": [{ "ReservationId": "r-1", "Instances": [{
            "InstanceId": "i-1", "EbsOptimized": true,
            "State": { "Code": 16, "Name": "running" }
        }] }] })
    );
}

#[test]
fn rest_xml_has_flat_lists_payloads_and_headers() {
    let body = "<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>\
        <Contents><Key>x</Key><Size>7</Size></Contents><Contents><Key>y</Key><Size>8</Size>\
        </Contents></ListBucketResult>";
    assert_eq!(
        read("s3:ListObjectsV2", body),
        json!({ "Name": "b", "IsTruncated": false,
                "Contents": [{ "Key": "x", "Size": 7 }, { "Key": "y", "Size": 8 }] })
    );
    let body = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>\
        <SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>\
        </ServerSideEncryptionConfiguration>";
    assert_eq!(
        read("s3:GetBucketEncryption", body),
        json!({ "ServerSideEncryptionConfiguration": { "Rules": [
            { "ApplyServerSideEncryptionByDefault": { "SSEAlgorithm": "aws:kms" } }
        ] } })
    );
    let body = "<AnalyticsConfiguration><Id>a</Id><Filter><And><Tag><Key>k</Key><Value>v</Value></Tag>\
        <Tag><Key>l</Key><Value>w</Value></Tag></And></Filter></AnalyticsConfiguration>";
    assert_eq!(
        read("s3:GetBucketAnalyticsConfiguration", body)["AnalyticsConfiguration"]["Filter"]["And"],
        json!({ "Tags": [{ "Key": "k", "Value": "v" }, { "Key": "l", "Value": "w" }] })
    );
    let place = r#"<LocationConstraint xmlns="x">eu-west-1</LocationConstraint>"#;
    let wanted = json!({ "LocationConstraint": "eu-west-1" });
    assert_eq!(read("s3:GetBucketLocation", place), wanted);
    let wanted = json!({ "LocationConstraint": null });
    assert_eq!(read("s3:GetBucketLocation", "<LocationConstraint/>"), wanted);
    let mut head = reply(200, "");
    for (name, value) in [
        ("content-length", "12"),
        ("x-amz-meta-build", "7"),
        ("last-modified", "Sat, 21 Nov 2026 12:00:00 GMT"),
    ] {
        head.headers.push((name.into(), value.into()));
    }
    assert_eq!(
        Json::Object(reply::output(asked("s3:HeadObject"), &head).unwrap()),
        json!({ "ContentLength": 12, "LastModified": "2026-11-21T12:00:00Z",
                "Metadata": { "build": "7" } })
    );
    let object = reply::output(asked("s3:GetObject"), &reply(200, "hello")).unwrap();
    assert_eq!(object["Body"], json!("hello"));
}

#[test]
fn cloudfront_has_lists_in_lists() {
    let body = "<DistributionList><Marker/><MaxItems>100</MaxItems><IsTruncated>false</IsTruncated>\
        <Quantity>1</Quantity><Items><DistributionSummary><Id>E1</Id><Enabled>true</Enabled>\
        </DistributionSummary></Items></DistributionList>";
    let list = read("cloudfront:ListDistributions", body);
    assert_eq!(list["DistributionList"]["Items"], json!([{ "Id": "E1", "Enabled": true }]));
}

#[test]
fn what_the_protocol_does_not_promise_is_unreadable() {
    for (call, body, said) in [
        ("ecs:ListTasks", "", "without a body"),
        ("ecs:ListTasks", "[]", "JSON, but no object"),
        ("ecs:ListTasks", "{\"taskArns\":[", "JSON that breaks off"),
        ("ecs:ListTasks", "<html></html>", "no JSON"),
        ("lambda:ListFunctions", "", "without a body"),
        ("iam:ListRoles", "<html></html>", "wanted <ListRolesResponse>, found <html>"),
        ("iam:ListRoles", "<ListRolesResponse/>", "without <ListRolesResult>"),
        ("iam:ListRoles", "<ListRolesResponse><ListRolesResult>", "no XML"),
        ("ec2:DescribeVpcs", "<DescribeSubnetsResponse/>", "wanted <DescribeVpcsResponse>"),
        ("s3:ListObjectsV2", "<html/>", "<html> instead of an answer"),
        (
            "iam:ListRoles",
            "<ListRolesResponse><ListRolesResult><IsTruncated>maybe</IsTruncated></ListRolesResult></ListRolesResponse>",
            "wanted true or false in <IsTruncated>, found \"maybe\"",
        ),
    ] {
        let trouble = unread(call, body);
        assert_eq!(trouble.sort, Sort::Unreadable, "{body}");
        assert!(trouble.message.contains(said), "{trouble}");
        assert_eq!(trouble.request.as_deref(), Some("r-1"));
    }
}

#[test]
fn no_secret_is_kept() {
    let body = r#"{"UserPoolClient":{"ClientId":"c","ClientSecret":"hunter2"}}"#;
    let read = read("cognito-idp:DescribeUserPoolClient", body).to_string();
    assert!(!read.contains("hunter2"), "{read}");
}
