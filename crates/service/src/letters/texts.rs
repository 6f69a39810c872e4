//! Every word of every mail, in one place.

use access::BaseLicense;
use jiff::Timestamp;

use super::{Block, Content, Letterhead, plain};
use crate::mail::{Mail, SecurityChange};

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

/// Where anyone asks for a link to set another password with.
fn forgot_link(base_url: &str) -> String {
    format!("{base_url}/forgot")
}

/// Where a mailed link to set another password leads.
fn reset_link(base_url: &str, token: &str) -> String {
    format!("{base_url}/reset/{token}")
}

/// Where a new address is confirmed.
fn address_link(base_url: &str, token: &str) -> String {
    format!("{base_url}/me/address/{token}")
}

/// Where a person looks at how they sign in.
pub fn security_link(base_url: &str) -> String {
    format!("{base_url}/me/security")
}

/// Where the first operator sets up.
pub fn setup_link(base_url: &str, token: &str) -> String {
    format!("{base_url}/setup/{token}")
}

/// What a mail says.
pub(super) fn content(mail: &Mail, head: Letterhead<'_>) -> Content {
    let Letterhead { base_url, organisation } = head;
    match mail {
        Mail::Invitation { account_name, invited_by, token, expires, .. } => {
            let (account, sender, until) = (plain(account_name), sender(invited_by.as_deref()), day(*expires));
            letter(format!("You are invited to join {account}"))
                .says(format!("{sender} invites you to join {account}. Accept or decline here:"))
                .offers("Answer the invitation", invitation_link(base_url, token))
                .says(format!(
                    "The link works once, until {until}. If you do not know the sender, ignore this mail and nothing \
                     happens."
                ))
        }
        Mail::Instructions { account_name, invited_by, .. } => {
            let (account, sender) = (plain(account_name), sender(invited_by.as_deref()));
            letter(format!("Register with {account}"))
                .says(format!(
                    "{sender} asks you to register with {account}. Enter this address here, and you will get a link \
                     to register with:"
                ))
                .offers("Register", register_link(base_url))
                .says("Once you have registered you are a member.".to_owned())
        }
        Mail::Registration { token, expires } => registration(token, *expires, head),
        Mail::AlreadyRegistered => letter(format!("You are registered at {organisation} already"))
            .says(
                "Somebody, probably you, asked to register this address. It is registered already, so there is nothing \
                 to do: sign in with the password you have. If it was not you, ignore this mail. If you forgot the \
                 password, set another one:"
                    .to_owned(),
            )
            .offers("Set a password", forgot_link(base_url)),
        Mail::Joined { account_name, .. } => {
            let account = plain(account_name);
            letter(format!("You are a member of {account} now")).says(format!(
                "{account} has proved that it owns the domain of your address, so it manages your access from now on. \
                 Your password stays as it is."
            ))
        }
        Mail::Removed { account_name, .. } => {
            let account = plain(account_name);
            letter(format!("You are no longer a member of {account}")).says(format!(
                "An administrator removed you from {account}. You can still sign in, without what was for its members \
                 only."
            ))
        }
        Mail::Left { account_name, .. } => {
            let account = plain(account_name);
            letter(format!("You left {account}")).says(format!(
                "You are no longer a member of {account}. You can still sign in, without what was for its members \
                 only. If it was not you who left, ask its administrator to invite you again, and choose another \
                 password."
            ))
        }
        Mail::Test => letter(format!("A test of {organisation}'s mails")).says(
            "Somebody who runs this server tries whether its mails arrive. This one did. There is nothing to do."
                .to_owned(),
        ),
        Mail::Recovered { address, at } => recovered(address, *at, organisation),
        Mail::TrialEnds { account_name, until, license } => {
            trial_ends(account_name.as_deref(), *until, *license, organisation)
        }
        Mail::SecurityChanged { change, at } => security_changed(change, *at, base_url, organisation),
        Mail::SetPassword => letter(format!("You need another way to sign in at {organisation}"))
            .says(format!(
                "Your organisation no longer signs you in, and you have no password of your own at {organisation}. Enter \
                 this address here, and you will get a link to set one with:"
            ))
            .offers("Set a password", forgot_link(base_url)),
        Mail::ForgottenPassword { token, expires } => forgotten_password(token, *expires, head),
        Mail::PasswordChanged { at } => password_changed(*at, head),
        Mail::NewAddress { token, expires } => new_address(token, *expires, head),
        Mail::AddressChanged { at } => address_changed(*at, organisation),
        Mail::Erased { at } => erased(*at, organisation),
    }
}

fn forgotten_password(token: &str, expires: Timestamp, head: Letterhead<'_>) -> Content {
    letter(format!("Set another password at {}", head.organisation))
        .says(
            "Somebody, probably you, forgot the password that goes with this address. Set another one here:".to_owned(),
        )
        .offers("Set a password", reset_link(head.base_url, token))
        .says(format!(
            "The link works once, until {}. If it was not you, ignore this mail: your password stays as it is.",
            day(expires)
        ))
}

