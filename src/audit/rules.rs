//! THE TABLE of rules, group by group. A rule is one file with a `RULE`, one row in its group's
//! list, one section in the group's page in `docs/rules/`, and cases in `tests/cases/audit/`.

use std::sync::LazyLock;

use super::Rule;
use super::waivers::{ENDED, UNKNOWN, UNUSED};

mod people;
mod safety;
pub(super) mod secrets;
mod shell;
mod structure;
mod truth;

/// Every rule, by code.
pub static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let groups = [
        structure::RULES,
        safety::RULES,
        truth::RULES,
        shell::RULES,
        secrets::RULES,
        people::RULES,
    ];
    let waivers: &[&Rule] = &[&ENDED, &UNUSED, &UNKNOWN];
    groups.into_iter().chain([waivers]).flatten().copied().collect()
});
