//! Requests for a systembruker: ask for one, and see what has come of it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::callers::{self, CheckedCaller};
use super::codes::{self, by_name};
use super::systems::{field, is_number};
use super::{SERVICE, asked, pages_base, shape, url};
use crate::access::requests::{Requests, SystemUserRequest, SystemUserStatus, instant};
use crate::catalogue::Check;
use crate::domain::identifikator::Organisasjonsnummer;
use crate::interface::{Answer, Call, Refusal};

/// What a client sends. Other fields are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewRequest {
    integration_title: Option<String>,
    external_ref: Option<String>,
    system_id: String,
    party_org_no: String,
    rights: Option<Vec<Value>>,
    access_packages: Option<Vec<Value>>,
    redirect_url: Option<String>,
}

/// The warning for a system that nobody has registered.
const NOT_REGISTERED: &str = "the system is not registered in this session: Altinn would answer 404 AUTH-00011";

/// Asks for a systembruker.
pub(super) fn ask(call: &Call<'_>) -> Result<Answer, Refusal> {
    let caller = callers::check(call)?;
    let sent: NewRequest = call.json()?;
    let invalid = |what: &str| Refusal::failed(&SERVICE, Check::Input, what.to_owned());
    if sent.party_org_no.parse::<Organisasjonsnummer>().is_err() {
        return Err(invalid("partyOrgNo is no valid organisation number"));
    }
    if sent.system_id.len() > 200 || sent.external_ref.as_ref().is_some_and(|text| text.len() > 255) {
        return Err(invalid("systemId or externalRef is too long"));
    }
    let (rights, packages) = (sent.rights.unwrap_or_default(), sent.access_packages.unwrap_or_default());
    if rights.is_empty() && packages.is_empty() {
        return Err(Refusal::on_demand(by_name("AUTH-00059")));
    }
    if !rights.iter().all(shape::right) || !packages.iter().all(shape::package) {
        return Err(invalid("rights or accessPackages hold something of another type"));
    }
    let requests = asked(call)?;
    let system = requests.system(&sent.system_id);
    let in_id = sent.system_id.get(..9).filter(|digits| is_number(digits)).map(str::to_owned);
    let vendor = system.as_ref().map(|system| system.vendor.clone()).or(in_id).filter(|vendor| caller.is(vendor));
    let vendor = vendor.ok_or_else(|| Refusal::on_demand(by_name("AUTH-00011")))?;
    if let Some(system) = &system {
        let of_system =
            resources(field(&system.document, "rights").and_then(Value::as_array).map_or(&[], Vec::as_slice));
        if resources(&rights).iter().any(|wanted| !of_system.contains(wanted)) {
            return Err(Refusal::on_demand(by_name("AUTH-00001")));
        }
        let allowed = field(&system.document, "allowedRedirectUrls").and_then(Value::as_array);
        let is_allowed = |url: &String| allowed.is_some_and(|list| list.iter().any(|known| known == url.as_str()));
        if sent.redirect_url.as_ref().is_some_and(|url| !url.is_empty() && !is_allowed(url)) {
            return Err(Refusal::on_demand(by_name("AUTH-00021")));
        }
    }
    let request = SystemUserRequest {
        id: String::new(),
        system_id: sent.system_id,
        vendor,
        external_ref: sent.external_ref.filter(|text| !text.is_empty()).unwrap_or_else(|| sent.party_org_no.clone()),
        party: sent.party_org_no,
        title: sent.integration_title.into(),
        rights: rights.into(),
        access_packages: packages.into(),
        redirect_url: sent.redirect_url,
        status: SystemUserStatus::New,
        created: call.instants.tokens,
    };
    let name = call.session_name();
    let kept = call.session.commit_state::<Requests, _>(None, |requests| requests.add_system_user(name, request));
    let kept = kept.map_err(|why| call.not_kept(&why))?;
    let (kept, existed) = kept.map_err(|_| Refusal::on_demand(&codes::FULL))?;
    if existed && kept.status == SystemUserStatus::Accepted {
        return Err(Refusal::on_demand(by_name("AUTH-00004")));
    }
    let location = url(call, &format!("authentication/api/v1/systemuser/request/vendor/{}", kept.id));
    let warning = caller.warning.or_else(|| system.is_none().then_some(NOT_REGISTERED));
    let answer = Answer::json(&view(&kept, &pages_base(call))).warned(warning);
    Ok(if existed { answer.with_status(200) } else { answer.location(&location) })
}

