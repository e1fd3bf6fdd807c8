//! Standard output: the result of a verb, and nothing else.

use std::io::{ErrorKind, Write as _, stdout};

use super::Failure;

/// Prints a result. A reader that has read enough (`| head`) is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => {
            other.map_err(|error| Failure::machine(format!("cannot print the result: {error}")))
        }
    }
}

/// Prints a result as JSON.
pub(super) fn print_json(value: &serde_json::Value) -> Result<(), Failure> {
    print(&format!("{value:#}\n"))
}
