//! `/sandbox/trekkpaalegg`: makes, changes and ends orders while the sandbox runs.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use chrono::{Datelike, Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};
use std::sync::Arc;

use super::SERVICE;
use super::changes::{self, ChangeError, OrderChoice, Versjonsnoekkel};
use super::view::TrekkpaaleggView;
use crate::domain::Beloep;
use crate::domain::clock::{Shift, day_in_norway, parse_day};
use crate::domain::identifikator::{Part, PartKind};
use crate::domain::prosent::Prosent;
use crate::domain::trekk::regler::Trekkhendelse;
use crate::domain::trekk::{Trekkliste, Trekkpaalegg, Trekkperiode, Trekkstoerrelse};
use crate::interface::PageRoutes;
use crate::interface::contract::Schemas;
use crate::interface::pages::{ControlOperation, Deleted, InSession, JsonBody, MayChange, Problem, Shared, json_body};
use crate::scenario::{ScenarioSet, YEARS};
use crate::session::Session;

/// The routes of the control API.
pub(super) fn pages() -> PageRoutes {
    PageRoutes {
        control: Router::new()
            .route("/trekkpaalegg", post(change).get(list).delete(forget))
            .route("/trekkpaalegg/ordrer", get(orders)),
        open: Router::new(),
        operations: Some(operations),
    }
}

fn operations(read: &mut Schemas, written: &mut Schemas) -> Vec<ControlOperation> {
    let operation = |method, id, summary, body, success, refusals| ControlOperation {
        query: &[],
        method,
        path: "/trekkpaalegg",
        id,
        summary,
        body,
        success,
        refusals,
    };
    let ordrer = (StatusCode::OK, Some(json_body::<Ordreliste<'static>>(written)));
    let made = (StatusCode::CREATED, Some(json_body::<TrekkpaaleggView<'static>>(written)));
    vec![
        operation(
            "post",
            "changeTrekkpaalegg",
            "Make, change or end an order",
            Some(json_body::<TrekkDocument>(read)),
            made,
            &[StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNSUPPORTED_MEDIA_TYPE, StatusCode::UNPROCESSABLE_ENTITY],
        ),
        operation(
            "get",
            "listTrekkpaalegg",
            "The versions that were made so",
            None,
            (StatusCode::OK, Some(json_body::<TrekkList<'static>>(written))),
            &[],
        ),
        operation(
            "delete",
            "forgetTrekkpaalegg",
            "Forget the versions that were made so",
            None,
            (StatusCode::OK, Some(json_body::<Deleted>(written))),
            &[],
        ),
        ControlOperation {
            query: &[(
                "trekkpliktig",
                "string",
                "The employer; the default one of the scenarios where left out.",
                "311851381",
            )],
            method: "get",
            path: "/trekkpaalegg/ordrer",
            id: "listTrekkordrer",
            summary: "The orders of an employer with all their versions, those to come as well",
            body: None,
            success: ordrer,
            refusals: &[],
        },
    ]
}

/// What is to happen to which order.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TrekkDocument {
    /// The employer; the default one of the scenarios where left out.
    trekkpliktig: Option<String>,
    /// The order that changes.
    trekkid: Option<String>,
    /// Or the debtor whose active order changes; a new order where there is none. Without either, a new order of a
    /// synthetic debtor.
    skyldner: Option<String>,
    /// Per cent of gross pay from `fra` on, 0 to 100.
    #[schemars(range(min = 0, max = 100))]
    prosent: Option<Number>,
    /// Or kroner a month.
    #[schemars(range(min = 0, max = 10_000_000_000_i64))]
    beloep: Option<Number>,
    /// First day, as a date or as a shift of the clock's day (`+1d`, `+1mo`); tomorrow where left out.
    fra: Option<String>,
    /// Last day; open-ended where left out.
    til: Option<String>,
    /// The last day of the deduction, in place of the four above; `+0d` is today.
    stopp: Option<String>,
}

/// Orders that were made or changed while the sandbox ran.
#[derive(Serialize, JsonSchema)]
struct TrekkList<'a> {
    count: usize,
    /// Each version that was made, employer by employer, the oldest first.
    trekkpaalegg: Vec<TrekkpaaleggView<'a>>,
}

/// The orders of an employer.
#[derive(Serialize, JsonSchema)]
struct Ordreliste<'a> {
    /// The employer.
    trekkpliktig: String,
    /// The day that they are seen on.
    dag: NaiveDate,
    /// How many orders there are.
    count: usize,
    /// The first 500 of them.
    ordrer: Vec<Ordre<'a>>,
}

/// An order.
#[derive(Serialize, JsonSchema)]
struct Ordre<'a> {
    trekkid: &'a str,
    /// Its versions, the oldest first.
    versjoner: Vec<Ordreversjon<'a>>,
}

/// A version of an order, and whether it shows.
#[derive(Serialize, JsonSchema)]
struct Ordreversjon<'a> {
    /// The first day on which it shows.
    dag: NaiveDate,
    /// Whether it shows on the day.
    synlig: bool,
    #[serde(flatten)]
    versjon: TrekkpaaleggView<'a>,
}

/// The most orders that are told.
const MOST_ORDERS: usize = 500;

/// Whose orders are asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrdreQuery {
    trekkpliktig: Option<String>,
}

