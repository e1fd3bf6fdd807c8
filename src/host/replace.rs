//! A file's text is replaced whole or not at all, and what else is known of it stays.
#![expect(clippy::disallowed_methods, reason = "this is the edge: files")]

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Writes `new` in the place of `old` and tells where, links followed.
///
/// # Errors
/// Where it no longer is `old`, where it may not be written, or where it would not be the same
/// file to everybody afterwards. Then it is as it was.
pub fn replace(path: &Path, old: &[u8], new: &[u8]) -> io::Result<PathBuf> {
    let real = fs::canonicalize(path)?;
    let about = fs::metadata(&real)?;
    if !about.is_file() {
        return Err(refused("it is no plain file"));
    }
    if about.nlink() > 1 {
        return Err(refused("it has several names (hard links), and only one would be mended"));
    }
    if about.permissions().readonly() {
        return Err(refused("it is read-only"));
    }
    let name = real.file_name().unwrap_or_default();
    let mut aside = OsString::from(".");
    aside.push(name);
    aside.push(format!(".new-{}", std::process::id()));
    let aside = real.with_file_name(aside);
    let written = write_aside(&aside, &about, new).and_then(|()| {
        if fs::read(&real)? != old {
            return Err(refused("it was changed meanwhile"));
        }
        fs::rename(&aside, &real)
    });
    if written.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::AlreadyExists) {
        // What is left of it hinders nobody; the first error is the one to tell.
        let _ = fs::remove_file(&aside);
    }
    written?;
    File::open(real.parent().unwrap_or_else(|| Path::new("/")))?.sync_all()?;
    Ok(real)
}

/// A new file with these bytes, with the owner and the rights that the old one has.
fn write_aside(aside: &Path, about: &fs::Metadata, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(aside)?;
    file.write_all(bytes)?;
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (about.uid(), about.gid()) {
        std::os::unix::fs::fchown(&file, Some(about.uid()), Some(about.gid()))?;
    }
    file.set_permissions(about.permissions())?;
    file.sync_all()
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why.to_owned())
}
