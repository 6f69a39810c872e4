//! Against a server that answers as no good server would.

use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::thread;

use hickory_resolver::proto::op::{Message, MessageType};
use hickory_resolver::proto::rr::rdata::{CNAME, TXT};
use hickory_resolver::proto::rr::{Record, RecordType};

use super::*;

/// What the server does with a question: the answer over UDP or TCP; nothing for silence.
type Behaviour = fn(question: &Message, tcp: bool) -> Option<Vec<u8>>;

/// A server on loopback, over UDP and TCP. Its threads end with the test's process.
fn server(behaviour: Behaviour) -> Servers {
    let (udp, tcp) = loop {
        let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().expect("an address")) {
            break (udp, tcp);
        }
    };
    let address = udp.local_addr().expect("an address").to_string();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok((length, from)) = udp.recv_from(&mut buffer) {
            let question = Message::from_vec(&buffer[..length]).expect("a question");
            assert_eq!(question.queries[0].query_type(), RecordType::TXT, "nothing else is asked for");
            if let Some(answer) = behaviour(&question, false) {
                udp.send_to(&answer, from).ok();
            }
        }
    });
    thread::spawn(move || {
        for stream in tcp.incoming() {
            let mut stream = stream.expect("a connection");
            thread::spawn(move || {
                let mut length = [0; 2];
                while stream.read_exact(&mut length).is_ok() {
                    let mut question = vec![0; u16::from_be_bytes(length).into()];
                    stream.read_exact(&mut question).expect("a question");
                    let question = Message::from_vec(&question).expect("a question");
                    let Some(answer) = behaviour(&question, true) else { return };
                    let length = u16::try_from(answer.len()).expect("a length").to_be_bytes();
                    stream.write_all(&[&length[..], &answer].concat()).ok();
                }
            });
        }
    });
    Servers::new(&[address], Duration::from_secs(3)).expect("servers")
}

fn answer(question: &Message, code: ResponseCode, records: &[Vec<&[u8]>]) -> Message {
    let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
    answer.metadata.message_type = MessageType::Response;
    answer.metadata.response_code = code;
    answer.metadata.recursion_available = true;
    answer.add_query(question.queries[0].clone());
    for strings in records {
        let name = question.queries[0].name().clone();
        answer.add_answer(Record::from_rdata(name, 300, RData::TXT(TXT::from_bytes(strings.clone()))));
    }
    answer
}

fn bytes(message: &Message) -> Option<Vec<u8>> {
    Some(message.to_vec().expect("a message"))
}

fn seen(behaviour: Behaviour) -> Seen {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let domain = Domain::parse("corp.example").expect("a domain");
    runtime.block_on(server(behaviour).txt(&domain))
}

fn trouble(behaviour: Behaviour) -> String {
    match seen(behaviour) {
        Seen::Trouble(why) => why,
        other => panic!("trouble, not {other:?}"),
    }
}

#[test]
fn strings_of_a_record_are_one_text() {
    let found = seen(|question, _| {
        let records =
            [vec![&b"v=spf1 -all"[..]], vec![b"carillon-domain-", b"", b"verification=abc"], vec![b"\xff\xfe"]];
        bytes(&answer(question, ResponseCode::NoError, &records))
    });
    let records = ["v=spf1 -all", "carillon-domain-verification=abc", "\u{fffd}\u{fffd}"].map(str::to_owned);
    assert_eq!(found, Seen::Records(records.to_vec()));
}

#[test]
fn no_name_and_no_record_are_told_apart() {
    assert_eq!(seen(|question, _| bytes(&answer(question, ResponseCode::NXDomain, &[]))), Seen::NoSuchName);
    assert_eq!(seen(|question, _| bytes(&answer(question, ResponseCode::NoError, &[]))), Seen::NoRecord);
}

#[test]
fn a_cut_short_answer_is_asked_for_again_over_tcp() {
    let found = seen(|question, tcp| {
        let long = vec![b'x'; 255];
        let records: Vec<Vec<&[u8]>> = (0..200).map(|_| vec![&long[..]]).collect();
        let mut whole = answer(question, ResponseCode::NoError, if tcp { &records } else { &[] });
        whole.metadata.truncation = !tcp;
        bytes(&whole)
    });
    let Seen::Records(records) = found else { panic!("records, not {found:?}") };
    assert_eq!((records.len(), records[0].len()), (200, 255), "all of a message of 50 KiB");
}

#[test]
fn more_records_than_anybody_needs_are_not_kept() {
    let found = seen(|question, tcp| {
        let mut whole = answer(question, ResponseCode::NoError, &vec![vec![&b"x"[..]]; if tcp { 2_000 } else { 0 }]);
        whole.metadata.truncation = !tcp;
        bytes(&whole)
    });
    let Seen::Records(records) = found else { panic!("records, not {found:?}") };
    assert_eq!(records.len(), MOST);
}

#[test]
fn a_server_in_trouble_says_nothing_about_the_record() {
    assert!(trouble(|question, _| bytes(&answer(question, ResponseCode::ServFail, &[]))).contains("they answered"));
    assert!(trouble(|question, _| bytes(&answer(question, ResponseCode::Refused, &[]))).contains("they answered"));
    assert!(!trouble(|_, _| None).is_empty());
    trouble(|question, _| Some(question.to_vec().expect("a message")[..7].to_vec()));
    trouble(|question, _| {
        // Somebody else's answer: another number.
        let mut other = answer(question, ResponseCode::NoError, &[vec![b"carillon-domain-verification=abc"]]);
        other.metadata.id = question.metadata.id.wrapping_add(1);
        bytes(&other)
    });
    trouble(|question, tcp| {
        // Cut short, and then a connection that ends.
        let mut short = answer(question, ResponseCode::NoError, &[]);
        short.metadata.truncation = true;
        if tcp { None } else { bytes(&short) }
    });
}

#[test]
fn nobody_there_and_nobody_set() {
    let unbound = UdpSocket::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let domain = Domain::parse("corp.example").expect("a domain");
    let servers = Servers::new(&[unbound.to_string()], Duration::from_secs(3)).expect("servers");
    let Seen::Trouble(_) = runtime.block_on(servers.txt(&domain)) else { panic!("nobody answers there") };
    for wrong in ["dns.example", "192.0.2.1:x", "", "192.0.2.1:70000"] {
        assert!(Servers::new(&[wrong.to_owned()], Duration::from_secs(1)).is_err(), "{wrong}");
    }
    for right in ["192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:53"] {
        assert!(Servers::new(&[right.to_owned()], Duration::from_secs(1)).is_ok(), "{right}");
    }
}

#[test]
fn what_an_alias_points_at_proves_nothing() {
    let aliased = seen(|question, _| {
        let mut aliased = answer(question, ResponseCode::NoError, &[]);
        let (asked, vendor) = (question.queries[0].name().clone(), Name::from_ascii("vendor.example.").ok()?);
        aliased.add_answer(Record::from_rdata(asked, 300, RData::CNAME(CNAME(vendor.clone()))));
        let text = TXT::from_bytes(vec![b"carillon-verification=x".as_slice()]);
        aliased.add_answer(Record::from_rdata(vendor, 300, RData::TXT(text)));
        bytes(&aliased)
    });
    assert_eq!(aliased, Seen::NoRecord);
}
