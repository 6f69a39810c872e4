//! The promise (rule 22): once a change is acknowledged, nobody is told *before* again; not by another process, not at
//! another door, not to an answer that was under way. Administrators make changes by the Chime API and the command
//! line; meanwhile everybody asks, with an application's credential, an API token, an access key, a mailed link, a
//! session, a code, an access or refresh token.

mod history;
mod signed_in;
mod story;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use crate::harness::oidc::App;
use crate::harness::server::{Another, Server, quick, unlimited};
use crate::harness::web::{Asker, Chime, register};
use crate::harness::{Engine, on_both_engines};
use signed_in::{Entered, nothing_comes_back};
use story::{Door, Step, Story, happen};

on_both_engines!(nobody_is_told_what_was_before, nobody_signed_in_is_told_what_was_before);

fn nobody_is_told_what_was_before(engine: Engine) {
    let server = Server::start_with(engine, |_| unlimited());
    let others = others(engine, &server);
    let stage = Stage { server: &server, others: &others };
    let prepared = Prepared::by(&server);
    happen(&[
        stage.licensed_and_suspended(&prepared, "frances@corp.example", "Basic", 48, Stage::by_chime),
        stage.licensed_and_suspended(&prepared, "barbara@corp.example", "Pro", 6, Stage::by_command),
        stage.removed_from_the_team(),
        stage.domain_released(),
        stage.administrator_suspended(&prepared),
        stage.application_token_revoked(&prepared),
        stage.invitation_taken_back(&prepared.links[0], "one@example.org"),
        stage.invitation_taken_back(&prepared.links[1], "two@example.org"),
    ]);
}

/// One process has a database in a file, three share one on PostgreSQL.
fn others(engine: Engine, server: &Server) -> Vec<Another> {
    match engine {
        Engine::Sqlite => Vec::new(),
        Engine::Postgres => vec![server.another(), server.another()],
    }
}

fn nobody_signed_in_is_told_what_was_before(engine: Engine) {
    let server = Server::start_with(engine, |_| quick());
    signed_in_everywhere(engine, &server, 4);
}

/// Much of the same, for an hour or so on an idle machine.
#[test]
#[ignore = "takes an hour: make bench BENCH=promise"]
fn for_long() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        for _ in 0..20 {
            let server = Server::start_with(engine, |_| quick());
            signed_in_everywhere(engine, &server, 100);
        }
    }
}

fn signed_in_everywhere(engine: Engine, server: &Server, rounds: usize) {
    let others = others(engine, server);
    let stage = Stage { server, others: &others };
    let app = App::register(server, "Wiki", None, &json!({}));
    let entered = ["frances@corp.example", "barbara@corp.example"].map(|address| Entered::by(server, address, &app));
    for url in stage.urls() {
        nothing_comes_back(server, &url, &Entered::by(server, "dennis@corp.example", &app), 1);
    }
    happen(&[
        stage.signed_in(&entered[0], rounds, Stage::by_chime),
        stage.signed_in(&entered[1], 1, Stage::by_command),
    ]);
}

/// Faults that break the promise in ways in which programs break it, planted in a build of its own (the feature `plant`,
/// made by `scripts/planted`): one round of what is tested above, seconds of it, finds each of them.
#[test]
fn planted_faults_are_found() {
    for fault in ["cache", "snapshot", "epoch"] {
        let server = Server::start_planted(fault);
        let app = App::register(&server, "Wiki", None, &json!({}));
        let [dennis, frances] =
            ["dennis@corp.example", "frances@corp.example"].map(|address| Entered::by(&server, address, &app));
        let stage = Stage { server: &server, others: &[] };
        let found = catch_unwind(AssertUnwindSafe(|| {
            nothing_comes_back(&server, server.url(), &dennis, 1);
            happen(&[stage.signed_in(&frances, 1, Stage::by_chime)]);
        }));
        let why = found.expect_err("the fault is found");
        let why = why.downcast_ref::<String>().expect("a text");
        assert!(why.contains("no order explains"), "{fault}: {why}");
    }
}

/// What the stories need, made before any of them begins.
struct Prepared {
    key: Value,
    token: String,
    application_token: Value,
    links: [String; 2],
    colleague: String,
}

impl Prepared {
    fn by(server: &Server) -> Self {
        let (team, enterprise) = (server.demo("/accounts/team/id"), server.demo("/accounts/enterprise/id"));
        let dennis = "dennis@corp.example";
        server.carillon(&format!("user grant {dennis} UserManagement --over {enterprise}")).run().ok();
        let key = server.carillon(&format!("key create {dennis} --over {enterprise} --json")).run().json();
        let token = server.carillon(&format!("token create {dennis} --over {enterprise} --json")).run().json();
        let application = server.demo("/application/id");
        let application_token = server.carillon(&format!("application token {application} --json")).run().json();
        server.carillon(&format!("user invite {team} one@example.org two@example.org")).run().ok();
        server.carillon("account create Leaving").run().ok();
        server.carillon("account vouch-domain Leaving leaving.example").run().ok();
        register(server, LEAVING);
        let colleague = "linus@corp.example";
        register(server, colleague);
        server.carillon(&format!("user grant {colleague} ReadOnly --over {enterprise}")).run().ok();
        let contacts = server.carillon(&format!("token create {colleague} --over {enterprise} --json")).run().json();
        let colleague = contacts["token"].as_str().expect("a token").to_owned();
        let links = ["one@example.org", "two@example.org"].map(|address| {
            let link = server.link_mailed_to(address);
            link[link.find("/invitations/").expect("an invitation's link")..].to_owned()
        });
        Self { key, token: token["token"].as_str().expect("a token").to_owned(), application_token, links, colleague }
    }
}

