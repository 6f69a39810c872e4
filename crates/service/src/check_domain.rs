//! Check domain: what DNS shows of a claim at this moment (rule 4).

use access::authority::{Action, Over};
use access::domain::{Proof, Seen};
use access::{AccountId, Claim, Domain, Refusal};

use crate::{Context, Error, Service};

/// A claim and what was seen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The claim.
    pub claim: Claim,
    /// What DNS shows of its record.
    pub proof: Proof,
}

/// A look into DNS on behalf of a claim, before a transaction.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// The account's claim at that time.
    pub claim: Claim,
    /// What was seen.
    pub seen: Seen,
    /// The account that owns the domain, as far as was seen without a lock.
    pub owner: Option<AccountId>,
}

impl Service {
    /// Asks DNS for a claim's record, now. Changes nothing.
    ///
    /// **Permission**: `ManageDomains` over the account.
    pub async fn check_domain(&self, cx: &Context, account: AccountId, domain: &Domain) -> Result<Checked, Error> {
        let Look { claim, seen, .. } = self.look(cx, Action::ManageDomains, account, domain).await?;
        Ok(Checked { proof: claim.proof(&seen), claim })
    }

    /// Asks DNS about a domain that the account has claimed: nobody can have Carillon ask about anything else.
    pub(crate) async fn look(
        &self,
        cx: &Context,
        action: Action,
        account: AccountId,
        domain: &Domain,
    ) -> Result<Look, Error> {
        let read = self.permitted(cx, action, Over::Account(account))?;
        self.present(cx, &read, account).await?;
        let unknown = || Refusal::UnknownDomain(domain.to_string());
        let claim = read.claim(domain).await?.ok_or_else(unknown)?;
        let owner = read.owning_account(domain).await?;
        let seen = self.settings().dns.txt(domain).await;
        Ok(Look { claim, seen, owner })
    }
}
