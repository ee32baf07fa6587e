//! An Excel workbook that is written while its rows are read.
//!
//! rust_xlsxwriter, in its constant-memory mode, writes each worksheet to a temporary file and the workbook when the last
//! row is in: the reader of a million rows would wait ten seconds for the first byte. A worksheet is simple enough to
//! write directly: strings stand in their cells (`str`, which is shorter than `inlineStr`), so nothing is needed that is
//! only known at the end.
//!
//! A string cell is never a formula, whatever it begins with. Source: ECMA-376 part 1, 18.3 and 18.8.

use chrono::NaiveDate;
use collectief_domain::date::Date;

use super::{
    heading::Column,
    sheet::{Cell, looks_like_formula, push_number},
    zip::ZipStream,
};

/// The rows that a worksheet can have.
const ROWS_MAX: u32 = 1_048_576;

/// Day 0 of Excel's calendar. It believes that 1900 was a leap year, so it only agrees with ours from March 1900.
const DAY_ZERO: Date = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a day of the calendar");
const FIRST_DAY: Date = NaiveDate::from_ymd_opt(1900, 3, 1).expect("a day of the calendar");

/// How much XML is kept before it is compressed.
const KEPT: usize = 64 * 1024;

/// The styles of [`STYLES`], as a cell names them.
const HEADING: u8 = b'1';
const DAY: u8 = b'2';
const CODE: u8 = b'3';
const QUOTED: u8 = b'4';
const MONTH: u8 = b'5';

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

// Every part that is not named is a worksheet, so that this can come first whatever their number will be.
const CONTENT_TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
<Default Extension=\"xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>\
<Override PartName=\"/xl/workbook.xml\" \
ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
<Override PartName=\"/xl/styles.xml\" \
ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>";

const ROOT_RELATIONS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" \
Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
Target=\"xl/workbook.xml\"/></Relationships>";

const STYLES: &str = "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
<numFmts count=\"2\"><numFmt numFmtId=\"164\" formatCode=\"dd\\-mm\\-yyyy\"/>\
<numFmt numFmtId=\"165\" formatCode=\"mm\\-yyyy\"/></numFmts>\
<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font>\
<font><b/><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font></fonts>\
<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
<cellXfs count=\"6\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
<xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>\
<xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" quotePrefix=\"1\"/>\
<xf numFmtId=\"165\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/></cellXfs>\
<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";

/// A workbook on its way out.
pub(super) struct XlsxSheet {
    zip: ZipStream,
    name: String,
    columns: Vec<Column>,
    /// XML that is not compressed yet.
    xml: Vec<u8>,
    /// Rows of the worksheet that is open, the heading included.
    rows: u32,
    /// Rows of the worksheets that are done, and of the open one when all is.
    done: Vec<u32>,
    rows_max: u32,
}

impl XlsxSheet {
    pub(super) fn new(name: &str, columns: Vec<Column>) -> Self {
        Self::with_rows_max(name, columns, ROWS_MAX)
    }

    fn with_rows_max(name: &str, columns: Vec<Column>, rows_max: u32) -> Self {
        let mut sheet = Self {
            zip: ZipStream::new(),
            name: sheet_name(name),
            columns,
            xml: Vec::with_capacity(KEPT + 8 * 1024),
            rows: 0,
            done: Vec::new(),
            rows_max,
        };
        sheet.part("[Content_Types].xml", CONTENT_TYPES);
        sheet.part("_rels/.rels", ROOT_RELATIONS);
        sheet.begin_worksheet();
        sheet
    }

    fn part(&mut self, name: &str, xml: &str) {
        self.zip.begin(name);
        self.zip.write(DECLARATION.as_bytes());
        self.zip.write(xml.as_bytes());
    }

    fn begin_worksheet(&mut self) {
        let first = self.done.is_empty();
        self.zip.begin(&format!("xl/worksheets/sheet{}.xml", self.done.len() + 1));
        let mut head = DECLARATION.to_owned();
        head.push_str("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews>");
        head.push_str(if first { "<sheetView tabSelected=\"1\"" } else { "<sheetView" });
        head.push_str(" workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\"");
        head.push_str(" state=\"frozen\"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/><cols>");
        for (place, column) in self.columns.iter().enumerate() {
            let number = place + 1;
            let width = column.width;
            head.push_str(&format!("<col min=\"{number}\" max=\"{number}\" width=\"{width}\" customWidth=\"1\"/>"));
        }
        head.push_str("</cols><sheetData>");
        self.zip.write(head.as_bytes());
        self.rows = 1;
        self.xml.extend_from_slice(b"<row r=\"1\">");
        for place in 0..self.columns.len() {
            let heading = self.columns[place].heading;
            self.text(place, HEADING, heading);
        }
        self.xml.extend_from_slice(b"</row>");
    }

