//! The format of an answer, by `Accept` (RFC 9110 §12.5.1): the one of the highest quality, JSON where
//! both are as welcome. Imitates docs/fidelity.md, "Format".

use http::HeaderMap;
use http::header::ACCEPT;
use mediatype::{MediaType, MediaTypeList, ReadParams, names};

use crate::catalogue::Formats;

/// A format that a service answers in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    #[default]
    Json,
    Xml,
}

impl Format {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xml => "application/xml",
        }
    }
}

/// The format of an answer to a caller; nothing where the caller accepts none that there is.
pub(crate) fn accepted(formats: Formats, headers: &HeaderMap) -> Option<Format> {
    match formats {
        Formats::JsonAlways => Some(Format::Json),
        Formats::Json => json_only(headers),
        Formats::JsonAndXml { .. } => negotiate(headers),
    }
}

/// JSON or XML, whichever `Accept` asks for; nothing where it admits neither.
pub(crate) fn negotiate(headers: &HeaderMap) -> Option<Format> {
    let accept = match accept(headers) {
        Accept::Json => return Some(Format::Json),
        Accept::Other(accept) => accept,
    };
    let (json, xml) = (quality(&accept, "json"), quality(&accept, "xml"));
    if json > 0.0 && json >= xml { Some(Format::Json) } else { (xml > 0.0).then_some(Format::Xml) }
}

/// JSON, where `Accept` admits it at all; for services that have nothing else.
fn json_only(headers: &HeaderMap) -> Option<Format> {
    match accept(headers) {
        Accept::Json => Some(Format::Json),
        Accept::Other(accept) => (quality(&accept, "json") > 0.0).then_some(Format::Json),
    }
}

/// What a caller accepts.
enum Accept {
    /// JSON at least as gladly as anything else: the header is absent, empty, or one of the usual ones.
    Json,
    /// What must be read.
    Other(String),
}

fn accept(headers: &HeaderMap) -> Accept {
    let mut values = headers.get_all(ACCEPT).iter();
    match (values.next(), values.next()) {
        (None, _) => return Accept::Json,
        (Some(only), None) if matches!(only.as_bytes(), b"*/*" | b"application/json") => return Accept::Json,
        _ => {}
    }
    let values = headers.get_all(ACCEPT).iter().map(|value| value.to_str().unwrap_or("unreadable"));
    let accept = values.collect::<Vec<_>>().join(",");
    if accept.trim().is_empty() { Accept::Json } else { Accept::Other(accept) }
}

/// The quality of `application/<subtype>`, from the most specific range that covers it.
fn quality(accept: &str, subtype: &str) -> f32 {
    MediaTypeList::new(accept)
        .filter_map(Result::ok)
        .filter_map(|range| Some((specificity(&range, subtype)?, q(&range))))
        // Parameters do not tell ranges apart; of two that are as specific, the more welcoming one counts.
        .max_by(|(one, q), (other, r)| one.cmp(other).then(q.total_cmp(r)))
        .map_or(0.0, |(_, q)| q)
}

/// How closely a range names `application/<subtype>`; nothing where it does not cover it.
fn specificity(range: &MediaType<'_>, subtype: &str) -> Option<u8> {
    if range.suffix.is_some() {
        return None;
    }
    if range.ty == "*" && range.subty == "*" {
        Some(0)
    } else if range.ty != names::APPLICATION {
        None
    } else if range.subty == "*" {
        Some(1)
    } else {
        (range.subty == subtype).then_some(2)
    }
}

fn q(range: &MediaType<'_>) -> f32 {
    let q = mediatype::Name::new_unchecked("q");
    range.get_param(q).map_or(1.0, |value| value.as_str().parse::<f32>().map_or(0.0, |q| q.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(accept: &str) -> Option<Format> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().expect("header"));
        negotiate(&headers)
    }

    #[test]
    fn json_where_it_is_at_least_as_welcome() {
        assert_eq!(negotiate(&HeaderMap::new()), Some(Format::Json));
        for accept in [
            "",
            "*/*",
            "application/*",
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/xml, application/json",
            "text/csv, application/*;q=0.1",
            "application/xml;q=0.5, */*;q=0.5",
            "application/json, application/json;version=2;q=0",
        ] {
            assert_eq!(with(accept), Some(Format::Json), "{accept:?}");
        }
    }

    #[test]
    fn xml_where_it_is_more_welcome() {
        for accept in [
            "application/xml",
            "application/json;q=0.1, application/xml",
            "application/json;q=0, */*",
            "application/xml;q=0.9, */*;q=0.1",
            "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8",
        ] {
            assert_eq!(with(accept), Some(Format::Xml), "{accept:?}");
        }
    }

    #[test]
    fn neither() {
        for accept in
            ["text/plain", "text/xml", "application/problem+json", "garbage", "application/json;q=0", "*/*;q=0", ";;,,"]
        {
            assert_eq!(with(accept), None, "{accept:?}");
        }
    }

    #[test]
    fn nothing_but_json() {
        let with = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().expect("header"));
            json_only(&headers)
        };
        assert_eq!(json_only(&HeaderMap::new()), Some(Format::Json));
        for accept in ["", "*/*", "application/json;q=0.1, application/xml", "application/*"] {
            assert_eq!(with(accept), Some(Format::Json), "{accept:?}");
        }
        for accept in ["application/xml", "text/plain", "application/json;q=0, */*"] {
            assert_eq!(with(accept), None, "{accept:?}");
        }
    }

    #[test]
    fn several_headers_are_one_list() {
        let mut headers = HeaderMap::new();
        headers.append(ACCEPT, "application/json;q=0.1".parse().expect("header"));
        headers.append(ACCEPT, "application/xml;q=0.2".parse().expect("header"));
        assert_eq!(negotiate(&headers), Some(Format::Xml));
    }
}
