//! The trail replays to the current facts (rule 25), after random histories.

use std::collections::{BTreeMap, BTreeSet};

use access::authority::Caller;
use access::{BaseLicense, Domain, InvitationId, License, UserId};
use carillon_service::facts::{Facts, merge};
use carillon_service::{Accept, AccountUpdate, Register};
use futures::FutureExt;
use serde_json::{Value, json};
use store::{AuditEntry, Random};
use uuid::Uuid;

use crate::world::{World, email, list, on_both};

type State = BTreeMap<Uuid, (Value, Value)>;

/// Facts by subject, from the trail on top of what was there before it.
async fn replayed(world: &World, mut state: State) -> State {
    for entry in world.trail().await {
        let (Some(subject), Some(after), None) = (entry.subject, entry.after, entry.refusal) else { continue };
        let (plain, personal) = state.entry(subject).or_insert_with(|| (json!({}), json!({})));
        merge(plain, &after);
        if let Some(changed) = entry.personal.as_ref().and_then(|personal| personal.get("after")) {
            merge(personal, changed);
        }
    }
    state
}

/// The current facts of these subjects.
async fn current(world: &World, subjects: Vec<Uuid>) -> State {
    let found = world.store.write(move |w| {
        async move {
            let users = w.users(&subjects.iter().copied().map(UserId).collect::<Vec<_>>()).await?;
            let invited = w.invitations(&subjects.iter().copied().map(InvitationId).collect::<Vec<_>>()).await?;
            let ids: Vec<_> = subjects.iter().copied().map(access::AccountId).collect();
            let mut state = State::new();
            for user in users {
                add(&mut state, user.id.0, &Facts::of_user(&user));
            }
            for invitation in invited {
                add(&mut state, invitation.id.0, &Facts::of_invitation(&invitation));
            }
            for account in w.accounts(&ids, store::Lock::Share).await? {
                let mut facts = Facts::of_account(&account);
                let seats = w.seats(account.id).await?;
                if BaseLicense::ALL.iter().any(|license| seats.get(*license).is_some()) {
                    facts = facts.and(&Facts::of_seats(&seats));
                }
                for claimed in w.domains_of(account.id).await? {
                    let claim = access::domain::Claim {
                        account: account.id,
                        domain: claimed.name,
                        token: claimed.txt_value,
                        since: claimed.created,
                        verified: claimed.verified,
                        missing: None,
                    };
                    facts = facts.and(&Facts::of_domain(&claim));
                }
                add(&mut state, account.id.0, &facts);
            }
            w.commit(state, vec![], vec![]).await
        }
        .boxed()
    });
    found.await.unwrap_or_else(|error: store::Error| panic!("{error}"))
}

fn add(state: &mut State, id: Uuid, facts: &Facts) {
    // A person who registered by an invitation has its id.
    let (plain, personal) = state.entry(id).or_insert_with(|| (json!({}), json!({})));
    merge(plain, &facts.plain);
    merge(personal, &facts.personal);
}

/// Where a history takes place.
struct Place {
    accounts: [access::AccountId; 2],
    domain: Domain,
}

