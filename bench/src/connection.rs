//! A connection to a server with one request under way: no more than it takes to measure, so that the load generator takes
//! little of the machine.

use std::fmt;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

/// An answer, head and body.
pub struct Answer<'c>(&'c [u8]);

impl Connection {
    /// Opens one.
    pub async fn open(server: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and reads the whole answer.
    pub async fn ask(&mut self, request: &str) -> Outcome<Answer<'_>> {
        self.stream.write_all(request.as_bytes()).await?;
        self.answer.clear();
        while !is_whole(&self.answer) {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err("the server closed the connection".into());
            }
        }
        Ok(Answer(&self.answer))
    }
}

impl Answer<'_> {
    /// The status code.
    pub fn status(&self) -> &str {
        self.0.get(9..12).and_then(|code| std::str::from_utf8(code).ok()).unwrap_or_default()
    }

    /// Whether it has this text in it.
    pub fn has(&self, text: &str) -> bool {
        find(self.0, text.as_bytes()).is_some()
    }

    /// What stands between a text and the next byte of `ends`, or the end.
    pub fn after(&self, text: &str, ends: &[u8]) -> Option<String> {
        let rest = &self.0[find(self.0, text.as_bytes())? + text.len()..];
        let end = rest.iter().position(|byte| ends.contains(byte)).unwrap_or(rest.len());
        Some(String::from_utf8_lossy(&rest[..end]).into_owned())
    }
}

impl fmt::Display for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.0))
    }
}

/// Whether head and body are there, by the head's Content-Length; 204 has no body (RFC 9110 section 15.3.5).
fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = find(answer, b"\r\n\r\n") else { return false };
    let Some(named) = find(&answer[..head], b"content-length: ") else { return Answer(answer).status() == "204" };
    let digits = answer[named + 16..].iter().take_while(|byte| byte.is_ascii_digit());
    let body = digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
    answer.len() >= head + 4 + body
}

/// Where a text is, in letters of either size.
fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window.eq_ignore_ascii_case(word))
}
