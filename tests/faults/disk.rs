//! A disk that may lose its power: what it holds for sure, and what the system has not yet written to it.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use super::chance::Chance;
use super::recording::Event;

/// The unit that a disk writes wholly or not at all.
const SECTOR: usize = 512;

/// A folder on a disk. A name is kept once the folder was synced after the file got it, content once the file was.
#[derive(Default)]
pub struct Disk {
    files: Vec<File>,
    /// What each handle stands for: a file, or the folder.
    handles: HashMap<u32, Option<usize>>,
    names: BTreeMap<String, usize>,
    kept_names: BTreeMap<String, usize>,
    /// How much of its file each handle's sync covers: what was written before the sync began.
    syncs: HashMap<u32, usize>,
    /// Files whose syncs do nothing: a fault to see that it is noticed.
    deaf: Option<String>,
}

#[derive(Default)]
struct File {
    kept: Vec<u8>,
    /// How many changes are in `kept`.
    synced: usize,
    /// Those after them, in their order.
    pending: Vec<Change>,
}

enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Size(usize),
}

impl Disk {
    /// From now on, syncs of the file of this name do nothing.
    pub fn ignore_syncs_of(&mut self, name: &str) {
        self.deaf = Some(name.to_owned());
    }

    /// What the server did next.
    pub fn apply(&mut self, event: &Event<'_>) {
        match *event {
            Event::Opened { handle, name: "", .. } => {
                self.handles.insert(handle, None);
            }
            Event::Opened { handle, name, emptied } => {
                let file = self.file(name);
                self.handles.insert(handle, Some(file));
                if emptied {
                    self.files[file].pending.push(Change::Size(0));
                }
            }
            Event::Written { handle, at, bytes } => {
                self.pending(handle).push(Change::Write { at, bytes: bytes.to_vec() });
            }
            Event::Truncated { handle, size } => self.pending(handle).push(Change::Size(size)),
            Event::SyncBegun { handle } => {
                let covered = self.handles[&handle].map_or(0, |file| self.files[file].changes());
                self.syncs.insert(handle, covered);
            }
            Event::Synced { handle } => self.sync(handle),
            Event::Removed { name } => {
                self.names.remove(name);
            }
            Event::Renamed { from, to } => {
                let file = self.names.remove(from).expect("a file that was opened");
                self.names.insert(to.to_owned(), file);
            }
            Event::Linked { from, to } => {
                let file = self.names[from];
                self.names.insert(to.to_owned(), file);
            }
        }
    }

    fn file(&mut self, name: &str) -> usize {
        *self.names.entry(name.to_owned()).or_insert_with(|| {
            self.files.push(File::default());
            self.files.len() - 1
        })
    }

    fn pending(&mut self, handle: u32) -> &mut Vec<Change> {
        let file = self.handles[&handle].expect("a file, not the folder");
        &mut self.files[file].pending
    }

    fn sync(&mut self, handle: u32) {
        let covered = self.syncs.remove(&handle).expect("a sync that began");
        let Some(file) = self.handles[&handle] else {
            self.kept_names = self.names.clone();
            return;
        };
        if self.deaf.as_ref().and_then(|name| self.names.get(name)) != Some(&file) {
            self.files[file].keep(covered);
        }
    }

    /// The folder after a power failure at this moment that took all that was not synced.
    pub fn kept(&self) -> BTreeMap<String, Vec<u8>> {
        self.kept_names.iter().map(|(name, file)| (name.clone(), self.files[*file].kept.clone())).collect()
    }

    /// The folder after a power failure in which the disk had got some of what was not synced: any sectors of any
    /// writes, and with luck the names.
    pub fn torn(&self, chance: &mut Chance) -> BTreeMap<String, Vec<u8>> {
        let names = if chance.once_in(2) { &self.names } else { &self.kept_names };
        names.iter().map(|(name, file)| (name.clone(), self.files[*file].torn(chance))).collect()
    }

    /// The folder as everybody sees it while the power is on.
    pub fn current(&self) -> BTreeMap<String, Vec<u8>> {
        self.names.iter().map(|(name, file)| (name.clone(), self.files[*file].current())).collect()
    }
}

impl File {
    fn changes(&self) -> usize {
        self.synced + self.pending.len()
    }

    fn keep(&mut self, covered: usize) {
        let more = covered.saturating_sub(self.synced);
        self.pending.drain(..more).for_each(|change| change.apply(&mut self.kept));
        self.synced += more;
    }

