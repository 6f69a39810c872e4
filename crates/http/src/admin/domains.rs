//! `/accounts/{account}/domains`: claims, their proof in DNS, and what owning a domain means for people (rules 3 to 6).

use access::authority::Action;
use access::{AccountId, Claim, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::{Checked, Conflict, Release, Released, Service, Verification};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, List, ok};
use super::call::{Call, Nothing, Paging, Query};
use super::error::Problem;
use super::names;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(claim, list, check, conflicts, verify, release, withdraw, take_over))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let manage = Performs::Administration(Action::ManageDomains);
    Routes::new()
        .post("/api/v1/accounts/{account}/domains", manage, claim)
        .get("/api/v1/accounts/{account}/domains", Performs::Administration(Action::ViewAccount), list)
        .get("/api/v1/accounts/{account}/domains/{domain}/check", manage, check)
        .get("/api/v1/accounts/{account}/domains/{domain}/conflicts", manage, conflicts)
        .post("/api/v1/accounts/{account}/domains/{domain}/verify", manage, verify)
        .post("/api/v1/accounts/{account}/domains/{domain}/release", manage, release)
        .post("/api/v1/accounts/{account}/domains/{domain}/withdraw", manage, withdraw)
        .post(
            "/api/v1/accounts/{account}/domains/{domain}/take-over",
            Performs::Administration(Action::TakeOverDomain),
            take_over,
        )
}

impl<Q, B> Call<Q, B> {
    /// The domain of the path.
    fn domain(&self) -> Result<access::Domain, Problem> {
        Ok(access::Domain::named(self.param("domain"))?)
    }
}

/// An account's claim to a domain.
#[derive(Serialize, ToSchema)]
struct DomainClaim {
    #[schema(value_type = Uuid)]
    account: AccountId,
    name: String,
    /// What a TXT record at the domain must hold.
    record: String,
    #[schema(value_type = String, format = DateTime)]
    claimed: Timestamp,
    /// When the proof was seen; a pending claim has no effect.
    #[schema(value_type = Option<String>, format = DateTime)]
    verified: Option<Timestamp>,
    /// Since when the record of a verified domain is missing: a warning, never a release.
    #[schema(value_type = Option<String>, format = DateTime)]
    missing: Option<Timestamp>,
    /// When the record was last looked for.
    #[schema(value_type = Option<String>, format = DateTime)]
    checked: Option<Timestamp>,
    /// Verified by the word of who runs the host; no record is looked for.
    vouched: bool,
}

impl From<Claim> for DomainClaim {
    fn from(claim: Claim) -> Self {
        Self {
            account: claim.account,
            name: claim.domain.to_string(),
            record: claim.record(),
            claimed: claim.since,
            verified: claim.verified,
            missing: claim.missing,
            checked: claim.checked,
            vouched: claim.vouched,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewClaim {
    /// The domain, such as corp.example.
    name: String,
}

/// Claims a domain, which has no effect until it is verified. **Permission**: FullAccess over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/domains", params(("account", Path)), request_body = NewClaim,
    responses((status = 201, description = "The claim, or the one there is", body = DomainClaim)))]
async fn claim(call: Call<Nothing, NewClaim>) -> Answer {
    let (account, domain) = (call.account()?, access::Domain::named(&call.body.name)?);
    call.create(|service, cx| async move { service.claim_domain(&cx, account, domain).await }, DomainClaim::from).await
}

/// All claims of an account, pending ones too. **Permission**: ReadOnly over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/domains", params(("account", Path)),
    responses((status = 200, description = "All of them", body = List<DomainClaim>)))]
async fn list(call: Call) -> Answer {
    let claims = call.service.list_domains(&call.cx, call.account()?).await?;
    ok(&List { items: claims.into_iter().map(DomainClaim::from).collect(), next: None })
}

/// A claim, and what DNS shows of its record at this moment.
#[derive(Serialize, ToSchema)]
struct DomainCheck {
    #[serde(flatten)]
    claim: DomainClaim,
    #[schema(value_type = names::Proof)]
    seen: &'static str,
    /// What that means, in a sentence.
    meaning: String,
}

/// Asks DNS for the record now; changes nothing. **Permission**: FullAccess over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/domains/{domain}/check", params(("account", Path), ("domain", Path)),
    responses((status = 200, description = "What was seen", body = DomainCheck)))]
async fn check(call: Call) -> Answer {
    let Checked { claim, proof } = call.service.check_domain(&call.cx, call.account()?, &call.domain()?).await?;
    ok(&DomainCheck { claim: claim.into(), seen: proof.code(), meaning: proof.to_string() })
}

/// A member of another account whose address is on the domain.
#[derive(Serialize, ToSchema)]
struct DomainConflict {
    address: String,
    /// For operators.
    #[schema(value_type = Option<Uuid>)]
    user: Option<UserId>,
    /// For operators.
    #[schema(value_type = Option<Uuid>)]
    account: Option<AccountId>,
}

