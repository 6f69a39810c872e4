//! What was measured, as one table of ratios: rates and times of a shared machine say little by themselves.

use std::fmt::Write as _;

/// One line of the table.
pub struct Row {
    /// What was measured.
    pub what: String,
    /// Ours, with its unit.
    pub ours: String,
    /// What it is compared with, and its figure.
    pub beside: String,
    /// Ours in terms of the other, for each pair of runs.
    pub ratio: Spread,
    /// What it should be.
    pub aim: Aim,
}

/// What a figure should be.
#[derive(Clone, Copy)]
pub enum Aim {
    /// No less.
    AtLeast(f64),
    /// No more.
    AtMost(f64),
    /// Told, not judged.
    None,
}

/// Figures of several runs.
#[derive(Clone)]
pub struct Spread(Vec<f64>);

impl Spread {
    /// Of figures in any order; none of them may be missing.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        Self(figures)
    }

    /// The middle one.
    pub fn median(&self) -> f64 {
        self.0.get(self.0.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// Ours by theirs, pair by pair.
    pub fn ratio<T>(pairs: &[(T, T)], figure: impl Fn(&T) -> f64) -> Self {
        Self::of(pairs.iter().map(|(theirs, ours)| figure(ours) / figure(theirs)))
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Some(least), Some(most)) = (self.0.first(), self.0.last()) else { return f.write_str("-") };
        match self.0.len() {
            1 => write!(f, "{least:.2}"),
            _ => write!(f, "{:.2} ({least:.2} to {most:.2})", self.median()),
        }
    }
}

impl Row {
    fn verdict(&self) -> String {
        let median = self.ratio.median();
        let (text, met) = match self.aim {
            Aim::AtLeast(least) => (format!("at least {least}"), median >= least),
            Aim::AtMost(most) => (format!("at most {most}"), median <= most),
            Aim::None => return String::new(),
        };
        if met { text } else { format!("{text}: MISSED") }
    }

    fn cells(&self) -> [String; 5] {
        [self.what.clone(), self.ours.clone(), self.beside.clone(), self.ratio.to_string(), self.verdict()]
    }
}

/// The table in Markdown, aligned so that a terminal shows it just as well.
pub fn table(rows: &[Row]) -> String {
    let head = ["what", "ours", "beside", "ratio or figure: median (range)", "aim"].map(str::to_owned);
    let lines: Vec<[String; 5]> = std::iter::once(head).chain(rows.iter().map(Row::cells)).collect();
    let mut widths = [0; 5];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut table = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (cell, width) in line.iter().zip(widths) {
            let _ = write!(table, "| {cell:width$} ");
        }
        table.push_str("|\n");
        if number == 0 {
            widths.iter().for_each(|width| table.push_str(&format!("| {} ", "-".repeat(*width))));
            table.push_str("|\n");
        }
    }
    table
}
