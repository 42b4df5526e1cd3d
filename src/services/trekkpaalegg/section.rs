//! Reads orders to employers from a scenario: orders given by events, series of orders, and literal versions.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use smol_str::SmolStr;

use super::format::{TrekkDocument, TrekkEntry, TrekkhendelseEntry, TrekkserieEntry, TrekkversjonEntry};
use super::orders::{Trekk, Trekkserie, derive_faste, derive_trekkid, next_version};
use super::{SERVICE, befolkning};
use crate::catalogue::Service;
use crate::domain::clock::day_in_norway;
use crate::domain::trekk::regler::{Regelbrudd, Trekkhendelse, brudd, perioder_etter};
use crate::domain::trekk::{
    Bokstavelig, Faste, Trekkpaalegg, Trekkperiode, Trekkstatus, Trekkstoerrelse, Trekkversjon,
};
use crate::scenario::befolkning::Gjeld;
use crate::scenario::problems::Place;
use crate::scenario::resolve::{Reader, Who};
use crate::scenario::scalar::{Amount, Dato, PartNumber, Percent, YEARS};
use crate::scenario::section::{Section, SectionData, SectionFile};

/// The most orders of an employer that has series.
const MOST_ORDERS: u32 = 50_000;

/// An order may have so many periods in each version before they count as another entry.
const PERIODS_OF_AN_ENTRY: usize = 8;

/// How many days after its last order was made a series can still have events, at most.
const DAYS_AFTER_LAST_ORDER: u64 = 120;

/// The section of the scenario format.
pub(super) struct TrekkSection;

const KEYS: &[&str] = &["trekkpaalegg", "trekkserier", "trekkversjoner", STANDARD];
const STANDARD: &str = "standardTrekkpliktig";

impl Section for TrekkSection {
    fn service(&self) -> &'static Service {
        &SERVICE
    }

    fn keys(&self) -> &'static [&'static str] {
        KEYS
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        TrekkDocument::json_schema(generator)
    }

    fn of_debts(&self, gjeld: &[Gjeld]) -> Option<String> {
        Some(befolkning::orders(gjeld))
    }

    fn default_key(&self) -> Option<(&'static str, &'static str)> {
        Some((STANDARD, "default employer"))
    }

    fn read(&self, file: &mut SectionFile<'_, '_>) -> Option<SectionData> {
        let document: TrekkDocument = file.parse(KEYS)?;
        let standard = document.standard_trekkpliktig.as_ref();
        let is_default = file.reader.optional(standard, Place::ROOT.key(STANDARD)).unwrap_or_default();
        let trekk = read(&document, is_default, file.who, file.reader);
        let entries = trekk.antall();
        Some(SectionData { data: Arc::new(trekk), entries, is_default })
    }
}

