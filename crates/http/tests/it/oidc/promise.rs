//! The promise (rules 22 and 23): what ends a person's sessions is heard by every door at once, and nothing that was
//! made before works again afterwards.

use access::{AccountId, Domain};
use axum::http::StatusCode;
use futures::future::BoxFuture;
use futures::{FutureExt, join};

use super::*;
use crate::app::{on_both_engines, on_sqlite};
use crate::people;

/// Everything that a person's sign-in is good for.
struct Held {
    cookie: String,
    code: String,
    tokens: Tokens,
    offline: Tokens,
}

async fn held(app: &App, wiki: &Party<'_>, address: &str) -> Held {
    let cookie = sign_in(app, address).await;
    let tokens = wiki.tokens(&cookie, &[]).await;
    let offline = wiki.tokens(&cookie, &[("scope", "openid offline_access")]).await;
    Held { code: wiki.code(&cookie, &[]).await, cookie, tokens, offline }
}

/// Asks every door. Nothing of it may work; refresh tokens and codes are used by asking, so this is asked once.
async fn nothing_works(app: &App, wiki: &Party<'_>, held: &Held, what: &str) {
    for tokens in [&held.tokens, &held.offline] {
        assert_eq!(said(&wiki.userinfo(&tokens.access).await), (401, "invalid_token".to_owned()), "{what}");
        assert!(!wiki.active(&tokens.access).await && !wiki.active(&tokens.refresh).await, "{what}");
        assert_eq!(said(&wiki.refresh(&tokens.refresh).await), (400, "invalid_grant".to_owned()), "{what}");
    }
    assert_eq!(said(&wiki.redeem(&held.code, &[]).await), (400, "invalid_grant".to_owned()), "{what}");
    assert_eq!(landed(&wiki.authorize(&held.cookie, &[]).await).0, "/signin", "{what}");
    assert_eq!(sent_back(&wiki.authorize(&held.cookie, &[("prompt", "none")]).await), "login_required", "{what}");
    assert_eq!(app.send(with_cookie("/me", &held.cookie)).await.status, StatusCode::SEE_OTHER, "{what}");
}

type Change = fn(World, AccountId, String) -> BoxFuture<'static, ()>;

/// Each change, and its undoing where there is one.
const CHANGES: [(&str, Change, Option<Change>); 4] = [
    (
        "suspended",
        |world, account, user| {
            async move {
                let done = world.service.suspend(&world.host(), account, vec![user], None, None).await;
                done.unwrap().remove(0).unwrap();
            }
            .boxed()
        },
        Some(|world, account, user| {
            async move {
                world.service.activate(&world.host(), account, vec![user]).await.unwrap().remove(0).unwrap();
            }
            .boxed()
        }),
    ),
    (
        "signed out",
        |world, account, user| {
            async move {
                world.service.log_out(&world.host(), account, vec![user]).await.unwrap().remove(0).unwrap();
            }
            .boxed()
        },
        None,
    ),
    (
        "blocked",
        |world, _, user| {
            async move {
                world.service.block(&world.host(), vec![user], None).await.unwrap().remove(0).unwrap();
            }
            .boxed()
        },
        Some(|world, _, user| {
            async move {
                world.service.unblock(&world.host(), vec![user]).await.unwrap().remove(0).unwrap();
            }
            .boxed()
        }),
    ),
    (
        "its domain released",
        |world, account, _| {
            async move {
                let domain = Domain::parse("corp.example").unwrap();
                world.service.release_domain(&world.host(), account, domain).await.unwrap();
            }
            .boxed()
        },
        None,
    ),
];

#[test]
fn what_ends_sessions_is_heard_at_once_and_for_good() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = people::enterprise(&world, "Corp", "corp.example").await;
        let user = people::registered(&world, "ada@corp.example", "Ada").await;
        let wiki = party(&world, &app, wish(client())).await;
        for (what, change, undo) in CHANGES {
            let before = held(&app, &wiki, "ada@corp.example").await;
            let again = held(&app, &wiki, "ada@corp.example").await;
            change(world.clone(), account, user.clone()).await;
            nothing_works(&app, &wiki, &before, what).await;
            if let Some(undo) = undo {
                let answer =
                    app.send(form("/signin", &[("address", "ada@corp.example"), ("password", PASSWORD)])).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}: {}", answer.body);
                undo(world.clone(), account, user.clone()).await;
            }
            nothing_works(&app, &wiki, &again, &format!("no more {what}")).await;
        }
    });
}

