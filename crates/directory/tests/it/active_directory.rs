//! Active Directory, by Samba as a domain controller. Samba hands out more at once than Active Directory does; how pages and
//! ranges are followed is tested in `hostile`.

use std::sync::OnceLock;

use access::directory::{Connection, Member, Read};
use carillon_directory::testing::{PASSWORD, Server};
use service::directory::reach::{Compared, Directories, Position, Since, Whom};
use tokio::sync::RwLock;

use crate::world::{Following, compared, groups, network, open, people};

const BASE: &str = "DC=example,DC=test";

/// One domain for all tests of this process: making one takes seconds. It ends with the process.
fn samba() -> &'static Server {
    static SAMBA: OnceLock<Server> = OnceLock::new();
    SAMBA.get_or_init(Server::samba)
}

/// Whoever follows changes by number reads all again when a unit is moved anywhere in the domain, and so does not beside the
/// test that moves one.
static MOVES: RwLock<()> = RwLock::const_new(());

/// A test's own part of the domain.
struct Unit {
    server: &'static Server,
    name: &'static str,
}

impl Unit {
    fn new(name: &'static str) -> Self {
        samba().change(&format!("dn: OU={name},{BASE}\nobjectClass: organizationalUnit\n"));
        Self { server: samba(), name }
    }

    fn base(&self) -> String {
        format!("OU={},{BASE}", self.name)
    }

    /// How it is read, and nothing else.
    fn connection(&self) -> Connection {
        Connection { base: self.base(), ..self.server.connection() }
    }

    fn principal(&self, name: &str) -> String {
        format!("{name}.{}@example.test", self.name)
    }

    fn person(&self, name: &str, more: &str) {
        let control = if more.contains("userAccountControl") { "" } else { "userAccountControl: 544\n" };
        self.server.change(&format!(
            "dn: CN={name},{}\nobjectClass: user\nsAMAccountName: {name}.{}\nuserPrincipalName: {}\n\
             mail: {name}@example.org\n{control}{more}\n",
            self.base(),
            self.name,
            self.principal(name)
        ));
    }

    fn group(&self, name: &str, members: &[&str]) {
        let members: String = members.iter().map(|name| format!("member: CN={name},{}\n", self.base())).collect();
        let account = format!("sAMAccountName: {name}.{}\n", self.name);
        self.server.change(&format!("dn: CN={name},{}\nobjectClass: group\n{account}{members}\n", self.base()));
    }

    fn modify(&self, name: &str, how: &str) {
        self.server.change(&format!("dn: CN={name},{}\nchangetype: modify\n{how}\n-\n", self.base()));
    }

    fn move_to(&self, dn: &str, name: &str, place: &str) {
        self.server
            .change(&format!("dn: {dn}\nchangetype: moddn\nnewrdn: {name}\ndeleteoldrdn: 1\nnewsuperior: {place}\n"));
    }

    fn delete(&self, name: &str) {
        self.server.change(&format!("dn: CN={name},{}\nchangetype: delete\n", self.base()));
    }
}

#[tokio::test]
async fn people_and_groups_are_read_as_they_are() {
    let (unit, other) = (Unit::new("reading"), Unit::new("elsewhere"));
    let proxies =
        "proxyAddresses: SMTP:ada@example.org\nproxyAddresses: smtp:a.byron@example.org\nproxyAddresses: x500:/o=x\n";
    unit.person("ada", &format!("displayName: Ada Byron\n{proxies}"));
    unit.person("bob", "userAccountControl: 546\n");
    unit.person("eve", "accountExpires: 133000000000000000\n");
    other.person("zoe", "");
    unit.server.change(&format!(
        "dn: CN=pc1,{}\nobjectClass: computer\nsAMAccountName: pc1$\nuserAccountControl: 4096\n",
        unit.base()
    ));
    unit.group("pro", &["ada"]);
    unit.modify("pro", &format!("add: member\nmember: CN=zoe,{}", other.base()));
    unit.group("all", &["pro"]);
    let (reads, _) = open(&unit.connection()).await.all().await.unwrap();
    let (found, teams) = (people(&reads), groups(&reads));
    assert_eq!(found.keys().collect::<Vec<_>>(), ["Ada Byron", "bob", "eve"]);
    let ada = &found["Ada Byron"];
    assert_eq!(ada.dn, format!("CN=ada,{}", unit.base()));
    assert_eq!((ada.mail.as_deref(), ada.principal.clone()), (Some("ada@example.org"), Some(unit.principal("ada"))));
    assert_eq!(ada.others, ["a.byron@example.org", "ada@example.org"]);
    assert_eq!((ada.enabled, found["bob"].enabled, found["eve"].enabled), (true, false, true));
    let ended = "2022-06-18T04:26:40Z".parse().unwrap();
    assert_eq!((ada.expires, found["eve"].expires), (None, Some(ended)));
    // Members are ids, so that a rename drops nobody.
    assert_eq!(teams["pro"].members.len(), 2);
    assert!(teams["pro"].members.contains(&Member::Id(ada.id)));
    assert_eq!(teams["all"].members, [Member::Id(teams["pro"].id)]);
    assert_eq!(teams.len(), 2);

    // Who has a group as primary group does not stand in it, and belongs to it all the same.
    let (reads, _) = open(&unit.server.connection()).await.all().await.unwrap();
    assert!(groups(&reads)["Domain Users"].members.contains(&Member::Id(ada.id)));
}