    fn end_worksheet(&mut self) {
        let last = column_letter(self.columns.len() - 1) as char;
        let foot = format!("</sheetData><autoFilter ref=\"A1:{last}{}\"/></worksheet>", self.rows);
        self.xml.extend_from_slice(foot.as_bytes());
        self.flush();
        self.done.push(self.rows);
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>]) {
        if self.rows == self.rows_max {
            self.end_worksheet();
            self.begin_worksheet();
        }
        self.rows += 1;
        self.xml.extend_from_slice(b"<row r=\"");
        push_number(&mut self.xml, u64::from(self.rows));
        self.xml.extend_from_slice(b"\">");
        for (place, cell) in cells.iter().enumerate() {
            self.cell(place, *cell);
        }
        self.xml.extend_from_slice(b"</row>");
        if self.xml.len() >= KEPT {
            self.flush();
        }
    }

    fn cell(&mut self, place: usize, cell: Cell<'_>) {
        match cell {
            Cell::Empty | Cell::Text("") | Cell::Code("") => {}
            Cell::Text(text) => self.text(place, if looks_like_formula(text) { QUOTED } else { b'0' }, text),
            Cell::Code(text) => self.text(place, if looks_like_formula(text) { QUOTED } else { CODE }, text),
            Cell::Number(number) => {
                self.open_cell(place, b'0', b"\"><v>");
                if number < 0 {
                    self.xml.push(b'-');
                }
                push_number(&mut self.xml, number.unsigned_abs());
                self.xml.extend_from_slice(b"</v></c>");
            }
            Cell::Day(day) => self.day(place, day, DAY),
            Cell::Month(month) => self.day(place, month.first_day(), MONTH),
        }
    }

    fn day(&mut self, place: usize, day: Date, style: u8) {
        if day < FIRST_DAY {
            self.cell(place, Cell::Code(&collectief_domain::date::format_dutch(day)));
            return;
        }
        self.open_cell(place, style, b"\"><v>");
        push_number(&mut self.xml, day.signed_duration_since(DAY_ZERO).num_days().unsigned_abs());
        self.xml.extend_from_slice(b"</v></c>");
    }

    fn text(&mut self, place: usize, style: u8, text: &str) {
        // Only in an inline string is it certain that spaces at the ends stay.
        if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
            self.open_cell(place, style, b"\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
            push_text(&mut self.xml, text);
            self.xml.extend_from_slice(b"</t></is></c>");
        } else {
            self.open_cell(place, style, b"\" t=\"str\"><v>");
            push_text(&mut self.xml, text);
            self.xml.extend_from_slice(b"</v></c>");
        }
    }

    /// Everything of a cell before its contents; `rest` follows the style.
    fn open_cell(&mut self, place: usize, style: u8, rest: &[u8]) {
        self.xml.extend_from_slice(b"<c r=\"");
        self.xml.push(column_letter(place));
        push_number(&mut self.xml, u64::from(self.rows));
        if style != b'0' {
            self.xml.extend_from_slice(&[b'"', b' ', b's', b'=', b'"', style]);
        }
        self.xml.extend_from_slice(rest);
    }

    fn flush(&mut self) {
        self.zip.write(&self.xml);
        self.xml.clear();
    }

    /// Writes what comes after the last row.
    pub(super) fn finish(&mut self) {
        self.end_worksheet();
        let mut names = String::new();
        let mut filters = String::new();
        let mut relations = String::new();
        let last = column_letter(self.columns.len() - 1) as char;
        for (place, rows) in self.done.iter().enumerate() {
            let number = place + 1;
            let name = if place == 0 { self.name.clone() } else { format!("{} {number}", self.name) };
            names.push_str(&format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>"));
            filters.push_str(&format!(
                "<definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"{place}\" hidden=\"1\">\
                 '{name}'!$A$1:${last}${rows}</definedName>"
            ));
            relations.push_str(&format!(
                "<Relationship Id=\"rId{number}\" \
                 Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
                 Target=\"worksheets/sheet{number}.xml\"/>"
            ));
        }
        let styles = self.done.len() + 1;
        self.part(
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
                 xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
                 <sheets>{names}</sheets><definedNames>{filters}</definedNames></workbook>"
            ),
        );
        self.part(
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{relations}\
                 <Relationship Id=\"rId{styles}\" \
                 Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" \
                 Target=\"styles.xml\"/></Relationships>"
            ),
        );
        self.part("xl/styles.xml", STYLES);
        self.zip.finish();
    }

    /// What was written since it was last taken.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.zip.take()
    }
}

/// No file of ours has more columns than the alphabet has letters.
fn column_letter(place: usize) -> u8 {
    b'A' + place.min(25) as u8
}

/// A worksheet's name has at most 31 characters, and none of those that stand in references.
fn sheet_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-')).take(27).collect()
}

