//! Tokens for testers: of each kind, and with each mistake that a service refuses.

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::access::Demand;
use crate::access::keys::SigningKey;
use crate::access::mint::{self, Grant};

/// Who calls with a token: the party itself, a supplier by delegation from the party, a supplier's systembruker for the party, somebody
/// with the party's consent in Altinn 3, or the consent token of the old Altinn, which goes beside somebody's own token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Holder {
    #[default]
    Organisation,
    Supplier,
    Systembruker,
    Consent,
    OldConsent,
}

/// What is wrong with a token, if a service is to refuse it: it ended an hour ago, it begins in an hour, it has a scope of no service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fault {
    Expired,
    NotYet,
    WrongScope,
}

/// The token that is wanted.
pub(super) struct Wanted<'w> {
    pub(super) by: Holder,
    /// The party whose data the call asks for.
    pub(super) party: &'w str,
    /// The organisation that calls, if it is not the party.
    pub(super) caller: &'w str,
    /// In seconds.
    pub(super) lifetime: i64,
    pub(super) wrong: Option<Fault>,
}

impl Wanted<'_> {
    /// Makes the token for a call.
    ///
    /// # Errors
    /// There can be no such token, and why.
    pub(super) fn make(
        &self,
        demand: &Demand<'_>,
        key: &SigningKey,
        issuer: &str,
        now: DateTime<Utc>,
    ) -> Result<String, String> {
        let Self { by, party, caller, lifetime, wrong } = *self;
        if demand.service.consent().is_none() && matches!(by, Holder::Consent | Holder::OldConsent) {
            let service = demand.service.name;
            return Err(format!("{service} takes no consent; its callers are the party itself or its systembruker"));
        }
        let made_at = self.made_at(now);
        if by == Holder::OldConsent {
            let koder = demand.koder();
            let services = &koder[..koder.len().min(1)];
            let claims = mint::altinn2_consent(party, caller, services, lifetime, made_at);
            if wrong == Some(Fault::WrongScope) {
                return Err("a consent token of the old Altinn has no scope".to_owned());
            }
            return key.sign(&claims).map_err(|error| error.to_string());
        }
        let details = match by {
            Holder::Systembruker => vec![mint::systembruker(party, caller)],
            Holder::Consent => vec![mint::consent(&mint::stable_uuid(party), party, caller, demand.ressurs(), now)],
            _ => Vec::new(),
        };
        let party_is_consumer = matches!(by, Holder::Organisation | Holder::Supplier);
        let grant = Grant {
            issuer,
            client_id: "innkreving-sandbox",
            client_amr: "private_key_jwt",
            consumer: if party_is_consumer { party } else { caller },
            supplier: (by == Holder::Supplier).then_some(caller),
            scope: if wrong == Some(Fault::WrongScope) { "skatteetaten:feil" } else { demand.scope() },
            resource: None,
            details,
            lifetime,
            jti: mint::stable_uuid(&format!("{party} {caller} {}", now.timestamp_micros())),
        };
        key.sign(&grant.claims(made_at)).map_err(|error| error.to_string())
    }

    /// The instant at which the token is made.
    fn made_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let hour = TimeDelta::hours(1);
        match self.wrong {
            Some(Fault::Expired) => now - hour - TimeDelta::seconds(self.lifetime),
            Some(Fault::NotYet) => now + hour,
            _ => now,
        }
    }
}
