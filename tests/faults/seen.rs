//! What is there: through the doors of a running server, or in the file of SQLite that a disk has kept.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::door::{Answer, Door};
use super::ledger::World;
use super::load::Accounts;
use crate::harness::clients::Client;
use crate::harness::server::Server;

type Pair = (String, String);

/// People and accounts by name, and the ids of all.
#[derive(Default)]
pub struct Seen {
    pub world: World,
    pub ids: BTreeMap<String, String>,
}

impl Seen {
    fn add(&mut self, id: &str, name: &str, facts: String) {
        self.world.entry(name.to_owned()).or_default().facts = facts;
        self.ids.insert(name.to_owned(), id.to_owned());
    }

    /// Adds records and mails in their order, each by the subject's id or name. What belongs to nothing that is listed
    /// stays under its id.
    fn attach(&mut self, records: &[Pair], mails: &[Pair]) {
        let names: BTreeMap<String, &String> = self.ids.iter().map(|(name, id)| (plain(id), name)).collect();
        let name = |id: &String| names.get(&plain(id)).map_or_else(|| id.clone(), |name| (*name).clone());
        for (id, action) in records {
            self.world.entry(name(id)).or_default().trail.push(action.clone());
        }
        for (id, kind) in mails {
            self.world.entry(name(id)).or_default().mails.push(kind.clone());
        }
    }

    /// The same facts, with records and mails as told elsewhere.
    pub fn with(mut self, (records, mails): &(Vec<Pair>, Vec<Pair>)) -> Self {
        for known in self.world.values_mut() {
            known.trail.clear();
            known.mails.clear();
        }
        self.attach(records, mails);
        self
    }
}

/// An id as the command line, the Chime API and SQLite write it.
fn plain(id: &str) -> String {
    id.replace('-', "").to_lowercase()
}

/// As administrators see it: lists of the Chime API, `carillon audit` and `carillon mail`.
pub fn through_doors(server: &Server) -> Seen {
    let (door, accounts) = (Door::of(server), Accounts::of(server));
    let mut seen = Seen::default();
    for account in all(&door, "/accounts?max-results=200", "Accounts") {
        seen.add(text(&account, "AccountId"), text(&account, "Name"), text(&account, "AccountType").to_owned());
    }
    for account in [&accounts.team, &accounts.enterprise] {
        for user in all(&door, &format!("/accounts/{account}/users?max-results=200"), "Users") {
            let words = ["LicenseType", "UserRegistrationStatus", "UserInvitationStatus"];
            let facts: Vec<&str> = words.iter().filter_map(|word| user[word].as_str()).collect();
            seen.add(text(&user, "UserId"), text(&user, "PrimaryEmail"), facts.join(" "));
        }
    }
    let (records, mails) = trail_and_mails(|line| server.carillon(line));
    seen.attach(&records, &mails);
    seen
}

/// What the command line tells of the Chime API's changes, oldest first: the subject's id and the action; and of mails:
/// the address and the kind.
pub fn trail_and_mails(carillon: impl Fn(&str) -> Client) -> (Vec<Pair>, Vec<Pair>) {
    let trail = carillon("audit --json --limit 1000000").run().ok();
    let records = trail.lines().map(|line| serde_json::from_str::<Value>(line).expect("a record a line"));
    let done = records.filter(|record| record["refusal"].is_null() && record["door"] == "chime");
    let mails = carillon("mail list --json --limit 1000").run().json();
    let mails = mails.as_array().expect("a list").iter().rev();
    (
        done.map(|record| pair(&record, "subject", "action")).collect(),
        mails.map(|mail| pair(mail, "to", "kind")).collect(),
    )
}

fn pair(value: &Value, one: &str, other: &str) -> Pair {
    (text(value, one).to_owned(), text(value, other).to_owned())
}

/// A list to its end.
fn all(door: &Door, target: &str, member: &str) -> Vec<Value> {
    let (mut items, mut next) = (Vec::new(), String::new());
    loop {
        let Answer::Done(mut page) = door.get(&format!("{target}{next}")) else { panic!("{target} was not answered") };
        items.append(page[member].as_array_mut().expect("a list"));
        match page["NextToken"].as_str() {
            Some(token) => next = format!("&next-token={token}"),
            None => return items,
        }
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("no {member} in {value}"))
}

/// As it is in a database file, after SQLite has recovered it and found nothing broken.
pub fn in_file(path: &Path) -> Result<Seen, String> {
    read_file(path).map_err(|e| e.to_string())
}

fn read_file(path: &Path) -> rusqlite::Result<Seen> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let broken: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    assert_eq!(broken, "ok", "{}", path.display());
    let rows = |statement: &str| -> rusqlite::Result<Vec<Pair>> {
        let mut statement = database.prepare(statement)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    };
    let mut seen = Seen::default();
    for (id, name, facts) in triples(&database)? {
        seen.add(&id, &name, facts);
    }
    let records = rows("SELECT hex(subject), action FROM audit WHERE outcome IS NULL AND door = 'chime' ORDER BY seq")?;
    let mails = rows("SELECT hex(person), kind FROM outbox ORDER BY id")?;
    seen.attach(&records, &mails);
    Ok(seen)
}

/// Accounts, people and open invitations: id, name, and the facts as the Chime API words them.
fn triples(database: &Connection) -> rusqlite::Result<Vec<(String, String, String)>> {
    let mut statement = database.prepare(
        "SELECT hex(id), name, kind FROM accounts
         UNION ALL SELECT hex(id), address, license || ' ' || CASE
           WHEN suspended_at IS NOT NULL THEN 'Suspended' WHEN registered IS NOT NULL THEN 'Registered'
           ELSE 'Unregistered' END FROM users
         UNION ALL SELECT hex(i.id), i.address, coalesce(i.license, a.default_license) || ' Unregistered ' || i.state
           FROM invitations i JOIN accounts a ON a.id = i.account_id",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    rows.collect()
}
