//! Invite: a Team's invitation stands in its list until it is answered; an Enterprise account mails how to register
//! (rules 14 and 15).

use std::collections::{HashMap, HashSet};

use access::authority::Action;
use access::change::{self, Addressee, Invited};
use access::{Account, AccountId, Domain, Email, Invitation, InvitationId, Refusal};
use futures::FutureExt;
use serde_json::json;
use store::{Lock, Write};

use crate::changes::{InvitationChange, write_invitations};
use crate::mail::{Addressed, Mail};
use crate::run::{Outcome, Scene, Verb};
use crate::{Context, Error, Service, fresh};

pub(crate) const VERB: Verb = Verb { name: "user.invite", action: Action::Invite };

/// The answer to one piece of a pasted list.
#[derive(Clone, Debug, PartialEq)]
pub struct InviteOutcome {
    /// What was read.
    pub text: String,
    /// The open invitation, or `None` when instructions to register were mailed. The same for known and unknown
    /// addresses (rule 14).
    pub result: Result<Option<Invitation>, Refusal>,
}

impl Service {
    /// Invites addresses, as [`access::address::split_list`] reads them. A bad one never stops the others; an open
    /// invitation is renewed.
    ///
    /// **Permission**: `Invite` over the account.
    pub async fn invite(
        &self,
        cx: &Context,
        account: AccountId,
        list: Vec<(String, Result<Email, Refusal>)>,
    ) -> Result<Vec<InviteOutcome>, Error> {
        self.invite_if(cx, account, list, |_| Ok(())).await
    }

    /// The same, where the account offers it.
    pub(crate) async fn invite_if(
        &self,
        cx: &Context,
        account: AccountId,
        list: Vec<(String, Result<Email, Refusal>)>,
        offered: fn(&Account) -> Result<(), Refusal>,
    ) -> Result<Vec<InviteOutcome>, Error> {
        let (texts, addresses): (Vec<_>, Vec<_>) = list.into_iter().unzip();
        let answers = self.in_account(cx, VERB, account, Lock::Share, move |w, scene| {
            let addresses = addresses.clone();
            async move {
                offered(scene.account()?)?;
                apply(w, scene, &addresses).await
            }
            .boxed()
        });
        let beside = texts.into_iter().zip(answers.await?);
        Ok(beside.map(|(text, result)| InviteOutcome { text, result }).collect())
    }
}

/// What the account may take into account about addresses (rule 14).
pub(crate) struct Known {
    pending: HashMap<String, Invitation>,
    members: HashSet<String>,
    owners: HashMap<Domain, AccountId>,
}

impl Known {
    /// Reads it, once nobody verifies the domains meanwhile: an invitation is seen by who does (rule 5). Open
    /// invitations are locked first: who accepts one meanwhile is then seen as a member.
    pub(crate) async fn of(w: &mut Write, account: AccountId, addresses: &[&Email]) -> Result<Self, Error> {
        let keys: Vec<String> = addresses.iter().map(|address| address.key().to_owned()).collect();
        let domains: HashSet<Domain> = addresses.iter().map(|address| address.domain()).collect();
        let domains: Vec<Domain> = domains.into_iter().collect();
        w.lock_domains(&domains, Lock::Share).await?;
        let pending = w.pending_invitations(account, &keys).await?;
        let holders = w.address_owners(&keys).await?;
        let people: Vec<access::UserId> = holders.values().copied().collect();
        let memberships = w.memberships(&people).await?;
        let own = holders.into_iter().filter(|(_, holder)| memberships.get(holder) == Some(&account));
        Ok(Self {
            pending: pending.into_iter().map(|open| (open.address.key().to_owned(), open)).collect(),
            members: own.map(|(key, _)| key).collect(),
            owners: w.domain_owners(&domains).await?,
        })
    }

    /// Whether it belongs to a member of the account.
    pub(crate) fn is_member(&self, address: &Email) -> bool {
        self.members.contains(address.key())
    }

    /// The account's invitation of it that was not answered; it may have expired.
    pub(crate) fn pending(&self, address: &Email) -> Option<&Invitation> {
        self.pending.get(address.key())
    }

    pub(crate) fn is_listed(&self, address: &Email) -> bool {
        self.members.contains(address.key()) || self.pending.contains_key(address.key())
    }

    pub(crate) fn owner(&self, domain: &Domain) -> Option<AccountId> {
        self.owners.get(domain).copied()
    }
}

pub(crate) async fn apply(
    w: &mut Write,
    scene: &Scene,
    addresses: &[Result<Email, Refusal>],
) -> Result<Vec<Outcome<Option<Invitation>>>, Error> {
    let readable: Vec<&Email> = addresses.iter().flatten().collect();
    let known = Known::of(w, scene.id, &readable).await?;
    let mut first: HashMap<&str, usize> = HashMap::new();
    let (mut changes, mut places, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for (at, read) in addresses.iter().enumerate() {
        let answer = match read {
            Err(refusal) => Err(refusal.clone()),
            Ok(address) if first.contains_key(address.key()) => {
                outcomes.push(None);
                continue;
            }
            Ok(address) => {
                first.insert(address.key(), at);
                rule(scene, &known, address)?.map(|invited| (address, invited))
            }
        };
        outcomes.push(match answer {
            Err(refusal) => Some(scene.refused(None, refusal)),
            Ok((address, Invited::Instructions)) => Some(instructions(scene, address)?),
            Ok((address, Invited::Invitation(after))) => {
                let before = known.pending.get(address.key()).cloned();
                changes.push(InvitationChange { before, after, mailed: true });
                places.push(at);
                None
            }
        });
    }
    for (at, outcome) in places.into_iter().zip(write_invitations(w, scene, changes).await?) {
        let Outcome { result, audit, notices } = outcome;
        outcomes[at] = Some(Outcome { result: result.map(Some), audit, notices });
    }
    // An address that is listed twice is mailed once and answered twice.
    for at in 0..outcomes.len() {
        let earlier = addresses[at].as_ref().ok().and_then(|address| first.get(address.key()));
        let earlier = earlier.and_then(|earlier| outcomes[*earlier].as_ref());
        if let (None, Some(earlier)) = (&outcomes[at], earlier) {
            outcomes[at] = Some(earlier.repeated());
        }
    }
    Ok(outcomes.into_iter().flatten().collect())
}

/// What inviting an address leads to.
pub(crate) fn rule(scene: &Scene, known: &Known, address: &Email) -> Result<Result<Invited, Refusal>, Error> {
    let cx = &scene.stage.cx;
    let addressee = Addressee {
        address,
        own_member: known.is_member(address),
        pending: known.pending(address),
        domain_owner: known.owner(&address.domain()),
    };
    let id = InvitationId(fresh::id(&scene.stage.random, cx.at));
    Ok(change::invite(scene.account()?, addressee, id, cx.person(), cx.at))
}

/// A mail to somebody of whom nothing is kept but the mail.
fn instructions(scene: &Scene, address: &Email) -> Result<Outcome<Option<Invitation>>, Error> {
    let cx = &scene.stage.cx;
    let reader = fresh::id(&scene.stage.random, cx.at);
    let mail = Mail::Instructions {
        account: scene.id,
        account_name: scene.account()?.name.clone(),
        invited_by: scene.authority.signature(),
    };
    let to = address.as_typed().to_owned();
    let record = scene.stage.noted(scene.verb.name, Some(scene.id), reader, json!({ "address": to }));
    let notice = Addressed { to, mail }.notice(reader, Some(scene.id), cx.at)?;
    Ok(Outcome { result: Ok(None), audit: vec![record], notices: vec![notice] })
}
