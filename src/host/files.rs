//! A journal's bytes in a real file. It makes the system calls and checks that the file is still
//! the one it opened; what to do in which order is the journal's to know.
#![expect(clippy::disallowed_methods, reason = "this is the edge: the journal's file")]

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{
    FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::journal::{Storage, Unreliable};

/// A file that holds a journal, or will.
#[derive(Debug)]
pub struct Files {
    path: PathBuf,
    folder: File,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    device: u64,
    inode: u64,
    /// Its size as far as we made it so.
    len: u64,
}

/// Why a path cannot hold a journal.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It is something else.
    #[error("`{path}` is {found}, wanted a journal that is a plain file with one name")]
    Kind {
        /// The path.
        path: PathBuf,
        /// What is there.
        found: &'static str,
    },
    /// It belongs to another account.
    #[error("`{path}` belongs to user {owner}, wanted your own file (user {us})")]
    Owner {
        /// The path.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who we are.
        us: u32,
    },
    /// There is no such journal.
    #[error("there is no journal `{0}`")]
    Missing(PathBuf),
    /// A new journal has no place.
    #[error("there is no folder `{0}` to put a journal in")]
    NoFolder(PathBuf),
    /// A new journal would take the place of a file.
    #[error("`{0}` exists already: resume it, or give the new journal another path")]
    Exists(PathBuf),
    /// The path has no file name.
    #[error("`{0}` does not name a file")]
    NoName(PathBuf),
    /// The system says no.
    #[error("cannot {action} `{path}`: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Files {
    /// A place for a new journal: nothing is there yet, and nothing is put there by this.
    ///
    /// # Errors
    /// Where something is there, or the folder cannot be opened.
    pub fn create(path: &Path) -> Result<Self, Unfit> {
        let folder = open_folder(path)?;
        match fs::symlink_metadata(path) {
            Ok(_) => Err(Unfit::Exists(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Self { path: path.to_owned(), folder, open: None })
            }
            Err(source) => Err(Unfit::Io { action: "look at", path: path.to_owned(), source }),
        }
    }

    /// Whether a path can hold a journal that goes on, before anything is put beside it.
    ///
    /// # Errors
    /// Where it is no plain file with one name that belongs to us, or cannot be written.
    pub fn look(path: &Path) -> Result<(), Unfit> {
        open_plain(path).map(|_closed_again| ())
    }

    /// An existing journal, with all its bytes.
    ///
    /// # Errors
    /// Where the path is no plain file with one name that belongs to us, or cannot be read and
    /// written.
    pub fn open(path: &Path) -> Result<(Self, Vec<u8>), Unfit> {
        let io = |action| {
            let path = path.to_owned();
            move |source| Unfit::Io { action, path, source }
        };
        let folder = open_folder(path)?;
        let mut file = open_plain(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(io("read"))?;
        // Whoever put the file there may have died before its name was durable.
        folder.sync_all().map_err(io("sync the folder of"))?;
        let open = Open::of(file, bytes.len() as u64).map_err(io("look at"))?;
        Ok((Self { path: path.to_owned(), folder, open: Some(open) }, bytes))
    }

    /// The journal's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn opened(&mut self) -> io::Result<&mut Open> {
        self.open.as_mut().ok_or_else(|| io::Error::other("the journal has no file yet"))
    }

    /// Compares the file behind the path with the one that is open.
    fn check(&mut self) -> io::Result<&mut Open> {
        let at_path = fs::symlink_metadata(&self.path);
        let path = self.path.display().to_string();
        let open = self.opened()?;
        let gone = |what: &str| Unreliable(format!("`{path}` {what} while the session ran"));
        let at_path = match at_path {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(gone("was deleted or moved").into());
            }
            Err(error) => return Err(error),
        };
        if (at_path.dev(), at_path.ino()) != (open.device, open.inode) {
            return Err(gone("was replaced by another file").into());
        }
        match at_path.len() {
            len if len == open.len => Ok(open),
            len if len < open.len => Err(gone("was shortened").into()),
            _ => Err(gone("was written to by another program").into()),
        }
    }

    /// Writes a file aside and moves it to `path`, durable before and after. Without a mode the
    /// file is new, and takes no other's place.
    fn put(&self, path: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<File> {
        let aside = with_suffix(path, &format!("new-{}", std::process::id()));
        let written = write_new(&aside, bytes, mode).and_then(|file| {
            match mode {
                None => rename_new(&aside, path)?,
                Some(_) => fs::rename(&aside, path)?,
            }
            Ok(file)
        });
        if written.is_err() {
            // What is left of it hinders nobody; the first error is the one to tell.
            let _ = fs::remove_file(&aside);
        }
        let file = written?;
        self.folder.sync_all().map_err(|error| {
            Unreliable(format!("the folder of `{}` could not be synced: {error}", path.display()))
        })?;
        Ok(file)
    }
}

