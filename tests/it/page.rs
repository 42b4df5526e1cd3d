//! The page for testers as its server gives it, and what the control API has for it. `tests/page` looks at it in a browser.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::common::{BASE, get, post, rule, sandbox, send, with_scenario};

const PARTY: &str = "311851381";

fn html(sandbox: &Sandbox) -> String {
    get(sandbox, "/", &[("Accept", "text/html")]).text()
}

/// Where the files of the page are.
fn files(page: &str) -> String {
    page.split("data-files=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("the files").to_owned()
}

#[test]
fn its_files_are_kept_for_ever_and_load_nothing_from_anywhere() {
    let sandbox = sandbox();
    let page = html(&sandbox);
    let base = files(&page);
    for (name, kind) in [("app.js", "text/javascript"), ("page.css", "text/css"), ("glossary.json", "application/json")]
    {
        let file = get(&sandbox, &format!("{base}/{name}"), &[]);
        assert_eq!(file.status, 200, "{name}");
        assert!(file.header("content-type").starts_with(kind), "{name}: {}", file.header("content-type"));
        assert!(file.header("cache-control").contains("immutable"), "{name}");
        assert!(!file.text().contains("https://"), "{name} names another host");
    }
    assert_eq!(get(&sandbox, "/page/0000000000000000/app.js", &[]).status, 404, "those of another version");
    assert_eq!(get(&sandbox, &format!("{base}/../mod.rs"), &[]).status, 404);
    // All links to files of its own lead somewhere, those of the panels as well.
    let app = get(&sandbox, &format!("{base}/app.js"), &[]).text();
    let modules = app.split("import(\"./").skip(1).filter_map(|rest| rest.split('"').next());
    let panels = page.split("<a href=\"#").skip(1).filter_map(|rest| rest.split('"').next());
    let known: Vec<String> = modules.map(str::to_owned).collect();
    assert!(known.len() >= 8, "{known:?}");
    for name in &known {
        assert_eq!(get(&sandbox, &format!("{base}/{name}"), &[]).status, 200, "{name}");
    }
    for view in panels.filter(|view| !known.contains(&format!("{view}.js")) && *view != "main") {
        assert_eq!(get(&sandbox, &format!("{base}/panel-{view}.js"), &[]).status, 200, "{view}");
    }
}

#[test]
fn no_script_of_it_can_write_html() {
    let sandbox = sandbox();
    let base = files(&html(&sandbox));
    for name in
        ["dom.js", "api.js", "party.js", "journal.js", "entry.js", "try.js", "panel-cases.js", "panel-tokens.js"]
    {
        let script = get(&sandbox, &format!("{base}/{name}"), &[]).text();
        for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!script.contains(word), "{name} has {word}");
        }
    }
    let policy = get(&sandbox, "/", &[("Accept", "text/html")]).header("content-security-policy").to_owned();
    assert!(policy.contains("require-trusted-types-for 'script'") && policy.contains("script-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn what_a_scenario_says_is_text_in_the_page_and_in_the_picture() {
    let yaml = "part: \"314300017\"\nnavn: <script>alert(1)</script>\nbeskrivelse: \"<b> & \\\"\"\nkrav:\n  \
                - { kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag, opprinneligBeloep: 5 }\n";
    let sandbox = with_scenario(yaml);
    assert!(!html(&sandbox).contains("<script>alert"));
    let picture = get(&sandbox, "/sandbox/parties/314300017/picture", &[]);
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert!(!picture.text().contains("<script>") && picture.text().contains("&lt;script&gt;"), "{}", picture.text());
}

#[test]
fn a_ledger_has_the_sums_that_the_services_answer_on_every_day() {
    let sandbox = sandbox();
    for day in ["2026-11-21", "2026-12-24", "2027-03-01"] {
        post(&sandbox, "/sandbox/clock", &[], &json!({ "now": day }));
        let party = get(&sandbox, &format!("/sandbox/parties/{PARTY}"), &[]).json();
        let answer = get(&sandbox, &format!("{BASE}/finans/{PARTY}/aapnekrav"), &[]).json();
        assert_eq!(party["dag"], day);
        assert_eq!(party["totaler"]["saldo"].as_f64(), answer["totalOversikt"]["saldo"].as_f64(), "{day}");
        let open: Vec<&Value> = party["krav"].as_array().expect("claims").iter().collect();
        let open = open.iter().filter(|it| it["gjenstaaende"].as_f64() != Some(0.0));
        let open = open.filter(|it| it["opprettet"].as_str() <= Some(day)).count();
        assert_eq!(party["aapneKrav"].as_u64(), Some(open as u64), "{day}");
    }
    assert_eq!(get(&sandbox, "/sandbox/parties/314300017", &[]).status, 404);
    assert_eq!(get(&sandbox, "/sandbox/parties/abc", &[]).status, 400);
}

#[test]
fn a_picture_is_xml_with_a_bar_for_each_claim_and_a_line_for_today() {
    let sandbox = sandbox();
    let picture = get(&sandbox, &format!("/sandbox/parties/{PARTY}/picture"), &[]).text();
    let mut reader = quick_xml::Reader::from_str(&picture);
    let (mut claims, mut today) = (0, 0);
    loop {
        match reader.read_event().expect("XML") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(start) => {
                let class = start.try_get_attribute("class").expect("attributes");
                let class = class.map(|class| String::from_utf8_lossy(&class.value).into_owned()).unwrap_or_default();
                claims += usize::from(class == "claim");
                today += usize::from(class == "today");
            }
            _ => {}
        }
    }
    assert!(claims >= 10 && today == 1, "{claims} {today}");
    assert!(picture.contains("2026-11-21"));
}

