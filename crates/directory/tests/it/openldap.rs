//! OpenLDAP: what is read, what changes, and whose password it is.

use access::directory::{Connection, Kind, Member, Read};
use carillon_directory::testing::Server;
use service::directory::reach::{Compared, Directories, Position, Since, Whom};

use crate::world::{Following, compared, groups, network, open, people, refused};

/// Somebody below ou=people, with a password that is their name.
fn person(uid: &str, more: &str) -> String {
    format!(
        "dn: uid={uid},ou=people,dc=example,dc=test\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: {uid}\n\
         userPassword: {uid}\n{more}\n"
    )
}

fn group(cn: &str, members: &[&str]) -> String {
    let members: String =
        members.iter().map(|uid| format!("member: uid={uid},ou=people,dc=example,dc=test\n")).collect();
    format!("dn: cn={cn},ou=groups,dc=example,dc=test\nobjectClass: groupOfNames\ncn: {cn}\n{members}\n")
}

fn name(id: &str) -> Whom {
    Whom::Principal(id.to_owned())
}

#[tokio::test]
async fn people_and_groups_are_read_as_they_are() {
    let server = Server::openldap();
    server.change(&person("ada", "displayName: Ada Byron\nmail: b@example.org\nmail: a@example.org\n"));
    server.change(&person("bob", "pwdAccountLockedTime: 000001010000Z\n"));
    server.change(&person("eve", "mail: not an address\npwdEndTime: 20200101000000Z\n"));
    server.change(&group("pro", &["ada", "bob"]));
    let (reads, _) = open(&server.connection()).await.all().await.unwrap();
    let people = people(&reads);
    let [ada, bob, eve] = ["Ada Byron", "bob", "eve"].map(|name| &people[name]);
    assert_eq!(people.len(), 3);
    assert_eq!(ada.dn, "uid=ada,ou=people,dc=example,dc=test");
    // Of several the least: their order in an answer is nobody's promise.
    assert_eq!(ada.mail.as_deref(), Some("a@example.org"));
    assert_eq!((ada.principal.as_deref(), ada.enabled), (Some("ada"), true));
    assert_eq!((bob.mail.as_deref(), bob.enabled), (None, false));
    assert_eq!(eve.mail.as_deref(), Some("not an address"));
    assert_eq!((ada.expires, eve.expires), (None, Some("2020-01-01T00:00:00Z".parse().unwrap())));
    assert_ne!(ada.id, bob.id);
    let groups = groups(&reads);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups["pro"].members, [Member::Dn(ada.dn.clone()), Member::Dn(bob.dn.clone())]);
}

#[tokio::test]
async fn many_come_page_by_page_and_a_limit_is_said() {
    let server = Server::openldap();
    server.change(&(0..2_345).map(|number| person(&format!("p{number:04}"), "")).collect::<String>());
    let (reads, _) = open(&server.connection()).await.all().await.unwrap();
    assert_eq!(people(&reads).len(), 2_345);
    let limited = Connection { bind: server.account("limited"), ..server.connection() };
    let failed = open(&limited).await.all().await.unwrap_err();
    assert_eq!(failed.code, "rights");
    assert!(failed.text.contains("olcLimits"), "{failed}");
}

#[tokio::test]
async fn a_password_is_asked_for_by_a_bind() {
    let server = Server::openldap();
    server.change(&person("ada", "mail: ada@example.org\n"));
    server.change(&person("bob", "mail: ada@example.org\nmail: bob@example.org\n"));
    server.change(&person("a*a", "mail: star@example.org\n"));
    let connection = server.connection();
    let (reads, _) = open(&connection).await.all().await.unwrap();
    let people = people(&reads);
    let right = |who: &str| Compared::Right(people[who].id);
    for (whom, theirs, says) in [
        (name("ada"), "ada", right("ada")),
        (name("ADA"), "ada", right("ada")),
        (Whom::Entry(people["ada"].id), "ada", right("ada")),
        (name("bob@example.org"), "bob", right("bob")),
        (name("ada"), "bob", Compared::Wrong),
        // An empty password would bind as nobody, and that succeeds.
        (name("ada"), "", Compared::Wrong),
        (Whom::Entry(people["ada"].id), "", Compared::Wrong),
        // Two people have this address.
        (name("ada@example.org"), "ada", Compared::Unknown),
        (name("nobody"), "nobody", Compared::Unknown),
        (name(""), "ada", Compared::Unknown),
        // A name is a name, not a piece of a filter.
        (name("a*a"), "a*a", right("a*a")),
        (name("*"), "ada", Compared::Unknown),
        (name("ada)(uid=*"), "ada", Compared::Unknown),
        (name("bo\\62"), "bob", Compared::Unknown),
        (Whom::Entry(uuid::Uuid::from_u128(7)), "ada", Compared::Unknown),
    ] {
        assert_eq!(compared(&connection, &whom, theirs).await, says, "{whom:?} {theirs}");
    }
    // Who is not read from the directory has no business with its passwords.
    let elsewhere = Connection { people: Some("(uid=bob)".to_owned()), ..connection };
    assert_eq!(compared(&elsewhere, &name("ada"), "ada").await, Compared::Unknown);
}

