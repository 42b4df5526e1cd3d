//! Attachments: the upload of a file, and how far it has come.
//! Imitates docs/fidelity.md, "Utleggsbegjæring".

use schemars::JsonSchema;
use serde::Serialize;

use super::arkiv::{Forloep, MottattVedlegg};
use super::begjaeringer::{kaller, tilstand};
use super::feil::formfeil;
use super::hendelser::Hending;
use super::saker::Tilstand;
use super::section::Partsdata;
use super::{SERVICE, filtype, hode};
use crate::access::mint::stable_uuid;
use crate::catalogue::{Check, nearest};
use crate::domain::begjaering::Vedleggstilstand;
use crate::domain::begjaering::modell::Vedleggstype;
use crate::interface::{Answer, Call, Field, Finding, Refusal};

/// The largest file, in bytes.
pub(super) const LARGEST_FILE: usize = 25 * 1024 * 1024;

/// The parts of an upload.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it describes the form in the contract")]
pub(super) struct Opplastingsskjema {
    /// The file: PDF, or something that can become PDF. At most 25 MB.
    #[schemars(extend("format" = "binary"))]
    fil: String,
    /// What the attachment documents.
    #[serde(rename = "type")]
    type_: Vedleggstype,
    /// The submitter's own reference of the request, as the request will have it.
    #[serde(rename = "innsenderReferanse")]
    innsender_referanse: String,
    /// The name of the file, where it is another than that of the part `fil`.
    #[serde(skip_serializing_if = "Option::is_none")]
    filnavn: Option<String>,
}

/// What an upload is answered.
#[derive(Serialize, JsonSchema)]
pub(super) struct VedleggKvittering {
    /// The uuid of the attachment, by which a request refers to it.
    pub(super) uuid: String,
}

/// How far an attachment has come.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VedleggStatus {
    /// Its uuid.
    pub(super) uuid: String,
    /// How far it has come. A request can use it when it is `konvertert`.
    #[schemars(with = "String")]
    pub(super) tilstand: &'static str,
    /// What it documents.
    #[serde(rename = "type")]
    pub(super) type_: Vedleggstype,
    /// The name of the file.
    pub(super) filnavn: String,
    /// The submitter's own reference of the request that it was uploaded for.
    pub(super) innsender_referanse: String,
}

