//! Which requests of the journal are asked for. A filter that no request can ever match is refused, because a test
//! that expects no requests would otherwise pass by mistake.

use schemars::JsonSchema;
use serde::Deserialize;

use super::queries::{read_query, refuse};
use crate::catalogue::{COMMON_CODES, Catalogue, Check, Code, PartyIn, Service};
use crate::faults::Cause;
use crate::faults::refused::Refused;
use crate::interface::Services;
use crate::session::call_id::CallId;
use crate::session::journal::Filter;
use crate::traces::parent::TraceParent;

/// Which requests are asked for; what is left out fits all.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestFilter {
    /// A service by name.
    service: Option<String>,
    /// An endpoint by the last part of its path.
    endpoint: Option<String>,
    /// The text in the number's place of the URL, valid or not. A number that the journal masks is found by its digits.
    party: Option<String>,
    /// The code that was answered.
    code: Option<String>,
    /// The `client_id` of the token.
    client: Option<String>,
    /// The HTTP status that was answered.
    status: Option<u16>,
    /// What the answer was due to, as in `Sandbox-Cause`.
    cause: Option<String>,
    /// The check that the call failed.
    failed: Option<String>,
    /// The id of one request.
    korrelasjonsid: Option<String>,
    /// The name of the test, as `Sandbox-Test` says.
    test: Option<String>,
    /// The id of the trace, as `traceparent` says: 32 hexadecimal digits.
    #[serde(rename = "traceId")]
    trace_id: Option<String>,
    /// Only requests with a higher number than this.
    #[schemars(range(max = u32::MAX))]
    after: Option<u32>,
    /// How many to tell, 50 where left out; `count` counts all.
    #[schemars(range(max = u32::MAX))]
    limit: Option<u32>,
}

/// The names of the filters.
const NAMES: [&str; 13] = [
    "service",
    "endpoint",
    "party",
    "code",
    "client",
    "status",
    "cause",
    "failed",
    "korrelasjonsid",
    "test",
    "traceId",
    "after",
    "limit",
];

/// How many requests are listed if the query has no `limit`.
const DEFAULT_LIMIT: usize = 50;

impl RequestFilter {
    /// Reads a query: the filter, after which number, and how many entries are wanted.
    pub(super) fn read(query: &str, services: &Services) -> Result<(Filter, u64, usize), Box<Refused>> {
        let read: Self = read_query(query, &NAMES)?;
        let limit = read.limit.map_or(DEFAULT_LIMIT, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let after = u64::from(read.after.unwrap_or(0));
        read.filter(services).map(|filter| (filter, after, limit))
    }

    /// The filter.
    ///
    /// # Errors
    /// No request can ever match it.
    fn filter(self, services: &Services) -> Result<Filter, Box<Refused>> {
        self.check(services)?;
        Ok(Filter {
            service: self.service,
            endpoint: self.endpoint,
            party: self.party,
            code: self.code,
            client: self.client,
            status: self.status,
            cause: self.cause,
            failed: self.failed,
            korrelasjonsid: self.korrelasjonsid,
            test: self.test,
            trace_id: self.trace_id,
        })
    }

    /// The filter of an expectation, and how a person reads it.
    ///
    /// # Errors
    /// No request can ever match it, or it says how many entries are wanted.
    pub(super) fn expected(self, services: &Services) -> Result<(Filter, String), Box<Refused>> {
        if self.limit.is_some() {
            let detail = "an expectation counts all calls; say how many by times, atLeast and atMost".to_owned();
            return Err(refuse("limit", None, detail, &[]));
        }
        if self.after.is_some() {
            let detail = "an expectation is about all calls of a session; reset the session to begin anew".to_owned();
            return Err(refuse("after", None, detail, &[]));
        }
        let filter = self.filter(services)?;
        let text = filter.to_string();
        Ok((filter, text))
    }

    /// Refuses what no request can match.
    fn check(&self, services: &Services) -> Result<(), Box<Refused>> {
        let all = services.catalogue.0;
        let names: Vec<_> = all.iter().map(|service| service.name).collect();
        one_of("service", self.service.as_deref(), &names)?;
        let endpoints = distinct(all.iter().flat_map(|service| service.endpoints).map(|endpoint| endpoint.name));
        one_of("endpoint", self.endpoint.as_deref(), &endpoints)?;
        let codes = distinct(codes(services, None).map(|code| code.code));
        one_of("code", self.code.as_deref(), &codes)?;
        one_of("cause", self.cause.as_deref(), &Cause::NAMES)?;
        one_of("failed", self.failed.as_deref(), &Check::ALL.map(Check::name))?;
        let fits = |service: &&&'static Service| {
            self.service.as_deref().is_none_or(|name| name == service.name)
                && self.endpoint.as_deref().is_none_or(|name| service.endpoint(name).is_some())
        };
        let candidates: Vec<&'static Service> = all.iter().filter(fits).copied().collect();
        if let (Some(service), Some(endpoint), []) = (&self.service, &self.endpoint, &*candidates) {
            let known = all.iter().find(|known| known.name == *service).map_or(&[][..], |known| known.endpoints);
            let known: Vec<_> = known.iter().map(|endpoint| endpoint.name).collect();
            let detail = format!("{service} has no endpoint {endpoint:?}; its endpoints are {}", known.join(", "));
            return Err(refuse("endpoint", Some(endpoint), detail, &known));
        }
        if let Some(code) = self.code.as_deref() {
            self.check_code(code, &candidates, services)?;
        }
        let is_good = self.status.is_some_and(|status| status < 400);
        let is_unasked = self.cause.as_deref() == Some(Cause::RefusedModifier.name());
        if let Some(failed) = self.failed.as_deref().filter(|_| is_good || is_unasked) {
            let detail = "a request that failed a check has a status from 400, and no modifier of it was refused";
            return Err(refuse("failed", Some(failed), detail.to_owned(), &[]));
        }
        self.check_texts(&candidates)?;
        match self.status.filter(|status| !(200..600).contains(status)) {
            Some(status) => {
                let detail = format!("{status} is not the status of an answer; it is from 200 to 599");
                Err(refuse("status", Some(&status.to_string()), detail, &[]))
            }
            None => Ok(()),
        }
    }

