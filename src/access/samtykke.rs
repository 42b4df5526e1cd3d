//! Rights to the data of a party: the caller's own, as a systembruker, or by a consent of Altinn 2 or Altinn 3.

use chrono::{DateTime, NaiveDateTime, Utc};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use super::jwt::{Jwt, claims, seconds};
use super::keys::Keys;
use super::token::{Detail, LEEWAY, Token, date_text};
use super::{Demand, LARGEST_TOKEN};
use crate::catalogue::Needs;

/// The header with a consent token of Altinn 2.
pub(super) const HEADER: &str = "AltinnSamtykke";

/// The claims of a consent token of Altinn 2.
#[derive(Deserialize)]
struct Samtykke {
    #[serde(default)]
    iss: String,
    exp: Option<Value>,
    nbf: Option<Value>,
    #[serde(rename = "OfferedBy", default)]
    offered_by: String,
    #[serde(rename = "CoveredBy", default)]
    covered_by: String,
    #[serde(rename = "ValidToDate")]
    valid_to: Option<Value>,
    #[serde(rename = "Services")]
    services: Option<Value>,
    #[serde(rename = "ServiceCodes")]
    service_codes: Option<Value>,
}

/// Checks that a valid token gives a right to the party. If keys are given, they verify the signature of a consent
/// token.
///
/// # Errors
/// The reason, as the Norwegian text of the service.
pub(super) fn check(
    headers: &HeaderMap,
    token: &Token,
    demand: &Demand<'_>,
    now: DateTime<Utc>,
    keys: Option<&Keys>,
) -> Result<(), String> {
    if demand.needs == Needs::Nothing {
        return Ok(());
    }
    if demand.needs == Needs::ToBeTheParty {
        // A request that names no party means the party that the token acts for.
        let acts_for = token.acts_for()?;
        if demand.part.is_empty() || demand.part == acts_for {
            return Ok(());
        }
        return Err(format!("Tokenet gjelder organisasjon {acts_for}, ikke {}", demand.part));
    }
    let consumer = token.consumer().unwrap_or_default();
    let mut given = headers.get_all(HEADER).iter();
    if let Some(value) = given.next() {
        if given.next().is_some() {
            return Err(format!("Headeren {HEADER} er oppgitt flere ganger"));
        }
        let text = value.to_str().ok().filter(|text| text.len() <= LARGEST_TOKEN);
        let text = text.ok_or_else(|| format!("Headeren {HEADER} er ikke et JWT"))?;
        if let Some(keys) = keys {
            let verified = Jwt::read(text.trim()).and_then(|jwt| keys.verify(&jwt));
            verified.map_err(|why| format!("Samtykketokenet kan ikke godtas: {}", why.norwegian()))?;
        }
        return check_altinn2(text.trim(), consumer, demand, now);
    }
    let of_type = |name: &'static str| token.authorization_details.iter().filter(move |detail| detail.r#type == name);
    let mut consents = of_type("urn:altinn:consent").map(|consent| check_altinn3(consent, consumer, demand, now));
    if let Some(first) = consents.next() {
        // One matching consent is enough. If none matches, the answer has the reason of the first.
        return first.or_else(|why| if consents.any(|other| other.is_ok()) { Ok(()) } else { Err(why) });
    }
    if demand.needs == Needs::Consent {
        return Err(format!(
            "Samtykke mangler: send headeren {HEADER}, eller et token med samtykke til {}",
            demand.ressurs()
        ));
    }
    let acts_for = token.acts_for()?;
    if acts_for == demand.part {
        return Ok(());
    }
    if token.systembruker().is_some() {
        return Err(format!("Systembrukeren gjelder organisasjon {acts_for}, ikke parten i kallet"));
    }
    Err(format!(
        "Tokenets organisasjon {consumer} har ikke rettigheter til parten i kallet: bruk systembruker, delegering eller samtykke"
    ))
}

