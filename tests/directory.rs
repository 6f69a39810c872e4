//! An account's people by its directory (rules 11, 12, 19, 85 and 89): with real OpenLDAP and a real Samba, from the first
//! preview to a change that is seen by the next check, and the password that it compares.

use std::fmt::Write as _;
use std::thread::sleep;
use std::time::Duration;

use access::directory::Connection;
use carillon_directory::testing::{PASSWORD, Server as Ldap};
use serde_json::{Value, json};

use crate::harness::oidc::{Browser, admin};
use crate::harness::server::{Server, unlimited};
use crate::harness::web::post;
use crate::harness::{Engine, on_both_engines};

on_both_engines!(an_openldap_decides_who_is_in_the_account);

#[test]
fn an_active_directory_decides_who_is_in_the_account() {
    let story = Story::begin(Engine::Sqlite, Ldap::samba(), Kind::ActiveDirectory);
    story.connect();
    story.changes_are_seen();
}

fn an_openldap_decides_who_is_in_the_account(engine: Engine) {
    let story = Story::begin(engine, Ldap::openldap(), Kind::OpenLdap);
    story.connect();
    story.changes_are_seen();
    story.an_unreachable_directory_changes_nothing();
    story.the_brake_asks();
    story.people_stay_when_it_is_disconnected();
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    OpenLdap,
    ActiveDirectory,
}

struct Story {
    server: Server,
    ldap: std::cell::RefCell<Ldap>,
    kind: Kind,
}

impl Story {
    fn begin(engine: Engine, ldap: Ldap, kind: Kind) -> Self {
        let story = Self { server: Server::start_with(engine, |_| unlimited()), ldap: ldap.into(), kind };
        for name in ["ada", "bob", "eve"] {
            story.add_person(name);
        }
        story.add_group("Hosts", &["ada"]);
        story.add_group("Staff", &["bob"]);
        story
    }

    fn account(&self) -> &str {
        self.server.demo("/accounts/enterprise/id")
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/accounts/{}/directory{rest}", self.account())
    }

    fn api(&self, method: &str, rest: &str, body: &Value) -> Value {
        admin(&self.server, method, &self.path(rest), body)
    }

    fn dn(&self, name: &str) -> String {
        let (ldap, group) = (self.ldap.borrow(), name.starts_with(char::is_uppercase));
        match (self.kind, group) {
            (Kind::OpenLdap, false) => format!("uid={name},ou=people,{}", ldap.base()),
            (Kind::OpenLdap, true) => format!("cn={name},ou=groups,{}", ldap.base()),
            (Kind::ActiveDirectory, _) => format!("CN={name},CN=Users,{}", ldap.base()),
        }
    }

    fn password(name: &str) -> String {
        format!("Secret-of-{name}-1")
    }

    fn add_person(&self, name: &str) {
        let (dn, mail, password) = (self.dn(name), format!("{name}@corp.example"), Self::password(name));
        let who = match self.kind {
            Kind::OpenLdap => {
                format!("objectClass: inetOrgPerson\nuid: {name}\ncn: {name}\nsn: {name}\nuserPassword: {password}\n")
            }
            Kind::ActiveDirectory => format!(
                "objectClass: user\nsAMAccountName: {name}\nuserPrincipalName: {name}.upn@corp.example\n\
                 userAccountControl: 544\n"
            ),
        };
        self.ldap.borrow().change(&format!("dn: {dn}\n{who}displayName: {name} there\nmail: {mail}\n"));
        if self.kind == Kind::ActiveDirectory {
            self.ldap.borrow().set_password(&dn, &password);
        }
    }

    fn add_group(&self, name: &str, members: &[&str]) {
        let class = match self.kind {
            Kind::OpenLdap => "groupOfNames".to_owned(),
            Kind::ActiveDirectory => format!("group\nsAMAccountName: {name}"),
        };
        let mut ldif = format!("dn: {}\nobjectClass: {class}\ncn: {name}\n", self.dn(name));
        for member in members {
            writeln!(ldif, "member: {}", self.dn(member)).expect("a text");
        }
        self.ldap.borrow().change(&ldif);
    }

    fn member(&self, how: &str, group: &str, name: &str) {
        let (group, name) = (self.dn(group), self.dn(name));
        self.ldap.borrow().change(&format!("dn: {group}\nchangetype: modify\n{how}: member\nmember: {name}\n-\n"));
    }

    /// Somebody is deleted. Active Directory takes them out of their groups; this OpenLDAP does not, and would have whoever
    /// comes by the same name in them.
    fn leaves(&self, name: &str) {
        if self.kind == Kind::OpenLdap && name == "ada" {
            self.member("delete", "Hosts", name);
        }
        self.ldap.borrow().change(&format!("dn: {}\nchangetype: delete\n", self.dn(name)));
    }

    fn sign_in(&self, address: &str, password: &str) -> Option<Browser> {
        Browser::try_sign_in(self.server.url(), address, password).ok()
    }

    /// The license, by somebody who asks for it now; `None` for who may not sign in.
    fn license(&self, name: &str) -> Option<String> {
        let asked = json!({ "user": format!("{name}@corp.example") }).to_string();
        let token = self.server.demo("/api_token");
        let answer = post(&self.server, "/api/v1/explain", Some(token), "application/json", asked.as_bytes());
        let found = (answer.status == 200).then(|| answer.json()).filter(|found| found["allowed"] == true);
        found.map(|found| found["license"].as_str().expect("a license").to_owned())
    }

