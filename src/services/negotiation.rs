//! The format of an answer, by `Accept` (RFC 9110 §12.5.1): JSON by default.
//!
//! XML is known here and not written yet; whoever asks for nothing else is told so.

use http::HeaderMap;
use http::header::ACCEPT;
use mediatype::{MediaType, MediaTypeList, ReadParams, names};

/// A format that a service can answer in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
}

impl Format {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
        }
    }
}

/// What `Accept` admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Negotiated {
    /// That format.
    Format(Format),
    /// XML, which the real services write and the sandbox does not yet.
    OnlyXml,
    /// Neither.
    Neither,
}

pub(crate) fn negotiate(headers: &HeaderMap) -> Negotiated {
    let mut values = headers.get_all(ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return Negotiated::Format(Format::Json);
    }
    let accept = values.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    if accept.trim().is_empty() {
        return Negotiated::Format(Format::Json);
    }
    if quality(&accept, "json") > 0.0 {
        Negotiated::Format(Format::Json)
    } else if quality(&accept, "xml") > 0.0 {
        Negotiated::OnlyXml
    } else {
        Negotiated::Neither
    }
}

/// The quality of `application/<subtype>`, from the most specific range that covers it.
fn quality(accept: &str, subtype: &str) -> f32 {
    MediaTypeList::new(accept)
        .filter_map(Result::ok)
        .filter_map(|range| Some((specificity(&range, subtype)?, q(&range))))
        .max_by_key(|(specificity, _)| *specificity)
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

    fn with(accept: &str) -> Negotiated {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().expect("header"));
        negotiate(&headers)
    }

    #[test]
    fn json_wherever_it_is_admitted() {
        let json = Negotiated::Format(Format::Json);
        assert_eq!(negotiate(&HeaderMap::new()), json);
        for accept in [
            "",
            "*/*",
            "application/*",
            "application/json",
            "Application/JSON; charset=utf-8",
            "text/html, application/xhtml+xml, */*;q=0.8",
            "application/json;q=0.1, application/xml",
            "application/xml;q=0.9, */*;q=0.1",
        ] {
            assert_eq!(with(accept), json, "{accept:?}");
        }
    }

    #[test]
    fn what_admits_no_json() {
        assert_eq!(with("application/xml"), Negotiated::OnlyXml);
        assert_eq!(with("application/json;q=0, */*"), Negotiated::OnlyXml);
        for accept in ["text/plain", "application/problem+json", "garbage", "application/json;q=0", "*/*;q=0", ";;,,"] {
            assert_eq!(with(accept), Negotiated::Neither, "{accept:?}");
        }
    }
}
