//! Lists, searches, pages and files, on both databases, against what plain Rust makes of the same people.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

mod files;
mod lists;
mod period;
mod person;
mod world;
