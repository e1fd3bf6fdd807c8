//! What happens to the time while a scene is played.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Scene;
use super::cast::Cast;
use crate::world::Truth;
use holdpoint::check::cloud::Identity;

/// Something that happens to the time, so long after the process began.
pub(super) enum Change {
    /// Somebody sets the clock.
    Jump(Duration, i64),
    /// The machine sleeps: the process's own clock stands still.
    Sleep(Duration, i64),
}

impl Change {
    fn after(&self) -> Duration {
        match self {
            Self::Jump(after, _) | Self::Sleep(after, _) => *after,
        }
    }
}

impl Scene {
    /// The clock says this, in milliseconds, when the process begins.
    pub fn begins(self, millis: i64) -> Self {
        Self { begins: millis, ..self }
    }

    /// After this long the clock says so many milliseconds more, or less.
    pub fn jump(mut self, after: Duration, millis: i64) -> Self {
        self.changes.push(Change::Jump(after, millis));
        self
    }

    /// After this long the machine sleeps for so many milliseconds.
    pub fn sleep(mut self, after: Duration, millis: i64) -> Self {
        self.changes.push(Change::Sleep(after, millis));
        self
    }

    /// What is really so, when it goes on from process to process.
    /// Who asked AWS when the session began.
    pub fn pinned(self, pinned: Identity) -> Self {
        Self { pinned, ..self }
    }

    pub fn truth(self, truth: Rc<Truth>) -> Self {
        Self { truth, ..self }
    }
}

impl Cast {
    /// Changes the time when it is time to.
    pub(super) async fn changing(&self) {
        let began = Instant::now();
        let mut changes: Vec<&Change> = self.changes.iter().collect();
        changes.sort_by_key(|change| change.after());
        for change in changes {
            sleep_until(began + change.after()).await;
            match change {
                Change::Jump(_, millis) => self.clock.0.jump(*millis),
                Change::Sleep(_, millis) => self.clock.0.sleep(*millis),
            }
        }
        std::future::pending::<()>().await;
    }
}
