//! The responses of an operation: success from the type that answers, errors from the error tables, with examples.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Schemas;
use crate::catalogue::{BodyPolicy, COMMON_CODES, Check, Code, Edition, Endpoint, Service};
use crate::interface::module::Operation;
use crate::interface::refusal::{FEIL_NAMESPACE, FEIL_ROOT, Feil, FunnRespons};

/// The id in examples of errors.
pub(super) const EXAMPLE_ID: &str = "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e10";

/// The root elements in XML of the schemas that are whole answers, by the name of the schema.
#[derive(Default)]
pub(super) struct XmlRoots(BTreeMap<String, Value>);

impl XmlRoots {
    /// Writes the roots into the schemas.
    pub(super) fn write(self, schemas: &mut Map<String, Value>) {
        for (name, xml) in self.0 {
            if let Some(schema) = schemas.get_mut(&name) {
                schema["xml"] = xml;
            }
        }
    }

    /// A schema as an answer in XML. The root stands in the schema that it refers to; if that schema has another root
    /// already, or if there is no reference, it stands here.
    fn root(&mut self, schema: &Value, root: &str, namespace: &str) -> Value {
        let xml = json!({ "name": root, "namespace": namespace });
        let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) else {
            let mut schema = schema.clone();
            schema["xml"] = xml;
            return schema;
        };
        let known = self.0.entry(name.to_owned()).or_insert_with(|| xml.clone());
        if *known == xml { schema.clone() } else { json!({ "allOf": [schema], "xml": xml }) }
    }
}

/// What the responses of a document are made with.
pub(super) struct Responses<'d> {
    pub(super) service: &'static Service,
    pub(super) schemas: &'d mut Schemas,
    pub(super) xml_roots: &'d mut XmlRoots,
}

impl Responses<'_> {
    /// What a success looks like.
    pub(super) fn success(
        &mut self,
        endpoint: &Endpoint,
        operation: &Operation,
        edition: Edition,
        answer: Option<&Value>,
    ) -> Value {
        let mut success = json!({
            "description": format!("{}.", operation.summary),
            "headers": { "Korrelasjonsid": { "$ref": "#/components/headers/Korrelasjonsid" } },
        });
        for header in endpoint.success.headers {
            success["headers"][header] = json!({
                "description": "Where to find what was made.", "required": true, "schema": { "type": "string" },
            });
        }
        if let Some(schema) = answer {
            let namespace = self.service.xml_namespace().unwrap_or_default();
            success["content"] = self.content(schema, endpoint.xml_root, namespace);
            let mut examples = Map::new();
            for example in operation.examples.of(edition) {
                examples.insert(example.name.to_owned(), json!({ "summary": example.summary, "value": example.value }));
            }
            if !examples.is_empty() {
                success["content"]["application/json"]["examples"] = examples.into();
            }
        }
        success
    }

    /// The error responses of an endpoint, by status: the service's own codes, the common ones, and what only it has.
    pub(super) fn errors(&mut self, endpoint: &Endpoint) -> Map<String, Value> {
        let service = self.service;
        let mut by_status: BTreeMap<u16, Vec<&'static Code>> = BTreeMap::new();
        for code in service.codes.iter().chain(COMMON_CODES) {
            by_status.entry(code.status).or_default().push(code);
        }
        // A body over its limit is 413, whatever the status of its code elsewhere.
        if endpoint.body != BodyPolicy::None {
            let code = service.refusal(Check::Body);
            if code.status != 413 {
                by_status.entry(413).or_default().push(code);
            }
        }
        let mut responses = Map::new();
        for (status, codes) in by_status {
            responses.insert(status.to_string(), self.error(status, &codes));
        }
        if let Some(status) = endpoint.findings {
            let response = json!({
                "description": "Everything that is wrong with what was sent.",
                "headers": { "Korrelasjonsid": { "$ref": "#/components/headers/Korrelasjonsid" } },
                "content": { "application/json": { "schema": self.schemas.of::<FunnRespons>() } },
            });
            responses.insert(status.to_string(), response);
        }
        responses
    }

    /// The response of a status. Its codes are in the description, as an extension for programs, and as examples.
    fn error(&mut self, status: u16, codes: &[&'static Code]) -> Value {
        let has_xml = self.service.has_xml();
        let described = |code: &&Code| {
            let area = if has_xml { code.area.to_owned() } else { code.area.replace("json eller xml", "json") };
            format!("{}: {area}", code.code)
        };
        let feil = self.schemas.of::<Feil<'static>>();
        let mut response = json!({
            "description": codes.iter().map(described).collect::<Vec<_>>().join(" "),
            "headers": { "Korrelasjonsid": { "$ref": "#/components/headers/Korrelasjonsid" } },
            "content": self.content(&feil, FEIL_ROOT, FEIL_NAMESPACE),
            "x-kode": codes.iter().map(|code| code.code).collect::<Vec<_>>(),
        });
        let example =
            |code: &&Code| (code.code.to_owned(), json!({ "$ref": format!("#/components/examples/{}", code.code) }));
        response["content"]["application/json"]["examples"] =
            codes.iter().map(example).collect::<Map<String, Value>>().into();
        if status == 401 {
            response["headers"]["WWW-Authenticate"] = json!({
                "description": "What is wrong with the token (RFC 6750).", "required": true, "schema": { "type": "string" },
            });
        }
        response
    }

    /// A body in the formats of the service. The names and nesting of XML are those of JSON, below a root with a
    /// namespace.
    fn content(&mut self, schema: &Value, root: &str, namespace: &str) -> Value {
        if !self.service.has_xml() {
            return json!({ "application/json": { "schema": schema } });
        }
        let in_xml = self.xml_roots.root(schema, root, namespace);
        json!({ "application/json": { "schema": schema }, "application/xml": { "schema": in_xml } })
    }
}

/// An example of each error, by its code.
pub(super) fn error_examples(service: &Service) -> Map<String, Value> {
    let example = |code: &Code| {
        let feil = Feil { kode: code.code, melding: code.melding, korrelasjonsid: EXAMPLE_ID };
        (code.code.to_owned(), json!({ "summary": code.area, "value": feil }))
    };
    service.codes.iter().chain(COMMON_CODES).map(example).collect()
}

/// The header that every answer carries.
pub(super) fn headers() -> Value {
    json!({ "Korrelasjonsid": {
        "description": "The caller's Korrelasjonsid, or a new UUID.", "required": true, "schema": { "type": "string" },
        "example": EXAMPLE_ID,
    } })
}
