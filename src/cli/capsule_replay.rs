//! The calls of a capsule, sent again: what is answered otherwise, field by field.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::control::log_words_of;
use crate::faults::base_url;
use crate::interface::Services;
use crate::log::capsule::Capsule;
use crate::terminal::print;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The most differences of one call that are told.
const MOST: usize = 20;

/// What a call sends anew, or what was masked.
const NOT_SENT: [HeaderName; 6] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::AUTHORIZATION,
    header::COOKIE,
];

/// What came of a call.
enum Outcome {
    Same,
    Differs(Vec<String>),
    /// Why it was not sent.
    Skipped(&'static str),
}

/// Sends all calls. `against` is a base URL, which may name a session.
///
/// # Errors
/// A sentence: the base URL is none, or nothing answers there.
pub(super) fn replay(capsule: &Capsule, against: &str, services: &Services) -> Result<ExitCode, String> {
    let base: Uri = against.parse().map_err(|error| format!("--against {against}: {error}"))?;
    let address = base.authority().filter(|_| base.scheme_str() == Some("http"));
    let address = address.ok_or_else(|| format!("--against {against}: write a URL like http://127.0.0.1:8080"))?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let (mut text, mut same, mut differ, mut skipped) = (String::new(), 0, 0, 0);
    for call in &capsule.calls {
        let prefix = base.path().trim_end_matches('/');
        let outcome = runtime.block_on(async {
            tokio::time::timeout(TIMEOUT, again(address.as_str(), prefix, call))
                .await
                .unwrap_or_else(|_| Err(format!("no answer in {} s", TIMEOUT.as_secs())))
        })?;
        let what = |name: &str| call[name].as_str().unwrap_or_default().to_owned();
        let line = format!("{:>5}  {} {}", call["number"].to_string(), what("method"), what("url"));
        match outcome {
            Outcome::Same => same += 1,
            Outcome::Skipped(why) => {
                skipped += 1;
                let _ = writeln!(text, "{line}\n       not sent: {why}");
            }
            Outcome::Differs(lines) => {
                differ += 1;
                let _ = writeln!(text, "{line}");
                for line in lines {
                    let _ = writeln!(text, "       {line}");
                }
            }
        }
    }
    let _ = writeln!(text, "{same} calls were answered as before, {differ} otherwise, {skipped} were not sent");
    let changes = changes(capsule, services);
    if changes > 0 {
        let _ = writeln!(
            text,
            "{changes} changes of clock, rules or scenarios are not sent: make them before, or replay against capsule play"
        );
    }
    print(&text);
    Ok(if differ == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How many changes the house's own control API made, which calls do not make again.
fn changes(capsule: &Capsule, services: &Services) -> usize {
    let of_house = capsule.records.iter().filter(|record| record.place().0.is_empty() && &*record.kind != "begun");
    of_house.filter(|record| !log_words_of(record, services).is_background).count()
}

async fn again(address: &str, prefix: &str, call: &Value) -> Result<Outcome, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (sent, told) = (&call["request"], &call["response"]);
    if !sent.is_object() || !told.is_object() {
        return Ok(Outcome::Skipped("the journal has not kept its headers and bodies"));
    }
    let Some(status) = call["status"].as_u64() else {
        return Ok(Outcome::Skipped("its caller got no answer"));
    };
    let (body, length) = (text(&sent["body"]), sent["length"].as_u64().unwrap_or_default());
    if body.len() as u64 != length {
        return Ok(Outcome::Skipped("the journal has not kept its whole body, or had to mask some of it"));
    }
    let headers = sent["headers"].as_array().map_or(&[][..], Vec::as_slice);
    let is_form = |header: &Value| text(&header["value"]).starts_with("multipart/");
    if headers.iter().any(is_form) {
        return Ok(Outcome::Skipped("it uploaded a file, and the journal keeps no files"));
    }
    let url = text(&call["url"]);
    let mut request =
        Request::builder().method(&*text(&call["method"])).uri(format!("{prefix}{}", without_session(&url)));
    request = request.header(header::HOST, address);
    let mut has_party = false;
    for sent in headers {
        let name = HeaderName::try_from(text(&sent["name"])).ok().filter(|name| !NOT_SENT.contains(name));
        let Some((name, value)) = name.zip(HeaderValue::try_from(text(&sent["value"])).ok()) else { continue };
        has_party |= name == "sandbox-party";
        // The base URL says which session it is now.
        if name != "sandbox-session" {
            request = request.header(name, value);
        }
    }
    let party = text(&call["party"]);
    // The token is masked. Whom it acted for is known.
    let had_token = headers.iter().any(|sent| sent["name"] == "authorization");
    if had_token && !has_party && !party.is_empty() && !url.contains(&party) {
        request = request.header("Sandbox-Party", party);
    }
    let request = request.body(Full::<Bytes>::from(body)).map_err(|error| error.to_string())?;
    let refused = |error: &dyn std::fmt::Display| format!("http://{address} does not answer: {error}");
    let stream = TcpStream::connect(address).await.map_err(|error| refused(&error))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| refused(&error))?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| refused(&error))?;
    let now = u64::from(answer.status().as_u16());
    let bytes = answer.into_body().collect().await.map_err(|error| refused(&error))?.to_bytes();
    connection.abort();
    let mut differences = Vec::new();
    if now != status {
        differences.push(format!("status: {status}, now {now}"));
    }
    let before = text(&told["body"]);
    let is_whole = before.len() as u64 == told["length"].as_u64().unwrap_or_default();
    let bodies = [serde_json::from_str::<Value>(&before), serde_json::from_slice::<Value>(&bytes)];
    match bodies {
        [Ok(before), Ok(after)] => compare("", &before, &after, &text(&call["korrelasjonsid"]), &mut differences),
        _ if is_whole && before.as_bytes() != &bytes[..] => {
            differences.push(format!("body: {} bytes, now {} bytes, not the same", before.len(), bytes.len()));
        }
        _ => {}
    }
    let more = differences.len().saturating_sub(MOST);
    differences.truncate(MOST);
    if more > 0 {
        differences.push(format!("and {more} more"));
    }
    Ok(if differences.is_empty() { Outcome::Same } else { Outcome::Differs(differences) })
}

