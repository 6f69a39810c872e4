//! The words about one's own license, and why it is that one.

use access::BaseLicense;
use access::decision::Reason;
use access::user::LicenseOrigin;
use jiff::Timestamp;
use service::OwnStanding;

use super::super::page::{Item, Page, Section};
use super::me::{day, moment};

/// The license, what it grants, and the reasons.
pub(in crate::pages) fn page(standing: &OwnStanding, at: Timestamp) -> Page {
    let mut facts = vec![("License", standing.license.to_string())];
    let trial = standing.user.trial.until.filter(|until| at < *until);
    facts.extend(trial.map(|until| ("Trial until", moment(until))));
    let waiting = standing.user.waiting;
    facts.extend(waiting.map(|waiting| ("Waiting for", format!("{}, since {}", waiting.license, day(waiting.since)))));
    let reasons = standing.reasons.iter().map(|reason| reason_said(reason, standing)).collect();
    let features = standing.features.iter().map(|feature| line(feature.as_str())).collect();
    let granted = match standing.features.is_empty() {
        true => vec!["It grants nothing beyond signing in.".to_owned()],
        false => vec!["What applications may let you do with it:".to_owned()],
    };
    Page {
        title: "Your license".to_owned(),
        sections: vec![
            Section { title: "What you have".to_owned(), facts, ..Section::default() },
            Section { title: "Why".to_owned(), paragraphs: reasons, ..Section::default() },
            Section { title: "Features".to_owned(), paragraphs: granted, items: features, ..Section::default() },
        ],
        ..Page::default()
    }
}

fn line(title: &str) -> Item {
    Item { title: title.to_owned(), ..Item::default() }
}

/// A reason in neutral words: what is, and whom to ask, but not what an administrator wrote of the person.
fn reason_said(reason: &Reason, standing: &OwnStanding) -> String {
    let account = standing.account.as_ref().map_or("your organisation", |account| account.name.as_str());
    match reason {
        Reason::NotRegistered => "You have not registered.".to_owned(),
        Reason::Suspended { .. } | Reason::Blocked | Reason::DisabledInSource => {
            "You may not sign in at present; ask your organisation's administrator.".to_owned()
        }
        Reason::AccountDeleted(_) => format!("{account} has closed its account."),
        Reason::AddressManaged(_) => "An organisation manages your address and must take you in first.".to_owned(),
        Reason::NotInGroup => format!("You are in no group of {account} that gives a license."),
        Reason::Member(_) => {
            let since = standing.user.membership.map(|membership| format!(" since {}", day(membership.since)));
            format!("You are a member of {account}{}.", since.unwrap_or_default())
        }
        Reason::FreeUser => "You are in no organisation.".to_owned(),
        Reason::Trial { until } => {
            format!("Your trial runs until {}: until then you have all that Pro has.", day(*until))
        }
        Reason::License(license, origin) => held(*license, *origin, account),
        Reason::WaitingForSeat(license) => {
            format!("All seats of {license} at {account} are taken. You wait for one, and have Basic meanwhile.")
        }
        // These are about applications; nobody asks about one here.
        Reason::ApplicationStopped
        | Reason::NotInAudience
        | Reason::LicenseRequired { .. }
        | Reason::UnknownFeature(_)
        | Reason::FeatureGranted(_)
        | Reason::FeatureNotGranted(_) => "You may not use this application; ask your administrator.".to_owned(),
    }
}

fn held(license: BaseLicense, origin: LicenseOrigin, account: &str) -> String {
    match origin {
        LicenseOrigin::Free => format!("Everybody who is in no organisation has {license}."),
        LicenseOrigin::Default => format!("{license} is what members of {account} have, unless something else is set."),
        LicenseOrigin::Administrator => format!("An administrator of {account} gave you {license}."),
        LicenseOrigin::Group => format!("A group you are in at {account} gives {license}."),
    }
}
