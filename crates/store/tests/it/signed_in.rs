//! The hot reader's sessions and tokens are what was written, whoever they belong to and whoever asks.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use access::decision::may_sign_in;
use access::{ApplicationId, User};
use store::testing::on_both_engines;
use store::{Asked, Authorization, Error, NewIssued, Person, Session, Store, TokenHash, TokenHolder, TokenKind, Write};

use crate::fixtures::*;
use crate::hot::{application_facts, deleted, facts};
use crate::world::{World, world};

const MOMENTS: [i64; 9] = [0, 3, 9, 11, 14, 20, 49, 60, 150];

/// What somebody holds; it varies with their number, so that every sort of end comes up.
#[derive(Clone)]
struct Held {
    session: Session,
    authorization: Authorization,
    access: NewIssued,
    refresh: NewIssued,
    used: bool,
    name: usize,
}

impl Held {
    fn new(n: usize, user: &User, application: ApplicationId) -> Self {
        let (id, epoch) = (uuid(90_000 + n as u128), user.epoch - i64::from(n % 5 == 4));
        let methods = if n.is_multiple_of(2) { "pwd" } else { "pwd otp mfa" }.to_owned();
        let session = Session {
            id,
            user: user.id,
            epoch,
            created: at(1),
            authenticated: at(2),
            methods: methods.clone(),
            expires: at(10 + (n % 5) as i64),
            last_used: at(3),
            device: None,
        };
        let authorization = Authorization {
            id,
            user: user.id,
            application,
            session: n.is_multiple_of(2).then_some(id),
            sid: id,
            epoch,
            scope: "openid offline_access".to_owned(),
            authenticated: at(2),
            methods,
            created: at(3),
            expires: if n.is_multiple_of(2) { session.expires } else { at(100) },
            ended: (n % 7 == 6).then(|| at(4)),
        };
        let issued = |expires| NewIssued { id, authorization: id, created: at(5), expires: at(expires) };
        Self { session, authorization, access: issued(20), refresh: issued(50), used: n % 4 == 3, name: n }
    }

    fn hash(&self, kind: &str) -> TokenHash {
        TokenHash::of(&format!("{kind} {}", self.name))
    }

    /// Whether a token of it holds, as the rules say it.
    fn holds(&self, user: &User, issued: &NewIssued, moment: i64) -> bool {
        let authorization = &self.authorization;
        let generation = authorization.epoch == user.epoch && authorization.ended.is_none();
        generation && at(moment) < authorization.expires && at(moment) < issued.expires
    }
}

#[test]
fn sessions_and_tokens_agree_with_the_facts_as_they_were_written() {
    on_both_engines(|store| async move {
        let world = world(40);
        world.write(&store).await;
        let applications = world.applications.iter().cycle();
        let held = world.users.iter().zip(applications).enumerate();
        let held: Vec<Held> = held.map(|(n, (user, of))| Held::new(n, user, of.id)).collect();
        write(&store, held.clone()).await;
        let mut holding = 0;
        for (user, held) in world.users.iter().zip(&held) {
            holding += check_session(&store, &world, user, held).await;
            holding += check_tokens(&store, &world, user, held).await;
        }
        assert!(holding > 100, "the world has people who are signed in: {holding}");
        check_askers(&store, &world, &held[0]).await;
        gone_with_their_sessions(&store, &held).await;
        let nothing = TokenHash::of("guess");
        assert_eq!(store.session(&nothing, None).await, Ok(None));
        let bearer = store.bearer(Some(&nothing), &nothing).await.expect("an answer");
        assert!(bearer.client.is_none() && bearer.issued.is_none());
    });
}

/// What is bound to a session is deleted with it: whoever asks about a token does not ask about its session.
async fn gone_with_their_sessions(store: &Store, held: &[Held]) {
    let sessions: Vec<_> = held.iter().map(|one| one.session.id).collect();
    let deleted: Result<(), Error> = store
        .write(move |write: &mut Write| {
            Box::pin(async move {
                write.delete_sessions(&sessions).await?;
                write.commit((), vec![], vec![]).await
            })
        })
        .await;
    deleted.expect("the sessions end");
    for one in held {
        for kind in ["access", "refresh"] {
            let found = store.bearer(None, &one.hash(kind)).await.expect("an answer").issued;
            assert_eq!(found.is_none(), one.authorization.session.is_some(), "{kind} {}", one.name);
        }
    }
}

