//! Refusals of the service: the table of codes, the rules as codes, and the bodies that say what is wrong.
//! Imitates docs/fidelity.md, "Utleggsbegjæring".

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::catalogue::{Check, Code, Endpoint};
use crate::domain::begjaering::{Lesefeil, REGLER, Regelbrudd};
use crate::interface::{Finding, Refusal};

/// The number of the code that answers each failed check.
pub(super) const REFUSALS: &[(Check, usize)] = &[
    (Check::Url, 3),
    (Check::Authentication, 4),
    (Check::Authorisation, 4),
    (Check::Consent, 5),
    (Check::Body, 6),
    (Check::Input, 6),
    (Check::Format, 8),
    (Check::Party, 9),
];

/// The code of what is wrong with the form of a request.
const FORM: &str = "KB-006";

/// The rules that are about the state of a case. A submission that breaks no other rule is answered 409.
const TILSTANDSREGLER: [&str; 3] = ["DUPLIKAT_INNSENDING", "UAVKLART_STATUS", "UGYLDIG_STATUS"];

/// The rules as codes, for refusals on demand.
pub(super) static REGELKODER: [Code; REGLER.len()] = {
    let mut codes = [const { Code::new("", 0, "", "") }; REGLER.len()];
    let mut number = 0;
    while number < codes.len() {
        let regel = &REGLER[number];
        codes[number] = Code::new(regel.kode, 422, regel.tittel, regel.tekst);
        number += 1;
    }
    codes
};

/// The status of a refusal for broken rules. Only a submission has a conflict with the state of a case.
fn status<'c>(is_submission: bool, mut codes: impl Iterator<Item = &'c str>) -> u16 {
    let conflict = is_submission && codes.all(|code| TILSTANDSREGLER.contains(&code));
    if conflict { 409 } else { 422 }
}

/// The status of a refusal for rules that somebody demanded.
pub(super) fn demanded_status(endpoint: Option<&Endpoint>, codes: &[&'static Code]) -> u16 {
    let is_submission = endpoint.is_some_and(|endpoint| matches!(endpoint.name, "opprett" | "endre"));
    status(is_submission, codes.iter().map(|code| code.code))
}

/// The refusal of a request that breaks rules.
pub(super) fn regelbrudd(brudd: &[Regelbrudd], is_submission: bool) -> Refusal {
    let finding = |brudd: &Regelbrudd| Finding {
        kode: brudd.regel.kode.into(),
        melding: brudd.tekst.clone(),
        peker: brudd.peker.clone(),
    };
    let status = status(is_submission, brudd.iter().map(|brudd| brudd.regel.kode));
    Refusal::findings(status, brudd.iter().map(finding).collect())
}

/// The refusal of a body that cannot be read.
pub(super) fn lesefeil(feil: &[Lesefeil]) -> Refusal {
    let finding =
        |feil: &Lesefeil| Finding { kode: FORM.into(), melding: feil.melding.clone(), peker: feil.peker.clone() };
    Refusal::findings(400, feil.iter().map(finding).collect())
}

/// Something that is wrong with the form of a call; the place is a header or a part.
pub(super) fn formfeil(place: &str, melding: impl Into<String>) -> Finding {
    Finding { kode: FORM.into(), melding: melding.into(), peker: place.to_owned() }
}

/// The body of a refusal.
pub(super) fn body(refusal: &Refusal, korrelasjonsid: &str) -> Value {
    let status = refusal.status();
    let findings = refusal.all_findings();
    let value = match (status, refusal.code()) {
        (422, _) => {
            let valideringsfeil = findings.iter().map(kontrollutslag).collect();
            serde_json::to_value(Valideringsrespons { valideringsfeil })
        }
        (400 | 409 | 413 | 415, code) => serde_json::to_value(problem(refusal, code, korrelasjonsid)),
        (_, code) => {
            let kode = code.map_or_else(|| findings.first().map_or("", |finding| &finding.kode), |code| code.code);
            Ok(json!({ "kode": kode, "melding": refusal.summary(), "korrelasjonsid": korrelasjonsid }))
        }
    };
    value.unwrap_or_default()
}

fn problem(refusal: &Refusal, code: Option<&'static Code>, korrelasjonsid: &str) -> Problem {
    let (status, findings) = (refusal.status(), refusal.all_findings());
    let feilkode = code.map_or_else(|| findings.first().map_or(FORM, |finding| &finding.kode), |code| code.code);
    let places = findings.iter().map(|finding| match &*finding.peker {
        "" => Cow::Borrowed(&*finding.melding),
        peker => format!("{peker}: {}", finding.melding).into(),
    });
    let detail = match code {
        Some(_) => refusal.summary().into_owned(),
        None => places.collect::<Vec<_>>().join("; "),
    };
    let mut alle: Vec<Kontrollutslag> = findings.iter().map(kontrollutslag).collect();
    if let Some(code) = code {
        alle.push(Kontrollutslag { kode: code.code.into(), melding: code.area.into(), beskrivelse: detail.clone() });
    }
    Problem {
        kind: "about:blank",
        title: match status {
            409 => "Konflikt med en sak som finnes",
            413 => "Innholdet er for stort",
            415 => "Filtypen støttes ikke",
            _ => "Ugyldig forespørsel",
        },
        status,
        detail,
        instance: format!("urn:korrelasjonsid:{korrelasjonsid}"),
        feilid: korrelasjonsid.to_owned(),
        feilkode: feilkode.to_owned(),
        kontrollutslag: alle,
    }
}

/// A finding as the service tells it. Of a rule, `melding` is its title. Of what is wrong with the form, `beskrivelse` is
/// the place.
fn kontrollutslag(finding: &Finding) -> Kontrollutslag {
    let (melding, beskrivelse) = match REGELKODER.iter().find(|code| code.code == finding.kode) {
        Some(regel) => (regel.area.to_owned(), finding.melding.clone()),
        None => (finding.melding.clone(), finding.peker.clone()),
    };
    Kontrollutslag { kode: finding.kode.to_string(), melding, beskrivelse }
}

/// A problem document: the request cannot be read, or is in conflict with a case.
#[derive(Serialize, JsonSchema)]
pub(super) struct Problem {
    /// Always `about:blank`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What is wrong, in a few words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// All that is wrong, each with its place (a JSON pointer).
    detail: String,
    /// The call, by its id.
    instance: String,
    /// The id of the call.
    feilid: String,
    /// The code of the fault, or of the first one.
    feilkode: String,
    /// All that is wrong, one by one.
    kontrollutslag: Vec<Kontrollutslag>,
}

/// The rules that a request breaks.
#[derive(Serialize, JsonSchema)]
pub(super) struct Valideringsrespons {
    /// All rules that are broken, in the order of the published list.
    valideringsfeil: Vec<Kontrollutslag>,
}

/// Something that is wrong.
#[derive(Serialize, JsonSchema)]
struct Kontrollutslag {
    /// The name of the rule, or the code of the fault.
    kode: String,
    /// What is wrong, in general.
    melding: String,
    /// What is wrong with this very request.
    beskrivelse: String,
}
