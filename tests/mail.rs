//! Mails through a real mail server, with TLS and a login, that does what mail servers do: take, refuse, hang, break off.

use std::fs;

use serde_json::Value;

use crate::harness::clients::Client;
use crate::harness::mail_server::{MailServer, PASSWORD};
use crate::harness::server::Server;
use crate::harness::{Engine, on_both_engines, until};

on_both_engines!(an_invitation_arrives_and_its_link_works, what_fails_is_tried_again_or_given_up, a_kill_loses_no_mail);

fn start(engine: Engine) -> (MailServer, Server) {
    let mails = MailServer::start();
    let server = Server::start_with(engine, |_| mails.settings());
    (mails, server)
}

fn invite(server: &Server, addresses: &str) {
    server.carillon("user invite").arg(server.demo("/accounts/team/id")).arg(addresses).run().ok();
}

/// A header of a mail, unfolded.
fn header<'a>(mail: &'a Value, name: &str) -> &'a str {
    let data = mail["data"].as_str().expect("text");
    let line = data.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {name} in {data}"))
}

/// The text of a mail, whose lines may be folded in quoted-printable.
fn text(mail: &Value) -> String {
    mail["data"].as_str().expect("text").replace("=\r\n", "").replace("=3D", "=")
}

/// The rows of the outbox of a kind in a state, newest first.
fn outbox(server: &Server, state: &str) -> Vec<Value> {
    let rows = server.carillon("outbox list --json --state").arg(state).run().json();
    rows.as_array().expect("a list").clone()
}

fn an_invitation_arrives_and_its_link_works(engine: Engine) {
    let (mails, mut server) = start(engine);
    invite(&server, "zoe@example.org");
    let mail = mails.wait_for("zoe@example.org", 1).remove(0);
    assert_eq!((&mail["tls"], &mail["login"]), (&Value::Bool(true), &Value::Bool(true)));
    assert_eq!((&mail["from"], &mail["hello"]), (&"no-reply@carillon.example".into(), &"carillon.example".into()));
    assert_eq!(header(&mail, "From"), "Example <no-reply@carillon.example>");
    assert_eq!(header(&mail, "Subject"), "You are invited to join Sample Team");
    let text = text(&mail);
    assert!(text.contains("Content-Type: text/plain") && text.contains("Content-Type: text/html"), "{text}");
    let link = text.split_whitespace().find(|word| word.starts_with("http")).expect("a link").to_owned();
    let welcome =
        server.node("accept.mjs").arg(&link).arg("Zoe Lovelace").arg("violet harbour ticket seven").run().ok();
    assert!(welcome.contains("You are a member of Sample Team"), "{welcome}");
    until("the outbox is empty", || outbox(&server, "waiting").is_empty());
    assert!(server.stop().success(), "told to stop, it ends well");
    let log = fs::read_to_string(server.folder().join("server.log")).expect("a log");
    assert!(log.contains("a mail was delivered"), "{log}");
    let secret = link.rsplit('/').next().expect("a token");
    for secret in ["zoe@", "Lovelace", secret, PASSWORD] {
        assert!(!log.contains(secret), "{secret} in the log:\n{log}");
    }
}

fn what_fails_is_tried_again_or_given_up(engine: Engine) {
    let (mails, server) = start(engine);
    invite(&server, "gone@example.org; busy@example.org; cut@example.org; hang@example.org; fine@example.org");
    mails.wait_for("fine@example.org", 1);
    let all = |rows: &[Value], count: usize| rows.len() == count && rows.iter().all(|row| row["error"].is_string());
    until("three wait for another try", || all(&outbox(&server, "waiting"), 3));
    let reason = |row: &Value| row["error"].as_str().expect("a reason").to_owned();
    let mut reasons: Vec<String> = outbox(&server, "waiting").iter().map(reason).collect();
    reasons.sort();
    assert_eq!(
        reasons,
        [
            "the connection to the mail server failed at the mail",
            "the mail server refused the receiver (451 4.2.1)",
            "the mail server took too long at the receiver"
        ]
    );
    // The samples' own invitations were answered before there was a mail server: those are not sent any more.
    let mut dead = outbox(&server, "dead");
    dead.retain(|row| reason(row) != "the invitation is over, or was sent anew");
    assert_eq!(dead.iter().map(reason).collect::<Vec<_>>(), ["the mail server refused the receiver (550 5.1.1)"]);
    let gone = server.carillon("user show --json gone@example.org").run().json();
    assert_eq!((&gone["invitation"], &gone["undelivered"]), (&"Failed".into(), &dead[0]["error"]));
    let team = server.demo("/accounts/team/id");
    let shown =
        server.aws("list-users --account-id").arg(team).arg("--user-email").arg("gone@example.org").run().json();
    assert_eq!(shown["Users"][0]["UserInvitationStatus"], "Failed");
    let waiting = outbox(&server, "waiting");
    let numbers: Vec<String> = waiting.iter().map(|row| row["number"].to_string()).collect();
    server.carillon("outbox retry").args(&numbers.join(" ")).run().ok();
    mails.wait_for("busy@example.org", 1);
    let cut = mails.wait_for("cut@example.org", 2);
    assert_eq!(header(&cut[0], "Message-ID"), header(&cut[1], "Message-ID"), "known again by who got both");
    until("only the one that hangs waits", || outbox(&server, "waiting").len() == 1);
    let log = fs::read_to_string(server.folder().join("server.log")).expect("a log");
    for address in ["gone@", "busy@", "cut@", "hang@", "fine@"] {
        assert!(!log.contains(address), "{address} in the log:\n{log}");
    }
}

