//! Every statement on a path that must stay fast is served by an index, on both engines.

use access::application::{Application, Audience};
use access::authority::{Grant, Over, Role};
use access::invitation::InvitationState;
use access::user::{LicenseOrigin, Membership, Origin, SourceLink, Suspension, Waiting};
use access::{
    Account, AccountId, AccountSettings, AccountType, ApplicationId, BaseLicense, Domain, Email, GrantId, Invitation,
    InvitationId, User, UserId,
};
use jiff::Timestamp;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, EntityTrait, QuerySelect, QueryTrait, Select, Statement, TransactionTrait,
};
use uuid::Uuid;

use crate::entity::audit;
use crate::hot::{FIXED_PLANS, Statement as Fixed};
use crate::measures::{COUNTED, counting};
use crate::read::{
    HistoryPlace, Position, brought, filtered, history_page, lists, named, newest_before, oldest_since, trials, within,
};
use crate::testing::on_both_engines;
use crate::write::{directories, domains, invitations, users};
use crate::{
    AccessKey, Actor, AuditFilter, Authorization, EntryFilter, Error, Issued, Narrowed, NewIssued, Notice, Receiver,
    Record, Session, Store, Token, TokenHash, TokenHolder, Write,
};

const MEMBERS: u128 = 3_000;

fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

/// Two accounts, thousands of members in each, some of them waiting or administrators, and as many open invitations.
async fn crowd(store: &Store) -> AccountId {
    let account = |n: u128| Account {
        id: AccountId(Uuid::from_u128(n)),
        name: format!("Account {n}"),
        kind: AccountType::Team,
        default_license: BaseLicense::Plus,
        trials: true,
        second_factor: false,
        created: Timestamp::UNIX_EPOCH,
        deleted: None,
        settings: AccountSettings::default(),
        delegate_groups: Vec::new(),
    };
    let accounts = [account(1), account(2)];
    let ids = accounts.clone().map(|account| account.id);
    let people: Vec<User> = (0..2 * MEMBERS)
        .map(|n| {
            let mut user = User::new(
                UserId(Uuid::from_u128(1_000 + n)),
                email(&format!("u{n}@d{}.org", n % 50)),
                Timestamp::UNIX_EPOCH,
            );
            let origin = if n % 100 == 9 { Origin::Domain } else { Origin::Invitation };
            let since = Timestamp::UNIX_EPOCH;
            let account = ids[(n % 2) as usize];
            user.membership = (n % 100 != 7).then_some(Membership { account, origin, since, invited: None });
            user.display_name = Some(format!("Name {n}"));
            user.waiting = (n % 20 == 0).then_some(Waiting { license: BaseLicense::Pro, since });
            user.registered = (n % 100 != 3).then_some(since);
            user.license = if n % 50 == 0 { BaseLicense::Pro } else { BaseLicense::Plus };
            user.license_origin = if n % 50 == 0 { LicenseOrigin::Administrator } else { LicenseOrigin::Default };
            user.suspension = (n % 100 == 5).then_some(Suspension { by: None, at: since, reason: None, until: None });
            user.source = (n % 10 == 0).then(|| SourceLink { id: n.to_string(), enabled: n % 100 != 0, license: None });
            user.trial.until = (n % 20 == 1).then(|| Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(n as i64));
            user
        })
        .collect();
    let invited: Vec<(Invitation, TokenHash)> = (0..2 * MEMBERS)
        .map(|n| {
            let invitation = Invitation {
                id: InvitationId(Uuid::from_u128(1_000_000 + n)),
                account: ids[(n % 2) as usize],
                address: email(&format!("i{n}@example.org")),
                by: None,
                created: Timestamp::UNIX_EPOCH,
                expires: Timestamp::MAX,
                license: None,
                state: InvitationState::Pending,
                accepted_by: None,
                undelivered: None,
            };
            (invitation, TokenHash::of(&n.to_string()))
        })
        .collect();
    let written: Result<(), Error> = store
        .write(move |write: &mut Write| {
            Box::pin(async move {
                write.insert_accounts(&accounts).await?;
                write.insert_users(&people).await?;
                write.insert_invitations(&invited).await?;
                for (n, user) in (0_u128..500).zip(&people) {
                    let (id, over, role) = (GrantId(Uuid::from_u128(n)), Over::Deployment, Role::ReadOnly);
                    write.insert_grant(&Grant { id, user: user.id, over, role }, Timestamp::UNIX_EPOCH).await?;
                    let issued = Issued::new("", Timestamp::UNIX_EPOCH);
                    let key = AccessKey { id: format!("AKID{n}"), grant: id, issued: issued.clone() };
                    write.insert_access_key(&key, "secret").await?;
                    let token = Token { id: id.0, holder: TokenHolder::Grant(id), issued };
                    write.insert_token(&token, &TokenHash::of(&n.to_string())).await?;
                }
                write.commit((), vec![], vec![]).await
            })
        })
        .await;
    written.expect("the crowd is written");
    store.0.reads.execute_unprepared("ANALYZE").await.expect("statistics");
    ids[0]
}

