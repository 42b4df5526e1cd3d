//! `/sandbox/parties/{part}/answers`: what a service would answer about a party, in all its editions and formats, without a
//! call: no journal, no coverage, no rule and no flag notices it.

use std::sync::Arc;

use axum::extract::{Path as UrlPath, RawQuery, State};
use axum::http::{Extensions, HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ledger::find;
use super::queries::{read_query, refuse};
use crate::catalogue::{Edition, Endpoint, Method as CatalogueMethod, PartyIn};
use crate::domain::clock::day_in_norway;
use crate::faults::modifiers::Modifiers;
use crate::faults::refused::Refused;
use crate::interface::negotiation::Format;
use crate::interface::pages::{InSession, Problem, Shared, refused};
use crate::interface::path::Path;
use crate::interface::{Body, Call, Instants, Operation, Refusal, Scheme, ServiceModule, Subject, Target};
use crate::session::Session;
use crate::session::call_id::CallId;
use crate::session::rules::document::Then;
use crate::session::rules::{CallFacts, Rule};

/// Which answers are asked for.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerQuery {
    /// A service by name.
    service: String,
    /// An endpoint by the last part of its path.
    endpoint: String,
    /// An access package; the first one of the service where left out.
    package: Option<String>,
    /// The first day of the period, where the endpoint takes one; a year before the session's day where left out.
    #[serde(rename = "fraOgMed")]
    fra_og_med: Option<NaiveDate>,
    /// The last day of the period; the session's day where left out.
    #[serde(rename = "tilOgMed")]
    til_og_med: Option<NaiveDate>,
}

const NAMES: [&str; 5] = ["service", "endpoint", "package", "fraOgMed", "tilOgMed"];

/// What a service would answer.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AnswerView {
    /// The edition; absent where the service has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    edition: Option<String>,
    /// `json` or `xml`.
    format: &'static str,
    /// The URL of the call, with the modifiers that choose the edition.
    url: String,
    status: u16,
    /// The code of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// What would have made it succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// The file of the scenario's literal answer, where it stands in for the ledger's.
    #[serde(skip_serializing_if = "Option::is_none")]
    literal: Option<String>,
    /// The body, or the message of a refusal.
    body: String,
    /// The rules of the session that a call would meet, the newest first. They are not in the answer above.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<RuleNote>,
}

/// A rule that a call would meet.
#[derive(Clone, Serialize, JsonSchema)]
struct RuleNote {
    id: String,
    /// What it does.
    then: Then,
    /// How likely it is; absent where it is certain.
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
}

/// The most rules that an answer tells.
const MOST_RULES_TOLD: usize = 20;

/// The most bytes of a body that are told.
const LONGEST: usize = 1024 * 1024;

pub(super) async fn answers(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    UrlPath(number): UrlPath<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<AnswerView>>, Response> {
    find(&session, &number, session.today()).map_err(IntoResponse::into_response)?;
    let wanted: AnswerQuery = read_query(query.as_deref().unwrap_or_default(), &NAMES).map_err(|why| refused(&why))?;
    let asked = Asked::read(&shared, &wanted).map_err(|why| refused(&why))?;
    let turns = shared.turns.clone();
    let made = turns.take(0, move || asked.answers(&shared, &session, &number));
    made.await?.map(Json).ok_or_else(|| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of the sandbox", "see the log").into_response()
    })
}

/// A call that is not made.
struct Asked {
    module: &'static ServiceModule,
    endpoint: &'static Endpoint,
    operation: &'static Operation,
    package: Option<&'static str>,
    periode: (Option<NaiveDate>, Option<NaiveDate>),
}

/// Whether an endpoint is a plain view of a party's ledger.
pub(super) fn is_view(endpoint: &Endpoint, operation: &Operation) -> bool {
    endpoint.method == CatalogueMethod::Get && endpoint.party == PartyIn::Url && operation.render.is_some()
}

