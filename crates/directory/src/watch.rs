//! What a directory sends, watched on its way to the client's parser. That parser keeps a message until it is whole, however
//! long, and goes as deep as the message does: here every message is bounded in size, in depth and in the number of its
//! values, and its lengths agree (RFC 4511 section 5.1), before the parser begins with it.

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, split};
use tokio::net::UnixStream;

/// The longest message. A group of 300,000 members fits into one.
pub(crate) const LARGEST: usize = 32 << 20;
/// The most values, and what holds them, in a message.
const MOST: usize = 500_000;
/// The deepest message. A search result entry has six levels, a control within it seven.
const DEEPEST: usize = 12;
/// The type octet of a message (RFC 4511 section 4.1.1).
const MESSAGE: u8 = 0x30;
/// That of a search result entry within it (section 4.5.2).
const ENTRY: u8 = 0x64;

/// What was seen on a connection.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    too_large: AtomicU64,
    broken: OnceLock<Broken>,
}

impl Seen {
    /// How many entries were too large and left out since this was asked last.
    pub(crate) fn too_large(&self) -> u64 {
        self.too_large.swap(0, Ordering::Relaxed)
    }

    /// The same, to look at.
    pub(crate) fn too_large_so_far(&self) -> u64 {
        self.too_large.load(Ordering::Relaxed)
    }

    /// Why the connection was ended from here, if it was.
    pub(crate) fn broken(&self) -> Option<Broken> {
        self.broken.get().copied()
    }
}

/// Why a connection is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// What came is no LDAP.
    Protocol,
    /// A message that is no entry is too large, or one has too many values.
    TooLarge,
}

/// Carries questions and answers between a directory and the client until one of them ends it, or an answer is broken.
pub(crate) async fn carry(server: impl AsyncRead + AsyncWrite + Unpin, client: UnixStream, seen: &Seen) {
    let (mut from_server, mut to_server) = split(server);
    let (mut from_client, mut to_client) = client.into_split();
    let answers = async {
        let (mut watch, mut buffer, mut out) = (Watch::default(), vec![0; 1 << 16], Vec::new());
        loop {
            let length = from_server.read(&mut buffer).await?;
            if length == 0 {
                return Ok(());
            }
            out.clear();
            let checked = watch.take(buffer.get(..length).unwrap_or_default(), &mut out);
            seen.too_large.fetch_add(std::mem::take(&mut watch.left_out), Ordering::Relaxed);
            to_client.write_all(&out).await?;
            if let Err(broken) = checked {
                seen.broken.get_or_init(|| broken);
                return Ok::<_, io::Error>(());
            }
        }
    };
    // How either ends does not matter: the client notices that its connection has ended.
    tokio::select! {
        _ = answers => {}
        _ = copy(&mut from_client, &mut to_server) => {}
    }
    to_server.shutdown().await.ok();
}

/// Follows the types and lengths in a stream of messages.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// The octets of the type and length that is being read.
    head: Vec<u8>,
    /// How many bytes are left in each value that holds others, the outermost first.
    open: Vec<usize>,
    /// How many bytes are left of a value that holds no others.
    value: usize,
    /// How many values the message has had.
    values: usize,
    /// The beginning of a message that is too large: its length, and the octets after it.
    large: Option<(usize, Vec<u8>)>,
    /// How many bytes are left of an entry that is left out.
    skip: usize,
    /// How many entries were left out.
    left_out: u64,
}

impl Watch {
    /// Takes what came, and appends to `out` what may go on.
    pub(crate) fn take(&mut self, mut input: &[u8], out: &mut Vec<u8>) -> Result<(), Broken> {
        while let Some((&first, rest)) = input.split_first() {
            if self.skip > 0 {
                let (_, after) = input.split_at(self.skip.min(input.len()));
                self.skip -= input.len() - after.len();
                input = after;
            } else if self.value > 0 {
                let (passed, after) = input.split_at(self.value.min(input.len()));
                out.extend_from_slice(passed);
                self.value -= passed.len();
                input = after;
            } else if self.large.is_some() {
                self.large_begins(first)?;
                input = rest;
            } else {
                self.head.push(first);
                input = rest;
                if let Some(length) = length_of(&self.head)? {
                    self.begin(length, out)?;
                }
            }
        }
        Ok(())
    }