/// Takes a file.
pub(super) fn last_opp(call: &Call<'_>) -> Result<Answer, Refusal> {
    hode::sjekk(call)?;
    let parts = call.parts();
    let part = |name: &str| parts.iter().find(|part| part.name == name);
    let text = |name: &str| part(name).and_then(|part| std::str::from_utf8(&part.bytes).ok()).map(str::trim);
    let mut wrong: Vec<Finding> = Vec::new();
    for name in ["fil", "type", "innsenderReferanse"] {
        let count = parts.iter().filter(|part| part.name == name).count();
        match (count, part(name)) {
            (1, Some(part)) if part.bytes.trim_ascii().is_empty() => {
                wrong.push(formfeil(name, format!("Delen '{name}' er tom")));
            }
            (1, _) => {}
            (0, _) => wrong.push(formfeil(name, format!("Delen '{name}' mangler"))),
            _ => wrong.push(formfeil(name, format!("Delen '{name}' er oppgitt flere ganger"))),
        }
    }
    let given = text("type").unwrap_or_default();
    let type_ = Vedleggstype::med_kode(given);
    let mut hint = "send the parts fil, type and innsenderReferanse once each as multipart/form-data".to_owned();
    if type_.is_none() && part("type").is_some_and(|part| !part.bytes.is_empty()) {
        let known: Vec<&str> = Vedleggstype::ALLE.iter().map(|known| known.kode()).collect();
        let shown: String = given.chars().take(80).collect();
        wrong.push(formfeil("type", format!("'{shown}' er ingen vedleggstype; typene er {}", known.join(", "))));
        if let Some(near) = nearest(given, known) {
            hint = format!("did you mean {near}?");
        }
    }
    if let Some(other) = parts.iter().find(|part| !PARTS.contains(&&*part.name)) {
        let shown: String = other.name.chars().take(80).collect();
        wrong.push(formfeil("", format!("Delen '{shown}' er ukjent; delene er {}", PARTS.join(", "))));
    }
    let (Some(file), Some(type_), true) = (part("fil"), type_, wrong.is_empty()) else {
        return Err(Refusal::findings(400, wrong).hint(hint));
    };
    if file.bytes.len() > LARGEST_FILE {
        let what = format!("Filen er for stor. Den kan være på høyst {LARGEST_FILE} byte");
        return Err(Refusal::findings(413, vec![formfeil("fil", what)]).hint("upload a smaller file"));
    }
    if !filtype::kan_bli_pdf(&file.bytes) {
        let what = "Filen er verken PDF eller noe som kan gjøres om til PDF";
        let hint = "the content counts, not the name: PDF, PNG, JPEG, GIF, TIFF, RTF, DOC, DOCX, ODT, or plain text";
        return Err(Refusal::findings(415, vec![formfeil("fil", what)]).hint(hint));
    }
    let session = call.session_name();
    let attached = call.session.commit_state::<Tilstand, _>(Some(file.bytes.clone()), |tilstand| {
        let uuid = stable_uuid(&format!("vedlegg {session} {}", tilstand.arkiv.neste()));
        let mottatt = MottattVedlegg {
            uuid: uuid.clone(),
            type_,
            filnavn: filnavn(text("filnavn"), file),
            innsender_referanse: text("innsenderReferanse").unwrap_or_default().to_owned(),
            stoerrelse: file.bytes.len(),
            mottatt: call.instants.now,
            eier: kaller(call),
            forloep: forloep(call, file).into(),
        };
        (Some(Hending::Attached(mottatt)), uuid)
    });
    let uuid = attached.map_err(|why| call.not_kept(&why))?;
    let base = if call.target.at_base { SERVICE.base } else { "" };
    let version = call.path.part(0).unwrap_or_default();
    let location = format!("{base}/{version}/vedlegg/{uuid}");
    Ok(Answer::json(&VedleggKvittering { uuid }).location(&location))
}

/// The parts that an upload may have.
const PARTS: [&str; 4] = ["fil", "type", "innsenderReferanse", "filnavn"];

fn filnavn(given: Option<&str>, file: &Field) -> String {
    let name = given.filter(|name| !name.is_empty()).or(file.file_name.as_deref()).unwrap_or("vedlegg");
    // Some clients send the whole path.
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// How the attachment goes: as the call or a rule says, otherwise as its content says, otherwise as the scenario of the
/// submitter says, otherwise ready at once.
fn forloep(call: &Call<'_>, file: &Field) -> Forloep {
    if let Some(said) = call.modifier(super::VEDLEGG.name).and_then(Forloep::les) {
        return said;
    }
    if filtype::har_virus(&file.bytes) {
        return Forloep::Fast(Vedleggstilstand::Virus);
    }
    let data = call.party().and_then(|party| party.sections.get::<Partsdata>());
    data.and_then(|data| data.vedlegg).unwrap_or_default()
}

/// Tells how far an attachment has come.
pub(super) fn vis(call: &Call<'_>) -> Result<Answer, Refusal> {
    hode::sjekk(call)?;
    let uuid = call.place("uuid").unwrap_or_default();
    let found = tilstand(call)?.arkiv.finn(&uuid).filter(|found| found.er_for(kaller(call).as_deref()));
    let found = found.ok_or_else(|| {
        Refusal::failed(&SERVICE, Check::Party, "Ingen vedlegg har denne uuid-en")
            .hint("GET /sandbox/vedlegg lists the attachments of the session")
    })?;
    Ok(Answer::json(&VedleggStatus {
        uuid: found.uuid.clone(),
        tilstand: found.tilstand(call.instants.now).navn(),
        type_: found.type_,
        filnavn: found.filnavn.clone(),
        innsender_referanse: found.innsender_referanse.clone(),
    }))
}