/// One random step; refusals are as welcome as changes.
async fn step(world: &World, random: &Random, at: &Place, people: &mut Vec<String>) {
    let [what, who, other, which, ..] = random.bytes::<8>().map(usize::from);
    let (service, cx, account) = (&world.service, world.host(), at.accounts[which % 2]);
    let users: Vec<String> = [who, other].iter().map(|n| people[n % people.len()].clone()).collect();
    let license = License::ALL[who % 4];
    let address = format!("p{}@{}", who % 12, [at.domain.as_str(), "else.example"][other % 2]);
    let until = Some(world.clock.now() + jiff::SignedDuration::from_hours(other as i64));
    match what % 19 {
        0 => {
            let invited = service.invite(&cx, account, list(&address)).await.expect("answers");
            people.extend(invited.into_iter().filter_map(|one| Some(one.result.ok()??.id.to_string())));
        }
        1..=4 => people.extend(service.create_user(&cx, account, email(&address)).await.ok().map(|made| made.id)),
        12 => drop(service.suspend(&cx, account, users, Some(address), until).await),
        5 => drop(service.activate(&cx, account, people.clone()).await),
        6 => drop(service.remove(&cx, account, users).await),
        7 => drop(service.cancel(&cx, account, users).await),
        8 => drop(service.assign_license(&cx, account, users.into_iter().map(|id| (id, license)).collect()).await),
        9 => drop(service.block(&cx, users, Some("why".to_owned())).await),
        10 => drop(service.set_seats(&cx, account, BaseLicense::Plus, Some(who as u32 % 4)).await),
        15 => drop(service.request_registration(&world.cx(Caller::Visitor), &email(&address)).await),
        16..=18 => people.extend(answer_a_mail(world, who).await),
        13 => drop(service.log_out(&cx, account, users).await),
        14 => {
            // Most of the others are on the account's domain, or invited only.
            let oneself = people[who % 6].parse().map(|id| world.cx(Caller::Oneself(id)));
            drop(service.leave(&oneself.expect("an id")).await);
        }
        _ => {
            let update = AccountUpdate { default_license: license.base(), ..AccountUpdate::default() };
            drop(service.update_account(&cx, account, update).await);
            drop(service.unblock(&cx, users).await);
        }
    }
    world.later(1);
}

/// Somebody follows the link of one of the newest mails.
async fn answer_a_mail(world: &World, which: usize) -> Option<String> {
    let (service, visitor) = (&world.service, world.cx(Caller::Visitor));
    let (name, password) = ("Somebody".to_owned(), "Kx7 quietly orbiting lamp".to_owned());
    let mails = world.mails(20).await;
    let mail = &mails.get(which % 20)?;
    let token = mail.get("token")?.as_str()?;
    if mail["kind"] == "registration" {
        let registered = service.register(&visitor, token, Register { name, password }).await.ok()?;
        return Some(registered.user.id.to_string());
    }
    if which.is_multiple_of(5) {
        service.decline(&visitor, token).await.ok()?;
        return None;
    }
    let accept = Accept { name, password, leave: which.is_multiple_of(2) };
    Some(service.accept(&visitor, token, accept).await.ok()?.user.id.to_string())
}

fn done(entry: AuditEntry) -> Option<String> {
    entry.refusal.is_none().then_some(entry.action)
}

#[test]
fn the_trail_replays_to_the_current_facts() {
    on_both(|world| async move {
        for seed in 0..3 {
            let random = Random::seeded(seed);
            let (team, account) = (world.team("Team").await, world.team("Acme").await);
            let mut people = Vec::new();
            for n in 0..3 {
                people.push(world.member(team, &format!("m{seed}{n}@else.example")).await.to_string());
                people.push(world.free_user(&format!("f{seed}{n}@d{seed}.example")).await.to_string());
            }
            let before: Vec<Uuid> = people.iter().map(|id| id.parse().expect("an id")).collect();
            let before = current(&world, before).await;
            let domain = Domain::parse(&format!("d{seed}.example")).expect("a domain");
            world.service.vouch_domain(&world.host(), account, domain.clone()).await.expect("verified");
            let place = Place { accounts: [team, account], domain };
            for _ in 0..120 {
                step(&world, &random, &place, &mut people).await;
            }
            let mut replayed = replayed(&world, before).await;
            let subjects: Vec<Uuid> = people.iter().map(|id| id.parse().expect("an id")).collect();
            let subjects = subjects.into_iter().chain([team.0, account.0]);
            let current = current(&world, subjects.collect()).await;
            replayed.retain(|id, _| current.contains_key(id));
            assert_eq!(replayed, current, "seed {seed}");
        }
        let actions: BTreeSet<String> = world.trail().await.into_iter().filter_map(done).collect();
        let reached = [
            "license.from-waiting-list",
            "user.leave",
            "user.join",
            "user.register",
            "invitation.accept",
            "invitation.decline",
            "user.suspend",
            "user.activate",
        ];
        assert!(reached.iter().all(|action| actions.contains(*action)), "{actions:?}");
    });
}
