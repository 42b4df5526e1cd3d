//! Turns a scenario file into a party on a base date. Relative dates become days, missing values are
//! derived, and the entries are put together into a ledger.

mod betalinger;
mod derive;
mod forfall;
mod identifikatorer;
mod krav;
mod ledger;
mod mot_andre;
mod renter;
mod serie;
mod svar;
mod takt;
mod violations;

use std::fmt;
use std::sync::{Arc, OnceLock};

use chrono::{Months, NaiveDate};
use smol_str::SmolStr;

use super::befolkning::{BefolkningEntry, Oenske, Profil};
use super::budget::{Budget, Share};
use super::format::{KontoEntry, MotpartEntry, PartDocument, ScenarioFormat};
use super::problems::{Place, Problems};
use super::scalar::{Number, Scalar, Text};
use super::section::{Section, SectionFile, Sections};
use super::{Party, scalar};
use crate::domain::identifikator::{Iban, IdentifikatorError, Kid, Kontonummer, Part, PartKind};
use crate::domain::reskontro::{Bankkonto, Motpart};
pub(super) use krav::DAYS_FROM_CREATION_TO_DUE;
use violations::{BySeries, Written};

/// A scenario file.
pub(super) struct File<'f> {
    pub(super) name: Arc<str>,
    pub(super) text: &'f str,
    /// What the party is like, if its file says so.
    pub(super) profil: Option<Profil>,
    /// How far its series that follow terms go.
    pub(super) span: Span,
    /// The day whose open claims are all that is asked for, if they are. The claims of series that are settled on the day, or
    /// made later, are then left out.
    pub(super) aapent: Option<NaiveDate>,
    /// Reads a file beside it.
    pub(super) beside: &'f dyn Fn(&str) -> Result<Vec<u8>, String>,
}

/// How far a series that follows terms goes: the terms that fall due from so many months before the base date to so many
/// months after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) before: Months,
    pub(super) after: Months,
}

impl Span {
    /// That of a scenario file.
    pub(super) const OF_FILE: Self = Self { before: Months::new(36), after: Months::new(24) };

    /// The first and the last day, by the base date.
    pub(super) fn days(self, base: NaiveDate) -> (NaiveDate, NaiveDate) {
        let first = base.checked_sub_months(self.before).unwrap_or(NaiveDate::MIN);
        (first, base.checked_add_months(self.after).unwrap_or(NaiveDate::MAX))
    }
}

/// A party, and what the set needs from its file.
pub(super) struct Resolved {
    pub(super) party: Party,
    /// The sections that have it as their default party.
    pub(super) defaults: Vec<&'static dyn Section>,
}

/// Resolves a document. Problems are added to `problems`. If there is an error, the result must not be
/// used.
pub(super) fn party(
    document: &PartDocument,
    file: &File<'_>,
    format: &ScenarioFormat,
    base: NaiveDate,
    budget: &Arc<Budget>,
    problems: &mut Problems,
) -> Option<Resolved> {
    let root = Place::ROOT;
    let mut share = budget.share();
    let mut reader = Reader { base, span: file.span, aapent: file.aapent, problems, share: &mut share };
    let part = reader.read(&document.part, root.key("part"))?;
    reader.check_part(part, root.key("part"));
    // Without a name the rest is still read, to report all problems at once.
    let navn = reader.not_empty(&document.navn, root.key("navn")).unwrap_or_default();
    let innehaver = reader.optional(document.innehaver.as_ref(), root.key("innehaver"));
    if let Some(innehaver) = innehaver {
        reader.check_part(innehaver, root.key("innehaver"));
    }
    let konto = reader.kontonummer(document.kontonummer.as_ref(), root.key("kontonummer"));
    let utgave = reader.optional(document.utgave.as_ref(), root.key("utgave"));
    let skjermet = reader.optional(document.skjermet.as_ref(), root.key("skjermet")).unwrap_or_default();
    let beskrivelse = reader.optional(document.beskrivelse.as_ref(), root.key("beskrivelse"));
    let egen = Bankkonto { kontoeiers_navn: Some(navn.clone()), kontonummer: konto, ..Bankkonto::default() };
    let who = Who { part, innehaver, navn: navn.clone(), konto: Arc::new(egen) };

    if !reader.has_room(written(document), root.key("part")) {
        return None;
    }
    let mut ledger = ledger::Ledger::default();
    krav::read(&document.krav, &who, &mut ledger, &mut reader);
    for (i, entry) in document.kravserier.iter().enumerate() {
        serie::read(entry, &who, &mut ledger, root.key("kravserier").index(i), &mut reader);
    }
    identifikatorer::keep_apart(document, &mut ledger);
    let by_series = BySeries { innbetalinger: ledger.innbetalinger.len(), utbetalinger: ledger.utbetalinger.len() };
    let claims_are_whole = !reader.problems.has_errors();
    let computed: Vec<usize> = ledger.computed.clone();
    renter::compute(document, &who, &mut ledger, &mut reader);
    betalinger::read(document, &who, &mut ledger, &mut reader);
    mot_andre::read(document, &who, &mut ledger, &mut reader);
    renter::check(&mut ledger, &mut reader);
    let (sections, defaults) = read_sections(format, file.text, &who, &mut reader);
    let svar = svar::read_svar(&document.svar, file.beside, format.catalogue, &mut reader);
    let feil = svar::read_feil(&document.feil, format.catalogue, &mut reader);
    let unsure = problems.has_errors();
    // What contradicts itself is told beside what could not be read, as far as it is sure to stay.
    if unsure && !claims_are_whole {
        return None;
    }
    let written = Written { document, by_series, origins: std::mem::take(&mut ledger.origins) };
    let reskontro = match ledger.into_reskontro() {
        Ok(_) if unsure => return None,
        Ok(reskontro) => reskontro,
        Err(violations) => {
            for violation in violations.iter().filter(|violation| !unsure || written.is_sure(violation, &computed)) {
                written.report(violation, problems);
            }
            return None;
        }
    };
    let kilde = Arc::clone(&file.name);
    let party = Party {
        part,
        navn,
        beskrivelse,
        innehaver,
        utgave,
        skjermet,
        reskontro,
        sections,
        svar,
        feil,
        kilde,
        profil: file.profil,
        share,
        kilde_header: OnceLock::new(),
    };
    Some(Resolved { party, defaults })
}

