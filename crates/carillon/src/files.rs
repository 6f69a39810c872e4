//! Files that only their owner may read, written whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Result, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Makes a folder, and those above it, for its owner only. One that is there is left as it is.
pub fn make_folder(path: &Path) -> Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a file that only its owner may read, whole or not at all; `AlreadyExists` when there is one.
pub fn write_new(path: &Path, content: &[u8]) -> Result<()> {
    settle(&write_beside(path, content)?, path)
}

/// Makes an empty file that only its owner may read; `AlreadyExists` when there is one.
pub fn create_private(path: &Path) -> Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map(drop)
}

/// Gives a finished file its name, on disk; `AlreadyExists` when there is one of that name.
pub fn settle(temporary: &Path, path: &Path) -> Result<()> {
    File::open(temporary)?.sync_all()?;
    let linked = fs::hard_link(temporary, path);
    fs::remove_file(temporary)?;
    linked?;
    sync_folder(path)
}

/// Writes a file that only its owner may read, whole or not at all, in the place of an older one.
pub fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    fs::rename(write_beside(path, content)?, path)?;
    sync_folder(path)
}

/// A new name is on disk only when its folder is.
fn sync_folder(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn write_beside(path: &Path, content: &[u8]) -> Result<PathBuf> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}", std::process::id()));
    let temporary = PathBuf::from(temporary);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(content)?;
    file.sync_all()?;
    Ok(temporary)
}
