//! The closed lists of words in the document, taken from the code that knows them.

use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// `License = ["Basic", ...], "what it is"`: a schema of that name.
macro_rules! names {
    ($($name:ident = $words:expr, $about:literal;)*) => {$(
        #[doc = $about]
        pub(super) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                words($words, $about).into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

names! {
    AccountType = access::AccountType::ALL.map(|kind| kind.name()), "The kind of an account (rule 3).";
    BaseLicense = access::BaseLicense::ALL.map(|license| license.name()), "A license that can be held.";
    License = access::License::ALL.map(|license| license.name()), "What a person has; `ProTrial` is never assigned.";
    Role = access::authority::Role::ALL.map(|role| role.name()), "What a grant allows, least first (rule 28).";
    Status = ["Unregistered", "Registered", "Suspended"], "The derived status of a user.";
    ListedAs = service::ListedAs::ALL.map(|status| status.name()),
        "How a line of an account's list stands; `Waiting` and `Disabled` may hold besides another (rule 91).";
    InvitationState =
        ["Pending", "Accepted", "Declined", "Cancelled", "Failed"], "Where an invitation stands (rule 14).";
    OutboxState = service::OutboxState::ALL.map(|state| state.name()), "Where a mail stands (rule 65).";
    Origin =
        ["Invitation", "Domain", "Directory", "Scim", "Administrator"], "How a person came to be a member.";
    Proof = ["found", "wrong-record", "no-record", "no-such-name", "dns-unavailable"], "What DNS shows of a claim.";
    Became = ["free", "unregistered", "suspended", "member"], "What somebody is after a domain's release (rule 6).";
    DirectoryKind = ["ActiveDirectory", "OpenLdap"], "Which server a directory is.";
    PreviewedAs = ["remove", "lock-out", "conflict", "license", "unlock", "join", "other"],
        "What a directory would do about somebody.";
    RunKind = ["full", "changes"], "How much of a directory a run is about.";
    RunState = service::directory::RunState::ALL.map(|state| state.name()), "Where a run stands (rule 85).";
    RunOutcome = [
        "joined", "returned", "license", "unlocked", "locked-out", "removed", "changed", "refused", "conflict"
    ], "What a run came to for somebody.";
    LicenseOrigin = ["Free", "Default", "Administrator", "Group"], "Where a license comes from.";
}

fn words<const N: usize>(words: [&'static str; N], about: &str) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .enum_values(Some(words))
        .description(Some(about))
        .build()
}
