//! Requests for a consent: ask for one, and see what has come of it.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::callers;
use super::codes::{self, by_name};
use super::{SERVICE, asked, pages_base, shape, url};
use crate::access::mint::{stable_uuid, urn};
use crate::access::requests::{ConsentRequest, ConsentStatus, NotDone, Requests, instant};
use crate::catalogue::Check;
use crate::domain::identifikator::{Part, PartKind};
use crate::interface::{Answer, Call, Refusal};

/// What a client sends. Other fields are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewConsent {
    id: String,
    from: String,
    to: String,
    valid_to: String,
    consent_rights: Vec<Value>,
    #[serde(default)]
    request_message: Value,
    redirect_url: String,
    portal_view_mode: Option<String>,
}

/// The warning for a resource that no service of the sandbox takes.
const OTHER_RESOURCE: &str = "no service of this sandbox takes a consent to one of the resources";

/// Asks for a consent.
pub(super) fn ask(call: &Call<'_>) -> Result<Answer, Refusal> {
    let caller = callers::check(call)?;
    let sent: NewConsent = call.json()?;
    let request = read(sent, call.instants.tokens)?;
    if !caller.is(&request.to) {
        let what = format!("to is {}, but the token belongs to another organisation", request.to);
        return Err(Refusal::new(by_name("AM-00000"), what));
    }
    let resources = resources(&request.rights);
    let is_known = |value: &String| {
        call.catalogue.0.iter().any(|service| service.consent().is_some_and(|it| it.resource == value.as_str()))
    };
    let other = (!resources.iter().all(is_known)).then_some(OTHER_RESOURCE);
    let added = call.session.commit_state::<Requests, _>(None, |requests| requests.add_consent(request));
    let (kept, existed) = added.map_err(|why| call.not_kept(&why))?.map_err(|why| match why {
        NotDone::Taken => Refusal::on_demand(by_name("AM-00016")),
        _ => Refusal::on_demand(&codes::FULL),
    })?;
    let location = url(call, &format!("accessmanagement/api/v1/enterprise/consentrequests/{}", kept.id));
    let answer = Answer::json(&view(&kept, &pages_base(call), call.instants.tokens)).warned(caller.warning.or(other));
    Ok(if existed { answer.with_status(200) } else { answer.location(&location) })
}

/// What has come of a consent.
pub(super) fn show(call: &Call<'_>) -> Result<Answer, Refusal> {
    let caller = callers::check(call)?;
    let id = call.place("consentRequestId").unwrap_or_default();
    let consent = asked(call)?.consent(&id).ok_or_else(|| Refusal::on_demand(by_name("AM-00001")))?;
    if !caller.is(&consent.to) {
        return Err(Refusal::on_demand(by_name("AM-00000")));
    }
    Ok(Answer::json(&view(&consent, &pages_base(call), call.instants.tokens)).warned(caller.warning))
}

fn invalid(what: impl Into<String>) -> Refusal {
    Refusal::failed(&SERVICE, Check::Input, what.into())
}

