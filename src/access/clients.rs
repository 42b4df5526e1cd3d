//! The clients that the configuration file of the issuer registers. If it registers none, any client id and key are
//! accepted.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::keys::PublicKey;
use crate::domain::identifikator::Organisasjonsnummer;

/// A client, as it is registered.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientEntry {
    /// What its assertions say as `iss`.
    client_id: String,
    /// The organisation it belongs to, nine digits. A business certificate must be this organisation's.
    organisation: String,
    /// Its public keys as JWKs, each with a `kid`. Without any it signs with a business certificate (`x5c`); with keys it
    /// cannot.
    #[serde(default)]
    jwks: Vec<Value>,
    /// Names of keys that have expired: MP-121.
    #[serde(default)]
    expired_keys: Vec<String>,
    /// The scopes that are registered on it; another one is MP-200.
    scopes: Vec<String>,
    /// Scopes that their owner has not granted its organisation: MP-250.
    #[serde(default)]
    not_granted: Vec<String>,
    /// Organisations that have delegated scopes to it; another `consumer_org` is MP-251.
    #[serde(default)]
    delegations: Vec<DelegationEntry>,
    /// Organisations that have accepted its systembruker; another one is MP-303.
    #[serde(default)]
    systembrukere: Vec<String>,
}

/// A delegation to a client.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DelegationEntry {
    /// Who delegates.
    from: String,
    /// What.
    scopes: Vec<String>,
}

/// A registered client.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) organisation: String,
    keys: Vec<PublicKey>,
    expired: Vec<String>,
    scopes: Vec<String>,
    not_granted: Vec<String>,
    delegations: Vec<DelegationEntry>,
    systembrukere: Vec<String>,
}

impl Client {
    /// Whether it is registered with keys. Then it cannot sign with a business certificate.
    pub(crate) fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// The key with a name, and whether it has expired.
    pub(crate) fn key(&self, kid: &str) -> Option<(&PublicKey, bool)> {
        let key = self.keys.iter().find(|key| key.kid.as_deref() == Some(kid))?;
        Some((key, self.expired.iter().any(|expired| expired == kid)))
    }

    /// Whether a scope is registered on it.
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|known| known == scope)
    }

    /// Whether the owner of a scope has granted it to the client's organisation.
    pub(crate) fn is_granted(&self, scope: &str) -> bool {
        !self.not_granted.iter().any(|known| known == scope)
    }

    /// Whether an organisation has delegated a scope to the client.
    pub(crate) fn is_delegated(&self, consumer: &str, scope: &str) -> bool {
        let from_consumer = self.delegations.iter().filter(|delegation| delegation.from == consumer);
        from_consumer.flat_map(|delegation| &delegation.scopes).any(|known| known == scope)
    }

    /// Whether an organisation has accepted the client's systembruker.
    pub(crate) fn is_systembruker_of(&self, organisation: &str) -> bool {
        self.systembrukere.iter().any(|known| known == organisation)
    }
}

/// All registered clients, by their id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry(HashMap<String, Client>);

impl Registry {
    /// Registers the entries of a configuration.
    ///
    /// # Errors
    /// One message for everything that is wrong with an entry.
    pub(crate) fn new(entries: Vec<ClientEntry>) -> Result<Self, Vec<String>> {
        let (mut clients, mut messages) = (HashMap::new(), Vec::new());
        for entry in entries {
            let id = entry.client_id.clone();
            let mut report = |what: String| messages.push(format!("clients: {id}: {what}"));
            if id.is_empty() || id.len() > 200 {
                report("a client_id has 1 to 200 characters".to_owned());
            }
            let organisations = [&entry.organisation].into_iter().chain(&entry.systembrukere);
            for number in organisations.chain(entry.delegations.iter().map(|delegation| &delegation.from)) {
                if let Err(error) = number.parse::<Organisasjonsnummer>() {
                    report(format!("{number}: {error}"));
                }
            }
            let mut keys = Vec::new();
            for jwk in &entry.jwks {
                match PublicKey::from_jwk(jwk) {
                    Ok(key) if key.kid.is_some() => keys.push(key),
                    Ok(_) => report("a key needs a kid".to_owned()),
                    Err(error) => report(error.to_string()),
                }
            }
            for kid in &entry.expired_keys {
                if !keys.iter().any(|key| key.kid.as_deref() == Some(kid)) {
                    report(format!("expired_keys: there is no key {kid}"));
                }
            }
            for scope in &entry.not_granted {
                if !entry.scopes.contains(scope) {
                    report(format!("not_granted: {scope} is not one of its scopes"));
                }
            }
            let client = Client {
                organisation: entry.organisation,
                keys,
                expired: entry.expired_keys,
                scopes: entry.scopes,
                not_granted: entry.not_granted,
                delegations: entry.delegations,
                systembrukere: entry.systembrukere,
            };
            if clients.insert(entry.client_id, client).is_some() {
                report("the client is registered twice".to_owned());
            }
        }
        if messages.is_empty() { Ok(Self(clients)) } else { Err(messages) }
    }

    /// Whether no client is registered. If so, any client is accepted.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, client_id: &str) -> Option<&Client> {
        self.0.get(client_id)
    }
}
