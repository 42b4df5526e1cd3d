//! What the records of a log say to a tester.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::domain::clock::{day_in_norway, noon_in_norway, time_in_norway};
use crate::interface::Services;
use crate::log::kept::{Told, plural};
use crate::log::record::Record;
use crate::session::events::{ClockSet, Event, KeptSetting};
use crate::session::rules::document::RuleDocument;

/// A record in words. Services tell their own.
pub(super) fn told(record: &Record, services: &Services) -> Told {
    let (service, kind) = record.place();
    let known = if service.is_empty() {
        record.event::<Event>().ok().map(|event| of_house(&event))
    } else {
        let module = services.modules.iter().find(|module| module.service.name == service);
        module.and_then(|module| module.hooks.session_state).and_then(|state| (state.told)(record))
    };
    // A record of a later version.
    known.unwrap_or_else(|| Told::done(kind.replace('-', " ")))
}

fn of_house(event: &Event) -> Told {
    match event {
        Event::Begun(it) => Told::done(format!("The session began, with the base date {}", it.base)),
        Event::Reset(it) => Told::done(format!("The session was reset, with the base date {}", it.base)),
        Event::Clock(it) => Told::done(clock(it)),
        Event::RuleAdded(it) => Told::done(format!("The rule r{} was added: {}", it.number, rule(&it.rule))),
        Event::RuleDeleted { rule } => Told::done(format!("The rule {rule} was removed")),
        Event::RulesCleared => Told::done("All rules were removed"),
        Event::RuleUsed(it) if it.met => Told::background(format!("A call met the rule r{}", it.number)),
        Event::RuleUsed(it) => {
            Told::background(format!("A call did not meet the rule r{}: its probability said no", it.number))
        }
        Event::FlagUsed { party, .. } => Told::background(format!("A call met a flag of the party {party}")),
        Event::Scenarios { texts, .. } => {
            let all = texts.len();
            Told::done(format!("The session got scenarios of its own: {all} {}", plural(all, "text", "texts")))
        }
        Event::ScenariosDropped { .. } => Told::done("The session's own scenarios were removed"),
        Event::Files { .. } => Told::background("The server's scenario files are others from here on"),
        Event::About { supplier, system, version } => {
            let all: Vec<&str> = [supplier, system, version].into_iter().flatten().map(|it| &**it).collect();
            let who = if all.is_empty() { "nobody".to_owned() } else { all.join(", ") };
            Told::done(format!("Who tests what was set: {who}"))
        }
        Event::Undone { to } => Told::done(format!("The session went back to what it was after record {to}")),
    }
}

fn clock(set: &ClockSet) -> String {
    let what = match set.setting {
        None => "The clock follows the server's".to_owned(),
        Some(KeptSetting::Real) => "The clock was set to the real time".to_owned(),
        Some(KeptSetting::Standing(at)) => format!("The clock was set to {}", moment(at)),
        Some(KeptSetting::Shifted(shift)) => format!("The clock was set {} from the real time", String::from(shift)),
    };
    if set.tokens { format!("{what}; tokens expire by it, too") } else { what }
}

/// An instant in Norway: its day, and the time unless it is noon, where a date puts the clock.
fn moment(at: DateTime<Utc>) -> String {
    let form = if at == noon_in_norway(day_in_norway(at)) { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
    time_in_norway(at).format(form).to_string()
}

/// A rule on a line: what it does, and to which calls.
fn rule(document: &RuleDocument) -> String {
    let when = &document.when;
    let of = [&when.service, &when.endpoint, &when.party, &when.package, &when.client];
    let of: Vec<&str> = of.into_iter().flatten().map(String::as_str).collect();
    let whom = if of.is_empty() { "any call".to_owned() } else { of.join(" ") };
    format!("{} for {whom}", then(&document.then.0))
}

fn then(keys: &Map<String, Value>) -> String {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Object(keys) => then(keys),
        other => other.to_string(),
    };
    let one = |(name, value): (&String, &Value)| match value {
        Value::Array(steps) => {
            let shown: Vec<String> = steps.iter().take(4).map(text).collect();
            let more = if steps.len() > shown.len() { ", …" } else { "" };
            format!("{name} {}{more}", shown.join(", "))
        }
        value => format!("{name} {}", text(value)),
    };
    keys.iter().map(one).collect::<Vec<_>>().join(", ")
}
