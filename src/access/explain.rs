//! Explains a token claim by claim: the meaning of each claim, whether it passes, and what to change.

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::jwt::{Jwt, seconds};
use super::token::{LEEWAY, Token, date_text, is_known_issuer};
use super::{Access, Demand, Level, Refusal};
use crate::catalogue::{Check, Issuer};

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Line {
    /// The claim, or `header.alg` and the like.
    pub(crate) claim: String,
    /// Its value, cut where it is long.
    pub(crate) value: String,
    /// What it means.
    pub(crate) meaning: String,
    /// `passes`, `fails`, or `not checked`.
    pub(crate) verdict: &'static str,
    /// What to change, where it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fix: Option<String>,
}

/// What would come of a request with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It would be served.
    Served,
    /// It would be refused: status, code, and the service's message.
    Refused { status: u16, code: &'static str, message: String },
    /// It is no token that could be sent.
    NoToken(String),
    /// It is an Altinn 2 consent token, which is sent together with an access token.
    ConsentToken,
    /// No request is named.
    NoRequest,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Served => f.write_str("The request would be served."),
            Self::Refused { status, code, message } => write!(f, "{status} {code}: {message}."),
            Self::NoToken(why) => write!(f, "This is not a token: {why}."),
            Self::ConsentToken => f.write_str(
                "This is an Altinn 2 consent token. Send it in the header AltinnSamtykke, with an access token.",
            ),
            Self::NoRequest => {
                f.write_str("Name a service and a party to see whether a request with it would be served.")
            }
        }
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A token, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Explanation {
    /// What would come of the request with it, in a sentence.
    #[schemars(with = "String")]
    pub(crate) verdict: Verdict,
    pub(crate) lines: Vec<Line>,
}

const PASSES: &str = "passes";
const FAILS: &str = "fails";
const UNCHECKED: &str = "not checked";

impl Access {
    /// Explains a token for a request, or by itself if `demand` is `None`.
    pub(crate) fn explain(&self, text: &str, demand: Option<&Demand<'_>>, now: DateTime<Utc>) -> Explanation {
        let text = text.trim();
        let text = text.strip_prefix("Bearer ").unwrap_or(text);
        let jwt = match Jwt::read(text) {
            Ok(jwt) => jwt,
            Err(why) => {
                return Explanation { verdict: Verdict::NoToken(why.to_string()), lines: Vec::new() };
            }
        };
        let mut lines = vec![self.signature(&jwt)];
        for (name, value) in jwt.payload.as_object().into_iter().flatten() {
            lines.push(claim_line(name, value, demand, self.issued_by, now));
        }
        for needed in ["exp", "scope", "consumer"].into_iter().filter(|name| jwt.payload.get(*name).is_none()) {
            let consent = jwt.payload.get("OfferedBy").is_some();
            if !consent || needed == "exp" {
                lines.push(line(needed, "", "It is missing.", FAILS, Some("ask the issuer for a token that has it")));
            }
        }
        Explanation { verdict: self.verdict(text, &jwt, demand, now), lines }
    }

    fn signature(&self, jwt: &Jwt<'_>) -> Line {
        let header_text = |name: &str| jwt.header.get(name).and_then(Value::as_str).unwrap_or("–");
        let value = format!("alg {}, kid {}", header_text("alg"), header_text("kid"));
        match self.keys.verify(jwt) {
            Ok(()) => line("signature", &value, "It was made with a key that this sandbox knows.", PASSES, None),
            Err(why) if self.level() == Level::Signed => {
                let fix = "use a token of this sandbox's issuer, or start with --jwks and the other issuer's keys";
                line("signature", &value, &format!("Refused: {why}."), FAILS, Some(fix))
            }
            Err(why) => line(
                "signature",
                &value,
                &format!("It is checked only with --auth signed. It would fail: {why}."),
                UNCHECKED,
                None,
            ),
        }
    }

    fn verdict(&self, text: &str, jwt: &Jwt<'_>, demand: Option<&Demand<'_>>, now: DateTime<Utc>) -> Verdict {
        if jwt.payload.get("OfferedBy").is_some() {
            return Verdict::ConsentToken;
        }
        let Some(demand) = demand else {
            return Verdict::NoRequest;
        };
        let token = match Token::read(text) {
            Ok(token) => token,
            Err(why) => return Verdict::NoToken(why.to_string()),
        };
        let refused = |refusal: Refusal| {
            let (check, message) = match refusal {
                Refusal::Authentication { melding, .. } => (Check::Authentication, melding),
                Refusal::Scope { melding, .. } => (Check::Authorisation, melding),
                Refusal::Consent(melding) => (Check::Consent, melding),
            };
            let code = demand.service.refusal(check);
            Verdict::Refused { status: code.status, code: code.code, message }
        };
        let signed = self.level() == Level::Signed;
        if signed && let Err(why) = self.keys.verify(jwt) {
            return refused(Refusal::Authentication {
                melding: format!("Tokenet kan ikke godtas: {}", why.norwegian()),
                challenge: String::new(),
            });
        }
        let checked = token
            .check(demand.token, now, signed)
            .and_then(|()| self.rights(&http::HeaderMap::new(), &token, demand, now, None));
        checked.map_or_else(refused, |_| Verdict::Served)
    }
}

