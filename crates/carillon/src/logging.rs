//! The log: to standard error, for people or as JSON, without secrets or personal data at `info`.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;
use crate::settings::{Log, LogFormat};

/// Starts the log.
pub fn start(log: &Log) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(format!("sea_orm_migration=warn,{}", log.level))
        .map_err(|error| Failure::usage(format!("the setting log.level is not usable: {error}")))?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match log.format {
        LogFormat::Json => subscriber.json().flatten_event(true).init(),
        LogFormat::Pretty => subscriber.with_target(false).with_ansi(io::stderr().is_terminal()).init(),
    }
    Ok(())
}
