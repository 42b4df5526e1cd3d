//! Web pages of other sites, and host names that are not the sandbox's: what a browser may send, and what it gets.

use serde_json::json;

use crate::common::{self, Answer, BASE, get, post, raw, request, rule, sandbox, send};
use innkreving_sandbox::Sandbox;

const EVIL: &str = "https://evil.example";

/// What a page of another site can make a browser send.
const FOREIGN: &[&[(&str, &str)]] = &[
    &[("Origin", EVIL)],
    &[("Origin", "null")],
    &[("Origin", "http://127.0.0.1:1")],
    &[("Referer", "https://evil.example/page.html?a=b")],
    &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image")],
    // A page of another port of this machine.
    &[("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "script")],
    &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")],
    // A page whose own name was made to lead to the sandbox (DNS rebinding).
    &[("Host", "evil.example:8080"), ("Origin", "http://evil.example:8080"), ("Sec-Fetch-Site", "same-origin")],
    &[("Host", "evil.example:8080"), ("Referer", "http://evil.example:8080/")],
    &[("Host", "kravogbetalinger.evil.example"), ("Referer", "http://kravogbetalinger.evil.example/")],
    &[
        ("Host", "evil.example"),
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ],
];

/// The status of a request whose lines are given as they go out.
fn status(sandbox: &Sandbox, path: &str, lines: &str) -> String {
    let answer = raw(sandbox, format!("GET {path} HTTP/1.1\r\nConnection: close\r\n{lines}\r\n").as_bytes());
    answer.split(' ').nth(1).expect("a status").to_owned()
}

#[test]
fn a_foreign_page_begins_no_session_and_uses_nothing_up() {
    let yaml = "part: \"314055403\"\nnavn: X\nfeil: [{ paa: kravogbetalinger, kode: KB-002, ganger: 1 }]\n";
    let sandbox = common::with_scenario(yaml);
    let body = json!({ "when": { "endpoint": "krav" }, "then": { "error": "KB-001" }, "times": 1 });
    rule(&sandbox, &body);
    let flagged = format!("{BASE}/finans/314055403/aapnekrav");
    let ruled = format!("{BASE}/finans/314055403/krav");
    for headers in FOREIGN {
        for path in [
            &*flagged,
            &ruled,
            &format!("/~session=a{flagged}"),
            &format!("/~session=b,error=KB-999{flagged}"),
            "/v1/finans/314055403/krav",
            "/api/nowhere",
            "/~session=c/health/ready",
            "/~session=d/altinn/api/GetConsentToken",
            "/~session=e/sandbox/parties",
            "/sandbox/requests",
        ] {
            // A health check tells nothing, whatever name it is called by.
            if path.contains("health") && headers[0].0 == "Host" {
                continue;
            }
            let answer = get(&sandbox, path, headers);
            assert_eq!(
                (answer.status, answer.header("content-type"), answer.header("sandbox-cause")),
                (403, "application/problem+json", "foreign-page"),
                "{path} {headers:?}: {}",
                answer.text()
            );
            assert_eq!(answer.json()["type"], "urn:innkreving-sandbox:foreign-page");
            assert_eq!(answer.json()["hint"], answer.header("sandbox-hint"));
            assert_eq!(answer.header("access-control-allow-origin"), "", "the page cannot read it");
        }
        for (method, path) in [
            ("POST", "/api/trekkpaalegg/v1"),
            ("POST", "/maskinporten/token"),
            ("POST", "/sandbox/rules"),
            ("PUT", "/sandbox/scenarios"),
            ("DELETE", "/sandbox/rules"),
            ("OPTIONS", &*flagged),
        ] {
            assert_eq!(send(&sandbox, method, path, headers, "x=1").status, 403, "{method} {path} {headers:?}");
        }
    }
    let sessions = get(&sandbox, "/sandbox/sessions", &[]).json();
    assert_eq!(sessions["count"], 1, "{sessions}");
    assert_eq!(get(&sandbox, "/sandbox/requests", &[]).json()["total"], 0, "nothing is in the journal");
    assert_eq!(get(&sandbox, "/sandbox/rules", &[]).json()["rules"][0]["left"], 1);
    assert_eq!(get(&sandbox, &flagged, &[]).kode(), "KB-002", "the flag is still there");
    assert_eq!(get(&sandbox, &ruled, &[]).kode(), "KB-001", "the rule is still there");
}

#[test]
fn the_sandboxs_own_pages_a_typed_address_and_clients_that_are_no_browsers_pass() {
    let sandbox = sandbox();
    let own = sandbox.base_url();
    let path = format!("{BASE}/finans/311851381/aapnekrav");
    for headers in [
        &[][..],
        &[("Origin", &*own)],
        &[("Referer", &format!("{own}/")), ("Sec-Fetch-Site", "same-origin")],
        &[("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")],
        &[("Host", "localhost"), ("Origin", "http://localhost:80")],
        &[("Host", "kravogbetalinger.api.skatteetaten-test.no"), ("User-Agent", "Mozilla/5.0")],
        &[("Host", "sandbox.team.example")],
        &[
            ("Host", "sandbox.team.example"),
            ("User-Agent", "Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)"),
        ],
        // Node.js is no browser, but sends one of its headers.
        &[("Host", "sandbox.team.example"), ("Sec-Fetch-Mode", "cors"), ("User-Agent", "node")],
        &[("Host", "sandbox.team.example"), ("User-Agent", "Mozilla/5.0 (Windows NT; nb-NO) PowerShell/7.5.0")],
    ] {
        assert_eq!(get(&sandbox, &path, headers).status, 200, "{headers:?}");
    }
    let posted = post(&sandbox, "/sandbox/rules", &[("Origin", &own)], &json!({ "then": { "delay": "1ms" } }));
    assert_eq!(posted.status, 201, "{}", posted.text());
}

/// A consent begins in the browser of the person who gives it, on a page of the client.
#[test]
fn a_link_on_a_foreign_page_shows_a_page_and_begins_nothing() {
    let sandbox = sandbox();
    let link = [
        ("Referer", "https://bank.example/"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
    ];
    assert_eq!(get(&sandbox, "/", &link).status, 200);
    assert_eq!(get(&sandbox, "/openapi/restanser.json", &link).status, 200);
    let consent = "altinn/ui/consent/request?id=77ed8698-e619-4066-9eb4-5c1eb3f165a1";
    assert_eq!(get(&sandbox, &format!("/{consent}"), &link).status, 404, "nobody has asked");
    assert_eq!(get(&sandbox, &format!("/~session=a/{consent}"), &link).status, 403, "there is no session a");
    assert_eq!(send(&sandbox, "PUT", "/sandbox/sessions/a", &[("Content-Type", "application/json")], "{}").status, 200);
    assert_eq!(get(&sandbox, &format!("/~session=a/{consent}"), &link).status, 404);
    assert_eq!(send(&sandbox, "POST", &format!("/{consent}"), &link, "decision=approve").status, 403);
    for path in ["/sandbox/requests", &format!("{BASE}/finans/311851381/aapnekrav")] {
        assert_eq!(get(&sandbox, path, &link).status, 403, "{path}");
    }
}

#[test]
fn pages_and_the_control_api_answer_only_to_the_sandboxs_own_names() {
    let sandbox = Sandbox::builder().allow_host("sandbox.team.example").allow_host(".apps.example").start();
    let sandbox = sandbox.expect("it starts");
    for path in ["/", "/openapi/sandbox.json", "/sandbox/requests", "/altinn/api/GetConsentToken"] {
        for host in
            ["evil.example", "evil.example:8080", "10.0.0.1", "innkreving", "127.0.0.1.evil.example", "xlocalhost"]
        {
            assert_eq!(status(&sandbox, path, &format!("Host: {host}\r\n")), "403", "{path} {host}");
        }
    }
    for host in [
        "127.0.0.1",
        "127.0.0.1:8080",
        "127.1.2.3",
        "[::1]:8080",
        "localhost:1",
        "LOCALHOST.",
        "a.localhost",
        "0.0.0.0:8080",
        "host.docker.internal:8080",
        "sandbox.team.example",
        "a.b.apps.example:80",
    ] {
        for path in ["/", "/sandbox/requests"] {
            assert_eq!(status(&sandbox, path, &format!("Host: {host}\r\n")), "200", "{path} {host}");
        }
    }
    assert_eq!(status(&sandbox, "/", "Host: platform.tt02.altinn.no\r\n"), "200", "a name of a service");
    assert_eq!(status(&sandbox, "/sandbox/rules", "Host: platform.tt02.altinn.no\r\n"), "403");
    assert_eq!(status(&sandbox, "/health/live", "Host: any.example\r\n"), "200", "it tells nothing");
    // With a key, clients that are no browsers may use any name.
    let keyed = Sandbox::builder().control_key("hemmelig-nok").start().expect("it starts");
    assert_eq!(status(&keyed, "/", "Host: sandbox.team.example\r\n"), "200");
    assert_eq!(status(&keyed, "/", "Host: evil.example\r\nReferer: http://evil.example/\r\n"), "403");
    let key = "Host: a.example\r\nAuthorization: Bearer hemmelig-nok\r\n";
    assert_eq!(status(&keyed, "/sandbox/rules", key), "200");
}

#[test]
fn an_allowed_page_may_send_and_read() {
    let page = "http://localhost:3000";
    let sandbox = Sandbox::builder().now(common::TODAY).allow_origin(page).start().expect("it starts");
    let path = format!("{BASE}/finans/311851381/aapnekrav");
    let asks = [
        ("Origin", page),
        ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", "authorization,korrelasjonsid"),
    ];
    let preflight = request(&sandbox, "OPTIONS", &path, &asks);
    let allows = |answer: &Answer, name: &str| answer.header(&format!("access-control-{name}")).to_owned();
    assert_eq!(preflight.status, 204, "{}", preflight.text());
    assert_eq!(allows(&preflight, "allow-origin"), page);
    assert_eq!(allows(&preflight, "allow-methods"), "GET");
    assert_eq!(allows(&preflight, "allow-headers"), "authorization,korrelasjonsid");
    let answer = get(&sandbox, &path, &[("Origin", page), ("Sec-Fetch-Site", "same-site")]);
    assert_eq!((answer.status, answer.header("vary")), (200, "Origin"));
    assert_eq!((allows(&answer, "allow-origin"), allows(&answer, "expose-headers")), (page.to_owned(), "*".to_owned()));
    assert_eq!(
        get(&sandbox, "/sandbox/requests", &[("Origin", page)]).json()["total"],
        1,
        "the question is no request"
    );
    assert_eq!(get(&sandbox, &path, &[("Origin", "http://localhost:3001")]).status, 403);
    assert_eq!(get(&sandbox, &path, &[("Origin", page), ("Host", "evil.example")]).status, 403);
    assert_eq!(allows(&get(&sandbox, &path, &[]), "allow-origin"), "");
    for wrong in ["localhost:3000", "*", "http://a/b"] {
        assert!(Sandbox::builder().allow_origin(wrong).start().is_err(), "{wrong}");
    }
}

#[test]
fn pages_run_nothing_but_their_own_and_stand_in_no_frame() {
    let sandbox = sandbox();
    let page = get(&sandbox, "/", &[("Accept", "text/html")]);
    let policy = page.header("content-security-policy").to_owned();
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    assert!(policy.contains("script-src 'self'; style-src 'self'"), "{policy}");
    // Nothing of it stands in the page itself, so the policy needs no hash.
    let text = page.text();
    assert!(!text.contains("<style") && !text.contains(" style=") && !text.contains(" onclick="), "{text}");
    for path in [
        "/",
        "/health/ready",
        "/openapi/restanser.json",
        "/sandbox/requests",
        "/sandbox/nothing",
        "/altinn/ui/consent/request?id=x",
        "/favicon.ico",
    ] {
        for headers in [&[("Accept", "text/html")], &[("Origin", EVIL)]] {
            let answer = get(&sandbox, path, headers);
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            let policy = answer.header("content-security-policy");
            assert!(
                policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
                "{path}: {policy}"
            );
        }
    }
}

#[test]
fn the_icon_is_answered_and_in_no_journal() {
    let sandbox = sandbox();
    let icon = get(&sandbox, "/favicon.ico", &[("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Dest", "image")]);
    assert_eq!((icon.status, icon.header("content-type")), (200, "image/svg+xml"));
    assert_eq!(get(&sandbox, "/favicon.ico", &[("Host", "kravogbetalinger.localhost")]).status, 200);
    assert_eq!(get(&sandbox, "/sandbox/requests", &[]).json()["total"], 0);
}
