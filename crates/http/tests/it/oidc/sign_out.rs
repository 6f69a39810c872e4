//! Signing out at the wish of an application (OpenID Connect RP-Initiated Logout 1.0).

use axum::http::StatusCode;

use super::*;
use crate::app::on_both_engines;
use crate::people;

#[test]
fn an_application_signs_people_out_and_sends_them_to_registered_places_only() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let wiki = party(&world, &app, wish(client())).await;
        people::registered(&world, "ada@example.org", "Ada").await;
        let cookie = sign_in(&app, "ada@example.org").await;
        let tokens = wiki.tokens(&cookie, &[]).await;
        let stranger = party(&world, &app, wish(client())).await;
        let leave = async |cookie: &str, params: Params<'_>| {
            app.send(with_cookie(&format!("/oauth2/logout?{}", query(params)), cookie)).await
        };
        let home = ("post_logout_redirect_uri", GOODBYE);
        let signed_in = async |cookie: &str| app.send(with_cookie("/me", cookie)).await.status == StatusCode::OK;

        for params in [
            &[home][..],
            &[("client_id", &*wiki.id), home],
            &[("id_token_hint", "e30.e30.x"), home],
            &[("id_token_hint", &*tokens.id), ("client_id", &*stranger.id), home],
        ] {
            let answer = leave(&cookie, params).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::OK, ""), "{params:?}");
            assert!(answer.body.contains("Sign out"), "{params:?}: the person is asked: {}", answer.body);
            assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
            assert!(signed_in(&cookie).await, "{params:?}: nothing happened by a link");
        }
        let mut forged = form(&format!("/oauth2/logout?{}", query(&[home])), &[]);
        forged.headers_mut().insert("cookie", cookie.parse().unwrap());
        forged.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(app.send(forged).await.status, StatusCode::FORBIDDEN);
        assert!(signed_in(&cookie).await);

        let hint = ("id_token_hint", &*tokens.id);
        let answer = leave(&cookie, &[hint, home, ("state", "a b"), ("client_id", &*wiki.id)]).await;
        let (place, params) = landed(&answer);
        assert_eq!((&*place, &*params["state"], params.len()), (GOODBYE, "a b", 1));
        assert!(answer.header("set-cookie").contains("Max-Age=0"), "{answer:?}");
        assert!(!signed_in(&cookie).await && !wiki.active(&tokens.access).await);
        assert_eq!(said(&wiki.refresh(&tokens.refresh).await), (400, "invalid_grant".to_owned()));
        assert_eq!(landed(&leave(&cookie, &[hint, home]).await).0, GOODBYE, "once more, nobody is asked");

        for elsewhere in ["https://evil.example", "https://app.example.org/goodbye?x", CALLBACK, "//evil.example"] {
            for hint in [hint, ("client_id", &*wiki.id)] {
                let answer = leave("", &[hint, ("post_logout_redirect_uri", elsewhere)]).await;
                assert_eq!((answer.status, answer.header("location")), (StatusCode::OK, ""), "{elsewhere}");
                assert!(!answer.body.contains("evil.example"));
            }
        }
    });
}
