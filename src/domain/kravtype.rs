//! The kinds of claims that the sandbox knows: which group and ledger they belong to, how they are
//! described, and which terms they follow. To a client `kravtype` is free text, so a scenario may use
//! another kind if it names the group.

use super::terminer::Terminserie;

/// A group of claims. The overviews add up each group by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the published display texts")]
pub enum Kravgruppe {
    Arbeidsgiveravgift,
    Skatt,
    Forskuddstrekk,
    Merverdiavgift,
    Saeravgifter,
    AndreKrav,
    OevrigeOffentligeKrav,
    Bidragssak,
    Tilbakebetalingskrav,
}

impl Kravgruppe {
    /// Every group, in the order in which overviews list them.
    pub const ALL: [Self; 9] = [
        Self::Arbeidsgiveravgift,
        Self::Skatt,
        Self::Forskuddstrekk,
        Self::Merverdiavgift,
        Self::Saeravgifter,
        Self::AndreKrav,
        Self::OevrigeOffentligeKrav,
        Self::Bidragssak,
        Self::Tilbakebetalingskrav,
    ];

    /// The published display text.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Arbeidsgiveravgift => "Arbeidsgiveravgift",
            Self::Skatt => "Skatt",
            Self::Forskuddstrekk => "Forskuddstrekk",
            Self::Merverdiavgift => "Merverdiavgift",
            Self::Saeravgifter => "Særavgifter",
            Self::AndreKrav => "Andre krav",
            Self::OevrigeOffentligeKrav => "Øvrige offentlige krav",
            Self::Bidragssak => "Bidragssak",
            Self::Tilbakebetalingskrav => "Tilbakebetalingskrav",
        }
    }

    /// Which of the two ledger systems keeps claims of this group. (docs/fidelity.md, "Two ledgers")
    pub const fn reskontrosystem(self) -> Reskontrosystem {
        match self {
            Self::Merverdiavgift | Self::Saeravgifter => Reskontrosystem::Mva,
            _ => Reskontrosystem::Skatt,
        }
    }
}

/// The two ledger systems. A client gets claims of both in one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reskontrosystem {
    /// VAT and duties.
    Mva,
    /// Tax, withholding and employer's contribution.
    Skatt,
}

/// A kind of claim that the sandbox knows.
#[derive(Clone, Copy, Debug)]
pub struct Kravtype {
    /// As the services spell it: a display text in the VAT ledger, an upper-case code in the other.
    pub kode: &'static str,
    /// The group it belongs to.
    pub gruppe: Kravgruppe,
    /// How a claim of this kind is described, before its period.
    pub beskrivelse: &'static str,
    /// The statutory terms it follows, if any.
    pub terminer: Option<Terminserie>,
    /// Whether the claim is itself interest. No interest runs on interest.
    pub rente: bool,
}

const fn kind(kode: &'static str, gruppe: Kravgruppe, beskrivelse: &'static str) -> Kravtype {
    Kravtype { kode, gruppe, beskrivelse, terminer: None, rente: false }
}

const fn termed(kode: &'static str, gruppe: Kravgruppe, beskrivelse: &'static str, serie: Terminserie) -> Kravtype {
    Kravtype { kode, gruppe, beskrivelse, terminer: Some(serie), rente: false }
}

const fn interest(kode: &'static str, gruppe: Kravgruppe, beskrivelse: &'static str) -> Kravtype {
    Kravtype { kode, gruppe, beskrivelse, terminer: None, rente: true }
}

use Kravgruppe as G;

/// The known kinds: those that were observed (docs/fidelity.md, "Two ledgers"), and a few of the
/// published code list that the built-in scenarios use.
pub const KRAVTYPER: &[Kravtype] = &[
    termed("Mva-melding", G::Merverdiavgift, "Mva-melding", Terminserie::Mva),
    kind("Fasts § 12-1 (1) 1. pkt.", G::Merverdiavgift, "Fastsetting mva"),
    interest("Forsinkelsesrente", G::Merverdiavgift, "Forsinkelsesrenter"),
    interest("Fors.rente kredit", G::Merverdiavgift, "Forsinkelsesrenter kredit"),
    kind("Tvangsmulkt MVA", G::Merverdiavgift, "Tvangsmulkt MVA"),
    kind("Gebyr", G::Merverdiavgift, "Gebyr"),
    kind("Sjokoladeavgift", G::Saeravgifter, "Sjokoladeavgift"),
    termed("ARBGAVG", G::Arbeidsgiveravgift, "Arbeidsgiveravgift", Terminserie::Arbeidsgiver),
    termed("FORSKTREKK", G::Forskuddstrekk, "Forskuddstrekk", Terminserie::Arbeidsgiver),
    termed("UTSKR_FORSKSKATT", G::Skatt, "Utskrevet forskuddsskatt, person", Terminserie::Forskuddsskatt),
    kind("RESTSKATT", G::Skatt, "Restskatt"),
    kind("RESTERENDE_SKT_TILB", G::Skatt, "Tilgode skatt"),
    kind("MOTP_TILB_BET", G::Skatt, "Motpost tilbakebetaling"),
    kind("KRAV_UTBET_KRED", G::Skatt, "Utbetaling av kredit"),
    kind("AVVIK_ARBGAVG_KREDIT", G::Arbeidsgiveravgift, "Avvik arbeidsgiveravgift, kredit"),
    kind("AVVIK_FORSKTREKK_KREDIT", G::Forskuddstrekk, "Avvik forskuddstrekk, kredit"),
    kind("BORTSKRV_DEBET", G::Arbeidsgiveravgift, "Bortskriving, debet"),
    interest("FORSINKRENTE", G::Skatt, "Forsinkelsesrenter"),
    kind("Saksomkostninger", G::OevrigeOffentligeKrav, "Saksomkostninger"),
    kind("Forsikring sykepenger", G::AndreKrav, "Forsikring sykepenger"),
];

/// Finds a kind by its exact spelling.
pub fn find(kode: &str) -> Option<&'static Kravtype> {
    KRAVTYPER.iter().find(|kind| kind.kode == kode)
}
