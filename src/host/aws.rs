//! AWS: the only module that names anything of its SDK. Set up when the first question is put.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use aws_credential_types::provider::SharedCredentialsProvider;
use futures_util::FutureExt as _;
use tokio::sync::{Mutex, OnceCell};
use tokio::time::Instant;

use crate::check::Reading;
use crate::check::cloud::{AlarmSeen, Alarms, Call, Cloud, Identity, Series, SeriesSeen};
use crate::text::Mask;

mod alarms;
mod caller;
mod connector;
mod dashboard;
mod failure;
mod gather;
mod held;
mod identity;
mod lifetime;
mod link;
mod masked;
mod metrics;
mod pages;
pub mod patience;
mod together;
pub mod trouble;

pub(crate) use caller::clipped;
use connector::Connections;
use gather::{Asker, Gather};
pub use lifetime::{Lifetime, Renews};
pub use link::{Link, Target};
pub(crate) use masked::masked;
use trouble::{Sort, Trouble};

/// AWS, as a session asks it. Nothing is read or opened before the first question.
#[derive(Clone)]
pub struct Aws(Rc<Inner>);

struct Inner {
    target: Target,
    connections: OnceCell<Connections>,
    /// Credentials from elsewhere than where the SDKs look.
    given: Option<SharedCredentialsProvider>,
    /// None before the first question.
    link: Mutex<Option<Rc<Link>>>,
    /// What the last question for the identity was answered with.
    known: RefCell<Option<Identity>>,
    /// The credentials of the link are no good: somebody may have refreshed them.
    is_useless: Cell<bool>,
    identities: Gather<(), Identity>,
    alarms: Gather<Alarms, Vec<AlarmSeen>>,
    metrics: Gather<Vec<Series>, Vec<SeriesSeen>>,
}

impl Aws {
    /// AWS where and as whom the target says.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self::over(target, OnceCell::new(), None)
    }

    fn over(
        target: Target,
        connections: OnceCell<Connections>,
        given: Option<SharedCredentialsProvider>,
    ) -> Self {
        Self(Rc::new(Inner {
            target,
            connections,
            given,
            link: Mutex::default(),
            known: RefCell::default(),
            is_useless: Cell::new(false),
            identities: Gather::default(),
            alarms: Gather::default(),
            metrics: Gather::default(),
        }))
    }

    /// Asks once, and tries again what may pass until `end`.
    ///
    /// # Errors
    /// Where nothing was observed: why, and what a person can do.
    pub async fn observe(&self, question: &Cloud, end: Instant) -> Result<Reading, Trouble> {
        let inner = Rc::clone(&self.0);
        match question {
            Cloud::Identity => {
                let all = |askers| together::identities(inner, askers).boxed_local();
                let asked = self.0.identities.ask(identity::CALL, Asker { question: (), end }, all);
                asked.await.map(Reading::Identity)
            }
            Cloud::Alarms(wanted) => {
                let asker = Asker { question: wanted.clone(), end };
                let all = |askers| together::alarms(inner, askers).boxed_local();
                let asked = self.0.alarms.ask(alarms::CALL, asker, all);
                asked.await.map(Reading::Alarms)
            }
            Cloud::Metrics(none) if none.is_empty() => Ok(Reading::Metrics(Vec::new())),
            Cloud::Metrics(wanted) => {
                let asker = Asker { question: wanted.clone(), end };
                let all = |askers| together::metrics(inner, askers).boxed_local();
                let asked = self.0.metrics.ask(metrics::CALL, asker, all);
                asked.await.map(Reading::Metrics)
            }
            Cloud::Dashboard { name, paths } => {
                let ask = async |link: Rc<Link>| dashboard::ask(&link, name, paths, end).await;
                let answer = inner.over_link("cloudwatch:GetDashboard", end, ask).await?;
                Ok(Reading::Dashboard(answer))
            }
            Cloud::Calls { when, calls } if calls.is_empty() => {
                Ok(Reading::Answers { when: *when, answers: Vec::new() })
            }
            Cloud::Calls { when, calls } => {
                let name = calls.first().map(Call::name).unwrap_or_default();
                let ask = async |link: Rc<Link>| caller::answer(&link, calls, end).await;
                let answers = inner.over_link(&name, end, ask).await?;
                Ok(Reading::Answers { when: *when, answers })
            }
        }
    }

    /// How long the credentials in use last.
    ///
    /// # Errors
    /// Where there are none: why, and what a person can do.
    pub async fn lifetime(&self) -> Result<Lifetime, Trouble> {
        let link = self.0.link(identity::CALL).await?;
        link.credentials(identity::CALL).await.map(|found| Lifetime::of(&found))
    }

    /// Hides the credentials that are in use.
    pub async fn mask(&self) -> Mask {
        match &*self.0.link.lock().await {
            Some(link) => link.mask().await,
            None => Mask::default(),
        }
    }
}

