//! The hot reader says what the ordinary path says.

use access::application::{Application, Audience};
use access::authority::Over;
use access::decision::{AccountFacts, ApplicationFacts, AudienceFacts, Facts, SourceFacts, SuspensionFacts};
use access::{AccountId, ApplicationId, User, UserId};
use futures::future::{join, join_all};
use store::testing::on_both_engines;
use store::{
    AccessKey, Asked, Error, Holder, Issued, Question, Standing, Store, Subject, TokenFacts, TokenHash, TokenHolder,
    Write,
};

use crate::fixtures::*;
use crate::world::{World, world};

#[test]
fn questions_agree_with_the_facts_as_they_were_written() {
    on_both_engines(|store| async move {
        let world = world(60);
        world.write(&store).await;
        let unknown = [ApplicationId(uuid(1))];
        let mut known = 0;
        for (n, user) in world.users.iter().enumerate() {
            let secondary = user.secondary.first().map(|address| Subject::Address(address.key().to_owned()));
            let primary = Subject::Address(user.primary.key().to_owned());
            for subject in [Some(Subject::Id(user.id)), Some(primary), secondary].into_iter().flatten() {
                let (token, hash) = &world.tokens[n % world.tokens.len()];
                let asked_about = world.applications.iter().map(|application| application.id).chain(unknown);
                for application in asked_about.map(Some).chain([None]) {
                    let expected = expected(&world, hash, user, application);
                    let question = store.ask(hash, &subject, application).await;
                    assert_eq!(question.as_ref(), Ok(&expected), "{subject:?} {application:?} {token:?}");
                    known += usize::from(expected.asker.is_some_and(|asker| asker.works(at(0))));
                    let without =
                        Asked { application: None, application_owner: None, ..expected.asked.expect("asked") };
                    if application.is_none() {
                        assert_eq!(store.facts(&subject, None).await, Ok(Some(without)));
                    }
                }
            }
        }
        assert!(known > 100, "the world has working tokens");
    });
}

#[test]
fn who_ask_at_once_get_each_their_own_answer() {
    on_both_engines(|store| async move {
        let world = world(300);
        world.write(&store).await;
        let everybody = world.users.iter().zip(world.tokens.iter().cycle()).map(|(user, (_, hash))| {
            let (store, world) = (&store, &world);
            async move {
                let question = store.ask(hash, &Subject::Id(user.id), None).await;
                assert_eq!(question, Ok(expected(world, hash, user, None)));
                assert_eq!(store.access_key("AKIDNOBODY").await, Ok(None));
            }
        });
        // PostgreSQL has no such text: whoever asks for it fails there, and nobody else.
        let odd = Subject::Address("\0@example.org".to_owned());
        let odd = (0..20).map(|_| store.facts(&odd, None));
        let (_, odd) = join(join_all(everybody), join_all(odd)).await;
        assert!(odd.iter().all(|answer| matches!(answer, Ok(None) | Err(Error::Statement(_)))), "{odd:?}");
    });
}

#[test]
fn strangers_are_nobody() {
    on_both_engines(|store| async move {
        for subject in [Subject::Id(UserId(uuid(1))), Subject::Address("nobody@example.org".to_owned())] {
            assert_eq!(store.facts(&subject, None).await, Ok(None));
            let question = store.ask(&TokenHash::of("guess"), &subject, None).await;
            assert_eq!(question, Ok(Question { asker: None, asked: None, application: None }));
        }
        assert_eq!(store.access_key("AKIDNOBODY").await, Ok(None));
        assert_eq!(store.token(&TokenHash::of("guess")).await, Ok(None));
    });
}

#[test]
fn a_key_carries_its_secret_its_grant_and_its_holders_standing() {
    on_both_engines(|store| async move {
        let world = world(30);
        world.write(&store).await;
        let grants = world.grants.clone();
        for grant in grants.clone() {
            let id = format!("AKID{}", grant.id.0.simple());
            let issued = Issued { expires: Some(at(9)), ..Issued::new("key", at(0)) };
            let key = AccessKey { id, grant: grant.id, issued };
            insert_key(&store, key).await;
        }
        for grant in grants {
            let id = format!("AKID{}", grant.id.0.simple());
            let key = store.access_key(&id).await.expect("an answer").expect("the key");
            assert_eq!(key.secret, format!("secret of {id}"));
            let holder = world.users.iter().find(|user| user.id == grant.user).expect("the holder");
            assert_eq!((key.grant, key.standing.clone()), (grant, standing(&world, holder, grant.over)));
            assert_eq!((key.expires, key.revoked), (Some(at(9)), None));
            assert_eq!(key.works(at(8)), key.standing.may_act(at(8)));
            assert!(!key.works(at(9)));
        }
    });
}

