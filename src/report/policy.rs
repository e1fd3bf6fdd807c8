//! The least IAM policy that the checks of a runbook need, as IAM reads it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::check::cloud::Permission;
use crate::check::{Check, Claim};
use crate::runbook::{Aws, Runbook, Step, Values};

/// The characters of a managed policy that IAM takes, blanks not counted.
const MOST: usize = 6144;

/// A policy, and what a person must know about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The document.
    pub document: Json,
    /// One sentence each.
    pub notes: Vec<String>,
}

/// Everything that is allowed together: who makes the calls, and on what.
type Group = (Option<String>, BTreeSet<String>);

/// The least policy for a runbook, if it asks AWS anything. The values fill in what resources are
/// called; a `*` among them stands for whatever nobody knows yet.
#[must_use]
pub fn policy(book: &Runbook, values: &Values) -> Option<Policy> {
    let aws = book.aws.as_ref()?;
    let checks: Vec<Check> = all_checks(book).map(|check| values.fill_check(check)).collect();
    let mut resources: BTreeMap<(Option<String>, String), BTreeSet<String>> = BTreeMap::new();
    for Permission { action, resource, via } in
        checks.iter().flat_map(|check| check.claim.kind().permissions())
    {
        if action != IDENTITY {
            resources.entry((via, action)).or_default().insert(placed(&resource, aws));
        }
    }
    let mut groups: BTreeMap<Group, BTreeSet<String>> = BTreeMap::new();
    for ((via, action), mut on) in resources {
        if on.contains("*") {
            on = BTreeSet::from(["*".to_owned()]);
        }
        groups.entry((via, on)).or_default().insert(action);
    }
    let document = document(&groups);
    let notes = notes(aws, &checks, &document);
    Some(Policy { document, notes })
}

/// Asked in any case: who are we? Nobody can be denied it.
pub(super) const IDENTITY: &str = "sts:GetCallerIdentity";

fn document(groups: &BTreeMap<Group, BTreeSet<String>>) -> Json {
    let mut statements = vec![statement("IdentityNeedsNoPermission", &[IDENTITY], &["*"])];
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for ((via, resources), actions) in groups {
        let name = match via {
            Some(kind) => format!("CloudControlReads{}", kind.replace("::", "")),
            None => "Checks".to_owned(),
        };
        let number = names.entry(name.clone()).or_default();
        *number += 1;
        let sid = if *number == 1 { name } else { format!("{name}{number}") };
        let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
        let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
        statements.push(statement(&sid, &actions, &resources));
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn statement(sid: &str, actions: &[&str], resources: &[&str]) -> Json {
    json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources })
}

fn notes(aws: &Aws, checks: &[Check], document: &Json) -> Vec<String> {
    let mut notes = vec![format!("{IDENTITY} needs no permission; it is there for completeness")];
    if let Some(role) = &aws.assume_role {
        notes.push(format!(
            "the policy is for {role}; whoever assumes it needs sts:AssumeRole on it"
        ));
    }
    let (mut known, mut unknown) = (false, BTreeSet::new());
    for check in checks {
        if let Claim::AwsResource(resource) = &check.claim {
            known |= resource.handler_is_known();
            if !resource.handler_is_known() {
                unknown.insert(resource.type_name.as_str());
            }
        }
    }
    if known {
        notes.push(
            "Cloud Control reads a resource with the caller's own permissions: the statements \
             `CloudControlReads…` are those of the types' read handlers; a resource that is \
             encrypted with a key of your own can need kms:Decrypt or kms:DescribeKey on it too"
                .to_owned(),
        );
    }
    for name in unknown {
        notes.push(format!(
            "what Cloud Control needs to read {name} is not known here: add `handlers.read.\
             permissions` of its schema, which `aws cloudformation describe-type --type RESOURCE \
             --type-name {name}` prints"
        ));
    }
    let size = document.to_string().chars().filter(|c| !c.is_whitespace()).count();
    if size > MOST {
        notes.push(format!(
            "the policy has {size} characters, and IAM takes {MOST} in a managed one: divide it by \
             its statements"
        ));
    }
    notes
}

/// The resource's name where the runbook's account and region are filled in.
pub(super) fn placed(resource: &str, aws: &Aws) -> String {
    resource
        .replace("{partition}", partition(&aws.region))
        .replace("{region}", &aws.region)
        .replace("{account}", &aws.account)
}

/// The part of AWS that a region lies in.
fn partition(region: &str) -> &'static str {
    const BY_PREFIX: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    let found = BY_PREFIX.iter().find(|(prefix, _)| region.starts_with(prefix));
    found.map_or("aws", |(_, partition)| partition)
}

/// Every check that may be asked on some path through the runbook. Those of the baseline are
/// among those of the steps.
fn all_checks(book: &Runbook) -> impl Iterator<Item = &Check> {
    let steps = book.prerequisites.iter().chain(book.steps()).chain(&book.rollback.steps);
    let with_undo = |step| std::iter::once(step).chain(undo_of(step));
    steps.flat_map(with_undo).flat_map(|step| step.checks.iter().chain(&step.probe))
}

fn undo_of(step: &Step) -> Option<&Step> {
    step.undo.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_lie_in_partitions() {
        for (region, wanted) in [
            ("eu-west-1", "aws"),
            ("us-east-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            assert_eq!(partition(region), wanted);
        }
    }
}
