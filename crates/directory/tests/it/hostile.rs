//! What the real servers do not do, by `fake`: the limits of Active Directory, which Samba does not keep (1,000 entries of a
//! page, 1,500 values of an attribute, DirSync in several answers), and answers that are broken, endless or never come.

use access::directory::{Connection, Kind, Read};
use carillon_directory::Network;
use carillon_directory::testing::PASSWORD;
use proptest::prelude::*;
use service::directory::reach::{Compared, Directories, Failed, Position, Since, Whom};

use crate::fake::{Answer, BIND, Request, SEARCH, serve, tlv};
use crate::world::{compared, groups, network, open, people};

const PAGED: &str = "1.2.840.113556.1.4.319";
const DIRSYNC: &str = "1.2.840.113556.1.4.841";

fn guid(number: usize) -> Vec<u8> {
    uuid::Uuid::from_u128(number as u128).to_bytes_le().to_vec()
}

fn texts(values: &[&str]) -> Vec<Vec<u8>> {
    values.iter().map(|value| value.as_bytes().to_vec()).collect()
}

/// What every search of a domain controller begins with.
fn root(request: &Request) -> Answer {
    let attributes = [
        ("defaultNamingContext", texts(&["dc=test"])),
        ("highestCommittedUSN", texts(&["7"])),
        ("dsServiceName", texts(&["x"])),
    ];
    Some([request.entry(b"", &attributes), request.done(0, &[])].concat())
}

/// The end of an answer of DirSync.
fn dirsync(request: &Request, more: u8, cookie: &str) -> Vec<u8> {
    let value = tlv(0x30, &[tlv(2, &[more]), tlv(2, &[0]), tlv(4, cookie.as_bytes())].concat());
    request.done(0, &[(DIRSYNC, value)])
}

/// A page of numbered things, 1,000 at most, whatever size was asked for; more than that without pages is refused.
fn page(request: &Request, all: usize, entry: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let Some(paged) = request.control(PAGED) else {
        return if all > 1000 {
            request.done(4, &[])
        } else {
            [(0..all).flat_map(entry).collect(), request.done(0, &[])].concat()
        };
    };
    let cookie = paged[1].clone().expect_primitive().unwrap();
    let from: usize = String::from_utf8(cookie).unwrap().parse().unwrap_or(0);
    let to = (from + 1000).min(all);
    let next = if to < all { to.to_string() } else { String::new() };
    let value = tlv(0x30, &[tlv(2, &[0]), tlv(4, next.as_bytes())].concat());
    [(from..to).flat_map(entry).collect(), request.done(0, &[(PAGED, value)])].concat()
}

#[tokio::test]
async fn pages_and_ranges_of_active_directory_are_followed_to_their_end() {
    const PEOPLE: usize = 2_500;
    const MEMBERS: usize = 4_000;
    let members = |from: usize| {
        let to = (from + 1500).min(MEMBERS);
        let name = format!("member;range={from}-{}", if to == MEMBERS { "*".to_owned() } else { (to - 1).to_string() });
        (name, (from..to).map(|number| format!("CN=u{number},DC=test").into_bytes()).collect::<Vec<_>>())
    };
    let connection = serve(Kind::ActiveDirectory, move |request| {
        if request.op == BIND {
            return Some(request.done(0, &[]));
        }
        if request.control(DIRSYNC).is_some() {
            return Some(dirsync(request, 0, "cookie"));
        }
        for from in [1500, 3000] {
            if request.has(&format!("member;range={from}-*")) {
                let (name, values) = members(from);
                let attributes = [("objectGUID", vec![guid(1)]), (name.as_str(), values)];
                return Some([request.entry(b"CN=pro,DC=test", &attributes), request.done(0, &[])].concat());
            }
        }
        if request.has("person") {
            return Some(page(request, PEOPLE, |number| {
                let control = ("userAccountControl", texts(&["512"]));
                let name = format!("CN=u{number:04},DC=test");
                let cn = ("cn", texts(&[&format!("u{number:04}")]));
                request.entry(name.as_bytes(), &[("objectGUID", vec![guid(number + 10)]), control, cn])
            }));
        }
        if request.has("group") {
            return Some(page(request, 1, |_| {
                let (name, values) = members(0);
                let cn = ("cn", texts(&["pro"]));
                request
                    .entry(b"CN=pro,DC=test", &[("objectGUID", vec![guid(1)]), cn, ("member", vec![]), (&name, values)])
            }));
        }
        root(request)
    });
    let (reads, position) = open(&connection).await.all().await.unwrap();
    assert_eq!(people(&reads).len(), PEOPLE);
    assert!(people(&reads).values().all(|person| person.enabled));
    let mut members = groups(&reads)["pro"].members.clone();
    members.dedup();
    assert_eq!(members.len(), MEMBERS);
    assert_eq!(position.cookie, b"Dcookie");
}

