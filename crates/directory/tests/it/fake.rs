//! A small LDAP server of these tests' own, for what the real ones do not do: the limits of Active Directory, and answers
//! that are wrong. It answers each request with the bytes that a test gives it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::Arc;
use std::thread;

use access::directory::{Attributes, Connection, Kind};
use ldap3::asn1::{StructureTag, parse_tag};

/// A request: its number, the type of what is asked, and that itself; and the values of its controls.
#[derive(Clone, Debug)]
pub struct Request {
    pub id: u8,
    pub op: u64,
    pub parts: Vec<StructureTag>,
    controls: Vec<(String, Vec<u8>)>,
}

/// The types of requests.
pub const BIND: u64 = 0;
pub const SEARCH: u64 = 3;

/// What is sent for a request; none ends the connection.
pub type Answer = Option<Vec<u8>>;

/// A directory of a kind that answers so.
pub fn serve(kind: Kind, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Connection {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ldap://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let answer = Arc::clone(&answer);
            thread::spawn(move || {
                let (mut buffer, mut piece) = (Vec::new(), [0; 4096]);
                loop {
                    while let Ok((rest, message)) = parse_tag(&buffer) {
                        let rest = rest.to_vec();
                        let answered = request(message).and_then(|request| answer(&request));
                        if answered.is_none_or(|bytes| stream.write_all(&bytes).is_err()) {
                            stream.shutdown(Shutdown::Both).ok();
                            return;
                        }
                        buffer = rest;
                    }
                    match stream.read(&mut piece) {
                        Ok(length @ 1..) => buffer.extend(&piece[..length]),
                        _ => return,
                    }
                }
            });
        }
    });
    Connection {
        kind,
        urls: vec![url],
        start_tls: false,
        ca: None,
        bind: "cn=reader".to_owned(),
        base: "dc=test".to_owned(),
        people: None,
        groups: None,
        attributes: Attributes::default(),
    }
}

fn request(message: StructureTag) -> Option<Request> {
    let mut parts = message.expect_constructed()?.into_iter();
    let id = *parts.next()?.expect_primitive()?.last()?;
    let op = parts.next()?;
    let controls = parts.next().and_then(StructureTag::expect_constructed).unwrap_or_default();
    let controls = controls.into_iter().filter_map(|control| {
        let mut parts = control.expect_constructed()?.into_iter();
        let name = String::from_utf8(parts.next()?.expect_primitive()?).ok()?;
        let value = parts.last().and_then(StructureTag::expect_primitive).unwrap_or_default();
        Some((name, value))
    });
    let (number, controls) = (op.id, controls.collect());
    Some(Request { id, op: number, parts: op.expect_constructed().unwrap_or_default(), controls })
}

impl Request {
    /// The value of a control, with what is within it.
    pub fn control(&self, name: &str) -> Option<Vec<StructureTag>> {
        let (_, value) = self.controls.iter().find(|(is, _)| is == name)?;
        parse_tag(value).ok()?.1.expect_constructed()
    }

    /// Whether the request has these words in it anywhere, such as in its filter.
    pub fn has(&self, text: &str) -> bool {
        format!("{:?}", self.parts).contains(&format!("{:?}", text.as_bytes()).trim_matches(['[', ']']).to_owned())
    }

    /// An entry for this request.
    pub fn entry(&self, dn: &[u8], attributes: &[(&str, Vec<Vec<u8>>)]) -> Vec<u8> {
        let attributes = attributes.iter().map(|(name, values)| {
            let values: Vec<u8> = values.iter().flat_map(|value| tlv(4, value)).collect();
            tlv(0x30, &[tlv(4, name.as_bytes()), tlv(0x31, &values)].concat())
        });
        let attributes: Vec<u8> = attributes.flatten().collect();
        self.message(&tlv(0x64, &[tlv(4, dn), tlv(0x30, &attributes)].concat()), &[])
    }

    /// The end of this request, with a result code and controls.
    pub fn done(&self, code: u8, controls: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let kind = if self.op == BIND { 0x61 } else { 0x65 };
        self.message(&tlv(kind, &[tlv(10, &[code]), tlv(4, b""), tlv(4, b"")].concat()), controls)
    }

    /// The end of this request: it is refused, with a text.
    pub fn refused(&self, code: u8, text: &str) -> Vec<u8> {
        let kind = if self.op == BIND { 0x61 } else { 0x65 };
        self.message(&tlv(kind, &[tlv(10, &[code]), tlv(4, b""), tlv(4, text.as_bytes())].concat()), &[])
    }

    /// A message for this request.
    pub fn message(&self, op: &[u8], controls: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let controls =
            controls.iter().flat_map(|(name, value)| tlv(0x30, &[tlv(4, name.as_bytes()), tlv(4, value)].concat()));
        let controls: Vec<u8> = controls.collect();
        let controls = if controls.is_empty() { Vec::new() } else { tlv(0xa0, &controls) };
        tlv(0x30, &[tlv(2, &[self.id]), op.to_vec(), controls].concat())
    }
}

/// A value of a type.
pub fn tlv(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[kind, 0x84], length.as_slice(), content].concat()
}
