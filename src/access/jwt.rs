//! Reading a JWT: three parts, of which the middle one is a JSON object. Signatures are not looked at.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The claims of a token, or why it is none (Norwegian, to follow "fordi").
pub(super) fn claims<T: DeserializeOwned>(token: &str) -> Result<T, String> {
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(_signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("et JWT har tre deler skilt med punktum".to_owned());
    };
    let decode = |part: &str, which: &str| {
        // Padding is not allowed in a JWT, but some generators leave it.
        URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).map_err(|_| format!("{which} er ikke base64url"))
    };
    let header = decode(header, "headeren")?;
    serde_json::from_slice::<Value>(&header).ok().filter(Value::is_object).ok_or("headeren er ikke et JSON-objekt")?;
    let payload = decode(payload, "innholdet")?;
    let value: Value = serde_json::from_slice(&payload).map_err(|_| "innholdet er ikke JSON".to_owned())?;
    if !value.is_object() {
        return Err("innholdet er ikke et JSON-objekt".to_owned());
    }
    serde_json::from_value(value).map_err(|_| "et felt i innholdet har feil type".to_owned())
}

/// A numeric date of a token (seconds since 1970), as a number or a text of one.
pub(super) fn seconds(value: &Value) -> Option<i64> {
    match value {
        // RFC 7519 allows a fraction; as_f64 saturates and `as` does too.
        #[expect(clippy::cast_possible_truncation, reason = "a date beyond i64 is as good as the last one")]
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds.floor() as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
