//! Utleggsbegjæring: attachments are uploaded, a request for enforcement is validated, submitted and changed.
//! Imitates docs/fidelity.md, "Utleggsbegjæring".

mod arkiv;
mod begjaeringer;
mod betjeningskart;
mod cli;
mod conduct;
mod contract;
mod control;
mod eksempel_control;
mod endringer;
mod feil;
mod fidelity;
mod filtype;
mod forloep;
mod gang;
mod gang_control;
mod hendelser;
mod hode;
mod innsyn;
mod register;
mod sak_command;
mod saker;
mod section;
mod status;
mod vedlegg;
mod visning;
mod webhook;

use super::{ISSUER, kb};
use crate::catalogue::{
    BodyPolicy, Endpoint, Formats, Needs, Number, OwnModifier, Parameter, ParameterKind, PartyIn, Protection, Service,
    Success, TokenDemand,
};
use crate::coverage::CaseStates;
use crate::domain::saksgang::livsloep::Manusnavn;
use crate::interface::{Choices, Envelope, Happenings, Hooks, Operation, Panel, PartyFact, ServiceModule};
use crate::log::kept::StateKind;
use saker::Tilstand;

static SERVICE: Service = Service {
    name: "utleggsbegjaering",
    title: "Utleggsbegjæring",
    base: "/api/utleggsbegjaering",
    hosts: &[],
    version: "v2",
    packages: &[],
    endpoints: &[
        LAST_OPP,
        VIS_VEDLEGG,
        VALIDER,
        OPPRETT,
        VALIDER_ENDRING,
        ENDRE,
        STATUS,
        STATUSENDRINGER,
        INNSYN,
        BETJENINGSKART,
    ],
    formats: Formats::Json,
    codes: kb::CODES,
    refusals: feil::REFUSALS,
    has_common_codes: true,
    has_editions: false,
    findings: &feil::REGELKODER,
    modifiers: &[VEDLEGG, SAK],
    protection: Protection::Token(TokenDemand {
        issuer: ISSUER,
        scopes: &["skatteetaten:utleggsbegjaering"],
        needs: Needs::ToBeTheParty,
        consent: None,
        without_token: kb::WITHOUT_TOKEN,
    }),
};

/// The status of a refusal that lists broken rules.
const RULES_BROKEN: u16 = 422;

/// The largest request, in bytes.
const LARGEST_REQUEST: usize = 1024 * 1024;
const REQUEST: BodyPolicy = BodyPolicy::Json { limit: LARGEST_REQUEST };

/// The largest upload: a file of the largest size, and the other parts.
const UPLOAD: BodyPolicy = BodyPolicy::Multipart { limit: vedlegg::LARGEST_FILE + 64 * 1024 };

const LAST_OPP: Endpoint = Endpoint {
    also_at: &["/api/utleggsbegjaering/v1/vedlegg", "/api/utleggsbegjaering/v0/vedlegg"],
    success: Success { status: 201, headers: &["Location"] },
    ..by_token(Endpoint::post("vedlegg", "v2/vedlegg", UPLOAD))
};
const VIS_VEDLEGG: Endpoint = Endpoint {
    also_at: &["/api/utleggsbegjaering/v1/vedlegg/{uuid}", "/api/utleggsbegjaering/v0/vedlegg/{uuid}"],
    parameters: &[UUID],
    ..by_token(Endpoint::get("vis-vedlegg", "v2/vedlegg/{uuid}"))
};
const VALIDER: Endpoint = Endpoint {
    findings: Some(RULES_BROKEN),
    also_at: &["/api/utleggsbegjaering/v1/valider", "/api/utleggsbegjaering/v0/valider"],
    ..by_token(Endpoint::post("valider", "v2/valider", REQUEST))
};
const OPPRETT: Endpoint = Endpoint {
    findings: Some(RULES_BROKEN),
    also_at: &[
        "/api/utleggsbegjaering/v2/",
        "/api/utleggsbegjaering/v1",
        "/api/utleggsbegjaering/v1/",
        "/api/utleggsbegjaering/v0",
        "/api/utleggsbegjaering/v0/",
    ],
    success: Success::CREATED,
    ..by_token(Endpoint::post("opprett", "v2", REQUEST))
};
const VALIDER_ENDRING: Endpoint = Endpoint {
    findings: Some(RULES_BROKEN),
    also_at: &[
        "/api/utleggsbegjaering/v1/valider/{eksternSaksreferanse}",
        "/api/utleggsbegjaering/v0/valider/{eksternSaksreferanse}",
    ],
    parameters: &[SAKSREFERANSE],
    ..by_token(Endpoint::put("valider-endring", "v2/valider/{eksternSaksreferanse}", REQUEST))
};
const ENDRE: Endpoint = Endpoint {
    findings: Some(RULES_BROKEN),
    also_at: &["/api/utleggsbegjaering/v1/{eksternSaksreferanse}", "/api/utleggsbegjaering/v0/{eksternSaksreferanse}"],
    parameters: &[SAKSREFERANSE],
    ..by_token(Endpoint::put("endre", "v2/{eksternSaksreferanse}", REQUEST))
};

