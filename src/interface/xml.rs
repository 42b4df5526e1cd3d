//! Answers and errors in XML: the same names and nesting as in JSON. A list is its element repeated,
//! an empty list no element, a number the same text. Imitates docs/fidelity.md, "Format".

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::value::RawValue;

use super::negotiation::Format;
use crate::json::Level;

/// Writes an object, a JSON text, as a document with that root element and default namespace.
pub(crate) fn document(root: &str, namespace: &str, json: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::with_capacity(json.len() * 2));
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let start = BytesStart::new(root).with_attributes([("xmlns", namespace)]);
    element(&mut writer, start, serde_json::from_slice(json)?)?;
    Ok(writer.into_inner())
}

/// Writes an object, a JSON text, in a format; in JSON where there is no namespace.
pub(crate) fn write(json: Vec<u8>, format: Format, root: &str, namespace: Option<&str>) -> Vec<u8> {
    match (format, namespace) {
        (Format::Xml, Some(namespace)) => document(root, namespace, &json).unwrap_or_default(),
        _ => json,
    }
}

fn element(writer: &mut Writer<Vec<u8>>, start: BytesStart<'_>, value: &RawValue) -> io::Result<()> {
    let end = BytesEnd::new(String::from_utf8_lossy(start.name().as_ref()).into_owned());
    writer.write_event(Event::Start(start))?;
    match Level::of(value)? {
        Level::Object(fields) => {
            for (name, field) in &fields {
                if field.get().starts_with('[') {
                    if let Level::Array(items) = Level::of(field)? {
                        for item in items {
                            element(writer, BytesStart::new(name), item)?;
                        }
                    }
                } else {
                    element(writer, BytesStart::new(name), field)?;
                }
            }
        }
        Level::Scalar(text) if text.get().starts_with('"') => {
            let text: String = serde_json::from_str(text.get())?;
            writer.write_event(Event::Text(BytesText::from_escaped(escape(&text))))?;
        }
        Level::Scalar(value) if value.get() != "null" => {
            writer.write_event(Event::Text(BytesText::from_escaped(value.get())))?;
        }
        // The services send no null and no list within a list, and no literal answer with one is loaded.
        Level::Scalar(_) | Level::Array(_) => {}
    }
    writer.write_event(Event::End(end))
}

/// Escapes a text, so that a reader gets back the very same. What XML 1.0 cannot carry at all
/// becomes U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // A bare one would be read as a line feed.
            '\r' => escaped.push_str("&#13;"),
            '\t' | '\n' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'.. => escaped.push(c),
            _ => escaped.push('\u{FFFD}'),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use quick_xml::Reader;
    use serde_json::{Map, Value, json};

    fn written(value: &Value) -> String {
        let json = serde_json::to_vec(value).expect("JSON");
        String::from_utf8(document("rot", "urn:x", &json).expect("written")).expect("UTF-8")
    }

    #[test]
    fn names_lists_and_numbers() {
        let value = json!({ "a": [1, { "b": "x" }], "tom": [], "c": {}, "d": true });
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?><rot xmlns="urn:x"><a>1</a><a><b>x</b></a><c></c><d>true</d></rot>"#;
        assert_eq!(written(&value), expected);
        let exact: Value = serde_json::from_str(r#"{"beloep":1000.0}"#).expect("JSON");
        assert!(written(&exact).contains("<beloep>1000.0</beloep>"));
    }

    /// All texts of a document in order, as a reader that nobody here wrote gives them back.
    fn texts(xml: &str) -> Vec<String> {
        let mut reader = Reader::from_str(xml);
        let (mut found, mut current) = (Vec::new(), String::new());
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Start(_) => current.clear(),
                Event::Text(text) => current.push_str(&text.decode().expect("UTF-8")),
                Event::GeneralRef(reference) => {
                    let name = reference.decode().expect("UTF-8");
                    let entity = quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned);
                    let c = || reference.resolve_char_ref().expect("a reference").expect("a character").to_string();
                    current.push_str(&entity.unwrap_or_else(c));
                }
                Event::End(_) => found.push(std::mem::take(&mut current)),
                Event::Eof => return found,
                _ => {}
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_well_formed_and_comes_back(text in any::<String>()) {
            let mut fields = Map::new();
            fields.insert("t".to_owned(), Value::String(text.clone()));
            let carried: String = text
                .chars()
                .map(|c| if matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c })
                .collect();
            prop_assert_eq!(&texts(&written(&Value::Object(fields)))[0], &carried);
        }
    }
}
