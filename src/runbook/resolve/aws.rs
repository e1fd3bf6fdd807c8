//! Where in AWS a deployment goes, and that every check of AWS knows it.

use std::ops::Range;

use super::super::Aws;
use super::super::place::At;
use super::super::problem::{Code, Problem, quoted};
use super::super::syntax::{AwsTable, RoleText};
use super::Resolver;
use crate::check::Claim;

impl Resolver {
    /// Keeps what the table says, for the checks that are read after it.
    pub(super) fn read_aws(&mut self, table: Option<At<AwsTable>>) {
        let Some(table) = table else { return };
        self.lost_aws = self.is_damaged(&table);
        self.contradictions(&table.value);
        let AwsTable { account, region, role, profile, assume_role } = table.value;
        self.aws = account.zip(region).map(|(account, region)| Aws {
            account: account.value.0,
            region: region.0,
            role: role.map(|role| role.value.0),
            profile: profile.map(|profile| profile.0),
            assume_role: assume_role.map(|role| role.value.0),
        });
    }

    /// A role that is assumed is who asks: it lies in the account that is meant, and is the role
    /// that is meant.
    fn contradictions(&mut self, table: &AwsTable) {
        let Some(At { value: RoleText(arn), span }) = &table.assume_role else { return };
        let mut fields = arn.splitn(6, ':').skip(4);
        let assumed_in = fields.next().unwrap_or_default();
        let assumed = fields.next().and_then(|rest| rest.rsplit('/').next()).unwrap_or_default();
        let account = table.account.as_ref().map(|at| (&at.value.0, &at.span));
        let role = table.role.as_ref().map(|at| (&at.value.0, &at.span));
        for (key, wanted, found) in [("account", account, assumed_in), ("role", role, assumed)] {
            if let Some((wanted, place)) = wanted.filter(|(wanted, _)| *wanted != found) {
                self.contradiction(key, (wanted, place), (found, span));
            }
        }
    }

    fn contradiction(
        &mut self,
        key: &str,
        (wanted, place): (&str, &Range<usize>),
        (found, assumed): (&str, &Range<usize>),
    ) {
        let message = format!(
            "`{key}` is {}, and the role that is assumed says {}",
            quoted(wanted),
            quoted(found)
        );
        let problem = Problem::new(Code::AwsContradiction, place, message);
        self.report(problem.also(assumed, "assumed"));
    }

    /// The claim with what it leaves to `[aws]`, or a problem where there is none.
    pub(super) fn knowing_aws(&mut self, claim: Claim, place: &Range<usize>) -> Claim {
        if !claim.asks_aws() {
            return claim;
        }
        if self.aws.is_none() && !self.lost_aws {
            let message = format!("{} asks AWS, and there is no `[aws]`", quoted(claim.name()));
            self.report(Problem::new(Code::AwsMissing, place, message));
        }
        match (claim, &self.aws) {
            (Claim::AwsIdentity(claim), Some(aws)) => {
                Claim::AwsIdentity(claim.or(&aws.account, &aws.region, aws.role.as_deref()))
            }
            (claim, _) => claim,
        }
    }
}
