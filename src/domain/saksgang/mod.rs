//! What comes after a submission: how a case goes on, what is decided, and where the deducted money goes.
//!
//! [`livsloep`] tells the state of a case at an instant. [`fordeling`] places one deduction on the claims of a debtor.
//! [`regnskap`] goes through all days: orders to employers, deductions, what is left of each claim. [`innsyn`] tells
//! what one creditor may know of it. [`krav`] takes the claims from a request,
//! and [`ordre`] makes the orders that employers see. [`betjeningskart`] tells which rules a debtor is under. All of it is computed from
//! submissions, scripts and events up to a day, so the clock can move either way.
//! Imitates docs/fidelity.md, "After a submission".

pub mod betjeningskart;
pub mod fordeling;
pub mod innsyn;
pub mod krav;
pub mod livsloep;
#[cfg(test)]
mod livsloep_tests;
pub mod ordre;
pub mod regnskap;
#[cfg(test)]
mod regnskap_tests;

pub use super::begjaering::Sakstilstand;
pub use super::trekk::Oppdrag;
