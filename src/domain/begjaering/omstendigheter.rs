//! What the world says about a request: the day, the caller, the register, the attachments, earlier submissions.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::modell::{Begjaering, Vedleggstype};
use super::register::Register;

/// What the rules need to know besides the request.
#[derive(Clone, Copy)]
pub struct Omstendigheter<'a> {
    /// Today.
    pub dag: NaiveDate,
    /// The organisation number that the token says. `None`: nobody is logged in, so nothing is compared.
    pub paalogget: Option<&'a str>,
    /// Who exists.
    pub register: &'a dyn Register,
    /// What was uploaded. `None`: nobody knows, so only the request's own words about attachments are checked.
    pub vedlegg: Option<&'a dyn Vedleggsarkiv>,
    /// The case that the request changes. `None`: the request is new.
    pub tidligere: Option<&'a TidligereSak<'a>>,
    /// The case that has the same request already.
    pub duplikat: Option<&'a Duplikat>,
}

/// The attachments that were uploaded.
pub trait Vedleggsarkiv {
    /// The attachment with this uuid, as the request spells it.
    fn finn(&self, uuid: &str) -> Option<LagretVedlegg<'_>>;
}

/// An uploaded attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LagretVedlegg<'a> {
    /// The type that it was uploaded with.
    pub type_: Vedleggstype,
    /// The reference of the request that it was uploaded for.
    pub innsender_referanse: Cow<'a, str>,
    /// How far it has come.
    pub tilstand: Vedleggstilstand,
}

/// How far an attachment has come, or why it cannot be used.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Vedleggstilstand {
    /// Received; not checked for viruses yet.
    Mottatt,
    /// Checked for viruses; not validated yet.
    Virussjekket,
    /// Validated; not converted to PDF yet.
    Validert,
    /// Ready to be used.
    Konvertert,
    /// The validation failed for a technical reason.
    ValideringFeilet,
    /// The conversion to PDF failed.
    KonverteringFeilet,
    /// It is something that cannot become PDF.
    KanIkkeKonverteres,
    /// It has a virus.
    Virus,
    /// Deleted.
    Slettet,
    /// Discarded.
    Kassert,
}

impl Vedleggstilstand {
    /// All states.
    pub const ALLE: [Self; 10] = [
        Self::Mottatt,
        Self::Virussjekket,
        Self::Validert,
        Self::Konvertert,
        Self::ValideringFeilet,
        Self::KonverteringFeilet,
        Self::KanIkkeKonverteres,
        Self::Virus,
        Self::Slettet,
        Self::Kassert,
    ];

    /// Its name in answers, settings and scenarios.
    pub const fn navn(self) -> &'static str {
        match self {
            Self::Mottatt => "mottatt",
            Self::Virussjekket => "virussjekket",
            Self::Validert => "validert",
            Self::Konvertert => "konvertert",
            Self::ValideringFeilet => "valideringFeilet",
            Self::KonverteringFeilet => "konverteringFeilet",
            Self::KanIkkeKonverteres => "kanIkkeKonverteres",
            Self::Virus => "virus",
            Self::Slettet => "slettet",
            Self::Kassert => "kassert",
        }
    }

    /// The state with this name.
    pub fn med_navn(navn: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|tilstand| tilstand.navn() == navn)
    }
}

/// The case that a request changes.
#[derive(Clone, Copy, Debug)]
pub struct TidligereSak<'a> {
    /// Its reference.
    pub ekstern_saksreferanse: &'a str,
    /// The request as it was submitted last.
    pub begjaering: &'a Begjaering,
    /// How far the case has come.
    pub tilstand: Sakstilstand,
    /// How many of its submissions are not processed yet.
    pub ubehandlede: usize,
}

/// How far a case has come.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Sakstilstand {
    /// Made.
    SakOpprettet,
    /// The enforcement officer works on it.
    SakUnderBehandling,
    /// Refused.
    SakNektetFremmet,
    /// Shown to the defendant.
    SakForelagt,
    /// Decided.
    SakBesluttet,
    /// Ended.
    SakAvsluttet,
    /// Withdrawn.
    SakHevet,
}

impl Sakstilstand {
    /// All states.
    pub const ALLE: [Self; 7] = [
        Self::SakOpprettet,
        Self::SakUnderBehandling,
        Self::SakNektetFremmet,
        Self::SakForelagt,
        Self::SakBesluttet,
        Self::SakAvsluttet,
        Self::SakHevet,
    ];

    /// Its published name.
    pub const fn navn(self) -> &'static str {
        match self {
            Self::SakOpprettet => "sakOpprettet",
            Self::SakUnderBehandling => "sakUnderBehandling",
            Self::SakNektetFremmet => "sakNektetFremmet",
            Self::SakForelagt => "sakForelagt",
            Self::SakBesluttet => "sakBesluttet",
            Self::SakAvsluttet => "sakAvsluttet",
            Self::SakHevet => "sakHevet",
        }
    }

    /// The state with this name.
    pub fn med_navn(navn: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|tilstand| tilstand.navn() == navn)
    }

    /// Whether its request may be changed. Which states allow it is chosen.
    pub const fn kan_endres(self) -> bool {
        matches!(self, Self::SakOpprettet | Self::SakUnderBehandling | Self::SakForelagt)
    }
}

/// The case that has the same request already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplikat {
    /// Its reference.
    pub ekstern_saksreferanse: String,
}
