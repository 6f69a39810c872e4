//! Access tokens in use: introspection, userinfo, revocation, and what ID tokens say.

use access::application::{AccessTokenFormat, Client, SigningAlgorithm};
use access::{Audience, License};
use axum::http::StatusCode;
use serde_json::json;
use service::NewApplication;
use signin::SignIn;
use signin::keys::Former;

use super::*;
use crate::app::{on_both_engines, on_sqlite};
use crate::people;

/// Rule 57: the first operator's address is believed as it was typed, and applications are told so.
#[test]
fn an_address_is_verified_once_it_was_proved() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let wiki = party(&world, &app, wish(client())).await;
        let address = "root@example.org";
        let link = world.service.create_setup_link(&world.host(), true).await.expect("a link");
        let fields = [("address", address), ("name", "Root"), ("password", people::PASSWORD)];
        let done = app.send(form(&format!("/setup/{}", link.token), &fields)).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        let verified = async || {
            let tokens = wiki.tokens(&sign_in(&app, address).await, &[]).await;
            let told = wiki.userinfo(&tokens.access).await.json();
            assert_eq!(told["email_verified"], claims(&tokens.id)["email_verified"]);
            told["email_verified"].clone()
        };
        assert_eq!(verified().await, json!(false));
        // A link that was mailed there proves it, whatever it is for.
        app.send(form("/forgot", &[("address", address)])).await;
        let link = people::link(&world, address).await;
        let done = app.send(form(&link, &[("password", people::PASSWORD)])).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert_eq!(verified().await, json!(true));
        // Whom the host names registers by a link that was not mailed either.
        let recovered = world.service.recover_operator(&world.host(), &address_of("next@example.org")).await;
        let link = recovered.expect("an operator").link.expect("a link");
        let fields = [("name", "Next"), ("password", people::PASSWORD)];
        app.send(form(&format!("/register/{}", link.token), &fields)).await;
        let tokens = wiki.tokens(&sign_in(&app, "next@example.org").await, &[]).await;
        assert_eq!(claims(&tokens.id)["email_verified"], json!(false));
    });
}

fn address_of(text: &str) -> access::Email {
    access::Email::parse(text).expect("an address")
}

#[test]
fn a_token_says_who_the_person_is_and_what_they_may() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = people::team(&world, "Example").await;
        let member = people::member(&world, account, "Ada@example.org", "Ada").await;
        let wiki = party(&world, &app, wish(client())).await;
        let cookie = sign_in(&app, "ada@example.org").await;
        let tokens = wiki.tokens(&cookie, &[]).await;
        let id = claims(&tokens.id);
        for (name, value) in [
            ("iss", json!(ISSUER)),
            ("aud", json!(wiki.id)),
            ("sub", json!(member)),
            ("nonce", json!("n")),
            ("acr", json!("1")),
            ("amr", json!(["pwd"])),
            ("name", json!("Ada")),
            ("email", json!("Ada@example.org")),
            ("email_verified", json!(true)),
            ("license", json!("ProTrial")),
            ("account", json!(account)),
        ] {
            assert_eq!(id[name], value, "{name}");
        }
        assert_eq!(id["exp"].as_i64().unwrap() - id["iat"].as_i64().unwrap(), 3_600);
        assert!(id["features"].as_array().unwrap().contains(&json!("meetings.host")), "{id}");

        let told = wiki.userinfo(&tokens.access).await;
        assert_eq!((told.status, told.header("cache-control")), (StatusCode::OK, "no-store"));
        for name in ["sub", "name", "email", "email_verified", "license", "features", "account"] {
            assert_eq!(told.json()[name], id[name], "{name}");
        }
        let active =
            wiki.ask("/oauth2/introspect", &[("token", &tokens.access), ("token_type_hint", "x")]).await.json();
        for name in ["iss", "sub", "aud", "sid", "acr", "amr", "auth_time", "license", "features"] {
            assert_eq!(active[name], id[name], "{name}");
        }
        assert_eq!((&active["scope"], &active["token_type"]), (&json!("openid profile email"), &json!("Bearer")));
        assert_eq!((&active["client_id"], &active["username"]), (&json!(wiki.id), &json!("Ada@example.org")));

        let least = wiki.tokens(&cookie, &[("scope", "openid phone")]).await;
        let told = wiki.userinfo(&least.access).await.json();
        assert_eq!((told.get("name"), told.get("email"), &told["sub"]), (None, None, &json!(member)));
        let none = wiki.tokens(&cookie, &[("scope", "")]).await;
        assert_eq!(none.id, "", "without openid there is no ID token");
        let answer = wiki.userinfo(&none.access).await;
        assert_eq!(said(&answer), (403, "insufficient_scope".to_owned()));
        assert!(answer.header("www-authenticate").contains("error=\"insufficient_scope\""));

        // The license of this moment, in every answer.
        let assign = vec![(member.clone(), License::Basic)];
        world.service.assign_license(&world.host(), account, assign).await.unwrap().remove(0).unwrap();
        assert_eq!(wiki.userinfo(&tokens.access).await.json()["license"], "Basic");
        assert_eq!(wiki.ask("/oauth2/introspect", &[("token", &tokens.access)]).await.json()["license"], "Basic");
        let next = claims(&issued(&wiki.refresh(&tokens.refresh).await).id);
        assert_eq!(
            (&next["license"], &next["sub"], &next["auth_time"]),
            (&json!("Basic"), &id["sub"], &id["auth_time"])
        );
        assert_eq!(next.get("nonce"), None);
    });
}

