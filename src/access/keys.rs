//! Keys: the key that the sandbox signs with, and the keys that signatures are verified with.

use std::path::PathBuf;
use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, KeyPair, RsaKeyPair, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::{Mutex, RwLock};
use serde_json::{Value, json};

use super::fault::TokenFault;

/// The supported signature algorithms: RSA with PKCS #1 v1.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
}

impl Algorithm {
    pub(crate) const NAMES: [&'static str; 3] = ["RS256", "RS384", "RS512"];

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "RS384" => Some(Self::Rs384),
            "RS512" => Some(Self::Rs512),
            _ => None,
        }
    }

    fn verification(self) -> &'static signature::RsaParameters {
        match self {
            Self::Rs256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            Self::Rs384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            Self::Rs512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        }
    }
}

/// Why a key cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct KeyError(pub(crate) String);

impl KeyError {
    fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

/// The sandbox's fixed test key. It is public: everybody who has this project can sign with it.
const TEST_KEY: &str = include_str!("test-key.pem");

/// The name of the fixed test key.
const TEST_KID: &str = "innkreving-sandbox-test-key-1";

/// The fixed test key, read when it is first needed: to check it takes a millisecond, and most sandboxes never sign.
static FIXED: LazyLock<Result<RsaKeyPair, KeyError>> = LazyLock::new(|| {
    let body: String = TEST_KEY.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(body).map_err(|error| KeyError::new(error.to_string()))?;
    RsaKeyPair::from_pkcs8(&der).map_err(|error| KeyError::new(error.to_string()))
});

/// A key that the sandbox signs with.
pub(crate) struct SigningKey {
    /// `None`: the fixed test key.
    pair: Option<RsaKeyPair>,
    kid: String,
}

impl SigningKey {
    /// The fixed test key: the same in every sandbox, so that tokens survive restarts and replicas agree.
    pub(crate) fn fixed() -> Self {
        Self { pair: None, kid: TEST_KID.to_owned() }
    }

    /// A new key that nobody else has.
    pub(crate) fn generate() -> Result<Self, KeyError> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::new("no key could be generated"))?;
        let print = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, pair.public_key().as_ref());
        Ok(Self { kid: URL_SAFE_NO_PAD.encode(&print.as_ref()[..12]), pair: Some(pair) })
    }

    fn pair(&self) -> Result<&RsaKeyPair, KeyError> {
        match &self.pair {
            Some(pair) => Ok(pair),
            None => FIXED.as_ref().map_err(Clone::clone),
        }
    }

    /// Signs claims as a JWT (RS256).
    pub(crate) fn sign(&self, claims: &Value) -> Result<String, KeyError> {
        let header = json!({ "alg": "RS256", "kid": self.kid, "typ": "JWT" });
        let mut token =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let pair = self.pair()?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
            .map_err(|_| KeyError::new("signing failed"))?;
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(signature));
        Ok(token)
    }

    /// The public half.
    pub(crate) fn public(&self) -> Result<PublicKey, KeyError> {
        let key = self.pair()?.public_key();
        Ok(PublicKey {
            kid: Some(self.kid.clone()),
            n: key.modulus().big_endian_without_leading_zero().to_vec(),
            e: key.exponent().big_endian_without_leading_zero().to_vec(),
        })
    }
}

/// An RSA key that verifies signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicKey {
    pub(crate) kid: Option<String>,
    n: Vec<u8>,
    e: Vec<u8>,
}

