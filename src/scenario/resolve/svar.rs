//! Literal answers and scenario flags.

use std::sync::Arc;

use serde_json::Value;

use super::Reader;
use crate::catalogue::{Catalogue, Endpoint, Service, nearest};
use crate::domain::identifikator::{Iban, Kid, Kontonummer};
use crate::faults::effects::Effects;
use crate::scenario::format::{FeilEntry, SvarEntry};
use crate::scenario::problems::Place;
use crate::scenario::scalar::Text;
use crate::scenario::{Feil, Svar};

pub(super) fn read_svar(
    entries: &[SvarEntry],
    beside: &dyn Fn(&str) -> Result<Vec<u8>, String>,
    catalogue: Catalogue,
    reader: &mut Reader<'_>,
) -> Vec<Svar> {
    let list = Place::ROOT.key("svar");
    let read = |(i, entry): (usize, &SvarEntry)| {
        let place = list.index(i);
        let target = target(&entry.paa, catalogue, place.key("paa"), reader);
        let innhold = literal(&entry.fil, beside, place.key("fil"), reader);
        let edition = reader.optional(entry.utgave.as_ref(), place.key("utgave"));
        let package = reader.optional(entry.pakke.as_ref(), place.key("pakke"));
        let periode = entry.periode.as_ref().map(|periode| {
            let place = place.key("periode");
            let fra = reader.read(&periode.fra_og_med, place.key("fraOgMed"));
            fra.zip(reader.read(&periode.til_og_med, place.key("tilOgMed")))
        });
        let (service, endpoint) = target?;
        if service.takes_party() {
            reader.error(
                place.key("paa"),
                format!("{} takes no literal answers; describe its data instead", service.name),
            );
            return None;
        }
        // If the service has only one endpoint, the entry need not name it.
        let only = service.endpoints.first().filter(|_| service.endpoints.len() == 1);
        let Some(endpoint) = endpoint.or(only) else {
            reader.error(place.key("paa"), format!("give the endpoint too: {}", service.endpoint_names()));
            return None;
        };
        if let Some(package) = package.as_ref().filter(|package| service.package(package).is_none()) {
            let known = service.package_names();
            reader.error(place.key("pakke"), format!("{} has no package {package}; there are {known}", service.name));
        }
        if periode.is_some() && !endpoint.periode {
            reader.error(place.key("periode"), format!("{} takes no period", endpoint.name));
        }
        if edition.is_some() && !service.has_editions {
            reader.error(place.key("utgave"), format!("{} has no editions; leave this out", service.name));
        }
        if periode.flatten().is_some_and(|(fra, til)| til < fra) {
            reader.error(place.key("periode"), "tilOgMed is before fraOgMed");
        }
        let reason = reader.optional(entry.begrunnelse.as_ref(), place.key("begrunnelse"));
        let without = reason.is_none_or(|reason| reason.trim().is_empty());
        let uten_begrunnelse = without.then(|| reader.problems.file_place(place.key("fil")));
        let (periode, innhold, fil) = (periode.flatten(), innhold?, entry.fil.0.trim().into());
        Some(Svar { service, endpoint, edition, package, periode, fil, innhold, uten_begrunnelse })
    };
    entries.iter().enumerate().filter_map(read).collect()
}

pub(super) fn read_feil(entries: &[FeilEntry], catalogue: Catalogue, reader: &mut Reader<'_>) -> Vec<Feil> {
    let list = Place::ROOT.key("feil");
    let read = |(i, entry): (usize, &FeilEntry)| {
        let place = list.index(i);
        let target = target(&entry.paa, catalogue, place.key("paa"), reader);
        let kode = reader.optional(entry.kode.as_ref(), place.key("kode"));
        let mut effects = Effects {
            error: None,
            delay: reader.optional(entry.delay.as_ref(), place.key("delay")),
            fault: reader.optional(entry.fault.as_ref(), place.key("fault")),
            drift: reader.optional(entry.drift.as_ref(), place.key("drift")),
        };
        let ganger = reader.optional(entry.ganger.as_ref(), place.key("ganger"));
        if ganger == Some(0) {
            reader.error(place.key("ganger"), "ganger: 0 means no call; leave the entry out instead");
        }
        if [entry.kode.is_some(), entry.delay.is_some(), entry.fault.is_some(), entry.drift.is_some()] == [false; 4] {
            reader.error(place, "the entry has no fault; give kode, delay, fault or drift");
        }
        let (service, endpoint) = target?;
        if let Some(kode) = kode {
            effects.error = Some(code(service, &kode, place.key("kode"), reader)?);
        }
        Some(Feil { service, endpoint, effects, ganger })
    };
    entries.iter().enumerate().filter_map(read).collect()
}

