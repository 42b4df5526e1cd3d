//! Entry points for fuzzers: bytes in, a panic where a promise is broken. `fuzz/` and `tests/it/hostile.rs` call them. They
//! are no part of what the library promises.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};

use crate::access::explain::Verdict;
use crate::access::jwt::Jwt;
use crate::access::{Access, Level};
use crate::catalogue::{Endpoint, PartyIn, Service};
use crate::config::ServiceSettings;
use crate::domain::begjaering::{Modell, Omstendigheter, SyntetiskRegister, kontroller, les};
use crate::faults::base_url;
use crate::faults::effects::{Delay, Drift, Fault};
use crate::faults::key::Key;
use crate::faults::modifiers::Modifiers;
use crate::sandbox::Sandbox;
use crate::services::{built_in, open_access};
use crate::session::rules::document::RuleDocument;
use crate::session::rules::{CallFacts, Clocks, Rules};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long an answer is waited for that may be late because somebody asked for that.
const NO_PATIENCE: Duration = Duration::from_millis(200);

/// How long a request stays open, so that a usual answer comes before its end.
const AT_ONCE: Duration = Duration::from_millis(20);

/// What makes an answer late, or never come.
const LATE: [&str; 5] = ["delay", "fault", "hang", "slow", "%"];

/// The most bytes that are read of an answer.
const MOST_READ: u64 = 4 * 1024 * 1024;

/// Request bytes → pipeline: sends the bytes to a running sandbox. The sandbox must answer or close the connection, and it
/// must not give a 5xx that nobody asked for. A panic in the pipeline is such a 5xx.
///
/// # Panics
/// The promise is broken, or no sandbox can be started here.
pub fn request(bytes: &[u8]) {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    let sandbox = SANDBOX.get_or_init(|| {
        count_panics();
        let builder = Sandbox::builder().now("2026-11-21").seed(1).sessions(50, Duration::from_secs(3600)).journal(20);
        builder.start().expect("a sandbox starts on the built-in scenarios")
    });
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let may_be_late = LATE.iter().any(|word| text.contains(word));
    let (answer, ended) = exchange(sandbox, bytes, AT_ONCE, if may_be_late { NO_PATIENCE } else { PATIENCE });
    assert!(ended || may_be_late, "no answer and no close");
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "a panic, which the log tells");
    for (status, head) in answers(&answer) {
        // 503 and 507 are limits.
        let is_natural = head.contains("sandbox-cause: natural");
        assert!(status < 500 || matches!(status, 503 | 507) || !is_natural, "an unasked {status}: {head}");
    }
    // A rule that was set by chance makes later requests late.
    if text.contains("/sandbox/") {
        let reset = b"POST /sandbox/sessions/default/reset HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let (answer, _) = exchange(sandbox, reset, PATIENCE, PATIENCE);
        assert!(answer.starts_with("HTTP/1.1 200"), "the session cannot be reset: {answer}");
    }
}

/// Scenario text → check: sends a text as own scenarios to a running sandbox. It is taken or refused, in bounded time and
/// memory, and the sandbox goes on.
///
/// # Panics
/// The promise is broken, or no sandbox can be started here.
pub fn scenario(bytes: &[u8]) {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    let sandbox = SANDBOX.get_or_init(|| {
        count_panics();
        Sandbox::builder().now("2026-11-21").seed(1).start().expect("a sandbox starts on the built-in scenarios")
    });
    let head = format!(
        "PUT /sandbox/scenarios HTTP/1.1\r\nHost: localhost\r\nSandbox-Session: fuzz\r\nContent-Type: application/yaml\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        bytes.len()
    );
    let (answer, ended) = exchange(sandbox, &[head.as_bytes(), bytes].concat(), PATIENCE, PATIENCE);
    assert!(ended, "no answer in time");
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "a panic, which the log tells");
    let status = answers(&answer).next().map_or(0, |(status, _)| status);
    assert!(matches!(status, 200 | 400 | 413 | 422 | 503 | 507), "a text of scenarios is answered with {status}");
}

