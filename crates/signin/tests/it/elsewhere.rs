//! Somebody else's OpenID provider, in this process: it says of whoever comes what it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;

use access::application::SigningAlgorithm;
use carillon_signin::attempt::{Wanted, Went};
use carillon_signin::sessions::Browser;
use carillon_signin::{Error, Outgoing, SignIn};
use oidc::jose::{Generated, Signer, generate};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::world::Flows;

/// Making one takes long.
static KEY: LazyLock<Generated> = LazyLock::new(|| generate(SigningAlgorithm::RS256).expect("a key"));

/// The provider. It answers until the tests end.
pub struct Elsewhere {
    pub issuer: String,
    outgoing: Outgoing,
    says: Arc<Mutex<Value>>,
}

impl Elsewhere {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let says = Arc::new(Mutex::new(Value::Null));
        let (its, said) = (issuer.clone(), Arc::clone(&says));
        thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(stream, &its, &said)));
        Self { issuer, outgoing: Outgoing::new(true).expect("a client"), says }
    }

    /// Somebody signs in there and comes back: it names them by this subject and this address.
    pub async fn names(&self, flows: &Flows, provider: Uuid, subject: &str, address: &str) -> Result<Went, Error> {
        let signin = self.reached(flows);
        let sent = signin.to_provider(&flows.cx(), provider, Wanted::default(), None).await?;
        let (cookie, query) = self.says(sent, subject, address);
        signin.from_provider(&flows.cx(), &cookie, provider, query.as_bytes(), Browser::default()).await
    }

    /// Somebody who is signed in here connects it, and is named by this subject and this address.
    pub async fn connects(
        &self,
        flows: &Flows,
        (session, provider): (&str, Uuid),
        subject: &str,
        address: &str,
    ) -> Result<(), Error> {
        let signin = self.reached(flows);
        let sent = signin.connect_provider(&flows.cx(), session, provider).await?;
        let (cookie, query) = self.says(sent, subject, address);
        signin.connected(&flows.cx(), session, (&cookie, provider), query.as_bytes()).await
    }

    /// The flows, from which it is reached.
    pub fn reached(&self, flows: &Flows) -> SignIn {
        flows.signin.clone().reaching(self.outgoing.clone())
    }

    /// From now on it names this subject and this address to who was sent there. The attempt's cookie, and the query of
    /// its answer.
    pub fn says(&self, (to, cookie): (String, String), subject: &str, address: &str) -> (String, String) {
        let to = Url::parse(&to).expect("an address");
        let sent = |name: &str| to.query_pairs().find(|(known, _)| known == name).expect("it is there").1.into_owned();
        *self.says.lock().expect("claims") = json!({
            "iss": self.issuer, "aud": sent("client_id"), "nonce": sent("nonce"), "iat": 1, "exp": 4_000_000_000_i64,
            "sub": subject, "email": address, "email_verified": true,
        });
        (cookie, format!("code=any&state={}", sent("state")))
    }
}

/// One request on one connection.
fn answer(mut stream: TcpStream, issuer: &str, says: &Mutex<Value>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let (mut asked, mut length) = (String::new(), 0);
    reader.read_line(&mut asked).expect("a request");
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a header");
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        length = line.strip_prefix("content-length:").map_or(length, |value| value.trim().parse().expect("a length"));
    }
    reader.read_exact(&mut vec![0; length]).expect("a body");
    let said = match asked.split(' ').nth(1).expect("a path") {
        "/.well-known/openid-configuration" => json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }),
        "/keys" => json!({ "keys": [KEY.published] }),
        "/token" => {
            let signer = Signer::new(&KEY.id, SigningAlgorithm::RS256, &KEY.private).expect("a signer");
            let token = signer.sign("JWT", &*says.lock().expect("claims")).expect("a token");
            json!({ "access_token": "any", "token_type": "Bearer", "id_token": token })
        }
        other => panic!("{other}"),
    };
    let said = said.to_string();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length:";
    write!(stream, "{head} {}\r\n\r\n{said}", said.len()).expect("an answer");
}
