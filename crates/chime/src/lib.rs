//! The Amazon Chime administration API's wire format and Signature Version 4. Pure: no I/O.
//!
//! A door over this crate reads a request in four steps, each of which refuses with an [`Error`] that knows
//! its own HTTP answer:
//!
//! 1. [`sigv4::parse`] reads who claims to have signed; [`sigv4::Presented::verify`] proves it.
//! 2. [`operation::route`] says which [`Operation`] was called, with the ids and the query decoded.
//! 3. [`shapes`] reads the body into a checked input, and writes the output.
//! 4. [`paging`] seals and opens the `next-token` of a list.
//!
//! Source of the format: the service model `chime` 2018-05-01 (protocol rest-json), and what boto3, the AWS
//! CLI and the AWS SDK for JavaScript were seen to send.

pub mod error;
mod mac;
mod not_offered;
pub mod operation;
pub mod paging;
pub mod shapes;
pub mod sigv4;
mod target;

pub use error::{Error, ErrorCode, ErrorKind};
pub use operation::Operation;
