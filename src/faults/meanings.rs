//! What each fault on the wire is, in words: the one source for the catalogue, the page for testers and docs/faults.md.

use super::effects::{DRIFTS, FAULTS};

/// What a fault, a delay or a drift means to who meets it. The texts are Markdown without links.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FaultMeaning {
    /// As a caller may write it.
    pub(crate) fault: &'static str,
    /// What goes out.
    pub(crate) sent: &'static str,
    /// What a client sees.
    pub(crate) seen: &'static str,
    /// What a good client does.
    pub(crate) advice: &'static str,
}

/// All of them, in the order of [`FAULTS`].
pub(crate) const MEANINGS: [FaultMeaning; FAULTS.len()] = [
    FaultMeaning {
        fault: "reset",
        sent: "nothing; a TCP RST",
        seen: "connection reset",
        advice: "it tries again after a pause, at most a few times, and only what may be repeated",
    },
    FaultMeaning {
        fault: "reset-after",
        sent: "nothing; a TCP RST, after the service has done its work",
        seen: "connection reset; a repeated submission is a duplicate",
        advice: "it does not submit again blindly: it asks first what has come of it, or takes the duplicate as a success",
    },
    FaultMeaning {
        fault: "hang",
        sent: "nothing for five minutes, or for the given time; then the connection ends",
        seen: "its own timeout",
        advice: "it has a timeout for the whole call, gives up, and tells its user that the service does not answer",
    },
    FaultMeaning {
        fault: "empty",
        sent: "nothing; an orderly end (FIN)",
        seen: "end of file before a response",
        advice: "it takes it for a broken connection, as with `reset`, and not for an empty answer",
    },
    FaultMeaning {
        fault: "truncate",
        sent: "status, headers, the full `Content-Length`, half of the body, then FIN",
        seen: "an incomplete body",
        advice: "it compares the length, throws the half away, and never shows or stores a part of an answer",
    },
    FaultMeaning {
        fault: "garbage",
        sent: "the seven bytes `15 03 03 00 02 02 28`, then FIN: a TLS alert (fatal, handshake_failure), like the one the real platform sends when it refuses a certificate",
        seen: "no HTTP",
        advice: "it logs what it got, does not try again, and tells its operator: the certificate or the address is wrong",
    },
    FaultMeaning {
        fault: "slow-body(1k/s)",
        sent: "status and headers at once; the body at 1k/s or the given bytes per second, sent ten times a second; `Connection: close`",
        seen: "its read timeout, or a long wait",
        advice: "it has a timeout for the whole call, not only between two bytes, and holds no lock while it reads",
    },
    FaultMeaning {
        fault: "gateway-text",
        sent: "404, `text/plain`: `Unknown instance. ID=8ac2…`, which the real gateway sends for an unknown instance",
        seen: "no error envelope",
        advice: "it looks at `Content-Type` before it reads, and does not take this 404 for a party that is unknown",
    },
    FaultMeaning {
        fault: "html",
        sent: "502, `text/html`: a proxy's error page",
        seen: "no error envelope",
        advice: "it looks at `Content-Type` before it reads, shows no HTML to its user, and tries again after a pause",
    },
    FaultMeaning {
        fault: "429(30s)",
        sent: "429, `Retry-After: 30` or the given number of seconds",
        seen: "a limit",
        advice: "it waits as long as `Retry-After` says, and sends less from then on",
    },
    FaultMeaning {
        fault: "503",
        sent: "503, `text/plain`",
        seen: "unavailability",
        advice: "it tries again after a pause that grows, and then gives up with a clear message",
    },
];

/// Those of a delay and of each drift, in the order of [`DRIFTS`].
pub(crate) const OTHERS: [FaultMeaning; 1 + DRIFTS.len()] = [
    FaultMeaning {
        fault: "delay",
        sent: "the answer, later: always the same time, a time between two, or one that is drawn like real answers",
        seen: "a long wait, or its own timeout",
        advice: "it has a timeout that suits the service, shows that it waits, and does not send the same call again meanwhile",
    },
    FaultMeaning {
        fault: "fields",
        sent: "the answer with fields that no contract has",
        seen: "unknown fields",
        advice: "it passes over fields that it does not know",
    },
    FaultMeaning {
        fault: "order",
        sent: "the answer with its fields in another order",
        seen: "the same values in other places",
        advice: "it reads fields by their names, never by their places",
    },
    FaultMeaning {
        fault: "optional",
        sent: "the answer without some of the fields that the contract does not require",
        seen: "fields that are missing",
        advice: "it takes a field that is not required for what it is, and works without it",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_meaning() {
        assert_eq!(MEANINGS.map(|it| it.fault), FAULTS);
        assert_eq!(OTHERS.map(|it| it.fault)[1..], DRIFTS);
    }
}
