//! Coverage as a person, a program or a report reads it.

use schemars::JsonSchema;
use serde::Serialize;

use super::plan::Plan;
use super::tried::Counts;
use super::universe::Universe;

/// What was tried of what there is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct CoverageView {
    /// The sessions that were added up.
    pub(crate) sessions: Vec<String>,
    #[serde(flatten)]
    pub(crate) sum: Sum,
    pub(crate) services: Vec<ServiceView>,
    /// What the plan says must be covered, and is not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) missing: Vec<String>,
}

/// How much was tried.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Sum {
    /// The weight of what was tried, in per cent of the weight of all that counts; with one decimal, rounded down.
    pub(crate) percent: f64,
    /// How many cells were tried, of those that count.
    pub(crate) tried: usize,
    /// How many cells count.
    pub(crate) of: usize,
    #[serde(skip)]
    weight_tried: u64,
    #[serde(skip)]
    weight: u64,
}

/// A service.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ServiceView {
    pub(crate) service: &'static str,
    pub(crate) title: &'static str,
    #[serde(flatten)]
    pub(crate) sum: Sum,
    pub(crate) endpoints: Vec<EndpointView>,
}

/// An endpoint. `url` stands for the URLs that the service does not have.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct EndpointView {
    pub(crate) endpoint: &'static str,
    #[serde(flatten)]
    pub(crate) sum: Sum,
    pub(crate) cells: Vec<CellView>,
}

/// Something that can be tried.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct CellView {
    /// As a pattern names it after the colon.
    pub(crate) item: String,
    /// `answer`, `code`, `rule`, `token`, `party`, `case`, `fault` or `drift`.
    pub(crate) kind: &'static str,
    /// How often it was tried.
    pub(crate) count: u32,
    /// It came from the service itself at least once, not on demand alone.
    pub(crate) natural: bool,
    /// What it weighs.
    pub(crate) weight: u32,
}

impl Sum {
    fn add(&mut self, weight: u32, is_tried: bool) {
        self.of += 1;
        self.weight += u64::from(weight);
        if is_tried {
            self.tried += 1;
            self.weight_tried += u64::from(weight);
        }
        // In tenths of a per cent, so that 100 means all.
        let tenths = self.weight_tried * 1000 / self.weight.max(1);
        self.percent = f64::from(u32::try_from(tenths).unwrap_or(u32::MAX)) / 10.0;
    }

    /// Whether it reaches a number of tenths of a per cent.
    pub(crate) fn reaches(&self, tenths: u64) -> bool {
        self.weight_tried * 1000 >= tenths * self.weight
    }
}

/// Adds up what was tried, by service and endpoint. Cells that do not count are left out.
pub(crate) fn summary(universe: &Universe, counts: &Counts, plan: &Plan, sessions: Vec<String>) -> CoverageView {
    let mut view = CoverageView { sessions, sum: Sum::default(), services: Vec::new(), missing: Vec::new() };
    for service in universe.services() {
        let mut of_service =
            ServiceView { service: service.name, title: service.title, sum: Sum::default(), endpoints: Vec::new() };
        for (number, cell) in universe.cells().iter().enumerate().filter(|(_, cell)| cell.service == service.name) {
            let (weight, count) = (plan.weight(number), counts.of(number));
            if weight == 0 {
                continue;
            }
            if of_service.endpoints.last().is_none_or(|last| last.endpoint != cell.endpoint) {
                let fresh = EndpointView { endpoint: cell.endpoint, sum: Sum::default(), cells: Vec::new() };
                of_service.endpoints.push(fresh);
            }
            view.sum.add(weight, count > 0);
            of_service.sum.add(weight, count > 0);
            if let Some(endpoint) = of_service.endpoints.last_mut() {
                endpoint.sum.add(weight, count > 0);
                endpoint.cells.push(CellView {
                    item: cell.item.to_string(),
                    kind: cell.kind.name(),
                    count,
                    natural: counts.was_natural(number),
                    weight,
                });
            }
        }
        if !of_service.endpoints.is_empty() {
            view.services.push(of_service);
        }
    }
    for wanted in plan.must.iter().flat_map(|pattern| &pattern.wanted) {
        if !wanted.cells.iter().any(|cell| counts.of(*cell) > 0) && !view.missing.contains(&wanted.name) {
            view.missing.push(wanted.name.clone());
        }
    }
    view
}
