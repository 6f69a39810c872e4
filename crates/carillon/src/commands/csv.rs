//! `carillon user import` and `user export`: an account's people as a CSV file.

use std::io::Read;

use serde::Serialize;
use service::{EXPORT_COLUMNS, IMPORT_BYTES, IMPORT_PIECE, ImportOutcome, Imported, PageRequest, read_import};

use super::Host;
use super::views::UserFacts;
use crate::failure::Failure;
use crate::output::{Done, progress, remark};

/// How many people are read at once.
const PAGE: u64 = 1_000;

/// A row of the file as programs get it.
#[derive(Debug, Serialize)]
struct Row {
    line: usize,
    /// As it was written.
    address: String,
    /// `added`, `invited`, `licensed` or `unchanged`; nothing when it was refused.
    outcome: Option<&'static str>,
    /// How the person stands in the list now.
    user: Option<UserFacts>,
    /// The refusal's code.
    code: Option<&'static str>,
    /// Why it was refused.
    message: Option<String>,
}

impl From<ImportOutcome> for Row {
    fn from(ImportOutcome { line, address, result }: ImportOutcome) -> Self {
        let none = Self { line, address, outcome: None, user: None, code: None, message: None };
        match result {
            Ok((kind, view)) => Self { outcome: Some(kind.name()), user: Some(view.into()), ..none },
            Err(refusal) => Self { code: Some(refusal.code()), message: Some(refusal.to_string()), ..none },
        }
    }
}

/// Reads the file and imports it piece by piece. A preview undoes each piece.
pub async fn import(host: &mut Host, account: &str, file: &str, preview: bool) -> Done {
    let cx = if preview { host.cx.clone().previewing() } else { host.cx.clone() };
    let account = host.account(account).await?;
    let rows = read_import(&content(file)?)?;
    let (mut counts, mut refused, mut done) = ([0; Imported::ALL.len()], Vec::new(), 0);
    for piece in rows.chunks(IMPORT_PIECE) {
        let outcomes = match host.service.import_users(&cx, account, piece).await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                if done > 0 && !preview {
                    remark(&format!("The first {done} rows are done; repeating the import does the others."));
                }
                return Err(error.into());
            }
        };
        done += piece.len();
        progress("rows imported", done, rows.len());
        let shown: Vec<Row> = outcomes.into_iter().map(Row::from).collect();
        if host.output.is_json() {
            host.output.json_lines(&shown)?;
        }
        for row in shown {
            match Imported::ALL.iter().position(|kind| Some(kind.name()) == row.outcome) {
                Some(kind) => counts[kind] += 1,
                None => refused.push(row),
            }
        }
    }
    told(host, counts, &refused)?;
    if preview && rows.len() > IMPORT_PIECE {
        host.remark("Seats were counted anew for each thousand rows.");
    }
    if refused.is_empty() { Ok(()) } else { Err(Failure::partly(refused.len(), rows.len())) }
}

/// For people: each row that was refused, and how many were not.
fn told(host: &mut Host, counts: [usize; Imported::ALL.len()], refused: &[Row]) -> Done {
    if host.output.is_json() {
        return Ok(());
    }
    if !refused.is_empty() {
        host.output.list(refused, &["LINE", "ADDRESS", "WHY NOT"], |row| {
            let why = format!("{} ({})", row.message.as_deref().unwrap_or_default(), row.code.unwrap_or_default());
            vec![row.line.to_string(), row.address.clone(), why]
        })?;
    }
    let mut counted: Vec<String> =
        Imported::ALL.iter().zip(counts).map(|(kind, count)| format!("{count} {}", kind.name())).collect();
    counted.push(format!("{} refused", refused.len()));
    host.output.text(&counted.join(", "))
}

/// Writes everybody, page by page.
pub async fn export(host: &mut Host, account: &str) -> Done {
    let account = host.account(account).await?;
    host.output.raw(EXPORT_COLUMNS)?;
    let mut after = None;
    loop {
        let page = host.service.export_users(&host.cx, account, PageRequest { after, limit: PAGE }).await?;
        host.output.raw(&page.text)?;
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// The file, or standard input for `-`. What is too long is read far enough to be refused.
fn content(file: &str) -> Result<Vec<u8>, Failure> {
    let opened: Box<dyn Read> = match file {
        "-" => Box::new(std::io::stdin().lock()),
        path => {
            let opened = std::fs::File::open(path);
            Box::new(opened.map_err(|error| Failure::usage(format!("{path} cannot be read: {error}")))?)
        }
    };
    let mut content = Vec::new();
    opened.take(IMPORT_BYTES as u64 + 1).read_to_end(&mut content)?;
    Ok(content)
}
