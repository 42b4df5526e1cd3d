//! What a valid assertion asks for: scopes, delegation, systembruker, consent.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::assertion::{Assertion, text_of};
use super::codes::{not_accepted, refusal};
use crate::access::mint;
use crate::access::requests::{ConsentRequest, ConsentStatus, Requests, SystemUserStatus};
use crate::catalogue::Catalogue;
use crate::domain::identifikator::Part;
use crate::interface::Refusal;

/// What the token will contain.
pub(super) struct GrantRequest {
    pub(super) scope: String,
    /// The organisation that has delegated the scope, if the assertion names one.
    pub(super) consumer_org: Option<String>,
    /// `authorization_details`.
    pub(super) details: Vec<Value>,
}

/// Checks what an assertion asks for.
pub(super) fn check(
    assertion: &Assertion<'_>,
    catalogue: Catalogue,
    now: DateTime<Utc>,
    asked: Option<&Requests>,
) -> Result<GrantRequest, Refusal> {
    let scope = scope(assertion)?;
    let consumer_org = consumer_org(assertion, &scope)?;
    let consumer = consumer_org.as_deref().unwrap_or(&assertion.organisation);
    let details = match assertion.claims.get("authorization_details") {
        None => Vec::new(),
        Some(Value::Array(list)) if list.len() == 1 => {
            let context = DetailContext { consumer, scope: &scope, catalogue, now, asked };
            vec![authorization_detail(&list[0], assertion, &context)?]
        }
        Some(Value::Array(list)) => {
            let what = format!("authorization_details has {} entries, but may have only one", list.len());
            return Err(refusal("MP-303", &what));
        }
        Some(_) => return Err(refusal("MP-303", "authorization_details is no list")),
    };
    Ok(GrantRequest { scope, consumer_org, details })
}

fn scope(assertion: &Assertion<'_>) -> Result<String, Refusal> {
    let text = text_of(&assertion.claims, "scope")?.unwrap_or_default();
    let scopes: Vec<&str> = text.split(' ').filter(|scope| !scope.is_empty()).collect();
    if scopes.is_empty() {
        return Err(refusal("MP-200", "the assertion asks for no scope"));
    }
    for scope in &scopes {
        let shown: String = scope.chars().take(80).collect();
        let has_prefix = scope.split_once(':').is_some_and(|(prefix, name)| !prefix.is_empty() && !name.is_empty());
        if !has_prefix {
            return Err(refusal("MP-201", &format!("{shown:?} is no scope of Maskinporten")));
        }
        if let Some(client) = assertion.client {
            if !client.has_scope(scope) {
                return Err(refusal("MP-200", &format!("{shown:?} is not registered on the client")));
            }
            if !client.is_granted(scope) {
                let what = format!("{} has not been granted {shown:?}", assertion.organisation);
                return Err(refusal("MP-250", &what));
            }
        }
    }
    Ok(scopes.join(" "))
}

fn consumer_org(assertion: &Assertion<'_>, scope: &str) -> Result<Option<String>, Refusal> {
    let Some(number) = text_of(&assertion.claims, "consumer_org")? else {
        return Ok(None);
    };
    if !is_organisation(number) {
        return Err(refusal("MP-011", "consumer_org is no organisation number of nine digits"));
    }
    let missing = assertion
        .client
        .and_then(|client| scope.split(' ').find(|scope| !client.is_delegated(number, scope)).map(str::to_owned));
    if let Some(scope) = missing {
        let what = format!("{number} has not delegated {scope} to {}", assertion.organisation);
        return Err(refusal("MP-251", &what));
    }
    Ok(Some(number.to_owned()))
}

/// What an entry of `authorization_details` is checked against.
struct DetailContext<'a> {
    consumer: &'a str,
    scope: &'a str,
    catalogue: Catalogue,
    now: DateTime<Utc>,
    /// What was asked for in Altinn in this session.
    asked: Option<&'a Requests>,
}

/// Checks an entry of `authorization_details`, and returns it as the token will contain it.
fn authorization_detail(
    entry: &Value,
    assertion: &Assertion<'_>,
    context: &DetailContext<'_>,
) -> Result<Value, Refusal> {
    let Value::Object(fields) = entry else {
        return Err(refusal("MP-303", "an entry of authorization_details is no object"));
    };
    match fields.get("type").and_then(Value::as_str) {
        Some("urn:altinn:systemuser") => systembruker(fields, assertion, context.asked),
        Some("urn:altinn:consent") => consent(fields, context),
        other => {
            let kind: String = other.unwrap_or_default().chars().take(80).collect();
            Err(refusal("MP-301", &format!("authorization_details has no type {kind:?}")))
        }
    }
}

