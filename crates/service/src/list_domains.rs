//! List domains and their conflicts.

use access::authority::{Action, Over};
use access::{AccountId, Claim, Domain, Refusal, UserId};
use uuid::Uuid;

use crate::{Context, Error, Page, PageRequest, Service};

/// A member of another account whose primary address is on a domain that this one owns (rule 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Their address, as typed. It is on the owner's domain, so it is all the owner is told.
    pub address: String,
    /// Who they are and the account they are in: for operators only, as another tenant's things are unknown (rule 28).
    pub member: Option<(UserId, AccountId)>,
}

impl Service {
    /// The account's claims, pending ones too, by name.
    ///
    /// **Permission**: `ViewAccount` over the account.
    pub async fn list_domains(&self, cx: &Context, account: AccountId) -> Result<Vec<Claim>, Error> {
        let read = self.permitted(cx, Action::ViewAccount, Over::Account(account))?;
        self.present(cx, &read, account).await?;
        Ok(read.domains().await?)
    }

    /// A page of the members of other accounts on a domain that the account has verified.
    ///
    /// **Permission**: `ManageDomains` over the account.
    pub async fn list_conflicts(
        &self,
        cx: &Context,
        account: AccountId,
        domain: &Domain,
        page: PageRequest,
    ) -> Result<Page<Conflict>, Error> {
        let permit = access::authority::permit(&cx.caller, Action::ManageDomains, Over::Account(account))?;
        let read = self.store().read(permit);
        self.present(cx, &read, account).await?;
        match read.claim(domain).await?.map(|claim| claim.verified) {
            None => return Err(Refusal::UnknownDomain(domain.to_string()).into()),
            Some(None) => return Err(Refusal::DomainPending.into()),
            Some(Some(_)) => {}
        }
        let after: Option<Uuid> = page.position()?;
        let found = read.conflicts(domain, after, page.sought()).await?;
        Ok(page.page(found, |user| user.id).map(|user| {
            let member = user.membership.filter(|_| permit.is_operator());
            let address = user.primary.as_typed().to_owned();
            Conflict { address, member: member.map(|member| (user.id, member.account)) }
        }))
    }
}
