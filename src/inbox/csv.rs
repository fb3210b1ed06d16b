//! Rows as a file for a spreadsheet.

use super::row::label;
use super::{Cell, Row};
use crate::source::Column;

/// What becomes of a value that a spreadsheet would run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Formulas {
    /// It gets an apostrophe in front, which spreadsheets take for "this is text". It can be taken
    /// back: see [`Csv::restore`].
    #[default]
    Neutralise,
    /// It stays as it came; only for programs that read CSV and run nothing.
    Keep,
}

/// Writes rows as CSV (RFC 4180): every field in quotes, lines ending in CR LF.
///
/// A spreadsheet runs a field that begins with `=`, `+`, `-` or `@`, and the beginning of a field is
/// the sender's to choose (CWE-1236). Fields that begin with one of them, with their full-width
/// forms, or with a tab, a carriage return or a line feed get an apostrophe in front. JSON numbers
/// such as `-5` stay: nothing but digits, a point and an exponent can follow their sign.
///
/// ```
/// use hookstage::inbox::Csv;
///
/// let csv = Csv::default();
/// assert_eq!(csv.line(["=1+1", "a \"b\"", "-"]), "\"'=1+1\",\"a \"\"b\"\"\",\"'-\"\r\n");
/// assert_eq!(Csv::restore("'=1+1"), "=1+1");
/// assert_eq!(Csv::restore("'tis"), "'tis");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Csv {
    formulas: Formulas,
}

impl Csv {
    /// The longest field that the common spreadsheets keep whole, in characters: a good width for
    /// cells that are exported.
    pub const MAX_CELL: usize = 32_000;

    /// A writer that does this with formulas.
    #[must_use]
    pub const fn new(formulas: Formulas) -> Self {
        Self { formulas }
    }

    /// The first line: number, moment, source, event type and status, then the columns.
    #[must_use]
    pub fn header(&self, columns: &[Column]) -> String {
        let fixed = ["id", "received", "source", "type", "status"].map(str::to_owned);
        let chosen = columns.iter().take(Row::MAX_COLUMNS).map(label);
        if columns.is_empty() {
            self.line(fixed.into_iter().chain(["preview".to_owned()]))
        } else {
            self.line(fixed.into_iter().chain(chosen))
        }
    }

    /// The line of a row. Where no columns were chosen, what stands for the event is one field.
    #[must_use]
    pub fn row(&self, row: &Row, columns: &[Column]) -> String {
        let event_type = row.event_type.as_ref().map(|text| text.raw()).unwrap_or_default();
        let mut line = String::new();
        self.field(&mut line, &row.id.to_string());
        self.field(&mut line, &row.received_at.to_string());
        self.field(&mut line, row.source.source());
        self.field(&mut line, event_type);
        self.field(&mut line, row.status.as_str());
        if columns.is_empty() {
            let leaf = |cell: &Cell| format!("{}: {}", cell.label.raw(), cell.text.raw());
            let preview: Vec<String> = row.cells.iter().map(leaf).collect();
            self.field(&mut line, &preview.join("; "));
        } else {
            for cell in &row.cells {
                if cell.is_number() && !cell.is_cut {
                    quoted(&mut line, cell.text.raw());
                } else {
                    self.field(&mut line, cell.text.raw());
                }
            }
        }
        line.push_str("\r\n");
        line
    }

    /// A line of any fields.
    #[must_use]
    pub fn line<T: AsRef<str>>(&self, fields: impl IntoIterator<Item = T>) -> String {
        let mut line = String::new();
        for field in fields {
            self.field(&mut line, field.as_ref());
        }
        line.push_str("\r\n");
        line
    }

    /// The value of a field that was neutralised.
    #[must_use]
    pub fn restore(field: &str) -> &str {
        match field.strip_prefix('\'') {
            Some(value) if is_formula(value) => value,
            _ => field,
        }
    }

    fn field(self, line: &mut String, value: &str) {
        if self.formulas == Formulas::Neutralise && is_formula(value) {
            quoted(line, &format!("'{value}"));
        } else {
            quoted(line, value);
        }
    }
}

/// Whether a spreadsheet could run it. Apostrophes in front count as none, so that what was
/// neutralised can be told from what began with one.
fn is_formula(value: &str) -> bool {
    value.trim_start_matches('\'').starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ])
}

fn quoted(line: &mut String, value: &str) {
    if !line.is_empty() {
        line.push(',');
    }
    line.push('"');
    for character in value.chars() {
        if character == '"' {
            line.push('"');
        }
        line.push(character);
    }
    line.push('"');
}
