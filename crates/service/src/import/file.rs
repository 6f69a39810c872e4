//! Reading a CSV file of people. A row is a line, so whatever is wrong with one is told by its line, and one bad quote
//! does not swallow what follows.

use std::collections::HashSet;

use access::user::usable_name;
use access::{BaseLicense, Email, License, Refusal};

/// The most bytes of a file.
pub const MOST_BYTES: usize = 32 << 20;
/// The most rows of a file.
const MOST_ROWS: usize = 200_000;
/// The most bytes of a line: an address, a name and a license need a fraction of it.
const LONGEST_LINE: usize = 4_096;
/// What a spreadsheet takes for the beginning of a formula, and the mark that keeps it from doing so.
const FORMULA: [char; 7] = ['=', '+', '-', '@', '\t', '\r', MARK];
const MARK: char = '\'';

/// One line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Its number, from 1; the column names are a line too.
    pub line: usize,
    /// The address as it was written, if there is one.
    pub address: String,
    /// What it asks for, or what is wrong with it.
    pub wish: Result<Wish, Refusal>,
}

/// Whom a row wants in the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Their address.
    pub address: Email,
    /// What they are called until they say themselves.
    pub name: Option<String>,
    /// The license they shall have; without one the account's default, or the one they hold.
    pub license: Option<BaseLicense>,
}

/// A column of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Address,
    Name,
    License,
    /// What an export tells besides; an import does not heed it.
    Told,
}

/// Reads a file: UTF-8 (a byte order mark is fine), cells separated by commas, semicolons or tabs and quoted by `"`
/// (RFC 4180), lines ended in either way, the first one naming the columns `address`, `name` and `license`. Only
/// `address` is needed. A row that cannot be read is refused by itself; a file without usable columns as a whole.
pub fn read(bytes: &[u8]) -> Result<Vec<ImportRow>, Refusal> {
    if bytes.len() > MOST_BYTES {
        return Err(unusable(format!("it is larger than {} MiB; split it", MOST_BYTES >> 20)));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(unusable("it is in UTF-16; save it as CSV in UTF-8".to_owned()));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut lines = lines.enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !is_blank(line));
    let (_, first) = lines.next().ok_or_else(|| unusable("it is empty".to_owned()))?;
    let (separator, columns) = columns(first)?;
    let mut rows = Vec::new();
    let mut seen = HashSet::new();
    for (line, bytes) in lines {
        if rows.len() == MOST_ROWS {
            return Err(unusable(format!("it has more than {MOST_ROWS} rows; split it")));
        }
        let (address, wish) = match text_of(bytes).and_then(|text| cells(text, separator)) {
            Ok(cells) => row(&columns, &cells),
            Err(why) => (String::new(), Err(unreadable(why))),
        };
        let wish = wish.and_then(|wish| match seen.insert(wish.address.key().to_owned()) {
            true => Ok(wish),
            // As when licenses are assigned (rule 49): no order among the two decides.
            false => Err(unreadable("its address is in the file before; name each person once".to_owned())),
        });
        rows.push(ImportRow { line, address, wish });
    }
    Ok(rows)
}

/// A cell that no spreadsheet takes for a formula. [`unguarded`] undoes it.
pub(crate) fn guarded(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("{MARK}{cell}") } else { cell.to_owned() }
}

fn unguarded(cell: &str) -> &str {
    cell.strip_prefix(MARK).filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell)
}

fn unusable(why: String) -> Refusal {
    Refusal::Invalid { member: "file", why }
}

fn unreadable(why: String) -> Refusal {
    Refusal::Invalid { member: "row", why }
}

/// Nothing but white space and separators: what spreadsheets leave below the last row.
fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| b" \t,;\r".contains(byte))
}

fn text_of(line: &[u8]) -> Result<&str, String> {
    if line.len() > LONGEST_LINE {
        return Err(format!("it has more than {LONGEST_LINE} bytes"));
    }
    let broken = |error: std::str::Utf8Error| format!("byte {} of it is not UTF-8", error.valid_up_to() + 1);
    std::str::from_utf8(line).map_err(broken)
}

