//! The command line. Each group of commands has its words beside what they do, in `commands/`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::{
    account, admin, application, audit, backup, catalog, credential, deployment, directory, domain, explain, mail,
    outbox, provider, report, seats, signing_key, user,
};
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
    /// Organisations: create, list, rename
    #[command(subcommand)]
    Account(account::Account),
    /// Domains: claim, verify by a TXT record, release
    #[command(subcommand)]
    Domain(domain::Command),
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
    Key(credential::Credential),
    /// API tokens, with which administrators' programs sign in elsewhere
    #[command(subcommand)]
    Token(credential::Credential),
    /// Operators: the first one's link, and the way back in from the host
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Applications: what asks Carillon before it lets people in
    #[command(subcommand)]
    Application(application::Application),
    /// The keys that sign what applications are told
    #[command(subcommand)]
    SigningKey(signing_key::SigningKeys),
    /// OpenID providers that people sign in with
    #[command(subcommand)]
    Provider(provider::Provider),
    /// The directory that decides who is in an account: connect, preview, follow its runs
    #[command(subcommand)]
    Directory(directory::Directory),
    /// Which license grants which feature
    #[command(subcommand)]
    Catalog(catalog::Catalog),
    /// What is set for the whole deployment
    #[command(subcommand)]
    Deployment(deployment::Deployment),
    /// How many may hold a license, and how many do
    #[command(subcommand)]
    Seats(seats::Seats),
    /// Who waits for a seat
    Waiting(seats::Waiting),
    /// Whose trial ends soon
    Trials(seats::Trials),
    /// License-days by month
    Report(report::Report),
    /// What was changed, when, by whom, and why
    Audit(audit::Audit),
    /// May this person sign in, and why?
    Explain(explain::Explain),
    /// Mails as they are read; without a subcommand, a list of them
    Mail(mail::Mail),
    /// What is to be delivered: what waits, what was given up and why; without a subcommand, a list
    Outbox(outbox::Outbox),
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
