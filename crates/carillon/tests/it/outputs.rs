//! Every command's answer, for people and for programs, and its exit code.

use serde_json::{Value, json};

use crate::host::Host;

/// Runs it and checks the exit code and what people read.
fn says(host: &Host, arguments: &[&str], code: i32, parts: &[&str]) {
    let said = host.run(arguments);
    assert_eq!(said.code, Some(code), "{arguments:?}: {said:?}");
    let all = format!("{}{}", said.out, said.err);
    parts.iter().for_each(|part| assert!(all.contains(part), "{arguments:?}: {part} is not in\n{all}"));
}

#[test]
fn accounts_and_seats() {
    let host = Host::new();
    let _server = host.serve();
    let made = host.json(&["account", "create", "Analytical Engines"]);
    assert_eq!((&made["type"], &made["default_license"]), (&json!("Team"), &json!("Plus")));
    let id = made["id"].as_str().expect("an id");
    says(
        &host,
        &["account", "update", id, "--default-license", "Basic", "--name", "Engines"],
        0,
        &["Engines", "Basic"],
    );
    says(&host, &["seats", "set", "Engines", "Pro", "1"], 0, &["LICENSE  USED  LIMIT", "Pro      0     1          1"]);
    says(&host, &["seats", "set", "Engines", "Pro", "many"], 2, &["use a number, or `unlimited`"]);
    says(&host, &["account", "show", "Engines"], 0, &["Pro 0 of 1"]);
    says(&host, &["seats", "show", "Nobody"], 3, &["there is no account \"Nobody\""]);
    says(&host, &["account", "vouch-domain", "Engines", "engines.example"], 0, &["EnterpriseLWA", "engines.example"]);
    says(&host, &["account", "list", "--name", "Eng"], 0, &["Engines", "EnterpriseLWA"]);
    says(&host, &["account", "show", "Nobody"], 3, &["there is no account \"Nobody\""]);
    host.json(&["account", "create", "Engines"]);
    says(&host, &["account", "show", "Engines"], 2, &["several accounts are called"]);
}

#[test]
fn roles_keys_and_tokens() {
    let host = Host::new();
    let _server = host.serve();
    says(&host, &["key", "create", "grace@example.com", "--over", "Sample Team"], 3, &["carillon user grant"]);
    says(&host, &["user", "grant", "grace@example.com", "Boss"], 2, &["UserManagement"]);
    says(
        &host,
        &["user", "grant", "grace@example.com", "UserManagement", "--over", "Sample Team"],
        0,
        &["UserManagement"],
    );
    let key = host.json(&["key", "create", "grace@example.com", "--over", "Sample Team"]);
    let secret = key["secret_access_key"].as_str().expect("a secret");
    assert_eq!(secret.len(), 40);
    let listed = host.run(&["key", "list", "--over", "Sample Team", "--json"]).out;
    assert!(listed.contains(key["access_key_id"].as_str().expect("an id")) && !listed.contains(secret), "{listed}");
    says(&host, &["key", "revoke", key["access_key_id"].as_str().expect("an id")], 0, &["revoked"]);
    says(&host, &["key", "revoke", "CARINOTHING"], 3, &["no such key"]);
    let token = host.json(&["token", "create", "grace@example.com", "--over", "Sample Team", "--name", "cron"]);
    says(&host, &["token", "list", "--over", "Sample Team"], 0, &["cron"]);
    says(&host, &["token", "revoke", token["id"].as_str().expect("an id")], 0, &["revoked"]);
    let grants = host.json(&["user", "grants", "--over", "Sample Team"]);
    says(&host, &["user", "revoke", grants[0]["id"].as_str().expect("an id")], 0, &["revoked"]);
    assert_eq!(host.json(&["user", "grants", "--over", "Sample Team"]), json!([]));
}