/// How the first line separates its cells, and what they name.
fn columns(line: &[u8]) -> Result<(char, Vec<Column>), Refusal> {
    const HELP: &str = "begin the file with a line such as address,name,license";
    let bad = |why: &str| unusable(format!("its first line {why}; {HELP}"));
    let text = text_of(line).map_err(|why| bad(&format!("cannot be read: {why}")))?;
    let separator = [',', ';', '\t'].into_iter().find(|separator| text.contains(*separator)).unwrap_or(',');
    let mut columns = Vec::new();
    for name in cells(text, separator).map_err(|why| bad(&format!("cannot be read: {why}")))? {
        let column = match name.trim().to_ascii_lowercase().as_str() {
            "address" => Column::Address,
            "name" => Column::Name,
            "license" => Column::License,
            "status" | "invitation" | "since" | "id" => Column::Told,
            _ => return Err(bad(&format!("names a column {:?}, which is unknown", name.trim()))),
        };
        if column != Column::Told && columns.contains(&column) {
            return Err(bad(&format!("names the column {:?} twice", name.trim())));
        }
        columns.push(column);
    }
    match columns.contains(&Column::Address) {
        true => Ok((separator, columns)),
        false => Err(bad("names no column address")),
    }
}

/// What a row says: its address as written, and what it asks for.
fn row(columns: &[Column], cells: &[String]) -> (String, Result<Wish, Refusal>) {
    let cell = |wanted| {
        let at = columns.iter().position(|column| *column == wanted);
        at.and_then(|at| cells.get(at)).map_or("", |cell| unguarded(cell.trim()))
    };
    let wish = || {
        if cells.len() != columns.len() {
            return Err(unreadable(format!("it has {} cells, the first line {}", cells.len(), columns.len())));
        }
        Ok(Wish {
            address: Email::parse(cell(Column::Address))?,
            name: Some(cell(Column::Name)).filter(|name| !name.is_empty()).map(usable_name).transpose()?,
            license: Some(cell(Column::License)).filter(|license| !license.is_empty()).map(license).transpose()?,
        })
    };
    (cell(Column::Address).to_owned(), wish())
}

fn license(text: &str) -> Result<BaseLicense, Refusal> {
    let known = License::ALL.into_iter().find(|license| license.name().eq_ignore_ascii_case(text));
    let why = || "give Basic, Plus or Pro, or leave it empty".to_owned();
    let known = known.ok_or_else(|| Refusal::Invalid { member: "license", why: why() })?;
    known.base().ok_or(Refusal::TrialNotAssignable)
}

/// The cells of a line.
fn cells(line: &str, separator: char) -> Result<Vec<String>, String> {
    let (mut cells, mut rest) = (Vec::new(), line);
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted)?,
            None => {
                let (cell, after) = rest.split_at(rest.find(separator).unwrap_or(rest.len()));
                if cell.contains('"') {
                    return Err("a quote stands within a cell; quote the whole cell and double it".to_owned());
                }
                (cell.to_owned(), after)
            }
        };
        cells.push(cell);
        rest = match after.strip_prefix(separator) {
            Some(rest) => rest,
            None if after.is_empty() => return Ok(cells),
            None => return Err("something follows the end of a quoted cell".to_owned()),
        };
    }
}

