//! What a caller sent, as a log, the journal, an error or a terminal may show it. Imitates docs/fidelity.md, "Privacy".

mod numbers;
mod secrets;

use std::borrow::Cow;
use std::fmt::Write as _;

use numbers::Doubt;

/// The longest text that is kept, in characters.
const MOST: usize = 300;

/// How many times a text is percent-decoded. A proxy encodes once more what was encoded already.
const DECODINGS: usize = 3;

/// A text from a caller as it may be kept: decoded, so that nothing hides behind an encoding; without tokens, secrets
/// and real personal numbers; on one line; of bearable length.
pub(crate) fn redacted(text: &str) -> Cow<'_, str> {
    if text.len() <= MOST && is_harmless(text) { Cow::Borrowed(text) } else { Cow::Owned(cleaned(text)) }
}

/// The same text without tokens, secrets and real personal numbers, for the one who sent it or whose file it is. Nothing
/// is decoded, its lines stay, and so do amounts and accounts that can be no personal number.
pub(crate) fn masked(text: &str) -> Cow<'_, str> {
    if is_harmless(text) {
        return Cow::Borrowed(text);
    }
    let hidden = without_secrets(text);
    Cow::Owned(numbers::masked(&hidden, Doubt::Show).into_owned())
}

/// The most of a body that is kept, in bytes.
const MOST_OF_A_BODY: usize = 16 * 1024;

/// The beginning of a body from a caller as it may be kept: without tokens, secrets and real personal numbers.
pub(crate) fn redacted_body(body: &[u8]) -> String {
    let mut safe = redacted_whole(&body[..body.len().min(MOST_OF_A_BODY)]);
    if body.len() > MOST_OF_A_BODY {
        safe.push('…');
    }
    safe
}

/// A whole body from a caller, without tokens, secrets and real personal numbers.
pub(crate) fn redacted_whole(body: &[u8]) -> String {
    masked(&String::from_utf8_lossy(body)).into_owned()
}

/// [`masked`], for a text that is given away.
pub(crate) fn masked_text(text: String) -> String {
    let hidden = match masked(&text) {
        Cow::Owned(hidden) => Some(hidden),
        Cow::Borrowed(_) => None,
    };
    hidden.unwrap_or(text)
}

/// A text as it can go to a terminal: control characters are written out, except ends of lines and tabs. With `colours`,
/// the sequences that set colours stay.
pub(crate) fn visible(text: &str, colours: bool) -> Cow<'_, str> {
    if !has_unsafe(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if colours { colour_sequence(rest) } else { 0 };
        if length > 0 {
            shown.push_str(&rest[..length]);
        } else if is_unsafe(c) {
            // As JSON writes it, so that a JSON document stays one.
            let _ = write!(shown, "\\u{:04x}", u32::from(c));
        } else {
            shown.push(c);
        }
        rest = &rest[length.max(c.len_utf8())..];
    }
    Cow::Owned(shown)
}

/// Whether any character is unsafe. Those above ASCII begin with one of two bytes.
fn has_unsafe(text: &str) -> bool {
    text.bytes().enumerate().any(|(at, b)| match b {
        b' '..=b'~' | b'\n' | b'\t' => false,
        ..=0x1f | 0x7f => true,
        0xc2 | 0xe2 => text[at..].chars().next().is_some_and(is_unsafe),
        _ => false,
    })
}

/// Whether a terminal may obey a character, or show others in another order because of it.
fn is_unsafe(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
}

/// The length of the sequence at the start of a text that sets colours. 0: there is none.
fn colour_sequence(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else {
        return 0;
    };
    let digits = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b';').count();
    if rest.as_bytes().get(digits) == Some(&b'm') { 2 + digits + 1 } else { 0 }
}

fn cleaned(text: &str) -> String {
    let mut text = without_secrets(text).into_owned();
    for _ in 0..DECODINGS {
        let decoded = percent_encoding::percent_decode_str(&text).decode_utf8_lossy();
        if decoded == text {
            break;
        }
        text = without_secrets(&decoded).into_owned();
    }
    let mut safe: String = numbers::masked(&text, Doubt::Hide).chars().flat_map(printable).take(MOST).collect();
    if safe.len() >= MOST {
        safe.push('…');
    }
    safe
}

fn without_secrets(text: &str) -> Cow<'_, str> {
    let hidden = secrets::without_values(text);
    Cow::Owned(secrets::without_tokens(&hidden))
}

