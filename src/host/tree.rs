//! Which files are meant by paths and folders: each once, in one order, whatever links say.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

/// A file that may be a runbook.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// As a person would write it.
    pub path: PathBuf,
    /// Whether it was named itself, and not a folder around it.
    pub is_named: bool,
}

/// What paths stand for.
#[derive(Debug, Default)]
pub struct Tree {
    /// By path, each file once.
    pub files: Vec<Candidate>,
    /// What cannot be looked at, and why, by path.
    pub refused: BTreeMap<PathBuf, String>,
    /// The folders that were named.
    pub folders: BTreeSet<PathBuf>,
}

/// The files that these paths name, and the TOML files in the folders that they name.
#[must_use]
pub fn tree(paths: &[PathBuf]) -> Tree {
    let mut walk = Walk::default();
    for path in paths {
        let path = without_dots(path);
        match fs::metadata(&path) {
            Ok(about) if about.is_dir() => {
                walk.tree.folders.insert(path.clone());
                // The folder itself, also where it is named by a link.
                walk.folder(&path.join(""));
            }
            Ok(_) => walk.file(path, true),
            Err(error) => walk.refuse(path, &error),
        }
    }
    walk.links();
    walk.whole()
}

/// `./a/./b` is `a/b`.
fn without_dots(path: &Path) -> PathBuf {
    let parts = path.components().filter(|part| *part != std::path::Component::CurDir);
    let plain: PathBuf = parts.collect();
    if plain.as_os_str().is_empty() { PathBuf::from(".") } else { plain }
}

#[derive(Default)]
struct Walk {
    tree: Tree,
    /// The files by what they really are, whatever way leads there.
    found: BTreeMap<PathBuf, Candidate>,
    /// Folders that were looked at, by what they really are.
    seen: BTreeSet<PathBuf>,
    /// Links to folders: looked at when all folders are known by their own names.
    links: VecDeque<PathBuf>,
}

impl Walk {
    fn refuse(&mut self, path: PathBuf, error: &io::Error) {
        self.tree.refused.insert(path, said(error));
    }

    fn file(&mut self, path: PathBuf, is_named: bool) {
        let real = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        let own = Candidate { path, is_named };
        let kept = self.found.entry(real).or_insert_with(|| own.clone());
        // The name that a person gave, then one that is no link, then the first by order.
        let rank = |it: &Candidate| (!it.is_named, it.path.is_symlink(), it.path.clone());
        if rank(&own) < rank(kept) {
            *kept = own;
        }
    }

    fn folder(&mut self, path: &Path) {
        let walk = WalkDir::new(path).sort_by_file_name().into_iter();
        let mut entries =
            walk.filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git");
        // Not `for`: a folder that was looked at is left out.
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {
                    let is_new = match fs::canonicalize(entry.path()) {
                        Ok(real) => self.seen.insert(real),
                        Err(_) => true,
                    };
                    if !is_new {
                        entries.skip_current_dir();
                    }
                }
                Ok(entry) => self.entry(&entry),
                Err(error) => {
                    let at = error.path().map_or_else(|| path.to_owned(), without_dots);
                    let error = error.into_io_error();
                    let error = error.unwrap_or_else(|| io::Error::other("it leads to itself"));
                    self.refuse(at, &error);
                }
            }
        }
    }

    fn entry(&mut self, entry: &DirEntry) {
        let path = without_dots(entry.path());
        let is_toml = path.extension().is_some_and(|ending| ending == "toml");
        if !entry.file_type().is_symlink() {
            if is_toml {
                self.file(path, false);
            }
            return;
        }
        match fs::metadata(&path) {
            Ok(about) if about.is_dir() => self.links.push_back(path),
            Ok(_) if is_toml => self.file(path, false),
            Err(error) if is_toml || !is_missing(&error) => self.refuse(path, &error),
            Ok(_) | Err(_) => {}
        }
    }

    /// Follows each link to a folder that has no other name here.
    fn links(&mut self) {
        while let Some(link) = self.links.pop_front() {
            let around = link.parent().unwrap_or_else(|| Path::new(".")).canonicalize();
            let (Ok(real), Ok(around)) = (fs::canonicalize(&link), around) else { continue };
            if around.starts_with(&real) {
                let why = "it leads back to a folder that it stands in, a loop";
                self.tree.refused.insert(link, why.to_owned());
            } else if !self.seen.contains(&real) {
                self.folder(&link.join(""));
            }
        }
    }

    fn whole(mut self) -> Tree {
        self.tree.files = self.found.into_values().collect();
        self.tree.files.sort();
        self.tree
    }
}

fn is_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

/// Why a path cannot be looked at, without its name.
#[must_use]
pub fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            "its links lead back to themselves, a loop".to_owned()
        }
        _ => error.to_string(),
    }
}
