//! Questions of one moment, put together: whoever asks first waits until nobody else comes, and
//! then asks for all.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout_at};

use super::trouble::{Sort, Trouble};

/// How long nobody may have come before the question is put. The engine's checks arrive over
/// several turns of the runtime, and those of an until-loop some milliseconds apart.
const QUIET: Duration = Duration::from_millis(5);

/// How long after its end an answer is still waited for, so that the reason why there is none
/// reaches everybody.
const GRACE: Duration = Duration::from_millis(100);

/// One who waits for an answer.
pub(super) struct Asker<Q> {
    pub(super) question: Q,
    /// When the answer is of no use any more.
    pub(super) end: Instant,
}

/// The answers, in the order of those who asked.
pub(super) type Answers<A> = Vec<Result<A, Trouble>>;

/// Where askers wait for each other.
pub(super) struct Gather<Q, A>(Open<Q, A>);

/// The round that may still be joined, if there is one.
type Open<Q, A> = Rc<RefCell<Option<Rc<Round<Q, A>>>>>;

/// Askers of one moment.
struct Round<Q, A> {
    askers: RefCell<Vec<Asker<Q>>>,
    /// Finds the answers. One of the askers keeps it going; when that one leaves, the next does.
    work: Mutex<Option<LocalBoxFuture<'static, Answers<A>>>>,
    answers: OnceCell<Answers<A>>,
}

impl<Q, A> Default for Gather<Q, A> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<Q: 'static, A: Clone + 'static> Gather<Q, A> {
    /// Asks together with everybody who comes now. The first one's `answer` answers all.
    pub(super) async fn ask(
        &self,
        call: &str,
        asker: Asker<Q>,
        answer: impl FnOnce(Vec<Asker<Q>>) -> LocalBoxFuture<'static, Answers<A>> + 'static,
    ) -> Result<A, Trouble> {
        let end = asker.end;
        let round = self.round(answer);
        let place = {
            let mut askers = round.askers.borrow_mut();
            askers.push(asker);
            askers.len() - 1
        };
        let silent = |_elapsed| Trouble::network(call, "nothing came within the check's timeout");
        timeout_at(end + GRACE, round.done()).await.map_err(silent)?;
        let answer = round.answers.get().and_then(|answers| answers.get(place)).cloned();
        answer.unwrap_or_else(|| Err(Trouble::network(call, "asking broke off")))
    }

    /// The round that is open, or a new one.
    fn round(
        &self,
        answer: impl FnOnce(Vec<Asker<Q>>) -> LocalBoxFuture<'static, Answers<A>> + 'static,
    ) -> Rc<Round<Q, A>> {
        if let Some(round) = &*self.0.borrow() {
            return Rc::clone(round);
        }
        let open = Rc::clone(&self.0);
        let work = async move { answer(all(&open).await).await };
        let round = Rc::new(Round {
            askers: RefCell::default(),
            work: Mutex::new(Some(work.boxed_local())),
            answers: OnceCell::new(),
        });
        *self.0.borrow_mut() = Some(Rc::clone(&round));
        round
    }
}

/// Everybody, as soon as nobody comes any more. Who comes later is of the next round.
async fn all<Q, A>(open: &Open<Q, A>) -> Vec<Asker<Q>> {
    let count = || open.borrow().as_ref().map_or(0, |round| round.askers.borrow().len());
    let mut known = 0;
    while count() > known {
        known = count();
        sleep(QUIET).await;
    }
    let round = open.take();
    round.map(|round| round.askers.take()).unwrap_or_default()
}

impl<Q, A> Round<Q, A> {
    /// Returns when there are answers.
    async fn done(&self) {
        let mut work = self.work.lock().await;
        if let Some(going) = work.as_mut() {
            let answers = going.await;
            let _first = self.answers.set(answers);
            *work = None;
        }
    }
}

/// An answer to each of these, asked for at once.
pub(super) type Together<'a, A> = LocalBoxFuture<'a, Result<Vec<A>, Trouble>>;

/// Asks for all at once. Where AWS refuses that, each half is asked for, down to the one that it
/// refuses: a bad question spoils no other.
pub(super) async fn halving<'a, Q, A>(
    all: &'a [Q],
    ask: impl Fn(&'a [Q]) -> Together<'a, A>,
) -> Answers<A> {
    let mut answers = Vec::with_capacity(all.len());
    let mut parts = vec![all];
    while let Some(part) = parts.pop() {
        match ask(part).await {
            Ok(some) if some.len() == part.len() => answers.extend(some.into_iter().map(Ok)),
            Ok(some) => {
                let message = format!("{} answers to {} questions", some.len(), part.len());
                let odd = Trouble::new("AWS", Sort::Unreadable, message);
                answers.extend(part.iter().map(|_| Err(odd.clone())));
            }
            Err(trouble) if trouble.sort == Sort::Refused && part.len() > 1 => {
                let (left, right) = part.split_at(part.len() / 2);
                parts.extend([right, left]);
            }
            Err(trouble) => answers.extend(part.iter().map(|_| Err(trouble.clone()))),
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::cell::Cell;

    fn doubled(askers: &[Asker<u32>]) -> LocalBoxFuture<'static, Answers<u32>> {
        let answers = askers.iter().map(|asker| Ok(asker.question * 2)).collect();
        async move {
            sleep(Duration::from_secs(1)).await;
            answers
        }
        .boxed_local()
    }

    #[tokio::test(flavor = "current_thread", start_paused = true)]
    async fn all_of_one_moment_are_asked_at_once() {
        let gather = Gather::default();
        let rounds = Rc::new(Cell::new(0));
        let end = Instant::now() + Duration::from_secs(30);
        let ask = |question| {
            let rounds = Rc::clone(&rounds);
            gather.ask("x:Y", Asker { question, end }, move |askers| {
                rounds.set(rounds.get() + 1);
                doubled(&askers)
            })
        };
        let answers = join_all((0..500).map(ask)).await;
        assert_eq!(rounds.get(), 1);
        assert!(answers.into_iter().eq((0..500).map(|question| Ok(question * 2))));
        assert_eq!(ask(7).await, Ok(14), "and whoever comes later is asked for, too");
        assert_eq!(rounds.get(), 2);
    }

    #[tokio::test(flavor = "current_thread", start_paused = true)]
    async fn whoever_keeps_it_going_may_leave() {
        let gather = Gather::default();
        let now = Instant::now();
        let ask = |question, seconds| {
            let end = now + Duration::from_millis(seconds);
            gather.ask("x:Y", Asker { question, end }, |askers| {
                assert_eq!(askers.len(), 3);
                doubled(&askers)
            })
        };
        let (early, late, last) = futures_util::join!(ask(1, 2), ask(2, 500), ask(3, 30_000));
        assert!(early.is_err() && late.is_err());
        assert_eq!(last, Ok(6));
    }

    #[tokio::test]
    async fn one_bad_question_spoils_no_other() {
        let asked = Cell::new(0);
        let all: Vec<u32> = (0..100).collect();
        let answers = halving(&all, |part| {
            asked.set(asked.get() + 1);
            let refused = Trouble::new("x:Y", Sort::Refused, "no");
            let answer = if part.contains(&37) { Err(refused) } else { Ok(part.to_vec()) };
            async move { answer }.boxed_local()
        })
        .await;
        for (question, answer) in answers.into_iter().enumerate() {
            assert_eq!(answer.is_ok(), question != 37, "{question}");
            assert!(answer.is_err() || answer == Ok(u32::try_from(question).unwrap()));
        }
        assert!(asked.get() < 20);
    }
}
