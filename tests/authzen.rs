//! AuthZEN over plain HTTP, as an application speaks it.

use serde_json::{Value, json};

use crate::harness::server::{Server, unlimited};
use crate::harness::web::{self, Answer};
use crate::harness::{Engine, on_both_engines};

on_both_engines!(applications_get_their_answers);

const ONE: &str = "/access/v1/evaluation";
const MANY: &str = "/access/v1/evaluations";

fn applications_get_their_answers(engine: Engine) {
    let server = Server::start_with(engine, |_| unlimited());
    let meetings = Application { server: &server, token: server.demo("/application/credential").to_owned() };
    licenses_and_features(&meetings);
    signing_in(&meetings);
    batches(&meetings);
    who_is_outside_looks_unknown(&server);
    tokens(&server);
    bad_questions(&meetings);
    metadata(&server);
    a_suspension_counts_at_once(&meetings);
}

/// Somebody who asks.
struct Application<'a> {
    server: &'a Server,
    token: String,
}

impl Application<'_> {
    fn post(&self, path: &str, question: &Value) -> Answer {
        web::post(self.server, path, Some(&self.token), "application/json", question.to_string().as_bytes())
    }

    fn ask(&self, question: &Value) -> Value {
        let answer = self.post(ONE, question);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    fn may_use(&self, user: &str, feature: &str) -> Value {
        self.ask(&use_of(user, feature))
    }
}

fn use_of(user: &str, feature: &str) -> Value {
    json!({ "subject": { "type": "user", "id": user }, "action": { "name": "use" },
            "resource": { "type": "feature", "id": feature } })
}

fn sign_in(user: &str, application: &str) -> Value {
    json!({ "subject": { "type": "user", "id": user }, "action": { "name": "sign_in" },
            "resource": { "type": "application", "id": application } })
}

fn no(reason: &str) -> Value {
    json!({ "decision": false, "context": { "reasons": [reason] } })
}

fn licenses_and_features(meetings: &Application<'_>) {
    for (address, license, hosts) in [
        ("grace@example.com", "Pro", true),
        ("alan@example.com", "Plus", false),
        ("EDSGER@Example.com", "Basic", false),
    ] {
        let answer = meetings.may_use(address, "meetings.host");
        assert_eq!((&answer["decision"], &answer["context"]["license"]), (&json!(hosts), &json!(license)), "{answer}");
        let last = if hosts { "feature-granted" } else { "feature-not-granted" };
        assert_eq!(answer["context"]["reasons"].as_array().and_then(|reasons| reasons.last()), Some(&json!(last)));
        assert_eq!(meetings.may_use(address, "meetings.join")["decision"], true);
        assert_eq!(meetings.may_use(address, "no.such-feature")["decision"], false);
    }
    let id = meetings.server.carillon("user show grace@example.com --json").run().json()["id"].clone();
    let id = id.as_str().expect("an id");
    assert_eq!(meetings.may_use(id, "meetings.host"), meetings.may_use("grace@example.com", "meetings.host"));
    for nobody in ["nobody@example.org", "0", "", "a@b@c", "ü", "019ab6f2-0000-7000-8000-000000000000"] {
        assert_eq!(meetings.may_use(nobody, "meetings.join"), no("unknown-subject"), "{nobody}");
    }
    assert_eq!(meetings.may_use("niklaus@corp.example", "meetings.join")["decision"], false, "not registered");
}

fn signing_in(meetings: &Application<'_>) {
    let own = meetings.server.demo("/application/id");
    assert_eq!(meetings.ask(&sign_in("grace@example.com", own))["decision"], true);
    for other in ["019ab6f2-0000-7000-8000-000000000000", "", "meetings"] {
        assert_eq!(meetings.ask(&sign_in("grace@example.com", other)), no("unknown-application"), "{other}");
    }
}