fn read(document: &TrekkDocument, is_default: bool, who: &Who, reader: &mut Reader<'_>) -> Trekk {
    let root = Place::ROOT;
    let any =
        !(document.trekkpaalegg.is_empty() && document.trekkserier.is_empty() && document.trekkversjoner.is_empty());
    if who.part.is_person() && (any || is_default) {
        reader.error(root.key("part"), "an employer is an organisation; put the orders into its file");
        return Trekk::default();
    }
    let list = root.key("trekkpaalegg");
    let mut paalegg: Vec<Arc<Trekkpaalegg>> = Vec::new();
    let mut kids = HashSet::new();
    for (i, entry) in (0_u32..).zip(&document.trekkpaalegg) {
        let order = by_events(entry, i, who, list.index(i as usize), reader);
        let kid =
            order.as_ref().and_then(|order| order.versjoner.first()).map(|versjon| versjon.faste.kidnummer.clone());
        if kid.is_some_and(|kid| !kids.insert(kid)) {
            reader.error(list.index(i as usize).key("kidnummer"), "a KID is unique for each trekkid");
        }
        paalegg.extend(order.map(Arc::new));
    }
    let event_orders = paalegg.len();
    let literal = literal(&document.trekkversjoner, who, root.key("trekkversjoner"), reader);
    paalegg.extend(literal.into_iter().map(Arc::new));
    let mut orders_before = u32::try_from(paalegg.len()).unwrap_or(u32::MAX);
    let list = root.key("trekkserier");
    let mut serier = Vec::new();
    for (i, entry) in document.trekkserier.iter().enumerate() {
        if let Some(serie) = serie(entry, orders_before, who, list.index(i), reader) {
            orders_before = orders_before.saturating_add(serie.antall);
            serier.push(serie);
        }
    }
    let mut ids = HashSet::new();
    for (i, it) in paalegg.iter().enumerate() {
        if !ids.insert(&it.trekkid) {
            let message = format!("another order has the trekkid {}", it.trekkid);
            match document.trekkpaalegg.get(i).filter(|_| event_orders == document.trekkpaalegg.len()) {
                Some(_) => reader.error(root.key("trekkpaalegg").index(i).key("trekkid"), message),
                None => reader.error(root.key("trekkversjoner"), message),
            }
        }
    }
    let trekk = Trekk::new(paalegg, serier);
    if !document.trekkversjoner.is_empty() && !reader.problems.has_errors() && !trekk.liste().is_rising() {
        reader.error(
            root.key("trekkversjoner"),
            "the literal sequence numbers leave no room for the orders given by events, so that a poll would miss some",
        );
    }
    trekk
}

fn by_events(entry: &TrekkEntry, n: u32, who: &Who, place: Place<'_>, reader: &mut Reader<'_>) -> Option<Trekkpaalegg> {
    let id = entry.trekkid.as_ref().map(|id| reader.not_empty(id, place.key("trekkid")));
    let saksnummer = entry.saksnummer.as_ref().map(|text| reader.not_empty(text, place.key("saksnummer")));
    let kidnummer = reader.kidnummer(entry.kidnummer.as_ref(), place.key("kidnummer"));
    let skyldner = skyldner(&entry.skyldner, place.key("skyldner"), reader);
    let list = place.key("hendelser");
    let mut events: Vec<(NaiveDate, Trekkhendelse, usize)> = Vec::new();
    for (i, event) in entry.hendelser.iter().enumerate() {
        let dag = reader.read(&event.opprettet, list.index(i).key("opprettet"));
        let hendelse = hendelse(event, list.index(i), reader);
        events.extend(dag.zip(hendelse).map(|(dag, hendelse)| (dag, hendelse, i)));
    }
    let whole = events.len() == entry.hendelser.len();
    let Some((first, ..)) = events.first() else {
        if whole {
            reader.error(list, "an order has at least one event");
        }
        return None;
    };
    let mut faste = derive_faste(who.part, n, first.year(), skyldner?);
    if let Some(saksnummer) = saksnummer {
        faste.saksnummer = saksnummer?;
    }
    if let Some(kidnummer) = kidnummer {
        faste.kidnummer = kidnummer;
    }
    let faste = Arc::new(faste);
    let mut versjoner: Vec<Trekkversjon> = Vec::new();
    for (dag, hendelse, i) in events.iter().filter(|_| whole) {
        let late = versjoner.last().is_some_and(|before| *dag < before.dag);
        let perioder =
            if late { Err(Regelbrudd::Rekkefoelge) } else { perioder_etter(versjoner.last(), hendelse, *dag) };
        match perioder {
            // A version holds all periods, so many events would hold very many.
            Ok(perioder) => {
                if !reader.has_room(perioder.len() / PERIODS_OF_AN_ENTRY, list.index(*i)) {
                    return None;
                }
                versjoner.push(next_version(&versjoner, *dag, &faste, perioder));
            }
            // Reading goes on without this event, so that every error is reported.
            Err(rule) => reader.error(list.index(*i), rule.to_string()),
        }
    }
    let id = match id {
        Some(id) => id?,
        None => derive_trekkid(who.part, n),
    };
    Some(Trekkpaalegg { trekkid: id, versjoner })
}

