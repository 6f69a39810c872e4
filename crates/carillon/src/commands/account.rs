//! `carillon account`.

use access::change::AccountSettingsChange;
use access::{BaseLicense, Domain, Email};
use clap::Subcommand;
use service::AccountUpdate;

use super::Host;
use super::views::{ACCOUNT_HEADINGS, AccountFacts, account_cells};
use crate::failure::Failure;
use crate::output::Done;

/// Organisations.
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Make a Team, which people join by invitation
    Create {
        /// What people call it
        name: String,
    },
    /// List accounts
    List {
        /// Only those whose name starts like this
        #[arg(long)]
        name: Option<String>,
        /// Only the one this person is a member of
        #[arg(long, value_name = "ADDRESS")]
        user: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Show one account with its domains and seats
    Show {
        /// Its id or name
        account: String,
    },
    /// Change its name, default license, trials, or whether members must prove two factors
    Update {
        /// Its id or name
        account: String,
        /// The new name
        #[arg(long)]
        name: Option<String>,
        /// What people get when they join: Basic, Plus or Pro
        #[arg(long, value_name = "LICENSE")]
        default_license: Option<BaseLicense>,
        /// Whether people who register get thirty days of ProTrial
        #[arg(long, value_name = "true|false")]
        trials: Option<bool>,
        /// Whether members must prove two factors when they sign in
        #[arg(long, value_name = "true|false")]
        second_factor: Option<bool>,
    },
    /// Delete an account that has neither users nor verified domains; it can be restored for 90 days
    Delete {
        /// Its id or name
        account: String,
    },
    /// Restore a deleted account as it was
    Restore {
        /// Its id or name
        account: String,
    },
    /// Set what the account allows in calls; kept and shown, as there is no telephony here
    Settings {
        /// Its id or name
        account: String,
        /// Nobody may be given control of another's screen
        #[arg(long, value_name = "true|false")]
        disable_remote_control: Option<bool>,
        /// Meetings may call people on the telephone
        #[arg(long, value_name = "true|false")]
        enable_dial_out: Option<bool>,
    },
    /// Add or take away directory groups whose members may act for others; kept and shown
    DelegateGroups {
        /// Its id or name
        account: String,
        /// Groups to add
        #[arg(long, value_name = "GROUP")]
        add: Vec<String>,
        /// Groups to take away
        #[arg(long, value_name = "GROUP")]
        remove: Vec<String>,
    },
    /// Vouch that the account owns a domain: it becomes an Enterprise account, and people on the domain belong to it
    VouchDomain {
        /// Its id or name
        account: String,
        /// The domain, such as corp.example
        domain: String,
    },
}

/// Does it.
pub async fn run(host: &mut Host, command: Account) -> Done {
    let id = match command {
        Account::List { name, user, limit } => return list(host, name, user, limit).await,
        Account::Create { name } => host.service.create_account(&host.cx, name).await?.id,
        Account::Show { account } => host.account(&account).await?,
        Account::Update { account, name, default_license, trials, second_factor } => {
            let id = host.account(&account).await?;
            let update = AccountUpdate { name, default_license, trials, second_factor };
            host.service.update_account(&host.cx, id, update).await?.id
        }
        Account::Delete { account } => {
            let id = host.account(&account).await?;
            host.service.delete_account(&host.cx, id).await?.id
        }
        Account::Restore { account } => {
            let id = host.account(&account).await?;
            host.service.restore_account(&host.cx, id).await?.id
        }
        Account::Settings { account, disable_remote_control, enable_dial_out } => {
            let id = host.account(&account).await?;
            let wanted = AccountSettingsChange { disable_remote_control, enable_dial_out };
            host.service.update_account_settings(&host.cx, id, wanted).await?.id
        }
        Account::DelegateGroups { account, add, remove } => {
            let id = host.account(&account).await?;
            if !add.is_empty() {
                host.service.add_delegate_groups(&host.cx, id, add).await?;
            }
            if !remove.is_empty() {
                host.service.remove_delegate_groups(&host.cx, id, remove).await?;
            }
            id
        }
        Account::VouchDomain { account, domain } => {
            let id = host.account(&account).await?;
            host.service.vouch_domain(&host.cx, id, Domain::named(&domain)?).await?.account.id
        }
    };
    let shown = AccountFacts::from(host.service.show_account(&host.cx, id).await?);
    host.output.one(&shown, &shown.facts())
}

async fn list(host: &mut Host, name: Option<String>, user: Option<String>, limit: usize) -> Result<(), Failure> {
    let user = user.as_deref().map(Email::parse).transpose()?;
    let (accounts, more) = host.accounts(name, user, limit).await?;
    let accounts: Vec<AccountFacts> = accounts.into_iter().map(AccountFacts::from).collect();
    host.output.list(&accounts, ACCOUNT_HEADINGS, account_cells)?;
    host.more(more);
    Ok(())
}
