//! The trail replays to the current facts (rule 25), after random histories.

use std::collections::{BTreeMap, BTreeSet};

use access::application::Audience;
use access::authority::{Caller, Grant, Over, Role};
use access::change::AccountSettingsChange;
use access::{AccountId, BaseLicense, Domain, Feature, InvitationId, License, UserId, UserSettings};
use carillon_service::facts::{Facts, merge};
use carillon_service::{Accept, AccountUpdate, ApplicationUpdate, NewApplication, NewCredential, Register, Rotation};
use futures::FutureExt;
use serde_json::{Value, json};
use store::{AuditEntry, Held, Random, TokenHolder, Write};
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
            let people: Vec<_> = subjects.iter().copied().map(UserId).collect();
            let users = w.users(&people).await?;
            let invited: Vec<_> = subjects.iter().copied().map(InvitationId).collect();
            let ids: Vec<_> = subjects.iter().copied().map(access::AccountId).collect();
            let mut state = State::new();
            for user in users {
                add(&mut state, user.id.0, &Facts::of_user(&user));
            }
            for held in grants_and_what_carries_them(w, &people).await? {
                add(&mut state, held.grant.id.0, &Facts::of_grant(&held));
                held.tokens.iter().for_each(|token| add(&mut state, token.id, &Facts::of_token(token)));
            }
            for account in w.accounts(&ids, store::Lock::Share).await? {
                for invitation in w.invitations(account.id, &invited).await? {
                    add(&mut state, invitation.id.0, &Facts::of_invitation(&invitation));
                }
                let mut facts = Facts::of_account(&account);
                let seats = w.seats(account.id).await?;
                if BaseLicense::ALL.iter().any(|license| seats.get(*license).is_some()) {
                    facts = facts.and(&Facts::of_seats(&seats));
                }
                for claimed in w.domains_of(account.id).await? {
                    facts = facts.and(&Facts::of_domain(Some(&claimed)));
                }
                add(&mut state, account.id.0, &facts);
            }
            w.commit(state, vec![], vec![]).await
        }
        .boxed()
    });
    found.await.unwrap_or_else(|error: store::Error| panic!("{error}"))
}

async fn grants_and_what_carries_them(w: &mut Write, users: &[UserId]) -> Result<Vec<Held>, store::Error> {
    let grants: Vec<Grant> = w.grants_of(users).await?.into_values().flatten().collect();
    w.held(&grants).await
}

/// Grants with their keys and tokens: given, ended by revoking each, by suspending and by taking the grant.
#[test]
fn keys_tokens_and_grants_replay() {
    on_both(|world| async move {
        let (service, host) = (&world.service, world.host());
        let account = world.enterprise("Acme", "acme.example").await;
        let mut people = Vec::new();
        for n in 0..3 {
            people.push(world.member(account, &format!("p{n}@acme.example")).await);
        }
        let subjects: Vec<Uuid> = people.iter().map(|id| id.0).collect();
        let before = current(&world, subjects.clone()).await;
        let mut held = Vec::new();
        for (person, over) in people.iter().zip([Over::Account(account), Over::Deployment, Over::Account(account)]) {
            let grant =
                service.create_grant(&host, &person.to_string(), over, Role::FullAccess).await.expect("a grant");
            let (one, other) = (
                service.create_access_key(&host, grant.id, NewCredential::named("test")).await.expect("a key").key,
                service.create_access_key(&host, grant.id, NewCredential::named("test")).await.expect("a key").key,
            );
            let holder = TokenHolder::Grant(grant.id);
            let token =
                service.create_token(&host, holder, NewCredential::named("console")).await.expect("a token").token;
            held.push((grant, one, other, token));
        }
        let replays = async |when: &str| {
            let now = current(&world, subjects.clone()).await;
            let mut replayed = replayed(&world, before.clone()).await;
            // What is nothing any more: a grant or a token that was taken.
            replayed.retain(|id, (plain, personal)| {
                let nothing = *plain == json!({}) && *personal == json!({});
                *id != account.0 && !nothing
            });
            assert_eq!(replayed, now, "{when}");
        };
        replays("given").await;
        let rotation = Rotation { overlap: jiff::SignedDuration::from_hours(1), expires: None };
        service.rotate_access_key(&host, &held[0].2.id, rotation).await.expect("rotated");
        service.rotate_token(&host, held[0].3.id, rotation).await.expect("rotated");
        service.change_grant(&host, held[2].0.id, Role::ReadOnly).await.expect("changed");
        replays("rotated, and another role").await;
        service.revoke_access_key(&host, &held[0].1.id).await.expect("revoked");
        service.revoke_token(&host, held[0].3.id).await.expect("revoked");
        replays("one key of two, and a token").await;
        let ids = vec![people[1].to_string()];
        service.suspend(&host, account, ids, None, None).await.expect("suspended");
        replays("suspended").await;
        service.revoke_grant(&host, held[2].0.id).await.expect("taken");
        replays("a grant taken with its keys").await;
    });
}

