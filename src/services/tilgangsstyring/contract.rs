//! The contract of the endpoints of Altinn that the sandbox has.

use serde_json::{Map, Value, json};

use super::codes::{self, problem};
use super::{MODULE, SERVICE, TOKENS_OF, eksempler};
use crate::catalogue::{Code, Endpoint, Method};
use crate::interface::Operation;
use crate::interface::contract::by_hand::{answer, constant, content, list, object, one_of, reference, text, texts};
use crate::interface::contract::{head, parameter};

/// The tag of all operations.
const TAG: &str = "Altinn";

/// The OpenAPI 3.1 document.
pub(super) fn document() -> Value {
    let (mut paths, mut parameters) = (Map::new(), Map::new());
    for (endpoint, operation) in SERVICE.endpoints.iter().zip(MODULE.operations) {
        for place in endpoint.parameters {
            parameters.insert(place.name.to_owned(), parameter(place.name, &SERVICE, endpoint));
        }
        let path = format!("{}/{}", SERVICE.base, endpoint.path);
        let entry = paths.entry(path).or_insert_with(|| json!({}));
        entry[endpoint.method.as_str().to_ascii_lowercase()] = described(endpoint, operation);
    }
    let codes: Vec<String> = SERVICE.codes.iter().map(|code| format!("{}: {}", code.code, code.area)).collect();
    let about = format!(
        "What a client asks Altinn for before it asks for a token, as innkreving-sandbox serves it. Codes: {}",
        codes.join("; ")
    );
    let mut document = head(SERVICE.title, "1", &about, &[(TAG, "Consents, systems and systembrukere.")]);
    document["security"] = json!([{}, { TOKENS_OF.name: [] }]);
    document["paths"] = paths.into();
    document["components"] = json!({
        "schemas": schemas(),
        "parameters": parameters,
        "securitySchemes": { TOKENS_OF.name: {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": format!("{} token with Altinn's scope for the operation.", TOKENS_OF.title),
        } },
    });
    document
}

/// What an endpoint reads, if it reads something, and what it answers: the schema and an example of each.
fn bodies(endpoint: &Endpoint) -> (Option<(Value, Value)>, (Value, Value)) {
    let consent = || (reference("ConsentRequest"), eksempler::consent());
    let request = || (reference("SystemUserRequest"), eksempler::system_user_request());
    let page = |item: Value| json!({ "links": {}, "data": [item] });
    let system = || (reference("RegisteredSystem"), eksempler::system());
    match endpoint.name {
        "consentrequests" => (Some((reference("NewConsent"), eksempler::new_consent())), consent()),
        "consentrequest" => (None, consent()),
        "systemregister" => {
            let id = json!({ "type": "string", "format": "uuid", "description": "The internal id of the system." });
            (Some((reference("NewSystem"), eksempler::new_system())), (id, json!(eksempler::INTERNAL_ID)))
        }
        "system" => (None, system()),
        "change-system" => {
            let changed = (reference("Changed"), json!({ "success": true }));
            (Some((reference("NewSystem"), eksempler::new_system())), changed)
        }
        "systemuser-request" => (Some((reference("NewSystemUser"), eksempler::new_system_user())), request()),
        "systemuser-requests" => (None, (reference("SystemUserRequests"), page(eksempler::system_user_request()))),
        "systemusers" => (None, (reference("SystemUsers"), page(eksempler::system_user()))),
        "exchange" => (None, (text("The token, a JWT."), json!(eksempler::TOKEN))),
        _ => (None, request()),
    }
}

fn described(endpoint: &Endpoint, operation: &Operation) -> Value {
    let (asked, (schema, example)) = bodies(endpoint);
    let mut success =
        json!({ "description": format!("{}.", operation.summary), "content": content(&schema, &example) });
    if endpoint.name == "exchange" {
        success["content"]["text/plain"] = json!({ "schema": { "type": "string" } });
    }
    let mut responses = Map::new();
    if endpoint.method == Method::Post {
        responses.insert("200".to_owned(), success.clone());
    }
    for header in endpoint.success.headers {
        success["headers"][header] = json!({
            "description": "Where to find what was made.", "required": true, "schema": { "type": "string" },
        });
    }
    responses.insert(endpoint.success.status.to_string(), success);
    responses.extend(refusals(asked.is_some()));
    let place = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.description(),
        "tags": [TAG],
        "parameters": endpoint.parameters.iter().map(|it| place(it.name)).collect::<Vec<_>>(),
        "responses": responses,
    });
    if let Some((schema, example)) = asked {
        described["requestBody"] = json!({ "required": true, "content": content(&schema, &example) });
    }
    described
}

