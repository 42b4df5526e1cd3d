//! `/sandbox/verify`: whether sessions did what was expected. What nothing can ever fit is refused.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{Json, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use super::coverage::CoverageQuery;
use super::queries::{read_query, refuse, sessions_to_read};
use super::request_filter::RequestFilter;
use crate::coverage::{Pattern, Plan, PlanDocument};
use crate::evidence::verify::{Expectation, Kind, Times, Verdict, verify};
use crate::faults::refused::Refused;
use crate::interface::Services;
use crate::interface::pages::{Begun, JsonBody, Shared, refused};

/// What is expected: a list, or one expectation alone.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VerifyDocument {
    /// Several expectations.
    #[schemars(length(min = 1, max = 1000))]
    expect: Option<Vec<ExpectationDocument>>,
    /// What counts as coverage, and what it weighs. What it says must be covered is expected, too.
    plan: Option<PlanDocument>,
    /// One expectation: calls that fit a filter.
    called: Option<RequestFilter>,
    /// One expectation: a pattern of cells, all of which were tried.
    covered: Option<String>,
    /// One expectation: a finding that there is none of.
    never: Option<String>,
    /// One expectation: coverage of at least so much, like `80%`.
    min_coverage: Option<String>,
    /// With `called`: exactly so many calls.
    times: Option<u64>,
    /// With `called`: at least so many calls; 1 where nothing else is said.
    at_least: Option<u64>,
    /// With `called`: at most so many calls.
    at_most: Option<u64>,
}

/// An expectation. It has exactly one of `called`, `covered`, `never` and `minCoverage`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ExpectationDocument {
    /// Calls that fit a filter.
    called: Option<RequestFilter>,
    /// A pattern of cells, all of which were tried, like `kravogbetalinger/*:KB-004..KB-009`.
    covered: Option<String>,
    /// A finding that there is none of, like `5xx-retried-at-once`.
    never: Option<String>,
    /// Coverage of at least so much, like `80%`.
    min_coverage: Option<String>,
    /// With `called`: exactly so many calls.
    times: Option<u64>,
    /// With `called`: at least so many calls; 1 where nothing else is said.
    at_least: Option<u64>,
    /// With `called`: at most so many calls.
    at_most: Option<u64>,
}

/// The most expectations of a request.
const MOST: usize = 1000;

pub(super) async fn check(
    State(shared): State<Arc<Shared>>,
    Begun(session): Begun,
    RawQuery(query): RawQuery,
    JsonBody(document): JsonBody<VerifyDocument>,
) -> Result<Json<Verdict>, Response> {
    let read = || {
        let query: CoverageQuery = read_query(query.as_deref().unwrap_or_default(), &CoverageQuery::NAMES)?;
        let sessions = sessions_to_read(&shared, session, query.sessions.as_deref())?;
        Ok((sessions, expectations(document, shared.services)?))
    };
    let (sessions, expectations) = read().map_err(|why: Box<Refused>| refused(&why))?;
    let services = shared.services;
    // A long journal takes its time.
    shared.turns.take(0, move || verify(&expectations, &sessions, services.universe())).await.map(Json)
}

/// Reads all expectations.
fn expectations(document: VerifyDocument, services: &Services) -> Result<Vec<Expectation>, Box<Refused>> {
    let VerifyDocument { expect, plan, called, covered, never, min_coverage, times, at_least, at_most } = document;
    let one = ExpectationDocument { called, covered, never, min_coverage, times, at_least, at_most };
    let has_one = one.kinds() > 0 || one.times.or(one.at_least).or(one.at_most).is_some();
    let documents = match expect {
        Some(_) if has_one => {
            let detail = "expect is a list of expectations, and takes none beside it".to_owned();
            return Err(refuse("expect", None, detail, &[]));
        }
        Some(list) => list,
        None if has_one => vec![one],
        None => Vec::new(),
    };
    if documents.len() > MOST {
        return Err(refuse("expect", None, format!("at most {MOST} expectations are taken"), &[]));
    }
    let universe = services.universe();
    let bad =
        |field: &str, why: crate::coverage::BadPattern| refuse(field, None, why.why, &[]).near(why.nearest.as_deref());
    let plan = plan.unwrap_or_default();
    let read_plan = Plan::read(&plan, universe).map_err(|why| bad("plan", why))?;
    let mut read = Vec::new();
    for document in documents {
        read.push(document.read(services, &read_plan)?);
    }
    for pattern in read_plan.must {
        read.push(Expectation { text: format!("covered {pattern}"), kind: Kind::Covered(pattern) });
    }
    if read.is_empty() {
        let detail = "nothing is expected: give called, covered, never or minCoverage, or a list under expect";
        return Err(refuse("expect", None, detail.to_owned(), &[]));
    }
    Ok(read)
}