/// The plan of a statement, a line per step. On PostgreSQL the one that serves whatever the values are.
async fn plan(store: &Store, sql: &str, values: usize) -> Vec<String> {
    plan_under(store, sql, values, &[("plan_cache_mode", "force_generic_plan")]).await
}

/// The same on a connection with these of PostgreSQL's settings.
async fn plan_under(store: &Store, sql: &str, values: usize, settings: &[(&str, &str)]) -> Vec<String> {
    let reads = store.0.reads.begin().await.expect("a transaction");
    let backend = reads.get_database_backend();
    let column = if backend == DatabaseBackend::Postgres { "QUERY PLAN" } else { "detail" };
    let explain = if backend == DatabaseBackend::Postgres {
        for (name, value) in settings {
            reads.execute_unprepared(&format!("SET LOCAL {name} = {value}")).await.expect("a setting");
        }
        reads.execute_unprepared(&format!("PREPARE planned AS {sql}")).await.expect("a statement");
        let values = vec!["NULL"; values].join(", ");
        if values.is_empty() {
            "EXPLAIN EXECUTE planned".to_owned()
        } else {
            format!("EXPLAIN EXECUTE planned ({values})")
        }
    } else {
        format!("EXPLAIN QUERY PLAN {sql}")
    };
    let rows = reads.query_all_raw(Statement::from_string(backend, explain)).await.expect("a plan");
    if backend == DatabaseBackend::Postgres {
        reads.execute_unprepared("DEALLOCATE planned").await.expect("it goes");
    }
    rows.iter().map(|row| row.try_get::<String>("", column).expect("a step")).collect()
}

/// Asserts that no table of people is read from end to end, nothing is sorted, and the index is used.
fn served(what: &str, plan: &[String], index: &str) {
    for step in plan.iter().map(|step| step.trim()) {
        let people = ["users", "addresses", "invitations", "license_history", "outbox", "u", "o"];
        let signed_in = ["sessions", "access_tokens", "refresh_tokens", "authorizations", "s", "x", "r", "z"];
        let mut people = people.into_iter().chain(signed_in);
        let whole = people.any(|table| {
            step == format!("SCAN {table}")
                || step.contains(&format!("SCAN {table} "))
                || step.contains(&format!("Seq Scan on {table} "))
        });
        assert!(!whole && !step.contains("TEMP B-TREE") && !step.contains("Sort"), "{what}: {plan:#?}");
    }
    assert!(plan.iter().any(|step| step.contains(index)), "{what} does not use {index}: {plan:#?}");
}

async fn check<E: EntityTrait>(store: &Store, what: &str, select: Select<E>, on_sqlite: &str, on_postgres: &str) {
    let backend = store.0.reads.get_database_backend();
    let statement = select.build(backend);
    let values = statement.values.map_or(0, |values| values.0.len());
    let plan = plan(store, &statement.sql, values).await;
    served(what, &plan, if backend == DatabaseBackend::Postgres { on_postgres } else { on_sqlite });
}

