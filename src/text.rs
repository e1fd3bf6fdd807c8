//! Hostile text: what commands print, clouds answer and runbooks hold, on its way to a person.
//!
//! Three steps, always in this order: [`Mask`] takes the secrets out, [`Capture`] keeps the head
//! and the tail within bounds, [`visible()`] shows every character that a terminal or a reader
//! could obey. Nothing here does I/O.

mod capture;
mod mask;
mod template;
mod visible;

pub use capture::{Capture, Collector, Decoder, Limits, Lines};
pub use mask::{Mask, MaskError, Masking};
pub use template::{Template, TemplateError, is_variable_name};
pub use visible::{escape, unescape, visible};
