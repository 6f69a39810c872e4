//! Pages of long lists.

use std::str::FromStr;

use access::Refusal;

/// The most items of a page.
const LARGEST: u64 = 1_000;

/// Which page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// What the page before said comes next; `None` for the first.
    pub after: Option<String>,
    /// How many items at most.
    pub limit: u64,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Where the next page begins; `None` when this is the last.
    pub next: Option<String>,
}

impl PageRequest {
    /// Where to begin. A text that no page gave is refused.
    pub(crate) fn position<P: FromStr>(&self) -> Result<Option<P>, Refusal> {
        let read = |text: &String| text.parse().map_err(|_| Self::unknown_position());
        self.after.as_ref().map(read).transpose()
    }

    /// The refusal of a position that no page gave.
    pub(crate) fn unknown_position() -> Refusal {
        let why = "it is not a position that a page of this list gave; begin at the first page".to_owned();
        Refusal::Invalid { member: "page", why }
    }

    /// How many items it has at most.
    pub(crate) fn shown(&self) -> usize {
        usize::try_from(self.limit.clamp(1, LARGEST)).unwrap_or(usize::MAX)
    }

    /// How many to read: one more than shown, to learn whether there is a next page.
    pub(crate) fn sought(&self) -> u64 {
        self.limit.clamp(1, LARGEST) + 1
    }

    /// The page from what was read.
    pub(crate) fn page<T, P: ToString>(&self, mut found: Vec<T>, position: impl Fn(&T) -> P) -> Page<T> {
        let shown = self.shown();
        let more = found.len() > shown;
        found.truncate(shown);
        let next = found.last().filter(|_| more).map(|last| position(last).to_string());
        Page { items: found, next }
    }
}

impl<T> Page<T> {
    /// The same page of something else.
    pub(crate) fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next: self.next }
    }
}
