//! The contract of Restanser.

use serde_json::Value;

use super::{RestanserRespons, SERVICE};
use crate::services::openapi::{self, Operation, Schemas};

/// The OpenAPI 3.1 document.
pub(super) fn document() -> Value {
    let mut schemas = Schemas::new();
    let operations = vec![Operation {
        endpoint: "restanser",
        id: "hentRestanser",
        summary: "What an organisation has overdue and unpaid, by category",
        answer: schemas.of::<RestanserRespons>(),
    }];
    let about = "Overdue and unpaid taxes and duties of an organisation, as innkreving-sandbox serves them. All six \
        categories are always there, and so is the sum of each; its two parts may be left out. New fields and another \
        order of fields come without notice, so read tolerantly.";
    openapi::document(&SERVICE, about, operations, schemas, |_| {})
}
