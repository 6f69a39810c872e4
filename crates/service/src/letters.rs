//! What a mail says: the text of each [`Mail`], made when it is shown or sent.
//!
//! Links start with the configured base URL, never with what a request said (rule 14). Names come from people and go
//! to strangers, so nothing in them may become a link or a line of its own.

use jiff::Timestamp;

use crate::mail::{Addressed, Mail};

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
}

/// Where an invitation is answered.
pub fn invitation_link(base_url: &str, token: &str) -> String {
    format!("{base_url}/invitations/{token}")
}

/// Where anyone asks for a link to register with.
pub fn register_link(base_url: &str) -> String {
    format!("{base_url}/register")
}

/// Where a mailed link to register leads.
pub fn registration_link(base_url: &str, token: &str) -> String {
    format!("{base_url}/register/{token}")
}

/// The mail as it is read.
pub fn render(mail: &Addressed, letterhead: Letterhead<'_>) -> Rendered {
    let Letterhead { base_url, organisation } = letterhead;
    let organisation = plain(organisation);
    let (subject, body) = content(&mail.mail, base_url, &organisation);
    Rendered { to: mail.to.clone(), subject, text: format!("Hello,\n\n{body}\n\n-- \n{organisation}\n{base_url}\n") }
}

fn content(mail: &Mail, base_url: &str, organisation: &str) -> (String, String) {
    let register = register_link(base_url);
    match mail {
        Mail::Invitation { account_name, invited_by, token, expires, .. } => (
            format!("You are invited to join {}", plain(account_name)),
            format!(
                "{} invites you to join {}. Accept or decline here:\n\n    {}\n\nThe link works once, until {}. If you \
                 do not know the sender, ignore this mail and nothing happens.",
                sender(invited_by.as_deref()),
                plain(account_name),
                invitation_link(base_url, token),
                day(*expires),
            ),
        ),
        Mail::Instructions { account_name, invited_by, .. } => (
            format!("Register with {}", plain(account_name)),
            format!(
                "{} asks you to register with {}. Enter this address here, and you will get a link to \
                 register with:\n\n    {register}\n\nOnce you have registered you are a member.",
                sender(invited_by.as_deref()),
                plain(account_name),
            ),
        ),
        Mail::Registration { token, expires } => (
            format!("Finish your registration at {organisation}"),
            format!(
                "Somebody, probably you, asked to register this address. Give a name and choose a password here:\n\n    \
                 {}\n\nThe link works once, until {}. If it was not you, ignore this mail and nothing happens.",
                registration_link(base_url, token),
                day(*expires),
            ),
        ),
        Mail::AlreadyRegistered => (
            format!("You are registered at {organisation} already"),
            "Somebody, probably you, asked to register this address. It is registered already, so there is nothing to \
             do: sign in with the password you have. If it was not you, ignore this mail."
                .to_owned(),
        ),
        Mail::Joined { account_name, .. } => (
            format!("You are a member of {} now", plain(account_name)),
            format!(
                "{} has proved that it owns the domain of your address, so it manages your access from now on. Your \
                 password stays as it is.",
                plain(account_name),
            ),
        ),
        Mail::Removed { account_name, .. } => (
            format!("You are no longer a member of {}", plain(account_name)),
            format!(
                "An administrator removed you from {}. You can still sign in, without what was for its members only.",
                plain(account_name),
            ),
        ),
        Mail::Left { account_name, .. } => (
            format!("You left {}", plain(account_name)),
            format!(
                "You are no longer a member of {}. You can still sign in, without what was for its members only. If \
                 it was not you who left, ask its administrator to invite you again, and choose another password.",
                plain(account_name),
            ),
        ),
        Mail::TrialEnds { account_name, until, license } => (
            format!("Your trial at {organisation} ends on {}", day(*until)),
            format!(
                "You have ProTrial, and with it everything that Pro has. From {} on you have {license}{}. There is \
                 nothing you need to do; if you want to keep what Pro has, ask {}.",
                day(*until),
                account_name.as_deref().map(|name| format!(" at {}", plain(name))).unwrap_or_default(),
                if account_name.is_some() { "your administrator" } else { "those who run it" },
            ),
        ),
        Mail::SetPassword => (
            format!("You need another way to sign in at {organisation}"),
            format!(
                "Your organisation no longer signs you in, and you have no password of your own at {organisation}. Ask \
                 those who run it how to sign in from now on."
            ),
        ),
    }
}

