//! What a team wants to cover: what its cells weigh, what it leaves out, and what it must try.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pattern::{BadPattern, Pattern};
use super::universe::Universe;

/// What a team wants to cover, as it writes it in `coverage.yaml`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlanDocument {
    /// Only these count: patterns like `kravogbetalinger/krav`, `restanser/restanser:fault/*`. All count where left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000), inner(length(min = 1, max = 300)))]
    pub(crate) only: Vec<String>,
    /// These do not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000), inner(length(min = 1, max = 300)))]
    pub(crate) leave_out: Vec<String>,
    /// What cells weigh, by pattern: a whole number from 0 to 1000. If several fit a cell, the longest pattern wins.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) weights: BTreeMap<String, u32>,
    /// These must be covered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000), inner(length(min = 1, max = 300)))]
    pub(crate) must: Vec<String>,
}

/// The most patterns in one list of a plan.
const MOST_PATTERNS: usize = 1000;

/// The greatest weight.
const GREATEST_WEIGHT: u32 = 1000;

/// A plan that was read: what each cell weighs. A cell that weighs nothing does not count.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    weights: Vec<u32>,
    pub(crate) must: Vec<Pattern>,
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// A pattern that fits nothing, or a list or a weight that is too large.
    pub(crate) fn read(document: &PlanDocument, universe: &Universe) -> Result<Self, BadPattern> {
        let bad = |why: String| BadPattern { why, nearest: None };
        let lists = [&document.only, &document.leave_out, &document.must];
        if lists.iter().any(|list| list.len() > MOST_PATTERNS) || document.weights.len() > MOST_PATTERNS {
            return Err(bad(format!("a list of a plan has at most {MOST_PATTERNS} patterns")));
        }
        let read = |list: &[String]| -> Result<Vec<Pattern>, BadPattern> {
            list.iter().map(|text| Pattern::read(text, universe)).collect()
        };
        let mut weights: Vec<u32> = universe.cells().iter().map(|cell| cell.kind.weight()).collect();
        let mut by_length: Vec<_> = document.weights.iter().collect();
        by_length.sort_by_key(|(text, _)| text.len());
        for (text, weight) in by_length {
            if *weight > GREATEST_WEIGHT {
                return Err(bad(format!("the weight of {text:?} is {weight}; the greatest is {GREATEST_WEIGHT}")));
            }
            for cell in Pattern::read(text, universe)?.cells() {
                weights[cell] = *weight;
            }
        }
        let only = read(&document.only)?;
        if !only.is_empty() {
            let mut counts = vec![false; weights.len()];
            only.iter().flat_map(Pattern::cells).for_each(|cell| counts[cell] = true);
            weights.iter_mut().zip(counts).filter(|(_, counts)| !counts).for_each(|(weight, _)| *weight = 0);
        }
        for cell in read(&document.leave_out)?.iter().flat_map(Pattern::cells) {
            weights[cell] = 0;
        }
        let must = read(&document.must)?;
        if weights.iter().all(|weight| *weight == 0) {
            return Err(bad("nothing counts in this plan: every cell weighs 0 or is left out".to_owned()));
        }
        Ok(Self { weights, must })
    }

    /// What a cell weighs.
    pub(crate) fn weight(&self, cell: usize) -> u32 {
        self.weights.get(cell).copied().unwrap_or(0)
    }
}
