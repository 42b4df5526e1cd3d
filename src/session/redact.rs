//! What a caller sent, as a log or the journal may hold it.

use crate::domain::identifikator::mask_personal_numbers;

/// A text from a caller as it may be kept: decoded, so that nothing hides behind an encoding; without tokens
/// and real personal numbers; on one line; of bearable length.
pub(crate) fn redacted(text: &str) -> String {
    const MOST: usize = 300;
    if text.len() <= MOST && is_harmless(text) {
        return text.to_owned();
    }
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    let masked = mask_personal_numbers(&decoded);
    let mut safe: String = without_tokens(&masked).chars().flat_map(printable).take(MOST).collect();
    if safe.len() >= MOST {
        safe.push('…');
    }
    safe
}

/// Nothing in it could need a closer look: the case of nearly every request.
fn is_harmless(text: &str) -> bool {
    let mut digits = 0;
    text.bytes().all(|b| {
        digits = if b.is_ascii_digit() { digits + 1 } else { 0 };
        b.is_ascii_graphic() && b != b'%' && digits < 11
    }) && !text.contains("eyJ")
}

/// A character as it can stand on one line; quotation marks as they are.
fn printable(c: char) -> impl Iterator<Item = char> {
    let plain = matches!(c, '\'' | '"' | '\\').then_some(c);
    plain.into_iter().chain(plain.is_none().then(|| c.escape_debug()).into_iter().flatten())
}

/// Cuts every JWT down to how it begins.
fn without_tokens(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '=');
    let (mut rest, mut out) = (text, String::with_capacity(text.len()));
    while let Some(at) = rest.find("eyJ") {
        let length = rest[at..].find(|c| !is_part(c)).unwrap_or(rest.len() - at);
        out.push_str(&rest[..at]);
        out.push_str(if length > 20 { "eyJ***" } else { &rest[at..at + length] });
        rest = &rest[at + length..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_and_no_real_person_is_kept() {
        let token = format!("{}.{}.{}", "eyJhbGciOiJub25lIn0", "eyJpc3MiOiJ4In0", "c2lnbmF0dXI");
        assert_eq!(redacted(&format!("/v1?token={token}&x=1")), "/v1?token=eyJ***&x=1");
        assert_eq!(redacted("/v1/eyJ/x"), "/v1/eyJ/x");
        assert_eq!(redacted("/finans/04827896468/krav"), "/finans/04827896468/krav", "synthetic");
        assert!(!redacted("/finans/%30%31010112345/krav").contains("01010112345"));
        assert_eq!(redacted("a\nb"), "a\\nb");
        assert_eq!(redacted(&"å".repeat(400)).chars().count(), 301);
    }
}
