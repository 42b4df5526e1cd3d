//! What a search can ask about a party, and how it is found in the ledger.

use chrono::NaiveDate;

use crate::domain::Beloep;
use crate::domain::kravtype::Kravgruppe;
use crate::domain::reskontro::{AsOf, KravAsOf, Totaler};
use crate::scenario::{Party, Skjerming};

/// Whether one of the texts of a party fits.
type AnyText = fn(&Facts<'_>, &mut dyn FnMut(&str) -> bool) -> bool;

/// A field of the language.
#[derive(Debug)]
pub(crate) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

impl Field {
    /// Whether open claims and unallocated payments decide it. What has happened may be settled.
    pub(super) fn is_of_what_is_open(&self) -> bool {
        !matches!(self.kind, Kind::Event(_, Direction::Before))
    }
}

/// What is asked with a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// An amount in kroner, of the whole ledger or of a group.
    Amount(fn(&Totaler) -> Beloep),
    /// A whole number.
    Count(fn(&Facts<'_>) -> usize),
    /// One or more texts. There may be a list of all values that they can have.
    Text(AnyText, Values),
    /// Something that happens on days: in the time before the day, or in the time after it.
    Event(fn(&Facts<'_>, NaiveDate, NaiveDate) -> bool, Direction),
}

/// The values that a text can have.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Values {
    Any,
    Groups,
    Profiles,
    OneOf(&'static [&'static str]),
}

/// Where the days of an event are looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Direction {
    Before,
    After,
}

/// A party on a day.
pub(crate) struct Facts<'p> {
    party: &'p Party,
    at: AsOf<'p>,
}

impl<'p> Facts<'p> {
    pub(super) fn new(party: &'p Party, day: NaiveDate) -> Self {
        Self { party, at: party.reskontro.as_of(day) }
    }

    /// The sums of the ledger, or of a group of claims.
    pub(super) fn sums(&self, group: Option<Kravgruppe>) -> Totaler {
        match group {
            None => self.at.totaler(),
            Some(group) => {
                let of_groups = self.at.totaler_per_gruppe();
                let found = of_groups.iter().find(|sum| sum.kravgruppe == group);
                found.map(|sum| sum.totaler).unwrap_or_default()
            }
        }
    }

    pub(super) fn day(&self) -> NaiveDate {
        self.at.dag()
    }
}

/// All fields.
pub(super) static FIELDS: [Field; 17] = [
    Field { name: "overdue", kind: Kind::Amount(|sums| sums.forfalte) },
    Field { name: "notdue", kind: Kind::Amount(|sums| sums.ikke_forfalte) },
    Field { name: "interest", kind: Kind::Amount(|sums| sums.stipulerte_renter) },
    Field { name: "unplaced", kind: Kind::Amount(|sums| -sums.uplasserte) },
    Field { name: "balance", kind: Kind::Amount(Totaler::saldo) },
    Field { name: "open", kind: Kind::Count(|facts| facts.at.aapne_krav().count()) },
    Field { name: "group", kind: Kind::Text(groups, Values::Groups) },
    Field { name: "kind", kind: Kind::Text(kinds, Values::Any) },
    Field {
        name: "profile",
        kind: Kind::Text(|facts, fits| facts.party.profil.is_some_and(|it| fits(it.navn())), Values::Profiles),
    },
    Field { name: "form", kind: Kind::Text(|facts, fits| fits(form(facts.party)), Values::OneOf(&FORMS)) },
    Field {
        name: "shielded",
        kind: Kind::Text(|facts, fits| fits(shielded(facts.party)), Values::OneOf(&["no", "yes", "partly"])),
    },
    Field { name: "name", kind: Kind::Text(|facts, fits| fits(&facts.party.navn), Values::Any) },
    Field { name: "part", kind: Kind::Text(|facts, fits| fits(facts.party.part.text().as_str()), Values::Any) },
    Field { name: "payment", kind: Kind::Event(payment, Direction::Before) },
    Field { name: "payout", kind: Kind::Event(payout, Direction::Before) },
    Field { name: "new", kind: Kind::Event(new, Direction::Before) },
    Field { name: "due", kind: Kind::Event(due, Direction::After) },
];

/// What a party is: a sole proprietorship has an owner.
const FORMS: [&str; 3] = ["company", "sole", "person"];

fn form(party: &Party) -> &'static str {
    if party.part.is_person() {
        "person"
    } else if party.innehaver.is_some() {
        "sole"
    } else {
        "company"
    }
}

fn shielded(party: &Party) -> &'static str {
    match party.skjermet {
        Skjerming::Ingen => "no",
        Skjerming::Hel => "yes",
        Skjerming::Delvis => "partly",
    }
}

fn groups(facts: &Facts<'_>, fits: &mut dyn FnMut(&str) -> bool) -> bool {
    facts.at.aapne_krav().any(|krav| fits(krav.krav.kravgruppe.text()))
}

fn kinds(facts: &Facts<'_>, fits: &mut dyn FnMut(&str) -> bool) -> bool {
    facts.at.aapne_krav().any(|krav| fits(&krav.krav.kravtype))
}

fn payment(facts: &Facts<'_>, from: NaiveDate, to: NaiveDate) -> bool {
    facts.at.innbetalinger().any(|it| (from..=to).contains(&it.innbetalingsdato))
}

fn payout(facts: &Facts<'_>, from: NaiveDate, to: NaiveDate) -> bool {
    facts.at.utbetalinger().any(|it| (from..=to).contains(&it.utbetaltdato))
}

fn new(facts: &Facts<'_>, from: NaiveDate, to: NaiveDate) -> bool {
    facts.at.krav().any(|it| (from..=to).contains(&it.krav.opprettelsesdato))
}

fn due(facts: &Facts<'_>, from: NaiveDate, to: NaiveDate) -> bool {
    let in_time = |due: Option<NaiveDate>| due.is_some_and(|due| (from..=to).contains(&due));
    let mut instalments = facts.at.aapne_krav().flat_map(KravAsOf::forfall);
    instalments.any(|it| in_time(it.forfall.forfallsdato) && it.gjenstaaende().is_positive())
}