/// Body → rules: reads a request for enforcement in each of its models, and holds what can be read to all rules. Every
/// problem has a place and a text.
///
/// # Panics
/// The promise is broken.
pub fn begjaering(bytes: &[u8]) {
    let register = SyntetiskRegister;
    for modell in [Modell::V0, Modell::V1, Modell::V2] {
        match les(bytes, modell) {
            Err(feil) => assert!(!feil.is_empty() && feil.iter().all(|feil| !feil.melding.is_empty())),
            Ok(lest) => {
                let om = Omstendigheter {
                    dag: instant().date_naive(),
                    paalogget: None,
                    register: &register,
                    vedlegg: None,
                    tidligere: None,
                    duplikat: None,
                };
                let brudd = kontroller(&lest.begjaering, &om, modell);
                assert!(brudd.iter().all(|brudd| !brudd.tekst.is_empty()));
                let written = serde_json::to_vec(&lest.begjaering).expect("a model is JSON");
                assert!(les(&written, modell).is_ok(), "what was read cannot be read again");
            }
        }
    }
}

/// How often the sandbox has panicked. A panic in one of its own pages ends the connection and nothing else.
static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Counts the panics of the sandbox's own code on its threads, and tells them as before.
fn count_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let thread = std::thread::current();
        let is_ours = thread.name().is_some_and(|name| name == Sandbox::THREAD || name.starts_with("tokio"));
        let in_source = info.location().is_some_and(|place| !place.file().contains("tests/"));
        PANICS.fetch_add(usize::from(is_ours && in_source), Ordering::Relaxed);
        before(info);
    }));
}

/// Sends bytes and reads until the end. The request stays open for a while, and then ends. Returns what came, and whether
/// the connection ended in time.
fn exchange(sandbox: &Sandbox, bytes: &[u8], open: Duration, patience: Duration) -> (String, bool) {
    let stream = TcpStream::connect(sandbox.address()).expect("the sandbox listens");
    // The sandbox may have answered and closed before it has read everything.
    let _ = (&stream).write_all(bytes);
    let mut answer = Vec::new();
    let mut ends_within = |patience: Duration| {
        let _ = stream.set_read_timeout(Some(patience));
        let read = (&stream).take(MOST_READ).read_to_end(&mut answer);
        let is_late = |error: &Error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        !read.is_err_and(|error| is_late(&error))
    };
    // Whoever is still waiting for the rest of the request then learns that there is none.
    let mut ended = ends_within(open);
    if !ended {
        let _ = stream.shutdown(Shutdown::Write);
        ended = ends_within(patience);
    }
    (String::from_utf8_lossy(&answer).into_owned(), ended)
}

/// The status and the head, in lower case, of each answer.
fn answers(text: &str) -> impl Iterator<Item = (u16, String)> {
    text.split("HTTP/1.1 ").skip(1).filter_map(|answer| {
        let status = answer.get(..3)?.parse().ok()?;
        Some((status, answer.split("\r\n\r\n").next().unwrap_or_default().to_lowercase()))
    })
}

/// A request as text: the path, then header lines, then after an empty line the JSON of a rule.
struct Asked {
    path: String,
    headers: HeaderMap,
    rule: String,
}

impl Asked {
    fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).replace('\r', "");
        let (head, rule) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let path = lines.next().unwrap_or_default().to_owned();
        let mut headers = HeaderMap::new();
        for line in lines {
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name.trim().as_bytes()), HeaderValue::from_str(value.trim()))
            {
                headers.append(name, value);
            }
        }
        Self { path, headers, rule: rule.to_owned() }
    }
}