fn batches(meetings: &Application<'_>) {
    let users = ["grace@example.com", "alan@example.com", "nobody@example.org", "grace@example.com"];
    let question = |semantic: Option<&str>| {
        let evaluations: Vec<Value> =
            users.iter().map(|user| json!({ "subject": { "type": "user", "id": user } })).collect();
        let mut question = json!({ "action": { "name": "use" }, "evaluations": evaluations,
                                   "resource": { "type": "feature", "id": "meetings.host" } });
        if let Some(semantic) = semantic {
            question["options"] = json!({ "evaluations_semantic": semantic });
        }
        question
    };
    for (semantic, expected) in [
        (None, &[true, false, false, true][..]),
        (Some("execute_all"), &[true, false, false, true]),
        (Some("deny_on_first_deny"), &[true, false]),
        (Some("permit_on_first_permit"), &[true]),
    ] {
        let answer = meetings.post(MANY, &question(semantic)).json();
        let decisions: Vec<bool> = answer["evaluations"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"))
            .iter()
            .map(|answer| answer["decision"].as_bool().expect("a decision"))
            .collect();
        assert_eq!(decisions, expected, "{semantic:?}");
    }
    let single = use_of("grace@example.com", "meetings.host");
    assert_eq!(meetings.post(MANY, &single).json(), meetings.ask(&single), "without evaluations it is one question");
    let bad = json!({ "evaluations": [single, { "subject": { "type": "robot", "id": "7" } }] });
    let answer = meetings.post(MANY, &bad).json();
    assert_eq!(answer["evaluations"][0]["decision"], true);
    assert_eq!(answer["evaluations"][1]["decision"], false);
    assert_eq!(answer["evaluations"][1]["context"]["error"]["status"], 400);
    let too_many = json!({ "evaluations": vec![single; 101] });
    assert_eq!(meetings.post(MANY, &too_many).status, 400);
    assert_eq!(meetings.post(MANY, &question(Some("guess"))).status, 400);
}

/// An application for the members of one account: everybody else is answered byte for byte like nobody.
fn who_is_outside_looks_unknown(server: &Server) {
    let enterprise = server.demo("/accounts/enterprise/id");
    let made = server.carillon("application create Intranet --json --owner").arg(enterprise).run().json();
    let id = made["id"].as_str().expect("an id");
    let token = server.carillon("application token --json").arg(id).run().json();
    let intranet = Application { server, token: token["token"].as_str().expect("a token").to_owned() };
    assert_eq!(intranet.ask(&sign_in("barbara@corp.example", id))["decision"], true);
    for question in [|user: &str, _: &str| use_of(user, "meetings.join"), sign_in] {
        let nobody = intranet.post(ONE, &question("nobody@example.org", id));
        assert_eq!(nobody.json(), no("unknown-subject"));
        for outside in ["grace@example.com", "edsger@example.com", server.demo("/operator/address")] {
            let answer = intranet.post(ONE, &question(outside, id));
            assert_eq!(
                (answer.status, &answer.body, answer.headers()),
                (200, &nobody.body, nobody.headers()),
                "{outside}"
            );
        }
    }
    server.carillon("token revoke").arg(token["id"].as_str().expect("an id")).run().ok();
    assert_eq!(intranet.post(ONE, &use_of("barbara@corp.example", "meetings.join")).status, 401);
}

fn tokens(server: &Server) {
    let question = use_of("grace@example.com", "meetings.host").to_string();
    let operator = server.demo("/api_token");
    let asked = |token: Option<&str>| web::post(server, ONE, token, "application/json", question.as_bytes());
    assert_eq!(asked(Some(operator)).json()["decision"], true);
    let refused = asked(None);
    for token in
        [Some("wrong"), Some(""), Some(&operator[..operator.len() - 1]), Some(server.demo("/secret_access_key"))]
    {
        let answer = asked(token);
        assert_eq!((answer.status, &answer.body), (401, &refused.body), "{token:?}");
    }
    assert_eq!(refused.header("www-authenticate"), Some("Bearer realm=\"carillon\""));
}

fn bad_questions(meetings: &Application<'_>) {
    let (server, good) = (meetings.server, use_of("grace@example.com", "meetings.host").to_string());
    let ask = |kind: &str, body: &[u8]| web::post(server, ONE, Some(&meetings.token), kind, body);
    for (kind, body, status) in [
        ("text/plain", good.as_bytes(), 415),
        ("application/json", b"" as &[u8], 400),
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/json", b"{\"subject\": \"\xff\"}", 400),
        ("application/json", br#"{"subject": [], "action": {}, "resource": 7}"#, 400),
        ("application/json", &vec![b'['; 100_000], 400),
        ("application/json", &vec![b' '; 1024 * 1024 + 1], 413),
    ] {
        let answer = ask(kind, body);
        assert_eq!(answer.status, status, "{kind} {:?}: {answer:?}", &body[..body.len().min(60)]);
        assert_eq!(answer.json()["error"]["status"], status);
    }
    for (part, value) in [
        ("/subject/type", json!("group")),
        ("/subject/id", json!(7)),
        ("/action/name", json!("destroy")),
        ("/resource/type", json!("document")),
        ("/subject", Value::Null),
    ] {
        let mut question: Value = serde_json::from_str(&good).expect("JSON");
        *question.pointer_mut(part).expect("a part") = value;
        let answer = meetings.post(ONE, &question);
        assert_eq!(answer.status, 400, "{part}: {answer:?}");
    }
    assert_eq!(web::get(server, ONE).status, 405);
    assert_eq!(web::get(server, "/access/v2/evaluation").status, 404);
}

fn metadata(server: &Server) {
    let answer = web::get(server, "/.well-known/authzen-configuration").json();
    assert_eq!(answer["access_evaluation_endpoint"], format!("{}{ONE}", server.url()));
    assert_eq!(answer["access_evaluations_endpoint"], format!("{}{MANY}", server.url()));
    assert_eq!(answer["policy_decision_point"].as_str().map(|url| url.trim_end_matches('/')), Some(server.url()));
}

fn a_suspension_counts_at_once(meetings: &Application<'_>) {
    let may = || meetings.may_use("barbara@corp.example", "meetings.host");
    assert_eq!(may()["decision"], true);
    meetings.server.carillon("user suspend barbara@corp.example --reason leave").run().ok();
    let answer = may();
    assert_eq!(answer["decision"], false);
    assert_eq!(answer["context"]["reasons"], json!(["suspended"]), "{answer}");
    meetings.server.carillon("user activate barbara@corp.example").run().ok();
    assert_eq!(may()["decision"], true);
}