/// A domain controller with one group, whose members are told so: at first, and where the range from 2 is asked for.
fn with_members(first: &'static str, second: Option<&'static str>) -> Connection {
    serve(Kind::ActiveDirectory, move |request| {
        let members = |name: &str| (name.to_owned(), texts(&["CN=a,DC=test", "CN=b,DC=test"]));
        let entry = |(name, values): (String, Vec<Vec<u8>>)| {
            let cn = ("cn", texts(&["pro"]));
            request.entry(b"CN=pro,DC=test", &[("objectGUID", vec![guid(1)]), cn, (name.as_str(), values)])
        };
        Some(match request.op {
            BIND => request.done(0, &[]),
            _ if request.control(DIRSYNC).is_some() => dirsync(request, 0, "cookie"),
            _ if request.has("member;range=2-*") => {
                let found: Vec<u8> = second.into_iter().flat_map(|name| entry(members(name))).collect();
                [found, request.done(0, &[])].concat()
            }
            _ if request.has("person") => page(request, 0, |_| Vec::new()),
            _ if request.has("group") => page(request, 1, |_| entry(members(first))),
            _ => return root(request),
        })
    })
}

#[tokio::test]
async fn a_range_that_ends_early_is_no_end_of_a_group() {
    for (first, second, count) in [("member", None, 2), ("member;range=0-1", Some("member;range=2-*"), 4)] {
        let (reads, _) = open(&with_members(first, second)).await.all().await.unwrap();
        assert_eq!(groups(&reads)["pro"].members.len(), count, "{first}");
    }
    for (first, second) in [
        ("member;range=0-1", None),
        ("member;range=0-1", Some("member")),
        ("member;range=0-1", Some("member;range=0-1")),
        ("member;range=0-1", Some("member;range=3-*")),
        ("member;range=0-1", Some("member;range=2")),
        ("member;range=0-1", Some("member;range=2-x")),
        ("member;range=1-*", None),
    ] {
        let failed = open(&with_members(first, second)).await.all().await.unwrap_err();
        assert_eq!(failed.code, "protocol", "{first} {second:?}");
    }
}

/// What is said of a password by a directory that refuses it so.
async fn said(kind: Kind, id: &'static str, refuse: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Compared {
    let connection = serve(kind, move |request| {
        let ids = [("objectGUID", vec![guid(1)]), uuid_of(1)];
        Some(match request.op {
            BIND if request.has("cn=somebody") => refuse(request),
            BIND => request.done(0, &[]),
            _ if request.has("person") || request.has("inetOrgPerson") => {
                [request.entry(b"cn=somebody", &ids), request.done(0, &[])].concat()
            }
            _ => return root(request),
        })
    });
    compared(&connection, &Whom::Principal(id.to_owned()), "theirs").await
}

