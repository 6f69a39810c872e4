//! Each verb, carried out by the rules and by the model.

use super::*;

pub fn by_the_rules(world: &mut World, verb: &Verb) -> Result<(), Refusal> {
    let at = world.now;
    match *verb {
        Verb::Register(p) => {
            let place = world.place(p).or(world.manager(p));
            let mut ledger = place.map(|a| world.seats(a)).unwrap_or_default();
            let domain_owner = place.map(|a| (&world.accounts[a], &mut ledger));
            let transition = change::register(Registration { user: &world.users[p], domain_owner, invited: None }, at)?;
            world.carry_out(p, transition);
            place.into_iter().for_each(|a| world.settled(a, ledger));
        }
        Verb::Invite(a, p) => invite(world, a, p)?,
        Verb::Accept(a, p, leave) => {
            let invitation = world.invitations.get(&(a, p)).ok_or(Refusal::InvitationClosed)?;
            let current = world.place(p).map(|a| &world.accounts[a]);
            let domain_owner = world.manager(p).map(|a| world.accounts[a].id);
            let accepting = Accepting { user: &world.users[p], current, leave, domain_owner };
            let mut ledger = world.seats(a);
            let accepted = change::accept(&world.accounts[a], &mut ledger, invitation, accepting, at)?;
            world.carry_out(p, accepted);
            world.settled(a, ledger);
        }
        Verb::Create(a, p) => {
            let mut ledger = world.seats(a);
            let own = world.manager(p) == Some(a);
            let transition = change::create_user(&world.accounts[a], &mut ledger, &world.users[p], own, None, at)?;
            world.carry_out(p, transition);
            world.settled(a, ledger);
        }
        Verb::Assign(a, ref people, license) => assign(world, a, people, license)?,
        Verb::Verify(a, domain) => verify(world, a, domain)?,
        Verb::TakeOver(a, domain) => take_over(world, a, domain)?,
        Verb::Release(domain) => release(world, domain),
        Verb::SourceHas(a, p, on, group) => source_has(world, a, p, on, group)?,
        Verb::SourceLost(a, p) if world.users[p].source.is_some() && sourced(world, a) => {
            let transition = change::source_lost(&world.accounts[a], &world.users[p]);
            world.carry_out(p, transition);
        }
        Verb::Limit(a, license, limit) => world.limits[a][license as usize] = limit,
        Verb::Default(a, license) => world.accounts[a].default_license = license,
        Verb::Connect(a) => {
            let kind = AccountType::EnterpriseDirectory;
            world.accounts[a] = change::connect_source(&world.accounts[a], kind, &[facts()], at)?;
        }
        Verb::Disconnect(a) => world.accounts[a] = change::disconnect_source(&world.accounts[a])?,
        Verb::Wait(hours) => world.now = at.checked_add(hours.hours()).expect("a time"),
        _ => standing(world, verb)?,
    }
    Ok(())
}

/// Suspending, activating, blocking, removing, leaving. An administrator sees members of their account only.
fn standing(world: &mut World, verb: &Verb) -> Result<(), Refusal> {
    let at = world.now;
    let own = |a: usize, p: usize| world.manager(p) == Some(a);
    let unknown = Refusal::UnknownUser(String::new());
    let (p, after) = match *verb {
        Verb::Suspend(a, p, _) | Verb::Activate(a, p) | Verb::Remove(a, p) if world.place(p) != Some(a) => {
            (p, Err(unknown))
        }
        Verb::Suspend(a, p, hours) => {
            let until = hours.map(|hours| at.checked_add(hours.hours()).expect("a time"));
            let suspension = Suspension { by: None, at, reason: None, until };
            (p, change::suspend(&world.accounts[a], &world.users[p], suspension))
        }
        Verb::Activate(_, p) => (p, change::activate(&world.users[p], at)),
        Verb::Block(p) => (p, change::block(&world.users[p], Block { by: None, at, reason: None })),
        Verb::Unblock(p) => (p, change::unblock(&world.users[p])),
        Verb::Remove(a, p) => (p, change::remove(&world.accounts[a], &world.users[p], own(a, p))),
        Verb::Leave(p) => {
            let place = world.place(p);
            let account = place.map(|a| &world.accounts[a]);
            (p, change::leave(account, &world.users[p], place.is_some_and(|a| own(a, p)), at))
        }
        _ => return Ok(()),
    };
    let transition = after?;
    world.carry_out(p, transition);
    Ok(())
}