#[tokio::test]
async fn what_changes_is_told_within_a_notice() {
    let (unit, other) = (Unit::new("changing"), Unit::new("outside"));
    for name in ["ada", "bob", "eve"] {
        unit.person(name, "");
    }
    unit.group("pro", &["ada"]);
    let mut following = Following::of(&unit.connection()).await;
    let (reads, _) = open(&unit.connection()).await.all().await.unwrap();
    let [ada, bob] = ["ada", "bob"].map(|name| people(&reads)[name].id);
    let pro = groups(&reads)["pro"].id;

    unit.modify("pro", &format!("add: member\nmember: CN=bob,{}", unit.base()));
    unit.modify("pro", &format!("delete: member\nmember: CN=ada,{}", unit.base()));
    following.until(|picture| picture.members_of(pro) == [bob]).await;

    unit.modify("ada", "replace: userAccountControl\nuserAccountControl: 546");
    following.until(|picture| picture.person(ada).is_some_and(|person| !person.enabled)).await;

    // A rename; a move out of what is read, and in again.
    unit.move_to(&format!("CN=bob,{}", unit.base()), "CN=robert", &unit.base());
    following.until(|picture| picture.person(bob).is_some_and(|person| person.dn.starts_with("CN=robert,"))).await;
    assert_eq!(following.picture.members_of(pro), [bob]);
    unit.move_to(&format!("CN=robert,{}", unit.base()), "CN=robert", &other.base());
    following.until(|picture| picture.person(bob).is_none()).await;
    unit.move_to(&format!("CN=robert,{}", other.base()), "CN=bob", &unit.base());
    following.until(|picture| picture.person(bob).is_some()).await;

    unit.delete("eve");
    following.until(|picture| picture.people.len() == 2).await;
}

#[tokio::test]
async fn where_a_unit_was_moved_all_is_read_again() {
    let _moves = MOVES.write().await;
    let unit = Unit::new("moving");
    unit.person("ada", "");
    let mut following = Following::of(&unit.server.connection()).await;
    // What is in it has another name now, and nobody says so. A new unit has nothing in it.
    unit.server.change(&format!("dn: OU=new,{}\nobjectClass: organizationalUnit\n", unit.base()));
    unit.person("eve", "");
    following.until(|picture| picture.people.values().any(|person| person.dn.starts_with("CN=eve,OU=moving"))).await;
    unit.move_to(&unit.base(), "OU=moved", BASE);
    while following.changes(true).await.is_some() {}
}

#[tokio::test]
async fn another_domain_controller_or_a_cookie_that_means_nothing_is_a_reason_to_read_all() {
    let _moves = MOVES.read().await;
    let mut reading = open(&samba().connection()).await;
    let (_, position) = reading.all().await.unwrap();
    assert!(matches!(reading.since(&position).await.unwrap(), Since::Changes(..)));
    for wrong in [
        Position { server: "another".to_owned(), ..position.clone() },
        Position { cookie: b"Dnonsense".to_vec(), ..position.clone() },
        Position { cookie: b"N99999999999".to_vec(), ..position.clone() },
        Position { cookie: Vec::new(), ..position.clone() },
    ] {
        assert_eq!(reading.since(&wrong).await.unwrap(), Since::All, "{wrong:?}");
    }
}

