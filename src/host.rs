//! The edge: the only module that touches the world. It never decides pass or fail, or what to do
//! next; it does what the traits of `engine` and `journal` ask of it.

pub mod aws;
pub mod files;
pub mod folder;
pub mod git;
pub mod identity;
pub mod lock;
pub mod log;
pub mod probe;
pub mod process;
pub mod programs;
pub mod replace;
pub mod screen;
pub mod signal;
pub mod style;
pub mod sweep;
pub mod tape;
pub mod terminal;
pub mod tree;
