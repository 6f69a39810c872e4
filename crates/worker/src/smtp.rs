//! Handing a mail to a mail server by SMTP (RFC 5321). Each step is told apart, as what a refusal means depends on it: a
//! wrong password is no reason to give a mail up.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, transport};
use service::Letter;
use tokio::time::timeout;

use crate::delivery::{About, Mailer, Refused};
use crate::message;

/// Connections that wait for the next mail.
const LANES: usize = 4;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314), port 465.
    Implicit,
    /// Begins in the clear and must change to TLS (RFC 3207), port 587.
    StartTls,
    /// None; only to a mail server on this machine.
    None,
}

/// What is known of the mail server.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Its name, which its certificate must show.
    pub host: String,
    /// Its port; without one the usual for the security.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub security: Security,
    /// A certificate authority to trust beside the system's, in PEM.
    pub authority: Option<Vec<u8>>,
    /// User and password.
    pub login: Option<(String, String)>,
    /// How this machine introduces itself.
    pub hello: String,
    /// Whom mails come from.
    pub from: String,
    /// Where mail servers return what they cannot deliver; without it, the address of `from`.
    pub bounces: Option<String>,
    /// How long one step may take.
    pub timeout: Duration,
    /// How often a mail is tried.
    pub attempts: u32,
}

/// A setting that cannot be.
#[derive(Debug, thiserror::Error)]
#[error("the setting smtp.{setting} is not usable: {why}")]
pub struct Unusable {
    setting: &'static str,
    why: String,
}

/// A mail server.
pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    login: Option<Credentials>,
    hello: ClientId,
    from: Mailbox,
    bounces: Address,
    timeout: Duration,
    attempts: u32,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

/// A step of handing a mail over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Reaching the server, TLS and its greeting.
    Connect,
    /// User and password.
    Login,
    /// The address mails come from.
    Sender,
    /// The address this mail goes to.
    Receiver,
    /// The mail itself.
    Content,
}

/// What a mail server answered, or what kept it from answering.
#[derive(Debug)]
pub struct Trouble {
    /// At which step.
    pub step: Step,
    /// The server's code, or what went wrong. Holds nothing personal.
    pub reason: String,
    /// All that is known, with the server's own words, which may name people: for who tries it by hand.
    pub words: String,
    permanent: bool,
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::Login => "the login",
            Self::Sender => "the sender",
            Self::Receiver => "the receiver",
            Self::Content => "the mail",
        }
    }
}

impl Trouble {
    fn of(step: Step, error: &transport::smtp::Error) -> Self {
        let words = error.to_string();
        let reason = match error.status() {
            Some(code) => format!("the mail server refused {} ({code}{})", step.name(), enhanced(&words)),
            None if error.is_timeout() => format!("the mail server took too long at {}", step.name()),
            None if error.is_tls() => "the mail server's TLS certificate was not accepted".to_owned(),
            None => format!("the connection to the mail server failed at {}", step.name()),
        };
        Self { step, reason, words, permanent: error.is_permanent() }
    }

    fn too_slow(step: Step) -> Self {
        let reason = format!("the mail server took too long at {}", step.name());
        Self { step, words: reason.clone(), reason, permanent: false }
    }

    fn refused(self) -> Refused {
        let about = match (self.step, self.permanent) {
            (Step::Receiver | Step::Content, true) => About::MailForGood,
            (Step::Receiver, false) => About::MailForNow,
            _ => About::Server,
        };
        Refused { reason: self.reason, about }
    }
}

/// The enhanced status code (RFC 3463) in an answer: ` 5.1.1`. Of the words nothing else is kept, as they may hold an
/// address.
fn enhanced(words: &str) -> String {
    let is_code = |word: &&str| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() == 3 && parts.iter().all(|part| part.parse::<u16>().is_ok_and(|number| number < 1_000))
    };
    words.split_whitespace().find(is_code).map(|code| format!(" {code}")).unwrap_or_default()
}