/// Modifiers → plan: headers, base URL and a rule as text. A misspelt modifier is refused, a rule that is kept can match a
/// call, and each key is that of the highest place that sets it: header, base URL, rule.
///
/// # Panics
/// The promise is broken.
pub fn modifiers(bytes: &[u8]) {
    let asked = Asked::read(bytes);
    let (shown, catalogue) = (instant(), built_in().catalogue);
    let by_header = Modifiers::of_headers(&asked.headers, catalogue);
    let is_own = |name: &str| catalogue.modifiers().any(|own| own.header.eq_ignore_ascii_case(name));
    let is_known = |name: &str| Key::by_header(name).is_some() || is_own(name);
    let is_slip = |name: &HeaderName| name.as_str().starts_with("sandbox") && !is_known(name.as_str());
    assert!(by_header.is_err() || !asked.headers.keys().any(is_slip), "a misspelt header is passed over");
    let prefix = base_url::split(&asked.path);
    assert!(asked.path.ends_with(prefix.path), "the path is changed");
    let by_url = Modifiers::of_base_url(&prefix.pairs, catalogue);
    let unknown = prefix
        .pairs
        .iter()
        .any(|(name, _)| Key::by_name(name).is_none() && !catalogue.modifiers().any(|own| own.name == name));
    assert!(by_url.is_err() || !unknown, "a misspelt key is passed over");
    let _ = Modifiers::session_of(&asked.headers, &prefix.pairs);
    let mut merged = by_header.clone().unwrap_or_default();
    let by_url = by_url.ok().filter(|_| prefix.refused.is_none()).unwrap_or_default();
    merged.fill_from(&by_url);
    assert_precedence(&by_header.unwrap_or_default(), &merged);
    assert_written_as_read(&merged);
    let _ = merged.observed(shown);
    for service in catalogue.0 {
        let _ = (merged.code(Some(service), catalogue), merged.for_service(service));
    }
    let Ok(document) = serde_json::from_str::<RuleDocument>(&asked.rule) else {
        return;
    };
    let rules = Rules::default();
    let clocks = Clocks { real: shown, shown };
    let (when, then) = (document.when.clone(), document.then.clone());
    let Ok(added) = rules.check(document, catalogue, clocks, 7) else {
        return;
    };
    assert!(rules.add(&added, catalogue, shown).is_ok(), "a rule that was checked can be kept");
    let mut met = 0;
    for (service, endpoint) in calls() {
        let party = when.party.as_deref().filter(|_| endpoint.party != PartyIn::Nowhere);
        let facts = CallFacts {
            service,
            endpoint: Some(endpoint),
            package: when.package.as_deref().filter(|name| service.package(name).is_some()),
            party,
            client: when.client.as_deref(),
            is_open: endpoint.party == PartyIn::Token,
        };
        for rule in rules.matching(&facts) {
            met += 1;
            let decided = rule.decide(&facts, &merged, clocks);
            decided.used.iter().for_each(|used| rules.count(used));
            let planned = decided.modifiers;
            assert_precedence(&merged, &planned);
            assert_written_as_read(&planned);
        }
    }
    assert!(met > 0, "a rule is kept that no call can meet: {}", serde_json::Value::Object(then.0));
}

/// Every endpoint of every service.
fn calls() -> impl Iterator<Item = (&'static Service, &'static Endpoint)> {
    built_in().catalogue.0.iter().flat_map(|service| service.endpoints.iter().map(|endpoint| (*service, endpoint)))
}

/// What the higher place sets stays; and a code and a fault that replaces the answer are rivals.
fn assert_precedence(higher: &Modifiers, merged: &Modifiers) {
    fn stays<T: PartialEq>(higher: Option<&T>, merged: Option<&T>, key: Key) {
        assert!(higher.is_none() || higher == merged, "{} of a higher place is overwritten", key.name());
    }
    stays(higher.error.as_ref(), merged.error.as_ref(), Key::Error);
    stays(higher.fault.as_ref(), merged.fault.as_ref(), Key::Fault);
    stays(higher.drift.as_ref(), merged.drift.as_ref(), Key::Drift);
    stays(higher.session.as_ref(), merged.session.as_ref(), Key::Session);
    stays(higher.edition.as_ref(), merged.edition.as_ref(), Key::Edition);
    stays(higher.now.as_ref(), merged.now.as_ref(), Key::Now);
    stays(higher.party.as_ref(), merged.party.as_ref(), Key::Party);
    stays(higher.seed.as_ref(), merged.seed.as_ref(), Key::Seed);
    stays(higher.test.as_ref(), merged.test.as_ref(), Key::Test);
    stays(higher.delay.as_ref(), merged.delay.as_ref(), Key::Delay);
    if higher.error.is_some() {
        assert_eq!(higher.replacing(), merged.replacing(), "a fault of a lower place hides the code");
    }
    if higher.replacing().is_some() {
        assert_eq!(
            higher.error, merged.error,
            "a code of a lower place stands beside a fault that replaces the answer"
        );
    }
}

