//! Random histories: after every verb the rules and the model say the same of everyone.

use std::collections::{BTreeMap, BTreeSet};

use access::change::{
    self, Accepting, AfterVerification, Applied, Assigned, Assignee, Effect, Entry, Invited, Person, Registration,
};
use access::decision::{AccountFacts, Facts, SourceFacts, SuspensionFacts, decide, may_sign_in};
use access::domain::Seen;
use access::user::{Block, Suspension};
use access::{
    Account, AccountId, AccountType, BaseLicense, Catalog, Claim, Domain, Invitation, InvitationId, Refusal, Seats,
    User, UserId, report,
};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use crate::model::{Answer, DOMAIN_OF, Model, PLUS};
use crate::world::{email, facts, id, now};

const DOMAINS: [&str; 3] = ["x.example", "y.example", "free.example"];

/// A verb: `a` is an account, `p` a person, `d` a domain.
#[derive(Clone, Debug)]
enum Verb {
    Register(usize),
    Invite(usize, usize),
    Accept(usize, usize, bool),
    Create(usize, usize),
    Assign(usize, Vec<usize>, BaseLicense),
    Suspend(usize, usize, Option<i64>),
    Activate(usize, usize),
    Block(usize),
    Unblock(usize),
    Remove(usize, usize),
    Leave(usize),
    Limit(usize, BaseLicense, Option<u32>),
    Default(usize, BaseLicense),
    Verify(usize, usize),
    /// The owner's record went more than 7 days ago, another account's is there.
    TakeOver(usize, usize),
    Release(usize),
    Connect(usize),
    Disconnect(usize),
    SourceHas(usize, usize, bool, Option<BaseLicense>),
    SourceLost(usize, usize),
    Wait(i64),
}

fn verb() -> impl Strategy<Value = Verb> {
    let (a, p, d) = (0..2_usize, 0..DOMAIN_OF.len(), 0..2_usize);
    let license = prop::sample::select(&BaseLicense::ALL[..]);
    let group = prop::option::weighted(0.8, prop::sample::select(&BaseLicense::ALL[1..]));
    let hours = prop::option::of(1..100_i64);
    let some = prop::collection::btree_set(p.clone(), 1..4).prop_map(|set| set.into_iter().collect());
    prop_oneof![
        3 => p.clone().prop_map(Verb::Register),
        3 => (a.clone(), p.clone()).prop_map(|(a, p)| Verb::Invite(a, p)),
        4 => (a.clone(), p.clone(), any::<bool>()).prop_map(|(a, p, leave)| Verb::Accept(a, p, leave)),
        3 => (a.clone(), p.clone()).prop_map(|(a, p)| Verb::Create(a, p)),
        4 => (a.clone(), some, license.clone()).prop_map(|(a, some, license)| Verb::Assign(a, some, license)),
        3 => (a.clone(), p.clone(), hours).prop_map(|(a, p, hours)| Verb::Suspend(a, p, hours)),
        2 => (a.clone(), p.clone()).prop_map(|(a, p)| Verb::Activate(a, p)),
        1 => p.clone().prop_map(Verb::Block),
        2 => p.clone().prop_map(Verb::Unblock),
        2 => (a.clone(), p.clone()).prop_map(|(a, p)| Verb::Remove(a, p)),
        1 => p.clone().prop_map(Verb::Leave),
        2 => (a.clone(), license.clone(), prop::option::weighted(0.8, 0..4_u32)).prop_map(|(a, l, n)| Verb::Limit(a, l, n)),
        1 => (a.clone(), license).prop_map(|(a, license)| Verb::Default(a, license)),
        3 => (a.clone(), d.clone()).prop_map(|(a, d)| Verb::Verify(a, d)),
        1 => (a.clone(), d.clone()).prop_map(|(a, d)| Verb::TakeOver(a, d)),
        2 => d.prop_map(Verb::Release),
        2 => a.clone().prop_map(Verb::Connect),
        1 => a.clone().prop_map(Verb::Disconnect),
        5 => (a.clone(), p.clone(), prop::bool::weighted(0.8), group).prop_map(|(a, p, on, group)| Verb::SourceHas(a, p, on, group)),
        2 => (a, p).prop_map(|(a, p)| Verb::SourceLost(a, p)),
        1 => (1..300_i64).prop_map(Verb::Wait),
    ]
}

/// How a history begins, so that each kind of account is at home in many.
fn start() -> impl Strategy<Value = Vec<Verb>> {
    use Verb::{Connect, Verify};
    prop::sample::select(vec![
        vec![],
        vec![Verify(0, 0)],
        vec![Verify(0, 0), Verify(1, 1)],
        vec![Verify(0, 0), Connect(0)],
        vec![Verify(0, 0), Verify(0, 1), Connect(0)],
    ])
}