#[test]
fn lists_and_searches_are_served_by_indexes() {
    on_both_engines(|store| async move {
        let account = crowd(&store).await;
        let after = Position { key: "u5000@d0.org".to_owned(), id: Uuid::from_u128(6_000) };
        let by_name = Position { key: "name 1250".to_owned(), id: Uuid::from_u128(2_250) };
        for (what, after) in [("page 1", None), ("page N", Some(&after))] {
            let (members, invited) = lists(account, &EntryFilter::default(), after, 50);
            check(&store, what, members.expect("members"), "users_by_address", "users_by_address").await;
            check(&store, what, invited.expect("invited"), "invitations_open_once", "invitations_").await;
        }
        let begins = EntryFilter { prefix: Some("u50".to_owned()), ..EntryFilter::default() };
        let (members, invited) = lists(account, &begins, None, 50);
        let what = "prefix of the address";
        check(&store, what, members.expect("members"), "users_by_address", "users_by_address").await;
        check(&store, what, invited.expect("invited"), "invitations_open_once", "invitations_").await;
        for (what, after) in [("prefix of the name", None), ("its page N", Some(&by_name))] {
            let named = named(account, "name 12", after).limit(50);
            check(&store, what, named, "users_by_name", "users_by_name").await;
        }
        let waiting = users::waiting_list(account, BaseLicense::Pro).limit(1);
        check(&store, "who waits", waiting, "users_waiting", "users_waiting").await;
        let soon =
            trials(Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(100)).limit(50);
        check(&store, "trials that end soon", soon, "users_by_trial", "users_by_trial").await;
        // Of two accounts PostgreSQL may well read both, in the order of people.
        for (what, after) in
            [("a report", None), ("its page N", Some(HistoryPlace::after(UserId(Uuid::from_u128(3_000)))))]
        {
            let page = history_page(account, after).limit(50);
            check(&store, what, page, "license_history_by_account", "license_history_by_").await;
        }
        let open = invitations::pending_of_address("i7@example.org");
        check(&store, "invitations of an address", open, "invitations_open_by_address", "invitations_open_by_address")
            .await;
        let domain = Domain::parse("d7.org").expect("a domain");
        let by_domain = "users_by_domain";
        check(&store, "free users of a domain", domains::free_on(&domain), by_domain, by_domain).await;
        check(&store, "members on it", domains::members_on(account, &domain), by_domain, by_domain).await;
        check(&store, "members elsewhere", domains::elsewhere_on(&domain, account), by_domain, by_domain).await;
        let further = "addresses_further_by_domain";
        check(&store, "further addresses", domains::further_on(&domain), further, further).await;
        let due = domains::due(Timestamp::UNIX_EPOCH).limit(10);
        // PostgreSQL reads a table without rows from end to end.
        if store.0.reads.get_database_backend() == DatabaseBackend::Sqlite {
            check(&store, "domains to look at again", due, "domains_by_check", "").await;
        }
        // Tables without rows tell nothing on PostgreSQL.
        if store.0.reads.get_database_backend() == DatabaseBackend::Sqlite {
            let (key, entries) = ("USING PRIMARY KEY", directories::next_entries(account, Some(Uuid::from_u128(7))));
            check(&store, "entries of a directory", entries, key, "").await;
            check(&store, "its runs", directories::runs(account, Some(7)).limit(50), key, "").await;
            check(&store, "a run's log", directories::lines(account, 7, 100).limit(50), key, "").await;
        }
        let link = invitations::by_token(&TokenHash::of("7"));
        check(&store, "a link", link, "token_hash", "token_hash").await;
    });
}

