//! The packed file: a line for each service, an empty line, and the services one after another.
//!
//! A line has the service's name, its name in signatures, how its addresses begin, and of its
//! text, which is JSON under DEFLATE, the place, the packed and the unpacked length. The first
//! line says what it was made from.

use std::sync::{LazyLock, OnceLock};

use super::Service;

static FILE: &[u8] = include_bytes!("services.bin");

/// The lines, by name.
pub(super) static INDEX: LazyLock<Vec<Entry>> = LazyLock::new(index);

/// One service of the file.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) signing: &'static str,
    pub(super) prefix: &'static str,
    packed: &'static [u8],
    length: usize,
    unpacked: OnceLock<Option<Service>>,
}

impl Entry {
    /// The service, unpacked when first asked for. None where the file is damaged.
    pub(super) fn service(&self) -> Option<&Service> {
        self.unpacked.get_or_init(|| self.unpack()).as_ref()
    }

    fn unpack(&self) -> Option<Service> {
        let text =
            miniz_oxide::inflate::decompress_to_vec_with_limit(self.packed, self.length).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

fn index() -> Vec<Entry> {
    let end = FILE.windows(2).position(|pair| pair == b"\n\n").unwrap_or_default();
    let (head, blocks) = FILE.split_at((end + 2).min(FILE.len()));
    let head = std::str::from_utf8(head).unwrap_or_default();
    head.lines().filter_map(|line| read(line, blocks)).collect()
}

fn read(line: &'static str, blocks: &'static [u8]) -> Option<Entry> {
    let parts: Vec<&str> = line.split(' ').collect();
    let [name, signing, prefix, at, packed, length] = parts[..] else { return None };
    let at: usize = at.parse().ok()?;
    let packed = blocks.get(at..at + packed.parse::<usize>().ok()?)?;
    let length = length.parse().ok()?;
    Some(Entry { name, signing, prefix, packed, length, unpacked: OnceLock::new() })
}
