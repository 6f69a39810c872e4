//! A flag for every setting, made from the table.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::table::{Row, Show, TABLE};

/// The settings given as flags: key and value.
#[derive(Clone, Debug, Default)]
pub struct Flags(pub Vec<(&'static str, String)>);

/// Those that every command takes.
#[derive(Clone, Debug, Default)]
pub struct Everywhere(pub Flags);

/// A secret has no flag: every process on the machine can read another's command line.
fn rows(everywhere: bool) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.everywhere == everywhere && row.show != Show::Never)
}

fn arguments(command: Command, everywhere: bool) -> Command {
    rows(everywhere).fold(command, |command, row| {
        command.arg(
            Arg::new(row.key)
                .long(row.flag())
                .value_name(value_name(row))
                .help(row.doc)
                .global(everywhere)
                .action(ArgAction::Set)
                .hide_short_help(!everywhere && row.key != "listen")
                .help_heading("Settings"),
        )
    })
}

fn value_name(row: &Row) -> String {
    row.key.rsplit('.').next().unwrap_or(row.key).to_uppercase()
}

fn given(matches: &ArgMatches, everywhere: bool) -> Flags {
    Flags(rows(everywhere).filter_map(|row| Some((row.key, matches.get_one::<String>(row.key)?.clone()))).collect())
}

macro_rules! flags {
    ($kind:ty, $everywhere:literal, $make:expr) => {
        impl Args for $kind {
            fn augment_args(command: Command) -> Command {
                arguments(command, $everywhere)
            }
            fn augment_args_for_update(command: Command) -> Command {
                arguments(command, $everywhere)
            }
        }

        impl FromArgMatches for $kind {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                Ok($make(given(matches, $everywhere)))
            }
            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }
    };
}

flags!(Flags, false, |flags| flags);
flags!(Everywhere, true, Everywhere);
