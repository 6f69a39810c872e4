//! Claim, check, verify, release, take over and re-check a domain (rules 3 to 6, 40 to 42, 62 to 64).

use access::authority::{Caller, Over, Role};
use access::domain::{Proof, Seen};
use access::user::Suspension;
use access::{AccountId, AccountType, Claim, Domain, Refusal};
use carillon_service::{Became, Context, Door, PageRequest, Progress, Verification};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::world::{World, ids, list, on_both, refused};

const ACME: &str = "acme.example";

fn domain() -> Domain {
    Domain::parse(ACME).expect("a domain")
}

impl World {
    async fn claimed(&self, account: AccountId) -> Claim {
        self.service.claim_domain(&self.host(), account, domain()).await.expect("a claim")
    }

    /// Claims the domain, publishes the record beside those that are there, and verifies.
    async fn proved(&self, account: AccountId) -> Verification {
        let claim = self.claimed(account).await;
        self.publish(&[claim.record()]);
        self.service.verify_domain(&self.host(), account, domain()).await.expect("verified")
    }

    fn publish(&self, records: &[String]) {
        let other = "v=spf1 -all".to_owned();
        self.zone.says(&domain(), Seen::Records(records.iter().cloned().chain([other]).collect()));
    }

    async fn proof(&self, account: AccountId) -> Proof {
        self.service.check_domain(&self.host(), account, &domain()).await.expect("an answer").proof
    }

    fn schedule(&self) -> Context {
        self.service.context(Caller::System, Door::System, Uuid::nil(), None)
    }

    async fn missing(&self, account: AccountId) -> bool {
        let claims = self.service.list_domains(&self.host(), account).await.expect("claims");
        claims.iter().any(|claim| claim.missing.is_some())
    }
}

#[test]
fn a_claim_is_proved_by_its_record_alone() {
    on_both(|world| async move {
        let (account, other) = (world.team("Acme").await, world.team("Other").await);
        let (claim, rival) = (world.claimed(account).await, world.claimed(other).await);
        assert_ne!(claim.token, rival.token, "random per account and claim");
        assert_eq!(world.claimed(account).await, claim, "claiming again answers with the claim there is");
        assert_eq!(world.proof(account).await, Proof::NoSuchName);
        let verify = async |account| world.service.verify_domain(&world.host(), account, domain()).await;
        assert_eq!(refused(verify(account).await), Refusal::ProofMissing(Proof::NoSuchName));
        world.zone.says(&domain(), Seen::NoRecord);
        assert_eq!(refused(verify(account).await), Refusal::ProofMissing(Proof::NoRecord));
        world.publish(&[]);
        assert_eq!(world.proof(account).await, Proof::WrongRecord { others: vec![] });
        world.publish(&[rival.record()]);
        assert_eq!(world.proof(account).await, Proof::WrongRecord { others: vec![rival.record()] });
        world.zone.says(&domain(), Seen::Trouble("the time was up".to_owned()));
        assert_eq!(refused(verify(account).await).code(), "dns-unavailable");
        assert_eq!(world.account(account).await.kind, AccountType::Team, "a pending claim has no effect");

        world.publish(&[rival.record(), claim.record()]);
        let verified = verify(account).await.expect("verified");
        assert_eq!(verified.account.kind, AccountType::EnterpriseLwa);
        assert_eq!(verified.claim.verified, Some(world.clock.now()));
        assert_eq!(refused(verify(other).await).code(), "domain-claimed", "the first to verify owns it");
        let again = verify(account).await.expect("verified before");
        assert_eq!((again.joined, again.claim.verified), (0, verified.claim.verified));
        let (host, unclaimed) = (world.host(), Domain::parse("b.example").expect("a domain"));
        let unknown = world.service.verify_domain(&host, account, unclaimed);
        assert_eq!(refused(unknown.await).code(), "unknown-domain", "what was not claimed is not looked for");
    });
}

#[test]
fn claims_are_withdrawn_and_verified_domains_released() {
    on_both(|world| async move {
        let account = world.team("Acme").await;
        let (service, host) = (&world.service, world.host());
        let withdraw = async || service.withdraw_domain(&world.host(), account, domain()).await;
        assert_eq!(refused(withdraw().await).code(), "unknown-domain");
        let claim = world.claimed(account).await;
        assert_eq!(refused(service.release_domain(&host, account, domain()).await).code(), "domain-pending");
        withdraw().await.expect("withdrawn");
        assert_eq!(service.list_domains(&host, account).await.expect("claims"), []);
        assert_ne!(world.claimed(account).await.token, claim.token, "each claim has its own value");
        world.proved(account).await;
        assert_eq!(refused(withdraw().await).code(), "domain-verified");
        for public in ["gmail.com", "co.uk"] {
            let public = Domain::parse(public).expect("a domain");
            assert_eq!(refused(service.claim_domain(&host, account, public).await).code(), "public-domain");
        }
    });
}

