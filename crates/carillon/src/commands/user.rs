//! `carillon user`: people of an account.

use access::address::split_list;
use access::authority::Role;
use access::{License, UserSettings};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use service::UserView;
use uuid::Uuid;

use super::details::Details;
use super::grant;
use super::listing::{self, List};
use super::views::{Answer, UserFacts};
use super::{Host, csv, sessions};
use crate::output::Done;

/// People.
#[derive(Debug, Subcommand)]
pub enum User {
    /// List an account's people and open invitations
    List(List),
    /// Find people by the beginning of their address or name
    Search {
        /// The account's id or name
        account: String,
        /// How the address or name begins
        prefix: String,
    },
    /// Show one person
    Show(Member),
    /// List where somebody is signed in with a browser
    Sessions(Member),
    /// End one of these sessions; `log-out` ends all
    EndSession {
        #[command(flatten)]
        of: Member,
        /// Its id in the list
        session: Uuid,
    },
    /// Invite people to a Team; on an Enterprise account, mail them how to register
    Invite {
        /// The account's id or name
        account: String,
        /// Addresses, separated by ; or , or spaces
        #[arg(required = true)]
        addresses: Vec<String>,
    },
    /// Send open invitations again, with new links
    Resend(Members),
    /// Take open invitations back
    Cancel(Members),
    /// Make an unregistered member on the account's domain; on a Team, an invitation
    Create {
        /// The account's id or name
        account: String,
        /// The person's address
        address: String,
    },
    /// Bring in the people of a CSV file: members, or on a Team invitations; with their licenses
    Import {
        /// The account's id or name
        account: String,
        /// The file, or - for standard input; its first line names the columns address, name, license
        file: String,
        /// Only say what it would come to
        #[arg(long)]
        preview: bool,
    },
    /// Write everybody as CSV, as `import` reads it
    Export {
        /// The account's id or name
        account: String,
    },
    /// Assign a license: Basic, Plus or Pro
    #[command(name = "license")]
    Assign {
        /// The license
        license: License,
        /// Whom.
        #[command(flatten)]
        users: Members,
    },
    /// Suspend people of an Enterprise account: they sign in nowhere
    Suspend {
        /// Whom.
        #[command(flatten)]
        users: Members,
        /// Why; shown to administrators
        #[arg(long)]
        reason: Option<String>,
        /// When it ends by itself: a date, or a moment such as 2027-01-31T12:00:00Z
        #[arg(long, value_parser = moment)]
        until: Option<Timestamp>,
    },
    /// End a suspension
    Activate(Members),
    /// Remove people from the account; they stay free users
    Remove(Members),
    /// End every session of people; they may sign in again
    LogOut(Members),
    /// Give people new personal PINs; the former ones are nobody's
    ResetPin(Members),
    /// Take the second factors and passkeys away of people who lost them, and sign them out
    ResetSecondFactor(Members),
    /// Set what people may do on the telephone; kept and shown, as there is no telephony here
    Settings {
        /// Whom.
        #[command(flatten)]
        users: Members,
        /// Be called
        #[arg(long, value_name = "true|false", action = clap::ArgAction::Set)]
        inbound_calling: bool,
        /// Call
        #[arg(long, value_name = "true|false", action = clap::ArgAction::Set)]
        outbound_calling: bool,
        /// Send and receive text messages
        #[arg(long, value_name = "true|false", action = clap::ArgAction::Set)]
        sms: bool,
    },
    /// Leave the account, on the person's behalf
    Leave {
        /// An id or address
        user: String,
    },
    /// Block people as the operator: they sign in nowhere, whatever else holds
    Block {
        /// Ids or addresses
        #[arg(required = true)]
        users: Vec<String>,
        /// Why; shown to operators
        #[arg(long)]
        reason: Option<String>,
    },
    /// End the operator's block
    Unblock {
        /// Ids or addresses
        #[arg(required = true)]
        users: Vec<String>,
    },
    /// Let a person administer an account, or the whole deployment
    Grant {
        /// An id or address
        user: String,
        /// ReadOnly, UserManagement or FullAccess
        #[arg(value_parser = role)]
        role: Role,
        /// The account's id or name; without it, the deployment
        #[arg(long)]
        over: Option<String>,
    },
    /// List who may administer what
    Grants {
        /// The account's id or name; without it, the deployment and every account
        #[arg(long)]
        over: Option<String>,
        /// Only what this person holds: an id or address
        #[arg(long)]
        of: Option<String>,
    },
    /// Give another role in the place of one; keys and tokens carry no more than it from then on
    ChangeRole {
        /// The grant's id
        grant: String,
        /// ReadOnly, UserManagement or FullAccess
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Take a grant back; its keys and tokens end
    Revoke {
        /// The grant's id
        grant: String,
    },
}

/// One person of an account.
#[derive(Debug, Args)]
pub struct Member {
    /// An id or address
    pub user: String,
    /// The account's id or name; without it, the one the person is a member of
    #[arg(long)]
    pub account: Option<String>,
}

/// People of an account.
#[derive(Debug, Args)]
pub struct Members {
    /// Ids or addresses
    #[arg(required = true)]
    pub users: Vec<String>,
    /// The account's id or name; without it, the one each person is a member of
    #[arg(long)]
    pub account: Option<String>,
}

/// A role by its name.
pub fn role(text: &str) -> Result<Role, String> {
    let found = Role::ALL.into_iter().find(|role| role.name() == text);
    found.ok_or_else(|| "use ReadOnly, UserManagement or FullAccess".to_owned())
}

/// A moment, or the beginning of a day (UTC).
pub fn moment(text: &str) -> Result<Timestamp, String> {
    let day = |date: Date| jiff::tz::TimeZone::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).ok();
    let read = text.parse::<Timestamp>().ok().or_else(|| text.parse::<Date>().ok().and_then(day));
    read.ok_or_else(|| "use a date such as 2027-01-31, or a moment such as 2027-01-31T12:00:00Z".to_owned())
}

