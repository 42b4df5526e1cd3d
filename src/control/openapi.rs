//! The OpenAPI document of the control API, from the types that it reads and writes.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::choices::ChoiceQuery;
use super::clock::{ClockChange, ClockView};
use super::coverage::CoverageQuery;
use super::live::LiveQuery;
use super::openapi_views;
use super::parties::{PartyFilter, PartyLine, describe_facts};
use super::preview::AnswerQuery;
use super::report::ReportQuery;
use super::request_filter::RequestFilter;
use super::requests::{RequestList, WholeRequest};
use super::rules::{RuleList, RuleView};
use super::scenarios::{Checked, ScenariosView, Taken};
use super::sessions::{SessionDocument, SessionList, SessionView};
use super::timeline::TimelineQuery;
use super::verify::VerifyDocument;
use crate::coverage::{CoverageView, PlanDocument};
use crate::evidence::verify::Verdict;
use crate::faults::modifiers::SessionName;
use crate::interface::Services;
use crate::interface::contract::{Schemas, head};
use crate::interface::pages::{ControlOperation, Deleted, Problem, json_body};
use crate::session::rules::document::RuleDocument;

/// The name of the document.
pub(super) const NAME: &str = "sandbox";

/// The tag of all operations.
const TAG: &str = "Control";

const BAD_REQUEST: StatusCode = StatusCode::BAD_REQUEST;
const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;
const FULL: StatusCode = StatusCode::INSUFFICIENT_STORAGE;
const TOO_LARGE: StatusCode = StatusCode::PAYLOAD_TOO_LARGE;
const WRONG_TYPE: StatusCode = StatusCode::UNSUPPORTED_MEDIA_TYPE;
const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
const BUSY: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// The OpenAPI 3.1 document.
pub(super) fn document(services: &Services) -> Value {
    let (mut request_schemas, mut response_schemas) = (Schemas::of_requests(), Schemas::new());
    let problem = response_schemas.of::<Problem>();
    let mut operations = operations(&mut request_schemas, &mut response_schemas);
    // The list of parties comes last.
    let parties = operations.pop();
    operations.extend(super::log::operations(&mut request_schemas, &mut response_schemas));
    operations.push(super::capsule::operation());
    for module in services.modules.iter().rev() {
        if let Some(service_operations) = module.hooks.pages.and_then(|pages| pages().operations) {
            operations.extend(service_operations(&mut request_schemas, &mut response_schemas));
        }
    }
    operations.extend(parties);
    operations.extend(openapi_views::operations(&mut response_schemas));
    let queries = Queries {
        requests: parameters_of::<RequestFilter>(),
        coverage: parameters_of::<CoverageQuery>(),
        parties: parameters_of::<PartyFilter>(),
        report: parameters_of::<ReportQuery>(),
        live: parameters_of::<LiveQuery>(),
        answers: parameters_of::<AnswerQuery>(),
        timeline: parameters_of::<TimelineQuery>(),
        choices: parameters_of::<ChoiceQuery>(),
    };
    let mut paths = Map::new();
    for operation in &operations {
        let entry = paths.entry(format!("/sandbox{}", operation.path)).or_insert_with(|| json!({}));
        entry[operation.method] = operation_json(operation, &problem, queries.of(operation));
    }
    let mut schemas = response_schemas.finish();
    schemas.extend(request_schemas.finish());
    describe_facts(&mut schemas["PartyLine"], services);
    describe_facts(&mut schemas["PartyView"], services);
    add_own_modifiers(&mut schemas["Then"], services);
    let about = "Rules, clock, journal, scenarios and sessions of a running sandbox. docs/control-api.md explains it.";
    let mut document = head("innkreving-sandbox control", env!("CARGO_PKG_VERSION"), about, &[(TAG, about)]);
    document["security"] = json!([{}, { "key": [] }]);
    document["paths"] = paths.into();
    document["components"] = json!({
        "schemas": schemas,
        "parameters": {
            "Session": {
                "name": "Sandbox-Session", "in": "header", "required": false,
                "description": "The session; the default one where left out. Also in the base URL: /~session=name/sandbox/…",
                "schema": { "type": "string", "pattern": format!("^{}$", SessionName::FORM) },
                "example": "build-17",
            },
        },
        "securitySchemes": {
            "key": { "type": "http", "scheme": "bearer", "description": "The key of --control-key, where one is set." },
        },
    });
    document
}