#[test]
fn who_is_removed_from_a_team_leaves_everything_behind() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = people::team(&world, "Team").await;
        let user = people::member(&world, account, "bob@example.org", "Bob").await;
        let wiki = party(&world, &app, wish(client())).await;
        let before = held(&app, &wiki, "bob@example.org").await;
        world.service.remove(&world.host(), account, vec![user]).await.unwrap().remove(0).unwrap();
        nothing_works(&app, &wiki, &before, "removed").await;
        let free = wiki.tokens(&sign_in(&app, "bob@example.org").await, &[]).await;
        assert_eq!(claims(&free.id).get("account"), None, "a free user is still one");
    });
}

#[test]
fn signing_out_ends_what_the_session_held_but_not_offline_access() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        people::registered(&world, "ada@example.org", "Ada").await;
        let wiki = party(&world, &app, wish(client())).await;
        let (here, there) = (held(&app, &wiki, "ada@example.org").await, held(&app, &wiki, "ada@example.org").await);
        let mut request = form("/signout", &[]);
        request.headers_mut().insert("cookie", here.cookie.parse().unwrap());
        assert_eq!(app.send(request).await.status, StatusCode::OK);
        assert!(!wiki.active(&here.tokens.access).await && !wiki.active(&here.tokens.refresh).await);
        assert_eq!(said(&wiki.redeem(&here.code, &[]).await), (400, "invalid_grant".to_owned()));
        assert_eq!(landed(&wiki.authorize(&here.cookie, &[]).await).0, "/signin");
        assert!(wiki.active(&there.tokens.access).await && wiki.active(&here.offline.access).await);
        issued(&wiki.refresh(&here.offline.refresh).await);
    });
}

#[test]
fn a_race_with_a_suspension_leaves_nothing_that_works() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = people::enterprise(&world, "Corp", "corp.example").await;
        let user = people::registered(&world, "ada@corp.example", "Ada").await;
        let wiki = party(&world, &app, wish(client())).await;
        let (suspend, activate) = (CHANGES[0].1, CHANGES[0].2.unwrap());
        for _ in 0..5 {
            let Held { cookie, code, tokens, .. } = held(&app, &wiki, "ada@corp.example").await;
            let (_, redeemed, refreshed, authorized) = join!(
                suspend(world.clone(), account, user.clone()),
                wiki.redeem(&code, &[]),
                wiki.refresh(&tokens.refresh),
                wiki.authorize(&cookie, &[]),
            );
            activate(world.clone(), account, user.clone()).await;
            for answer in [redeemed, refreshed] {
                if answer.status == StatusCode::OK {
                    let made = issued(&answer);
                    assert!(!wiki.active(&made.access).await, "minted before, it ends with what it was minted from");
                    assert_eq!(said(&wiki.refresh(&made.refresh).await), (400, "invalid_grant".to_owned()));
                }
            }
            if authorized.status == StatusCode::FORBIDDEN {
                continue; // the suspension came between looking and minting
            }
            if let Some(code) = landed(&authorized).1.get("code") {
                assert_eq!(said(&wiki.redeem(code, &[]).await), (400, "invalid_grant".to_owned()));
            }
        }
    });
}

#[test]
fn what_has_expired_is_dropped_piece_by_piece() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        people::registered(&world, "ada@example.org", "Ada").await;
        let wiki = party(&world, &app, wish(client())).await;
        let before = held(&app, &wiki, "ada@example.org").await;
        let rows = async |table: &str| world.dump().await[table].len();
        let drop = async || world.service.drop_expired_sign_ins(&world.service.system()).await.unwrap();
        assert_eq!(drop().await, service::Progress::Done);
        assert_eq!((rows("sessions").await, rows("access_tokens").await, rows("authorizations").await), (1, 2, 2));
        world.later(61);
        drop().await;
        assert_eq!((rows("codes").await, rows("access_tokens").await), (0, 0));
        assert!(wiki.active(&before.tokens.refresh).await, "what has not expired stays");
        world.later(7 * 24 * 60);
        drop().await;
        assert_eq!((rows("sessions").await, rows("authorizations").await), (0, 1));
        issued(&wiki.refresh(&before.offline.refresh).await);
        world.later(181 * 24 * 60);
        drop().await;
        for table in ["authorizations", "refresh_tokens", "access_tokens", "codes", "sessions"] {
            assert_eq!(rows(table).await, 0, "{table}");
        }
    });
}
