//! The journal as evidence: headers and bodies, names of tests, exports, and the report.

use std::process::Command;

use crate::common::{self, BASE, get, post, raw, sandbox, send};
use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

const PATH: &str = "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav";

fn entry(sandbox: &Sandbox, number: u64) -> Value {
    let answer = get(sandbox, &format!("/sandbox/requests/{number}"), &[]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn header<'v>(message: &'v Value, name: &str) -> Option<&'v str> {
    let headers = message["headers"].as_array()?;
    headers.iter().find(|header| header["name"] == name).and_then(|header| header["value"].as_str())
}

#[test]
fn an_entry_has_what_went_over_the_wire_without_secrets() {
    let sandbox = sandbox();
    let answer = get(&sandbox, PATH, &[("Accept", "application/json"), ("X-Trace", "t-1")]);
    let kept = entry(&sandbox, 1);
    assert_eq!(kept["response"]["body"], answer.text());
    assert_eq!(kept["response"]["length"], answer.body.len());
    assert_eq!(header(&kept["response"], "sandbox-cause"), Some("natural"));
    assert_eq!(header(&kept["request"], "x-trace"), Some("t-1"));
    assert!(kept["took"].as_f64().is_some_and(|took| took > 0.0) && kept["connection"].as_u64() > Some(0), "{kept}");
    assert_eq!(header(&kept["response"], "korrelasjonsid"), kept["korrelasjonsid"].as_str(), "as it was answered");
    let token = ["eyJhbGciOiJSUzI1NiJ9", "eyJpc3MiOiJ4In0", "c2lnbmF0dXI"].join(".");
    let bearer = format!("Bearer {token}");
    get(
        &sandbox,
        PATH,
        &[
            ("Authorization", &bearer),
            ("AltinnSamtykke", &token),
            ("X-Number", "01010112345"),
            ("Cookie", "a=HEMMELIG"),
        ],
    );
    let form = format!("grant_type=x&assertion={token}&client_secret=HEMMELIG");
    send(&sandbox, "POST", "/maskinporten/token", &[("Content-Type", "application/x-www-form-urlencoded")], &form);
    let all = get(&sandbox, "/sandbox/journal", &[]).text();
    assert_eq!(all.lines().count(), 3);
    assert!(all.contains("Bearer ***") && all.contains("grant_type=x"), "{all}");
    for secret in ["eyJhbGci", "c2lnbmF0dXI", "HEMMELIG", "01010112345"] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
    assert_eq!(get(&sandbox, "/sandbox/requests/4", &[]).status, 404);
    assert_eq!(get(&sandbox, "/sandbox/requests/one", &[]).status, 400);
}

#[test]
fn bodies_have_a_budget_and_can_be_off() {
    let off = Sandbox::builder().now(common::TODAY).journal_bodies(0).start().expect("it starts");
    get(&off, PATH, &[]);
    let kept = entry(&off, 1);
    assert!(kept.get("response").is_none() && kept["status"] == 200, "{kept}");
    // There is room for a few of these answers in all sessions together.
    let small = Sandbox::builder().now(common::TODAY).journal_bodies(40_000).start().expect("it starts");
    let has = |session: &str, number: u64| {
        let answer = get(&small, &format!("/~session={session}/sandbox/requests/{number}"), &[]);
        answer.json().get("response").is_some()
    };
    for _ in 0..40 {
        get(&small, &format!("/~session=a{PATH}"), &[]);
    }
    assert!(has("a", 40) && !has("a", 1), "the oldest bodies go first; the entries stay");
    let kept = (1..=40).filter(|number| has("a", *number)).count();
    assert!((1..40).contains(&kept), "{kept}");
    assert_eq!(send(&small, "DELETE", "/~session=a/sandbox/requests", &[], "").status, 204);
    for _ in 0..40 {
        get(&small, &format!("/~session=b{PATH}"), &[]);
    }
    assert_eq!((1..=40).filter(|number| has("b", *number)).count(), kept, "what was forgotten gives its room back");
}