#[test]
fn applications_that_sign_people_in() {
    let host = Host::new();
    let _server = host.serve();
    let callback = "https://wiki.example.org/callback";
    let made = host.json(&["application", "create", "Wiki", "--redirect-uri", callback]);
    let id = made["client_id"].as_str().expect("an id");
    let issuer = made["issuer"].as_str().expect("an issuer");
    assert_eq!(made["discovery_url"], format!("{issuer}/.well-known/openid-configuration"));
    let secret = made["client_secret"].as_str().expect("a secret");
    for client in ["openid-client", "authlib", "oauth2-proxy"] {
        let lines = made["configurations"][client].as_str().expect("lines");
        let filled = [issuer, id, secret, callback].iter().all(|part| lines.contains(part));
        assert!(filled && !lines.contains("{issuer}") && !lines.contains("{authentication}"), "{client}: {lines}");
    }
    assert!(made["configurations"]["nginx"].as_str().is_some_and(|lines| !lines.contains(secret)));
    says(
        &host,
        &["application", "create", "Docs", "--redirect-uri", callback],
        0,
        &["client_secret", "--- authlib", "once"],
    );
    let public = host.json(&["application", "create", "Page", "--redirect-uri", callback, "--public"]);
    assert!(public.get("client_secret").is_none() && public["configurations"]["openid-client"].is_string(), "{public}");

    let shown = host.run(&["application", "show", id]).out;
    assert!(shown.contains(callback) && shown.contains("discovery url") && !shown.contains(secret), "{shown}");
    let update = |words: &[&str]| host.json(&[&["application", "update", id], words].concat());
    let changed = update(&["--third-party", "--rs256", "--backchannel-logout-uri", "https://wiki.example.org/out"]);
    assert_eq!(changed["client"]["redirect_uris"], json!([callback]), "what is not named stays");
    assert_eq!(changed["client"]["id_token_algorithm"], "RS256");
    let changed = update(&["--third-party=false", "--backchannel-logout-uri", "none", "--jwt-access-tokens"]);
    let client = &changed["client"];
    assert_eq!((&client["third_party"], client.get("backchannel_logout_uri")), (&json!(false), None));
    assert_eq!((&client["access_tokens"], &client["id_token_algorithm"]), (&json!("jwt"), &json!("RS256")));
    assert_eq!(update(&["--no-sign-in"]).get("client"), None);
    says(&host, &["application", "update", id, "--public"], 2, &["--redirect-uri"]);
    says(&host, &["application", "update", id, "--public", "--no-sign-in"], 2, &["cannot be used with"]);
    says(&host, &["application", "create", "Bad", "--redirect-uri", "http://x.example/"], 1, &["use https"]);
}

#[test]
fn keys_that_sign() {
    let host = Host::new();
    let _server = host.serve();
    assert_eq!(host.json(&["signing-key", "list"]), json!([]), "none before somebody asks");
    let url = host.demo()["url"].as_str().expect("a URL").to_owned();
    ureq::get(format!("{url}/oauth2/jwks")).call().expect("the published keys");
    let first = host.json(&["signing-key", "list"]);
    assert_eq!((&first[0]["alg"], &first[0]["state"]), (&json!("ES256"), &json!("signing")));
    says(&host, &["signing-key", "rotate"], 0, &["KID", "former", "signing"]);
    let only = host.json(&["signing-key", "rotate", "--compromised"]);
    assert_eq!(only.as_array().map(Vec::len), Some(1), "{only}");
    assert!(only[0]["kid"] != first[0]["kid"] && !only.to_string().contains("PRIVATE"), "{only}");
}

#[test]
fn applications_and_the_catalog() {
    let host = Host::new();
    let _server = host.serve();
    let made = host.json(&["application", "create", "Recorder", "--required-license", "Pro", "--audience", "anyone"]);
    let id = made["id"].as_str().expect("an id");
    says(&host, &["application", "update", id, "--required-license", "none"], 0, &["Recorder"]);
    assert_eq!(host.json(&["application", "show", id])["required_license"], Value::Null);
    says(
        &host,
        &["application", "update", id, "--required-feature", "nothing.here"],
        1,
        &["the catalog has no feature"],
    );
    says(&host, &["application", "list"], 0, &["Meetings", "Recorder"]);
    assert!(host.json(&["application", "token", id])["token"].as_str().is_some_and(|token| token.len() > 30));
    says(&host, &["application", "show", "nonsense"], 3, &["no application nonsense"]);

    says(&host, &["catalog", "show"], 0, &["meetings.host", "ProTrial"]);
    let mut catalog = host.json(&["catalog", "show"]);
    catalog["features"]["whiteboards.draw"] = json!(["Plus"]);
    let file = host.folder().join("catalog.json");
    std::fs::write(&file, catalog.to_string()).expect("a file");
    says(&host, &["catalog", "edit", "catalog.json"], 0, &["whiteboards.draw"]);
    says(&host, &["catalog", "edit", "catalog.json"], 1, &["changed by someone else"]);
    says(&host, &["explain", "dennis@corp.example", "--feature", "whiteboards.draw"], 0, &["Yes:", "feature-granted"]);
}

