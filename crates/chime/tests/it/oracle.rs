//! Amazon's own signer, and requests of the kind this API gets.

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use carillon_chime::{Error, sigv4};
use jiff::Timestamp;
use proptest::prelude::*;
use std::time::{Duration, SystemTime};

pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const KEY_ID: &str = "AKIDEXAMPLE";

/// A request with everything the verifier looks at.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
    pub at: Timestamp,
}

impl Request {
    /// As a door does it: the secret belongs to one key id.
    pub fn verify(&self, secret: Option<&str>, now: Timestamp) -> Result<(), Error> {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let presented = sigv4::parse(sigv4::SERVICE, &self.method, &self.target, &headers)?;
        let secret = secret.filter(|_| presented.access_key_id() == KEY_ID);
        presented.verify(secret.map(str::as_bytes), &self.body, now)
    }

    pub fn header(&mut self, name: &str) -> &mut Vec<u8> {
        &mut self.headers.iter_mut().find(|(known, _)| known == name).unwrap().1
    }

    /// Adds what the signer adds. `checksum`: also x-amz-content-sha256, as the JavaScript client does.
    pub fn signed(mut self, region: &str, checksum: bool) -> Self {
        let identity = Credentials::new(KEY_ID, SECRET, None, None, "test").into();
        let seconds = Duration::from_secs(self.at.as_second().try_into().unwrap());
        let mut settings = SigningSettings::default();
        if checksum {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(sigv4::SERVICE)
            .time(SystemTime::UNIX_EPOCH + seconds)
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let url = format!("https://chime.example.org:8443{}", self.target);
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| (name.as_str(), std::str::from_utf8(value).unwrap()));
        let body = SignableBody::Bytes(&self.body);
        let request = SignableRequest::new(&self.method, url, headers, body).unwrap();
        let (instructions, _) = sign(request, &params).unwrap().into_parts();
        let added = instructions.headers().map(|(name, value)| (name.to_owned(), value.into()));
        let added: Vec<_> = added.collect();
        self.headers.extend(added);
        self
    }
}

/// Percent-encoded as the clients do it: every byte outside the unreserved ones.
pub fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// An id as odd as clients let through.
fn id() -> impl Strategy<Value = String> {
    "[A-Za-z0-9:@ /+%ü~_-]{1,12}"
}

fn target() -> impl Strategy<Value = String> {
    let query = prop::collection::vec(("[a-z+ &=-]{1,8}", "[A-Za-z0-9 +/=&ü]{0,8}"), 0..4);
    (prop::collection::vec(id(), 0..4), query).prop_map(|(path, query)| {
        let path: Vec<String> = path.iter().map(|part| encoded(part)).collect();
        let query: Vec<String> =
            query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/{}{mark}{}", path.join("/"), query.join("&"))
    })
}

/// A request that Amazon's signer has signed.
pub fn request() -> impl Strategy<Value = Request> {
    let method = prop::sample::select(vec!["GET", "POST", "PUT", "DELETE"]);
    let region = prop::sample::select(vec!["us-east-1", "eu-west-1", "on-prem-1", "aws-global"]);
    let body = prop::collection::vec(any::<u8>(), 0..40);
    let extra = prop::option::of("[ -~]{0,20}");
    // Whole seconds, from 1970 to 2100.
    let at = (0i64..4_102_444_800).prop_map(|at| Timestamp::from_second(at).unwrap());
    (method, target(), body, extra, at, region, any::<bool>()).prop_map(
        |(method, target, body, extra, at, region, checksum)| {
            let mut headers = vec![("host".to_owned(), b"chime.example.org:8443".to_vec())];
            if !body.is_empty() {
                headers.push(("content-type".to_owned(), b"application/json".to_vec()));
            }
            headers.extend(extra.map(|extra| ("amz-sdk-request".to_owned(), extra.into_bytes())));
            let method = method.to_owned();
            Request { method, target, headers, body, at }.signed(region, checksum)
        },
    )
}

/// A request to change at will: a path with an escape, a query, a body, a signed header.
pub fn sample() -> Request {
    let headers: [(&str, &[u8]); 3] = [
        ("host", b"chime.example.org:8443"),
        ("content-type", b"application/json"),
        ("amz-sdk-request", b"attempt=1; max=3"),
    ];
    Request {
        method: "POST".to_owned(),
        target: "/accounts/a%40b/users?operation=add".to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect(),
        body: br#"{"UserEmailList":["ada@example.org"]}"#.to_vec(),
        at: "2026-11-24T18:00:00Z".parse().unwrap(),
    }
    .signed("eu-west-1", false)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_amazons_signer_signs_verifies(request in request()) {
        prop_assert_eq!(request.verify(Some(SECRET), request.at), Ok(()));
    }
}