/// What the service keeps: the facts, changed by the rules alone.
struct World {
    now: Timestamp,
    accounts: Vec<Account>,
    limits: Vec<[Option<u32>; 3]>,
    users: Vec<User>,
    owner: [Option<usize>; 2],
    owned_once: BTreeSet<(usize, usize)>,
    invitations: BTreeMap<(usize, usize), Invitation>,
    /// Effects of the verb at work.
    effects: Vec<Effect>,
    /// What reports are made of.
    kept: BTreeMap<(AccountId, UserId), Vec<report::Entry>>,
}

impl World {
    fn new() -> Self {
        let account = |n: u128| change::create_account(AccountId(id(n)), "Example", now()).expect("an account");
        let user = |p: usize| {
            let address = format!("u{p}@{}", DOMAINS[DOMAIN_OF[p].unwrap_or(2)]);
            User::new(UserId(id(100 + p as u128)), email(&address), now())
        };
        Self {
            now: now(),
            accounts: (0..2).map(account).collect(),
            limits: vec![[None; 3]; 2],
            users: (0..DOMAIN_OF.len()).map(user).collect(),
            owner: [None; 2],
            owned_once: BTreeSet::new(),
            invitations: BTreeMap::new(),
            effects: Vec::new(),
            kept: BTreeMap::new(),
        }
    }

    fn manager(&self, p: usize) -> Option<usize> {
        DOMAIN_OF[p].and_then(|domain| self.owner[domain])
    }

    fn place(&self, p: usize) -> Option<usize> {
        let account = self.users[p].membership?.account;
        self.accounts.iter().position(|one| one.id == account)
    }

    fn seats(&self, a: usize) -> Seats {
        let mut seats = Seats::default();
        for license in BaseLicense::ALL {
            let used = self.used(a, license);
            let limit = self.limits[a][license as usize];
            seats.set(license, limit.map(|limit| access::account::Seat { limit, used }));
        }
        seats
    }

    fn used(&self, a: usize, license: BaseLicense) -> u32 {
        self.users.iter().filter(|user| user.is_member_of(self.accounts[a].id) && user.license == license).count()
            as u32
    }

    fn facts(&self, p: usize) -> Facts {
        let user = &self.users[p];
        let account = self.place(p).map(|a| &self.accounts[a]);
        Facts {
            user: user.id,
            registered: user.registered.is_some(),
            suspension: user.suspension.as_ref().map(|suspension| SuspensionFacts { until: suspension.until }),
            blocked: user.block.is_some(),
            account: account.map(|a| AccountFacts { id: a.id, kind: a.kind, deleted: a.deleted.is_some() }),
            managed_by: self.manager(p).map(|a| self.accounts[a].id),
            source: user.source.as_ref().map(|link| SourceFacts { enabled: link.enabled, license: link.license }),
            license: user.license,
            license_origin: user.license_origin,
            waiting: user.waiting.map(|waiting| waiting.license),
            trial_until: user.trial.until,
            ..facts()
        }
    }

    /// Carries a transition out, as the service does.
    fn carry_out(&mut self, p: usize, transition: change::Transition) {
        let ends = u8::from(transition.effects.contains(&Effect::EndSessions));
        let after = User { epoch: transition.user.epoch + i64::from(ends), ..transition.user };
        for (account, held) in report::recorded(Some(&self.users[p]), &after) {
            self.kept.entry((account, after.id)).or_default().push(report::Entry { at: self.now, held });
        }
        self.users[p] = after;
        self.effects.extend(transition.effects);
        let open = self.place(p).and_then(|a| self.invitations.get_mut(&(a, p)));
        if let Some(invitation) = open
            && let Some(answered) = change::answered_by_joining(invitation, self.users[p].id)
        {
            *invitation = answered;
        }
    }

    /// The seat that a rule left in its ledger is the one that is counted.
    fn settled(&self, a: usize, ledger: Seats) {
        assert_eq!(ledger, self.seats(a), "the ledger of account {a}");
    }

    /// Seats that came free go to who waits, first come first served.
    fn hand_out(&mut self) {
        for a in 0..self.accounts.len() {
            let waiting = |user: &User| Some((user.waiting?.since, user.id));
            let mut order: Vec<usize> = (0..self.users.len()).filter(|p| self.place(*p) == Some(a)).collect();
            order.sort_by_key(|p| waiting(&self.users[*p]));
            for p in order {
                let mut ledger = self.seats(a);
                if let Some(transition) = change::seat_freed(&self.accounts[a], &mut ledger, &self.users[p]) {
                    self.carry_out(p, transition);
                    self.settled(a, ledger);
                }
            }
        }
    }
}

#[path = "histories/reports.rs"]
mod reports;
#[path = "histories/verbs.rs"]
mod verbs;

fn both(verb: &Verb, world: &mut World, model: &mut Model) -> (Answer, Answer) {
    world.effects.clear();
    let answers =
        (verbs::by_the_rules(world, verb).map_err(|refusal| refusal.code()), verbs::by_the_model(model, verb));
    world.hand_out();
    model.hand_out();
    answers
}

