//! What Cloud Control calls in the principal's name to read a resource: by the `handlers` of the
//! type's public schema, for the types that deployments ask about most.

use super::AwsResource;
use crate::check::cloud::Permission;

/// A type, what its resources are called in policies, and what its read handler calls.
///
/// `{id}` is the identifier up to the first `|`. Where that is an ARN it is the resource.
struct Handler {
    name: &'static str,
    resource: &'static str,
    /// The service, then the operations.
    calls: &'static [(&'static str, &'static [&'static str])],
}

#[rustfmt::skip]
const HANDLERS: [Handler; 26] = [
    Handler { name: "AWS::CertificateManager::Certificate", resource: "{id}", calls: &[("acm", &["DescribeCertificate", "ListTagsForCertificate"])] },
    Handler { name: "AWS::CloudFront::Distribution", resource: "arn:{partition}:cloudfront::{account}:distribution/{id}", calls: &[("cloudfront", &["GetDistribution", "GetDistributionConfig", "ListTagsForResource"])] },
    Handler { name: "AWS::CloudWatch::Alarm", resource: "*", calls: &[("cloudwatch", &["DescribeAlarms", "ListTagsForResource"])] },
    Handler { name: "AWS::DynamoDB::Table", resource: "arn:{partition}:dynamodb:{region}:{account}:table/{id}", calls: &[("dynamodb", &["DescribeContinuousBackups", "DescribeContributorInsights", "DescribeKinesisStreamingDestination", "DescribeTable", "DescribeTimeToLive", "GetResourcePolicy", "ListTagsOfResource"])] },
    Handler { name: "AWS::EC2::SecurityGroup", resource: "*", calls: &[("ec2", &["DescribeSecurityGroups"])] },
    Handler { name: "AWS::EC2::Subnet", resource: "*", calls: &[("ec2", &["DescribeNetworkAcls", "DescribeSubnets"])] },
    Handler { name: "AWS::EC2::VPC", resource: "*", calls: &[("ec2", &["DescribeNetworkAcls", "DescribeSecurityGroups", "DescribeVpcAttribute", "DescribeVpcEncryptionControls", "DescribeVpcs"])] },
    Handler { name: "AWS::ECR::Repository", resource: "arn:{partition}:ecr:{region}:{account}:repository/{id}", calls: &[("ecr", &["DescribeRepositories", "GetLifecyclePolicy", "GetRepositoryPolicy", "ListTagsForResource"])] },
    Handler { name: "AWS::ECS::Cluster", resource: "arn:{partition}:ecs:{region}:{account}:cluster/{id}", calls: &[("ecs", &["DescribeClusters"])] },
    Handler { name: "AWS::ECS::Service", resource: "{id}", calls: &[("ecs", &["DescribeServices"])] },
    Handler { name: "AWS::ECS::TaskDefinition", resource: "*", calls: &[("ecs", &["DescribeTaskDefinition"])] },
    Handler { name: "AWS::EKS::Cluster", resource: "arn:{partition}:eks:{region}:{account}:cluster/{id}", calls: &[("eks", &["DescribeCluster"])] },
    Handler { name: "AWS::ElasticLoadBalancingV2::Listener", resource: "*", calls: &[("elasticloadbalancing", &["DescribeListenerAttributes", "DescribeListeners", "DescribeTags"])] },
    Handler { name: "AWS::ElasticLoadBalancingV2::LoadBalancer", resource: "*", calls: &[("elasticloadbalancing", &["DescribeCapacityReservation", "DescribeLoadBalancerAttributes", "DescribeLoadBalancers", "DescribeTags"])] },
    Handler { name: "AWS::ElasticLoadBalancingV2::TargetGroup", resource: "*", calls: &[("elasticloadbalancing", &["DescribeTags", "DescribeTargetGroupAttributes", "DescribeTargetGroups", "DescribeTargetHealth"])] },
    Handler { name: "AWS::IAM::ManagedPolicy", resource: "{id}", calls: &[("iam", &["GetPolicy", "GetPolicyVersion", "ListEntitiesForPolicy"])] },
    // The role's path is a part of its ARN, and not of its identifier.
    Handler { name: "AWS::IAM::Role", resource: "arn:{partition}:iam::{account}:role/*{id}", calls: &[("iam", &["GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies"])] },
    Handler { name: "AWS::KMS::Key", resource: "arn:{partition}:kms:{region}:{account}:key/{id}", calls: &[("kms", &["DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags"])] },
    Handler { name: "AWS::Lambda::Alias", resource: "{id}", calls: &[("lambda", &["GetAlias", "GetProvisionedConcurrencyConfig"])] },
    Handler { name: "AWS::Lambda::Function", resource: "arn:{partition}:lambda:{region}:{account}:function:{id}", calls: &[("lambda", &["GetFunction", "GetFunctionCodeSigningConfig", "GetFunctionRecursionConfig", "GetFunctionScalingConfig", "GetRuntimeManagementConfig"])] },
    Handler { name: "AWS::Logs::LogGroup", resource: "*", calls: &[("logs", &["DescribeLogGroups", "GetDataProtectionPolicy", "ListTagsForResource"])] },
    Handler { name: "AWS::RDS::DBInstance", resource: "*", calls: &[("ec2", &["DescribeAccountAttributes", "DescribeAvailabilityZones", "DescribeInternetGateways", "DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcAttribute", "DescribeVpcs"]), ("rds", &["DescribeDBInstances"])] },
    Handler { name: "AWS::S3::Bucket", resource: "arn:{partition}:s3:::{id}", calls: &[("s3", &["GetAccelerateConfiguration", "GetAnalyticsConfiguration", "GetBucketCORS", "GetBucketLogging", "GetBucketMetadataTableConfiguration", "GetBucketNotification", "GetBucketObjectLockConfiguration", "GetBucketOwnershipControls", "GetBucketPublicAccessBlock", "GetBucketTagging", "GetBucketVersioning", "GetBucketWebsite", "GetEncryptionConfiguration", "GetIntelligentTieringConfiguration", "GetInventoryConfiguration", "GetLifecycleConfiguration", "GetMetricsConfiguration", "GetReplicationConfiguration", "ListBucket"])] },
    Handler { name: "AWS::S3::BucketPolicy", resource: "arn:{partition}:s3:::{id}", calls: &[("s3", &["GetBucketPolicy"])] },
    Handler { name: "AWS::SNS::Topic", resource: "{id}", calls: &[("sns", &["GetDataProtectionPolicy", "GetTopicAttributes", "ListSubscriptionsByTopic", "ListTagsForResource"])] },
    Handler { name: "AWS::SQS::Queue", resource: "*", calls: &[("sqs", &["GetQueueAttributes", "ListQueueTags"])] },
];

