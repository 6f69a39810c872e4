//! Rule 81: whom a provider signs in that knows them, once things are not as they were when it got to know them.

use access::authority::{Over, Role};
use access::{AccountId, Domain};
use carillon_signin::Error;
use carillon_signin::attempt::Went;
use carillon_signin::sessions::Browser;
use service::{Accept, NewProvider, PageRequest};
use uuid::Uuid;

use super::elsewhere::Elsewhere;
use super::world::{Flows, PASSWORD, entered, on, on_both, refused};

const ADA: &str = "ada@corp.example";
const CORP: &str = "corp.example";

async fn provider(flows: &Flows, elsewhere: &Elsewhere, over: Over) -> Uuid {
    let domains = if over == Over::Deployment { vec![] } else { vec![Domain::parse(CORP).expect("a domain")] };
    let (name, issuer, client_id) = ("Login".to_owned(), elsewhere.issuer.clone(), "us".to_owned());
    let wish = NewProvider { name, issuer, client_id, secret: Some("a secret of ours".to_owned()), domains };
    flows.world.service.add_provider(&flows.world.host(), over, wish).await.expect("a provider").id
}

/// Ada is a member of the account that has verified her domain, and its provider knows her.
async fn known_to_her_employer(flows: &Flows, elsewhere: &Elsewhere) -> (AccountId, Uuid, String) {
    let corp = flows.enterprise(CORP).await;
    flows.registered(ADA).await;
    let provider = provider(flows, elsewhere, Over::Account(corp)).await;
    let (session, ..) = entered(elsewhere.names(flows, provider, "ada", ADA).await);
    assert_eq!(flows.told(ADA).await, 1);
    (corp, provider, session)
}

async fn confirmed(flows: &Flows, attempt: &str) -> Result<Went, Error> {
    let cx = flows.cx();
    flows.signin.confirm_with_password(&cx, attempt, PASSWORD.to_owned(), Browser::default()).await
}

#[test]
fn an_account_without_the_domain_signs_nobody_in_who_was_a_member() {
    on_both(|flows| async move {
        let elsewhere = Elsewhere::open();
        let (corp, provider, _) = known_to_her_employer(&flows, &elsewhere).await;
        let domain = Domain::parse(CORP).expect("a domain");
        flows.world.service.release_domain(&flows.world.host(), corp, domain).await.expect("released");
        assert_eq!(refused(elsewhere.names(&flows, provider, "ada", ADA).await), "provider-refused");
        // Nor once she is a member elsewhere.
        flows.enterprise(CORP).await;
        assert_eq!(refused(elsewhere.names(&flows, provider, "ada", ADA).await), "provider-refused");
        entered(flows.password(ADA, PASSWORD).await);
    });
}

#[test]
fn a_member_of_another_account_proves_each_time_who_they_are() {
    on_both(|flows| async move {
        let (elsewhere, service, host) = (Elsewhere::open(), &flows.world.service, flows.world.host());
        flows.registered(ADA).await;
        let team = service.create_account(&host, "Team".to_owned()).await.expect("an account").id;
        let invited = service.invite(&host, team, access::address::split_list(ADA)).await.expect("answers");
        assert!(invited.iter().all(|one| one.result.is_ok()), "{invited:?}");
        let page = PageRequest { after: None, limit: 100 };
        let mails = service.list_mails(&host, page).await.expect("mails").items.into_iter().map(|view| view.mail);
        let text = mails.map(|mail| mail.text).find(|text| text.contains("/invitations/")).expect("an invitation");
        let token = text.split("/invitations/").nth(1).and_then(|rest| rest.split_whitespace().next());
        let answer = Accept { name: "Ada".to_owned(), password: PASSWORD.to_owned(), leave: false };
        service.accept(&flows.cx(), token.expect("a token"), answer).await.expect("accepted");
        let corp = flows.enterprise(CORP).await;
        let provider = provider(&flows, &elsewhere, Over::Account(corp)).await;
        for _ in 0..2 {
            let attempt = on(elsewhere.names(&flows, provider, "ada", ADA).await);
            let (session, ..) = entered(confirmed(&flows, &attempt).await);
            assert_eq!(flows.methods(&session).await.as_deref(), Some("pwd"));
        }
        assert!(flows.world.dump().await["upstream_links"].is_empty());
        assert_eq!(flows.told(ADA).await, 0);
    });
}