    /// Refuses a code that the other filters rule out.
    fn check_code(&self, code: &str, candidates: &[&'static Service], services: &Services) -> Result<(), Box<Refused>> {
        let by_name = self.service.is_some() || self.endpoint.is_some();
        let possible: Vec<&Code> =
            codes(services, by_name.then_some(candidates)).filter(|known| known.code == code).collect();
        if possible.is_empty() {
            let known = distinct(codes(services, Some(candidates)).map(|code| code.code));
            let owners = services.catalogue.owners_note(code);
            let whose = candidates.iter().map(|service| service.name).collect::<Vec<_>>().join(", ");
            let detail = format!("{whose} cannot give {code:?}{owners}; it can give {}", known.join(", "));
            return Err(refuse("code", Some(code), detail, &known));
        }
        // A body over its limit is 413, whatever the code.
        if let Some(status) = self.status.filter(|is| *is != 413 && possible.iter().all(|code| code.status != *is)) {
            let is = possible.first().map_or(0, |code| code.status);
            let detail = format!("{code} has the status {is}, not {status}");
            return Err(refuse("status", Some(&status.to_string()), detail, &[]));
        }
        if self.cause.as_deref() == Some(Cause::RefusedModifier.name()) {
            let detail = "a request whose modifiers were refused has no code".to_owned();
            return Err(refuse("code", Some(code), detail, &[]));
        }
        Ok(())
    }

    /// Refuses texts that no caller can have sent there.
    fn check_texts(&self, candidates: &[&'static Service]) -> Result<(), Box<Refused>> {
        if let Some(party) = &self.party {
            let has_party = |service: &&Service| {
                let mut asked = service.endpoints.iter().filter(|endpoint| self.wants_endpoint(endpoint.name));
                asked.any(|endpoint| endpoint.party != PartyIn::Nowhere)
            };
            if !candidates.iter().any(has_party) {
                let detail = "the requests that the other filters name are about no party".to_owned();
                return Err(refuse("party", Some(party), detail, &[]));
            }
            if party.is_empty() {
                return Err(refuse("party", Some(party), "a number of a party is not empty".to_owned(), &[]));
            }
        }
        if let Some(test) = self.test.as_deref().filter(|test| test.is_empty()) {
            return Err(refuse("test", Some(test), "the name of a test is not empty".to_owned(), &[]));
        }
        if let Some(client) = self.client.as_deref().filter(|client| client.is_empty()) {
            return Err(refuse("client", Some(client), "a client id is not empty".to_owned(), &[]));
        }
        if let Some(id) = self.trace_id.as_deref().filter(|id| !TraceParent::is_trace_id(id)) {
            let detail = "the id of a trace is 32 hexadecimal digits in lower case".to_owned();
            return Err(refuse("traceId", Some(id), detail, &[]));
        }
        if let Some(id) = self.korrelasjonsid.as_deref().filter(|id| !CallId::is_usable(id)) {
            let detail = "an id is 1 to 128 visible ASCII characters; another one is replaced by a new id".to_owned();
            return Err(refuse("korrelasjonsid", Some(id), detail, &[]));
        }
        Ok(())
    }

    fn wants_endpoint(&self, name: &str) -> bool {
        self.endpoint.as_deref().is_none_or(|wanted| wanted == name)
    }
}

/// The codes that answers have: of these services, or of all and of URLs of no service.
fn codes<'s>(services: &'s Services, only: Option<&'s [&'static Service]>) -> impl Iterator<Item = &'static Code> + 's {
    let modules = services.modules.iter().filter(move |module| {
        only.is_none_or(|only| only.iter().any(|service| std::ptr::eq(*service, module.service)))
    });
    let of_modules = modules.flat_map(|module| {
        let unexpected = [module.unexpected()];
        Catalogue::codes_at(Some(module.service)).chain(module.hooks.other_codes.iter().copied()).chain(unexpected)
    });
    of_modules.chain(if only.is_none() { COMMON_CODES } else { &[] })
}

fn distinct<'n>(names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let mut found: Vec<&str> = Vec::new();
    for name in names {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// Refuses a value that is none of those there are.
fn one_of(filter: &str, value: Option<&str>, known: &[&str]) -> Result<(), Box<Refused>> {
    match value.filter(|value| !known.contains(value)) {
        None => Ok(()),
        Some(value) => {
            let shown: String = value.chars().take(100).collect();
            let detail = format!("{filter} {shown:?} is none of those there are: {}", known.join(", "));
            Err(refuse(filter, Some(&shown), detail, known))
        }
    }
}