#[test]
fn answers_are_those_of_the_service_and_leave_no_trace() {
    let sandbox = sandbox();
    rule(&sandbox, &json!({ "then": { "error": "KB-002" } }));
    let path = format!("/sandbox/parties/{PARTY}/answers?service=kravogbetalinger&endpoint=aapnekrav&package=finans");
    let answers = get(&sandbox, &path, &[]).json();
    let answers = answers.as_array().expect("a list");
    assert_eq!(answers.len(), 4, "two editions in two formats");
    assert_eq!(get(&sandbox, "/sandbox/requests", &[]).json()["total"], 0);
    assert_eq!(get(&sandbox, "/sandbox/coverage", &[]).json()["tried"], 0);
    request_delete(&sandbox, "/sandbox/rules");
    for answer in answers {
        let accept = if answer["format"] == "xml" { "application/xml" } else { "application/json" };
        let real = get(&sandbox, answer["url"].as_str().expect("a URL"), &[("Accept", accept)]);
        assert_eq!(answer["body"], real.text(), "{}", answer["url"]);
        assert_eq!(answer["status"], real.status);
    }
    let refused =
        get(&sandbox, "/sandbox/parties/02827720073/answers?service=kravogbetalinger&endpoint=krav", &[]).json();
    assert!(refused[0]["status"].as_u64() >= Some(200), "{refused}");
    for (query, near) in [
        ("service=kravogbetalinge&endpoint=krav", "kravogbetalinger"),
        ("service=kravogbetalinger&endpoint=krva", "krav"),
        ("service=kravogbetalinger&endpoint=krav&package=finnans", "finans"),
    ] {
        let wrong = get(&sandbox, &format!("/sandbox/parties/{PARTY}/answers?{query}"), &[]);
        assert_eq!((wrong.status, &wrong.json()["nearest"]), (400, &json!(near)), "{query}: {}", wrong.text());
    }
    assert_eq!(get(&sandbox, &format!("/sandbox/parties/{PARTY}/answers"), &[]).status, 400);
}

fn request_delete(sandbox: &Sandbox, path: &str) {
    crate::common::request(sandbox, "DELETE", path, &[]);
}

#[test]
fn time_has_events_and_tells_what_they_change() {
    let yaml = "part: \"314300017\"\nnavn: X\nkrav:\n  \
                - { kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag + 7d, opprinneligBeloep: 5000 }\n";
    let sandbox = with_scenario(yaml);
    let path = "/sandbox/timeline?part=314300017&after=2026-11-21&until=2026-12-31";
    let seen = get(&sandbox, path, &[]).json();
    let kinds: Vec<_> =
        seen["events"].as_array().expect("events").iter().map(|it| (it["day"].clone(), it["kind"].clone())).collect();
    assert_eq!(kinds, [(json!("2026-11-28"), json!("due")), (json!("2026-11-29"), json!("overdue"))]);
    assert_eq!(seen["changed"][0]["before"]["forfalte"], 0);
    assert_eq!(seen["changed"][0]["after"]["forfalte"], 5000);
    assert_eq!(seen["count"], 2);
    let built_in = crate::common::sandbox();
    let orders = get(&built_in, &format!("/sandbox/timeline?part={PARTY}&first=5000"), &[]).json();
    assert!(orders["events"].as_array().expect("events").iter().any(|it| it["kind"] == "order"), "{orders}");
    assert_eq!(get(&sandbox, "/sandbox/timeline?until=2020-01-01", &[]).status, 400);
    assert_eq!(get(&sandbox, "/sandbox/timeline?afetr=2020-01-01", &[]).json()["nearest"], "after");
}