// What follows from cases gets its sequence numbers when it is first told.
async fn orders(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    _: MayChange,
    query: Result<Query<OrdreQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|_| Problem::bad_request("the only parameter is trekkpliktig"))?;
    let listed = tokio::task::spawn_blocking(move || list_orders(&shared, &session, query.trekkpliktig.as_deref()));
    listed.await.unwrap_or_else(|_| {
        Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of the sandbox", "see the log"))
    })
}

fn list_orders(shared: &Shared, session: &Session, trekkpliktig: Option<&str>) -> Result<Response, Problem> {
    let now = session.clock.now(session.time(), session.time().real());
    let dag = day_in_norway(now);
    let world = session.world();
    let employer = employer(&world.loaded.scenarios, trekkpliktig)?;
    let party = world.loaded.scenarios.party(employer, dag);
    changes::take_over(session, employer, shared.services.orders(session, &world, employer, now), dag)?;
    let liste = changes::changes(session).orders(employer, party.as_ref()).unwrap_or_default();
    let version = |order: &Trekkpaalegg, number| {
        let it = liste.versjon(&order.trekkid, number, NaiveDate::MAX)?;
        Some((it.versjon.dag, it))
    };
    let order = |order: &'_ Arc<Trekkpaalegg>| {
        let numbers = order.versjoner.iter().map(|it| it.trekkversjon);
        let versions: Vec<_> = numbers.filter_map(|number| version(order, number)).collect();
        serde_json::to_value(Ordre {
            trekkid: &order.trekkid,
            versjoner: versions
                .into_iter()
                .map(|(fra, it)| Ordreversjon { dag: fra, synlig: fra <= dag, versjon: TrekkpaaleggView::new(it, dag) })
                .collect(),
        })
        .unwrap_or_default()
    };
    let ordrer: Vec<Value> = liste.paalegg().iter().take(MOST_ORDERS).map(order).collect();
    let count = liste.paalegg().len();
    let all = json!({ "trekkpliktig": employer.to_string(), "dag": dag, "count": count, "ordrer": ordrer });
    Ok(Json(all).into_response())
}

/// The employer of a number, or the default one.
fn employer(scenarios: &ScenarioSet, number: Option<&str>) -> Result<Part, Problem> {
    match number {
        Some(number) => number.parse().ok().filter(|part: &Part| !part.is_person()).ok_or_else(|| {
            Problem::bad_request(format!("trekkpliktig {number:?}: an employer's number has nine digits"))
        }),
        None => scenarios
            .default_party(&SERVICE)
            .ok_or_else(|| Problem::bad_request("no scenario names a default employer; give trekkpliktig")),
    }
}

async fn change(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    JsonBody(wanted): JsonBody<TrekkDocument>,
) -> Response {
    // An employer may have many orders. Other requests should not wait while they are searched.
    match tokio::task::spawn_blocking(move || make_change(&shared, &session, &wanted)).await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        Err(_) => {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of the sandbox", "see the log").into_response()
        }
    }
}

fn make_change(shared: &Shared, session: &Session, wanted: &TrekkDocument) -> Result<Response, Problem> {
    let now = session.clock.now(session.time(), session.time().real());
    let dag = day_in_norway(now);
    let world = session.world();
    let scenarios = &world.loaded.scenarios;
    let employer = employer(scenarios, wanted.trekkpliktig.as_deref())?;
    let party = scenarios.party(employer, dag);
    if matches!(employer.kind(), PartKind::Invalid(_)) && party.is_none() {
        return Err(Problem::bad_request(format!("trekkpliktig {employer}: its check digit is wrong")));
    }
    let (choice, hendelse) = (order_choice(wanted)?, hendelse(wanted, dag)?);
    changes::take_over(session, employer, shared.services.orders(session, &world, employer, now), dag)?;
    let done = changes::change(session, employer, party.as_ref(), &choice, &hendelse, now)?;
    let (liste, (_, id, number)) = done.map_err(|why| match &why {
        ChangeError::UnknownOrder | ChangeError::NoActiveOrder => Problem::not_found(format!("{employer}: {why}")),
        ChangeError::InvalidDebtor => Problem::bad_request(why.to_string()),
        ChangeError::SeveralOrders(_) => {
            Problem::new(StatusCode::CONFLICT, "The debtor has several active orders", why.to_string())
        }
        ChangeError::OfAnotherService => {
            Problem::new(StatusCode::CONFLICT, "The order follows from a case", why.to_string())
        }
        ChangeError::BrokenRule(_) | ChangeError::NoSequenceNumber => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "The change breaks a rule", why.to_string())
        }
        ChangeError::TooManyChanges => {
            Problem::new(StatusCode::INSUFFICIENT_STORAGE, "The sandbox is full", why.to_string())
        }
    })?;
    let view = liste.versjon(&id, number, dag).map(|it| TrekkpaaleggView::new(it, dag));
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

