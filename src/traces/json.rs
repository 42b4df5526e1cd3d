//! Spans in the JSON of OTLP (opentelemetry-proto, `ExportTraceServiceRequest`): ids are hexadecimal, 64-bit numbers are texts.

use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use super::{Identified, Value};

/// `SPAN_KIND_SERVER` and `STATUS_CODE_ERROR`.
const SERVER: u8 = 2;
const ERROR: u8 = 2;

/// Bits of the flags of a span beside those of the trace: it is known whether the parent is of another process, and it is.
const REMOTE_PARENT: u32 = 0x300;

/// What is sent for a batch of spans. `instance` tells this process from others.
pub(super) fn request(spans: &[Identified], instance: &str) -> Json {
    let version = env!("CARGO_PKG_VERSION");
    let text = |text: &str| Value::Text(text.to_owned().into());
    let resource = [
        ("service.name", text("innkreving-sandbox")),
        ("service.version", text(version)),
        ("service.instance.id", text(instance)),
    ];
    json!({
        "resourceSpans": [{
            "resource": { "attributes": attributes(&resource) },
            "scopeSpans": [{
                "scope": { "name": "innkreving-sandbox", "version": version },
                "spans": spans.iter().map(span).collect::<Vec<_>>(),
            }],
        }],
    })
}

fn span(identified: &Identified) -> Json {
    let span = &identified.span;
    let mut json = json!({
        "traceId": format!("{:032x}", identified.trace),
        "spanId": format!("{:016x}", identified.id),
        "name": span.name,
        "kind": SERVER,
        "startTimeUnixNano": nanos(span.began),
        "endTimeUnixNano": nanos(span.began + span.took),
        "attributes": attributes(&span.attributes),
        "flags": 1,
    });
    if let Some(parent) = &span.parent {
        json["parentSpanId"] = parent.span_id().into();
        json["flags"] = (u32::from(parent.flags()) | REMOTE_PARENT).into();
    }
    if let Some(state) = &span.state {
        json["traceState"] = (**state).into();
    }
    if span.failed {
        json["status"] = json!({ "code": ERROR });
    }
    json
}

fn nanos(time: DateTime<Utc>) -> String {
    time.timestamp_nanos_opt().unwrap_or_default().to_string()
}

fn attributes(attributes: &[(&'static str, Value)]) -> Vec<Json> {
    let told = |(key, value): &(&'static str, Value)| {
        let value = match value {
            Value::Text(text) => json!({ "stringValue": text }),
            Value::Number(number) => json!({ "intValue": number.to_string() }),
            Value::Flag(flag) => json!({ "boolValue": flag }),
        };
        json!({ "key": key, "value": value })
    };
    attributes.iter().map(told).collect()
}
