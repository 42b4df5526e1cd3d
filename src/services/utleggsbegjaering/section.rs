//! The part of the scenario format that belongs to the service: what the register says of the party, how its attachments
//! go, and the cases that it has submitted already.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{NaiveTime, TimeZone};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use super::SERVICE;
use super::arkiv::Forloep;
use super::saker::{Innsending, Sak};
use crate::access::mint::stable_uuid;
use crate::catalogue::{Service, nearest};
use crate::domain::begjaering::{
    Begjaering, Eksempeltype, Eksempelvalg, Modell, Registerstatus, Sakstilstand, eksempel, les,
};
use crate::domain::saksgang::betjeningskart::{Regelverk, Unntak};
use crate::domain::saksgang::livsloep::{Datert, Manusnavn, Sakshendelse};
use crate::scenario::problems::Place;
use crate::scenario::resolve::{Reader, Who};
use crate::scenario::scalar::{Count, Dato, Text, YesNo};
use crate::scenario::section::{Section, SectionData, SectionFile};

/// What a scenario says of a party.
#[derive(Debug, Default)]
pub(super) struct Partsdata {
    pub(super) register: Option<Registerstatus>,
    pub(super) gammelt_regelverk: Option<bool>,
    /// The rules that it is under in some days; the last word about a day holds.
    pub(super) regelverk: Vec<Unntak>,
    /// How the attachments that it uploads go.
    pub(super) vedlegg: Option<Forloep>,
    /// The cases that it has submitted.
    pub(super) saker: Vec<Arc<Sak>>,
}

/// The keys of Utleggsbegjæring at the top of a scenario file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(expecting = "the keys of Utleggsbegjæring")]
struct UtleggDocument {
    /// What the register says of the party: `hovedenhet`, `enk`, `underenhet`, `person`, `slettet` or `ukjent`. The default
    /// follows from the number.
    registerstatus: Option<Text>,
    /// Whether the party is under the old rules still. The default follows from the published list of test identities.
    #[serde(rename = "gammeltRegelverk")]
    gammelt_regelverk: Option<YesNo>,
    /// Which rules the party is under in some days, above the key before this one. The last word about a day holds.
    #[serde(default)]
    regelverk: Vec<RegelverkEntry>,
    /// How the attachments go that the party uploads: the name of a state, or the time until they are ready, like `10min`.
    /// The default is ready at once.
    vedleggstilstand: Option<Text>,
    /// The cases that the party has submitted already.
    #[serde(default)]
    utleggssaker: Vec<SakEntry>,
}

/// The rules that the party is under for some days.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of some days, like { regelverk: gammelt, til: 2026-06-30 }")]
struct RegelverkEntry {
    /// `gammelt` or `nytt`.
    regelverk: Text,
    /// From this day; always before `til` where left out.
    fra: Option<Dato>,
    /// Through this day; always after `fra` where left out.
    til: Option<Dato>,
}

/// A case that the party has submitted.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a case, like { eksternSaksreferanse: SAK-1, tilstand: sakForelagt }")]
#[serde(rename_all = "camelCase")]
struct SakEntry {
    /// The reference of the case.
    ekstern_saksreferanse: Text,
    /// How far it has come; the default is `sakOpprettet`.
    tilstand: Option<Text>,
    /// How it goes on from there by the session's clock: `utleggstrekk`, `intetTilUtlegg`, `utleggspant`, `nektet`, `hevet`,
    /// or `stille`, the default: it stays as it is.
    forloep: Option<Text>,
    /// How many of its submissions are not processed yet; the default is none.
    ubehandlede: Option<Count>,
    /// The day of the request; the default is the base date.
    begjaeringsdato: Option<Dato>,
    /// The submitter's own reference; the default is the reference of the case.
    innsender_referanse: Option<Text>,
    /// How many claims the request has; the default is 1.
    krav: Option<Count>,
    /// The whole request, as the service takes it. Then the three keys before this one are left out.
    begjaering: Option<serde_json::Value>,
}

/// The section of the scenario format.
pub(super) struct UtleggSection;

const KEYS: &[&str] = &["registerstatus", "gammeltRegelverk", "vedleggstilstand", "utleggssaker", "regelverk"];

/// The most claims of a case that a scenario describes by a number.
const MOST_CLAIMS: u32 = 1000;

impl Section for UtleggSection {
    fn service(&self) -> &'static Service {
        &SERVICE
    }

    fn keys(&self) -> &'static [&'static str] {
        KEYS
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        UtleggDocument::json_schema(generator)
    }

    fn read(&self, file: &mut SectionFile<'_, '_>) -> Option<SectionData> {
        let document: UtleggDocument = file.parse(KEYS)?;
        let (root, who) = (Place::ROOT, file.who);
        let reader = &mut *file.reader;
        let register = document.registerstatus.as_ref().and_then(|text| {
            named(
                text,
                root.key(KEYS[0]),
                reader,
                &Registerstatus::ALLE.map(Registerstatus::navn),
                Registerstatus::med_navn,
            )
        });
        let vedlegg = document
            .vedleggstilstand
            .as_ref()
            .and_then(|text| named(text, root.key(KEYS[2]), reader, &super::arkiv::FORLOEP, Forloep::les));
        let gammelt_regelverk = reader.optional(document.gammelt_regelverk.as_ref(), root.key(KEYS[1]));
        let days = root.key(KEYS[4]);
        let entries = document.regelverk.iter().enumerate();
        let regelverk = entries.filter_map(|(number, entry)| unntak(entry, days.index(number), reader)).collect();
        let list = root.key(KEYS[3]);
        let mut saker: Vec<Arc<Sak>> = Vec::new();
        for (number, entry) in document.utleggssaker.iter().enumerate() {
            let place = list.index(number);
            let Some(sak) = sak(entry, who, place, reader) else { continue };
            if saker.iter().any(|other| other.referanse == sak.referanse) {
                reader.error(place.key("eksternSaksreferanse"), "another case has this reference");
            }
            saker.push(Arc::new(sak));
        }
        let entries = saker.len();
        let data = Arc::new(Partsdata { register, gammelt_regelverk, regelverk, vedlegg, saker });
        Some(SectionData { data, entries, is_default: false })
    }
}

