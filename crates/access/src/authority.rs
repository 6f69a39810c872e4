//! Who may administer what (rule 28). Deny by default.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AccountId, ApplicationId, GrantId, Refusal, UserId};

/// A right to administer the deployment or one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// Who holds it, member or not.
    pub user: UserId,
    /// Over what.
    pub over: Over,
    /// What it allows.
    pub role: Role,
}

impl Grant {
    /// What a key or token carries of the grant: never more than the grant itself (rule 28). Within one account an
    /// operator's grant is that account's administrator's.
    pub fn carried(self, extent: Extent) -> Self {
        let role = extent.most.map_or(self.role, |most| self.role.min(most));
        let over = match (self.over, extent.within) {
            (Over::Deployment, Some(account)) => Over::Account(account),
            (over, _) => over,
        };
        Self { role, over, ..self }
    }

    /// By role, and at the same role an operator's grant is the higher one.
    fn height(&self) -> (Role, bool) {
        (self.role, self.over == Over::Deployment)
    }
}

/// How much of its grant a key or token carries; all of it where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// The highest role it carries.
    pub most: Option<Role>,
    /// The one account it reaches, of a grant over the deployment.
    pub within: Option<AccountId>,
}

/// What a grant reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Over {
    /// Everything: its holder is an operator.
    Deployment,
    /// One account.
    Account(AccountId),
}

/// What a grant allows, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Look, but see no PIN, link or token.
    ReadOnly,
    /// Administer people.
    UserManagement,
    /// Everything within reach.
    FullAccess,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::ReadOnly, Self::UserManagement, Self::FullAccess];

    /// The name on the wire and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadOnly => "ReadOnly",
            Self::UserManagement => "UserManagement",
            Self::FullAccess => "FullAccess",
        }
    }
}

/// Who asks. Made by authentication, never from words in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Someone with access to the host and its data: the command line, the break-glass of rule 28.
    Host,
    /// A person through an access key or API token, with the rights of the grants behind it.
    Administrator {
        /// The person.
        user: UserId,
        /// What they hold, already cut down to what the key or token carries.
        grants: Vec<Grant>,
    },
    /// A person acting for themselves after proving who they are (a password, a mailed link).
    Oneself(UserId),
    /// Nobody we know: registration, an invitation's link.
    Visitor,
    /// A relying party with its own credential.
    Application(ApplicationId),
    /// Carillon itself, following time or a rule.
    System,
}

/// What is done. Every route and every command names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Make an account.
    CreateAccount,
    /// See accounts.
    ViewAccount,
    /// Rename, change the default license or settings.
    UpdateAccount,
    /// Delete or restore an account.
    DeleteAccount,
    /// Claim, verify or release a domain.
    ManageDomains,
    /// Give one account's domain to another that proves it.
    TakeOverDomain,
    /// See people and invitations.
    ViewUsers,
    /// Invite, resend, cancel.
    Invite,
    /// Create a user.
    CreateUser,
    /// Assign licenses.
    AssignLicense,
    /// Suspend or activate.
    Suspend,
    /// Remove.
    Remove,
    /// End someone's sessions.
    LogOut,
    /// Give someone a new personal PIN.
    ResetPin,
    /// Take someone's second factor away, who lost it.
    ResetSecondFactor,
    /// Set what someone may do on the telephone.
    UpdateUserSettings,
    /// Block or unblock a person in every account.
    Block,
    /// Ask why.
    Explain,
    /// Read the audit trail.
    ReadAudit,
    /// Manage grants, access keys and API tokens.
    ManageGrants,
    /// Manage applications and their credentials.
    ManageApplications,
    /// Add or remove OpenID providers that people sign in with.
    ManageProviders,
    /// Set up the directory that people come from, and let it decide.
    ManageDirectory,
    /// Edit the catalog of features.
    EditCatalog,
    /// Read mails, with their links.
    ReadMail,
    /// See what is set for the whole deployment.
    ViewDeployment,
    /// Set it.
    UpdateDeployment,
    /// See what leaves Carillon and where it stands, without reading it.
    ViewOutbox,
    /// Send mails again, discard them, say that one came back.
    ManageOutbox,
}

/// The reach an action was permitted with. Only [`permit`] makes one, and only one over the
/// deployment opens the store across accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    over: Over,
    role: Role,
    operator: bool,
}

