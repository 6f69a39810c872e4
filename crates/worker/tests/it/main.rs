//! Background work on both engines.

#[cfg(test)]
mod delivery;
#[cfg(test)]
mod logout;
#[cfg(test)]
mod schedule;