/// Adds the modifiers that only one service has to what a rule can do.
fn add_own_modifiers(schema: &mut Value, services: &Services) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::Object(known)) = fields.get_mut("properties")
                && known.contains_key("error")
            {
                let own = services.catalogue.modifiers();
                known.extend(own.map(|own| (own.name.to_owned(), json!({ "type": "string", "examples": own.values }))));
            }
            fields.values_mut().for_each(|field| add_own_modifiers(field, services));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| add_own_modifiers(item, services)),
        _ => {}
    }
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn operations(read: &mut Schemas, written: &mut Schemas) -> Vec<ControlOperation> {
    #[expect(clippy::unnecessary_wraps, reason = "the table below has operations without a body, too")]
    fn json<T: JsonSchema>(schemas: &mut Schemas) -> Option<Value> {
        Some(json_body::<T>(schemas))
    }
    let har = json!({ "application/json": { "schema": { "type": "object", "additionalProperties": true } } });
    let report = json!({
        "text/html": { "schema": { "type": "string" } },
        "text/markdown": { "schema": { "type": "string" } },
    });
    let lines = json!({ "application/x-ndjson": { "schema": { "type": "string" } } });
    let yaml = json!({ "application/yaml": { "schema": { "type": "string" } } });
    let operation = |method, path, id, summary, body, success, refusals| ControlOperation {
        query: &[],
        method,
        path,
        id,
        summary,
        body,
        success,
        refusals,
    };
    let ok = |schema| (StatusCode::OK, schema);
    let gone = (StatusCode::NO_CONTENT, None);
    vec![
        operation(
            "post",
            "/rules",
            "addRule",
            "Add a rule",
            json::<RuleDocument>(read),
            (StatusCode::CREATED, json::<RuleView>(written)),
            &[FULL, TOO_LARGE, WRONG_TYPE],
        ),
        operation("get", "/rules", "listRules", "The rules, oldest first", None, ok(json::<RuleList>(written)), &[]),
        operation("delete", "/rules", "deleteRules", "Delete all rules", None, ok(json::<Deleted>(written)), &[]),
        operation(
            "get",
            "/rules/{id}",
            "showRule",
            "A rule, with how often it was met",
            None,
            ok(json::<RuleView>(written)),
            &[NOT_FOUND],
        ),
        operation("delete", "/rules/{id}", "deleteRule", "Delete a rule", None, gone.clone(), &[NOT_FOUND]),
        operation("get", "/clock", "showClock", "What the time is", None, ok(json::<ClockView>(written)), &[]),
        operation(
            "post",
            "/clock",
            "changeClock",
            "Move, advance or freeze the clock",
            json::<ClockChange>(read),
            ok(json::<ClockView>(written)),
            &[TOO_LARGE, WRONG_TYPE],
        ),
        operation(
            "delete",
            "/clock",
            "followClock",
            "Follow the server's clock again",
            None,
            ok(json::<ClockView>(written)),
            &[],
        ),
        operation(
            "get",
            "/coverage",
            "showCoverage",
            "What there is to try, and what was tried of it",
            None,
            ok(json::<CoverageView>(written)),
            &[],
        ),
        operation(
            "post",
            "/coverage",
            "planCoverage",
            "The same, by a plan: what counts, what it weighs, and what must be covered",
            json::<PlanDocument>(read),
            ok(json::<CoverageView>(written)),
            &[TOO_LARGE, WRONG_TYPE],
        ),
        operation(
            "post",
            "/verify",
            "verify",
            "Whether sessions did what was expected, with the calls that nearly fit",
            json::<VerifyDocument>(read),
            ok(json::<Verdict>(written)),
            &[TOO_LARGE, WRONG_TYPE],
        ),
        operation("delete", "/coverage", "clearCoverage", "Forget what was tried", None, gone.clone(), &[]),
        operation(
            "get",
            "/requests",
            "listRequests",
            "The journal, newest first",
            None,
            ok(json::<RequestList>(written)),
            &[],
        ),
        operation(
            "get",
            "/requests/{number}",
            "showRequest",
            "A request with its headers and bodies",
            None,
            ok(json::<WholeRequest>(written)),
            &[NOT_FOUND],
        ),
        operation(
            "get",
            "/report",
            "makeReport",
            "The report of a test run; as JSON with format=json",
            None,
            ok(Some(report)),
            &[BUSY],
        ),
        operation("get", "/har", "exportHar", "The journal as HAR 1.2", None, ok(Some(har)), &[BUSY]),
        operation(
            "get",
            "/journal",
            "exportJournal",
            "The journal as JSON Lines, the oldest request first, with headers and bodies",
            None,
            ok(Some(lines)),
            &[BUSY],
        ),
        operation("delete", "/requests", "clearRequests", "Forget the journal", None, gone.clone(), &[]),
        operation(
            "get",
            "/scenarios",
            "showScenarios",
            "Where the scenarios come from, and how the last reload went",
            None,
            ok(json::<ScenariosView>(written)),
            &[BUSY],
        ),
        operation(
            "post",
            "/scenarios/check",
            "checkScenarios",
            "Whether a session would take scenarios, and what is wrong with them",
            Some(yaml.clone()),
            ok(json::<Checked>(written)),
            &[TOO_LARGE, WRONG_TYPE, BUSY],
        ),
        operation(
            "put",
            "/scenarios",
            "putScenarios",
            "Give the session scenarios of its own, in place of those it had",
            Some(yaml),
            ok(json::<Taken>(written)),
            &[TOO_LARGE, WRONG_TYPE, INVALID, BUSY, FULL],
        ),
        operation(
            "delete",
            "/scenarios",
            "deleteScenarios",
            "Drop the session's own scenarios",
            None,
            gone.clone(),
            &[INVALID, BUSY],
        ),
        operation("get", "/sessions", "listSessions", "All sessions", None, ok(json::<SessionList>(written)), &[]),
        operation(
            "get",
            "/sessions/{name}",
            "showSession",
            "A session",
            None,
            ok(json::<SessionView>(written)),
            &[NOT_FOUND],
        ),
        operation(
            "put",
            "/sessions/{name}",
            "putSession",
            "Begin a session, and bind clients to it",
            json::<SessionDocument>(read),
            ok(json::<SessionView>(written)),
            &[TOO_LARGE, WRONG_TYPE, FULL],
        ),
        operation(
            "delete",
            "/sessions/{name}",
            "deleteSession",
            "Delete a session",
            None,
            gone,
            &[NOT_FOUND, StatusCode::CONFLICT],
        ),
        operation(
            "post",
            "/sessions/{name}/reset",
            "resetSession",
            "Begin a session anew",
            None,
            ok(json::<SessionView>(written)),
            &[FULL],
        ),
        operation(
            "get",
            "/parties",
            "listParties",
            "The parties, as they stand on the session's day",
            None,
            ok(json::<Vec<PartyLine>>(written)),
            &[],
        ),
    ]
}

