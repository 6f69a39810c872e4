//! `carillon backup` and `carillon restore`: a copy of the SQLite database in one file, taken beside the running server.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use store::backup::{self, Examined};
use store::{Random, Sealer};

use crate::failure::Failure;
use crate::files::{create_private, make_folder, settle};
use crate::master_key;
use crate::open::database_file;
use crate::output::{Done, Output, progress, remark};
use crate::settings::Settings;

/// Where to.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to make; there must be none of that name
    file: PathBuf,
}

/// Where from.
#[derive(Debug, Args)]
pub struct Restore {
    /// A file that `carillon backup` made
    file: PathBuf,
}

#[derive(Debug, Serialize)]
struct Shown {
    file: PathBuf,
    bytes: u64,
    last_change: Option<Timestamp>,
}

/// Takes a backup, looks whether it can be read again, and only then gives it its name.
pub fn take(settings: &Settings, command: &Backup, output: Output) -> Done {
    on_sqlite(settings, "back the database up with pg_dump or by archiving its log")?;
    let database = database_file(settings);
    if !database.exists() {
        return Err(Failure::not_found(format!(
            "there is no database {}; name the folder with --data or CARILLON_DATA",
            database.display()
        )));
    }
    must_be_free(&command.file)?;
    let examined = through_partial(&command.file, |partial| {
        create_private(partial)?;
        backup::copy(&database, partial, |done, all| progress("pages copied", done, all))?;
        Ok(backup::examine(partial, None)?)
    })?;
    show(output, &command.file, &examined)?;
    remark(
        "The master key is not in it, and without the master key it cannot be restored: keep a copy of the key \
         elsewhere. docs/operations.md says more.",
    );
    Ok(())
}

/// Puts a backup where there is no database yet, once it proved whole and the master key fits.
pub fn restore(settings: &Settings, command: &Restore, output: Output) -> Done {
    on_sqlite(settings, "restore the database with pg_restore or from its archived log")?;
    let database = database_file(settings);
    for file in [&database, &with_ending(&database, "-wal"), &with_ending(&database, "-shm")] {
        must_be_free(file)?;
    }
    if with_ending(&command.file, "-wal").exists() {
        return Err(Failure::refused(
            "no-backup",
            format!(
                "{0}-wal lies beside {0}, so this is a database in use or a copy of one, and no backup; \
                 name a file that `carillon backup` made",
                command.file.display()
            ),
        ));
    }
    if !command.file.is_file() {
        return Err(Failure::not_found(format!("there is no file {}", command.file.display())));
    }
    let random = Random::system();
    let key = master_key::read(settings, true, || random.bytes())?;
    make_folder(&settings.data)?;
    let examined = through_partial(&database, |partial| {
        create_private(partial)?;
        fs::copy(&command.file, partial)?;
        fs::set_permissions(partial, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        Ok(backup::examine(partial, Some(&Sealer::new(1, key, random)))?)
    })?;
    show(output, &database, &examined)?;
    remark("What was changed after that moment is not in it. docs/operations.md says what to look at now.");
    Ok(())
}

/// Makes a file under another name beside its own; what fails leaves nothing.
fn through_partial(file: &Path, make: impl FnOnce(&Path) -> Result<Examined, Failure>) -> Result<Examined, Failure> {
    let partial = with_ending(file, &format!(".partial-{}", std::process::id()));
    let made = make(&partial).and_then(|examined| {
        settle(&partial, file)?;
        Ok(examined)
    });
    if made.is_err() {
        for ending in ["", "-journal", "-wal", "-shm"] {
            fs::remove_file(with_ending(&partial, ending)).ok();
        }
    }
    made
}

fn show(mut output: Output, file: &Path, examined: &Examined) -> Done {
    let shown =
        Shown { file: std::path::absolute(file)?, bytes: fs::metadata(file)?.len(), last_change: examined.last_change };
    let facts = [
        ("file", Some(shown.file.display().to_string())),
        ("bytes", Some(shown.bytes.to_string())),
        ("last change", shown.last_change.map(|at| at.to_string())),
    ];
    output.one(&shown, &facts)
}

fn on_sqlite(settings: &Settings, instead: &str) -> Done {
    match settings.database_url {
        None => Ok(()),
        Some(_) => Err(Failure::usage(format!(
            "the facts are in PostgreSQL (the setting database_url): {instead}; docs/operations.md shows how"
        ))),
    }
}

fn must_be_free(file: &Path) -> Done {
    if !file.exists() {
        return Ok(());
    }
    Err(Failure::refused("file-exists", format!("{} is there already, and is left as it is", file.display())))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}
