//! The published error table of Maskinporten, and the OAuth error of each code.
//! Imitates docs/fidelity.md, "Maskinporten".

use serde_json::{Value, json};

use crate::catalogue::{Check, Code};
use crate::interface::{Reason, Refusal};

/// In the order of their numbers.
pub(super) static CODES: &[Code] = &[
    Code::new("MP-011", 400, "Invalid parameter value in the assertion.", "look for stray characters"),
    Code::new("MP-012", 400, "The grant was used before.", "use a new jti for every call"),
    Code::new("MP-100", 400, "Client authentication failed.", "check the client id and the kid of the key"),
    Code::new("MP-110", 400, "Invalid aud.", "use the issuer of the right environment as aud"),
    Code::new("MP-120", 400, "Signed with an invalid certificate.", "use a valid test certificate in test"),
    Code::new("MP-121", 400, "The key has expired.", "register the key again"),
    Code::new(
        "MP-122",
        400,
        "The certificate belongs to another organisation.",
        "use a certificate of the client's organisation",
    ),
    Code::new("MP-123", 400, "Invalid x5c.", "give x5c as an array of strings, the certificate in base64 first"),
    Code::new("MP-124", 400, "Invalid signature.", "sign with the key that is registered under the kid"),
    Code::new("MP-130", 400, "The JWT has expired.", "send it at once, and check the clock"),
    Code::new("MP-200", 400, "Invalid scopes for the client.", "register the scope on the client"),
    Code::new("MP-201", 400, "Scopes not allowed for Maskinporten.", "ask for scopes of the form prefix:name"),
    Code::new("MP-250", 403, "The consumer has not been granted the scope.", "ask the owner of the API for access"),
    Code::new(
        "MP-251",
        403,
        "The consumer has not delegated the scope to the supplier.",
        "have it delegated in Altinn",
    ),
    Code::new("MP-301", 400, "Unknown authorization details type.", "use urn:altinn:systemuser or urn:altinn:consent"),
    Code::new("MP-302", 400, "Unknown fields in authorization details.", "leave out what the type does not have"),
    Code::new("MP-303", 400, "Invalid values in authorization details.", "check numbers, URNs and ids"),
];

/// The request is not a token request. Maskinporten has no code for this.
pub(super) static INVALID_REQUEST: Code = Code::new("invalid_request", 400, "Not a token request.", "see docs/auth.md");
/// The grant type is not supported.
pub(super) static UNSUPPORTED_GRANT: Code = Code::new(
    "unsupported_grant_type",
    400,
    "Unsupported grant type.",
    "use urn:ietf:params:oauth:grant-type:jwt-bearer",
);
/// The issue time of the assertion is too far from now.
pub(super) static ISSUE_TIME: Code = Code::new(
    "invalid_grant",
    400,
    "The issue time is not within 10 seconds of now.",
    "check the clock, and make an assertion a call",
);
/// The endpoint has another method.
pub(super) static WRONG_METHOD: Code = Code::new("invalid_request", 405, "Another method is needed.", "see Allow");
/// A fault of the sandbox itself.
pub(super) static SERVER_ERROR: Code = Code::new("server_error", 500, "A fault of the sandbox.", "its log says more");
/// There is no such URL.
pub(super) static NO_SUCH_PAGE: Code = Code::new("invalid_request", 404, "No such URL.", "see the discovery document");

/// A refusal that says what is wrong in this assertion, and what to do.
pub(super) fn refusal(code: &'static str, what: &str) -> Refusal {
    let kode = by_name(code);
    Refusal::new(kode, format!("{what}; {}", kode.melding))
}

/// The refusal of a consent or a systembruker that the party has not accepted.
pub(super) fn not_accepted(what: &str) -> Refusal {
    refusal("MP-303", what).because(Reason::Check(Check::Consent))
}

/// The codes that are not in the published table.
pub(super) static OTHERS: &[&Code] =
    &[&INVALID_REQUEST, &UNSUPPORTED_GRANT, &ISSUE_TIME, &WRONG_METHOD, &SERVER_ERROR, &NO_SUCH_PAGE];

/// The check that a code stands for: the client is authenticated by its assertion, and authorised by its scopes.
pub(super) fn check_of(code: &Code) -> Option<Check> {
    match code.code {
        "MP-011" => Some(Check::Input),
        name if name.starts_with("MP-0") || name.starts_with("MP-1") => Some(Check::Authentication),
        name if name.starts_with("MP-2") => Some(Check::Authorisation),
        name if name.starts_with("MP-3") => Some(Check::Input),
        _ if *code == ISSUE_TIME => Some(Check::Authentication),
        _ if *code == NO_SUCH_PAGE => Some(Check::Url),
        _ if *code == INVALID_REQUEST || *code == UNSUPPORTED_GRANT => Some(Check::Body),
        _ => None,
    }
}

pub(super) fn by_name(code: &str) -> &'static Code {
    super::SERVICE.codes.iter().find(|known| known.code == code).unwrap_or(&INVALID_REQUEST)
}

/// The OAuth error of a code.
fn oauth_error(code: &str) -> &str {
    match code {
        "MP-011" => "invalid_request",
        _ if code.starts_with("MP-0") || code.starts_with("MP-1") => "invalid_grant",
        _ if code.starts_with("MP-2") => "invalid_scope",
        _ if code.starts_with("MP-3") => "invalid_authorization_details",
        other => other,
    }
}

/// The body of an error: `error`, and a description that begins with the code.
pub(super) fn oauth_body(code: &'static Code, message: &str) -> Value {
    let name = oauth_error(code.code);
    // An error on demand has no details of its own, so it shows the published meaning and the fix.
    let text = if message == code.melding { format!("{} {message}", code.area) } else { message.to_owned() };
    let description = if name == code.code { text } else { format!("{}: {text}", code.code) };
    json!({ "error": name, "error_description": description })
}
