//! Facts as the API's shapes. Names go over as they are; nothing is decided here.

use access::invitation::InvitationState;
use access::license::BaseLicense;
use chime::shapes::{Account, AccountStatus, InviteStatus, SigninDelegateGroup, User, UserType};
use service::UserView;

/// There is no Amazon account behind ours; the member is required, so it is the same for all.
const AWS_ACCOUNT_ID: &str = "000000000000";

/// An account. Its supported licenses are those that may be assigned (rule 9).
pub(super) fn account(account: access::Account) -> Account {
    Account {
        aws_account_id: AWS_ACCOUNT_ID.to_owned(),
        account_id: account.id.to_string(),
        name: account.name,
        account_type: account.kind,
        created_timestamp: account.created,
        default_license: account.default_license.into(),
        supported_licenses: BaseLicense::ALL.map(Into::into).to_vec(),
        account_status: if account.deleted.is_some() { AccountStatus::Suspended } else { AccountStatus::Active },
        signin_delegate_groups: account.delegate_groups.into_iter().map(delegate_group).collect(),
    }
}

fn delegate_group(group_name: String) -> SigninDelegateGroup {
    SigninDelegateGroup { group_name }
}

/// A person, or an open invitation that stands for one. The view holds what its reader may see.
pub(super) fn user(view: UserView) -> User {
    User {
        user_id: view.id,
        account_id: Some(view.account.to_string()),
        primary_email: Some(view.address),
        display_name: view.name,
        license_type: Some(view.license),
        user_type: UserType::PrivateUser,
        user_registration_status: Some(view.status),
        user_invitation_status: view.invitation.map(invitation),
        registered_on: view.registered,
        invited_on: view.invited,
        personal_pin: view.pin,
    }
}

/// The API knows one word for every invitation that led nowhere.
fn invitation(state: InvitationState) -> InviteStatus {
    match state {
        InvitationState::Pending => InviteStatus::Pending,
        InvitationState::Accepted => InviteStatus::Accepted,
        InvitationState::Declined | InvitationState::Cancelled | InvitationState::Failed => InviteStatus::Failed,
    }
}
