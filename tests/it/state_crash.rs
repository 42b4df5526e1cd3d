//! Nothing that was answered is lost: a sandbox under load is killed at a random moment, again and again, and each time all that
//! it answered is there, once, and nothing is half there.
//!
//! `CRASH_ROUNDS=300` looks longer (`scripts/crash`).

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::binary::{Running, serve_of};
use crate::common::begjaering;
use crate::common::state::{EMPLOYER, StoreFile};
use crate::common::{BASE, TODAY, TREKK};

const COUNTED: &str = "311851381";

/// What was asked for, and what was answered.
#[derive(Default)]
struct Model {
    /// The marks of rules: those that were sent, and those that were answered.
    rules: (BTreeSet<String>, BTreeSet<String>),
    /// How often the counted rule was met: at least, and at most.
    uses: (u64, u64),
    /// References of submissions: those that were sent, and what was answered.
    cases: (BTreeSet<String>, BTreeMap<String, String>),
    /// Files by the uuid that was answered.
    files: BTreeMap<String, String>,
    /// Orders to deduct that were answered, each with its number.
    orders: BTreeMap<String, u64>,
    /// The greatest sequence number that was told.
    told: u64,
    /// The clock: the last day that was answered, and those that were sent after it.
    day: (Option<String>, Vec<String>),
}

type Client = ureq::Agent;

fn client() -> Client {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into()
}