    /// A type and length are whole: a value of so many bytes begins.
    fn begin(&mut self, length: usize, out: &mut Vec<u8>) -> Result<(), Broken> {
        let head = std::mem::take(&mut self.head);
        let kind = head.first().copied().unwrap_or_default();
        while self.open.last() == Some(&0) {
            self.open.pop();
        }
        match self.open.last_mut() {
            Some(left) => {
                let size = length.checked_add(head.len()).ok_or(Broken::Protocol)?;
                *left = left.checked_sub(size).ok_or(Broken::Protocol)?;
            }
            None if kind != MESSAGE || length == 0 => return Err(Broken::Protocol),
            None if length > LARGEST => {
                self.large = Some((length, Vec::new()));
                return Ok(());
            }
            None => self.values = 0,
        }
        self.values += 1;
        if self.values > MOST {
            return Err(Broken::TooLarge);
        }
        if kind & 0x20 == 0 {
            self.value = length;
        } else if self.open.len() == DEEPEST {
            return Err(Broken::Protocol);
        } else {
            self.open.push(length);
        }
        out.extend_from_slice(&head);
        while self.open.last() == Some(&0) {
            self.open.pop();
        }
        Ok(())
    }

    /// An octet of a message that is too large: an entry is left out, anything else ends the connection.
    fn large_begins(&mut self, octet: u8) -> Result<(), Broken> {
        let Some((length, begun)) = &mut self.large else { return Ok(()) };
        begun.push(octet);
        // A number of 1 to 4 octets (RFC 4511 section 4.1.1.1), then the type of what the message is. Active Directory writes
        // every length in its long form.
        let head = match begun.as_slice() {
            [0x02] => return Ok(()),
            [0x02, 0x81..=0x84, ..] => 2 + usize::from(begun.get(1).copied().unwrap_or_default() & 0x7f),
            [0x02, ..] => 2,
            _ => return Err(Broken::Protocol),
        };
        let Some(number) = begun.get(..head).map(length_of).transpose()?.flatten() else { return Ok(()) };
        if !(1..=4).contains(&number) {
            return Err(Broken::Protocol);
        }
        match begun.get(head + number) {
            None => Ok(()),
            Some(&ENTRY) => {
                self.skip = *length - begun.len();
                self.left_out += 1;
                self.large = None;
                Ok(())
            }
            Some(_) => Err(Broken::TooLarge),
        }
    }
}

/// The length in a type and length, once they are whole. LDAP has no types of several octets and no lengths without an end.
fn length_of(head: &[u8]) -> Result<Option<usize>, Broken> {
    let (kind, rest) = match head {
        [] | [_] => return Ok(None),
        [kind, rest @ ..] => (kind, rest),
    };
    if kind & 0x1f == 0x1f {
        return Err(Broken::Protocol);
    }
    match rest {
        [short @ 0..=0x7f, ..] => Ok(Some(usize::from(*short))),
        [long @ 0x81..=0x88, octets @ ..] if octets.len() < usize::from(long & 0x7f) => Ok(None),
        [0x81..=0x88, octets @ ..] => {
            let length = octets.iter().fold(0_u64, |length, octet| (length << 8) | u64::from(*octet));
            usize::try_from(length).map(Some).map_err(|_| Broken::Protocol)
        }
        _ => Err(Broken::Protocol),
    }
}

#[cfg(test)]
mod tests {
    use ldap3::asn1::parse_tag;
    use proptest::prelude::*;

    use super::*;

    fn tlv(kind: u8, content: &[u8]) -> Vec<u8> {
        let mut whole = vec![kind, 0x84];
        whole.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        whole.extend(content);
        whole
    }