#[test]
fn a_preview_says_what_would_come_and_keeps_nothing() {
    on_both(|world| async move {
        let (account, other) = (world.team("Acme").await, world.team("Other").await);
        world.free_user("free@acme.example").await;
        world.free_user("too@acme.example").await;
        world.member(other, "member@acme.example").await;
        world.service.invite(&world.host(), other, list("new@acme.example")).await.expect("answers");
        let claim = world.claimed(account).await;
        let preview = world.host().previewing();
        let missing = world.service.verify_domain(&preview, account, domain()).await;
        assert_eq!(refused(missing).code(), "proof-missing", "who is on a domain is its owner's business");
        world.publish(&[claim.record()]);
        let (before, trail) = (world.dump().await, world.trail().await.len());
        let would = world.service.verify_domain(&preview, account, domain()).await.expect("a preview");
        assert_eq!((would.joined, would.conflicts, would.invitations_failed, would.passed), (2, 1, 1, 0));
        assert_eq!((world.dump().await, world.trail().await.len()), (before, trail), "nothing is kept, not even that");
        let did = world.service.verify_domain(&world.host(), account, domain()).await.expect("verified");
        assert_eq!((did.joined, did.conflicts, did.invitations_failed), (2, 1, 1));

        let (before, trail) = (world.dump().await, world.trail().await.len());
        let would = world.service.release_domain(&preview, account, domain()).await.expect("a preview");
        assert_eq!((would.signed_out, would.freed, would.set_password), (2, 2, 2));
        assert_eq!(would.people.iter().map(|one| one.became).collect::<Vec<_>>(), [Became::Free; 2]);
        assert_eq!((world.dump().await, world.trail().await.len()), (before, trail));
        let did = world.service.release_domain(&world.host(), account, domain()).await.expect("released");
        assert_eq!((did.signed_out, did.freed, did.set_password), (2, 2, 2));
        assert_eq!(did.account.kind, AccountType::Team, "the last domain went");
    });
}

#[test]
fn a_release_signs_out_at_once_and_leftovers_pass_to_the_next_owner() {
    on_both(|world| async move {
        let (first, next) = (world.team("First").await, world.team("Next").await);
        let (free, bad) = (world.free_user("free@acme.example").await, world.free_user("bad@acme.example").await);
        let elsewhere = world.member(next, "guest@else.example").await;
        world.proved(first).await;
        let unregistered = world.create(first, "new@acme.example").await;
        world.service.suspend(&world.host(), first, ids(&[bad]), None, None).await.expect("suspended");
        let epochs = (world.user(free).await.epoch, world.user(bad).await.epoch);

        let released = world.service.release_domain(&world.host(), first, domain()).await.expect("released");
        assert_eq!((released.signed_out, released.freed, released.left, released.suspended), (3, 1, 1, 1));
        let (user, leftover) = (world.user(free).await, world.user(bad).await);
        assert_eq!((user.membership, user.epoch), (None, epochs.0 + 1));
        assert_eq!((leftover.is_member_of(first), leftover.epoch), (true, epochs.1 + 1));
        assert!(leftover.is_suspended(world.clock.now()));
        assert!(world.user(unregistered.id.parse().expect("an id")).await.membership.is_none());
        assert!(world.service.list_domains(&world.host(), first).await.expect("claims").is_empty());

        let verified = world.proved(next).await;
        assert_eq!((verified.joined, verified.passed, verified.conflicts), (1, 1, 0));
        let passed = world.user(bad).await;
        assert!(passed.is_member_of(next) && passed.suspension.is_some_and(|Suspension { until, .. }| until.is_none()));
        assert!(world.user(elsewhere).await.is_member_of(next), "who is not on the domain is untouched");
    });
}

