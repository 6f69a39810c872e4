//! Directories by the real servers: OpenLDAP, and Samba as a domain controller. What they do not do is done by a small server
//! of these tests' own, `fake`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod active_directory;
mod fake;
mod hostile;
mod openldap;
mod world;
