//! Addresses, domains, pasted lists and feature names (rules 1, 4 and 14).

use access::address::split_list;
use access::domain::shipped_public_mail;
use access::{BaseLicense, Domain, Email, Feature, License};
use proptest::prelude::*;

#[test]
fn an_address_is_kept_as_typed_and_compared_by_its_key() {
    let long_domain = format!("{0}.{0}.{0}.example", "d".repeat(60));
    let longest = format!("{}@{long_domain}", "l".repeat(254 - 1 - long_domain.len()));
    for (typed, key) in [
        ("ada@example.org", "ada@example.org"),
        (" Ada.Lovelace@Example.ORG\n", "ada.lovelace@example.org"),
        ("ada+lists@example.org", "ada+lists@example.org"),
        ("a.d.a@example.org", "a.d.a@example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("{ada}/#1@example.org", "{ada}/#1@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@bu\u{308}cher.example", "ada@xn--bcher-kva.example"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah"),
        ("ada@example.org.", "ada@example.org"),
        ("ada@sub.example.org", "ada@sub.example.org"),
        ("ada@3com.example", "ada@3com.example"),
        (&longest, &longest),
    ] {
        let email = Email::parse(typed).unwrap_or_else(|refusal| panic!("{typed}: {refusal}"));
        assert_eq!(email.key(), key, "{typed}");
        assert_eq!(email.as_typed(), typed.trim());
        assert_eq!(email.key().split_once('@').map(|(_, domain)| domain), Some(email.domain().as_str()));
    }
    assert_eq!(longest.len(), 254);
    let (typed, other) = (Email::parse("Ada@Example.org"), Email::parse("ada@example.org."));
    assert_eq!(typed, other, "addresses are equal by key");
}

#[test]
fn what_is_no_address_is_refused_with_the_reason() {
    let long_domain = format!("{0}.{0}.{0}.example", "d".repeat(60));
    let too_long = format!("{}@{long_domain}", "l".repeat(255 - 1 - long_domain.len()));
    let long_label = format!("ada@{}.example", "d".repeat(64));
    let long_local = format!("{}@example.org", "l".repeat(65));
    let many = format!("ada@{}example", "ü.".repeat(60));
    for (text, why) in [
        ("", "it has no @"),
        ("ada", "it has no @"),
        ("not-an-address", "it has no @"),
        ("@example.org", "empty"),
        ("ada@", "no domain name"),
        ("ada@localhost", "only one label"),
        ("ada@example", "only one label"),
        ("ada@.example.org", "no domain name"),
        ("ada@example..org", "no domain name"),
        ("ada@example.org..", "no domain name"),
        ("ada@-example.org", "no domain name"),
        ("ada@exa mple.org", "no domain name"),
        ("ada@exa_mple.org", "no domain name"),
        ("ada@xn--bcher-kv.example", "no domain name"),
        ("ada@[192.0.2.1]", "no domain name"),
        ("ada@[IPv6:2001:db8::1]", "no domain name"),
        ("ada@192.0.2.1", "network address"),
        (".ada@example.org", "quoting"),
        ("ada.@example.org", "quoting"),
        ("a..da@example.org", "quoting"),
        ("ada lovelace@example.org", "quoting"),
        ("\"ada lovelace\"@example.org", "quoting"),
        ("ada@home@example.org", "quoting"),
        ("ada(comment)@example.org", "quoting"),
        ("ada\0@example.org", "quoting"),
        ("ädá@example.org", "outside ASCII"),
        ("ada@example.org>", "no domain name"),
        (&too_long, "254 bytes"),
        (&many, "no domain name"),
        (&long_label, "no domain name"),
        (&long_local, "too long"),
    ] {
        let refusal = Email::parse(text).expect_err(text);
        assert_eq!(refusal.code(), "address-not-supported");
        assert!(refusal.to_string().contains(why), "{text:?}: {refusal}");
    }
}

#[test]
fn a_pasted_list_gives_one_answer_for_each_address() {
    for (pasted, read) in [
        ("", vec![]),
        (" ;, \n;", vec![]),
        ("ada@example.org", vec!["ada@example.org"]),
        (
            "ada@example.org; bob@example.net; not-an-address",
            vec!["ada@example.org", "bob@example.net", "!not-an-address"],
        ),
        ("\"ada@example.org; bob@example.net\"", vec!["ada@example.org", "bob@example.net"]),
        (
            "a@x.example,b@x.example c@x.example\td@x.example\r\ne@x.example",
            vec!["a@x.example", "b@x.example", "c@x.example", "d@x.example", "e@x.example"],
        ),
        ("Ada Lovelace <ada@example.org>", vec!["ada@example.org"]),
        ("\"Lovelace, Ada\" <ada@example.org>; bob@example.net", vec!["ada@example.org", "bob@example.net"]),
        ("Ada <ada@example.org> Bob <bob@example.net>", vec!["ada@example.org", "bob@example.net"]),
        ("Lovelace, Ada <ada@example.org>", vec!["!Lovelace", "ada@example.org"]),
        ("bob@example.net Ada <ada@example.org>", vec!["bob@example.net", "ada@example.org"]),
        ("ada@example.org <ada@example.org>", vec!["ada@example.org"]),
        ("\"boss@example.org by\" <list@example.org>", vec!["list@example.org"]),
        ("\"a <b\" <ada@example.org>", vec!["ada@example.org"]),
        ("<ada@example.org>", vec!["ada@example.org"]),
        ("Ada <>; bob@example.net", vec!["!Ada <>", "bob@example.net"]),
        ("Ada <ada@example.org; bob@example.net", vec!["!Ada", "!<ada@example.org", "bob@example.net"]),
        ("\"Ada; bob@example.net", vec!["!Ada", "bob@example.net"]),
        ("ada@example.org;ADA@example.org", vec!["ada@example.org", "ada@example.org"]),
    ] {
        let items: Vec<String> = split_list(pasted)
            .into_iter()
            .map(|(text, email)| email.map_or_else(|_| format!("!{text}"), |email| email.key().to_owned()))
            .collect();
        assert_eq!(items, read, "{pasted:?}");
    }
}

#[test]
fn nobody_can_own_a_domain_that_is_open_to_all() {
    let domain = |text| Domain::parse(text).expect("a domain");
    for suffix in ["co.uk", "com.au", "github.io"] {
        assert!(domain(suffix).is_public_suffix(), "{suffix}");
    }
    for own in ["example.co.uk", "example.org", "someone.github.io", "corp.internal", "xn--bcher-kva.example"] {
        assert!(!domain(own).is_public_suffix(), "{own}");
    }
    let listed = shipped_public_mail();
    let lines = include_str!("../../data/public-mail-domains.txt").lines().filter(|line| !line.starts_with('#'));
    assert_eq!(listed.len(), lines.count(), "each line is a domain, once");
    assert!(listed.contains(&domain("GMail.com")) && !listed.contains(&domain("example.org")));
}

#[test]
fn features_and_licenses_have_names() {
    for name in ["meetings.host", "chat.keep-history", "a1.b2"] {
        assert_eq!(Feature::parse(name).map(String::from), Ok(name.to_owned()));
    }
    let long = format!("a.{}", "b".repeat(63));
    for name in
        ["", "meetings", "meetings.", ".host", "Meetings.host", "meetings.host.now", "1a.b", "a b.c", "a._b", &long]
    {
        assert!(Feature::parse(name).is_err(), "{name}");
    }
    for license in License::ALL {
        assert_eq!(license.name().parse(), Ok(license));
    }
    assert!("pro".parse::<License>().is_err() && "ProTrial".parse::<BaseLicense>().is_err());
}

proptest! {
    #[test]
    fn no_text_confuses_the_parsers(text in any::<String>(), pasted in "[a-z@<>\"',; \n.\\-é]{0,80}") {
        for text in [text, pasted] {
            let _ = Feature::parse(&text);
            if let Ok(domain) = Domain::parse(&text) {
                prop_assert_eq!(Domain::parse(domain.as_str()), Ok(domain));
            }
            for email in split_list(&text).into_iter().filter_map(|(_, email)| email.ok()).chain(Email::parse(&text)) {
                let again = Email::parse(email.key()).expect("a key is an address");
                prop_assert_eq!(again.key(), email.key(), "the key of a key is itself");
                prop_assert!(email.key().len() <= 254 && email.key().is_ascii());
            }
        }
    }

    #[test]
    fn an_address_among_others_is_always_found(
        locals in prop::collection::vec("[a-z0-9+]{1,8}", 1..6),
        separator in prop::sample::select(vec![";", ",", " ", "\n", "; ", ",\r\n", ";;"]),
    ) {
        let typed: Vec<String> = locals.iter().map(|local| format!("{local}@bücher.example")).collect();
        let found: Vec<String> = split_list(&typed.join(separator)).into_iter().map(|(text, _)| text).collect();
        prop_assert_eq!(found, typed);
    }
}
