//! The period of a call: `fraOgMed`, `tilOgMed`. Imitates docs/fidelity.md, "Period".

use chrono::{Months, NaiveDate};
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::clock::{ClockError, YEARS, parse_day};

/// A period, both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Periode {
    /// First day.
    pub(crate) fra_og_med: NaiveDate,
    /// Last day.
    pub(crate) til_og_med: NaiveDate,
}

impl Periode {
    pub(crate) fn contains(self, day: NaiveDate) -> bool {
        (self.fra_og_med..=self.til_og_med).contains(&day)
    }

    pub(crate) fn as_pair(self) -> (NaiveDate, NaiveDate) {
        (self.fra_og_med, self.til_og_med)
    }

    /// Reads the period of a query. Without `tilOgMed` it ends on the observer's day, but at most a
    /// year after its start, and on its start where that is later than the observer's day.
    ///
    /// # Errors
    /// A message for the caller, in Norwegian.
    pub(crate) fn from_query(query: &str, today: NaiveDate) -> Result<Self, String> {
        let fra_og_med = parameter(query, "fraOgMed")?
            .ok_or("Parameteren 'fraOgMed' mangler. Oppgi en dato på formen ÅÅÅÅ-MM-DD")?;
        let latest = fra_og_med.checked_add_months(Months::new(12)).unwrap_or(NaiveDate::MAX);
        let Some(til_og_med) = parameter(query, "tilOgMed")? else {
            return Ok(Self { fra_og_med, til_og_med: today.min(latest).max(fra_og_med) });
        };
        if til_og_med < fra_og_med {
            return Err(format!("Ugyldig periode: 'tilOgMed' ({til_og_med}) er før 'fraOgMed' ({fra_og_med})"));
        }
        if til_og_med > latest {
            return Err(format!(
                "Ugyldig periode: perioden kan være på maks ett år. Med 'fraOgMed' {fra_og_med} kan 'tilOgMed' senest være {latest}"
            ));
        }
        Ok(Self { fra_og_med, til_og_med })
    }

    /// A warning for a query without `tilOgMed` whose period is cut at a year, so that it does not reach the observer's day.
    pub(crate) fn warning_if_cut(self, query: &str, today: NaiveDate) -> Option<String> {
        let is_open = parameter(query, "tilOgMed").is_ok_and(|end| end.is_none());
        let (fra, til) = (self.fra_og_med, self.til_og_med);
        (is_open && til < today)
            .then(|| format!("without tilOgMed the period ends after a year: {fra} to {til}, not today"))
    }

    /// A hint for a query whose period is reversed, as in one of the documentation's own examples. `None` for any other
    /// query.
    pub(crate) fn if_reversed(query: &str) -> Option<String> {
        let day = |name| parameter(query, name).ok().flatten();
        let (fra, til) = (day("fraOgMed")?, day("tilOgMed")?);
        let end = fra.checked_add_months(Months::new(12))?.pred_opt()?;
        (til < fra).then(|| {
            format!(
                "the period is reversed: ask for fraOgMed={til}&tilOgMed={fra}, or for the year fraOgMed={fra}&tilOgMed={end}"
            )
        })
    }
}

/// A date parameter; names are compared as they are spelt.
fn parameter(query: &str, name: &str) -> Result<Option<NaiveDate>, String> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name).map(|(_, value)| value);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(format!("Parameteren '{name}' er oppgitt flere ganger"));
    }
    if value.is_empty() {
        return Err(format!("Parameteren '{name}' er tom. Oppgi en dato på formen ÅÅÅÅ-MM-DD"));
    }
    parse_day(&value).map(Some).map_err(|why| match why {
        ClockError::Range => {
            let (first, last) = (YEARS.start(), YEARS.end());
            format!("Parameteren '{name}' er utenfor årene {first} til {last}")
        }
        _ => format!("Parameteren '{name}' har ugyldig format. Må være en dato på formen ÅÅÅÅ-MM-DD"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).expect(text)
    }

    fn read(query: &str) -> Result<(String, String), String> {
        let periode = Periode::from_query(query, day("2026-11-21"))?;
        Ok((periode.fra_og_med.to_string(), periode.til_og_med.to_string()))
    }

    #[test]
    fn a_year_to_the_day_and_no_more() {
        assert!(read("fraOgMed=2020-01-01&tilOgMed=2021-01-01").is_ok());
        assert!(read("fraOgMed=2020-01-01&tilOgMed=2021-01-02").is_err());
        assert!(read("fraOgMed=2020-01-01&tilOgMed=2021-12-01").is_err());
        assert!(read("fraOgMed=2024-02-29&tilOgMed=2025-02-28").is_ok());
        assert!(read("fraOgMed=2022-01-01&tilOgMed=2021-12-31").is_err());
        assert!(read("fraOgMed=2022-01-01&tilOgMed=2022-01-01").is_ok());
        assert!(read("fraOgMed=2200-12-31&tilOgMed=2200-12-31").is_ok());
        assert!(read("fraOgMed=1899-12-31").is_err_and(|why| why.contains("1900 til 2200")));
    }

    #[test]
    fn an_open_end_is_today_or_a_year_on() {
        let til = |query: &str| read(query).map(|(_, til)| til);
        assert_eq!(til("fraOgMed=2026-06-01").as_deref(), Ok("2026-11-21"));
        assert_eq!(til("fraOgMed=2025-01-01").as_deref(), Ok("2026-01-01"));
        assert_eq!(til("fraOgMed=2027-03-01").as_deref(), Ok("2027-03-01"));
    }

    #[test]
    fn a_cut_at_a_year_is_told() {
        let today = day("2026-11-21");
        let warning = |query: &str| Periode::from_query(query, today).ok()?.warning_if_cut(query, today);
        assert!(warning("fraOgMed=2024-01-01").is_some_and(|text| text.contains("2024-01-01 to 2025-01-01")));
        for whole in ["fraOgMed=2025-11-21", "fraOgMed=2027-03-01", "fraOgMed=2024-01-01&tilOgMed=2025-01-01"] {
            assert_eq!(warning(whole), None, "{whole}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for query in [
            "",
            "tilOgMed=2022-01-01",
            "fraOgMed=",
            "fraOgMed",
            "fraOgMed=2022-1-1",
            "fraOgMed=2022-02-30",
            "fraogmed=2022-01-01",
            "fraOgMed=2022-01-01&fraOgMed=2022-01-01",
            "fraOgMed=%FF",
            "fraOgMed=2022-01-01+",
            "fraOgMed=2022-01-01T00:00:00Z",
            "fraOgMed=2022-01-01&tilOgMed=",
            "fraOgMed=-022-01-01",
        ] {
            assert!(read(query).is_err(), "{query:?}");
        }
        assert!(read("fraOgMed=2022%2D01%2D01&annet=x&annet=y").is_ok());
    }
}
