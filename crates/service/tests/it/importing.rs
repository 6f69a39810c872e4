//! Import and export: what each row comes to, and that repeating one changes nothing more (rule 66).

use access::authority::{Over, Role};
use access::user::{Status, Trial};
use access::{AccountId, BaseLicense, License, Refusal};
use carillon_service::{Context, ImportOutcome, PageRequest, read_import};
use futures::FutureExt;
use jiff::ToSpan;

use crate::world::{World, email, list, on_both, refused};

async fn import(world: &World, cx: &Context, account: AccountId, file: &str) -> Vec<ImportOutcome> {
    let rows = read_import(file.as_bytes()).expect("a file");
    world.service.import_users(cx, account, &rows).await.expect("answers")
}

/// Lines with what they came to.
fn words(outcomes: &[ImportOutcome]) -> Vec<(usize, &'static str)> {
    let word = |outcome: &ImportOutcome| match &outcome.result {
        Ok((kind, _)) => kind.name(),
        Err(refusal) => refusal.code(),
    };
    outcomes.iter().map(|outcome| (outcome.line, word(outcome))).collect()
}

async fn export(world: &World, account: AccountId, limit: u64) -> String {
    let (mut text, mut after) = (carillon_service::EXPORT_COLUMNS.to_owned(), None);
    loop {
        let page = PageRequest { after, limit };
        let page = world.service.export_users(&world.host(), account, page).await.expect("a page");
        text.push_str(&page.text);
        after = page.next;
        if after.is_none() {
            return text;
        }
    }
}

#[test]
fn an_enterprise_account_gets_members_and_repeating_changes_nothing() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let (elsewhere, team) = (world.enterprise("Rival", "rival.example").await, world.team("Team").await);
        let own = world.member(account, "own@acme.example").await;
        world.member(team, "away@acme.example").await;
        let free = world.free_user("guest@elsewhere.example").await;
        world.create(elsewhere, "x@rival.example").await;
        let file = "address,name,license\n\
            new@acme.example,Nina New,Pro\n\
            plain@acme.example,,\n\
            own@acme.example,Somebody,Pro\n\
            away@acme.example,,\n\
            x@rival.example,,\n\
            guest@elsewhere.example,,\n\
            nonsense,,\n";
        let untouched = (world.dump().await, world.trail().await.len());
        let previewed = words(&import(&world, &world.host().previewing(), account, file).await);
        assert_eq!((world.dump().await, world.trail().await.len()), untouched, "a preview changes nothing");
        let outcomes = import(&world, &world.host(), account, file).await;
        assert_eq!(words(&outcomes), previewed);
        let expected = [
            (2, "added"),
            (3, "added"),
            (4, "licensed"),
            (5, "already-exists"),
            (6, "not-on-own-domain"),
            (7, "not-on-own-domain"),
            (8, "address-not-supported"),
        ];
        assert_eq!(words(&outcomes), expected);
        let (_, nina) = outcomes[0].result.as_ref().expect("Nina");
        assert_eq!(
            (nina.name.as_deref(), nina.license, nina.status),
            (Some("Nina New"), License::Pro, Status::Unregistered)
        );
        let changed = world.user(own).await;
        assert_eq!((changed.license, changed.display_name), (BaseLicense::Pro, None), "names are theirs");
        assert!(world.user(free).await.membership.is_none());

        let (before, trail) = (world.dump().await, world.trail().await.len());
        let again = words(&import(&world, &world.host(), account, file).await);
        let repeated: Vec<_> = expected
            .map(|(line, word)| (line, if ["added", "licensed"].contains(&word) { "unchanged" } else { word }))
            .to_vec();
        assert_eq!(again, repeated);
        assert_eq!(world.dump().await, before);
        let refusals = world.trail().await.split_off(trail);
        assert!(refusals.len() == 4 && refusals.iter().all(|entry| entry.refusal.is_some()), "{refusals:#?}");
    });
}

#[test]
fn a_team_invites_once_and_licenses_invitations_and_members() {
    on_both(|world| async move {
        let team = world.team("Team").await;
        world.enterprise("Rival", "rival.example").await;
        world.member(team, "in@example.org").await;
        let file = "address;license\nada@example.org;Pro\nin@example.org;\nx@rival.example;\nbob@example.org;\n";
        let expected = [(2, "invited"), (3, "unchanged"), (4, "domain-claimed"), (5, "invited")];
        let outcomes = import(&world, &world.host(), team, file).await;
        assert_eq!(words(&outcomes), expected);
        assert_eq!(outcomes[0].result.as_ref().expect("ada").1.license, License::Pro);
        assert_eq!(world.mails(9).await.len(), 2);
        let again = import(&world, &world.host(), team, file).await;
        assert_eq!(words(&again), [(2, "unchanged"), (3, "unchanged"), (4, "domain-claimed"), (5, "unchanged")]);
        let other = import(&world, &world.host(), team, "address,license\nada@example.org,Basic\n").await;
        assert_eq!(words(&other), [(2, "licensed")]);
        assert_eq!(world.mails(9).await.len(), 2, "nobody is mailed twice");
        world.clock.set(world.clock.now() + (15 * 24).hours());
        let late = import(&world, &world.host(), team, "address\nada@example.org\n").await;
        assert_eq!(words(&late), [(2, "invited")], "the invitation had expired");
        assert_eq!(world.mails(9).await.len(), 3);
        let (_, ada) = late[0].result.as_ref().expect("ada");
        assert_eq!(ada.license, License::Basic, "what was chosen stays");
    });
}

