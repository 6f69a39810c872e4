//! What commands say: tables for people, JSON for programs. Nothing else writes to standard output.

use std::io::{self, IsTerminal, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::failure::Failure;

/// Standard output, in the form that was asked for.
pub struct Output {
    json: bool,
    to: Box<dyn Write>,
}

impl Output {
    /// Standard output; JSON when `json` is set.
    pub fn new(json: bool) -> Self {
        Self { json, to: Box::new(io::stdout().lock()) }
    }

    /// A list: a JSON array, or a table with these headings.
    pub fn list<T: Serialize>(&mut self, items: &[T], headings: &[&str], cells: impl Fn(&T) -> Vec<String>) -> Done {
        if self.json {
            return self.value(&items);
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(headings.to_vec()).add_rows(items.iter().map(cells));
        table.column_iter_mut().for_each(|column| {
            column.set_padding((0, 2));
        });
        let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        writeln!(self.to, "{}", lines.join("\n"))?;
        Ok(())
    }

    /// One thing: a JSON object, or a line for each of its facts that is known.
    pub fn one<T: Serialize>(&mut self, item: &T, facts: &[(&str, Option<String>)]) -> Done {
        if self.json {
            return self.value(item);
        }
        let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in facts.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
            writeln!(self.to, "{name:width$}  {value}")?;
        }
        Ok(())
    }

    /// A JSON document; only for programs.
    fn value<T: Serialize + ?Sized>(&mut self, item: &T) -> Done {
        serde_json::to_writer_pretty(&mut self.to, item)?;
        writeln!(self.to)?;
        Ok(())
    }

    /// One JSON object per line, for what has no end.
    pub fn json_lines<T: Serialize>(&mut self, items: &[T]) -> Done {
        for item in items {
            serde_json::to_writer(&mut self.to, item)?;
            writeln!(self.to)?;
        }
        Ok(())
    }

    /// A part of a file as it stands.
    pub fn bytes(&mut self, part: &[u8]) -> Done {
        self.to.write_all(part)?;
        self.to.flush()?;
        Ok(())
    }

    /// Whether programs read this.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Text as it stands, in a form of its own.
    pub fn raw(&mut self, text: &str) -> Done {
        Ok(self.to.write_all(text.as_bytes())?)
    }

    /// Text for people.
    pub fn text(&mut self, text: &str) -> Done {
        writeln!(self.to, "{text}")?;
        self.to.flush()?;
        Ok(())
    }
}

/// What writing gives.
pub type Done = Result<(), Failure>;

/// A remark beside the output, for people: standard error.
pub fn remark(text: &str) {
    writeln!(io::stderr(), "{text}").ok();
}

/// Says on a terminal how far long work is, in place; programs and files are told nothing.
pub fn progress(what: &str, done: usize, all: usize) {
    const STEP: usize = 50;
    let mut terminal = io::stderr();
    if all > STEP && (done.is_multiple_of(STEP) || done == all) && terminal.is_terminal() {
        let end = if done == all { "\n" } else { "" };
        write!(terminal, "\r{what}: {done} of {all}{end}").ok();
        terminal.flush().ok();
    }
}
