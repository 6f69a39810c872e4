//! The verbs: each loads facts, asks the rules, and writes with audit and notices in one transaction.
//!
//! | module | holds |
//! | --- | --- |
//! | a verb's own | its public method on [`Service`], and `apply`, which works on sets inside a transaction |
//! | `run` | the runner: one verb, one transaction, tried again when another change got in between |
//! | `accounts`, `authority`, `targets` | what a verb starts with: accounts locked, caller's rights, whom ids name |
//! | `changes`, `effects` | what a verb ends with: everything that follows from a change, written |
//! | [`facts`], `audit` | what the trail keeps |
//! | [`mail`], `notices` | what people are told, and applications |
//! | [`directory`] | accounts whose people a directory decides |

mod accept;
mod access_keys;
mod account_settings;
mod accounts;
mod activate;
mod applications;
mod assign_license;
mod audit;
mod audit_trail;
mod authenticate;
mod authority;
mod block;
mod cancel;
mod catalog;
mod changes;
mod check_domain;
mod claim_domain;
mod clock;
mod contacts;
mod context;
mod create_account;
mod create_user;
mod delete_account;
mod delete_application;
mod deployment_settings;
pub mod directory;
pub mod dns;
mod effects;
mod error;
mod evaluate;
mod expired_links;
mod expired_sign_ins;
mod explain;
mod export;
pub mod facts;
mod find_user;
pub mod fresh;
mod grants;
mod import;
mod invitation;
mod invite;
mod invite_to_team;
mod issue;
mod join_by_sign_in;
mod leave;
pub mod letters;
mod list_accounts;
mod list_domains;
mod list_users;
mod log_out;
pub mod mail;
mod mail_limit;
mod mails;
mod measures;
mod notices;
mod old_answers;
mod oneself;
mod outbox;
mod ownership;
mod page;
pub mod password;
mod permitted;
mod person;
mod providers;
mod purge_accounts;
mod reason;
mod recheck_domains;
mod register;
mod register_vouched;
mod release_domain;
mod remove;
pub mod report;
mod resend;
mod reset_factors;
mod reset_pin;
mod restore_account;
mod run;
mod schedule;
mod seats;
mod secret;
mod sessions;
mod set_seats;
mod settings;
mod setup;
mod show_account;
mod show_user;
mod signed_in;
mod suspend;
mod suspend_or_remove;
mod take_over_domain;
mod targets;
mod terms;
#[cfg(feature = "testing")]
pub mod testing;
mod tokens;
mod trials;
mod unblock;
mod update_account;
mod user_sessions;
mod user_settings;
mod uses;
mod verify_domain;
mod view;
mod vouch_domain;
mod withdraw_domain;

use std::net::IpAddr;
use std::sync::Arc;

use access::authority::Caller;
use store::{Random, Store};
use tokio::sync::Notify;
use uuid::Uuid;

pub use accept::{Accept, Accepted};
pub use access_keys::NewAccessKey;
pub use applications::{ApplicationUpdate, NewApplication};
pub use catalog::{CatalogVersion, LicenseEffect, MOST_COUNTED};
pub use check_domain::Checked;
pub use clock::Clock;
pub use contacts::Contact;
pub use context::{Context, Credential, Door};
pub use error::{Error, Outcomes};
pub use evaluate::{Answer, Question};
pub use explain::{Explained, Explanation};
pub use export::{EXPORT_COLUMNS, ExportPage};
pub use grants::GrantView;
pub use import::{IMPORT_BYTES, IMPORT_PIECE, ImportOutcome, ImportRow, Imported, Wish, read_import};
pub use invitation::InvitationView;
pub use invite::InviteOutcome;
pub use issue::{NewCredential, Rotation};
pub use join_by_sign_in::{Joining, joining};
pub use list_accounts::AccountFilter;
pub use list_domains::Conflict;
pub use list_users::{ListedAs, UserFilter};
pub use mails::MailView;
pub use measures::Measures;
pub use oneself::{LetIn, NewAddress, OwnStanding, PasswordLink};
pub use outbox::{Ended, Letter, Told, Undelivered};
pub use ownership::Verification;
pub use page::{Page, PageRequest};
pub use providers::NewProvider;
pub use recheck_domains::Rechecked;
pub use register::{Register, Registered, RegistrationView};
pub use register_vouched::register_vouched;
pub use release_domain::{Became, Release, Released};
pub use run::{Outcome, Stage, Work, single};
pub use schedule::Progress;
pub use seats::{SeatView, WaitingView};
pub use settings::{Settings, base};
pub use setup::{NewLink, Recovered, SetUp};
pub use show_user::UserDetails;
pub use signed_in::signed_in;
pub use store::{
    AccessKey, AuditEntry, AuditFilter, COMMIT_SIZES, HistoryEntry, Issued, Lease, Measures as StoreMeasures,
    OutboxEntry, OutboxFilter, OutboxState, Provider, Session, Token, TokenHolder,
};
pub use terms::{Counted, Effects, Once, OnlyIf, Tagged, Terms};
pub use tokens::NewToken;
pub use trials::{LONGEST as LONGEST_TRIAL, TrialView};
pub use update_account::AccountUpdate;
pub use view::{AccountView, UserView};

use password::Passwords;

/// The verbs over one store. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    random: Random,
    passwords: Passwords,
    settings: Settings,
    noted: uses::Noted,
    mail_made: Notify,
    notice_made: Notify,
    directory_wished: Notify,
}

impl Service {
    /// Over an open store. [`Error::Internal`] when the cost of password hashes is out of bounds.
    pub fn new(store: Store, clock: Clock, random: Random, settings: Settings) -> Result<Self, Error> {
        let passwords = Passwords::new(settings.password_cost, settings.passwords_waiting)
            .map_err(|error| Error::Internal(error.to_string()))?;
        let noted = uses::Noted::default();
        let [mail_made, notice_made, directory_wished] = [Notify::new(), Notify::new(), Notify::new()];
        Ok(Self(Arc::new(Inner {
            store,
            clock,
            random,
            passwords,
            settings,
            noted,
            mail_made,
            notice_made,
            directory_wished,
        })))
    }

    /// What a verb must know of a request that begins now.
    pub fn context(&self, caller: Caller, door: Door, request: Uuid, remote: Option<IpAddr>) -> Context {
        Context {
            caller,
            credential: None,
            at: self.0.clock.now(),
            door,
            request,
            remote,
            preview: false,
            terms: Terms::default(),
        }
    }

    /// Whether this node may answer (rule 22).
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.0.store.ready(self.0.clock.now()).await?)
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The source of randomness.
    pub fn random(&self) -> &Random {
        &self.0.random
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Under what doors seal what they hand out and know again: positions of pages, marks of browsers.
    pub fn door_key(&self) -> [u8; 32] {
        self.0.settings.door_key
    }

    /// How directories are reached.
    pub fn directories(&self) -> &Arc<dyn directory::reach::Directories> {
        &self.0.settings.directories
    }

    /// The store, for flows that read and write beside the verbs.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// What was used since it was last written down.
    pub(crate) fn noted(&self) -> &uses::Noted {
        &self.0.noted
    }

    /// For hashing and verifying passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }
}
