//! How things are told: to the person at the gate, on the screen, in the journal's head.
//!
//! Text in, text out. Nothing here decides anything or writes anywhere but into what it is given.
#![warn(clippy::wildcard_enum_match_arm)] // a new event must be thought about everywhere

mod audit;
mod brief;
mod compare;
mod deviations;
mod difference;
mod head;
mod identity;
mod line;
mod live;
mod planned;
mod policy;
mod progress;
mod rehearsal;
mod verdict;
mod way_back;
mod words;

pub use audit::{
    AuditEnd, Notice, SarifRun, Tally, audit_end_json, audit_heading, audit_json, audit_waived,
    audited, safe_json, sarif_results, sarif_uri, unclear_settings,
};
pub use brief::{Again, Brief, Word};
pub use difference::difference;
pub use head::{FILLED, head};
pub use identity::{identity_words, principal_words, target_words, unproven_words};
pub use line::{Line, Tone};
pub use live::{
    About, Live, Question as LiveQuestion, Row, Source, Stand, Weight, Wish, brings_about,
    judge_wish, open_in, questions, service_of, wishes,
};
pub use planned::{changed, changed_markdown, planned, planned_markdown};
pub use policy::{Policy, policy};
pub use progress::progress;
pub use rehearsal::{REHEARSAL, in_rehearsal};
pub use words::{
    age, answer_word, answer_words, close_words, counted, hold_words, question_words, rough, trend,
    window_words,
};