#[test]
fn the_catalogue_has_every_service_endpoint_and_code() {
    let sandbox = sandbox();
    let catalogue = get(&sandbox, "/sandbox/catalogue", &[]).json();
    for contract in crate::common::contracts::services() {
        let service = catalogue["services"].as_array().expect("services").iter().find(|it| it["name"] == contract.name);
        let service = service.unwrap_or_else(|| panic!("{} is missing", contract.name));
        for operation in contract.operations() {
            let endpoints = service["endpoints"].as_array().expect("endpoints");
            assert!(
                endpoints.iter().any(|it| it["method"] == operation.method && it["path"] == operation.path)
                    || operation.path.contains("/v1/")
                    || operation.path.contains("0.9"),
                "{} {}",
                operation.method,
                operation.path
            );
        }
    }
    let kb = &catalogue["services"][0]["codes"];
    assert_eq!((&kb[1]["code"], &kb[1]["reserved"]), (&json!("KB-002"), &json!("333000024")));
}

/// Somebody who watches a journal.
struct Watcher(BufReader<TcpStream>);

impl Watcher {
    /// Begins to watch. From then on, nothing is missed.
    fn new(sandbox: &Sandbox, query: &str, headers: &str) -> Self {
        let mut watcher = Self::asks(sandbox, query, headers);
        assert_eq!(watcher.line("HTTP/1.1 "), "HTTP/1.1 200 OK");
        watcher.line(": watching");
        watcher
    }

    fn asks(sandbox: &Sandbox, query: &str, headers: &str) -> Self {
        let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a limit");
        let head =
            format!("GET /sandbox/live{query} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).expect("sent");
        Self(BufReader::new(stream))
    }

    /// The next line that begins so.
    fn line(&mut self, beginning: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).expect("a line");
            assert!(read > 0, "the stream ended before {beginning:?}");
            if line.starts_with(beginning) {
                return line.trim_end().to_owned();
            }
        }
    }

    /// The name and the data of the next event.
    fn event(&mut self) -> (String, Value) {
        let name = self.line("event: ").trim_start_matches("event: ").to_owned();
        let data = self.line("data: ");
        (name, serde_json::from_str(data.trim_start_matches("data: ")).expect("JSON"))
    }

    /// The number of the next call.
    fn call(&mut self) -> u64 {
        let (name, data) = self.event();
        assert_eq!(name, "call", "{data}");
        data["number"].as_u64().expect("a number")
    }
}

#[test]
fn the_journal_is_told_as_it_grows() {
    let sandbox = sandbox();
    let call = || get(&sandbox, &format!("{BASE}/finans/{PARTY}/aapnekrav"), &[]);
    call();
    call();
    let mut first = Watcher::new(&sandbox, "", "");
    let (name, data) = first.event();
    assert_eq!(
        (&*name, &data["number"], &data["endpoint"], &data["cause"]),
        ("call", &json!(1), &json!("aapnekrav"), &json!("natural"))
    );
    assert_eq!(first.call(), 2);
    // A call that comes later is told when it comes.
    call();
    assert_eq!(first.call(), 3);
    // Whoever was cut off goes on where it was.
    assert_eq!(Watcher::new(&sandbox, "", "Last-Event-ID: 1\r\n").call(), 2);
    assert_eq!(Watcher::new(&sandbox, "?after=2&calls=1", "").call(), 3);
    // All is forgotten, and the numbers begin anew.
    request_delete(&sandbox, "/sandbox/requests");
    assert_eq!(first.event().0, "cleared");
    call();
    assert_eq!(first.call(), 1);
    assert_eq!(get(&sandbox, "/sandbox/live?afetr=1", &[]).json()["nearest"], "after");
    assert_eq!(get(&sandbox, "/sandbox/live", &[("Last-Event-ID", "x")]).status, 400);
    assert_eq!(get(&sandbox, "/sandbox/live?calls=0", &[]).status, 400);
}

