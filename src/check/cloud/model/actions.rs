//! What policies call an operation: mostly the service's name in signatures and its own.

use super::signing_name;

/// Services that policies name otherwise than signatures do.
const PREFIXES: [(&str, &str); 8] = [
    ("bedrock-agent", "bedrock"),
    ("bedrock-runtime", "bedrock"),
    ("cloudcontrol", "cloudformation"),
    ("cloudwatch", "cloudwatch"),
    ("iot-data", "iot"),
    ("resourcegroupstaggingapi", "tag"),
    ("sesv2", "ses"),
    ("sso-admin", "sso"),
];

/// Operations of S3 that are allowed under other names than their own.
const S3: [(&str, &str); 24] = [
    ("GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"),
    ("GetBucketAnalyticsConfiguration", "GetAnalyticsConfiguration"),
    ("GetBucketCors", "GetBucketCORS"),
    ("GetBucketEncryption", "GetEncryptionConfiguration"),
    ("GetBucketIntelligentTieringConfiguration", "GetIntelligentTieringConfiguration"),
    ("GetBucketInventoryConfiguration", "GetInventoryConfiguration"),
    ("GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"),
    ("GetBucketMetricsConfiguration", "GetMetricsConfiguration"),
    ("GetBucketNotificationConfiguration", "GetBucketNotification"),
    ("GetBucketReplication", "GetReplicationConfiguration"),
    ("GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"),
    ("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
    ("HeadBucket", "ListBucket"),
    ("HeadObject", "GetObject"),
    ("ListBucketAnalyticsConfigurations", "GetAnalyticsConfiguration"),
    ("ListBucketIntelligentTieringConfigurations", "GetIntelligentTieringConfiguration"),
    ("ListBucketInventoryConfigurations", "GetInventoryConfiguration"),
    ("ListBucketMetricsConfigurations", "GetMetricsConfiguration"),
    ("ListBuckets", "ListAllMyBuckets"),
    ("ListMultipartUploads", "ListBucketMultipartUploads"),
    ("ListObjects", "ListBucket"),
    ("ListObjectsV2", "ListBucket"),
    ("ListObjectVersions", "ListBucketVersions"),
    ("ListParts", "ListMultipartUploadParts"),
];

/// The action that allows an operation: `elasticloadbalancing:DescribeLoadBalancers` for that of
/// `elbv2`.
#[must_use]
pub fn action(service: &str, operation: &str) -> String {
    let renamed = PREFIXES.iter().find(|(name, _)| *name == service).map(|(_, prefix)| *prefix);
    let prefix = renamed.or_else(|| signing_name(service)).unwrap_or(service);
    let operation = match prefix {
        // That of an account is another than that of a bucket, and is asked of another service.
        "s3" if service == "s3control" && operation == "GetPublicAccessBlock" => {
            "GetAccountPublicAccessBlock"
        }
        // Allowed by what is done over HTTP.
        "apigateway" => "GET",
        "budgets" => "ViewBudget",
        "s3" => S3.iter().find(|(name, _)| *name == operation).map_or(operation, |(_, own)| own),
        _ => operation,
    };
    format!("{prefix}:{operation}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_those_of_policies() {
        for (service, operation, wanted) in [
            ("ecs", "DescribeServices", "ecs:DescribeServices"),
            ("cloudcontrol", "GetResource", "cloudformation:GetResource"),
            ("elbv2", "DescribeTargetHealth", "elasticloadbalancing:DescribeTargetHealth"),
            ("stepfunctions", "DescribeExecution", "states:DescribeExecution"),
            ("efs", "DescribeFileSystems", "elasticfilesystem:DescribeFileSystems"),
            ("opensearch", "DescribeDomain", "es:DescribeDomain"),
            ("cloudwatch", "DescribeAlarms", "cloudwatch:DescribeAlarms"),
            ("s3", "ListObjectsV2", "s3:ListBucket"),
            ("s3api", "GetBucketEncryption", "s3:GetEncryptionConfiguration"),
            ("s3", "GetBucketVersioning", "s3:GetBucketVersioning"),
            ("s3control", "GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock"),
            ("apigatewayv2", "GetApis", "apigateway:GET"),
            ("budgets", "DescribeBudget", "budgets:ViewBudget"),
        ] {
            assert_eq!(action(service, operation), wanted);
        }
    }
}