/// What a byte may mean: plain, a digit, the end of what can be a number, or something that needs a closer look.
const PLAIN: u8 = 0;
const DIGIT: u8 = 1;
const BREAK: u8 = 2;
const SUSPECT: u8 = 3;

/// The meaning of every byte.
static MEANING: [u8; 256] = {
    let mut meaning = [SUSPECT; 256];
    let mut b = 0x21_u8;
    while b < 0x7f {
        meaning[b as usize] = match b {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' | b'&' | b'?' => BREAK,
            b'%' | b'@' | b'"' => SUSPECT,
            _ => PLAIN,
        };
        b += 1;
    }
    meaning
};

/// Whether nothing in it could need a closer look. That is the case of nearly every request.
fn is_harmless(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut digits, mut start) = (0_u32, true);
    for (at, b) in bytes.iter().enumerate() {
        match MEANING[usize::from(*b)] {
            DIGIT => {
                digits += 1;
                if digits >= 11 {
                    return false;
                }
            }
            BREAK => digits = 0,
            PLAIN => {}
            _ => return false,
        }
        if *b == b'=' {
            digits = 0;
            if secrets::is_named_before(text, at) {
                return false;
            }
        }
        if *b == b'/' && secrets::is_part_named_before(text, at) {
            return false;
        }
        if secrets::may_begin_token(&bytes[at..], start) {
            return false;
        }
        start = !secrets::is_of_word(*b);
    }
    true
}

