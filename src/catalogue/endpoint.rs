//! The description of an endpoint: method, path, body, party, and success.

/// The method of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of HTTP")]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
}

impl Method {
    /// The name as it is written in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// An endpoint of a service.
#[derive(Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The name that scenarios and rules use.
    pub name: &'static str,
    /// The method. An endpoint with GET answers HEAD too.
    pub method: Method,
    /// The path below the service's base, like `v1/{rettighetspakke}/{identifikator}/krav`.
    pub path: &'static str,
    /// Whole paths that lead here too: below the base of another service, or older versions below its own. They have the
    /// same places in the same parts.
    pub also_at: &'static [&'static str],
    /// Whether it takes `fraOgMed` and `tilOgMed`.
    pub periode: bool,
    /// The other parameters of its path and its query.
    pub parameters: &'static [Parameter],
    /// The body that it reads.
    pub body: BodyPolicy,
    /// Where a call names its party.
    pub party: PartyIn,
    /// The status and headers of a success.
    pub success: Success,
    /// The status of a refusal that lists findings. `None` if it has no such refusal.
    pub findings: Option<u16>,
    /// The root element of its answer in XML.
    pub xml_root: &'static str,
    /// The service code of an Altinn 2 consent to this endpoint alone.
    pub consent_code: Option<&'static str>,
}

impl Endpoint {
    /// The names of the parameters of its query, without the caller's id, which every endpoint takes.
    pub(crate) fn query_names(&self) -> impl Iterator<Item = &'static str> {
        let path = self.path;
        let in_path = move |name: &str| {
            path.split('/').any(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) == Some(name))
        };
        let period = if self.periode { &["fraOgMed", "tilOgMed"][..] } else { &[] };
        let own = self.parameters.iter().map(|parameter| parameter.name).filter(move |name| !in_path(name));
        period.iter().copied().chain(own)
    }

    /// An endpoint with GET, about a party in its URL.
    pub const fn get(name: &'static str, path: &'static str) -> Self {
        Self::new(Method::Get, name, path)
    }

    /// An endpoint with POST.
    pub const fn post(name: &'static str, path: &'static str, body: BodyPolicy) -> Self {
        let mut endpoint = Self::new(Method::Post, name, path);
        endpoint.body = body;
        endpoint
    }

    /// An endpoint with PUT.
    pub const fn put(name: &'static str, path: &'static str, body: BodyPolicy) -> Self {
        let mut endpoint = Self::new(Method::Put, name, path);
        endpoint.body = body;
        endpoint
    }

    const fn new(method: Method, name: &'static str, path: &'static str) -> Self {
        Self {
            name,
            method,
            path,
            also_at: &[],
            periode: false,
            parameters: &[],
            body: BodyPolicy::None,
            party: PartyIn::Url,
            success: Success::OK,
            findings: None,
            xml_root: "",
            consent_code: None,
        }
    }

    /// Whether it answers a method. An endpoint with GET answers HEAD too.
    pub fn takes(&self, method: &http::Method) -> bool {
        let method = method.as_str();
        method == self.method.as_str() || (method == "HEAD" && self.method == Method::Get)
    }
}

/// The body that an endpoint reads. A limit is in bytes; a larger body is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyPolicy {
    /// No body. If a request has one, it is not read.
    None,
    /// JSON.
    Json {
        /// The size of the largest body, in bytes.
        limit: usize,
    },
    /// A form (`application/x-www-form-urlencoded`).
    Form {
        /// The size of the largest body, in bytes.
        limit: usize,
    },
    /// Parts (`multipart/form-data`), which are read one after the other.
    Multipart {
        /// The size of the largest part, and of all parts together, in bytes.
        limit: usize,
    },
}

impl BodyPolicy {
    /// The required content type. `None` if no body is read.
    pub const fn content_type(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Json { .. } => Some("application/json"),
            Self::Form { .. } => Some("application/x-www-form-urlencoded"),
            Self::Multipart { .. } => Some("multipart/form-data"),
        }
    }
}

/// Where a call names the party that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyIn {
    /// In the URL.
    Url,
    /// In the token. Without a token, the modifier `party` names it, otherwise it is the scenarios' default party.
    Token,
    /// In the JSON body, at this pointer (RFC 6901).
    Body(&'static str),
    /// Nowhere. The call is about no party.
    Nowhere,
}

/// The status and headers of a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Success {
    /// The HTTP status.
    pub status: u16,
    /// The headers that it has in addition to `Korrelasjonsid`.
    pub headers: &'static [&'static str],
}

impl Success {
    /// 200 without additional headers.
    pub const OK: Self = Self { status: 200, headers: &[] };
    /// 201 with the `Location` of the new resource.
    pub const CREATED: Self = Self { status: 201, headers: &["Location"] };
}

/// A parameter of a path or a query.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name as it is spelt in the URL.
    pub name: &'static str,
    /// Its description in the OpenAPI document.
    pub description: &'static str,
    /// A value that it can have, as it is written in the URL, for the OpenAPI document.
    pub example: &'static str,
    /// The kind of its values.
    pub kind: ParameterKind,
}

/// The kind of a parameter's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A text that is not empty.
    Text,
    /// A whole number.
    Integer(Number),
}

/// The range of a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// The least value.
    pub minimum: i64,
    /// The greatest value, if the OpenAPI document has one.
    pub maximum: Option<i64>,
}
