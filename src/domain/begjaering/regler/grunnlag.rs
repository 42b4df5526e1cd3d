//! What several rules need: claims by reference, actors and attachments with their places. It is made once for a
//! request, in linear time.

use std::collections::{HashMap, HashSet};
use std::fmt;

use chrono::NaiveDate;

use crate::domain::begjaering::modell::{Aktoer, Begjaering, Fullmakt, Krav, Prosessfullmektig, Vedlegg};
use crate::domain::begjaering::omstendigheter::{LagretVedlegg, Omstendigheter};
use crate::domain::begjaering::register::Oppfoering;
use crate::domain::begjaering::utgaver::Modell;

pub(super) struct Grunnlag<'a> {
    pub(super) begjaering: &'a Begjaering,
    pub(super) om: &'a Omstendigheter<'a>,
    pub(super) modell: Modell,
    /// The first claim with each reference.
    pub(super) krav: HashMap<&'a str, usize>,
    /// The first basis with each reference.
    pub(super) grunnlag: HashMap<&'a str, usize>,
    /// The references that stand in several bases, which breaks a rule of its own.
    pub(super) i_flere_grunnlag: HashSet<&'a str>,
    /// All uses of attachments.
    pub(super) vedlegg: Vec<Bruk<'a>>,
}

impl<'a> Grunnlag<'a> {
    pub(super) fn new(begjaering: &'a Begjaering, om: &'a Omstendigheter<'a>, modell: Modell) -> Self {
        let mut krav = HashMap::with_capacity(begjaering.krav_til_innkreving.len());
        for (nummer, ett) in begjaering.krav_til_innkreving.iter().enumerate() {
            krav.entry(&*ett.innsenders_kravreferanse).or_insert(nummer);
        }
        let mut grunnlag = HashMap::with_capacity(krav.len());
        let mut i_flere_grunnlag = HashSet::new();
        for (nummer, ett) in begjaering.begjaeringens_tvangsgrunnlag.iter().enumerate() {
            for referanse in &ett.innsenders_kravreferanse {
                if *grunnlag.entry(&**referanse).or_insert(nummer) != nummer {
                    i_flere_grunnlag.insert(&**referanse);
                }
            }
        }
        Self { begjaering, om, modell, krav, grunnlag, i_flere_grunnlag, vedlegg: bruk_av_vedlegg(begjaering, om) }
    }

