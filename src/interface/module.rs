//! A service as the house has it: its entry, its operations, its hooks.

use schemars::JsonSchema;
use serde_json::Value;

use super::contract::Schemas;
use super::example::{Example, Examples};
use super::refusal::{Envelope, Reason};
use super::{Answer, Call, Hooks, Refusal, Render, Statement};
use crate::catalogue::{Code, Edition, Service};
use crate::log::NotKept;
use crate::scenario::Omfang;

/// A service. Everything of it stands in one folder; the house knows it by this.
pub struct ServiceModule {
    /// What it says of itself, as data.
    pub service: &'static Service,
    /// Its endpoints' functions, in the order of `service.endpoints`.
    pub operations: &'static [Operation],
    /// What it is, for its contract.
    pub about: &'static str,
    /// The form of its errors.
    pub(crate) envelope: Envelope,
    /// The code for a fault of the sandbox itself; the first of its own where nothing else is said.
    pub(crate) unexpected: Option<&'static Code>,
    /// The statements of docs/fidelity.md that its answers lean on. Lists that several services share stand beside its own.
    pub statements: &'static [&'static [Statement]],
    /// What else it has of its own.
    pub(crate) hooks: Hooks,
}

impl ServiceModule {
    /// A service whose errors have the common form (`kode`, `melding`, `korrelasjonsid`) and that has no hooks.
    pub const fn new(service: &'static Service, operations: &'static [Operation], about: &'static str) -> Self {
        Self {
            service,
            operations,
            about,
            envelope: Envelope::Feil,
            unexpected: None,
            statements: &[],
            hooks: Hooks::NONE,
        }
    }

    /// The refusal of a call whose change could not be written, so that nothing has changed.
    pub(crate) fn not_kept(&self, why: &NotKept) -> Refusal {
        self.refused_by_store(format!("nothing has changed: {why}"))
    }

    /// The refusal of a call that the place of sessions cannot serve now, with the reason.
    pub(crate) fn refused_by_store(&self, why: String) -> Refusal {
        Refusal::on_demand(self.unexpected()).because(Reason::NotKept).hint(why)
    }

    /// The code for a fault of the sandbox itself.
    pub(crate) fn unexpected(&self) -> &'static Code {
        self.unexpected.or_else(|| self.service.codes.first()).unwrap_or(crate::catalogue::UNEXPECTED)
    }
}

/// What an endpoint does, and what its contract says of it.
pub struct Operation {
    /// The natural answer. All checks up to `consent` have passed, and the body is there.
    pub answer: fn(&Call<'_>) -> Result<Answer, Refusal>,
    /// The name of the operation in the contract.
    pub id: &'static str,
    /// One line on what it gives.
    pub summary: &'static str,
    /// What a caller has to know of it, for its contract. Empty if the line above says all.
    pub(crate) details: &'static str,
    /// Answers of it, for its contract.
    pub(crate) examples: Examples,
    /// The schema of its answer; nothing where a success has no body.
    pub(crate) answer_schema: Option<AnswerSchema>,
    /// The schema of the body that it reads.
    pub(crate) request_schema: Option<SchemaOf>,
    /// How it answers from a party's ledger, so that `check` can compare literal answers with the ledger.
    pub(crate) render: Option<Render>,
    /// Whether `render` answers about a shielded party with nothing but a mark. Otherwise such a party is refused as an
    /// unknown one is.
    pub(crate) marks_shielded: bool,
    /// How much of a party's ledger it shows.
    pub(crate) omfang: Omfang,
}

/// Adds a type to the schemas of a document, and refers to it.
pub(crate) type SchemaOf = fn(&mut Schemas) -> Value;

/// The schema of an answer in an edition.
pub(crate) type AnswerSchema = fn(&mut Schemas, Edition) -> Value;

impl Operation {
    /// An operation that answers with a body of a type.
    pub const fn new<T: JsonSchema>(
        answer: fn(&Call<'_>) -> Result<Answer, Refusal>,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        Self::with_schema(answer, id, summary, |schemas, _| schemas.of::<T>())
    }

    /// An operation whose schema stands elsewhere, or whose success has no body.
    pub const fn without_schema(
        answer: fn(&Call<'_>) -> Result<Answer, Refusal>,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        Self {
            answer,
            id,
            summary,
            details: "",
            examples: Examples::None,
            answer_schema: None,
            request_schema: None,
            render: None,
            marks_shielded: false,
            omfang: Omfang::Alt,
        }
    }

    /// The same, with a schema that depends on the edition.
    pub(crate) const fn with_schema(
        answer: fn(&Call<'_>) -> Result<Answer, Refusal>,
        id: &'static str,
        summary: &'static str,
        schema: AnswerSchema,
    ) -> Self {
        let mut operation = Self::without_schema(answer, id, summary);
        operation.answer_schema = Some(schema);
        operation
    }

    /// What a caller has to know of it, in whole sentences, for its contract.
    #[must_use]
    pub const fn described(mut self, details: &'static str) -> Self {
        self.details = details;
        self
    }

    /// An answer of it as JSON, for its contract.
    #[must_use]
    pub const fn example(mut self, json: &'static str) -> Self {
        self.examples = Examples::Json(json);
        self
    }

    /// Answers of it in an edition, for its contract.
    #[must_use]
    pub(crate) const fn examples(mut self, examples: fn(Edition) -> Vec<Example>) -> Self {
        self.examples = Examples::ByEdition(examples);
        self
    }

    /// What its contract says of it.
    pub(crate) fn description(&self) -> String {
        if self.details.is_empty() { format!("{}.", self.summary) } else { self.details.to_owned() }
    }

    /// It answers from a party's ledger.
    #[must_use]
    pub(crate) const fn renders(mut self, render: Render) -> Self {
        self.render = Some(render);
        self
    }

    /// Its `render` answers about a shielded party with nothing but a mark.
    #[must_use]
    pub(crate) const fn marks_shielded(mut self) -> Self {
        self.marks_shielded = true;
        self
    }

    /// It shows nothing of a party's ledger but open claims, unallocated payments, and sums of them.
    #[must_use]
    pub(crate) const fn shows_what_is_open(mut self) -> Self {
        self.omfang = Omfang::Aapent;
        self
    }

    /// It reads a body of a type.
    #[must_use]
    pub const fn reads<T: JsonSchema>(mut self) -> Self {
        self.request_schema = Some(Schemas::of::<T>);
        self
    }
}
