//! Which programs a shell would find. They are looked for, never started.
#![expect(clippy::disallowed_methods, reason = "this is the edge: folders, the environment")]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// The names of the programs on `PATH`; none where there is no `PATH`.
#[must_use]
pub fn on_path() -> Option<BTreeSet<String>> {
    let path = std::env::var_os("PATH")?;
    let mut found = BTreeSet::new();
    for entry in std::env::split_paths(&path).filter_map(|folder| folder.read_dir().ok()).flatten()
    {
        let Ok(entry) = entry else { continue };
        // Links count as what they lead to.
        let about = entry.path().metadata();
        if about.is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0) {
            found.extend(entry.file_name().into_string());
        }
    }
    Some(found)
}

/// Whether there is a file at this path that may be run.
#[must_use]
pub fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

/// Whether there is a plain file at this path.
#[must_use]
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}
