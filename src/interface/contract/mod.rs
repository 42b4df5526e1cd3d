//! What the contracts of all services are made of: schemas from the types that answer, error
//! responses from the error tables, so that neither can drift.

pub(crate) mod by_hand;
mod parameters;
mod responses;
mod schemas;
mod version;

use serde_json::{Map, Value, json};

use super::module::{Operation, ServiceModule};
use crate::catalogue::{Edition, Endpoint, Service, TokenDemand};
pub(crate) use parameters::parameter;
use parameters::parameter_names;
use responses::{Responses, XmlRoots, error_examples, headers};
pub(crate) use schemas::Schemas;
pub(crate) use version::Version;

/// The address of a sandbox that nothing else is said to. A document that a sandbox serves has the address that it was
/// asked at.
const ADDRESS: &str = "http://localhost:8080";

/// The head of a document: all that is no path and no component.
pub(crate) fn head(title: &str, version: &str, description: &str, tags: &[(&str, &str)]) -> Value {
    let tags: Vec<Value> =
        tags.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "description": description,
            "contact": { "name": "innkreving-sandbox" },
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": servers(ADDRESS),
        "security": [],
        "tags": tags,
    })
}

/// Where a document says that its paths are.
pub(crate) fn servers(address: &str) -> Value {
    json!([{ "url": address, "description": "The sandbox." }])
}

/// The same for the document of an edition that the sandbox gives only where it is asked for: the address asks for it, so
/// that a client need not know how.
pub(crate) fn servers_of_edition(address: &str, edition: Edition) -> Value {
    json!([{ "url": format!("{address}/~edition={edition}"), "description": "The sandbox, asked for this edition." }])
}

/// The OpenAPI 3.1 document of a service, for an edition of its answers.
pub(crate) fn document(module: &ServiceModule, edition: Edition) -> Value {
    if let Some(contract) = module.hooks.contract {
        return contract();
    }
    let service = module.service;
    let (mut schemas, mut xml_roots) = (Schemas::new(), XmlRoots::default());
    // Answers first: their schemas stand first in the document.
    let answer = |operation: &Operation| operation.answer_schema.map(|schema| schema(&mut schemas, edition));
    let answers: Vec<_> = module.operations.iter().map(answer).collect();
    let mut requests = Schemas::of_requests();
    let (mut paths, mut parameters) = (Map::new(), Map::new());
    let tag = tag(service);
    for ((endpoint, operation), answer) in service.endpoints.iter().zip(module.operations).zip(answers) {
        let mut with = Responses { service, schemas: &mut schemas, xml_roots: &mut xml_roots };
        let success = with.success(endpoint, operation, edition, answer.as_ref());
        let mut responses = Map::from_iter([(endpoint.success.status.to_string(), success)]);
        responses.extend(with.errors(endpoint));
        let request = operation.request_schema.map(|schema| schema(&mut requests));
        let also = endpoint.also_at.iter().map(|path| ((*path).to_owned(), format!("{}EtAnnetSted", operation.id)));
        let at = (format!("{}/{}", service.base, endpoint.path), operation.id.to_owned());
        for (path, id) in [at].into_iter().chain(also) {
            let names = parameter_names(endpoint);
            for name in &names {
                parameters.insert(name.clone(), parameter(name, service, endpoint));
            }
            let mut described = json!({
                "operationId": id, "summary": operation.summary, "description": operation.description(), "tags": [tag],
                "parameters": names.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })).collect::<Vec<_>>(),
                "responses": responses,
            });
            if let Some(body) = request_body(endpoint, request.as_ref()) {
                described["requestBody"] = body;
            }
            let entry = paths.entry(path).or_insert_with(|| json!({}));
            entry[endpoint.method.as_str().to_ascii_lowercase()] = described;
        }
    }
    let mut definitions = schemas.finish();
    definitions.extend(requests.finish());
    xml_roots.write(&mut definitions);
    let about =
        if service.has_editions { format!("Edition {edition}. {}", module.about) } else { module.about.to_owned() };
    let mut document = head(service.title, service.version, &about, &[(&tag, module.about)]);
    if service.has_editions && edition != Edition::default() {
        document["servers"] = servers_of_edition(ADDRESS, edition);
    }
    let demand = service.token_demand();
    if let Some(demand) = demand {
        document["security"] = security(demand);
    }
    document["paths"] = paths.into();
    document["components"] = json!({
        "schemas": definitions, "headers": headers(), "parameters": parameters, "examples": error_examples(service),
    });
    if let Some(demand) = demand {
        document["components"]["securitySchemes"] = security_schemes(demand);
    }
    document
}

/// The tag of a service's operations, from which generators make the name of a class: its title in ASCII, without what
/// stands in brackets.
fn tag(service: &Service) -> String {
    let title = service.title.split(" (").next().unwrap_or_default();
    let letter = |letter: char| match letter {
        'å' => "aa".to_owned(),
        'ø' => "oe".to_owned(),
        'æ' => "ae".to_owned(),
        other => other.to_string(),
    };
    title.chars().map(letter).filter(|text| text.is_ascii()).collect()
}

/// The body that an endpoint reads.
fn request_body(endpoint: &Endpoint, schema: Option<&Value>) -> Option<Value> {
    let content_type = endpoint.body.content_type()?;
    let schema = schema.cloned().unwrap_or_else(|| json!({ "type": "object" }));
    Some(json!({ "required": true, "content": { content_type: { "schema": schema } } }))
}

/// Nothing, a token, or a token and an Altinn 2 consent.
fn security(demand: &TokenDemand) -> Value {
    let issuer = demand.issuer.name;
    let mut ways = vec![json!({}), json!({ issuer: [] })];
    if demand.consent.is_some() {
        ways.push(json!({ issuer: [], "altinnSamtykke": [] }));
    }
    ways.into()
}

fn security_schemes(demand: &TokenDemand) -> Value {
    let issuer = demand.issuer;
    let mut schemes = json!({ (issuer.name): {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": format!("{} token with the scope {}.", issuer.title, demand.scopes.join(" or ")),
    } });
    if demand.consent.is_some() {
        schemes["altinnSamtykke"] = json!({
            "type": "apiKey", "in": "header", "name": "AltinnSamtykke",
            "description": "Consent token of the old Altinn; not needed where the bearer token carries consent or rights.",
        });
    }
    schemes
}
