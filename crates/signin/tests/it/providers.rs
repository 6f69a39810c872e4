//! Rule 81: whom a domain sends to which provider, and who may say so. What a provider's answers lead to is tested with a
//! real one, in tests/signing_in.rs.

use access::Domain;
use access::authority::Over;
use carillon_signin::Error;
use carillon_signin::attempt::{Method, Wanted};
use service::NewProvider;

use super::world::{Flows, email, on_both, refused};

fn wish(issuer: &str, domains: &[&str]) -> NewProvider {
    NewProvider {
        name: "Corp login".to_owned(),
        issuer: issuer.to_owned(),
        client_id: "us".to_owned(),
        secret: Some("a secret of ours".to_owned()),
        domains: domains.iter().map(|domain| Domain::parse(domain).expect("a domain")).collect(),
    }
}

/// Where the domain of an address sends people.
async fn sent(flows: &Flows, address: &str) -> Option<String> {
    match flows.signin.method(&email(address)).await.expect("a method") {
        Method::Password => None,
        Method::Provider(provider) => Some(provider.name),
    }
}

#[test]
fn a_domain_decides_and_not_whether_the_address_exists() {
    on_both(|flows| async move {
        let (service, host) = (&flows.world.service, flows.world.host());
        let corp = flows.enterprise("corp.example").await;
        let over = Over::Account(corp);
        flows.registered("ada@corp.example").await;
        assert_eq!(sent(&flows, "ada@corp.example").await, None);
        let added = service.add_provider(&host, over, wish("https://login.example", &["corp.example"])).await;
        let provider = added.expect("a provider");
        for address in ["ada@corp.example", "nobody@corp.example"] {
            assert_eq!(sent(&flows, address).await.as_deref(), Some("Corp login"), "{address}");
        }
        for address in ["ada@sub.corp.example", "ada@example.org"] {
            assert_eq!(sent(&flows, address).await, None, "{address}");
        }
        assert!(!format!("{:?}", flows.world.dump().await).contains("a secret of ours"));
        service.remove_provider(&host, provider.id).await.expect("removed");
        assert_eq!(sent(&flows, "ada@corp.example").await, None);
        assert_eq!(refused(service.remove_provider(&host, provider.id).await), "unknown-provider");
    });
}

#[test]
fn an_account_sends_the_people_of_its_verified_domains_only() {
    on_both(|flows| async move {
        let (service, host) = (&flows.world.service, flows.world.host());
        let corp = Over::Account(flows.enterprise("corp.example").await);
        flows.enterprise("other.example").await;
        for (over, issuer, domains, code) in [
            (corp, "https://login.example", &["other.example"][..], "unknown-domain"),
            (corp, "https://login.example", &["nobodys.example"], "unknown-domain"),
            (corp, "https://login.example", &[], "invalid"),
            (Over::Deployment, "https://login.example", &["corp.example"], "unknown-domain"),
            (corp, "http://login.example", &["corp.example"], "invalid"),
            (corp, "https://login.example/?x", &["corp.example"], "invalid"),
            (corp, "no address", &["corp.example"], "invalid"),
        ] {
            let answer = service.add_provider(&host, over, wish(issuer, domains)).await;
            assert_eq!(refused(answer), code, "{issuer} {domains:?}");
        }
        assert!(service.list_providers(&host, corp).await.expect("a list").is_empty());
    });
}

#[test]
fn a_provider_in_a_private_network_is_not_reached() {
    on_both(|flows| async move {
        let (service, host) = (&flows.world.service, flows.world.host());
        let added = service.add_provider(&host, Over::Deployment, wish("https://127.0.0.1:1", &[])).await;
        let provider = added.expect("a provider");
        let away = flows.signin.to_provider(&flows.cx(), provider.id, Wanted::default(), None).await;
        assert!(matches!(&away, Err(Error::Unavailable(why)) if why.contains("private network")), "{away:?}");
        assert!(flows.world.dump().await["sign_ins"].is_empty());
    });
}