    fn message(op: u8, content: &[u8]) -> Vec<u8> {
        tlv(MESSAGE, &[vec![2, 1, 7], tlv(op, content)].concat())
    }

    /// What passes of these bytes when they come in pieces of a size, whether it went well, and what was left out.
    fn passes(input: &[u8], piece: usize) -> (Vec<u8>, Result<(), Broken>, u64) {
        let (mut watch, mut out) = (Watch::default(), Vec::new());
        let done = input.chunks(piece).try_for_each(|piece| watch.take(piece, &mut out));
        (out, done, watch.left_out)
    }

    #[test]
    fn messages_pass_as_they_are() {
        let one = message(ENTRY, &[tlv(4, b"cn=ada"), tlv(0x30, &[])].concat());
        let two = vec![0x30, 0x0c, 0x02, 0x01, 0x01, 0x61, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00];
        let all = [one.as_slice(), &two, &one].concat();
        for piece in [1, 2, 3, 7, 1000] {
            assert_eq!(passes(&all, piece), (all.clone(), Ok(()), 0));
        }
    }

    #[test]
    fn an_entry_that_is_too_large_is_left_out_and_the_next_passes() {
        let large = message(ENTRY, &tlv(4, &vec![b'x'; LARGEST]));
        // Its number in the long form of a length, too.
        let long = tlv(MESSAGE, &[tlv(2, &[7]), tlv(ENTRY, &tlv(4, &vec![b'x'; LARGEST]))].concat());
        let next = message(0x65, &tlv(4, b""));
        for (large, piece) in [(&large, 1 << 16), (&large, usize::MAX), (&long, 7)] {
            assert_eq!(passes(&[large.as_slice(), &next].concat(), piece), (next.clone(), Ok(()), 1));
        }
        let (out, done, _) = passes(&message(0x65, &tlv(4, &vec![b'x'; LARGEST])), 1 << 16);
        assert_eq!((out.len(), done), (0, Err(Broken::TooLarge)));
    }

    #[test]
    fn what_is_no_ldap_ends_it() {
        let deep = (0..1000).fold(tlv(4, b""), |inner, _| tlv(0x30, &inner));
        let many = message(ENTRY, &[4, 0].repeat(MOST));
        for (input, why) in [
            (b"HTTP/1.1 400 Bad Request\r\n".to_vec(), Broken::Protocol),
            (vec![0x30, 0x00], Broken::Protocol),
            (vec![0x30, 0x80, 0x02, 0x01, 0x01], Broken::Protocol),
            (vec![0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1], Broken::Protocol),
            (vec![0x30, 0x03, 0x1f, 0x81, 0x01], Broken::Protocol),
            // A value that is longer than what it is in: the client's parser would wait for it for ever.
            (vec![0x30, 0x05, 0x02, 0x01, 0x01, 0x04, 0x7f], Broken::Protocol),
            (vec![0x30, 0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x04], Broken::Protocol),
            (deep, Broken::Protocol),
            (many, Broken::TooLarge),
        ] {
            assert_eq!(passes(&input, 1).1, Err(why), "{:x?}", input.get(..20));
        }
    }

    proptest! {
        /// Whatever comes, in whatever pieces: nothing panics, and each message that passes is one for the client's parser.
        #[test]
        fn what_passes_is_read_whole(
            input in prop::collection::vec(prop_oneof![Just(0x30_u8), Just(2), Just(4), Just(1), 0_u8..12, any::<u8>()], 0..200),
            piece in 1_usize..40,
        ) {
            let (out, _, _) = passes(&input, piece);
            let mut left = out.as_slice();
            while let Ok((rest, _)) = parse_tag(left) {
                left = rest;
            }
            // Only the last may be unfinished, and then as a whole: no value within it waits for more than it has.
            let whole = (2..=left.len().min(10)).find_map(|head| Some(head + length_of(left.get(..head)?).ok()??));
            prop_assert!(whole.is_none_or(|whole| whole > left.len()), "{left:x?}");
        }
    }
}