/// Sends a call. Nothing if there was no whole answer.
fn call(
    client: &Client,
    base: &str,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Option<(u16, String)> {
    let mut request = http::Request::builder().method(method).uri(format!("{base}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = client.run(request.body(body).expect("a request")).ok()?;
    let status = answer.status().as_u16();
    Some((status, answer.body_mut().read_to_string().ok()?))
}

fn json_call(client: &Client, base: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
    let headers = [("Content-Type", "application/json"), ("Sandbox-Session", "crash")];
    let (status, text) = call(client, base, ("POST", path), &headers, body.to_string().into_bytes())?;
    Some((status, serde_json::from_str(&text).ok()?))
}

/// A random change. The model learns that it is sent, and what is answered.
fn change(client: &Client, base: &str, model: &Mutex<Model>, rng: &mut ChaCha8Rng, number: u64) -> Option<()> {
    let mark = format!("mark-{number}");
    let session = ("Sandbox-Session", "crash");
    match rng.random_range(0..7) {
        0 => {
            model.lock().rules.0.insert(mark.clone());
            let rule = json!({ "when": { "client": mark }, "then": { "error": "KB-002" } });
            let (status, _) = json_call(client, base, "/sandbox/rules", &rule)?;
            assert_eq!(status, 201);
            model.lock().rules.1.insert(mark);
        }
        1 | 2 => {
            model.lock().uses.1 += 1;
            let path = format!("{BASE}/finans/{COUNTED}/aapnekrav");
            let (status, _) = call(client, base, ("GET", &path), &[session], Vec::new())?;
            assert_eq!(status, 404, "the counted rule");
            model.lock().uses.0 += 1;
        }
        3 => {
            let mut wanted = begjaering::example(7);
            wanted["innsenderReferanse"] = mark.clone().into();
            let headers: Vec<_> = begjaering::HEADERS.iter().copied().chain([session]).collect();
            let content = format!("%PDF-1.7 {mark}");
            let mut uuids = Vec::new();
            for type_ in begjaering::attachments(&wanted) {
                let parts: [(&str, Option<&str>, &[u8]); 3] = [
                    ("fil", Some("vedlegg.pdf"), content.as_bytes()),
                    ("type", None, type_.as_bytes()),
                    ("innsenderReferanse", None, mark.as_bytes()),
                ];
                let form = [("Content-Type", "multipart/form-data; boundary=GRENSE")];
                let all: Vec<_> = headers.iter().chain(&form).copied().collect();
                let path = format!("{}/vedlegg", begjaering::UTLEGG);
                let (status, text) = call(client, base, ("POST", &path), &all, begjaering::form(&parts))?;
                assert_eq!(status, 201, "{text}");
                let uuid =
                    serde_json::from_str::<Value>(&text).expect("JSON")["uuid"].as_str().expect("a uuid").to_owned();
                model.lock().files.insert(uuid.clone(), content.clone());
                uuids.push(uuid);
            }
            let mut uuids = uuids.into_iter();
            begjaering::replace(&mut wanted, &mut |_| uuids.next().expect("one each"));
            model.lock().cases.0.insert(mark.clone());
            let all: Vec<_> = headers.iter().copied().chain([("Content-Type", "application/json")]).collect();
            let (status, text) =
                call(client, base, ("POST", begjaering::UTLEGG), &all, wanted.to_string().into_bytes())?;
            assert_eq!(status, 201, "{text}");
            let answer: Value = serde_json::from_str(&text).expect("JSON");
            model.lock().cases.1.insert(mark, answer["eksternSaksreferanse"].as_str().expect("a reference").to_owned());
        }
        4 => {
            let wanted = json!({ "trekkpliktig": EMPLOYER, "prosent": 10 });
            let told = model.lock().told;
            let (status, answer) = json_call(client, base, "/sandbox/trekkpaalegg", &wanted)?;
            assert_eq!(status, 201, "{answer}");
            let id = answer["trekkid"].as_str().expect("an id").to_owned();
            let number = answer["sekvensnummer"].as_u64().expect("a number");
            assert!(number > told, "{number} is no greater than {told}, which was told before");
            let mut model = model.lock();
            assert!(model.orders.insert(id, number).is_none(), "an id that was dealt before");
        }
        5 => {
            let headers = [session, ("Sandbox-Party", EMPLOYER)];
            let path = format!("{TREKK}?fraSekvensnummer=0");
            let (status, text) = call(client, base, ("GET", &path), &headers, Vec::new())?;
            assert_eq!(status, 200, "{text}");
            let orders: Vec<Value> = serde_json::from_str(&text).expect("JSON");
            let greatest = orders.iter().filter_map(|order| order["sekvensnummer"].as_u64()).max();
            let mut model = model.lock();
            model.told = model.told.max(greatest.unwrap_or_default());
        }
        _ => {
            let day = format!("2026-11-{:02}", rng.random_range(22..30));
            // One call at a time sets the clock, so that the last one is known.
            let mut at_a_time = model.lock();
            at_a_time.day.1.push(day.clone());
            let (status, _) = json_call(client, base, "/sandbox/clock", &json!({ "now": day }))?;
            assert_eq!(status, 200);
            at_a_time.day = (Some(day), Vec::new());
        }
    }
    Some(())
}

fn read(server: &Running, path: &str) -> Value {
    let (status, text) = server.get(&format!("/~session=crash{path}"));
    assert_eq!(status, 200, "{path}: {text}");
    serde_json::from_str(&text).expect("JSON")
}

/// All that was answered is there, nothing twice, nothing half.
fn check(server: &Running, model: &mut Model) {
    let rules = read(server, "/sandbox/rules");
    let mut there = BTreeSet::new();
    for rule in rules["rules"].as_array().expect("rules") {
        if let Some(mark) = rule["when"]["client"].as_str() {
            assert!(there.insert(mark.to_owned()), "{mark} is there twice");
            continue;
        }
        let used = rule["used"].as_u64().expect("a number");
        let (least, most) = model.uses;
        assert!((least..=most).contains(&used), "met {least} to {most} times, and {used} are counted");
        model.uses = (used, used);
    }
    assert!(there.is_superset(&model.rules.1), "lost: {:?}", model.rules.1.difference(&there).collect::<Vec<_>>());
    assert!(there.is_subset(&model.rules.0), "nobody sent {:?}", there.difference(&model.rules.0).collect::<Vec<_>>());
    let mut cases = BTreeMap::new();
    let all = read(server, "/sandbox/begjaeringer");
    for case in all["begjaeringer"].as_array().expect("cases") {
        let reference = case["eksternSaksreferanse"].as_str().expect("a reference").to_owned();
        let whole = read(server, &format!("/sandbox/begjaeringer/{reference}"));
        let own = whole["innsendinger"][0]["begjaering"]["innsenderReferanse"].as_str().map(str::to_owned);
        let own = own.or_else(|| case["innsenderReferanse"].as_str().map(str::to_owned));
        let Some(own) = own.filter(|own| own.starts_with("mark-")) else { continue };
        assert!(cases.insert(own.clone(), reference).is_none(), "{own} is there twice");
    }
    for case in all["kommende"].as_array().expect("cases") {
        let text = |name: &str| case[name].as_str().expect("a text").to_owned();
        if text("innsenderReferanse").starts_with("mark-") {
            let (own, reference) = (text("innsenderReferanse"), text("eksternSaksreferanse"));
            assert!(cases.insert(own.clone(), reference).is_none(), "{own} is there twice");
        }
    }
    for (own, reference) in &model.cases.1 {
        assert_eq!(cases.get(own), Some(reference), "the case of {own}");
    }
    assert!(cases.keys().all(|own| model.cases.0.contains(own)));
    for (uuid, content) in &model.files {
        let (status, text) = server.get(&format!("/~session=crash/sandbox/vedlegg/{uuid}"));
        assert!(status == 200 && text == *content, "the file {uuid}: {status} {text}");
    }
    let orders = read(server, "/sandbox/trekkpaalegg");
    let orders = orders["trekkpaalegg"].as_array().expect("orders");
    let ids: BTreeSet<&str> = orders.iter().map(|order| order["trekkid"].as_str().expect("an id")).collect();
    assert_eq!(ids.len(), orders.len(), "an order is there twice");
    assert!(model.orders.keys().all(|id| ids.contains(&**id)), "an order is lost");
    let mut numbers = BTreeSet::new();
    for order in orders {
        let number = order["sekvensnummer"].as_u64().expect("a number");
        assert!(numbers.insert(number), "the number {number} was dealt twice");
    }
    let day = read(server, "/sandbox/clock")["day"].as_str().expect("a day").to_owned();
    let known: Vec<&String> = model.day.0.iter().chain(&model.day.1).collect();
    assert!(known.contains(&&day), "{day} is none of {known:?}");
    model.day = (Some(day), Vec::new());
    model.rules = (there.clone(), there);
}

/// The binary under test; `CRASH_BINARY` names another one.
fn serve(file: &StoreFile) -> Running {
    let binary = std::env::var("CRASH_BINARY").ok();
    serve_of(binary.as_deref(), &["--store", &file.setting(), "--journal", "0"])
}

#[test]
fn nothing_that_was_answered_is_lost() {
    let rounds: u64 = std::env::var("CRASH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(8);
    let seed: u64 = std::env::var("CRASH_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let number = Arc::new(AtomicU64::new(1));
    let mut model = Model::default();
    let file = StoreFile::new("crash");
    for round in 0..rounds {
        if round % 25 == 0 {
            // A new file now and then, so that a long run stays within the limits of a session.
            let _ = std::fs::remove_file(&file.0);
            let _ = std::fs::remove_file(file.0.with_extension("db-wal"));
            // The clock of a session that nobody has set shows what the command line says.
            model = Model { day: (Some(TODAY.to_owned()), Vec::new()), ..Model::default() };
        }
        let mut server = serve(&file);
        let base = format!("http://{}", server.address());
        if round % 25 == 0 {
            let rule = json!({ "when": { "party": COUNTED }, "then": { "error": "KB-009" }, "times": 1_000_000 });
            assert_eq!(json_call(&client(), &base, "/sandbox/rules", &rule).expect("an answer").0, 201);
        } else {
            check(&server, &mut model);
        }
        let (shared, stop) = (Mutex::new(std::mem::take(&mut model)), AtomicBool::new(false));
        let wait = Duration::from_millis(rng.random_range(20..600));
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (base, shared, stop, number) = (&base, &shared, &stop, &number);
                let mut rng = ChaCha8Rng::seed_from_u64(seed ^ round << 8 ^ thread);
                scope.spawn(move || {
                    let client = client();
                    while !stop.load(Ordering::Relaxed) {
                        let number = number.fetch_add(1, Ordering::Relaxed);
                        if change(&client, base, shared, &mut rng, number).is_none() {
                            break;
                        }
                    }
                });
            }
            std::thread::sleep(wait);
            server.child.kill().expect("killed");
            stop.store(true, Ordering::Relaxed);
        });
        drop(server);
        model = shared.into_inner();
        if round % 50 == 49 {
            let _ = writeln!(std::io::stderr(), "{} rounds", round + 1);
        }
    }
    check(&serve(&file), &mut model);
    let (rules, cases, files) = (model.rules.1.len(), model.cases.1.len(), model.files.len());
    assert!(model.uses.0 > 0 && rules + cases + files > 0, "there was no load");
    let mut out = std::io::stderr();
    let _ = writeln!(
        out,
        "{rounds} rounds; in the last file {rules} rules, {cases} cases, {files} files, {} uses",
        model.uses.0
    );
}