/// The refusals of an endpoint, by their status.
fn refusals(has_body: bool) -> Map<String, Value> {
    let own = |status: u16| SERVICE.codes.iter().filter(|code| code.status == status).collect::<Vec<&Code>>();
    let mut by_status = vec![(400, own(400)), (401, own(401)), (403, own(403)), (404, own(404))];
    by_status.push((405, vec![&codes::WRONG_METHOD]));
    if has_body {
        by_status.extend([
            (409, vec![&codes::SYSTEM_EXISTS]),
            (413, vec![&codes::TOO_LARGE]),
            (507, vec![&codes::FULL]),
        ]);
    }
    let response = |(status, codes): (u16, Vec<&'static Code>)| {
        let names: Vec<&str> = codes.iter().map(|code| code.code).collect();
        let example = codes.first().map_or(Value::Null, |code| problem(code, code.melding));
        (status.to_string(), answer(&format!("A refusal: {}.", names.join(", ")), "Problem", &example))
    };
    by_status.into_iter().map(response).collect()
}

/// A type that may be null, too: Altinn sends null where it has nothing.
fn or_null(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    schema
}

/// An object of texts, one for each language or name.
fn map(description: &str) -> Value {
    json!({ "type": "object", "description": description, "additionalProperties": { "type": "string" } })
}

fn instant(description: &str) -> Value {
    json!({ "type": "string", "format": "date-time", "description": description })
}

fn uuid(description: &str) -> Value {
    json!({ "type": "string", "format": "uuid", "description": description })
}

fn yes_or_no(description: &str) -> Value {
    json!({ "type": "boolean", "description": description })
}

fn schemas() -> Value {
    let mut all = Map::new();
    all.insert("Problem".to_owned(), problem_schema());
    for part in [consent_schemas(), system_schemas(), system_user_schemas()] {
        all.extend(part.as_object().cloned().unwrap_or_default());
    }
    all.into()
}

fn problem_schema() -> Value {
    object(
        "A refusal (RFC 9457).",
        &["type", "title", "status", "detail", "code"],
        &[
            ("type", text("The kind of the problem, a URN with the code.")),
            ("title", text("What the code means.")),
            ("status", json!({ "type": "integer", "format": "int32", "description": "The HTTP status of the code." })),
            ("detail", text("What is wrong with this call.")),
            ("code", text("Altinn's code.")),
        ],
    )
}

