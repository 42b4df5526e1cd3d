//! What an endpoint says of itself: method, path, body, party, and how a success looks.

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
    /// As it is written in a request.
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
    /// The method. An endpoint with GET answers HEAD, too.
    pub method: Method,
    /// The path below the service's base, like `v1/{rettighetspakke}/{identifikator}/krav`.
    pub path: &'static str,
    /// A whole path below another service's base that leads here, too.
    pub also_at: Option<&'static str>,
    /// Whether it takes `fraOgMed` and `tilOgMed`.
    pub periode: bool,
    /// The other parameters of its path and its query.
    pub parameters: &'static [Parameter],
    /// Which body it reads.
    pub body: BodyPolicy,
    /// Where a call says whom it is about.
    pub party: PartyIn,
    /// How a success looks.
    pub success: Success,
    /// The status of a refusal that tells a list of findings, where it has one.
    pub findings: Option<u16>,
    /// The root element of its answer in XML.
    pub xml_root: &'static str,
    /// The service code of an Altinn 2 consent to this endpoint alone.
    pub consent_code: Option<&'static str>,
}

impl Endpoint {
    /// An endpoint that is read by GET, about a party in its URL, answered in JSON.
    pub const fn get(name: &'static str, path: &'static str) -> Self {
        Self::new(Method::Get, name, path)
    }

    /// An endpoint that is written to by POST.
    pub const fn post(name: &'static str, path: &'static str, body: BodyPolicy) -> Self {
        let mut endpoint = Self::new(Method::Post, name, path);
        endpoint.body = body;
        endpoint
    }

    /// An endpoint that is written to by PUT.
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
            also_at: None,
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

    /// Whether it answers a method.
    pub fn takes(&self, method: &http::Method) -> bool {
        let method = method.as_str();
        method == self.method.as_str() || (method == "HEAD" && self.method == Method::Get)
    }
}

/// Which body an endpoint reads. A limit is in bytes; a larger body is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyPolicy {
    /// None. A body that comes all the same is not read.
    None,
    /// JSON.
    Json {
        /// The largest body.
        limit: usize,
    },
    /// A form (`application/x-www-form-urlencoded`).
    Form {
        /// The largest body.
        limit: usize,
    },
    /// Parts (`multipart/form-data`), read one after the other.
    Multipart {
        /// The largest single part, and the largest sum of all parts.
        limit: usize,
    },
}

impl BodyPolicy {
    /// The content type that it needs; nothing where no body is read.
    pub const fn content_type(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Json { .. } => Some("application/json"),
            Self::Form { .. } => Some("application/x-www-form-urlencoded"),
            Self::Multipart { .. } => Some("multipart/form-data"),
        }
    }
}

/// Where a call says whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyIn {
    /// In the URL.
    Url,
    /// In the token. Without a token the modifier `party` says it, or the scenarios' default.
    Token,
    /// In the JSON body, at this pointer (RFC 6901).
    Body(&'static str),
    /// Nowhere: the call is about no party.
    Nowhere,
}

/// How a success looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Success {
    /// The HTTP status.
    pub status: u16,
    /// The headers that it carries beside `Korrelasjonsid`.
    pub headers: &'static [&'static str],
}

impl Success {
    /// 200 without headers of its own.
    pub const OK: Self = Self { status: 200, headers: &[] };
    /// 201 with the `Location` of what was made.
    pub const CREATED: Self = Self { status: 201, headers: &["Location"] };
}

/// A parameter of a path or a query.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, as it is spelt in the URL.
    pub name: &'static str,
    /// What it is, for the contract.
    pub description: &'static str,
    /// What its values are.
    pub kind: ParameterKind,
}

/// What the values of a parameter are.
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
    /// The greatest value, where the contract names one.
    pub maximum: Option<i64>,
}
