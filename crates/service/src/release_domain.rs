//! Release domain: an account gives a verified domain up, and its people on it are signed out at once (rules 3 and 6).

use access::authority::Action;
use access::change::{self, Effect, Letter};
use access::{Account, AccountId, Claim, Domain, UserId};
use futures::FutureExt;
use store::Write;

use crate::effects::{self, Change, Written};
use crate::facts::Facts;
use crate::ownership::claimed;
use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service};

const VERB: Verb = Verb { name: "domain.release", action: Action::ManageDomains };

/// The most people a release names; it counts them all.
const NAMED: usize = 200;

/// What a release came to, or in a preview would come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The account; without a verified domain left it is a `Team` again (rule 3).
    pub account: Account,
    /// The domain.
    pub domain: Domain,
    /// Who was signed out of everything: everybody whose primary address is on it.
    pub signed_out: u64,
    /// Registered people among them who are free users now.
    pub freed: u64,
    /// People among them who had not registered, and are in no account now.
    pub left: u64,
    /// People among them who are suspended, and stay so.
    pub suspended: u64,
    /// Free users who have no way to sign in left, and were mailed how to set a password.
    pub set_password: u64,
    /// Members who only lost a further address.
    pub lost_address: u64,
    /// The first 200 of all these, by id.
    pub people: Vec<Released>,
}

/// What a release meant for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// Who.
    pub id: UserId,
    /// Their primary address, as typed.
    pub address: String,
    /// What they are now.
    pub became: Became,
    /// Whether they were mailed how to set a password.
    pub set_password: bool,
}

/// What somebody is after a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// A free user, signed out.
    Free,
    /// In no account, and not registered.
    Unregistered,
    /// A suspended leftover, signed out.
    Suspended,
    /// A member as before, with an address less.
    Member,
}

impl Became {
    /// A stable word for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Unregistered => "unregistered",
            Self::Suspended => "suspended",
            Self::Member => "member",
        }
    }
}

impl Service {
    /// Releases a verified domain.
    ///
    /// **Permission**: `ManageDomains` over the account.
    pub async fn release_domain(&self, cx: &Context, account: AccountId, domain: Domain) -> Result<Release, Error> {
        let outcomes = self.in_account_on_domain(cx, VERB, account, domain.clone(), move |w, scene| {
            let domain = domain.clone();
            async move {
                let claim = claimed(w, scene, &domain).await?;
                Ok(vec![let_go(w, scene, &claim).await?])
            }
            .boxed()
        });
        single(outcomes.await)
    }
}

/// Releases a claim of an account that is locked, with all that follows for its people.
pub(crate) async fn let_go(w: &mut Write, scene: &mut Scene, claim: &Claim) -> Result<Outcome<Release>, Error> {
    change::may_release(claim)?;
    let (id, at) = (claim.account, scene.stage.cx.at);
    let others = w.domains_of(id).await?.into_iter();
    let left = others.filter(|other| other.verified.is_some() && other.domain != claim.domain).count();
    let before = scene.accounts.account(id)?.clone();
    let account = change::release_domain(&before, left as u64);
    let facts = Facts::of_account(&before).and(&Facts::of_domain(Some(claim)));
    let then = Facts::of_account(&account).and(&Facts::of_domain(None));
    let mut audit = vec![scene.stage.changed(VERB.name, Some(id), id.0, &facts, &then)];
    w.save_accounts(std::slice::from_ref(&account)).await?;
    w.release_domain(claim, at).await?;
    scene.accounts.replace(account.clone());

    let mut release = Release::of(account, claim.domain.clone());
    let members = w.members_on(id, &claim.domain).await?;
    let ids: Vec<UserId> = members.iter().map(|user| user.id).collect();
    let local = w.with_password(&ids).await?;
    let mut changes = Vec::with_capacity(members.len());
    for user in members {
        let transition = change::after_release(&user, &claim.domain, local.contains(&user.id), at);
        let change = Change { before: Some(user), transition };
        release.count(&change);
        changes.push(change);
    }
    let mut notices = Vec::new();
    for Written { audit: records, notices: letters, .. } in
        effects::write(w, &scene.stage, &mut scene.accounts, "user.release", changes).await?
    {
        audit.extend(records);
        notices.extend(letters);
    }
    Ok(Outcome { result: Ok(release), audit, notices })
}

impl Release {
    fn of(account: Account, domain: Domain) -> Self {
        let people = Vec::new();
        Self {
            account,
            domain,
            signed_out: 0,
            freed: 0,
            left: 0,
            suspended: 0,
            set_password: 0,
            lost_address: 0,
            people,
        }
    }

    fn count(&mut self, Change { transition, .. }: &Change) {
        let (user, effects) = (&transition.user, &transition.effects);
        let became = match (user.membership, user.registered) {
            (None, Some(_)) => Became::Free,
            (None, None) => Became::Unregistered,
            (Some(_), _) if effects.contains(&Effect::EndSessions) => Became::Suspended,
            (Some(_), _) => Became::Member,
        };
        *match became {
            Became::Free => &mut self.freed,
            Became::Unregistered => &mut self.left,
            Became::Suspended => &mut self.suspended,
            Became::Member => &mut self.lost_address,
        } += 1;
        let set_password = effects.contains(&Effect::Tell(Letter::SetPassword));
        self.signed_out += u64::from(became != Became::Member);
        self.set_password += u64::from(set_password);
        if self.people.len() < NAMED {
            let address = user.primary.as_typed().to_owned();
            self.people.push(Released { id: user.id, address, became, set_password });
        }
    }
}
