//! Why a service refuses a call, and the body that says so.
//! Imitates docs/fidelity.md, "Errors".

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::module::ServiceModule;
use super::negotiation::Format;
use super::xml;
use crate::access;
use crate::catalogue::{Check, Code, Demanded, Endpoint, Service};

/// The root element of an error in XML.
pub(crate) const FEIL_ROOT: &str = "feil";
/// Its namespace, by the published schema.
pub(crate) const FEIL_NAMESPACE: &str = "urn:no:skatteetaten:datasamarbeid:feil:v1";

/// The refusal of a call. Its texts are for the caller, in the language of the service.
#[derive(Debug)]
pub enum Refusal {
    /// One code.
    Code {
        /// The code.
        code: &'static Code,
        /// What is wrong with this very call.
        message: Cow<'static, str>,
        /// What led to it.
        reason: Reason,
        /// What would have made the call succeed, where the service knows better than anyone.
        hint: Option<String>,
    },
    /// Everything that is wrong with what was sent.
    Findings {
        /// The HTTP status.
        status: u16,
        /// At least one.
        findings: Vec<Finding>,
        /// What would have made the call succeed.
        hint: Option<String>,
    },
}

/// What led to a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Somebody asked for it.
    OnDemand,
    /// The call failed a check.
    Check(Check),
    /// The endpoint has other methods: the value of `Allow`.
    Method(Box<str>),
    /// The token, with the challenge of `WWW-Authenticate`.
    Token(Check, Box<str>),
    /// The body is longer than its limit, in bytes.
    TooLarge(usize),
    /// What the call changes could not be written, so nothing has changed.
    NotKept,
}

/// Something that is wrong with what was sent.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Finding {
    /// The rule that it breaks.
    pub kode: Cow<'static, str>,
    /// What is wrong, in Norwegian.
    pub melding: String,
    /// Where in the body, as a JSON pointer.
    pub peker: String,
}

/// The form of a service's errors.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Envelope {
    /// `kode`, `melding`, `korrelasjonsid`, in JSON or XML.
    Feil,
    /// A form of the service's own, in JSON.
    Own(fn(&'static Code, &str) -> Value),
    /// A form of the service's own for whole refusals, in JSON. Besides the refusal, it is given the id of the call.
    Whole(fn(&Refusal, &str) -> Value),
}

/// The body of an error.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Feil<'a> {
    /// The code of the error.
    pub(super) kode: &'a str,
    /// What is wrong, in Norwegian.
    pub(super) melding: &'a str,
    /// The id of the call, as in the header.
    pub(super) korrelasjonsid: &'a str,
}

impl Refusal {
    /// A code, with what is wrong with this very call; not tied to a check.
    pub fn new(code: &'static Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Code { code, message: message.into(), reason: Reason::OnDemand, hint: None }
    }

    /// The refusal of a call that failed a check, with what is wrong with this very call.
    pub fn failed(service: &Service, check: Check, message: impl Into<Cow<'static, str>>) -> Self {
        let code = service.refusal(check);
        Self::Code { code, message: message.into(), reason: Reason::Check(check), hint: None }
    }

    /// The same with the general message of the code.
    pub fn failed_at(service: &Service, check: Check) -> Self {
        Self::failed(service, check, service.refusal(check).melding)
    }

    /// The code with the sandbox's general message for it.
    pub fn on_demand(code: &'static Code) -> Self {
        Self::new(code, code.melding)
    }

