//! How a notice is signed: as Standard Webhooks says it, HMAC-SHA256 over id, time and body.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::RngExt as _;

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// The key that sandbox and receiver share.
pub(super) struct Hemmelighet(Vec<u8>);

impl std::fmt::Debug for Hemmelighet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hemmelighet")
    }
}

impl Hemmelighet {
    /// Reads a secret: `whsec_` and 24 to 64 bytes in base64. `None` if it is no such text.
    pub(super) fn les(text: &str) -> Option<Self> {
        let key = STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (24..=64).contains(&key.len()).then_some(Self(key))
    }

    /// A new one of 32 bytes.
    pub(super) fn ny(rng: &mut impl rand::Rng) -> Self {
        Self(rng.random::<[u8; 32]>().to_vec())
    }

    /// The secret as it is given to the receiver.
    pub(super) fn tekst(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The value of `webhook-signature`. `timestamp` is in seconds since 1970.
    pub(super) fn signer(&self, id: &str, timestamp: i64, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the reference libraries of Standard Webhooks.
    #[test]
    fn the_signature_is_that_of_standard_webhooks() {
        let secret = Hemmelighet::les("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
        let signed = secret.signer("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(secret.tekst(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    #[test]
    fn a_secret_of_another_form_is_not_taken() {
        for wrong in
            ["", "whsec_", "whsec_kort", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS?"]
        {
            assert!(Hemmelighet::les(wrong).is_none(), "{wrong}");
        }
        assert!(Hemmelighet::les(&format!("whsec_{}", STANDARD.encode([0; 65]))).is_none());
    }
}