#[test]
fn tests_have_names_which_change_nothing() {
    let sandbox = sandbox();
    get(&sandbox, PATH, &[("Sandbox-Test", "åpne krav")]);
    get(&sandbox, PATH, &[("Sandbox-Test", "%C3%A5pne krav")]);
    let by_url = get(&sandbox, &format!("/~test=%C3%A5pne%20krav{PATH}"), &[]);
    assert_eq!((by_url.header("sandbox-cause"), by_url.header("sandbox-effects")), ("natural", ""));
    get(&sandbox, PATH, &[]);
    let count = |query: &str| get(&sandbox, &format!("/sandbox/requests?{query}"), &[]).json()["count"].clone();
    assert_eq!(count("test=%C3%A5pne%20krav"), 3);
    for wrong in ["", &"x".repeat(201)] {
        let refused = get(&sandbox, PATH, &[("Sandbox-Test", wrong)]);
        assert_eq!((refused.status, refused.header("sandbox-cause")), (400, "refused-modifier"), "{wrong:?}");
    }
    let rule = json!({ "then": { "test": "x", "error": "KB-002" } });
    let refused = post(&sandbox, "/sandbox/rules", &[], &rule);
    assert!(refused.status == 400 && refused.text().contains("then.test"), "{}", refused.text());
}

