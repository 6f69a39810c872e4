//! Settings, delegate groups and PINs (rules 28, 59 and 60).

use access::authority::{Over, Role};
use access::change::{AccountSettingsChange, DeploymentSettingsChange};
use access::{AccountSettings, DeploymentSettings, UserSettings};

use crate::world::{codes, ids, list, on_both, refused};

#[test]
fn an_accounts_settings_and_groups_are_kept() {
    on_both(|world| async move {
        let (service, host) = (&world.service, world.host());
        let team = world.team("Team").await;
        let dial = AccountSettingsChange { enable_dial_out: Some(true), disable_remote_control: None };
        service.update_account_settings(&host, team, dial).await.expect("set");
        let control = AccountSettingsChange { enable_dial_out: None, disable_remote_control: Some(true) };
        service.update_account_settings(&host, team, control).await.expect("set");
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        service.add_delegate_groups(&host, team, names(&["B", "A \u{e4}", "B"])).await.expect("added");
        service.add_delegate_groups(&host, team, names(&["C", "B"])).await.expect("added");
        service.remove_delegate_groups(&host, team, names(&["C", "unknown"])).await.expect("taken");
        let kept = service.show_account(&host, team).await.expect("shown").account;
        assert_eq!(kept.settings, AccountSettings { disable_remote_control: true, enable_dial_out: true });
        assert_eq!(kept.delegate_groups, ["A \u{e4}", "B"]);

        let before = world.dump().await;
        let (_, manager) = world.administrator("m@example.org", Over::Account(team), Role::UserManagement).await;
        let refusal = refused(service.update_account_settings(&manager, team, dial).await);
        assert_eq!(refusal.code(), "not-permitted");
        assert_eq!(refused(service.add_delegate_groups(&manager, team, names(&["D"])).await).code(), "not-permitted");
        assert_eq!(refused(service.add_delegate_groups(&host, team, names(&["ok", " "])).await).code(), "invalid");
        assert_eq!(world.dump().await["accounts"], before["accounts"]);
        service.delete_account(&host, team).await.expect("deleted");
        assert_eq!(refused(service.remove_delegate_groups(&host, team, names(&["B"])).await).code(), "account-deleted");
    });
}

#[test]
fn a_pin_is_new_each_time_and_ends_with_the_membership() {
    on_both(|world| async move {
        let (service, host) = (&world.service, world.host());
        let team = world.team("Team").await;
        let (ada, bob) = (world.member(team, "ada@example.org").await, world.member(team, "bob@example.org").await);
        let invited = service.invite(&host, team, list("new@example.org")).await.expect("invited");
        let invited = invited[0].result.clone().expect("invited").expect("an invitation").id.to_string();
        let asked = [ids(&[ada, bob, ada]), vec![invited, "nobody".to_owned()]].concat();
        let answers = service.reset_pin(&host, team, asked).await.expect("answers");
        assert_eq!(codes(&answers), ["ok", "ok", "ok", "invalid", "unknown-user"]);
        let pin = |at: usize| answers[at].as_ref().expect("a view").pin.clone().expect("a PIN");
        assert!([pin(0), pin(1)].iter().all(|pin| pin.len() == 10 && pin.bytes().all(|byte| byte.is_ascii_digit())));
        assert_eq!((pin(0) == pin(1), pin(0) == pin(2)), (false, true), "who is named twice has one PIN");
        let again = service.reset_pin(&host, team, ids(&[ada])).await.expect("answers");
        assert_ne!(again[0].as_ref().expect("a view").pin, Some(pin(0)));

        let (_, reader) = world.administrator("r@example.org", Over::Account(team), Role::ReadOnly).await;
        let (_, manager) = world.administrator("m@example.org", Over::Account(team), Role::UserManagement).await;
        assert_eq!(refused(service.reset_pin(&reader, team, ids(&[ada])).await).code(), "not-permitted");
        assert_eq!(service.show_user(&reader, team, &bob.to_string()).await.expect("shown").pin, None);
        assert_eq!(service.show_user(&manager, team, &bob.to_string()).await.expect("shown").pin, Some(pin(1)));
        let trail = format!("{:?}", world.trail().await);
        assert!(!trail.contains(&pin(0)) && !trail.contains(&pin(1)), "no PIN in the trail");
        service.remove(&host, team, ids(&[bob])).await.expect("removed");
        assert_eq!(world.user(bob).await.pin, None);
    });
}

#[test]
fn a_persons_settings_are_kept_and_end_with_the_membership() {
    on_both(|world| async move {
        let (service, host) = (&world.service, world.host());
        let team = world.team("Team").await;
        let ada = world.member(team, "ada@example.org").await;
        let settings = UserSettings { inbound_calling: true, outbound_calling: false, sms: true };
        let answers = service.update_user_settings(&host, team, ids(&[ada]), settings).await.expect("answers");
        assert_eq!(answers[0].as_ref().expect("a view").settings, settings);
        assert_eq!(service.show_user(&host, team, &ada.to_string()).await.expect("shown").settings, settings);
        let (_, reader) = world.administrator("r@example.org", Over::Account(team), Role::ReadOnly).await;
        let refusal = refused(service.update_user_settings(&reader, team, ids(&[ada]), settings).await);
        assert_eq!(refusal.code(), "not-permitted");
        service.remove(&host, team, ids(&[ada])).await.expect("removed");
        assert_eq!(world.user(ada).await.settings, UserSettings::default());
    });
}

#[test]
fn the_deployments_settings_are_the_operators() {
    on_both(|world| async move {
        let (service, host) = (&world.service, world.host());
        let change = |bucket: Option<&str>| DeploymentSettingsChange {
            business_calling_bucket: Some(bucket.map(str::to_owned)),
            voice_connector_bucket: None,
        };
        assert_eq!(service.deployment_settings(&host).await.expect("shown"), DeploymentSettings::default());
        service.update_deployment_settings(&host, change(Some("calls"))).await.expect("set");
        let (_, reader) = world.administrator("r@example.org", Over::Deployment, Role::ReadOnly).await;
        let shown = service.deployment_settings(&reader).await.expect("shown");
        assert_eq!((shown.business_calling_bucket.as_deref(), shown.voice_connector_bucket), (Some("calls"), None));
        let refusal = refused(service.update_deployment_settings(&reader, change(None)).await);
        assert_eq!(refusal.code(), "not-permitted");
        let team = world.team("Team").await;
        let (_, own) = world.administrator("a@example.org", Over::Account(team), Role::FullAccess).await;
        assert_eq!(refused(service.deployment_settings(&own).await).code(), "not-permitted");
        assert_eq!(refused(service.update_deployment_settings(&host, change(Some(" "))).await).code(), "invalid");
        service.update_deployment_settings(&host, change(None)).await.expect("taken away");
        assert_eq!(service.deployment_settings(&host).await.expect("shown"), DeploymentSettings::default());
    });
}