#[tokio::test]
async fn the_words_of_active_directory_are_understood() {
    for (code, says) in [
        ("525", Compared::Unknown),
        ("52e", Compared::Wrong),
        ("530", Compared::NotNow("not-permitted-now")),
        ("531", Compared::NotNow("not-permitted-now")),
        ("532", Compared::NotNow("password-expired")),
        ("775", Compared::NotNow("account-locked")),
    ] {
        let text =
            format!("80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {code}, v4563");
        let said = said(Kind::ActiveDirectory, "ada", move |request| request.refused(49, &text)).await;
        assert_eq!(said, says, "{code}");
    }
}

#[tokio::test]
async fn a_password_policy_that_cannot_be_read_says_nothing() {
    const POLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";
    let error = |code: u8| tlv(0x30, &tlv(0x81, &[code]));
    let warning = tlv(0x30, &tlv(0xa0, &tlv(0x81, &[3])));
    for (code, value, says) in [
        (49, error(0), Compared::NotNow("password-expired")),
        (49, error(1), Compared::NotNow("account-locked")),
        (0, error(2), Compared::NotNow("password-must-change")),
        (49, error(7), Compared::Wrong),
        (49, tlv(0x30, &[]), Compared::Wrong),
        (49, vec![0x30, 0x05, 0x81], Compared::Wrong),
        // A grace login is one.
        (0, warning, Compared::Right(uuid::Uuid::from_u128(1))),
    ] {
        let answer = value.clone();
        let said = said(Kind::OpenLdap, "ada", move |request| request.done(code, &[(POLICY, answer.clone())])).await;
        assert_eq!(said, says, "{code} {value:x?}");
    }
}

#[tokio::test]
async fn dirsync_is_asked_until_nothing_more_is_to_come() {
    let connection = serve(Kind::ActiveDirectory, |request| {
        if request.op == BIND {
            return Some(request.done(0, &[]));
        }
        if let Some(asked) = request.control(DIRSYNC) {
            let cookie = String::from_utf8(asked[2].clone().expect_primitive().unwrap()).unwrap();
            let gone =
                |number| request.entry(b"CN=x", &[("objectGUID", vec![guid(number)]), ("isDeleted", texts(&["TRUE"]))]);
            return Some(match cookie.as_str() {
                "old" => request.done(53, &[]),
                "a" => [gone(1), dirsync(request, 1, "b")].concat(),
                "b" => [gone(2), dirsync(request, 1, "c")].concat(),
                "c" => [gone(3), dirsync(request, 0, "d")].concat(),
                // It goes round in circles.
                "loop" => dirsync(request, 1, "loop"),
                _ => dirsync(request, 0, "a"),
            });
        }
        if request.has("person") || request.has("group") {
            return Some(page(request, 0, |_| Vec::new()));
        }
        root(request)
    });
    let mut reading = open(&connection).await;
    let (_, position) = reading.all().await.unwrap();
    assert_eq!(position.cookie, b"Da");
    let Since::Changes(reads, next) = reading.since(&position).await.unwrap() else { panic!("read all") };
    let gone = |number| Read::Gone(uuid::Uuid::from_u128(number));
    assert_eq!((reads, next.cookie.as_slice()), (vec![gone(1), gone(2), gone(3)], b"Dd".as_slice()));
    let at = |cookie: &str| Position { cookie: format!("D{cookie}").into_bytes(), ..position.clone() };
    assert_eq!(reading.since(&at("old")).await.unwrap(), Since::All, "an expired cookie");
    assert_eq!(reading.since(&at("loop")).await.unwrap_err().code, "protocol");
}