impl PublicKey {
    /// Reads a JWK with `kty` RSA.
    pub(crate) fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        if jwk["kty"] != "RSA" {
            return Err(KeyError::new("the key is not of kind RSA (kty)"));
        }
        if jwk.get("d").is_some() {
            return Err(KeyError::new("this is a private key (d); give its public half"));
        }
        let number = |name: &str| {
            let text = jwk[name].as_str().ok_or_else(|| KeyError::new(format!("the key lacks {name}")))?;
            let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
            bytes.map_err(|_| KeyError::new(format!("{name} is not base64url")))
        };
        Self::new(jwk["kid"].as_str().map(str::to_owned), number("n")?, number("e")?)
    }

    /// A key from modulus and exponent, both big-endian.
    pub(crate) fn new(kid: Option<String>, n: Vec<u8>, e: Vec<u8>) -> Result<Self, KeyError> {
        let trimmed = |bytes: Vec<u8>| bytes.into_iter().skip_while(|b| *b == 0).collect::<Vec<_>>();
        let (n, e) = (trimmed(n), trimmed(e));
        if !(256..=1024).contains(&n.len()) {
            return Err(KeyError::new(format!("a key has 2048 to 8192 bits, this one has {}", n.len() * 8)));
        }
        Ok(Self { kid, n, e })
    }

    /// Whether a signature of a text was made with this key.
    pub(crate) fn verifies(&self, algorithm: Algorithm, text: &str, signature: &[u8]) -> bool {
        let key = RsaPublicKeyComponents { n: &self.n, e: &self.e };
        key.verify(algorithm.verification(), text.as_bytes(), signature).is_ok()
    }

    /// The key as a JWK.
    pub(crate) fn jwk(&self) -> Value {
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid,
            "n": URL_SAFE_NO_PAD.encode(&self.n), "e": URL_SAFE_NO_PAD.encode(&self.e),
        })
    }
}

/// The keys of another issuer, from a file. The file is looked at again while tokens are checked, so that a key that is
/// removed from it stops verifying and a new one begins to.
pub(crate) struct JwksFile {
    path: PathBuf,
    clock: fn() -> DateTime<Utc>,
    held: RwLock<HeldKeys>,
    last_look: Mutex<LastLook>,
}

struct HeldKeys {
    keys: Vec<PublicKey>,
    /// Counts the sets that the file has had, from 1.
    generation: u64,
}

struct LastLook {
    at: DateTime<Utc>,
    /// Why the file could not be read, so that the log says it once.
    error: Option<String>,
}

/// The shortest time between two looks at the file.
const LOOK_INTERVAL: TimeDelta = TimeDelta::seconds(1);

impl JwksFile {
    /// Reads the file for the first time. `clock` tells the real time.
    pub(crate) fn open(path: PathBuf, clock: fn() -> DateTime<Utc>) -> Result<Self, KeyError> {
        let held = HeldKeys { keys: read(&path)?, generation: 1 };
        let last_look = LastLook { at: clock(), error: None };
        Ok(Self { path, clock, held: RwLock::new(held), last_look: Mutex::new(last_look) })
    }

    /// Reads the file again if the last look was some time ago. If it cannot be read, the earlier keys stay.
    fn look(&self) {
        let now = (self.clock)();
        let mut last = self.last_look.lock();
        // A clock that was set back counts, too.
        if now.signed_duration_since(last.at).abs() < LOOK_INTERVAL {
            return;
        }
        last.at = now;
        match read(&self.path) {
            Ok(keys) => {
                last.error = None;
                let mut held = self.held.write();
                if held.keys != keys {
                    let generation = held.generation + 1;
                    *held = HeldKeys { keys, generation };
                    tracing::info!(path = %self.path.display(), "the key file was read anew");
                }
            }
            Err(error) => {
                let error = error.to_string();
                if last.error.as_ref() != Some(&error) {
                    tracing::warn!(path = %self.path.display(), %error, "the key file cannot be read again; the earlier keys stay in use");
                    last.error = Some(error);
                }
            }
        }
    }

    fn generation(&self) -> u64 {
        self.look();
        self.held.read().generation
    }

    /// The keys with a name. All keys if `kid` is `None`.
    fn find(&self, kid: Option<&str>) -> Vec<PublicKey> {
        self.look();
        let held = self.held.read();
        held.keys.iter().filter(|key| kid.is_none() || key.kid.as_deref() == kid).cloned().collect()
    }
}

