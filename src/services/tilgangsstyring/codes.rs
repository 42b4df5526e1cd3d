//! The published problem descriptors of Altinn that a client of these endpoints meets.

use serde_json::{Value, json};

use crate::catalogue::{Check, Code};

/// In the order of [`REFUSALS`] first, then by their numbers.
pub(super) static CODES: &[Code] = &[
    Code::new("AUTH-00043", 401, "Unauthorized", "the call needs a good token"),
    Code::new("AUTH-00044", 403, "Forbidden", "the token lacks the scope"),
    Code::new("STD-00000", 400, "One or more validation errors occurred.", "the body has values that are not valid"),
    Code::new("AM-00000", 403, "Not authorized for consent", "the consent is not the caller's"),
    Code::new("AM-00001", 404, "Consent not found", "no such consent was asked for in this session"),
    Code::new("AM-00003", 400, "Unknown organization. Could not be found", "use a valid organisation number"),
    Code::new("AM-00004", 400, "Unknown person. Could not be found", "use a valid personal number"),
    Code::new("AM-00016", 400, "Consent with id already exist", "use a new id for a new consent"),
    Code::new("AUTH-00001", 400, "One or more Right not found or not delegable.", "ask for rights that the system has"),
    Code::new(
        "AUTH-00004",
        400,
        "Failed to create new SystemUser, existing SystemUser tied to the given System-Id.",
        "the customer has accepted the systembruker already",
    ),
    Code::new("AUTH-00010", 404, "The Id does not refer to a Request in our system.", "check the id and the session"),
    Code::new("AUTH-00011", 404, "The Id does not refer to a Registered System.", "register the system first"),
    Code::new("AUTH-00021", 400, "The RedirectUri was not found or not valid.", "register it on the system first"),
    Code::new(
        "AUTH-00059",
        400,
        "No AccessPackages or Single Rights found, a SystemUser must have at least one",
        "name rights or accessPackages",
    ),
];

/// The code of each failed check.
pub(super) const REFUSALS: &[(Check, usize)] =
    &[(Check::Authentication, 1), (Check::Authorisation, 2), (Check::Consent, 2), (Check::Body, 3), (Check::Input, 3)];

/// A fault of the sandbox itself.
pub(super) static SERVER_ERROR: Code = Code::new("server_error", 500, "A fault of the sandbox.", "its log says more");
/// There is no such URL.
pub(super) static NO_SUCH_PAGE: Code = Code::new("not_found", 404, "No such URL.", "see docs/auth.md");
/// There is the URL, but not by this method.
pub(super) static WRONG_METHOD: Code =
    Code::new("method_not_allowed", 405, "Wrong method.", "see the header Allow for the methods");
/// The body is longer than its limit.
pub(super) static TOO_LARGE: Code = Code::new("too_large", 413, "The body is too large.", "send a shorter body");
/// A system with this id is registered.
pub(super) static SYSTEM_EXISTS: Code =
    Code::new("system_exists", 409, "The System already exist.", "change it with PUT, or choose another id");
/// The session holds too many requests.
pub(super) static FULL: Code =
    Code::new("session_full", 507, "The session holds too many requests.", "reset the session");

/// The codes that Altinn does not publish.
pub(super) static OTHERS: &[&Code] = &[&SERVER_ERROR, &NO_SUCH_PAGE, &WRONG_METHOD, &TOO_LARGE, &SYSTEM_EXISTS, &FULL];

/// The check that a code stands for; nothing for a fault or a limit of the sandbox.
pub(super) fn check_of(code: &Code) -> Option<Check> {
    match code.code {
        "AUTH-00043" => Some(Check::Authentication),
        "AUTH-00044" => Some(Check::Authorisation),
        "AM-00000" => Some(Check::Consent),
        _ if *code == NO_SUCH_PAGE => Some(Check::Url),
        _ if *code == SYSTEM_EXISTS || CODES.contains(code) => Some(Check::Input),
        _ => None,
    }
}

/// A code by its name.
pub(super) fn by_name(code: &str) -> &'static Code {
    CODES.iter().find(|known| known.code == code).unwrap_or(&SERVER_ERROR)
}

/// The body of an error: a problem document with the code of Altinn.
pub(super) fn problem(code: &'static Code, message: &str) -> Value {
    json!({
        "type": format!("urn:altinn:error:{}", code.code),
        "title": code.area,
        "status": code.status,
        "detail": message,
        "code": code.code,
    })
}
