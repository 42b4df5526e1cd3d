//! The id of a call: the caller's `Korrelasjonsid`, or a new UUID.

use std::borrow::Cow;

use http::header::HeaderName;
use http::request::Parts;
use rand::Rng;

use super::State;
use crate::session::call_id::CallId;

pub(super) const KORRELASJONSID: HeaderName = HeaderName::from_static("korrelasjonsid");

/// The caller's id, from the header or the query; a new one if there is none that can be sent back.
pub(super) fn of(parts: &Parts, state: &State) -> CallId {
    let header = parts.headers.get(KORRELASJONSID).and_then(|value| value.to_str().ok());
    if let Some(id) = header.filter(|id| CallId::is_usable(id)) {
        return CallId::Given(id.into());
    }
    if let Some(id) = parts.uri.query().and_then(in_query).filter(|id| CallId::is_usable(id)) {
        return CallId::Given(id.into());
    }
    let mut random = [0; 16];
    state.rng.lock().fill_bytes(&mut random);
    CallId::new(uuid::Builder::from_random_bytes(random).into_uuid())
}

/// The id of a query; its name is taken in any case.
fn in_query(query: &str) -> Option<Cow<'_, str>> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key.eq_ignore_ascii_case("korrelasjonsid")).map(|(_, value)| value)
}