/// The query parameters of the operations that have some.
struct Queries {
    requests: Vec<Value>,
    coverage: Vec<Value>,
    parties: Vec<Value>,
    report: Vec<Value>,
    live: Vec<Value>,
    answers: Vec<Value>,
    timeline: Vec<Value>,
    choices: Vec<Value>,
}

impl Queries {
    fn of(&self, operation: &ControlOperation) -> &[Value] {
        match operation.id {
            "listRequests" => &self.requests,
            "showCoverage" | "planCoverage" | "verify" | "exportHar" | "exportJournal" => &self.coverage,
            "listParties" => &self.parties,
            "makeReport" => &self.report,
            "watchJournal" => &self.live,
            "showAnswers" => &self.answers,
            "showTimeline" => &self.timeline,
            "listChoices" => &self.choices,
            _ => &[],
        }
    }
}

/// The OpenAPI operation object.
fn operation_json(operation: &ControlOperation, problem: &Value, query: &[Value]) -> Value {
    let refusal = |status: StatusCode| {
        let content = json!({ "application/problem+json": { "schema": problem } });
        let description = status.canonical_reason().unwrap_or_default();
        (status.as_str().to_owned(), json!({ "description": description, "content": content }))
    };
    let common_refusals =
        [BAD_REQUEST, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, NOT_FOUND, FULL, StatusCode::CONFLICT, BUSY];
    let mut responses: Map<String, Value> =
        common_refusals.into_iter().chain(operation.refusals.iter().copied()).map(refusal).collect();
    let (status, content) = &operation.success;
    let mut success = json!({ "description": format!("{}.", operation.summary) });
    if let Some(content) = content {
        success["content"] = content.clone();
    }
    responses.insert(status.as_str().to_owned(), success);
    responses.sort_keys();
    let mut parameters = vec![json!({ "$ref": "#/components/parameters/Session" })];
    for name in ["id", "name", "number"].into_iter().filter(|name| operation.path.contains(&format!("{{{name}}}"))) {
        let mut schema = json!({ "type": "string" });
        let (description, example) = match name {
            "name" => ("The name of the session.", "build-17"),
            "number" if operation.path.starts_with("/parties/") => ("The number of the party.", "311851381"),
            "number" => ("The number of the request in the journal of its session.", "1"),
            _ if operation.path.starts_with("/rules/") => {
                ("The id of the rule, as the answer to its making says.", "r1")
            }
            _ => ("The id of the request.", "6b1bb8a6-2a5d-4f64-8b3c-0a3f5c1c7a10"),
        };
        if name == "name" {
            schema["pattern"] = json!(format!("^{}$", SessionName::FORM));
        }
        parameters.push(json!({
            "name": name, "in": "path", "required": true, "description": description, "schema": schema, "example": example,
        }));
    }
    parameters.extend(query.iter().cloned());
    parameters.extend(operation.query.iter().map(|(name, kind, description, example)| {
        let number = example.parse::<u64>().ok().filter(|_| *kind == "integer").map(Value::from);
        let example = number.clone().unwrap_or_else(|| (*example).into());
        let schema = if number.is_some() {
            json!({ "type": kind, "format": "int64", "minimum": 0 })
        } else {
            json!({ "type": kind })
        };
        json!({
            "name": name, "in": "query", "required": false, "description": description, "schema": schema, "example": example,
        })
    }));
    let mut object = json!({
        "operationId": operation.id, "summary": operation.summary, "description": format!("{}.", operation.summary),
        "tags": [TAG], "parameters": parameters, "responses": responses,
    });
    if let Some(body) = &operation.body {
        object["requestBody"] = json!({ "required": true, "content": body });
    }
    object
}

/// The fields of a type as query parameters.
fn parameters_of<T: JsonSchema>() -> Vec<Value> {
    let schema = Schemas::of_requests().whole::<T>();
    let needed = |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|it| it == name));
    let parameter = |(name, field): (&String, &Value)| {
        let mut field = field.clone();
        let description = field.as_object_mut().and_then(|field| field.shift_remove("description"));
        json!({ "name": name, "in": "query", "required": needed(name), "description": description, "schema": field })
    };
    schema["properties"].as_object().map(|fields| fields.iter().map(parameter).collect()).unwrap_or_default()
}
