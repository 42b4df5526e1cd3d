//! Shared by the services that show a ledger: endpoints, packages, accounts, payment information, periods as texts.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::{ISSUER, kb};
use crate::catalogue::{Consent, Endpoint, Label, Needs, Package, Protection, TokenDemand};
use crate::domain::reskontro as r;
use crate::interface::periode::Periode;
use crate::interface::{On, Statement};

/// The access packages of the services that show a ledger claim by claim.
pub(super) const PACKAGES: &[Package] = &[
    Package {
        person_warning: Some("finans looks up organisations; persons are published as coming later"),
        ..Package::new("finans", Needs::Consent)
    },
    Package::new("regnskapssystem", Needs::ConsentOrOwnRights),
];

/// How sure the answers of these services are, whatever their form.
pub(super) static STATEMENTS: &[Statement] = &[
    Statement::new(On::Success("krav"), Label::Chosen, "krav-period"),
    Statement::new(On::Success("innbetalinger"), Label::Chosen, "payments-period"),
    Statement::new(On::Success("utbetalinger"), Label::Chosen, "payments-period"),
    Statement::new(On::Xml, Label::Chosen, "xml"),
    Statement::new(On::Party("shielded"), Label::Published, "skjermet"),
    Statement::new(On::Party("shielded-in-part"), Label::Published, "skjermet-delvis"),
    Statement::new(On::Party("person"), Label::Chosen, "owner"),
];

/// What callers of these services need.
pub(super) const PROTECTION: Protection = Protection::Token(TokenDemand {
    issuer: ISSUER,
    scopes: &["skatteetaten:kravogbetalinger"],
    needs: Needs::Nothing,
    consent: Some(Consent { resource: "ske-samtykke-krav-og-betalinger", codes: &["5928_202301"] }),
    without_token: kb::WITHOUT_TOKEN,
});

/// The endpoint for claims in a period.
pub(super) const KRAV: Endpoint = Endpoint {
    periode: true,
    xml_root: "kravRespons",
    consent_code: Some("5929_202301"),
    ..Endpoint::get("krav", "v1/{rettighetspakke}/{identifikator}/krav")
};

/// The endpoint for payments in, in a period.
pub(super) const INNBETALINGER: Endpoint = Endpoint {
    periode: true,
    xml_root: "innbetalingerRespons",
    consent_code: Some("5930_202301"),
    ..Endpoint::get("innbetalinger", "v1/{rettighetspakke}/{identifikator}/innbetalinger")
};

/// The endpoint for payments out, in a period.
pub(super) const UTBETALINGER: Endpoint = Endpoint {
    periode: true,
    xml_root: "utbetalingerRespons",
    consent_code: Some("5931_202301"),
    ..Endpoint::get("utbetalinger", "v1/{rettighetspakke}/{identifikator}/utbetalinger")
};

/// How to pay an instalment; `{}` where nothing is told.
#[derive(Serialize, JsonSchema)]
pub(super) struct Betalingsinformasjon<'a> {
    /// The KID, 2 to 25 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    kidnummer: Option<&'a str>,
    /// The account; an empty object where nothing is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    konto: Option<Konto<'a>>,
}

impl<'a> From<&'a r::Betalingsinformasjon> for Betalingsinformasjon<'a> {
    fn from(it: &'a r::Betalingsinformasjon) -> Self {
        Self { kidnummer: it.kidnummer.as_deref(), konto: it.konto.as_deref().map(Konto::from) }
    }
}

/// A bank account; `{}` where nothing is told.
#[derive(Default, Serialize, JsonSchema)]
#[schemars(rename = "Bankkonto")]
#[serde(rename_all = "camelCase")]
pub(super) struct Konto<'a> {
    /// The name and address of the bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bankinformasjon: Option<&'a str>,
    /// The name of the account's owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kontoeiers_navn: Option<&'a str>,
    /// The number, 11 digits. Of the other end of a payment it may be masked: `******43210`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kontonummer: Option<Cow<'a, str>>,
    /// The international number, with or without spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) iban: Option<Cow<'a, str>>,
    /// The code of the bank.
    #[serde(rename = "swiftBIC", skip_serializing_if = "Option::is_none")]
    pub(super) swift_bic: Option<&'a str>,
}

impl<'a> Konto<'a> {
    /// An account that shows only its number.
    pub(super) fn with_number(kontonummer: Option<&'a str>) -> Self {
        Self { kontonummer: kontonummer.map(Cow::from), ..Self::default() }
    }
}

impl<'a> From<&'a r::Bankkonto> for Konto<'a> {
    fn from(konto: &'a r::Bankkonto) -> Self {
        Self {
            bankinformasjon: konto.bankinformasjon.as_deref(),
            kontoeiers_navn: konto.kontoeiers_navn.as_deref(),
            kontonummer: konto.kontonummer.as_deref().map(Cow::from),
            iban: konto.iban.as_deref().map(Cow::from),
            swift_bic: konto.swift_bic.as_deref(),
        }
    }
}

/// The other end of a payment, as before 2024: with its account as it is.
#[derive(Serialize, JsonSchema)]
pub(super) struct Motpart<'a> {
    /// The KID, 2 to 25 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    kidnummer: Option<&'a str>,
    /// The account; an empty object where nothing is known of it.
    konto: Konto<'a>,
}

impl<'a> From<&'a r::Motpart> for Motpart<'a> {
    fn from(motpart: &'a r::Motpart) -> Self {
        Self { kidnummer: motpart.kidnummer.as_deref(), konto: Konto::from(&*motpart.konto) }
    }
}

/// A claim's period as one text: `2022/09` for a term, `2022` for a year, `2026-01-20` for a pay day, otherwise its
/// description.
pub(super) fn kravperiode(periode: &r::Kravperiode) -> String {
    if let Some(day) = periode.enkeltdag() {
        return day.to_string();
    }
    match (periode.aar, periode.termin.as_deref()) {
        (Some(aar), Some(termin)) => format!("{aar}/{termin:0>2}"),
        (Some(aar), None) => aar.to_string(),
        (None, _) => periode.beskrivelse.to_string(),
    }
}

/// A claim's period as days. A claim without a period gets the day on which it was created.
pub(super) fn kravdager(krav: &r::Krav) -> Periode {
    let dager = krav.kravperiode.as_ref().and_then(|periode| periode.dager);
    let (fra_og_med, til_og_med) = dager.unwrap_or((krav.opprettelsesdato, krav.opprettelsesdato));
    Periode { fra_og_med, til_og_med }
}

/// The description of a claim, for models that require one. A claim without a description gets its type instead.
pub(super) fn beskrivelse(krav: &r::Krav) -> &str {
    krav.kravbeskrivelse.as_deref().unwrap_or(&krav.kravtype)
}

/// The description of a claim where another claim or a payment names it, for models that require one.
pub(super) fn beskrivelse_hos_andre(krav: &r::Krav) -> &str {
    krav.beskrivelse_hos_andre().unwrap_or(&krav.kravtype)
}
