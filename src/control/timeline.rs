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
use crate::domain::reskontro::{AsOf, KravAsOf};
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
    /// Only events of these kinds, with commas; all where left out.
    kind: Option<String>,
}

const NAMES: [&str; 5] = ["part", "after", "until", "first", "kind"];
/// The kinds of what a ledger tells.
const KINDS: [&str; 7] = ["claim", "due", "overdue", "interest", "payment", "payout", "set-off"];
const FIRST: usize = 200;
const MOST: usize = 5_000;

/// What happens, and what it changes.
#[derive(Serialize, JsonSchema)]
pub(super) struct Timeline {
    /// The session's day.
    today: NaiveDate,
    after: NaiveDate,
    until: NaiveDate,
    /// How many events there are, of the kinds that were asked for.
    count: usize,
    /// How many there are of each kind, whatever kinds were asked for.
    kinds: BTreeMap<&'static str, usize>,
    /// The days with events, the earliest first.
    days: Vec<DayView>,
    /// The first events, by day.
    events: Vec<EventView>,
    /// The parties whose sums or claims are others at the end of `until` than at the end of `after`.
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
    /// `claim`, `due`, `overdue`, `interest` (a claim of interest), `payment`, `payout` or `set-off`; or `case` or `order`, of services that have some.
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
    /// The claims that are others; at most 50 of a party, and 1000 in all.
    krav: Vec<ClaimChange>,
    /// How many more there are.
    utelatt: usize,
}

/// A claim that is another on the day `until` than on the day `after`.
#[derive(Serialize, JsonSchema)]
struct ClaimChange {
    kravidentifikator: String,
    kravtype: String,
    /// What has come about, in its order: `opened`, `overdue`, `paid`.
    endringer: Vec<&'static str>,
    /// What is left of it on the day `until`, in kroner.
    #[schemars(with = "f64")]
    gjenstaaende: Number,
}

/// The most changed claims of a party, and of an answer.
const MOST_CLAIMS: usize = 50;
const MOST_CLAIMS_IN_ALL: usize = 1000;

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
    let services = shared.services;
    let others = services.modules.iter().filter_map(|module| module.hooks.happenings.as_ref().map(|it| it.kind));
    let known: Vec<&'static str> = KINDS.into_iter().chain(others).collect();
    let mut wanted = Vec::new();
    for name in query.kind.iter().flat_map(|kinds| kinds.split(',')).map(str::trim) {
        let Some(kind) = known.iter().copied().find(|kind| *kind == name) else {
            let detail = format!("there is no kind {name:?}; there are {}", known.join(", "));
            return Err(refused(&refuse("kind", Some(name), detail, &known)));
        };
        wanted.push(kind);
    }
    let wanted = if query.kind.is_some() { wanted } else { known };
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
    let made = shared.turns.take(0, move || {
        let hooks = services.modules.iter().filter_map(|module| module.hooks.happenings.as_ref());
        let others = hooks
            .flat_map(|source| (source.between)(&session, &world, (from, to)).into_iter().map(|it| (source.kind, it)));
        let others = others.filter_map(|(kind, it)| {
            let known = parties.iter().find(|party| party.part == it.part);
            let party = known.cloned().or_else(|| world.loaded.scenarios.party(it.part, today));
            // Of one party, only what happens to it; of all, also what happens to those that no scenario names.
            (known.is_some() || query.part.is_none()).then(|| EventView {
                day: it.day,
                part: it.part.to_string(),
                navn: party.map_or_else(|| it.part.to_string(), |party| party.navn.to_string()),
                kind,
                what: it.what,
                beloep: None,
            })
        });
        timeline(&parties, others.collect(), today, (from, to), (first, &wanted))
    });
    made.await.map(Json)
}

fn timeline(
    parties: &[Arc<Party>],
    mut events: Vec<EventView>,
    today: NaiveDate,
    (from, to): (NaiveDate, NaiveDate),
    (first, wanted): (usize, &[&'static str]),
) -> Timeline {
    let mut days: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    let mut kinds: BTreeMap<&'static str, usize> = BTreeMap::new();
    for event in &events {
        *kinds.entry(event.kind).or_default() += 1;
    }
    events.retain(|event| wanted.contains(&event.kind));
    for event in &events {
        *days.entry(event.day).or_default() += 1;
    }
    events.sort_by_key(|event| event.day);
    events.truncate(first);
    let mut changed = Vec::new();
    let mut room = MOST_CLAIMS_IN_ALL;
    for party in parties {
        for_each_event(party, |day, kind, what, beloep| {
            if from < day && day <= to {
                *kinds.entry(kind).or_default() += 1;
            }
            if from < day && day <= to && wanted.contains(&kind) {
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
        let open = |at: AsOf<'_>| at.aapne_krav().count();
        let mut krav = changed_claims(party.reskontro.krav().len(), before, after);
        if before.totaler() != after.totaler() || open(before) != open(after) || !krav.is_empty() {
            let all = krav.len();
            krav.truncate(MOST_CLAIMS.min(room));
            room -= krav.len();
            let utelatt = all - krav.len();
            let stand = |at| StandView { aapne_krav: open(at), sums: Sums::new(at) };
            let (part, navn) = (party.part.to_string(), party.navn.to_string());
            changed.push(ChangeView { part, navn, before: stand(before), after: stand(after), krav, utelatt });
        }
    }
    events.sort_by_key(|event| event.day);
    events.truncate(first);
    Timeline {
        today,
        after: from,
        until: to,
        count: days.values().sum(),
        kinds,
        days: days.into_iter().map(|(day, events)| DayView { day, events }).collect(),
        events,
        changed,
    }
}

/// The claims that are others on the later of two days.
fn changed_claims(count: usize, before: AsOf<'_>, after: AsOf<'_>) -> Vec<ClaimChange> {
    let of = |number: usize| {
        let now = after.krav_at(number)?;
        let then = before.krav_at(number);
        let overdue = |krav: &KravAsOf<'_>| krav.forfall().any(|it| it.is_overdue() && it.gjenstaaende().is_positive());
        let was_open = then.as_ref().is_none_or(|then| !then.gjenstaaende().is_zero());
        let came_about = [
            ("opened", then.is_none()),
            ("overdue", overdue(&now) && !then.as_ref().is_some_and(overdue)),
            ("paid", was_open && now.gjenstaaende().is_zero() && !now.krav.opprinnelig_beloep().is_zero()),
        ];
        let endringer: Vec<_> = came_about.into_iter().filter_map(|(name, is)| is.then_some(name)).collect();
        (!endringer.is_empty()).then(|| ClaimChange {
            kravidentifikator: now.krav.kravidentifikator.to_string(),
            kravtype: now.krav.kravtype.to_string(),
            endringer,
            gjenstaaende: now.gjenstaaende().to_string().parse().unwrap_or_else(|_| 0.into()),
        })
    };
    (0..count).filter_map(of).collect()
}

/// Calls a function with each thing that happens to a party, in no order.
fn for_each_event(party: &Party, mut tell: impl FnMut(NaiveDate, &'static str, &str, Beloep)) {
    let ledger = &party.reskontro;
    for (number, krav) in ledger.krav().iter().enumerate() {
        let kind = if krav.hovedstol.is_some() { "interest" } else { "claim" };
        tell(krav.opprettelsesdato, kind, &krav.kravtype, krav.opprinnelig_beloep());
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