/// Appends text as XML has it. What XML cannot hold is left out.
fn push_text(xml: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let instead: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'\r' => b"&#13;",
            0..=8 | 11..=12 | 14..=31 => b"",
            // U+FFFE and U+FFFF.
            0xef if matches!(bytes.get(at + 1..at + 3), Some([0xbf, 0xbe | 0xbf])) => b"",
            0xbf if at > 0 && bytes[at - 1] == 0xef && matches!(bytes.get(at + 1), Some(0xbe | 0xbf)) => b"",
            0xbe | 0xbf if at > 1 && bytes[at - 2..at] == [0xef, 0xbf] => b"",
            _ => continue,
        };
        xml.extend_from_slice(&bytes[copied..at]);
        xml.extend_from_slice(instead);
        copied = at + 1;
    }
    xml.extend_from_slice(&bytes[copied..]);
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, DataRef, Reader, Xlsx};

    use super::*;

    fn columns() -> Vec<Column> {
        ["Naam", "Nummer", "Dag", "Aantal"].into_iter().map(|heading| Column { heading, width: 12 }).collect()
    }

    /// A sheet by its name, and its cells by row and column.
    type Sheet = (String, Vec<((u32, u32), Data)>);

    fn read(bytes: Vec<u8>) -> Vec<Sheet> {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = book.sheet_names();
        names
            .into_iter()
            .map(|name| {
                let mut cells = Vec::new();
                let mut reader = book.worksheet_cells_reader(&name).unwrap();
                while let Some(cell) = reader.next_cell().unwrap() {
                    let value = match cell.get_value() {
                        DataRef::SharedString(text) => Data::String((*text).to_owned()),
                        other => other.clone().into(),
                    };
                    cells.push((cell.get_position(), value));
                }
                (name, cells)
            })
            .collect()
    }

    #[test]
    fn what_was_written_can_be_read_back_with_dates_as_dates() {
        let mut sheet = XlsxSheet::new("Oud-deelnemers", columns());
        let mut bytes = sheet.take();
        assert!(bytes.starts_with(b"PK"), "the head is there before any row");
        let day = Date::from_ymd_opt(2026, 11, 1).unwrap();
        sheet.row(&[Cell::Text("=1+1 <&> é"), Cell::Code("007"), Cell::Day(day), Cell::Number(-17)]);
        sheet.row(&[Cell::Text(" \u{1}\u{ffff}a "), Cell::Empty, Cell::Day(Date::from_ymd_opt(1890, 1, 2).unwrap())]);
        sheet.finish();
        bytes.extend(sheet.take());
        let sheets = read(bytes);
        assert_eq!(sheets.len(), 1);
        assert_eq!(sheets[0].0, "Oud-deelnemers");
        let at = |row, column| {
            sheets[0].1.iter().find(|(position, _)| *position == (row, column)).map(|(_, value)| value.clone())
        };
        assert_eq!(at(0, 0), Some(Data::String("Naam".into())));
        assert_eq!(at(1, 0), Some(Data::String("=1+1 <&> é".into())));
        assert_eq!(at(1, 1), Some(Data::String("007".into())));
        let Some(Data::DateTime(moment)) = at(1, 2) else { panic!("{:?}", at(1, 2)) };
        assert_eq!(moment.as_f64(), 46327.0);
        assert_eq!(at(1, 3).unwrap().to_string(), "-17");
        assert_eq!(at(2, 0), Some(Data::String(" a ".into())));
        assert_eq!(at(2, 1), None);
        assert_eq!(at(2, 2), Some(Data::String("02-01-1890".into())));
    }

    #[test]
    fn rows_beyond_a_full_worksheet_go_on_in_the_next() {
        let mut sheet = XlsxSheet::with_rows_max("Deelnemers", columns(), 3);
        for number in 0..5 {
            sheet.row(&[Cell::Number(number)]);
        }
        sheet.finish();
        let sheets = read(sheet.take());
        let rows: Vec<_> = sheets
            .iter()
            .map(|(name, cells)| (name.as_str(), cells.iter().map(|((row, _), _)| *row).max().unwrap() + 1))
            .collect();
        assert_eq!(rows, [("Deelnemers", 3), ("Deelnemers 2", 3), ("Deelnemers 3", 2)]);
    }

    #[test]
    fn every_part_is_well_formed_to_another_reader_of_zip_files() {
        let mut sheet = XlsxSheet::new("Deelnemers", columns());
        for number in 0..3_000 {
            sheet.row(&[Cell::Text("Ørsted"), Cell::Code("0012"), Cell::Empty, Cell::Number(number)]);
        }
        sheet.finish();
        let mut archive = zip::ZipArchive::new(Cursor::new(sheet.take())).unwrap();
        assert_eq!(archive.len(), 6);
        for place in 0..archive.len() {
            let mut entry = archive.by_index(place).unwrap();
            let size = std::io::copy(&mut entry, &mut std::io::sink()).unwrap();
            assert_eq!(size, entry.size());
        }
    }
}
