//! What came of the expectations that a session was held to, for its report.

use parking_lot::Mutex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What came of an expectation.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Outcome {
    /// What was expected.
    pub(crate) expectation: String,
    pub(crate) passed: bool,
    /// What was found.
    pub(crate) detail: String,
    /// The cells that were not tried, as patterns name them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) missing: Vec<String>,
    /// If calls are missing, the calls that fit best. If something should not have happened, the calls that show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) nearest: Vec<NearCall>,
    /// `detail` in Norwegian, for reports.
    #[serde(skip)]
    pub(crate) detail_nb: String,
}

impl Outcome {
    /// The same in Norwegian. An expectation stays as it was written.
    pub(crate) fn in_norwegian(mut self) -> Self {
        self.detail.clone_from(&self.detail_nb);
        for near in &mut self.nearest {
            near.call.clone_from(&near.nb.call);
            near.differs.clone_from(&near.nb.differs);
        }
        self
    }
}

/// A call that nearly fits, or that shows what should not have happened.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct NearCall {
    pub(crate) session: String,
    /// Its number in the journal of the session.
    pub(crate) number: u64,
    /// Method, URL and what came of it.
    pub(crate) call: String,
    /// In what it differs from what was expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) differs: Vec<String>,
    /// The same in Norwegian, for reports.
    #[serde(skip)]
    pub(crate) nb: NearTexts,
}

/// What is told of a call that nearly fits.
#[derive(Clone, Debug, Default)]
pub(crate) struct NearTexts {
    pub(crate) call: String,
    pub(crate) differs: Vec<String>,
}

/// The last verdict on each expectation, in the order in which they came first.
#[derive(Debug, Default)]
pub(crate) struct Verdicts(Mutex<Vec<Outcome>>);

/// The most expectations that are kept. Later ones are not.
const MOST: usize = 1_000;

impl Verdicts {
    /// Keeps verdicts. A newer one on the same expectation takes the place of the older.
    pub(crate) fn keep(&self, outcomes: &[Outcome]) {
        let mut kept = self.0.lock();
        for outcome in outcomes {
            match kept.iter().position(|known| known.expectation == outcome.expectation) {
                Some(place) => kept[place].clone_from(outcome),
                None if kept.len() < MOST => kept.push(outcome.clone()),
                None => {}
            }
        }
    }

    /// All that are kept.
    pub(crate) fn all(&self) -> Vec<Outcome> {
        self.0.lock().clone()
    }
}
