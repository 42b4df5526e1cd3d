//! The contract of the issuer.

use serde_json::{Value, json};

use super::{GRANT_TYPE, SERVICE};
use crate::catalogue::Code;
use crate::interface::contract::by_hand::{answer, constant, list, object, text, texts};
use crate::interface::contract::head;

/// The tag of all operations.
const TAG: &str = "Maskinporten";

/// The OpenAPI 3.1 document.
pub(super) fn document() -> Value {
    let codes: Vec<String> =
        SERVICE.codes.iter().map(|code| format!("{}: {} ({})", code.code, code.area, code.melding)).collect();
    let about = format!("The issuer of tokens, as innkreving-sandbox serves it. Codes: {}", codes.join("; "));
    let mut document = head(SERVICE.title, "1", &about, &[(TAG, "Tokens, and what a service needs to check them.")]);
    document["paths"] = json!({
        "/maskinporten/token": { "post": {
            "operationId": "token", "summary": "An access token for a JWT grant", "tags": [TAG],
            "description": "An assertion that a registered client has signed, for a token that the services take.",
            "requestBody": { "required": true, "content": { "application/x-www-form-urlencoded": {
                "schema": { "$ref": "#/components/schemas/TokenRequest" },
                "example": { "grant_type": GRANT_TYPE, "assertion": JWT },
            } } },
            "responses": {
                "200": answer("The token.", "TokenResponse", &json!({
                    "access_token": JWT, "token_type": "Bearer", "expires_in": 119, "scope": "skatteetaten:kravogbetalinger",
                })),
                "400": refusal("The request, the client or the assertion is wrong; the description begins with its code.", 400),
                "403": refusal("The client may not have the scope; the description begins with its code.", 403),
                "413": refusal("The request is too long.", 413),
            },
        } },
        "/maskinporten/jwk": { "get": {
            "operationId": "jwk", "summary": "The keys that tokens are signed with", "tags": [TAG],
            "description": "The public keys (RFC 7517), to check the signature of a token with.",
            "responses": {
                "200": answer("A JWK set.", "JwkSet", &json!({
                    "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "key-1", "n": "0vx7agoebGcQ", "e": "AQAB" }],
                })),
                "405": refusal("Another method is needed.", 405),
            },
        } },
        "/maskinporten/.well-known/oauth-authorization-server": { "get": {
            "operationId": "metadata", "summary": "The discovery document (RFC 8414)", "tags": [TAG],
            "description": "Where the issuer's URLs are, and what it supports.",
            "responses": {
                "200": answer("What there is.", "Metadata", &json!({
                    "issuer": "http://localhost:8080/maskinporten/",
                    "token_endpoint": "http://localhost:8080/maskinporten/token",
                    "jwks_uri": "http://localhost:8080/maskinporten/jwk",
                    "grant_types_supported": [GRANT_TYPE],
                })),
                "405": refusal("Another method is needed.", 405),
            },
        } },
    });
    document["components"] = json!({ "schemas": schemas() });
    document
}

/// A JWT without a signature that anything checks.
const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJlbi1rbGllbnQifQ.c2lnbmF0dXI";

/// The refusal with a status, with the first code of that status as its example.
fn refusal(description: &str, status: u16) -> Value {
    let known = SERVICE.codes.iter().find(|code| code.status == status);
    let example = known.map_or_else(
        || json!({ "error": "invalid_request", "error_description": description }),
        |code: &Code| super::codes::oauth_body(code, code.melding),
    );
    answer(description, "Error", &example)
}

fn schemas() -> Value {
    json!({
        "TokenRequest": object("A request for a token.", &["grant_type", "assertion"], &[
            ("grant_type", constant(GRANT_TYPE, "The only grant type.")),
            ("assertion", text("The JWT that the client has signed.")),
        ]),
        "TokenResponse": object("A token.", &["access_token", "token_type", "expires_in", "scope"], &[
            ("access_token", text("The token, a JWT.")),
            ("token_type", constant("Bearer", "How to send it.")),
            ("expires_in", json!({ "type": "integer", "format": "int32", "description": "For how many seconds it is good." })),
            ("scope", text("Its scopes, with spaces between them.")),
        ]),
        "JwkSet": object("Public keys.", &["keys"], &[
            ("keys", list("Jwk", "The keys.")),
        ]),
        "Jwk": object("A public key (RFC 7517).", &["kty", "kid", "n", "e"], &[
            ("kty", text("The kind of the key: `RSA`.")),
            ("use", text("What it is for: `sig`.")),
            ("alg", text("The algorithm: `RS256`.")),
            ("kid", text("Its id, as the head of a token names it.")),
            ("n", text("The modulus.")),
            ("e", text("The exponent.")),
        ]),
        "Metadata": object("What the issuer is (RFC 8414).", &["issuer", "token_endpoint", "jwks_uri", "grant_types_supported"], &[
            ("issuer", text("The `iss` of its tokens.")),
            ("token_endpoint", text("Where to ask for a token.")),
            ("jwks_uri", text("Where the keys are.")),
            ("grant_types_supported", texts("The grant types.")),
            ("token_endpoint_auth_methods_supported", texts("How clients say who they are.")),
            ("token_endpoint_auth_signing_alg_values_supported", texts("The algorithms of assertions.")),
            ("authorization_details_types_supported", texts("What a token can carry beside scopes.")),
        ]),
        "Error": object("A refusal (RFC 6749).", &["error", "error_description"], &[
            ("error", text("The kind of the error.")),
            ("error_description", text("Its code, and what is wrong.")),
        ]),
    })
}