    /// The claims with their numbers.
    pub(super) fn kravene(&self) -> impl Iterator<Item = (usize, &'a Krav)> + use<'a> {
        self.begjaering.krav_til_innkreving.iter().enumerate()
    }

    /// The claims that a claim is related to, without itself and those that do not exist, with the place of each.
    pub(super) fn relaterte(&self, krav: &'a Krav) -> impl Iterator<Item = (usize, &'a Krav)> {
        let andre = krav.relatert_krav.iter().enumerate().filter(|(_, annet)| **annet != krav.innsenders_kravreferanse);
        andre
            .filter_map(|(plass, annet)| Some((plass, &self.begjaering.krav_til_innkreving[*self.krav.get(&**annet)?])))
    }

    pub(super) fn saksoekere(&self) -> impl Iterator<Item = (Aktoersted, &'a Aktoer)> + use<'a> {
        let alle = self.begjaering.saksoeker.iter().enumerate();
        alle.map(|(nummer, part)| (Aktoersted::Saksoeker(nummer), &part.saksoeker))
    }

    pub(super) fn saksoekte(&self) -> impl Iterator<Item = (Aktoersted, &'a Aktoer)> + use<'a> {
        let alle = self.begjaering.saksoekt.iter().enumerate();
        alle.map(|(nummer, part)| (Aktoersted::Saksoekt(nummer), &part.saksoekt))
    }

    pub(super) fn innsender(&self) -> Option<&'a Aktoer> {
        self.begjaering.innsender.as_ref().map(|innsender| &innsender.innsender)
    }

    pub(super) fn fullmektige(&self) -> impl Iterator<Item = (Aktoersted, &'a Prosessfullmektig)> + use<'a> {
        fullmektige(self.begjaering)
    }

    /// All who take part, with their places.
    pub(super) fn aktoerer(&self) -> impl Iterator<Item = (Aktoersted, &'a Aktoer)> {
        let innsender = self.innsender().map(|aktoer| (Aktoersted::Innsender, aktoer));
        let fullmektige = self.fullmektige().map(|(sted, fullmektig)| (sted, &fullmektig.prosessfullmektig));
        self.saksoekere().chain(self.saksoekte()).chain(innsender).chain(fullmektige)
    }

    /// What the register says of an actor with a Norwegian number.
    pub(super) fn oppslag(&self, aktoer: &'a Aktoer) -> Option<(&'a str, Oppfoering)> {
        let nummer = aktoer.identifikator().filter(|nummer| nummer.er_norsk() && !er_tom(Some(&nummer.verdi)))?;
        Some((&nummer.verdi, self.om.register.oppslag(&nummer.verdi)))
    }
}

fn fullmektige(begjaering: &Begjaering) -> impl Iterator<Item = (Aktoersted, &Prosessfullmektig)> {
    let saksoekers = begjaering.saksoeker.iter().enumerate().filter_map(|(nummer, part)| {
        Some((Aktoersted::SaksoekersFullmektig(nummer), part.saksoekers_prosessfullmektig.as_ref()?))
    });
    let saksoektes = begjaering.saksoekt.iter().enumerate().filter_map(|(nummer, part)| {
        Some((Aktoersted::SaksoektesFullmektig(nummer), part.saksoektes_prosessfullmektig.as_ref()?))
    });
    let innsenders = begjaering.innsender.iter().filter_map(|innsender| {
        Some((Aktoersted::InnsendersFullmektig, innsender.innsenders_prosessfullmektig.as_ref()?))
    });
    saksoekers.chain(saksoektes).chain(innsenders)
}

/// Whether a text says nothing.
pub(super) fn er_tom(tekst: Option<&String>) -> bool {
    tekst.is_none_or(|tekst| tekst.trim().is_empty())
}

/// Who an actor is, to compare it with others: the number, or the name with the date of birth.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum Hvem<'a> {
    Nummer(&'a str, &'a str),
    Navn(String, Option<NaiveDate>),
}

pub(super) fn hvem(aktoer: &Aktoer) -> Hvem<'_> {
    match aktoer.identifikator() {
        Some(nummer) if !er_tom(Some(&nummer.verdi)) => Hvem::Nummer(&nummer.verdi, &nummer.landkode),
        _ => Hvem::Navn(aktoer.navn().to_lowercase(), aktoer.person.as_ref().and_then(|person| person.foedselsdato)),
    }
}

/// The place of an actor.
#[derive(Clone, Copy)]
pub(super) enum Aktoersted {
    Saksoeker(usize),
    SaksoekersFullmektig(usize),
    Saksoekt(usize),
    SaksoektesFullmektig(usize),
    Innsender,
    InnsendersFullmektig,
}

impl Aktoersted {
    /// The place of the representative, in which the actor, the licence and the authority are.
    fn fullmektig(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Saksoeker(nummer) | Self::SaksoekersFullmektig(nummer) => {
                write!(f, "/saksoeker/{nummer}/saksoekersProsessfullmektig")
            }
            Self::Saksoekt(nummer) | Self::SaksoektesFullmektig(nummer) => {
                write!(f, "/saksoekt/{nummer}/saksoektesProsessfullmektig")
            }
            Self::Innsender | Self::InnsendersFullmektig => f.write_str("/innsender/innsendersProsessfullmektig"),
        }
    }
}

impl fmt::Display for Aktoersted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Saksoeker(nummer) => write!(f, "/saksoeker/{nummer}/saksoeker"),
            Self::Saksoekt(nummer) => write!(f, "/saksoekt/{nummer}/saksoekt"),
            Self::Innsender => f.write_str("/innsender/innsender"),
            _ => {
                self.fullmektig(f)?;
                f.write_str("/prosessfullmektig")
            }
        }
    }
}

/// The use of an attachment.
pub(super) struct Bruk<'a> {
    pub(super) vedlegg: &'a Vedlegg,
    pub(super) sted: Vedleggssted,
    /// Whether it is the first use of its uuid.
    pub(super) er_foerste: bool,
    /// What was uploaded, if that is known and the attachment has a uuid.
    pub(super) lagret: Option<LagretVedlegg<'a>>,
}

/// The place of an attachment.
#[derive(Clone, Copy)]
pub(super) enum Vedleggssted {
    Rot(usize),
    Betalingsoppfordring(usize, usize),
    Transporterklaering(usize),
    Tvangsgrunnlag(usize),
    Varsel(usize, usize),
    Fullmakt(Aktoersted),
    /// The acceptance of the way that a notice was sent.
    AkseptAvVarsel(usize, usize),
    /// The acceptance of the way that a written notice was sent.
    AkseptAvMeddelelse(usize),
}

