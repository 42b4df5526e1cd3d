//! Secrets in a text: values whose names say so, and tokens, which are known by how they begin.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How the names end whose values are secrets, in lower case.
const NAMES: [&str; 15] = [
    "token",
    "code",
    "sig",
    "signature",
    "pwd",
    "passwd",
    "password",
    "passphrase",
    "secret",
    "key",
    "assertion",
    "authorization",
    "credential",
    "credentials",
    "jwt",
];

/// Names of parts of a path after which a secret comes: `/password/…`. Only whole names count, because paths have words.
const PATH_NAMES: [&str; 12] = [
    "token",
    "code",
    "sig",
    "signature",
    "pwd",
    "passwd",
    "password",
    "secret",
    "api-key",
    "apikey",
    "key",
    "assertion",
];

/// The shortest part of a path that can be a secret. `/token/explain` is none.
const SHORTEST_IN_PATH: usize = 8;

/// The shortest token that is cut.
const SHORTEST_TOKEN: usize = 20;

/// How far from its beginning a token has its first dot, at most.
const FIRST_DOT: usize = 1024;

/// What stands for a secret.
const HIDDEN: &str = "***";

/// Masks the values whose names say that they are secrets: `token=…`, `"token": "…"`, `/token/…`, `Basic …`, `user:…@`.
pub(super) fn without_values(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let (mut from, mut at) = (0, 0);
    while at < text.len() {
        let hidden = secret_at(text, at);
        if let Some((start, end)) = hidden {
            out.push_str(&text[from..start]);
            out.push_str(HIDDEN);
            (from, at) = (end, end.max(at + 1));
        } else {
            at += 1;
        }
    }
    if from == 0 && out.is_empty() {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// Where the secret is that a byte introduces. Every byte looked for is ASCII, so the places are ends of characters.
fn secret_at(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = || &text[at + 1..];
    let found = match text.as_bytes()[at] {
        b'=' if is_named_before(text, at) => {
            let end = rest().char_indices().find(|(end, c)| is_end(*c) && ends_value(&rest()[*end..]));
            (at + 1, at + 1 + end.map_or(rest().len(), |(end, _)| end))
        }
        b':' if text[..at].ends_with('"') && is_named_before(text, at - 1) => {
            let value = rest().trim_start_matches(' ');
            let start = text.len() - value.strip_prefix('"')?.len();
            (start, start + text[start..].find('"').unwrap_or(text.len() - start))
        }
        b':' if rest().starts_with("//") => {
            let start = at + 3;
            let authority = text[start..].find(['/', '?', '#', ' ']).unwrap_or(text.len() - start);
            (start, start + text[start..start + authority].rfind('@')?)
        }
        b'/' if is_part_named_before(text, at) => {
            let end = rest().find(|c| c == '/' || is_end(c)).unwrap_or(rest().len());
            let is_secret = end >= SHORTEST_IN_PATH && !is_word(&rest()[..end]);
            is_secret.then_some((at + 1, at + 1 + end))?
        }
        b' ' if ends_with_word(text, at, "basic") => {
            let end = rest().find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',')).unwrap_or(rest().len());
            let decoded = STANDARD.decode(&rest()[..end]).ok().filter(|decoded| decoded.contains(&b':'));
            decoded.map(|_| (at + 1, at + 1 + end))?
        }
        b' ' if ends_with_word(text, at, "bearer") => {
            let end =
                rest().find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '<')).unwrap_or(rest().len());
            (end >= SHORTEST_TOKEN).then_some((at + 1, at + 1 + end))?
        }
        _ => return None,
    };
    let value = &text[found.0..found.1];
    (!value.is_empty() && value != HIDDEN).then_some(found)
}

/// Whether a character ends a value in a URL or a sentence.
fn is_end(c: char) -> bool {
    c.is_whitespace() || matches!(c, '&' | ';' | '#' | '?' | '"' | '\'' | '<' | '>')
}

/// Whether a value ends here. What follows `&` and `;` must be the name of another value, because a text that was decoded has
/// them inside of values, too.
fn ends_value(text: &str) -> bool {
    if !text.starts_with(['&', ';']) {
        return true;
    }
    let after = text[1..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "_-.[]%$".contains(c));
    after.starts_with('=') && after.len() + 1 < text.len()
}

/// Whether a part of a path is a word, as URLs of services have them, and no secret.
fn is_word(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

fn ends_with_word(text: &str, at: usize, word: &str) -> bool {
    let before = at.checked_sub(word.len()).and_then(|from| text.get(from..at));
    before.is_some_and(|before| before.eq_ignore_ascii_case(word))
}

/// Whether the part of a path before a slash is the name of a secret.
pub(super) fn is_part_named_before(text: &str, at: usize) -> bool {
    let begin = text[..at].rfind('/').map(|slash| slash + 1);
    begin.is_some_and(|begin| PATH_NAMES.iter().any(|known| known.eq_ignore_ascii_case(&text[begin..at])))
}

/// Whether the name before a place is a secret's, however it is encoded.
pub(super) fn is_named_before(text: &str, at: usize) -> bool {
    let name = text[..at].trim_end_matches('"');
    let is_of_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']' | b'%' | b'$');
    let length = name.as_bytes().iter().rev().take_while(|b| is_of_name(b)).count();
    let name = &name[name.len() - length..];
    if name.is_empty() {
        return false;
    }
    let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    let name = decoded.trim_end_matches(['[', ']']).as_bytes();
    NAMES.iter().any(|known| {
        let from = name.len().checked_sub(known.len());
        from.is_some_and(|from| name[from..].eq_ignore_ascii_case(known.as_bytes()))
    })
}

/// Whether a byte can stand in a token, percent-encoded or not.
pub(super) fn is_of_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'=' | b'%' | b'~')
}

/// Whether a byte stands inside of a word, so that no token begins after it.
pub(super) fn is_of_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')
}

/// Whether a token may begin here. A JWT begins with an object in base64: `{"` is `eyJ`, and white space inside of the
/// object begins with `ey` or `ew`; some programs change the case. `ZXlK` is `eyJ` in base64 once more. `start` says that
/// it would not begin inside of a word.
pub(super) fn may_begin_token(bytes: &[u8], start: bool) -> bool {
    if !matches!(bytes.first(), Some(b'e' | b'E' | b'Z')) {
        return false;
    }
    let begins = |word: &[u8]| bytes.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    let is_named = begins(b"eyj") || bytes.starts_with(b"ZXlK");
    let is_spaced = start && (begins(b"ey") || begins(b"ew"));
    if !is_named && !is_spaced {
        return false;
    }
    // A text of many beginnings must not be read to its end for each of them.
    let near = &bytes[..bytes.len().min(FIRST_DOT)];
    let length = near.iter().position(|b| !is_of_token(*b)).unwrap_or(near.len());
    length > SHORTEST_TOKEN && (is_named || near[..length].contains(&b'.'))
}

/// Cuts every token down to how it begins.
pub(super) fn without_tokens(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut from, mut at, mut start) = (String::with_capacity(text.len()), 0, 0, true);
    while at < bytes.len() {
        if may_begin_token(&bytes[at..], start) {
            let length = bytes[at..].iter().take_while(|b| is_of_token(**b)).count();
            out.push_str(&text[from..at + 3]);
            out.push_str(HIDDEN);
            at += length;
            from = at;
        } else {
            at += 1;
        }
        start = !is_of_word(bytes[at - 1]);
    }
    out.push_str(&text[from..]);
    out
}