impl ExpectationDocument {
    fn kinds(&self) -> usize {
        let given = [self.called.is_some(), self.covered.is_some(), self.never.is_some(), self.min_coverage.is_some()];
        given.into_iter().filter(|given| *given).count()
    }

    fn read(self, services: &Services, plan: &Plan) -> Result<Expectation, Box<Refused>> {
        if self.kinds() != 1 {
            let detail = "an expectation has exactly one of called, covered, never and minCoverage".to_owned();
            return Err(refuse("expect", None, detail, &["called", "covered", "never", "minCoverage"]));
        }
        let times = self.times()?;
        if let Some(called) = self.called {
            let (filter, text) = called.expected(services)?;
            let times_text = times_text(times);
            return Ok(Expectation {
                text: format!("called {text}{times_text}"),
                kind: Kind::Called(Box::new(filter), times),
            });
        }
        if self.times.or(self.at_least).or(self.at_most).is_some() {
            let detail = "times, atLeast and atMost count calls, so they belong to called".to_owned();
            return Err(refuse("times", None, detail, &[]));
        }
        if let Some(text) = self.covered {
            let pattern = Pattern::read(&text, services.universe())
                .map_err(|why| refuse("covered", None, why.why, &[]).near(why.nearest.as_deref()))?;
            return Ok(Expectation { text: format!("covered {pattern}"), kind: Kind::Covered(pattern) });
        }
        if let Some(name) = self.never {
            let kinds = services.conduct();
            let Some(conduct) = kinds.iter().find(|known| known.name == name) else {
                let names: Vec<&str> = kinds.iter().map(|known| known.name).collect();
                let detail = format!("there is no finding {name:?}; there are {}", names.join(", "));
                return Err(refuse("never", Some(&name), detail, &names));
            };
            return Ok(Expectation { text: format!("never {name}"), kind: Kind::Never(conduct) });
        }
        let text = self.min_coverage.unwrap_or_default();
        let tenths = tenths(&text).ok_or_else(|| {
            let detail = format!("{text:?} is no share: write a number from 0 to 100 and a per cent sign, like 80%");
            refuse("minCoverage", Some(&text), detail, &[])
        })?;
        let kind = Kind::Coverage(tenths, Box::new(plan.clone()));
        Ok(Expectation { text: format!("coverage of at least {text}"), kind })
    }

    fn times(&self) -> Result<Times, Box<Refused>> {
        let wrong = |detail: &str| Err(refuse("times", None, detail.to_owned(), &[]));
        match (self.times, self.at_least, self.at_most) {
            (None, None, None) => Ok(Times { least: 1, most: u64::MAX }),
            (Some(times), None, None) => Ok(Times { least: times, most: times }),
            (Some(_), _, _) => wrong("times says exactly how many, so atLeast and atMost have no place beside it"),
            (None, Some(0), None) => wrong("at least 0 calls is always true"),
            (None, least, most) => {
                let times = Times { least: least.unwrap_or(0), most: most.unwrap_or(u64::MAX) };
                if times.least > times.most { wrong("atLeast is more than atMost") } else { Ok(times) }
            }
        }
    }
}

fn times_text(Times { least, most }: Times) -> String {
    match (least, most) {
        (1, u64::MAX) => String::new(),
        (least, u64::MAX) => format!(", at least {least} times"),
        (0, 0) => ", never".to_owned(),
        (0, most) => format!(", at most {most} times"),
        (least, most) if least == most => format!(", {least} times"),
        (least, most) => format!(", {least} to {most} times"),
    }
}

/// A share like `80%` or `82.5 %`, in tenths of a per cent.
fn tenths(text: &str) -> Option<u64> {
    let number = text.strip_suffix('%')?.trim();
    let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !(digits(whole) && digits(tenth) && tenth.len() == 1 && whole.len() <= 3) {
        return None;
    }
    let (whole, tenth): (u64, u64) = (whole.parse().ok()?, tenth.parse().ok()?);
    Some(whole * 10 + tenth).filter(|tenths| *tenths <= 1000)
}
