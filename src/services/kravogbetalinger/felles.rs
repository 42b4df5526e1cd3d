//! What both editions share: the overviews.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::Beloep;
use crate::domain::reskontro::{AsOf, Gruppesum};

/// Sums over all claims of the party, on the day of the answer.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TotalOversikt")]
#[serde(rename_all = "camelCase")]
pub(super) struct TotalOversikt<K> {
    /// Estimated interest on unpaid overdue claims, in kroner.
    sum_stipulerte_renter: K,
    /// What remains of instalments past their due date, in kroner.
    sum_forfalte_krav: K,
    /// What remains of instalments that are not due yet, in kroner.
    sum_ikke_forfalte_krav: K,
    /// Payments that are placed on no claim, in kroner. Zero or negative, because they are the party's money.
    sum_uplasserte_innbetalinger: K,
    /// The sum of the four above, in kroner. Negative where the party has money to its credit.
    saldo: K,
}

/// Sums over one group of claims, on the day of the answer.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OversiktPerKravgruppe")]
#[serde(rename_all = "camelCase")]
pub(super) struct OversiktPerKravgruppe<K> {
    /// The group, as a text: `Skatt`, `Merverdiavgift`.
    kravgruppe: &'static str,
    /// Estimated interest on unpaid overdue claims of the group, in kroner.
    sum_stipulerte_renter: K,
    /// What remains of the group's instalments past their due date, in kroner.
    sum_forfalte_krav: K,
    /// What remains of the group's instalments that are not due yet, in kroner.
    sum_ikke_forfalte_krav: K,
    /// The sum of the three above, in kroner.
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