impl fmt::Display for Vedleggssted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const AKSEPT: &str = "alternativElektroniskForsendelsesmaate/akseptKanalvalg";
        match self {
            Self::Rot(nummer) => write!(f, "/vedlegg/{nummer}"),
            Self::Betalingsoppfordring(krav, nummer) => {
                write!(f, "/kravTilInnkreving/{krav}/betalingsoppfordring/{nummer}/betalingsoppfordring")
            }
            Self::Transporterklaering(krav) => {
                write!(f, "/kravTilInnkreving/{krav}/transporterklaering/transporterklaering")
            }
            Self::Tvangsgrunnlag(nummer) => write!(f, "/begjaeringensTvangsgrunnlag/{nummer}/tvangsgrunnlag"),
            Self::Varsel(grunnlag, nummer) => {
                write!(f, "/begjaeringensTvangsgrunnlag/{grunnlag}/varsel/{nummer}/tvangskraftgrunnlag")
            }
            Self::Fullmakt(sted) => {
                sted.fullmektig(f)?;
                f.write_str("/fullmakt/fullmakt")
            }
            Self::AkseptAvVarsel(grunnlag, nummer) => {
                write!(f, "/begjaeringensTvangsgrunnlag/{grunnlag}/varsel/{nummer}/{AKSEPT}")
            }
            Self::AkseptAvMeddelelse(grunnlag) => {
                let foran = format_args!("/begjaeringensTvangsgrunnlag/{grunnlag}/saerligTvangsgrunnlag").to_string();
                write!(f, "{foran}/skriftligMeddelelse/forsendelsesmaate/{AKSEPT}")
            }
        }
    }
}

fn bruk_av_vedlegg<'a>(begjaering: &'a Begjaering, om: &Omstendigheter<'a>) -> Vec<Bruk<'a>> {
    let mut sett = HashSet::new();
    let mut alle = Vec::new();
    let mut bruk = |vedlegg: &'a Vedlegg, sted: Vedleggssted| {
        let uuid = vedlegg.uuid.as_ref().filter(|uuid| !er_tom(Some(uuid)));
        let er_foerste = uuid.is_none_or(|uuid| sett.insert(&**uuid));
        let lagret = uuid.and_then(|uuid| om.vedlegg?.finn(uuid));
        alle.push(Bruk { vedlegg, sted, er_foerste, lagret });
    };
    for (nummer, krav) in begjaering.krav_til_innkreving.iter().enumerate() {
        for (plass, oppfordring) in krav.betalingsoppfordring.iter().enumerate() {
            bruk(&oppfordring.betalingsoppfordring, Vedleggssted::Betalingsoppfordring(nummer, plass));
        }
        if let Some(erklaering) = &krav.transporterklaering {
            bruk(&erklaering.transporterklaering, Vedleggssted::Transporterklaering(nummer));
        }
    }
    for (nummer, grunnlag) in begjaering.begjaeringens_tvangsgrunnlag.iter().enumerate() {
        bruk(&grunnlag.tvangsgrunnlag, Vedleggssted::Tvangsgrunnlag(nummer));
        for (plass, varsel) in grunnlag.varsel.iter().enumerate() {
            bruk(&varsel.tvangskraftgrunnlag, Vedleggssted::Varsel(nummer, plass));
            let annen_maate = varsel.alternativ_elektronisk_forsendelsesmaate.as_ref();
            if let Some(aksept) = annen_maate.and_then(|maate| maate.aksept_kanalvalg.as_ref()) {
                bruk(aksept, Vedleggssted::AkseptAvVarsel(nummer, plass));
            }
        }
        let meddelelse =
            grunnlag.saerlig_tvangsgrunnlag.as_ref().and_then(|saerlig| saerlig.skriftlig_meddelelse.as_ref());
        let annen_maate = meddelelse
            .and_then(|meddelelse| meddelelse.forsendelsesmaate.alternativ_elektronisk_forsendelsesmaate.as_ref());
        if let Some(aksept) = annen_maate.and_then(|maate| maate.aksept_kanalvalg.as_ref()) {
            bruk(aksept, Vedleggssted::AkseptAvMeddelelse(nummer));
        }
    }
    for (sted, fullmektig) in fullmektige(begjaering) {
        if let Some(Fullmakt { fullmakt, .. }) = &fullmektig.fullmakt {
            bruk(fullmakt, Vedleggssted::Fullmakt(sted));
        }
    }
    for (nummer, vedlegg) in begjaering.vedlegg.iter().enumerate() {
        bruk(vedlegg, Vedleggssted::Rot(nummer));
    }
    alle
}
