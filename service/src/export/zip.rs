//! A zip file that is written from front to back without ever going back, as a download is.
//!
//! The sizes and the checksum of an entry follow it in a *data descriptor* (APPNOTE.TXT 4.3.9), for they are not known
//! when it begins.

use std::io::Write;

use flate2::{Compression, Crc, write::DeflateEncoder};

/// Names are UTF-8, sizes come after the data.
const FLAGS: u16 = 0x0808;
const DEFLATED: u16 = 8;
const VERSION: u16 = 20;
/// 1 January 1980, the first day there is: the same list gives the same bytes.
const DAY: u16 = 0x21;

struct Entry {
    name: String,
    crc: u32,
    compressed: u32,
    size: u32,
    offset: u32,
}

struct Open {
    name: String,
    crc: Crc,
    deflate: DeflateEncoder<Vec<u8>>,
    compressed: u64,
    size: u64,
    offset: u64,
}

/// A zip file in the making.
pub(super) struct ZipStream {
    out: Vec<u8>,
    /// Bytes that were taken from `out` already.
    taken: u64,
    open: Option<Open>,
    done: Vec<Entry>,
}

/// Sizes here fit 32 bits: a full worksheet of ours is some 700 MB before compression, and a file is split long before
/// four gigabytes by nobody having that many participants. What does not fit is cut to the greatest value, which every
/// reader reports as a damaged file instead of showing half of it.
fn narrow(size: u64) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

impl ZipStream {
    pub(super) fn new() -> Self {
        Self { out: Vec::new(), taken: 0, open: None, done: Vec::new() }
    }

    fn position(&self) -> u64 {
        self.taken + self.out.len() as u64
    }

    /// Begins an entry; the one before it ends.
    pub(super) fn begin(&mut self, name: &str) {
        self.end();
        let offset = self.position();
        self.out.extend_from_slice(b"PK\x03\x04");
        for field in [VERSION, FLAGS, DEFLATED, 0, DAY] {
            self.out.extend_from_slice(&field.to_le_bytes());
        }
        self.out.extend_from_slice(&[0; 12]);
        self.out.extend_from_slice(&(name.len() as u16).to_le_bytes());
        self.out.extend_from_slice(&[0; 2]);
        self.out.extend_from_slice(name.as_bytes());
        self.open = Some(Open {
            name: name.to_owned(),
            crc: Crc::new(),
            // The fastest level: the next one makes the file a tenth smaller and takes half as long again.
            deflate: DeflateEncoder::new(Vec::with_capacity(256 * 1024), Compression::new(1)),
            compressed: 0,
            size: 0,
            offset,
        });
    }

    /// Adds to the entry that is open.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        let Some(open) = &mut self.open else { return };
        open.crc.update(bytes);
        open.size += bytes.len() as u64;
        // Writing to a vector cannot fail.
        let written = open.deflate.write_all(bytes);
        debug_assert!(written.is_ok());
        let made = open.deflate.get_mut();
        open.compressed += made.len() as u64;
        self.out.append(made);
    }

    fn end(&mut self) {
        let Some(open) = self.open.take() else { return };
        let rest = open.deflate.finish().unwrap_or_default();
        self.out.extend_from_slice(&rest);
        let entry = Entry {
            name: open.name,
            crc: open.crc.sum(),
            compressed: narrow(open.compressed + rest.len() as u64),
            size: narrow(open.size),
            offset: narrow(open.offset),
        };
        self.out.extend_from_slice(b"PK\x07\x08");
        for field in [entry.crc, entry.compressed, entry.size] {
            self.out.extend_from_slice(&field.to_le_bytes());
        }
        self.done.push(entry);
    }

    /// Ends the file with the list of its entries.
    pub(super) fn finish(&mut self) {
        self.end();
        let start = self.position();
        for entry in &self.done {
            self.out.extend_from_slice(b"PK\x01\x02");
            for field in [VERSION, VERSION, FLAGS, DEFLATED, 0, DAY] {
                self.out.extend_from_slice(&field.to_le_bytes());
            }
            for field in [entry.crc, entry.compressed, entry.size] {
                self.out.extend_from_slice(&field.to_le_bytes());
            }
            self.out.extend_from_slice(&(entry.name.len() as u16).to_le_bytes());
            self.out.extend_from_slice(&[0; 12]);
            self.out.extend_from_slice(&entry.offset.to_le_bytes());
            self.out.extend_from_slice(entry.name.as_bytes());
        }
        let size = self.position() - start;
        self.out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        for _ in 0..2 {
            self.out.extend_from_slice(&(self.done.len() as u16).to_le_bytes());
        }
        self.out.extend_from_slice(&narrow(size).to_le_bytes());
        self.out.extend_from_slice(&narrow(start).to_le_bytes());
        self.out.extend_from_slice(&[0; 2]);
    }

    /// What was written since it was last taken.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.taken += self.out.len() as u64;
        std::mem::take(&mut self.out)
    }
}
