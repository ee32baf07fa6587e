//! A table on its way into a file, whichever kind that is.

use collectief_domain::date::{Date, Month};

use super::{Format, csv::CsvSheet, heading::Column, xlsx::XlsxSheet};

/// What stands in one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    Empty,
    Text(&'a str),
    /// Digits that are a name and not a quantity: leading zeros stay.
    Code(&'a str),
    Number(i64),
    Day(Date),
    Month(Month),
}

/// A table on its way into a file.
pub(super) enum Sheet {
    Xlsx(Box<XlsxSheet>),
    Csv(CsvSheet),
}

impl Sheet {
    pub(super) fn new(format: Format, name: &str, columns: Vec<Column>) -> Self {
        match format {
            Format::Xlsx => Self::Xlsx(Box::new(XlsxSheet::new(name, columns))),
            Format::Csv => Self::Csv(CsvSheet::new(&columns)),
        }
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>]) {
        match self {
            Self::Xlsx(sheet) => sheet.row(cells),
            Self::Csv(sheet) => sheet.row(cells),
        }
    }

    /// Writes what comes after the last row.
    pub(super) fn finish(&mut self) {
        match self {
            Self::Xlsx(sheet) => sheet.finish(),
            Self::Csv(_) => {}
        }
    }

    /// What was written since it was last taken.
    pub(super) fn take(&mut self) -> Vec<u8> {
        match self {
            Self::Xlsx(sheet) => sheet.take(),
            Self::Csv(sheet) => sheet.take(),
        }
    }
}

/// Whether a spreadsheet would read this text as a formula, or pass it on to one that does.
pub(super) fn looks_like_formula(text: &str) -> bool {
    // Full-width signs are formulas too in East Asian versions of Excel.
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// Appends digits.
pub(super) fn push_number(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}