fn sourced(world: &World, a: usize) -> bool {
    world.accounts[a].kind.has_source()
}

fn invite(world: &mut World, a: usize, p: usize) -> Result<(), Refusal> {
    let account = &world.accounts[a];
    let former = world.invitations.get(&(a, p));
    let addressee = change::Addressee {
        address: &world.users[p].primary,
        own_member: world.users[p].is_member_of(account.id),
        pending: former.filter(|invitation| invitation.state.name() == "Pending"),
        domain_owner: world.manager(p).map(|owner| world.accounts[owner].id),
    };
    let invited = change::invite(account, addressee, InvitationId(id(1)), None, world.now)?;
    if let Invited::Invitation(invitation) = invited {
        world.invitations.insert((a, p), invitation);
    }
    Ok(())
}

fn assign(world: &mut World, a: usize, people: &[usize], license: BaseLicense) -> Result<(), Refusal> {
    let members: Vec<usize> = people.iter().copied().filter(|p| world.place(*p) == Some(a)).collect();
    let mut ledger = world.seats(a);
    let items: Vec<_> = members.iter().map(|p| (Assignee::User(&world.users[*p]), license.into())).collect();
    let assigned = change::assign_license(&world.accounts[a], &mut ledger, &items);
    for (p, result) in members.into_iter().zip(assigned) {
        if let Assigned::User(transition) = result? {
            world.carry_out(p, transition);
        }
    }
    world.settled(a, ledger);
    Ok(())
}

fn claim(world: &World, a: usize, domain: usize) -> Claim {
    Claim {
        account: world.accounts[a].id,
        domain: Domain::parse(DOMAINS[domain]).expect("a domain"),
        token: format!("{a}"),
        since: world.now,
        verified: None,
        missing: None,
        checked: None,
        vouched: false,
    }
}

fn verify(world: &mut World, a: usize, domain: usize) -> Result<(), Refusal> {
    let mine = claim(world, a, domain);
    let owner = world.owner[domain].map(|owner| claim(world, owner, domain));
    if owner.as_ref() == Some(&mine) {
        return Ok(()); // verified before: nothing new
    }
    let seen = Seen::Records(vec![mine.record()]);
    let verified = change::verify_domain(&world.accounts[a], &mine, owner.as_ref(), &seen, world.now)?;
    owned(world, a, domain, verified);
    Ok(())
}

fn take_over(world: &mut World, a: usize, domain: usize) -> Result<(), Refusal> {
    let mine = claim(world, a, domain);
    let missing = world.now.checked_sub((8 * 24).hours()).ok();
    let owner = world.owner[domain].map(|owner| Claim { missing, ..claim(world, owner, domain) });
    let seen = Seen::Records(vec![mine.record()]);
    let verified = change::take_over_domain(&world.accounts[a], &mine, owner.as_ref(), &seen, world.now)?;
    release(world, domain);
    owned(world, a, domain, verified);
    Ok(())
}

/// What follows from a verification.
fn owned(world: &mut World, a: usize, domain: usize, verified: change::Verified) {
    let mine = verified.claim;
    world.accounts[a] = verified.account;
    world.owner[domain] = Some(a);
    for invitation in world.invitations.values_mut().filter(|one| one.address.domain() == mine.domain) {
        if let Some(failed) = change::invitation_after_verification(&world.accounts[a], invitation) {
            *invitation = failed;
        }
    }
    for p in (0..DOMAIN_OF.len()).filter(|p| DOMAIN_OF[*p] == Some(domain)) {
        let formerly = world.place(p).is_some_and(|place| world.owned_once.contains(&(place, domain)));
        let mut ledger = world.seats(a);
        match change::after_verification(&world.accounts[a], &mut ledger, &world.users[p], formerly, None, world.now) {
            AfterVerification::Joins(after) | AfterVerification::Passes(after) | AfterVerification::Waits(after) => {
                world.carry_out(p, after);
                world.settled(a, ledger);
            }
            AfterVerification::Conflict | AfterVerification::Stays => {}
        }
    }
    world.owned_once.insert((a, domain));
}

