//! Trekkpålegg: orders to an employer to deduct from a person's pay, version by version.
//!
//! [`Trekkliste`] holds all orders of one employer and finds those that show on a day. [`regler`] has the
//! published rules for how a version follows from the one before. Imitates docs/fidelity.md, "Trekkpålegg".

mod liste;
pub mod regler;

pub use liste::{ListedVersion, Trekkliste};

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Beloep;
use super::prosent::Prosent;

/// Who receives what is deducted, on every order: the collector's organisation number.
pub const BETALINGSMOTTAKER: &str = "971648199";

/// The account that it is paid to.
pub const KONTONUMMER: &str = "70213997155";

/// How much is deducted.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Trekkstoerrelse {
    /// An amount a month, deducted within the month.
    Beloep(Beloep),
    /// A percentage of gross pay, deducted at each payment.
    Prosent(Prosent),
}

/// A period of an order.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Trekkperiode {
    /// First day.
    pub startdato: NaiveDate,
    /// Last day. `None` if it has no end.
    pub sluttdato: Option<NaiveDate>,
    /// How much is deducted.
    pub stoerrelse: Trekkstoerrelse,
}

/// Whether something is still to be deducted.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
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

/// What stays the same from version to version. The values are texts, because published data hold placeholders.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub struct Faste {
    pub saksnummer: SmolStr,
    pub trekkpliktig: SmolStr,
    pub skyldner: SmolStr,
    pub betalingsmottaker: SmolStr,
    pub kidnummer: SmolStr,
    pub kontonummer: SmolStr,
}

/// A version of an order. It holds the whole order, not only what changed.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Trekkversjon {
    /// 1, 2, …
    pub trekkversjon: u32,
    /// When it was made.
    pub opprettet: DateTime<Utc>,
    /// The Norwegian day of `opprettet`. The version shows from the beginning of this day.
    pub dag: NaiveDate,
    /// The number of the change that made it while the sandbox ran. 0 if a scenario made it.
    pub endringsnummer: u32,
    /// Its sequence number is higher than this: the highest number that was answered before it was made.
    pub above_sekvensnummer: u64,
    /// Present if the version is literal. These values are the same on every day.
    pub bokstavelig: Option<Bokstavelig>,
    /// What stays the same.
    pub faste: Arc<Faste>,
    /// At least one, in the order of their first days.
    pub perioder: Box<[Trekkperiode]>,
}

/// The values of a literal version that are otherwise computed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub struct Bokstavelig {
    pub sekvensnummer: u64,
    pub trekkstatus: Trekkstatus,
}

impl Trekkversjon {
    /// `avsluttet` from the day after the end of the last period. If the deduction was ended on the day on which the
    /// version was made, it is `avsluttet` at once.
    pub fn status(&self, dag: NaiveDate) -> Trekkstatus {
        let slutt = self.perioder.last().and_then(|periode| periode.sluttdato);
        match (self.bokstavelig, slutt) {
            (Some(literal), _) => literal.trekkstatus,
            (None, Some(slutt)) if slutt < dag || slutt == self.dag => Trekkstatus::Avsluttet,
            _ => Trekkstatus::Aktiv,
        }
    }
}

/// An order that follows from something else than a scenario of the employer, like a case that was decided.
#[derive(Clone, Debug)]
pub struct Oppdrag {
    /// The id of the order.
    pub trekkid: SmolStr,
    /// What stays the same from version to version.
    pub faste: Arc<Faste>,
    /// What happened to it until an instant, in order. Each makes a version.
    pub hendelser: Vec<(NaiveDate, regler::Trekkhendelse)>,
}

/// An order with all its versions, also those of later days.
#[derive(Clone, Debug)]
pub struct Trekkpaalegg {
    /// A number or a UUID.
    pub trekkid: SmolStr,
    /// In the order of their numbers.
    pub versjoner: Vec<Trekkversjon>,
}
