//! The log that `shim/record.c` writes, and the shim itself.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::source::root;

/// What the server did to a file below its folder. A handle is one opening of a file or of the folder.
pub enum Event<'a> {
    Opened { handle: u32, name: &'a str, emptied: bool },
    Written { handle: u32, at: usize, bytes: &'a [u8] },
    Truncated { handle: u32, size: usize },
    SyncBegun { handle: u32 },
    Synced { handle: u32 },
    Removed { name: &'a str },
    Renamed { from: &'a str, to: &'a str },
    Linked { from: &'a str, to: &'a str },
}

/// Where the shim records, and how a server is made to.
pub struct Recorder {
    shim: PathBuf,
    log: PathBuf,
}

impl Recorder {
    /// Compiles the shim into a folder, which must not be the recorded one.
    pub fn new(folder: &Path) -> Self {
        let shim = folder.join("record.so");
        let source = root().join("tests/shim/record.c");
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]).arg(&shim).arg(source);
        let compiled = cc.output().expect("cc runs: run scripts/setup-tests");
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        Self { shim, log: folder.join("log") }
    }

    /// The environment of a server whose folder is recorded.
    pub fn environment(&self, recorded: &Path) -> Vec<(&'static str, OsString)> {
        vec![
            ("LD_PRELOAD", self.shim.clone().into()),
            ("CARILLON_RECORD_FOLDER", recorded.into()),
            ("CARILLON_RECORD_LOG", self.log.clone().into()),
        ]
    }

    /// How much is recorded by now: whatever was done and synced before this call is within it.
    pub fn position(&self) -> usize {
        let length = fs::metadata(&self.log).expect("the server records: LD_PRELOAD works").len();
        usize::try_from(length).expect("a length")
    }

    /// Everything recorded.
    pub fn read(&self) -> Vec<u8> {
        fs::read(&self.log).expect("the log")
    }
}

/// The events of a log, each with the position where it ends. A record cut off at the end is left out.
pub fn events(log: &[u8]) -> impl Iterator<Item = (usize, Event<'_>)> {
    let mut position = 0;
    std::iter::from_fn(move || {
        let (header, rest) = log.get(position..)?.split_at_checked(HEADER)?;
        let word = |at: usize| u32::from_ne_bytes(header[at..at + 4].try_into().expect("4 bytes"));
        let number = |at: usize| {
            let number = u64::from_ne_bytes(header[at..at + 8].try_into().expect("8 bytes"));
            usize::try_from(number).expect("a size")
        };
        let (handle, at, bytes) = (word(4), number(8), rest.get(..number(16))?);
        position += HEADER + bytes.len();
        Some((position, event(word(0), handle, at, bytes)))
    })
}

/// `struct header` of the shim.
const HEADER: usize = 24;

fn event(kind: u32, handle: u32, at: usize, bytes: &[u8]) -> Event<'_> {
    let name = || std::str::from_utf8(bytes).expect("a path in UTF-8");
    let both = || name().split_once('\0').expect("two names");
    match kind {
        1 => Event::Opened { handle, name: name(), emptied: at == 1 },
        2 => Event::Written { handle, at, bytes },
        3 => Event::Truncated { handle, size: at },
        4 => Event::SyncBegun { handle },
        5 => Event::Synced { handle },
        6 => Event::Removed { name: name() },
        7 => Event::Renamed { from: both().0, to: both().1 },
        8 => Event::Linked { from: both().0, to: both().1 },
        other => panic!("the shim records no {other}"),
    }
}
