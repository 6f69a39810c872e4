//! Reads the hand-written tables and proves them: total, unambiguous, equal to the code.
//!
//! A table stands under a `## title`. Its columns before `->` are inputs, those after it are outputs. An input cell is
//! `*`, a value, several values (`a / b`) or all but some (`not a / b`).

use std::collections::BTreeMap;

/// One input: the column's name and all its values.
pub type Axis = (&'static str, &'static [&'static str]);

/// One hand-written table.
#[derive(Debug)]
pub struct Table {
    title: String,
    rows: Vec<Row>,
    /// The number of the row that answers each point of the full product, in order.
    answers: Vec<usize>,
    axes: Vec<Axis>,
}

#[derive(Debug)]
struct Row {
    line: usize,
    inputs: Vec<String>,
    outputs: Vec<String>,
}

impl Table {
    /// The table under `## title`, proved to answer each point of the axes' product by exactly one row.
    pub fn read(text: &str, title: &str, axes: &[Axis]) -> Self {
        let (names, rows) = parse(text, title);
        let expected: Vec<&str> = axes.iter().map(|axis| axis.0).collect();
        assert_eq!(names, expected, "the input columns of `{title}`");
        for row in &rows {
            for (cell, (name, values)) in row.inputs.iter().zip(axes) {
                for value in cell.trim_start_matches("not ").split(" / ") {
                    let known = cell == "*" || values.contains(&value);
                    assert!(known, "`{title}`, line {}: `{value}` is no value of {name}: {values:?}", row.line);
                }
            }
        }
        let mut table = Self { title: title.to_owned(), rows, answers: Vec::new(), axes: axes.to_vec() };
        let points: Vec<usize> = product(axes).iter().map(|point| table.only_row(point)).collect();
        for (number, row) in table.rows.iter().enumerate() {
            assert!(points.contains(&number), "`{title}`, line {}: answers nothing", row.line);
        }
        table.answers = points;
        table
    }

    fn only_row(&self, point: &[&str]) -> usize {
        let matching = |row: &&(usize, &Row)| row.1.inputs.iter().zip(point).all(|(cell, value)| matches(cell, value));
        let rows: Vec<(usize, &Row)> = self.rows.iter().enumerate().collect();
        let rows: Vec<_> = rows.iter().filter(matching).collect();
        let lines: Vec<usize> = rows.iter().map(|row| row.1.line).collect();
        assert_eq!(rows.len(), 1, "`{}`: {point:?} is answered by the lines {lines:?}, not by one", self.title);
        rows[0].0
    }

    /// The outputs at a point, given by the number of each value in its axis.
    pub fn at(&self, point: &[usize]) -> &[String] {
        let number = point.iter().zip(&self.axes).fold(0, |number, (value, axis)| number * axis.1.len() + value);
        &self.rows[self.answers[number]].outputs
    }

    /// Proves the table equal to the code over the full product.
    pub fn equals(&self, code: impl Fn(&[&str]) -> Vec<String>) {
        for (point, answer) in product(&self.axes).iter().zip(&self.answers) {
            let row = &self.rows[*answer];
            assert_eq!(
                row.outputs,
                code(point),
                "`{}`, line {} (left) and the code (right) at {point:?}",
                self.title,
                row.line
            );
        }
    }
}

/// The codes in an output cell; `-` is none.
pub fn codes(cell: &str) -> Vec<&str> {
    cell.split(", ").filter(|code| *code != "-").collect()
}

/// Every combination of values, the last axis turning fastest.
pub fn product(axes: &[Axis]) -> Vec<Vec<&'static str>> {
    axes.iter().fold(vec![Vec::new()], |points, (_, values)| {
        let with = |point: Vec<&'static str>| values.iter().map(move |value| [&point[..], &[value]].concat());
        points.into_iter().flat_map(with).collect()
    })
}

fn matches(cell: &str, value: &str) -> bool {
    match cell.strip_prefix("not ") {
        Some(others) => !others.split(" / ").any(|other| other == value),
        None => cell == "*" || cell.split(" / ").any(|one| one == value),
    }
}

fn parse(text: &str, title: &str) -> (Vec<String>, Vec<Row>) {
    let heading = format!("## {title}");
    let lines = text.lines().enumerate().skip_while(|(_, line)| *line != heading).skip(1);
    let lines = lines.take_while(|(_, line)| !line.starts_with("## ")).filter(|(_, line)| line.starts_with('|'));
    let mut cells = lines.map(|(number, line)| {
        let inner = line.trim().trim_matches('|');
        (number + 1, inner.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<String>>())
    });
    let (_, names) = cells.next().unwrap_or_else(|| panic!("there is no table `{title}`"));
    let arrow = names.iter().position(|name| name == "->").expect("a column `->`");
    let rows = cells.skip(1).map(|(line, cells)| {
        assert_eq!(cells.len(), names.len(), "`{title}`, line {line}: cells");
        Row { line, inputs: cells[..arrow].to_vec(), outputs: cells[arrow + 1..].to_vec() }
    });
    let rows = rows.collect();
    (names[..arrow].to_vec(), rows)
}

/// Titles of all tables in a file, so that none is left unproved.
pub fn titles(text: &str) -> BTreeMap<String, usize> {
    let lines = text.lines().enumerate().filter_map(|(number, line)| Some((line.strip_prefix("## ")?, number)));
    lines.map(|(title, number)| (title.to_owned(), number + 1)).collect()
}