#[test]
fn the_deployments_provider_signs_in_nobody_whose_address_an_account_manages() {
    on_both(|flows| async move {
        let elsewhere = Elsewhere::open();
        flows.registered(ADA).await;
        let provider = provider(&flows, &elsewhere, Over::Deployment).await;
        let attempt = on(elsewhere.names(&flows, provider, "ada", ADA).await);
        entered(confirmed(&flows, &attempt).await);
        entered(elsewhere.names(&flows, provider, "ada", ADA).await);
        flows.enterprise(CORP).await;
        assert_eq!(refused(elsewhere.names(&flows, provider, "ada", ADA).await), "provider-refused");
        // Whatever address it names.
        let other = elsewhere.names(&flows, provider, "ada", "ada@home.example").await;
        let (session, ..) = entered(other);
        let asked = flows.signin.session(&session, None).await.expect("an answer").expect("a session");
        assert_eq!(asked.person.address, "ada@home.example", "a subject is linked to one person only");
    });
}

#[test]
fn who_gets_a_grant_confirms_the_link_first() {
    on_both(|flows| async move {
        let elsewhere = Elsewhere::open();
        let (corp, provider, session) = known_to_her_employer(&flows, &elsewhere).await;
        let over = Over::Account(corp);
        flows.world.service.create_grant(&flows.world.host(), ADA, over, Role::FullAccess).await.expect("a grant");
        assert_eq!(flows.methods(&session).await, None, "it began by the provider's word");
        assert_eq!(flows.told(ADA).await, 2);
        let attempt = on(elsewhere.names(&flows, provider, "ada", ADA).await);
        entered(confirmed(&flows, &attempt).await);
        assert_eq!(flows.told(ADA).await, 3);
        entered(elsewhere.names(&flows, provider, "ada", ADA).await);
        // What was confirmed stays with further grants.
        let operator = Over::Deployment;
        flows.world.service.create_grant(&flows.world.host(), ADA, operator, Role::ReadOnly).await.expect("a grant");
        entered(elsewhere.names(&flows, provider, "ada", ADA).await);
        assert_eq!(flows.told(ADA).await, 3);
    });
}

#[test]
fn an_operator_who_is_named_on_the_host_confirms_it_too() {
    on_both(|flows| async move {
        let elsewhere = Elsewhere::open();
        let (_, provider, session) = known_to_her_employer(&flows, &elsewhere).await;
        let address = super::world::email(ADA);
        flows.world.service.recover_operator(&flows.world.host(), &address).await.expect("an operator");
        assert_eq!(flows.methods(&session).await, None);
        on(elsewhere.names(&flows, provider, "ada", ADA).await);
    });
}

/// Somebody whom their account's provider has named, and who is asked for their second factor.
struct Halfway {
    over: Over,
    provider: Uuid,
    attempt: String,
    /// A recovery code of theirs.
    code: String,
    /// It answers as long as this is there.
    _elsewhere: Elsewhere,
}

async fn halfway(flows: &Flows) -> Halfway {
    let elsewhere = Elsewhere::open();
    let over = Over::Account(flows.enterprise(CORP).await);
    flows.registered(ADA).await;
    let session = flows.session(ADA).await;
    let (_, recovery) = flows.add_codes(&session).await;
    let provider = provider(flows, &elsewhere, over).await;
    let attempt = on(elsewhere.names(flows, provider, "ada", ADA).await);
    Halfway { over, provider, attempt, code: recovery[0].clone(), _elsewhere: elsewhere }
}

#[test]
fn a_grant_that_comes_between_two_factors_ends_the_sign_in() {
    on_both(|flows| async move {
        let Halfway { over, attempt, code, _elsewhere, .. } = halfway(&flows).await;
        flows.world.service.create_grant(&flows.world.host(), ADA, over, Role::ReadOnly).await.expect("a grant");
        assert_eq!(refused(flows.code(&attempt, &code).await), "sign-in-ended");
        assert!(flows.world.dump().await["upstream_links"].is_empty());
    });
}

#[test]
fn a_provider_that_is_gone_before_the_second_factor_ends_the_sign_in() {
    on_both(|flows| async move {
        let Halfway { provider, attempt, code, _elsewhere, .. } = halfway(&flows).await;
        flows.world.service.remove_provider(&flows.world.host(), provider).await.expect("removed");
        assert_eq!(refused(flows.code(&attempt, &code).await), "sign-in-ended");
    });
}
