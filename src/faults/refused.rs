//! The answer to a refused modifier or rule: a problem document (RFC 9457).

use serde::Serialize;

use super::Cause;
use crate::catalogue::nearest;
use crate::redact::{masked, masked_text};

/// The type and title of the refusal of a change that could not be written.
pub(crate) const NOT_KEPT: &str = "urn:innkreving-sandbox:not-kept";
pub(crate) const NOT_KEPT_TITLE: &str = "The sandbox cannot keep the change";

/// The type and title of the refusal of a call that a replica cannot answer, because it does not know what others have changed.
pub(crate) const NOT_KNOWN: &str = "urn:innkreving-sandbox:not-known";
pub(crate) const NOT_KNOWN_TITLE: &str = "The sandbox cannot know what holds now";

/// Why a modifier, a part of a rule, or a new session is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Refused {
    r#type: &'static str,
    title: &'static str,
    pub(crate) status: u16,
    pub(crate) detail: String,
    /// The key as the caller wrote it; empty if the refusal is about no key.
    pub(crate) modifier: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// The values that are allowed; empty if there is no list of them.
    allowed: Vec<String>,
    /// The allowed value that the caller probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nearest: Option<String>,
    /// What to do, for `Sandbox-Hint` and the journal.
    #[serde(skip)]
    pub(crate) hint: Option<&'static str>,
}

impl Refused {
    pub(crate) fn new(modifier: &str, value: Option<&str>, detail: String, allowed: Vec<String>) -> Box<Self> {
        let nearest = nearest(value.unwrap_or(modifier), allowed.iter().map(String::as_str)).map(str::to_owned);
        Box::new(Self {
            r#type: "urn:innkreving-sandbox:refused-modifier",
            title: "The sandbox does not know this modifier or its value",
            status: 400,
            detail: masked_text(detail),
            modifier: masked(modifier).into_owned(),
            value: value.map(|value| masked(value).into_owned()),
            allowed,
            nearest,
            hint: None,
        })
    }

    /// A fault that HTTP/2 cannot carry. `others` are those that it can.
    pub(crate) fn not_on_http2(value: &str, others: Vec<String>) -> Box<Self> {
        let detail = format!(
            "{value} sends bytes that are no HTTP/1.1, and HTTP/2 has no such thing: every byte belongs to a frame; call over HTTP/1.1, or \
             ask for another fault"
        );
        let mut refused = Self::new("fault", Some(value), detail, others);
        refused.title = "HTTP/2 cannot carry this fault";
        refused.nearest = None;
        refused.hint = Some("call over HTTP/1.1 (curl --http1.1), or start the sandbox with --http2 off");
        refused
    }

    /// The same refusal, with the type and title for a rule.
    pub(crate) fn of_rule(mut self: Box<Self>) -> Box<Self> {
        self.r#type = "urn:innkreving-sandbox:refused-rule";
        self.title = "The sandbox cannot keep this rule";
        self
    }

    /// The same refusal, with the type and title for a filter.
    pub(crate) fn of_filter(mut self: Box<Self>) -> Box<Self> {
        self.r#type = "urn:innkreving-sandbox:refused-filter";
        self.title = "No request can match this filter";
        self
    }

    /// The same refusal, with what the caller probably meant.
    pub(crate) fn near(mut self: Box<Self>, nearest: Option<&str>) -> Box<Self> {
        self.nearest = nearest.map(|near| masked(near).into_owned()).or(self.nearest);
        self
    }

    /// The request is no proper HTTP.
    pub(crate) fn bad_request(what: &str, detail: String) -> Box<Self> {
        let mut refused = Self::new(what, None, detail, Vec::new());
        refused.r#type = "urn:innkreving-sandbox:bad-request";
        refused.title = "The request is no proper HTTP";
        refused
    }

    /// There is no room for the request now. The caller can try again.
    pub(crate) fn busy(detail: &str) -> Box<Self> {
        let mut refused = Self::new("", None, detail.to_owned(), Vec::new());
        refused.r#type = "urn:innkreving-sandbox:busy";
        refused.title = "The sandbox is busy";
        refused.status = 503;
        refused
    }

    /// What `Sandbox-Cause` says of it.
    pub(crate) fn cause(&self) -> Cause {
        match self.r#type {
            "urn:innkreving-sandbox:busy" | "urn:innkreving-sandbox:bad-request" | NOT_KEPT | NOT_KNOWN => {
                Cause::RefusedRequest
            }
            _ => Cause::RefusedModifier,
        }
    }

    /// A limit is reached, so nothing more can be made. The caller can delete something, or wait.
    pub(crate) fn no_room(modifier: &str, value: &str, detail: String) -> Box<Self> {
        let mut refused = Self::new(modifier, Some(value), detail, Vec::new());
        refused.r#type = "urn:innkreving-sandbox:no-room";
        refused.title = "The sandbox is full";
        refused.status = 507;
        refused
    }

    /// A change could not be written to where sessions are kept, so it did not happen. The caller can try again.
    pub(crate) fn not_kept(detail: &str) -> Box<Self> {
        let mut refused = Self::new("", None, format!("nothing has changed: {detail}"), Vec::new());
        refused.r#type = NOT_KEPT;
        refused.title = NOT_KEPT_TITLE;
        refused.status = 503;
        refused
    }

    /// What a call saw or changed could not be written, and the call asked for no change.
    pub(crate) fn unsettled(detail: String) -> Box<Self> {
        let mut refused = Self::not_kept("");
        refused.detail = masked_text(detail);
        refused
    }

    /// A replica cannot answer, because others may have changed something. The caller can try again.
    pub(crate) fn not_known(detail: String) -> Box<Self> {
        let mut refused = Self::new("", None, detail, Vec::new());
        refused.r#type = NOT_KNOWN;
        refused.title = NOT_KNOWN_TITLE;
        refused.status = 503;
        refused
    }

    /// A session cannot go back.
    pub(crate) fn cannot_undo(value: &str, detail: &str) -> Box<Self> {
        let mut refused = Self::new("session", Some(value), detail.to_owned(), Vec::new());
        refused.r#type = "urn:innkreving-sandbox:cannot-undo";
        refused.title = "The session cannot go back";
        refused.status = 409;
        refused
    }

    /// A session cannot begin.
    pub(crate) fn cannot_begin(value: &str, detail: String) -> Box<Self> {
        let mut refused = Self::new("session", Some(value), detail, Vec::new());
        refused.r#type = "urn:innkreving-sandbox:cannot-begin";
        refused.title = "The session cannot be begun";
        refused.status = 409;
        refused
    }
}
