//! `rollback`: takes a deployment back, whatever its session was doing: held, crashed, ended.

use super::resume::{Purpose, come_back};
use super::{Exit, Failure};
use crate::cli::Rollback;

pub(super) fn run(options: &Rollback) -> Result<Exit, Failure> {
    let record = options.record.as_deref();
    come_back(&options.journal, Purpose::RollBack, &options.vars, record, &options.pace)
}