impl Asked {
    fn read(shared: &Shared, wanted: &AnswerQuery) -> Result<Self, Box<Refused>> {
        let modules = &shared.services.modules;
        let views = |module: &'static ServiceModule| {
            let both = module.service.endpoints.iter().zip(module.operations);
            both.filter(|(endpoint, operation)| is_view(endpoint, operation))
        };
        let with_views: Vec<_> = modules.iter().copied().filter(|module| views(module).next().is_some()).collect();
        let names: Vec<_> = with_views.iter().map(|module| module.service.name).collect();
        let unknown = |what: &str, given: &str, known: &[&str]| {
            let detail = format!("there is no {what} {given:?} with views of a ledger; there are {}", known.join(", "));
            refuse(what, Some(given), detail, known)
        };
        let module = with_views.iter().copied().find(|module| module.service.name == wanted.service);
        let module = module.ok_or_else(|| unknown("service", &wanted.service, &names))?;
        let names: Vec<_> = views(module).map(|(endpoint, _)| endpoint.name).collect();
        let found = views(module).find(|(endpoint, _)| endpoint.name == wanted.endpoint);
        let (endpoint, operation) = found.ok_or_else(|| unknown("endpoint", &wanted.endpoint, &names))?;
        let packages: Vec<_> = module.service.packages.iter().map(|package| package.name).collect();
        let package = match &wanted.package {
            None => packages.first().copied(),
            Some(name) => {
                let known = packages.iter().copied().find(|known| known == name);
                Some(known.ok_or_else(|| unknown("package", name, &packages))?)
            }
        };
        Ok(Self { module, endpoint, operation, package, periode: (wanted.fra_og_med, wanted.til_og_med) })
    }

    /// The answers in all editions and formats. `None` if the service cannot find its own URL.
    fn answers(&self, shared: &Shared, session: &Arc<Session>, number: &str) -> Option<Vec<AnswerView>> {
        let service = self.module.service;
        let editions: Vec<Option<Edition>> =
            if service.has_editions { Edition::ALL.into_iter().map(Some).collect() } else { vec![None] };
        let formats = if service.has_xml() { &[Format::Json, Format::Xml][..] } else { &[Format::Json] };
        let mut all = Vec::new();
        for edition in editions {
            for format in formats {
                all.push(self.answer(shared, session, number, edition, *format)?);
            }
        }
        Some(all)
    }

    fn answer(
        &self,
        shared: &Shared,
        session: &Arc<Session>,
        number: &str,
        edition: Option<Edition>,
        format: Format,
    ) -> Option<AnswerView> {
        let service = self.module.service;
        let reading = session.clock.reading(session.time(), session.time().real());
        let day = day_in_norway(reading.shown);
        let filled = |part: &str| match part {
            "{rettighetspakke}" => self.package.unwrap_or_default().to_owned(),
            part if part.starts_with('{') => number.to_owned(),
            part => part.to_owned(),
        };
        let written: Vec<String> = self.endpoint.path.split('/').map(filled).collect();
        let written = format!("/{}", written.join("/"));
        let query = if self.endpoint.periode {
            let from = self.periode.0.or_else(|| day.checked_sub_months(chrono::Months::new(12)));
            format!("fraOgMed={}&tilOgMed={}", from.unwrap_or(day), self.periode.1.unwrap_or(day))
        } else {
            String::new()
        };
        let path = Path::new(&written);
        let route = shared.services.route(self.module, &path, &Method::GET)?;
        let (headers, world) = (HeaderMap::new(), session.world());
        let caller = shared.access.caller(&headers, b"");
        let scenarios = &world.loaded.scenarios;
        let nothing = Modifiers::or_none(None);
        let subject = Subject::of(&route, (&shared.access, &caller), &Body::None, nothing, scenarios);
        let subject = subject.on(day, route.omfang(), scenarios);
        let call = Call {
            headers: &headers,
            path: &path,
            query: &query,
            body: &Body::None,
            id: &CallId::Given("".into()),
            target: Target {
                module: self.module,
                endpoint: Some(self.endpoint),
                package: &route.package,
                at_base: true,
            },
            subject: &subject,
            instants: Instants { now: reading.shown, day, tokens: reading.tokens },
            edition,
            format,
            caller: &caller,
            access: &shared.access,
            session,
            world: &world,
            options: &shared.options,
            settings: &shared.settings,
            scheme: Scheme::of(&Extensions::new()),
            own: &[],
            catalogue: shared.services.catalogue,
            services: shared.services,
        };
        let facts = CallFacts {
            service,
            endpoint: Some(self.endpoint),
            package: route.package.text(),
            party: Some(number),
            client: None,
            is_open: subject.is_open,
        };
        let real = session.time().real();
        let note = |rule: Arc<Rule>| RuleNote {
            id: rule.id.to_string(),
            then: rule.document.then.clone(),
            probability: rule.document.probability,
        };
        let met = session.rules.matching(&facts).into_iter().filter(|rule| !rule.is_spent(real));
        let rules: Vec<RuleNote> = met.take(MOST_RULES_TOLD).map(note).collect();
        let answered = (self.operation.answer)(&call);
        let modifiers = edition.map(|edition| format!("/~edition={edition}")).unwrap_or_default();
        let query = if query.is_empty() { query } else { format!("?{query}") };
        let url = format!("{modifiers}{}{written}{query}", service.base);
        let format = if format == Format::Xml { "xml" } else { "json" };
        let edition = edition.map(|edition| edition.to_string());
        Some(match answered {
            Ok(answer) => {
                let text = String::from_utf8_lossy(&answer.body);
                AnswerView {
                    edition,
                    format,
                    url,
                    status: answer.status.unwrap_or(self.endpoint.success.status),
                    code: None,
                    hint: None,
                    literal: answer.literal.as_deref().map(str::to_owned),
                    body: beginning(&text),
                    rules,
                }
            }
            Err(refusal) => AnswerView {
                edition,
                format,
                url,
                status: refusal.status(),
                code: refusal.code().map(|code| code.code),
                hint: refusal.hint_text().map(str::to_owned),
                literal: None,
                body: message(&refusal),
                rules,
            },
        })
    }
}

fn message(refusal: &Refusal) -> String {
    refusal.summary().into_owned()
}

/// The beginning of a text, as much of it as is told.
fn beginning(text: &str) -> String {
    match text.char_indices().take_while(|(at, _)| *at < LONGEST).last() {
        Some((at, last)) if at + last.len_utf8() < text.len() => format!("{}…", &text[..at]),
        _ => text.to_owned(),
    }
}
