//! Background work on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[cfg(test)]
mod delivery;
#[cfg(test)]
mod schedule;
