//! `carillon directory`: the directory that decides who is in an account.

mod runs;
mod set;
mod views;

use access::directory::{Agreed, Mapping};
use access::{BaseLicense, UserId};
use clap::{Args, Subcommand};
use uuid::Uuid;

use self::set::Set;
use self::views::{groups, preview, show, switched, test};
use super::Host;
use crate::output::Done;

/// Directories.
#[derive(Debug, Subcommand)]
pub enum Directory {
    /// Show how an account's directory is read, and whether it answers
    Show(Account),
    /// Set one up, or change how it is read; what is not given stays. It decides nothing until it is connected
    Set(Box<Set>),
    /// Forget one that is not connected; people, licenses and history stay
    Remove(Account),
    /// Try it step by step
    Test(Account),
    /// List its groups, 200 at most
    Groups {
        /// The account: its id or name
        account: String,
        /// How their names begin
        #[arg(default_value = "")]
        prefix: String,
    },
    /// Say which groups give which license, in place of those of before; look at `preview` with the same words first
    Map {
        /// The account: its id or name
        account: String,
        /// Which groups.
        #[command(flatten)]
        groups: Groups,
    },
    /// Read all of it and say what it would lead to
    Preview {
        /// The account: its id or name
        account: String,
        /// Other groups than those that are mapped.
        #[command(flatten)]
        groups: Groups,
    },
    /// Connect it: from now on it decides who is in the account
    Connect {
        /// The account: its id or name
        account: String,
        /// What was seen in the preview.
        #[command(flatten)]
        agreed: Numbers,
    },
    /// Disconnect it: people keep license and history, and licenses are assigned by hand again
    Disconnect(Account),
    /// Have all of it read and applied as soon as possible
    Sync(Account),
    /// List its runs, the newest first
    Runs {
        /// The account: its id or name
        account: String,
        /// At most so many
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Show one run, with what it asks
    Run(OneRun),
    /// Show what a run came to for single people; who only joined stands in the audit trail
    Log {
        /// Which run.
        #[command(flatten)]
        run: OneRun,
        /// At most so many
        #[arg(long, default_value_t = 1_000)]
        limit: usize,
    },
    /// Stop a run, or say no to what it asks
    Cancel(OneRun),
    /// Agree to what a run asks
    Confirm {
        /// Which run.
        #[command(flatten)]
        run: OneRun,
        /// What was seen in the run.
        #[command(flatten)]
        agreed: Numbers,
    },
}

/// Which account.
#[derive(Debug, Args)]
pub struct Account {
    /// The account: its id or name
    account: String,
}

/// Which run.
#[derive(Debug, Args)]
pub struct OneRun {
    /// The account: its id or name
    account: String,
    /// The run's number
    number: i64,
}

/// Numbers that somebody agrees to.
#[derive(Debug, Args)]
pub struct Numbers {
    /// So many people may be let in
    #[arg(long, value_name = "PEOPLE", default_value_t = 0)]
    agree_in: u64,
    /// So many people may be locked out or removed
    #[arg(long, value_name = "PEOPLE", default_value_t = 0)]
    agree_out: u64,
    /// This administrator's access may change; may be given more than once
    #[arg(long, value_name = "USER ID")]
    agree_administrator: Vec<Uuid>,
}

/// Groups by license.
#[derive(Debug, Args)]
pub struct Groups {
    /// A group that gives Pro, by its exact name; may be given more than once
    #[arg(long, value_name = "GROUP")]
    pro: Vec<String>,
    /// A group that gives Plus, by its exact name; may be given more than once
    #[arg(long, value_name = "GROUP")]
    plus: Vec<String>,
    /// Members of their member groups do not count
    #[arg(long)]
    direct_only: bool,
}

/// Does it.
pub async fn run(host: &mut Host, command: Directory) -> Done {
    match command {
        Directory::Show(of) => {
            let account = host.account(&of.account).await?;
            let view = host.service.directory(&host.cx, account).await?;
            show(host, &view)
        }
        Directory::Set(set) => {
            let account = host.account(&set.account).await?;
            let view = set::apply(host, account, *set).await?;
            show(host, &view)
        }
        Directory::Remove(of) => {
            let account = host.account(&of.account).await?;
            host.service.remove_directory(&host.cx, account).await?;
            host.output.text("It is forgotten. People, licenses and history stay.")
        }
        Directory::Test(of) => test(host, &of.account).await,
        Directory::Groups { account, prefix } => groups(host, &account, &prefix).await,
        Directory::Map { account, groups } => {
            let account = host.account(&account).await?;
            let view = host.service.map_directory(&host.cx, account, groups.mappings()).await?;
            show(host, &view)
        }
        Directory::Preview { account, groups } => preview(host, &account, groups).await,
        Directory::Connect { account, agreed } => {
            let account = host.account(&account).await?;
            let account = host.service.connect_directory(&host.cx, account, agreed.into()).await?;
            switched(host, &account)
        }
        Directory::Disconnect(of) => {
            let account = host.account(&of.account).await?;
            let account = host.service.disconnect_directory(&host.cx, account).await?;
            switched(host, &account)
        }
        Directory::Sync(of) => {
            let account = host.account(&of.account).await?;
            host.service.sync_directory(&host.cx, account).await?;
            host.output.text("The server reads all of it as soon as it hears of this. See `carillon directory runs`.")
        }
        other => runs::run(host, other).await,
    }
}

impl From<Numbers> for Agreed {
    fn from(Numbers { agree_in, agree_out, agree_administrator }: Numbers) -> Self {
        let administrators = agree_administrator.into_iter().map(UserId).collect();
        Self { out: agree_out, into: agree_in, administrators }
    }
}

impl Groups {
    fn mappings(&self) -> Vec<Mapping> {
        let of = |license, groups: &[String]| -> Vec<Mapping> {
            let nested = !self.direct_only;
            groups
                .iter()
                .map(|group| Mapping { license, group: group.clone(), id: None, anew: false, nested })
                .collect()
        };
        [of(BaseLicense::Pro, &self.pro), of(BaseLicense::Plus, &self.plus)].concat()
    }
}
