//! The contract of the endpoints of Altinn that the sandbox has.

use serde_json::{Map, Value, json};

use super::{MODULE, SERVICE, TOKENS_OF};
use crate::catalogue::{BodyPolicy, Endpoint, Method};

/// The OpenAPI 3.1 document.
pub(super) fn document() -> Value {
    let mut paths = Map::new();
    for (endpoint, operation) in SERVICE.endpoints.iter().zip(MODULE.operations) {
        let path = format!("{}/{}", SERVICE.base, endpoint.path);
        let entry = paths.entry(path).or_insert_with(|| json!({}));
        let method = endpoint.method.as_str().to_ascii_lowercase();
        entry[method] = described(endpoint, operation.id, operation.summary);
    }
    let codes: Vec<String> = SERVICE.codes.iter().map(|code| format!("{}: {}", code.code, code.area)).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": SERVICE.title,
            "version": "1",
            "description": format!(
                "What a client asks Altinn for before it asks for a token, as innkreving-sandbox serves it. Codes: {}",
                codes.join("; ")
            ),
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "security": [{}, { TOKENS_OF.name: [] }],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": { TOKENS_OF.name: { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
        },
    })
}

fn described(endpoint: &Endpoint, id: &str, summary: &str) -> Value {
    let content = |schema: &Value| json!({ "application/json": { "schema": schema } });
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let list = |name: &str| {
        json!({
            "type": "object", "required": ["links", "data"],
            "properties": { "links": { "type": "object" }, "data": { "type": "array", "items": reference(name) } },
        })
    };
    let (asked, answered) = match endpoint.name {
        "consentrequests" => (Some("NewConsent"), reference("ConsentRequest")),
        "consentrequest" => (None, reference("ConsentRequest")),
        "systemregister" => (Some("RegisteredSystem"), json!({ "type": "string", "format": "uuid" })),
        "system" => (None, reference("RegisteredSystem")),
        "change-system" => (
            Some("RegisteredSystem"),
            json!({ "type": "object", "required": ["success"], "properties": { "success": { "type": "boolean" } } }),
        ),
        "systemuser-request" => (Some("NewSystemUser"), reference("SystemUserRequest")),
        "systemuser-requests" => (None, list("SystemUserRequest")),
        "systemusers" => (None, list("SystemUser")),
        "exchange" => (None, json!({ "type": "string" })),
        _ => (None, reference("SystemUserRequest")),
    };
    let problem = json!({
        "description": "A refusal; `code` is Altinn's.", "content": content(&reference("Problem")),
    });
    let answer = json!({ "description": "As Altinn answers.", "content": content(&answered) });
    let mut responses = Map::new();
    responses.insert(endpoint.success.status.to_string(), answer.clone());
    if endpoint.method == Method::Post {
        // The same request again is 200.
        responses.insert("200".to_owned(), answer);
    }
    for status in ["400", "401", "403", "404", "409", "413"] {
        responses.insert(status.to_owned(), problem.clone());
    }
    let places = endpoint.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<Value> = places
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    let mut operation =
        json!({ "operationId": id, "summary": summary, "parameters": parameters, "responses": responses });
    if let (Some(name), BodyPolicy::Json { .. }) = (asked, endpoint.body) {
        operation["requestBody"] = json!({ "required": true, "content": content(&reference(name)) });
    }
    operation
}

fn schemas() -> Value {
    let texts = |names: &[&str]| -> Map<String, Value> {
        names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect()
    };
    let with = |names: &[&str], more: Value| -> Value {
        let mut all = texts(names);
        all.extend(more.as_object().cloned().unwrap_or_default());
        all.into()
    };
    let objects = json!({ "type": "array", "items": { "type": "object" } });
    let anything = json!({});
    let consent = ["id", "from", "to", "validTo", "redirectUrl"];
    json!({
        "Problem": {
            "type": "object", "required": ["type", "title", "status", "detail", "code"],
            "properties": with(&["type", "title", "detail", "code"], json!({ "status": { "type": "integer" } })),
        },
        "NewConsent": {
            "type": "object", "required": ["id", "from", "to", "validTo", "consentRights", "redirectUrl"],
            "properties": with(&consent, json!({
                "consentRights": objects, "requestMessage": anything, "portalViewMode": { "enum": ["hide", "show"] },
            })),
        },
        "ConsentRequest": {
            "type": "object",
            "required": ["id", "from", "to", "validTo", "consentRights", "status", "redirectUrl", "consentRequestEvents", "viewUri"],
            "properties": with(&["id", "from", "to", "validTo", "redirectUrl", "viewUri", "portalViewMode"], json!({
                "requiredDelegator": anything, "handledBy": anything, "requestMessage": anything, "consented": anything,
                "status": { "enum": ["Created", "Accepted", "Rejected", "Revoked", "Expired"] },
                "consentRights": objects, "consentRequestEvents": objects,
            })),
        },
        "RegisteredSystem": {
            "type": "object", "required": ["id", "vendor", "name", "description"],
            "properties": with(&["id", "internalId"], json!({
                "vendor": { "type": "object" }, "name": { "type": "object" }, "description": { "type": "object" },
                "rights": objects, "accessPackages": objects, "clientId": { "type": "array" },
                "isVisible": { "type": "boolean" }, "allowedRedirectUrls": { "type": "array" },
            })),
        },
        "NewSystemUser": {
            "type": "object", "required": ["systemId", "partyOrgNo"],
            "properties": with(&["systemId", "partyOrgNo", "externalRef", "redirectUrl"], json!({
                "integrationTitle": anything, "rights": objects, "accessPackages": objects,
            })),
        },
        "SystemUserRequest": {
            "type": "object", "required": ["id", "systemId", "partyOrgNo", "rights", "accessPackages", "status"],
            "properties": with(&["id", "systemId", "partyOrgNo", "externalRef", "confirmUrl", "created"], json!({
                "integrationTitle": anything, "redirectUrl": anything, "rights": objects, "accessPackages": objects,
                "status": { "enum": ["New", "Accepted", "Rejected"] },
                "escalated": { "type": "boolean" }, "timedOut": { "type": "boolean" },
            })),
        },
        "SystemUser": {
            "type": "object", "required": ["id", "systemId", "reporteeOrgNo"],
            "properties": with(&["id", "integrationTitle", "systemId", "productName", "partyId", "reporteeOrgNo", "created", "supplierName", "supplierOrgno", "externalRef"], json!({
                "systemInternalId": anything, "isDeleted": { "type": "boolean" },
            })),
        },
    })
}
