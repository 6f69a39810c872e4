//! Carillon: decides who may sign in to an organisation's applications, and with which license.

mod cli;
mod commands;
mod configurations;
mod demo;
mod dns;
mod failure;
mod files;
mod logging;
mod mailer;
mod master_key;
mod open;
mod output;
mod serve;
mod settings;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let json = cli.json;
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_silent() {
                output::remark(&if json { failure.json().to_string() } else { failure.to_string() });
            }
            ExitCode::from(&failure)
        }
    }
}