#[test]
fn people_in_every_way() {
    let host = Host::new();
    let _server = host.serve();
    says(&host, &["user", "list", "Sample Team"], 0, &["grace@example.com", "Registered"]);
    let narrowed =
        ["--license", "Pro", "--status", "Registered", "--origin", "Invitation", "--license-origin", "Default"];
    let listed = host.json(&[&["user", "list", "Sample Team"][..], &narrowed].concat());
    assert_eq!(listed.as_array().map(Vec::len), Some(0), "an administrator gave her that license: {listed}");
    says(&host, &["user", "list", "Sample Team", "--license", "Pro"], 0, &["grace@example.com"]);
    says(&host, &["user", "list", "Sample Team", "--status", "Gone"], 2, &["use one of Registered, Unregistered"]);
    says(&host, &["user", "list", "Sample Team", "--origin", "Birth"], 2, &["expected one of", "Invitation"]);
    says(&host, &["user", "sessions", "grace@example.com"], 0, &["LAST USED"]);
    let nothing = ["user", "end-session", "grace@example.com", "01a2246e-51c2-7162-8004-794ad69351eb"];
    says(&host, &nothing, 3, &["unknown"]);
    says(&host, &["user", "license", "Gold", "grace@example.com"], 2, &["use Basic, Plus, Pro"]);
    says(&host, &["user", "license", "ProTrial", "grace@example.com"], 1, &["trial-not-assignable"]);
    says(
        &host,
        &["user", "license", "Plus", "grace@example.com", "dennis@corp.example", "nobody@example.org"],
        1,
        &["grace@example.com    yes", "dennis@corp.example  yes", "nobody@example.org   no", "1 of 3 refused"],
    );
    says(&host, &["user", "block", "grace@example.com", "--reason", "abuse"], 0, &["yes"]);
    says(&host, &["explain", "grace@example.com"], 0, &["No:", "abuse"]);
    says(&host, &["user", "unblock", "grace@example.com"], 0, &["yes"]);
    says(&host, &["user", "log-out", "grace@example.com"], 0, &["yes"]);
    says(&host, &["user", "leave", "grace@example.com"], 0, &["yes"]);
    says(&host, &["user", "show", "grace@example.com"], 3, &["member of no account"]);
    says(&host, &["user", "create", "Sample Enterprise", "new@corp.example"], 0, &["Unregistered"]);
    says(&host, &["user", "suspend", "new@corp.example", "--until", "2001-01-01"], 1, &["end-in-the-past"]);
    says(&host, &["user", "suspend", "new@corp.example", "--until", "someday"], 2, &["use a date"]);
    let suspend = ["user", "suspend", "new@corp.example", "--until", "2199-01-01", "--reason", "on leave"];
    says(&host, &suspend, 0, &["Suspended"]);
    let details = ["joined by     Administrator", "license from  Default", "until 2199-01-01", "on leave", "history"];
    says(&host, &["user", "show", "new@corp.example"], 0, &details);
    let details = host.json(&["user", "show", "new@corp.example"]);
    assert_eq!((&details["origin"], &details["suspension"]["reason"]), (&json!("Administrator"), &json!("on leave")));
    assert_eq!(details["history"].as_array().map(Vec::len), Some(2), "made, then suspended: {details}");
    says(&host, &["user", "search", "Sample Team", "turing"], 0, &["ADDRESS"]);
    says(&host, &["user", "search", "Sample Team", "alan t"], 0, &["alan@example.com"]);
    says(&host, &["user", "activate", "new@corp.example"], 0, &["Unregistered"]);
    says(&host, &["user", "invite", "Sample Team", "guest@example.org"], 0, &["invited"]);
    says(&host, &["user", "resend", "guest@example.org", "--account", "Sample Team"], 0, &["Pending"]);
    says(&host, &["user", "cancel", "guest@example.org"], 0, &["Cancelled"]);
    host.json(&["account", "create", "Other Team"]);
    for team in ["Sample Team", "Other Team"] {
        says(&host, &["user", "invite", team, "guest@example.org"], 0, &["invited"]);
    }
    says(&host, &["user", "cancel", "guest@example.org"], 2, &["several accounts have invited"]);
    for team in ["Sample Team", "Other Team"] {
        says(&host, &["user", "cancel", "guest@example.org", "--account", team], 0, &["Cancelled"]);
    }
    says(&host, &["user", "cancel", "guest@example.org"], 3, &["guest@example.org"]);
    says(&host, &["mail", "show", "99999"], 3, &["no mail 99999"]);
    says(&host, &["audit", "--refused"], 0, &["refused: end-in-the-past"]);
    let failure = host.run(&["user", "show", "nobody@example.org", "--json"]);
    let error: Value = serde_json::from_str(&failure.err).expect("JSON");
    assert_eq!((failure.code, &error["error"]["code"]), (Some(3), &json!("unknown-user")), "{failure:?}");
}

