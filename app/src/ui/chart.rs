//! A chart of months: how many at the end of each as a line, who came and went as bars below it.
//!
//! Inline SVG with a title and a description, and always beside a table of the same numbers; it prints.

use collectief_domain::flow::UsageMonth;
use leptos::prelude::*;

use crate::{i18n::use_texts, ui::format};

// All lengths are whole: tenths of a pixel are not seen, and writing fractions would have the browser load code for it.
const WIDTH: i64 = 1440;
const LEFT: i64 = 112;
const LINE_TOP: i64 = 24;
const LINE_BOTTOM: i64 = 300;
const BARS_MIDDLE: i64 = 410;
const BARS_REACH: i64 = 68;
const HEIGHT: i64 = 536;

/// The course of a contract: `months` as the page has them, newest first.
#[component]
pub fn Chart(
    /// The months, newest first.
    months: Vec<UsageMonth>,
    /// What is shown: the chart's title.
    #[prop(into)]
    title: String,
    /// The id of the title, which must be the page's only one.
    #[prop(default = "chart")]
    id: &'static str,
) -> impl IntoView {
    let t = use_texts();
    let months: Vec<UsageMonth> = months.into_iter().rev().collect();
    let (Some(first), Some(last)) = (months.first().copied(), months.last().copied()) else {
        return ().into_any();
    };
    let description = t.ui().chart_description(
        format::signed(t.language, first.at_end),
        format::month(t.language, first.month),
        format::signed(t.language, last.at_end),
        format::month(t.language, last.month),
    );
    let (low, high, step) = axis(&months);
    let reach = months.iter().map(|month| month.inflow.max(month.outflow)).max().unwrap_or(0).max(1);
    let count = i64::try_from(months.len()).unwrap_or(i64::MAX);
    let room = WIDTH - LEFT - 16;
    let x = |place: usize| LEFT + room * (2 * place as i64 + 1) / (2 * count);
    let y = |value: i64| LINE_BOTTOM - (LINE_BOTTOM - LINE_TOP) * (value - low) / (high - low);

    let mut line = String::new();
    let mut points = Vec::with_capacity(months.len());
    let mut bars = Vec::with_capacity(months.len());
    let mut labels = Vec::new();
    let width = (room / count * 11 / 20).clamp(2, 52);
    // Labels that would run into each other are left out, the last one never.
    let every = months.len().div_ceil(14);
    for (place, month) in months.iter().enumerate() {
        let (cx, cy) = (x(place), y(month.at_end));
        line.push(if place == 0 { 'M' } else { 'L' });
        line.push_str(&cx.to_string());
        line.push(' ');
        line.push_str(&cy.to_string());
        points.push(view! { <circle cx=cx.to_string() cy=cy.to_string() r="6" /> });
        let up = BARS_REACH * month.inflow / reach;
        let down = BARS_REACH * month.outflow / reach;
        let left = (cx - width / 2).to_string();
        bars.push(view! {
            <rect
                class="bar-in"
                x=left.clone()
                y=(BARS_MIDDLE - up).to_string()
                width=width.to_string()
                height=up.to_string()
            />
            <rect class="bar-out" x=left y=BARS_MIDDLE.to_string() width=width.to_string() height=down.to_string() />
        });
        if (months.len() - 1 - place).is_multiple_of(every) {
            let year = (month.month.month() == 1 || labels.is_empty() && month.month.month() < 11).then(|| {
                view! {
                    <text x=cx.to_string() y=(HEIGHT - 4).to_string() text-anchor="middle">
                        {month.month.year().to_string()}
                    </text>
                }
            });
            labels.push(view! {
                <text x=cx.to_string() y=(HEIGHT - 32).to_string() text-anchor="middle">
                    {format::short_month(t.language, month.month)}
                </text>
                {year}
            });
        }
    }
    let mut grid = Vec::new();
    let mut value = low;
    while value <= high {
        let at = y(value).to_string();
        grid.push(view! {
            <line x1=LEFT.to_string() x2=WIDTH.to_string() y1=at.clone() y2=at.clone() />
            <text x=(LEFT - 16).to_string() y=at text-anchor="end" dominant-baseline="middle">
                {format::signed(t.language, value)}
            </text>
        });
        value += step;
    }
    let (title_id, description_id) = (format!("{id}-titel"), format!("{id}-uitleg"));
    let labelled = format!("{title_id} {description_id}");
    view! {
        <figure class="chart" tabindex="0">
            <svg
                viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                role="img"
                aria-labelledby=labelled
            >
                <title id=title_id>{title}</title>
                <desc id=description_id>{description}</desc>
                <g class="grid">{grid}</g>
                <g class="bars">
                    {bars}
                    <line
                        x1=LEFT.to_string()
                        x2=WIDTH.to_string()
                        y1=BARS_MIDDLE.to_string()
                        y2=BARS_MIDDLE.to_string()
                    />
                </g>
                <path class="course" d=line />
                <g class="points">{points}</g>
                <g class="labels">{labels}</g>
            </svg>
            <figcaption class="legend">
                <span class="key course">{t.ui().chart_at_end}</span>
                <span class="key in">{t.ui().chart_in}</span>
                <span class="key out">{t.ui().chart_out}</span>
            </figcaption>
        </figure>
    }
    .into_any()
}

/// The lowest and highest value of the axis, and the step between its lines: round numbers, about four lines.
fn axis(months: &[UsageMonth]) -> (i64, i64, i64) {
    let low = months.iter().map(|month| month.at_end).min().unwrap_or(0);
    let high = months.iter().map(|month| month.at_end).max().unwrap_or(0);
    let wanted = ((high - low) / 3).max(1);
    let mut power = 1;
    while power * 10 <= wanted {
        power *= 10;
    }
    let step = [1, 2, 5, 10].into_iter().map(|part| part * power).find(|step| *step >= wanted).unwrap_or(power * 10);
    let from = low.div_euclid(step) * step;
    let to = (high.div_euclid(step) + 1) * step;
    (from, to, step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use collectief_domain::date::Month;

    fn month(at_end: i64) -> UsageMonth {
        UsageMonth { month: Month::from_index(24_320), at_end, difference: 0, inflow: 0, outflow: 0 }
    }

    #[test]
    fn the_axis_has_round_numbers_around_the_values() {
        assert_eq!(axis(&[month(1623), month(1663)]), (1620, 1680, 20));
        assert_eq!(axis(&[month(0)]), (0, 1, 1));
        let (low, high, step) = axis(&[month(93_211), month(100_480)]);
        assert!(low <= 93_211 && high > 100_480 && (high - low) / step <= 5);
    }
}
