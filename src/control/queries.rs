//! Queries of control pages, read so that every mistake is told with the nearest name; and the sessions that they name.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::Query;
use axum::http::Uri;
use serde::de::DeserializeOwned;

use crate::faults::refused::Refused;
use crate::interface::pages::Shared;
use crate::session::Session;

/// Reads a query whose parameters have these names.
///
/// # Errors
/// There is a parameter of another name, or a value that cannot be read.
pub(super) fn read_query<T: DeserializeOwned>(query: &str, names: &[&str]) -> Result<T, Box<Refused>> {
    let mut given = HashMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if !names.contains(&&*name) {
            let detail = format!("there is no parameter {name:?}; there are {}", names.join(", "));
            return Err(refuse(&name, None, detail, names));
        }
        if given.insert(name.clone(), value.clone()).is_some() {
            return Err(refuse(&name, Some(&value), format!("{name} is given more than once"), &[]));
        }
    }
    let uri: Uri = format!("/?{query}").parse().unwrap_or_default();
    let read = Query::<T>::try_from_uri(&uri);
    read.map(|Query(read)| read).map_err(|error| {
        // The reader names the parameter, and then gives a reason that says nothing to a caller.
        let why = error.body_text();
        let name = names.iter().find(|name| why.contains(&format!(" {name}: "))).copied().unwrap_or("query");
        let value = given.get(name).map(|value| &**value);
        refuse(name, value, format!("{name} cannot be {:?}", value.unwrap_or(query)), &[])
    })
}

/// The sessions that a query names: those of a list, all of them for a star, the session of the request for nothing.
///
/// # Errors
/// A session of the list has not begun.
pub(super) fn chosen_sessions(
    shared: &Shared,
    own: Arc<Session>,
    named: Option<&str>,
) -> Result<Vec<Arc<Session>>, Box<Refused>> {
    let Some(named) = named else { return Ok(vec![own]) };
    if named == "*" {
        return Ok(shared.sessions.list());
    }
    let mut chosen: Vec<Arc<Session>> = Vec::new();
    for name in named.split(',').map(str::trim) {
        let Some(session) = shared.sessions.existing(name) else {
            let there: Vec<String> = shared.sessions.list().iter().map(|session| session.name.to_string()).collect();
            let there: Vec<&str> = there.iter().map(String::as_str).take(100).collect();
            let detail = format!("there is no session {name:?}; a session begins when it is first used");
            return Err(refuse("sessions", Some(name), detail, &there));
        };
        if !chosen.iter().any(|known| Arc::ptr_eq(known, &session)) {
            chosen.push(session);
        }
    }
    Ok(chosen)
}

/// The most calls that a report, an export or a verdict is made from.
const MOST_CALLS: usize = 20_000;

/// [`chosen_sessions`], for what reads their journals.
///
/// # Errors
/// A session of the list has not begun, or their journals keep too many calls together.
pub(super) fn sessions_to_read(
    shared: &Shared,
    own: Arc<Session>,
    named: Option<&str>,
) -> Result<Vec<Arc<Session>>, Box<Refused>> {
    let sessions = chosen_sessions(shared, own, named)?;
    let calls: usize = sessions.iter().map(|session| session.journal.kept_calls()).sum();
    if calls > MOST_CALLS {
        let detail = format!(
            "the journals of these sessions keep {calls} calls, and at most {MOST_CALLS} are read at once; name fewer sessions"
        );
        return Err(refuse("sessions", named, detail, &[]));
    }
    Ok(sessions)
}

/// Refuses a parameter.
pub(super) fn refuse(filter: &str, value: Option<&str>, detail: String, allowed: &[&str]) -> Box<Refused> {
    let allowed = allowed.iter().map(|known| (*known).to_owned()).collect();
    Refused::new(filter, value, detail, allowed).of_filter()
}
