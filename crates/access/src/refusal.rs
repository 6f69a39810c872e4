//! Refusals: a stable code, a sentence that says what to do, and a page in the docs.

use jiff::Timestamp;

use crate::{AccountType, BaseLicense, authority::Action, domain::Proof};

/// Why a change or a question was refused. Carries no secrets. The variants for what is unknown repeat what was asked
/// for, which may be an address: they are for the one who asked; logs and the audit trail keep the code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Rule 1.
    #[error("this address is not supported: {why}; use a plain address such as ada@example.org")]
    AddressNotSupported {
        /// What is wrong with it.
        why: &'static str,
    },
    /// A value out of its bounds.
    #[error("{member} is not usable: {why}")]
    Invalid {
        /// The member, setting or field.
        member: &'static str,
        /// What is wrong and what would be right.
        why: String,
    },
    /// Rule 28.
    #[error("you may not do this ({action:?}); ask an administrator with a higher role for it")]
    NotPermitted {
        /// What was tried.
        action: Action,
    },
    /// Rule 28.
    #[error("this person holds a higher role than yours; ask someone who holds at least theirs")]
    HigherGrant,
    /// No such account, or one out of reach (rule 28). Holds what was asked for.
    #[error("there is no account {0}; list the accounts to see their ids")]
    UnknownAccount(String),
    /// No such user in this account. Holds what was asked for.
    #[error("there is no user {0} here; list the users to see their addresses and ids")]
    UnknownUser(String),
    /// No such application, or one out of reach.
    #[error("there is no application {0}; list the applications to see their ids")]
    UnknownApplication(String),
    /// No such key or token, or one out of reach.
    #[error("there is no such key or token {0}; list them to see their ids")]
    UnknownCredential(String),
    /// The account was deleted (rule 8).
    #[error("this account is deleted; restore it first")]
    AccountDeleted,
    /// Rule 8.
    #[error("the account still has {}", left(*users, *domains))]
    AccountNotEmpty {
        /// Members left.
        users: u64,
        /// Verified domains left.
        domains: u64,
    },
    /// Rule 8.
    #[error("this account is not deleted; there is nothing to restore")]
    NotDeleted,
    /// Rule 4.
    #[error("this domain is open to everyone, so no organisation can claim it; claim one of your own")]
    PublicDomain,
    /// Rule 4.
    #[error("{0}")]
    ProofMissing(Proof),
    /// DNS gave no usable answer, so nothing is known of the record (rule 4).
    #[error("the DNS servers gave no usable answer ({why}); nothing was changed; try again later")]
    DnsUnavailable {
        /// What went wrong.
        why: String,
    },
    /// The account has not claimed this domain. Holds what was asked for.
    #[error("the account has no claim to {0}; claim it first, or list its domains")]
    UnknownDomain(String),
    /// Rule 4.
    #[error("this domain is verified; to give it up, release it, and look at the preview first")]
    DomainVerified,
    /// Rule 4.
    #[error("this claim is not verified, so there is nothing to release; withdraw it instead")]
    DomainPending,
    /// Rule 4: a take-over is for domains that another account owns.
    #[error("no other account has verified this domain; the account can verify it itself")]
    NotOwned,
    /// Rule 4: the owner's record must have been missing for 7 days.
    #[error("{}", lapsing(*from))]
    NotLapsed {
        /// When it may be taken over, if the record stays away; `None` while the record is there.
        from: Option<Timestamp>,
    },
    /// Rule 3.
    #[error("the account has no verified domain; verify one before you connect a source")]
    NoVerifiedDomain,
    /// Rule 3.
    #[error("the account has a source already; disconnect it before you connect another")]
    SourceConnected,
    /// The account has no source.
    #[error("the account has no source; there is nothing to disconnect")]
    NoSource,
    /// Rule 3.
    #[error("no FullAccess administrator could sign in afterwards; put one into a mapped group of the source first")]
    NoAdministratorLeft,
    /// Rule 19.
    #[error("this person holds an administrator's grant; they must confirm the link to the source themselves")]
    LinkUnconfirmed,
    /// Rule 14.
    #[error("this person is a member already; there is nothing to invite them to")]
    AlreadyMember,
    /// Rule 16.
    #[error("a user with this address exists already; look them up by address")]
    AlreadyExists,
    /// Rule 14.
    #[error("this address is on a domain that another organisation manages; that organisation must let it go first")]
    DomainClaimed,
    /// Rules 15 and 16.
    #[error("this address is on none of the account's verified domains; verify its domain first")]
    NotOnOwnDomain,
    /// The invitation was answered, taken back or has expired (rule 14).
    #[error("this invitation cannot be used any more; ask for a new one")]
    InvitationClosed,
    /// Rule 14.
    #[error("accepting means leaving the team you are in; confirm that, or decline")]
    MustLeaveTeam,
    /// Rule 14.
    #[error("your organisation manages this address, so you cannot join another team with it; use another address")]
    ManagedElsewhere,
    /// Rule 18: the address of a suspended user is held.
    #[error("this person may not sign in; an administrator must activate them first")]
    PersonSuspended,
    /// A person who is registered already.
    #[error("this address is registered already; there is nothing left to do")]
    AlreadyRegistered,
    /// Rule 15.
    #[error("your organisation's directory does not have you in a group that may sign in; ask its administrator")]
    NotInSource,
    /// A mailed link that is unknown, used or too old.
    #[error("this link cannot be used any more; ask for a new one")]
    LinkExpired,
    /// The password proof failed.
    #[error("address or password is wrong")]
    WrongCredentials,
    /// The account's directory does not let somebody in who gave the right password (rule 89). Says why: `password-expired`,
    /// `password-must-change`, `account-disabled`, `account-expired` or `not-permitted-now`.
    #[error("your organisation's directory does not let you in: {}", directory_says(.0))]
    DirectorySays(&'static str),
    /// Rule 73: the account's source proves who this person is.
    #[error("your organisation proves who you are, so you have no password here; change the one you have there")]
    NoPasswordHere,
    /// Who proved who they are may not sign in (rule 21: why is their administrator's to say).
    #[error("you may not sign in at present; ask your organisation's administrator")]
    MayNotSignIn,
    /// Who signed in may not enter the application (rule 13).
    #[error("you may not use this application; ask your organisation's administrator")]
    MayNotEnter,
    /// A sign-in that was finished, took too long, or never began (rule 79).
    #[error("this sign-in is over or took too long; begin again")]
    SignInEnded,
    /// A one-time password or recovery code that is none, or was used (rule 80).
    #[error("this code is wrong or was used already; wait for the next one, or use a recovery code")]
    WrongCode,
    /// Rule 80.
    #[error("too many codes were wrong; wait a quarter of an hour, or use a recovery code or a passkey")]
    CodesPaused,
    /// A passkey's answer that proves nothing.
    #[error("this passkey was not accepted; try again, or sign in another way")]
    PasskeyRefused,
    /// Rule 79: changing how one signs in needs a proof that is minutes old.
    #[error("you signed in too long ago to change this; sign in again and repeat it")]
    SignInAgain,
    /// Rule 79.
    #[error("this is the last way to sign in that you have; add another one first")]
    LastMethod,
    /// No such provider, or one out of reach. Holds what was asked for.
    #[error("there is no provider {0}; list them to see their ids")]
    UnknownProvider(String),
    /// An upstream provider's answer that signs nobody in (rule 81). Says why, and what to do.
    #[error("{0}")]
    ProviderRefused(&'static str),
    /// A code or refresh token that is exchanged for nothing (RFC 6749 section 5.2). Says what is wrong with it.
    #[error("{0}")]
    GrantInvalid(&'static str),
    /// Too short, too long or too common.
    #[error("this password is not usable: {why}")]
    WeakPassword {
        /// What is wrong with it.
        why: &'static str,
    },
    /// Rule 9.
    #[error("ProTrial cannot be assigned; it comes by itself with a person's first registration")]
    TrialNotAssignable,
    /// Rule 10.
    #[error("on this account the license comes from groups in the directory; change the group membership instead")]
    LicenseByGroup,
    /// Rule 12.
    #[error("{left} seats of {license} are left; free some or raise the limit")]
    NoSeatsLeft {
        /// The limited license.
        license: BaseLicense,
        /// How many are left.
        left: u32,
    },
    /// Rule 18.
    #[error("a Team cannot suspend; remove the user instead")]
    TeamCannotSuspend,
    /// Rule 18.
    #[error("you cannot suspend yourself; ask another administrator")]
    CannotSuspendYourself,
    /// The end of a suspension lies in the past.
    #[error("the suspension would end at {until}, which is over already; choose a later end")]
    EndInThePast {
        /// The end that was asked for.
        until: Timestamp,
    },
    /// The user is not suspended (rule 18: the Chime door skips these).
    #[error("this user is not suspended; there is nothing to activate")]
    NotSuspended,
    /// The user is not blocked.
    #[error("this user is not blocked; there is nothing to lift")]
    NotBlocked,
    /// Rule 17.
    #[error("this address is on a domain the account manages, so the person stays in it; suspend them instead")]
    ManagedByDomain,
    /// Rules 3 and 19.
    #[error("the account's directory decides who is in it; make the change there")]
    ManagedBySource,
    /// The person is in no account.
    #[error("you are in no account; there is nothing to leave")]
    NotAMember,
    /// Rule 28.
    #[error("this is the last FullAccess grant here; give it to someone else first")]
    LastFullAccess,
    /// Rule 28.
    #[error("nobody changes their own role; ask another administrator")]
    OwnRole,
    /// Rule 57.
    #[error("there is an operator already; to give the role to somebody else, run `carillon admin recover`")]
    AlreadySetUp,
    /// Not for this kind of account.
    #[error("{what} is not offered on a {kind:?} account: {instead}")]
    NotOnThisAccount {
        /// What was tried.
        what: &'static str,
        /// The account's kind.
        kind: AccountType,
        /// What to do instead.
        instead: &'static str,
    },
    /// Rule 69.
    #[error(
        "an account's administrators cause {limit} mails a day at most; wait for the next day (UTC), or ask an operator"
    )]
    MailLimit {
        /// How many they may cause.
        limit: u32,
    },
    /// The account has no directory set up.
    #[error("the account has no directory set up; set one up first")]
    NoDirectory,
    /// Nothing came of asking the directory. Says why, without secrets.
    #[error("the directory could not be read ({why}); nothing was changed")]
    DirectoryUnavailable {
        /// What went wrong, and what to do.
        why: String,
    },
    /// Rule 85.
    #[error(
        "the directory would let {into} people in, lock out or remove {out}, and change the access of {administrators} \
         administrators; look at who they are, and agree to these numbers"
    )]
    DirectoryAsks {
        /// How many are let in.
        into: u64,
        /// How many are locked out or removed.
        out: u64,
        /// How many administrators' access changes.
        administrators: u64,
    },
    /// No such run of the account's directory. Holds what was asked for.
    #[error("the directory has no run {0}; list its runs to see their numbers")]
    UnknownRun(i64),
    /// A run that does not wait for anything any more.
    #[error("this run is over or does not ask anything; list the runs to see what they came to")]
    RunOver,
    /// No such mail. Holds what was asked for.
    #[error("there is no mail {0}; list the outbox to see their numbers")]
    UnknownMail(i64),
    /// Rule 65.
    #[error("this mail was delivered already; there is nothing to send again or to discard")]
    MailDelivered,
    /// Someone else changed it in between.
    #[error("it was changed by someone else meanwhile; look again and repeat")]
    Changed,
    /// A change that was to be made only if the thing is as its author saw it.
    #[error("it is not as you have seen it any more; look again and repeat the change if it is still right")]
    Outdated,
    /// A key that names another request of the same caller.
    #[error("this idempotency key was sent with another request within a day; choose a new key for each request")]
    KeyReused,
}

