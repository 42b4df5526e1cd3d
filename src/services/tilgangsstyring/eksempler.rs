//! The examples of the contract: one consent, one system and one systembruker, from the request to the answer.

use serde_json::{Value, json};

/// The internal id of the system.
pub(super) const INTERNAL_ID: &str = "3f6a2f0e-7c39-5e0b-9d0b-5a2f0c9b1e74";
/// A JWT without a signature that anything checks.
pub(super) const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJlbi1rbGllbnQifQ.c2lnbmF0dXI";

const CONSENT: &str = "6b1bb8a6-2a5d-4f64-8b3c-0a3f5c1c7a10";
const REQUEST: &str = "2f1d7c0e-6a3b-5d5c-9a51-7d0a4c8e2b61";
const ASKED: &str = "2026-11-21T09:00:00+00:00";

/// An object with more fields.
fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(fields), Value::Object(more)) = (&mut object, more) {
        fields.extend(more);
    }
    object
}

pub(super) fn new_consent() -> Value {
    json!({
        "id": CONSENT,
        "from": "urn:altinn:organization:identifier-no:310478717",
        "to": "urn:altinn:organization:identifier-no:314055403",
        "validTo": "2027-03-01T10:00:00+00:00",
        "consentRights": [{
            "action": ["consent"],
            "resource": [{ "type": "urn:altinn:resource", "value": "ske-samtykke-krav-og-betalinger" }],
            "metadata": { "inntektsaar": "2026" },
        }],
        "requestMessage": { "en": "Please approve this request" },
        "redirectUrl": "https://bank.example/done",
    })
}

pub(super) fn consent() -> Value {
    with(
        new_consent(),
        json!({
            "requiredDelegator": null,
            "handledBy": null,
            "status": "Created",
            "consented": null,
            "consentRequestEvents": [{
                "consentEventID": "0d9b7b0e-0c3f-5f0e-8a0e-6f0c8f1a2b3c",
                "created": ASKED,
                "performedBy": "urn:altinn:organization:identifier-no:314055403",
                "eventType": "Created",
                "consentRequestID": CONSENT,
            }],
            "viewUri": format!("http://localhost:8080/altinn/ui/consent/request?id={CONSENT}"),
            "portalViewMode": "Hide",
        }),
    )
}

pub(super) fn new_system() -> Value {
    json!({
        "id": "314055403_books",
        "vendor": { "authority": "iso6523-actorid-upis", "ID": "0192:314055403" },
        "name": { "nb": "Books" },
        "description": { "nb": "Books" },
        "rights": rights(),
        "accessPackages": [],
        "clientId": ["314055403"],
        "isVisible": true,
        "allowedRedirectUrls": ["https://books.example/back"],
    })
}

pub(super) fn system() -> Value {
    with(json!({ "internalId": INTERNAL_ID }), new_system())
}

fn rights() -> Value {
    json!([{ "resource": [{ "id": "urn:altinn:resource", "value": "ske-krav-og-betalinger" }] }])
}

pub(super) fn new_system_user() -> Value {
    json!({
        "externalRef": "tenant-7",
        "systemId": "314055403_books",
        "partyOrgNo": "310478717",
        "rights": rights(),
        "redirectUrl": "https://books.example/back",
    })
}

pub(super) fn system_user_request() -> Value {
    with(
        json!({ "id": REQUEST, "integrationTitle": null }),
        with(
            new_system_user(),
            json!({
                "accessPackages": [],
                "status": "New",
                "confirmUrl": format!("http://localhost:8080/altinn/ui/systemuser/request?id={REQUEST}"),
                "escalated": false,
                "created": ASKED,
                "timedOut": false,
            }),
        ),
    )
}

pub(super) fn system_user() -> Value {
    json!({
        "id": REQUEST,
        "integrationTitle": "314055403_books",
        "systemId": "314055403_books",
        "productName": "314055403_books",
        "systemInternalId": INTERNAL_ID,
        "partyId": "",
        "reporteeOrgNo": "310478717",
        "created": ASKED,
        "isDeleted": false,
        "supplierName": "314055403",
        "supplierOrgno": "314055403",
        "externalRef": "tenant-7",
    })
}
