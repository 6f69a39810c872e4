//! The main job by the command line, beside the running server.

use serde_json::{Value, json};

use crate::host::{Host, Server};

/// Asks as the sample application does.
fn may(host: &Host, server: &Server, user: &str, feature: &str) -> Value {
    let credential = host.demo()["application"]["credential"].as_str().expect("a credential").to_owned();
    let question = json!({
        "subject": { "type": "user", "id": user },
        "action": { "name": "use" },
        "resource": { "type": "feature", "id": feature },
    });
    let answer = ureq::post(format!("{}/access/v1/evaluation", server.url))
        .header("Authorization", format!("Bearer {credential}"))
        .send_json(question);
    answer.expect("an answer").body_mut().read_json().expect("JSON")
}

/// The link of the newest mail to an address, as `carillon mail` shows it.
fn mailed_link(host: &Host, server: &Server, address: &str) -> String {
    let mails = host.json(&["mail", "list"]);
    let mail = mails.as_array().expect("mails").iter().find(|mail| mail["to"] == address).expect("a mail");
    let shown = host.run(&["mail", "show", &mail["number"].to_string()]);
    let link = shown.out.split_whitespace().find(|word| word.starts_with(&server.url) && word.len() > 60);
    link.unwrap_or_else(|| panic!("no link in {shown:?}")).to_owned()
}

#[test]
fn invite_accept_license_suspend_remove_and_read_it_all() {
    let host = Host::new();
    let server = host.serve();

    let said =
        host.run(&["user", "invite", "Sample Team", "ada@example.org; bob@example.net; not-an-address", "--json"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    let answers: Value = serde_json::from_str(&said.out).expect("JSON");
    let given: Vec<(&Value, &Value)> = (0..3).map(|at| (&answers[at]["given"], &answers[at]["done"])).collect();
    assert_eq!(given[0], (&json!("ada@example.org"), &json!(true)));
    assert_eq!(given[2], (&json!("not-an-address"), &json!(false)));
    assert_eq!(answers[2]["code"], "address-not-supported");
    assert!(said.err.contains("partly-refused"), "{said:?}");

    let link = mailed_link(&host, &server, "ada@example.org");
    let password = "a long enough password of Ada's";
    let form = [("answer", "accept"), ("name", "Ada Lovelace"), ("password", password)];
    let page = ureq::post(&link).send_form(form);
    assert!(page.is_ok(), "{page:?}");

    let ada = host.json(&["user", "show", "ada@example.org"]);
    assert_eq!((&ada["status"], &ada["name"]), (&json!("Registered"), &json!("Ada Lovelace")));
    for (license, allowed) in [("Basic", false), ("Pro", true)] {
        let said = host.run(&["user", "license", license, "ada@example.org"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        let answer = may(&host, &server, "ada@example.org", "meetings.host");
        assert_eq!(
            (&answer["decision"], &answer["context"]["license"]),
            (&json!(allowed), &json!(license)),
            "{answer}"
        );
    }

    assert_eq!(host.run(&["user", "suspend", "dennis@corp.example", "--reason", "on leave"]).code, Some(0));
    let answer = may(&host, &server, "dennis@corp.example", "meetings.join");
    assert_eq!((&answer["decision"], &answer["context"]["reasons"]), (&json!(false), &json!(["suspended"])));
    let why = host.run(&["explain", "dennis@corp.example"]);
    assert!(why.out.starts_with("No: dennis@corp.example may not sign in") && why.out.contains("on leave"), "{why:?}");

    let said = host.run(&["user", "suspend", "alan@example.com"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("refusals.md#team-cannot-suspend"), "{said:?}");
    assert_eq!(host.run(&["user", "remove", "alan@example.com"]).code, Some(0));
    assert_eq!(host.run(&["user", "show", "alan@example.com"]).code, Some(3));

    let story = host.run(&["audit"]).out;
    for part in ["user.invite", "Basic -> Pro", "dennis@corp.example", "on leave", "refused: team-cannot-suspend"] {
        assert!(story.contains(part), "{part} is not in\n{story}");
    }
    let lines = host.run(&["audit", "--user", "ada@example.org", "--json"]).out;
    let records: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(records.len() >= 3, "{lines}");
    assert!(records.windows(2).all(|pair| pair[0]["seq"].as_i64() < pair[1]["seq"].as_i64()));
    let why = host.json(&["explain", "ada@example.org", "--feature", "meetings.host"]);
    assert_eq!((&why["allowed"], &why["license"]), (&json!(true), &json!("Pro")));

    let log = host.log();
    let token = link.rsplit('/').next().expect("a token");
    let demo = host.demo();
    let secrets =
        ["/api_token", "/application/credential"].map(|pointer| demo.pointer(pointer).and_then(Value::as_str));
    for secret in [Some(token), Some(password), Some("Lovelace")].into_iter().chain(secrets).flatten() {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
    let logged = log.lines().filter(|line| line.starts_with('{'));
    let logged: Vec<Value> = logged.map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(!logged.is_empty());
    assert!(logged.iter().all(|line| !line.to_string().contains("example.org")), "{logged:?}");
}

#[test]
fn many_commands_at_once_beside_the_server_each_do_their_part() {
    let host = Host::new();
    let _server = host.serve();
    let commands = (0..8).map(|n| {
        let mut command = host.command(&["user", "invite", "Sample Team", &format!("guest{n}@example.org")]);
        command.stdout(std::process::Stdio::null()).spawn().expect("a command")
    });
    let commands: Vec<_> = commands.collect();
    for mut command in commands {
        assert!(command.wait().expect("it ends").success());
    }
    let users = host.json(&["user", "search", "Sample Team", "guest"]);
    assert_eq!(users.as_array().map(Vec::len), Some(8), "{users}");
}
