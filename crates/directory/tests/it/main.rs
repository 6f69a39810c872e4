//! Directories by the real servers: OpenLDAP, and Samba as a domain controller.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod active_directory;
mod openldap;
mod world;
