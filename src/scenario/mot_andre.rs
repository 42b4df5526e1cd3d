//! The part of the YAML format that few parties need: set-offs against claims of other creditors, and cheques.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scalar::{Amount, Dato, Text};

/// A credit or an unallocated payment that covers claims of other creditors. Give `kreditkrav` or `innbetaling`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a set-off (motregningsidentifikator, kreditkrav or innbetaling, dekketKrav)")]
pub(crate) struct MotAndreEntry {
    /// Unique within the party.
    pub(crate) motregningsidentifikator: Text,
    /// The credit claim's `kravidentifikator`.
    pub(crate) kreditkrav: Option<Text>,
    /// The payment's `innbetalingsidentifikator`.
    pub(crate) innbetaling: Option<Text>,
    /// The day it was made.
    pub(crate) motregnetdato: Dato,
    /// Who decided it. If left out, Skatteetaten.
    pub(crate) innkrevingsmyndighet: Option<Text>,
    /// What it covers.
    pub(crate) dekket_krav: Vec<DekketKravEntry>,
}

/// A claim of another creditor.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "the keys of a covered claim (beskrivelse, motregnetBeloep, …)")]
pub(crate) struct DekketKravEntry {
    /// The text that a person sees.
    pub(crate) beskrivelse: Text,
    /// Kroner, positive.
    pub(crate) motregnet_beloep: Amount,
    /// Who collects it.
    pub(crate) innkrevingsmyndighet: Option<Text>,
    /// Its due date.
    pub(crate) forfallsdato: Option<Dato>,
    /// The creditor's name.
    pub(crate) kreditorsnavn: Option<Text>,
    /// The interest in the amount, in kroner.
    pub(crate) forsinkelsesrenter: Option<Amount>,
}

/// Whom a cheque was sent to.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ mottakersNavn: …, mottakersAddresse: { … } }")]
pub(crate) struct MottakerEntry {
    /// The name.
    pub(crate) mottakers_navn: Text,
    /// The address; the key is spelt as the services spell it.
    pub(crate) mottakers_addresse: Option<AdresseEntry>,
}

/// A postal address.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(expecting = "{ adressetekst: […], postnummer: …, poststedsnavn: …, landkode: … }")]
pub(crate) struct AdresseEntry {
    /// Its lines.
    #[serde(default)]
    pub(crate) adressetekst: Vec<Text>,
    /// Four digits.
    pub(crate) postnummer: Option<Text>,
    /// The town.
    pub(crate) poststedsnavn: Option<Text>,
    /// Two letters.
    pub(crate) landkode: Option<Text>,
}
