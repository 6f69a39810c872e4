//! Some of the people, signed in: sessions, access tokens and passwords, named by a number like everything else
//! ([`crate::population`]). They are written beside the population for each run: sessions end after a week.

use std::sync::Arc;

use access::application::{AccessTokenFormat, Client, SigningAlgorithm};
use access::authority::Caller;
use access::{ApplicationId, UserId};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use service::{ApplicationUpdate, Context, Door, Service};
use store::{Authorization, Database, NewIssued, Session, TokenHash, Write};
use uuid::Uuid;

use crate::population::{self, id, mixed};
use crate::{Outcome, children, template};

/// How many sessions there are, each with an access token.
pub const SESSIONS: u64 = 20_000;
/// The number of the application that all of them entered, and of its credential.
pub const APPLICATION: u64 = 1;
/// The password of everybody who is signed in.
pub const PASSWORD: &str = "violet harbour ticket seven";
/// Where the application's people come back to.
pub const CALLBACK: &str = "https://app.example.org/callback";

/// Sessions written in one change.
const CHANGE: u64 = 1_000;

/// The cookie of the session with this number.
pub fn cookie(number: u64) -> String {
    format!("benchmark-session-{number}")
}

/// The access token that was made in it.
pub fn access_token(number: u64) -> String {
    format!("benchmark-access-{number}")
}

/// Whose it is: somebody among all who is registered and not suspended.
pub fn person(number: u64, users: u64) -> u64 {
    let first = mixed(number) % users;
    let able = |person: &u64| {
        population::user(*person).is_ok_and(|user| user.registered.is_some() && user.suspension.is_none())
    };
    (first..users).chain(0..first).find(able).unwrap_or(first)
}

/// How an application signs people in.
pub fn client(backchannel_logout_uri: Option<String>) -> Client {
    Client {
        public: false,
        redirect_uris: vec![CALLBACK.to_owned()],
        post_logout_redirect_uris: vec![],
        backchannel_logout_uri,
        third_party: false,
        access_tokens: AccessTokenFormat::Opaque,
        id_token_algorithm: SigningAlgorithm::ES256,
    }
}

/// A session that begins now.
pub fn session(id: Uuid, user: UserId, epoch: i64, at: Timestamp) -> Session {
    Session {
        id,
        user,
        epoch,
        created: at,
        authenticated: at,
        methods: "pwd".to_owned(),
        expires: at + SignedDuration::from_hours(7 * 24),
        last_used: at,
        device: None,
    }
}

/// That an application was entered in it.
pub fn authorization(id: Uuid, session: &Session, application: ApplicationId) -> Authorization {
    Authorization {
        id,
        user: session.user,
        application,
        session: Some(session.id),
        sid: session.id,
        epoch: session.epoch,
        scope: "openid email".to_owned(),
        authenticated: session.authenticated,
        methods: session.methods.clone(),
        created: session.created,
        expires: session.expires,
        ended: None,
    }
}

/// The operator at the host.
pub fn host(service: &Service) -> Context {
    service.context(Caller::Host, Door::Cli, Uuid::nil(), None)
}

/// Signs them in, through the store.
pub async fn load(database: &Database, users: u64) -> Outcome<()> {
    let store = template::open(database).await?;
    let service = children::service(store.clone())?;
    let update = ApplicationUpdate { client: Some(Some(client(None))), ..ApplicationUpdate::default() };
    service.update_application(&host(&service), population::application_of(APPLICATION), update).await?;
    let hash: Arc<str> = service.passwords().hash(PASSWORD.to_owned(), [7; 16]).await?.into();
    let at = service.clock().now();
    for first in (0..SESSIONS).step_by(usize::try_from(CHANGE)?) {
        let hash = Arc::clone(&hash);
        let part = template::change(&store, move |write| {
            async move {
                for number in first..first + CHANGE {
                    sign_in(write, number, UserId(id(person(number, users))), (&hash, at)).await?;
                }
                Ok(())
            }
            .boxed()
        });
        part.await?;
    }
    store.close().await;
    template::settle(database)
}

async fn sign_in(
    write: &mut Write,
    number: u64,
    user: UserId,
    (hash, at): (&str, Timestamp),
) -> Result<(), store::Error> {
    let session = session(id(number), user, 0, at);
    write.insert_session(&session, &TokenHash::of(&cookie(number))).await?;
    let authorization = authorization(id(number), &session, population::application_of(APPLICATION));
    write.insert_authorization(&authorization).await?;
    let access =
        NewIssued { id: id(number), authorization: authorization.id, created: at, expires: authorization.expires };
    write.insert_access_token(&access, &authorization.scope, &TokenHash::of(&access_token(number))).await?;
    write.set_password(user, hash, at).await
}
