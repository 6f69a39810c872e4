//! Vouch domain: who runs the host takes a domain as proved (rules 3, 4 and 5).

use std::collections::HashMap;

use access::authority::{Action, Caller};
use access::change::{self, AfterVerification};
use access::domain::{Claim, shipped_public_mail};
use access::{Account, AccountId, Domain, Refusal};
use futures::FutureExt;
use store::write::ClaimedDomain;
use store::{Lock, Record, Write};

use crate::effects::{self, Change};
use crate::facts::Facts;
use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service, fresh};

const VERB: Verb = Verb { name: "domain.vouch", action: Action::ManageDomains };

impl Service {
    /// Makes the domain a verified one of the account, with all that verification means: the account becomes an
    /// Enterprise account, free users on the domain join, other accounts' open invitations to it fail.
    ///
    /// **Permission**: the host.
    pub async fn vouch_domain(&self, cx: &Context, account: AccountId, domain: Domain) -> Result<Account, Error> {
        let outcomes = self.in_account(cx, VERB, account, Lock::Exclusive, move |w, scene| {
            let domain = domain.clone();
            async move { Ok(vec![apply(w, scene, &domain).await?]) }.boxed()
        });
        single(outcomes.await)
    }
}

pub(crate) async fn apply(w: &mut Write, scene: &mut Scene, domain: &Domain) -> Result<Outcome<Account>, Error> {
    if scene.stage.cx.caller != Caller::Host {
        return Err(Refusal::NotPermitted { action: VERB.action }.into());
    }
    // Who is joining or being invited by the domain is waited for, and then seen.
    w.lock_domains(std::slice::from_ref(domain), Lock::Exclusive).await?;
    let at = scene.stage.cx.at;
    let before = scene.account()?.clone();
    let existing = w.domains_of(scene.id).await?.into_iter().find(|claimed| claimed.name == *domain);
    let existing = existing.map(|claimed| claim_of(claimed, scene.id));
    let owner = w.domain_owners(std::slice::from_ref(domain)).await?.get(domain).copied();
    let token = fresh::token(&scene.stage.random);
    let claim = change::claim_domain(&before, domain, existing.as_ref(), &shipped_public_mail(), token, at)?;
    // The operator's word stands for the record; another owner's proof is not overruled by it.
    let owner = owner.map(|owner| Claim { account: owner, verified: Some(at), missing: None, ..claim.clone() });
    let verified = change::verify_domain(&before, &claim, owner.as_ref(), &[claim.record()], false, at)?;

    w.save_accounts(std::slice::from_ref(&verified.account)).await?;
    w.save_domain(&claimed_of(&verified.claim)).await?;
    scene.accounts.replace(verified.account.clone());
    let then = Facts::of_account(&verified.account).and(&Facts::of_domain(&verified.claim));
    let facts = Facts::of_account(&before).and(&existing.as_ref().map_or_else(Facts::none, Facts::of_domain));
    let mut audit = vec![scene.stage.changed(VERB.name, Some(scene.id), scene.id.0, &facts, &then)];
    let mut notices = Vec::new();
    for joined in join(w, scene, &verified.account, domain).await? {
        audit.extend(joined.audit);
        notices.extend(joined.notices);
    }
    audit.extend(fail_invitations(w, scene, &verified.account, domain).await?);
    Ok(Outcome { result: Ok(verified.account), audit, notices })
}

/// Free users on the domain join and are told.
async fn join(
    w: &mut Write,
    scene: &mut Scene,
    account: &Account,
    domain: &Domain,
) -> Result<Vec<effects::Written>, Error> {
    let mut seats = scene.seats()?;
    let people = w.free_users_on(domain).await?;
    let keys: Vec<String> = people.iter().map(|user| user.primary.key().to_owned()).collect();
    let invited = w.pending_invitations(account.id, &keys).await?.into_iter();
    let invited: HashMap<String, _> = invited.map(|open| (open.address.key().to_owned(), open.license)).collect();
    let changes = people.into_iter().filter_map(|user| {
        let chosen = invited.get(user.primary.key()).copied().flatten();
        match change::after_verification(account, &mut seats, &user, false, chosen, scene.stage.cx.at) {
            AfterVerification::Joins(transition)
            | AfterVerification::Passes(transition)
            | AfterVerification::Waits(transition) => Some(Change { before: Some(user), transition }),
            AfterVerification::Conflict | AfterVerification::Stays => None,
        }
    });
    let changes = changes.collect();
    effects::write(w, &scene.stage, &mut scene.accounts, "user.join", changes).await
}

/// Other accounts' open invitations to the domain end.
async fn fail_invitations(
    w: &mut Write,
    scene: &Scene,
    account: &Account,
    domain: &Domain,
) -> Result<Vec<Record>, Error> {
    let open = w.pending_for_domain(domain).await?;
    let failed = open.into_iter().filter_map(|invitation| {
        let after = change::invitation_after_verification(account, &invitation)?;
        Some((invitation, after))
    });
    let (mut saved, mut records) = (Vec::new(), Vec::new());
    for (before, after) in failed {
        let (facts, then) = (Facts::of_invitation(&before), Facts::of_invitation(&after));
        let record = scene.stage.changed("invitation.fail", Some(after.account), after.id.0, &facts, &then);
        records.push(Record { why: Some("domain-verified"), ..record });
        saved.push((after, None));
    }
    w.save_invitations(&saved).await?;
    Ok(records)
}

/// A stored claim as the rules see it.
pub(crate) fn claim_of(claimed: ClaimedDomain, account: AccountId) -> Claim {
    let ClaimedDomain { name, txt_value, created, verified, .. } = claimed;
    Claim { account, domain: name, token: txt_value, since: created, verified, missing: None }
}

fn claimed_of(claim: &Claim) -> ClaimedDomain {
    ClaimedDomain {
        account: claim.account,
        name: claim.domain.clone(),
        txt_value: claim.token.clone(),
        created: claim.since,
        verified: claim.verified,
    }
}
