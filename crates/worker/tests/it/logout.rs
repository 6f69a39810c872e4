//! What applications are told when sessions end: in order, once, again, given up; and nobody waits for those that fail.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::spawn;

use access::application::{AccessTokenFormat, Audience, Client, SigningAlgorithm};
use access::authority::{Caller, Grant, Over, Role};
use access::{AccountId, ApplicationId, Email, GrantId, Refusal, UserId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carillon_worker::Logout;
use carillon_worker::logout::Telling;
use futures::FutureExt;
use jiff::SignedDuration;
use outgoing::Outgoing;
use serde_json::{Value, json};
use service::testing::{World, on_both_engines};
use service::{Context, Door, Error, NewApplication, OutboxEntry, OutboxFilter, OutboxState, PageRequest, fresh};
use signin::SignIn;
use store::{Authorization, Session, TokenHash};
use uuid::Uuid;

/// An application's side: it notes what it is told, and answers with a status.
#[derive(Clone)]
struct Receiver {
    uri: String,
    status: Arc<AtomicU16>,
    told: Arc<Mutex<Vec<(Value, Value)>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("http://{}/logout", listener.local_addr().unwrap());
        let receiver = Self { uri, status: Arc::new(AtomicU16::new(200)), told: Arc::default() };
        let noting = receiver.clone();
        spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut request = String::new();
                while !request.contains("logout_token=") || !complete(&request) {
                    let mut piece = [0; 4096];
                    let read = stream.read(&mut piece).unwrap();
                    request.push_str(std::str::from_utf8(&piece[..read]).unwrap());
                }
                noting.told.lock().unwrap().push(token(&request));
                let status = noting.status.load(Ordering::SeqCst);
                let answer = format!("HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        receiver
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// What it was told: a claim of each token.
    fn heard(&self, claim: &str) -> Vec<Value> {
        self.told.lock().unwrap().iter().map(|(_, claims)| claims[claim].clone()).collect()
    }
}

fn complete(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    body.len() == length.parse::<usize>().unwrap()
}

/// The header and the claims of the token that was sent.
fn token(request: &str) -> (Value, Value) {
    let token = request.split_once("logout_token=").unwrap().1;
    let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part));
    let mut json = || serde_json::from_slice(&parts.next().unwrap().unwrap()).unwrap();
    (json(), json())
}

struct Stage<'w> {
    world: &'w World,
    signin: SignIn,
    account: AccountId,
}

impl<'w> Stage<'w> {
    async fn of(world: &'w World) -> Self {
        let account = world.service.create_account(&world.host(), "Engines".to_owned()).await.unwrap().id;
        let domain = access::Domain::parse("one.example").unwrap();
        world.service.vouch_domain(&world.host(), account, domain).await.unwrap();
        Self { world, signin: SignIn::new(world.service.clone()), account }
    }

    async fn person(&self, name: &str) -> UserId {
        let address = Email::parse(&format!("{name}@one.example")).unwrap();
        let made = self.world.service.create_user(&self.world.host(), self.account, address).await.unwrap();
        made.id.parse().unwrap()
    }

    async fn application(&self, logout: Option<&Receiver>) -> ApplicationId {
        self.application_of(None, logout).await
    }

    async fn application_of(&self, owner: Option<AccountId>, logout: Option<&Receiver>) -> ApplicationId {
        let client = Client {
            public: false,
            redirect_uris: vec!["https://app.example.org/callback".to_owned()],
            post_logout_redirect_uris: vec![],
            backchannel_logout_uri: logout.map(|receiver| receiver.uri.clone()),
            third_party: false,
            access_tokens: AccessTokenFormat::Opaque,
            id_token_algorithm: SigningAlgorithm::ES256,
        };
        let wish = NewApplication {
            name: "App".to_owned(),
            owner,
            audience: Some(Audience::Anyone),
            required_license: None,
            required_feature: None,
            client: Some(client),
        };
        self.world.service.create_application(&self.world.host(), wish).await.unwrap().id
    }

    /// The person enters the application in a session of their own; returns its id.
    async fn enter(&self, user: UserId, application: ApplicationId) -> Uuid {
        let service = &self.world.service;
        let at = service.clock().now();
        let (sid, id) = (fresh::id(service.random(), at), fresh::id(service.random(), at));
        let expires = at + SignedDuration::from_hours(1);
        let entered = service.unrecorded(move |w| {
            async move {
                let epoch = w.user(user).await?.unwrap().epoch;
                let methods = "pwd".to_owned();
                let session = Session {
                    id: sid,
                    user,
                    epoch,
                    created: at,
                    authenticated: at,
                    methods: methods.clone(),
                    expires,
                    last_used: at,
                    device: None,
                };
                w.insert_session(&session, &cookie(sid)).await?;
                let authorization = Authorization {
                    id,
                    user,
                    application,
                    session: Some(sid),
                    sid,
                    epoch,
                    scope: "openid".to_owned(),
                    authenticated: at,
                    methods,
                    created: at,
                    expires,
                    ended: None,
                };
                Ok(w.insert_authorization(&authorization).await?)
            }
            .boxed()
        });
        entered.await.unwrap();
        sid
    }

