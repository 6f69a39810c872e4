//! What works of a connection and what does not, step by step, and what to do.

use access::directory::{Connection, Kind};
use service::directory::reach::{Failed, Step};

use crate::active::ActiveDirectory;
use crate::connect::Outward;
use crate::dirsync::{self, How};
use crate::entry::Entry;
use crate::names::Names;
use crate::openldap::OpenLdap;
use crate::session::{Ask, Session};

/// How many people and groups are looked at.
const LOOKED_AT: usize = 1000;

/// Tries everything that reading needs.
pub(crate) async fn test(outward: &Outward, connection: &Connection, password: &str) -> Result<Vec<Step>, Failed> {
    let mut steps = Vec::new();
    let names = match Names::of(connection) {
        Ok(names) => names,
        Err(failed) => return Ok(vec![no("people", failed.text)]),
    };
    let secure = connection.start_tls || connection.urls.iter().all(|url| url.starts_with("ldaps:"));
    let tls = || secure.then(|| yes("tls", None));
    let mut session = match Session::open(outward, connection, password).await {
        Ok(session) => session,
        Err(failed) => {
            match failed.code {
                "tls" => steps.extend([yes("reach", None), no("tls", failed.text)]),
                "credentials" => {
                    steps.push(yes("reach", None));
                    steps.extend(tls());
                    steps.push(no("bind", failed.text));
                }
                _ => steps.push(no("reach", failed.text)),
            }
            return Ok(steps);
        }
    };
    steps.push(yes("reach", Some(session.url().to_owned())));
    steps.extend(tls());
    steps.push(yes("bind", None));
    match session.find(Ask::one(&names.base, &["objectClass"])).await {
        Ok(found) if !found.is_empty() => steps.push(yes("base", None)),
        Ok(_) => {
            steps.push(no("base", "the base is not there, or this account may not see it"));
            return Ok(steps);
        }
        Err(failed) => {
            steps.push(no("base", failed.text));
            return Ok(steps);
        }
    }
    steps.extend(entries(&mut session, &names).await?);
    // What was found out so far is said whatever comes of this.
    let rest = of_changes(session, names, connection.kind).await;
    steps.extend(rest.unwrap_or_else(|failed| vec![no("changes", failed.text)]));
    Ok(steps)
}

/// Whether deletions and changes are told.
async fn of_changes(session: Session, names: Names, kind: Kind) -> Result<Vec<Step>, Failed> {
    match kind {
        Kind::ActiveDirectory => of_active_directory(&mut ActiveDirectory::new(session, names).await?).await,
        Kind::OpenLdap => of_openldap(&mut OpenLdap::new(session, names).await?).await,
    }
}

/// Whether people and groups are found, and people with addresses.
async fn entries(session: &mut Session, names: &Names) -> Result<Vec<Step>, Failed> {
    let ask = Ask::below(&names.base, names.people.clone(), &names.of_people()).at_most(LOOKED_AT);
    let people = match session.find(ask).await {
        Ok(people) => people,
        Err(failed) => return Ok(vec![no("people", failed.text)]),
    };
    let ask = Ask::below(&names.base, names.groups.clone(), &names.of_groups(false)).at_most(LOOKED_AT);
    let groups = match session.find(ask).await {
        Ok(groups) => groups,
        Err(failed) => return Ok(vec![no("groups", failed.text)]),
    };
    let hidden = |entry: &Entry| names.kind == Kind::ActiveDirectory && entry.number("userAccountControl").is_none();
    let with_mail = people.iter().filter(|entry| entry.text(&names.mail).is_some()).count();
    let without_id = people.iter().chain(&groups).filter(|entry| entry.id(names).is_none()).count();
    let all = people.len();
    let counted = |count: usize| match count {
        LOOKED_AT.. => format!("{LOOKED_AT} or more"),
        _ => count.to_string(),
    };
    Ok(vec![
        if all == 0 {
            no("people", format!("nobody fits {} below the base; change the filter or the base", names.people))
        } else if without_id > 0 {
            no("people", format!("this account may not read {} of {without_id} entries; grant it reading it", names.id))
        } else if people.iter().any(hidden) {
            no(
                "people",
                "this account may not read userAccountControl of everybody, so it cannot tell who is disabled, and those count \
                 as disabled; grant it reading of it (\"Read account restrictions\")",
            )
        } else {
            yes("people", Some(format!("{} found", counted(all))))
        },
        if groups.is_empty() {
            no("groups", format!("no group fits {} below the base; change the filter or the base", names.groups))
        } else {
            yes("groups", Some(format!("{} found", counted(groups.len()))))
        },
        if with_mail == 0 && all > 0 {
            no("mail", format!("none of the people has {}; name the attribute that holds their address", names.mail))
        } else {
            yes("mail", Some(format!("{with_mail} of {all} people that were looked at have {}", names.mail)))
        },
    ])
}

async fn of_active_directory(active: &mut ActiveDirectory) -> Result<Vec<Step>, Failed> {
    let deletions = match dirsync::sees_deleted(&mut active.session, &active.context).await? {
        true => yes("deletions", None),
        false => no(
            "deletions",
            "this account cannot see what was deleted; grant it List Contents and Read Property on the container Deleted \
             Objects (docs/directory.md says how); until then deletions are found by the full read only",
        ),
    };
    let changes = match dirsync::now(&mut active.session, &active.context, &active.names).await?.how {
        How::Replication => yes("changes", Some("by DirSync".to_owned())),
        How::Visible => yes(
            "changes",
            Some(
                "by DirSync, of what this account may see; with \"Replicating Directory Changes\" it is told of all"
                    .to_owned(),
            ),
        ),
        How::Number => no(
            "changes",
            "the directory refuses DirSync to this account; grant it \"Replicating Directory Changes\" on the domain; until then \
             changes are asked for by uSNChanged",
        ),
    };
    Ok(vec![deletions, changes])
}

async fn of_openldap(openldap: &mut OpenLdap) -> Result<Vec<Step>, Failed> {
    Ok(match openldap.follows().await? {
        true => vec![yes("deletions", None), yes("changes", Some("as they happen (syncprov)".to_owned()))],
        false => vec![
            no("deletions", "the server does not tell them; until then they are found by the full read only"),
            no(
                "changes",
                "the server does not tell changes to this account: load the overlay syncprov on the database, and let the \
                 account read contextCSN of its suffix; until then it is asked every half minute by modifyTimestamp",
            ),
        ],
    })
}

fn yes(what: &'static str, why: Option<String>) -> Step {
    Step { what, ok: true, why }
}

fn no(what: &'static str, why: impl Into<String>) -> Step {
    Step { what, ok: false, why: Some(why.into()) }
}