#[test]
fn a_record_that_goes_is_a_warning_and_after_a_week_an_operator_may_decide() {
    on_both(|world| async move {
        let (owner, rival) = (world.team("Owner").await, world.team("Rival").await);
        world.proved(owner).await;
        let member = world.free_user("late@acme.example").await;
        let mine = world.claimed(owner).await;
        let theirs = world.claimed(rival).await;
        let look = async || {
            let age = SignedDuration::from_hours(6);
            world.service.recheck_domains(&world.schedule(), age).await.expect("a round")
        };
        assert_eq!(look().await.looked, 0, "it was looked for when it was verified");
        world.later(7);
        let round = look().await;
        assert_eq!((round.looked, round.missing, round.progress), (1, 0, Progress::Done));
        world.publish(&[theirs.record()]);
        world.later(7);
        assert_eq!(look().await.missing, 1);
        assert!(world.missing(owner).await, "shown, with the moment it was first missed");
        assert!(world.account(owner).await.kind == AccountType::EnterpriseLwa, "never a release");
        world.zone.says(&domain(), Seen::Trouble("SERVFAIL".to_owned()));
        world.later(24 * 8);
        let round = look().await;
        assert_eq!((round.unknown, round.missing), (1, 1), "trouble says nothing about the record");

        let take_over = async |cx: &Context| world.service.take_over_domain(cx, rival, domain()).await;
        world.publish(&[mine.record(), theirs.record()]);
        assert_eq!(refused(take_over(&world.host()).await), Refusal::NotLapsed { from: None }, "it is back");
        world.later(7);
        assert_eq!((look().await.back, world.missing(owner).await), (1, false));
        world.publish(&[theirs.record()]);
        world.later(7);
        look().await;
        world.later(24 * 7 - 1);
        assert_eq!(refused(take_over(&world.host()).await).code(), "not-lapsed");
        world.later(1);
        let (_, administrator) =
            world.administrator("root@rival.example", Over::Account(rival), Role::FullAccess).await;
        assert_eq!(refused(take_over(&administrator).await).code(), "not-permitted");
        let (_, operator) = world.administrator("op@example.net", Over::Deployment, Role::FullAccess).await;
        let taken = take_over(&operator).await.expect("taken over");
        assert_eq!(taken.released.expect("a release").account.id, owner);
        assert_eq!((taken.joined, taken.account.kind), (1, AccountType::EnterpriseLwa));
        assert!(world.user(member).await.is_member_of(rival));
        assert_eq!(world.account(owner).await.kind, AccountType::Team);
        assert_eq!(refused(take_over(&operator).await).code(), "not-owned");
    });
}

#[test]
fn conflicts_are_the_owners_to_see_and_name_no_other_account() {
    on_both(|world| async move {
        let (account, other) = (world.team("Acme").await, world.team("Other").await);
        for name in ["a", "b", "c"] {
            world.member(other, &format!("{name}@acme.example")).await;
        }
        let (_, cx) = world.administrator("root@else.example", Over::Account(account), Role::FullAccess).await;
        let conflicts = async |cx: &Context, after| {
            world.service.list_conflicts(cx, account, &domain(), PageRequest { after, limit: 2 }).await
        };
        assert_eq!(refused(conflicts(&cx, None).await).code(), "unknown-domain");
        world.claimed(account).await;
        assert_eq!(refused(conflicts(&cx, None).await).code(), "domain-pending", "a claim shows nothing");
        assert_eq!(world.proved(account).await.conflicts, 3);
        let first = conflicts(&cx, None).await.expect("a page");
        let rest = conflicts(&cx, first.next).await.expect("a page");
        let all: Vec<_> = first.items.iter().chain(&rest.items).collect();
        let mut addresses: Vec<&str> = all.iter().map(|one| one.address.as_str()).collect();
        addresses.sort_unstable();
        assert_eq!((addresses, rest.next), (vec!["a@acme.example", "b@acme.example", "c@acme.example"], None));
        assert!(all.iter().all(|one| one.member.is_none()));
        let seen_by_the_host = conflicts(&world.host(), None).await.expect("a page");
        assert!(seen_by_the_host.items.iter().all(|one| one.member.is_some_and(|(_, of)| of == other)));
        let (_, stranger) = world.administrator("root@b.example", Over::Account(other), Role::FullAccess).await;
        assert_eq!(refused(conflicts(&stranger, None).await).code(), "unknown-account");
    });
}

#[test]
fn many_people_join_and_leave_in_one_transaction() {
    on_both(|world| async move {
        let account = world.team("Acme").await;
        for n in 0..1_200 {
            world.free_user(&format!("u{n}@acme.example")).await;
        }
        let verified = world.proved(account).await;
        assert_eq!(verified.joined, 1_200);
        let released = world.service.release_domain(&world.host(), account, domain()).await.expect("released");
        assert_eq!((released.freed, released.people.len()), (1_200, 200));
    });
}