/// Reads and checks what a client sent.
fn read(sent: NewConsent, now: DateTime<Utc>) -> Result<ConsentRequest, Refusal> {
    let id = uuid::Uuid::try_parse(&sent.id).map_err(|_| invalid("id is no UUID"))?.hyphenated().to_string();
    let from = party(&sent.from).ok_or_else(|| {
        invalid(
            "from is neither urn:altinn:person:identifier-no: nor urn:altinn:organization:identifier-no: and a number",
        )
    })?;
    let to = party(&sent.to).filter(|number| number.len() == 9);
    let to = to.ok_or_else(|| invalid("to is not urn:altinn:organization:identifier-no: and nine digits"))?;
    for number in [&from, &to] {
        let part: Option<Part> = number.parse().ok();
        if part.is_none_or(|part| matches!(part.kind(), PartKind::Invalid(_))) {
            let code = if number.len() == 11 { "AM-00004" } else { "AM-00003" };
            return Err(Refusal::new(by_name(code), format!("{number} is no valid number")));
        }
    }
    let valid_to = DateTime::parse_from_rfc3339(&sent.valid_to).map_err(|_| invalid("validTo is no date-time"))?;
    let valid_to = valid_to.to_utc();
    if valid_to <= now {
        return Err(invalid("validTo: the time needs to be in the future"));
    }
    if sent.consent_rights.is_empty() {
        return Err(invalid("consentRights: the list cannot be empty"));
    }
    for (number, right) in sent.consent_rights.iter().enumerate() {
        let has_action = right["action"].as_array().is_some_and(|list| !list.is_empty());
        let resource = right["resource"].as_array().filter(|list| list.len() == 1).map(|list| &list[0]);
        let is_resource = |it: &Value| {
            it["type"] == "urn:altinn:resource" && it["value"].as_str().is_some_and(|value| !value.is_empty())
        };
        if !has_action || !resource.is_some_and(is_resource) {
            return Err(invalid(format!(
                "consentRights/{number}: it needs an action, and one resource with the type urn:altinn:resource and a value"
            )));
        }
    }
    if !sent.consent_rights.iter().all(shape::consent_right) {
        return Err(invalid("consentRights: action is a list of texts, metadata an object of texts, version a text"));
    }
    if !sent.request_message.is_null() && !shape::texts(&sent.request_message) {
        return Err(invalid("requestMessage is no object with a text for each language"));
    }
    if !["http://", "https://"].iter().any(|scheme| sent.redirect_url.starts_with(scheme)) {
        return Err(invalid("redirectUrl is no URL"));
    }
    let portal_view_mode = match sent.portal_view_mode.as_deref() {
        None => "Hide",
        Some(mode) if mode.eq_ignore_ascii_case("hide") => "Hide",
        Some(mode) if mode.eq_ignore_ascii_case("show") => "Show",
        Some(_) => return Err(invalid("portalViewMode is hide or show")),
    };
    let events = vec![(ConsentStatus::Created, now, to.clone())];
    Ok(ConsentRequest {
        id,
        from,
        to,
        valid_to,
        rights: sent.consent_rights.into(),
        message: sent.request_message,
        redirect_url: sent.redirect_url,
        portal_view_mode: portal_view_mode.to_owned(),
        status: ConsentStatus::Created,
        events,
    })
}

/// The number of a party in a URN.
fn party(urn: &str) -> Option<String> {
    let person = urn.strip_prefix("urn:altinn:person:identifier-no:").filter(|number| number.len() == 11);
    let organisation = urn.strip_prefix("urn:altinn:organization:identifier-no:").filter(|number| number.len() == 9);
    let number = person.or(organisation)?;
    number.bytes().all(|b| b.is_ascii_digit()).then(|| number.to_owned())
}

/// The resources that a consent is about.
pub(super) fn resources(rights: &Value) -> Vec<String> {
    let rights = rights.as_array().into_iter().flatten();
    rights.filter_map(|right| right["resource"][0]["value"].as_str().map(str::to_owned)).collect()
}

/// A consent as Altinn shows it. `pages` is the base of the sandbox's pages.
pub(super) fn view(consent: &ConsentRequest, pages: &str, now: DateTime<Utc>) -> Value {
    let event = |number: usize, (status, at, by): &(ConsentStatus, DateTime<Utc>, String)| {
        json!({
            "consentEventID": stable_uuid(&format!("{} {number}", consent.id)),
            "created": instant(*at),
            "performedBy": urn(by),
            "eventType": status.name(),
            "consentRequestID": consent.id,
        })
    };
    let is_open = matches!(consent.status, ConsentStatus::Created | ConsentStatus::Accepted);
    let status = if is_open && consent.valid_to <= now { "Expired" } else { consent.status.name() };
    json!({
        "id": consent.id,
        "from": urn(&consent.from),
        "to": urn(&consent.to),
        "requiredDelegator": null,
        "handledBy": null,
        "validTo": instant(consent.valid_to),
        "consentRights": consent.rights,
        "requestMessage": consent.message,
        "status": status,
        "consented": consent.consented().map(instant),
        "redirectUrl": consent.redirect_url,
        "consentRequestEvents":
            consent.events.iter().enumerate().map(|(number, it)| event(number, it)).collect::<Vec<_>>(),
        "viewUri": format!("{pages}/altinn/ui/consent/request?id={}", consent.id),
        "portalViewMode": consent.portal_view_mode,
    })
}
