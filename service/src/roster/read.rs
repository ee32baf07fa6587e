//! Reading the rows of a roster file as people really have them: CSV with commas, semicolons or tabs, in UTF-8 or
//! Windows-1252, or Excel. A file is recognised by what is in it, not by its name.
//!
//! A file may be broken or made to do harm: whatever it holds, reading it takes no more memory than a row, or for Excel
//! its table of texts, and ends with a clear message.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use calamine::{DataRef, Reader, Xlsx};
use collectief_domain::roster::{COLUMNS, RosterCode, RosterHeader, RosterProblem};

/// The longest line of a CSV file; a longer one cannot be a row.
const LINE_MAX: usize = 64 * 1024;
/// The most parts that an Excel file may have.
const PARTS_MAX: usize = 5_000;
/// How large an Excel file may become when it is unpacked.
const UNPACKED_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// How large its table of texts may become, for that is kept in memory.
const TEXTS_MAX: u64 = 128 * 1024 * 1024;
/// From this size on a part may not be unpacked to more than a hundred times what it takes in the file.
const RATIO_FROM: u64 = 8 * 1024 * 1024;
/// That hundred.
const RATIO_MAX: u64 = 100;
/// The most columns that are looked at.
const COLUMNS_MAX: usize = 256;
/// The most rows that a sheet can have.
const ROWS_MAX: u64 = 1_048_576;
/// The most sheets that are looked at for a header.
const SHEETS_MAX: usize = 50;

/// What reads the rows.
pub(super) trait Rows {
    /// A row with its values in the order of [`COLUMNS`].
    fn row(&mut self, line: u64, values: &[&str; COLUMNS.len()]);
    /// A row that cannot be read, or a heading that is wrong.
    fn refuse(&mut self, line: u64, problems: &[RosterProblem]);
}

/// Why a file as a whole cannot be read, in English, for the operator.
pub(super) type Unreadable = String;

/// Reads a file and gives its rows to `rows`. What was given before an error stands.
pub(super) fn read_file(path: &Path, rows: &mut dyn Rows) -> Result<(), Unreadable> {
    let mut file = File::open(path).map_err(|error| format!("the file cannot be opened: {error}"))?;
    let mut start = [0; 512];
    let length = read_up_to(&mut file, &mut start).map_err(cannot_read)?;
    let start = &start[..length];
    file.seek(SeekFrom::Start(0)).map_err(cannot_read)?;
    if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(
            "this is an Excel file of the old kind (.xls), or one with a password; save it as .xlsx without a \
                    password"
                .to_owned(),
        );
    }
    if start.starts_with(b"PK") {
        look_at_parts(&file)?;
        file.seek(SeekFrom::Start(0)).map_err(cannot_read)?;
        // The reader of Excel files is somebody else's code, which a broken file must not make us fall over.
        let read = catch_unwind(AssertUnwindSafe(|| read_excel(file, rows)));
        return read.unwrap_or_else(|_| Err("the Excel file is damaged".to_owned()));
    }
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err("the file is written in UTF-16; save it as CSV UTF-8".to_owned());
    }
    if start.contains(&0) {
        return Err("this is neither a CSV file nor an Excel file (.xlsx)".to_owned());
    }
    read_csv(file, rows)
}

fn cannot_read(error: io::Error) -> Unreadable {
    format!("the file cannot be read: {error}")
}

fn read_up_to(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..])? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}

/// How the bytes of a CSV file are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Windows1252,
}

