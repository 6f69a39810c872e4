//! The catalog: its versions, and what an edit would do.

use std::collections::BTreeMap;

use access::authority::{Caller, Over, Role};
use access::{BaseLicense, Catalog, Feature, License};
use carillon_service::PageRequest;

use crate::world::{email, on_both, refused};

fn feature(name: &str) -> Feature {
    Feature::parse(name).expect("a feature")
}

fn names(features: &[Feature]) -> Vec<&str> {
    features.iter().map(Feature::as_str).collect()
}

/// The shipped features, but recording is for Plus, sharing for nobody, and Pro gets something new.
fn edited() -> BTreeMap<Feature, Vec<License>> {
    let mut features = Catalog::shipped().features;
    features.insert(feature("meetings.record"), vec![License::Plus, License::Pro, License::ProTrial]);
    features.insert(feature("meetings.share-screen"), vec![]);
    features.insert(feature("rooms.book"), vec![License::Pro]);
    features
}

#[test]
fn an_edit_says_beforehand_who_gains_and_loses() {
    on_both(|world| async move {
        let (service, team) = (&world.service, world.team("Team").await);
        for n in 0..3 {
            world.member(team, &format!("p{n}@example.net")).await;
        }
        world.free_user("free@example.net").await;
        let effects = service.compare_catalog(&world.host(), &edited()).await.expect("effects");
        let shown: Vec<_> = effects
            .iter()
            .map(|effect| {
                let change = &effect.change;
                (change.license, effect.people, names(&change.gains), names(&change.loses))
            })
            .collect();
        let expected = [
            (License::Plus, 3, vec!["meetings.record"], vec!["meetings.share-screen"]),
            (License::Pro, 0, vec!["rooms.book"], vec!["meetings.share-screen"]),
            (License::ProTrial, 0, vec![], vec!["meetings.share-screen"]),
        ];
        assert_eq!(shown, expected);
        let same = service.compare_catalog(&world.host(), &Catalog::shipped().features).await.expect("effects");
        assert_eq!(same, []);
        assert_eq!(service.catalog(&world.host()).await.expect("a catalog").version, 1, "nothing was changed");

        let (_, admin) = world.administrator("a@example.net", Over::Account(team), Role::FullAccess).await;
        assert_eq!(refused(service.compare_catalog(&admin, &edited()).await).code(), "not-permitted");
    });
}

#[test]
fn people_are_counted_by_the_license_they_effectively_have() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        // Registered by a mailed link, so on trial; Plus by default beneath it.
        let service = &world.service;
        let visitor = || world.cx(Caller::Visitor);
        service.request_registration(&visitor(), &email("ada@acme.example")).await.expect("asked");
        let token = world.mails(1).await[0]["token"].as_str().expect("a token").to_owned();
        let register = carillon_service::Register { name: "Ada".into(), password: "Kx7 quietly orbiting lamp".into() };
        service.register(&visitor(), &token, register).await.expect("registered");
        world.create(account, "bob@acme.example").await;
        let counts = async || {
            let effects = service.compare_catalog(&world.host(), &BTreeMap::new()).await.expect("effects");
            effects.into_iter().map(|effect| (effect.change.license, effect.people)).collect::<Vec<_>>()
        };
        let (basic, plus, pro, trial) = (License::Basic, License::Plus, License::Pro, License::ProTrial);
        assert_eq!(counts().await, [(basic, 0), (plus, 1), (pro, 0), (trial, 1)]);
        world.later(31 * 24);
        assert_eq!(counts().await, [(basic, 0), (plus, 2), (pro, 0), (trial, 0)]);
        assert_eq!(service.seats(&world.host(), account).await.expect("seats")[BaseLicense::Plus as usize].used, 2);
    });
}

#[test]
fn former_versions_stay_as_they_were() {
    on_both(|world| async move {
        let service = &world.service;
        let before = service.catalog(&world.host()).await.expect("a catalog");
        service.edit_catalog(&world.host(), 1, edited()).await.expect("edited");
        assert_eq!(service.catalog_version(&world.host(), 1).await.expect("the first"), before);
        assert_eq!(
            service.catalog_version(&world.host(), 2).await.expect("the second").features[&feature("rooms.book")],
            [License::Pro]
        );
        assert_eq!(refused(service.catalog_version(&world.host(), 3).await).code(), "invalid");
        let page = PageRequest { after: None, limit: 1 };
        let newest = service.catalog_versions(&world.host(), page).await.expect("a page");
        assert_eq!(
            newest.items.iter().map(|one| (one.version, one.since)).collect::<Vec<_>>(),
            [(2, world.clock.now())]
        );
        let page = PageRequest { after: newest.next, limit: 1 };
        let older = service.catalog_versions(&world.host(), page).await.expect("a page");
        assert_eq!((older.items[0].version, older.next), (1, None));
    });
}
