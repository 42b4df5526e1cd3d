//! The system register, as far as a client needs it before it can ask for systembrukere.

use serde_json::{Value, json};

use super::callers::{self, CheckedCaller};
use super::codes::{self, by_name};
use super::{SERVICE, asked, shape};
use crate::access::mint::stable_uuid;
use crate::access::requests::{RegisteredSystem, Requests};
use crate::catalogue::Check;
use crate::interface::{Answer, Call, Refusal};

/// Registers a system, and answers its internal id.
pub(super) fn register(call: &Call<'_>) -> Result<Answer, Refusal> {
    let caller = callers::check(call)?;
    let system = read(call, &caller)?;
    let (id, internal_id) = (system.id.clone(), system.internal_id.clone());
    if !put(call, system, false)? {
        return Err(Refusal::new(&codes::SYSTEM_EXISTS, format!("The System already exist: {id}")));
    }
    Ok(Answer::json(&internal_id).with_status(200).warned(caller.warning))
}

/// Changes a system; registers it if it is new.
pub(super) fn change(call: &Call<'_>) -> Result<Answer, Refusal> {
    let caller = callers::check(call)?;
    let system = read(call, &caller)?;
    if call.place("systemId").as_deref() != Some(&*system.id) {
        return Err(invalid("the id of the body is not that of the URL"));
    }
    put(call, system, true)?;
    Ok(Answer::json(&json!({ "success": true })).warned(caller.warning))
}

/// Keeps a system. `false` if there is one with its id, and it does not replace that.
fn put(call: &Call<'_>, system: RegisteredSystem, replace: bool) -> Result<bool, Refusal> {
    let done = call.session.commit_state::<Requests, _>(None, |requests| requests.register(system, replace));
    done.map_err(|why| call.not_kept(&why))?.map_err(|_| Refusal::on_demand(&codes::FULL))
}

/// A registered system.
pub(super) fn show(call: &Call<'_>) -> Result<Answer, Refusal> {
    let caller = callers::check(call)?;
    let system = asked(call)?.system(&call.place("systemId").unwrap_or_default());
    let system = system.filter(|system| caller.is(&system.vendor));
    let system = system.ok_or_else(|| Refusal::on_demand(by_name("AUTH-00011")))?;
    let document = |name: &str, other: Value| {
        field(&system.document, name).filter(|value| !value.is_null()).cloned().unwrap_or(other)
    };
    let answer = json!({
        "internalId": system.internal_id,
        "id": system.id,
        "vendor": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{}", system.vendor) },
        "name": document("name", json!({})),
        "description": document("description", json!({})),
        "rights": document("rights", json!([])),
        "accessPackages": document("accessPackages", json!([])),
        "clientId": document("clientId", json!([])),
        "isVisible": document("isVisible", true.into()),
        "allowedRedirectUrls": document("allowedRedirectUrls", json!([])),
    });
    Ok(Answer::json(&answer).warned(caller.warning))
}

fn invalid(what: impl Into<String>) -> Refusal {
    Refusal::failed(&SERVICE, Check::Input, what.into())
}

/// A field of an object. Altinn takes its name in any case.
pub(super) fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Reads the system in a body.
fn read(call: &Call<'_>, caller: &CheckedCaller) -> Result<RegisteredSystem, Refusal> {
    let document: Value = call.json()?;
    let text = |name: &str| field(&document, name).and_then(Value::as_str).map(str::to_owned);
    let id = text("id").filter(|id| !id.is_empty() && id.len() <= 200).ok_or_else(|| invalid("id is missing"))?;
    let vendor = field(&document, "vendor").and_then(|vendor| field(vendor, "ID")).and_then(Value::as_str);
    let vendor = vendor.and_then(|vendor| vendor.strip_prefix("0192:")).filter(|number| is_number(number));
    let vendor = vendor.ok_or_else(|| invalid("vendor.ID is not 0192: and nine digits"))?.to_owned();
    if !id.starts_with(&format!("{vendor}_")) {
        return Err(invalid("the id begins with the vendor's organisation number and an underscore"));
    }
    for name in ["name", "description"] {
        if !field(&document, name).is_some_and(shape::texts) {
            return Err(invalid(format!("{name} is no object with a text for each language")));
        }
    }
    let of_texts = |value: &Value| shape::list(value, Value::is_string);
    for (name, fits) in [
        ("rights", shape::has(&document, "rights", |value| shape::list(value, shape::right))),
        ("accessPackages", shape::has(&document, "accessPackages", |value| shape::list(value, shape::package))),
        ("clientId", shape::has(&document, "clientId", of_texts)),
        ("allowedRedirectUrls", shape::has(&document, "allowedRedirectUrls", of_texts)),
        ("isVisible", shape::has(&document, "isVisible", Value::is_boolean)),
    ] {
        if !fits {
            return Err(invalid(format!("{name} has another type")));
        }
    }
    if !caller.is(&vendor) {
        return Err(Refusal::new(by_name("AUTH-00044"), "the token belongs to another organisation than the vendor"));
    }
    let internal_id = stable_uuid(&format!("system {} {id}", call.session_name()));
    Ok(RegisteredSystem { id, internal_id, vendor, document })
}

/// Whether a text is nine digits.
pub(super) fn is_number(text: &str) -> bool {
    text.len() == 9 && text.bytes().all(|b| b.is_ascii_digit())
}
