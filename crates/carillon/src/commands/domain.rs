//! `carillon domain`.

use std::path::Path;

use access::domain::SHIPPED_PUBLIC_MAIL;
use access::{AccountId, Claim, Domain, UserId};
use clap::Subcommand;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use service::{Checked, Conflict, Context, Progress, Release, Verification};

use super::Host;
use super::host::collect;
use super::views::time;
use crate::failure::Failure;
use crate::output::Done;
use crate::settings::Settings;

/// Domains of accounts.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Claim a domain, and learn the TXT record that proves it
    Claim(Which),
    /// List an account's domains, their records, and since when one is missing
    List {
        /// The account's id or name
        account: String,
    },
    /// Ask DNS for the record now; changes nothing
    Check(Which),
    /// Verify the record: the account owns the domain, and people on it belong to it
    Verify(Change),
    /// List members of other accounts whose address is on a verified domain
    Conflicts {
        /// Which domain.
        #[command(flatten)]
        which: Which,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Give a verified domain up: its people are signed out at once and become free users
    Release(Change),
    /// Take a claim back that was not verified
    Withdraw(Which),
    /// Give the account a domain whose owner's record has been missing for 7 days
    TakeOver(Change),
    /// Look again for the records of all verified domains now, as the schedule does every 6 hours
    Recheck,
    /// Print the mail domains that nobody may claim; --shipped prints the list that ships
    PublicMail {
        /// The list that ships, also when the setting public_mail_domains names another
        #[arg(long)]
        shipped: bool,
    },
}

/// An account's domain.
#[derive(Debug, clap::Args)]
pub struct Which {
    /// The account's id or name
    account: String,
    /// The domain, such as corp.example
    domain: String,
}

/// A change of an account's domain.
#[derive(Debug, clap::Args)]
pub struct Change {
    /// Which domain.
    #[command(flatten)]
    which: Which,
    /// Only say what would come of it
    #[arg(long)]
    preview: bool,
}

impl Which {
    async fn read(&self, host: &Host) -> Result<(AccountId, Domain), Failure> {
        Ok((host.account(&self.account).await?, Domain::named(&self.domain)?))
    }
}

impl Change {
    fn context(&self, host: &Host) -> Context {
        if self.preview { host.cx.clone().previewing() } else { host.cx.clone() }
    }
}

/// Does it.
pub async fn run(host: &mut Host, settings: &Settings, command: Command) -> Done {
    let (service, cx) = (host.service.clone(), host.cx.clone());
    match command {
        Command::Claim(which) => {
            let (account, domain) = which.read(host).await?;
            one(host, &service.claim_domain(&cx, account, domain).await?)
        }
        Command::List { account } => {
            let account = host.account(&account).await?;
            let claims = service.list_domains(&cx, account).await?;
            let claims: Vec<Shown> = claims.iter().map(Shown::from).collect();
            host.output.list(&claims, Shown::HEADINGS, Shown::cells)
        }
        Command::Check(which) => {
            let (account, domain) = which.read(host).await?;
            checked(host, &service.check_domain(&cx, account, &domain).await?)
        }
        Command::Verify(change) => {
            let (account, domain) = change.which.read(host).await?;
            verified(host, &service.verify_domain(&change.context(host), account, domain).await?, change.preview)
        }
        Command::TakeOver(change) => {
            let (account, domain) = change.which.read(host).await?;
            verified(host, &service.take_over_domain(&change.context(host), account, domain).await?, change.preview)
        }
        Command::Release(change) => {
            let (account, domain) = change.which.read(host).await?;
            released(host, &service.release_domain(&change.context(host), account, domain).await?, change.preview)
        }
        Command::Withdraw(which) => {
            let (account, domain) = which.read(host).await?;
            one(host, &service.withdraw_domain(&cx, account, domain).await?)
        }
        Command::Conflicts { which, limit } => {
            let (account, domain) = which.read(host).await?;
            let page = async |page| service.list_conflicts(&cx, account, &domain, page).await;
            let (found, more) = collect(limit, page).await?;
            let found: Vec<InConflict> = found.into_iter().map(InConflict::from).collect();
            host.output.list(&found, InConflict::HEADINGS, InConflict::cells)?;
            host.more(more);
            Ok(())
        }
        Command::Recheck => recheck(host).await,
        Command::PublicMail { shipped } => public_mail(host, settings.public_mail_domains.as_deref(), shipped),
    }
}

