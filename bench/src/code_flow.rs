//! Authorization code with PKCE, and refresh: processor time of the server for each step, beside npm's `oidc-provider`
//! doing the same in the same minute. Theirs keeps everything in memory and knows one person, who is signed in.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

use serde::Deserialize;
use store::Database;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::connection::{Answer, Connection};
use crate::load::{post_form, seed};
use crate::population::{self, mixed};
use crate::process::Process;
use crate::report::{Aim, Row, Spread};
use crate::signed_in::{APPLICATION, CALLBACK, SESSIONS, cookie};
use crate::start::Server;
use crate::{Bench, Engine, Outcome};

/// Flows in one run, in parts of so many: every step is done by all of a part before the next one begins.
const FLOWS: (u64, u64) = (1_000, 200);
/// Who do a step at once.
const CLIENTS: u64 = 10;
/// What is asked for.
const SCOPE: &str = "openid+email";
/// A verifier and its challenge (RFC 7636 appendix B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// The steps.
const STEPS: [&str; 3] = ["authorize", "token by code", "token by refresh"];

/// How a provider is asked.
#[derive(Clone, Deserialize)]
struct Asked {
    authorize: String,
    token: String,
    client_id: String,
    client_secret: String,
    /// The cookies of who is signed in; `None`: one of ours.
    cookie: Option<String>,
}

/// A provider as a process of its own.
struct Provider {
    process: Process,
    address: SocketAddr,
    asked: Arc<Asked>,
}

/// Processor time of each step, in microseconds.
type Costs = [f64; 3];

/// Measures one engine.
pub fn run(bench: &Bench, engine: Engine, database: &Database, runtime: &Runtime) -> Outcome<Vec<Row>> {
    let (theirs, ours) = (Provider::theirs()?, Provider::ours(database)?);
    for provider in [&theirs, &ours] {
        runtime.block_on(provider.flows())?;
    }
    let mut pairs: Vec<(Costs, Costs)> = Vec::new();
    for _ in 0..bench.pairs {
        pairs.push((runtime.block_on(theirs.flows())?, runtime.block_on(ours.flows())?));
    }
    let row = |(number, step): (usize, &&str)| {
        let shown = |costs: Vec<f64>| format!("{:.0} us", Spread::of(costs).median());
        Row {
            what: format!("{}: processor time of {step}", engine.name()),
            ours: shown(pairs.iter().map(|(_, ours)| ours[number]).collect()),
            beside: format!("oidc-provider: {}", shown(pairs.iter().map(|(theirs, _)| theirs[number]).collect())),
            ratio: Spread::ratio(&pairs, |costs| costs[number]),
            aim: Aim::None,
        }
    };
    Ok(STEPS.iter().enumerate().map(row).collect())
}

impl Provider {
    fn ours(database: &Database) -> Outcome<Self> {
        let Server { process, address, .. } = Server::start(database)?;
        let asked = Asked {
            authorize: "/oauth2/authorize".to_owned(),
            token: "/oauth2/token".to_owned(),
            client_id: population::application_of(APPLICATION).to_string(),
            client_secret: population::token(APPLICATION),
            cookie: None,
        };
        Ok(Self { process, address, asked: Arc::new(asked) })
    }

    fn theirs() -> Outcome<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/clients/measured_provider.mjs");
        let mut process = Process::start(Command::new("node").args([script, CALLBACK]))?;
        let address = process.line()?.parse()?;
        let asked = Arc::new(serde_json::from_str(&process.line()?)?);
        Ok(Self { process, address, asked })
    }

    /// Does all flows.
    async fn flows(&self) -> Outcome<Costs> {
        let mut costs = [0.0; 3];
        let (all, part) = FLOWS;
        for _ in 0..all / part {
            let mut carried = vec![String::new(); usize::try_from(part)?];
            for (step, cost) in costs.iter_mut().enumerate() {
                let before = self.process.cpu()?;
                carried = self.step(step, carried).await?;
                *cost += (self.process.cpu()? - before).as_secs_f64() * 1e6 / all as f64;
            }
        }
        Ok(costs)
    }

    /// Does one step of all these flows: each takes what the step before came to.
    async fn step(&self, step: usize, carried: Vec<String>) -> Outcome<Vec<String>> {
        let mut clients = JoinSet::new();
        for share in carried.chunks(carried.len() / usize::try_from(CLIENTS)?) {
            let (address, asked, share) = (self.address, Arc::clone(&self.asked), share.to_vec());
            clients.spawn(async move {
                let mut connection = Connection::open(address).await?;
                let mut came = Vec::with_capacity(share.len());
                for one in share {
                    let answer = connection.ask(&asked.request(step, &one)).await?;
                    came.push(result(step, &answer).ok_or_else(|| format!("{}: {answer}", STEPS[step]))?);
                }
                Outcome::Ok(came)
            });
        }
        let mut all = Vec::new();
        while let Some(done) = clients.join_next().await {
            all.extend(done??);
        }
        Ok(all)
    }
}

impl Asked {
    fn request(&self, step: usize, carried: &str) -> String {
        let Self { authorize, token, client_id, client_secret, cookie: known } = self;
        let back = CALLBACK.replace(':', "%3A").replace('/', "%2F");
        let own = format!("client_id={client_id}&client_secret={client_secret}");
        match step {
            0 => {
                let cookies = known.clone().unwrap_or_else(|| format!("carillon={}", cookie(mixed(seed()) % SESSIONS)));
                format!(
                    "GET {authorize}?response_type=code&client_id={client_id}&redirect_uri={back}&scope={SCOPE}&state=x\
                     &code_challenge={CHALLENGE}&code_challenge_method=S256 HTTP/1.1\r\nHost: localhost\r\n\
                     Cookie: {cookies}\r\n\r\n"
                )
            }
            1 => {
                let by = format!("grant_type=authorization_code&code={carried}&code_verifier={VERIFIER}");
                post_form(token, "", &format!("{own}&{by}&redirect_uri={back}"))
            }
            _ => post_form(token, "", &format!("{own}&grant_type=refresh_token&refresh_token={carried}")),
        }
    }
}

/// The code, or the refresh token.
fn result(step: usize, answer: &Answer<'_>) -> Option<String> {
    match (step, answer.status()) {
        (0, "303") => answer.after("code=", b"&\r\n\""),
        (1 | 2, "200") if answer.has("\"id_token\":\"") => answer.after("\"refresh_token\":\"", b"\""),
        _ => None,
    }
}
