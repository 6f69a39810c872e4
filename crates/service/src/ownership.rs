//! What follows when an account has verified a domain, however it was proved: all of it in that transaction (rule 5).

use std::collections::HashMap;

use access::change::{self, AfterVerification, Transition, Verified};
use access::{Account, Claim, Domain, Refusal, User};
use store::{Record, Write};

use crate::Error;
use crate::effects::{self, Change, Written};
use crate::facts::Facts;
use crate::release_domain::Release;
use crate::run::{Outcome, Scene};

/// What a verification came to, or in a preview would come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The account; its first verified domain has made it an Enterprise account (rule 3).
    pub account: Account,
    /// The claim, verified.
    pub claim: Claim,
    /// Free users who joined.
    pub joined: u64,
    /// Free users whom only the account's source can bring in; they were signed out (rules 7 and 39).
    pub waiting: u64,
    /// Suspended leftovers of former owners who are this account's now, still suspended.
    pub passed: u64,
    /// Members of other accounts who stay there; list them as conflicts.
    pub conflicts: u64,
    /// Open invitations of other accounts that failed.
    pub invitations_failed: u64,
    /// What it meant for the account that owned the domain until now, in a take-over.
    pub released: Option<Release>,
}

/// The account's claim to a domain, which a verb is about.
pub(crate) async fn claimed(w: &mut Write, scene: &Scene, domain: &Domain) -> Result<Claim, Error> {
    let found = w.claim(scene.id, domain).await?;
    Ok(found.ok_or_else(|| Refusal::UnknownDomain(domain.to_string()))?)
}

/// What happens to the people on the domain.
#[derive(Default)]
struct Sorted {
    join: Vec<Change>,
    pass: Vec<Change>,
    wait: Vec<Change>,
}

/// Writes a verification and everything that follows. Who verifies again what was verified before moves nobody.
pub(crate) async fn own(
    w: &mut Write,
    scene: &mut Scene,
    before: Option<&Claim>,
    verified: Verified,
) -> Result<Outcome<Verification>, Error> {
    let Verified { account, claim, .. } = verified;
    let facts = Facts::of_account(scene.account()?).and(&Facts::of_domain(before));
    let then = Facts::of_account(&account).and(&Facts::of_domain(Some(&claim)));
    let mut audit = vec![scene.stage.changed(scene.verb.name, Some(scene.id), scene.id.0, &facts, &then)];
    w.save_accounts(std::slice::from_ref(&account)).await?;
    w.save_domain(&claim).await?;
    scene.accounts.replace(account.clone());
    let mut notices = Vec::new();
    let Sorted { join, pass, wait } = match before.and_then(|claim| claim.verified) {
        None => sort(w, scene, &account, &claim.domain).await?,
        Some(_) => Sorted::default(),
    };
    let failed = fail_invitations(w, scene, &account, &claim.domain).await?;
    let mut verification = Verification {
        joined: join.len() as u64,
        waiting: wait.len() as u64,
        passed: pass.len() as u64,
        invitations_failed: failed.len() as u64,
        conflicts: 0,
        account,
        claim,
        released: None,
    };
    for (action, changes) in [("user.join", join), ("user.pass-on", pass), ("user.log-out", wait)] {
        for Written { audit: records, notices: letters, .. } in
            effects::write(w, &scene.stage, &mut scene.accounts, action, changes).await?
        {
            audit.extend(records.into_iter().map(|record| Record { why: record.why.or(Some(WHY.into())), ..record }));
            notices.extend(letters);
        }
    }
    audit.extend(failed);
    verification.conflicts = w.count_elsewhere_on(&verification.claim.domain, scene.id).await?;
    Ok(Outcome { result: Ok(verification), audit, notices })
}

/// Why these things happened, for the trail.
const WHY: &str = "domain-verified";

/// The rule's answer for everyone whom a verification may touch: free users, and leftovers of former owners.
async fn sort(w: &mut Write, scene: &Scene, account: &Account, domain: &Domain) -> Result<Sorted, Error> {
    let former: Vec<_> = w.former_owners(domain).await?.into_iter().filter(|id| *id != account.id).collect();
    let leftovers = w.leftovers_on(domain, &former).await?;
    let people: Vec<(User, bool)> = w.free_users_on(domain).await?.into_iter().map(|user| (user, false)).collect();
    let people: Vec<(User, bool)> = leftovers.into_iter().map(|user| (user, true)).chain(people).collect();
    let keys: Vec<String> = people.iter().map(|(user, _)| user.primary.key().to_owned()).collect();
    let invited = w.pending_invitations(account.id, &keys).await?.into_iter();
    let invited: HashMap<String, _> = invited.map(|open| (open.address.key().to_owned(), open.license)).collect();
    let (mut seats, mut sorted) = (scene.seats()?, Sorted::default());
    for (user, formerly_owned) in people {
        let chosen = invited.get(user.primary.key()).copied().flatten();
        let after = change::after_verification(account, &mut seats, &user, formerly_owned, chosen, scene.stage.cx.at);
        let change = |transition: Transition| Change { before: Some(user), transition };
        match after {
            AfterVerification::Joins(transition) => sorted.join.push(change(transition)),
            AfterVerification::Passes(transition) => sorted.pass.push(change(transition)),
            AfterVerification::Waits(transition) => sorted.wait.push(change(transition)),
            AfterVerification::Conflict | AfterVerification::Stays => {}
        }
    }
    Ok(sorted)
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
        records.push(Record { why: Some(WHY.into()), ..record });
        saved.push((after, None));
    }
    w.save_invitations(&saved).await?;
    Ok(records)
}
