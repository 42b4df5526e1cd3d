//! An operation of the control API, as its contract describes it.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::interface::contract::Schemas;

/// An operation of the control API.
pub(crate) struct ControlOperation {
    pub(crate) method: &'static str,
    /// Its path below `/sandbox`.
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    /// The query parameters that it reads, all of which can be left out: name, JSON type, description, an example.
    pub(crate) query: &'static [(&'static str, &'static str, &'static str, &'static str)],
    /// The content of its request body.
    pub(crate) body: Option<Value>,
    /// The status of success, with the content of its body.
    pub(crate) success: (StatusCode, Option<Value>),
    /// The refusals that it has beside those of all.
    pub(crate) refusals: &'static [StatusCode],
}

impl ControlOperation {
    /// One with GET and without a query, which answers 200.
    pub(crate) fn get(
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        content: Value,
        refusals: &'static [StatusCode],
    ) -> Self {
        let success = (StatusCode::OK, Some(content));
        Self { method: "get", path, id, summary, query: &[], body: None, success, refusals }
    }
}

/// A JSON body of a type.
pub(crate) fn json_body<T: JsonSchema>(schemas: &mut Schemas) -> Value {
    json!({ "application/json": { "schema": schemas.of::<T>() } })
}
