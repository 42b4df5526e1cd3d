//! The headers that every call of the service has: `Klientid`, `Korrelasjonsid`, `Meldingsid`.

use uuid::Uuid;

use super::feil::formfeil;
use crate::interface::{Call, Finding, Refusal};

/// A header and whether its value is a UUID.
const HEADERS: [(&str, bool); 3] = [("Klientid", false), ("Korrelasjonsid", true), ("Meldingsid", true)];

/// Checks the headers of a call.
///
/// # Errors
/// Every header that is missing, or that has another form.
pub(super) fn sjekk(call: &Call<'_>) -> Result<(), Refusal> {
    let findings: Vec<Finding> = HEADERS
        .into_iter()
        .filter_map(|(name, is_uuid)| {
            let value = call.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
            let galt = match value {
                "" => "mangler",
                value if is_uuid && Uuid::try_parse(value).is_err() => "må være en UUID",
                _ => return None,
            };
            Some(formfeil(name, format!("Headeren {name} {galt}")))
        })
        .collect();
    if findings.is_empty() {
        return Ok(());
    }
    let hint = "send the headers Klientid (any text), Korrelasjonsid and Meldingsid (a new UUID each)";
    Err(Refusal::findings(400, findings).hint(hint))
}