#[test]
fn seats_bound_the_licenses_of_members_and_newcomers_wait() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let host = world.host();
        let everybody = "address,license\na@acme.example,Plus\nb@acme.example,Plus\n";
        import(&world, &host, account, everybody).await;
        world.service.set_seats(&host, account, BaseLicense::Pro, Some(2)).await.expect("limited");
        let file = "address,license\na@acme.example,Pro\nn@acme.example,Pro\nm@acme.example,Pro\n";
        let outcomes = import(&world, &host, account, file).await;
        assert_eq!(words(&outcomes), [(2, "licensed"), (3, "added"), (4, "added")]);
        let license = |at: usize| outcomes[at].result.as_ref().expect("done").1.license;
        assert_eq!((license(0), license(1), license(2)), (License::Pro, License::Pro, License::Basic), "one waits");
        let before = world.dump().await;
        assert!(words(&import(&world, &host, account, file).await).iter().all(|(_, word)| *word == "unchanged"));
        let file = "address,license\nb@acme.example,Pro\na@acme.example,Plus\nn@acme.example,Pro\n";
        let swapped = import(&world, &host, account, file).await;
        assert_eq!(words(&swapped), [(2, "licensed"), (3, "licensed"), (4, "unchanged")], "a seat changes hands");
        let file = "address,license\na@acme.example,Pro\nz@acme.example,Basic\n";
        let full = import(&world, &host, account, file).await;
        assert_eq!(words(&full), [(2, "no-seats-left"), (3, "added")]);
        assert_ne!(world.dump().await, before);
    });
}

#[test]
fn rights_are_those_of_the_caller_and_a_trial_survives_a_repetition() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let (boss, _) = world.administrator("boss@acme.example", Over::Account(account), Role::FullAccess).await;
        let (_, helper) =
            world.administrator("h@elsewhere.example", Over::Account(account), Role::UserManagement).await;
        let (_, reader) = world.administrator("r@elsewhere.example", Over::Account(account), Role::ReadOnly).await;
        let rows = read_import(b"address,license\nboss@acme.example,Pro\n").expect("a file");
        let answer = world.service.import_users(&reader, account, &rows).await;
        assert!(matches!(refused(answer), Refusal::NotPermitted { .. }));
        let answer = world.service.import_users(&helper, AccountId(boss.0), &rows).await;
        assert!(matches!(refused(answer), Refusal::UnknownAccount(_) | Refusal::NotPermitted { .. }));
        let added = import(&world, &helper, account, "address\nboss@acme.example\n").await;
        assert_eq!(words(&added), [(2, "added")], "a free user on the domain");
        let higher = import(&world, &helper, account, "address,license\nboss@acme.example,Pro\n").await;
        assert_eq!(words(&higher), [(2, "higher-grant")]);

        let until = Some(world.clock.now() + (24 * 7).hours());
        let started = world.user(boss).await;
        let after = access::User { trial: Trial { started: started.registered, until }, ..started.clone() };
        let at = world.clock.now();
        let saved = world.store.write(move |w| {
            async move {
                w.save_users(&[(started, after)], at).await?;
                w.commit((), vec![], vec![]).await
            }
            .boxed()
        });
        saved.await.unwrap_or_else(|error: store::Error| panic!("{error}"));
        let csv = export(&world, account, 10).await;
        let joined = crate::world::start();
        assert!(csv.contains(&format!("boss@acme.example,,Plus,Registered,,{joined},")), "{csv}");
        assert!(
            words(&import(&world, &world.host(), account, &csv).await).iter().all(|(_, word)| *word == "unchanged")
        );
        assert_eq!(world.user(boss).await.trial.until, until);
    });
}

#[test]
fn an_export_of_any_page_size_is_everybody_and_imports_as_it_is() {
    on_both(|world| async move {
        let (host, team) = (world.host(), world.team("Team").await);
        for n in 0..5 {
            world.member(team, &format!("p{n}@example.org")).await;
        }
        world.member(team, "=cmd@example.org").await;
        world.member(team, "'quoted@example.org").await;
        world.service.invite(&host, team, list("i1@example.org; +i2@example.org")).await.expect("invited");
        let whole = export(&world, team, 1_000).await;
        assert_eq!(whole.lines().count(), 10);
        assert!(whole.contains("\r\n'=cmd@example.org,") && whole.contains("\r\n'+i2@example.org,"), "{whole}");
        for limit in [1, 2, 3, 9] {
            assert_eq!(export(&world, team, limit).await, whole, "{limit} a page");
        }
        let before = world.dump().await;
        let outcomes = import(&world, &host, team, &whole).await;
        assert!(outcomes.len() == 9 && words(&outcomes).iter().all(|(_, word)| *word == "unchanged"), "{outcomes:#?}");
        assert_eq!(world.dump().await, before);
    });
}

#[test]
fn more_rows_than_a_piece_are_several_transactions() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let rows: String = (0..1_200).map(|n| format!("p{n}@acme.example,Person {n}\n")).collect();
        let outcomes = import(&world, &world.host(), account, &format!("address,name\n{rows}")).await;
        assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()));
        assert_eq!((world.count("users").await, world.count("addresses").await), (1_200, 1_200));
        let filter = carillon_service::UserFilter { address: Some(email("P1199@acme.example")), ..Default::default() };
        let page = PageRequest { after: None, limit: 1 };
        let found = world.service.list_users(&world.host(), account, filter, page).await;
        assert_eq!(found.expect("a page").items[0].name.as_deref(), Some("Person 1199"));
    });
}
