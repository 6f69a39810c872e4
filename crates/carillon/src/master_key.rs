//! The key that seals secrets and personal data in the database: from the settings, or a file made at the first start.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::failure::Failure;
use crate::files::write_new;
use crate::settings::Settings;

/// Reads the key; `fresh` makes one where there is none yet. A database in use was sealed with a key already: no new one is made for it.
pub fn read(settings: &Settings, used: bool, fresh: impl FnOnce() -> [u8; 32]) -> Result<[u8; 32], Failure> {
    if let Some(text) = &settings.master_key {
        return parse(text).ok_or_else(|| Failure::usage("the setting master_key is not 64 hexadecimal digits"));
    }
    let path = settings.master_key_file.clone().unwrap_or_else(|| settings.data.join("master.key"));
    match fs::read_to_string(&path) {
        Ok(text) => parse(text.trim())
            .ok_or_else(|| Failure::usage(format!("{} does not hold 64 hexadecimal digits", path.display()))),
        Err(error) if error.kind() == ErrorKind::NotFound && used => Err(Failure::unavailable(format!(
            "there is no master key {}, and the database was sealed with one; bring that key, from the node that began \
             the database or from a backup, to this file or into the setting master_key",
            path.display()
        ))),
        Err(error) if error.kind() == ErrorKind::NotFound => create(&path, fresh()),
        Err(error) => Err(Failure::unavailable(format!("the master key {} cannot be read: {error}", path.display()))),
    }
}

/// Writes a new key. Of two processes that start at once, one wins and the other reads the winner's.
fn create(path: &Path, key: [u8; 32]) -> Result<[u8; 32], Failure> {
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    match write_new(path, format!("{text}\n").as_bytes()) {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => parse(fs::read_to_string(path)?.trim())
            .ok_or_else(|| Failure::usage(format!("{} holds no key", path.display()))),
        Err(error) => Err(Failure::unavailable(format!("the master key {} cannot be made: {error}", path.display()))),
    }
}

/// A key for another use, from which the master key cannot be found: HMAC-SHA-256 as in RFC 5869 section 2.3.
pub fn derive(key: &[u8; 32], usage: &str) -> [u8; 32] {
    let mut block = [0; 64]; // HMAC pads a key to the hash's block with zeros (RFC 2104)
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(usage.as_bytes());
    mac.finalize().into_bytes().into()
}

fn parse(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> =
        text.bytes().map(|byte| (byte as char).to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    bytes.try_into().ok().filter(|_| digits.len() == 64)
}
