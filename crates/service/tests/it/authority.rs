//! Authority is what it is when the change commits, not when the request came in (rule 28).

use access::authority::{Over, Role};
use access::{AccountId, Refusal, UserId};
use carillon_service::{Context, Credential, NewCredential};
use futures::FutureExt;
use store::write::AccessKey;
use store::{Issued, Store, TokenHolder, Write};

use crate::world::{World, codes, ids, on_both, refused, start};

async fn log_out(world: &World, cx: &Context, account: AccountId, user: UserId) -> Result<&'static str, Refusal> {
    match world.service.log_out(cx, account, ids(&[user])).await {
        Ok(answers) => Ok(codes(&answers)[0]),
        other => Err(refused(other)),
    }
}

#[test]
fn a_request_in_flight_dies_with_its_administrators_standing() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let ada = world.member(account, "ada@acme.example").await;
        let eve = world.member(account, "eve@acme.example").await;
        let cx = world.granted(eve, Over::Account(account), Role::FullAccess).await;
        assert_eq!(log_out(&world, &cx, account, ada).await, Ok("ok"));
        let (service, host) = (&world.service, world.host());
        service.suspend(&host, account, ids(&[eve]), None, None).await.expect("suspended");
        assert_eq!(log_out(&world, &cx, account, ada).await.expect_err("refused").code(), "not-permitted");
        service.activate(&host, account, ids(&[eve])).await.expect("active again");
        assert_eq!(log_out(&world, &cx, account, ada).await, Ok("ok"));
        service.block(&host, ids(&[eve]), None).await.expect("blocked");
        assert_eq!(log_out(&world, &cx, account, ada).await.expect_err("refused").code(), "not-permitted");
    });
}

#[test]
fn a_request_in_flight_dies_with_its_key_and_its_grant() {
    on_both(|world| async move {
        let team = world.team("Acme").await;
        let bob = world.member(team, "bob@example.net").await;
        let (admin, cx) = world.administrator("a@example.org", Over::Account(team), Role::FullAccess).await;
        let grant =
            change(&world.store, move |w| async move { Ok(w.grants_of(&[admin]).await?[&admin][0].id) }.boxed()).await;
        let key = AccessKey { id: "AKTEST".to_owned(), grant, issued: Issued::new("test", start()) };
        change(&world.store, move |w| async move { w.insert_access_key(&key, "secret").await }.boxed()).await;
        let by_key = cx.clone().with_credential(Credential::Key("AKTEST".to_owned()));
        assert_eq!(log_out(&world, &by_key, team, bob).await, Ok("ok"));
        change(&world.store, |w| async move { w.revoke_access_key("AKTEST", start()).await }.boxed()).await;
        assert_eq!(log_out(&world, &by_key, team, bob).await.expect_err("refused").code(), "not-permitted");
        assert_eq!(log_out(&world, &cx, team, bob).await, Ok("ok"), "the grant is still there");
        change(&world.store, move |w| async move { w.delete_grants(&[grant]).await }.boxed()).await;
        assert_eq!(log_out(&world, &cx, team, bob).await.expect_err("refused").code(), "unknown-account");
    });
}

#[test]
fn nobody_acts_on_a_person_with_a_higher_grant() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let chief = world.member(account, "chief@acme.example").await;
        world.granted(chief, Over::Account(account), Role::FullAccess).await;
        let (_, helper) = world.administrator("h@example.org", Over::Account(account), Role::UserManagement).await;
        let before = world.dump().await;
        let answers = world.service.suspend(&helper, account, ids(&[chief]), None, None).await.expect("answers");
        assert_eq!(codes(&answers), ["higher-grant"]);
        assert_eq!(world.dump().await, before);
    });
}

#[test]
fn suspending_ends_the_keys_of_the_person_s_grants() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let ada = world.member(account, "ada@acme.example").await;
        world.granted(ada, Over::Deployment, Role::ReadOnly).await;
        let grant =
            change(&world.store, move |w| async move { Ok(w.grants_of(&[ada]).await?[&ada][0].id) }.boxed()).await;
        let key = AccessKey { id: "AKTEST".to_owned(), grant, issued: Issued::new("test", start()) };
        change(&world.store, move |w| async move { w.insert_access_key(&key, "secret").await }.boxed()).await;
        world.service.suspend(&world.host(), account, ids(&[ada]), None, None).await.expect("suspended");
        let key = change(&world.store, |w| async move { w.access_key("AKTEST").await }.boxed()).await;
        assert_eq!(key.expect("a key").issued.revoked, Some(start()));
    });
}

