//! The trace that a caller says its call is part of: the header `traceparent` (W3C Trace Context).

use http::HeaderMap;
use http::header::HeaderName;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The length of the fields that every version has: `00-<32 hex>-<16 hex>-<2 hex>`.
const LENGTH: usize = 55;

/// A trace, and the span of it that called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceParent(Box<str>);

impl TraceParent {
    /// The trace of a call. Nothing if its header is missing, is there twice, or is not as the standard demands, in which case
    /// the standard says to take no notice of it.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all(TRACEPARENT).iter();
        let text = all.next()?.to_str().ok()?;
        if all.next().is_some() { None } else { Self::read(text) }
    }

    fn read(text: &str) -> Option<Self> {
        let known = text.get(..LENGTH)?;
        let mut parts = known.split('-');
        let mut hex = |length: usize| {
            let part = parts.next()?;
            let fits = part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            fits.then_some(part)
        };
        let (version, trace, span, _flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
        let is_zero = |id: &str| id.bytes().all(|b| b == b'0');
        // A later version may have more fields, after a hyphen. Version ff is forbidden.
        let rest = &text[LENGTH..];
        let ends_well = rest.is_empty() || (version != "00" && rest.starts_with('-'));
        let fits = version != "ff" && ends_well && !is_zero(trace) && !is_zero(span);
        fits.then(|| Self(known.into()))
    }

    /// The id of the trace, 32 hexadecimal digits.
    pub(crate) fn trace_id(&self) -> &str {
        &self.0[3..35]
    }

    /// The id of the span that called, 16 hexadecimal digits.
    pub(crate) fn span_id(&self) -> &str {
        &self.0[36..52]
    }

    /// The id of the trace as a number.
    pub(super) fn trace_number(&self) -> u128 {
        u128::from_str_radix(self.trace_id(), 16).unwrap_or(1)
    }

    /// The flags, of which the lowest bit says whether the trace is recorded.
    pub(super) fn flags(&self) -> u8 {
        u8::from_str_radix(&self.0[53..LENGTH], 16).unwrap_or(0)
    }

    /// Whether the caller records the trace, so that spans of it are wanted.
    pub(crate) fn is_sampled(&self) -> bool {
        self.flags() & 1 == 1
    }

    /// Whether a text can be the id of a trace.
    pub(crate) fn is_trace_id(text: &str) -> bool {
        text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_of_the_standard() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let read = TraceParent::read(good).expect("good");
        assert_eq!((read.trace_id(), read.span_id()), ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"));
        assert_eq!((read.trace_number(), read.flags()), (0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736, 1));
        assert!(read.is_sampled() && !TraceParent::read(&good.replace("b7-01", "b7-02")).expect("good").is_sampled());
        for later in ["01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", &good.replacen("00", "cc", 1)] {
            assert_eq!(TraceParent::read(later).map(|it| it.span_id().to_owned()).as_deref(), Some("00f067aa0ba902b7"));
        }
        for bad in [
            "",
            "00",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
            "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902bæ-1",
        ] {
            assert_eq!(TraceParent::read(bad), None, "{bad}");
        }
    }
}
