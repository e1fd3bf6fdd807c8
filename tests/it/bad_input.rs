//! Bad input: whatever is wrong with a runbook, a journal, a value or the machine around them is
//! told in one clear message with the documented exit code, and nothing is lost or half done.
//!
//! Damage of a journal byte by byte, and a disk that fills up in the middle, are told elsewhere.

mod back;
mod changed;
mod journals;
mod runbooks;
mod surroundings;
