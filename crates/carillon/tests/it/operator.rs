//! The first operator's link, and the way back in from the host.

use std::fs::File;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::host::Host;

/// A server without samples; ends with the test.
struct Bare(std::process::Child);

impl Drop for Bare {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Starts it and reads what it prints for programs.
fn serve(host: &Host) -> (Bare, Value) {
    let log = host.folder().join("bare.log");
    let out = File::create(&log).expect("a log");
    let mut command = host.command(&["serve", "--listen", "127.0.0.1:0", "--json"]);
    let child = command.stdout(out).stderr(Stdio::null()).spawn().expect("the server starts");
    let server = Bare(child);
    for _ in 0..600 {
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        if let Some(line) = text.lines().next().filter(|_| text.ends_with('\n')) {
            return (server, serde_json::from_str(line).expect("JSON"));
        }
        sleep(Duration::from_millis(50));
    }
    panic!("the server said nothing within 30 seconds");
}

#[test]
fn the_first_operator_sets_up_by_the_printed_link() {
    let host = Host::new();
    let (server, said) = serve(&host);
    let link = said["setup"]["url"].as_str().expect("a link");
    assert!(link.starts_with(said["url"].as_str().expect("a URL")) && link.contains("/setup/"), "{said}");
    let page = ureq::get(link).call().expect("the page").body_mut().read_to_string().expect("text");
    assert!(page.contains("Become the operator"), "{page}");
    let newer = host.json(&["admin", "setup-link"]);
    assert!(ureq::get(link).call().is_err(), "the newer one ends it");
    let link = newer["url"].as_str().expect("a link");
    let form = [("address", "ada@example.org"), ("name", "Ada"), ("password", "seven purple wombats sing")];
    let done = ureq::post(link).send_form(form).expect("done").body_mut().read_to_string().expect("text");
    assert!(done.contains("You are the operator") && done.contains("carillon token create ada@example.org"), "{done}");
    assert!(ureq::post(link).send_form(form).is_err(), "it works once");
    let grants = host.json(&["user", "grants"]);
    assert_eq!((&grants[0]["address"], &grants[0]["role"]), (&json!("ada@example.org"), &json!("FullAccess")));
    let refused = host.run(&["admin", "setup-link"]);
    assert!(refused.code == Some(1) && refused.err.contains("admin recover"), "{refused:?}");
    let token = host.json(&["token", "create", "ada@example.org", "--most", "ReadOnly"]);
    let accounts = format!("{}/api/v1/accounts", said["url"].as_str().expect("a URL"));
    let bearer = format!("Bearer {}", token["token"].as_str().expect("a token"));
    assert_eq!(ureq::get(&accounts).header("authorization", &bearer).call().expect("an answer").status(), 200);
    let rotated = host.json(&["token", "rotate", token["id"].as_str().expect("an id"), "--overlap", "0s"]);
    assert_eq!((&rotated["name"], &rotated["most"]), (&token["name"], &json!("ReadOnly")));
    assert!(ureq::get(&accounts).header("authorization", &bearer).call().is_err(), "the old one has ended");
    drop(server);
    let (_server, said) = serve(&host);
    assert_eq!(said["setup"], Value::Null, "there is an operator");
}

#[test]
fn the_host_lets_somebody_in_and_says_what_it_did() {
    let host = Host::new();
    let _server = host.serve();
    let known = host.json(&["admin", "recover", "grace@example.com"]);
    assert_eq!((&known["before"], &known["role"]), (&Value::Null, &json!("FullAccess")));
    assert_eq!((&known["may_sign_in"], &known["operators_told"]), (&json!(true), &json!(1)));
    let mails = host.run(&["mail"]).out;
    assert!(mails.contains("operator@example.com") && mails.contains("new operator"), "{mails}");
    let new = host.json(&["admin", "recover", "new@example.com"]);
    let link = new["register"]["url"].as_str().expect("a link");
    assert!(ureq::get(link).call().is_ok(), "{link}");
    let said = host.run(&["admin", "recover", "new@example.com"]);
    assert!(said.code == Some(0) && said.err.contains("is not registered"), "{said:?}");
    let trail = host.run(&["audit", "--json"]).out;
    assert!(trail.contains("grant.recover"), "{trail}");
    let wrong = host.run(&["admin", "recover", "nobody"]);
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
}
