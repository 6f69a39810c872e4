//! The main job, as the README tells it: invited by mail, joined on a page, licensed, refused, suspended, removed,
//! and the whole story read again. Every step is taken by the program that people take it with.

use serde_json::{Value, json};

use crate::harness::clients::{self, Client, Ran};
use crate::harness::server::Server;
use crate::harness::{Engine, on_both_engines};
use crate::source::root;

on_both_engines!(the_main_job, the_aws_cli_ends_as_its_scripts_expect);

const ADA: &str = "ada@example.org";

fn the_main_job(engine: Engine) {
    let mut server = Server::start(engine);
    invite_and_join(&server);
    licenses_count_at_once(&server);
    suspend_and_remove(&server);
    the_story_is_told(&server);
    server.kill();
    server.start_again();
    the_story_is_told(&server);
    assert!(server.stop().success(), "told to stop, it ends well");
    the_story_is_told(&server);
}

/// Who is there; three addresses are answered one by one; the mail's link makes a member.
fn invite_and_join(server: &Server) {
    let team = server.demo("/accounts/team/id");
    let users = server.aws("list-users --account-id").arg(team).run().json();
    assert_eq!(addresses(&users), ["alan@example.com", "edsger@example.com", "grace@example.com"]);

    let invited =
        server.carillon("user invite --json").arg(team).arg("ada@example.org; bob@example.net; not-an-address");
    let invited = invited.run();
    assert_eq!(invited.code, Some(1), "one of three was refused: {invited:?}");
    let answers: Vec<Value> = serde_json::from_str(&invited.stdout).expect("JSON");
    let given = |answer: &Value| (answer["given"].clone(), answer["done"].clone());
    let expected = [(ADA, true), ("bob@example.net", true), ("not-an-address", false)];
    assert_eq!(answers.iter().map(given).collect::<Vec<_>>(), expected.map(|(text, done)| (json!(text), json!(done))));
    assert_eq!(answers[2]["code"], "address-not-supported");

    let link = server.link_mailed_to(ADA);
    let user = server.aws("list-users --account-id").arg(team).arg("--user-email").arg(ADA).run().json();
    let pending = &user["Users"][0];
    assert_eq!(
        (&pending["UserRegistrationStatus"], &pending["UserInvitationStatus"]),
        (&json!("Unregistered"), &json!("Pending"))
    );
    let welcome = server.node("accept.mjs").arg(link).arg("Ada Lovelace").arg("violet harbour ticket seven").run().ok();
    assert!(welcome.contains("You are a member of Sample Team with the license"), "{welcome}");
    let user = server.aws("list-users --account-id").arg(team).arg("--user-email").arg(ADA).run().json();
    let ada = &user["Users"][0];
    assert_eq!((&ada["UserRegistrationStatus"], &ada["DisplayName"]), (&json!("Registered"), &json!("Ada Lovelace")));
    assert_eq!(ada["UserId"], pending["UserId"], "whom the invitation stood for");
}

/// boto3 changes the license; the sample application's very next question has it.
fn licenses_count_at_once(server: &Server) {
    for (license, may_host) in [("Basic", false), ("Pro", true), ("Plus", false), ("Pro", true)] {
        let script = root().join("examples/change_license.py");
        let python = Client::new(&root().join(".venv/bin/python"), server.folder()).arg(script);
        python.args("--demo demo.json").arg(ADA).arg(license).run().ok();
        let answer = meetings(server, "host", ADA);
        assert_eq!(answer.code, Some(i32::from(!may_host)), "{license}: {answer:?}");
        assert!(answer.stdout.contains(&format!("license {license}")), "{answer:?}");
        assert_eq!(meetings(server, "join", ADA).code, Some(0), "everybody may join");
    }
}

/// Suspended: no, because. Removed: no longer a member, still a free user.
fn suspend_and_remove(server: &Server) {
    let (team, enterprise) = (server.demo("/accounts/team/id"), server.demo("/accounts/enterprise/id"));
    let dennis = "dennis@corp.example";
    assert_eq!(meetings(server, "join", dennis).code, Some(0));
    let id = server.carillon("user show --json").arg(dennis).run().json()["id"].clone();
    let suspend = server.aws("batch-suspend-user --account-id").arg(enterprise).arg("--user-id-list");
    assert_eq!(suspend.arg(id.as_str().expect("an id")).run().json()["UserErrors"], json!([]));
    let answer = meetings(server, "join", dennis);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert!(answer.stdout.starts_with("no: ") && answer.stdout.contains("suspended"), "{answer:?}");

    server.carillon("user remove edsger@example.com").run().ok();
    let users = server.aws("list-users --account-id").arg(team).run().json();
    assert_eq!(addresses(&users), [ADA, "alan@example.com", "bob@example.net", "grace@example.com"]);
    let answer = meetings(server, "join", "edsger@example.com");
    assert!(answer.stdout.contains("free-user"), "{answer:?}");
}