    /// Asks until it is so: how soon that is, is the bench's matter.
    fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        for _ in 0..600 {
            if is_so() {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("{what}: not within 30 s; runs: {}\n{}", self.api("GET", "/runs", &Value::Null), self.server.log());
    }

    fn connect(&self) {
        let Connection { urls, bind, base, .. } = self.ldap.borrow().connection();
        let kind = if self.kind == Kind::OpenLdap { "OpenLdap" } else { "ActiveDirectory" };
        let connection = json!({ "kind": kind, "urls": urls, "bind": bind, "base": base });
        self.api("PUT", "", &json!({ "connection": connection, "password": PASSWORD }));
        let steps = self.api("POST", "/test", &json!({}));
        let failed: Vec<&Value> =
            steps["steps"].as_array().expect("steps").iter().filter(|one| one["ok"] != true).collect();
        assert!(failed.is_empty(), "{failed:?}");
        let mappings = json!([{ "license": "Pro", "group": "Hosts" }, { "license": "Plus", "group": "Staff" }]);
        let seen = self.api("POST", "/preview", &json!({ "mappings": mappings }));
        let counts = &seen["counts"];
        assert_eq!((&counts["join"], &counts["pro"], &counts["plus"]), (&json!(2), &json!(1), &json!(1)), "{seen}");
        assert_eq!(self.license("ada"), None, "a preview changes nothing");
        self.api("PUT", "/mappings", &json!({ "mappings": mappings }));
        self.api("POST", "/connect", &json!({ "agreed": seen["asks"] }));
        self.until("the first run", || self.license("ada").as_deref() == Some("Pro"));
    }

    fn changes_are_seen(&self) {
        let ada = self.sign_in("ada@corp.example", &Self::password("ada")).expect("the directory's password");
        assert!(self.sign_in("ada@corp.example", "another").is_none());
        assert!(self.sign_in("ada@corp.example", "").is_none());
        if self.kind == Kind::ActiveDirectory {
            assert!(self.sign_in("ada.upn@corp.example", &Self::password("ada")).is_some());
        }
        assert!(self.sign_in("eve@corp.example", &Self::password("eve")).is_none(), "in no mapped group");

        // Through a group of groups, and back.
        self.add_group("Visitors", &["eve"]);
        self.member("add", "Hosts", "Visitors");
        self.until("eve by a nested group", || self.license("eve").as_deref() == Some("Pro"));
        self.member("delete", "Hosts", "ada");
        self.until("ada is locked out", || self.license("ada").is_none());
        assert_eq!(ada.open(self.server.url(), "/me").status, 303, "her session is over");
        self.member("add", "Hosts", "ada");
        self.until("ada is back", || self.license("ada").as_deref() == Some("Pro"));
        assert_eq!(ada.open(self.server.url(), "/me").status, 303, "and stays over");

        // An administrator's suspension holds whatever the directory says.
        self.server.carillon("user suspend ada@corp.example").run().ok();
        self.leaves("ada");
        self.until("ada is gone", || self.license("ada").is_none());
        self.add_person("ada");
        self.member("add", "Hosts", "ada");
        self.leaves("bob");
        self.until("bob is gone", || self.license("bob").is_none());
    }

    fn an_unreachable_directory_changes_nothing(&self) {
        self.ldap.borrow_mut().stop();
        self.until("that is shown", || self.api("GET", "", &Value::Null)["failure"].is_object());
        assert_eq!(self.license("eve").as_deref(), Some("Pro"));
        assert!(self.sign_in("eve@corp.example", &Self::password("eve")).is_none(), "nobody compares passwords");
        self.ldap.borrow_mut().start_again();
        self.until("it answers again", || self.sign_in("eve@corp.example", &Self::password("eve")).is_some());
        self.until("that is shown", || self.api("GET", "", &Value::Null)["failure"].is_null());
    }

    fn the_brake_asks(&self) {
        let many: Vec<String> = (0..25).map(|n| format!("many{n}")).collect();
        for name in &many {
            self.add_person(name);
        }
        self.add_group("Temps", &many.iter().map(String::as_str).collect::<Vec<_>>());
        self.member("add", "Staff", "Temps");
        let asking = || {
            let runs = self.api("GET", "/runs", &Value::Null);
            runs["items"].as_array().expect("runs").iter().find(|run| run["state"] == "asking").cloned()
        };
        self.until("25 at once are asked about", || asking().is_some());
        assert_eq!(self.license("many0"), None);
        let asked = asking().expect("a run");
        assert_eq!(asked["question"]["into"], 25);
        self.api("POST", &format!("/runs/{}/confirm", asked["number"]), &json!({ "agreed": asked["question"] }));
        self.until("they are in", || self.license("many0").is_some());
    }

    fn people_stay_when_it_is_disconnected(&self) {
        self.api("POST", "/disconnect", &Value::Null);
        assert_eq!(self.license("eve").as_deref(), Some("Pro"));
        assert!(
            self.sign_in("eve@corp.example", &Self::password("eve")).is_none(),
            "it compares no passwords any more"
        );
    }
}
