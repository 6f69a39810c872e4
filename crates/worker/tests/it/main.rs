//! Background work on both engines.

#[cfg(test)]
mod delivery;
#[cfg(test)]
mod schedule;