fn consent_schemas() -> Value {
    let party = "`urn:altinn:person:identifier-no:` or `urn:altinn:organization:identifier-no:`, and a number.";
    let from = || text(&format!("Who is asked: {party}"));
    let to = || text("Who asks: `urn:altinn:organization:identifier-no:` and nine digits.");
    let rights = || {
        let mut rights = list("ConsentRight", "What the consent is about.");
        rights["minItems"] = json!(1);
        rights
    };
    let message = || or_null(map("A message to the party, a text for each language."));
    let back = || text("Where the party goes after the decision.");
    json!({
        "NewConsent": object(
            "A consent that a client asks for.",
            &["id", "from", "to", "validTo", "consentRights", "redirectUrl"],
            &[
                ("id", uuid("The id, which the client chooses.")),
                ("from", from()),
                ("to", to()),
                ("validTo", instant("Until when it is asked for, in the future.")),
                ("consentRights", rights()),
                ("requestMessage", message()),
                ("redirectUrl", back()),
                ("portalViewMode", one_of(&["hide", "show"], "Whether the party sees the request in Altinn's portal.")),
            ],
        ),
        "ConsentRight": object("A right that a consent gives.", &["action", "resource"], &[
            ("action", json!({
                "type": "array", "items": { "type": "string" }, "minItems": 1,
                "description": "What may be done: `consent`.",
            })),
            ("resource", json!({
                "type": "array", "items": reference("ConsentResource"), "minItems": 1, "maxItems": 1,
                "description": "The resource, exactly one.",
            })),
            ("metadata", or_null(map("What the resource asks for beside, for example a year."))),
        ]),
        "ConsentResource": object("A resource of Altinn's register.", &["type", "value"], &[
            ("type", constant("urn:altinn:resource", "The kind of the resource.")),
            ("value", json!({ "type": "string", "minLength": 1, "description": "The id of the resource." })),
            ("version", or_null(text("The version of the resource."))),
        ]),
        "ConsentRequest": object(
            "A consent, with what has come of it.",
            &["id", "from", "to", "validTo", "consentRights", "status", "redirectUrl", "consentRequestEvents", "viewUri"],
            &[
                ("id", uuid("The id that the client chose.")),
                ("from", from()),
                ("to", to()),
                ("requiredDelegator", or_null(text("Who has to decide; null, because the sandbox demands nobody."))),
                ("handledBy", or_null(text("Who asks on behalf of another; null in the sandbox."))),
                ("validTo", instant("Until when it is good.")),
                ("consentRights", rights()),
                ("requestMessage", message()),
                ("status", one_of(&["Created", "Accepted", "Rejected", "Revoked", "Expired"], "What has come of it.")),
                ("consented", or_null(instant("When it was accepted."))),
                ("redirectUrl", back()),
                ("consentRequestEvents", list("ConsentEvent", "What has happened to it, oldest first.")),
                ("viewUri", text("Where the party decides.")),
                ("portalViewMode", one_of(&["Hide", "Show"], "Whether the party sees the request in Altinn's portal.")),
            ],
        ),
        "ConsentEvent": object(
            "Something that happened to a consent.",
            &["consentEventID", "created", "performedBy", "eventType", "consentRequestID"],
            &[
                ("consentEventID", uuid("The id of the event.")),
                ("created", instant("When it happened.")),
                ("performedBy", text(&format!("Who did it: {party}"))),
                ("eventType", one_of(&["Created", "Accepted", "Rejected", "Revoked"], "The status that it gave.")),
                ("consentRequestID", uuid("The id of the consent.")),
            ],
        ),
    })
}

fn system_schemas() -> Value {
    let id = || text("The vendor's organisation number, an underscore, and a name.");
    let vendor = || reference("Vendor");
    let name = || map("The name of the system, a text for each language.");
    let description = || map("What the system is, a text for each language.");
    let rights = || list("Right", "The rights that its systembrukere may get.");
    let packages = || list("AccessPackage", "The access packages that its systembrukere may get.");
    let clients = || texts("The ids of its clients at the issuer.");
    let visible = || yes_or_no("Whether customers find it in Altinn's portal.");
    let urls = || texts("Where a customer may be sent after the decision.");
    let maybe = or_null;
    json!({
        "NewSystem": object("A system that a vendor registers.", &["id", "vendor", "name", "description"], &[
            ("id", id()),
            ("vendor", vendor()),
            ("name", name()),
            ("description", description()),
            ("rights", maybe(rights())),
            ("accessPackages", maybe(packages())),
            ("clientId", maybe(clients())),
            ("isVisible", maybe(visible())),
            ("allowedRedirectUrls", maybe(urls())),
        ]),
        "RegisteredSystem": object(
            "A registered system.",
            &[
                "internalId", "id", "vendor", "name", "description", "rights", "accessPackages", "clientId",
                "isVisible", "allowedRedirectUrls",
            ],
            &[
                ("internalId", uuid("The id that Altinn gave it.")),
                ("id", id()),
                ("vendor", vendor()),
                ("name", name()),
                ("description", description()),
                ("rights", rights()),
                ("accessPackages", packages()),
                ("clientId", clients()),
                ("isVisible", visible()),
                ("allowedRedirectUrls", urls()),
            ],
        ),
        "Vendor": object("The organisation that makes the system.", &["ID"], &[
            ("authority", text("`iso6523-actorid-upis`.")),
            ("ID", json!({
                "type": "string", "pattern": "^0192:[0-9]{9}$", "description": "`0192:` and the organisation number.",
            })),
        ]),
        "Right": object("A right to a resource.", &[], &[
            ("action", or_null(text("What may be done."))),
            ("resource", or_null(list("Attribute", "The resource."))),
        ]),
        "Attribute": object("A part of what names a resource.", &[], &[
            ("id", or_null(text("The kind: `urn:altinn:resource`."))),
            ("value", or_null(text("The id of the resource."))),
        ]),
        "AccessPackage": object("An access package.", &[], &[("urn", or_null(text("The URN of the package.")))]),
        "Changed": object("That a system was changed.", &["success"], &[("success", yes_or_no("Always true."))]),
    })
}

