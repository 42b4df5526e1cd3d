//! `/sandbox/timeline`: what happens to parties between two days, and what it changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Json, Response};
use chrono::{Datelike, Days, Months, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::ledger::{Sums, find};
use super::queries::{read_query, refuse};
use crate::domain::Beloep;
use crate::interface::pages::{InSession, Shared, refused};
use crate::scenario::{Party, YEARS};

/// Which days are asked for, and of whom.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TimelineQuery {
    /// One party; all parties of scenarios where left out.
    part: Option<String>,
    /// What happens after this day; the session's day where left out.
    after: Option<NaiveDate>,
    /// What happens through this day; a year later where left out.
    until: Option<NaiveDate>,
    /// How many events to tell, 200 where left out; `days` counts all.
    #[schemars(range(min = 1, max = 5000))]
    first: Option<usize>,
}

const NAMES: [&str; 4] = ["part", "after", "until", "first"];
const FIRST: usize = 200;
const MOST: usize = 5_000;

/// What happens, and what it changes.
#[derive(Serialize, JsonSchema)]
pub(super) struct Timeline {
    /// The session's day.
    today: NaiveDate,
    after: NaiveDate,
    until: NaiveDate,
    /// How many events there are.
    count: usize,
    /// The days with events, the earliest first.
    days: Vec<DayView>,
    /// The first events, by day.
    events: Vec<EventView>,
    /// The parties whose sums are others at the end of `until` than at the end of `after`.
    changed: Vec<ChangeView>,
}

/// A day on which something happens.
#[derive(Serialize, JsonSchema)]
struct DayView {
    day: NaiveDate,
    events: usize,
}

/// Something that happens to a party.
#[derive(Clone, Serialize, JsonSchema)]
struct EventView {
    day: NaiveDate,
    part: String,
    navn: String,
    /// `claim`, `due`, `overdue`, `payment`, `payout` or `set-off`; or `case` or `order`, of services that have some.
    kind: &'static str,
    /// The kind of the claim, the identifier of what was paid, or what a service says of it.
    what: String,
    /// Kroner, if it is about money.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    beloep: Option<Number>,
}

/// A party whose sums have changed.
#[derive(Serialize, JsonSchema)]
struct ChangeView {
    part: String,
    navn: String,
    /// On the day `after`.
    before: StandView,
    /// On the day `until`.
    after: StandView,
}

/// How a party stands on a day.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct StandView {
    /// How many claims are open.
    aapne_krav: usize,
    #[serde(flatten)]
    sums: Sums,
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    InSession(session): InSession,
    RawQuery(query): RawQuery,
) -> Result<Json<Timeline>, Response> {
    let today = session.today();
    let query: TimelineQuery = read_query(query.as_deref().unwrap_or_default(), &NAMES).map_err(|why| refused(&why))?;
    let from = query.after.unwrap_or(today);
    let to = query.until.or_else(|| from.checked_add_months(Months::new(12))).unwrap_or(from);
    let first = query.first.unwrap_or(FIRST);
    let wrong = if !YEARS.contains(&from.year()) || !YEARS.contains(&to.year()) {
        Some(("after", format!("a day is of the years {} to {}", YEARS.start(), YEARS.end())))
    } else if to < from {
        Some(("until", "until is before after".to_owned()))
    } else if !(1..=MOST).contains(&first) {
        Some(("first", format!("first is a number from 1 to {MOST}")))
    } else {
        None
    };
    if let Some((name, detail)) = wrong {
        return Err(refused(&refuse(name, None, detail, &[])));
    }
    let world = session.world();
    let parties: Vec<Arc<Party>> = match &query.part {
        Some(number) => vec![find(&session, number, today).map_err(IntoResponse::into_response)?],
        None => world.loaded.scenarios.parties().into_iter().cloned().collect(),
    };
    let services = shared.services;
    let made = shared.turns.take(0, move || {
        let hooks = services.modules.iter().filter_map(|module| module.hooks.happenings);
        let others = hooks.flat_map(|happenings| happenings(&session, &world, (from, to)));
        let others = others.filter_map(|it| {
            let known = parties.iter().find(|party| party.part == it.part);
            let party = known.cloned().or_else(|| world.loaded.scenarios.party(it.part, today));
            // Of one party, only what happens to it; of all, also what happens to those that no scenario names.
            (known.is_some() || query.part.is_none()).then(|| EventView {
                day: it.day,
                part: it.part.to_string(),
                navn: party.map_or_else(|| it.part.to_string(), |party| party.navn.to_string()),
                kind: it.kind,
                what: it.what,
                beloep: None,
            })
        });
        timeline(&parties, others.collect(), today, (from, to), first)
    });
    made.await.map(Json)
}

