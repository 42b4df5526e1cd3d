//! Explains a token claim by claim: the meaning of each claim, whether it passes, and what to change.

use std::fmt;

use chrono::{DateTime, Utc};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::fault::TokenFault;
use super::jwt::{Jwt, seconds};
use super::token::{LEEWAY, date_text, is_known_issuer};
use super::{Access, Demand, Level, Refusal, bearer};
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
    /// Explains a token for a request, or by itself if `demand` is `None`. What would come of the request is what
    /// [`Access::check`] makes of it.
    pub(crate) fn explain(&self, text: &str, demand: Option<&Demand<'_>>, now: DateTime<Utc>) -> Explanation {
        let text = text.trim();
        let text = bearer(text).unwrap_or(text);
        let jwt = Jwt::read(text);
        let lines = jwt.as_ref().map_or_else(|_| Vec::new(), |jwt| self.lines(jwt, demand, now));
        let verdict = match (jwt, demand) {
            (Ok(jwt), _) if is_consent_token(&jwt) => Verdict::ConsentToken,
            (_, Some(demand)) => self.verdict(text, demand, now),
            (Ok(_), None) => Verdict::NoRequest,
            (Err(why), None) => Verdict::NoToken(why.to_string()),
        };
        Explanation { verdict, lines }
    }

    fn lines(&self, jwt: &Jwt<'_>, demand: Option<&Demand<'_>>, now: DateTime<Utc>) -> Vec<Line> {
        let verified = self.keys.verify(jwt);
        let is_consent = is_consent_token(jwt);
        let reader = LineReader {
            demand,
            issuer: self.issued_by,
            is_consent,
            signature_decides: self.level() == Level::Signed && verified.is_ok(),
            now,
        };
        let mut lines = vec![self.signature(jwt, verified)];
        for (name, value) in jwt.payload.as_object().into_iter().flatten() {
            lines.push(reader.line(name, value));
        }
        for needed in ["exp", "iss", "scope", "consumer"] {
            let needs = match needed {
                "exp" => true,
                "iss" => !is_consent && !reader.signature_decides,
                _ => !is_consent,
            };
            if needs && jwt.payload.get(needed).is_none() {
                lines.push(line(needed, "", "It is missing.", FAILS, Some("ask the issuer for a token that has it")));
            }
        }
        if self.level() == Level::Off {
            for line in &mut lines {
                (line.verdict, line.fix) = (UNCHECKED, None);
            }
        }
        lines
    }

    fn signature(&self, jwt: &Jwt<'_>, verified: Result<(), TokenFault>) -> Line {
        let header_text = |name: &str| jwt.header.get(name).and_then(Value::as_str).unwrap_or("–");
        let value = format!("alg {}, kid {}", header_text("alg"), header_text("kid"));
        match verified {
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

    /// What the service makes of a request with the token.
    fn verdict(&self, text: &str, demand: &Demand<'_>, now: DateTime<Utc>) -> Verdict {
        let Ok(value) = HeaderValue::from_bytes(format!("Bearer {text}").as_bytes()) else {
            return Verdict::NoToken("it has characters that a header cannot carry".to_owned());
        };
        let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
        let caller = self.caller(&headers, b"");
        let Err(refusal) = self.check(&caller, &headers, demand, now) else {
            return Verdict::Served;
        };
        let (check, message) = match refusal {
            Refusal::Authentication { melding, .. } => (Check::Authentication, melding),
            Refusal::Scope { melding, .. } => (Check::Authorisation, melding),
            Refusal::Consent(melding) => (Check::Consent, melding),
        };
        let code = demand.service.refusal(check);
        Verdict::Refused { status: code.status, code: code.code, message }
    }
}

/// Whether it is a consent token of Altinn 2, which is not sent as an access token.
fn is_consent_token(jwt: &Jwt<'_>) -> bool {
    jwt.payload.get("OfferedBy").is_some() && jwt.payload.get("consumer").is_none()
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

/// What the lines of a token depend on.
struct LineReader<'a> {
    demand: Option<&'a Demand<'a>>,
    issuer: &'static Issuer,
    /// It is a consent token of Altinn 2.
    is_consent: bool,
    /// The signature shows who issued the token, so `iss` is not compared.
    signature_decides: bool,
    now: DateTime<Utc>,
}

impl LineReader<'_> {
    fn line(&self, name: &str, value: &Value) -> Line {
        claim_line(name, value, self)
    }
}

fn claim_line(name: &str, value: &Value, reader: &LineReader<'_>) -> Line {
    let LineReader { demand, issuer, is_consent, signature_decides, now } = *reader;
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
        "iss" if value == "altinn.no" && is_consent => checked("Who issued the consent.", true, ""),
        "iss" if signature_decides => unchecked("Who issued it. The signature shows that, so this is not compared."),
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
            let is_digits = |number: &str| number.bytes().all(|b| b.is_ascii_digit());
            let passes = number.is_some_and(|number| number.len() == 9 && is_digits(number));
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
        "OfferedBy" => match demand.filter(|_| is_consent) {
            None => unchecked("Who consented."),
            Some(demand) => checked("Who consented.", value == demand.part, &format!("it must be {}", demand.part)),
        },
        "CoveredBy" => unchecked("Who may use the consent: the consumer of the access token beside it."),
        "Services" | "ServiceCodes" => match demand.filter(|_| is_consent) {
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
        if name != "exp" {
            return line(
                name,
                shown,
                "It is not a number of seconds since 1970, so it is not compared.",
                UNCHECKED,
                None,
            );
        }
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
