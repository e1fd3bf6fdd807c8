//! The model against what is known of AWS.

use serde_json::json;

use super::*;

#[test]
fn every_service_unpacks_and_names_only_shapes_that_there_are() {
    let mut operations = 0;
    for name in services() {
        let service = service(name).expect(name);
        for (operation, found) in &service.operations {
            operations += 1;
            for shape in [found.input, found.output].into_iter().flatten() {
                assert!(service.members(shape).is_some(), "{name} {operation}");
            }
            assert!(looks(operation), "{name} {operation}");
        }
        let (host, region) = service.host("eu-west-1");
        assert!(host.contains('.') && !host.contains('{') && !region.is_empty(), "{name} {host}");
    }
    assert!(services().count() > 400 && operations > 8000, "{operations}");
    assert!(services().is_sorted());
}

#[test]
fn a_call_that_there_is_has_no_flaw() {
    for (service, operation, input) in [
        ("ecs", "DescribeServices", json!({ "cluster": "a", "services": ["b"] })),
        ("s3api", "HeadBucket", json!({ "Bucket": "b" })),
        ("configservice", "DescribeConfigRules", json!(null)),
        ("ssm", "GetParameter", json!({ "Name": "a", "WithDecryption": false })),
    ] {
        assert_eq!(flaw(service, operation, &input, &[]), None);
    }
    assert_eq!(flaw("ecs", "DescribeServices", &json!({}), &["services"]), None);
}

#[test]
fn flaws_are_told_with_what_may_be_meant() {
    for (service, operation, input, said) in [
        (
            "clodformation",
            "DescribeServices",
            json!({}),
            "no AWS service is called `clodformation` (did you mean `cloudformation`?)",
        ),
        ("states", "ListStateMachines", json!({}), "(did you mean `stepfunctions`?)"),
        ("elasticloadbalancing", "DescribeTags", json!({}), "(did you mean `elbv2`?)"),
        (
            "ecs",
            "DescribeService",
            json!({}),
            "ecs has no operation `DescribeService` that looks (did you mean `DescribeServices`?)",
        ),
        ("ecs", "describe_services", json!({}), "(did you mean `DescribeServices`?)"),
        ("ecs", "StopTask", json!({}), "`StopTask` is no operation that looks"),
        ("sts", "GetSessionToken", json!({}), "answers with secrets"),
        ("secretsmanager", "GetSecretValue", json!({}), "answers with secrets"),
        ("ecr", "GetAuthorizationToken", json!({}), "answers with secrets"),
        ("elasticache", "TestFailover", json!({}), "does more than looking"),
        ("s3", "SelectObjectContent", json!({}), "a stream of events"),
        (
            "ssm",
            "GetParameter",
            json!({ "Name": "a", "WithDecryption": true }),
            "with `WithDecryption`",
        ),
        (
            "ecs",
            "DescribeServices",
            json!({ "Services": [] }),
            "no input field `Services` (did you mean `services`?)",
        ),
        ("ecs", "DescribeServices", json!({}), "DescribeServices needs the input field `services`"),
        ("ecs", "ListClusters", json!([]), "must be a table"),
    ] {
        let told = flaw(service, operation, &input, &[]).expect(said);
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn hosts_and_regions_of_signatures() {
    for (name, region, host, signed) in [
        ("ecs", "eu-west-1", "ecs.eu-west-1.amazonaws.com", "eu-west-1"),
        ("iam", "eu-west-1", "iam.amazonaws.com", "us-east-1"),
        ("iam", "cn-north-1", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("iam", "us-gov-east-1", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
        ("route53", "eu-west-1", "route53.amazonaws.com", "us-east-1"),
        ("cloudfront", "eu-west-1", "cloudfront.amazonaws.com", "us-east-1"),
        ("ce", "eu-west-1", "ce.us-east-1.amazonaws.com", "us-east-1"),
        ("organizations", "eu-west-1", "organizations.us-east-1.amazonaws.com", "us-east-1"),
        ("sagemaker", "eu-west-1", "api.sagemaker.eu-west-1.amazonaws.com", "eu-west-1"),
        ("s3", "cn-north-1", "s3.cn-north-1.amazonaws.com.cn", "cn-north-1"),
    ] {
        assert_eq!(service(name).unwrap().host(region), (host.to_owned(), signed.to_owned()));
    }
}

#[test]
fn actions_are_those_of_policies() {
    for (service, operation, named) in [
        ("ecs", "DescribeServices", "ecs:DescribeServices"),
        ("elbv2", "DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
        ("s3", "HeadObject", "s3:GetObject"),
        ("s3", "GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("cloudcontrol", "GetResource", "cloudformation:GetResource"),
        ("stepfunctions", "DescribeStateMachine", "states:DescribeStateMachine"),
        ("resourcegroupstaggingapi", "GetResources", "tag:GetResources"),
        ("apigatewayv2", "GetApis", "apigateway:GET"),
    ] {
        assert_eq!(action(service, operation), named);
    }
}

#[test]
fn pages() {
    let paging = |name, operation: &str| find(name, operation).unwrap().1.paging.clone();
    let tasks = paging("ecs", "ListTasks").unwrap();
    assert_eq!((&tasks.asked, &tasks.told), (&vec!["nextToken".to_owned()], &tasks.asked));
    assert_eq!((tasks.results, tasks.more), (vec!["taskArns".to_owned()], None));
    let roles = paging("iam", "ListRoles").unwrap();
    assert_eq!((roles.told, roles.more), (vec!["Marker".into()], Some("IsTruncated".into())));
    assert_eq!(paging("sts", "GetCallerIdentity"), None);
}