/// Who is on the domain that is released.
const LEAVING: &str = "ida@leaving.example";

/// The processes that everybody asks in turn.
struct Stage<'a> {
    server: &'a Server,
    others: &'a [Another],
}

impl<'a> Stage<'a> {
    /// Where the processes are; each asker goes round.
    fn urls(&self) -> Vec<String> {
        let others = self.others.iter().map(|another| another.url().to_owned());
        std::iter::once(self.server.url().to_owned()).chain(others).collect()
    }

    fn id(&self, address: &str) -> String {
        let shown = self.server.carillon("user show --json").arg(address).run().json();
        shown["id"].as_str().expect("an id").to_owned()
    }

    fn operator(&self) -> Chime {
        Chime::new(self.urls(), self.server.demo("/access_key_id"), self.server.demo("/secret_access_key"))
    }

    /// The license, and whether they are suspended, asked at three doors.
    fn standing(&self, account: &str, address: &str) -> Vec<Door<'a>> {
        let id = self.id(address);
        let question = use_of(&id, "meetings.join");
        let authzen = |name, token: &str| {
            let (asker, question) = (Asker::new(self.urls(), token), question.clone());
            Door { name, ask: Box::new(move || evaluated(&asker, &question)) }
        };
        let (operator, target) = (self.operator(), format!("/accounts/{account}/users/{id}"));
        let shown = move || {
            let (status, user) = operator.send("GET", &target, None);
            match status {
                404 => "Basic free".to_owned(),
                200 => {
                    let suspended = user["User"]["UserRegistrationStatus"] == "Suspended";
                    standing(&user["User"]["LicenseType"], suspended)
                }
                _ => panic!("{target}: {status} {user}"),
            }
        };
        vec![
            authzen("an application's credential", self.server.demo("/application/credential")),
            authzen("an API token", self.server.demo("/api_token")),
            Door { name: "an access key", ask: Box::new(shown) },
        ]
    }

    /// Round and round through six states.
    fn licensed_and_suspended(
        &self,
        prepared: &Prepared,
        address: &str,
        first: &str,
        steps: usize,
        by: Changer<'a>,
    ) -> Story<'a> {
        let account = self.server.demo("/accounts/enterprise/id");
        let id = self.id(address);
        let round = ["Plus", "Pro", "suspend", "Plus", "Basic", "unsuspend"];
        let start = if first == "Pro" { 2 } else { 0 };
        let (mut license, mut suspended) = (first, false);
        let steps = round.iter().cycle().skip(start).take(steps).map(|what| {
            match *what {
                "suspend" => suspended = true,
                "unsuspend" => suspended = false,
                assigned => license = assigned,
            }
            Step { make: by(self, account, &id, what), after: standing(&json!(license), suspended) }
        });
        let steps = steps.collect();
        let first = standing(&json!(first), false);
        let mut doors = self.standing(account, address);
        doors.push(self.contacts(prepared, address));
        Story { name: "licenses and suspensions", first, steps, doors }
    }

    /// Members find each other, but not who is suspended (rule 20).
    fn contacts(&self, prepared: &Prepared, address: &str) -> Door<'a> {
        let asker = Asker::new(self.urls(), &prepared.colleague);
        let path = format!("/api/v1/me/contacts?search={}", address.replace('@', "%40"));
        let ask = move || {
            let (status, found) = asker.get(&path);
            assert_eq!(status, 200, "{found}");
            let found = found["contacts"].as_array().expect("contacts").len();
            if found == 1 { "active".to_owned() } else { "suspended".to_owned() }
        };
        Door { name: "a colleague's contacts", ask: Box::new(ask) }
    }

    fn removed_from_the_team(&self) -> Story<'a> {
        let (account, address) = (self.server.demo("/accounts/team/id"), "grace@example.com");
        let make = self.by_chime(account, &self.id(address), "suspend");
        let steps = vec![Step { make, after: "Basic free".to_owned() }];
        Story { name: "a removal", first: "Pro active".to_owned(), steps, doors: self.standing(account, address) }
    }

    /// Its people are members of nothing at once (rule 6).
    fn domain_released(&self) -> Story<'a> {
        let server = self.server;
        let account = server.carillon("user show --json").arg(LEAVING).run().json()["account"].clone();
        let make = move || drop(server.carillon("domain release Leaving leaving.example").run().ok());
        let steps = vec![Step { make: Box::new(make), after: "Basic free".to_owned() }];
        let doors = self.standing(account.as_str().expect("an account"), LEAVING);
        Story { name: "a release", first: "ProTrial active".to_owned(), steps, doors }
    }

    /// Whoever is suspended administers nothing any more, with no key and no token.
    fn administrator_suspended(&self, prepared: &Prepared) -> Story<'a> {
        let account = self.server.demo("/accounts/enterprise/id");
        let make = self.by_chime(account, &self.id("dennis@corp.example"), "suspend");
        let text = |name: &str| prepared.key[name].as_str().expect("a text");
        let key = Chime::new(self.urls(), text("access_key_id"), text("secret_access_key"));
        let token = Asker::new(self.urls(), &prepared.token);
        let question = use_of(&self.id("niklaus@corp.example"), "meetings.join");
        let target = format!("/accounts/{account}");
        let works = |status: u16, dead: u16| match status {
            200 => "works".to_owned(),
            status if status == dead => "dead".to_owned(),
            status => panic!("{status}"),
        };
        let doors = vec![
            Door { name: "their access key", ask: Box::new(move || works(key.send("GET", &target, None).0, 403)) },
            Door { name: "their API token", ask: Box::new(move || works(token.ask(&question).0, 401)) },
        ];
        let steps = vec![Step { make, after: "dead".to_owned() }];
        Story { name: "an administrator's suspension", first: "works".to_owned(), steps, doors }
    }

    fn application_token_revoked(&self, prepared: &Prepared) -> Story<'a> {
        let text = |name: &str| prepared.application_token[name].as_str().expect("a text").to_owned();
        let (server, id) = (self.server, text("id"));
        let make = move || drop(server.carillon("token revoke").arg(&id).run().ok());
        let asker = Asker::new(self.urls(), &text("token"));
        let question = use_of("alan@example.com", "meetings.join");
        let ask = move || asker.ask(&question).0.to_string();
        let steps = vec![Step { make: Box::new(make), after: "401".to_owned() }];
        let doors = vec![Door { name: "its credential", ask: Box::new(ask) }];
        Story { name: "a revoked credential", first: "200".to_owned(), steps, doors }
    }

    fn invitation_taken_back(&self, link: &str, address: &str) -> Story<'a> {
        let account = self.server.demo("/accounts/team/id");
        let users = self.server.carillon("user list --json").arg(account).run().json();
        let invited = users.as_array().and_then(|users| users.iter().find(|user| user["address"] == address));
        let id = invited.and_then(|user| user["id"].as_str()).expect("an invitation");
        let make = self.by_chime(account, id, "suspend");
        let (asker, link) = (Asker::new(self.urls(), ""), link.to_owned());
        let steps = vec![Step { make, after: "410".to_owned() }];
        let doors = vec![Door { name: "its link", ask: Box::new(move || asker.open(&link).to_string()) }];
        Story { name: "an invitation", first: "200".to_owned(), steps, doors }
    }

    fn by_chime(&self, account: &str, id: &str, what: &str) -> Box<dyn Fn() + Send + Sync + 'a> {
        let (target, body) = match what {
            "suspend" | "unsuspend" => {
                (format!("/accounts/{account}/users?operation={what}"), json!({ "UserIdList": [id] }))
            }
            license => (format!("/accounts/{account}/users/{id}"), json!({ "LicenseType": license })),
        };
        let operator = self.operator();
        Box::new(move || {
            let (status, answer) = operator.send("POST", &target, Some(&body));
            assert!(
                status == 200 && answer["UserErrors"].as_array().is_none_or(Vec::is_empty),
                "{target}: {status} {answer}"
            );
        })
    }

    fn by_command(&self, _account: &str, id: &str, what: &str) -> Box<dyn Fn() + Send + Sync + 'a> {
        let line = match what {
            "suspend" => format!("user suspend {id}"),
            "unsuspend" => format!("user activate {id}"),
            license => format!("user license {license} {id}"),
        };
        let server = self.server;
        Box::new(move || drop(server.carillon(&line).run().ok()))
    }
}

/// Makes a change: of whom, and what.
type Changer<'a> = fn(&Stage<'a>, &str, &str, &str) -> Box<dyn Fn() + Send + Sync + 'a>;

fn use_of(user: &str, feature: &str) -> Value {
    json!({ "subject": { "type": "user", "id": user }, "action": { "name": "use" },
            "resource": { "type": "feature", "id": feature } })
}

fn standing(license: &Value, suspended: bool) -> String {
    let license = license.as_str().expect("a license");
    format!("{license} {}", if suspended { "suspended" } else { "active" })
}

/// What AuthZEN says of somebody, in the same words as [`standing`]. The parts of an answer must agree.
fn evaluated(asker: &Asker, question: &Value) -> String {
    let (status, answer) = asker.ask(question);
    assert_eq!(status, 200, "{answer}");
    let context = &answer["context"];
    let reasons = context["reasons"].as_array().expect("reasons");
    let suspended = reasons.contains(&json!("suspended"));
    assert_eq!(answer["decision"], !suspended, "{answer}");
    if reasons.contains(&json!("free-user")) {
        return format!("{} free", context["license"].as_str().expect("a license"));
    }
    standing(&context["license"], suspended)
}
