//! `/metrics`: what is counted, for Prometheus. The rules of the control API hold for it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;

use crate::interface::pages::Shared;
use crate::metrics::Page;

/// The type of the text format of Prometheus.
const TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Response {
    let mut page = Page::default();
    page.begin("build_info", "gauge", "The version that runs; the value is always 1.");
    page.sample("build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    shared.metrics.write(&mut page);
    refused(&shared, &mut page);
    sessions(&shared, &mut page);
    store(&shared, &mut page);
    http2(&shared, &mut page);
    spans(&shared, &mut page);
    load(&shared, &mut page);
    process(&mut page);
    ([(header::CONTENT_TYPE, TYPE)], page.text()).into_response()
}

/// What was refused before anything was checked. What is refused later is a call, with the cause refused-modifier or
/// refused-request.
fn refused(shared: &Shared, page: &mut Page) {
    let name = "refused_total";
    page.begin(
        name,
        "counter",
        "Requests and connections that were refused before they were looked at, by what was wrong or had no room.",
    );
    for (reason, count) in shared.load.refused().into_iter().chain(shared.metrics.refused()) {
        page.sample(name, &[("reason", reason)], count);
    }
}

fn sessions(shared: &Shared, page: &mut Page) {
    let sessions = &shared.sessions;
    page.single("sessions", "gauge", "Sessions, the default one included.", sessions.list().len());
    let session = sessions.default_session();
    let (library, scenarios) = (session.library(), session.world().loaded.scenarios.len());
    page.single("parties", "gauge", "Parties of the default session's scenarios.", scenarios);
    let budget = library.budget();
    page.single("claims", "gauge", "Claims, payments and orders that all scenarios hold.", budget.used());
    page.single("claims_limit", "gauge", "How many they may hold (--max-claims).", budget.most());
    page.single(
        "scenario_reads_total",
        "counter",
        "How many times the scenarios were read with success.",
        library.number(),
    );
    let fails = u8::from(library.failed().is_some());
    page.single(
        "scenarios_failed",
        "gauge",
        "1 if the last attempt to read the scenarios failed, so that earlier ones are in use.",
        fails,
    );
}

/// What keeps sessions. In memory nothing can fail.
fn store(shared: &Shared, page: &mut Page) {
    let log = shared.sessions.log();
    page.begin("store_info", "gauge", "Where sessions are kept; the value is always 1.");
    page.sample("store_info", &[("kind", log.kind())], 1);
    let Some(figures) = log.figures() else { return };
    page.single(
        "store_up",
        "gauge",
        "1 if the store takes changes, and a replica knows what others have changed.",
        u8::from(figures.is_up),
    );
    page.single("store_waiting_changes", "gauge", "Changes that are decided and not yet answered.", figures.waiting);
    let name = "store_changes_total";
    page.begin(
        name,
        "counter",
        "Changes that were written, that were lost and told so, and that were refused because the store was down.",
    );
    for (outcome, count) in figures.changes {
        page.sample(name, &[("outcome", outcome)], count);
    }
    page.single("store_failures_total", "counter", "How many times the store went down.", figures.failures);
    if let Some(age) = figures.last_failure.and_then(|age| TimeDelta::from_std(age).ok()) {
        let at = (shared.sessions.time.real() - age).timestamp();
        page.single("store_last_failure_timestamp_seconds", "gauge", "When the store failed for the last time.", at);
    }
    if let Some(file) = figures.file {
        page.single("store_bytes", "gauge", "Size of the file, with what lies beside it.", file.bytes);
        if let Some(most) = file.most {
            page.single("store_bytes_limit", "gauge", "The most that it may have (--store-max-size).", most);
        }
    }
    if let Some(replica) = figures.replica {
        page.single(
            "store_lease_seconds",
            "gauge",
            "How long this replica may answer without asking the database again; 0 if it answers nothing.",
            replica.lease.as_secs_f64(),
        );
        page.single(
            "store_refused_calls_total",
            "counter",
            "Calls of any kind that were refused because this replica did not know what others had changed.",
            replica.refused,
        );
        page.single(
            "store_replicas_given_up_total",
            "counter",
            "Replicas that did not take in a change of this one in time.",
            replica.given_up,
        );
    }
}

/// Those of HTTP/1.1 have no counter, because calls_total has all.
fn http2(shared: &Shared, page: &mut Page) {
    let (connections, calls) = shared.metrics.http2();
    page.single("http2_connections_total", "counter", "Connections of callers that speak HTTP/2.", connections);
    page.single("http2_requests_total", "counter", "Requests of any kind that came by HTTP/2.", calls);
}

/// Nothing if traces are off.
fn spans(shared: &Shared, page: &mut Page) {
    let Some(traces) = &shared.traces else { return };
    let name = "spans_total";
    page.begin(name, "counter", "Spans of calls that the collector took, and those that were dropped.");
    for (outcome, count) in traces.counts() {
        page.sample(name, &[("outcome", outcome)], count);
    }
}

fn load(shared: &Shared, page: &mut Page) {
    for (name, help, used, most) in [
        ("connections", "Open connections.", shared.load.connections(), shared.load.limits.max_connections),
        (
            "waiting",
            "Requests that wait for a delay, hang or slow-body.",
            shared.load.waiting(),
            shared.load.limits.max_waiting,
        ),
        (
            "answer_bytes",
            "Bytes of large answers that are being sent.",
            shared.load.answer_bytes(),
            shared.load.limits.answer_memory,
        ),
        (
            "upload_bytes",
            "Bytes of large bodies that are being received.",
            shared.load.upload_bytes(),
            shared.load.limits.upload_memory,
        ),
    ] {
        page.single(name, "gauge", help, used);
        page.single(&format!("{name}_limit"), "gauge", &format!("The most that there may be. {help}"), most);
    }
}

/// What the system knows of the process, by the names that all exporters use. Nothing where there is no `/proc`.
fn process(page: &mut Page) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let number = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':').split_whitespace().next()?.parse::<u64>().ok()
    };
    for (name, field, help) in [
        ("process_resident_memory_bytes", "VmRSS", "Resident memory size in bytes."),
        ("process_virtual_memory_bytes", "VmSize", "Virtual memory size in bytes."),
    ] {
        // The file counts in kB.
        if let Some(value) = number(field) {
            page.begin_named(name, "gauge", help);
            page.sample_named(name, &[], value * 1024);
        }
    }
    if let Some(threads) = number("Threads") {
        page.begin_named("process_threads", "gauge", "Number of threads.");
        page.sample_named("process_threads", &[], threads);
    }
}