#[test]
fn a_session_says_who_tests_what() {
    let sandbox = sandbox();
    let put = |body: &str| send(&sandbox, "PUT", "/sandbox/sessions/s", &[("Content-Type", "application/json")], body);
    assert_eq!(put(r#"{"supplier":"Tiger AS","system":"Krav","version":"1.2","clients":["c"]}"#).status, 200);
    let told = put(r#"{"version":"1.3","clients":["c"]}"#).json();
    assert_eq!(
        (&told["supplier"], &told["version"], &told["clients"]),
        (&json!("Tiger AS"), &json!("1.3"), &json!(["c"])),
        "what is left out stays"
    );
    for wrong in [r#"{"supplier":""}"#, r#"{"system":"a\nb"}"#, r#"{"versjon":"1"}"#] {
        assert_eq!(put(wrong).status, 400, "{wrong}");
    }
}

/// A session with calls of two tests, one of them without an answer.
fn tested() -> Sandbox {
    let sandbox = sandbox();
    let json_type = [("Content-Type", "application/json")];
    let about = r#"{"supplier":"Tiger AS","system":"Krav <b>","version":"1.2"}"#;
    send(&sandbox, "PUT", "/sandbox/sessions/run", &json_type, about);
    get(&sandbox, &format!("/~session=run,test=first{PATH}"), &[]);
    get(&sandbox, &format!("/~session=run,test=second{BASE}/finans/311851380/krav"), &[]);
    let reset = format!("GET /~session=run,test=second,fault=reset{PATH} HTTP/1.1\r\nHost: x\r\n\r\n");
    raw(&sandbox, reset.as_bytes());
    get(&sandbox, &format!("/~session=run,error=KB-002{PATH}"), &[]);
    sandbox
}

#[test]
fn the_journal_goes_out_as_har() {
    let sandbox = tested();
    let har = get(&sandbox, "/~session=run/sandbox/har", &[]).json();
    let log = &har["log"];
    assert_eq!(log["version"], "1.2");
    let titles: Vec<&Value> = log["pages"].as_array().expect("a list").iter().map(|page| &page["title"]).collect();
    assert_eq!(titles, ["first", "second"]);
    let entries = log["entries"].as_array().expect("a list");
    assert_eq!(entries.len(), 4);
    for entry in entries {
        // What HAR 1.2 requires of each.
        for field in ["startedDateTime", "time", "request", "response", "cache", "timings"] {
            assert!(entry.get(field).is_some(), "{field}: {entry}");
        }
        for field in ["method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"] {
            assert!(entry["request"].get(field).is_some(), "{field}: {entry}");
        }
        for field in [
            "status",
            "statusText",
            "httpVersion",
            "cookies",
            "headers",
            "content",
            "redirectURL",
            "headersSize",
            "bodySize",
        ] {
            assert!(entry["response"].get(field).is_some(), "{field}: {entry}");
        }
        assert!(entry["request"]["url"].as_str().is_some_and(|url| url.starts_with("http://127.0.0.1:")), "{entry}");
    }
    assert_eq!((&entries[2]["response"]["status"], &entries[3]["response"]["status"]), (&json!(0), &json!(500)));
    assert!(entries[0]["response"]["content"]["text"].as_str().is_some_and(|text| text.contains("totalOversikt")));
}

#[test]
fn a_norwegian_report_tells_its_verdicts_in_norwegian() {
    let sandbox = tested();
    let expected = json!({ "expect": [
        { "called": { "endpoint": "aapnekrav", "status": 418 } },
        { "called": { "status": 418 }, "atLeast": 2 },
        { "covered": "kravogbetalinger/*:KB-004..KB-006" },
        { "never": "korrelasjonsid-missing" },
        { "minCoverage": "80%" },
    ] });
    let verdict = post(&sandbox, "/~session=run/sandbox/verify", &[], &expected).json();
    let english = ["0 calls", "status is 200, not 418", "of 3 were tried", "1 time; ", " cells", "no answer"];
    let norwegian = ["0 kall", "status er 200, ikke 418", "av 3 er prøvd", "1 gang; ", " ruter", "uten svar"];
    let told = verdict.to_string();
    for text in english {
        assert!(told.contains(text), "the control API speaks English: {text}: {told}");
    }
    for format in ["html", "md", "json"] {
        let page = |language: &str| {
            let path = format!("/~session=run/sandbox/report?format={format}&language={language}");
            get(&sandbox, &path, &[]).text()
        };
        let (nb, en) = (page("nb"), page("en"));
        for (text, other) in norwegian.iter().zip(english) {
            // Markdown has no calls.
            if format == "md" && (text.contains("status") || *text == "uten svar") {
                continue;
            }
            assert!(nb.contains(text), "{format}: {text}: {nb}");
            assert!(en.contains(other), "{format}: {other}: {en}");
            assert!(*text == "uten svar" || !nb.contains(other), "{format}: {other}: {nb}");
        }
    }
}

#[test]
fn the_report_tells_who_tested_what_and_how_it_went() {
    let sandbox = tested();
    let report = |query: &str| get(&sandbox, &format!("/~session=run/sandbox/report{query}"), &[]);
    let told = report("?format=json&language=en").json();
    assert_eq!(
        told["sums"],
        json!({ "calls": 4, "good": 1, "refused": 1, "failed": 1, "unanswered": 1, "on_demand": 2 })
    );
    assert_eq!((&told["supplier"], &told["tests"][1]["calls"][1]["status"]), (&json!("Tiger AS"), &Value::Null));
    assert_eq!(told["tests"][1]["calls"][1]["asked"], "fault=reset (base URL)");
    let states: Vec<&Value> =
        told["checklist"].as_array().expect("a list").iter().map(|point| &point["state"]).collect();
    assert_eq!(states, ["inPart", "seen", "seen", "seen", "seen", "outside", "outside"]);
    let found: Vec<&Value> = told["findings"].as_array().expect("a list").iter().map(|found| &found["name"]).collect();
    assert!(found.contains(&&json!("korrelasjonsid-missing")) && found.contains(&&json!("without-token")), "{found:?}");
    // The hash is that of the journal as it is exported.
    let lines = get(&sandbox, "/~session=run/sandbox/journal", &[]).body;
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &lines);
    let hash: Vec<String> = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(told["journalHash"], hash.concat());
    for (query, words) in [
        ("", ["<html lang=\"nb\">", "Krav &lt;b&gt;", "Sjekkliste for leverandører", "KB-006", "uten svar"]),
        (
            "?language=en",
            ["<html lang=\"en\">", "Krav &lt;b&gt;", "Checklist for suppliers", "KB-006", "id=\"call-run-3\""],
        ),
        (
            "?format=md",
            ["# Testrapport: Krav &lt;b>", "| Leverandør | Tiger AS |", "### second", "KB-006", &hash.concat()],
        ),
    ] {
        let page = report(query);
        let text = page.text();
        for word in words {
            assert!(text.contains(word), "{query}: {word}\n{text}");
        }
        assert!(!text.contains("<script") && !text.contains("http://") && !text.contains("Krav <b>"), "{query}");
    }
    let page = report("");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("style-src 'sha256-"), "{policy}");
    let text = page.text();
    for target in text.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(text.contains(&format!("id=\"{target}\"")), "{target} leads nowhere");
    }
    for (wrong, nearest) in [("?format=htm", "html"), ("?language=no", "nb"), ("?langauge=nb", "language")] {
        let refused = report(wrong);
        assert_eq!((refused.status, &refused.json()["nearest"]), (400, &json!(nearest)), "{wrong}");
    }
}

