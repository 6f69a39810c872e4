//! A mail as it travels (RFC 5322): text and HTML, under a message id that stays the same however often it is sent.

use std::time::SystemTime;

use lettre::address::AddressError;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use service::Letter;
use service::letters::Rendered;

/// Why a mail cannot be put into its form. Holds nothing personal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is none that travels.
    #[error("the address is not one that mail servers take: {0}")]
    Address(#[from] AddressError),
    /// Something else is missing or wrong.
    #[error("the mail cannot be put into its form: {0}")]
    Form(#[from] lettre::error::Error),
}

/// The address a mail goes to. Its domain travels in A-labels.
pub fn receiver(to: &str) -> Result<Address, Error> {
    let (local, domain) = to.rsplit_once('@').unwrap_or((to, ""));
    let domain = access::Domain::parse(domain).map_or_else(|_| domain.to_owned(), String::from);
    Ok(Address::new(local, domain)?)
}

/// The mail in bytes, with CRLF.
pub fn form(letter: &Letter, rendered: &Rendered, from: &Mailbox) -> Result<Vec<u8>, Error> {
    // Randomness is a parameter everywhere; here the message id, which nothing in a text contains, bounds the parts.
    let boundary = letter.message_id.replace(['@', '.'], "-");
    let boundary = &boundary[..boundary.len().min(60)];
    let made = SystemTime::try_from(letter.at).unwrap_or(SystemTime::UNIX_EPOCH);
    let parts = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(SinglePart::plain(rendered.text.clone()))
        .singlepart(SinglePart::html(rendered.html.clone()));
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, receiver(&rendered.to)?))
        .subject(rendered.subject.clone())
        .date(made)
        .message_id(Some(format!("<{}>", letter.message_id)))
        // RFC 3834: nobody's holiday notice answers this.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .multipart(parts)?;
    Ok(message.formatted())
}

#[cfg(test)]
mod tests {
    use service::Lease;

    use super::*;

    fn formed(to: &str, subject: &str) -> Result<String, Error> {
        let letter = Letter {
            lease: Lease { id: 7, attempts: 1, tries: 1 },
            message_id: "7.0123456789abcdef0123456789abcdef@id.example.org".to_owned(),
            at: "2026-11-25T00:00:00Z".parse().unwrap(),
            kind: "invitation".to_owned(),
            rendered: Err("given beside it"),
        };
        let rendered = Rendered {
            to: to.to_owned(),
            subject: subject.to_owned(),
            text: "Grüße\n".to_owned(),
            html: "<p>Grüße</p>\n".to_owned(),
        };
        let from = "Carillon <no-reply@example.org>".parse().unwrap();
        form(&letter, &rendered, &from).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_mail_has_one_form_however_often_it_is_made() {
        let mail = formed("Ada@Example.org", "You are invited").unwrap();
        assert_eq!(mail, formed("Ada@Example.org", "You are invited").unwrap());
        for line in [
            "Message-ID: <7.0123456789abcdef0123456789abcdef@id.example.org>",
            "Date: Wed, 25 Nov 2026 00:00:00 +0000",
            "To: Ada@example.org",
            "Auto-Submitted: auto-generated",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html; charset=utf-8",
        ] {
            assert!(mail.contains(&format!("{line}\r\n")), "{line} in {mail}");
        }
        assert!(mail.is_ascii(), "it travels over any server: {mail}");
    }

    #[test]
    fn no_header_can_be_slipped_in() {
        for subject in
            ["Hello\r\nBcc: all@evil.example", "Hello\nBcc: all@evil.example", "Hello\rBcc: all@evil.example"]
        {
            let mail = formed("ada@example.org", subject).unwrap();
            let head = mail.split("\r\n\r\n").next().unwrap();
            let injected = head.split(['\r', '\n']).any(|line| line.to_lowercase().starts_with("bcc"));
            assert!(!injected, "{head}");
        }
        for to in
            ["ada@example.org\r\nBcc: x@evil.example", "ada\r\n@example.org", "ada>@example.org", "a b@example.org"]
        {
            assert!(formed(to, "Hello").is_err(), "{to}");
        }
    }

    #[test]
    fn a_domain_travels_in_a_labels() {
        assert!(formed("ada@bücher.example", "Hello").unwrap().contains("To: ada@xn--bcher-kva.example\r\n"));
    }
}
