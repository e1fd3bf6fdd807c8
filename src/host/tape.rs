//! What records a session, and what plays a recording in the world's place.

mod play;
mod record;

pub use play::Player;
pub use record::{Recorder, Recording};