    async fn log_out(&self, user: UserId) {
        let done = self.world.service.log_out(&self.world.host(), self.account, vec![user.to_string()]).await;
        done.unwrap().remove(0).unwrap();
    }

    async fn end(&self, session: Uuid) {
        self.world.service.end_session(&self.world.host(), cookie(session)).await.unwrap();
    }

    /// Tells whatever is due.
    async fn tell(&self) {
        let mut telling = Telling::new(Logout { signin: self.signin.clone(), outgoing: Outgoing::new(true).unwrap() });
        loop {
            telling.begin().await.unwrap();
            if !telling.is_under_way() {
                break;
            }
            telling.ended().await;
        }
    }

    async fn outbox(&self) -> Vec<OutboxEntry> {
        let all = PageRequest { after: None, limit: 100 };
        self.world.service.list_outbox(&self.world.host(), &OutboxFilter::default(), all).await.unwrap().items
    }
}

fn cookie(session: Uuid) -> TokenHash {
    TokenHash::of(&session.to_string())
}

#[test]
fn applications_hear_of_the_sessions_they_were_entered_in() {
    on_both_engines(|world| async move {
        let stage = Stage::of(&world).await;
        let (ada, bob) = (stage.person("ada").await, stage.person("bob").await);
        let (one, two, other) = (Receiver::start(), Receiver::start(), Receiver::start());
        let applications = [stage.application(Some(&one)).await, stage.application(Some(&two)).await];
        stage.application(Some(&other)).await;
        let silent = stage.application(None).await;
        let first = stage.enter(ada, applications[0]).await;
        let second = stage.enter(ada, applications[0]).await;
        stage.enter(ada, applications[1]).await;
        stage.enter(ada, silent).await;
        stage.enter(bob, applications[1]).await;
        stage.end(first).await;
        stage.end(first).await;
        stage.tell().await;
        assert_eq!((one.heard("sid"), two.heard("sub").len()), (vec![json!(first)], 0), "one session of one");
        stage.log_out(ada).await;
        stage.log_out(ada).await;
        stage.tell().await;
        assert_eq!(one.heard("sub"), [json!(ada), json!(ada)], "once, though it knew two sessions");
        assert_eq!((one.heard("sid")[1].clone(), two.heard("sub")), (Value::Null, vec![json!(ada)]));
        assert_eq!((other.heard("sub").len(), stage.outbox().await.len()), (0, 3));
        assert!(stage.outbox().await.iter().all(|entry| entry.state == OutboxState::Delivered));
        stage.end(second).await;
        assert_eq!(stage.outbox().await.len(), 3, "that was over already");
        let (header, claims) = one.told.lock().unwrap()[1].clone();
        assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!("ES256")));
        assert_eq!(claims["aud"], json!(applications[0]));
        assert_eq!(claims["iss"], "https://carillon.example.org");
        assert_eq!(claims["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
        assert!(claims.get("nonce").is_none() && claims["jti"].is_string(), "{claims}");
    });
}

#[test]
fn who_administers_an_application_sees_what_it_was_told() {
    on_both_engines(|world| async move {
        let stage = Stage::of(&world).await;
        let (ada, receiver) = (stage.person("ada").await, Receiver::start());
        let other = stage.application(Some(&receiver)).await;
        let own = stage.application_of(Some(stage.account), Some(&receiver)).await;
        for application in [other, own] {
            stage.enter(ada, application).await;
        }
        stage.log_out(ada).await;
        stage.tell().await;
        let over = |over, role| {
            let grants = vec![Grant { id: GrantId(Uuid::nil()), user: ada, over, role }];
            let caller = Caller::Administrator { user: ada, grants };
            world.service.context(caller, Door::Admin, Uuid::nil(), None)
        };
        let page = || PageRequest { after: None, limit: 100 };
        let told = async |cx: &Context, application, state| {
            world.service.list_deliveries(cx, application, state, page()).await.map(|page| page.items)
        };
        let administrator = over(Over::Account(stage.account), Role::FullAccess);
        let found = told(&administrator, own, None).await.unwrap();
        assert_eq!((found.len(), found[0].kind.as_str(), found[0].state), (1, "logout", OutboxState::Delivered));
        assert_eq!((found[0].person, &found[0].receiver), (ada.0, &own.to_string()));
        assert_eq!(told(&administrator, own, Some(OutboxState::Waiting)).await.unwrap(), []);
        assert_eq!(told(&world.host(), other, Some(OutboxState::Delivered)).await.unwrap().len(), 1);
        for (cx, application) in [(&administrator, other), (&over(Over::Deployment, Role::ReadOnly), own)] {
            let refused = told(cx, application, None).await.unwrap_err();
            let unknown = Refusal::UnknownApplication(application.to_string());
            assert!(matches!(refused, Error::Refused(why) if why == unknown), "out of reach looks unknown");
        }
    });
}