/// A URL without the session that its base names. The base URL of the replay says which session it is now.
fn without_session(url: &str) -> String {
    let (path, query) = url.split_once('?').map_or((url, String::new()), |(path, query)| (path, format!("?{query}")));
    let prefix = base_url::split(path);
    let encoded =
        |value: &str| percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string();
    let others = prefix.pairs.iter().filter(|(key, _)| key != "session");
    let others: Vec<String> = others.map(|(key, value)| format!("{key}={}", encoded(value))).collect();
    let base = if others.is_empty() { String::new() } else { format!("/~{}", others.join(",")) };
    format!("{base}{}{query}", prefix.path)
}

/// Notes where two values differ. What is the id of the call is no difference.
fn compare(place: &str, before: &Value, after: &Value, id: &str, found: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(one), Value::Object(other)) => {
            let names = one.keys().chain(other.keys().filter(|name| !one.contains_key(*name)));
            for name in names {
                let place = format!("{place}/{name}");
                match (one.get(name), other.get(name)) {
                    (Some(one), Some(other)) => compare(&place, one, other, id, found),
                    (Some(one), None) => found.push(format!("{place}: {}, now absent", short(one))),
                    (None, Some(other)) => found.push(format!("{place}: absent, now {}", short(other))),
                    (None, None) => {}
                }
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (at, (one, other)) in one.iter().zip(other).enumerate() {
                compare(&format!("{place}/{at}"), one, other, id, found);
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            found.push(format!("{place}: {} entries, now {}", one.len(), other.len()));
        }
        (one, other) if one == other => {}
        (Value::String(one), Value::String(_)) if !id.is_empty() && one.contains(id) => {}
        (one, other) => found.push(format!("{place}: {}, now {}", short(one), short(other))),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 80 { format!("{}…", text.chars().take(80).collect::<String>()) } else { text }
}