impl Smtp {
    /// A mail server by its settings. Nothing is connected yet.
    pub fn new(settings: SmtpSettings) -> Result<Self, Unusable> {
        let unusable = |setting, why: String| Unusable { setting, why };
        let SmtpSettings { host, port, security, authority, login, hello, from, bounces, timeout, attempts } = settings;
        let from: Mailbox = from.parse().map_err(|error| {
            unusable("from", format!("{error}; give an address such as \"Carillon <no-reply@example.org>\""))
        })?;
        let bounces = match bounces {
            Some(text) => text.parse().map_err(|error| unusable("bounces", format!("{error}")))?,
            None => from.email.clone(),
        };
        let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if security == Security::None && !local {
            let why = "without TLS a mail server must be on this machine; choose starttls or implicit".to_owned();
            return Err(unusable("tls", why));
        }
        let tls = match security {
            Security::None => None,
            Security::Implicit | Security::StartTls => {
                let mut tls = TlsParameters::builder(host.clone());
                if let Some(pem) = authority {
                    let authority = Certificate::from_pem(&pem);
                    let wrong = |error| unusable("ca_file", format!("it holds no certificate in PEM: {error}"));
                    tls = tls.add_root_certificate(authority.map_err(wrong)?);
                }
                Some(tls.build_rustls().map_err(|error| unusable("ca_file", error.to_string()))?)
            }
        };
        let usual = match security {
            Security::Implicit => 465,
            Security::StartTls => 587,
            Security::None => 25,
        };
        Ok(Self {
            port: port.unwrap_or(usual),
            login: login.map(|(user, password)| Credentials::new(user, password)),
            hello: ClientId::Domain(hello),
            idle: Mutex::default(),
            host,
            security,
            tls,
            from,
            bounces,
            timeout,
            attempts,
        })
    }

    /// Hands one mail over, and says at which step it failed.
    pub async fn hand_over(&self, letter: &Letter) -> Result<(), Trouble> {
        let unfit = |error: message::Error| Trouble {
            step: Step::Content,
            reason: error.to_string(),
            words: error.to_string(),
            permanent: true,
        };
        let Ok(rendered) = &letter.rendered else { return Ok(()) };
        let receiver = message::receiver(&rendered.to).map_err(unfit)?;
        let content = message::form(letter, rendered, &self.from).map_err(unfit)?;
        let mut connection = self.connection().await?;
        let handed = self.over(&mut connection, receiver, &content).await;
        match &handed {
            Ok(()) => self.idle().push(connection),
            Err(_) => {
                // Whatever state it is in, the next mail gets a fresh one.
                let _ = timeout(self.timeout, connection.abort()).await;
            }
        }
        handed
    }

    async fn over(
        &self,
        connection: &mut AsyncSmtpConnection,
        receiver: Address,
        content: &[u8],
    ) -> Result<(), Trouble> {
        self.step(Step::Sender, connection.command(Mail::new(Some(self.bounces.clone()), vec![]))).await?;
        self.step(Step::Receiver, connection.command(Rcpt::new(receiver, vec![]))).await?;
        self.step(Step::Content, connection.command(Data)).await?;
        self.step(Step::Content, connection.message(content)).await?;
        Ok(())
    }

    /// One that waits and still lives, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Trouble> {
        loop {
            let waiting = self.idle().pop();
            let Some(mut waiting) = waiting else { return self.connect().await };
            if timeout(self.timeout, waiting.test_connected()).await.unwrap_or(false) {
                return Ok(waiting);
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let server = (self.host.as_str(), self.port);
        let implicit = self.tls.clone().filter(|_| self.security == Security::Implicit);
        let connect = AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &self.hello, implicit, None);
        let mut connection = self.step(Step::Connect, connect).await?;
        if self.security == Security::StartTls
            && let Some(tls) = &self.tls
        {
            self.step(Step::Connect, connection.starttls(tls.clone(), &self.hello)).await?;
        }
        if let Some(login) = &self.login {
            self.step(Step::Login, connection.auth(&[Mechanism::Plain, Mechanism::Login], login)).await?;
        }
        Ok(connection)
    }

    async fn step<T>(
        &self,
        step: Step,
        work: impl Future<Output = Result<T, transport::smtp::Error>>,
    ) -> Result<T, Trouble> {
        let answer = timeout(self.timeout, work).await.map_err(|_| Trouble::too_slow(step))?;
        answer.map_err(|error| Trouble::of(step, &error))
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<AsyncSmtpConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), Refused>> {
        async move { self.hand_over(letter).await.map_err(Trouble::refused) }.boxed()
    }

    fn lanes(&self) -> usize {
        LANES
    }

    fn attempts(&self) -> u32 {
        self.attempts
    }

    fn rest(&self) -> BoxFuture<'_, ()> {
        async move {
            let idle = std::mem::take(&mut *self.idle());
            for mut connection in idle {
                let _ = timeout(self.timeout, connection.quit()).await;
            }
        }
        .boxed()
    }
}