/// A cell whose first quote was read, and what follows its last one.
fn quoted_cell(text: &str) -> Result<(String, &str), String> {
    let (mut cell, mut rest) = (String::new(), text);
    loop {
        let (part, after) = rest.split_once('"').ok_or("a quote is not closed on this line")?;
        cell.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                cell.push('"');
                rest = more;
            }
            None => return Ok((cell, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(bytes: &[u8]) -> Vec<(usize, String)> {
        let rows = read(bytes).expect("a file");
        let told = |row: ImportRow| match row.wish {
            Ok(Wish { address, name, license }) => {
                format!("{} {name:?} {license:?}", address.as_typed())
            }
            Err(refusal) => refusal.to_string(),
        };
        rows.into_iter().map(|row| (row.line, told(row))).collect()
    }

    fn refused(bytes: &[u8]) -> String {
        read(bytes).expect_err("no file").to_string()
    }

    #[test]
    fn files_of_many_programs_are_read() {
        let ada = r#"ada@example.org Some("Ada, Countess") Some(Pro)"#;
        for file in [
            "address,name,license\nada@example.org,\"Ada, Countess\",Pro\n",
            "\u{feff}Address;Name;License\r\nada@example.org;Ada, Countess;pro\r\n;;\r\n",
            "license\tname\taddress\nPRO\t\"Ada, Countess\"\tada@example.org",
            "\n\nname,status,license,address,id\n \"Ada, Countess\",\"\",Pro,ada@example.org,7\n"
                .replace(" \"A", "\"A")
                .as_str(),
        ] {
            assert_eq!(told(file.as_bytes()).into_iter().map(|(_, told)| told).collect::<Vec<_>>(), [ada], "{file:?}");
        }
        assert_eq!(told(b"address\nbob@example.net"), [(2, "bob@example.net None None".to_owned())]);
    }

    #[test]
    fn each_bad_row_is_told_by_its_line() {
        let long = "x".repeat(5_000);
        let file = [
            &b"address,name,license\n"[..],
            b"good@example.org,,\n",
            b"not-an-address,,\n",
            b"\n",
            b"a@example.org,\xff\xfe,\n",
            b"b@example.org,\"Bob,\n",
            b"c@example.org,Carla\n",
            b"d@example.org,,Gold\n",
            b"e@example.org,,ProTrial\n",
            b"GOOD@Example.org,,\n",
            b"f@example.org,\"a\"b,\n",
            long.as_bytes(),
            b"\ng@example.org,Gus \"the\",\nlast@example.org,,\n",
        ]
        .concat();
        let told = told(&file);
        let lines: Vec<usize> = told.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
        let words = [
            "good@",
            "not supported",
            "byte 15",
            "not closed",
            "2 cells",
            "Basic, Plus or Pro",
            "ProTrial",
            "before",
            "follows",
            "4096",
            "within a cell",
            "last@",
        ];
        for ((_, told), word) in told.iter().zip(words) {
            assert!(told.contains(word), "{told} has no {word}");
        }
    }

    #[test]
    fn a_file_without_usable_columns_is_refused_as_a_whole() {
        for (file, word) in [
            (&b""[..], "empty"),
            (b"\n , \n", "empty"),
            (b"\xff\xfea\0d\0", "UTF-16"),
            (b"name,license\n", "no column address"),
            (b"address,licence\n", "licence"),
            (b"address,Address\n", "twice"),
            (b"address,\"name\n", "not closed"),
            (b"addr\xffess\n", "byte 5"),
        ] {
            assert!(refused(file).contains(word), "{} has no {word}", refused(file));
        }
        assert!(refused(&vec![b'x'; MOST_BYTES + 1]).contains("32 MiB"));
        let many = ["address\n", &"x\n".repeat(MOST_ROWS + 1)].concat();
        assert!(refused(many.as_bytes()).contains("200000 rows"));
    }

    #[test]
    fn formulas_are_marked_and_the_mark_comes_off() {
        for cell in ["=1+1", "+a@example.org", "-1", "@x", "'=1", "''", "plain", "", "'tis", "\tx"] {
            let guarded = guarded(cell);
            assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r']), "{guarded}");
            assert_eq!(unguarded(&guarded), cell);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_rows_or_a_refusal(bytes: Vec<u8>) {
            let _ = read(&bytes);
            let file = [b"address,name,license\n", &bytes[..]].concat();
            let lines = file.split(|byte| *byte == b'\n').count();
            let rows = read(&file).expect("the columns are fine");
            prop_assert!(rows.len() < lines);
            prop_assert!(rows.windows(2).all(|pair| pair[0].line < pair[1].line));
            prop_assert!(rows.iter().all(|row| row.line > 1 && row.line <= lines));
        }

        #[test]
        fn whatever_is_written_is_read(record in prop::collection::vec("[^\r\n]{0,12}", 2..6)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&record).expect("written");
            let text = String::from_utf8(writer.into_inner().expect("written")).expect("text");
            prop_assert_eq!(cells(text.trim_end_matches(['\r', '\n']), ',').expect("cells"), record);
        }

        #[test]
        fn what_is_read_is_what_others_read(line in "[a\",]{0,12}") {
            if let Ok(read) = cells(&line, ',') {
                let mut others = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
                let record = others.records().next().map_or(vec![String::new()], |record| {
                    record.expect("a record").iter().map(str::to_owned).collect()
                });
                prop_assert_eq!(read, record);
            }
        }
    }
}