/// Applications with their tokens, and the catalog (whose subject is the nil id): made, changed, refused at random.
#[test]
fn applications_and_the_catalog_replay() {
    on_both(|world| async move {
        let (service, host) = (&world.service, world.host());
        let (team, other) = (world.team("Team").await, world.team("Other").await);
        let random = Random::seeded(4);
        let before = applications_and_catalog(&world).await;
        let mut made = Vec::new();
        for _ in 0..80 {
            let [what, which, a, b, ..] = random.bytes::<8>().map(usize::from);
            let audience = [
                None,
                Some(Audience::Anyone),
                Some(Audience::Members),
                Some(Audience::Accounts(vec![team, other])),
                Some(Audience::Accounts(vec![[team, other][a % 2]])),
            ][b % 5]
                .clone();
            let (name, license) = (format!("Application {a}"), BaseLicense::ALL.get(b % 4).copied());
            let feature = [None, Feature::parse("meetings.host").ok(), Feature::parse("made.up").ok()][a % 3].clone();
            let of = (!made.is_empty()).then(|| made[which % made.len()]);
            match (what % 5, of) {
                (0, Some(id)) => {
                    let token =
                        service.create_token(&host, TokenHolder::Application(id), NewCredential::named(name)).await;
                    if a % 2 == 0 {
                        service.revoke_token(&host, token.expect("a token").token.id).await.expect("revoked");
                    }
                }
                (1 | 2, Some(id)) => {
                    let update = ApplicationUpdate {
                        name: (a % 2 == 0).then_some(name),
                        audience,
                        required_license: (which % 2 == 0).then_some(license),
                        required_feature: (which % 3 == 0).then_some(feature),
                        client: None,
                    };
                    drop(service.update_application(&host, id, update).await);
                }
                (3, _) => {
                    let current = service.catalog(&host).await.expect("a catalog");
                    let mut features = current.features;
                    let licenses = vec![License::ALL[a % 4], License::ALL[b % 4]];
                    features.insert(Feature::parse(&format!("area.verb-{}", which % 5)).expect("a feature"), licenses);
                    if a % 2 == 0 {
                        features.pop_first();
                    }
                    drop(service.edit_catalog(&host, current.version - (b % 4 == 0) as i64, features).await);
                }
                _ => {
                    let owner = [None, Some(team), Some(other)][which % 3];
                    let (required_license, required_feature) = (license, feature);
                    let wish =
                        NewApplication { name, owner, audience, required_license, required_feature, client: None };
                    made.extend(service.create_application(&host, wish).await.ok().map(|application| application.id));
                }
            }
        }
        assert!(made.len() > 3, "{made:?}");
        let mut replayed = replayed(&world, before).await;
        replayed.retain(|id, (plain, _)| ![team.0, other.0].contains(id) && *plain != json!({}));
        assert_eq!(replayed, applications_and_catalog(&world).await);
    });
}

async fn applications_and_catalog(world: &World) -> State {
    let (service, host) = (&world.service, world.host());
    let mut state = State::new();
    add(&mut state, Uuid::nil(), &Facts::of(&service.catalog(&host).await.expect("a catalog")));
    for application in service.list_applications(&host, Over::Deployment).await.expect("a list") {
        add(&mut state, application.id.0, &Facts::of(&application));
    }
    for token in service.list_tokens(&host, Over::Deployment).await.expect("a list") {
        add(&mut state, token.id, &Facts::of_token(&token));
    }
    state
}

fn add(state: &mut State, id: Uuid, facts: &Facts) {
    // A person who registered by an invitation has its id.
    let (plain, personal) = state.entry(id).or_insert_with(|| (json!({}), json!({})));
    merge(plain, &facts.plain);
    merge(personal, &facts.personal);
}

/// Where a history takes place.
pub struct Place {
    pub accounts: [access::AccountId; 2],
    pub domain: Domain,
}

/// One random step; refusals are as welcome as changes.
pub async fn step(world: &World, random: &Random, at: &Place, people: &mut Vec<String>) {
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
        13 => set(world, account, users, [who, other]).await,
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

/// One of the verbs that only set something.
async fn set(world: &World, account: AccountId, users: Vec<String>, [who, other]: [usize; 2]) {
    let (service, cx, even) = (&world.service, world.host(), who.is_multiple_of(2));
    match other % 6 {
        0 => drop(service.log_out(&cx, account, users).await),
        1 => drop(service.reset_pin(&cx, account, users).await),
        2 => {
            let settings = UserSettings { inbound_calling: even, outbound_calling: true, sms: false };
            drop(service.update_user_settings(&cx, account, users, settings).await);
        }
        3 => {
            let change = AccountSettingsChange { enable_dial_out: Some(even), disable_remote_control: None };
            drop(service.update_account_settings(&cx, account, change).await);
        }
        4 => {
            let groups = vec![format!("group {}", who % 4)];
            drop(service.remove_delegate_groups(&cx, account, groups.clone()).await);
            if even {
                drop(service.add_delegate_groups(&cx, account, groups).await);
            }
        }
        _ => {
            // Mostly in vain: somebody is there.
            drop(service.delete_account(&cx, account).await);
            drop(service.restore_account(&cx, account).await);
        }
    }
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
        let mut accounts = Vec::new();
        for seed in 0..3 {
            let random = Random::seeded(seed);
            let (team, account) = (world.team("Team").await, world.team("Acme").await);
            accounts.extend([team.0, account.0]);
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
            let subjects = subjects.into_iter().chain(accounts.iter().copied());
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
            "user.reset-pin",
            "user.set",
            "account.set",
            "account.add-delegate-groups",
        ];
        assert!(reached.iter().all(|action| actions.contains(*action)), "{actions:?}");
    });
}