    fn current(&self) -> Vec<u8> {
        let mut content = self.kept.clone();
        self.pending.iter().for_each(|change| change.apply(&mut content));
        content
    }

    fn torn(&self, chance: &mut Chance) -> Vec<u8> {
        let mut content = self.kept.clone();
        for change in &self.pending {
            match change {
                Change::Write { at, bytes } => write_torn(&mut content, *at, bytes, chance),
                Change::Size(_) if chance.once_in(2) => change.apply(&mut content),
                Change::Size(_) => {}
            }
        }
        content
    }
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes } => write(content, *at, bytes),
            Self::Size(size) => content.resize(*size, 0),
        }
    }
}

fn write(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[at..end].copy_from_slice(bytes);
}

/// Some writes arrive, some do not, of some only some sectors.
fn write_torn(content: &mut Vec<u8>, at: usize, bytes: &[u8], chance: &mut Chance) {
    let (arrives, torn) = (chance.once_in(2), chance.once_in(4));
    let (mut from, end) = (at, at + bytes.len());
    while from < end {
        let to = end.min((from / SECTOR + 1) * SECTOR);
        if if torn { chance.once_in(2) } else { arrives } {
            write(content, from, &bytes[from - at..to - at]);
        }
        from = to;
    }
}

/// Makes the files in an empty folder.
pub fn lay_out(files: &BTreeMap<String, Vec<u8>>, folder: &Path) {
    for (name, content) in files {
        // SQLite's index of its log is rebuilt from the log.
        if !name.ends_with("-shm") {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
            fs::write(path, content).expect("a file");
        }
    }
}

#[test]
fn a_disk_keeps_what_was_synced_and_nothing_else() {
    let open = |handle, name| Event::Opened { handle, name, emptied: false };
    let write = |handle, at, bytes| Event::Written { handle, at, bytes };
    let sync = |handle| [Event::SyncBegun { handle }, Event::Synced { handle }];
    let mut disk = Disk::default();
    let mut after = |events: &[Event<'_>]| {
        events.iter().for_each(|event| disk.apply(event));
        let shown = |(name, content): (String, Vec<u8>)| format!("{name}={}", String::from_utf8(content).unwrap());
        disk.kept().into_iter().map(shown).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(after(&[open(1, ""), open(2, "a"), write(2, 0, b"one")]), "", "neither the name nor the content");
    assert_eq!(after(&sync(2)), "", "not the name");
    assert_eq!(after(&sync(1)), "a=one");
    assert_eq!(after(&[write(2, 0, b"two")]), "a=one", "not synced");
    assert_eq!(after(&[Event::SyncBegun { handle: 2 }, write(2, 3, b"!")]), "a=one", "not synced yet");
    assert_eq!(after(&[Event::Synced { handle: 2 }]), "a=two", "what was written since the sync began is not covered");
    assert_eq!(after(&sync(2)), "a=two!");
    assert_eq!(after(&[Event::Truncated { handle: 2, size: 1 }]), "a=two!", "neither is a new size");
    assert_eq!(after(&sync(2)), "a=t");
    assert_eq!(after(&[Event::Renamed { from: "a", to: "b" }]), "a=t", "nor a new name");
    assert_eq!(after(&sync(1)), "b=t");
    assert_eq!(after(&[Event::Removed { name: "b" }]), "b=t", "nor that it is gone");
    assert_eq!(after(&sync(1)), "");
}

#[test]
fn a_torn_disk_may_keep_any_sectors_of_what_was_not_synced() {
    let bytes = [7; 4 * SECTOR];
    let mut disk = Disk::default();
    disk.apply(&Event::Opened { handle: 1, name: "a", emptied: false });
    disk.apply(&Event::Written { handle: 1, at: 0, bytes: &bytes });
    let mut chance = Chance::new(0);
    let outcomes: Vec<_> = (0..200).filter_map(|_| disk.torn(&mut chance).remove("a")).collect();
    let whole = |content: &Vec<u8>| {
        content.chunks(SECTOR).all(|s| s.iter().all(|b| *b == s[0])) && content.len().is_multiple_of(SECTOR)
    };
    assert!(outcomes.iter().all(whole), "sectors are kept wholly or not at all");
    assert!(outcomes.iter().any(Vec::is_empty) && outcomes.iter().any(|content| content == &bytes));
    assert!(outcomes.iter().any(|content| content.contains(&0)), "a hole where a sector was lost");
    assert!(outcomes.len() < 200, "the name may be lost");
}
