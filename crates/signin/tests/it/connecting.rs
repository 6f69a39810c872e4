//! Rule 90: who is signed in connects a provider to themselves.

use access::Domain;
use access::authority::{Over, Role};
use carillon_signin::sessions::Browser;
use jiff::SignedDuration;
use service::NewProvider;
use uuid::Uuid;

use super::elsewhere::Elsewhere;
use super::world::{Flows, entered, on, on_both, refused};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";

async fn provider(flows: &Flows, elsewhere: &Elsewhere, over: Over, domains: &[&str]) -> Uuid {
    let domains = domains.iter().map(|domain| Domain::parse(domain).expect("a domain")).collect();
    let (name, issuer, client_id) = ("Login".to_owned(), elsewhere.issuer.clone(), "us".to_owned());
    let wish = NewProvider { name, issuer, client_id, secret: Some("a secret of ours".to_owned()), domains };
    flows.world.service.add_provider(&flows.world.host(), over, wish).await.expect("a provider").id
}

/// The providers that who is signed in may connect.
async fn offered(flows: &Flows, session: &str) -> usize {
    let session = flows.signin.session(session, None).await.expect("an answer").expect("a session");
    flows.signin.security(&session).await.expect("how they sign in").offered.len()
}

#[test]
fn who_connects_a_provider_signs_in_with_it() {
    on_both(|flows| async move {
        let elsewhere = Elsewhere::open();
        flows.registered(ADA).await;
        let provider = provider(&flows, &elsewhere, Over::Deployment, &[]).await;
        let session = flows.session(ADA).await;
        assert_eq!(offered(&flows, &session).await, 1);
        // By whatever address they have there.
        let done = elsewhere.connects(&flows, (&session, provider), "ada-there", "ada@home.example").await;
        done.expect("connected");
        assert_eq!((offered(&flows, &session).await, flows.told(ADA).await), (0, 1));
        let (by_provider, ..) = entered(elsewhere.names(&flows, provider, "ada-there", "ada@home.example").await);
        let known = flows.signin.session(&by_provider, None).await.expect("an answer").expect("a session");
        assert_eq!(known.person.address, ADA);
        // They said so themselves: a role changes nothing.
        let over = Over::Deployment;
        flows.world.service.create_grant(&flows.world.host(), ADA, over, Role::ReadOnly).await.expect("a grant");
        entered(elsewhere.names(&flows, provider, "ada-there", "ada@home.example").await);

        flows.signin.unlink_provider(&flows.cx(), &session, provider).await.expect("removed");
        assert_eq!(offered(&flows, &session).await, 1);
        on(elsewhere.names(&flows, provider, "ada-there", ADA).await);
    });
}

#[test]
fn nobody_is_connected_to_somebody_else() {
    on_both(|flows| async move {
        let elsewhere = Elsewhere::open();
        flows.registered(ADA).await;
        flows.registered(BOB).await;
        let provider = provider(&flows, &elsewhere, Over::Deployment, &[]).await;
        let (ada, bob) = (flows.session(ADA).await, flows.session(BOB).await);
        elsewhere.connects(&flows, (&bob, provider), "bob-there", "bob@home.example").await.expect("connected");
        // The browser is signed in there as Bob.
        for (subject, address) in [("bob-there", "bob@home.example"), ("bob-again", BOB)] {
            let done = elsewhere.connects(&flows, (&ada, provider), subject, address).await;
            assert_eq!(refused(done), "provider-refused", "{subject}");
        }
        // An answer that Bob's browser asked for, in Ada's session; the same again in his own.
        let signin = elsewhere.reached(&flows);
        let sent = signin.connect_provider(&flows.cx(), &bob, provider).await.expect("sent");
        let (cookie, query) = elsewhere.says(sent, "another", "another@home.example");
        for session in [&ada, &bob] {
            let done = signin.connected(&flows.cx(), session, (&cookie, provider), query.as_bytes()).await;
            assert_eq!(refused(done), "provider-refused");
        }
        assert_eq!((flows.told(ADA).await, flows.told(BOB).await), (0, 1));
        assert_eq!(flows.world.dump().await["upstream_links"].len(), 1);
    });
}