/// Each value is written as it can be read again.
fn assert_written_as_read(modifiers: &Modifiers) {
    if let Some(delay) = &modifiers.delay {
        assert_eq!(delay.value.to_string().parse::<Delay>(), Ok(delay.value));
    }
    if let Some(fault) = &modifiers.fault {
        assert_eq!(fault.value.to_string().parse::<Fault>(), Ok(fault.value));
    }
    if let Some(drift) = &modifiers.drift {
        assert_eq!(drift.value.to_string().parse::<Drift>(), Ok(drift.value));
    }
}

/// Token → explain: a token as text. What is explained is what the services do with it, at every level; no line fails of a
/// token that is served; and with `--auth signed` nothing is served without a good signature.
///
/// # Panics
/// The promise is broken.
pub fn token(bytes: &[u8]) {
    static LEVELS: OnceLock<BTreeMap<&str, Access>> = OnceLock::new();
    let now = instant();
    let levels = LEVELS.get_or_init(|| {
        let open = |name: &'static str| {
            let level: Level = name.parse().expect("a level");
            (name, open_access(level, &ServiceSettings::default(), instant).expect("the fixed key"))
        };
        Level::NAMES.map(open).into()
    });
    let text = String::from_utf8_lossy(bytes);
    // A token may be given as it stands in the header.
    let bare = text.trim();
    let bare = bare.get(7..).filter(|_| bare[..7].eq_ignore_ascii_case("bearer ")).map_or(bare, str::trim);
    let header = HeaderValue::from_bytes(format!("Bearer {bare}").as_bytes()).ok();
    for access in levels.values() {
        let _ = access.explain(&text, None, now);
        for (service, endpoint) in calls() {
            let packages: Vec<&str> = service.packages.iter().map(|package| package.name).collect();
            for package in if packages.is_empty() { vec![""] } else { packages } {
                let Ok(demand) = built_in().demand_of(service.name, package, endpoint.name, "311851381") else {
                    continue;
                };
                let explained = access.explain(&text, Some(&demand), now);
                let Some(header) = header.clone() else {
                    assert_ne!(explained.verdict, Verdict::Served, "it cannot be sent");
                    continue;
                };
                let headers = HeaderMap::from_iter([(AUTHORIZATION, header)]);
                let caller = access.caller(&headers, b"");
                let served = access.check(&caller, &headers, &demand, now).is_ok();
                let is_consent = explained.verdict == Verdict::ConsentToken;
                let told = explained.verdict == Verdict::Served;
                assert!(told == served || is_consent, "explained as {}, but served is {served}", explained.verdict);
                if told {
                    assert!(explained.lines.iter().all(|line| line.fix.is_none()), "served, but {:?}", explained.lines);
                    let is_good = || Jwt::read(bare).is_ok_and(|jwt| access.keys.verify(&jwt).is_ok());
                    assert!(access.level() != Level::Signed || is_good(), "served without a good signature");
                }
            }
        }
    }
    // An assertion is such a text, too.
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("assertion", &text).finish();
    for access in levels.values() {
        let _ = access.caller(&HeaderMap::new(), form.as_bytes()).client();
    }
}

/// The time at which everything here is looked at: a fixed one, so that a run can be repeated.
fn instant() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap_or(DateTime::UNIX_EPOCH)
}