#[tokio::test]
async fn a_password_policy_says_why_somebody_is_not_let_in() {
    let server = Server::openldap();
    server.change(
        "dn: cn=strict,dc=example,dc=test\nobjectClass: device\nobjectClass: pwdPolicy\ncn: strict\n\
         pwdAttribute: userPassword\npwdMaxAge: 86400\npwdLockout: TRUE\npwdMaxFailure: 2\npwdMustChange: TRUE\n",
    );
    let strict = "pwdPolicySubentry: cn=strict,dc=example,dc=test\n";
    server.change(&["ada", "reset", "old", "tried"].map(|uid| person(uid, strict)).concat());
    server.change(&modified("uid=reset,ou=people", "add: pwdReset\npwdReset: TRUE"));
    // When a password was changed nobody may say but with leave to break the schema (draft-zeilenga-ldap-relax).
    server.change(
        "dn: uid=old,ou=people,dc=example,dc=test\ncontrol: 1.3.6.1.4.1.4203.666.5.12 true\nchangetype: modify\n\
         replace: pwdChangedTime\npwdChangedTime: 20200101000000Z\n-\n",
    );
    let connection = server.connection();
    let says = async |who: &str, theirs: &str| compared(&connection, &name(who), theirs).await;
    assert!(matches!(says("ada", "ada").await, Compared::Right(_)));
    assert_eq!(says("reset", "reset").await, Compared::NotNow("password-must-change"));
    assert_eq!(says("old", "old").await, Compared::NotNow("password-expired"));
    // Nobody learns it who does not have the password.
    assert_eq!((says("reset", "wrong").await, says("old", "wrong").await), (Compared::Wrong, Compared::Wrong));
    assert_eq!((says("tried", "1").await, says("tried", "2").await), (Compared::Wrong, Compared::Wrong));
    assert_eq!(says("tried", "tried").await, Compared::NotNow("account-locked"));
}

#[tokio::test]
async fn groups_are_found_by_the_beginning_of_their_names() {
    let server = Server::openldap();
    server.change(&person("ada", ""));
    server.change(&["zoom", "app pro", "app plus", "app (old)"].map(|cn| group(cn, &["ada"])).concat());
    let mut reading = open(&server.connection()).await;
    for (prefix, most, found) in [
        ("app", 10, vec!["app (old)", "app plus", "app pro"]),
        ("App P", 10, vec!["app plus", "app pro"]),
        ("app (", 10, vec!["app (old)"]),
        ("*", 10, vec![]),
        ("", 10, vec!["app (old)", "app plus", "app pro", "zoom"]),
    ] {
        let groups = reading.groups(prefix, most).await.unwrap();
        assert_eq!(groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), found, "{prefix}");
        assert!(groups.iter().all(|group| group.members.is_empty()));
    }
    assert_eq!(reading.groups("", 2).await.unwrap().len(), 2);
}

#[tokio::test]
async fn tls_is_checked_against_the_name_and_the_authority() {
    let server = Server::openldap();
    let secure = server.secure();
    let start_tls = Connection { urls: vec![server.said("start_tls").to_owned()], start_tls: true, ..secure.clone() };
    open(&secure).await.all().await.unwrap();
    open(&start_tls).await.all().await.unwrap();
    for connection in [&secure, &start_tls] {
        let failed = refused(&Connection { ca: None, ..connection.clone() }).await;
        assert_eq!(failed.code, "tls");
        assert!(failed.text.contains("give the certificate of its CA"), "{failed}");
        let urls = vec![connection.urls[0].replace("localhost", "127.0.0.1")];
        let failed = refused(&Connection { urls, ..connection.clone() }).await;
        assert_eq!(failed.code, "tls");
        assert!(failed.text.contains("for another name"), "{failed}");
    }
}

