//! Patterns that name cells: `service/endpoint:item`.
//!
//! A star in the place of the service or the endpoint means any of them; `each` in the place of the endpoint means every
//! one. After the colon stand items: a code (`KB-006`), codes from one to another (`KB-004..KB-009`), a rule, or a kind
//! and a value (`fault/reset`, `answer/finans/2024/xml`); a star stands for any text. Without a colon, all cells of the
//! endpoint are meant.

use std::fmt;

use super::Kind;
use super::universe::{Cell, Universe};
use crate::catalogue::nearest;

/// A pattern that names at least one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    text: Box<str>,
    /// The items that are wanted. Each has the cells that would do, by number.
    pub(crate) wanted: Vec<Wanted>,
}

/// An item that a pattern wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// As a pattern would name it alone.
    pub(crate) name: String,
    /// One of these cells is enough.
    pub(crate) cells: Vec<usize>,
}

/// Why a pattern is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadPattern {
    pub(crate) why: String,
    pub(crate) nearest: Option<String>,
}

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let near = self.nearest.as_ref().map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        write!(f, "{}{near}", self.why)
    }
}

/// A longer pattern is refused.
const LONGEST: usize = 300;

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// It names a service, an endpoint or an item that there is not, so that nothing could ever fit it.
    pub(crate) fn read(text: &str, universe: &Universe) -> Result<Self, BadPattern> {
        let bad = |why: String, nearest: Option<&str>| BadPattern { why, nearest: nearest.map(str::to_owned) };
        if text.len() > LONGEST {
            return Err(bad(format!("a pattern has at most {LONGEST} characters"), None));
        }
        let (place, items) = text.split_once(':').map_or((text, "*"), |(place, items)| (place, items));
        let (service, endpoint) = place.split_once('/').unwrap_or((place, "*"));
        let services: Vec<&str> = universe.services().map(|service| service.name).collect();
        if service != "*" && !services.contains(&service) {
            let why = format!("{text:?}: there is no service {service:?}; there are {}", services.join(", "));
            return Err(bad(why, nearest(service, services)));
        }
        let of_service = |cell: &&Cell| service == "*" || cell.service == service;
        let mut endpoints: Vec<&str> = Vec::new();
        for cell in universe.cells().iter().filter(of_service) {
            if !endpoints.contains(&cell.endpoint) {
                endpoints.push(cell.endpoint);
            }
        }
        if !matches!(endpoint, "*" | "each") && !endpoints.contains(&endpoint) {
            let known = endpoints.join(", ");
            let why = format!("{text:?}: there is no endpoint {endpoint:?} of {service}; there are {known}");
            return Err(bad(why, nearest(endpoint, endpoints)));
        }
        let there: Vec<(usize, &Cell)> = universe
            .cells()
            .iter()
            .enumerate()
            .filter(|(_, cell)| service == "*" || cell.service == service)
            .filter(|(_, cell)| matches!(endpoint, "*" | "each") || cell.endpoint == endpoint)
            .collect();
        let mut wanted: Vec<Wanted> = Vec::new();
        for item in items.split(',').map(str::trim) {
            let before = wanted.len();
            let item = Item::read(item).map_err(|why| bad(format!("{text:?}: {why}"), None))?;
            for (number, cell) in there.iter().filter(|(_, cell)| item.fits(cell)) {
                let place = if endpoint == "*" { "*" } else { cell.endpoint };
                let name = format!("{service}/{place}:{}", cell.item);
                match wanted.iter_mut().find(|wanted| wanted.name == name) {
                    Some(known) if known.cells.contains(number) => {}
                    Some(known) => known.cells.push(*number),
                    None => wanted.push(Wanted { name, cells: vec![*number] }),
                }
            }
            if wanted.len() == before && !there.iter().any(|(_, cell)| item.fits(cell)) {
                let known: Vec<&str> = there.iter().map(|(_, cell)| &*cell.item).collect();
                let why = format!("{text:?}: {place} has nothing of the name {item}");
                return Err(bad(why, nearest(item.text(), known)));
            }
        }
        Ok(Self { text: text.into(), wanted })
    }

    /// All cells that it names.
    pub(crate) fn cells(&self) -> impl Iterator<Item = usize> + '_ {
        self.wanted.iter().flat_map(|wanted| wanted.cells.iter().copied())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What stands after the colon.
enum Item<'t> {
    /// With stars for any text.
    Text(&'t str),
    /// Codes of a series, from a number to another.
    Range { text: &'t str, series: &'t str, from: u32, to: u32 },
}

impl<'t> Item<'t> {
    fn read(text: &'t str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("nothing stands after the colon or a comma".to_owned());
        }
        let Some((from, to)) = text.split_once("..") else {
            return Ok(Self::Text(text));
        };
        let ends = numbered(from).zip(numbered(to));
        let ends = ends.filter(|((one, _), (other, _))| one == other);
        let Some(((series, from), (_, to))) = ends else {
            return Err(format!("{text:?} is no range: write two codes of one series, like KB-004..KB-009"));
        };
        if from > to {
            return Err(format!("{text:?} is no range: the lower code comes first"));
        }
        Ok(Self::Range { text, series, from, to })
    }

    fn text(&self) -> &'t str {
        match self {
            Self::Text(text) | Self::Range { text, .. } => text,
        }
    }

    fn fits(&self, cell: &Cell) -> bool {
        match self {
            Self::Text(text) => glob(text, &cell.item),
            Self::Range { series, from, to, .. } => {
                let is_code = cell.kind == Kind::Code;
                is_code && numbered(&cell.item).is_some_and(|(of, n)| of == *series && (*from..=*to).contains(&n))
            }
        }
    }
}

impl fmt::Display for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text())
    }
}

/// A code as its series and its number.
fn numbered(code: &str) -> Option<(&str, u32)> {
    let (series, digits) = code.rsplit_once('-')?;
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    Some((series, digits.parse().ok().filter(|_| all_digits)?))
}

/// Whether a text fits a pattern with stars. It takes time by the product of both lengths at most.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p) == Some(&text[t]) {
            p += 1;
            t += 1;
        } else if let Some((at, seen)) = star {
            p = at + 1;
            t = seen + 1;
            star = Some((at, seen + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("fault/*", "fault/reset", true),
            ("answer/*/xml", "answer/finans/2024/xml", true),
            ("answer/*/xml", "answer/finans/2024/json", false),
            ("*a*b*", "xaxxb", true),
            ("KB-00*", "KB-006", true),
            ("KB-006", "KB-0061", false),
            ("**", "x", true),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} {text}");
        }
    }
}