fn release(world: &mut World, domain: usize) {
    let Some(a) = world.owner[domain].take() else { return };
    let left = world.owner.iter().filter(|owner| **owner == Some(a)).count() as u64;
    world.accounts[a] = change::release_domain(&world.accounts[a], left);
    let name = Domain::parse(DOMAINS[domain]).expect("a domain");
    for p in (0..DOMAIN_OF.len()).filter(|p| DOMAIN_OF[*p] == Some(domain)) {
        if world.place(p) == Some(a) {
            let after = change::after_release(&world.users[p], &name, true, world.now);
            world.carry_out(p, after);
        }
    }
}

fn source_has(world: &mut World, a: usize, p: usize, on: bool, group: Option<BaseLicense>) -> Result<(), Refusal> {
    if !sourced(world, a) {
        return Ok(());
    }
    let user = &world.users[p];
    let entry = Entry {
        id: format!("guid {p}"),
        mail: user.primary.clone(),
        own_domain: world.manager(p) == Some(a),
        secondary: Vec::new(),
        enabled: on,
        license: group,
        name: None,
    };
    let person = match user.source {
        Some(_) => Person::Linked { user, mail_taken: false },
        None => Person::SameAddress { user, unconfirmed_grant: false, new: user.id },
    };
    let mut ledger = world.seats(a);
    if let Applied::Person { transition, .. } =
        change::source_has(&world.accounts[a], &mut ledger, &entry, person, world.now)?
    {
        world.carry_out(p, transition);
        world.settled(a, ledger);
    }
    Ok(())
}

pub fn by_the_model(model: &mut Model, verb: &Verb) -> Answer {
    let member = |model: &Model, a: usize, p: usize| model.people[p].account == Some(a);
    match *verb {
        Verb::Suspend(a, p, _) | Verb::Activate(a, p) | Verb::Remove(a, p) if !member(model, a, p) => {
            Err("unknown-user")
        }
        Verb::Register(p) => model.register(p),
        Verb::Invite(a, p) => model.invite(a, p),
        Verb::Accept(a, p, leave) => model.accept(a, p, leave),
        Verb::Create(a, p) => model.create(a, p),
        Verb::Assign(a, ref people, license) => {
            let mine: Vec<usize> = people.iter().copied().filter(|p| member(model, a, *p)).collect();
            if mine.is_empty() { Ok(()) } else { model.assign(a, &mine, license as usize) }
        }
        Verb::Suspend(a, p, hours) => model.suspend(a, p, hours),
        Verb::Activate(_, p) => model.activate(p),
        Verb::Remove(a, p) => model.remove(a, p),
        Verb::Leave(p) => model.leave(p),
        Verb::Unblock(p) => std::mem::take(&mut model.people[p].blocked).then_some(()).ok_or("not-blocked"),
        Verb::Verify(a, domain) if model.owner[domain] != Some(a) => model.verify(a, domain),
        Verb::TakeOver(a, domain) => match model.owner[domain] {
            Some(owner) if owner != a => {
                model.release(owner, domain);
                model.verify(a, domain)
            }
            _ => Err("not-owned"),
        },
        Verb::Connect(a) => model.connect(a),
        Verb::Disconnect(a) => model.disconnect(a),
        Verb::SourceHas(a, p, on, group) if model.sourced(a) => {
            model.source_has(a, p, on, group.map(|license| license as usize))
        }
        _ => {
            set_in_the_model(model, verb);
            Ok(())
        }
    }
}

/// What is never refused.
fn set_in_the_model(model: &mut Model, verb: &Verb) {
    match *verb {
        Verb::Block(p) => model.people[p].blocked = true,
        Verb::Limit(a, license, limit) => model.accounts[a].limits[license as usize] = limit,
        Verb::Default(a, license) => model.accounts[a].default = license as usize,
        Verb::Release(domain) => model.owner[domain].into_iter().for_each(|a| model.release(a, domain)),
        Verb::SourceLost(a, p) if model.sourced(a) && model.people[p].entry.is_some() => model.source_lost(a, p),
        Verb::Wait(hours) => model.now += hours,
        _ => {}
    }
}