/// What sort of refusal it is; each door maps the sort to its own status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    /// The request cannot be right in any state.
    Invalid,
    /// The caller may not.
    Forbidden,
    /// There is no such thing within the caller's reach.
    NotFound,
    /// It clashes with what is there.
    Conflict,
    /// The state forbids it; the sentence says what to change first.
    State,
}

impl Refusal {
    /// The stable code, in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AddressNotSupported { .. } => "address-not-supported",
            Self::Invalid { .. } => "invalid",
            Self::NotPermitted { .. } => "not-permitted",
            Self::HigherGrant => "higher-grant",
            Self::UnknownAccount(_) => "unknown-account",
            Self::UnknownUser(_) => "unknown-user",
            Self::UnknownApplication(_) => "unknown-application",
            Self::UnknownCredential(_) => "unknown-credential",
            Self::AccountDeleted => "account-deleted",
            Self::AccountNotEmpty { .. } => "account-not-empty",
            Self::NotDeleted => "not-deleted",
            Self::PublicDomain => "public-domain",
            Self::ProofMissing(_) => "proof-missing",
            Self::DnsUnavailable { .. } => "dns-unavailable",
            Self::UnknownDomain(_) => "unknown-domain",
            Self::DomainVerified => "domain-verified",
            Self::DomainPending => "domain-pending",
            Self::NotOwned => "not-owned",
            Self::NotLapsed { .. } => "not-lapsed",
            Self::NoVerifiedDomain => "no-verified-domain",
            Self::SourceConnected => "source-connected",
            Self::NoSource => "no-source",
            Self::NoAdministratorLeft => "no-administrator-left",
            Self::LinkUnconfirmed => "link-unconfirmed",
            Self::AlreadyMember => "already-member",
            Self::AlreadyExists => "already-exists",
            Self::DomainClaimed => "domain-claimed",
            Self::NotOnOwnDomain => "not-on-own-domain",
            Self::InvitationClosed => "invitation-closed",
            Self::MustLeaveTeam => "must-leave-team",
            Self::ManagedElsewhere => "managed-elsewhere",
            Self::PersonSuspended => "person-suspended",
            Self::AlreadyRegistered => "already-registered",
            Self::NotInSource => "not-in-source",
            Self::LinkExpired => "link-expired",
            Self::WrongCredentials => "wrong-credentials",
            Self::NoPasswordHere => "no-password-here",
            Self::DirectorySays(_) => "directory-says",
            Self::MayNotSignIn => "may-not-sign-in",
            Self::MayNotEnter => "may-not-enter",
            Self::SignInEnded => "sign-in-ended",
            Self::WrongCode => "wrong-code",
            Self::CodesPaused => "codes-paused",
            Self::PasskeyRefused => "passkey-refused",
            Self::SignInAgain => "sign-in-again",
            Self::LastMethod => "last-method",
            Self::UnknownProvider(_) => "unknown-provider",
            Self::ProviderRefused(_) => "provider-refused",
            Self::GrantInvalid(_) => "grant-invalid",
            Self::WeakPassword { .. } => "weak-password",
            Self::TrialNotAssignable => "trial-not-assignable",
            Self::LicenseByGroup => "license-by-group",
            Self::NoSeatsLeft { .. } => "no-seats-left",
            Self::TeamCannotSuspend => "team-cannot-suspend",
            Self::CannotSuspendYourself => "cannot-suspend-yourself",
            Self::EndInThePast { .. } => "end-in-the-past",
            Self::NotSuspended => "not-suspended",
            Self::NotBlocked => "not-blocked",
            Self::ManagedByDomain => "managed-by-domain",
            Self::ManagedBySource => "managed-by-source",
            Self::NotAMember => "not-a-member",
            Self::LastFullAccess => "last-full-access",
            Self::OwnRole => "own-role",
            Self::AlreadySetUp => "already-set-up",
            Self::NotOnThisAccount { .. } => "not-on-this-account",
            Self::MailLimit { .. } => "mail-limit",
            Self::NoDirectory => "no-directory",
            Self::DirectoryUnavailable { .. } => "directory-unavailable",
            Self::DirectoryAsks { .. } => "directory-asks",
            Self::UnknownRun(_) => "unknown-run",
            Self::RunOver => "run-over",
            Self::UnknownMail(_) => "unknown-mail",
            Self::MailDelivered => "mail-delivered",
            Self::Changed => "changed",
            Self::Outdated => "outdated",
            Self::KeyReused => "key-reused",
        }
    }

    /// Where the docs explain it, relative to the documentation's root.
    pub fn page(&self) -> String {
        format!("refusals.md#{}", self.code())
    }

    /// What sort it is.
    pub fn sort(&self) -> Sort {
        match self {
            Self::AddressNotSupported { .. }
            | Self::Invalid { .. }
            | Self::PublicDomain
            | Self::GrantInvalid(_)
            | Self::WeakPassword { .. }
            | Self::TrialNotAssignable
            | Self::EndInThePast { .. } => Sort::Invalid,
            Self::NotPermitted { .. }
            | Self::HigherGrant
            | Self::WrongCredentials
            | Self::MayNotSignIn
            | Self::MayNotEnter
            | Self::WrongCode
            | Self::CodesPaused
            | Self::PasskeyRefused
            | Self::SignInAgain
            | Self::ProviderRefused(_)
            | Self::OwnRole => Sort::Forbidden,
            Self::UnknownAccount(_)
            | Self::UnknownUser(_)
            | Self::UnknownApplication(_)
            | Self::UnknownDomain(_)
            | Self::UnknownCredential(_)
            | Self::UnknownProvider(_)
            | Self::UnknownRun(_)
            | Self::NoDirectory
            | Self::UnknownMail(_) => Sort::NotFound,
            Self::AlreadyMember | Self::AlreadyExists | Self::AlreadyRegistered | Self::Changed | Self::Outdated => {
                Sort::Conflict
            }
            Self::KeyReused
            | Self::SignInEnded
            | Self::LastMethod
            | Self::AccountDeleted
            | Self::AccountNotEmpty { .. }
            | Self::DomainClaimed
            | Self::NotDeleted
            | Self::ProofMissing(_)
            | Self::DnsUnavailable { .. }
            | Self::DomainVerified
            | Self::DomainPending
            | Self::NotOwned
            | Self::NotLapsed { .. }
            | Self::NoVerifiedDomain
            | Self::SourceConnected
            | Self::NoSource
            | Self::NoAdministratorLeft
            | Self::LinkUnconfirmed
            | Self::NotOnOwnDomain
            | Self::InvitationClosed
            | Self::MustLeaveTeam
            | Self::ManagedElsewhere
            | Self::PersonSuspended
            | Self::NotInSource
            | Self::LinkExpired
            | Self::NoPasswordHere
            | Self::DirectorySays(_)
            | Self::LicenseByGroup
            | Self::NoSeatsLeft { .. }
            | Self::TeamCannotSuspend
            | Self::CannotSuspendYourself
            | Self::NotSuspended
            | Self::NotBlocked
            | Self::ManagedByDomain
            | Self::ManagedBySource
            | Self::NotAMember
            | Self::LastFullAccess
            | Self::AlreadySetUp
            | Self::DirectoryUnavailable { .. }
            | Self::DirectoryAsks { .. }
            | Self::RunOver
            | Self::MailLimit { .. }
            | Self::MailDelivered
            | Self::NotOnThisAccount { .. } => Sort::State,
        }
    }
}

