//! The audit trail and the mails: what is kept, what is sealed, and what erasing leaves.

use access::authority::{Action, Caller, Over, permit};
use access::{AccountId, UserId};
use serde_json::json;
use store::testing::{on_both_databases, on_both_engines, sealer};
use store::{Actor, AuditFilter, Error, Notice, Random, Receiver, Record, Sealer, Store, Write};

use crate::fixtures::*;

async fn tell(store: &Store, records: Vec<Record>, notices: Vec<Notice>) {
    let done: Result<(), Error> =
        store.write(move |write: &mut Write| Box::pin(async move { write.commit((), records, notices).await })).await;
    done.expect("the records are written");
}

fn about(n: u128, account: u128) -> Record {
    Record {
        account: Some(AccountId(uuid(account))),
        actor: Actor { kind: "administrator", id: Some(uuid(7)), personal: Some(json!({ "name": "Grace Hopper" })) },
        request: uuid(1_000 + n),
        refusal: (n % 2 == 1).then_some("already-member"),
        before: Some(json!({ "license": "Basic" })),
        after: Some(json!({ "license": "Pro", "n": n.to_string() })),
        why: Some("seat-freed".into()),
        personal: Some(json!({ "address": format!("ada{n}@example.org") })),
        ..record("license.assign", Some(uuid(n)))
    }
}

fn mail(n: u128) -> Notice {
    let payload = json!({ "to": format!("ada{n}@example.org"), "token": "secret link" });
    Notice {
        receiver: Receiver::Mail,
        person: uuid(n),
        account: None,
        kind: "invitation".to_owned(),
        at: at(1),
        payload,
    }
}

fn over(reach: Over) -> access::authority::Permit {
    permit(&Caller::Host, Action::ReadAudit, reach).expect("the host may")
}

#[test]
fn records_come_back_in_order_within_their_scope() {
    on_both_engines(|store| async move {
        let records: Vec<Record> = (1..=6).map(|n| about(n, 1 + n % 2)).collect();
        tell(&store, records.clone(), vec![]).await;
        let all = store.read(over(Over::Deployment)).audit(&AuditFilter::default(), None, 100).await.expect("a trail");
        assert!(all.windows(2).all(|pair| pair[0].seq < pair[1].seq));
        for (entry, record) in all.iter().zip(&records) {
            assert_eq!((entry.at, entry.door.as_str(), entry.request), (record.at, record.door, record.request));
            assert_eq!((entry.actor, &entry.actor_personal), (record.actor.id, &record.actor.personal));
            assert_eq!((entry.account, entry.subject), (record.account, record.subject));
            assert_eq!(entry.refusal.as_deref(), record.refusal);
            assert_eq!((&entry.before, &entry.after), (&record.before, &record.after));
            assert_eq!((entry.why.as_deref(), &entry.personal), (record.why.as_deref(), &record.personal));
        }
        let own = store.read(over(Over::Account(AccountId(uuid(1))))).audit(&AuditFilter::default(), None, 100).await;
        assert_eq!(
            own.expect("a trail"),
            all.iter().filter(|e| e.account == Some(AccountId(uuid(1)))).cloned().collect::<Vec<_>>()
        );
        let newest = AuditFilter { newest_first: true, ..AuditFilter::default() };
        let page = store.read(over(Over::Deployment)).audit(&newest, Some(all[4].seq), 2).await.expect("a trail");
        assert_eq!(page, [all[3].clone(), all[2].clone()]);
        let subject = AuditFilter { subject: Some(uuid(3)), ..AuditFilter::default() };
        assert_eq!(
            store.read(over(Over::Deployment)).audit(&subject, None, 9).await.expect("a trail"),
            [all[2].clone()]
        );
        let mine = store.read(store::Scope::Oneself(UserId(uuid(3)))).audit(&AuditFilter::default(), None, 9).await;
        assert_eq!(mine.expect("a trail"), [all[2].clone()]);
    });
}

