//! What a caller sent, as a log or the journal may hold it.

use std::borrow::Cow;

use crate::domain::identifikator::mask_personal_numbers;

/// The longest text that is kept, in characters.
const MOST: usize = 300;

/// A text from a caller as it may be kept: decoded, so that nothing hides behind an encoding; without tokens
/// and real personal numbers; on one line; of bearable length.
pub(crate) fn redacted(text: &str) -> Cow<'_, str> {
    if text.len() <= MOST && is_harmless(text) { Cow::Borrowed(text) } else { Cow::Owned(cleaned(text)) }
}

/// The most of a body that is kept, in bytes.
const MOST_OF_A_BODY: usize = 16 * 1024;

/// The beginning of a body from a caller as it may be kept: without tokens and real personal numbers.
pub(crate) fn redacted_body(body: &[u8]) -> String {
    let mut safe = redacted_whole(&body[..body.len().min(MOST_OF_A_BODY)]);
    if body.len() > MOST_OF_A_BODY {
        safe.push('…');
    }
    safe
}

/// A whole body from a caller, without tokens and real personal numbers.
pub(crate) fn redacted_whole(body: &[u8]) -> String {
    without_tokens(&mask_personal_numbers(&String::from_utf8_lossy(body)))
}

fn cleaned(text: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    let joined = without_separators(&decoded);
    let masked = mask_personal_numbers(&joined);
    let mut safe: String = without_secrets(&without_tokens(&masked)).chars().flat_map(printable).take(MOST).collect();
    if safe.len() >= MOST {
        safe.push('…');
    }
    safe
}

/// What a byte may mean: plain, a digit, or something that needs a closer look.
const PLAIN: u8 = 0;
const DIGIT: u8 = 1;
const SUSPECT: u8 = 2;

/// The meaning of every byte. `?` begins a query, `y` may be in the beginning of a token (`eyJ`).
static MEANING: [u8; 256] = {
    let mut meaning = [SUSPECT; 256];
    let mut b = 0x21;
    while b < 0x7f {
        meaning[b] = PLAIN;
        b += 1;
    }
    let mut digit = b'0';
    while digit <= b'9' {
        meaning[digit as usize] = DIGIT;
        digit += 1;
    }
    meaning[b'%' as usize] = SUSPECT;
    meaning
};

/// Whether nothing in it could need a closer look. That is the case of nearly every request.
fn is_harmless(text: &str) -> bool {
    let (mut run, mut before, mut query, mut token) = (0_u32, 0_u32, false, false);
    for b in text.bytes() {
        match MEANING[usize::from(b)] {
            DIGIT => {
                run += 1;
                // A personal number: eleven digits, or six and five with something between them.
                if run >= 11 || (before >= 6 && run >= 5) {
                    return false;
                }
            }
            PLAIN => {
                (before, run) = (run, 0);
                query |= b == b'?';
                token |= b == b'J';
            }
            _ => return false,
        }
    }
    !(token && text.contains("eyJ")) && (!query || without_secrets(text) == text)
}

/// A character as it can stand on one line; quotation marks as they are.
fn printable(c: char) -> impl Iterator<Item = char> {
    let plain = matches!(c, '\'' | '"' | '\\').then_some(c);
    plain.into_iter().chain(plain.is_none().then(|| c.escape_debug()).into_iter().flatten())
}

/// A personal number written in two parts (`010101 12345`) in one, so that it is seen as one.
fn without_separators(text: &str) -> String {
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| bytes.get(from..to).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let mut joined = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let within = matches!(c, ' ' | '-' | '.' | '+') && at >= 6 && digits(at - 6, at) && digits(at + 1, at + 6);
        let bounded = !bytes.get(at + 6).is_some_and(u8::is_ascii_digit)
            && !at.checked_sub(7).is_some_and(|before| bytes[before].is_ascii_digit());
        if !(within && bounded) {
            joined.push(c);
        }
    }
    joined
}

/// The parameters whose values are secrets, whatever they look like.
const SECRETS: [&str; 6] = ["token=", "assertion=", "authorization=", "secret=", "key=", "password="];

/// Masks the values of parameters that are secrets.
fn without_secrets(text: &str) -> String {
    let hide = |part: &str| {
        let lower = part.to_ascii_lowercase();
        let secret = SECRETS.iter().find_map(|name| lower.find(name).map(|at| at + name.len()));
        secret.map_or_else(|| part.to_owned(), |end| format!("{}***", &part[..end]))
    };
    match text.split_once('?') {
        None => text.to_owned(),
        Some((path, query)) => format!("{path}?{}", query.split('&').map(hide).collect::<Vec<_>>().join("&")),
    }
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
        assert_eq!(redacted(&format!("/v1?token={token}&x=1")), "/v1?token=***&x=1");
        assert_eq!(redacted(&format!("/v1/{token}/x")), "/v1/eyJ***/x");
        assert_eq!(redacted("/v1/eyJ/x"), "/v1/eyJ/x");
        assert_eq!(redacted("/finans/04827896468/krav"), "/finans/04827896468/krav", "synthetic");
        assert!(!redacted("/finans/%30%31010112345/krav").contains("01010112345"));
        assert_eq!(redacted("a\nb"), "a\\nb");
        for two in ["/a/010101 12345/x", "/a/010101-12345", "/a/010101%2012345?x"] {
            assert!(!redacted(two).contains("12345"), "{}", redacted(two));
        }
        assert_eq!(
            redacted("/a?fraOgMed=2026-01-01&tilOgMed=2026-11-21"),
            "/a?fraOgMed=2026-01-01&tilOgMed=2026-11-21"
        );
        assert_eq!(redacted("/a?access_token=SECRET&x=1"), "/a?access_token=***&x=1");
        assert_eq!(redacted(&"å".repeat(400)).chars().count(), 301);
    }
}