fn hendelse(event: &TrekkhendelseEntry, place: Place<'_>, reader: &mut Reader<'_>) -> Option<Trekkhendelse> {
    let single = [event.fra.is_some(), event.til.is_some(), event.prosent.is_some(), event.beloep.is_some()];
    match (single.contains(&true), &event.perioder, &event.stopp) {
        (true, None, None) => {
            let Some(fra) = &event.fra else {
                reader.error(place, "say from which day (fra)");
                return None;
            };
            let periode =
                periode(fra, event.til.as_ref(), event.prosent.as_ref(), event.beloep.as_ref(), place, reader);
            periode.map(|periode| Trekkhendelse::Perioder(vec![periode]))
        }
        (false, Some(perioder), None) => {
            let list = place.key("perioder");
            let read = perioder.iter().enumerate().map(|(i, entry)| {
                let (til, prosent) = (entry.til.as_ref(), entry.prosent.as_ref());
                periode(&entry.fra, til, prosent, entry.beloep.as_ref(), list.index(i), reader)
            });
            // All periods are read before the first error ends this, so that every error is reported.
            let read: Vec<_> = read.collect();
            read.into_iter().collect::<Option<_>>().map(Trekkhendelse::Perioder)
        }
        (false, None, Some(stopp)) => reader.read(stopp, place.key("stopp")).map(Trekkhendelse::Stopp),
        _ => {
            reader.error(place, "an event is fra with prosent or beloep, or perioder, or stopp");
            None
        }
    }
}