/// Checks a consent token of Altinn 2.
fn check_altinn2(text: &str, consumer: &str, demand: &Demand<'_>, now: DateTime<Utc>) -> Result<(), String> {
    let samtykke: Samtykke =
        claims(text).map_err(|why| format!("Samtykketokenet kan ikke leses: {}", why.norwegian()))?;
    let (now, leeway) = (now.timestamp(), LEEWAY.num_seconds());
    let exp = samtykke.exp.as_ref().and_then(seconds).ok_or("Samtykketokenet mangler utløpstid (exp)")?;
    if exp.saturating_add(leeway) <= now {
        return Err(format!("Samtykketokenet er utløpt: det var gyldig til {}", date_text(exp)));
    }
    if let Some(nbf) = samtykke.nbf.as_ref().and_then(seconds).filter(|nbf| *nbf > now + leeway) {
        return Err(format!("Samtykketokenet er ikke gyldig ennå: det gjelder fra {}", date_text(nbf)));
    }
    if let Some(value) = &samtykke.valid_to {
        let until = valid_to(value).ok_or("Samtykketokenets ValidToDate kan ikke leses")?;
        if until <= now {
            return Err(format!("Samtykket er utløpt: det gjaldt til {}", date_text(until)));
        }
    }
    if !is_altinn(&samtykke.iss) {
        return Err("Samtykketokenet er ikke utstedt av Altinn (iss)".to_owned());
    }
    if samtykke.offered_by != demand.part {
        return Err("Samtykket er gitt av en annen enn parten i kallet (OfferedBy)".to_owned());
    }
    if samtykke.covered_by != consumer {
        return Err(format!("Samtykket er gitt til en annen enn tokenets organisasjon {consumer} (CoveredBy)"));
    }
    let services = samtykke.services.iter().flat_map(|value| service_codes(value, &[';', ',', ' '], '_'));
    let older = samtykke.service_codes.iter().flat_map(|value| service_codes(value, &[';', ' '], ','));
    let koder = demand.koder();
    if services.chain(older).any(|code| koder.contains(&code.as_str())) {
        Ok(())
    } else {
        Err(format!("Samtykket gjelder ikke tjenesten: det må ha {}", koder.join(" eller ")))
    }
}

/// Whether an issuer is `altinn.no` or a host below it, alone or as the host of a URL.
fn is_altinn(issuer: &str) -> bool {
    let host = issuer.split_once("://").map_or(issuer, |(_, rest)| rest.split(['/', ':']).next().unwrap_or_default());
    host == "altinn.no" || host.ends_with(".altinn.no")
}

/// A date in seconds since 1970. It may also be written in the older form `01.01.2018 23:59:59`, which is read as UTC.
fn valid_to(value: &Value) -> Option<i64> {
    seconds(value).or_else(|| {
        let at = NaiveDateTime::parse_from_str(value.as_str()?, "%d.%m.%Y %H:%M:%S").ok()?;
        Some(at.and_utc().timestamp())
    })
}

/// Service codes in the form `5928_202301` (code and edition), from one text or a list. Parameters are left out.
/// `separators` are between two entries of a text, `within` is between the parts of one entry.
fn service_codes(value: &Value, separators: &[char], within: char) -> Vec<String> {
    let entries: Vec<&str> = match value {
        Value::String(text) => text.split(separators).collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let code = |entry: &str| {
        let mut parts = entry.split(within);
        Some(format!("{}_{}", parts.next()?.trim(), parts.next()?.trim()))
    };
    entries.into_iter().filter_map(code).collect()
}

/// Checks a consent of Altinn 3, which is part of the access token.
fn check_altinn3(consent: &Detail, consumer: &str, demand: &Demand<'_>, now: DateTime<Utc>) -> Result<(), String> {
    let until = consent.valid_to.as_deref().ok_or("Samtykket mangler varighet (validTo)")?;
    let until = instant(until).ok_or("Samtykkets varighet (validTo) kan ikke leses")?;
    if until <= now {
        return Err(format!("Samtykket er utløpt: det gjaldt til {}", date_text(until.timestamp())));
    }
    if consent.from.as_ref().and_then(party) != Some(demand.part) {
        return Err("Samtykket er gitt av en annen enn parten i kallet (from)".to_owned());
    }
    if consent.to.as_ref().and_then(party) != Some(consumer) {
        return Err(format!("Samtykket er gitt til en annen enn tokenets organisasjon {consumer} (to)"));
    }
    let mut resources = consent.consent_rights.iter().flat_map(|right| &right.resource);
    if resources.any(|resource| resource.value == demand.ressurs()) {
        Ok(())
    } else {
        Err(format!("Samtykket gjelder ikke tjenesten: det må ha ressursen {}", demand.ressurs()))
    }
}

/// A date-time. Without a zone it is read as UTC.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let zoned = DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
    zoned.or_else(|| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|at| at.and_utc()))
}

/// The number of a party in a URN, or of an organisation in ISO 6523 form (`{authority, ID}`).
fn party(value: &Value) -> Option<&str> {
    let text = value.as_str().or_else(|| value.get("ID")?.as_str())?;
    ["urn:altinn:organization:identifier-no:", "urn:altinn:person:identifier-no:", "0192:"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
}