const STATUS: Endpoint = Endpoint {
    also_at: &[
        "/api/utleggsbegjaering/v1/{eksternSaksreferanse}/status",
        "/api/utleggsbegjaering/v0/{eksternSaksreferanse}/status",
    ],
    parameters: &[Parameter {
        description: "The reference of the case, or one of those that need no submission, like TEST_SAK_BESLUTTET.",
        example: "TEST_SAK_BESLUTTET",
        ..SAKSREFERANSE
    }],
    ..by_token(Endpoint::get("status", "v2/{eksternSaksreferanse}/status"))
};
const STATUSENDRINGER: Endpoint = Endpoint {
    also_at: &["/api/utleggsbegjaering/v1/statusendringer", "/api/utleggsbegjaering/v0/statusendringer"],
    parameters: &[Parameter {
        name: "fraSekvensnummer",
        description: "Only changes with a greater sekvensnummer: the greatest that the caller has seen, or 0.",
        example: "0",
        kind: ParameterKind::Integer(Number { minimum: 0, maximum: Some(i64::MAX) }),
    }],
    ..by_token(Endpoint::get("statusendringer", "v2/statusendringer"))
};
const INNSYN: Endpoint = Endpoint {
    also_at: &[
        "/api/utleggsbegjaering/v1/{eksternSaksreferanse}/innsyn-i-trekk",
        "/api/utleggsbegjaering/v0/{eksternSaksreferanse}/innsyn-i-trekk",
    ],
    parameters: &[SAKSREFERANSE],
    ..by_token(Endpoint::get("innsyn", "v2/{eksternSaksreferanse}/innsyn-i-trekk"))
};
const BETJENINGSKART: Endpoint = Endpoint {
    also_at: &["/api/utleggsbegjaering/v1/betjeningskartet", "/api/utleggsbegjaering/v0/betjeningskartet"],
    ..by_token(Endpoint::post("betjeningskartet", "v2/betjeningskartet", REQUEST))
};

/// The endpoint, whose party is the submitter: the one of the token.
const fn by_token(mut endpoint: Endpoint) -> Endpoint {
    endpoint.party = PartyIn::Token;
    endpoint
}

const UUID: Parameter = Parameter {
    name: "uuid",
    description: "The uuid of an attachment, as the answer to its upload says.",
    example: "4b0c9c3e-52a7-4f0b-9a53-8f1f2f0d6c11",
    kind: ParameterKind::Text,
};
const SAKSREFERANSE: Parameter = Parameter {
    name: "eksternSaksreferanse",
    description: "The reference of the case, as the answer to its first submission says.",
    example: "0d2b7f0e-8f6c-4b53-8a3e-6f3c0a1d9b42",
    kind: ParameterKind::Text,
};

/// How an attachment goes after its upload.
const VEDLEGG: OwnModifier = OwnModifier {
    name: "vedlegg",
    header: "Sandbox-Vedlegg",
    values: &arkiv::FORLOEP,
    takes: |text| arkiv::Forloep::les(text).is_some(),
};

/// What happens to a case by itself.
const SAK: OwnModifier = OwnModifier {
    name: "sak",
    header: "Sandbox-Sak",
    values: &["utleggstrekk", "intetTilUtlegg", "utleggspant", "nektet", "hevet", "stille"],
    takes: |text| Manusnavn::med_navn(text).is_some(),
};

pub(super) static MODULE: ServiceModule = ServiceModule {
    envelope: Envelope::Whole(feil::body),
    hooks: Hooks {
        section: Some(&section::UtleggSection),
        session_state: Some(StateKind::of::<Tilstand>()),
        resume: Some(webhook::gjenoppta),
        settings: Some(webhook::SECTION),
        happenings: Some(Happenings { kind: "case", between: gang::happenings }),
        choices: &[
            Choices { parameter: SAKSREFERANSE.name, of: visning::cases },
            Choices { parameter: UUID.name, of: visning::attachments },
        ],
        panel: Some(Panel { name: "cases", title: "Cases", script: include_str!("panel.js") }),
        pages: Some(control::pages),
        subcommands: &[cli::SUBCOMMAND, sak_command::SUBCOMMAND],
        schemas: &[cli::SCHEMA],
        party_fact: Some(PartyFact {
            name: "utleggssaker",
            description: "How many cases of Utleggsbegjæring its scenario says that it has submitted.",
            count: |party| party.sections.get::<section::Partsdata>().map_or(0, |data| data.saker.len()),
        }),
        orders: Some(gang::orders),
        demanded_status: Some(feil::demanded_status),
        finding_label: Some(fidelity::of_rule),
        keeps_bodies: true,
        conduct: conduct::ALL,
        case_states: Some(CaseStates { endpoint: STATUS.name, states: status::TILSTANDER }),
        contract: Some(contract::document),
        ..Hooks::NONE
    },
    statements: &[fidelity::STATEMENTS],
    ..ServiceModule::new(&SERVICE, OPERATIONS, ABOUT)
};

static OPERATIONS: &[Operation] = &[
    Operation::without_schema(vedlegg::last_opp, "lastOppVedlegg", "Upload an attachment"),
    Operation::without_schema(vedlegg::vis, "visVedlegg", "The state of an attachment"),
    Operation::without_schema(begjaeringer::valider, "validerNyBegjaering", "Validate a new request"),
    Operation::without_schema(begjaeringer::opprett, "opprettBegjaering", "Submit a new request"),
    Operation::without_schema(begjaeringer::valider_endring, "validerEndretBegjaering", "Validate a changed request"),
    Operation::without_schema(begjaeringer::endre, "endreBegjaering", "Submit a changed request"),
    Operation::without_schema(status::vis, "hentStatus", "The state of a case, its claims and its decisions"),
    Operation::without_schema(endringer::vis, "hentStatusendringer", "Which cases came into a new state"),
    Operation::without_schema(innsyn::vis, "hentInnsynITrekk", "What a creditor may know of the deduction"),
    Operation::without_schema(betjeningskart::vis, "hentRegelverk", "Which rules debtors are under"),
];

const ABOUT: &str = "Requests for enforcement (utleggsbegjæring), as innkreving-sandbox serves them: attachments are uploaded \
    first, then the request is validated or submitted, and later changed. The submitter is the organisation of the token, or \
    the customer of its systembruker. A request that cannot be read is refused with everything that is missing or wrong, one \
    that breaks rules with all rules that it breaks.";