/// What came of reading a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads a line without its end. No value holds a line break, so a line is a row, and a quote that is not closed spoils
/// that row alone.
fn next_line(file: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Line> {
    line.clear();
    let mut read_any = false;
    let mut too_long = false;
    loop {
        let available = file.fill_buf()?;
        if available.is_empty() {
            break;
        }
        read_any = true;
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = &available[..end.unwrap_or(available.len())];
        if line.len() + part.len() > LINE_MAX {
            too_long = true;
        } else if !too_long {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        file.consume(used);
        if end.is_some() {
            break;
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(match (read_any, too_long) {
        (false, _) => Line::End,
        (true, true) => Line::TooLong,
        (true, false) => Line::Whole,
    })
}

/// Windows-1252 when there are bytes that are not UTF-8, and none that are more than one byte of it.
fn encoding_of(file: &File) -> io::Result<Encoding> {
    let mut file = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    let mut has_other = false;
    while next_line(&mut file, &mut line)? != Line::End {
        match std::str::from_utf8(&line) {
            Ok(text) if !text.is_ascii() => return Ok(Encoding::Utf8),
            Ok(_) => {}
            Err(_) => has_other = true,
        }
    }
    Ok(if has_other { Encoding::Windows1252 } else { Encoding::Utf8 })
}

/// The characters that Windows-1252 has where Latin-1 has control characters.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn from_windows_1252(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
            other => char::from(*other),
        })
        .collect()
}

fn read_csv(mut file: File, rows: &mut dyn Rows) -> Result<(), Unreadable> {
    let encoding = encoding_of(&file).map_err(cannot_read)?;
    file.seek(SeekFrom::Start(0)).map_err(cannot_read)?;
    let mut file = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::with_capacity(1024);
    let mut header: Option<(RosterHeader, char)> = None;
    let mut number = 0;
    loop {
        number += 1;
        match next_line(&mut file, &mut line).map_err(cannot_read)? {
            Line::End => break,
            Line::TooLong => {
                rows.refuse(number, &[RosterProblem::of_row(RosterCode::Unreadable)]);
                continue;
            }
            Line::Whole => {}
        }
        let decoded;
        let text = match (encoding, std::str::from_utf8(&line)) {
            (_, Ok(text)) => text,
            (Encoding::Windows1252, Err(_)) => {
                decoded = from_windows_1252(&line);
                decoded.as_str()
            }
            (Encoding::Utf8, Err(_)) => {
                rows.refuse(number, &[RosterProblem::of_row(RosterCode::NotUtf8)]);
                continue;
            }
        };
        let Some((header, separator)) = &header else {
            if text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '\u{feff}')).is_empty() {
                continue;
            }
            match read_heading(text) {
                Ok(read) => header = Some(read),
                Err(problems) => {
                    rows.refuse(number, &problems);
                    return Ok(());
                }
            }
            continue;
        };
        if text.contains('"') {
            match split_quoted(text, *separator) {
                Some(values) => {
                    let values: Vec<&str> = values.iter().map(String::as_str).collect();
                    give(rows, header, number, &values);
                }
                None => rows.refuse(number, &[RosterProblem::of_row(RosterCode::Unreadable)]),
            }
        } else {
            let values: Vec<&str> = text.split(*separator).collect();
            give(rows, header, number, &values);
        }
    }
    if header.is_none() {
        return Err("the file is empty".to_owned());
    }
    Ok(())
}

/// Gives a row on, unless it is empty.
fn give(rows: &mut dyn Rows, header: &RosterHeader, line: u64, values: &[&str]) {
    if values.iter().all(|value| value.trim().is_empty()) {
        return;
    }
    match header.arrange(values) {
        Ok(values) => rows.row(line, &values),
        Err(problem) => rows.refuse(line, &[problem]),
    }
}

/// Reads the heading with the separator that makes sense of it.
fn read_heading(text: &str) -> Result<(RosterHeader, char), Vec<RosterProblem>> {
    let mut problems: Option<(usize, Vec<RosterProblem>)> = None;
    for separator in [',', ';', '\t'] {
        let headings = split_quoted(text, separator).unwrap_or_default();
        let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
        match RosterHeader::read(&headings) {
            Ok(header) => return Ok((header, separator)),
            Err(found) => {
                if problems.as_ref().is_none_or(|(most, _)| headings.len() > *most) {
                    problems = Some((headings.len(), found));
                }
            }
        }
    }
    Err(problems.map(|(_, problems)| problems).unwrap_or_default())
}

/// Splits a line with quoted values; `None` when a quote is not closed.
fn split_quoted(text: &str, separator: char) -> Option<Vec<String>> {
    let mut values = Vec::with_capacity(COLUMNS.len());
    let mut value = String::new();
    let mut quoted = false;
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        if quoted {
            match c {
                '"' if chars.peek() == Some(&'"') => {
                    chars.next();
                    value.push('"');
                }
                '"' => quoted = false,
                other => value.push(other),
            }
        } else if c == separator {
            values.push(std::mem::take(&mut value));
        } else if c == '"' && value.trim().is_empty() {
            value.clear();
            quoted = true;
        } else {
            value.push(c);
        }
    }
    values.push(value);
    if quoted { None } else { Some(values) }
}

