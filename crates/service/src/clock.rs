//! The one clock. Everything else is handed a moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{Timestamp, Unit};

/// Where the time comes from.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Settable(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is [set](Clock::set); for tests.
    pub fn settable(at: Timestamp) -> Self {
        Self(Source::Settable(Arc::new(AtomicI64::new(at.as_millisecond()))))
    }

    /// Now, in whole milliseconds: what the database keeps, so that a value written and read again is the same.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            #[expect(
                clippy::disallowed_methods,
                reason = "this is the one clock that everything else takes its time from"
            )]
            Source::System => Timestamp::now().round(Unit::Millisecond).unwrap_or(Timestamp::MAX),
            Source::Settable(at) => {
                Timestamp::from_millisecond(at.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
            }
        }
    }

    /// Sets a settable clock; the machine's is left alone.
    pub fn set(&self, to: Timestamp) {
        if let Source::Settable(at) = &self.0 {
            at.store(to.as_millisecond(), Ordering::SeqCst);
        }
    }
}
