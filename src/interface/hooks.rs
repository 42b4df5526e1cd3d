//! What a service has of its own beyond its endpoints. Each hook is optional.

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use clap::ArgMatches;
use serde_json::Value;

use super::call::Call;
use super::contract::Schemas;
use super::negotiation::Format;
use super::pages::{ControlOperation, Shared};
use super::periode::Periode;
use super::refusal::Refusal;
use crate::catalogue::{Check, Code, Edition, Endpoint, Label, Service, TokenDemand};
use crate::config::{Flags, ServiceSettings};
use crate::coverage::CaseStates;
use crate::domain::identifikator::Part;
use crate::domain::saksgang::Oppdrag;
use crate::evidence::conduct::Conduct;
use crate::log::kept::StateKind;
use crate::scenario::Party;
use crate::scenario::section::Section;
use crate::session::{Session, World};

/// What a service has of its own beyond its endpoints.
pub struct Hooks {
    /// Its part of the scenario format.
    pub(crate) section: Option<&'static dyn Section>,
    /// What a session keeps of it, and the events that change that.
    pub(crate) session_state: Option<StateKind>,
    /// Starts what a session does by itself, after the session was made from its log.
    pub(crate) resume: Option<fn(&Arc<Session>, &ServiceSettings)>,
    /// Its settings on the command line and in the environment.
    pub(crate) settings: Option<SettingsSection>,
    /// Its part of the control API, and other pages.
    pub(crate) pages: Option<fn() -> PageRoutes>,
    /// Its part of the page for testers.
    pub(crate) panel: Option<Panel>,
    /// Its subcommands.
    pub(crate) subcommands: &'static [Subcommand],
    /// The JSON Schemas that `schema NAME` prints.
    pub(crate) schemas: &'static [NamedSchema],
    /// What the list of parties tells of it.
    pub(crate) party_fact: Option<PartyFact>,
    /// A call that a newcomer can paste.
    pub(crate) sample: Option<Sample>,
    /// What would have made a refused call succeed, where the service knows better than the house.
    pub(crate) hint: Option<fn(&Call<'_>, Check) -> Option<String>>,
    /// What the token of a call needs, by the name of the endpoint, where a service checks that by itself.
    pub(crate) demand: Option<fn(&str) -> Option<&'static TokenDemand>>,
    /// The codes that it answers with beside those of its entry. Nobody can ask for them; the journal tells them.
    pub(crate) other_codes: &'static [&'static Code],
    /// How sure it is that a finding is what the real service says, by its code. Nothing if that is not known of it.
    pub(crate) finding_label: Option<fn(&str) -> Option<Label>>,
    /// The check that a code stands for, where its refusals do not say so themselves. A service with this checks its
    /// callers by itself.
    pub(crate) check_of: Option<fn(&Code) -> Option<Check>>,
    /// The refusal of a request that reaches none of its functions, where the common one does not fit.
    pub(crate) refuse: Option<fn(&RequestFault<'_>) -> Refusal>,
    /// The orders to deduct from pay that follow from what it keeps. The service that employers poll asks all others.
    pub(crate) orders: Option<OrderSource>,
    /// What happens to parties between two days that no ledger tells.
    pub(crate) happenings: Option<Happenings>,
    /// What its calls can name in their URLs, from what a session has.
    pub(crate) choices: &'static [Choices],
    /// The status of a refusal for findings that were demanded, where it is not that of the first one.
    pub(crate) demanded_status: Option<DemandedStatus>,
    /// The journal keeps the JSON bodies that it is sent.
    pub(crate) keeps_bodies: bool,
    /// How a client of it may behave badly, beside what holds for clients of all services.
    pub(crate) conduct: &'static [Conduct],
    /// The states of cases that the answers of one of its endpoints can show.
    pub(crate) case_states: Option<CaseStates>,
    /// Its whole contract, where it is not put together from its operations.
    pub(crate) contract: Option<fn() -> Value>,
}

impl Hooks {
    /// None of them.
    pub const NONE: Self = Self {
        section: None,
        session_state: None,
        resume: None,
        settings: None,
        pages: None,
        panel: None,
        subcommands: &[],
        schemas: &[],
        party_fact: None,
        sample: None,
        hint: None,
        demand: None,
        other_codes: &[],
        finding_label: None,
        check_of: None,
        refuse: None,
        orders: None,
        happenings: None,
        choices: &[],
        demanded_status: None,
        keeps_bodies: false,
        case_states: None,
        conduct: &[],
        contract: None,
    };
}

/// The orders of an employer in a session, as they are at an instant.
pub(crate) type OrderSource = fn(&Session, &World, Part, DateTime<Utc>) -> Vec<Oppdrag>;
/// The status of a refusal for findings that were demanded of an endpoint.
pub(crate) type DemandedStatus = fn(Option<&Endpoint>, &[&'static Code]) -> u16;

/// What happens to parties that no ledger tells.
pub(crate) struct Happenings {
    /// What kind of thing it is, in a word.
    pub(crate) kind: &'static str,
    /// What happens after one day and through another.
    pub(crate) between: fn(&Session, &World, (NaiveDate, NaiveDate)) -> Vec<Happening>,
}

/// What a session has to name as a parameter of a URL, like the cases that it has.
pub(crate) struct Choices {
    /// The parameter's name.
    pub(crate) parameter: &'static str,
    /// What there is on the session's clock, the newest first.
    pub(crate) of: fn(&Session) -> Vec<Choice>,
}

/// Something that a call can name.
pub(crate) struct Choice {
    /// As it is written in a URL.
    pub(crate) value: String,
    /// What it is, in a few words.
    pub(crate) label: String,
}

/// Something that happens to a party on a day.
pub(crate) struct Happening {
    pub(crate) day: NaiveDate,
    pub(crate) part: Part,
    /// What happens, in the words of the service.
    pub(crate) what: String,
}

/// What keeps a request from reaching an endpoint's function, before anything of the service is asked.
pub(crate) enum RequestFault<'r> {
    /// There is no such URL. The text says what is wrong with it, in Norwegian.
    UnknownUrl(&'r str),
    /// There is, but not by this method. The text is the value of `Allow`.
    Method(&'r str),
    /// The body is longer than its limit, in bytes.
    TooLarge(usize),
    /// The body cannot be read. The text says why, in Norwegian.
    Unreadable(&'r str),
}

/// The settings of a service.
pub(crate) struct SettingsSection {
    /// Adds its flags to a command.
    pub(crate) augment: fn(clap::Command) -> clap::Command,
    /// Reads them.
    pub(crate) read: fn(&ArgMatches, &mut ServiceSettings) -> Result<(), clap::Error>,
}

/// Routes of a service beside its own URLs, and what the contract of the control API says of them.
#[derive(Default)]
pub(crate) struct PageRoutes {
    /// Below `/sandbox`, where the rules of the control API hold.
    pub(crate) control: Router<Arc<Shared>>,
    /// Anywhere else; only below first parts that are the sandbox's own.
    pub(crate) open: Router<Arc<Shared>>,
    /// The operations of the control routes, for the contract.
    pub(crate) operations: Option<fn(&mut Schemas, &mut Schemas) -> Vec<ControlOperation>>,
}

/// A view of the page for testers that only one service has.
pub(crate) struct Panel {
    /// How its address names it.
    pub(crate) name: &'static str,
    /// How people name it.
    pub(crate) title: &'static str,
    /// A module in JavaScript that exports `show(root, path)`. It uses the modules of `src/page/assets`.
    pub(crate) script: &'static str,
}

/// A subcommand of a service.
pub(crate) struct Subcommand {
    /// How it is called, with its own arguments.
    pub(crate) command: fn() -> clap::Command,
    /// Runs it.
    pub(crate) run: fn(&ArgMatches, &Flags) -> ExitCode,
}

/// A JSON Schema of something that a service takes.
pub(crate) struct NamedSchema {
    /// How the command line calls it.
    pub(crate) name: &'static str,
    /// Makes it.
    pub(crate) schema: fn() -> Value,
}

/// What the list of parties tells of a service.
pub(crate) struct PartyFact {
    /// The field's name.
    pub(crate) name: &'static str,
    /// What it says, for the contract.
    pub(crate) description: &'static str,
    /// How many the party has.
    pub(crate) count: fn(&Party) -> usize,
}

/// A call that a newcomer can paste: the URL below base and version. `PARTY` stands for a party's number.
pub(crate) struct Sample {
    pub(crate) without_token: &'static str,
    pub(crate) with_token: &'static str,
}

/// What a party is asked for.
pub(crate) struct View<'a> {
    pub(crate) service: &'static Service,
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) party: &'a Party,
    pub(crate) edition: Edition,
    pub(crate) periode: Option<Periode>,
    pub(crate) day: NaiveDate,
}

/// How a service answers from a party's ledger.
pub(crate) type Render = fn(&View<'_>, Format) -> Result<Bytes, Refusal>;
