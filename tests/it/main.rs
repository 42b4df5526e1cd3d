//! The integration tests, in one program. They go through HTTP or the binary. There is a file for each thing that a
//! user can see. `common` holds what the files share.

mod access;
mod agreement;
mod altinn;
mod bad_input;
mod binary;
mod clients_in_the_wild;
mod clock;
mod common;
mod control;
mod documents;
mod drift;
mod errors;
mod faults;
mod hosts;
mod house;
mod journal;
mod krav_og_betalinger;
mod kravoversikt;
mod ledger_properties;
mod maskinporten;
mod modifiers;
mod openapi;
mod own_service;
mod plausible_ledgers;
mod published_examples;
mod published_ledger;
mod reload;
mod restanser;
mod rules;
mod scenarios;
mod sessions;
mod trekk_poll;
mod trekkpaalegg;
mod wire;
mod xml;
