//! HTTP without anybody's library: for what applications send, and where many ask at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::Value;

use super::server::Server;

/// An answer of whatever status.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// What came of a request that must be answered.
    pub fn of(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Self {
        answer(sent)
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e} in {self:?}"))
    }

    /// All values of a header by its name in lower case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a cookie that it sets.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let set = self.all("set-cookie").filter_map(|cookie| cookie.split(';').next()?.split_once('='));
        set.into_iter().find(|(set, value)| *set == name && !value.is_empty()).map(|(_, value)| value.to_owned())
    }

    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All headers but those that are different each time.
    pub fn headers(&self) -> Vec<&(String, String)> {
        self.headers.iter().filter(|(name, _)| name != "date" && name != "x-request-id").collect()
    }
}

/// `GET` without credentials.
pub fn get(server: &Server, path: &str) -> Answer {
    answer(agent().get(format!("{}{path}", server.url())).call())
}

/// `POST` with a bearer token or none.
pub fn post(server: &Server, path: &str, token: Option<&str>, kind: &str, body: &[u8]) -> Answer {
    let mut request = agent().post(format!("{}{path}", server.url())).content_type(kind);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    answer(request.send(body))
}

/// Registers somebody by the page behind the mailed link, as their browser would.
pub fn register(server: &Server, address: &str) {
    let form = "application/x-www-form-urlencoded";
    post(server, "/register", None, form, format!("address={}", address.replace('@', "%40")).as_bytes());
    let link = server.link_mailed_to(address);
    let path = &link[link.find("/register/").expect("a registration's link")..];
    let done = post(server, path, None, form, b"name=Somebody&password=violet+harbour+ticket+seven");
    assert!(done.status == 200 && done.body.contains("Welcome"), "{done:?}");
}

/// Refusals are answers; no proxy stands between a test and its server.
fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None);
    config.timeout_global(Some(Duration::from_secs(30))).build().into()
}

type Sent = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

fn answer(sent: Sent) -> Answer {
    read(sent).expect("an answer")
}

fn read(sent: Sent) -> Result<Answer, ureq::Error> {
    let mut response = sent?;
    let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let body = response.body_mut().read_to_string()?;
    Ok(Answer { status: response.status().as_u16(), headers, body })
}

/// Somebody who asks one process after the other with the same token.
pub struct Asker {
    round: Round,
    token: String,
    agent: ureq::Agent,
}

impl Asker {
    pub fn new(urls: Vec<String>, token: &str) -> Self {
        Self { round: Round::new(urls), token: token.to_owned(), agent: agent() }
    }

    /// Asks AuthZEN; the status and what was said.
    pub fn ask(&self, question: &Value) -> (u16, Value) {
        let request = self.agent.post(format!("{}/access/v1/evaluation", self.round.next()));
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let answer = answer(request.content_type("application/json").send(question.to_string()));
        (answer.status, answer.json())
    }

    /// Asks an API; the status and what was said.
    pub fn get(&self, path: &str) -> (u16, Value) {
        let request = self.agent.get(format!("{}{path}", self.round.next()));
        let answer = answer(request.header("authorization", format!("Bearer {}", self.token)).call());
        (answer.status, answer.json())
    }

    /// Opens a page; its status.
    pub fn open(&self, path: &str) -> u16 {
        answer(self.agent.get(format!("{}{path}", self.round.next())).call()).status
    }
}

/// A client of the Chime API that signs with Amazon's own signer.
pub struct Chime {
    round: Round,
    credentials: Credentials,
    agent: ureq::Agent,
}

impl Chime {
    pub fn new(urls: Vec<String>, id: &str, secret: &str) -> Self {
        let credentials = Credentials::new(id, secret, None, None, "a test");
        Self { round: Round::new(urls), credentials, agent: agent() }
    }

    /// The operator's way to a server.
    pub fn operator(server: &Server) -> Self {
        Self::new(vec![server.url().to_owned()], server.demo("/access_key_id"), server.demo("/secret_access_key"))
    }

    /// A client behind something that shares its requests out and sends none to a process that is marked as down.
    pub fn behind(balancer: &Balancer, id: &str, secret: &str) -> Self {
        let mut chime = Self::new(balancer.urls.clone(), id, secret);
        chime.round.down = Arc::clone(&balancer.down);
        chime
    }

    /// The same, with connections of its own.
    pub fn another(&self) -> Self {
        Self { round: self.round.again(), credentials: self.credentials.clone(), agent: agent() }
    }

    /// Sends a request; the status and what was said.
    pub fn send(&self, method: &str, target: &str, body: Option<&Value>) -> (u16, Value) {
        let answer = self.try_send(method, target, body).expect("an answer");
        (answer.status, answer.json())
    }

    /// The same where no answer may come, or half of one.
    pub fn try_send(&self, method: &str, target: &str, body: Option<&Value>) -> Result<Answer, ureq::Error> {
        let url = format!("{}{target}", self.round.next());
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut request = ureq::http::Request::builder().method(method).uri(&url);
        for (name, value) in self.signature(method, &url, &body) {
            request = request.header(name, value);
        }
        if !body.is_empty() {
            request = request.header("content-type", JSON);
        }
        read(self.agent.run(request.body(body).expect("a request")))
    }

    #[expect(clippy::disallowed_methods, reason = "a signature carries the real time")]
    fn signature(&self, method: &str, url: &str, body: &str) -> Vec<(String, String)> {
        let identity = self.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name("chime")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .expect("everything is given");
        let kind = (!body.is_empty()).then_some(("content-type", JSON));
        let request = SignableRequest::new(method, url, kind.into_iter(), SignableBody::Bytes(body.as_bytes()));
        let signed = sign(request.expect("a request"), &params.into()).expect("a signature");
        let (instructions, _) = signed.into_parts();
        instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

const JSON: &str = "application/json";

/// What stands before several processes: it asks each `/readyz`, as those who share out requests do, and marks it.
pub struct Balancer {
    urls: Vec<String>,
    down: Arc<Vec<AtomicBool>>,
}

impl Balancer {
    pub fn new(urls: Vec<String>) -> Self {
        let down = urls.iter().map(|_| AtomicBool::new(false)).collect();
        Self { urls, down: Arc::new(down) }
    }

    /// Asks each process once.
    pub fn look(&self) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(5))).build().into();
        for (url, down) in self.urls.iter().zip(self.down.iter()) {
            down.store(agent.get(format!("{url}/readyz")).call().is_err(), Ordering::SeqCst);
        }
    }

    /// Whether a process was not ready when it was asked last.
    pub fn is_down(&self, process: usize) -> bool {
        self.down[process].load(Ordering::SeqCst)
    }
}

/// Processes, one after the other.
pub struct Round {
    urls: Vec<String>,
    asked: AtomicUsize,
    down: Arc<Vec<AtomicBool>>,
}

impl Round {
    pub fn new(urls: Vec<String>) -> Self {
        Self { urls, asked: AtomicUsize::new(0), down: Arc::default() }
    }

    fn again(&self) -> Self {
        Self { urls: self.urls.clone(), asked: AtomicUsize::new(0), down: Arc::clone(&self.down) }
    }

    /// The next that is not marked as down, or the next.
    pub fn next(&self) -> &str {
        let next = || self.asked.fetch_add(1, Ordering::Relaxed) % self.urls.len();
        let is_up = |process: &usize| !self.down.get(*process).is_some_and(|down| down.load(Ordering::SeqCst));
        let chosen = (0..self.urls.len()).map(|_| next()).find(is_up);
        &self.urls[chosen.unwrap_or_else(next)]
    }
}