/// Why, and what to do, in the words of somebody who is not at home in directories.
fn directory_says(why: &str) -> &'static str {
    match why {
        "password-expired" => "your password has expired; change it there, then sign in with the new one",
        "password-must-change" => "your password must be changed first; change it there, then sign in with the new one",
        "account-disabled" => "your account there is disabled; ask whoever looks after it",
        "account-expired" => "your account there has expired; ask whoever looks after it",
        _ => "not now, or not from here; ask whoever looks after it",
    }
}

/// What an account still has, and what to do with it.
fn left(users: u64, domains: u64) -> String {
    let some = |number: u64, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let (users, domains) = (
        (users > 0).then(|| (some(users, "user"), "remove the users")),
        (domains > 0).then(|| (some(domains, "verified domain"), "release the domains")),
    );
    let (what, then): (Vec<String>, Vec<&str>) = users.into_iter().chain(domains).unzip();
    format!("{}; {} first", what.join(" and "), then.join(" and "))
}

fn lapsing(from: Option<Timestamp>) -> String {
    let rule = "only a record that has been missing for 7 days lets a domain be taken over";
    match from {
        Some(from) => format!("{rule}; the owner's is missing, but not for so long: try again from {from} on"),
        None => format!("{rule}; the owner's is not known to be missing"),
    }
}
