//! Looks at files: regular ones only, because opening anything else can block or act.
#![expect(clippy::disallowed_methods, reason = "this is the edge: files are looked at here")]

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

use super::aside::aside;
use super::part::{HEAD, Part, TAIL};
use crate::check::FileSeen;

/// A file as it was found.
pub(super) struct Found {
    bytes: u64,
    age_seconds: u64,
    sha256: Option<String>,
    text: Option<Part>,
}

impl Found {
    pub(super) fn seen(self, mask: &dyn Fn(&str) -> String) -> FileSeen {
        FileSeen {
            bytes: self.bytes,
            age_seconds: self.age_seconds,
            sha256: self.sha256,
            text: self.text.map(|part| part.capture(mask)),
        }
    }
}

/// Looks at a file; `None` where there is none.
pub(super) async fn look(path: PathBuf, text: bool, sha256: bool) -> Result<Option<Found>, String> {
    let shown = path.display().to_string();
    aside(move |wanted| look_now(&path, text, sha256, wanted))
        .await?
        .map_err(|why| format!("cannot read {shown}: {why}"))
}

fn look_now(
    path: &Path,
    text: bool,
    sha256: bool,
    wanted: &dyn Fn() -> bool,
) -> io::Result<Option<Found>> {
    let Some(seen) = regular(path)? else { return Ok(None) };
    let mut found = Found { bytes: seen.len(), age_seconds: age(&seen), sha256: None, text: None };
    if !text && !sha256 {
        return Ok(Some(found));
    }
    let Some(mut file) = open(path)? else { return Ok(None) };
    if text {
        found.text = Some(head_and_tail(&mut file)?);
        file.rewind()?;
    }
    if sha256 {
        found.sha256 = Some(digest(&mut file, wanted)?);
    }
    Ok(Some(found))
}

/// What is known of a regular file without opening it.
fn regular(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(seen) if seen.is_file() => Ok(Some(seen)),
        Ok(seen) if seen.is_dir() => Err(io::Error::other("it is a directory, wanted a file")),
        Ok(_) => Err(io::Error::other("it is no regular file")),
        Err(why) if is_absent(&why) => Ok(None),
        Err(why) => Err(why),
    }
}

fn is_absent(why: &io::Error) -> bool {
    matches!(why.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Opens a regular file, and waits for nobody should it have become something else.
fn open(path: &Path) -> io::Result<Option<File>> {
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) if file.metadata()?.is_file() => Ok(Some(file)),
        Ok(_) => Err(io::Error::other("it is no regular file any more")),
        Err(why) if is_absent(&why) => Ok(None),
        Err(why) => Err(why),
    }
}

fn age(seen: &Metadata) -> u64 {
    let changed = seen.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    SystemTime::now().duration_since(changed).unwrap_or_default().as_secs()
}

fn head_and_tail(file: &mut File) -> io::Result<Part> {
    let mut head = Vec::new();
    file.take(HEAD as u64).read_to_end(&mut head)?;
    let read = head.len() as u64;
    let size = file.metadata()?.len();
    let mut part = Part { head, ..Part::default() };
    // Less than the limit means that it ended; `/proc` says 0 of every size.
    if part.head.len() == HEAD && size > read {
        let begin = size.saturating_sub(TAIL as u64).max(read);
        file.seek(SeekFrom::Start(begin))?;
        file.take(TAIL as u64).read_to_end(&mut part.tail)?;
        part.left_out = begin - read;
        if part.left_out == 0 {
            let tail = std::mem::take(&mut part.tail);
            part.head.extend(tail);
        }
    }
    Ok(part)
}

fn digest(file: &mut File, wanted: &dyn Fn() -> bool) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 256 << 10];
    while wanted() {
        match file.read(&mut piece) {
            Ok(0) => return Ok(crate::value::Digest::finish(hasher).to_string()),
            Ok(count) => hasher.update(&piece[..count]),
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Err(io::Error::other("nobody waits for its digest"))
}

/// The process id in a file; `None` where there is no file.
pub(super) async fn pid(path: PathBuf) -> Result<Option<i32>, String> {
    let shown = path.display().to_string();
    let read = move || -> io::Result<Option<String>> {
        if regular(&path)?.is_none() {
            return Ok(None);
        }
        let Some(file) = open(&path)? else { return Ok(None) };
        let mut text = String::new();
        file.take(64).read_to_string(&mut text)?;
        Ok(Some(text))
    };
    let text =
        aside(move |_| read()).await?.map_err(|why| format!("cannot read {shown}: {why}"))?;
    let Some(text) = text else { return Ok(None) };
    match text.trim().parse() {
        Ok(pid) if pid > 0 => Ok(Some(pid)),
        _ => Err(format!("{shown} holds no process id")),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;
    use crate::value::Digest;

    fn found(path: &Path) -> io::Result<Option<Found>> {
        look_now(path, true, true, &|| true)
    }

    #[test]
    fn reads_head_and_tail_of_a_long_file_and_the_digest_of_all_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long");
        for size in [0, 10, HEAD - 1, HEAD, HEAD + 1, HEAD + TAIL, HEAD + TAIL + 1, 3 << 20] {
            let bytes: Vec<u8> =
                (0..size).map(|at| b'a' + u8::try_from(at % 23).unwrap()).collect();
            fs::write(&path, &bytes).unwrap();
            let found = found(&path).unwrap().unwrap();
            assert_eq!(found.sha256.unwrap(), Digest::of(&bytes).to_string(), "{size}");
            let part = found.text.unwrap();
            let kept = part.head.len() + part.tail.len();
            assert_eq!(kept as u64 + part.left_out, size as u64, "{size}");
            assert!(bytes.starts_with(&part.head) && bytes.ends_with(&part.tail), "{size}");
        }
    }

    #[test]
    fn nothing_but_regular_files_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        let fifo = folder.path().join("fifo");
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, kind, rustix::fs::Mode::RUSR, 0).unwrap();
        for path in [folder.path(), &socket, &fifo, Path::new("/dev/zero")] {
            assert!(found(path).is_err(), "{}", path.display());
        }
        assert!(open(&fifo).is_err(), "a file that became a FIFO is not waited for");
    }

    #[test]
    fn absent_is_absent_however_it_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "x").unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("link")).unwrap();
        for path in [folder.path().join("none"), file.join("below"), folder.path().join("link")] {
            assert!(found(&path).unwrap().is_none(), "{}", path.display());
        }
    }

    #[test]
    fn a_digest_that_nobody_waits_for_is_given_up() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        assert!(look_now(&path, false, true, &|| false).is_err());
    }
}
