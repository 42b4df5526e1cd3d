//! The 72 rules: the table of them (`tabell`), and a function for each, in files by subject.
//! Imitates docs/fidelity.md, "Utleggsbegjæring: the rules".

mod endring;
mod grunnlag;
mod innsender;
mod krav;
mod parter;
mod penger;
mod relasjoner;
mod tabell;
mod tvangsgrunnlag;
mod vedlegg;

use std::fmt::Display;

use super::modell::Begjaering;
use super::omstendigheter::Omstendigheter;
use super::utgaver::{self, Modell};
use grunnlag::Grunnlag;
pub use tabell::REGLER;

/// How sure it is when a rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sikkerhet {
    /// The published text of the fault says the condition.
    PublisertTekst,
    /// The condition is published in other words than the text of the fault.
    PublisertVilkaar,
    /// The condition, or a part of it, is the sandbox's own decision.
    Valgt,
}

impl Sikkerhet {
    /// As docs/begjaering.md has it.
    pub const fn ord(self) -> &'static str {
        match self {
            Self::PublisertTekst => "published text",
            Self::PublisertVilkaar => "published condition",
            Self::Valgt => "chosen",
        }
    }
}

/// One rule.
#[derive(Debug)]
pub struct Regel {
    /// The published name (vilkårnavn).
    pub kode: &'static str,
    /// The published title.
    pub tittel: &'static str,
    /// The text of the fault, with `%name` for what is filled in. If the published list has no Norwegian text, it is the
    /// sandbox's own.
    pub tekst: &'static str,
    /// How sure its condition is.
    pub sikkerhet: Sikkerhet,
    /// The models that know it.
    pub modeller: &'static [Modell],
    /// Whether it holds only for changes.
    pub bare_endring: bool,
    /// When it is broken, in English: how to break it.
    pub brytes: &'static str,
    kontroll: fn(&Grunnlag<'_>, &mut Funn<'_>),
}

/// A broken rule.
#[derive(Clone, Debug)]
pub struct Regelbrudd {
    /// Which rule.
    pub regel: &'static Regel,
    /// The text of the fault, filled in.
    pub tekst: String,
    /// What breaks it: a JSON pointer into the body.
    pub peker: String,
}

/// The rule with this name.
pub fn regel(kode: &str) -> Option<&'static Regel> {
    REGLER.iter().find(|regel| regel.kode == kode)
}

/// Holds a request to all rules of a model, and tells all that are broken, in the order of the published list.
pub fn kontroller(begjaering: &Begjaering, om: &Omstendigheter<'_>, modell: Modell) -> Vec<Regelbrudd> {
    let grunnlag = Grunnlag::new(begjaering, om, modell);
    let mut alle = Vec::new();
    for regel in &REGLER {
        if regel.modeller.contains(&modell) && (!regel.bare_endring || om.tidligere.is_some()) {
            let mut funn = Funn { regel, modell, antall: 0, alle: &mut alle };
            (regel.kontroll)(&grunnlag, &mut funn);
        }
    }
    alle
}

/// How often one rule is told of one request.
const MOST: usize = 500;

/// Takes what breaks one rule.
struct Funn<'a> {
    regel: &'static Regel,
    modell: Modell,
    antall: usize,
    alle: &'a mut Vec<Regelbrudd>,
}

impl Funn<'_> {
    /// The rule is broken at a place. The values fill in the names of its text, which begin with `%`.
    fn brutt(&mut self, peker: impl Display, verdier: &[(&str, &dyn Display)]) {
        let mut tekst = self.regel.tekst.to_owned();
        for (navn, verdi) in verdier {
            let verdi: String = verdi.to_string().chars().take(200).collect();
            tekst = tekst.replacen(&format!("%{navn}"), &verdi, 1);
        }
        self.brutt_slik(peker, tekst);
    }

    /// The rule is broken at a place, with a text of its own.
    fn brutt_slik(&mut self, peker: impl Display, tekst: String) {
        if self.antall < MOST {
            let peker = utgaver::peker(self.modell, &peker.to_string());
            self.alle.push(Regelbrudd { regel: self.regel, tekst, peker });
        }
        self.antall += 1;
    }
}