async fn write(store: &Store, held: Vec<Held>) {
    let written: Result<(), Error> = store
        .write(move |write: &mut Write| {
            Box::pin(async move {
                for one in &held {
                    write.insert_session(&one.session, &one.hash("session")).await?;
                    write.insert_authorization(&one.authorization).await?;
                    write.insert_access_token(&one.access, "openid", &one.hash("access")).await?;
                    write.insert_refresh_token(&one.refresh, &one.hash("refresh")).await?;
                    if one.used {
                        write.refresh_token_used(&one.hash("refresh"), at(6)).await?;
                    }
                }
                write.commit((), vec![], vec![]).await
            })
        })
        .await;
    written.expect("they are signed in");
}

/// The person with regard to an application, from the facts as they were written.
fn person(world: &World, user: &User, application: Option<ApplicationId>) -> Person {
    let application = world.applications.iter().find(|known| Some(known.id) == application);
    Person {
        asked: Asked {
            facts: facts(world, user),
            application: application.map(|application| application_facts(world, application, user)),
            application_owner: application.and_then(|application| application.owner),
            catalog_version: 1,
        },
        address: user.primary.as_typed().to_owned(),
        address_proved: true,
        name: user.display_name.clone(),
    }
}

async fn check_session(store: &Store, world: &World, user: &User, held: &Held) -> usize {
    let known = world.applications.iter().map(|application| Some(application.id));
    let mut holding = 0;
    for application in known.chain([None, Some(ApplicationId(uuid(1)))]) {
        let found = store.session(&held.hash("session"), application).await.expect("an answer").expect("a session");
        assert_eq!(found.person, person(world, user, application));
        let Session { id, epoch, created, authenticated, methods, expires, last_used, .. } = &held.session;
        assert_eq!((&found.id, &found.epoch, &found.created), (id, epoch, created));
        assert_eq!((&found.authenticated, &found.methods), (authenticated, methods));
        assert_eq!((&found.expires, &found.last_used), (expires, last_used));
        for moment in MOMENTS {
            let current = *epoch == user.epoch && at(moment) < *expires;
            let holds = current && may_sign_in(&facts(world, user), at(moment));
            assert_eq!(found.holds(at(moment)), holds, "{} at {moment}", held.name);
            holding += usize::from(holds);
        }
    }
    holding
}

async fn check_tokens(store: &Store, world: &World, user: &User, held: &Held) -> usize {
    let mut holding = 0;
    let used = held.used.then(|| at(6));
    for (kind, issued, expected, scope) in [
        ("access", &held.access, TokenKind::Access, "openid"),
        ("refresh", &held.refresh, TokenKind::Refresh { used }, "openid offline_access"),
    ] {
        let bearer = store.bearer(None, &held.hash(kind)).await.expect("an answer");
        assert!(bearer.client.is_none());
        let found = bearer.issued.expect("a token");
        assert_eq!((found.kind, found.scope.as_str(), found.id), (expected, scope, issued.id));
        assert_eq!(found.person, person(world, user, Some(held.authorization.application)));
        assert_eq!((found.created, found.expires, found.sid), (issued.created, issued.expires, held.session.id));
        let Authorization { epoch, authenticated, methods, .. } = &held.authorization;
        assert_eq!((&found.epoch, &found.authenticated, &found.methods), (epoch, authenticated, methods));
        for moment in MOMENTS {
            let unused = kind == "access" || !held.used;
            let holds = unused && held.holds(user, issued, moment);
            assert_eq!(found.holds(at(moment)), holds, "{kind} {} at {moment}", held.name);
            holding += usize::from(holds);
        }
    }
    holding
}

/// Only an application's own token says who asks, while it works.
async fn check_askers(store: &Store, world: &World, held: &Held) {
    for (token, hash) in &world.tokens {
        let bearer = store.bearer(Some(hash), &held.hash("access")).await.expect("an answer");
        assert!(bearer.issued.is_some(), "whoever asks");
        let TokenHolder::Application(id) = token.holder else {
            assert!(bearer.client.is_none(), "an administrator's token is no application's");
            continue;
        };
        let application = world.applications.iter().find(|known| known.id == id).expect("the application");
        let client = bearer.client.expect("the application asks");
        assert_eq!((client.token, client.id, client.owner), (token.id, id, application.owner));
        let stopped = application.owner.is_some_and(|owner| deleted(world, owner));
        for moment in MOMENTS {
            assert_eq!(client.works(at(moment)), token.issued.works(at(moment)) && !stopped);
        }
    }
}
