//! The models 0.9, 1.1 and 2.0, and all that 0.9 and 1.1 have other than 2.0. Nothing else in the house knows it.
//! Imitates docs/fidelity.md, "Utleggsbegjæring: the request".

use std::fmt;

use serde::{Deserialize, Serialize};

/// A model of the request: `/v0` has 0.9, `/v1` has 1.1, `/v2` has 2.0.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Modell {
    /// Model 0.9.
    V0,
    /// Model 1.1.
    V1,
    /// Model 2.0.
    V2,
}

impl Modell {
    /// All models, the oldest first.
    pub const ALLE: [Self; 3] = [Self::V0, Self::V1, Self::V2];

    /// The first part of its URLs.
    pub const fn versjon(self) -> &'static str {
        match self {
            Self::V0 => "v0",
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }
}

impl fmt::Display for Modell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V0 => "0.9",
            Self::V1 => "1.1",
            Self::V2 => "2.0",
        })
    }
}

/// What became of a field of an older model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Eldre {
    /// It has this name in 2.0.
    Het(&'static str),
    /// It is gone. The older model takes it, and the sandbox does not read it.
    Ulest,
}

use Eldre::{Het, Ulest};
use Modell::{V0, V1, V2};

/// Fields of older models: the class, the field, the last model that has it, what became of it.
const ELDRE_FELTER: &[(&str, &str, Modell, Eldre)] = &[
    ("Begjaering", "saksreferanse", V0, Ulest),
    ("Begjaering", "berOmInnkallingTilMoete", V0, Ulest),
    ("Saksoeker", "saksoekerReferanse", V0, Ulest),
    ("Saksoeker", "prosessfullmektig", V0, Het("saksoekersProsessfullmektig")),
    ("Saksoekt", "saksoektReferanse", V0, Ulest),
    ("Saksoekt", "prosessfullmektig", V0, Het("saksoektesProsessfullmektig")),
    ("Innsender", "prosessfullmektig", V0, Het("innsendersProsessfullmektig")),
    ("Bevillingshaver", "inkassobevillingshaverNummer", V0, Ulest),
    ("Krav", "kravreferanse", V0, Het("innsendersKravreferanse")),
    ("Krav", "erRentekrav", V0, Het("rentekrav")),
    ("Krav", "renteOpplysning", V0, Het("rentebaerendeKrav")),
    ("AlminneligTvangsgrunnlag", "domsreferanse", V0, Ulest),
    ("DomsslutningInformasjon", "beloepSlutningGenerell", V0, Ulest),
    ("DomsslutningInformasjon", "beloepSlutningSaksomkostninger", V0, Ulest),
    ("SaerligTvangsgrunnlag", "referanseSak", V0, Ulest),
    ("Gjeldsbrev", "skylderklaering", V0, Het("skyldnererklaering")),
    ("SkriftligMeddelelse", "avsender", V0, Ulest),
    ("Forsendelsesmaate", "alternativElektroniskKanalForMeddelelse", V0, Het("alternativElektroniskForsendelsesmaate")),
    ("Forsendelsesmaate", "AlternativElektroniskKanalForMeddelelse", V0, Het("alternativElektroniskForsendelsesmaate")),
    ("Mottakeradresse", "adressetekst", V0, Ulest),
    ("Mottakeradresse", "postnummer", V0, Ulest),
    ("Mottakeradresse", "poststedsnavn", V0, Ulest),
    ("Mottakeradresse", "kommunenummer", V0, Ulest),
];

/// Codes that not every model has: the list, the code, the first and the last model.
const KODER: &[(&str, &str, Modell, Modell)] = &[
    ("BegrunnelseUnnlatVarsel", "ingenMulighetForVarsling", V1, V2),
    ("BegrunnelseUnnlatVarsel", "fullbyrdelsenKanBliVanskeliggjort", V1, V2),
    ("BegrunnelseUnnlatVarsel", "ukjentOppholdsstedSakssøkt", V0, V1),
    ("BegrunnelseUnnlatVarsel", "ukjentFullmektigMedKjentOppholdssted", V0, V1),
    ("BegrunnelseUnnlatVarsel", "ukjentElektroniskKontaktinformasjon", V0, V1),
    ("ForsendelsesmaateType", "eFaktura", V1, V2),
    ("ForsendelsesmaateType", "eBoks", V1, V2),
    ("ForsendelsesmaateType", "epost", V0, V1),
    ("ForsendelsesmaateType", "ebox", V0, V1),
    ("Varseltype", "oppfyllelsesfrist", V0, V1),
    ("Varseltype", "erklærtTvangskraftig", V0, V1),
    ("Varseltype", "vedtattForelegg", V0, V1),
    ("Varseltype", "inkassovarsel", V0, V1),
];

/// Codes with another spelling in older models: the list, the spelling, the last model, the code.
const ANDRE_SKRIVEMAATER: &[(&str, &str, Modell, &str)] = &[
    ("BegrunnelseUnnlatVarsel", "ukjentOppholdsstedSaksoekt", V1, "ukjentOppholdsstedSakssøkt"),
    ("Tvangsfullbyrdelsestype", "utleggOgForlliksklageKombinert", V0, "utleggOgForliksklageKombinert"),
];