/// Nothing is known of the table yet when a directory is applied for the first time, and the plan is kept while it grows.
#[test]
fn entries_of_a_directory_are_found_by_their_keys_from_the_first() {
    on_both_engines(|store| async move {
        let ids: Vec<Uuid> = (0..64).map(Uuid::from_u128).collect();
        let statement =
            directories::some_entries(store.0.reads.get_database_backend(), AccountId(Uuid::from_u128(1)), &ids);
        let plan = plan(&store, &statement.sql, 1 + ids.len()).await;
        let both = |step: &String| {
            let step = step.trim();
            step.contains("(account_id=? AND entry_id=?)")
                || step.starts_with("Index Cond: ((account_id = $1) AND (entry_id = ")
        };
        assert!(plan.iter().any(both), "{plan:#?}");
    });
}

#[test]
fn who_was_brought_by_a_source_is_counted_by_its_index() {
    on_both_engines(|store| async move {
        let account = crowd(&store).await;
        check(&store, "brought by a source", brought(account), "users_source_once", "users_source_once").await;
    });
}

#[test]
fn a_narrowed_list_is_served_by_its_index_in_its_order() {
    on_both_engines(|store| async move {
        let account = crowd(&store).await;
        let after = Position { key: "u5000@d0.org".to_owned(), id: Uuid::from_u128(6_000) };
        for (narrowed, index) in [
            (Narrowed::License(BaseLicense::Pro), "users_by_license"),
            (Narrowed::Origin(Origin::Domain), "users_by_origin"),
            (Narrowed::LicenseOrigin(LicenseOrigin::Administrator), "users_by_license_origin"),
            (Narrowed::Suspended, "users_suspended"),
            (Narrowed::Unregistered, "users_unregistered"),
            (Narrowed::Waiting, "users_who_wait"),
            (Narrowed::Disabled, "users_disabled"),
            (Narrowed::Members, "users_by_address"),
        ] {
            for (after, prefix) in [(None, None), (Some(&after), None), (None, Some("u50".to_owned()))] {
                let filter = EntryFilter { prefix, narrowed: Some(narrowed), address: None };
                let (members, invited) = lists(account, &filter, after, 50);
                let what = format!("{filter:?} after {after:?}");
                assert_eq!(invited.is_some(), matches!(narrowed, Narrowed::License(_)), "{what}");
                check(&store, &what, members.expect("members"), index, index).await;
            }
        }
        let invited = EntryFilter { narrowed: Some(Narrowed::Invited), ..EntryFilter::default() };
        assert!(lists(account, &invited, None, 50).0.is_none());
    });
}

/// Records of two accounts about many people by many administrators, one a second.
async fn trail(store: &Store) {
    let records = (0..2 * MEMBERS).map(|n| Record {
        at: Timestamp::from_second(n as i64).expect("a moment"),
        door: "cli",
        request: Uuid::from_u128(n),
        actor: Actor { kind: "administrator", id: Some(Uuid::from_u128(n % 700)), personal: None },
        action: "user.suspend",
        account: Some(AccountId(Uuid::from_u128(1 + n % 2))),
        subject: Some(Uuid::from_u128(n % 1_000)),
        refusal: None,
        before: None,
        after: None,
        why: None,
        personal: None,
    });
    let records = records.collect();
    let written: Result<(), Error> =
        store.write(move |write: &mut Write| Box::pin(async move { write.commit((), records, vec![]).await })).await;
    written.expect("the trail is written");
    store.0.reads.execute_unprepared("ANALYZE").await.expect("statistics");
}

