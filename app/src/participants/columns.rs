//! Which columns stand in the list, and how dense it is. The boxes work by themselves: the style sheet looks at them, so
//! that a choice needs no script; with script it is kept on the device.

use collectief_domain::participant::Population;
use leptos::prelude::*;

use crate::i18n::Texts;

/// Where a column gives way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum GivesWay {
    Never,
    /// Where the list is narrow.
    Narrow,
    /// Already where the list is less than as wide as it gets.
    First,
}

impl GivesWay {
    /// The classes of its box for a list that has room for it, and of its box for one that has not; the style sheet shows
    /// one of the two.
    const fn boxes(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Never => ("choice", None),
            Self::Narrow => ("choice on-wide", Some("choice on-narrow")),
            Self::First => ("choice on-widest", Some("choice below-widest")),
        }
    }
}

/// A column that can be left out, by the word in its class.
struct Column {
    class: &'static str,
    label: &'static str,
    gives_way: GivesWay,
}

fn columns(t: &Texts, population: Population, shows_bsn: bool, may_change: bool) -> Vec<Column> {
    use GivesWay::{First, Narrow, Never};

    let p = t.participants();
    let column = |class, label, gives_way| Column { class, label, gives_way };
    let mut columns = Vec::with_capacity(10);
    if population == Population::Current {
        columns.push(column("contract", p.col_contract, Narrow));
        if shows_bsn {
            columns.push(column("bsn", p.col_bsn, Never));
        }
    }
    columns.push(column("relation", p.col_relation, Never));
    columns.push(column("birth", p.col_birth, Never));
    columns.push(column("gender", p.col_gender, if population == Population::Current { Narrow } else { Never }));
    columns.push(column("start", p.col_start, Never));
    columns.push(column("end", p.col_end, Never));
    match population {
        Population::Current => {
            columns.push(column("personnel", p.col_personnel, Narrow));
            if may_change {
                columns.push(column("add", p.col_add, First));
            }
        }
        Population::Former => columns.push(column("reason", p.col_reason, Never)),
    }
    columns
}

/// The menu "Kolommen", and "Compact".
pub fn column_menu(t: &'static Texts, population: Population, shows_bsn: bool, may_change: bool) -> AnyView {
    let boxes: Vec<_> = columns(t, population, shows_bsn, may_change)
        .into_iter()
        .map(|Column { class, label, gives_way }| {
            let (wide, narrow) = gives_way.boxes();
            let narrow = narrow.map(|narrow| {
                view! {
                    <label class=narrow>
                        <input type="checkbox" class=format!("n-{class}") autocomplete="off" />
                        <span>{label}</span>
                    </label>
                }
            });
            view! {
                <label class=wide>
                    <input type="checkbox" class=format!("k-{class}") checked autocomplete="off" />
                    <span>{label}</span>
                </label>
                {narrow}
            }
        })
        .collect();
    Effect::new(|_| stored::restore());
    view! {
        <details class="menu columns" on:change=move |_| stored::keep()>
            <summary>{t.participants().columns}</summary>
            <fieldset>
                <legend class="visually-hidden">{t.participants().columns}</legend>
                {boxes}
                <label class="choice compact">
                    <input type="checkbox" class="k-compact" autocomplete="off" />
                    <span>{t.participants().compact}</span>
                </label>
            </fieldset>
        </details>
    }
    .into_any()
}

/// The choice, kept on this device. It holds no personal data.
#[cfg(feature = "hydrate")]
mod stored {
    use wasm_bindgen::JsCast;
    use web_sys::HtmlInputElement;

    use crate::ui::kept;

    const KEY: &str = "kolommen";

    fn boxes() -> Vec<HtmlInputElement> {
        let Ok(found) = leptos::prelude::document().query_selector_all(".menu.columns input[type=checkbox]") else {
            return Vec::new();
        };
        (0..found.length()).filter_map(|place| found.item(place)?.dyn_into().ok()).collect()
    }

    /// Keeps every box as `class=1` or `class=0`; those of the other list stay as they were.
    pub fn keep() {
        let boxes = boxes();
        let before = kept::read(KEY).unwrap_or_default();
        let others = before.split(' ').filter(|pair| {
            let class = pair.split('=').next().unwrap_or_default();
            !class.is_empty() && boxes.iter().all(|found| found.class_name() != class)
        });
        let mut text: Vec<String> = others.map(str::to_owned).collect();
        text.extend(boxes.iter().map(|found| format!("{}={}", found.class_name(), u8::from(found.checked()))));
        kept::write(KEY, &text.join(" "));
    }

    pub fn restore() {
        let kept = kept::read(KEY).unwrap_or_default();
        if kept.is_empty() {
            return;
        }
        for found in boxes() {
            let class = found.class_name();
            let known = kept.split(' ').filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == class);
            if let Some((_, value)) = known {
                found.set_checked(value == "1");
            }
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod stored {
    pub fn keep() {}
    pub fn restore() {}
}