impl Inner {
    /// The way to AWS, made if there is none.
    async fn link(&self, call: &str) -> Result<Rc<Link>, Trouble> {
        let open = async || Connections::open(call);
        let connections = self.connections.get_or_try_init(open).await?;
        let mut held = self.link.lock().await;
        if let Some(link) = held.as_ref().filter(|_| !self.is_useless.get()) {
            return Ok(Rc::clone(link));
        }
        tracing::debug!(region = self.target.region, "reading the AWS configuration");
        let given = self.given.clone();
        let link = Rc::new(Link::open(&self.target, connections.clone(), given).await);
        self.is_useless.set(false);
        Ok(Rc::clone(held.insert(link)))
    }

    /// The way to AWS, and it is known whose it is. Credentials that were refreshed while a step
    /// goes on may be another account's, in which everything may look fine.
    async fn own_link(&self, call: &str, end: Instant) -> Result<Rc<Link>, Trouble> {
        let link = self.link(call).await?;
        let prove = async || {
            let found = identity::ask(&link, end).boxed_local().await?;
            let known = self.known.borrow().clone();
            let is_known = known.as_ref().is_none_or(|known| {
                known.account == found.account && known.principal() == found.principal()
            });
            if found.account == self.target.account && is_known {
                return Ok(());
            }
            let wanted = known.map_or_else(|| self.target.account.clone(), |known| known.arn);
            let message = format!("they are of {}, wanted {wanted}", found.arn);
            Err(Trouble::new(call, Sort::NoCredentials, message))
        };
        let proven = [link.proven.get_or_try_init(prove).boxed_local().await.copied()];
        self.forget_if_useless(&link, &proven).await;
        let [proven] = proven;
        proven.map(|()| link)
    }

    /// Asks over the link.
    async fn over_link<T>(
        &self,
        call: &str,
        end: Instant,
        ask: impl AsyncFnOnce(Rc<Link>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let link = self.own_link(call, end).await?;
        let answer = [ask(Rc::clone(&link)).boxed_local().await];
        self.forget_if_useless(&link, &answer).await;
        let [answer] = answer;
        answer
    }

    /// Asks AWS who we are.
    async fn identify(&self, end: Instant) -> Result<Identity, Trouble> {
        let link = self.link(identity::CALL).await?;
        let answer = [identity::ask(&link, end).boxed_local().await];
        self.forget_if_useless(&link, &answer).await;
        let [answer] = answer;
        if let Ok(found) = &answer {
            *self.known.borrow_mut() = Some(found.clone());
            if found.account == self.target.account {
                // Somebody else may have found out first.
                let _known = link.proven.set(());
            }
        }
        answer
    }

    /// Looks for credentials anew next time, where those of this link are no good. The link stays
    /// until then: its credentials are still hidden.
    async fn forget_if_useless<T>(&self, used: &Rc<Link>, answers: &[Result<T, Trouble>]) {
        let is_useless = |answer: &Result<T, Trouble>| {
            let sort = answer.as_ref().err().map(|trouble| trouble.sort);
            matches!(sort, Some(Sort::Expired | Sort::NoCredentials | Sort::Denied))
        };
        let held = self.link.lock().await;
        let is_held = held.as_ref().is_some_and(|held| Rc::ptr_eq(held, used));
        if is_held && answers.iter().any(is_useless) {
            self.is_useless.set(true);
        }
    }
}

#[cfg(test)]
mod tests;