#[test]
fn a_change_that_races_its_administrators_end_comes_before_it_or_not_at_all() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let bob = world.member(account, "bob@acme.example").await;
        for n in 0..8 {
            let eve = world.member(account, &format!("eve{n}@acme.example")).await;
            let cx = world.granted(eve, Over::Account(account), Role::FullAccess).await;
            let host = world.host();
            let gone = ids(&[eve]);
            let end = world.service.suspend(&host, account, gone, None, None);
            let (change, end) = futures::join!(log_out(&world, &cx, account, bob), end);
            assert_eq!(codes(&end.expect("answers")), ["ok"]);
            if change.is_ok() {
                let trail = world.trail().await;
                let seq = |of: &Context| trail.iter().find(|entry| entry.request == of.request).expect("recorded").seq;
                assert!(seq(&cx) < seq(&host), "the change came first");
            }
        }
    });
}

#[test]
fn administrators_who_suspend_each_other_at_once_do_not_hang() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let (a, b) = (world.member(account, "a@acme.example").await, world.member(account, "b@acme.example").await);
        let cx_a = world.granted(a, Over::Account(account), Role::FullAccess).await;
        let cx_b = world.granted(b, Over::Account(account), Role::FullAccess).await;
        let (one, other) = futures::join!(
            world.service.suspend(&cx_a, account, ids(&[b]), None, None),
            world.service.suspend(&cx_b, account, ids(&[a]), None, None),
        );
        let suspended = [one.is_ok(), other.is_ok()].into_iter().filter(|ok| *ok).count();
        assert_eq!(suspended, 1, "whoever came second was suspended already");
    });
}

/// Rule 34: neither suspended nor blocked, and yet they may not sign in.
#[test]
fn a_key_or_token_answers_only_while_its_owner_may_sign_in() {
    on_both(|world| async move {
        let (service, host) = (&world.service, world.host());
        let account = world.enterprise("Acme", "acme.example").await;
        let bob = world.member(account, "bob@acme.example").await;
        let managed = world.free_user("free@acme.example").await;
        let unregistered = world.create(account, "new@acme.example").await.id.parse().expect("an id");
        for (owner, answers) in [(bob, true), (managed, false), (unregistered, false)] {
            let cx = world.granted(owner, Over::Account(account), Role::FullAccess).await;
            let grant =
                change(&world.store, move |w| async move { Ok(w.grants_of(&[owner]).await?[&owner][0].id) }.boxed())
                    .await;
            let key =
                service.create_access_key(&host, grant, NewCredential::named("test")).await.expect("a key").key.id;
            let token = service
                .create_token(&host, TokenHolder::Grant(grant), NewCredential::named("t"))
                .await
                .expect("a token");
            assert_eq!(service.authenticate_key(&key).await.expect("an answer").is_some(), answers);
            assert_eq!(service.authenticate_token(&token.secret).await.expect("an answer").is_some(), answers);
            assert_eq!(log_out(&world, &cx, account, bob).await.is_ok(), answers);
        }
    });
}

/// On PostgreSQL rows are locked in one order, so that nothing is rolled back to resolve a deadlock.
#[test]
fn requests_that_meet_wait_for_each_other() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let (a, b) = (world.member(account, "a@acme.example").await, world.member(account, "b@acme.example").await);
        let cx_a = world.granted(a, Over::Account(account), Role::FullAccess).await;
        let cx_b = world.granted(b, Over::Account(account), Role::FullAccess).await;
        for _ in 0..12 {
            let answers = futures::join!(
                log_out(&world, &cx_a, account, b),
                log_out(&world, &cx_b, account, a),
                log_out(&world, &cx_a, account, a),
                log_out(&world, &cx_a, account, a),
            );
            assert_eq!(answers, (Ok("ok"), Ok("ok"), Ok("ok"), Ok("ok")));
        }
        assert_eq!((world.user(a).await.epoch, world.user(b).await.epoch), (36, 12));
        let grant = change(&world.store, move |w| async move { Ok(w.grants_of(&[a]).await?[&a][0].id) }.boxed()).await;
        for _ in 0..8 {
            let key = world
                .service
                .create_access_key(&world.host(), grant, NewCredential::named("test"))
                .await
                .expect("a key")
                .key
                .id;
            let busy = cx_a.clone().with_credential(Credential::Key(key.clone()));
            let host = world.host();
            let (one, other, revoked) = futures::join!(
                log_out(&world, &busy, account, b),
                log_out(&world, &busy, account, b),
                world.service.revoke_access_key(&host, &key),
            );
            revoked.expect("revoked");
            for answer in [one, other] {
                assert!(matches!(answer, Ok("ok") | Err(Refusal::NotPermitted { .. })), "{answer:?}");
            }
        }
    });
}

async fn change<T, F>(store: &Store, job: F) -> T
where
    T: Send + 'static,
    F: for<'a> FnOnce(&'a mut Write) -> futures::future::BoxFuture<'a, Result<T, store::Error>> + Send + 'static,
{
    let done = store.write(move |w| {
        async move {
            let value = job(w).await?;
            w.commit(value, vec![], vec![]).await
        }
        .boxed()
    });
    done.await.unwrap_or_else(|error: store::Error| panic!("{error}"))
}
