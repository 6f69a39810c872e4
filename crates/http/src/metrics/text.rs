//! Prometheus' text exposition format, version 0.0.4.

use std::fmt::{Display, Write};

/// Families of samples, one after the other.
#[derive(Default)]
pub(super) struct Text {
    text: String,
    family: &'static str,
}

impl Text {
    /// Begins a family; `kind` is `counter` or `gauge`.
    pub fn family(&mut self, name: &'static str, kind: &str, help: &str) -> &mut Self {
        self.family = name;
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "\n# HELP {name} {help}\n# TYPE {name} {kind}");
        self
    }

    /// A sample of the family that was begun last.
    pub fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) -> &mut Self {
        self.text.push_str(self.family);
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let _ = match labels.is_empty() {
            true => writeln!(self.text, " {value}"),
            false => writeln!(self.text, "{{{}}} {value}", labels.join(",")),
        };
        self
    }

    pub fn finish(self) -> String {
        self.text
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[test]
fn samples_have_labels_whose_values_cannot_break_out() {
    let mut text = Text::default();
    text.family("a_total", "counter", "Help.").sample(&[], 1).sample(&[("l", "x\"} 9\n\\")], 2.5);
    let expected = "\n# HELP a_total Help.\n# TYPE a_total counter\na_total 1\na_total{l=\"x\\\"} 9\\n\\\\\"} 2.5\n";
    assert_eq!(text.finish(), expected);
}