fn password_changed(at: Timestamp, head: Letterhead<'_>) -> Content {
    letter(format!("Your password at {} was changed", head.organisation))
        .says(format!(
            "It was changed on {}, and you were signed out wherever you were signed in before. If it was you, there is \
             nothing to do. If not, set another one at once:",
            day(at)
        ))
        .offers("Set a password", forgot_link(head.base_url))
}

fn new_address(token: &str, expires: Timestamp, head: Letterhead<'_>) -> Content {
    letter(format!("Confirm your new address at {}", head.organisation))
        .says("Somebody, probably you, wants to be known by this address from now on. Confirm it here:".to_owned())
        .offers("Confirm the address", address_link(head.base_url, token))
        .says(format!(
            "The link works once, until {}, for who is signed in. If it was not you, ignore this mail and nothing happens.",
            day(expires)
        ))
}

fn recovered(address: &str, at: Timestamp, organisation: &str) -> Content {
    letter(format!("A new operator of {organisation}")).says(format!(
        "On the host, `carillon admin recover` gave {} full access to everything, on {}. You are told because you are an \
         operator too. If you do not know why it was done, ask whoever runs the host, and look into the audit trail.",
        plain(address),
        day(at),
    ))
}

fn registration(token: &str, expires: Timestamp, head: Letterhead<'_>) -> Content {
    let Letterhead { base_url, organisation } = head;
    letter(format!("Finish your registration at {organisation}"))
        .says(
            "Somebody, probably you, asked to register this address. Give a name and choose a password here:"
                .to_owned(),
        )
        .offers("Finish registering", registration_link(base_url, token))
        .says(format!(
            "The link works once, until {}. If it was not you, ignore this mail and nothing happens.",
            day(expires)
        ))
}

fn address_changed(at: Timestamp, organisation: &str) -> Content {
    letter(format!("Your address at {organisation} was changed")).says(format!(
        "On {} you proved another address and are known by that one from now on; this one is yours no more there. If \
         it was not you, tell those who run {organisation} at once.",
        day(at)
    ))
}

fn erased(at: Timestamp, organisation: &str) -> Content {
    letter(format!("You are no longer known at {organisation}")).says(format!(
        "On {} you deleted your account. Your name, your addresses and your ways to sign in are gone, and cannot be \
         brought back. This address is free: you may register with it again, as somebody new.",
        day(at)
    ))
}

fn security_changed(change: &SecurityChange, at: Timestamp, base_url: &str, organisation: &str) -> Content {
    let what = match change {
        SecurityChange::CodesAdded => "One-time codes are asked for when you sign in.".to_owned(),
        SecurityChange::CodesRemoved => "One-time codes are not asked for any more when you sign in.".to_owned(),
        SecurityChange::RecoveryCodes => "You have new recovery codes; those of before are void.".to_owned(),
        SecurityChange::RecoveryCodeUsed { left } => {
            format!("One of your recovery codes was used to sign in; {left} are left.")
        }
        SecurityChange::PasskeyAdded { name } => format!("The passkey {} was added.", plain(name)),
        SecurityChange::PasskeyRemoved { name } => format!("The passkey {} was removed.", plain(name)),
        SecurityChange::Reset => {
            "An administrator removed your second factors and passkeys, and signed you out everywhere.".to_owned()
        }
        SecurityChange::ProviderAdded { name } => format!("You can sign in with {} from now on.", plain(name)),
        SecurityChange::ProviderRemoved { name } => format!("You cannot sign in with {} any more.", plain(name)),
    };
    letter(format!("How you sign in at {organisation} has changed"))
        .says(format!("{what} This was on {}.", day(at)))
        .says(
            "If it was you, there is nothing to do. If not, look at what you sign in with, and ask for help:"
                .to_owned(),
        )
        .offers("Signing in and security", security_link(base_url))
}

fn trial_ends(account_name: Option<&str>, until: Timestamp, license: BaseLicense, organisation: &str) -> Content {
    let until = day(until);
    let at = account_name.map(|name| format!(" at {}", plain(name))).unwrap_or_default();
    let whom = if account_name.is_some() { "your administrator" } else { "those who run it" };
    letter(format!("Your trial at {organisation} ends on {until}")).says(format!(
        "You have ProTrial, and with it everything that Pro has. From {until} on you have {license}{at}. There is nothing \
         you need to do; if you want to keep what Pro has, ask {whom}."
    ))
}

fn letter(subject: String) -> Content {
    Content { subject, blocks: Vec::new() }
}

impl Content {
    fn says(mut self, words: String) -> Self {
        self.blocks.push(Block::Paragraph(words));
        self
    }

    fn offers(mut self, words: &'static str, url: String) -> Self {
        self.blocks.push(Block::Link { words, url });
        self
    }
}

fn sender(invited_by: Option<&str>) -> String {
    invited_by.map(plain).filter(|name| !name.is_empty()).unwrap_or_else(|| "An administrator".to_owned())
}

fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}
