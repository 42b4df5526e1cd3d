//! Writes the text format of Prometheus, version 0.0.4. The crates that write it keep counters of their own, with locks and owned
//! labels; ours are arrays, so a writer of a screenful is all that is needed.

use std::fmt::{Display, Write as _};
use std::sync::atomic::Ordering;

use super::{BOUNDS, End, Metrics};

/// The first part of the names of all metrics that are the sandbox's own.
const OWN: &str = "innkreving_sandbox_";

/// A page of metrics.
#[derive(Default)]
pub(crate) struct Page(String);

impl Page {
    /// Begins a metric of the sandbox's own. `kind` is counter, gauge or histogram.
    pub(crate) fn begin(&mut self, name: &str, kind: &str, help: &str) {
        self.begin_named(&format!("{OWN}{name}"), kind, help);
    }

    /// Begins a metric whose name others have given.
    pub(crate) fn begin_named(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A sample of a metric of the sandbox's own.
    pub(crate) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.sample_named(&format!("{OWN}{name}"), labels, value);
    }

    /// A sample of a metric whose name others have given.
    pub(crate) fn sample_named(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (place, (label, text)) in labels.iter().enumerate() {
            let _ = write!(self.0, "{}{label}=\"{}\"", if place == 0 { '{' } else { ',' }, escaped(text));
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    /// A metric with one sample.
    pub(crate) fn single(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.begin(name, kind, help);
        self.sample(name, &[], value);
    }

    pub(crate) fn text(self) -> String {
        self.0
    }
}

/// A value of a label. A backslash, a quotation mark and a line break are escaped.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Microseconds as seconds, exactly.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Metrics {
    /// Writes what was counted.
    pub(crate) fn write(&self, page: &mut Page) {
        page.begin(
            "calls_total",
            "counter",
            "Calls to services, by how they ended; status is none if the caller got no answer.",
        );
        for of in &self.services {
            let names = of.service.endpoints.iter().map(|endpoint| endpoint.name).chain(["none"]);
            for (endpoint, ends) in names.zip(&of.ends) {
                ends.all().for_each(|(end, count)| call(page, of.service.name, endpoint, end, count));
            }
        }
        self.elsewhere.all().for_each(|(end, count)| call(page, "none", "none", end, count));
        let name = "call_duration_seconds";
        page.begin(
            name,
            "histogram",
            "How long calls to a service took until their answer was handed over, delays included.",
        );
        for of in &self.services {
            let (upto, count, sum) = of.times.cumulative();
            let service = ("service", of.service.name);
            for (bound, count) in BOUNDS.iter().zip(upto) {
                page.sample(&format!("{name}_bucket"), &[service, ("le", &seconds(*bound))], count);
            }
            page.sample(&format!("{name}_bucket"), &[service, ("le", "+Inf")], count);
            page.sample(&format!("{name}_sum"), &[service], seconds(sum));
            page.sample(&format!("{name}_count"), &[service], count);
        }
    }

    /// What was refused before it was looked at, and how often.
    pub(crate) fn refused(&self) -> [(&'static str, u64); 2] {
        let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        [("foreign-page", count(&self.foreign_pages)), ("improper-http", count(&self.improper))]
    }
}

fn call(page: &mut Page, service: &str, endpoint: &str, end: Option<End>, count: u64) {
    let status =
        end.map_or_else(|| "other".to_owned(), |end| end.status.map_or("none".to_owned(), |status| status.to_string()));
    let code = end.map_or("other", |end| end.code.unwrap_or("none"));
    let cause = end.map_or("other", |end| end.cause.name());
    let labels = [("service", service), ("endpoint", endpoint), ("status", &status), ("code", code), ("cause", cause)];
    page.sample("calls_total", &labels, count);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped_and_seconds_exact() {
        let mut page = Page::default();
        page.sample_named("a", &[("b", "x\"\\\n"), ("c", "")], 1);
        page.sample("d", &[], 2);
        assert_eq!(page.text(), "a{b=\"x\\\"\\\\\\n\",c=\"\"} 1\ninnkreving_sandbox_d 2\n");
        assert_eq!([seconds(100), seconds(30_000_000), seconds(0), seconds(1_500_000)], ["0.0001", "30", "0", "1.5"]);
    }
}
