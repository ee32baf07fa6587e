//! CSV as Dutch spreadsheets open it at a double click: UTF-8 with a byte order mark, semicolons, CRLF.

use collectief_domain::date::format_dutch;

use super::{
    heading::Column,
    sheet::{Cell, looks_like_formula},
};

/// A table on its way into CSV.
pub(super) struct CsvSheet {
    out: Vec<u8>,
}

impl CsvSheet {
    pub(super) fn new(columns: &[Column]) -> Self {
        let mut sheet = Self { out: b"\xef\xbb\xbf".to_vec() };
        let headings: Vec<_> = columns.iter().map(|column| Cell::Text(column.heading)).collect();
        sheet.row(&headings);
        sheet
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>]) {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.out.push(b';');
            }
            match *cell {
                Cell::Empty => {}
                Cell::Text(text) | Cell::Code(text) => self.text(text),
                Cell::Number(number) => self.out.extend_from_slice(number.to_string().as_bytes()),
                Cell::Day(day) => self.out.extend_from_slice(format_dutch(day).as_bytes()),
                Cell::Month(month) => {
                    self.out.extend_from_slice(format!("{:02}-{:04}", month.month(), month.year()).as_bytes());
                }
            }
        }
        self.out.extend_from_slice(b"\r\n");
    }

    /// A formula is written with an apostrophe before it: spreadsheets then show it as text.
    fn text(&mut self, text: &str) {
        let formula = looks_like_formula(text);
        let quoted = text.contains(['"', ';', ',', '\n', '\r', '\t']) || text.starts_with(' ') || text.ends_with(' ');
        if quoted {
            self.out.push(b'"');
        }
        if formula {
            self.out.push(b'\'');
        }
        for byte in text.bytes() {
            match byte {
                b'"' => self.out.extend_from_slice(b"\"\""),
                // What cannot be seen is of no use in a name, and NUL ends the cell in some programs.
                0..=8 | 11..=12 | 14..=31 | 127 => {}
                other => self.out.push(other),
            }
        }
        if quoted {
            self.out.push(b'"');
        }
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[Cell<'_>]) -> String {
        let mut sheet = CsvSheet { out: Vec::new() };
        sheet.row(cells);
        String::from_utf8(sheet.take()).unwrap()
    }

    #[test]
    fn a_file_begins_with_a_byte_order_mark_and_its_headings() {
        let mut sheet = CsvSheet::new(&[Column { heading: "Contract", width: 9 }, Column { heading: "BSN", width: 9 }]);
        assert_eq!(sheet.take(), b"\xef\xbb\xbfContract;BSN\r\n");
    }

    // asvs = "1.2.10"
    #[test]
    fn formulas_get_an_apostrophe_and_separators_are_quoted() {
        for formula in ["=1+1", "+31612345678", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            let text = line(&[Cell::Text(formula)]);
            assert!(text.trim_start_matches('"').starts_with('\''), "{text:?}");
        }
        assert_eq!(line(&[Cell::Text("=HYPERLINK(\"http://x\";1)")]), "\"'=HYPERLINK(\"\"http://x\"\";1)\"\r\n");
        assert_eq!(line(&[Cell::Text("a;b"), Cell::Number(-17), Cell::Code("007")]), "\"a;b\";-17;007\r\n");
        assert_eq!(line(&[Cell::Text("a\0\u{1}b")]), "ab\r\n");
        assert_eq!(line(&[Cell::Text("a\r\nb")]), "\"a\r\nb\"\r\n");
    }
}
