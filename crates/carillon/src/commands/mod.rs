//! A file for each group of commands: its words, and how each maps to a verb of `service` and the answer to output.

pub mod account;
pub mod admin;
pub mod application;
pub mod audit;
pub mod backup;
pub mod catalog;
mod config;
pub mod credential;
mod csv;
pub mod deployment;
mod details;
pub mod directory;
pub mod domain;
pub mod explain;
mod grant;
mod host;
mod listing;
pub mod mail;
pub mod outbox;
pub mod provider;
pub mod report;
pub mod seats;
mod sessions;
pub mod signing_key;
pub mod user;
mod views;

pub use host::{Host, context, host_context};

use crate::cli::{Cli, Command};
use crate::failure::Failure;
use crate::output::Output;
use crate::serve::serve;
use crate::settings::Loaded;

/// Runs one command to its end.
pub fn run(cli: Cli) -> Result<(), Failure> {
    let mut flags = cli.everywhere.0;
    if let Command::Serve { flags: more, .. } | Command::Config { flags: more } = &cli.command {
        flags.0.extend(more.0.clone());
    }
    let loaded = Loaded::read(cli.config.as_deref(), &flags)?;
    let mut output = Output::new(cli.json);
    match cli.command {
        Command::Config { .. } => config::show(&loaded, output),
        Command::Openapi => output.text(carillon_http::document().trim_end()),
        Command::Backup(command) => backup::take(&loaded.settings, &command, output),
        Command::Restore(command) => backup::restore(&loaded.settings, &command, output),
        Command::Serve { demo, .. } => serve(loaded.settings, demo, output),
        command => on_the_host(command, &loaded, output),
    }
}

/// A command on the data, as the host. One thread does: it asks one thing after the other.
fn on_the_host(command: Command, loaded: &Loaded, output: Output) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut host = Host::open(&loaded.settings, output).await?;
        let done = match command {
            Command::Account(command) => account::run(&mut host, command).await,
            Command::Domain(command) => domain::run(&mut host, &loaded.settings, command).await,
            Command::Key(command) => credential::run(&mut host, credential::Kind::Key, command).await,
            Command::Token(command) => credential::run(&mut host, credential::Kind::Token, command).await,
            Command::Admin(command) => admin::run(&mut host, command).await,
            Command::User { preview, command } => {
                host.preview(preview);
                user::run(&mut host, command).await
            }
            Command::Application(command) => application::run(&mut host, command).await,
            Command::SigningKey(command) => signing_key::run(&mut host, command).await,
            Command::Provider(command) => provider::run(&mut host, command).await,
            Command::Directory(command) => directory::run(&mut host, command).await,
            Command::Catalog(command) => catalog::run(&mut host, command).await,
            Command::Deployment(command) => deployment::run(&mut host, command).await,
            Command::Seats(command) => seats::run(&mut host, command).await,
            Command::Waiting(command) => seats::waiting(&mut host, command).await,
            Command::Trials(command) => seats::trials(&mut host, command).await,
            Command::Report(command) => report::run(&mut host, command).await,
            Command::Audit(command) => audit::run(&mut host, command).await,
            Command::Explain(command) => explain::run(&mut host, command).await,
            Command::Mail(command) => mail::run(&mut host, &loaded.settings, command).await,
            Command::Outbox(command) => outbox::run(&mut host, command).await,
            Command::Serve { .. } | Command::Config { .. } | Command::Openapi => Ok(()),
            Command::Backup(_) | Command::Restore(_) => Ok(()),
        };
        host.effects();
        host.close().await;
        done
    })
}
