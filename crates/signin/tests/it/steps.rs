//! Rules 79 and 80: the state machine of a sign-in, one-time passwords, recovery codes.

use carillon_signin::attempt::{Due, Wanted};
use carillon_signin::sessions::Browser;
use jiff::SignedDuration;

use super::world::{PASSWORD, entered, on, on_both, refused};

const ADA: &str = "ada@example.org";

#[test]
fn a_password_alone_signs_in_who_has_nothing_else() {
    on_both(|flows| async move {
        flows.registered(ADA).await;
        let (cookie, then, codes) = entered(flows.password(ADA, PASSWORD).await);
        assert_eq!(flows.methods(&cookie).await.as_deref(), Some("pwd"));
        assert_eq!((then.as_deref(), codes.len()), (Some("/there"), 0));
        // Nothing waits in the database for who is not on the way.
        assert!(flows.world.dump().await["sign_ins"].is_empty());
        for (address, password) in [(ADA, "seven purple wombat"), ("nobody@example.org", PASSWORD)] {
            assert_eq!(refused(flows.password(address, password).await), "wrong-credentials");
        }
    });
}

#[test]
fn a_code_is_asked_for_after_the_password_and_each_works_once() {
    on_both(|flows| async move {
        flows.registered(ADA).await;
        let session = flows.session(ADA).await;
        let (key, recovery) = flows.add_codes(&session).await;
        assert_eq!((recovery.len(), flows.told(ADA).await), (10, 1));

        // The step that showed that the app was right is used.
        let attempt = on(flows.password(ADA, PASSWORD).await);
        assert_eq!(flows.methods(&attempt).await, None, "the attempt's cookie is no session's");
        let used = flows.now(&key);
        assert_eq!(refused(flows.code(&attempt, &used).await), "wrong-code");
        flows.world.later(1);
        let fresh = flows.now(&key);
        let (cookie, then, _) = entered(flows.code(&attempt, &fresh).await);
        assert_ne!(cookie, attempt);
        assert_eq!(flows.methods(&cookie).await.as_deref(), Some("pwd otp mfa"));
        assert_eq!(then.as_deref(), Some("/there"));
        // The attempt is over, and the step is used: also for another attempt.
        assert_eq!(refused(flows.code(&attempt, &fresh).await), "sign-in-ended");
        let other = on(flows.password(ADA, PASSWORD).await);
        assert_eq!(refused(flows.code(&other, &fresh).await), "wrong-code");
        // Nor is a session's cookie an attempt's.
        assert_eq!(refused(flows.code(&cookie, &fresh).await), "sign-in-ended");
        assert_eq!(refused(flows.code("cai_made-up", &fresh).await), "sign-in-ended");
    });
}

#[test]
fn a_recovery_code_works_once_and_new_ones_replace_them() {
    on_both(|flows| async move {
        flows.registered(ADA).await;
        let session = flows.session(ADA).await;
        let (_, recovery) = flows.add_codes(&session).await;
        let attempt = on(flows.password(ADA, PASSWORD).await);
        let (cookie, ..) = entered(flows.code(&attempt, &recovery[3].to_uppercase()).await);
        assert_eq!(flows.methods(&cookie).await.as_deref(), Some("pwd otp mfa"));
        assert_eq!(flows.told(ADA).await, 2, "they are told that one was used");
        let attempt = on(flows.password(ADA, PASSWORD).await);
        assert_eq!(refused(flows.code(&attempt, &recovery[3]).await), "wrong-code");

        let renewed = flows.signin.renew_recovery_codes(&flows.cx(), &cookie).await.expect("codes");
        assert_eq!(refused(flows.code(&attempt, &recovery[4]).await), "wrong-code");
        entered(flows.code(&attempt, &renewed[4]).await);
        // What is kept of them shows none.
        let dump = flows.world.dump().await;
        assert_eq!(dump["recovery_codes"].len(), 9);
        assert!(!format!("{dump:?}").contains(&renewed[0]));
    });
}

#[test]
fn guessing_codes_is_paused_and_a_recovery_code_still_works() {
    on_both(|flows| async move {
        flows.registered(ADA).await;
        let session = flows.session(ADA).await;
        let (key, recovery) = flows.add_codes(&session).await;
        flows.world.later(1);
        let attempt = on(flows.password(ADA, PASSWORD).await);
        for _ in 0..5 {
            assert_eq!(refused(flows.code(&attempt, "000000").await), "wrong-code");
        }
        let right = flows.now(&key);
        assert_eq!(refused(flows.code(&attempt, &right).await), "codes-paused");
        entered(flows.code(&attempt, &recovery[0]).await);
        flows.world.later(16);
        let attempt = on(flows.password(ADA, PASSWORD).await);
        let right = flows.now(&key);
        entered(flows.code(&attempt, &right).await);
    });
}