fn a_kill_loses_no_mail(engine: Engine) {
    let (mails, mut server) = start(engine);
    invite(&server, "slow@example.org; ada@example.org");
    mails.wait_for("slow@example.org", 1);
    until("all others are delivered", || outbox(&server, "waiting").len() == 1);
    server.kill();
    mails.go();
    invite(&server, "late@example.org");
    server.start_again();
    mails.wait_for("late@example.org", 1);
    // Nobody knows what became of it: it is sent again once the lease of the dead has run out.
    server.statement("UPDATE outbox SET leased = 0");
    let twice = mails.wait_for("slow@example.org", 2);
    assert_eq!(header(&twice[0], "Message-ID"), header(&twice[1], "Message-ID"));
    until("nothing waits", || outbox(&server, "waiting").is_empty());
    assert_eq!(mails.mails_to("ada@example.org").len(), 1);
}

#[test]
fn several_servers_deliver_each_mail_once() {
    let (mails, server) = start(Engine::Postgres);
    let others = [server.another(), server.another()];
    let addresses: Vec<String> = (0..60).map(|n| format!("person{n}@example.net")).collect();
    invite(&server, &addresses.join(" "));
    for address in &addresses {
        mails.wait_for(address, 1);
    }
    until("nothing waits", || outbox(&server, "waiting").is_empty());
    assert!(addresses.iter().all(|address| mails.mails_to(address).len() == 1));
    drop(others);
}

/// The settings can be tried, and the answer says what to look at.
#[test]
fn a_try_says_at_which_step_it_failed() {
    let (mails, server) = start(Engine::Sqlite);
    let test = |to: &str, change: (&str, &str)| {
        let mut client = server.carillon("mail test --to").arg(to);
        for (name, value) in mails.settings() {
            client = client.env(name, value);
        }
        client.env(change.0, change.1).run()
    };
    let same = ("CARILLON_SMTP_HELLO", "carillon.example");
    let said = test("ada@example.org", same);
    assert!(said.stdout.contains("localhost took the mail to ada@example.org"), "{said:?}");
    assert_eq!(header(&mails.wait_for("ada@example.org", 1)[0], "Subject"), "A test of Carillon's mails");
    for (to, change, expected) in [
        ("ada@example.org", ("CARILLON_SMTP_PASSWORD", "wrong"), "refused the login (535"),
        ("ada@example.org", ("CARILLON_SMTP_CA_FILE", "/etc/ssl/certs/ca-certificates.crt"), "look at smtp.host"),
        ("ada@example.org", ("CARILLON_SMTP_PORT", "1"), "failed at connecting"),
        ("gone@example.org", same, "refused the receiver (550 5.1.1)"),
        ("hang@example.org", same, "took too long at the receiver"),
    ] {
        let said = test(to, change);
        assert_eq!(said.code, Some(4), "{said:?}");
        assert!(said.stderr.contains(expected), "{expected} is not in {said:?}");
        assert!(!said.stderr.contains(PASSWORD), "{said:?}");
    }
    let none = server.carillon("mail test --to ada@example.org").run();
    assert!(none.code == Some(2) && none.stderr.contains("no mail server is set"), "{none:?}");
}

/// A report that a mail came back, from a pipe, as a mail server would hand it over.
#[test]
fn a_mail_that_comes_back_fails_its_invitation() {
    let (mails, server) = start(Engine::Sqlite);
    invite(&server, "ada@example.org");
    let id = header(&mails.wait_for("ada@example.org", 1)[0], "Message-ID").to_owned();
    until("it is delivered", || outbox(&server, "waiting").is_empty());
    let report = server.folder().join("report.eml");
    let text = format!("Content-Type: multipart/report\n\nAction: failed\nStatus: 5.1.1\n\nMessage-ID: {id}\n");
    fs::write(&report, text).expect("a file");
    let piped = Client::new("/bin/sh".as_ref(), server.folder()).arg("-c");
    let binary = crate::harness::server::binary();
    let line = format!("{} mail bounce --data . < report.eml", binary.display());
    let said = piped.arg(line).run().ok();
    assert!(said.contains("came back: 5.1.1"), "{said}");
    let ada = server.carillon("user show --json ada@example.org").run().json();
    assert_eq!((&ada["invitation"], &ada["undelivered"]), (&"Failed".into(), &"the mail came back: 5.1.1".into()));
}
