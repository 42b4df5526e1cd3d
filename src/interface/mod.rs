//! What a service is to the house: one [`ServiceModule`], and one list of them, [`Services`].
//!
//! A module says in data what it is (`catalogue::Service`), has a function for each endpoint ([`Operation`]), and
//! gives what else it has of its own through [`Hooks`]: a section of the scenario format, what a session keeps of it,
//! settings, control routes, subcommands. The rest of the house knows services by this interface only.

pub(crate) mod admission;
pub(crate) mod answer;
mod call;
pub(crate) mod contract;
mod example;
pub(crate) mod fidelity;
mod hooks;
mod module;
pub(crate) mod near_miss;
pub(crate) mod negotiation;
pub(crate) mod pages;
pub(crate) mod path;
pub(crate) mod periode;
pub(crate) mod refusal;
mod registry;
mod routes;
mod scheme;
mod subject;
pub(crate) mod url;
pub(crate) mod xml;

pub use answer::Answer;
pub use call::{Body, Call, Field};
pub(crate) use call::{Instants, Target};
pub(crate) use example::Example;
pub use fidelity::{On, Statement};
pub use hooks::Hooks;
pub(crate) use hooks::{
    Choice, Choices, Happening, Happenings, NamedSchema, PageRoutes, Panel, PartyFact, Render, RequestFault, Sample,
    SettingsSection, Subcommand, View,
};
pub use module::{Operation, ServiceModule};
pub(crate) use refusal::Envelope;
pub(crate) use refusal::Reason;
pub use refusal::{Finding, Refusal};
pub(crate) use registry::Services;
pub(crate) use routes::{Found, GivenNumber, GivenPackage, Route, number_name, party_in};
pub(crate) use scheme::Scheme;
pub(crate) use subject::Subject;