impl Permit {
    /// The reach.
    pub fn over(self) -> Over {
        self.over
    }

    /// The role it was given by.
    pub fn role(self) -> Role {
        self.role
    }

    /// Whether an operator's grant, or the host, gave it.
    pub fn is_operator(self) -> bool {
        self.operator
    }
}

/// The least role that may do it, and whether only an operator may.
fn requirement(action: Action) -> (Role, bool) {
    match action {
        Action::ViewAccount | Action::ViewUsers | Action::Explain | Action::ReadAudit => (Role::ReadOnly, false),
        Action::Invite
        | Action::CreateUser
        | Action::AssignLicense
        | Action::Suspend
        | Action::Remove
        | Action::LogOut
        | Action::ResetPin
        | Action::ResetSecondFactor
        | Action::UpdateUserSettings => (Role::UserManagement, false),
        Action::UpdateAccount
        | Action::ManageDomains
        | Action::ManageGrants
        | Action::ManageApplications
        | Action::ManageProviders
        | Action::ManageDirectory => (Role::FullAccess, false),
        Action::CreateAccount
        | Action::DeleteAccount
        | Action::TakeOverDomain
        | Action::EditCatalog
        | Action::ReadMail
        | Action::UpdateDeployment
        | Action::ManageOutbox => (Role::FullAccess, true),
        Action::ViewDeployment | Action::ViewOutbox => (Role::ReadOnly, true),
        Action::Block => (Role::UserManagement, true),
    }
}

/// May this caller do this over that? For an account out of the caller's reach the refusal is the one an unknown id
/// gets (rule 28).
pub fn permit(caller: &Caller, action: Action, over: Over) -> Result<Permit, Refusal> {
    let (least, operator_only) = requirement(action);
    let grants = match caller {
        Caller::Host | Caller::System => return Ok(Permit { over, role: Role::FullAccess, operator: true }),
        Caller::Administrator { grants, .. } => grants,
        Caller::Oneself(_) | Caller::Visitor | Caller::Application(_) => return Err(Refusal::NotPermitted { action }),
    };
    let reach = |grant: &&Grant| grant.over == Over::Deployment || grant.over == over;
    let Some(best) = grants.iter().filter(reach).max_by_key(|grant| grant.height()) else {
        return Err(match over {
            Over::Account(account) => Refusal::UnknownAccount(account.to_string()),
            Over::Deployment => Refusal::NotPermitted { action },
        });
    };
    let operator = grants.iter().any(|grant| grant.over == Over::Deployment && grant.role >= least);
    if best.role < least || (operator_only && !operator) {
        return Err(Refusal::NotPermitted { action });
    }
    Ok(Permit { over, role: best.role, operator: best.over == Over::Deployment })
}

/// Whether a permitted caller may act on a person who holds these grants: nobody acts on a person with a higher grant
/// (rule 28).
pub fn may_act_on(permit: Permit, target_grants: &[Grant]) -> Result<(), Refusal> {
    match target_grants.iter().map(|grant| grant.height()).max() {
        Some(theirs) if theirs > (permit.role, permit.operator) => Err(Refusal::HigherGrant),
        Some(_) | None => Ok(()),
    }
}

/// Whether a permitted caller may turn `target`'s role over the permit's reach from `before` into `after`; `None` is
/// no grant. `full_access` counts the `FullAccess` grants over that reach now: the last one stays, nobody changes
/// their own role and nobody gives or takes what is above their own (rule 28).
pub fn may_change_role(
    caller: &Caller,
    permit: Permit,
    target: UserId,
    before: Option<Role>,
    after: Option<Role>,
    full_access: u64,
) -> Result<(), Refusal> {
    if matches!(caller, Caller::Administrator { user, .. } if *user == target) {
        return Err(Refusal::OwnRole);
    }
    if before.max(after) > Some(permit.role) {
        return Err(Refusal::HigherGrant);
    }
    if before == Some(Role::FullAccess) && after != before && full_access <= 1 {
        return Err(Refusal::LastFullAccess);
    }
    Ok(())
}

/// Whether a key or token still works at a moment.
pub fn credential_works(expires: Option<Timestamp>, at: Timestamp) -> bool {
    expires.is_none_or(|expires| at < expires)
}
