//! The operations that show a sandbox from outside: parties with their ledgers, answers, what happens over time, the journal
//! as it grows, and what can be called. The page for testers is made of them.

use axum::http::StatusCode;
use serde_json::json;

use super::catalogue::CatalogueView;
use super::choices::ChoiceView;
use super::ledger::PartyView;
use super::preview::AnswerView;
use super::timeline::Timeline;
use crate::interface::contract::Schemas;
use crate::interface::pages::{ControlOperation, json_body};

pub(super) fn operations(written: &mut Schemas) -> Vec<ControlOperation> {
    let operation = ControlOperation::get;
    let missing: &[StatusCode] = &[StatusCode::NOT_FOUND, StatusCode::SERVICE_UNAVAILABLE];
    let busy: &[StatusCode] = &[StatusCode::SERVICE_UNAVAILABLE];
    let text = |kind: &str| json!({ kind: { "schema": { "type": "string" } } });
    vec![
        operation(
            "/parties/{number}",
            "showParty",
            "A party with its ledger over time",
            json_body::<PartyView>(written),
            missing,
        ),
        operation(
            "/parties/{number}/picture",
            "drawParty",
            "The ledger of a party over time as a picture",
            text("image/svg+xml"),
            missing,
        ),
        operation(
            "/parties/{number}/answers",
            "showAnswers",
            "What a service would answer about a party, in all its editions and formats; no call is made",
            json_body::<Vec<AnswerView>>(written),
            missing,
        ),
        operation(
            "/timeline",
            "showTimeline",
            "What happens to parties between two days, and what it changes",
            json_body::<Timeline>(written),
            missing,
        ),
        operation(
            "/choices",
            "listChoices",
            "What the session has that a call can name in its URL, like its cases",
            json_body::<Vec<ChoiceView>>(written),
            &[],
        ),
        operation(
            "/live",
            "watchJournal",
            "The journal as it grows, as server-sent events: call, missed, cleared and over",
            text("text/event-stream"),
            busy,
        ),
        operation(
            "/catalogue",
            "showCatalogue",
            "What can be called, and what can be asked of a call",
            json_body::<CatalogueView>(written),
            &[],
        ),
    ]
}
