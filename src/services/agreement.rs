//! Compares literal answers with the ledger of their party. All answers of the sandbox about a party should show the
//! same amounts. A literal answer that differs should give a reason.

use chrono::NaiveDate;
use serde_json::Value;

use crate::domain::clock::parse_day;
use crate::interface::negotiation::Format;
use crate::interface::periode::Periode;
use crate::interface::{Services, View};
use crate::scenario::problems::Problem;
use crate::scenario::{Party, ScenarioSet, Svar};

/// How many differences of an answer a warning lists.
const LISTED_DIFFERENCES: usize = 3;

/// A warning for every literal answer that contradicts its party's ledger on a day and gives no reason.
pub(crate) fn warnings(services: &Services, scenarios: &ScenarioSet, day: NaiveDate) -> Vec<Problem> {
    let warnings_of = |party: &Party| -> Vec<Problem> {
        let warning = |svar: &Svar| {
            Some(svar.uten_begrunnelse.as_ref()?.warning(&contradiction(services, party, svar, day)?, HINT))
        };
        party.svar.iter().filter_map(warning).collect()
    };
    scenarios.parties_with_more().into_iter().flat_map(|party| warnings_of(party)).collect()
}

const HINT: &str =
    "if the difference is intended, give the reason in begrunnelse; otherwise leave the answer to the ledger";

/// How a literal answer differs from the ledger; `None` if they agree.
fn contradiction(services: &Services, party: &Party, svar: &Svar, day: NaiveDate) -> Option<String> {
    let module = services.modules.iter().find(|module| module.service == svar.service)?;
    let number = module.service.endpoints.iter().position(|endpoint| endpoint == svar.endpoint)?;
    let render = module.operations.get(number)?.render?;
    let edition = svar.edition.or(party.utgave).filter(|_| svar.service.has_editions).unwrap_or_default();
    let periode = svar.periode.map(|(fra_og_med, til_og_med)| Periode { fra_og_med, til_og_med });
    let periode = periode.or_else(|| stated_period(&svar.innhold));
    if svar.endpoint.periode && periode.is_none() {
        return None;
    }
    let view = View { service: svar.service, endpoint: svar.endpoint, party, edition, periode, day };
    let Ok(answer) = render(&view, Format::Json) else {
        // The ledger refuses an empty list. A literal answer without amounts means the same.
        return has_amounts(&svar.innhold)
            .then(|| format!("contradicts the ledger on {day}, which has nothing to answer here"));
    };
    let ledger: Value = serde_json::from_slice(&answer).ok()?;
    let fields = ledger.as_object()?;
    if !fields.keys().any(|key| svar.innhold.get(key).is_some()) {
        let known: Vec<&str> = fields.keys().map(String::as_str).collect();
        return Some(format!("is no answer of {}, which has the fields {}", svar.endpoint.name, known.join(", ")));
    }
    let mut found = Vec::new();
    compare("", &svar.innhold, &ledger, &mut found);
    let more = found.len().saturating_sub(LISTED_DIFFERENCES);
    found.truncate(LISTED_DIFFERENCES);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    (!found.is_empty()).then(|| format!("contradicts the ledger on {day}: {}{more}", found.join("; ")))
}

fn has_amounts(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::Object(fields) => fields.values().any(has_amounts),
        Value::Array(items) => items.iter().any(has_amounts),
        _ => false,
    }
}

/// The period that an answer states, in the form of any edition.
fn stated_period(answer: &Value) -> Option<Periode> {
    let periode = answer.get("periode")?;
    let day = |names: [&str; 2]| {
        let text = names.into_iter().find_map(|name| periode.get(name)?.as_str())?;
        parse_day(text.get(..10)?).ok()
    };
    Some(Periode { fra_og_med: day(["fraOgMed", "start"])?, til_og_med: day(["tilOgMed", "slutt"])? })
}

/// Compares all amounts of two answers. Entries of lists are matched by their identifiers. A field that only one of the
/// answers has is no contradiction. `at` is the place in the answer.
fn compare(at: &str, literal: &Value, ledger: &Value, found: &mut Vec<String>) {
    match (literal, ledger) {
        (Value::Object(fields), Value::Object(others)) => {
            for (key, value) in fields {
                if let Some(other) = others.get(key) {
                    let at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                    compare(&at, value, other, found);
                }
            }
        }
        (Value::Array(items), Value::Array(others)) => {
            let mut left: Vec<&Value> = others.iter().collect();
            for item in items {
                let id = identifier(item);
                // If several entries have the same identifier, the first is compared with the first, and so on.
                match left.iter().position(|other| identifier(other) == id) {
                    Some(other) => {
                        compare(&format!("{at}[{}]", id.unwrap_or_default()), item, left.remove(other), found);
                    }
                    None => found.push(format!("{at} has {}, the ledger has not", id.unwrap_or("an entry"))),
                }
            }
            for other in left {
                found.push(format!("{at} lacks {}, which the ledger has", identifier(other).unwrap_or("an entry")));
            }
        }
        (Value::String(_) | Value::Bool(_) | Value::Object(_) | Value::Array(_), Value::Number(other)) => {
            found.push(format!("{at} is no number, the ledger says {other}"));
        }
        (Value::Number(number), Value::Number(other)) if number.as_f64() != other.as_f64() => {
            found.push(format!("{at} is {number}, the ledger says {other}"));
        }
        _ => {}
    }
}

/// The identifier of an entry of a list, in the spelling of any edition; or its group, if it has no identifier.
fn identifier(item: &Value) -> Option<&str> {
    const OWN: [&str; 6] = [
        "kravidentifikator",
        "kravforfallsidentifikator",
        "innbetalingsidentifikator",
        "utbetalingsidentifikator",
        "utbetalingidentifikator",
        "kravforfallidentifikator",
    ];
    let fields = item.as_object()?;
    let named = |name: &str| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    OWN.into_iter().chain(["motkravForfallsIdentifikator", "kravgruppe"]).find_map(|name| named(name)?.as_str())
}
