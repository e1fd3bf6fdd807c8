//! Being stopped, as a value: asked politely first, then not.

use tokio::sync::watch;

use crate::session::Hold;

/// How urgently the session is asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopLevel {
    /// Not at all.
    None,
    /// End what runs politely, record it, hold.
    Polite,
    /// Kill what runs, record it, hold.
    Kill,
}

/// The end that asks.
#[derive(Clone, Debug)]
pub struct Stopper(watch::Sender<Asked>);

/// The end that hears. Cloned for every wait that must be able to end early.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<Asked>);

#[derive(Clone, Copy, Debug)]
struct Asked {
    level: StopLevel,
    first: Option<Hold>,
}

impl Stopper {
    /// A pair that nobody has asked anything of.
    #[must_use]
    pub fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(Asked { level: StopLevel::None, first: None });
        (Self(sender), Stop(receiver))
    }

    /// Asks to stop; asked again, asks more urgently. The first reason stands.
    pub fn ask(&self, why: Hold) {
        self.0.send_modify(|asked| {
            asked.first.get_or_insert(why);
            asked.level = match asked.level {
                StopLevel::None => StopLevel::Polite,
                StopLevel::Polite | StopLevel::Kill => StopLevel::Kill,
            };
        });
    }
}

impl Stop {
    /// How urgent it is now.
    #[must_use]
    pub fn level(&self) -> StopLevel {
        self.0.borrow().level
    }

    /// Why, if it was asked for.
    #[must_use]
    pub fn why(&self) -> Option<Hold> {
        self.0.borrow().first
    }

    /// Waits until it is at least this urgent. Waits for ever where nobody can ask any more.
    pub async fn reached(&self, level: StopLevel) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|now| now.level >= level).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