#[test]
fn tokens_are_presented_once_and_stop_with_time() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let wiki = party(&world, &app, wish(client())).await;
        people::registered(&world, "ada@example.org", "Ada").await;
        let cookie = sign_in(&app, "ada@example.org").await;
        let tokens = wiki.tokens(&cookie, &[]).await;
        let by_form = || form("/oauth2/userinfo", &[("access_token", &tokens.access)]);
        assert_eq!(app.send(by_form()).await.status, StatusCode::OK);
        let mut both = by_form();
        both.headers_mut().insert("authorization", format!("Bearer {}", tokens.access).parse().unwrap());
        assert_eq!(said(&app.send(both).await), (400, "invalid_request".to_owned()));
        let by_link = app.get(&format!("/oauth2/userinfo?access_token={}", tokens.access)).await;
        assert_eq!((by_link.status, by_link.body.as_str()), (StatusCode::UNAUTHORIZED, ""), "it would be in logs");
        assert_eq!(by_link.header("www-authenticate"), "Bearer realm=\"carillon\"");
        for wrong in [&*tokens.refresh, &*tokens.id, wiki.secret.as_deref().unwrap(), "x"] {
            let answer = wiki.userinfo(wrong).await;
            assert_eq!(said(&answer), (401, "invalid_token".to_owned()));
            assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
            assert_eq!(answer.header("access-control-expose-headers"), "www-authenticate");
        }
        assert!(wiki.active(&tokens.refresh).await && !wiki.active(&tokens.id).await);
        world.later(60);
        assert_eq!(said(&wiki.userinfo(&tokens.access).await), (401, "invalid_token".to_owned()));
        assert!(!wiki.active(&tokens.access).await && wiki.active(&tokens.refresh).await);
        let wider = [("grant_type", "refresh_token"), ("refresh_token", &*tokens.refresh), ("scope", "offline_access")];
        assert_eq!(said(&wiki.ask("/oauth2/token", &wider).await), (400, "invalid_scope".to_owned()));
        let next = issued(&wiki.refresh(&tokens.refresh).await);
        assert!(!wiki.active(&tokens.refresh).await, "it was used");
        world.later(7 * 24 * 60);
        assert_eq!(said(&wiki.refresh(&next.refresh).await), (400, "invalid_grant".to_owned()), "the session is over");
        let cookie = sign_in(&app, "ada@example.org").await;
        let offline = wiki.tokens(&cookie, &[("scope", "openid offline_access")]).await;
        world.later(8 * 24 * 60);
        issued(&wiki.refresh(&offline.refresh).await);
    });
}