#[test]
fn connecting_is_no_sign_in_and_a_sign_in_connects_nothing() {
    on_both(|flows| async move {
        let elsewhere = Elsewhere::open();
        flows.registered(ADA).await;
        let provider = provider(&flows, &elsewhere, Over::Deployment, &[]).await;
        let (session, signin) = (flows.session(ADA).await, elsewhere.reached(&flows));
        let sent = signin.connect_provider(&flows.cx(), &session, provider).await.expect("sent");
        let (cookie, query) = elsewhere.says(sent, "ada-there", "new@home.example");
        assert!(signin.connects(&flows.cx(), &cookie).await.expect("an answer"));
        let went = signin.from_provider(&flows.cx(), &cookie, provider, query.as_bytes(), Browser::default()).await;
        assert_eq!(refused(went), "provider-refused");
        let sent = signin.to_provider(&flows.cx(), provider, Default::default(), None).await.expect("sent");
        let (cookie, query) = elsewhere.says(sent, "ada-there", "new@home.example");
        assert!(!signin.connects(&flows.cx(), &cookie).await.expect("an answer"));
        let done = signin.connected(&flows.cx(), &session, (&cookie, provider), query.as_bytes()).await;
        assert_eq!(refused(done), "provider-refused");
        // It wants a sign-in of the last minutes, from the beginning to the end.
        let clock = flows.world.service.clock();
        let sent = signin.connect_provider(&flows.cx(), &session, provider).await.expect("sent");
        let (cookie, query) = elsewhere.says(sent, "ada-there", "new@home.example");
        clock.set(clock.now() + SignedDuration::from_mins(9));
        let fresh = flows.session(ADA).await;
        let sent_late = signin.connect_provider(&flows.cx(), &fresh, provider).await.expect("sent");
        clock.set(clock.now() + SignedDuration::from_mins(6));
        let done = signin.connected(&flows.cx(), &session, (&cookie, provider), query.as_bytes()).await;
        assert_eq!(refused(done), "provider-refused", "it takes ten minutes at most");
        let (cookie, query) = elsewhere.says(sent_late, "ada-there", "new@home.example");
        let done = signin.connected(&flows.cx(), &session, (&cookie, provider), query.as_bytes()).await;
        assert_eq!(refused(done), "sign-in-again");
        assert_eq!(refused(signin.connect_provider(&flows.cx(), &session, provider).await), "sign-in-again");
        assert!(flows.world.dump().await["upstream_links"].is_empty());
    });
}

#[test]
fn a_provider_is_connected_to_those_it_speaks_for() {
    on_both(|flows| async move {
        let elsewhere = Elsewhere::open();
        let corp = Over::Account(flows.enterprise("corp.example").await);
        flows.enterprise("other.example").await;
        let (member, stranger) = ("ada@corp.example", "eve@other.example");
        flows.registered(member).await;
        flows.registered(stranger).await;
        let own = provider(&flows, &elsewhere, corp, &["corp.example"]).await;
        let everybodys = provider(&flows, &elsewhere, Over::Deployment, &[]).await;
        let (ada, eve) = (flows.session(member).await, flows.session(stranger).await);
        assert_eq!((offered(&flows, &ada).await, offered(&flows, &eve).await), (1, 0));
        for (session, provider) in [(&ada, everybodys), (&eve, own), (&eve, everybodys)] {
            let done = elsewhere.connects(&flows, (session, provider), "there", "there@corp.example").await;
            assert_eq!(refused(done), "provider-refused");
        }
        let foreign = elsewhere.connects(&flows, (&ada, own), "ada-there", "ada@home.example").await;
        assert_eq!(refused(foreign), "provider-refused", "an address it may not speak for");
        elsewhere.connects(&flows, (&ada, own), "ada-there", "a.l@corp.example").await.expect("connected");
        let nobody = elsewhere.connects(&flows, (&ada, Uuid::nil()), "ada-there", member).await;
        assert_eq!(refused(nobody), "unknown-provider");
    });
}
