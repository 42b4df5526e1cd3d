//! Markdown to HTML. What comes out has no style and no script of its own, so it fits the content security policy of the
//! pages; HTML in the text is shown as text, but for anchors (`<a id="…"></a>`).

use std::collections::HashMap;

use pulldown_cmark::{Alignment, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// A document as HTML.
pub(super) struct Rendered {
    pub(super) html: String,
    /// The headings of the second level: anchor and text.
    pub(super) sections: Vec<(String, String)>,
    /// The text of the first paragraph.
    pub(super) lead: String,
}

/// Renders a text. `link` gives the address that a link leads to.
pub(super) fn render(text: &str, link: &dyn Fn(&str) -> String) -> Rendered {
    let events: Vec<Event<'_>> =
        Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).collect();
    let mut anchors = Anchors::beside(&events);
    let (mut sections, mut lead) = (Vec::new(), None);
    let mut rendered = Vec::with_capacity(events.len());
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let title = plain(&events[at..], |end| matches!(end, TagEnd::Heading(_)));
                let anchor = anchors.of(&title);
                if *level == HeadingLevel::H2 {
                    sections.push((anchor.clone(), title));
                }
                let id = Some(anchor.into());
                rendered.push(Event::Start(Tag::Heading { level: *level, id, classes: Vec::new(), attrs: Vec::new() }));
            }
            Event::Start(Tag::Paragraph) => {
                lead.get_or_insert_with(|| plain(&events[at..], |end| matches!(end, TagEnd::Paragraph)));
                rendered.push(event.clone());
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => rendered.push(Event::Start(Tag::Link {
                link_type: *link_type,
                dest_url: link(dest_url).into(),
                title: title.clone(),
                id: id.clone(),
            })),
            // What can be wider than the window scrolls, by the keyboard as well. Alignments would be styles in the text.
            Event::Start(Tag::Table(columns)) => {
                rendered.push(Event::Html(r#"<div class="wide" tabindex="0" role="group" aria-label="Table">"#.into()));
                rendered.push(Event::Start(Tag::Table(vec![Alignment::None; columns.len()])));
            }
            Event::End(TagEnd::Table) => {
                rendered.push(event.clone());
                rendered.push(Event::Html("</div>\n".into()));
            }
            Event::Start(Tag::CodeBlock(_)) => rendered.push(Event::Html(r#"<pre tabindex="0"><code>"#.into())),
            Event::End(TagEnd::CodeBlock) => rendered.push(Event::Html("</code></pre>\n".into())),
            Event::InlineHtml(tag) | Event::Html(tag) if !is_anchor(tag) => rendered.push(Event::Text(tag.clone())),
            event => rendered.push(event.clone()),
        }
    }
    let mut made = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut made, rendered.into_iter());
    Rendered { html: made, sections, lead: lead.unwrap_or_default() }
}

/// The text of an element, from its start to its end.
fn plain(events: &[Event<'_>], is_end: impl Fn(&TagEnd) -> bool) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::End(end) if is_end(end) => break,
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

/// Whether a tag is the beginning or the end of an anchor.
fn is_anchor(tag: &str) -> bool {
    tag == "</a>" || anchor(tag).is_some()
}

/// The name of an anchor, by its tag.
fn anchor(tag: &str) -> Option<&str> {
    let id = tag.strip_prefix("<a id=\"")?.strip_suffix("\">")?;
    id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-').then_some(id)
}

/// The anchors of the headings of a document, as GitHub makes them. A name that the text gives to an anchor of its own is not
/// given to a heading.
struct Anchors {
    used: HashMap<String, usize>,
}

impl Anchors {
    fn beside(events: &[Event<'_>]) -> Self {
        let of_text = events.iter().filter_map(|event| match event {
            Event::InlineHtml(tag) | Event::Html(tag) => Some((anchor(tag)?.to_owned(), 1)),
            _ => None,
        });
        Self { used: of_text.collect() }
    }

    fn of(&mut self, title: &str) -> String {
        let letter = |c: char| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || matches!(c, '-' | '_') => Some(c),
            _ => None,
        };
        let anchor: String = title.trim().to_lowercase().chars().filter_map(letter).collect();
        let times = self.used.entry(anchor.clone()).or_default();
        *times += 1;
        if *times == 1 { anchor } else { format!("{anchor}-{}", *times - 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        render(text, &|link| format!("to:{link}")).html
    }

    #[test]
    fn html_in_a_text_is_text() {
        let made = html("a <b onclick=\"x\">b</b> <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n");
        assert!(!made.contains("<b") && !made.contains("<script") && !made.contains("<img"), "{made}");
        assert!(html("<a id=\"x-1\"></a>x").contains("<a id=\"x-1\"></a>x"));
        assert!(!html("<a id=\"x\" href=\"y\"></a>x").contains("<a id"));
    }

    #[test]
    fn headings_have_the_anchors_of_github_and_links_go_where_they_are_sent() {
        let made = html("# `--tls`, and *more*\n\n## Æ ø, twice\n\n## Æ ø, twice\n\n[x](y.md#z)");
        assert!(made.contains("<h1 id=\"--tls-and-more\">") && made.contains("<h2 id=\"æ-ø-twice\">"), "{made}");
        assert!(made.contains("<h2 id=\"æ-ø-twice-1\">") && made.contains("<a href=\"to:y.md#z\">"), "{made}");
    }

    #[test]
    fn an_anchor_of_the_text_keeps_its_name() {
        let made = html("## Drift\n\n<a id=\"drift\"></a>x");
        assert!(made.contains("<h2 id=\"drift-1\">") && made.contains("<a id=\"drift\">"), "{made}");
    }

    #[test]
    fn a_table_has_no_style_of_its_own() {
        let made = html("| a | b |\n|:--|--:|\n| `x\\|y` | 2 |\n");
        assert!(made.contains("<code>x|y</code>") && !made.contains("style"), "{made}");
    }
}
