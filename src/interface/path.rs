//! A path below a base, part by part. Parts are percent-decoded once, each by itself, so that an encoded slash stays
//! within its part.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// What stays encoded within a part of a plain path.
const KEPT: &AsciiSet = &CONTROLS.add(b'%').add(b'/');

/// A path below a base. It is empty or begins with a slash.
#[derive(Clone, Debug)]
pub(crate) struct Path<'p> {
    /// With every encoding taken off but that of `%` and `/`.
    plain: Cow<'p, str>,
}

impl<'p> Path<'p> {
    /// Reads a path as it stands in a URL.
    pub(crate) fn new(written: &'p str) -> Self {
        if memchr::memchr(b'%', written.as_bytes()).is_none() {
            return Self { plain: Cow::Borrowed(written) };
        }
        let part = |part: &str| {
            let decoded = percent_decode_str(part).decode_utf8_lossy();
            utf8_percent_encode(&decoded, KEPT).to_string()
        };
        Self { plain: written.split('/').map(part).collect::<Vec<_>>().join("/").into() }
    }

    /// As templates are compared with it.
    pub(crate) fn plain(&self) -> &str {
        &self.plain
    }

    /// The parts, decoded.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let plain: &str = &self.plain;
        let plain = plain.strip_prefix('/').unwrap_or(plain);
        plain.split('/').map(|part| percent_decode_str(part).decode_utf8_lossy())
    }

    /// A part by its number, counted from 0.
    pub(crate) fn part(&self, number: usize) -> Option<Cow<'_, str>> {
        self.parts().nth(number)
    }
}

/// Whether a part of a template is a place for a value.
pub(crate) fn is_place(part: &str) -> bool {
    part.starts_with('{')
}

/// The number of a place in a template (`identifikator` in `v1/{identifikator}/krav` is 1).
pub(crate) fn place(template: &str, name: &str) -> Option<usize> {
    template.split('/').position(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_decoded_once_and_by_themselves() {
        let parts = |path: &str| Path::new(path).parts().map(Cow::into_owned).collect::<Vec<_>>();
        assert_eq!(parts("/v1/finans/krav"), ["v1", "finans", "krav"]);
        assert_eq!(parts("/v1/a%2Fb/%6brav"), ["v1", "a/b", "krav"]);
        assert_eq!(parts("/v1/%2525"), ["v1", "%25"]);
        assert_eq!(parts("/v1/"), ["v1", ""]);
        assert_eq!(parts(""), [""]);
        assert_eq!(
            Path::new("/v1/%6brav/%c3%a5").plain(),
            "/v1/krav/%C3%A5".to_lowercase().replace("%c3%a5", "%C3%A5")
        );
    }

    #[test]
    fn places_by_name() {
        assert_eq!(place("v1/{rettighetspakke}/{identifikator}/krav", "identifikator"), Some(2));
        assert_eq!(place("v1/krav", "krav"), None);
    }
}
