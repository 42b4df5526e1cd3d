//! Tokens and assertions for tests in which nothing checks the signature.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{Answer, send};

/// The real time, which tokens follow.
#[expect(clippy::disallowed_methods, reason = "tokens follow the real clock")]
pub(crate) fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

/// An id that no other assertion of the tests has.
pub(crate) fn new_jti() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("assertion-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A JWT with a signature that is none.
pub(crate) fn jwt(claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2ln", encode(&json!({ "alg": "RS256", "kid": "x" })), encode(claims))
}

/// The claims of a token.
pub(crate) fn payload(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

/// Sends a grant with these claims to a token endpoint, under a host name.
pub(crate) fn grant(sandbox: &Sandbox, path: &str, host: &str, claims: &Value) -> Answer {
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let body = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={}", jwt(claims));
    let host = [("Host", host)];
    let headers: Vec<_> = [form].into_iter().chain(host.into_iter().filter(|(_, name)| !name.is_empty())).collect();
    send(sandbox, "POST", path, &headers, &body)
}
