//! Branch and commit of the work tree that a deployment is made from.
#![expect(clippy::disallowed_methods, reason = "this is the edge: it asks git")]

use std::path::Path;
use std::process::{Command, Stdio};

use crate::session::Git;

/// The state of the git work tree around a folder; none where there is no work tree, no commit or
/// no git.
#[must_use]
pub fn state(directory: &Path) -> Option<Git> {
    let commit = answer(directory, &["rev-parse", "--verify", "HEAD"])?;
    let branch = answer(directory, &["symbolic-ref", "--short", "-q", "HEAD"]);
    let changes = answer(directory, &["status", "--porcelain", "--untracked-files=no"])?;
    Some(Git {
        branch: branch.unwrap_or_else(|| "(detached)".to_owned()),
        commit,
        dirty: !changes.is_empty(),
    })
}

fn answer(directory: &Path, question: &[&str]) -> Option<String> {
    let asked = Command::new("git")
        .args(["-c", "core.fsmonitor=false"])
        .args(question)
        .current_dir(directory)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(asked.stdout).ok()?;
    asked.status.success().then(|| text.trim().to_owned())
}