#[test]
fn tokens_of_others_are_nobodys() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let (one, two) = (people::team(&world, "One").await, people::team(&world, "Two").await);
        people::member(&world, one, "ada@example.org", "Ada").await;
        let of = |owner| NewApplication { owner: Some(owner), audience: Some(Audience::Members), ..wish(client()) };
        let wiki = party(&world, &app, of(one)).await;
        let (sibling, stranger) = (party(&world, &app, of(one)).await, party(&world, &app, of(two)).await);
        let cookie = sign_in(&app, "ada@example.org").await;
        let tokens = wiki.tokens(&cookie, &[]).await;
        let nothing = stranger.ask("/oauth2/introspect", &[("token", "cao_0000")]).await.body;
        for token in [&tokens.access, &tokens.refresh] {
            assert!(wiki.active(token).await && sibling.active(token).await, "one's own and of the same owner");
            let told = stranger.ask("/oauth2/introspect", &[("token", token)]).await;
            assert_eq!((told.body, nothing.as_str()), ("{\"active\":false}".to_owned(), "{\"active\":false}"));
            for other in [&sibling, &stranger] {
                assert_eq!(other.ask("/oauth2/revoke", &[("token", token)]).await.status, StatusCode::OK);
                assert!(wiki.active(token).await, "nothing happened");
            }
        }
        assert_eq!(said(&wiki.ask("/oauth2/revoke", &[]).await), (400, "invalid_request".to_owned()));
        assert_eq!(said(&wiki.ask("/oauth2/introspect", &[]).await), (400, "invalid_request".to_owned()));
        for unknown in ["", "cao_0000", "\u{0}", &"x".repeat(100_000)].iter().filter(|text| !text.is_empty()) {
            assert_eq!(wiki.ask("/oauth2/revoke", &[("token", unknown)]).await.status, StatusCode::OK);
        }
        let revoke = async |token: &str| {
            let fields = [("token", token), ("token_type_hint", "refresh_token")];
            assert_eq!(wiki.ask("/oauth2/revoke", &fields).await.status, StatusCode::OK);
        };
        revoke(&tokens.access).await;
        assert!(!wiki.active(&tokens.access).await && wiki.active(&tokens.refresh).await);
        let next = issued(&wiki.refresh(&tokens.refresh).await);
        revoke(&next.refresh).await;
        assert!(!wiki.active(&next.access).await && !wiki.active(&next.refresh).await);
        assert_eq!(said(&wiki.refresh(&next.refresh).await), (400, "invalid_grant".to_owned()));
    });
}

#[test]
fn who_demands_is_answered_about_who_has() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = people::team(&world, "Example").await;
        let member = people::member(&world, account, "ada@example.org", "Ada").await;
        people::registered(&world, "free@example.net", "Free").await;
        let (ada, free) = (sign_in(&app, "ada@example.org").await, sign_in(&app, "free@example.net").await);
        let pro = NewApplication { required_license: Some(access::BaseLicense::Pro), ..wish(client()) };
        let feature = Some(access::Feature::parse("meetings.host").unwrap());
        let hosts = NewApplication { required_feature: feature, ..wish(client()) };
        let members = NewApplication { audience: Some(Audience::Accounts(vec![account])), ..wish(client()) };
        let assign = async |license| {
            let wanted = vec![(member.clone(), license)];
            world.service.assign_license(&world.host(), account, wanted).await.unwrap().remove(0).unwrap();
        };
        for wanted in [pro, hosts] {
            let wiki = party(&world, &app, wanted).await;
            assign(License::Pro).await;
            let (code, tokens) = (wiki.code(&ada, &[]).await, wiki.tokens(&ada, &[]).await);
            assign(License::Basic).await;
            assert_eq!(said(&wiki.redeem(&code, &[]).await), (400, "invalid_grant".to_owned()));
            assert_eq!(said(&wiki.refresh(&tokens.refresh).await), (400, "invalid_grant".to_owned()));
            assert_eq!(said(&wiki.userinfo(&tokens.access).await), (401, "invalid_token".to_owned()));
            assert!(!wiki.active(&tokens.access).await && !wiki.active(&tokens.refresh).await);
            let answer = wiki.authorize(&ada, &[]).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::FORBIDDEN, ""), "{}", answer.body);
            assert_eq!(sent_back(&wiki.authorize(&ada, &[("prompt", "none")]).await), "access_denied");
            assign(License::Pro).await;
            assert!(wiki.active(&tokens.access).await, "a license is no session: it comes back");
        }
        let wiki = party(&world, &app, members).await;
        wiki.tokens(&ada, &[]).await;
        assert_eq!(wiki.authorize(&free, &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(sent_back(&wiki.authorize(&free, &[("prompt", "none")]).await), "access_denied");
    });
}