#[tokio::test]
async fn changes_by_number_say_the_same() {
    let _moves = MOVES.read().await;
    let unit = Unit::new("numbers");
    unit.person("ada", "");
    unit.person("bob", "");
    unit.group("pro", &["ada"]);
    let mut reading = open(&unit.connection()).await;
    let (reads, position) = reading.all().await.unwrap();
    let bob = people(&reads)["bob"].id;
    // Such a position comes about where DirSync is refused; Samba refuses it to nobody altogether.
    let number = unit.server.ask("", "highestCommittedUSN").pop().unwrap();
    let position = Position { cookie: format!("N{number}").into_bytes(), ..position };
    unit.modify("pro", &format!("add: member\nmember: CN=bob,{}", unit.base()));
    let Since::Changes(told, next) = reading.since(&position).await.unwrap() else { panic!("read all") };
    assert_eq!(groups(&told)["pro"].members.len(), 2);
    unit.delete("bob");
    let Since::Changes(told, _) = reading.since(&next).await.unwrap() else { panic!("read all") };
    assert!(told.contains(&Read::Gone(bob)), "{told:?}");
}

#[tokio::test]
async fn a_password_is_asked_for_and_a_refusal_has_its_reason() {
    let unit = Unit::new("passwords");
    unit.person("ada", "proxyAddresses: smtp:a.byron@example.org\n");
    unit.person("bob", "");
    for name in ["ada", "bob"] {
        unit.server.set_password(&format!("CN={name},{}", unit.base()), "Corr3ct-horse");
    }
    let connection = Connection { base: unit.base(), ..unit.server.secure() };
    let (reads, _) = open(&connection).await.all().await.unwrap();
    let ada = people(&reads)["ada"].id;
    let name = |name: &str| Whom::Principal(unit.principal(name));
    let address = |text: &str| Whom::Principal(text.to_owned());
    for (whom, theirs, says) in [
        (name("ada"), "Corr3ct-horse", Compared::Right(ada)),
        (address("A.Byron@Example.org"), "Corr3ct-horse", Compared::Right(ada)),
        (Whom::Entry(ada), "Corr3ct-horse", Compared::Right(ada)),
        (name("ada"), "wrong", Compared::Wrong),
        (name("ada"), "", Compared::Wrong),
        (address("*"), "Corr3ct-horse", Compared::Unknown),
        // Somebody, but nobody of those who are read.
        (address("administrator@example.test"), PASSWORD, Compared::Unknown),
    ] {
        assert_eq!(compared(&connection, &whom, theirs).await, says, "{whom:?}");
    }
    for (how, why) in [
        ("replace: userAccountControl\nuserAccountControl: 514", "account-disabled"),
        (
            "replace: userAccountControl\nuserAccountControl: 512\n-\nreplace: pwdLastSet\npwdLastSet: 0",
            "password-must-change",
        ),
        ("replace: accountExpires\naccountExpires: 133000000000000000", "account-expired"),
        // At no hour of the week.
        (
            "replace: accountExpires\naccountExpires: 0\n-\nreplace: pwdLastSet\npwdLastSet: -1\n-\n\
             replace: logonHours\nlogonHours:: AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "not-permitted-now",
        ),
    ] {
        unit.modify("bob", how);
        assert_eq!(compared(&connection, &name("bob"), "Corr3ct-horse").await, Compared::NotNow(why));
    }
    // Whoever had too many wrong ones is locked. It holds for the whole domain, and longer than these tests take.
    unit.server.change(&format!("dn: {BASE}\nchangetype: modify\nreplace: lockoutThreshold\nlockoutThreshold: 3\n-\n"));
    for _ in 0..3 {
        assert_eq!(compared(&connection, &name("ada"), "wrong").await, Compared::Wrong);
    }
    assert_eq!(compared(&connection, &name("ada"), "Corr3ct-horse").await, Compared::NotNow("account-locked"));
}

#[tokio::test]
async fn a_test_says_which_rights_are_missing() {
    let unit = Unit::new("rights");
    unit.person("eve", "");
    unit.group("pro", &["eve"]);
    let steps = network().test(&unit.server.secure(), PASSWORD).await;
    let words: Vec<_> = steps.iter().map(|step| (step.what, step.ok)).collect();
    let all = ["reach", "tls", "bind", "base", "people", "groups", "mail", "deletions", "changes"];
    assert_eq!(words, all.map(|what| (what, true)), "{steps:#?}");
    let plain = Connection { bind: unit.server.account("plain"), ..unit.connection() };
    let steps = network().test(&plain, PASSWORD).await;
    let why = |what: &str| steps.iter().find(|step| step.what == what).unwrap().why.clone().unwrap_or_default();
    assert!(why("deletions").contains("Deleted Objects"), "{steps:#?}");
    assert!(why("changes").contains("Replicating Directory Changes"), "{steps:#?}");
    // It is followed all the same, as far as it sees.
    let mut following = Following::of(&plain).await;
    unit.person("ada", "");
    following.until(|picture| picture.people.len() == 2).await;
}
