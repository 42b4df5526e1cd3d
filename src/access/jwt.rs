//! Reads a JWT: three parts, of which the first two are JSON objects.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::{Part, TokenFault};
use super::keys::Algorithm;

/// The parts of a JWT. The signature has not been checked yet.
pub(crate) struct Jwt<'t> {
    pub(crate) header: Value,
    pub(crate) payload: Value,
    /// The text that was signed.
    pub(crate) signed: &'t str,
    pub(crate) signature: Vec<u8>,
}

impl<'t> Jwt<'t> {
    /// Splits and decodes a token.
    pub(crate) fn read(token: &'t str) -> Result<Self, TokenFault> {
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenFault::Parts);
        };
        let object = |text: &str, part: Part| {
            let bytes = decode(text).ok_or(TokenFault::Base64(part))?;
            let value: Value = serde_json::from_slice(&bytes).map_err(|_| TokenFault::Json(part))?;
            if value.is_object() { Ok(value) } else { Err(TokenFault::Object(part)) }
        };
        Ok(Self {
            header: object(header, Part::Header)?,
            payload: object(payload, Part::Payload)?,
            signed: &token[..header.len() + 1 + payload.len()],
            // A signature that is not base64url becomes empty, which no key verifies.
            signature: decode(signature).unwrap_or_default(),
        })
    }

    /// The algorithm of the signature, if it is one of [`Algorithm`].
    pub(crate) fn algorithm(&self) -> Result<Algorithm, TokenFault> {
        let name = self.header.get("alg").and_then(Value::as_str).unwrap_or_default();
        Algorithm::by_name(name).ok_or_else(|| TokenFault::Algorithm(name.chars().take(20).collect()))
    }
}

fn decode(part: &str) -> Option<Vec<u8>> {
    // A JWT must not have padding, but some generators add it.
    URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()
}

/// The claims of a token. The signature is not checked.
pub(super) fn claims<T: DeserializeOwned>(token: &str) -> Result<T, TokenFault> {
    serde_json::from_value(Jwt::read(token)?.payload).map_err(|_| TokenFault::ClaimType)
}

/// A date of a token in seconds since 1970, from a number or a text with a number.
pub(crate) fn seconds(value: &Value) -> Option<i64> {
    match value {
        // RFC 7519 allows a fraction. `as` saturates.
        #[expect(clippy::cast_possible_truncation, reason = "a date beyond i64 is treated as the last date")]
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds.floor() as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