/// An OpenLDAP that answers the search for people so, and has no groups.
fn with_people(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Connection {
    serve(Kind::OpenLdap, move |request| match request.op {
        SEARCH if request.has("inetOrgPerson") => answer(request),
        SEARCH if request.has("groupOfNames") => Some(page(request, 0, |_| Vec::new())),
        SEARCH => Some([request.entry(b"", &[]), request.done(0, &[])].concat()),
        _ => Some(request.done(0, &[])),
    })
}

fn uuid_of(number: u128) -> (&'static str, Vec<Vec<u8>>) {
    ("entryUUID", vec![uuid::Uuid::from_u128(number).to_string().into_bytes()])
}

#[tokio::test]
async fn one_bad_entry_stops_nothing() {
    let connection = with_people(|request| {
        let cn = |name: &str| ("cn", texts(&[name]));
        let good = |number, name: &str| request.entry(format!("cn={name}").as_bytes(), &[uuid_of(number), cn(name)]);
        Some(
            [
                good(1, "first"),
                request.entry(b"cn=\xff", &[uuid_of(2)]),
                request.entry(b"cn=noid", &[cn("noid")]),
                request.entry(b"cn=badid", &[cn("badid"), ("entryUUID", texts(&["x"]))]),
                request.entry(b"cn=large", &[uuid_of(3), ("mail", vec![vec![b'x'; 10 << 20]])]),
                request.entry(b"cn=huge", &[uuid_of(4), ("mail", vec![vec![b'x'; 33 << 20]])]),
                request.entry(b"cn=latin", &[uuid_of(5), cn("latin"), ("mail", vec![b"caf\xe9@example.org".to_vec()])]),
                request.entry(b"cn=nul", &[uuid_of(6), cn("nul"), ("mail", vec![b"a\0b@example.org".to_vec()])]),
                request.message(&tlv(0x64, &[tlv(4, b"cn=flat"), tlv(4, b"")].concat()), &[]),
                request.message(&tlv(0x64, &[]), &[]),
                request.message(&tlv(0x73, &tlv(4, b"ldap://elsewhere/")), &[]),
                good(7, "last"),
                page(request, 0, |_| Vec::new()),
            ]
            .concat(),
        )
    });
    let mut reading = open(&connection).await;
    let (reads, _) = reading.all().await.unwrap();
    let found = people(&reads);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["first", "last", "latin", "nul"]);
    assert_eq!((found["latin"].mail.as_deref(), found["nul"].mail.as_deref()), (None, None));
    let left_out = reading.left_out();
    let reasons = left_out.reasons.join("\n");
    for name in ["cn=noid", "cn=badid", "cn=large", "cn=latin", "cn=flat", "1 entries are too large"] {
        assert!(reasons.contains(name), "{name}: {reasons}");
    }
    assert_eq!(left_out.count, 8, "{reasons}");
    assert_eq!(reading.left_out().count, 0);
}

#[tokio::test]
async fn a_private_network_is_out_of_reach_unless_it_is_allowed() {
    let connection = with_people(|request| Some(request.done(0, &[])));
    let outside = Network::new(false);
    for url in [connection.urls[0].clone(), "ldaps://10.0.0.1".to_owned(), "ldaps://[::1]".to_owned()] {
        let connection = Connection { urls: vec![url], ..connection.clone() };
        let failed = outside.open(&connection, PASSWORD).await.map(|_| ()).unwrap_err();
        assert_eq!(failed.code, "private", "{failed}");
        assert!(failed.text.contains("directories_private"), "{failed}");
    }
    open(&connection).await;
}

