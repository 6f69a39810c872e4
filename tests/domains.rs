//! A domain by real DNS, end to end: the built binary asks dnsmasq. Claim, publish, check, verify; people join by their
//! address; the record goes and comes back; another account takes over; the domain is released.

use serde_json::json;

use crate::harness::dns::Dns;
use crate::harness::server::Server;
use crate::harness::web::{Asker, register};
use crate::harness::{Engine, on_both_engines};

on_both_engines!(a_domain_lives, dns_in_trouble_is_told_apart);

const DOMAIN: &str = "works.example";

fn a_domain_lives(engine: Engine) {
    let mut dns = Dns::start();
    let address = dns.address();
    let server = Server::start_with(engine, |_| vec![("CARILLON_DNS_SERVERS", address.clone().into())]);
    let domain = |verb: &str, account: &str| {
        let line = server.carillon(&format!("domain {verb} --json")).env("CARILLON_DNS_SERVERS", &address);
        line.arg(account).arg(DOMAIN).run()
    };
    register(&server, "ada@works.example");
    let works = created(&server, "Works");
    let record = domain("claim", &works).json()["record"].as_str().expect("a record").to_owned();
    assert_eq!(domain("check", &works).json()["seen"], "no-such-name");
    let refused = domain("verify", &works);
    assert_eq!((refused.code, refused.stderr.contains("proof-missing")), (Some(1), true), "{refused:?}");

    dns.publish(&[(DOMAIN, &["v=spf1 -all"])]);
    assert_eq!(domain("check", &works).json()["seen"], "wrong-record");
    let (first, second) = record.split_at(40);
    dns.publish(&[(DOMAIN, &["v=spf1 -all"]), (DOMAIN, &[first, second])]);
    assert_eq!(domain("check", &works).json()["seen"], "found", "a record in two strings");
    assert_eq!(domain("verify --preview", &works).json()["joined"], 1);
    assert_eq!(standing(&server, "ada@works.example"), "free", "a preview changes nothing");
    let verified = domain("verify", &works).json();
    assert_eq!((&verified["joined"], &verified["account_type"]), (&json!(1), &json!("EnterpriseLWA")), "{verified}");
    assert_eq!(standing(&server, "ada@works.example"), "member");
    register(&server, "bob@works.example");
    assert_eq!(standing(&server, "bob@works.example"), "member", "who registers on the domain joins");

    // The record goes: a warning, and nobody is released. It is the schedule's verb, asked for by hand.
    dns.publish(&[(DOMAIN, &["v=spf1 -all"])]);
    let recheck = || server.carillon("domain recheck --json").env("CARILLON_DNS_SERVERS", &address).run().json();
    assert_eq!(recheck()["missing"], 1);
    let listed = || server.carillon("domain list --json").arg(&works).run().json()[0].clone();
    assert!(listed()["missing"].is_string() && listed()["state"] == "Verified", "{}", listed());
    assert_eq!(standing(&server, "ada@works.example"), "member");
    dns.end();
    let trouble = recheck();
    assert_eq!((&trouble["unknown"], &trouble["missing"]), (&json!(1), &json!(1)), "trouble forgives nothing");

    let rival = created(&server, "Rival");
    let theirs = domain("claim", &rival).json()["record"].as_str().expect("a record").to_owned();
    dns.publish(&[(DOMAIN, &[&theirs])]);
    let early = domain("take-over", &rival);
    assert_eq!((early.code, early.stderr.contains("not-lapsed")), (Some(1), true), "{early:?}");
    server.statement("UPDATE domains SET missing = missing - 604800000 WHERE missing IS NOT NULL"); // a week ago
    let taken = domain("take-over", &rival).json();
    assert_eq!((&taken["joined"], &taken["released"]["freed"]), (&json!(2), &json!(2)), "{taken}");

    let released = domain("release --preview", &rival).json();
    assert_eq!((&released["signed_out"], &released["preview"]), (&json!(2), &json!(true)), "{released}");
    assert_eq!(domain("release", &rival).json()["freed"], 2);
    assert_eq!(standing(&server, "ada@works.example"), "free");
}

fn dns_in_trouble_is_told_apart(engine: Engine) {
    let mut dns = Dns::start();
    let address = dns.address();
    let server = Server::start_with(engine, |_| Vec::new());
    let works = created(&server, "Works");
    let check = |name: &str| {
        server.carillon("domain claim").arg(&works).arg(name).run().ok();
        let line = server.carillon("domain check --json").env("CARILLON_DNS_SERVERS", &address);
        line.env("CARILLON_DNS_TIMEOUT_SECONDS", "2").arg(&works).arg(name).run().json()["seen"].clone()
    };
    let long = "x".repeat(250);
    let strings: Vec<&str> = vec![&long; 3];
    let many: Vec<(&str, &[&str])> = vec![("long.example", &strings); 40];
    dns.publish(&many);
    assert_eq!(check("long.example"), "wrong-record", "an answer of 30 KB, over TCP");
    assert_eq!(check("none.example"), "no-such-name");
    assert_eq!(check("refused.test"), "dns-unavailable", "a server that does not answer for this name");
    dns.end();
    assert_eq!(check("none.example"), "dns-unavailable");
}

fn created(server: &Server, name: &str) -> String {
    let made = server.carillon("account create --json").arg(name).run().json();
    made["id"].as_str().expect("an id").to_owned()
}

/// What the sample application is told: `member`, or `free` for a free user.
fn standing(server: &Server, address: &str) -> &'static str {
    let question = json!({ "subject": { "type": "user", "id": address }, "action": { "name": "use" },
                           "resource": { "type": "feature", "id": "meetings.join" } });
    let asker = Asker::new(vec![server.url().to_owned()], server.demo("/application/credential"));
    let (_, answer) = asker.ask(&question);
    let reasons = answer["context"]["reasons"].as_array().expect("reasons");
    if reasons.contains(&json!("free-user")) { "free" } else { "member" }
}