fn refuse_unknown_fields(fields: &Map<String, Value>, known: &[&str]) -> Result<(), Refusal> {
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let name: String = name.chars().take(40).collect();
            Err(refusal(
                "MP-302",
                &format!("authorization_details has no field {name:?}; the fields are {}", known.join(", ")),
            ))
        }
    }
}

fn systembruker(
    fields: &Map<String, Value>,
    assertion: &Assertion<'_>,
    asked: Option<&Requests>,
) -> Result<Value, Refusal> {
    refuse_unknown_fields(fields, &["type", "systemuser_org", "externalRef"])?;
    let bad = |what: &str| refusal("MP-303", what);
    let organisation = fields.get("systemuser_org").ok_or_else(|| bad("systemuser_org is missing"))?;
    if organisation["authority"] != "iso6523-actorid-upis" {
        return Err(bad("systemuser_org.authority is not iso6523-actorid-upis"));
    }
    let number =
        organisation["ID"].as_str().and_then(|id| id.strip_prefix("0192:")).filter(|number| is_organisation(number));
    let number = number.ok_or_else(|| bad("systemuser_org.ID is not 0192: and an organisation number"))?;
    if assertion.client.is_some_and(|client| !client.is_systembruker_of(number)) {
        return Err(not_accepted(&format!("{number} has not accepted a systembruker of the client")));
    }
    let external_ref = match fields.get("externalRef") {
        None => None,
        Some(Value::String(text)) => Some(text.as_str()),
        Some(_) => return Err(bad("externalRef is no text")),
    };
    // A customer whom nobody in this session has asked is taken to have accepted.
    let requests = asked.map(|asked| {
        asked.system_users(|it| {
            it.vendor == assertion.organisation
                && it.party == number
                && external_ref.is_none_or(|given| given == it.external_ref)
        })
    });
    let requests = requests.unwrap_or_default();
    match (requests.iter().find(|it| it.status == SystemUserStatus::Accepted), requests.last()) {
        (Some(accepted), _) => Ok(accepted.detail()),
        (None, Some(open)) => {
            let (id, status) = (&open.id, open.status.name());
            let what = format!("{number} has not accepted the systembruker: the request {id} has the status {status}");
            Err(not_accepted(&what))
        }
        (None, None) => Ok(mint::systembruker(number, &assertion.organisation)),
    }
}

fn consent(fields: &Map<String, Value>, context: &DetailContext<'_>) -> Result<Value, Refusal> {
    let DetailContext { consumer, scope, catalogue, now, asked } = *context;
    refuse_unknown_fields(fields, &["type", "id", "from"])?;
    let bad = |what: &str| refusal("MP-303", what);
    let id = fields.get("id").and_then(Value::as_str).ok_or_else(|| bad("id is missing"))?;
    if uuid::Uuid::try_parse(id).is_err() {
        return Err(bad("id is no UUID"));
    }
    let from = fields.get("from").and_then(Value::as_str).ok_or_else(|| bad("from is missing"))?;
    let number = from
        .strip_prefix("urn:altinn:organization:identifier-no:")
        .filter(|number| number.len() == 9)
        .or_else(|| from.strip_prefix("urn:altinn:person:identifier-no:").filter(|number| number.len() == 11));
    let number = number.filter(|number| number.parse::<Part>().is_ok());
    let number = number.ok_or_else(|| {
        bad("from is neither urn:altinn:organization:identifier-no: with 9 digits nor urn:altinn:person:identifier-no: with 11")
    })?;
    // A consent that nobody in this session has asked for is taken to be given.
    if let Some(consent) = asked.and_then(|asked| asked.consent(id)) {
        return known_consent(&consent, number, consumer, now);
    }
    let resource = scope.split(' ').find_map(|scope| Some(catalogue.by_scope(scope)?.consent()?.resource));
    let resource = resource.ok_or_else(|| bad(&format!("no service with consent has the scope {scope}")))?;
    Ok(mint::consent(id, number, consumer, resource, now))
}

/// A consent that was asked for in this session: only an accepted one, from and to the right parties, gives a token.
fn known_consent(consent: &ConsentRequest, from: &str, consumer: &str, now: DateTime<Utc>) -> Result<Value, Refusal> {
    let bad = |what: String| Err(not_accepted(&what));
    if consent.to != consumer {
        return bad(format!("the consent {} was asked for by {}, not by {consumer}", consent.id, consent.to));
    }
    if consent.from != from {
        return bad(format!("the consent {} was asked of another party", consent.id));
    }
    if consent.valid_to <= now {
        return bad(format!("the consent {} has expired", consent.id));
    }
    match consent.detail().filter(|_| consent.status == ConsentStatus::Accepted) {
        Some(detail) => Ok(detail),
        None => bad(format!("the consent {} is not accepted: it has the status {}", consent.id, consent.status.name())),
    }
}

fn is_organisation(number: &str) -> bool {
    number.len() == 9 && number.parse::<Part>().is_ok()
}
