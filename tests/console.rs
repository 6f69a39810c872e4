//! The console in Chromium: `clients/console.mjs` does an administrator's tasks by the labels that people see. What it asks
//! is the same on both engines; its main paths are tried on each.

use carillon_directory::testing::Server as Ldap;

use crate::harness::clients::Client;
use crate::harness::dns::Dns;
use crate::harness::server::{Server, unlimited};
use crate::harness::{Engine, on_both_engines};

on_both_engines!(users_are_administered);

fn users_are_administered(engine: Engine) {
    carry_out(engine, "users");
}

#[test]
fn long_lists_are_narrowed_selected_imported_and_exported() {
    carry_out(Engine::Sqlite, "list");
}

#[test]
fn one_person_is_looked_after() {
    carry_out(Engine::Sqlite, "person");
}

#[test]
fn accounts_are_found_and_made() {
    carry_out(Engine::Sqlite, "accounts");
}

#[test]
fn what_there_is_can_be_read() {
    carry_out(Engine::Sqlite, "rest");
}

/// The flow's own DNS server is at the address of one that was here: it has records that only the flow knows.
#[test]
fn domains_are_claimed_verified_and_released() {
    let address = Dns::start().address();
    let server = asking(&address);
    part(&server, "domains").env("CARILLON_DNS_SERVERS", &address).run().ok();
}

#[test]
fn a_domain_whose_record_is_missing_is_taken_over() {
    let mut dns = Dns::start();
    let address = dns.address();
    let server = asking(&address);
    let domain = |line: &str| {
        let command = server.carillon(&format!("{line} --json")).env("CARILLON_DNS_SERVERS", &address);
        command.run().json()
    };
    let mut claim = |name: &str| {
        domain(&format!("account create {name}"));
        let record = domain(&format!("domain claim {name} works.example"))["record"].clone();
        dns.publish(&[("works.example", &[record.as_str().expect("a record")])]);
    };
    claim("Works");
    domain("domain verify Works works.example");
    claim("Rival");
    domain("domain recheck");
    part(&server, "missing").run().ok();
    server.statement("UPDATE domains SET missing = missing - 604800000 WHERE missing IS NOT NULL"); // a week ago
    part(&server, "take_over").run().ok();
}

#[test]
fn licenses_are_limited_reported_and_defined() {
    carry_out(Engine::Sqlite, "licenses");
}

#[test]
fn a_role_shows_what_it_does_not_allow() {
    carry_out(Engine::Sqlite, "roles");
}

#[test]
fn a_directory_is_set_up_followed_and_answered() {
    with_directory("directory", &Ldap::openldap());
}

#[test]
fn an_active_directory_is_connected_over_tls() {
    with_directory("active_directory", &Ldap::samba());
}

#[test]
fn applications_are_made_and_their_secrets_replaced() {
    carry_out(Engine::Sqlite, "applications");
}

#[test]
fn roles_keys_and_tokens_are_given_and_ended() {
    carry_out(Engine::Sqlite, "administrators");
}

#[test]
fn settings_are_shown_and_changed() {
    carry_out(Engine::Sqlite, "settings");
}

#[test]
fn the_trail_is_searched_and_exported() {
    carry_out(Engine::Sqlite, "audit");
}

#[test]
fn the_outbox_is_looked_after() {
    carry_out(Engine::Sqlite, "outbox");
}

#[test]
fn how_the_server_is_doing_is_told() {
    carry_out(Engine::Sqlite, "health");
}

/// A server that asks the DNS server at this address.
fn asking(dns: &str) -> Server {
    Server::start_with(Engine::Sqlite, |_| [unlimited(), vec![("CARILLON_DNS_SERVERS", dns.into())]].concat())
}

/// Carries out the tasks of `clients/console/{part}.mjs`.
fn carry_out(engine: Engine, part: &str) {
    let server = Server::start_with(engine, |_| unlimited());
    self::part(&server, part).run().ok();
}

/// The same about a real directory; the script hears where it answers.
fn with_directory(part: &str, ldap: &Ldap) {
    let server = Server::start_with(Engine::Sqlite, |_| unlimited());
    let script = self::part(&server, part)
        .env("LDAP_KIND", format!("{:?}", ldap.connection().kind))
        .env("LDAP_URL", ldap.said("url"))
        .env("LDAP_SECURE", ldap.said("ldaps"))
        .env("LDAP_BASE", ldap.base())
        .env("LDAP_CA", ldap.said("ca"));
    script.run().ok();
}

/// What carries out the tasks of a part at a server.
fn part(server: &Server, part: &str) -> Client {
    let screenshots = std::env::var_os("CARILLON_SCREENSHOTS").unwrap_or_default();
    server.node("console.mjs").arg(part).env("CARILLON_SCREENSHOTS", screenshots)
}
