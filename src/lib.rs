//! A stand-in for Skatteetaten's collection services.
//!
//! The binary is the product; this library is what it is made of, and what a Rust test can start:
//! see [`Sandbox`]. ARCHITECTURE.md shows the way through the rooms.
//!
//! # A sandbox inside a test
//!
//! It listens on a free port of its own, knows only what the test tells it, and stops when it is
//! dropped. The client is whatever the code under test uses; it needs no async runtime around it.
//!
//! ```
//! use innkreving_sandbox::Sandbox;
//!
//! let sandbox = Sandbox::builder()
//!     .now("2026-03-01") // the clock stands still at noon that day
//!     .scenario(
//!         r#"
//! part: "314300017"
//! navn: LITEN BLÅ TIGER AS
//! krav:
//!   - { kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag + 10d, opprinneligBeloep: 500.50 }
//! "#,
//!     )
//!     .start()?;
//!
//! let url = format!(
//!     "{}/api/innkreving/kravogbetalinger/v1/finans/314300017/aapnekrav",
//!     sandbox.base_url()
//! );
//! let today = ureq::get(&url).call()?.body_mut().read_to_string()?;
//! assert!(today.contains(r#""sumIkkeForfalteKrav":500.5"#));
//!
//! // The same call eleven days later: the claim is overdue.
//! let later = ureq::get(&url).header("Sandbox-Now", "+11d").call()?.body_mut().read_to_string()?;
//! assert!(later.contains(r#""sumForfalteKrav":500.5"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Rust tests of other crates depend on it by its repository, as a dev-dependency.

mod access;
mod body;
mod browser;
mod catalogue;
pub mod cli;
mod config;
mod control;
mod coverage;
pub mod domain;
mod evidence;
mod faults;
#[doc(hidden)]
pub mod fuzzing;
mod handbook;
mod interface;
mod json;
mod library;
mod load;
mod log;
mod metrics;
mod page;
mod pipeline;
mod redact;
mod router;
mod sandbox;
pub mod scenario;
mod server;
mod services;
mod session;
mod terminal;
mod tls;
mod traces;
mod wire;

pub use sandbox::{Sandbox, SandboxBuilder, StartError};

/// A service of your own: what it says of itself, and what its endpoints are given and answer.
///
/// `examples/own_service.rs` is one, in one file.
pub mod service {
    pub use crate::catalogue::{
        BodyPolicy, Check, Code, Consent, Endpoint, Formats, Issuer, Label, Method, Needs, Number, OwnModifier,
        Package, Parameter, ParameterKind, PartyIn, Protection, Service, Success, TokenDemand,
    };
    pub use crate::interface::{
        Answer, Body, Call, Field, Finding, Hooks, On, Operation, Refusal, ServiceModule, Statement,
    };
    pub use crate::services::ISSUER;
}
