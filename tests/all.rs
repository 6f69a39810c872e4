//! The tests that look at Carillon from outside: `layers`, `sizes` and `doors` read the source and hold its
//! architecture; `harness` runs the built binary and the real clients for end-to-end tests; `faults` kills it
//! and cuts its power.

#[cfg(test)]
mod doors;
#[cfg(test)]
mod faults;
#[cfg(test)]
#[expect(dead_code, reason = "the first end-to-end tests need the running server")]
mod harness;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod sizes;
#[cfg(test)]
mod source;
