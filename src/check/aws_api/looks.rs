//! Which operations a check may ask: those that only look, and bring no secret into a journal.

use serde_json::Value as Json;

use crate::check::cloud::model;
use crate::check::expectation::quote;

/// Operations that look, and whose answers hold secrets although nothing in their names says so.
const SECRETS: [&str; 5] = [
    "apigateway:GetApiKey",
    "apigateway:GetApiKeys",
    "apigateway:GetUsagePlanKey",
    "apigateway:GetUsagePlanKeys",
    "cognito-idp:DescribeUserPoolClient",
];

/// Why an operation is not asked, or cannot be.
pub(super) fn flaw(service: &str, operation: &str, input: Option<&Json>) -> Option<String> {
    let open = |text: &str| text.is_empty() || text.contains(|c: char| !is_plain(c));
    // What is asked must be known before it is: a variable could bring in anything.
    if open(service) {
        return Some(format!(
            "`service` is {}: write it as the AWS command line does, like `ecs`, without variables",
            quote(service)
        ));
    }
    if open(operation) {
        return Some(format!(
            "`operation` is {}: write it as its reference does, like `DescribeClusters`, without variables",
            quote(operation)
        ));
    }
    if SECRETS.contains(&format!("{service}:{operation}").as_str()) {
        return Some(format!("{service}:{operation} answers with secrets: it is not called"));
    }
    model::flaw(service, operation, input.unwrap_or(&Json::Null), &[])
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_looks_is_taken() {
        let table = json!({ "TableName": "orders" });
        for (service, operation, input) in [
            ("ecs", "DescribeClusters", json!(null)),
            ("dynamodb", "Query", table.clone()),
            ("dynamodb", "Scan", table),
            ("s3", "HeadBucket", json!({ "Bucket": "{{bucket}}" })),
            ("iam", "GetAccountPasswordPolicy", json!(null)),
            ("secretsmanager", "DescribeSecret", json!({ "SecretId": "x" })),
            ("secretsmanager", "ListSecrets", json!({})),
            ("ssm", "GetParameter", json!({ "Name": "x", "WithDecryption": false })),
        ] {
            assert_eq!(flaw(service, operation, Some(&input)), None, "{service}:{operation}");
        }
    }

    #[test]
    fn what_changes_something_is_not() {
        for (service, operation) in [
            ("ecs", "UpdateService"),
            ("ecs", "DeleteCluster"),
            ("elasticache", "TestFailover"),
            ("apigateway", "TestInvokeMethod"),
            ("license-manager", "CheckoutLicense"),
            ("license-manager", "CheckInLicense"),
            ("cognito-identity", "GetId"),
        ] {
            assert!(flaw(service, operation, None).is_some(), "{service}:{operation}");
        }
    }

    #[test]
    fn what_returns_secrets_is_not() {
        for (service, operation) in [
            ("secretsmanager", "GetSecretValue"),
            ("secretsmanager", "BatchGetSecretValue"),
            ("sts", "GetSessionToken"),
            ("sts", "GetFederationToken"),
            ("ecr", "GetAuthorizationToken"),
            ("ec2", "GetPasswordData"),
            ("redshift-serverless", "GetCredentials"),
            ("redshift", "GetClusterCredentials"),
            ("sso", "GetRoleCredentials"),
            ("s3control", "GetDataAccess"),
            ("ivs", "GetStreamKey"),
            ("apigateway", "GetApiKeys"),
            ("cognito-idp", "DescribeUserPoolClient"),
        ] {
            let flaw = flaw(service, operation, None).unwrap_or_default();
            assert!(flaw.contains("answers with secrets"), "{service}:{operation}: {flaw}");
        }
        for asked in [json!(true), json!("{{yes}}"), json!("true")] {
            let input = json!({ "Name": "x", "WithDecryption": asked });
            assert!(flaw("ssm", "GetParameter", Some(&input)).is_some());
        }
    }

    #[test]
    fn names_are_written_out() {
        for (service, operation) in [
            ("", "GetX"),
            ("{{s}}", "GetX"),
            ("ecs", "Get{{x}}"),
            ("ecs", "describe_clusters"),
            ("ecs", ""),
        ] {
            let flaw = flaw(service, operation, None).unwrap_or_default();
            assert!(flaw.contains("without variables"), "{service}:{operation}: {flaw}");
        }
        let meant = flaw("ecs", "DescribeClutsers", None).unwrap_or_default();
        assert!(meant.contains("did you mean `DescribeClusters`?"), "{meant}");
        let meant = flaw("ecs", "DescribeClusters", Some(&json!({ "Clusters": [] })));
        assert!(meant.unwrap_or_default().contains("did you mean `clusters`?"));
    }
}
