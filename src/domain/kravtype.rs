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
    /// Every group.
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

/// How a claim's amount came about (`egenfastsatt`, `myndighetsfastsatt`, `blank`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the published values")]
pub enum Fastsettingsmaate {
    Egenfastsatt,
    Myndighetsfastsatt,
    Blank,
}

/// What the description of a claim of the tax ledger ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Periodetekst {
    /// Its period: ` - 2022/2`.
    Periode,
    /// A zero, whatever its period: ` - 0`.
    Null,
}

/// A kind of claim that the sandbox knows. Imitates docs/fidelity.md, "Kinds of claims".
#[derive(Clone, Copy, Debug)]
pub struct Kravtype {
    /// As the services spell it: a display text in the VAT ledger, an upper-case code in the other.
    pub kode: &'static str,
    /// The group it belongs to. An interest claim belongs to the group of its principal instead.
    pub gruppe: Kravgruppe,
    /// How a claim of this kind is described, before its period.
    pub beskrivelse: &'static str,
    /// The statutory terms that its period is one of, if any.
    pub terminer: Option<Terminserie>,
    /// Whether its due date follows from its term or year.
    pub lovbestemt_forfall: bool,
    /// Whether the claim is itself interest. No interest runs on interest.
    pub rente: bool,
    /// How its amount came about. Only the VAT ledger shows it.
    pub fastsettingsmaate: Fastsettingsmaate,
    /// Whether it is paid with a KID. Entries that the collector makes for its own books have none.
    pub har_kid: bool,
    /// How its description ends.
    pub periodetekst: Periodetekst,
    /// The last year that such claims are made for. `None` if they are still made.
    pub siste_aar: Option<i32>,
}

impl Kravtype {
    const fn new(kode: &'static str, gruppe: Kravgruppe, beskrivelse: &'static str) -> Self {
        Self {
            kode,
            gruppe,
            beskrivelse,
            terminer: None,
            lovbestemt_forfall: false,
            rente: false,
            fastsettingsmaate: Fastsettingsmaate::Egenfastsatt,
            har_kid: true,
            periodetekst: Periodetekst::Periode,
            siste_aar: None,
        }
    }

    /// Its period is a term of the series.
    const fn for_terms(self, serie: Terminserie) -> Self {
        Self { terminer: Some(serie), ..self }
    }

    /// Its period is a term of the series, and its due date follows from the term.
    const fn due_by(self, serie: Terminserie) -> Self {
        Self { terminer: Some(serie), lovbestemt_forfall: true, ..self }
    }

    const fn fastsatt(self, fastsettingsmaate: Fastsettingsmaate) -> Self {
        Self { fastsettingsmaate, ..self }
    }

    const fn interest(self) -> Self {
        Self { rente: true, fastsettingsmaate: Fastsettingsmaate::Blank, ..self }
    }

    const fn without_kid(self) -> Self {
        Self { har_kid: false, ..self }
    }

    const fn with_zero(self) -> Self {
        Self { periodetekst: Periodetekst::Null, ..self }
    }

    const fn until(self, aar: i32) -> Self {
        Self { siste_aar: Some(aar), ..self }
    }
}

use Fastsettingsmaate::Myndighetsfastsatt;
use Kravgruppe as G;
use Terminserie as T;

const fn kind(kode: &'static str, gruppe: Kravgruppe, beskrivelse: &'static str) -> Kravtype {
    Kravtype::new(kode, gruppe, beskrivelse)
}

/// The known kinds: those of the published ledgers (docs/fidelity.md, "Kinds of claims"), and a few of the
/// published code list that the built-in scenarios use.
pub const KRAVTYPER: &[Kravtype] = &[
    kind("Mva-melding", G::Merverdiavgift, "Mva-melding").due_by(T::Mva),
    kind("Fasts § 12-1 (1) 1. pkt.", G::Merverdiavgift, "Fastsetting § 12-1 (1) 1. pkt.")
        .for_terms(T::Mva)
        .fastsatt(Myndighetsfastsatt),
    kind("Forsinkelsesrente", G::Merverdiavgift, "Forsinkelsesrenter").interest(),
    kind("Fors.rente kredit", G::Merverdiavgift, "Korrigert forsinkelsesrente").interest(),
    kind("Tvangsmulkt MVA", G::Merverdiavgift, "Tvangsmulkt MVA").fastsatt(Myndighetsfastsatt),
    kind("Gebyr", G::Merverdiavgift, "Gebyr").fastsatt(Myndighetsfastsatt),
    kind("Særavgifter", G::Saeravgifter, "Særavgifter"),
    kind("Engangsavgift kreditt", G::Saeravgifter, "Engangsavgift kreditt"),
    kind("Vektårsavgift hoved", G::Saeravgifter, "Vektårsavgift hoved").fastsatt(Myndighetsfastsatt),
    kind("Innførsel dagsoppgjør", G::Saeravgifter, "Innførsel dagsoppgjør"),
    kind("Sjokoladeavgift", G::Saeravgifter, "Sjokoladeavgift").until(2020),
    kind("ARBGAVG", G::Arbeidsgiveravgift, "Arbeidsgiveravgift").due_by(T::Arbeidsgiver),
    kind("FORSKTREKK", G::Forskuddstrekk, "Forskuddstrekk").due_by(T::Forskuddstrekk),
    kind("UTSKR_FORSKSKATT", G::Skatt, "Utskrevet forskuddsskatt, person").due_by(T::Forskuddsskatt),
    kind("RESTSKATT", G::Skatt, "Restskatt").due_by(T::Restskatt),
    kind("RESTERENDE_SKT_TILB", G::Skatt, "Tilbakebetaling restskatt").due_by(T::Skatteoppgjoer).without_kid(),
    kind("MOTP_TILB_BET", G::AndreKrav, "Motpost tilbakebetaling").without_kid().with_zero(),
    kind("KRAV_UTBET_KRED", G::AndreKrav, "Krav til utbetaling").without_kid().with_zero(),
    kind("AVVIK_ARBGAVG_KREDIT", G::AndreKrav, "Kredit avvikskrav arbeidsgiveravgift")
        .due_by(T::Arbeidsgiver)
        .without_kid(),
    kind("AVVIK_FORSKTREKK_KREDIT", G::AndreKrav, "Kredit avvikskrav forskuddstrekk")
        .due_by(T::Forskuddstrekk)
        .without_kid(),
    kind("BORTSKRV_DEBET", G::AndreKrav, "Bortskriving småbeløp debet").due_by(T::Arbeidsgiver).without_kid(),
    kind("FORSINKRENTE", G::Skatt, "Forsinkelsesrente").interest(),
    kind("Saksomkostninger", G::AndreKrav, "Saksomkostninger"),
    kind("Avgift etter tobakkskadeloven", G::OevrigeOffentligeKrav, "Avgift etter tobakkskadeloven"),
    kind("Forsikring sykepenger", G::AndreKrav, "Forsikring sykepenger"),
];

/// Finds a kind by its exact spelling.
pub fn find(kode: &str) -> Option<&'static Kravtype> {
    KRAVTYPER.iter().find(|kind| kind.kode == kode)
}