#[test]
fn the_trail_is_read_by_indexes_in_its_order() {
    on_both_engines(|store| async move {
        trail(&store).await;
        let moment = |second| Some(Timestamp::from_second(second).expect("a moment"));
        let everything = AuditFilter { newest_first: true, ..AuditFilter::default() };
        let (subject, actor) = (Some(Uuid::from_u128(7)), Some(Uuid::from_u128(8)));
        let day = AuditFilter { since: moment(1_000), until: moment(2_000), ..everything.clone() };
        let bounds = (Some(900), Some(2_100));
        let find = audit::Entity::find;
        let (engine, account) = (store.0.reads.get_database_backend(), AccountId(Uuid::from_u128(1)));
        let about = AuditFilter { subject, ..everything.clone() };
        for (what, select, on_sqlite, on_postgres) in [
            ("a time", filtered(find(), &day, bounds, None), "PRIMARY KEY", "audit_pkey"),
            (
                "a time of an account",
                filtered(within(engine, account, &day), &day, bounds, Some(1_500)),
                "audit_by_account",
                "audit_",
            ),
            (
                "about somebody",
                filtered(find(), &AuditFilter { subject, ..everything.clone() }, (None, None), None),
                "audit_by_subject",
                "audit_by_subject",
            ),
            (
                "about somebody within an account",
                filtered(within(engine, account, &about), &about, (None, None), None),
                "audit_by_subject",
                "audit_by_subject",
            ),
            (
                "by somebody",
                filtered(find(), &AuditFilter { actor, ..everything.clone() }, (None, None), None),
                "audit_by_actor",
                "audit_by_actor",
            ),
            ("the bound before", newest_before(Timestamp::UNIX_EPOCH), "audit_by_time", "audit_by_time"),
            ("the bound after", oldest_since(Timestamp::UNIX_EPOCH), "audit_by_time", "audit_by_time"),
        ] {
            check(&store, what, select.limit(50), on_sqlite, on_postgres).await;
        }
    });
}

#[test]
fn a_question_reads_no_table_from_end_to_end() {
    on_both_engines(|store| async move {
        crowd(&store).await;
        let ask: &[(&str, &str)] = &[
            ("SEARCH t USING PRIMARY KEY", "api_tokens_pkey"),
            ("SEARCH u USING PRIMARY KEY", "users_pkey"),
            ("SEARCH addresses USING PRIMARY KEY", "addresses_pkey"),
        ];
        let key: &[(&str, &str)] =
            &[("SEARCH k USING PRIMARY KEY", "access_keys_pkey"), ("SEARCH o USING PRIMARY KEY", "users_pkey")];
        for (statement, indexes) in [(Fixed::Ask, ask), (Fixed::AskAsAdministrator, ask), (Fixed::AccessKey, key)] {
            asked(&store, statement, indexes).await;
        }
    });
}

/// Asserts that a question's statement is served by these indexes, named as SQLite and PostgreSQL show them.
async fn asked(store: &Store, statement: Fixed, indexes: &[(&str, &str)]) {
    let postgres = store.0.reads.get_database_backend() == DatabaseBackend::Postgres;
    let text = if postgres { statement.of_many() } else { statement.text().to_owned() };
    let plan = plan_under(store, &text, statement.types().len(), &FIXED_PLANS).await;
    for (on_sqlite, on_postgres) in indexes {
        served(&format!("{statement:?}"), &plan, if postgres { on_postgres } else { on_sqlite });
    }
}

/// An outbox of which most was delivered; the first hundred, of mails and notices in turn, wait, and the next were given up.
async fn outbox(store: &Store) {
    let written: Result<(), Error> = store
        .write(move |write: &mut Write| {
            Box::pin(async move {
                let application = ApplicationId(Uuid::from_u128(1));
                let notices = (0..2 * MEMBERS).map(|n| Notice {
                    receiver: if n % 2 == 0 { Receiver::Mail } else { Receiver::Application(application) },
                    person: Uuid::from_u128(n),
                    account: None,
                    kind: "test".to_owned(),
                    at: Timestamp::UNIX_EPOCH,
                    payload: serde_json::json!({}),
                });
                write.commit((), vec![], notices.collect()).await
            })
        })
        .await;
    written.expect("the outbox is filled");
    let reads = &store.0.reads;
    for text in [
        "UPDATE outbox SET state = 'delivered', delivered = 1 WHERE id > 200",
        "UPDATE outbox SET state = 'dead' WHERE id > 100 AND id <= 200",
        "ANALYZE",
    ] {
        reads.execute_unprepared(text).await.expect("it is as it is after a month");
    }
}

