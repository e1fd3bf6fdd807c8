//! What a terminal was told: its screen, the text that went by, what it was made to do.

use std::num::NonZeroU16;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Everything that a terminal was told.
pub(super) struct Seen {
    told: Mutex<Told>,
    pub(super) changed: Condvar,
}

pub(super) struct Told {
    pub(super) raw: Vec<u8>,
    /// The same without what steers a terminal.
    pub(super) plain: Vec<u8>,
    state: Escape,
    pub(super) screen: vt100::Parser<Acts>,
    pub(super) closing: bool,
}

#[derive(Clone, Copy)]
enum Escape {
    None,
    Begun,
    Control,
    Command,
}

/// What a terminal was told to do to the world around it.
#[derive(Default)]
pub struct Acts(pub Vec<String>);

impl vt100::Callbacks for Acts {
    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.0.push(format!("title {}", String::from_utf8_lossy(title)));
    }

    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.0.push(format!("clipboard {}", String::from_utf8_lossy(data)));
    }

    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.0.push("bell".to_owned());
    }

    fn unhandled_osc(&mut self, _: &mut vt100::Screen, parameters: &[&[u8]]) {
        self.0.push(format!("command {parameters:?}"));
    }
}

impl Seen {
    pub(super) fn new((columns, rows): (u16, u16)) -> Self {
        let size = |cells| NonZeroU16::new(cells).unwrap();
        let screen =
            vt100::Parser::new_with_callbacks(size(rows), size(columns), 0, Acts::default());
        let (raw, plain) = (Vec::new(), Vec::new());
        let told = Told { raw, plain, state: Escape::None, screen, closing: false };
        Self { told: Mutex::new(told), changed: Condvar::new() }
    }

    pub(super) fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn read(&self, mut from: Box<dyn std::io::Read + Send>) {
        let mut piece = [0; 4096];
        while let Ok(many @ 1..) = from.read(&mut piece) {
            let mut told = self.told();
            told.take(&piece[..many]);
            self.changed.notify_all();
            if told.closing {
                return;
            }
        }
    }
}

impl Told {
    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend(bytes);
        self.screen.process(bytes);
        for byte in bytes {
            self.state = match (self.state, byte) {
                (_, 0x1b) => Escape::Begun,
                (Escape::Begun, b'[') => Escape::Control,
                (Escape::Begun, b']') => Escape::Command,
                (Escape::Begun, _) | (Escape::Command, 7) | (Escape::Control, 0x40..=0x7e) => {
                    Escape::None
                }
                (Escape::None, _) => {
                    self.plain.push(*byte);
                    Escape::None
                }
                (other, _) => other,
            };
        }
    }
}