#[test]
fn who_waits_who_tries_and_who_held_what() {
    let host = Host::new();
    let _server = host.serve();
    says(&host, &["seats", "set", "Sample Enterprise", "Plus", "0"], 0, &["Plus"]);
    let waits = host.json(&["user", "create", "Sample Enterprise", "waits@corp.example"]);
    says(&host, &["waiting", "Sample Enterprise"], 0, &["Plus     1", "waits@corp.example"]);
    let listed = host.json(&["waiting", "Sample Enterprise", "--license", "Plus"]);
    assert_eq!((&listed[0]["place"], &listed[0]["user"]["id"]), (&json!(1), &waits["id"]));
    assert_eq!(host.json(&["waiting", "Sample Enterprise", "--license", "Pro"]), json!([]));
    says(&host, &["trials", "Sample Team"], 0, &["ENDS", "THEN", "ADDRESS"]);
    says(&host, &["trials", "Sample Team", "--days", "31"], 1, &["use a number from 1 to 30"]);

    says(&host, &["report", "Sample Enterprise"], 0, &["ACCOUNT", "Sample Enterprise"]);
    let all = host.json(&["report"]);
    let names: Vec<&Value> = all.as_array().expect("accounts").iter().map(|account| &account["name"]).collect();
    assert!(names.contains(&&json!("Sample Team")) && names.contains(&&json!("Sample Enterprise")), "{names:?}");
    let csv = host.run(&["report", "Sample Enterprise", "--csv"]).out;
    assert!(csv.starts_with("month,account,user,address,joined,"), "{csv}");
    assert!(csv.lines().any(|line| line.contains(",waits@corp.example,") && line.ends_with(",0,0,1,0,0")), "{csv}");
    let lines = host.run(&["report", "Sample Enterprise", "--users", "--json"]).out;
    let line: Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
    assert!(line["user"].is_string() && line["pro_days"].is_u64(), "{line}");
    says(&host, &["report", "Sample Enterprise", "--month", "2026-13"], 2, &["write it as 2026-11"]);
    says(&host, &["report", "Sample Enterprise", "--month", "2999-01"], 1, &["has not begun"]);
}

#[test]
fn the_catalog_shows_its_versions_and_what_an_edit_would_do() {
    let host = Host::new();
    let _server = host.serve();
    let mut catalog = host.json(&["catalog", "show"]);
    catalog["features"]["rooms.book"] = json!(["Pro"]);
    std::fs::write(host.folder().join("catalog.json"), catalog.to_string()).expect("a file");
    says(&host, &["catalog", "edit", "catalog.json", "--preview"], 0, &["Pro      ", "rooms.book"]);
    assert_eq!(host.json(&["catalog", "show"])["version"], 1, "a preview changes nothing");
    says(&host, &["catalog", "edit", "catalog.json"], 0, &["rooms.book"]);
    let versions = host.json(&["catalog", "versions"]);
    assert_eq!((&versions[0]["version"], &versions[1]["version"]), (&json!(2), &json!(1)));
    assert!(host.json(&["catalog", "show", "--at", "1"])["features"].get("rooms.book").is_none());
    says(&host, &["catalog", "show", "--at", "7"], 1, &["there is no catalog 7"]);
}

#[test]
fn a_preview_changes_nothing_and_counts() {
    let host = Host::new();
    let _server = host.serve();
    let remove = ["user", "remove", "grace@example.com", "--account", "Sample Team"];
    let preview = [&remove[..], &["--preview"]].concat();
    for _ in 0..2 {
        says(&host, &preview, 0, &["grace@example.com", "Nothing was changed", "1 left, 1 signed out, 1 mails"]);
    }
    says(&host, &remove, 0, &["grace@example.com"]);
    says(&host, &preview, 3, &["there is no user"]);
}