#[test]
fn who_must_have_a_second_factor_sets_it_up_before_there_is_a_session() {
    on_both(|flows| async move {
        let account = flows.enterprise("corp.example").await;
        let ada = "ada@corp.example";
        flows.registered(ada).await;
        let before = flows.session(ada).await;
        flows.require(account).await;
        // Sessions of before go on.
        assert!(flows.methods(&before).await.is_some());
        let attempt = on(flows.password(ada, PASSWORD).await);
        let key = flows.key(&attempt).await;
        assert_eq!(refused(flows.code(&attempt, "000000").await), "wrong-code");
        assert_eq!(flows.key(&attempt).await, key, "the same key after a wrong code");
        let code = flows.now(&key);
        let (cookie, _, codes) = entered(flows.code(&attempt, &code).await);
        assert_eq!(flows.methods(&cookie).await.as_deref(), Some("pwd otp mfa"));
        assert_eq!((codes.len(), flows.told(ada).await), (10, 1));
        assert_eq!(refused(flows.code(&attempt, &code).await), "sign-in-ended");
        // From then on it is asked for.
        let attempt = on(flows.password(ada, PASSWORD).await);
        entered(flows.code(&attempt, &codes[0]).await);
    });
}

#[test]
fn a_sign_in_takes_ten_minutes_at_most() {
    on_both(|flows| async move {
        flows.registered(ADA).await;
        let session = flows.session(ADA).await;
        let (key, _) = flows.add_codes(&session).await;
        let attempt = on(flows.password(ADA, PASSWORD).await);
        flows.world.later(6);
        // Asking for a passkey in between begins no new ten minutes.
        let asked =
            flows.signin.ask_passkey(&flows.cx(), Some(&attempt), Wanted::default(), false).await.expect("a challenge");
        assert_eq!(asked, attempt);
        flows.world.later(4);
        let code = flows.now(&key);
        assert_eq!(refused(flows.code(&attempt, &code).await), "sign-in-ended");
        assert_eq!(refused(flows.signin.due(&flows.cx(), &attempt).await), "sign-in-ended");
    });
}

#[test]
fn what_was_proved_before_a_suspension_is_worth_nothing_after_it() {
    on_both(|flows| async move {
        let account = flows.enterprise("corp.example").await;
        let address = "ada@corp.example";
        let ada = flows.registered(address).await;
        let session = flows.session(address).await;
        let (key, _) = flows.add_codes(&session).await;
        let attempt = on(flows.password(address, PASSWORD).await);
        flows.world.later(1);
        flows.suspend(account, &ada).await;
        let code = flows.now(&key);
        assert_eq!(refused(flows.code(&attempt, &code).await), "sign-in-ended");
        // Whoever knows the password alone does not hear of it.
        let second = on(flows.password(address, PASSWORD).await);
        assert_eq!(refused(flows.code(&second, &code).await), "may-not-sign-in");
        flows.world.later(1);
        let code = flows.now(&key);
        // Nor when they may sign in again.
        flows.activate(account, &ada).await;
        let again = flows.code(&attempt, &code).await;
        assert_eq!(refused(again), "sign-in-ended");
        let attempt = on(flows.password(address, PASSWORD).await);
        entered(flows.code(&attempt, &code).await);
        assert_eq!(flows.methods(&session).await, None);
    });
}

#[test]
fn changing_how_one_signs_in_wants_a_fresh_sign_in() {
    on_both(|flows| async move {
        flows.registered(ADA).await;
        flows.registered("eve@example.org").await;
        let session = flows.session(ADA).await;
        let (attempt, setup) = flows.signin.begin_codes(&flows.cx(), &session).await.expect("a key");
        // What somebody else began is not gone on with.
        let eve = flows.session("eve@example.org").await;
        let code = flows.now(&setup.key);
        let stolen = flows.signin.add_codes(&flows.cx(), &eve, &attempt, &code).await;
        assert_eq!(refused(stolen), "sign-in-ended");
        let wrong = flows.signin.add_codes(&flows.cx(), &session, &attempt, "000000").await;
        assert_eq!(refused(wrong), "wrong-code");
        let clock = flows.world.service.clock();
        clock.set(clock.now() + SignedDuration::from_mins(15));
        let code = flows.now(&setup.key);
        let late = flows.signin.add_codes(&flows.cx(), &session, &attempt, &code).await;
        assert_eq!(refused(late), "sign-in-again");
        assert_eq!(refused(flows.signin.begin_codes(&flows.cx(), "cas_none").await), "sign-in-again");
        let fresh = flows.session(ADA).await;
        flows.add_codes(&fresh).await;
        flows.signin.remove_codes(&flows.cx(), &fresh).await.expect("removed");
        entered(flows.password(ADA, PASSWORD).await);
        assert_eq!(flows.told(ADA).await, 2);
        assert!(flows.world.dump().await["recovery_codes"].is_empty(), "they go with the codes");
    });
}

