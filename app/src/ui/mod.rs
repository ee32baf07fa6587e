//! The parts that pages are built of. All of them work without JavaScript, and take texts that are already in the
//! reader's language.
//!
//! What is here, and how a page uses it:
//!
//! - [`page::Page`]`{title, wrong?, intro?, children}`: the `<main>`'s content with its `<h1>` and the document's title
//!   (which begins with "Fout:" while `wrong`). [`page::Failure`]`{error}`: what stands there instead when an
//!   [`AppError`](crate::error::AppError) came back; it puts nothing on the page twice.
//! - [`field`]: [`TextField`](field::TextField), [`DateField`](field::DateField), [`SelectField`](field::SelectField),
//!   [`RadioGroup`](field::RadioGroup), [`Checkbox`](field::Checkbox), [`TextArea`](field::TextArea). Inputs are not
//!   controlled: `value` is what stands there first, and a form is read when it is sent, with [`form::read`].
//! - [`error_summary::ErrorSummary`]`{errors}`: "Er klopt iets niet", with a link to each field; takes the focus.
//! - [`table`]: [`SortLink`](table::SortLink), [`aria_sort`](table::aria_sort), and the classes a list uses:
//!   `<div class="wide-scroll"><table class="list stack">`, `th.wide`/`td.wide` give way first, below 960 px each row
//!   is a card and `td[data-label]` shows its label.
//! - [`pager::pager`]: links to pages. [`dialog::Dialog`]`{open, title, children}`: a native `<dialog>`.
//! - [`mark::Tag`]`{kind, children}`, [`mark::Note`]`{kind, children}`, [`mark::Receipt`]`{title, children}`,
//!   [`mark::Empty`]`{title, children}`, [`mark::Busy`].
//! - [`chart::Chart`]: a line with bars, as inline SVG.
//! - [`kept`]: choices that are kept on the device.
//! - [`loaded::loaded`]: what a page shows of what it waits for. [`html::Html`]: rows written as text.
//! - [`format`]: dates, months, numbers and money as they are shown.
//! - Buttons and links have classes: `button` (plain edge), `button act` (the one primary), `button edit`, `button stop`,
//!   `button plain`; `field`, `fields` (a grid), `inline`, `filters`, `sheet`, `bar`, `bar foot`, `far`, `pad`, `deeds`,
//!   `soft`, `small`, `num`, `facts` (a `<dl>`), `visually-hidden`.
//!
//! Texts: `let t = use_texts();` (see [`crate::i18n`]), language: `use_language()`, frame: `use_frame()`.

pub mod chart;
pub mod dialog;
pub mod error_summary;
pub mod field;
pub mod form;
pub mod format;
pub mod html;
pub mod kept;
pub mod loaded;
pub mod mark;
pub mod page;
pub mod pager;
pub mod table;