fn periode(
    fra: &Dato,
    til: Option<&Dato>,
    prosent: Option<&Percent>,
    beloep: Option<&Amount>,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Trekkperiode> {
    let startdato = reader.read(fra, place.key("fra"));
    let sluttdato = reader.optional(til, place.key("til"));
    let stoerrelse = stoerrelse(prosent, beloep, place, reader);
    Some(Trekkperiode { startdato: startdato?, sluttdato, stoerrelse: stoerrelse? })
}

/// Reads a percentage or an amount: exactly one of the two is required.
fn stoerrelse(
    prosent: Option<&Percent>,
    beloep: Option<&Amount>,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Trekkstoerrelse> {
    match (prosent, beloep) {
        (Some(prosent), None) => reader.read(prosent, place.key("prosent")).map(Trekkstoerrelse::Prosent),
        (None, Some(beloep)) => {
            let beloep = reader.read(beloep, place.key("beloep"))?;
            if beloep.is_negative() {
                reader.error(place.key("beloep"), "an amount to deduct is at least 0");
                return None;
            }
            Some(Trekkstoerrelse::Beloep(beloep))
        }
        _ => {
            reader.error(place, "a period has exactly one of a percentage and an amount");
            None
        }
    }
}

fn skyldner(number: &PartNumber, place: Place<'_>, reader: &mut Reader<'_>) -> Option<SmolStr> {
    let part = reader.read(number, place)?;
    if !part.is_person() {
        reader.error(place, "a debtor is a person, with a number of eleven digits");
        return None;
    }
    reader.check_part(part, place);
    Some(part.to_string().into())
}

fn serie(
    entry: &TrekkserieEntry,
    orders_before: u32,
    who: &Who,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Trekkserie> {
    let antall = reader.read(&entry.antall, place.key("antall"));
    let foerste_opprettet = reader.read(&entry.foerste_opprettet, place.key("foersteOpprettet"));
    let per_dag = reader.optional(entry.per_dag.as_ref(), place.key("perDag")).unwrap_or(50);
    let endret_hver = reader.optional(entry.endret_hver.as_ref(), place.key("endretHver"));
    let avsluttet_hver = reader.optional(entry.avsluttet_hver.as_ref(), place.key("avsluttetHver"));
    let froe = reader.optional(entry.froe.as_ref(), place.key("froe")).unwrap_or_default();
    let (antall, foerste_opprettet) = (antall?, foerste_opprettet?);
    if antall == 0 || antall.saturating_add(orders_before) > MOST_ORDERS {
        reader.error(place.key("antall"), format!("an employer has at most {MOST_ORDERS} orders"));
        return None;
    }
    for (name, every) in [("perDag", Some(per_dag)), ("endretHver", endret_hver), ("avsluttetHver", avsluttet_hver)] {
        if every == Some(0) {
            reader.error(place.key(name), "must be at least 1; leave the key out for the default");
            return None;
        }
    }
    let days = u64::from(antall / per_dag) + DAYS_AFTER_LAST_ORDER;
    let last = foerste_opprettet.checked_add_days(chrono::Days::new(days));
    if last.is_none_or(|last| !YEARS.contains(&last.year())) {
        reader.error(place.key("foersteOpprettet"), format!("the series leaves the years up to {}", YEARS.end()));
        return None;
    }
    Some(Trekkserie {
        trekkpliktig: who.part,
        antall,
        foerste_opprettet,
        per_dag,
        endret_hver,
        avsluttet_hver,
        froe: froe.into(),
        orders_before,
    })
}

/// Reads literal versions. Versions with the same trekkid are one order. A broken rule gives a warning.
fn literal(entries: &[TrekkversjonEntry], who: &Who, list: Place<'_>, reader: &mut Reader<'_>) -> Vec<Trekkpaalegg> {
    let mut orders: Vec<(Trekkpaalegg, Vec<usize>)> = Vec::new();
    let mut by_id: HashMap<SmolStr, usize> = HashMap::new();
    let mut known = HashSet::new();
    for (i, entry) in entries.iter().enumerate() {
        let Some((id, versjon)) = version(entry, who, list.index(i), reader) else {
            continue;
        };
        let number = *by_id.entry(id.clone()).or_insert(orders.len());
        if !known.insert((number, versjon.trekkversjon)) {
            reader.error(list.index(i).key("trekkversjon"), "the order has a version of that number already");
        }
        match orders.get_mut(number) {
            Some((order, at)) => {
                order.versjoner.push(versjon);
                at.push(i);
            }
            None => orders.push((Trekkpaalegg { trekkid: id, versjoner: vec![versjon] }, vec![i])),
        }
    }
    for (order, at) in &mut orders {
        let mut by_number: Vec<_> = order.versjoner.drain(..).zip(at.drain(..)).collect();
        by_number.sort_by_key(|(versjon, _)| versjon.trekkversjon);
        (order.versjoner, *at) = by_number.into_iter().unzip();
    }
    let mut numbers = HashSet::new();
    for (order, at) in &orders {
        for (versjon, message) in brudd(order) {
            reader.problems.warning(list.index(at[versjon]), message);
        }
        for (versjon, i) in order.versjoner.iter().zip(at) {
            if !numbers.insert(versjon.bokstavelig.map(|literal| literal.sekvensnummer)) {
                reader.error(list.index(*i).key("sekvensnummer"), "another version has that sekvensnummer");
            }
        }
    }
    let receiver = |order: &Trekkpaalegg| {
        let faste = &order.versjoner[0].faste;
        (faste.betalingsmottaker.clone(), faste.kontonummer.clone())
    };
    if orders.windows(2).any(|pair| receiver(&pair[0].0) != receiver(&pair[1].0)) {
        reader.problems.warning(list, "receiver and account should be the same on all orders");
    }
    let kids: HashSet<&str> = orders.iter().map(|(order, _)| &*order.versjoner[0].faste.kidnummer).collect();
    if kids.len() < orders.len() {
        reader.problems.warning(
            list,
            format!("{} orders have {} different KIDs; each trekkid should have its own", orders.len(), kids.len()),
        );
    }
    orders.into_iter().map(|(order, _)| order).collect()
}

fn version(
    entry: &TrekkversjonEntry,
    who: &Who,
    place: Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<(SmolStr, Trekkversjon)> {
    let id = reader.not_empty(&entry.trekkid, place.key("trekkid"));
    let trekkversjon =
        positive(reader.read(&entry.trekkversjon, place.key("trekkversjon")), place.key("trekkversjon"), reader);
    let sekvensnummer =
        positive(reader.read(&entry.sekvensnummer, place.key("sekvensnummer")), place.key("sekvensnummer"), reader);
    let opprettet = reader.read(&entry.opprettet, place.key("opprettet"));
    let saksnummer = reader.not_empty(&entry.saksnummer, place.key("saksnummer"));
    let trekkpliktig = reader.optional(entry.trekkpliktig.as_ref(), place.key("trekkpliktig"));
    if let Some(other) = trekkpliktig.as_ref().filter(|number| ***number != *who.part.to_string()) {
        reader.problems.warning(place.key("trekkpliktig"), format!("{other} is not this file's party"));
    }
    let skyldner = skyldner(&entry.skyldner, place.key("skyldner"), reader);
    let trekkstatus = match reader.read(&entry.trekkstatus, place.key("trekkstatus")).as_deref() {
        Some("aktiv") => Some(Trekkstatus::Aktiv),
        Some("avsluttet") => Some(Trekkstatus::Avsluttet),
        _ => {
            reader.error(place.key("trekkstatus"), "must be aktiv or avsluttet");
            None
        }
    };
    let payment = place.key("betalingsinformasjon");
    let betalingsmottaker =
        reader.read(&entry.betalingsinformasjon.betalingsmottaker, payment.key("betalingsmottaker"));
    let kidnummer = reader.kidnummer(Some(&entry.betalingsinformasjon.kidnummer), payment.key("kidnummer"));
    let kontonummer = reader.kontonummer(Some(&entry.betalingsinformasjon.kontonummer), payment.key("kontonummer"));
    let list = place.key("trekkstoerrelseForPeriode");
    let mut perioder = Vec::new();
    for (i, entry) in entry.trekkstoerrelse_for_periode.iter().enumerate() {
        let place = list.index(i);
        let startdato = reader.read(&entry.startdato, place.key("startdato"));
        let sluttdato = reader.optional(entry.sluttdato.as_ref(), place.key("sluttdato"));
        let prosent = entry.trekkprosent.as_ref().map(|it| &it.trekkprosent);
        let beloep = entry.trekkbeloep.as_ref().map(|it| &it.trekkbeloep);
        let stoerrelse = stoerrelse(prosent, beloep, place, reader);
        perioder.extend(startdato.zip(stoerrelse).map(|(startdato, stoerrelse)| Trekkperiode {
            startdato,
            sluttdato,
            stoerrelse,
        }));
    }
    let faste = Faste {
        saksnummer: saksnummer?,
        trekkpliktig: trekkpliktig.unwrap_or_else(|| who.part.to_string().into()),
        skyldner: skyldner?,
        betalingsmottaker: betalingsmottaker?,
        kidnummer: kidnummer?,
        kontonummer: kontonummer?,
    };
    let versjon = Trekkversjon {
        trekkversjon: trekkversjon?,
        opprettet: opprettet?,
        dag: day_in_norway(opprettet?),
        endringsnummer: 0,
        above_sekvensnummer: 0,
        bokstavelig: Some(Bokstavelig { sekvensnummer: sekvensnummer?.into(), trekkstatus: trekkstatus? }),
        faste: Arc::new(faste),
        perioder: perioder.into(),
    };
    Some((id?, versjon))
}

/// The greatest number that a literal version may have. Later numbers still fit into the 32 bits that clients use.
const GREATEST: u32 = 1_000_000_000;

fn positive(number: Option<u32>, place: Place<'_>, reader: &mut Reader<'_>) -> Option<u32> {
    if number.is_some_and(|number| !(1..=GREATEST).contains(&number)) {
        reader.error(place, format!("must be from 1 to {GREATEST}"));
        return None;
    }
    number
}