#[test]
fn who_joins_by_signing_in_joins_once_every_factor_is_proved() {
    on_both(|flows| async move {
        let address = "ada@corp.example";
        let ada = flows.registered(address).await;
        let session = flows.session(address).await;
        let (_, recovery) = flows.add_codes(&session).await;
        let corp = flows.left_for(&ada, "corp.example").await;
        assert_eq!(flows.member_of(&ada).await, None);
        let attempt = on(flows.password(address, PASSWORD).await);
        assert_eq!(refused(flows.code(&attempt, "000000").await), "wrong-code");
        assert_eq!(flows.member_of(&ada).await, None, "a password alone joins nobody");
        entered(flows.code(&attempt, &recovery[0]).await);
        assert_eq!(flows.member_of(&ada).await, Some(corp));
    });
}

#[test]
fn who_joins_an_account_that_wants_two_factors_sets_them_up_first() {
    on_both(|flows| async move {
        let address = "ada@corp.example";
        let ada = flows.registered(address).await;
        let corp = flows.left_for(&ada, "corp.example").await;
        flows.require(corp).await;
        let attempt = on(flows.password(address, PASSWORD).await);
        let code = flows.now(&flows.key(&attempt).await);
        assert_eq!(flows.member_of(&ada).await, None);
        let (session, ..) = entered(flows.code(&attempt, &code).await);
        assert_eq!(flows.member_of(&ada).await, Some(corp));
        assert_eq!(flows.methods(&session).await.as_deref(), Some("pwd otp mfa"));
    });
}

#[test]
fn an_administrator_resets_a_second_factor_and_learns_nothing() {
    on_both(|flows| async move {
        let account = flows.enterprise("corp.example").await;
        let address = "ada@corp.example";
        let ada = flows.registered(address).await;
        let session = flows.session(address).await;
        let (key, recovery) = flows.add_codes(&session).await;
        let attempt = on(flows.password(address, PASSWORD).await);
        let (service, host) = (&flows.world.service, flows.world.host());
        let reset = service.reset_second_factor(&host, account, vec![ada.id.to_string()]).await.expect("an answer");
        reset.into_iter().for_each(|one| drop(one.expect("reset")));
        assert_eq!(flows.methods(&session).await, None, "their sessions ended");
        assert_eq!(flows.told(address).await, 2);
        // What was proved before is worth nothing, and the codes are gone.
        flows.world.later(1);
        for code in [flows.now(&key), recovery[0].clone()] {
            assert_eq!(refused(flows.code(&attempt, &code).await), "wrong-code");
        }
        let (cookie, ..) = entered(flows.password(address, PASSWORD).await);
        assert_eq!(flows.methods(&cookie).await.as_deref(), Some("pwd"));
        let dump = flows.world.dump().await;
        assert!(dump["totps"].is_empty() && dump["recovery_codes"].is_empty());
    });
}

#[test]
fn a_second_factor_that_was_set_up_meanwhile_is_not_replaced() {
    on_both(|flows| async move {
        let account = flows.enterprise("corp.example").await;
        let ada = "ada@corp.example";
        flows.registered(ada).await;
        let session = flows.session(ada).await;
        flows.require(account).await;
        // Whoever knows the password stands where codes are to be set up, while the person sets theirs up.
        let attempt = on(flows.password(ada, PASSWORD).await);
        let other = flows.key(&attempt).await;
        let (key, recovery) = flows.add_codes(&session).await;
        assert_eq!(refused(flows.code(&attempt, &flows.now(&other)).await), "sign-in-ended");
        flows.world.later(1);
        let attempt = on(flows.password(ada, PASSWORD).await);
        entered(flows.code(&attempt, &flows.now(&key)).await);
        let attempt = on(flows.password(ada, PASSWORD).await);
        entered(flows.code(&attempt, &recovery[0]).await);
    });
}

#[test]
fn an_unfinished_change_is_no_sign_in() {
    on_both(|flows| async move {
        flows.registered(ADA).await;
        let session = flows.session(ADA).await;
        let (change, _) = flows.signin.begin_codes(&flows.cx(), &session).await.expect("a key");
        assert_eq!(refused(flows.signin.due(&flows.cx(), &change).await), "sign-in-ended");
        assert_eq!(refused(flows.code(&change, "000000").await), "sign-in-ended");
        let answer = flows.signin.with_passkey(&flows.cx(), &change, "{}", Browser::default()).await;
        assert_eq!(refused(answer), "sign-in-ended");
        // A passkey begins anew, and the change is still under way.
        let asked =
            flows.signin.ask_passkey(&flows.cx(), Some(&change), Wanted::default(), false).await.expect("a challenge");
        assert_ne!(asked, change);
        assert!(matches!(flows.signin.due(&flows.cx(), &asked).await, Ok(Due::Passkey(_))));
        flows.signin.codes_setup(&flows.cx(), &session, &change).await.expect("the key");
        assert_eq!(refused(flows.signin.codes_setup(&flows.cx(), &session, &asked).await), "sign-in-ended");
    });
}
