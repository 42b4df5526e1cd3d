//! Trekkpålegg: orders to an employer to deduct from a person's pay, version by version.
//!
//! [`Trekkliste`] holds all orders of one employer and shows what was to be seen on a day; [`regler`] are the
//! published rules by which a version follows from the one before. Imitates docs/fidelity.md, "Trekkpålegg".

mod liste;
pub mod regler;

pub use liste::{Plassert, Trekkliste};

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::Beloep;
use super::prosent::Prosent;

/// Who is paid what is deducted, on every order (the collector's organisation number).
pub const BETALINGSMOTTAKER: &str = "971648199";

/// The account that it is paid to.
pub const KONTONUMMER: &str = "70213997155";

/// How much is deducted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trekkstoerrelse {
    /// Kroner a month, within the month.
    Beloep(Beloep),
    /// Of gross pay, at each payment.
    Prosent(Prosent),
}

/// A period of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trekkperiode {
    /// First day.
    pub startdato: NaiveDate,
    /// Last day; open-ended where there is none.
    pub sluttdato: Option<NaiveDate>,
    /// How much is deducted.
    pub stoerrelse: Trekkstoerrelse,
}

/// Whether something is still to be deducted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub enum Trekkstatus {
    Aktiv,
    Avsluttet,
}

impl Trekkstatus {
    /// As the service spells it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Aktiv => "aktiv",
            Self::Avsluttet => "avsluttet",
        }
    }
}

/// What stays the same from version to version. Texts: published data hold placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub struct Faste {
    pub saksnummer: Box<str>,
    pub trekkpliktig: Box<str>,
    pub skyldner: Box<str>,
    pub betalingsmottaker: Box<str>,
    pub kidnummer: Box<str>,
    pub kontonummer: Box<str>,
}

/// A version of an order: a whole snapshot.
#[derive(Clone, Debug)]
pub struct Trekkversjon {
    /// 1, 2, …
    pub trekkversjon: u32,
    /// When it was made.
    pub opprettet: DateTime<Utc>,
    /// The Norwegian day of that: from its beginning on the version is there to be seen.
    pub dag: NaiveDate,
    /// The number of the change that made it while the sandbox ran; 0 where a scenario did.
    pub endring: u32,
    /// Its sequence number is above this one: what was told by then.
    pub over: u64,
    /// It is literal, and tells this whatever the day.
    pub fast: Option<Bokstavelig>,
    /// What stays the same.
    pub faste: Arc<Faste>,
    /// One at least, in the order of their first days.
    pub perioder: Box<[Trekkperiode]>,
}

/// What a literal version tells whatever the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub struct Bokstavelig {
    pub sekvensnummer: u64,
    pub trekkstatus: Trekkstatus,
}

impl Trekkversjon {
    /// `avsluttet` once the last period's end has passed, at midnight; at once where the deduction was ended on the
    /// day the version was made.
    pub fn status(&self, dag: NaiveDate) -> Trekkstatus {
        let slutt = self.perioder.last().and_then(|periode| periode.sluttdato);
        match (self.fast, slutt) {
            (Some(fast), _) => fast.trekkstatus,
            (None, Some(slutt)) if slutt < dag || slutt == self.dag => Trekkstatus::Avsluttet,
            _ => Trekkstatus::Aktiv,
        }
    }
}

/// An order, with all its versions, those to come as well.
#[derive(Clone, Debug)]
pub struct Trekkpaalegg {
    /// A number or a UUID.
    pub trekkid: Box<str>,
    /// In the order of their numbers.
    pub versjoner: Vec<Trekkversjon>,
}