#[test]
fn jwt_access_tokens_are_short_and_keys_follow_one_another() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        people::registered(&world, "ada@example.org", "Ada").await;
        let cookie = sign_in(&app, "ada@example.org").await;
        let kids = async || -> Vec<String> {
            let keys = app.get("/oauth2/jwks").await.json();
            keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
        };
        let header = |token: &str| {
            let part = token.split('.').next().unwrap();
            let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap();
            serde_json::from_slice::<Value>(&bytes).unwrap()
        };
        let mut signed = Vec::new();
        for algorithm in SigningAlgorithm::ALL {
            let jwt = Client { access_tokens: AccessTokenFormat::Jwt, id_token_algorithm: algorithm, ..client() };
            let wiki = party(&world, &app, wish(jwt)).await;
            let tokens = wiki.tokens(&cookie, &[]).await;
            let (access, claims) = (header(&tokens.access), claims(&tokens.access));
            assert_eq!((&access["typ"], &access["alg"]), (&json!("at+jwt"), &json!(algorithm.name())));
            assert_eq!(header(&tokens.id)["alg"], algorithm.name());
            assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
            assert_eq!(
                (&claims["aud"], &claims["client_id"], &claims["iss"]),
                (&json!(wiki.id), &json!(wiki.id), &json!(ISSUER))
            );
            assert!(claims["jti"].is_string() && claims["sub"].is_string() && claims["scope"].is_string(), "{claims}");
            assert!(wiki.active(&tokens.access).await);
            assert_eq!(wiki.userinfo(&tokens.access).await.status, StatusCode::OK, "it may be asked about too");
            let kid = access["kid"].as_str().unwrap().to_owned();
            assert!(kids().await.contains(&kid));
            signed.push((wiki, kid));
        }
        let signin = SignIn::new(world.service.clone());
        let next =
            async |party: &Party<'_>| header(&party.tokens(&cookie, &[]).await.id)["kid"].as_str().unwrap().to_owned();
        signin.rotate_signing_keys(&world.host(), Former::Published).await.unwrap();
        for (party, former) in &signed {
            assert_ne!(next(party).await, *former);
            assert!(kids().await.contains(former), "what it signed is verified still");
        }
        assert_eq!(kids().await.len(), 4);
        signin.rotate_signing_keys(&world.host(), Former::Withdrawn).await.unwrap();
        assert_eq!(kids().await.len(), 2, "none of those before");

        let now = next(&signed[0].0).await;
        world.later((90 * 24 - 47) * 60);
        signin.tend_signing_keys().await.unwrap();
        assert_eq!(kids().await.len(), 4, "the next ones are published before their turn");
        let cookie = sign_in(&app, "ada@example.org").await;
        let wiki = &signed[0].0;
        let kid = async || header(&wiki.tokens(&cookie, &[]).await.id)["kid"].as_str().unwrap().to_owned();
        assert_eq!(kid().await, now);
        world.later(48 * 60);
        assert_ne!(kid().await, now);
        assert!(kids().await.contains(&now));
        world.later(48 * 60);
        signin.tend_signing_keys().await.unwrap();
        assert!(!kids().await.contains(&now));
    });
}
