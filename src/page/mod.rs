//! The page for testers: its frame, its scripts and its style, and the picture of a ledger. What it shows and does comes
//! from the control API (`control/`), so that all rules of that hold, and a tester can do the same with curl.

pub(crate) mod assets;
mod frame;
mod glossary;
pub(crate) mod picture;

pub(crate) use assets::{LazyAssets, style};
pub(crate) use frame::{Frame, POLICY, PartyRow};