fn timeline(
    parties: &[Arc<Party>],
    mut events: Vec<EventView>,
    today: NaiveDate,
    (from, to): (NaiveDate, NaiveDate),
    first: usize,
) -> Timeline {
    let mut days: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for event in &events {
        *days.entry(event.day).or_default() += 1;
    }
    events.sort_by_key(|event| event.day);
    events.truncate(first);
    let mut changed = Vec::new();
    for party in parties {
        for_each_event(party, |day, kind, what, beloep| {
            if from < day && day <= to {
                *days.entry(day).or_default() += 1;
                let (part, navn) = (party.part.to_string(), party.navn.to_string());
                let beloep = beloep.to_string().parse().ok();
                events.push(EventView { day, part, navn, kind, what: what.to_owned(), beloep });
                // Only the first ones are told, so the list is not kept long.
                if events.len() >= 2 * MOST {
                    events.sort_by_key(|event| event.day);
                    events.truncate(first);
                }
            }
        });
        let (before, after) = (party.reskontro.as_of(from), party.reskontro.as_of(to));
        let open = |at: crate::domain::reskontro::AsOf<'_>| at.aapne_krav().count();
        if before.totaler() != after.totaler() || open(before) != open(after) {
            let stand = |at| StandView { aapne_krav: open(at), sums: Sums::new(at) };
            let (part, navn) = (party.part.to_string(), party.navn.to_string());
            changed.push(ChangeView { part, navn, before: stand(before), after: stand(after) });
        }
    }
    events.sort_by_key(|event| event.day);
    events.truncate(first);
    Timeline {
        today,
        after: from,
        until: to,
        count: days.values().sum(),
        days: days.into_iter().map(|(day, events)| DayView { day, events }).collect(),
        events,
        changed,
    }
}

/// Calls a function with each thing that happens to a party, in no order.
fn for_each_event(party: &Party, mut tell: impl FnMut(NaiveDate, &'static str, &str, Beloep)) {
    let ledger = &party.reskontro;
    for (number, krav) in ledger.krav().iter().enumerate() {
        tell(krav.opprettelsesdato, "claim", &krav.kravtype, krav.opprinnelig_beloep());
        for (place, forfall) in krav.forfall.iter().enumerate() {
            let Some(due) = forfall.forfallsdato.filter(|_| forfall.opprinnelig_beloep.is_positive()) else { continue };
            let left = |day: NaiveDate| {
                let instalment = ledger.as_of(day).krav_at(number)?.forfall().nth(place)?;
                Some(instalment.gjenstaaende()).filter(|left| left.is_positive())
            };
            if let Some(left) = left(due) {
                tell(due, "due", &krav.kravtype, left);
            }
            let next = due.checked_add_days(Days::new(1)).unwrap_or(due);
            if let Some(left) = left(next) {
                tell(next, "overdue", &krav.kravtype, left);
            }
        }
    }
    for it in ledger.innbetalinger() {
        tell(it.innbetalingsdato, "payment", &it.innbetalingsidentifikator, it.innbetalt_beloep);
    }
    for it in ledger.utbetalinger() {
        tell(it.utbetaltdato, "payout", &it.utbetalingsidentifikator, it.utbetalt_beloep);
    }
    for it in ledger.motregninger() {
        let what = ledger.krav().get(it.debet.krav).map_or("", |krav| &krav.kravtype);
        tell(it.dato, "set-off", what, it.beloep);
    }
}
