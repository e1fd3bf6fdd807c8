//! One look at the world: what is asked has its secrets filled in; what is judged and told has them
//! hidden, like the reading.

use tokio::sync::Semaphore;

use super::{Asked, Prober, Stop};
use crate::check::{Check, Reading, Verdict, When};
use crate::value::Name;

/// What looks, and how many looks may go on at once.
#[derive(Clone, Copy)]
pub struct Eyes<'a> {
    /// Looks.
    pub prober: &'a dyn Prober,
    /// Says when to stop.
    pub stop: &'a Stop,
    /// A place for each look that may go on; what is asked together takes none.
    pub places: &'a Semaphore,
}

impl Eyes<'_> {
    /// Looks once: `asked` is the check with everything filled in, `shown` the same without
    /// secrets.
    pub async fn look(
        &self,
        step: &Name,
        (asked, shown): (&Check, &Check),
        when: When,
    ) -> (Reading, Verdict) {
        let probe = asked.claim.kind().ask(when);
        let place = match probe.is_grouped() {
            true => None,
            false => Some(self.places.acquire().await.expect("nobody closes the semaphore")),
        };
        let question = Asked { step, probe: &probe, claim: &shown.claim };
        let reading = self.prober.observe(question, asked.timeout, self.stop).await;
        drop(place);
        let verdict = shown.claim.kind().judge(&reading);
        (reading, verdict)
    }
}
