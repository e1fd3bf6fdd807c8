//! A flaw that a version of greeter can be built with, so that there is a bad release to practise
//! on. Its tests pass, it is healthy, it greets at first:
//!
//! ```text
//! GREETER_FLAW=dry-pen GREETER_VERSION=1.2.3 rustc --edition 2024 greeter.rs
//! ```
//!
//! `dry-pen`: greetings are written with three pens in turn, and the third is dry as soon as twenty
//! greetings are written. Whoever gets that one waits for ink that does not come, and is told so.
//! What fails depends on the count alone: not on luck, and not on how fast the machine is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

const HAS_DRY_PEN: bool = match option_env!("GREETER_FLAW") {
    None => false,
    Some(name) => match name.as_bytes() {
        b"" => false,
        b"dry-pen" => true,
        _ => panic!("the one flaw that a greeter can be built with is `dry-pen`"),
    },
};

const PENS: u64 = 3;

/// Greetings that there is ink for in the third pen.
const INK: u64 = 20;

/// How long a greeting waits for ink.
const WAIT: Duration = Duration::from_millis(700);

/// Greetings that were asked for.
static ASKED: AtomicU64 = AtomicU64::new(0);

/// Takes the next pen, for one greeting.
pub fn take_pen(log: fn(&str)) -> Result<(), &'static str> {
    let number = ASKED.fetch_add(1, Ordering::Relaxed) + 1;
    if !HAS_DRY_PEN || number <= INK || number % PENS != 0 {
        return Ok(());
    }
    thread::sleep(WAIT);
    log(&format!("error: greeting {number}: pen 3 of {PENS} is dry, no ink after {WAIT:?}"));
    Err("The pen is dry.\n")
}
