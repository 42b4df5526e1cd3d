//! What is wrong with a JWT. Services answer in Norwegian, the sandbox's own tools in English.

use std::fmt;

use super::keys::Algorithm;

/// What is wrong with a JWT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// It does not have three parts.
    Parts,
    /// A part is not base64url.
    Base64(Part),
    /// A part is not JSON.
    Json(Part),
    /// A part is JSON, but not an object.
    Object(Part),
    /// A claim has a type that it cannot have.
    ClaimType,
    /// It is larger than this number of bytes.
    TooLarge(usize),
    /// Its algorithm is not one of [`Algorithm`]. The text is the name (`alg`).
    Algorithm(String),
    /// Its header has `crit`, which requires extensions that the sandbox does not have.
    Critical,
    /// No known key has this name (`kid`).
    UnknownKey(String),
    /// The signature was not made with its key.
    Signature,
}

/// A part of a JWT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The first.
    Header,
    /// The second.
    Payload,
}

impl Part {
    const fn norwegian(self) -> &'static str {
        match self {
            Self::Header => "headeren",
            Self::Payload => "innholdet",
        }
    }

    const fn english(self) -> &'static str {
        match self {
            Self::Header => "the header",
            Self::Payload => "the payload",
        }
    }
}

impl TokenFault {
    /// The text of a service, in Norwegian.
    pub(crate) fn norwegian(&self) -> String {
        match self {
            Self::Parts => "et JWT har tre deler skilt med punktum".to_owned(),
            Self::Base64(part) => format!("{} er ikke base64url", part.norwegian()),
            Self::Json(part) => format!("{} er ikke JSON", part.norwegian()),
            Self::Object(part) => format!("{} er ikke et JSON-objekt", part.norwegian()),
            Self::ClaimType => "et felt i innholdet har feil type".to_owned(),
            Self::TooLarge(most) => format!("det er større enn {most} byte"),
            Self::Algorithm(name) => {
                format!("signaturalgoritmen '{name}' (alg) er ikke en av {}", Algorithm::NAMES.join(", "))
            }
            Self::Critical => "headeren har crit, som ingen her forstår".to_owned(),
            Self::UnknownKey(kid) => format!("ingen kjent nøkkel heter '{kid}' (kid)"),
            Self::Signature => "signaturen stemmer ikke".to_owned(),
        }
    }
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parts => f.write_str("a JWT has three parts with dots between them"),
            Self::Base64(part) => write!(f, "{} is not base64url", part.english()),
            Self::Json(part) => write!(f, "{} is not JSON", part.english()),
            Self::Object(part) => write!(f, "{} is not a JSON object", part.english()),
            Self::ClaimType => f.write_str("a claim has the wrong type"),
            Self::TooLarge(most) => write!(f, "it is larger than {most} bytes"),
            Self::Algorithm(name) => {
                write!(f, "the signature algorithm '{name}' (alg) is not one of {}", Algorithm::NAMES.join(", "))
            }
            Self::Critical => f.write_str("the header has crit, which the sandbox does not support"),
            Self::UnknownKey(kid) => write!(f, "no known key has the name '{kid}' (kid)"),
            Self::Signature => f.write_str("the signature is wrong"),
        }
    }
}