/// A line of the log says which session the call belongs to, also if only its client does.
#[test]
fn the_log_carries_the_session() {
    use std::io::{BufRead, BufReader};
    let mut child = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"))
        .args(["--listen", "127.0.0.1:0", "--log", "info", "--log-format", "json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let first = lines.next().expect("a line").expect("readable");
    let told: Value = serde_json::from_str(&first).expect("JSON");
    let base = told["url"].as_str().and_then(|url| url.strip_prefix("http://")).expect("an address").to_owned();
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    for session in ["run-1", "run-2"] {
        agent.get(format!("http://{base}/~session={session},error=KB-002{PATH}")).call().expect("an answer");
    }
    agent.get(format!("http://{base}{PATH}")).header("Sandbox-Error", "KB-002").call().expect("an answer");
    child.kill().expect("it ends");
    let log = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
    let told: Vec<String> = log
        .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
        .filter(|line| line["code"] == "KB-002")
        .filter_map(|line| line["session"].as_str().map(str::to_owned))
        .collect();
    child.wait().expect("it ends");
    assert_eq!(told, ["run-1", "run-2", "default"]);
}

#[test]
fn the_subcommands_show_and_export() {
    let sandbox = tested();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"));
        let output = command.args(["--listen", &sandbox.address().to_string()]).args(arguments).output();
        let output = output.expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (_, printed, _) = run(&["journal", "--session", "run"]);
    assert_eq!(printed.lines().filter(|line| line.contains(" GET ")).count(), 4, "{printed}");
    assert!(
        printed.contains("  · second") && printed.contains("[base-url]") && printed.contains("→ 311851380"),
        "{printed}"
    );
    let (_, printed, _) = run(&["journal", "--session", "run", "code=KB-006"]);
    assert_eq!(printed.lines().filter(|line| line.contains(" GET ")).count(), 1, "{printed}");
    let (_, printed, _) = run(&["journal", "--session", "run", "--entry", "1"]);
    assert!(printed.contains("\"sandbox-cause\"") && printed.contains("totalOversikt"), "{printed}");
    let (code, _, error) = run(&["journal", "--session", "run", "cod=KB-006"]);
    assert!(code == Some(2) && error.contains("did you mean code?"), "{error}");
    let folder = std::env::temp_dir().join(format!("evidence-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let read = |name: &str| std::fs::read_to_string(path(name)).expect("written");
    let (har, lines, html, md) = (path("a.har"), path("a.jsonl"), path("a.html"), path("a.md"));
    assert_eq!(run(&["journal", "--sessions", "all", "--har", &har, "--jsonl", &lines]).0, Some(0));
    assert_eq!(run(&["report", "--session", "run", "-o", &html]).0, Some(0));
    assert_eq!(run(&["report", "--sessions", "run,default", "--language", "en", "-o", &md]).0, Some(0));
    assert!(read("a.har").contains("\"version\":\"1.2\"") && read("a.jsonl").lines().count() == 4);
    assert!(read("a.html").starts_with("<!DOCTYPE html>") && read("a.md").starts_with("# Test report"));
    let (code, printed, _) = run(&["journal", "--session", "run", "--har", "-"]);
    assert!(code == Some(0) && serde_json::from_str::<Value>(&printed).is_ok_and(|har| har["log"].is_object()));
    let (code, _, error) = run(&["journal", "--har", "-", "--jsonl", "-"]);
    assert!(code == Some(2) && error.contains("only one of"), "{error}");
    let (_, printed, _) = run(&["report", "--session", "run", "-o", "-", "--format", "md", "--language", "en"]);
    assert!(printed.starts_with("# Test report"), "{printed}");
    assert!(run(&["report", "--session", "run", "-o", "-"]).1.starts_with("<!DOCTYPE html>"));
    assert!(!std::path::Path::new("-").exists(), "no file of that name");
    let (code, _, error) = run(&["report", "-o", &path("a.pdf")]);
    assert!(code == Some(2) && error.contains(".html, .md or .json"), "{error}");
    std::fs::remove_dir_all(folder).expect("removed");
}

/// `journal --follow` of a sandbox, and its lines as they come.
struct Following(std::process::Child, std::sync::mpsc::Receiver<String>);

impl Following {
    fn start(sandbox: &Sandbox) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"))
            .args(["--listen", &sandbox.address().to_string(), "journal", "--follow"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("it starts");
        let (sender, lines) = std::sync::mpsc::channel();
        let out = child.stdout.take().expect("a pipe");
        std::thread::spawn(move || {
            use std::io::BufRead as _;
            for line in std::io::BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self(child, lines)
    }

    /// The next line. A call has one line, and one more if it has a hint.
    fn next(&self) -> String {
        self.1.recv_timeout(std::time::Duration::from_secs(60)).expect("a line in time")
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn following_tells_every_call_however_many_come_at_once() {
    let sandbox = sandbox();
    get(&sandbox, PATH, &[("Sandbox-Test", "before")]);
    let following = Following::start(&sandbox);
    assert!(following.next().contains("before"));
    for number in 0..120 {
        get(&sandbox, PATH, &[("Sandbox-Test", &format!("burst {number}"))]);
    }
    for number in 0..120 {
        let line = following.next();
        assert!(line.contains(&format!("burst {number}")), "{line}");
    }
    assert_eq!(send(&sandbox, "DELETE", "/sandbox/requests", &[], "").status, 204);
    get(&sandbox, PATH, &[("Sandbox-Test", "after")]);
    let line = following.next();
    assert!(
        line.contains("after") && line.trim_start().starts_with("1 "),
        "a journal that was cleared counts anew: {line}"
    );
}

#[test]
fn a_list_can_begin_after_a_number() {
    let sandbox = sandbox();
    for _ in 0..5 {
        get(&sandbox, PATH, &[]);
    }
    let found = get(&sandbox, "/sandbox/requests?after=3", &[]).json();
    assert_eq!((&found["count"], &found["total"], &found["requests"][1]["number"]), (&json!(2), &json!(5), &json!(4)));
    assert_eq!(get(&sandbox, "/sandbox/requests?after=9", &[]).json()["count"], 0);
    assert_eq!(get(&sandbox, "/sandbox/requests?after=x", &[]).status, 400);
    let expected = post(&sandbox, "/sandbox/verify", &[], &json!({ "called": { "after": 3 } }));
    assert_eq!(expected.status, 400, "{}", expected.text());
}

#[test]
fn more_calls_than_are_read_at_once_are_refused_and_coverage_has_no_such_limit() {
    use std::io::{Read as _, Write as _};
    const CALLS: usize = 20_001;
    let sandbox = Sandbox::builder().now(common::TODAY).journal(30_000).journal_bodies(0).start().expect("it starts");
    // All on one connection, without waiting for the answers.
    let mut stream = std::net::TcpStream::connect(sandbox.address()).expect("it listens");
    let mut writing = stream.try_clone().expect("a second handle");
    std::thread::spawn(move || {
        let one = format!("HEAD {BASE}/finans/311851381/aapnekrav HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let last = one.replace("Host", "Connection: close\r\nHost");
        let _ = writing.write_all(one.repeat(CALLS - 1).as_bytes()).and_then(|()| writing.write_all(last.as_bytes()));
    });
    let mut answers = Vec::new();
    stream.read_to_end(&mut answers).expect("all answers");
    assert_eq!(get(&sandbox, "/sandbox/requests?limit=0", &[]).json()["total"], CALLS);
    for path in ["/sandbox/report", "/sandbox/har", "/sandbox/journal"] {
        let refused = get(&sandbox, path, &[]);
        assert_eq!(refused.status, 400, "{path}");
        assert!(refused.text().contains("at most 20000 are read at once"), "{}", refused.text());
    }
    let coverage = get(&sandbox, "/sandbox/coverage", &[]).text();
    assert!(coverage.contains(&format!("\"count\":{CALLS}")), "{coverage}");
}
