//! The tests that look at Carillon from outside: `layers`, `sizes` and `doors` read the source and hold its
//! architecture; `harness` runs the built binary and the real clients for end-to-end tests.

#[cfg(test)]
mod doors;
#[cfg(test)]
#[expect(dead_code, unused_imports, unused_macros, reason = "the first end-to-end tests need the running server")]
mod harness;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod sizes;
#[cfg(test)]
mod source;
