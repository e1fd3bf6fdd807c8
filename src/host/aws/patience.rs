//! Tries a call again while it may still be answered, with growing, random waits, on time.

use std::ops::AsyncFnMut;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::trouble::{Sort, Trouble};

/// The longest single wait.
const LONGEST: Duration = Duration::from_secs(20);

/// How long before the deadline of a question its calls end, so that what went wrong can still be
/// told instead of a bare timeout.
const MARGIN: Duration = Duration::from_millis(300);

/// When the calls of a question must end that has so much time: a little before.
#[must_use]
pub fn end_of(timeout: Duration) -> Instant {
    Instant::now() + timeout.saturating_sub(MARGIN.min(timeout / 10))
}

/// Tries a call until it is answered, until trying again makes no sense, or until `end`.
///
/// # Errors
/// The last trouble, with the number of tries.
pub async fn patiently<T>(
    call: &str,
    end: Instant,
    attempt: impl AsyncFnMut() -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    patiently_with(call, end, &random, attempt).await
}

/// The same, with another source of chance.
async fn patiently_with<T>(
    call: &str,
    end: Instant,
    chance: &dyn Fn() -> u32,
    mut attempt: impl AsyncFnMut() -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let mut last: Option<Trouble> = None;
    let mut tries = 0;
    loop {
        let told = match timeout_at(end, attempt()).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(trouble)) => Trouble { tries: tries + 1, ..trouble },
            // An attempt that was cut off says less than the one before it.
            Err(_elapsed) => return Err(last.unwrap_or_else(|| silent(call))),
        };
        tries += 1;
        let wait = wait(told.sort, tries, chance());
        if !told.sort.passes() || Instant::now() + wait >= end {
            return Err(told);
        }
        last = Some(told);
        sleep(wait).await;
    }
}

fn silent(call: &str) -> Trouble {
    Trouble::network(call, "nothing came within the check's timeout")
}

/// Anything between nothing and a bound that doubles, so that callers do not come back together.
fn wait(sort: Sort, tries: u32, chance: u32) -> Duration {
    let first = Duration::from_millis(if sort == Sort::Throttled { 500 } else { 100 });
    let most = first.saturating_mul(1 << (tries - 1).min(16)).min(LONGEST);
    most.mul_f64(f64::from(chance) / f64::from(u32::MAX))
}

fn random() -> u32 {
    let mut bytes = [0; 4];
    // Without the kernel's chance the longest wait is taken: polite, and never wrong.
    match rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty()) {
        Ok(4) => u32::from_ne_bytes(bytes),
        Ok(_) | Err(_) => u32::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::future::pending;

    fn throttled() -> Trouble {
        Trouble::new("ecs:ListTasks", Sort::Throttled, "Rate exceeded")
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_tried_again() {
        for sort in [Sort::Throttled, Sort::Server, Sort::Network] {
            let tries = Cell::new(0);
            let end = end_of(Duration::from_mins(1));
            let answer = patiently("ecs:ListTasks", end, async || {
                tries.set(tries.get() + 1);
                let trouble = Trouble::new("ecs:ListTasks", sort, "");
                if tries.get() < 4 { Err(trouble) } else { Ok(tries.get()) }
            });
            assert_eq!(answer.await, Ok(4));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_pass_is_not_tried_again() {
        for sort in [Sort::Denied, Sort::Expired, Sort::Refused, Sort::Unreadable] {
            let end = end_of(Duration::from_mins(1));
            let trouble = Trouble::new("ecs:ListTasks", sort, "no");
            let answer: Result<(), _> =
                patiently("ecs:ListTasks", end, async || Err(trouble.clone())).await;
            assert_eq!(answer, Err(trouble));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_before_the_deadline_with_the_last_trouble() {
        let began = Instant::now();
        let end = end_of(Duration::from_secs(30));
        let longest = || u32::MAX;
        let answer: Result<(), _> =
            patiently_with("ecs:ListTasks", end, &longest, async || Err(throttled())).await;
        // 0.5 + 1 + 2 + 4 + 8 seconds of waiting; 16 more would be too late.
        assert_eq!(began.elapsed(), Duration::from_millis(15_500));
        assert_eq!(answer, Err(Trouble { tries: 6, ..throttled() }));
        assert!(end < began + Duration::from_secs(30));
    }

    #[tokio::test(start_paused = true)]
    async fn it_never_hangs() {
        let began = Instant::now();
        let end = end_of(Duration::from_secs(30));
        let answer: Result<(), _> = patiently("ecs:ListTasks", end, pending).await;
        assert_eq!(answer.map_err(|trouble| trouble.sort), Err(Sort::Network));
        assert_eq!(began.elapsed(), Duration::from_millis(29_700));

        let tries = Cell::new(0);
        let end = end_of(Duration::from_secs(30));
        let answer: Result<(), _> = patiently("ecs:ListTasks", end, async || {
            tries.set(tries.get() + 1);
            if tries.get() == 1 { Err(throttled()) } else { pending().await }
        })
        .await;
        assert_eq!(answer, Err(throttled()), "the trouble that was seen, not the silence");
    }

    #[test]
    fn waits_grow_and_stay_bounded() {
        let longest = |tries| wait(Sort::Throttled, tries, u32::MAX);
        assert_eq!(longest(1), Duration::from_millis(500));
        assert_eq!(longest(3), Duration::from_secs(2));
        assert_eq!(longest(99), LONGEST);
        assert_eq!(wait(Sort::Server, 5, 0), Duration::ZERO);
    }
}