fn system_user_schemas() -> Value {
    let system_id = || text("The id of the registered system.");
    let customer = || text("The organisation number of the customer.");
    let reference_text = || text("The client's own reference; the customer's number where none was given.");
    let title = || or_null(text("The name that the customer sees."));
    let rights = || list("Right", "The rights that are asked for.");
    let packages = || list("AccessPackage", "The access packages that are asked for.");
    let back = || or_null(text("Where the customer goes after the decision: one of `allowedRedirectUrls`."));
    let links = || json!({ "type": "object", "description": "Empty: there is one page." });
    json!({
        "NewSystemUser": object("A systembruker that a client asks for.", &["systemId", "partyOrgNo"], &[
            ("integrationTitle", title()),
            ("externalRef", or_null(reference_text())),
            ("systemId", system_id()),
            ("partyOrgNo", customer()),
            ("rights", or_null(rights())),
            ("accessPackages", or_null(packages())),
            ("redirectUrl", back()),
        ]),
        "SystemUserRequest": object(
            "A request for a systembruker, with what has come of it.",
            &["id", "externalRef", "systemId", "partyOrgNo", "rights", "accessPackages", "status", "confirmUrl", "created"],
            &[
                ("id", uuid("The id of the request.")),
                ("integrationTitle", title()),
                ("externalRef", reference_text()),
                ("systemId", system_id()),
                ("partyOrgNo", customer()),
                ("rights", rights()),
                ("accessPackages", packages()),
                ("status", one_of(&["New", "Accepted", "Rejected"], "What has come of it.")),
                ("redirectUrl", back()),
                ("confirmUrl", text("Where the customer decides.")),
                ("escalated", yes_or_no("Whether somebody else has to decide; false in the sandbox.")),
                ("created", instant("When it was asked for.")),
                ("timedOut", yes_or_no("Whether it was asked for too long ago; false in the sandbox.")),
            ],
        ),
        "SystemUserRequests": object("A page of requests.", &["links", "data"], &[
            ("links", links()),
            ("data", list("SystemUserRequest", "The requests, oldest first.")),
        ]),
        "SystemUser": object(
            "A systembruker.",
            &["id", "integrationTitle", "systemId", "reporteeOrgNo", "created", "supplierOrgno", "externalRef"],
            &[
                ("id", uuid("Its id, which is that of the request.")),
                ("integrationTitle", text("The name that the customer sees.")),
                ("systemId", system_id()),
                ("productName", text("The name of the system; in the sandbox its id.")),
                ("systemInternalId", or_null(uuid("The id that Altinn gave the system."))),
                ("partyId", text("Altinn's own id of the customer; empty in the sandbox.")),
                ("reporteeOrgNo", customer()),
                ("created", instant("When it was asked for.")),
                ("isDeleted", yes_or_no("Whether the customer has deleted it; false in the sandbox.")),
                ("supplierName", text("The name of the vendor; in the sandbox its number.")),
                ("supplierOrgno", text("The organisation number of the vendor.")),
                ("externalRef", reference_text()),
            ],
        ),
        "SystemUsers": object("A page of systembrukere.", &["links", "data"], &[
            ("links", links()),
            ("data", list("SystemUser", "The systembrukere, oldest first.")),
        ]),
    })
}