#[tokio::test]
async fn the_next_url_is_taken_where_one_does_not_answer_but_not_where_one_refuses_the_password() {
    let server = Server::openldap();
    let two = |first: &str| vec![first.to_owned(), server.said("url").to_owned()];
    open(&Connection { urls: two("ldap://127.0.0.1:1"), ..server.connection() }).await.all().await.unwrap();
    let failed = refused(&Connection { urls: vec!["ldap://127.0.0.1:1".to_owned()], ..server.connection() }).await;
    assert_eq!(failed.code, "unreachable");
    let failed = refused(&Connection { bind: "cn=nobody".to_owned(), ..server.connection() }).await;
    assert_eq!(failed.code, "credentials");
    assert!(!failed.text.contains(carillon_directory::testing::PASSWORD));
}

#[tokio::test]
async fn what_changes_is_told_as_it_happens() {
    let server = Server::openldap();
    server.change(&["ada", "bob", "eve"].map(|uid| person(uid, "")).concat());
    server.change(&group("pro", &["ada"]));
    let mut following = Following::of(&server.connection()).await;
    assert_eq!(following.changes(false).await, Some(vec![]), "nothing has changed");

    server.change(&modified("uid=ada,ou=people", "replace: displayName\ndisplayName: Ada"));
    assert_eq!(people(&following.changes(true).await.unwrap()).keys().collect::<Vec<_>>(), ["Ada"]);

    server.change(&modified("cn=pro,ou=groups", "add: member\nmember: uid=bob,ou=people,dc=example,dc=test"));
    let told = following.changes(true).await.unwrap();
    assert_eq!(groups(&told)["pro"].members.len(), 2);

    // Out of what is read: by its place, and by the filter.
    server.change("dn: uid=bob,ou=people,dc=example,dc=test\nchangetype: moddn\nnewrdn: uid=robert\ndeleteoldrdn: 1\n");
    let told = following.changes(true).await.unwrap();
    let [Read::Person(robert)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(robert.dn, "uid=robert,ou=people,dc=example,dc=test");
    server.change("dn: uid=robert,ou=people,dc=example,dc=test\nchangetype: delete\n");
    assert_eq!(following.changes(true).await, Some(vec![Read::Gone(robert.id)]));
}

#[tokio::test]
async fn who_leaves_the_filter_or_the_base_is_gone() {
    let server = Server::openldap();
    server.change(&["ada", "bob"].map(|uid| person(uid, "title: staff\n")).concat());
    let connection = Connection {
        people: Some("(title=staff)".to_owned()),
        base: "ou=people,dc=example,dc=test".to_owned(),
        ..server.connection()
    };
    let mut following = Following::of(&connection).await;
    assert_eq!(following.picture.people.len(), 2);
    following.changes(false).await;
    server.change(&modified("uid=ada,ou=people", "replace: title\ntitle: guest"));
    assert!(matches!(following.changes(true).await.unwrap().as_slice(), [Read::Gone(_)]));
    server.change(
        "dn: uid=bob,ou=people,dc=example,dc=test\nchangetype: moddn\nnewrdn: uid=bob\ndeleteoldrdn: 1\n\
         newsuperior: ou=groups,dc=example,dc=test\n",
    );
    assert!(matches!(following.changes(true).await.unwrap().as_slice(), [Read::Gone(_)]));
    assert_eq!(following.picture.people.len(), 0);
}

#[tokio::test]
async fn what_changed_before_it_was_followed_is_told_too() {
    let server = Server::openldap();
    server.change(&["ada", "bob", "eve"].map(|uid| person(uid, "")).concat());
    let mut following = Following::of(&server.connection()).await;
    server.change(&person("new", ""));
    server.change("dn: uid=bob,ou=people,dc=example,dc=test\nchangetype: delete\n");
    let told = following.changes(false).await.unwrap();
    assert_eq!(people(&told).keys().collect::<Vec<_>>(), ["new"]);
    assert_eq!(told.iter().filter(|read| matches!(read, Read::Gone(_))).count(), 1);
    assert_eq!(following.picture.people.len(), 3);
}

/// A server has room for a few searches that stay on a connection, eight by default: those of before must be given up.
#[tokio::test]
async fn everything_is_read_again_and_again_on_one_connection() {
    let server = Server::openldap();
    server.change(&person("ada", ""));
    let mut following = Following::of(&server.connection()).await;
    for number in 0..10 {
        server.change(&modified("uid=ada,ou=people", &format!("replace: displayName\ndisplayName: Ada {number}")));
        assert_eq!(people(&following.changes(true).await.unwrap()).len(), 1);
        let (reads, position) = following.reading.all().await.unwrap();
        assert_eq!(people(&reads).len(), 1);
        following.position = position;
    }
}

#[tokio::test]
async fn a_connection_that_ended_is_noticed_and_another_goes_on_or_says_to_read_all() {
    let mut server = Server::openldap();
    server.change(&person("ada", ""));
    let mut following = Following::of(&server.connection()).await;
    following.changes(false).await;
    server.stop();
    // Either the wait ends with a failure, or it ends and asking fails.
    let failed = match following.reading.wait(&following.position).await {
        Ok(()) => following.reading.since(&following.position).await.map(|_| ()),
        failed => failed,
    };
    assert_eq!(failed.unwrap_err().code, "unreachable");
    server.start_again();
    following.reading = open(&server.connection()).await;
    assert_eq!(following.changes(false).await, Some(vec![]), "it goes on where it was");
    server.stop();
    server.start_again();
    following.reading = open(&server.connection()).await;
    server.change("dn: uid=ada,ou=people,dc=example,dc=test\nchangetype: delete\n");
    // Who is gone is said by who has stayed, and a new reading does not know who was there.
    assert_eq!(following.changes(false).await, None);
    let elsewhere = Position { server: "ldap://elsewhere".to_owned(), ..following.position.clone() };
    assert_eq!(following.reading.since(&elsewhere).await.unwrap(), Since::All);
}

#[tokio::test]
async fn a_server_that_tells_nothing_is_asked() {
    let server = Server::openldap_without_sync();
    server.change(&["ada", "bob"].map(|uid| person(uid, "")).concat());
    let mut following = Following::of(&server.connection()).await;
    server.change(&person("new", ""));
    server.change(&modified("uid=ada,ou=people", "replace: displayName\ndisplayName: Ada"));
    let told = people(&following.changes(false).await.unwrap());
    assert!(told.contains_key("new") && told.contains_key("Ada"), "{told:?}");
}

/// A change of an entry below the base.
fn modified(dn: &str, how: &str) -> String {
    format!("dn: {dn},dc=example,dc=test\nchangetype: modify\n{how}\n-\n")
}

#[tokio::test]
async fn a_test_says_what_works_and_what_to_do() {
    let server = Server::openldap();
    server.change(&person("ada", "mail: ada@example.org\n"));
    server.change(&group("pro", &["ada"]));
    let tested = async |connection: Connection| {
        let steps = network().test(&connection, carillon_directory::testing::PASSWORD).await;
        let failed = steps.iter().find(|step| !step.ok);
        (steps.len(), failed.map(|step| (step.what, step.why.clone().unwrap_or_default())))
    };
    assert_eq!(tested(server.secure()).await, (9, None));
    assert_eq!(tested(server.connection()).await, (8, None));
    for (wrong, what, why) in [
        (Connection { urls: vec!["ldap://127.0.0.1:1".to_owned()], ..server.connection() }, "reach", "no connection"),
        (Connection { ca: None, ..server.secure() }, "tls", "give the certificate"),
        (Connection { bind: "cn=x".to_owned(), ..server.secure() }, "bind", "refuses the account"),
        (Connection { base: "ou=x,dc=example,dc=test".to_owned(), ..server.secure() }, "base", "not there"),
        (Connection { people: Some("(uid=x)".to_owned()), ..server.secure() }, "people", "(uid=x)"),
        (Connection { people: Some("uid=x)(".to_owned()), ..server.secure() }, "people", "RFC 4515"),
        (Connection { groups: Some("(cn=x)".to_owned()), ..server.secure() }, "groups", "(cn=x)"),
        (Connection { kind: Kind::ActiveDirectory, ..server.secure() }, "people", "nobody fits"),
    ] {
        let (_, failed) = tested(wrong).await;
        let failed = failed.unwrap();
        assert!(failed.0 == what && failed.1.contains(why), "{what}: {failed:?}");
    }
    let another = Connection { kind: Kind::ActiveDirectory, ..server.connection() };
    assert!(refused(&another).await.text.contains("choose the kind OpenLdap"));
    let silent = Server::openldap_without_sync();
    silent.change(&person("ada", "mail: ada@example.org\n"));
    silent.change(&group("pro", &["ada"]));
    let (_, failed) = tested(silent.connection()).await;
    assert_eq!(failed.unwrap().0, "deletions");
}