fn order_choice(wanted: &TrekkDocument) -> Result<OrderChoice, Problem> {
    match (&wanted.trekkid, &wanted.skyldner) {
        (Some(_), Some(_)) => Err(Problem::bad_request("give either trekkid or skyldner, not both")),
        (Some(id), None) => Ok(OrderChoice::Trekkid(id.as_str().into())),
        (None, Some(debtor)) => {
            let person = debtor.parse().ok().filter(|part: &Part| part.is_person());
            let person = person.ok_or_else(|| {
                Problem::bad_request(format!("skyldner {debtor:?}: a debtor's number has eleven digits"))
            })?;
            Ok(OrderChoice::Skyldner(person.to_string().into()))
        }
        (None, None) if wanted.stopp.is_some() => {
            Err(Problem::bad_request("give the order that stops, by trekkid or skyldner"))
        }
        (None, None) => Ok(OrderChoice::New),
    }
}

fn hendelse(wanted: &TrekkDocument, dag: NaiveDate) -> Result<Trekkhendelse, Problem> {
    let day = |name: &str, text: &String| {
        let shifted = || text.parse::<Shift>().ok()?.apply(dag);
        let read = parse_day(text).ok().or_else(shifted).filter(|day| YEARS.contains(&day.year()));
        read.ok_or_else(|| {
            let years = format!("{} to {}", YEARS.start(), YEARS.end());
            let what = format!("not a day of the years {years}; write 2026-03-01, or +1d, +1mo from the clock's day");
            Problem::bad_request(format!("{name} {text:?}: {what}"))
        })
    };
    let size = match (&wanted.prosent, &wanted.beloep) {
        (Some(_), Some(_)) => return Err(Problem::bad_request("a period has exactly one of prosent and beloep")),
        (Some(prosent), None) => {
            let read = prosent.to_string().parse::<Prosent>();
            let read = read.map_err(|why| Problem::bad_request(format!("prosent {prosent}: {why}")))?;
            Some(Trekkstoerrelse::Prosent(read))
        }
        (None, Some(beloep)) => {
            let read = beloep.to_string().parse::<Beloep>().map_err(|why| why.to_string());
            let read = read.and_then(|it| if it.is_negative() { Err("at least 0".to_owned()) } else { Ok(it) });
            let read = read.map_err(|why| Problem::bad_request(format!("beloep {beloep}: {why}")))?;
            Some(Trekkstoerrelse::Beloep(read))
        }
        (None, None) => None,
    };
    match (size, &wanted.stopp) {
        (None, Some(stopp)) if wanted.fra.is_none() && wanted.til.is_none() => {
            Ok(Trekkhendelse::Stopp(day("stopp", stopp)?))
        }
        (Some(stoerrelse), None) => {
            let tomorrow = dag.checked_add_days(Days::new(1)).unwrap_or(dag);
            let startdato = wanted.fra.as_ref().map_or(Ok(tomorrow), |fra| day("fra", fra))?;
            let sluttdato = wanted.til.as_ref().map(|til| day("til", til)).transpose()?;
            Ok(Trekkhendelse::Perioder(vec![Trekkperiode { startdato, sluttdato, stoerrelse }]))
        }
        _ => Err(Problem::bad_request("say what happens: prosent or beloep, with fra and til; or stopp")),
    }
}

async fn list(InSession(session): InSession) -> Response {
    let day = session.today();
    let world = session.world();
    let session_changes = changes::changes(&session);
    let versions = session_changes.list();
    let lists: Vec<_> = versions
        .iter()
        .map(|(part, ..)| {
            let party = world.loaded.scenarios.party(*part, day);
            session_changes.orders(*part, party.as_ref()).unwrap_or_default()
        })
        .collect();
    let view = |((_, id, number), liste): (&Versjonsnoekkel, _)| {
        let liste: &Arc<Trekkliste> = liste;
        Some(TrekkpaaleggView::new(liste.versjon(id, *number, NaiveDate::MAX)?, day))
    };
    let trekkpaalegg: Vec<_> = versions.iter().zip(&lists).filter_map(view).collect();
    Json(TrekkList { count: trekkpaalegg.len(), trekkpaalegg }).into_response()
}

async fn forget(InSession(session): InSession) -> Result<Json<Deleted>, Problem> {
    Ok(Json(Deleted::new(changes::forget_all(&session)?)))
}
