//! What the editions have in common: the overviews, accounts and how to pay.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::Beloep;
use crate::domain::reskontro::{self as r, AsOf, Gruppesum};

/// Sums over everything, amounts in the edition's own number format.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TotalOversikt{K}")]
#[serde(rename_all = "camelCase")]
pub(super) struct TotalOversikt<K> {
    sum_stipulerte_renter: K,
    sum_forfalte_krav: K,
    sum_ikke_forfalte_krav: K,
    sum_uplasserte_innbetalinger: K,
    saldo: K,
}

/// Sums over one group of claims.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OversiktPerKravgruppe{K}")]
#[serde(rename_all = "camelCase")]
pub(super) struct OversiktPerKravgruppe<K> {
    kravgruppe: &'static str,
    sum_stipulerte_renter: K,
    sum_forfalte_krav: K,
    sum_ikke_forfalte_krav: K,
    saldo: K,
}

pub(super) fn total_oversikt<K: From<Beloep>>(at: AsOf<'_>) -> TotalOversikt<K> {
    let total = at.totaler();
    TotalOversikt {
        sum_stipulerte_renter: total.stipulerte_renter.into(),
        sum_forfalte_krav: total.forfalte.into(),
        sum_ikke_forfalte_krav: total.ikke_forfalte.into(),
        sum_uplasserte_innbetalinger: total.uplasserte.into(),
        saldo: total.saldo().into(),
    }
}

pub(super) fn oversikt_per_kravgruppe<K: From<Beloep>>(at: AsOf<'_>) -> Vec<OversiktPerKravgruppe<K>> {
    let entry = |Gruppesum { kravgruppe, totaler }: Gruppesum| OversiktPerKravgruppe {
        kravgruppe: kravgruppe.text(),
        sum_stipulerte_renter: totaler.stipulerte_renter.into(),
        sum_forfalte_krav: totaler.forfalte.into(),
        sum_ikke_forfalte_krav: totaler.ikke_forfalte.into(),
        saldo: totaler.saldo().into(),
    };
    at.totaler_per_gruppe().into_iter().map(entry).collect()
}

/// How to pay an instalment; `{}` where nothing is told.
#[derive(Serialize, JsonSchema)]
pub(super) struct Betalingsinformasjon<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    kidnummer: Option<&'a str>,
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
#[serde(rename_all = "camelCase")]
pub(super) struct Konto<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bankinformasjon: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kontoeiers_navn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kontonummer: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) iban: Option<Cow<'a, str>>,
    #[serde(rename = "swiftBIC", skip_serializing_if = "Option::is_none")]
    pub(super) swift_bic: Option<&'a str>,
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