/// Does it.
pub async fn run(host: &mut Host, command: User) -> Done {
    match command {
        User::List(wanted) => listing::list(host, wanted).await,
        User::Search { account, prefix } => listing::search(host, &account, &prefix).await,
        User::Show(one) => show(host, &one).await,
        User::Sessions(of) => sessions::list(host, &of).await,
        User::EndSession { of, session } => sessions::end(host, &of, session).await,
        User::Invite { account, addresses } => invite(host, &account, &addresses.join(" ; ")).await,
        User::Create { account, address } => {
            let account = host.account(&account).await?;
            let created = host.service.create_user(&host.cx, account, access::Email::parse(&address)?).await?;
            let shown = UserFacts::from(created);
            host.output.one(&shown, &shown.facts())
        }
        User::Import { account, file, preview } => csv::import(host, &account, &file, preview).await,
        User::Export { account } => csv::export(host, &account).await,
        User::Assign { license, users } => {
            host.for_each(&users, async |service, cx, account, ids| {
                let chosen = ids.into_iter().map(|id| (id, license)).collect();
                service.assign_license(cx, account, chosen).await
            })
            .await
        }
        User::Suspend { users, reason, until } => {
            host.for_each(&users, async |service, cx, account, ids| {
                service.suspend(cx, account, ids, reason.clone(), until).await
            })
            .await
        }
        User::Resend(users) => {
            host.for_each(&users, async |s, cx, account, ids| s.resend(cx, account, ids).await).await
        }
        User::Cancel(users) => {
            host.for_each(&users, async |s, cx, account, ids| s.cancel(cx, account, ids).await).await
        }
        User::Activate(users) => {
            host.for_each(&users, async |s, cx, account, ids| s.activate(cx, account, ids).await).await
        }
        User::Remove(users) => {
            host.for_each(&users, async |s, cx, account, ids| s.remove(cx, account, ids).await).await
        }
        User::LogOut(users) => {
            host.for_each(&users, async |s, cx, account, ids| s.log_out(cx, account, ids).await).await
        }
        User::ResetPin(users) => {
            let say = |view: UserView| format!("PIN {}", view.pin.unwrap_or_default());
            host.for_each_saying(&users, async |s, cx, account, ids| s.reset_pin(cx, account, ids).await, say).await
        }
        User::ResetSecondFactor(users) => {
            host.for_each(&users, async |s, cx, account, ids| s.reset_second_factor(cx, account, ids).await).await
        }
        User::Settings { users, inbound_calling, outbound_calling, sms } => {
            let wanted = UserSettings { inbound_calling, outbound_calling, sms };
            host.for_each(&users, async |s, cx, account, ids| s.update_user_settings(cx, account, ids, wanted).await)
                .await
        }
        User::Leave { user } => leave(host, &user).await,
        User::Block { users, reason } => {
            let ids = host.ids(&users).await?;
            let outcomes = host.service.block(&host.cx, ids, reason).await?;
            host.answers(&users, outcomes)
        }
        User::Unblock { users } => {
            let ids = host.ids(&users).await?;
            let outcomes = host.service.unblock(&host.cx, ids).await?;
            host.answers(&users, outcomes)
        }
        User::Grant { user, role, over } => grant::create(host, &user, role, over.as_deref()).await,
        User::Grants { over, of } => grant::list(host, over.as_deref(), of.as_deref()).await,
        User::ChangeRole { grant, role } => grant::change(host, &grant, role).await,
        User::Revoke { grant } => grant::revoke(host, &grant).await,
    }
}

async fn show(host: &mut Host, one: &Member) -> Done {
    let (account, id) = host.member(&one.user, one.account.as_deref()).await?;
    let shown = Details::from(host.service.user_details(&host.cx, account, &id).await?);
    host.output.one(&shown, &shown.facts())
}

async fn invite(host: &mut Host, account: &str, addresses: &str) -> Done {
    let account = host.account(account).await?;
    let outcomes = host.service.invite(&host.cx, account, split_list(addresses)).await?;
    let answers = outcomes.into_iter().map(|outcome| {
        let done = outcome.result.map(|invitation| match invitation {
            Some(invitation) => format!("invited; the link works until {}", invitation.expires),
            None => "told by mail how to register".to_owned(),
        });
        Answer::new(&outcome.text, done)
    });
    let answers: Vec<Answer> = answers.collect();
    host.output_answers(&answers)
}

async fn leave(host: &mut Host, user: &str) -> Done {
    let cx = host.as_person(host.person(user).await?.id);
    let left = host.service.leave(&cx).await?;
    host.answers(&[user.to_owned()], vec![Ok(left)])
}