fn line(claim: &str, value: &str, meaning: &str, verdict: &'static str, fix: Option<&str>) -> Line {
    Line {
        claim: claim.to_owned(),
        value: value.to_owned(),
        meaning: meaning.to_owned(),
        verdict,
        fix: fix.map(str::to_owned),
    }
}

fn claim_line(name: &str, value: &Value, demand: Option<&Demand<'_>>, issuer: &Issuer, now: DateTime<Utc>) -> Line {
    let shown: String = match value {
        Value::String(text) => text.chars().take(120).collect(),
        other => other.to_string().chars().take(400).collect(),
    };
    let unchecked = |meaning: &str| line(name, &shown, meaning, UNCHECKED, None);
    let checked = |meaning: &str, passes: bool, fix: &str| {
        line(name, &shown, meaning, if passes { PASSES } else { FAILS }, (!passes).then_some(fix))
    };
    match name {
        "exp" | "nbf" | "iat" => time_line(name, value, &shown, now),
        "iss" if value == "altinn.no" => checked("Who issued the consent.", true, ""),
        "iss" => {
            let passes = value.as_str().is_some_and(|name| is_known_issuer(name, issuer));
            let fix = format!(
                "use a token of {} or of this sandbox; with --auth signed only the signature counts",
                issuer.test_url
            );
            checked("Who issued it.", passes, &fix)
        }
        "scope" => match demand {
            None => unchecked("What it may be used for."),
            Some(demand) => {
                let passes = value
                    .as_str()
                    .is_some_and(|held| held.split(' ').any(|scope| demand.token.scopes.contains(&scope)));
                checked("What it may be used for.", passes, &format!("ask for the scope {}", demand.scope()))
            }
        },
        "consumer" => {
            let number = value["ID"].as_str().and_then(|id| id.strip_prefix("0192:"));
            let passes = number.is_some_and(|number| number.len() == 9);
            checked(
                "The organisation that the token belongs to: the one that calls, or the one that delegated.",
                passes,
                "it needs ID 0192: and nine digits",
            )
        }
        "supplier" => unchecked("Who calls on the consumer's behalf, by delegation."),
        "delegation_source" => unchecked("Where the delegation is registered."),
        "authorization_details" => unchecked(
            "The caller acts as systembruker of systemuser_org, or `from` has consented to `to` until validTo.",
        ),
        "client_id" => unchecked("The OAuth client; a session or a rule can be bound to it."),
        "client_amr" => unchecked("How the client proved itself to the issuer."),
        "aud" => unchecked("The audience; Skatteetaten does not require it."),
        "token_type" => unchecked("How the token is sent: Authorization: Bearer."),
        "jti" => unchecked("The id of the token."),
        "OfferedBy" => match demand {
            None => unchecked("Who consented."),
            Some(demand) => checked("Who consented.", value == demand.part, &format!("it must be {}", demand.part)),
        },
        "CoveredBy" => unchecked("Who may use the consent: the consumer of the access token beside it."),
        "Services" | "ServiceCodes" => match demand {
            None => unchecked("What was consented to."),
            Some(demand) => {
                let text = value.to_string().replace(',', "_");
                let koder = demand.koder();
                let passes = koder.iter().any(|code| text.contains(code));
                checked("What was consented to.", passes, &format!("it must have {}", koder.join(" or ")))
            }
        },
        "ValidToDate" | "DelegatedDate" => {
            unchecked("When the consent ends, or when it was given; the token itself expires by exp.")
        }
        _ => unchecked("The sandbox does not use it."),
    }
}

fn time_line(name: &str, value: &Value, shown: &str, now: DateTime<Utc>) -> Line {
    let Some(at) = seconds(value) else {
        return line(name, shown, "It is not a number of seconds since 1970.", FAILS, Some("write it as a number"));
    };
    let left = at.saturating_sub(now.timestamp());
    let leeway = LEEWAY.num_seconds();
    let at = date_text(at);
    match name {
        "exp" if left + leeway > 0 => line(name, shown, &format!("{at}: it expires in {left} s."), PASSES, None),
        "exp" => {
            let meaning = format!("{at}: it expired {} s ago.", left.saturating_neg());
            line(
                name,
                shown,
                &meaning,
                FAILS,
                Some("fetch a new token before each batch of calls; a token lives two minutes"),
            )
        }
        _ if left > leeway => line(
            name,
            shown,
            &format!("{at}: that is {left} s in the future."),
            FAILS,
            Some("check the clock of the issuer"),
        ),
        _ => line(name, shown, &format!("{at}: {} s ago.", left.saturating_neg()), PASSES, None),
    }
}