#[test]
fn a_time_finds_its_records_though_requests_overtake_each_other() {
    on_both_engines(|store| async move {
        let hour = |n: i64| at(n * 3_600_000);
        // Committed in this order: the fourth began before the third, and waited.
        let began = [0, 30, 62, 61, 90, 120];
        let records = began.iter().map(|n| Record { at: hour(*n), ..about(*n as u128, 1) });
        tell(&store, records.collect(), vec![]).await;
        let read = store.read(over(Over::Account(AccountId(uuid(1)))));
        for (since, until, expected) in [
            (None, None, &began[..]),
            (Some(62), None, &[62, 90, 120]),
            (Some(61), Some(62), &[61]),
            (None, Some(62), &[0, 30, 61]),
            (Some(90), Some(90), &[]),
            (Some(121), None, &[]),
        ] {
            for newest_first in [false, true] {
                let (since, until) = (since.map(hour), until.map(hour));
                let filter = AuditFilter { since, until, newest_first, ..AuditFilter::default() };
                let mut found: Vec<_> =
                    read.audit(&filter, None, 9).await.expect("a trail").iter().map(|entry| entry.at).collect();
                if newest_first {
                    found.reverse();
                }
                assert_eq!(found, expected.iter().copied().map(hour).collect::<Vec<_>>(), "{filter:?}");
            }
        }
        let refused = AuditFilter { refused: true, ..AuditFilter::default() };
        assert_eq!(read.audit(&refused, None, 9).await.expect("a trail").len(), 1, "only the odd one");
    });
}

#[test]
fn nothing_personal_is_readable_in_the_database() {
    on_both_engines(|store| async move {
        tell(&store, vec![about(1, 1)], vec![mail(1)]).await;
        let dump = format!("{:?}", store.dump().await.expect("a dump"));
        // Blobs are dumped in hexadecimal.
        for secret in ["ada1@example.org", "Grace Hopper", "secret link"] {
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!dump.contains(secret) && !dump.to_lowercase().contains(&hex), "{secret} is readable");
        }
        let mails = store.read(over(Over::Deployment)).mails(None, 10).await.expect("mails");
        assert_eq!(mails[0].payload, Some(mail(1).payload));
    });
}

#[test]
fn erasing_a_person_leaves_the_facts_and_closes_what_was_personal() {
    on_both_engines(|store| async move {
        tell(&store, vec![about(1, 1), about(2, 1)], vec![mail(1), mail(2)]).await;
        let erased: Result<(), Error> = store
            .write(|write: &mut Write| {
                Box::pin(async move {
                    write.erase(&[uuid(1)]).await?;
                    write.commit((), vec![], vec![]).await
                })
            })
            .await;
        assert_eq!(erased, Ok(()));
        let trail = store.read(over(Over::Deployment)).audit(&AuditFilter::default(), None, 9).await.expect("a trail");
        assert_eq!((&trail[0].personal, &trail[0].after), (&None, &about(1, 1).after));
        assert_eq!(trail[1].personal, about(2, 1).personal);
        let mails = store.read(over(Over::Deployment)).mails(None, 10).await.expect("mails");
        assert_eq!((&mails[0].payload, &mails[1].payload), (&Some(mail(2).payload), &None));
    });
}

#[test]
fn another_master_key_is_noticed_at_once_and_a_further_one_opens_everything() {
    on_both_databases(|fresh| async move {
        let store = fresh.open().await;
        tell(&store, vec![about(1, 1)], vec![]).await;
        store.close().await;
        for (number, key) in [(1, [8; 32]), (2, [7; 32])] {
            let wrong = Sealer::new(number, key, Random::system());
            let refused = Store::open(fresh.settings.clone(), wrong).await.err();
            assert_eq!(refused, Some(Error::MasterKey), "key {number}");
        }
        let further = sealer().and(2, [9; 32]);
        let store = Store::open(fresh.settings.clone(), further).await.expect("it opens");
        let trail = store.read(over(Over::Deployment)).audit(&AuditFilter::default(), None, 9).await;
        assert_eq!(trail.map(|trail| trail.len()), Ok(1));
        store.close().await;
        fresh
    });
}

#[test]
fn persons_keys_are_made_once_also_by_many_at_once() {
    on_both_engines(|store| async move {
        let telling = (0..12_u128).map(|n| {
            let store = store.clone();
            async move {
                tell(&store, vec![Record { request: uuid(n), ..about(1, 1) }], vec![mail(1), mail(1 + n % 3)]).await;
            }
        });
        futures::future::join_all(telling).await;
        let trail = store.read(over(Over::Deployment)).audit(&AuditFilter::default(), None, 99).await.expect("a trail");
        assert!(trail.iter().all(|entry| entry.personal.is_some() && entry.actor_personal.is_some()));
        assert_eq!(trail.len(), 12);
    });
}
