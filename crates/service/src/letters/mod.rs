//! What a mail says: text and HTML of each [`Mail`](crate::mail::Mail), made when it is shown or sent. The words are in
//! `texts`, once for both forms.
//!
//! Links start with the configured base URL, never with what a request said (rule 14).

mod plain;
mod texts;

use askama::Template;

use crate::mail::Addressed;
pub use plain::plain;
pub use texts::{invitation_link, register_link, registration_link, setup_link};

/// What every mail carries of the deployment.
#[derive(Clone, Copy, Debug)]
pub struct Letterhead<'a> {
    /// The public base URL, without a slash at the end.
    pub base_url: &'a str,
    /// Who runs this Carillon, as people know it.
    pub organisation: &'a str,
}

/// A mail as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The receiver's address. Personal.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text. May hold the secret of a link.
    pub text: String,
    /// The same as HTML, with nothing that a mail program would have to fetch. May hold the secret of a link.
    pub html: String,
}

/// A part of a mail's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// Words.
    Paragraph(String),
    /// What the reader may do: the words on the link, and where it leads.
    Link { words: &'static str, url: String },
}

/// A mail's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    subject: String,
    blocks: Vec<Block>,
}

#[derive(Template)]
#[template(path = "letter.txt", escape = "none")]
struct Text<'a> {
    blocks: &'a [Block],
    organisation: &'a str,
    base_url: &'a str,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    subject: &'a str,
    blocks: &'a [Block],
    organisation: &'a str,
    base_url: &'a str,
}

/// The mail as it is read.
pub fn render(mail: &Addressed, letterhead: Letterhead<'_>) -> Result<Rendered, askama::Error> {
    let base_url = letterhead.base_url;
    let organisation = &plain(letterhead.organisation);
    let Content { subject, blocks } = texts::content(&mail.mail, Letterhead { base_url, organisation });
    let blocks = &blocks[..];
    let text = Text { blocks, organisation, base_url }.render()?;
    let html = Html { subject: &subject, blocks, organisation, base_url }.render()?;
    Ok(Rendered { to: mail.to.clone(), subject, text, html })
}

#[cfg(test)]
mod tests {
    use access::AccountId;
    use uuid::Uuid;

    use super::*;
    use crate::mail::Mail;

    const HEAD: Letterhead<'static> = Letterhead { base_url: "https://id.example.org", organisation: "Example" };

    fn invitation(account_name: &str, invited_by: Option<&str>) -> Rendered {
        let mail = Mail::Invitation {
            account: AccountId(Uuid::nil()),
            account_name: account_name.to_owned(),
            invited_by: invited_by.map(str::to_owned),
            token: "t0ken".to_owned(),
            expires: "2026-12-08T09:30:00Z".parse().unwrap(),
        };
        render(&Addressed { to: "ada@example.org".to_owned(), mail }, HEAD).unwrap()
    }

    #[test]
    fn an_invitation_says_who_invites_and_holds_its_link() {
        let mail = invitation("Analytical Engines", Some("Grace Hopper"));
        assert_eq!(mail.to, "ada@example.org");
        assert_eq!(mail.subject, "You are invited to join Analytical Engines");
        assert!(mail.text.contains("\n    https://id.example.org/invitations/t0ken\n"), "{}", mail.text);
        assert!(mail.text.ends_with("\n-- \nExample\nhttps://id.example.org\n"), "{}", mail.text);
        assert!(mail.html.contains("href=\"https://id.example.org/invitations/t0ken\""), "{}", mail.html);
        for body in [&mail.text, &mail.html] {
            assert!(body.contains("Grace Hopper invites you to join Analytical Engines."), "{body}");
            assert!(body.contains("until 8 December 2026, 09:30 UTC"), "{body}");
        }
        assert!(invitation("A", None).text.contains("An administrator invites you"));
    }

    #[test]
    fn names_bring_no_links_no_lines_and_no_markup() {
        let mail =
            invitation("Win http://evil.example\r\nBcc: all@x.example <b>now", Some("www.evil.example/x \u{202e}Eve"));
        assert_eq!(mail.subject, "You are invited to join Win Bcc: all@x. example <b>now");
        assert!(mail.text.contains("Eve invites you"), "{}", mail.text);
        let links: Vec<&str> = mail.text.split_whitespace().filter(|word| word.contains("://")).collect();
        assert_eq!(links, ["https://id.example.org/invitations/t0ken", "https://id.example.org"]);
        assert!(!mail.html.contains("<b>") && !mail.html.contains("evil.example"), "{}", mail.html);
    }

    #[test]
    fn html_fetches_nothing_and_says_its_language() {
        let html = invitation("A", None).html;
        for fetched in ["<img", "<link", "<script", "src=", "url(", "@import"] {
            assert!(!html.contains(fetched), "{fetched} in {html}");
        }
        assert!(html.contains("<html lang=\"en\">") && html.contains("<title>You are invited to join A</title>"));
    }
}
