//! Modifiers in the base URL: `/~error=KB-002,session=a/api/…`, for clients that cannot set a header.

use percent_encoding::percent_decode_str;

use super::refused::Refused;

/// The modifiers in the base URL, and the path that follows them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Prefix<'u> {
    /// Keys and values, percent-decoded once, in the order of the URL.
    pub(crate) pairs: Vec<(String, String)>,
    /// The path that the service sees; empty for the root.
    pub(crate) path: &'u str,
    /// Why a part cannot be read; the first such part. The others are in `pairs` all the same, so that a refusal is
    /// told in the session that the URL names.
    pub(crate) refused: Option<Box<Refused>>,
}

/// Separates the modifiers from the rest of a path. Several parts that begin with `~` count as one.
pub(crate) fn split(path: &str) -> Prefix<'_> {
    let mut prefix = Prefix { pairs: Vec::new(), path, refused: None };
    while let Some(rest) = after_tilde(prefix.path) {
        let (given, path) = rest.find('/').map_or((rest, ""), |end| rest.split_at(end));
        prefix.path = path;
        let Ok(decoded) = percent_decode_str(given).decode_utf8() else {
            let detail = "the modifiers of the base URL are not UTF-8".to_owned();
            prefix.refused.get_or_insert_with(|| Refused::new("~", Some(given), detail, Vec::new()));
            continue;
        };
        for pair in split_at_commas(&decoded) {
            if let Some((key, value)) = pair.split_once('=') {
                prefix.pairs.push((key.trim().to_owned(), value.trim().to_owned()));
                continue;
            }
            let detail = format!("{pair:?} is no modifier: write key=value after ~, and join several by commas");
            prefix.refused.get_or_insert_with(|| Refused::new(pair, None, detail, super::key::Key::names()));
        }
    }
    prefix
}

/// The text after `/~`. Some clients encode the tilde.
fn after_tilde(path: &str) -> Option<&str> {
    // Most paths end here.
    if !matches!(path.as_bytes().get(1), Some(b'~' | b'%')) {
        return None;
    }
    ["/~", "/%7E", "/%7e"].iter().find_map(|start| path.strip_prefix(start))
}

/// Splits at commas outside brackets, because a value like `lognormal(300ms,0.8)` contains commas.
fn split_at_commas(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u32;
    text.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(path: &str) -> (Vec<(String, String)>, &str) {
        let prefix = split(path);
        assert_eq!(prefix.refused, None, "{path}");
        (prefix.pairs, prefix.path)
    }

    #[test]
    fn keys_and_values_and_the_rest() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(pairs("/api/x"), (vec![], "/api/x"));
        assert_eq!(pairs("/~error=KB-002/api/x"), (vec![pair("error", "KB-002")], "/api/x"));
        assert_eq!(
            pairs("/~delay=lognormal(300ms,0.8),session=a/v1/"),
            (vec![pair("delay", "lognormal(300ms,0.8)"), pair("session", "a")], "/v1/")
        );
        assert_eq!(pairs("/%7Enow%3D%2B30d/~seed=1"), (vec![pair("now", "+30d"), pair("seed", "1")], ""));
        assert_eq!(pairs("/~now=+30d/api"), (vec![pair("now", "+30d")], "/api"));
        assert_eq!(pairs("/~error=%254B/api"), (vec![pair("error", "%4B")], "/api"), "decoded once");
    }

    #[test]
    fn a_part_without_key_and_value_is_refused() {
        for path in ["/~", "/~/api", "/~error/api", "/~error=KB-001,/api", "/~%ff=1/api"] {
            assert!(split(path).refused.is_some(), "{path}");
        }
        let prefix = split("/~session=a,error/~seed=1/api");
        assert_eq!((prefix.pairs.len(), prefix.path), (2, "/api"), "the rest is read all the same");
    }
}
