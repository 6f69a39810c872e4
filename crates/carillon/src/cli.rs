//! The command line. Each group of commands has its words beside what they do, in `commands/`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::{account, application, audit, backup, catalog, deployment, explain, key, mail, token, user};
use crate::settings::{Everywhere, Flags};

/// Decides who may sign in to an organisation's applications, and with which license.
#[derive(Debug, Parser)]
#[command(name = "carillon", version, propagate_version = true, after_help = AFTER)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Answer as JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// Settings file; without it, carillon.toml in the data folder
    #[arg(long, global = true, value_name = "FILE", env = "CARILLON_CONFIG", help_heading = "Settings")]
    pub config: Option<PathBuf>,
    /// The settings that every command takes.
    #[command(flatten)]
    pub everywhere: Everywhere,
}

const AFTER: &str = "Every command works beside a running server on the same data.\n\
    Exit codes: 0 done, 1 refused, 2 wrong usage or settings, 3 not found, 4 unavailable, 5 the database is unusable,\n\
    70 a bug. See docs/cli.md.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer over HTTP until told to stop
    Serve {
        /// Begin with sample data, and write what you need to use it to demo.json in the data folder
        #[arg(long)]
        demo: bool,
        /// The settings.
        #[command(flatten)]
        flags: Flags,
    },
    /// Organisations: create, list, rename, limit seats
    #[command(subcommand)]
    Account(account::Account),
    /// People: invite, license, suspend, remove
    User {
        /// Change nothing; say what would come of it
        #[arg(long, global = true)]
        preview: bool,
        /// What to do.
        #[command(subcommand)]
        command: user::User,
    },
    /// Access keys, with which administrators' programs sign in to the Chime API
    #[command(subcommand)]
    Key(key::Key),
    /// API tokens, with which administrators' programs sign in elsewhere
    #[command(subcommand)]
    Token(token::Token),
    /// Applications: what asks Carillon before it lets people in
    #[command(subcommand)]
    Application(application::Application),
    /// Which license grants which feature
    #[command(subcommand)]
    Catalog(catalog::Catalog),
    /// What is set for the whole deployment
    #[command(subcommand)]
    Deployment(deployment::Deployment),
    /// What was changed, when, by whom, and why
    Audit(audit::Audit),
    /// May this person sign in, and why?
    Explain(explain::Explain),
    /// The mails that are kept here; without a subcommand, a list of them
    Mail(mail::Mail),
    /// Print the OpenAPI document of the admin API
    Openapi,
    /// Copy the SQLite database into a file, beside the running server
    Backup(backup::Backup),
    /// Put a backup into a data folder that has no database
    Restore(backup::Restore),
    /// Show every setting, its value and where it comes from
    Config {
        /// The settings.
        #[command(flatten)]
        flags: Flags,
    },
}
