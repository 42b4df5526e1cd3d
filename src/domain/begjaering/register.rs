//! Who exists: the register of parties. Imitates docs/fidelity.md, "Utleggsbegjæring: the rules".

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::domain::identifikator::{Part, PartKind};

/// The register of parties.
pub trait Register {
    /// What the register says of a Norwegian number.
    fn oppslag(&self, nummer: &str) -> Oppfoering;
}

/// What the register says of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oppfoering {
    /// Who has the number.
    pub status: Registerstatus,
    /// Whether the number is still under the old rules (Betjeningskartet).
    pub gammelt_regelverk: bool,
}

/// Who has a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Registerstatus {
    /// A person.
    Person,
    /// An organisation that is a main unit (hovedenhet).
    Hovedenhet,
    /// A sole proprietorship (enkeltpersonforetak).
    Enk,
    /// A part of an organisation (underenhet).
    Underenhet,
    /// Somebody who was deleted.
    Slettet,
    /// Nobody.
    Ukjent,
}

impl Registerstatus {
    /// All statuses.
    pub const ALLE: [Self; 6] =
        [Self::Person, Self::Hovedenhet, Self::Enk, Self::Underenhet, Self::Slettet, Self::Ukjent];

    /// Its name in scenarios.
    pub const fn navn(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Hovedenhet => "hovedenhet",
            Self::Enk => "enk",
            Self::Underenhet => "underenhet",
            Self::Slettet => "slettet",
            Self::Ukjent => "ukjent",
        }
    }

    /// The status with this name.
    pub fn med_navn(navn: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|status| status.navn() == navn)
    }

    /// Whether somebody has the number now.
    pub const fn finnes(self) -> bool {
        !matches!(self, Self::Slettet | Self::Ukjent)
    }
}

/// The test organisations of Krav og betalinger are sole proprietorships.
const ENKELTPERSONFORETAK: [&str; 6] = ["212201782", "310478717", "311851381", "313367002", "314055403", "314961900"];

/// The published numbers under the old rules, sorted, one a line.
static GAMMELT_REGELVERK: &str = include_str!("gammelt_regelverk.txt");

/// The register by the numbers alone: synthetic numbers with correct check digits exist, no others do.
#[derive(Clone, Copy, Debug, Default)]
pub struct SyntetiskRegister;

impl Register for SyntetiskRegister {
    fn oppslag(&self, nummer: &str) -> Oppfoering {
        let status = match nummer.parse().map(Part::kind) {
            Ok(PartKind::Organisasjon(_)) if ENKELTPERSONFORETAK.binary_search(&nummer).is_ok() => Registerstatus::Enk,
            Ok(PartKind::Organisasjon(nummer)) if nummer.is_synthetic() => Registerstatus::Hovedenhet,
            Ok(PartKind::Person(nummer)) if nummer.is_synthetic() => Registerstatus::Person,
            _ => Registerstatus::Ukjent,
        };
        Oppfoering { status, gammelt_regelverk: er_paa_lista(nummer) }
    }
}

/// The lines have two lengths, so each length is a sorted block of its own: organisations first, then persons.
fn er_paa_lista(nummer: &str) -> bool {
    const ORGANISASJONER: usize = 100;
    let (organisasjoner, personer) = GAMMELT_REGELVERK.as_bytes().split_at(ORGANISASJONER * 10);
    match nummer.len() {
        9 => finnes(organisasjoner, nummer),
        11 => finnes(personer, nummer),
        _ => false,
    }
}

/// Whether a block of sorted lines has a line.
fn finnes(linjer: &[u8], linje: &str) -> bool {
    let (bredde, mut fra, mut til) = (linje.len() + 1, 0, linjer.len() / (linje.len() + 1));
    while fra < til {
        let midt = usize::midpoint(fra, til);
        match linjer[midt * bredde..][..linje.len()].cmp(linje.as_bytes()) {
            Ordering::Equal => return true,
            Ordering::Less => fra = midt + 1,
            Ordering::Greater => til = midt,
        }
    }
    false
}

/// A register with entries of its own above another one, as scenarios describe it.
pub struct RegisterMed<'a> {
    /// The entries by number.
    pub oppfoeringer: &'a HashMap<String, Oppfoering>,
    /// The register below.
    pub ellers: &'a dyn Register,
}

impl Register for RegisterMed<'_> {
    fn oppslag(&self, nummer: &str) -> Oppfoering {
        self.oppfoeringer.get(nummer).copied().unwrap_or_else(|| self.ellers.oppslag(nummer))
    }
}
