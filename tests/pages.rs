//! The two pages and the local mailbox in Chromium: `clients/pages/` says what people do and what every page must be.

use serde_json::Value;

use crate::harness::server::{Server, unlimited};
use crate::harness::{Engine, on_both_engines};

on_both_engines!(people_join_on_the_pages);

fn people_join_on_the_pages(engine: Engine) {
    let server = Server::start_with(engine, |_| unlimited());
    let team = server.demo("/accounts/team/id");
    let invite = |account: &str, addresses: &str| {
        server.carillon("user invite").arg(account).arg(addresses).run().ok();
    };
    let new = "new@example.org declines@example.org twice@example.org noscript@example.org forged@example.org account@example.org";
    invite(team, &format!("{new} {}", server.demo("/operator/address")));
    invite(team, "cancelled@example.org expired@example.org resent@example.org");
    server.carillon(&format!("user cancel cancelled@example.org --account {team}")).run().ok();
    server.carillon(&format!("user resend resent@example.org --account {team}")).run().ok();
    server.statement("UPDATE invitations SET expires = created + 1 WHERE address_key = 'expired@example.org'");
    for (name, invited) in [("Second Team", "alan@example.com"), (HOSTILE, "hostile@example.org")] {
        let account = server.carillon("account create --json").arg(name).run().json();
        invite(account["id"].as_str().expect("an id"), invited);
    }
    let enterprise = server.demo("/accounts/enterprise/id");
    server.carillon(&format!("user create {enterprise} suspended@corp.example")).run().ok();
    server.carillon("user suspend suspended@corp.example --account").arg(enterprise).run().ok();

    let screenshots = std::env::var_os("CARILLON_SCREENSHOTS").unwrap_or_default();
    server.node("pages.mjs").env("CARILLON_SCREENSHOTS", screenshots).run().ok();
    what_they_did_is_in_the_lists(&server);
}

const HOSTILE: &str = "<img src=x onerror=alert(1)> & Söhne";

fn what_they_did_is_in_the_lists(server: &Server) {
    let of = |account: &str, address: &str| -> Vec<String> {
        let users = server.carillon("user list --json").arg(account).run().json();
        let users = users.as_array().expect("a list").iter().filter(|user| user["address"] == address);
        let word = |user: &Value, name: &str| user[name].as_str().unwrap_or("-").to_owned();
        users.map(|user| format!("{} {}", word(user, "status"), word(user, "invitation"))).collect()
    };
    let (team, enterprise) = (server.demo("/accounts/team/id"), server.demo("/accounts/enterprise/id"));
    for joined in ["new@example.org", "twice@example.org", "noscript@example.org", server.demo("/operator/address")] {
        let facts = of(team, joined);
        assert!(facts.len() == 1 && facts[0].starts_with("Registered"), "{joined}: {facts:?}");
    }
    assert_eq!(of(team, "forged@example.org"), ["Unregistered Pending"], "another site declined nothing");
    for gone in ["declines@example.org", "alan@example.com", "cancelled@example.org"] {
        assert!(of(team, gone).is_empty(), "{gone}");
    }
    assert!(of("Second Team", "alan@example.com")[0].starts_with("Registered"));
    assert!(of(enterprise, "Newbie@Corp.Example")[0].starts_with("Registered"));
    assert!(of(enterprise, "suspended@corp.example")[0].starts_with("Suspended"));
    let free = server.carillon("explain free@example.net").run().ok();
    assert!(free.starts_with("Yes: ") && free.contains("member of no account"), "{free}");
    let never = server.carillon("explain stranger@example.net").run();
    assert_eq!(never.code, Some(3), "nothing is created before the link is used: {never:?}");
}
