//! A disk in memory: what a process sees, what a loss of power leaves, and failures on order.
//! It knows no journal.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use holdpoint::journal::{Storage, Unreliable};
use rustix::io::Errno;

/// A file's bytes as they are seen and as they are durable.
#[derive(Clone, Debug, Default)]
pub struct Inode {
    pub seen: Vec<u8>,
    pub durable: Vec<u8>,
    /// A sync failed: syncing again would tell nothing.
    pub doubtful: bool,
}

/// What goes wrong: the operation of this number, with this error.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub at: usize,
    pub error: Errno,
    pub for_good: bool,
    /// How much of a write still arrives.
    pub arrives: Arrives,
}

#[derive(Clone, Copy, Debug)]
pub enum Arrives {
    Nothing,
    OneByte,
    Half,
    AllButOne,
}

/// Steps that a replacement leaves out, to show that they are needed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Without {
    pub sync_before_rename: bool,
    pub folder_sync: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Disk {
    /// Every file that ever was; the folder names one of them at most.
    pub inodes: Vec<Inode>,
    pub named: Option<usize>,
    pub durably_named: Option<usize>,
    pub aside: Vec<(String, Vec<u8>)>,
    pub operations: usize,
    pub fault: Option<Fault>,
    pub without: Without,
    /// States after each operation, where somebody wants them.
    pub states: Option<Vec<Disk>>,
    /// How many entries were acknowledged, for whoever looks at the states.
    pub acknowledged: u64,
}

impl Disk {
    pub fn holding(bytes: &[u8]) -> Self {
        let inode = Inode { seen: bytes.to_vec(), durable: bytes.to_vec(), doubtful: false };
        Self { inodes: vec![inode], named: Some(0), durably_named: Some(0), ..Self::default() }
    }

    pub fn seen(&self) -> Option<&[u8]> {
        self.named.map(|number| self.inodes[number].seen.as_slice())
    }

    pub fn durable(&self) -> Option<&[u8]> {
        self.durably_named.map(|number| self.inodes[number].durable.as_slice())
    }

    /// Everything that could be found after a loss of power now: either name, and of what was not
    /// synced nothing, half or all.
    pub fn after_power_loss(&self) -> Vec<Option<Vec<u8>>> {
        let mut found = Vec::new();
        let mut names = vec![self.durably_named];
        if self.named != self.durably_named {
            names.push(self.named);
        }
        for name in names {
            let Some(number) = name else {
                found.push(None);
                continue;
            };
            let Inode { seen, durable, .. } = &self.inodes[number];
            let whole = seen.len().max(durable.len());
            for len in [durable.len(), durable.len().midpoint(seen.len()), seen.len()] {
                let source = if len > durable.len() { seen } else { durable };
                found.push(Some(source[..len.min(whole)].to_vec()));
            }
            // The size arrived, the bytes did not.
            if seen.len() > durable.len() {
                let mut zeros = durable.clone();
                zeros.resize(seen.len(), 0);
                found.push(Some(zeros));
            }
        }
        found
    }

    /// Counts an operation; fails where that was ordered.
    fn operation(&mut self) -> Result<(), (io::Error, Arrives)> {
        if let Some(states) = &mut self.states.take() {
            states.push(self.clone());
            self.states = Some(std::mem::take(states));
        }
        self.operations += 1;
        match self.fault {
            Some(fault)
                if self.operations == fault.at
                    || (fault.for_good && self.operations > fault.at) =>
            {
                Err((fault.error.into(), fault.arrives))
            }
            _ => Ok(()),
        }
    }

    fn inode(&mut self) -> &mut Inode {
        let number = self.named.expect("the journal has a file");
        &mut self.inodes[number]
    }

    fn sync_inode(&mut self, number: usize) -> io::Result<()> {
        assert!(!self.inodes[number].doubtful, "synced again after a sync that failed");
        if let Err((error, _)) = self.operation() {
            self.inodes[number].doubtful = true;
            return Err(error);
        }
        self.inodes[number].durable = self.inodes[number].seen.clone();
        Ok(())
    }

    fn write(&mut self, number: usize, bytes: &[u8]) -> io::Result<()> {
        let (len, failed) = match self.operation() {
            Ok(()) => (bytes.len(), None),
            Err((error, arrives)) => {
                let len = match arrives {
                    Arrives::Nothing => 0,
                    Arrives::OneByte => 1,
                    Arrives::Half => bytes.len() / 2,
                    Arrives::AllButOne => bytes.len() - 1,
                };
                (len, Some(error))
            }
        };
        self.inodes[number].seen.extend_from_slice(&bytes[..len]);
        failed.map_or(Ok(()), Err)
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.operation().map_err(|(error, _)| error)?;
        self.inodes.push(Inode::default());
        let number = self.inodes.len() - 1;
        self.write(number, bytes)?;
        if !self.without.sync_before_rename {
            self.sync_inode(number)?;
        }
        self.operation().map_err(|(error, _)| error)?;
        self.named = Some(number);
        if !self.without.folder_sync {
            self.operation().map_err(|(error, _)| Unreliable(error.to_string()))?;
            self.durably_named = Some(number);
        }
        Ok(())
    }
}

/// The disk as a journal's storage; the test keeps the other end.
#[derive(Clone, Debug, Default)]
pub struct Shared(pub Rc<RefCell<Disk>>);

impl Shared {
    pub fn new(disk: Disk) -> Self {
        Self(Rc::new(RefCell::new(disk)))
    }

    pub fn disk(&self) -> Disk {
        self.0.borrow().clone()
    }
}

impl Storage for Shared {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.0.borrow_mut();
        let number = disk.named.expect("the journal has a file");
        disk.write(number, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut disk = self.0.borrow_mut();
        let number = disk.named.expect("the journal has a file");
        disk.sync_inode(number)
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        let mut disk = self.0.borrow_mut();
        disk.operation().map_err(|(error, _)| error)?;
        let len = usize::try_from(len).unwrap();
        disk.inode().seen.truncate(len);
        let number = disk.named.unwrap();
        disk.sync_inode(number)
    }

    fn reserve(&mut self, _bytes: u64) -> io::Result<()> {
        self.0.borrow_mut().operation().map_err(|(error, _)| error)
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().replace(bytes)
    }

    fn set_aside(&mut self, suffix: &str, bytes: &[u8]) -> io::Result<String> {
        let mut disk = self.0.borrow_mut();
        disk.operation().map_err(|(error, _)| error)?;
        let mut number = 1;
        loop {
            let name = if number == 1 { suffix.to_owned() } else { format!("{suffix}-{number}") };
            match disk.aside.iter().find(|(taken, _)| *taken == name) {
                None => {
                    disk.aside.push((name.clone(), bytes.to_vec()));
                    return Ok(name);
                }
                Some((_, kept)) if kept == bytes => return Ok(name),
                Some(_) => number += 1,
            }
        }
    }
}
