//! The tax domain: identifiers, money, dates, interest and the ledger.
//!
//! Nothing here uses HTTP, YAML or the system's clock. The current day is always passed in.
//! Domain words are Norwegian, as the services spell them, with `aa`, `oe` and `ae` in identifiers.

pub mod begjaering;
pub mod beloep;
pub mod clock;
pub mod identifikator;
pub mod kalender;
pub mod kravtype;
pub(crate) mod navn;
pub mod prosent;
pub mod rente;
pub mod reskontro;
pub mod restanser;
pub mod saksgang;
pub(crate) mod short_text;
pub mod terminer;
pub mod trekk;
pub(crate) mod units;

pub use beloep::Beloep;
pub use chrono::NaiveDate;
