//! The tests that look at Carillon from outside: `layers`, `sizes` and `doors` read the source and hold its
//! architecture.

#[cfg(test)]
mod doors;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod sizes;
#[cfg(test)]
mod source;
