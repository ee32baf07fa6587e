//! HTML written as text, for what has too many parts to be views.

use leptos::prelude::*;

/// HTML in the making. Markup is only what stands in the program itself; everything else goes in as text, which cannot
/// become markup.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    /// Makes room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// Adds markup of the program's own.
    pub fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds text, as it stands in an element or, between double quotes, in an attribute.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"']) {
            let (before, found) = rest.split_at(at);
            self.0.push_str(before);
            self.0.push_str(match found.as_bytes()[0] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                _ => "&quot;",
            });
            rest = &found[1..];
        }
        self.0.push_str(rest);
        self
    }

    /// Adds HTML that was made the same way.
    pub fn html(&mut self, part: &Self) -> &mut Self {
        self.0.push_str(&part.0);
        self
    }

    /// All of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A part of a table whose rows are written as text; `page` tells which page of the list they are.
pub fn table_body(page: String, rows: Html) -> impl IntoView {
    view! { <tbody data-page=page inner_html=rows.0></tbody> }
}

/// The body of a table whose rows are written as text.
pub fn written_body(rows: Html) -> AnyView {
    view! { <tbody inner_html=rows.0></tbody> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    // asvs = "1.1.2, 1.2.1"
    #[test]
    fn text_never_becomes_markup() {
        let mut html = Html::default();
        html.markup("<a title=\"").text("\" onclick=\"x").markup("\">").text("<b>&amp; é</b>").markup("</a>");
        assert_eq!(html.as_str(), "<a title=\"&quot; onclick=&quot;x\">&lt;b&gt;&amp;amp; é&lt;/b&gt;</a>");
    }
}