/// A character as it can stand on one line; quotation marks as they are.
fn printable(c: char) -> impl Iterator<Item = char> {
    let plain = matches!(c, '\'' | '"' | '\\').then_some(c);
    plain.into_iter().chain(plain.is_none().then(|| c.escape_debug()).into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOKEN: &str = concat!("eyJhbGciOiJub25lIn0", ".", "eyJpc3MiOiJ4In0abcdef", ".", "c2lnbmF0dXI");

    #[test]
    fn unsafe_characters_are_found_by_their_bytes() {
        for c in ('\0'..='\u{ffff}').chain(['\u{1f600}']) {
            assert_eq!(has_unsafe(&format!("å{c}")), is_unsafe(c), "{c:?}");
        }
    }

    #[test]
    fn no_token_is_kept_however_it_is_spelt() {
        assert_eq!(redacted(&format!("/v1?token={TOKEN}&x=1")), "/v1?token=***&x=1");
        assert_eq!(redacted(&format!("/v1/{TOKEN}/x")), "/v1/eyJ***/x");
        assert_eq!(redacted("/v1/eyJ/x"), "/v1/eyJ/x");
        let spaced = concat!("ewogICJhbGciOiAiUlMyNTYiCn0", ".", "eyAiaXNzIjogIngiIH0", ".", "c2lnbmF0dXI");
        for spelt in [
            TOKEN.replace('.', "%2E"),
            TOKEN.replace('.', "%252e"),
            TOKEN.replace('.', "%25252E"),
            TOKEN.to_lowercase(),
            TOKEN.to_uppercase(),
            format!("%65yJ{}", &TOKEN[3..]),
            spaced.to_owned(),
            format!("Bearer {TOKEN}"),
            format!("user:{TOKEN}"),
        ] {
            for place in ["/a/PLACE/b", "/a?x=PLACE&b=1", "a PLACE b", "/a;v=PLACE"] {
                let kept = redacted(&place.replace("PLACE", &spelt)).to_lowercase();
                for secret in ["c2lnbmf0dxi", "pc3mi", "hbgci"] {
                    assert!(!kept.contains(secret), "{place} {spelt}: {kept}");
                }
            }
        }
    }

    #[test]
    fn no_secret_is_kept() {
        for (text, kept) in [
            ("/a?access_token=SECRET&x=1", "/a?access_token=***&x=1"),
            ("/a?x=1&code=SE/CR=ET", "/a?x=1&code=***"),
            ("/a?sig=SEC%26RET&x=1", "/a?sig=***&x=1"),
            ("/a?PWD=SECRET", "/a?PWD=***"),
            ("/a?clientSecret=SECRET#x", "/a?clientSecret=***#x"),
            ("/a?tok%65n=SECRET", "/a?token=***"),
            ("/a?u=https%3A%2F%2Fb%2F%3Fsignature%3DSECRET%26y%3D1", "/a?u=https://b/?signature=***&y=1"),
            ("/a/token=SECRET?x=1", "/a/token=***?x=1"),
            ("/~password=SECRET;x=1", "/~password=***;x=1"),
            ("/token/SECRETVALUE/x", "/token/***/x"),
            ("/api-key/SECRETVALUE", "/api-key/***"),
            ("http://user:SECRET@host/x", "http://***@host/x"),
            ("Authorization: Basic dXNlcjpTRUNSRVQ= here", "Authorization: Basic *** here"),
            ("{\"client_secret\": \"SECRET\", \"a\": 1}", "{\"client_secret\": \"***\", \"a\": 1}"),
        ] {
            assert_eq!(redacted(text), kept);
        }
        for plain in [
            "/maskinporten/token",
            "/token/explain",
            "/a?kode=KB-002&fraOgMed=2026-01-01",
            "send Authorization: Bearer <key>",
            "no Basic authentication here",
        ] {
            assert_eq!(redacted(plain), plain);
        }
    }

    #[test]
    fn no_real_person_is_kept() {
        assert_eq!(redacted("/finans/04827896468/krav"), "/finans/04827896468/krav", "synthetic");
        assert_eq!(redacted("/finans/048278-96468/krav"), "/finans/048278-96468/krav", "synthetic");
        assert!(!redacted("/finans/%30%31010112345/krav").contains("01010112345"));
        for spelt in [
            "01010112345",
            "010101 12345",
            "010101-12345",
            "010101%2012345",
            "010101+12345",
            "010101.12345",
            "010101_12345",
            "010101/12345",
            "010101:12345",
            "010101%20-%2012345",
            "010101\u{a0}12345",
            "010101\u{2013}12345",
            "01.01.01 12345",
            "01 01 01 123 45",
            "0101 01 12345",
            "01-01-01-12345",
            "010101,12345",
            "010101~12345",
        ] {
            for place in ["/a/PLACE/2026/x", "/a?b=PLACE&c=1", "no PLACE here", "PLACE"] {
                let kept = redacted(&place.replace("PLACE", spelt)).into_owned();
                assert!(!kept.contains("345") && !kept.contains("45"), "{place} {spelt}: {kept}");
                assert!(kept.contains("**"), "{kept}");
            }
        }
        for plain in [
            "/a?fraOgMed=2026-01-01&tilOgMed=2026-11-21",
            "2026-11-21 12:34:56.789",
            "2026-11-21 123",
            "310478717, 313367002",
            "127.0.0.1:18080",
            "0e5bd5f6-0101-0112-3450-1f5a0c0d2f11",
        ] {
            assert_eq!(redacted(plain), plain);
        }
    }

    #[test]
    fn one_line_of_bearable_length() {
        assert_eq!(redacted("a\nb\u{1b}[31m\u{9b}"), "a\\nb\\u{1b}[31m\\u{9b}");
        assert_eq!(redacted(&"å".repeat(400)).chars().count(), 301);
        assert_eq!(masked("a\n  010101 12345\n"), "a\n  ****** *****\n");
        assert_eq!(
            masked("konto: 86011117947, 12345678901, 10000000000.01"),
            "konto: 86011117947, 12345678901, 10000000000.01"
        );
        assert_eq!(masked("part: 01010112345"), "part: ***********");
    }

    #[test]
    fn a_long_text_takes_no_longer_than_its_length() {
        for bit in
            ["ey=", "eyj=", "token=", "token&", "://", "/token/", "a=a;", "1 ", "12-", "basic ", "%25", "\"key\":"]
        {
            let text = bit.repeat(60_000 / bit.len());
            let kept = redacted(&text);
            assert!(kept.chars().count() <= MOST + 1, "{bit}");
        }
    }

    #[test]
    fn nothing_that_a_terminal_obeys() {
        assert_eq!(visible("a\tå\n", false), "a\tå\n");
        assert_eq!(visible("\u{1b}[31m\u{9b}\u{202e}\r", false), "\\u001b[31m\\u009b\\u202e\\u000d");
        assert_eq!(
            visible("\u{1b}[1;31mx\u{1b}[0m\u{1b}]0;title\u{7}", true),
            "\u{1b}[1;31mx\u{1b}[0m\\u001b]0;title\\u0007"
        );
    }

    proptest! {
        /// The quick look lets nothing pass that the close one would change.
        #[test]
        fn what_looks_harmless_is(text in "[a-zA-Z0-9/?&=._:;,~%@\" -]{0,80}|([0-9]{1,6}[ ./-]?){1,6}|(ey|EY|ew)[a-zA-Z0-9._=-]{15,40}|(/(token|key|a)){1,3}/[A-Za-z0-9]{6,12}") {
            if is_harmless(&text) {
                prop_assert_eq!(cleaned(&text), text);
            }
        }
    }
}
