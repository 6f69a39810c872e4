//! From a suspension to the applications' hearing of it: one person who is entered in a thousand of them, of which ten
//! hang. Everything runs in this process, so receiving and answering a thousand requests is in the figure too.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use access::application::Audience;
use access::{AccountId, ApplicationId, Domain, Email, UserId};
use futures::FutureExt;
use outgoing::Outgoing;
use service::{NewApplication, Service, fresh};
use signin::SignIn;
use store::TokenHash;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use worker::{Logout, Worker};

use crate::children::service;
use crate::report::{Aim, Row, Spread};
use crate::signed_in::{authorization, client, host, session};
use crate::{Bench, Engine, Outcome, now, template};

/// Applications that are told.
const APPLICATIONS: usize = 1_000;
/// Those of them that take the notice and never answer.
const HANGING: usize = 10;
/// The most that 99 of 100 of the others may wait, in seconds.
const P99: f64 = 2.0;

/// Measures one engine, on a database of its own.
pub async fn run(bench: &Bench, engine: Engine) -> Outcome<Row> {
    let store = template::open(&template::empty(engine)?).await?;
    let service = service(store.clone())?;
    let heard = Heard::listen().await?;
    let stage = Stage::prepare(&service, heard.port).await?;
    let signin = SignIn::new(service.clone());
    signin.jwks().await?; // the key is there before it is needed
    let worker = Worker::start(&service, None, Logout { signin, outgoing: Outgoing::new(true)? }, Vec::new());
    let mut figures = Vec::new();
    for _ in 0..bench.pairs {
        stage.enter().await?;
        heard.forget();
        let begun = now();
        stage.suspend().await?;
        figures.push(heard.p99(begun).await?);
        stage.activate().await?;
    }
    worker.stop(Duration::from_secs(6)).await;
    store.close().await;
    let figures = Spread::of(figures);
    Ok(Row {
        what: format!("{}: suspension to logout heard, p99 of {}", engine.name(), APPLICATIONS - HANGING),
        ours: format!("{:.2} s", figures.median()),
        beside: format!("{HANGING} of {APPLICATIONS} receivers hang"),
        ratio: figures,
        aim: Aim::AtMost(P99),
    })
}

/// The applications' side, all of them behind one port.
struct Heard {
    port: u16,
    times: Arc<Mutex<Vec<Option<Instant>>>>,
    accepting: JoinSet<()>,
}

impl Heard {
    async fn listen() -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut heard = Self { port: listener.local_addr()?.port(), times: Arc::default(), accepting: JoinSet::new() };
        heard.forget();
        let times = Arc::clone(&heard.times);
        heard.accepting.spawn(async move {
            let mut taking = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                taking.spawn(take(stream, Arc::clone(&times)));
            }
        });
        Ok(heard)
    }

    fn forget(&self) {
        *self.times.lock().unwrap_or_else(PoisonError::into_inner) = vec![None; APPLICATIONS];
    }

    /// Waits until all that answer have heard; what 99 of 100 of them stay below, in seconds since the beginning.
    async fn p99(&self, begun: Instant) -> Outcome<f64> {
        let all = async {
            loop {
                let times = self.times.lock().unwrap_or_else(PoisonError::into_inner)[HANGING..].to_vec();
                if let Some(times) = times.into_iter().collect::<Option<Vec<Instant>>>() {
                    return times;
                }
                sleep(Duration::from_millis(5)).await;
            }
        };
        let times = timeout(Duration::from_secs(120), all).await?;
        let mut seconds: Vec<f64> = times.iter().map(|time| (*time - begun).as_secs_f64()).collect();
        seconds.sort_by(f64::total_cmp);
        Ok(seconds[seconds.len() * 99 / 100])
    }
}

/// Takes one notice; its path says to whom.
async fn take(mut stream: TcpStream, times: Arc<Mutex<Vec<Option<Instant>>>>) -> Option<()> {
    let mut request = String::new();
    while !is_whole(&request) {
        let mut piece = [0; 4_096];
        let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        request.push_str(std::str::from_utf8(&piece[..read]).ok()?);
    }
    let number: usize = request.strip_prefix("POST /")?.split(' ').next()?.parse().ok()?;
    times.lock().unwrap_or_else(PoisonError::into_inner).get_mut(number)?.get_or_insert_with(now);
    if number < HANGING {
        sleep(Duration::from_secs(600)).await;
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.ok()
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.parse().ok()) == Some(body.len())
}

/// A person and the applications they are entered in.
struct Stage<'s> {
    service: &'s Service,
    account: AccountId,
    user: UserId,
    applications: Arc<Vec<ApplicationId>>,
}

impl<'s> Stage<'s> {
    async fn prepare(service: &'s Service, port: u16) -> Outcome<Self> {
        let cx = host(service);
        let account = service.create_account(&cx, "Engines".to_owned()).await?.id;
        service.vouch_domain(&cx, account, Domain::parse("one.example")?).await?;
        let made = service.create_user(&cx, account, Email::parse("ada@one.example")?).await?;
        let mut applications = Vec::with_capacity(APPLICATIONS);
        for number in 0..APPLICATIONS {
            let wish = NewApplication {
                name: format!("App {number}"),
                owner: None,
                audience: Some(Audience::Anyone),
                required_license: None,
                required_feature: None,
                client: Some(client(Some(format!("http://127.0.0.1:{port}/{number}")))),
            };
            applications.push(service.create_application(&cx, wish).await?.id);
        }
        Ok(Self { service, account, user: made.id.parse()?, applications: Arc::new(applications) })
    }

    /// The person signs in and enters each application.
    async fn enter(&self) -> Outcome<()> {
        let (service, user, applications) = (self.service, self.user, Arc::clone(&self.applications));
        let (at, random) = (service.clock().now(), service.random().clone());
        let entered = service.unrecorded(move |w| {
            async move {
                let epoch = w.user(user).await?.map_or(0, |user| user.epoch);
                let session = session(fresh::id(&random, at), user, epoch, at);
                w.insert_session(&session, &TokenHash::of(&session.id.to_string())).await?;
                for application in applications.iter().copied() {
                    w.insert_authorization(&authorization(fresh::id(&random, at), &session, application)).await?;
                }
                Ok(())
            }
            .boxed()
        });
        Ok(entered.await?)
    }

    async fn suspend(&self) -> Outcome<()> {
        let users = vec![self.user.to_string()];
        let done = self.service.suspend(&host(self.service), self.account, users, None, None).await?;
        done.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(())
    }

    async fn activate(&self) -> Outcome<()> {
        let done = self.service.activate(&host(self.service), self.account, vec![self.user.to_string()]).await?;
        done.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(())
    }
}