fn sender(invited_by: Option<&str>) -> String {
    invited_by.map(plain).filter(|name| !name.is_empty()).unwrap_or_else(|| "An administrator".to_owned())
}

fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// A name without line breaks, control and direction characters, and without anything a mail program would turn into
/// a link. 100 characters at most.
pub fn plain(name: &str) -> String {
    let visible: String = name.chars().map(|c| if c.is_control() || is_invisible(c) { ' ' } else { c }).collect();
    let is_link = |word: &str| {
        let word = word.to_lowercase();
        word.contains("://") || word.contains('/') || word.starts_with("www.") || word.starts_with("mailto:")
    };
    let words: Vec<String> = visible.split_whitespace().filter(|word| !is_link(word)).map(unlinked).collect();
    words.join(" ").chars().take(100).collect()
}

/// Marks that have no width or turn the direction of writing (Unicode `Cf` and separators).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `evil.example` as `evil. example`: a dot between letters makes a link in many mail programs.
fn unlinked(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut characters = word.chars().peekable();
    while let Some(c) = characters.next() {
        out.push(c);
        if c == '.' && characters.peek().is_some_and(|next| next.is_alphanumeric()) {
            out.push(' ');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use access::AccountId;
    use uuid::Uuid;

    use super::*;

    const HEAD: Letterhead<'static> = Letterhead { base_url: "https://id.example.org", organisation: "Example" };

    fn invitation(account_name: &str, invited_by: Option<&str>) -> Rendered {
        let mail = Mail::Invitation {
            account: AccountId(Uuid::nil()),
            account_name: account_name.to_owned(),
            invited_by: invited_by.map(str::to_owned),
            token: "t0ken".to_owned(),
            expires: "2026-12-08T09:30:00Z".parse().unwrap(),
        };
        render(&Addressed { to: "ada@example.org".to_owned(), mail }, HEAD)
    }

    #[test]
    fn an_invitation_says_who_invites_and_holds_its_link() {
        let mail = invitation("Analytical Engines", Some("Grace Hopper"));
        assert_eq!(mail.to, "ada@example.org");
        assert_eq!(mail.subject, "You are invited to join Analytical Engines");
        assert!(mail.text.contains("Grace Hopper invites you to join Analytical Engines."), "{}", mail.text);
        assert!(mail.text.contains("\n    https://id.example.org/invitations/t0ken\n"), "{}", mail.text);
        assert!(mail.text.contains("until 8 December 2026, 09:30 UTC"), "{}", mail.text);
        assert!(invitation("A", None).text.contains("An administrator invites you"));
    }

    #[test]
    fn names_bring_no_links_and_no_lines() {
        let mail =
            invitation("Win http://evil.example\r\nBcc: all@x.example now", Some("www.evil.example/x \u{202e}Eve"));
        assert_eq!(mail.subject, "You are invited to join Win Bcc: all@x. example now");
        assert!(mail.text.contains("Eve invites you"), "{}", mail.text);
        let links: Vec<&str> = mail.text.split_whitespace().filter(|word| word.contains("://")).collect();
        assert_eq!(links, ["https://id.example.org/invitations/t0ken", "https://id.example.org"]);
        for (name, expected) in [
            ("Example Inc.", "Example Inc."),
            ("booking.example", "booking. example"),
            ("HTTPS://EVIL.EXAMPLE", ""),
            ("a\u{200b}b\u{0}c\u{85}d", "a b c d"),
        ] {
            assert_eq!(plain(name), expected);
        }
        assert_eq!(plain(&"x".repeat(500)).len(), 100);
    }
}