fn read(path: &std::path::Path) -> Result<Vec<PublicKey>, KeyError> {
    let text = std::fs::read_to_string(path).map_err(|error| KeyError::new(format!("{}: {error}", path.display())))?;
    let value: Value =
        serde_json::from_str(&text).map_err(|error| KeyError::new(format!("{}: {error}", path.display())))?;
    let list = value["keys"].as_array().ok_or_else(|| KeyError::new(format!("{}: no list of keys", path.display())))?;
    // A set may have keys of other kinds, which no supported algorithm uses.
    let rsa = list.iter().filter(|jwk| jwk["kty"] == "RSA");
    let keys = rsa.map(PublicKey::from_jwk).collect::<Result<Vec<_>, _>>();
    let keys = keys.map_err(|error| KeyError::new(format!("{}: {error}", path.display())))?;
    if keys.is_empty() { Err(KeyError::new(format!("{}: no RSA key", path.display()))) } else { Ok(keys) }
}

/// The key that the sandbox signs with, and all keys that verify tokens.
pub(crate) struct Keys {
    pub(crate) own: SigningKey,
    external: Option<JwksFile>,
    /// Whether tokens of the own key are accepted.
    trusts_own: bool,
}

impl Keys {
    pub(crate) fn new(own: SigningKey, external: Option<JwksFile>) -> Self {
        Self { own, external, trusts_own: true }
    }

    /// The same keys, but tokens of the own key are not accepted.
    #[must_use]
    pub(crate) fn without_trust_in_own(self) -> Self {
        Self { trusts_own: false, ..self }
    }

    /// Whether tokens of the own key are accepted.
    pub(crate) fn trusts_own(&self) -> bool {
        self.trusts_own
    }

    /// The number of the set of keys that verify now. It changes whenever a key comes or goes.
    pub(super) fn generation(&self) -> u64 {
        self.external.as_ref().map_or(1, JwksFile::generation)
    }

    /// The set of keys that the issuer publishes.
    pub(crate) fn jwks(&self) -> Value {
        let keys: Vec<Value> = self.own.public().iter().map(PublicKey::jwk).collect();
        json!({ "keys": keys })
    }

    /// Verifies the signature of a JWT with the keys that its `kid` names, or with all keys if it has no `kid`.
    pub(crate) fn verify(&self, jwt: &super::jwt::Jwt<'_>) -> Result<(), TokenFault> {
        let algorithm = jwt.algorithm()?;
        if jwt.header.get("crit").is_some() {
            return Err(TokenFault::Critical);
        }
        let kid = jwt.header.get("kid").and_then(Value::as_str);
        let is_own = self.trusts_own && (kid.is_none() || kid == Some(self.own.kid.as_str()));
        let own = is_own.then(|| self.own.public().ok()).flatten();
        let external = self.external.as_ref().map(|file| file.find(kid)).unwrap_or_default();
        let mut keys = own.into_iter().chain(external).peekable();
        if keys.peek().is_none() {
            let kid: String = kid.unwrap_or_default().chars().take(60).collect();
            return Err(TokenFault::UnknownKey(kid));
        }
        if keys.any(|key| key.verifies(algorithm, jwt.signed, &jwt.signature)) {
            Ok(())
        } else {
            Err(TokenFault::Signature)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_key_is_stable_and_a_new_one_is_different() {
        let fixed = SigningKey::fixed().public().expect("the key in the project");
        assert_eq!(fixed, SigningKey::fixed().public().expect("again"));
        assert_eq!(PublicKey::from_jwk(&fixed.jwk()).expect("its own JWK"), fixed);
        let fresh = SigningKey::generate().and_then(|key| key.public()).expect("a key");
        assert!(fresh != fixed && fresh.kid != fixed.kid);
    }

    #[test]
    fn keys_that_cannot_be_used() {
        for (jwk, says) in [
            (json!({ "kty": "EC" }), "not of kind RSA"),
            (json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" }), "2048 to 8192 bits"),
            (json!({ "kty": "RSA", "n": "??", "e": "AQAB" }), "n is not base64url"),
            (json!({ "kty": "RSA", "n": "AQAB" }), "lacks e"),
            (json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "x" }), "private key"),
        ] {
            let error = PublicKey::from_jwk(&jwk).expect_err(says).to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