/// Reads what a file says of the population.
pub(super) fn population(
    entry: &BefolkningEntry,
    base: NaiveDate,
    budget: &Arc<Budget>,
    problems: &mut Problems,
) -> Oenske {
    let mut share = budget.share();
    Oenske::read(entry, &mut Reader { base, span: Span::OF_FILE, aapent: None, problems, share: &mut share })
}

/// Reads the sections of the services.
fn read_sections(
    format: &ScenarioFormat,
    text: &str,
    who: &Who,
    reader: &mut Reader<'_>,
) -> (Sections, Vec<&'static dyn Section>) {
    let (mut sections, mut defaults) = (Sections::default(), Vec::new());
    for section in &format.sections {
        // The text is parsed again only if it may have the section.
        if !section.keys().iter().any(|key| text.contains(key)) {
            continue;
        }
        let mut file = SectionFile { text, who, reader: &mut *reader, format };
        if let Some(read) = section.read(&mut file)
            && reader.has_room(read.entries, Place::ROOT.key(section.keys().first().copied().unwrap_or_default()))
        {
            sections.0.push(read.data);
            if read.is_default {
                defaults.push(*section);
            }
        }
    }
    (sections, defaults)
}

/// How much of the budget the entries take that a document writes out. A claim counts once for each instalment, a payment
/// for each placement.
fn written(document: &PartDocument) -> usize {
    let parts = |count: usize| count.max(1);
    let krav = document.krav.iter().map(|krav| krav.forfall.as_ref().map_or(1, |list| parts(list.len())));
    let inn = document.innbetalinger.iter().map(|it| parts(it.plassert.len()));
    let ut = document.utbetalinger.iter().map(|it| parts(it.kreditkrav.len() + it.tilbakebetaling_av.len()));
    let andre = document.motregninger_mot_andre.iter().map(|it| parts(it.dekket_krav.len()));
    let others = document.motregninger.len() + document.svar.len() + document.feil.len();
    krav.chain(inn).chain(ut).chain(andre).sum::<usize>() + others
}

/// What other entries need from the party that the file describes.
pub(crate) struct Who {
    pub(crate) part: Part,
    pub(crate) innehaver: Option<Part>,
    pub(crate) navn: SmolStr,
    /// Its account, as its payments show it.
    pub(crate) konto: Arc<Bankkonto>,
}

/// Reads single values, and adds their problems.
pub(crate) struct Reader<'p> {
    pub(crate) base: NaiveDate,
    pub(super) span: Span,
    /// The day whose open claims are all that is asked for, if they are.
    pub(super) aapent: Option<NaiveDate>,
    pub(crate) problems: &'p mut Problems,
    /// What the party takes of the budget of the process.
    pub(super) share: &'p mut Share,
}

