//! The tax domain: identifiers, money, dates, interest and the ledger.
//!
//! Nothing here knows HTTP, YAML or the time of day; what happens "today" is always passed in.
//! Domain words are Norwegian, as the services spell them, with `aa`, `oe` and `ae` in identifiers.

pub mod beloep;
pub mod clock;
pub mod identifikator;
pub mod kalender;
pub mod kravtype;
pub mod prosent;
pub mod rente;
pub mod reskontro;
pub mod restanser;
pub mod terminer;
pub mod trekk;

pub use beloep::Beloep;
pub use chrono::NaiveDate;
