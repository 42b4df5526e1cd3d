//! The journal as HAR 1.2, which the network tools of browsers open. Each test is a page.

use std::collections::HashSet;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::session::Session;
use crate::session::exchange::{Exchange, KeptBody};
use crate::session::journal::Entry;

/// The archive of sessions, the oldest call first. `base` is the address of the sandbox, for whole URLs.
pub(crate) fn archive<'s>(sessions: impl Iterator<Item = &'s Session>, base: &str) -> Value {
    let (mut pages, mut calls): (Vec<Value>, Vec<(DateTime<Utc>, Value)>) = (Vec::new(), Vec::new());
    let mut known: HashSet<String> = HashSet::new();
    for session in sessions {
        for entry in session.journal.entries() {
            let page = page_id(&session.name, entry.test.as_deref());
            if let Some(title) = entry.test.as_deref()
                && known.insert(page.clone())
            {
                pages.push(json!({
                    "startedDateTime": time(entry.time), "id": page, "title": title, "pageTimings": {},
                }));
            }
            calls.push((entry.time, call(&entry, &session.name, entry.test.as_ref().map(|_| page), base)));
        }
    }
    calls.sort_by_key(|(time, _)| *time);
    let entries: Vec<Value> = calls.into_iter().map(|(_, call)| call).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": "innkreving-sandbox", "version": env!("CARGO_PKG_VERSION") },
            "comment": "Tokens, secrets and real personal numbers are masked.",
            "pages": pages,
            "entries": entries,
        }
    })
}

fn page_id(session: &str, test: Option<&str>) -> String {
    format!("{session}/{}", test.unwrap_or_default())
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn call(entry: &Entry, session: &str, page: Option<String>, base: &str) -> Value {
    let exchange = entry.exchange.lock();
    let exchange = exchange.as_deref();
    let took = entry.ending.milliseconds().unwrap_or(0.0);
    let query = entry.url.split_once('?').map_or("", |(_, query)| query);
    let query: Vec<Value> =
        form_urlencoded::parse(query.as_bytes()).map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let mut call = json!({
        "startedDateTime": time(entry.time),
        "time": took,
        "request": {
            "method": entry.method.as_str(),
            "url": format!("{base}{}", entry.url),
            "httpVersion": entry.protocol(),
            "cookies": [],
            "headers": headers(exchange.map(Exchange::request_headers)),
            "queryString": query,
            "headersSize": -1,
            "bodySize": exchange.map_or(-1, |exchange| size(exchange.request())),
        },
        "response": response(entry, exchange),
        "cache": {},
        "timings": { "send": 0, "wait": took, "receive": 0 },
        "connection": entry.connection.to_string(),
        "_session": session,
        "_number": entry.number,
        "_cause": entry.cause.name(),
    });
    if let Some(page) = page {
        call["pageref"] = page.into();
    }
    if let Some(code) = entry.code {
        call["_code"] = code.into();
    }
    let sent = exchange.map(Exchange::request).filter(|body| body.length > 0);
    if let Some(body) = sent {
        let kind = exchange.map(Exchange::request_headers).and_then(|headers| header(&headers, "content-type"));
        call["request"]["postData"] =
            json!({ "mimeType": kind.unwrap_or_default(), "text": body.text(), "params": [] });
    }
    call
}

/// The response. A call without an answer has the status 0, as browsers write it.
fn response(entry: &Entry, exchange: Option<&Exchange>) -> Value {
    let answered = exchange.filter(|_| entry.status.is_some());
    let kind = answered.map(Exchange::response_headers).and_then(|headers| header(&headers, "content-type"));
    let mut content = json!({
        "size": answered.map_or(0, |exchange| size(exchange.response()).max(0)),
        "mimeType": kind.unwrap_or_default(),
    });
    if let Some(exchange) = answered {
        content["text"] = exchange.response().text().into();
        if exchange.response().is_cut() {
            content["comment"] = "only the beginning was kept".into();
        }
    }
    let status = entry.status.unwrap_or(0);
    let text = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    json!({
        "status": status,
        "statusText": text.unwrap_or_default(),
        "httpVersion": entry.protocol(),
        "cookies": [],
        "headers": headers(answered.map(Exchange::response_headers)),
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": answered.map_or(-1, |exchange| size(exchange.response())),
    })
}

fn size(body: &KeptBody) -> i64 {
    i64::try_from(body.length).unwrap_or(i64::MAX)
}

fn headers(pairs: Option<Vec<(String, String)>>) -> Vec<Value> {
    pairs.unwrap_or_default().iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn header(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
}
