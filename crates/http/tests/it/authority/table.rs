//! The hand-written table: what each route answers to each sort of caller.

use super::place::CALLERS;

const TEXT: &str = include_str!("../../tables/authority.md");

/// What one sort of route answers.
#[derive(Debug)]
pub struct Row {
    line: usize,
    /// The method and the path's pattern; `*` at the end is any.
    route: String,
    /// What follows the path: a query.
    pub query: String,
    /// The body: JSON, a form, or nothing.
    pub body: Option<String>,
    /// The status for each of [`CALLERS`].
    pub statuses: Vec<u16>,
}

impl Row {
    /// Whether a route is of this sort.
    pub fn covers(&self, method: &str, path: &str) -> bool {
        let route = format!("{method} {path}");
        match self.route.strip_suffix('*') {
            Some(beginning) => route.starts_with(beginning),
            None => route == self.route,
        }
    }

    /// The method and path of a row that is about one route.
    pub fn one(&self) -> (&str, &str) {
        self.route.split_once(' ').unwrap_or_else(|| panic!("line {}: no route", self.line))
    }

    /// Where it stands, for messages.
    pub fn place(&self) -> String {
        format!("authority.md, line {} ({})", self.line, self.route)
    }
}

/// The rows under a heading.
pub fn rows(heading: &str) -> Vec<Row> {
    let lines = TEXT.lines().enumerate().skip_while(|(_, line)| *line != format!("## {heading}")).skip(1);
    let lines = lines.take_while(|(_, line)| !line.starts_with("## ")).filter(|(_, line)| line.starts_with('|'));
    let mut cells = lines.map(|(number, line)| {
        let inner = line.trim().trim_matches('|');
        (number + 1, inner.split('|').map(|cell| cell.trim().trim_matches('`')).collect::<Vec<_>>())
    });
    let (_, names) = cells.next().unwrap_or_else(|| panic!("there is no table `{heading}`"));
    let callers: Vec<&str> = CALLERS.to_vec();
    assert_eq!(names, [&["route", "sends"][..], &callers].concat(), "the columns of `{heading}`");
    cells.skip(1).map(|(line, cells)| row(line, &cells)).collect()
}

fn row(line: usize, cells: &[&str]) -> Row {
    assert_eq!(cells.len(), CALLERS.len() + 2, "line {line}: cells");
    let (query, body) = match cells[1].split_once(' ') {
        Some((query, body)) if query.starts_with('?') => (query, body),
        None if cells[1].starts_with('?') => (cells[1], "-"),
        _ => ("", cells[1]),
    };
    let body = Some(body.to_owned()).filter(|body| body != "-");
    let status = |cell: &&str| cell.parse().unwrap_or_else(|_| panic!("line {line}: `{cell}` is no status"));
    let statuses = cells[2..].iter().map(status).collect();
    Row { line, route: cells[0].to_owned(), query: query.to_owned(), body, statuses }
}