#[test]
fn what_waits_is_counted_without_reading_what_was_delivered() {
    on_both_engines(|store| async move {
        outbox(&store).await;
        for (receiver, state, entries) in COUNTED {
            let plan = plan(&store, &counting(entries), 0).await;
            // PostgreSQL takes any index over the few that there are.
            match store.0.reads.get_database_backend() {
                DatabaseBackend::Postgres => {
                    let whole = plan.iter().any(|step| step.contains("Seq Scan"));
                    let by_index =
                        plan.iter().any(|step| step.contains("using outbox_") || step.contains("on outbox_"));
                    assert!(by_index && !whole, "{state} of {receiver}: {plan:#?}");
                }
                _ => served(&format!("{state} of {receiver}"), &plan, &format!("outbox_{state}_by_age")),
            }
        }
        let found = store.measures(Timestamp::UNIX_EPOCH).await.expect("measures").outbox;
        let found: Vec<_> = found.iter().map(|one| (&*one.receiver, &*one.state, one.entries)).collect();
        let expected = [("application", "dead"), ("application", "waiting"), ("mail", "dead"), ("mail", "waiting")];
        assert_eq!(found, expected.map(|(receiver, state)| (receiver, state, 50)));
    });
}

/// Everybody of the crowd signed in, and an application has tokens of each.
async fn signed_in(store: &Store) {
    let application = Application {
        id: ApplicationId(Uuid::from_u128(1)),
        name: "Wiki".to_owned(),
        owner: None,
        audience: Audience::Anyone,
        required_license: None,
        required_feature: None,
        client: None,
    };
    let later = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(1);
    let written: Result<(), Error> = store
        .write(move |write: &mut Write| {
            Box::pin(async move {
                write.insert_application(&application, Timestamp::UNIX_EPOCH).await?;
                for n in 0..MEMBERS {
                    let (id, user, now) =
                        (Uuid::from_u128(n), UserId(Uuid::from_u128(1_000 + n)), Timestamp::UNIX_EPOCH);
                    let methods = "pwd".to_owned();
                    let session = Session {
                        id,
                        user,
                        epoch: 0,
                        created: now,
                        authenticated: now,
                        methods: methods.clone(),
                        expires: later,
                        last_used: now,
                        device: None,
                    };
                    write.insert_session(&session, &TokenHash::of(&format!("session {n}"))).await?;
                    let authorization = Authorization {
                        id,
                        user,
                        application: application.id,
                        session: Some(id),
                        sid: id,
                        epoch: 0,
                        scope: "openid".to_owned(),
                        authenticated: now,
                        methods,
                        created: now,
                        expires: later,
                        ended: None,
                    };
                    write.insert_authorization(&authorization).await?;
                    let issued = NewIssued { id, authorization: id, created: now, expires: later };
                    write.insert_access_token(&issued, "openid", &TokenHash::of(&format!("access {n}"))).await?;
                    write.insert_refresh_token(&issued, &TokenHash::of(&format!("refresh {n}"))).await?;
                }
                write.commit((), vec![], vec![]).await
            })
        })
        .await;
    written.expect("they are signed in");
    store.0.reads.execute_unprepared("ANALYZE").await.expect("statistics");
}

#[test]
fn sessions_and_tokens_are_found_by_indexes() {
    on_both_engines(|store| async move {
        crowd(&store).await;
        signed_in(&store).await;
        let session: &[(&str, &str)] = &[
            ("SEARCH s USING INDEX sqlite_autoindex_sessions", "sessions_hash_key"),
            ("SEARCH u USING PRIMARY KEY", "users_pkey"),
        ];
        let bearer: &[(&str, &str)] = &[
            ("SEARCH t USING PRIMARY KEY", "api_tokens_pkey"),
            ("SEARCH x USING PRIMARY KEY", "access_tokens_pkey"),
            ("SEARCH r USING PRIMARY KEY", "refresh_tokens_pkey"),
            ("SEARCH z USING PRIMARY KEY", "authorizations_pkey"),
            ("SEARCH u USING PRIMARY KEY", "users_pkey"),
        ];
        for (statement, indexes) in [(Fixed::Session, session), (Fixed::Bearer, bearer)] {
            asked(&store, statement, indexes).await;
        }
    });
}
