//! Files that are only read, and folders that are listed: runbooks and journals as they stand.
#![expect(clippy::disallowed_methods, reason = "this is the edge: files and folders")]

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Reads a file, but no more than `limit` bytes of it. Only a plain file: a pipe or a device
/// could keep us waiting for ever.
///
/// # Errors
/// Where it is no plain file, or cannot be read.
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let about = fs::metadata(path)?;
    if !about.is_file() {
        let found = if about.is_dir() { "a folder" } else { "no plain file" };
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {found}")));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The current folder.
///
/// # Errors
/// Where it is gone, or above it something cannot be read.
pub fn here() -> io::Result<PathBuf> {
    std::env::current_dir()
}

/// Whether there is anything at this path, a dangling link included.
#[must_use]
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Makes a folder and those above it, where they are missing.
///
/// # Errors
/// Where one of them cannot be made.
pub fn make(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// The markdown files in a folder, by name. A file stands for itself.
///
/// # Errors
/// Where it is neither a folder nor a plain file, or cannot be listed.
pub fn markdown_in(path: &Path) -> io::Result<Vec<PathBuf>> {
    let about = fs::metadata(path)?;
    if about.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !about.is_dir() {
        let why = "it is neither a folder nor a plain file";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let listed = fs::read_dir(path)?;
    let mut found: Vec<PathBuf> = listed
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "md") && path.is_file())
        .collect();
    found.sort();
    Ok(found)
}
