//! The rules.

use super::modell::Begjaering;
use super::omstendigheter::Omstendigheter;
use super::utgaver::Modell;

/// How sure it is when a rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sikkerhet {
    /// The published text says the condition.
    PublisertTekst,
    /// The condition is published in other words than the text of the fault.
    PublisertVilkaar,
    /// The condition, or a part of it, is the sandbox's own decision.
    Valgt,
}

/// One rule.
#[derive(Debug)]
pub struct Regel {
    /// The published name (vilkårnavn).
    pub kode: &'static str,
    /// The published title.
    pub tittel: &'static str,
    /// The text of the fault, with `%name` for what is filled in.
    pub tekst: &'static str,
    /// How sure its condition is.
    pub sikkerhet: Sikkerhet,
    /// The models that know it.
    pub modeller: &'static [Modell],
    /// Whether it holds only for changes.
    pub bare_endring: bool,
    /// How to break it, in English.
    pub brytes: &'static str,
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

/// All rules, in the order of the published list.
pub static REGLER: [Regel; 0] = [];

/// The rule with this name.
pub fn regel(kode: &str) -> Option<&'static Regel> {
    REGLER.iter().find(|regel| regel.kode == kode)
}

/// Holds a request to all rules of a model, and tells all that are broken, in the order of the published list.
pub fn kontroller(begjaering: &Begjaering, om: &Omstendigheter<'_>, modell: Modell) -> Vec<Regelbrudd> {
    let _ = (begjaering, om, modell);
    Vec::new()
}