/// Looks at the parts of a zip file before anything reads them: how many there are, and how large they become. They are
/// really unpacked, because what a file says of itself need not be true.
fn look_at_parts(file: &File) -> Result<(), Unreadable> {
    let broken = |_| "the Excel file is damaged".to_owned();
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    if archive.len() > PARTS_MAX {
        return Err(format!("the Excel file has more than {PARTS_MAX} parts"));
    }
    let mut total = 0;
    let mut is_workbook = false;
    let mut buffer = vec![0; 1 << 16];
    for place in 0..archive.len() {
        let mut part = match archive.by_index(place) {
            Ok(part) => part,
            Err(zip::result::ZipError::UnsupportedArchive(why)) if why == zip::result::ZipError::PASSWORD_REQUIRED => {
                return Err("the file has a password; save it without one".to_owned());
            }
            Err(error) => return Err(broken(error)),
        };
        let name = part.name().to_owned();
        is_workbook |= name.eq_ignore_ascii_case("xl/workbook.xml");
        let is_texts = name.to_ascii_lowercase().ends_with("sharedstrings.xml");
        let packed = part.compressed_size().max(1);
        let mut size: u64 = 0;
        loop {
            let read = part.read(&mut buffer).map_err(|_| "the Excel file is damaged".to_owned())?;
            if read == 0 {
                break;
            }
            size += read as u64;
            if total + size > UNPACKED_MAX
                || (size > RATIO_FROM && size / packed > RATIO_MAX)
                || (is_texts && size > TEXTS_MAX)
            {
                return Err("the Excel file becomes far too large when it is unpacked; it was not read".to_owned());
            }
        }
        total += size;
    }
    if is_workbook { Ok(()) } else { Err("this is a zip file, but not an Excel workbook (.xlsx)".to_owned()) }
}

/// Reads the first sheet that has the heading of a roster, cell by cell: a sheet may say that it has a cell in the last
/// row and column there can be, and must not be given room for all cells in between.
fn read_excel(file: File, rows: &mut dyn Rows) -> Result<(), Unreadable> {
    let damaged = || "the Excel file is damaged".to_owned();
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::with_capacity(1 << 16, file)).map_err(|_| damaged())?;
    let sheets = workbook.sheet_names();
    let mut wrong_heading: Option<(u64, Vec<RosterProblem>)> = None;
    for sheet in sheets.iter().take(SHEETS_MAX) {
        let Ok(mut cells) = workbook.worksheet_cells_reader(sheet) else { continue };
        let mut sheet_rows = SheetRows { rows: &mut *rows, header: None, wrong_heading: None };
        let mut values: Vec<String> = Vec::new();
        let mut current: Option<u32> = None;
        let mut given: u64 = 0;
        loop {
            let cell = cells.next_cell().map_err(|_| damaged())?;
            let row = cell.as_ref().map(|cell| cell.get_position().0);
            if row != current {
                if let Some(row) = current {
                    given += 1;
                    if given > ROWS_MAX || !sheet_rows.row(u64::from(row) + 1, &values) {
                        break;
                    }
                }
                values.clear();
                current = row;
            }
            let Some(cell) = cell else { break };
            let column = cell.get_position().1 as usize;
            if column < COLUMNS_MAX {
                if values.len() <= column {
                    values.resize(column + 1, String::new());
                }
                values[column] = cell_text(cell.get_value());
            } else if !matches!(cell.get_value(), DataRef::Empty) {
                values.resize(COLUMNS_MAX, String::new());
                values[COLUMNS_MAX - 1] = "?".to_owned();
            }
        }
        if sheet_rows.header.is_some() {
            return Ok(());
        }
        let wrong = sheet_rows.wrong_heading;
        wrong_heading = wrong_heading.or(wrong);
    }
    match wrong_heading {
        Some((line, problems)) => {
            rows.refuse(line, &problems);
            Ok(())
        }
        None => Err("the Excel file has no rows".to_owned()),
    }
}

/// The rows of one sheet.
struct SheetRows<'a> {
    rows: &'a mut dyn Rows,
    header: Option<RosterHeader>,
    wrong_heading: Option<(u64, Vec<RosterProblem>)>,
}

impl SheetRows<'_> {
    /// Takes a row; `false` when this is not the sheet of the roster.
    fn row(&mut self, line: u64, values: &[String]) -> bool {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        if values.iter().all(|value| value.trim().is_empty()) {
            return true;
        }
        match &self.header {
            Some(header) => {
                give(self.rows, header, line, &values);
                true
            }
            None => match RosterHeader::read(&values) {
                Ok(header) => {
                    self.header = Some(header);
                    true
                }
                // A title above the heading, in one merged cell, is passed over.
                Err(_) if line < 10 && values.iter().filter(|value| !value.is_empty()).count() <= 2 => true,
                Err(problems) => {
                    self.wrong_heading = Some((line, problems));
                    false
                }
            },
        }
    }
}

/// What a cell says, as text: a date as a date, a whole number without decimals.
fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => float_text(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(moment) => float_text(moment.as_f64()),
        DataRef::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        DataRef::DurationIso(text) => text.clone(),
        // A formula that went wrong: a control character is refused in every column.
        DataRef::Error(_) => "\u{1a}".to_owned(),
        DataRef::Empty => String::new(),
    }
}

fn float_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}
