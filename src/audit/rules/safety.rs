//! `HP2xx`: what can do harm, and how it is taken back.

use crate::audit::Rule;

mod acts;
mod anti_example;
mod blind_retry;
mod continues_without;
mod crash_in_doubt;
mod endless_gate;
mod late_rollback;
mod never_resumed;
mod no_backup;
mod no_backup_to_restore;
mod no_check;
mod no_gate;
mod no_return;
mod no_undo;
mod nobody_asked;
mod nobody_watches;
mod not_idempotent;
mod same_undo;
mod says_no_change;
mod too_wide;
mod unproven_undo;
mod which_account;
mod which_cluster;

/// The rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &no_undo::RULE,
    &same_undo::RULE,
    &late_rollback::RULE,
    &no_backup_to_restore::RULE,
    &no_check::RULE,
    &unproven_undo::RULE,
    &crash_in_doubt::RULE,
    &no_backup::RULE,
    &no_gate::RULE,
    &too_wide::RULE,
    &nobody_asked::RULE,
    &anti_example::RULE,
    &never_resumed::RULE,
    &endless_gate::RULE,
    &nobody_watches::RULE,
    &not_idempotent::RULE,
    &continues_without::RULE,
    &blind_retry::RULE,
    &which_cluster::RULE,
    &which_account::RULE,
    &no_return::RULE,
    &says_no_change::RULE,
];
