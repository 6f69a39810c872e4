//! Directories by the real servers: OpenLDAP, and Samba as a domain controller.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod openldap;
mod world;