/// A claim as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    account: AccountId,
    domain: String,
    /// `Pending` or `Verified`.
    state: &'static str,
    /// What the TXT record at the domain must hold.
    record: String,
    claimed: Timestamp,
    verified: Option<Timestamp>,
    /// Since when the record of a verified domain is missing.
    missing: Option<Timestamp>,
    /// When it was last looked for.
    checked: Option<Timestamp>,
    /// Verified by the host's word: no record is looked for.
    vouched: bool,
}

impl From<&Claim> for Shown {
    fn from(claim: &Claim) -> Self {
        Self {
            account: claim.account,
            domain: claim.domain.to_string(),
            state: if claim.verified.is_some() { "Verified" } else { "Pending" },
            record: claim.record(),
            claimed: claim.since,
            verified: claim.verified,
            missing: claim.missing,
            checked: claim.checked,
            vouched: claim.vouched,
        }
    }
}

impl Shown {
    const HEADINGS: &[&str] = &["DOMAIN", "STATE", "RECORD", "TXT VALUE"];

    fn cells(&self) -> Vec<String> {
        vec![self.domain.clone(), self.state.to_owned(), self.watched(), self.record.clone()]
    }

    /// What is known of the record.
    fn watched(&self) -> String {
        match (self.missing, self.checked) {
            (Some(since), _) => format!("missing since {}", time(Some(since))),
            (None, Some(checked)) => format!("last looked for {}", time(Some(checked))),
            (None, None) if self.vouched => "not needed".to_owned(),
            (None, None) => String::new(),
        }
    }

    fn facts(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("domain", Some(self.domain.clone())),
            ("state", Some(self.state.to_owned())),
            ("TXT value", Some(self.record.clone())),
            ("record", Some(self.watched()).filter(|text| !text.is_empty())),
            ("claimed", Some(time(Some(self.claimed)))),
            ("verified", self.verified.map(|at| time(Some(at)))),
        ]
    }
}

fn one(host: &mut Host, claim: &Claim) -> Done {
    let shown = Shown::from(claim);
    host.output.one(&shown, &shown.facts())
}

/// A claim with what DNS shows of it.
fn checked(host: &mut Host, checked: &Checked) -> Done {
    #[derive(Serialize)]
    struct Seen {
        #[serde(flatten)]
        claim: Shown,
        /// `found`, `wrong-record`, `no-record`, `no-such-name` or `dns-unavailable`.
        seen: &'static str,
        meaning: String,
    }
    let (claim, seen, meaning) = (Shown::from(&checked.claim), checked.proof.code(), checked.proof.to_string());
    let facts = [claim.facts(), vec![("DNS now", Some(meaning.clone()))]].concat();
    host.output.one(&Seen { claim, seen, meaning }, &facts)
}

fn verified(host: &mut Host, verified: &Verification, preview: bool) -> Done {
    #[derive(Serialize)]
    struct Counts {
        preview: bool,
        #[serde(flatten)]
        claim: Shown,
        account_type: &'static str,
        joined: u64,
        waiting_for_source: u64,
        passed_on: u64,
        conflicts: u64,
        invitations_failed: u64,
        /// What a take-over meant for the former owner.
        released: Option<ReleaseFacts>,
    }
    let counts = Counts {
        preview,
        claim: Shown::from(&verified.claim),
        account_type: verified.account.kind.name(),
        joined: verified.joined,
        waiting_for_source: verified.waiting,
        passed_on: verified.passed,
        conflicts: verified.conflicts,
        invitations_failed: verified.invitations_failed,
        released: verified.released.as_ref().map(|release| ReleaseFacts::new(release, preview)),
    };
    let count = |counted: u64| Some(counted.to_string());
    let mut facts = vec![
        ("preview", preview.then(|| "nothing was changed; this is what would be".to_owned())),
        ("domain", Some(counts.claim.domain.clone())),
        ("account type", Some(counts.account_type.to_owned())),
        ("free users who join", count(counts.joined)),
        ("free users who wait for the source", count(counts.waiting_for_source)),
        ("suspended leftovers passed on", count(counts.passed_on)),
        ("members of other accounts (conflicts)", count(counts.conflicts)),
        ("invitations of others that fail", count(counts.invitations_failed)),
    ];
    facts.extend(counts.released.iter().flat_map(ReleaseFacts::facts));
    host.output.one(&counts, &facts)
}