fn compare(world: &World, model: &Model, catalog: &Catalog) {
    for p in 0..DOMAIN_OF.len() {
        let (facts, person) = (world.facts(p), &model.people[p]);
        let answer = decide(&facts, catalog, None, None, world.now);
        assert_eq!(answer.allowed, model.may_sign_in(p), "may person {p} sign in? {answer:?} {person:?}");
        assert_eq!(answer.license as usize, model.license(p), "the license of person {p}: {answer:?} {person:?}");
        assert_eq!(facts.license as usize, person.license, "what person {p} holds");
        let hour = |since: Timestamp| (since.as_second() - now().as_second()) / 3600;
        let waiting = world.users[p].waiting.map(|waiting| (hour(waiting.since), waiting.license as usize));
        assert_eq!(waiting, person.waiting, "since when person {p} waits, and for what");
        assert_eq!(world.place(p), person.account, "where person {p} is");
        let suspended = world.users[p].is_suspended(world.now);
        assert_eq!(suspended, model.suspended(p), "whether person {p} is suspended");
        assert!(!(suspended && answer.allowed), "a suspended person signs in nowhere");
    }
    for (a, account) in model.accounts.iter().enumerate() {
        let kind = match (model.team(a), account.sourced) {
            (true, _) => "Team",
            (false, true) => "EnterpriseDirectory",
            (false, false) => "EnterpriseLWA",
        };
        assert_eq!(world.accounts[a].kind.name(), kind, "the type of account {a}");
        for license in BaseLicense::ALL {
            assert_eq!(world.used(a, license), model.used(a, license as usize), "{license} seats of account {a}");
            let waits = |user: &User| user.waiting.is_some_and(|waiting| waiting.license == license);
            let someone = world.users.iter().any(|user| user.is_member_of(world.accounts[a].id) && waits(user));
            assert!(!someone || world.seats(a).left(license) == Some(0), "someone waits for a free {license} seat");
        }
    }
}

/// What must hold from one state to the next, whatever the verb.
fn step(verb: &Verb, world: &mut World, model: &mut Model, catalog: &Catalog) {
    let able: Vec<bool> = (0..DOMAIN_OF.len()).map(|p| may_sign_in(&world.facts(p), world.now)).collect();
    let epochs: Vec<i64> = world.users.iter().map(|user| user.epoch).collect();
    let used = [0, 1].map(|a| BaseLicense::ALL.map(|license| world.used(a, license)));
    let (rules, says) = both(verb, world, model);
    assert_eq!(rules, says, "the answer to {verb:?}");
    compare(world, model, catalog);
    for (p, (able, epoch)) in able.into_iter().zip(epochs).enumerate() {
        let shut_out = able && !may_sign_in(&world.facts(p), world.now);
        let otherwise = matches!(verb, Verb::Wait(_) | Verb::Connect(_));
        let ended = world.users[p].epoch > epoch;
        assert!(!shut_out || ended || otherwise, "person {p} was shut out by {verb:?} with sessions alive");
    }
    for (a, used) in used.into_iter().enumerate() {
        seats_are_accounted_for(world, a, used, verb);
    }
}

/// Each seat taken or freed has its effect, and nothing but `Basic` goes past its limit (rules 12 and 35).
fn seats_are_accounted_for(world: &World, a: usize, used: [u32; 3], verb: &Verb) {
    let account = world.accounts[a].id;
    let count = |effect: &Effect| world.effects.iter().filter(|one| *one == effect).count() as u32;
    for (license, before) in BaseLicense::ALL.into_iter().zip(used) {
        let after = world.used(a, license);
        let (takes, frees) = (Effect::TakeSeat { account, license }, Effect::ReleaseSeat { account, license });
        assert_eq!(before + count(&takes), after + count(&frees), "each {license} seat has its effect");
        let within = world.limits[a][license as usize].is_none_or(|limit| after <= limit);
        assert!(within || after <= before || license == BaseLicense::Basic, "{verb:?} exceeds the {license} seats");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_rules_and_the_model_agree_after_every_verb(start in start(), verbs in prop::collection::vec(verb(), 1..100)) {
        let (mut world, mut model, catalog) = (World::new(), Model::default(), crate::world::catalog());
        model.accounts.iter_mut().for_each(|account| account.default = PLUS);
        compare(&world, &model, &catalog);
        let mut timeline = reports::Timeline::new();
        for verb in start.iter().chain(&verbs) {
            step(verb, &mut world, &mut model, &catalog);
            timeline.push((model.now, model.people.clone()));
        }
        reports::compare(&world, &model, &timeline);
    }
}

#[test]
fn the_model_is_small_and_stands_alone() {
    let model = include_str!("model.rs");
    assert!(model.lines().count() < 300, "{} lines", model.lines().count());
    for word in ["decision", "change", "decide"] {
        assert!(!model.contains(word), "the model may not use `{word}`");
    }
}