async fn insert_key(store: &Store, key: AccessKey) {
    let written: Result<(), Error> = store
        .write(move |write: &mut Write| {
            Box::pin(async move {
                write.insert_access_key(&key, &format!("secret of {}", key.id)).await?;
                write.commit((), vec![], vec![]).await
            })
        })
        .await;
    written.expect("the key is written");
}

fn expected(world: &World, hash: &TokenHash, user: &User, application: Option<ApplicationId>) -> Question {
    let asker = world.tokens.iter().find(|(_, known)| known == hash).map(|(token, _)| TokenFacts {
        id: token.id,
        holder: holder(world, token.holder),
        expires: token.issued.expires,
        revoked: token.issued.revoked,
    });
    let own = asker.as_ref().and_then(|asker| match asker.holder {
        Holder::Application { id, .. } => Some(id),
        Holder::Administrator { .. } => None,
    });
    let id = own.or(application);
    let application = world.applications.iter().find(|known| Some(known.id) == id);
    Question {
        asker,
        application: application.map(|application| application.id),
        asked: Some(Asked {
            facts: facts(world, user),
            application: application.map(|application| application_facts(world, application, user)),
            application_owner: application.and_then(|application| application.owner),
            catalog_version: 1,
        }),
    }
}

fn holder(world: &World, holder: TokenHolder) -> Holder {
    match holder {
        TokenHolder::Application(id) => {
            let application = world.applications.iter().find(|known| known.id == id).expect("the application");
            let stopped = application.owner.is_some_and(|owner| deleted(world, owner));
            Holder::Application { id, owner: application.owner, stopped }
        }
        TokenHolder::Grant(id) => {
            let grant = *world.grants.iter().find(|known| known.id == id).expect("the grant");
            let user = world.users.iter().find(|user| user.id == grant.user).expect("the holder");
            Holder::Administrator { grant, standing: standing(world, user, grant.over) }
        }
    }
}

fn standing(world: &World, user: &User, over: Over) -> Standing {
    let over_deleted = matches!(over, Over::Account(account) if deleted(world, account));
    Standing { facts: facts(world, user), over_deleted }
}

pub fn deleted(world: &World, account: AccountId) -> bool {
    world.accounts.iter().any(|known| known.id == account && known.deleted.is_some())
}

pub fn facts(world: &World, user: &User) -> Facts {
    let account = user.membership.and_then(|membership| {
        let account = world.accounts.iter().find(|account| account.id == membership.account)?;
        Some(AccountFacts { id: account.id, kind: account.kind, deleted: account.deleted.is_some() })
    });
    let verified = world.domains.iter().find(|claim| claim.domain == user.primary.domain() && claim.verified.is_some());
    Facts {
        user: user.id,
        epoch: user.epoch,
        registered: user.registered.is_some(),
        suspension: user.suspension.as_ref().map(|suspension| SuspensionFacts { until: suspension.until }),
        blocked: user.block.is_some(),
        account,
        managed_by: verified.map(|domain| domain.account),
        source: user.source.as_ref().map(|source| SourceFacts { enabled: source.enabled, license: source.license }),
        license: user.license,
        license_origin: user.license_origin,
        waiting: user.waiting.map(|waiting| waiting.license),
        trial_until: user.trial.until,
    }
}

pub fn application_facts(world: &World, application: &Application, user: &User) -> ApplicationFacts {
    ApplicationFacts {
        id: application.id,
        stopped: application.owner.is_some_and(|owner| deleted(world, owner)),
        audience: match &application.audience {
            Audience::Anyone => AudienceFacts::Anyone,
            Audience::Members => AudienceFacts::Members(application.owner),
            Audience::Accounts(listed) => AudienceFacts::Accounts {
                listed: user.membership.is_some_and(|membership| listed.contains(&membership.account)),
            },
        },
        required_license: application.required_license,
        required_feature: application.required_feature.clone(),
    }
}