/// What a release is to people.
#[derive(Debug, Serialize)]
struct ReleaseFacts {
    preview: bool,
    account: AccountId,
    domain: String,
    account_type: &'static str,
    signed_out: u64,
    freed: u64,
    left_unregistered: u64,
    kept_suspended: u64,
    set_password_mails: u64,
    lost_further_address: u64,
    /// The first of them.
    people: Vec<Person>,
}

#[derive(Debug, Serialize)]
struct Person {
    id: UserId,
    address: String,
    /// `free`, `unregistered`, `suspended` or `member`.
    became: &'static str,
    set_password_mail: bool,
}

impl ReleaseFacts {
    fn new(release: &Release, preview: bool) -> Self {
        let people = release.people.iter().map(|one| Person {
            id: one.id,
            address: one.address.clone(),
            became: one.became.name(),
            set_password_mail: one.set_password,
        });
        Self {
            preview,
            account: release.account.id,
            domain: release.domain.to_string(),
            account_type: release.account.kind.name(),
            signed_out: release.signed_out,
            freed: release.freed,
            left_unregistered: release.left,
            kept_suspended: release.suspended,
            set_password_mails: release.set_password,
            lost_further_address: release.lost_address,
            people: people.collect(),
        }
    }

    fn facts(&self) -> Vec<(&'static str, Option<String>)> {
        let count = |counted: u64| Some(counted.to_string());
        let people = self.people.iter().take(20).map(|person| format!("{} ({})", person.address, person.became));
        let people: Vec<String> = people.collect();
        vec![
            ("released by", Some(self.account.to_string())),
            ("its account type", Some(self.account_type.to_owned())),
            ("signed out of everything", count(self.signed_out)),
            ("  become free users", count(self.freed)),
            ("  leave, unregistered", count(self.left_unregistered)),
            ("  stay, suspended", count(self.kept_suspended)),
            ("  get a set-password mail", count(self.set_password_mails)),
            ("lose a further address only", count(self.lost_further_address)),
            ("the first of them", Some(people.join(", ")).filter(|people| !people.is_empty())),
        ]
    }
}

fn released(host: &mut Host, release: &Release, preview: bool) -> Done {
    let shown = ReleaseFacts::new(release, preview);
    let mut facts = vec![("preview", preview.then(|| "nothing was changed; this is what would be".to_owned()))];
    facts.extend(shown.facts());
    host.output.one(&shown, &facts)
}

#[derive(Debug, Serialize)]
struct InConflict {
    address: String,
    user: Option<UserId>,
    account: Option<AccountId>,
}

impl From<Conflict> for InConflict {
    fn from(Conflict { address, member }: Conflict) -> Self {
        Self { address, user: member.map(|(user, _)| user), account: member.map(|(_, account)| account) }
    }
}

impl InConflict {
    const HEADINGS: &[&str] = &["ADDRESS", "ACCOUNT", "ID"];

    fn cells(&self) -> Vec<String> {
        let text = |id: Option<String>| id.unwrap_or_default();
        vec![
            self.address.clone(),
            text(self.account.map(|id| id.to_string())),
            text(self.user.map(|id| id.to_string())),
        ]
    }
}

/// Piece after piece, until all were looked at since this command began.
async fn recheck(host: &mut Host) -> Done {
    #[derive(Default, Serialize)]
    struct Round {
        looked: u64,
        missing: u64,
        back: u64,
        unknown: u64,
    }
    let mut all = Round::default();
    loop {
        let piece = host.service.recheck_domains(&host.cx, SignedDuration::ZERO).await?;
        all.looked += piece.looked;
        all.missing += piece.missing;
        all.back += piece.back;
        all.unknown += piece.unknown;
        if piece.progress == Progress::Done || piece.looked == 0 {
            break;
        }
    }
    let count = |counted: u64| Some(counted.to_string());
    let facts = [
        ("looked for", count(all.looked)),
        ("missing", count(all.missing)),
        ("back again", count(all.back)),
        ("not known, DNS in trouble", count(all.unknown)),
    ];
    host.output.one(&all, &facts)
}

fn public_mail(host: &mut Host, file: Option<&Path>, shipped: bool) -> Done {
    match file {
        Some(file) if !shipped => host.output.text(std::fs::read_to_string(file)?.trim_end()),
        _ => host.output.text(SHIPPED_PUBLIC_MAIL.trim_end()),
    }
}
