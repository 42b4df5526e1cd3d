//! How a caller reached the sandbox.

use std::convert::Infallible;
use std::fmt;

use axum::extract::FromRequestParts;
use http::Extensions;
use http::request::Parts;

/// `http` or `https`, for the URLs that an answer tells. A request over TLS has it among its extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scheme(&'static str);

impl Scheme {
    pub(crate) const HTTPS: Self = Self("https");

    /// That of a request.
    pub(crate) fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self("http"))
    }

    /// That of a host: a name of the real service is only ever reached by HTTPS, through a proxy if not by the sandbox itself.
    pub(crate) fn or_https_if(self, is_real_host: bool) -> Self {
        if is_real_host { Self::HTTPS } else { self }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl<S: Sync> FromRequestParts<S> for Scheme {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}
