//! Who asks AWS: pinned when the session begins, asked again before anything depends on it, and
//! compared. Another one, or none to be seen, stops everything and fails nothing.

use super::next::Move;
use super::{Event, Finding, Question, Seq, Session};
use crate::check::cloud::Identity;
use crate::check::{AwsIdentity, Check, Claim, Outcome, Reading};
use crate::runbook::Runbook;
use crate::value::Span;

/// How long it may take to see who asks: it is asked often, and a person waits for it.
const PATIENCE: Span = Span::from_secs(15);

/// What is known of who asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Guard {
    /// Who it must be: whoever began the session, or the first one that was seen.
    pinned: Option<Identity>,
    /// What was seen last, and the number of that entry.
    seen: Option<(Seq, Finding)>,
    /// Whether something has happened since that it says nothing about.
    due: bool,
}

impl Guard {
    /// Whether AWS is of any concern to the session, as far as its events tell.
    fn is_concerned(&self) -> bool {
        self.pinned.is_some() || self.seen.is_some()
    }

    /// Whether the one who must ask was seen to do so, the last time. A verdict alone is not
    /// enough: it must be about the very identity that is pinned.
    fn holds(&self) -> bool {
        let Some((_, finding)) = &self.seen else { return self.pinned.is_some() };
        finding.verdict.outcome() == Outcome::Pass
            && identity(&finding.reading).is_some_and(|found| self.is_pinned(found))
    }

    /// A session's name is free to be another one.
    fn is_pinned(&self, found: &Identity) -> bool {
        let key =
            |one: &Identity| (one.account.clone(), one.region.clone(), one.principal().to_owned());
        let same =
            |pinned: &Identity| key(pinned) == key(found) && pinned.endpoint == found.endpoint;
        self.pinned.as_ref().is_some_and(same)
    }
}

impl Session {
    /// Who must ask AWS, where that is of concern.
    #[must_use]
    pub fn pinned_identity(&self) -> Option<&Identity> {
        self.guard.pinned.as_ref()
    }

    /// What was seen last of who asks AWS, if anybody looked since the session began.
    #[must_use]
    pub fn seen_identity(&self) -> Option<&Finding> {
        self.guard.seen.as_ref().map(|(_, finding)| finding)
    }

    /// The check that tells who asks AWS, and whether it is the one who must. What is pinned
    /// counts, whatever the runbook says by now; what the runbook says must hold besides.
    #[must_use]
    pub fn identity_check(&self, book: &Runbook) -> Check {
        let claim = self.guard.pinned.as_ref().map_or_else(AwsIdentity::default, pinned_claim);
        let claim = match &book.aws {
            Some(aws) => claim.or(&aws.account, &aws.region, aws.role.as_deref()),
            None => claim,
        };
        let account = claim.account.or_else(|| Some(self.guard.pinned.as_ref()?.account.clone()));
        let claim = Claim::AwsIdentity(AwsIdentity { account, ..claim });
        Check { title: None, claim, until: None, timeout: PATIENCE, baseline: false }
    }

    /// The move, or what must be known before it is made. A session that ends or stops needs to
    /// know nothing.
    pub(super) fn guarded<'a>(&self, next: Move<'a>, book: &Runbook) -> Move<'a> {
        let concerned = book.aws.is_some() || self.guard.is_concerned();
        if !concerned || matches!(next, Move::Close(_) | Move::Stop(_)) {
            return next;
        }
        let gate = matches!(next, Move::Ask(Question::Gate { .. }));
        if self.guard.due || !self.guard.is_concerned() || (gate && !self.is_just_identified()) {
            Move::Identify
        } else if self.guard.holds() {
            next
        } else {
            Move::Ask(Question::Identity)
        }
    }

    /// Whether the last entry tells who asks: then it stands beside what is asked next.
    fn is_just_identified(&self) -> bool {
        let last = self.last.map(|(seq, _)| seq);
        self.guard.seen.as_ref().is_some_and(|(seq, _)| Some(*seq) == last)
    }

    /// Whether it was seen that the right one asks, so that the event may follow.
    pub(super) fn knows_who_asks(&self, event: &Event) -> bool {
        let gate = matches!(event, Event::Asked { question: Question::Gate { .. }, .. });
        let known = !self.guard.due && self.guard.holds();
        !self.guard.is_concerned() || (known && (!gate || self.is_just_identified()))
    }

    /// Only what was looked at and is not right is asked about.
    pub(super) fn may_ask_who(&self) -> bool {
        self.guard.seen.is_some() && !self.guard.holds() && !self.guard.due
    }

    /// What was compared with must be what is pinned.
    pub(super) fn may_identify(&self, found: &Finding) -> Result<(), String> {
        let Claim::AwsIdentity(claim) = &found.check.claim else {
            return Err("it does not tell who asks AWS".to_owned());
        };
        let Some(pinned) = self.guard.pinned.as_ref().map(pinned_claim) else { return Ok(()) };
        let key =
            |one: &AwsIdentity| (one.region.clone(), one.principal.clone(), one.endpoint.clone());
        if key(claim) != key(&pinned) {
            return Err("it was compared with another identity than the pinned one".to_owned());
        }
        Ok(())
    }

    pub(super) fn pin(&mut self, identity: Option<&Identity>) {
        self.guard.pinned = identity.cloned();
    }

    pub(super) fn identified(&mut self, found: &Finding, seq: Seq) {
        if self.guard.pinned.is_none() && found.verdict.outcome() == Outcome::Pass {
            self.guard.pinned = identity(&found.reading).cloned();
        }
        self.guard.seen = Some((seq, found.clone()));
        self.guard.due = false;
    }

    /// What was seen says nothing about what comes now.
    pub(super) fn identify_again(&mut self) {
        self.guard.due = true;
    }

    /// Another process drives now. Whatever was asked is put anew, once it is known who asks.
    pub(super) fn identify_in_this_process(&mut self) {
        self.guard.due = true;
        if self.guard.is_concerned() {
            self.pending = None;
        }
    }
}

/// What must be found, where it is not for the runbook to say.
fn pinned_claim(pinned: &Identity) -> AwsIdentity {
    let endpoint = pinned.endpoint.as_deref().unwrap_or(AwsIdentity::AWS);
    AwsIdentity {
        account: None,
        region: Some(pinned.region.clone()),
        role: None,
        principal: Some(pinned.principal().to_owned()),
        endpoint: Some(endpoint.to_owned()),
    }
}

fn identity(reading: &Reading) -> Option<&Identity> {
    if let Reading::Identity(identity) = reading { Some(identity) } else { None }
}
