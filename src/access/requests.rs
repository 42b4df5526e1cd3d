//! What clients of a session have asked Altinn for: consents, systems, systembrukere; and what came of it. The issuer
//! looks here before it puts a consent or a systembruker into a token. Imitates docs/fidelity.md, "Altinn".

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::mint::{stable_uuid, urn};
use crate::log::kept::{Fold, Kept, Told};

/// The most entries of each kind in a session.
const MOST: usize = 10_000;

/// A consent that was asked for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct ConsentRequest {
    /// A UUID, in small letters.
    pub(crate) id: String,
    /// Who is asked: 9 or 11 digits.
    pub(crate) from: String,
    /// Who asks: nine digits.
    pub(crate) to: String,
    pub(crate) valid_to: DateTime<Utc>,
    /// `consentRights`, as they were sent.
    pub(crate) rights: Value,
    pub(crate) message: Value,
    pub(crate) redirect_url: String,
    pub(crate) portal_view_mode: String,
    pub(crate) status: ConsentStatus,
    /// What has happened to it: when, and who did it (9 or 11 digits).
    pub(crate) events: Vec<(ConsentStatus, DateTime<Utc>, String)>,
}

/// What has come of a consent.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum ConsentStatus {
    Created,
    Accepted,
    Rejected,
    Revoked,
}

impl ConsentStatus {
    /// The published name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Accepted => "Accepted",
            Self::Rejected => "Rejected",
            Self::Revoked => "Revoked",
        }
    }
}

impl ConsentRequest {
    /// When it was accepted.
    pub(crate) fn consented(&self) -> Option<DateTime<Utc>> {
        self.events.iter().find(|(status, ..)| *status == ConsentStatus::Accepted).map(|(_, at, _)| *at)
    }

    /// Whether another request with the same id asks for the same.
    fn is_same(&self, other: &Self) -> bool {
        (&self.from, &self.to, self.valid_to, &self.rights, &self.redirect_url)
            == (&other.from, &other.to, other.valid_to, &other.rights, &other.redirect_url)
    }

    /// The entry of `authorization_details`: exactly these rights and times. `None` if it is not accepted.
    pub(crate) fn detail(&self) -> Option<Value> {
        Some(json!({
            "type": "urn:altinn:consent",
            "id": self.id,
            "from": urn(&self.from),
            "to": urn(&self.to),
            "consented": instant(self.consented()?),
            "validTo": instant(self.valid_to),
            "consentRights": self.rights,
        }))
    }
}

/// An instant as Altinn writes it, with an offset.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// A system that a supplier has registered.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct RegisteredSystem {
    pub(crate) id: String,
    pub(crate) internal_id: String,
    /// The supplier: nine digits.
    pub(crate) vendor: String,
    /// As it was sent.
    pub(crate) document: Value,
}

/// A systembruker that was asked for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct SystemUserRequest {
    /// A UUID. The systembruker gets the same.
    pub(crate) id: String,
    pub(crate) system_id: String,
    /// The supplier: nine digits.
    pub(crate) vendor: String,
    /// The customer: nine digits.
    pub(crate) party: String,
    pub(crate) external_ref: String,
    pub(crate) title: Value,
    pub(crate) rights: Value,
    pub(crate) access_packages: Value,
    pub(crate) redirect_url: Option<String>,
    pub(crate) status: SystemUserStatus,
    pub(crate) created: DateTime<Utc>,
}

/// What has come of a request for a systembruker.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum SystemUserStatus {
    New,
    Accepted,
    Rejected,
}

impl SystemUserStatus {
    /// The published name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Accepted => "Accepted",
            Self::Rejected => "Rejected",
        }
    }
}

impl SystemUserRequest {
    /// The entry of `authorization_details`.
    pub(crate) fn detail(&self) -> Value {
        json!({
            "type": "urn:altinn:systemuser",
            "systemuser_org": super::mint::iso6523(&self.party),
            "systemuser_id": [self.id],
            "system_id": self.system_id,
        })
    }
}

/// Why something cannot be done with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotDone {
    /// There is no such request.
    Unknown,
    /// Its status does not allow it.
    Status(&'static str),
    /// The same id stands for something else.
    Taken,
    /// The session holds too many.
    Full,
}

/// What was asked for in a session.
#[derive(Default)]
pub(crate) struct Requests(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    consents: BTreeMap<String, ConsentRequest>,
    systems: BTreeMap<String, RegisteredSystem>,
    /// The oldest first.
    system_users: Vec<SystemUserRequest>,
}

/// Something that a session asked Altinn for, or a decision on it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub(crate) enum Asked {
    Consent(ConsentRequest),
    ConsentDecided {
        id: String,
        status: ConsentStatus,
        at: DateTime<Utc>,
    },
    /// It takes the place of a system with the same id.
    System(RegisteredSystem),
    SystemUser(SystemUserRequest),
    SystemUserDecided {
        id: String,
        status: SystemUserStatus,
    },
}

impl Kept for Requests {
    type Event = Asked;

    fn told(event: &Asked) -> Told {
        Told::done(match event {
            Asked::Consent(it) => format!("{} asked {} for the consent {}", it.to, it.from, it.id),
            Asked::ConsentDecided { id, status, .. } => format!("The consent {id} was decided: {}", status.name()),
            Asked::System(it) => format!("The system {} was registered", it.id),
            Asked::SystemUser(it) => format!("A systembruker of {} was asked for: {}", it.party, it.id),
            Asked::SystemUserDecided { id, status } => {
                format!("The systembruker {id} was decided: {}", status.name())
            }
        })
    }