#[test]
fn what_an_application_is_told_about_one_person_arrives_in_order() {
    on_both_engines(|world| async move {
        let stage = Stage::of(&world).await;
        let ada = stage.person("ada").await;
        let (fine, failing) = (Receiver::start(), Receiver::start());
        let (well, ill) = (stage.application(Some(&fine)).await, stage.application(Some(&failing)).await);
        let session = stage.enter(ada, ill).await;
        stage.enter(ada, ill).await;
        stage.enter(ada, well).await;
        failing.answers(503);
        stage.end(session).await;
        stage.log_out(ada).await;
        stage.tell().await;
        stage.tell().await;
        assert_eq!(failing.heard("sid"), [json!(session)], "the second waits for the first, and both for a while");
        assert_eq!(fine.heard("sub"), [json!(ada)], "who answers waits for nobody");
        let waiting = stage.outbox().await.into_iter().rfind(|entry| entry.state == OutboxState::Waiting).unwrap();
        assert_eq!((waiting.attempts, waiting.error.as_deref()), (1, Some("it answered 503")));
        failing.answers(200);
        world.later(1);
        stage.tell().await;
        assert_eq!(failing.heard("sid"), [json!(session), json!(session), Value::Null]);
        let (jti, seq) = (failing.heard("jti"), failing.heard("seq"));
        assert_eq!(jti[0], jti[1], "known again by who got both");
        assert!(seq[1].as_i64() < seq[2].as_i64(), "{seq:?}");
    });
}

#[test]
fn an_application_that_never_answers_is_given_up() {
    on_both_engines(|world| async move {
        let stage = Stage::of(&world).await;
        let (ada, bob) = (stage.person("ada").await, stage.person("bob").await);
        let receiver = Receiver::start();
        let application = stage.application(Some(&receiver)).await;
        stage.enter(ada, application).await;
        receiver.answers(500);
        stage.log_out(ada).await;
        for _ in 0..20 {
            stage.tell().await;
            world.later(90);
        }
        let dead = stage.outbox().await.remove(0);
        assert_eq!((dead.state, dead.attempts), (OutboxState::Dead, 20));
        world.service.retry_mails(&world.host(), vec![dead.id]).await.unwrap();
        stage.enter(bob, application).await;
        stage.log_out(bob).await;
        receiver.answers(200);
        stage.tell().await;
        assert_eq!(receiver.heard("sub").len(), 22);
        assert!(stage.outbox().await.iter().all(|entry| entry.state == OutboxState::Delivered));
    });
}

#[test]
fn what_waited_for_a_day_is_given_up_with_what_fails() {
    on_both_engines(|world| async move {
        let stage = Stage::of(&world).await;
        let receiver = Receiver::start();
        let application = stage.application(Some(&receiver)).await;
        receiver.answers(500);
        for name in ["ada", "bob", "cid", "dan", "eve", "fay"] {
            let person = stage.person(name).await;
            stage.enter(person, application).await;
            stage.log_out(person).await;
        }
        world.later(25 * 60);
        stage.tell().await;
        let states: Vec<OutboxState> = stage.outbox().await.iter().map(|entry| entry.state).collect();
        assert!(states.contains(&OutboxState::Dead), "{states:?}");
        let tried = receiver.heard("sub").len();
        assert!(tried <= 4, "no more than a few at a time find out: {tried}");
    });
}

#[test]
fn many_nodes_tell_each_once() {
    on_both_engines(|world| async move {
        let stage = Stage::of(&world).await;
        let receiver = Receiver::start();
        let application = stage.application(Some(&receiver)).await;
        for n in 0..20 {
            let person = stage.person(&format!("person{n}")).await;
            stage.enter(person, application).await;
            stage.log_out(person).await;
        }
        futures::join!(stage.tell(), stage.tell(), stage.tell());
        stage.tell().await;
        let mut people: Vec<String> = receiver.heard("sub").iter().map(Value::to_string).collect();
        people.sort();
        people.dedup();
        assert_eq!((people.len(), receiver.heard("sub").len()), (20, 20));
    });
}

#[test]
fn an_application_that_wants_to_be_told_no_more_is_not() {
    on_both_engines(|world| async move {
        let stage = Stage::of(&world).await;
        let ada = stage.person("ada").await;
        let receiver = Receiver::start();
        let application = stage.application(Some(&receiver)).await;
        stage.enter(ada, application).await;
        stage.log_out(ada).await;
        let none = service::ApplicationUpdate { client: Some(None), ..Default::default() };
        world.service.update_application(&world.host(), application, none).await.unwrap();
        stage.tell().await;
        let entry = stage.outbox().await.remove(0);
        assert_eq!((entry.state, receiver.heard("sub").len()), (OutboxState::Dead, 0));
        assert!(entry.error.unwrap().contains("no backchannel_logout_uri"));
    });
}
