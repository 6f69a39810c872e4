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

on_both_engines!(an_openldap_decides_who_is_in_the_account, a_directory_is_run_from_the_command_line);

#[test]
fn an_active_directory_decides_who_is_in_the_account() {
    let story = Story::begin(Engine::Sqlite, Ldap::samba(), Kind::ActiveDirectory);
    story.connect();
    story.an_account_ends_by_itself();
    story.changes_are_seen();
}

fn an_openldap_decides_who_is_in_the_account(engine: Engine) {
    let story = Story::begin(engine, Ldap::openldap(), Kind::OpenLdap);
    story.connect();
    story.an_account_ends_by_itself();
    story.changes_are_seen();
    story.an_unreachable_directory_changes_nothing();
    story.the_brake_asks();
    story.people_stay_when_it_is_disconnected();
}

/// All that `carillon directory` does, as docs/directory.md tells it.
fn a_directory_is_run_from_the_command_line(engine: Engine) {
    let story = Story::begin(engine, Ldap::openldap(), Kind::OpenLdap);
    let Connection { urls, bind, base, .. } = story.ldap.borrow().connection();
    let (url, secret) = (&urls[0], tempfile::NamedTempFile::new().expect("a file"));
    std::fs::write(secret.path(), format!("{PASSWORD}\n")).expect("a file");
    let file = secret.path().display();
    let shown = story.command(&format!(
        "set --kind openldap --url {url} --bind {bind} --base {base} --password-file {file} --brake-share 0 --brake-least 0"
    ));
    assert_eq!((&shown["connected"], &shown["brake"]["least"]), (&json!(false), &json!(0)));
    assert!(!shown.to_string().contains(PASSWORD));
    let steps = story.command("test");
    assert!(steps.as_array().expect("steps").iter().all(|step| step["ok"] == true), "{steps}");
    let groups = story.command("groups H");
    assert_eq!((&groups[0]["name"], groups.as_array().map(Vec::len)), (&json!("Hosts"), Some(1)), "{groups}");
    let seen = story.command("preview --pro Hosts --plus Staff --plus Nobody");
    assert_eq!((&seen["counts"]["join"], &seen["missing_groups"]), (&json!(2), &json!(["Nobody"])), "{seen}");
    story.command("map --pro Hosts --plus Staff");

    // What nobody has agreed to is not done; what the preview showed is said in its own words.
    let connect = |words: &str| story.server.carillon(&format!("directory connect {} {words}", story.account())).run();
    let refused = connect("");
    assert!(refused.code != Some(0) && refused.stderr.contains("agree"), "{refused:?}");
    let seen = story.server.carillon(&format!("directory preview {}", story.account())).run().ok();
    let words = seen.lines().find_map(|line| line.strip_prefix("to agree to it")).expect("words to agree with");
    connect(words).ok();
    story.until("the first run", || story.license("ada").as_deref() == Some("Pro"));
    story.until("it is over", || story.command("run 1")["state"] == "done");
    assert_eq!(story.command("run 1")["applied"], 2);
    story.command("set --brake-share 10 --brake-least 20");

    // A lock-out is in the log, by whom it was.
    story.member("add", "Staff", "eve");
    story.until("eve is in", || story.license("eve").is_some());
    story.member("delete", "Staff", "eve");
    story.until("eve is out", || story.license("eve").is_none());
    story.until("it is over", || story.command("runs")[0]["state"] == "done");
    let runs = story.command("runs");
    let log = story.command(&format!("log {}", runs[0]["number"]));
    assert_eq!(log[0]["outcome"], "locked-out", "{runs} {log}");

    // Another group of a name that was deleted counts once it is mapped again.
    let hosts = story.dn("Hosts");
    story.ldap.borrow().change(&format!("dn: {hosts}\nchangetype: delete\n"));
    story.until("ada is out", || story.license("ada").is_none());
    story.add_group("Hosts", &["ada"]);
    story.command("sync");
    story.until("all was read", || story.command("show")["full_run_wanted"] == false);
    assert_eq!(story.license("ada"), None, "by an administrator alone");
    story.command("map --pro Hosts --plus Staff");
    story.until("ada is back", || story.license("ada").as_deref() == Some("Pro"));

    assert_eq!(story.command("disconnect")["account_type"], "EnterpriseLWA");
    assert_eq!(story.command("show")["connected"], false);
    assert_eq!(story.license("ada").as_deref(), Some("Pro"), "people keep what they have");
    story.server.carillon(&format!("directory remove {}", story.account())).run().ok();
    let gone = story.server.carillon(&format!("directory show {}", story.account())).run();
    assert!(gone.code != Some(0) && gone.stderr.contains("directory"), "{gone:?}");
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

    /// What `carillon directory` says; the account comes after the first word.
    fn command(&self, line: &str) -> Value {
        let (verb, words) = line.split_once(' ').unwrap_or((line, ""));
        let ran = self.server.carillon(&format!("directory {verb} {} {words} --json", self.account())).run().ok();
        serde_json::from_str(&ran).unwrap_or(Value::Null)
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

    /// Its moment passes, and nothing changes there that would be told.
    fn an_account_ends_by_itself(&self) {
        let set = |how: &str| {
            self.ldap.borrow().change(&format!("dn: {}\nchangetype: modify\n{how}\n-\n", self.dn("bob")));
        };
        self.until("bob is in", || self.license("bob").is_some());
        let in_three_seconds = |format: &str| {
            let date = std::process::Command::new("date").args(["-u", "-d", "+3 seconds", format]).output();
            String::from_utf8(date.expect("date").stdout).expect("a text").trim().to_owned()
        };
        match self.kind {
            Kind::OpenLdap => set(&format!("replace: pwdEndTime\npwdEndTime: {}", in_three_seconds("+%Y%m%d%H%M%SZ"))),
            Kind::ActiveDirectory => {
                let second: i64 = in_three_seconds("+%s").parse().expect("a number");
                let ticks = (second + 11_644_473_600) * 10_000_000;
                set(&format!("replace: accountExpires\naccountExpires: {ticks}"));
            }
        }
        self.until("bob's account ends", || self.license("bob").is_none());
        match self.kind {
            Kind::OpenLdap => set("delete: pwdEndTime"),
            Kind::ActiveDirectory => set("replace: accountExpires\naccountExpires: 0"),
        }
        self.until("bob is back", || self.license("bob").is_some());
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
        // One wish is one try, or a refused password would be tried until the account that reads is locked.
        self.api("POST", "/runs", &Value::Null);
        self.until("that was tried", || self.api("GET", "", &Value::Null)["full_run_wanted"] == false);
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