/// Fields that became optional: the class, the field, the last model that requires it.
const PAAKREVD: &[(&str, &str, Modell)] =
    &[("BegjaeringensTvangsgrunnlag", "eksternSaksreferanse", V1), ("Krav", "kravforfall", V0)];

/// How many of some fields must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Antall {
    /// Exactly one.
    Ett,
    /// One or more.
    MinstEtt,
    /// None or one.
    HoeystEtt,
}

/// Fields that depend on each other: the class, the fields, how many of them, from which model on and through which.
const SAMMEN: &[(&str, &[&str], Antall, Modell, Modell)] = &[
    ("Aktoer", &["virksomhet", "person", "sammenslutning"], Antall::Ett, V0, V2),
    ("Adresse", &["adresseInnland", "adresseUtland"], Antall::HoeystEtt, V0, V2),
    ("Betalingsinformasjon", &["norskKonto", "utenlandskKonto"], Antall::HoeystEtt, V0, V2),
    ("BegjaeringensTvangsgrunnlag", &["alminneligTvangsgrunnlag", "saerligTvangsgrunnlag"], Antall::Ett, V0, V2),
    (
        "SaerligTvangsgrunnlag",
        &[
            "skriftligMeddelelse",
            "gjeldsbrev",
            "elektroniskGjeldserklaering",
            "tvangsmulktEllerLovbestemmelse",
            "sjekkEllerVeksel",
        ],
        Antall::Ett,
        V0,
        V2,
    ),
    ("Forsendelsesmaate", &["forsendelsesmaate", "alternativElektroniskForsendelsesmaate"], Antall::MinstEtt, V0, V1),
    ("Forsendelsesmaate", &["forsendelsesmaate", "alternativElektroniskForsendelsesmaate"], Antall::Ett, V2, V2),
    ("Mottakeradresse", &["mottakeradresseInnland", "mottakeradresseUtland"], Antall::HoeystEtt, V0, V2),
];

/// What a field of an older model is in a model; `None` if the model does not have it.
pub(super) fn eldre_felt(klasse: &str, felt: &str, modell: Modell) -> Option<Eldre> {
    let mut rader = ELDRE_FELTER.iter().filter(|(_, _, siste, _)| modell <= *siste);
    rader.find(|rad| rad.0 == klasse && rad.1 == felt).map(|rad| rad.3)
}

/// Whether a field of an older model has another name in 2.0, and this is it.
pub(super) fn er_eldre_navn(eldre: &str, nytt: &str) -> bool {
    ELDRE_FELTER.iter().any(|rad| rad.1 == eldre && matches!(rad.3, Het(navn) if navn == nytt))
}

/// Whether a model has a code of a list.
pub(super) fn har_kode(modell: Modell, liste: &str, kode: &str) -> bool {
    let rad = KODER.iter().find(|rad| rad.0 == liste && rad.1 == kode);
    rad.is_none_or(|(_, _, foerste, siste)| *foerste <= modell && modell <= *siste)
}

/// The code that a model's spelling stands for.
pub(super) fn skrivemaate(modell: Modell, liste: &str, kode: &str) -> Option<&'static str> {
    let mut rader = ANDRE_SKRIVEMAATER.iter().filter(|(_, _, siste, _)| modell <= *siste);
    rader.find(|rad| rad.0 == liste && rad.1 == kode).map(|rad| rad.3)
}

/// The fields that a model requires, though 2.0 does not.
pub(super) fn paakrevd(klasse: &str, modell: Modell) -> impl Iterator<Item = &'static str> {
    PAAKREVD.iter().filter(move |(der, _, siste)| *der == klasse && modell <= *siste).map(|(_, felt, _)| *felt)
}

/// The fields of a class that depend on each other in a model.
pub(super) fn sammen(klasse: &str, modell: Modell) -> impl Iterator<Item = (&'static [&'static str], Antall)> {
    let rader = SAMMEN
        .iter()
        .filter(move |(der, _, _, foerste, siste)| *der == klasse && *foerste <= modell && modell <= *siste);
    rader.map(|(_, felter, antall, _, _)| (*felter, *antall))
}

/// A pointer into a body of 2.0, with the names that the model has for the fields on the way.
pub(super) fn peker(modell: Modell, peker: &str) -> String {
    if modell == V2 {
        return peker.to_owned();
    }
    let i_krav = peker.starts_with("/kravTilInnkreving/");
    let ledd = peker.split('/').map(|ledd| {
        let mut rader = ELDRE_FELTER.iter().filter(|rad| modell <= rad.2 && (i_krav || rad.0 != "Krav"));
        rader.find(|rad| matches!(rad.3, Het(nytt) if nytt == ledd)).map_or(ledd, |rad| rad.1)
    });
    ledd.collect::<Vec<_>>().join("/")
}