impl From<Conflict> for DomainConflict {
    fn from(Conflict { address, member }: Conflict) -> Self {
        Self { address, user: member.map(|(user, _)| user), account: member.map(|(_, account)| account) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pages {}

impl Query for Pages {
    const PAGED: bool = true;
}

/// Members of other accounts on a verified domain (rule 5). **Permission**: FullAccess over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/domains/{domain}/conflicts",
    params(("account", Path), ("domain", Path), Paging),
    responses((status = 200, description = "A page of them", body = List<DomainConflict>)))]
async fn conflicts(call: Call<Pages>) -> Answer {
    let (account, domain) = (call.account()?, call.domain()?);
    let page = call.service.list_conflicts(&call.cx, account, &domain, call.page.clone()).await?;
    call.list(page, DomainConflict::from)
}

/// What a verification came to, or in a preview would come to (rule 5).
#[derive(Serialize, ToSchema)]
struct DomainVerification {
    #[serde(flatten)]
    claim: DomainClaim,
    #[schema(value_type = names::AccountType)]
    account_type: access::AccountType,
    /// Free users who joined.
    joined: u64,
    /// Free users whom only the account's source can bring in.
    waiting_for_source: u64,
    /// Suspended leftovers of former owners, who are this account's now.
    passed_on: u64,
    /// Members of other accounts, who stay there.
    conflicts: u64,
    /// Open invitations of other accounts that failed.
    invitations_failed: u64,
    /// In a take-over, what it meant for the former owner.
    released: Option<DomainRelease>,
}

impl From<Verification> for DomainVerification {
    fn from(verification: Verification) -> Self {
        Self {
            claim: verification.claim.into(),
            account_type: verification.account.kind,
            joined: verification.joined,
            waiting_for_source: verification.waiting,
            passed_on: verification.passed,
            conflicts: verification.conflicts,
            invitations_failed: verification.invitations_failed,
            released: verification.released.map(DomainRelease::from),
        }
    }
}

/// Verifies the record: the account owns the domain. **Permission**: FullAccess over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/domains/{domain}/verify", params(("account", Path), ("domain", Path)),
    responses((status = 200, description = "What it came to", body = DomainVerification)))]
async fn verify(call: Call) -> Answer {
    ok(&DomainVerification::from(call.service.verify_domain(&call.cx, call.account()?, call.domain()?).await?))
}

/// Gives the account a domain whose owner's record has been missing for 7 days (rule 4). **Permission**: FullAccess over
/// the deployment.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/domains/{domain}/take-over",
    params(("account", Path), ("domain", Path)),
    responses((status = 200, description = "What it came to", body = DomainVerification)))]
async fn take_over(call: Call) -> Answer {
    ok(&DomainVerification::from(call.service.take_over_domain(&call.cx, call.account()?, call.domain()?).await?))
}

/// What a release came to, or in a preview would come to (rule 6).
#[derive(Serialize, ToSchema)]
struct DomainRelease {
    #[schema(value_type = Uuid)]
    account: AccountId,
    name: String,
    #[schema(value_type = names::AccountType)]
    account_type: access::AccountType,
    /// Everybody whose primary address is on the domain.
    signed_out: u64,
    /// Registered people among them, free users now.
    freed: u64,
    /// Unregistered people among them, in no account now.
    left_unregistered: u64,
    /// Suspended people among them, who stay so.
    kept_suspended: u64,
    /// Free users without a way to sign in, who were mailed how to set a password.
    set_password_mails: u64,
    /// Members who only lost a further address.
    lost_further_address: u64,
    /// The first 200 of them.
    people: Vec<ReleasedPerson>,
}

/// What a release meant for one person.
#[derive(Serialize, ToSchema)]
struct ReleasedPerson {
    #[schema(value_type = Uuid)]
    id: UserId,
    address: String,
    #[schema(value_type = names::Became)]
    became: &'static str,
    set_password_mail: bool,
}

impl From<Release> for DomainRelease {
    fn from(release: Release) -> Self {
        let person = |Released { id, address, became, set_password }| ReleasedPerson {
            id,
            address,
            became: service::Became::name(became),
            set_password_mail: set_password,
        };
        Self {
            account: release.account.id,
            name: release.domain.to_string(),
            account_type: release.account.kind,
            signed_out: release.signed_out,
            freed: release.freed,
            left_unregistered: release.left,
            kept_suspended: release.suspended,
            set_password_mails: release.set_password,
            lost_further_address: release.lost_address,
            people: release.people.into_iter().map(person).collect(),
        }
    }
}

/// Gives a verified domain up; its people are signed out at once. **Permission**: FullAccess over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/domains/{domain}/release", params(("account", Path), ("domain", Path)),
    responses((status = 200, description = "What it came to", body = DomainRelease)))]
async fn release(call: Call) -> Answer {
    ok(&DomainRelease::from(call.service.release_domain(&call.cx, call.account()?, call.domain()?).await?))
}

/// Takes a claim back that was not verified. **Permission**: FullAccess over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/domains/{domain}/withdraw", params(("account", Path), ("domain", Path)),
    responses((status = 200, description = "The claim that was", body = DomainClaim)))]
async fn withdraw(call: Call) -> Answer {
    ok(&DomainClaim::from(call.service.withdraw_domain(&call.cx, call.account()?, call.domain()?).await?))
}
