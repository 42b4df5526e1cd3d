//! What both editions share: the overviews.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::Beloep;
use crate::domain::reskontro::{AsOf, Gruppesum};

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