    /// What was demanded of a service: a code, or findings that say the general message of their codes.
    pub(crate) fn demanded(module: &ServiceModule, endpoint: Option<&Endpoint>, demanded: &Demanded) -> Self {
        let codes = match demanded {
            Demanded::Code(code) => return Self::on_demand(code),
            Demanded::Findings(codes) => codes,
        };
        let finding = |code: &&'static Code| Finding {
            kode: code.code.into(),
            melding: code.melding.to_owned(),
            peker: String::new(),
        };
        let first = || codes.first().map_or(module.service.refusal(Check::Input).status, |code| code.status);
        let status = module.hooks.demanded_status.map_or_else(first, |status| status(endpoint, codes));
        Self::findings(status, codes.iter().map(finding).collect())
    }

    /// Everything that is wrong with a body, with a status like 422.
    pub fn findings(status: u16, findings: Vec<Finding>) -> Self {
        Self::Findings { status, findings, hint: None }
    }

    /// The refusal of a caller who may not ask.
    pub(crate) fn access(service: &Service, refusal: access::Refusal) -> Self {
        match refusal {
            access::Refusal::Consent(message) => Self::failed(service, Check::Consent, message),
            access::Refusal::Authentication { melding, challenge } => {
                Self::token(service, Check::Authentication, melding, challenge)
            }
            access::Refusal::Scope { melding, challenge } => {
                Self::token(service, Check::Authorisation, melding, challenge)
            }
        }
    }

    fn token(service: &Service, check: Check, message: String, challenge: String) -> Self {
        let (code, reason) = (service.refusal(check), Reason::Token(check, challenge.into()));
        Self::Code { code, message: message.into(), reason, hint: None }
    }

    /// The same refusal with a reason.
    #[must_use]
    pub(crate) fn because(mut self, is: Reason) -> Self {
        if let Self::Code { reason, .. } = &mut self {
            *reason = is;
        }
        self
    }

    /// The same refusal with what would have made the call succeed.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        let (Self::Code { hint, .. } | Self::Findings { hint, .. }) = &mut self;
        *hint = Some(text.into());
        self
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Code { reason: Reason::TooLarge(_), .. } => 413,
            Self::Code { reason: Reason::NotKept, .. } => 503,
            Self::Code { code, .. } => code.status,
            Self::Findings { status, .. } => *status,
        }
    }

    /// The check that the call failed; nothing where it failed none.
    pub(crate) fn check(&self) -> Option<Check> {
        match self {
            Self::Code { reason, .. } => match reason {
                Reason::OnDemand | Reason::NotKept => None,
                Reason::Check(check) | Reason::Token(check, _) => Some(*check),
                Reason::Method(_) => Some(Check::Url),
                Reason::TooLarge(_) => Some(Check::Body),
            },
            Self::Findings { .. } => Some(Check::Input),
        }
    }

    /// What led to it, where it is one code.
    pub(crate) fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Code { reason, .. } => Some(reason),
            Self::Findings { .. } => None,
        }
    }

    /// What would have made the call succeed.
    pub(crate) fn hint_text(&self) -> Option<&str> {
        match self {
            Self::Code { hint, .. } | Self::Findings { hint, .. } => hint.as_deref(),
        }
    }

    /// Everything that is wrong, where it is a list.
    pub(crate) fn all_findings(&self) -> &[Finding] {
        match self {
            Self::Findings { findings, .. } => findings,
            Self::Code { .. } => &[],
        }
    }

    /// The code, where there is one.
    pub(crate) fn code(&self) -> Option<&'static Code> {
        match self {
            Self::Code { code, .. } => Some(code),
            Self::Findings { .. } => None,
        }
    }

    /// What is wrong, in a sentence, for the journal.
    pub(crate) fn summary(&self) -> Cow<'_, str> {
        match self {
            Self::Code { message, .. } => Cow::Borrowed(message),
            Self::Findings { findings, .. } => findings
                .iter()
                .map(|finding| format!("{}: {}", finding.kode, finding.melding))
                .collect::<Vec<_>>()
                .join("; ")
                .into(),
        }
    }

    /// The body in an envelope and a format, in XML by the published schema; `change` may drift it.
    pub(crate) fn body(
        &self,
        envelope: Envelope,
        format: Format,
        korrelasjonsid: &str,
        change: impl FnOnce(&mut Value),
    ) -> Vec<u8> {
        let mut value = match (self, envelope) {
            (_, Envelope::Whole(body)) => body(self, korrelasjonsid),
            (Self::Findings { findings, .. }, _) => json!({ "funn": findings, "korrelasjonsid": korrelasjonsid }),
            (Self::Code { code, message, .. }, Envelope::Own(body)) => body(code, message),
            (Self::Code { code, message, .. }, Envelope::Feil) => {
                let feil = Feil { kode: code.code, melding: message, korrelasjonsid };
                serde_json::to_value(&feil).unwrap_or_default()
            }
        };
        change(&mut value);
        xml::write(serde_json::to_vec(&value).unwrap_or_default(), format, FEIL_ROOT, Some(FEIL_NAMESPACE))
    }
}

/// The body of a refusal with findings.
#[derive(Serialize, JsonSchema)]
pub(crate) struct FunnRespons {
    /// Everything that is wrong.
    funn: Vec<Finding>,
    /// The id of the call, as in the header.
    korrelasjonsid: String,
}
