//! What the log tells. Whoever reads it must not be able to sign in as anybody: no secret is in it at any level. At
//! `info` and above it holds nothing personal either.

use serde_json::{Value, json};

use crate::harness::server::{Server, unlimited};
use crate::harness::web::{Chime, get, post};
use crate::harness::{Engine, on_both_engines};

on_both_engines!(no_secret_is_logged_at_any_level, nothing_personal_is_logged_at_info);

const ADA: &str = "ada.lovelace@example.org";
const NEW: &str = "grace.hopper@example.net";
const NAME: &str = "Ada Lovelace";
const PASSWORD: &str = "violet harbour ticket seven";
const WRONG: &str = "a-token-that-nobody-made-0123456789";

fn no_secret_is_logged_at_any_level(engine: Engine) {
    let (log, secrets) = lived(engine, "trace");
    assert!(log.contains("answered"), "requests are logged:\n{log}");
    absent(&log, &secrets);
}

fn nothing_personal_is_logged_at_info(engine: Engine) {
    let (log, mut secrets) = lived(engine, "info");
    assert!(log.contains("INFO") && log.contains("answered"), "requests are logged:\n{log}");
    secrets.extend([ADA, NEW, NAME, "Lovelace", "@example.org", "@corp.example"].map(str::to_owned));
    absent(&log, &secrets);
}

fn absent(log: &str, secrets: &[String]) {
    for secret in secrets {
        assert!(secret.len() > 7, "too short to look for: {secret}");
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert!(line.is_none(), "{secret} is in the log: {line:?}");
    }
}

/// The main job by every door, well and badly; the log after the server's start, and every secret there was.
fn lived(engine: Engine, level: &str) -> (String, Vec<String>) {
    let server = Server::start_with(engine, |_| {
        let mut environment = unlimited();
        environment.push(("CARILLON_LOG_LEVEL", level.into()));
        environment
    });
    // What `--demo` prints for the newcomer goes to standard output, which this harness keeps in the same file.
    let begins = server.log().len();
    let mut secrets = given(&server);
    joins(&server, &mut secrets);
    let team = server.demo("/accounts/team/id");
    let chime = Chime::operator(&server);
    chime.send("GET", &format!("/accounts/{team}/users?user-email={}", ADA.replace('@', "%40")), None);
    chime.send(
        "POST",
        &format!("/accounts/{team}/users?operation=add"),
        Some(&json!({ "UserEmailList": [NEW, "no"] })),
    );
    let wrong = Chime::new(vec![server.url().to_owned()], server.demo("/access_key_id"), WRONG);
    assert_eq!(wrong.send("GET", "/accounts", None).0, 403);
    for line in ["token create --json", "key create --json"] {
        let made = server.carillon(line).arg(server.demo("/operator/address")).run().json();
        secrets.extend(texts(&made, &["token", "secret_access_key"]));
    }
    for token in [server.demo("/application/credential"), server.demo("/api_token"), WRONG] {
        let question = json!({
            "subject": {"type": "user", "id": ADA}, "action": {"name": "use"},
            "resource": {"type": "feature", "id": "meetings.host"},
        });
        for body in [question.to_string(), format!("{{\"subject\": \"{PASSWORD}\"")] {
            post(&server, "/access/v1/evaluation", Some(token), "application/json", body.as_bytes());
        }
        get(&server, &format!("/api/v1/accounts?token={token}"));
    }
    (server.log().split_off(begins), secrets)
}

/// What the sample data and the folder hold.
fn given(server: &Server) -> Vec<String> {
    let file = |name: &str| std::fs::read_to_string(server.folder().join(name)).expect("a file");
    let demo: Value = serde_json::from_str(&file("demo.json")).expect("JSON");
    let mut secrets = texts(&demo, &["api_token", "secret_access_key", "credential", "password"]);
    assert!(secrets.len() > 4, "{demo}");
    secrets.push(file("master.key").trim().to_owned());
    secrets.extend([PASSWORD, WRONG].map(str::to_owned));
    secrets
}

/// One accepts an invitation, one registers, each after an attempt that fails; their links are secrets.
fn joins(server: &Server, secrets: &mut Vec<String>) {
    server.carillon("user invite").arg(server.demo("/accounts/team/id")).arg(ADA).run().ok();
    let form = "application/x-www-form-urlencoded";
    post(server, "/register", None, form, format!("address={}", NEW.replace('@', "%40")).as_bytes());
    for (whom, more) in [(ADA, "answer=accept&"), (NEW, "")] {
        let link = server.link_mailed_to(whom);
        let path = link.strip_prefix(server.url()).expect("a link to the server");
        secrets.push(path.rsplit('/').next().expect("a token").to_owned());
        assert_eq!(get(server, path).status, 200);
        for (password, status) in [("short", 422), (PASSWORD, 200)] {
            let fields = format!("{more}name={}&password={}", NAME.replace(' ', "+"), password.replace(' ', "+"));
            let answer = post(server, path, None, form, fields.as_bytes());
            assert_eq!(answer.status, status, "{}", answer.body);
        }
    }
    secrets.push(PASSWORD.replace(' ', "+"));
}

/// Every text that has one of these names, however deep.
fn texts(value: &Value, names: &[&str]) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let own = members.iter().filter(|(name, _)| names.contains(&name.as_str()));
            let own: Vec<String> = own.filter_map(|(_, text)| text.as_str().map(str::to_owned)).collect();
            own.into_iter().chain(members.values().flat_map(|value| texts(value, names))).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| texts(item, names)).collect(),
        _ => Vec::new(),
    }
}
