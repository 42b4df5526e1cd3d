//! Requests for enforcement: valid ones, with their attachments uploaded.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;
use innkreving_sandbox::Sandbox;
use innkreving_sandbox::domain::begjaering::{Eksempeltype, Eksempelvalg, eksempel};
use serde_json::Value;

use super::{Answer, TODAY, send};

pub(crate) const UTLEGG: &str = "/api/utleggsbegjaering/v2";

/// The headers that every call has.
pub(crate) const HEADERS: [(&str, &str); 3] = [
    ("Klientid", "test"),
    ("Korrelasjonsid", "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e10"),
    ("Meldingsid", "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e11"),
];

/// A valid request of [`TODAY`], whose attachments are not uploaded. Another seed gives another one.
pub(crate) fn example(seed: u64) -> Value {
    let dato: NaiveDate = TODAY.parse().expect("a day");
    let valg = Eksempelvalg { krav: 2, type_: Eksempeltype::default(), rente: false, seed, dato };
    serde_json::to_value(eksempel(&valg)).expect("JSON")
}

/// A multipart body.
pub(crate) fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        let head = format!("--GRENSE\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--GRENSE--\r\n");
    body
}

/// Any method with a body of bytes, and the headers of the service.
pub(crate) fn send_bytes(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = http::Request::builder().method(method).uri(format!("{}{path}", sandbox.base_url()));
    for (name, value) in HEADERS.iter().chain(headers) {
        request = request.header(*name, *value);
    }
    let mut response = agent.run(request.body(body).expect("a request")).expect("an answer");
    let body = response.body_mut().read_to_vec().expect("a body");
    Answer { status: response.status().as_u16(), headers: response.headers().clone(), body }
}

/// Uploads a file.
pub(crate) fn upload(
    sandbox: &Sandbox,
    base: &str,
    headers: &[(&str, &str)],
    type_: &str,
    reference: &str,
    file: &[u8],
) -> Answer {
    let parts: [(&str, Option<&str>, &[u8]); 3] = [
        ("fil", Some("vedlegg.pdf"), file),
        ("type", None, type_.as_bytes()),
        ("innsenderReferanse", None, reference.as_bytes()),
    ];
    let content_type = [("Content-Type", "multipart/form-data; boundary=GRENSE")];
    let headers: Vec<_> = headers.iter().chain(&content_type).copied().collect();
    send_bytes(sandbox, "POST", &format!("{base}/vedlegg"), &headers, form(&parts))
}

/// Uploads every attachment of a request, and puts the new uuids in.
pub(crate) fn upload_all(sandbox: &Sandbox, base: &str, headers: &[(&str, &str)], request: &mut Value) {
    let reference = request["innsenderReferanse"].as_str().expect("a reference").to_owned();
    replace(request, &mut |type_| {
        let answer = upload(sandbox, base, headers, type_, &reference, b"%PDF-1.7 innhold");
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["uuid"].as_str().expect("a uuid").to_owned()
    });
}

/// The type of every attachment, in the order in which `replace` asks for them.
pub(crate) fn attachments(request: &Value) -> Vec<String> {
    let mut types = Vec::new();
    replace(&mut request.clone(), &mut |type_| {
        types.push(type_.to_owned());
        String::new()
    });
    types
}

/// Puts a new uuid into every attachment.
pub(crate) fn replace(value: &mut Value, uuid: &mut impl FnMut(&str) -> String) {
    match value {
        Value::Object(fields) if fields.contains_key("filnavn") && fields.contains_key("type") => {
            let type_ = fields["type"].as_str().expect("a type").to_owned();
            fields.insert("uuid".to_owned(), uuid(&type_).into());
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, uuid)),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, uuid)),
        _ => {}
    }
}

/// A valid request with its attachments uploaded, and with a reference that no other has.
pub(crate) fn ready(sandbox: &Sandbox, headers: &[(&str, &str)]) -> Value {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let mut request = example(7);
    request["innsenderReferanse"] = format!("REF-{}", NUMBER.fetch_add(1, Ordering::Relaxed)).into();
    upload_all(sandbox, UTLEGG, headers, &mut request);
    request
}

/// Sends a request.
pub(crate) fn call(sandbox: &Sandbox, method: &str, path: &str, headers: &[(&str, &str)], request: &Value) -> Answer {
    let all: Vec<_> = HEADERS.iter().chain(headers).chain(&[("Content-Type", "application/json")]).copied().collect();
    send(sandbox, method, path, &all, &request.to_string())
}

/// The codes of a refusal, in its order.
pub(crate) fn codes(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let list = body["valideringsfeil"].as_array().or_else(|| body["kontrollutslag"].as_array());
    let list = list.unwrap_or_else(|| panic!("{}: no list of faults: {body}", answer.status));
    list.iter().map(|it| it["kode"].as_str().expect("a code").to_owned()).collect()
}