impl Reader<'_> {
    /// Takes room for entries before they are made. If there is not enough, there is an error.
    pub(crate) fn has_room(&mut self, entries: usize, place: impl fmt::Display) -> bool {
        self.share.grow(entries).map_err(|message| self.problems.error(place, message)).is_ok()
    }

    pub(crate) fn read<S: Scalar>(&mut self, scalar: &S, place: impl fmt::Display) -> Option<S::Value> {
        match scalar.read(self.base) {
            Ok(value) => Some(value),
            Err(message) => {
                self.problems.error(place, format!("{}: {message}", shown(scalar.raw())));
                None
            }
        }
    }

    pub(crate) fn not_empty(&mut self, text: &Text, place: impl fmt::Display) -> Option<SmolStr> {
        let text = self.read(text, &place)?;
        if text.is_empty() {
            self.problems.error(place, "must not be empty");
            return None;
        }
        Some(text)
    }

    pub(crate) fn optional<S: Scalar>(&mut self, scalar: Option<&S>, place: impl fmt::Display) -> Option<S::Value> {
        scalar.and_then(|scalar| self.read(scalar, place))
    }

    #[expect(clippy::option_option, reason = "a text can be left out, empty or given")]
    /// Reads a text that may be left out or empty. `None` means "derive it", `Some(None)` means "leave it out".
    fn text_or_nothing(&mut self, text: Option<&Text>, place: impl fmt::Display) -> Option<Option<SmolStr>> {
        self.optional(text, place).map(|text| Some(text).filter(|text| !text.is_empty()))
    }

    pub(crate) fn error(&mut self, place: impl fmt::Display, message: impl Into<String>) {
        self.problems.error(place, message);
    }

    /// Reads the party that a claim or payment belongs to: the party of the file, or its owner.
    fn part(&mut self, part: Option<&scalar::PartNumber>, who: &Who, place: impl fmt::Display) -> Part {
        match part.map(|part| part.read(self.base)) {
            None => who.part,
            Some(Ok(part)) if part == who.part || Some(part) == who.innehaver => part,
            Some(Ok(part)) => {
                self.error(place, format!("{part} is neither this file's party nor its owner (innehaver)"));
                who.part
            }
            Some(Err(message)) => {
                self.error(place, message);
                who.part
            }
        }
    }

    pub(crate) fn kontonummer(&mut self, konto: Option<&Number>, place: impl fmt::Display) -> Option<SmolStr> {
        let konto = self.optional(konto, &place)?;
        self.warn_if_invalid::<Kontonummer>("kontonummer", &konto, place);
        Some(konto)
    }

    pub(crate) fn kidnummer(&mut self, kid: Option<&Number>, place: impl fmt::Display) -> Option<SmolStr> {
        let kid = self.optional(kid, &place)?;
        self.warn_if_invalid::<Kid>("kidnummer", &kid, place);
        Some(kid)
    }

    /// Warns about a wrong check digit. It is no error, because published examples have wrong check digits too.
    fn warn_if_invalid<T: std::str::FromStr<Err = IdentifikatorError>>(
        &mut self,
        what: &str,
        value: &str,
        place: impl fmt::Display,
    ) {
        if let Err(error) = value.parse::<T>() {
            self.problems.warning(place, format!("{what} {value}: {error}"));
        }
    }

    pub(crate) fn check_part(&mut self, part: Part, place: impl fmt::Display) {
        match part.kind() {
            PartKind::Invalid(error) => self.problems.warning(place, format!("{part}: {error}")),
            PartKind::Person(person) if !person.is_synthetic() => {
                self.problems
                    .warning(place, "not a synthetic personal number (month + 80); keep real people out of test data");
            }
            PartKind::Organisasjon(organisation) if !organisation.is_synthetic() => {
                self.problems
                    .warning(place, format!("{part} is not a synthetic organisation number (first digit 2 or 3)"));
            }
            PartKind::Person(_) | PartKind::Organisasjon(_) => {}
        }
    }

    fn konto(&mut self, entry: &KontoEntry, place: Place<'_>) -> Bankkonto {
        let iban = self.optional(entry.iban.as_ref(), place.key("iban"));
        if let Some(iban) = &iban {
            self.warn_if_invalid::<Iban>("iban", iban, place.key("iban"));
        }
        Bankkonto {
            bankinformasjon: self.optional(entry.bankinformasjon.as_ref(), place.key("bankinformasjon")),
            kontoeiers_navn: self.optional(entry.kontoeiers_navn.as_ref(), place.key("kontoeiersNavn")),
            kontonummer: self.kontonummer(entry.kontonummer.as_ref(), place.key("kontonummer")),
            iban,
            swift_bic: self.optional(entry.swift_bic.as_ref(), place.key("swiftBIC")),
        }
    }

    fn motpart(&mut self, entry: &MotpartEntry, place: Place<'_>) -> Motpart {
        Motpart {
            kidnummer: self.kidnummer(entry.kidnummer.as_ref(), place.key("kidnummer")),
            melding_sendt_til_mottaker: self
                .optional(entry.melding_sendt_til_mottaker.as_ref(), place.key("meldingSendtTilMottaker")),
            konto: entry.konto.as_ref().map(|konto| self.konto(konto, place.key("konto"))).unwrap_or_default().into(),
            sjekk_sendt_til: entry
                .sjekk_sendt_til
                .as_ref()
                .map(|mottaker| mot_andre::mottaker(mottaker, place.key("sjekkSendtTil"), self).into()),
            valutakode: self.optional(entry.valutakode.as_ref(), place.key("valutakode")),
        }
    }
}

/// A value in quotes for a message, cut if it is too long.
fn shown(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("\"{}…\"", &text[..cut]),
        None => format!("\"{text}\""),
    }
}