/// What the type's read handler calls; nothing where that is not known.
pub(super) fn permissions(of: &AwsResource) -> Vec<Permission> {
    let Some(handler) = HANDLERS.iter().find(|handler| handler.name == of.type_name) else {
        return Vec::new();
    };
    let id = of.id.split('|').next().unwrap_or_default();
    let resource = match id {
        _ if handler.resource == "*" => "*".to_owned(),
        arn if arn.starts_with("arn:") => arn.to_owned(),
        // A name where an ARN is known to stand would be no resource at all.
        _ if handler.resource == "{id}" => "*".to_owned(),
        id => handler.resource.replace("{id}", id),
    };
    let resource = match &of.region {
        Some(region) => resource.replace("{region}", region),
        None => resource,
    };
    let calls = handler.calls.iter();
    let all = calls.flat_map(|(service, names)| names.iter().map(move |name| (service, name)));
    all.map(|(service, name)| Permission {
        via: Some(of.type_name.clone()),
        ..Permission::of(&format!("{service}:{name}"), resource.clone())
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_only_looks() {
        assert!(HANDLERS.is_sorted_by(|a, b| a.name < b.name));
        for handler in &HANDLERS {
            for (service, names) in handler.calls {
                assert!(names.is_sorted_by(|a, b| a < b), "{}", handler.name);
                let looks = |name: &&str| {
                    ["Describe", "Get", "List"].iter().any(|verb| name.starts_with(verb))
                };
                assert!(names.iter().all(looks) && !service.is_empty(), "{}", handler.name);
            }
        }
    }

    #[test]
    fn resources_are_as_narrow_as_the_identifier_tells() {
        let of = |name: &str, id: &str| {
            let text = format!("type = '{name}'\nid = '{id}'");
            let resource: AwsResource = toml::from_str(&text).unwrap();
            permissions(&resource).first().map(|one| one.resource.clone()).unwrap_or_default()
        };
        assert_eq!(of("AWS::S3::Bucket", "orders"), "arn:{partition}:s3:::orders");
        assert_eq!(
            of("AWS::ECS::Service", "arn:aws:ecs:a:1:service/c/s|c"),
            "arn:aws:ecs:a:1:service/c/s"
        );
        assert_eq!(of("AWS::ECS::Service", "orders|c"), "*");
        assert_eq!(of("AWS::SQS::Queue", "https://sqs/1/q"), "*");
        assert_eq!(of("AWS::Nobody::Knows", "x"), "");
    }
}