#[test]
fn whoever_comes_late_is_told_how_much_is_gone() {
    let sandbox = Sandbox::builder().journal(3).start().expect("it starts");
    for _ in 0..5 {
        get(&sandbox, &format!("{BASE}/finans/{PARTY}/aapnekrav"), &[]);
    }
    let mut watcher = Watcher::new(&sandbox, "?after=1", "");
    assert_eq!(watcher.event(), ("missed".to_owned(), json!({ "calls": 1 })));
    assert_eq!((watcher.call(), watcher.call(), watcher.call()), (3, 4, 5));
}

#[test]
fn a_watcher_of_a_session_that_is_reset_is_told_so() {
    let sandbox = Sandbox::builder().setting("--idle-time", "300ms").start().expect("it starts");
    get(&sandbox, &format!("/~session=a{BASE}/finans/{PARTY}/aapnekrav"), &[]);
    let mut watcher = Watcher::new(&sandbox, "?after=1", "Sandbox-Session: a\r\n");
    post(&sandbox, "/sandbox/sessions/a/reset", &[], &json!({}));
    assert_eq!(watcher.event(), ("over".to_owned(), json!({ "session": "a" })));
}

#[test]
fn watchers_leave_room_for_others_and_hold_nothing_up_when_they_read_no_more() {
    let sandbox = sandbox();
    // There are as many places as there can be, and no more.
    let mut watching = Vec::new();
    loop {
        let mut watcher = Watcher::asks(&sandbox, "", "");
        if watcher.line("HTTP/1.1 ").contains("503") {
            break;
        }
        watching.push(watcher);
        assert!(watching.len() < 1000);
    }
    assert!((10..=128).contains(&watching.len()), "{} pages can watch", watching.len());
    // None of them reads on, and calls are answered all the same.
    for _ in 0..600 {
        assert_eq!(get(&sandbox, &format!("{BASE}/finans/{PARTY}/aapnekrav"), &[]).status, 200);
    }
    assert_eq!(get(&sandbox, "/health/live", &[]).status, 200);
    // One that reads on is told of all that the journal keeps.
    let mut one = watching.pop().expect("one");
    let mut seen = 0;
    while seen < 600 {
        let (name, data) = one.event();
        seen = if name == "call" { data["number"].as_u64().expect("a number") } else { seen };
    }
    // A place that is left is free again, as soon as the sandbox has noticed.
    drop((one, watching));
    while Watcher::asks(&sandbox, "", "").line("HTTP/1.1 ").contains("503") {
        std::thread::yield_now();
    }
}

#[test]
fn scenarios_are_checked_without_being_taken() {
    let sandbox = sandbox();
    let check =
        |yaml: &str| send(&sandbox, "POST", "/sandbox/scenarios/check", &[("Content-Type", "application/yaml")], yaml);
    let good = check("part: \"314300017\"\nnavn: X\n");
    assert_eq!((good.status, &good.json()["ok"], &good.json()["parties"][0]), (200, &json!(true), &json!("314300017")));
    let wrong = check("part: \"314300017\"\nnavn: X\nkarv: []\n");
    assert_eq!((wrong.status, &wrong.json()["ok"]), (200, &json!(false)));
    assert_eq!(wrong.json()["problems"][0]["line"], 3, "{}", wrong.text());
    assert_eq!(get(&sandbox, "/sandbox/parties/314300017", &[]).status, 404);
    assert_eq!(check("# nothing").status, 400);
}