/// The trail has every step with who and what, for programs and for people; the command line needs no server.
fn the_story_is_told(server: &Server) {
    let trail = server.carillon("audit --json --limit 1000").run().ok();
    let records: Vec<Value> = trail.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let numbers: Vec<i64> = records.iter().map(|record| record["seq"].as_i64().expect("a number")).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    let done = |action: &str, door: &str| {
        let fits =
            |record: &&Value| record["action"] == action && record["door"] == door && record["refusal"].is_null();
        records.iter().filter(fits).count()
    };
    for (action, door, count) in [
        ("user.invite", "cli", 2),
        ("invitation.accept", "pages", 2),
        ("license.assign", "chime", 4),
        ("user.suspend", "chime", 1),
        ("user.remove", "cli", 1),
    ] {
        assert_eq!(done(action, door), count, "{action} by {door}:\n{trail}");
    }
    assert!(
        records.iter().any(|record| record["refusal"] == "address-not-supported"),
        "refusals are told too:\n{trail}"
    );

    let table = server.carillon("audit --limit 1000").run().ok();
    let line = |action: &str, whom: &str| table.lines().any(|line| line.contains(action) && line.contains(whom));
    for (action, whom) in
        [("license.assign", ADA), ("user.suspend", "dennis@corp.example"), ("user.remove", "edsger@example.com")]
    {
        assert!(line(action, whom), "{action} of {whom} is not in\n{table}");
    }
    let explained = server.carillon("explain ada@example.org --feature meetings.host").run().ok();
    assert!(explained.starts_with("Yes: ada@example.org may use meetings.host, because"), "{explained}");
    assert!(explained.contains("Their license is Pro, as an administrator assigned."), "{explained}");
    let explained = server.carillon("explain dennis@corp.example").run().ok();
    assert!(explained.starts_with("No: ") && explained.contains("suspended"), "{explained}");
}

/// `examples/meetings.py`, run as a program of its own with the system's Python.
fn meetings(server: &Server, deed: &str, whom: &str) -> Ran {
    let python = Client::new("/usr/bin/python3".as_ref(), server.folder()).arg(root().join("examples/meetings.py"));
    python.args("--demo demo.json").arg(deed).arg(whom).run()
}

fn addresses(users: &Value) -> Vec<&str> {
    let users = users["Users"].as_array().expect("users");
    users.iter().map(|user| user["PrimaryEmail"].as_str().expect("an address")).collect()
}

/// The exit codes of the AWS CLI, by which scripts go on or stop.
fn the_aws_cli_ends_as_its_scripts_expect(engine: Engine) {
    let server = Server::start(engine);
    let created = server.aws("create-account --name").arg("A Team of the AWS CLI").run().json();
    let id = created["Account"]["AccountId"].as_str().expect("an id");
    assert_eq!(server.aws("get-account --account-id").arg(id).run().json(), created);
    let refused = |client: Client, code: i32, word: &str| {
        let ran = client.run();
        assert_eq!((ran.code, ran.stderr.contains(word)), (Some(code), true), "{word}: {ran:?}");
    };
    refused(server.aws("get-account --account-id 0"), 254, "NotFoundException");
    refused(server.aws("get-user --user-id a/b+c:@ü --account-id").arg(id), 254, "NotFoundException");
    refused(server.aws("list-users --max-results 201 --account-id").arg(id), 254, "BadRequestException");
    refused(server.aws("create-account"), 252, "--name");
    let stranger = server.aws("list-accounts").env("AWS_SECRET_ACCESS_KEY", "wrong");
    refused(stranger, 254, "SignatureDoesNotMatch");
    let elsewhere =
        clients::aws(server.folder()).args("chime list-accounts --region us-east-1 --endpoint-url").arg(server.url());
    refused(elsewhere.env("AWS_EC2_METADATA_DISABLED", "true"), 253, "credentials");
    let invited =
        server.aws("invite-users --user-email-list a@example.org b@example.org c --account-id").arg(id).run().json();
    let states: Vec<&Value> =
        invited["Invites"].as_array().expect("invites").iter().map(|invite| &invite["Status"]).collect();
    assert_eq!(states, ["Pending", "Pending", "Failed"]);
    let paged = server.aws("list-users --page-size 1 --account-id").arg(id).run().json();
    assert_eq!(addresses(&paged), ["a@example.org", "b@example.org"]);
}