async fn failed(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Failed {
    open(&with_people(answer)).await.all().await.unwrap_err()
}

#[tokio::test]
async fn answers_that_are_wrong_end_the_question_and_no_more() {
    let deep = (0..200).fold(tlv(4, b""), |inner, _| tlv(0x30, &inner));
    for (what, bytes) in [
        ("no LDAP", b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
        ("depth", tlv(0x30, &[tlv(2, &[5]), deep].concat())),
        ("a length beyond what it is in", vec![0x30, 0x05, 0x02, 0x01, 0x05, 0x04, 0x7f]),
    ] {
        assert_eq!(failed(move |_| Some(bytes.clone())).await.code, "protocol", "{what}");
    }
    // The client's parser panics on these: that stays within it.
    for kind in [0x65, 0x78] {
        let failed = failed(move |request| Some(request.message(&tlv(kind, &[]), &[]))).await;
        assert!(["protocol", "unreachable"].contains(&failed.code), "{failed:?}");
    }
    assert_eq!(failed(|_| None).await.code, "unreachable");
    let large = |request: &Request| Some(request.message(&tlv(0x65, &tlv(4, &vec![0; 33 << 20])), &[]));
    assert_eq!(failed(large).await.code, "too-large");
    let again =
        |request: &Request| Some(request.done(0, &[(PAGED, tlv(0x30, &[tlv(2, &[0]), tlv(4, b"again")].concat()))]));
    assert_eq!(failed(again).await.code, "protocol");
    // A page that does not say whether it is the last one is not.
    assert_eq!(failed(|request| Some(request.done(0, &[]))).await.code, "protocol");
    assert_eq!(failed(|request| Some(request.done(0, &[(PAGED, b"\x30\x01".to_vec())]))).await.code, "protocol");
    assert_eq!(failed(|request| Some(request.done(0, &[(PAGED, tlv(0x30, &[]))]))).await.code, "protocol");
    let mut nested = Vec::new();
    for level in (1..50_000_u32).rev() {
        nested.extend([&[0x30, 0x84], (level * 6).to_be_bytes().as_slice()].concat());
    }
    open(&with_people(move |request| Some(request.done(0, &[(PAGED, nested.clone())])))).await.all().await.ok();
}

#[tokio::test(start_paused = true)]
async fn who_never_answers_is_left_after_a_while() {
    let connection = serve(Kind::OpenLdap, |_| Some(Vec::new()));
    assert_eq!(network().open(&connection, PASSWORD).await.map(|_| ()).unwrap_err().code, "too-slow");
    let mute = with_people(|_| Some(Vec::new()));
    let opened = network().open(&mute, PASSWORD).await;
    if let Ok(mut reading) = opened {
        assert_eq!(reading.all().await.unwrap_err().code, "too-slow");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Answers with some of their bytes changed, or of any bytes at all: an outcome, and never a panic that leaves or a hang.
    #[test]
    fn whatever_is_answered_there_is_an_outcome(
        changes in prop::collection::vec((0_usize..400, any::<u8>()), 0..4),
        garbage in prop::option::of(prop::collection::vec(any::<u8>(), 1..60)),
        kind in prop_oneof![Just(Kind::OpenLdap), Just(Kind::ActiveDirectory)],
        only_searches in any::<bool>(),
    ) {
        let connection = serve(kind, move |request| {
            let id = [("objectGUID", vec![guid(1)]), uuid_of(1), ("cn", texts(&["x"])), ("contextCSN", texts(&["1"]))];
            let mut bytes = match (request.op, request.control(DIRSYNC)) {
                (BIND, _) => request.done(0, &[]),
                (_, Some(_)) => [request.entry(b"cn=x", &id), dirsync(request, 0, "c")].concat(),
                _ => [request.entry(b"cn=x", &id), page(request, 0, |_| Vec::new())].concat(),
            };
            if request.op == BIND && only_searches {
                return Some(bytes);
            }
            if let Some(garbage) = &garbage {
                return Some(garbage.clone());
            }
            for (at, value) in &changes {
                let length = bytes.len();
                bytes[at % length] = *value;
            }
            Some(bytes)
        });
        // Time is paused: what would be waited for is over at once.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            network().compare(&connection, PASSWORD, &Whom::Principal("x".to_owned()), "x").await.ok();
            network().test(&connection, PASSWORD).await;
            if let Ok(mut reading) = network().open(&connection, PASSWORD).await
                && let Ok((_, position)) = reading.all().await
            {
                reading.since(&position).await.ok();
                reading.groups("x", 10).await.ok();
                reading.left_out();
            }
        });
    }
}