#[test]
fn tokens_of_every_kind_are_made_and_do_what_they_say() {
    let sandbox = Sandbox::builder().auth("signed").start().expect("it starts");
    let make = |document: Value| post(&sandbox, "/sandbox/token", &[], &document);
    let call = |answer: &Value| {
        let value = answer["value"].as_str().expect("a value");
        get(&sandbox, &format!("{BASE}/finans/{PARTY}/aapnekrav"), &[("Authorization", value)]).status
    };
    let wish = |by: &str, wrong: Option<&str>| {
        let mut document = json!({ "service": "kravogbetalinger", "party": PARTY, "by": by });
        if let Some(wrong) = wrong {
            document["wrong"] = wrong.into();
        }
        document
    };
    assert_eq!(call(&make(wish("consent", None)).json()), 200);
    for wrong in ["expired", "not-yet", "wrong-scope"] {
        assert_eq!(call(&make(wish("consent", Some(wrong))).json()), 401, "{wrong}");
    }
    let old = make(wish("old-consent", None)).json();
    assert_eq!(old["header"], "AltinnSamtykke");
    assert_eq!(make(wish("concent", None)).status, 400);
    assert_eq!(make(json!({ "service": "kravogbetalinger", "party": "12" })).status, 400);
    assert_eq!(make(json!({ "service": "trekkpaalegg", "party": PARTY, "by": "consent" })).status, 400);
    assert_eq!(make(json!({ "service": "kravogbetalinger", "party": PARTY, "lifetime": 0 })).status, 400);
}

#[test]
fn a_case_shows_what_is_still_to_come() {
    let sandbox = sandbox();
    let example = get(&sandbox, "/sandbox/eksempelbegjaering?krav=2&seed=7", &[]).json();
    assert_eq!(example["kravTilInnkreving"].as_array().map(Vec::len), Some(2), "{example}");
    for wrong in ["krav=0", "krav=101", "seed=9223372036854775808", "seed=-1", "type=x", "kravv=1"] {
        assert_eq!(get(&sandbox, &format!("/sandbox/eksempelbegjaering?{wrong}"), &[]).status, 400, "{wrong}");
    }
    let rules = get(&sandbox, "/sandbox/begjaeringsregler", &[]).json();
    assert_eq!(rules.as_array().map(Vec::len), Some(72));
    let request = crate::common::begjaering::ready(&sandbox, &[]);
    let made =
        crate::common::begjaering::call(&sandbox, "POST", crate::common::begjaering::UTLEGG, &[], &request).json();
    let reference =
        made.as_object().and_then(|made| made.values().next()).and_then(Value::as_str).expect("a reference");
    let course = || get(&sandbox, &format!("/sandbox/begjaeringer/{reference}/forloep"), &[]).json();
    let states = |course: &Value, coming: bool| -> Vec<String> {
        let all = course["overganger"].as_array().expect("a list").iter();
        all.filter(|it| it["kommer"] == coming).map(|it| it["tilstand"].as_str().expect("a state").to_owned()).collect()
    };
    let first = course();
    assert!(!states(&first, true).is_empty(), "{first}");
    let next = states(&first, true)[0].clone();
    // The timeline has them, too.
    let seen = get(&sandbox, "/sandbox/timeline?first=5000", &[]).json();
    let cases = seen["events"].as_array().expect("events").iter().filter(|it| it["kind"] == "case");
    let cases: Vec<_> = cases.map(|it| it["what"].as_str().expect("a text").to_owned()).collect();
    assert_eq!(cases.len(), states(&first, true).len(), "{cases:?}");
    assert!(cases[0].starts_with(&next) && cases[0].ends_with(reference), "{cases:?}");
    post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": "60d" }));
    assert!(states(&course(), false).contains(&next), "{}", course());
    assert_eq!(get(&sandbox, "/sandbox/begjaeringer/none/forloep", &[]).status, 404);
}

#[test]
fn orders_have_all_their_versions() {
    let sandbox = sandbox();
    let made = post(&sandbox, "/sandbox/trekkpaalegg", &[], &json!({ "trekkpliktig": PARTY, "prosent": 19 })).json();
    let changed = json!({ "trekkpliktig": PARTY, "trekkid": made["trekkid"], "prosent": 21 });
    post(&sandbox, "/sandbox/trekkpaalegg", &[], &changed);
    let all = get(&sandbox, &format!("/sandbox/trekkpaalegg/ordrer?trekkpliktig={PARTY}"), &[]).json();
    let order =
        all["ordrer"].as_array().expect("orders").iter().find(|it| it["trekkid"] == made["trekkid"]).expect("it");
    assert_eq!(order["versjoner"].as_array().map(Vec::len), Some(2), "{order}");
    assert_eq!(order["versjoner"][1]["trekkversjon"], 2);
    assert_eq!(get(&sandbox, "/sandbox/trekkpaalegg/ordrer?trekkpliktig=1", &[]).status, 400);
    assert_eq!(get(&sandbox, "/sandbox/trekkpaalegg/ordrer?employer=1", &[]).status, 400);
}
