//! What people are told by mail: the payload of an outgoing notice, sealed in the outbox. Texts are made when a mail is
//! rendered, so that a notice stays a plain fact.

use access::{AccountId, BaseLicense, User};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Notice, Receiver};
use uuid::Uuid;

use crate::{Error, Stage};

/// One mail to one person. Personal, and partly secret: it may hold the token of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Mail {
    /// Somebody invites them to a Team (rule 14).
    Invitation {
        /// The account that invites.
        account: AccountId,
        /// Its name.
        account_name: String,
        /// The name or address of who invites; `None` when it was done on the host.
        invited_by: Option<String>,
        /// The secret of the link.
        token: String,
        /// When the link stops working.
        expires: Timestamp,
    },
    /// An Enterprise account asks them to register with their address (rule 15).
    Instructions {
        /// The account.
        account: AccountId,
        /// Its name.
        account_name: String,
        /// The name or address of who invites; `None` when it was done on the host.
        invited_by: Option<String>,
    },
    /// They joined an account because their domain was verified (rule 5).
    Joined {
        /// The account.
        account: AccountId,
        /// Its name.
        account_name: String,
    },
    /// They were removed from an account (rule 17).
    Removed {
        /// The account.
        account: AccountId,
        /// Its name.
        account_name: String,
    },
    /// They left an account (rule 17).
    Left {
        /// The account.
        account: AccountId,
        /// Its name.
        account_name: String,
    },
    /// They asked to register with their address: here is the link that proves it (rule 15).
    Registration {
        /// The secret of the link.
        token: String,
        /// When the link stops working.
        expires: Timestamp,
    },
    /// Somebody asked to register with their address, which is registered already.
    AlreadyRegistered,
    /// The host gave somebody full access to the deployment, where they are an operator too (rule 58).
    Recovered {
        /// Whom. Personal.
        address: String,
        /// When.
        at: Timestamp,
    },
    /// Somebody tries the mail server.
    Test,
    /// Their trial ends soon (rule 9).
    TrialEnds {
        /// The name of the account they are a member of.
        account_name: Option<String>,
        /// When.
        until: Timestamp,
        /// What they have from then on.
        license: BaseLicense,
    },
    /// How they sign in has changed (rule 79).
    SecurityChanged {
        /// What.
        change: SecurityChange,
        /// When.
        at: Timestamp,
    },
    /// They have no local credential now and may set a password (rule 6).
    SetPassword,
    /// They forgot their password: here is the link that sets another one (rule 73).
    ForgottenPassword {
        /// The secret of the link.
        token: String,
        /// When the link stops working.
        expires: Timestamp,
    },
    /// Their password is another one now (rule 73).
    PasswordChanged {
        /// When.
        at: Timestamp,
    },
    /// They want to be known by this address: here is the link that proves it (rule 74).
    NewAddress {
        /// The secret of the link.
        token: String,
        /// When the link stops working.
        expires: Timestamp,
    },
    /// They are known by another address now; this one was theirs (rule 74).
    AddressChanged {
        /// When.
        at: Timestamp,
    },
    /// They deleted their account with Carillon (rule 75).
    Erased {
        /// When.
        at: Timestamp,
    },
}

/// What changed about how somebody signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum SecurityChange {
    /// One-time passwords are asked for from now on.
    CodesAdded,
    /// They are asked for no more.
    CodesRemoved,
    /// There are new recovery codes; the former ones are void.
    RecoveryCodes,
    /// A recovery code was used.
    RecoveryCodeUsed {
        /// How many are left.
        left: u64,
    },
    /// There is a new passkey.
    PasskeyAdded {
        /// What they call it.
        name: String,
    },
    /// A passkey is gone.
    PasskeyRemoved {
        /// What they called it.
        name: String,
    },
    /// An administrator took away their second factors and passkeys.
    Reset,
    /// They sign in with a provider from now on.
    ProviderAdded {
        /// Its name.
        name: String,
    },
    /// They sign in with it no more.
    ProviderRemoved {
        /// Its name.
        name: String,
    },
}

impl Mail {
    /// The kind, as the outbox names it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Invitation { .. } => "invitation",
            Self::Instructions { .. } => "instructions",
            Self::Joined { .. } => "joined",
            Self::Removed { .. } => "removed",
            Self::Left { .. } => "left",
            Self::Registration { .. } => "registration",
            Self::AlreadyRegistered => "already-registered",
            Self::Recovered { .. } => "recovered",
            Self::Test => "test",
            Self::TrialEnds { .. } => "trial-ends",
            Self::SecurityChanged { .. } => "security-changed",
            Self::SetPassword => "set-password",
            Self::ForgottenPassword { .. } => "forgotten-password",
            Self::PasswordChanged { .. } => "password-changed",
            Self::NewAddress { .. } => "new-address",
            Self::AddressChanged { .. } => "address-changed",
            Self::Erased { .. } => "erased",
        }
    }
}

/// A mail and the address it goes to: what the outbox keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressed {
    /// The receiver's address, as typed.
    pub to: String,
    /// What they are told.
    #[serde(flatten)]
    pub mail: Mail,
}

impl Addressed {
    /// The outgoing notice; its payload is sealed under the key of `person`.
    pub(crate) fn notice(&self, person: Uuid, account: Option<AccountId>, at: Timestamp) -> Result<Notice, Error> {
        let payload = serde_json::to_value(self).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Notice { receiver: Receiver::Mail, person, account, kind: self.mail.kind().to_owned(), at, payload })
    }
}

impl Stage {
    /// Tells a person that how they sign in has changed.
    pub fn security_changed(&self, user: &User, change: SecurityChange) -> Result<Notice, Error> {
        let (to, at) = (user.primary.as_typed().to_owned(), self.cx.at);
        let account = user.membership.map(|membership| membership.account);
        Addressed { to, mail: Mail::SecurityChanged { change, at } }.notice(user.id.0, account, at)
    }
}
