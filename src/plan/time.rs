//! How long it takes: estimates added up, and the shortest time in which all of it can be done.
//!
//! Actions go one at a time, in their order; steps that only look and stand side by side are asked
//! together. So the shortest time is the sum of the actions and of the longest of each such group.

use serde::Serialize;

use super::{Item, Kind};

/// Who is busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effort {
    /// A program works, or a check is asked.
    Machine,
    /// Nobody: time has to pass.
    Waiting,
    /// A person.
    People,
}

/// Something that has to be waited for, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The step.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// Who is busy.
    pub effort: Effort,
    /// How long.
    pub ms: u64,
}

/// How long something takes. What has no estimate counts as nothing, and is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Time {
    /// Programs and checks.
    pub machine_ms: u64,
    /// `wait` and `observe`.
    pub waiting_ms: u64,
    /// Steps by hand. How long people take at gates, nobody knows.
    pub people_ms: u64,
    /// All three.
    pub total_ms: u64,
    /// The shortest time: what goes together counts once.
    pub shortest_ms: u64,
    /// What the shortest time is made of, in order.
    pub chain: Vec<Link>,
    /// Actions without an estimate: the steps' ids.
    pub unestimated: Vec<String>,
}

impl Time {
    /// Of steps, in their order.
    pub(super) fn of<'a>(steps: impl IntoIterator<Item = &'a Item>) -> Self {
        let mut time = Self::default();
        let mut group: Option<(usize, Vec<Link>)> = None;
        for step in steps.into_iter().filter(|step| step.skipped.is_none()) {
            let links = links(step);
            for link in &links {
                time.add(link);
            }
            if step.estimate_ms.is_none() && matches!(step.kind, Kind::Runs | Kind::ByHand) {
                time.unestimated.push(step.id.clone());
            }
            match (&mut group, step.together) {
                (Some((own, longest)), Some(other)) if *own == other => {
                    if sum(&links) > sum(longest) {
                        *longest = links;
                    }
                }
                (_, together) => {
                    time.chain.extend(group.take().into_iter().flat_map(|(_, links)| links));
                    match together {
                        Some(number) => group = Some((number, links)),
                        None => time.chain.extend(links),
                    }
                }
            }
        }
        time.chain.extend(group.into_iter().flat_map(|(_, links)| links));
        time.shortest_ms = sum(&time.chain);
        time
    }

    /// One after the other.
    pub(super) fn then(mut self, next: &Self) -> Self {
        self.machine_ms += next.machine_ms;
        self.waiting_ms += next.waiting_ms;
        self.people_ms += next.people_ms;
        self.total_ms += next.total_ms;
        self.shortest_ms += next.shortest_ms;
        self.chain.extend(next.chain.iter().cloned());
        self.unestimated.extend(next.unestimated.iter().cloned());
        self
    }

    /// What the shortest time is mostly made of: the longest links, longest first.
    #[must_use]
    pub fn dominant(&self, most: usize) -> Vec<&Link> {
        let mut links: Vec<&Link> = self.chain.iter().collect();
        links.sort_by_key(|link| std::cmp::Reverse(link.ms));
        links.truncate(most);
        links
    }

    fn add(&mut self, link: &Link) {
        match link.effort {
            Effort::Machine => self.machine_ms += link.ms,
            Effort::Waiting => self.waiting_ms += link.ms,
            Effort::People => self.people_ms += link.ms,
        }
        self.total_ms += link.ms;
    }
}

fn sum(links: &[Link]) -> u64 {
    links.iter().map(|link| link.ms).sum()
}

/// What a step takes: time that has to pass, and beside it what its estimate says is more.
fn links(step: &Item) -> Vec<Link> {
    let estimate = step.estimate_ms.unwrap_or(0);
    let waits = step.waits_ms.unwrap_or(0);
    let own = if step.kind == Kind::ByHand { Effort::People } else { Effort::Machine };
    let parts = [(Effort::Waiting, waits), (own, estimate.saturating_sub(waits))];
    let link = |(effort, ms)| Link { id: step.id.clone(), title: step.title.clone(), effort, ms };
    parts.into_iter().filter(|(_, ms)| *ms > 0).map(link).collect()
}
