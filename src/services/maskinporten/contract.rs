//! The contract of the issuer.

use serde_json::{Value, json};

use super::{GRANT_TYPE, SERVICE};

/// The OpenAPI 3.1 document.
pub(super) fn document() -> Value {
    let json_of = |schema: Value| json!({ "application/json": { "schema": schema } });
    let texts = |names: &[&str]| -> serde_json::Map<String, Value> {
        names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect()
    };
    let lists = json!({ "type": "array", "items": { "type": "string" } });
    let error = json!({ "description": "A refusal; the description begins with its code.", "content": json_of(json!({ "$ref": "#/components/schemas/Error" })) });
    let codes: Vec<String> =
        SERVICE.codes.iter().map(|code| format!("{}: {} ({})", code.code, code.area, code.melding)).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": SERVICE.title,
            "version": "1",
            "description": format!("The issuer of tokens, as innkreving-sandbox serves it. Codes: {}", codes.join("; ")),
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "paths": {
            "/maskinporten/token": { "post": {
                "operationId": "token", "summary": "An access token for a JWT grant",
                "requestBody": { "required": true, "content": { "application/x-www-form-urlencoded": { "schema": {
                    "type": "object", "required": ["grant_type", "assertion"],
                    "properties": { "grant_type": { "const": GRANT_TYPE }, "assertion": { "type": "string" } },
                } } } },
                "responses": {
                    "200": { "description": "The token.", "content": json_of(json!({
                        "type": "object", "required": ["access_token", "token_type", "expires_in", "scope"],
                        "properties": { "access_token": { "type": "string" }, "token_type": { "const": "Bearer" }, "expires_in": { "type": "integer" }, "scope": { "type": "string" } },
                    })) },
                    "400": error, "403": error, "413": error,
                },
            } },
            "/maskinporten/jwk": { "get": {
                "operationId": "jwk", "summary": "The keys that tokens are signed with",
                "responses": { "200": { "description": "A JWK set.", "content": json_of(json!({
                    "type": "object", "required": ["keys"],
                    "properties": { "keys": { "type": "array", "items": { "type": "object", "required": ["kty", "kid", "n", "e"], "properties": texts(&["kty", "use", "alg", "kid", "n", "e"]) } } },
                })) } },
            } },
            "/maskinporten/.well-known/oauth-authorization-server": { "get": {
                "operationId": "metadata", "summary": "The discovery document (RFC 8414)",
                "responses": { "200": { "description": "What there is.", "content": json_of(json!({
                    "type": "object", "required": ["issuer", "token_endpoint", "jwks_uri", "grant_types_supported"],
                    "properties": {
                        "issuer": { "type": "string" }, "token_endpoint": { "type": "string" }, "jwks_uri": { "type": "string" },
                        "grant_types_supported": lists, "token_endpoint_auth_methods_supported": lists,
                        "token_endpoint_auth_signing_alg_values_supported": lists, "authorization_details_types_supported": lists,
                    },
                })) } },
            } },
        },
        "components": { "schemas": { "Error": {
            "type": "object", "required": ["error", "error_description"], "properties": texts(&["error", "error_description"]),
        } } },
    })
}
