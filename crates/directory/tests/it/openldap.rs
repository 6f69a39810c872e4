//! OpenLDAP: what is read, what changes, and whose password it is.

use access::directory::{Connection, Member};
use carillon_directory::testing::Server;
use service::directory::reach::{Compared, Whom};

use crate::world::{compared, groups, open, people, refused};

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
    server.change(&person("eve", "mail: not an address\n"));
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