    fn apply(&self, event: &Asked, _: &Fold<'_>) {
        let mut inner = self.0.lock();
        match event {
            Asked::Consent(request) => drop(inner.consents.insert(request.id.clone(), request.clone())),
            Asked::ConsentDecided { id, status, at } => {
                if let Some(consent) = inner.consents.get_mut(id) {
                    consent.status = *status;
                    consent.events.push((*status, *at, consent.from.clone()));
                }
            }
            Asked::System(system) => drop(inner.systems.insert(system.id.clone(), system.clone())),
            Asked::SystemUser(request) => inner.system_users.push(request.clone()),
            Asked::SystemUserDecided { id, status } => {
                if let Some(request) = inner.system_users.iter_mut().find(|request| request.id == *id) {
                    request.status = *status;
                }
            }
        }
    }
}

/// What a wish comes to: the event, unless there is nothing to do; and what is told of it.
pub(crate) type Decision<T> = (Option<Asked>, Result<T, NotDone>);

impl Requests {
    /// A new request for a consent. What is told is the one that is kept, and whether it was there before.
    pub(crate) fn add_consent(&self, request: ConsentRequest) -> Decision<(ConsentRequest, bool)> {
        let inner = self.0.lock();
        match inner.consents.get(&request.id) {
            Some(known) if known.is_same(&request) => (None, Ok((known.clone(), true))),
            Some(_) => (None, Err(NotDone::Taken)),
            None if inner.consents.len() >= MOST => (None, Err(NotDone::Full)),
            None => (Some(Asked::Consent(request.clone())), Ok((request, false))),
        }
    }

    /// A consent by its id, which may be in capital letters.
    pub(crate) fn consent(&self, id: &str) -> Option<ConsentRequest> {
        self.0.lock().consents.get(&id.to_ascii_lowercase()).cloned()
    }

    /// Another status for a consent: an open one is accepted or rejected, an accepted one is revoked. What is told is its id.
    pub(crate) fn decide_consent(&self, id: &str, status: ConsentStatus, at: DateTime<Utc>) -> Decision<String> {
        let Some(consent) = self.consent(id) else { return (None, Err(NotDone::Unknown)) };
        let before = if status == ConsentStatus::Revoked { ConsentStatus::Accepted } else { ConsentStatus::Created };
        if consent.status != before {
            return (None, Err(NotDone::Status(consent.status.name())));
        }
        (Some(Asked::ConsentDecided { id: consent.id.clone(), status, at }), Ok(consent.id))
    }

    /// Registers a system. `false` is told if the id was there before; then nothing changes, unless `replace` says so.
    pub(crate) fn register(&self, system: RegisteredSystem, replace: bool) -> Decision<bool> {
        let inner = self.0.lock();
        let known = inner.systems.contains_key(&system.id);
        if known && !replace {
            return (None, Ok(false));
        }
        if !known && inner.systems.len() >= MOST {
            return (None, Err(NotDone::Full));
        }
        (Some(Asked::System(system)), Ok(true))
    }

    /// A system by its id.
    pub(crate) fn system(&self, id: &str) -> Option<RegisteredSystem> {
        self.0.lock().systems.get(id).cloned()
    }

    /// A new request for a systembruker, with its id. If there is one for the same system, customer and reference, that one is
    /// told, and `true`.
    pub(crate) fn add_system_user(
        &self,
        session: &str,
        mut request: SystemUserRequest,
    ) -> Decision<(SystemUserRequest, bool)> {
        let inner = self.0.lock();
        let key = |it: &SystemUserRequest| (it.system_id.clone(), it.party.clone(), it.external_ref.clone());
        if let Some(known) = inner.system_users.iter().find(|known| key(known) == key(&request)) {
            return (None, Ok((known.clone(), true)));
        }
        if inner.system_users.len() >= MOST {
            return (None, Err(NotDone::Full));
        }
        let number = inner.system_users.len();
        request.id = stable_uuid(&format!("{session} {:?} {} {number}", key(&request), request.created));
        (Some(Asked::SystemUser(request.clone())), Ok((request, false)))
    }

    /// The requests for a systembruker that fit, the oldest first.
    pub(crate) fn system_users(&self, fits: impl Fn(&SystemUserRequest) -> bool) -> Vec<SystemUserRequest> {
        self.0.lock().system_users.iter().filter(|request| fits(request)).cloned().collect()
    }

    /// Accepts or rejects an open request for a systembruker. What is told is the request after it.
    pub(crate) fn decide_system_user(&self, id: &str, status: SystemUserStatus) -> Decision<SystemUserRequest> {
        let found = self.system_users(|request| request.id.eq_ignore_ascii_case(id)).into_iter().next();
        let Some(request) = found else { return (None, Err(NotDone::Unknown)) };
        if request.status != SystemUserStatus::New {
            return (None, Err(NotDone::Status(request.status.name())));
        }
        (Some(Asked::SystemUserDecided { id: request.id.clone(), status }), Ok(SystemUserRequest { status, ..request }))
    }

    /// All consents.
    pub(crate) fn consents(&self) -> Vec<ConsentRequest> {
        self.0.lock().consents.values().cloned().collect()
    }
}