impl Storage for Files {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let open = self.check()?;
        let mut rest = bytes;
        while !rest.is_empty() {
            match open.file.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    open.len += written as u64;
                    rest = &rest[written..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.opened()?.file.sync_data()
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        let open = self.check()?;
        open.file.set_len(len)?;
        open.len = len;
        open.file.sync_data()
    }

    fn reserve(&mut self, bytes: u64) -> io::Result<()> {
        reserve(self.opened()?, bytes)
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mode = match self.open {
            None => None,
            Some(_) => Some(self.check()?.file.metadata()?.permissions().mode() & 0o777),
        };
        let path = self.path.clone();
        let file = self.put(&path, bytes, mode)?;
        // From here on the new file is the one that counts, and an error must not hide that.
        let lost = |error: io::Error| io::Error::from(Unreliable(error.to_string()));
        self.open = Some(Open::of(file, bytes.len() as u64).map_err(lost)?);
        self.check().map(|_same| ()).map_err(lost)
    }

    fn set_aside(&mut self, suffix: &str, bytes: &[u8]) -> io::Result<String> {
        let mut number = 1;
        loop {
            let tried = if number == 1 { suffix.to_owned() } else { format!("{suffix}-{number}") };
            let path = with_suffix(&self.path, &tried);
            match fs::symlink_metadata(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.put(&path, bytes, None)?;
                    return Ok(file_name(&path));
                }
                Err(error) => return Err(error),
                Ok(found) if found.is_file() && fs::read(&path)? == bytes => {
                    self.folder.sync_all()?;
                    return Ok(file_name(&path));
                }
                Ok(_) => number += 1,
            }
        }
    }
}

impl Open {
    fn of(file: File, len: u64) -> io::Result<Self> {
        let about = file.metadata()?;
        Ok(Self { device: about.dev(), inode: about.ino(), file, len })
    }
}

#[cfg(target_os = "linux")]
fn reserve(open: &Open, bytes: u64) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;
    match fallocate(&open.file, FallocateFlags::KEEP_SIZE, open.len, bytes) {
        // A file system that cannot reserve is no reason not to deploy.
        Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn reserve(_open: &Open, _bytes: u64) -> io::Result<()> {
    Ok(())
}

fn open_folder(path: &Path) -> Result<File, Unfit> {
    if path.file_name().is_none() {
        return Err(Unfit::NoName(path.to_owned()));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let path = folder.to_owned();
    File::open(folder).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Unfit::NoFolder(path),
        _ => Unfit::Io { action: "open the folder", path, source },
    })
}

/// Opens for reading and appending what is a plain file of ours with one name.
fn open_plain(path: &Path) -> Result<File, Unfit> {
    let kind = |found| Unfit::Kind { path: path.to_owned(), found };
    let io = |action, source| Unfit::Io { action, path: path.to_owned(), source };
    // Before opening: opening a FIFO or a device can block, or do something.
    let named = fs::symlink_metadata(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Unfit::Missing(path.to_owned()),
        _ => io("open", source),
    })?;
    fit(&named).map_err(kind)?;
    // NOFOLLOW and NONBLOCK, in case it is swapped for something else at this moment.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let flags = i32::try_from(flags).expect("flags of open(2) fit an int");
    let file = OpenOptions::new()
        .read(true)
        .append(true)
        .custom_flags(flags)
        .open(path)
        .map_err(|source| io("open for writing", source))?;
    let about = file.metadata().map_err(|source| io("look at", source))?;
    fit(&about).map_err(kind)?;
    let us = rustix::process::geteuid().as_raw();
    if about.uid() != us {
        return Err(Unfit::Owner { path: path.to_owned(), owner: about.uid(), us });
    }
    Ok(file)
}

fn fit(about: &fs::Metadata) -> Result<(), &'static str> {
    let kind = about.file_type();
    if kind.is_symlink() {
        Err("a symbolic link")
    } else if kind.is_dir() {
        Err("a directory")
    } else if kind.is_fifo() {
        Err("a FIFO")
    } else if kind.is_socket() {
        Err("a socket")
    } else if kind.is_block_device() || kind.is_char_device() {
        Err("a device")
    } else if about.nlink() > 1 {
        Err("a file with several names (hard links)")
    } else {
        Ok(())
    }
}

/// A new file with these bytes, durable but for its name, open for appending.
fn write_new(path: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create_new(true).mode(mode.unwrap_or(0o644));
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    if let Some(mode) = mode {
        // The mode that the journal had, whatever the umask is now.
        file.set_permissions(fs::Permissions::from_mode(mode))?;
    }
    file.sync_all()?;
    Ok(file)
}

/// Renames, unless something is there already.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // A file system that cannot say "unless": the lock has to do.
            Err(Errno::INVAL | Errno::NOSYS) => {}
            other => return other.map_err(io::Error::from),
        }
    }
    if fs::symlink_metadata(to).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.file_name().unwrap_or_default());
    name.push(".");
    name.push(suffix);
    path.with_file_name(name)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