/// What the service can give: a code, or several findings.
fn code(service: &'static Service, kode: &str, place: Place<'_>, reader: &mut Reader<'_>) -> Option<Arc<str>> {
    let known = Catalogue::demanded(Some(service), kode);
    if let Err(kode) = known {
        let codes: Vec<_> = Catalogue::codes_at(Some(service)).map(|known| known.code).collect();
        let hint = nearest(kode, codes.iter().copied()).map(|near| format!("did you mean {near}?"));
        let message = format!("{} cannot give {kode}; it can give {}", service.name, codes.join(", "));
        reader.problems.error_with_hint(place, message, hint);
    }
    known.is_ok().then(|| kode.into())
}

/// `service/endpoint`, or a service alone.
fn target(
    paa: &Text,
    catalogue: Catalogue,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<(&'static Service, Option<&'static Endpoint>)> {
    let text = reader.read(paa, place)?;
    let (name, endpoint) = text.split_once('/').map_or((&*text, None), |(name, endpoint)| (name, Some(endpoint)));
    let Some(service) = catalogue.service(name) else {
        let with_parties = catalogue.0.iter().filter(|service| service.has_parties());
        let names: Vec<_> = with_parties.map(|service| service.name).collect();
        let hint = nearest(name, names.iter().copied()).map(|near| format!("did you mean {near}?"));
        reader.problems.error_with_hint(
            place,
            format!("no service {name}; the services are: {}", names.join(", ")),
            hint,
        );
        return None;
    };
    if !service.has_parties() {
        reader.error(place, format!("{name} has no parties, so a scenario cannot change its answers; use a rule"));
        return None;
    }
    let Some(endpoint) = endpoint else {
        return Some((service, None));
    };
    let Some(found) = service.endpoint(endpoint) else {
        let hint = nearest(endpoint, service.endpoints.iter().map(|known| known.name));
        let hint = hint.map(|near| format!("did you mean {name}/{near}?"));
        let message = format!("{name} has no endpoint {endpoint}; there are {}", service.endpoint_names());
        reader.problems.error_with_hint(place, message, hint);
        return None;
    };
    Some((service, Some(found)))
}

fn literal(
    file: &Text,
    beside: &dyn Fn(&str) -> Result<Vec<u8>, String>,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Value> {
    let name = reader.read(file, place)?;
    let bytes = match beside(&name) {
        Ok(bytes) => bytes,
        Err(message) => {
            reader.error(place, format!("{name}: {message}"));
            return None;
        }
    };
    match serde_json::from_slice::<Value>(&bytes) {
        Ok(value) if value.is_object() => {
            if let Some(what) = not_in_xml(&value) {
                reader.error(place, format!("{name}: {what}, which the services never send and XML cannot hold"));
                return None;
            }
            warn_of_check_digits(&value, &name, place, reader);
            Some(value)
        }
        Ok(_) => {
            reader.error(place, format!("{name} holds no JSON object"));
            None
        }
        Err(error) => {
            reader.error(place, format!("{name} is not JSON: {error}"));
            None
        }
    }
}

/// What a JSON value has that XML cannot hold. `None` if it has nothing of the kind.
fn not_in_xml(value: &Value) -> Option<String> {
    let is_name = |key: &str| {
        let mut letters = key.chars();
        letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    match value {
        Value::Null => Some("there is a null".to_owned()),
        Value::Array(items) if items.iter().any(Value::is_array) => Some("there is a list within a list".to_owned()),
        Value::Array(items) => items.iter().find_map(not_in_xml),
        Value::Object(fields) => fields.iter().find_map(|(key, value)| {
            if is_name(key) { not_in_xml(value) } else { Some(format!("the key {key:?} is not an XML name")) }
        }),
        _ => None,
    }
}

/// Warns about identifiers with wrong check digits, once for each. It is no error, because published examples have
/// such identifiers.
fn warn_of_check_digits(value: &Value, file: &str, place: Place<'_>, reader: &mut Reader<'_>) {
    let mut bad = Vec::new();
    collect_bad(value, &mut bad);
    bad.sort_unstable();
    bad.dedup();
    if !bad.is_empty() {
        reader.problems.warning(place, format!("{file}: the check digits are wrong in {}", bad.join(", ")));
    }
}

fn collect_bad(value: &Value, bad: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_bad(item, bad)),
        Value::Object(fields) => {
            for (key, value) in fields {
                let text = value.as_str().unwrap_or_default();
                let wrong = match key.as_str() {
                    "kontonummer" if !text.contains(['*', 'x']) => text.parse::<Kontonummer>().is_err(),
                    "iban" => text.parse::<Iban>().is_err(),
                    "kidnummer" => text.parse::<Kid>().is_err(),
                    _ => false,
                };
                if wrong && !text.is_empty() {
                    bad.push(format!("{key} {text}"));
                }
                collect_bad(value, bad);
            }
        }
        _ => {}
    }
}