/// A value by its name.
fn named<T>(
    text: &Text,
    place: Place<'_>,
    reader: &mut Reader<'_>,
    names: &[&str],
    by_name: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let name = reader.read(text, place)?;
    let found = by_name(&name);
    if found.is_none() {
        let hint = nearest(&name, names.iter().copied()).map(|near| format!("did you mean {near}?"));
        reader.problems.error_with_hint(place, format!("there is no {name}; write {}", names.join(", ")), hint);
    }
    found
}

/// What a scenario says of some days.
fn unntak(entry: &RegelverkEntry, place: Place<'_>, reader: &mut Reader<'_>) -> Option<Unntak> {
    let names = Regelverk::ALLE.map(Regelverk::navn);
    let regelverk = named(&entry.regelverk, place.key("regelverk"), reader, &names, Regelverk::med_navn);
    let fra = reader.optional(entry.fra.as_ref(), place.key("fra"));
    let til = reader.optional(entry.til.as_ref(), place.key("til"));
    if fra.zip(til).is_some_and(|(fra, til)| til < fra) {
        reader.error(place.key("til"), "til is before fra");
    }
    Some(Unntak { regelverk: regelverk?, fra, til })
}

fn sak(entry: &SakEntry, who: &Who, place: Place<'_>, reader: &mut Reader<'_>) -> Option<Sak> {
    let referanse = reader.not_empty(&entry.ekstern_saksreferanse, place.key("eksternSaksreferanse"))?;
    let states = Sakstilstand::ALLE.map(Sakstilstand::navn);
    let tilstand = entry
        .tilstand
        .as_ref()
        .and_then(|text| named(text, place.key("tilstand"), reader, &states, Sakstilstand::med_navn));
    let ubehandlede = reader.optional(entry.ubehandlede.as_ref(), place.key("ubehandlede"));
    let scripts = Manusnavn::ALLE.map(Manusnavn::navn);
    let manus = entry
        .forloep
        .as_ref()
        .and_then(|text| named(text, place.key("forloep"), reader, &scripts, Manusnavn::med_navn));
    let begjaering = request(entry, &referanse, who, place, reader)?;
    let begins = reader.base.and_time(NaiveTime::MIN);
    let innsending = Innsending {
        tidspunkt: chrono::Utc.from_utc_datetime(&begins),
        korrelasjonsid: stable_uuid(&format!("innsending {} {referanse}", who.part)),
        modell: Modell::V2,
        begjaering,
        sendt: Bytes::new(),
    };
    let hendelser = tilstand
        .filter(|tilstand| *tilstand != Sakstilstand::SakOpprettet)
        .map(|tilstand| Datert { tid: innsending.tidspunkt, hendelse: Sakshendelse::Satt(tilstand) });
    let hendelser = hendelser.into_iter().collect();
    // A case whose state a scenario says stays in it, unless the scenario says how it goes on.
    let manus = manus.unwrap_or(Manusnavn::Stille);
    Some(Sak {
        referanse: referanse.into(),
        eier: Some(who.part.to_string()),
        nummer: 0,
        manus,
        hendelser,
        ubehandlede: ubehandlede.map(|count| usize::try_from(count).unwrap_or(usize::MAX)),
        innsendinger: vec![Arc::new(innsending)],
    })
}

/// The request of a case: as the entry says it, or an example whose submitter is the party.
fn request(
    entry: &SakEntry,
    referanse: &str,
    who: &Who,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Begjaering> {
    if let Some(whole) = &entry.begjaering {
        let place = place.key("begjaering");
        return match les(whole.to_string().as_bytes(), Modell::V2) {
            Ok(lest) => Some(lest.begjaering),
            Err(problems) => {
                for problem in problems {
                    reader.error(place, format!("{}: {}", problem.peker, problem.melding));
                }
                None
            }
        };
    }
    let dato = reader.optional(entry.begjaeringsdato.as_ref(), place.key("begjaeringsdato")).unwrap_or(reader.base);
    let krav = reader.optional(entry.krav.as_ref(), place.key("krav")).unwrap_or(1);
    if !(1..=MOST_CLAIMS).contains(&krav) {
        reader.error(place.key("krav"), format!("a request has 1 to {MOST_CLAIMS} claims here"));
        return None;
    }
    let own = entry.innsender_referanse.as_ref().and_then(|text| reader.read(text, place.key("innsenderReferanse")));
    let valg = Eksempelvalg { krav: krav as usize, type_: Eksempeltype::default(), rente: false, seed: 1, dato };
    let mut begjaering = eksempel(&valg);
    own.as_deref().unwrap_or(referanse).clone_into(&mut begjaering.innsender_referanse);
    let part = who.part.to_string();
    if let Some(virksomhet) =
        begjaering.innsender.as_mut().and_then(|innsender| innsender.innsender.virksomhet.as_mut())
        && let Some(identifikator) = &mut virksomhet.identifikator
    {
        identifikator.verdi = part;
        virksomhet.navn = Some(who.navn.to_string());
    }
    Some(begjaering)
}
