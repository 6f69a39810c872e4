//! Accounts, PINs and settings by command.

use serde_json::json;

use crate::host::Host;

#[test]
fn accounts_are_deleted_and_restored_and_settings_are_kept() {
    let host = Host::new();
    let _server = host.serve();
    let id = host.json(&["account", "create", "Example"])["id"].clone();
    host.json(&["account", "settings", "Example", "--enable-dial-out", "true"]);
    host.json(&["account", "delegate-groups", "Example", "--add", "A", "--add", "B", "--remove", "A"]);
    host.json(&["account", "vouch-domain", "Example", "calls.example"]);
    host.json(&["user", "create", "Example", "ada@calls.example"]);
    let refused = host.run(&["account", "delete", "Example"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("1 user and 1 verified domain;"), "{refused:?}");

    let reset = host.json(&["user", "reset-pin", "ada@calls.example"]);
    let shown = host.json(&["user", "show", "ada@calls.example"]);
    assert_eq!(reset[0]["message"], json!(format!("PIN {}", shown["pin"].as_str().expect("a PIN"))));
    let calls = ["--inbound-calling", "true", "--outbound-calling", "false", "--sms", "true"];
    host.json(&[&["user", "settings", "ada@calls.example"][..], &calls].concat());
    let settings = &host.json(&["user", "show", "ada@calls.example"])["settings"];
    assert_eq!(*settings, json!({ "inbound_calling": true, "outbound_calling": false, "sms": true }));

    host.json(&["account", "create", "Empty"]);
    assert!(host.json(&["account", "delete", "Empty"])["deleted"].is_string());
    let listed = host.run(&["account", "list"]).out;
    let line = listed.lines().find(|line| line.contains("Empty")).expect("it is listed");
    assert!(line.contains("Suspended"), "{listed}");
    assert!(host.json(&["account", "restore", "Empty"])["deleted"].is_null());
    let account = host.json(&["account", "show", "Example"]);
    assert_eq!((&account["id"], &account["delegate_groups"]), (&id, &json!(["B"])));
    assert_eq!(account["settings"], json!({ "disable_remote_control": false, "enable_dial_out": true }));

    host.json(&["deployment", "update", "--business-calling-bucket", "calls", "--voice-connector-bucket", "v"]);
    host.json(&["deployment", "update", "--voice-connector-bucket", ""]);
    let deployment = host.json(&["deployment", "show"]);
    assert_eq!(deployment, json!({ "business_calling_bucket": "calls", "voice_connector_bucket": null }));
}