/// The resources of rights: pairs of id and value.
fn resources(rights: &[Value]) -> Vec<Vec<(String, String)>> {
    let pair = |it: &Value| {
        let text = |name: &str| field(it, name).and_then(Value::as_str).unwrap_or_default().to_owned();
        (text("id"), text("value"))
    };
    let of_right = |right: &Value| {
        let list = field(right, "resource").and_then(Value::as_array);
        list.map(|list| list.iter().map(pair).collect()).unwrap_or_default()
    };
    rights.iter().map(of_right).collect()
}

/// What has come of a request, by its id.
pub(super) fn show(call: &Call<'_>) -> Result<Answer, Refusal> {
    let caller = callers::check(call)?;
    let id = call.place("requestId").unwrap_or_default();
    one(call, &caller, |request| request.id.eq_ignore_ascii_case(&id))
}

/// The same, by system, customer and reference.
pub(super) fn by_reference(call: &Call<'_>) -> Result<Answer, Refusal> {
    let caller = callers::check(call)?;
    let place = |name: &str| call.place(name).unwrap_or_default();
    let (system, party, reference) = (place("systemId"), place("orgNo"), place("externalRef"));
    one(call, &caller, |it| it.system_id == system && it.party == party && it.external_ref == reference)
}

fn one(call: &Call<'_>, caller: &CheckedCaller, fits: impl Fn(&SystemUserRequest) -> bool) -> Result<Answer, Refusal> {
    let found = asked(call)?.system_users(|request| caller.is(&request.vendor) && fits(request));
    let request = found.last().ok_or_else(|| Refusal::on_demand(by_name("AUTH-00010")))?;
    Ok(Answer::json(&view(request, &pages_base(call))).warned(caller.warning))
}

/// All requests of a system.
pub(super) fn requests(call: &Call<'_>) -> Result<Answer, Refusal> {
    let caller = callers::check(call)?;
    let system = call.place("systemId").unwrap_or_default();
    let found = asked(call)?.system_users(|request| caller.is(&request.vendor) && request.system_id == system);
    let pages = pages_base(call);
    let data: Vec<Value> = found.iter().map(|request| view(request, &pages)).collect();
    Ok(Answer::json(&json!({ "links": {}, "data": data })).warned(caller.warning))
}

/// The systembrukere of a system: its accepted requests.
pub(super) fn accepted(call: &Call<'_>) -> Result<Answer, Refusal> {
    let caller = callers::check(call)?;
    let system_id = call.place("systemId").unwrap_or_default();
    let requests = asked(call)?;
    let internal_id = requests.system(&system_id).map(|system| system.internal_id);
    let found = requests.system_users(|request| {
        caller.is(&request.vendor) && request.system_id == system_id && request.status == SystemUserStatus::Accepted
    });
    let system_user = |it: &SystemUserRequest| {
        json!({
            "id": it.id,
            "integrationTitle": it.title.as_str().unwrap_or(&it.system_id),
            "systemId": it.system_id,
            "productName": it.system_id,
            "systemInternalId": internal_id,
            "partyId": "",
            "reporteeOrgNo": it.party,
            "created": instant(it.created),
            "isDeleted": false,
            "supplierName": it.vendor,
            "supplierOrgno": it.vendor,
            "externalRef": it.external_ref,
        })
    };
    let data: Vec<Value> = found.iter().map(system_user).collect();
    Ok(Answer::json(&json!({ "links": {}, "data": data })).warned(caller.warning))
}

/// A request as Altinn shows it. `pages` is the base of the sandbox's pages.
pub(super) fn view(request: &SystemUserRequest, pages: &str) -> Value {
    json!({
        "id": request.id,
        "integrationTitle": request.title,
        "externalRef": request.external_ref,
        "systemId": request.system_id,
        "partyOrgNo": request.party,
        "rights": request.rights,
        "accessPackages": request.access_packages,
        "status": request.status.name(),
        "redirectUrl": request.redirect_url,
        "confirmUrl": format!("{pages}/altinn/ui/systemuser/request?id={}", request.id),
        "escalated": false,
        "created": instant(request.created),
        "timedOut": false,
    })
}
