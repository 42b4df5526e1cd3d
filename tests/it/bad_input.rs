//! Bad input gets the service's own 4xx: never a 500, a panic, or a message of a Rust library.

use crate::common::{BASE, TREKK, get, post, raw, sandbox, send, with_scenario};
use proptest::prelude::*;
use serde_json::json;

#[test]
fn oddities_of_paths() {
    let sandbox = sandbox();
    let code = |rest: &str| {
        let answer = get(&sandbox, &format!("{BASE}{rest}"), &[]);
        format!("{} {}", answer.status, if answer.status == 200 { String::new() } else { answer.kode() })
    };
    assert_eq!(code("/finans/31047871%37/aapnekrav"), "200 ", "percent-encoding is decoded");
    assert_eq!(code("/finans/31047871%2537/aapnekrav"), "400 KB-006", "once");
    assert_eq!(code("/finans/310478717%2Faapnekrav"), "404 KB-003", "an encoded slash separates nothing");
    assert_eq!(code("/finans/%FF%FE/aapnekrav"), "400 KB-006", "not UTF-8");
    assert_eq!(code("/finans/%00/aapnekrav"), "400 KB-006");
    assert_eq!(code("/finans/%zz/aapnekrav"), "400 KB-006", "not percent-encoding");
    assert_eq!(code("/finans//aapnekrav"), "400 KB-006", "an empty identifier");
    assert_eq!(code("//finans/310478717/aapnekrav"), "404 KB-003", "a double slash");
    assert_eq!(code("/finans/310478717/aapnekrav/"), "404 KB-003", "a slash at the end");
    assert_eq!(code("/Finans/310478717/aapnekrav"), "404 KB-003", "case counts");
    assert_eq!(code("/finans/310478717/../310478717/aapnekrav"), "404 KB-003", "no dots are resolved");
    assert_eq!(code(""), "404 KB-003");
    assert_eq!(code("/finans/310478717/aapnekrav?fraOgMed=tull&tilOgMed"), "200 ", "aapnekrav takes no period");
    assert_eq!(code(&format!("/finans/{}/aapnekrav", "1".repeat(5_000))), "400 KB-006");
    assert_eq!(code(&format!("/finans/310478717/krav?fraOgMed={}", "1".repeat(5_000))), "400 KB-006");
}

#[test]
fn a_body_on_get_is_ignored() {
    let sandbox = sandbox();
    let request = format!(
        "GET {BASE}/finans/314055403/aapnekrav HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{{\"a\": 1}}x"
    );
    assert!(raw(&sandbox, request.as_bytes()).starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn headers_over_the_limit_are_431() {
    let sandbox = sandbox();
    let large = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Large: {}\r\n\r\n", "a".repeat(200_000));
    assert!(raw(&sandbox, large.as_bytes()).starts_with("HTTP/1.1 431 "));
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-Many: a\r\n".repeat(200));
    assert!(raw(&sandbox, many.as_bytes()).starts_with("HTTP/1.1 431 "));
}

#[test]
fn days_are_in_the_years_1900_to_2200() {
    let sandbox = sandbox();
    for day in ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"] {
        let answer = get(&sandbox, &format!("{BASE}/finans/310478717/krav?fraOgMed={day}"), &[]);
        let told = answer.text();
        assert!(answer.status == 400 && answer.kode() == "KB-006" && told.contains("årene 1900 til 2200"), "{told}");
        let clock = post(&sandbox, "/sandbox/clock", &[], &json!({ "now": day }));
        assert!(clock.status == 400 && clock.text().contains("outside the years 1900 to 2200"), "{}", clock.text());
        let claim = "kravidentifikator: a, kravtype: RESTSKATT, opprinneligBeloep: 500";
        let yaml = format!("part: \"314300017\"\nnavn: X\nkrav:\n  - {{ {claim}, forfallsdato: {day} }}\n");
        let answer = send(&sandbox, "PUT", "/sandbox/scenarios", &[("Content-Type", "application/yaml")], &yaml);
        assert!(answer.status == 422 && answer.text().contains("outside the years 1900 to 2200"), "{}", answer.text());
    }
    for day in ["1900-01-01", "2200-12-31"] {
        assert_eq!(get(&sandbox, &format!("{BASE}/finans/310478717/krav?fraOgMed={day}"), &[]).kode(), "KB-007");
        assert_eq!(post(&sandbox, "/sandbox/clock", &[], &json!({ "now": day })).status, 200, "{day}");
        assert_eq!(get(&sandbox, &format!("{BASE}/finans/310478717/aapnekrav"), &[]).status, 200, "{day}");
    }
}

#[test]
fn a_header_full_of_shifts_is_refused_not_summed_up() {
    let sandbox = sandbox();
    for shifts in ["+100000w".repeat(4000), "+100000y".repeat(1900)] {
        let answer = get(&sandbox, &format!("{BASE}/finans/314055403/aapnekrav"), &[("Sandbox-Now", &shifts)]);
        assert_eq!((answer.status, answer.header("sandbox-cause")), (400, "refused-modifier"));
    }
}

#[test]
fn what_is_not_http_is_400() {
    let sandbox = sandbox();
    assert!(raw(&sandbox, b"HELO there\r\n\r\n").starts_with("HTTP/1.1 400 "));
    assert!(raw(&sandbox, b"\x16\x03\x01\x02\x00\x01\x00").starts_with("HTTP/1.1 400 "), "TLS on a plain port");
}

#[test]
fn header_values_that_are_not_text() {
    let sandbox = sandbox();
    let mut request =
        format!("GET {BASE}/finans/314055403/aapnekrav HTTP/1.1\r\nHost: x\r\nConnection: close\r\n").into_bytes();
    request.extend(b"Korrelasjonsid: \xff\xfe\r\nAccept: \xff/\xfe\r\n\r\n");
    let answer = raw(&sandbox, &request);
    assert!(answer.starts_with("HTTP/1.1 200 OK") || answer.contains("KB-008"), "{answer}");
    let mut request =
        format!("GET {BASE}/finans/314055403/aapnekrav HTTP/1.1\r\nHost: x\r\nConnection: close\r\n").into_bytes();
    request.extend(b"Sandbox-Error: \xff\r\n\r\n");
    assert!(raw(&sandbox, &request).starts_with("HTTP/1.1 400 "));
}

/// The real service passes over what it does not know, so a misspelt parameter changes nothing; the caller is told.
#[test]
fn a_misspelt_parameter_of_the_query_is_told() {
    let sandbox = with_scenario("part: \"314055403\"\nnavn: X");
    let warning = |path: &str| get(&sandbox, path, &[]).header("sandbox-warning").to_owned();
    let told = warning(&format!("{TREKK}?fraSekvensnumer=90"));
    assert!(
        told.contains("the query parameter fraSekvensnumer is passed over; did you mean fraSekvensnummer?"),
        "{told}"
    );
    let told = warning(&format!("{BASE}/finans/314055403/krav?fraOgMed=2026-01-01&tilOgmed=2026-02-01"));
    assert!(told.ends_with("tilOgmed is passed over; did you mean tilOgMed?"), "{told}");
    for query in ["", "?utm_source=x", "?korrelasjonsid=6b1bb8a6-2a5d-4f64-8b3c-0a3f5c1c7a10", "?x%0a=1"] {
        let told = warning(&format!("{BASE}/finans/314055403/aapnekrav{query}"));
        assert!(!told.contains("passed over"), "{query}: {told}");
    }
}

#[test]
fn a_token_that_ended_before_all_time_is_expired() {
    let sandbox = with_scenario("part: \"314055403\"\nnavn: X");
    let encode = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text);
    for exp in ["-10000000000000000", "-9223372036854775808", "0", "-1e300"] {
        let jwt = format!("Bearer e30.{}.c2ln", encode(&format!("{{\"exp\":{exp}}}")));
        let answer = get(&sandbox, &format!("{BASE}/finans/314055403/aapnekrav"), &[("Authorization", &jwt)]);
        assert!((400..500).contains(&answer.status), "{exp}: {}", answer.text());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_sent_makes_it_fail(
        path in "(/api/innkreving/kravogbetalinger)?(/v1)?(/finans)?(/[!-~]{0,12}){0,4}",
        query in "(fraOgMed=)?[!-~]{0,20}(&tilOgMed=[!-~]{0,12})?",
        accept in "[!-~]{0,30}",
        now in "[+-]?[0-9]{1,12}[dwmy]?([+-][0-9]{1,9}[dwmy]){0,3}",
        token in "(Bearer )?[!-~]{0,12}(\\.[A-Za-z0-9_-]{0,20}){0,3}",
        claims in "\\{(\"(exp|nbf|iat|iss|scope|consumer|ValidToDate|OfferedBy)\":(-?[0-9]{1,20}|[0-9]\\.[0-9]e[0-9]{1,3}|\"[a-z0-9]{0,8}\"|null|\\[\\])){0,1}\\}",
    ) {
        // One server for all cases, because starting one is slow.
        static SANDBOX: std::sync::OnceLock<innkreving_sandbox::Sandbox> = std::sync::OnceLock::new();
        let sandbox = SANDBOX.get_or_init(|| with_scenario("part: \"314055403\"\nnavn: X"));
        let target = format!("/{}", path.trim_start_matches('/')).replace(['#', ' '], "");
        let encode = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text);
        let jwt = format!("e30.{}.c2ln", encode(&claims));
        let bearer = if token.len() % 2 == 0 { token } else { format!("Bearer {jwt}") };
        for header in [format!("Sandbox-Now: {now}"), format!("Authorization: {bearer}\r\nAltinnSamtykke: {jwt}")] {
            let request = format!("GET {BASE}/finans/314055403/aapnekrav HTTP/1.1\r\nHost: x\r\n{header}\r\nConnection: close\r\n\r\n");
            let answer = raw(sandbox, request.as_bytes());
            let status: u16 = answer.get(9..12).and_then(|s| s.parse().ok()).unwrap_or_default();
            prop_assert!((200..500).contains(&status), "{request}{answer}");
        }
        let request = format!("GET {target}?{query} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\nConnection: close\r\n\r\n");
        let answer = raw(sandbox, request.as_bytes());
        let status: u16 = answer.get(9..12).and_then(|s| s.parse().ok()).unwrap_or_default();
        prop_assert!((200..500).contains(&status), "{request}{answer}");
        prop_assert!(!answer.contains("panicked") && !answer.contains("src/"), "{}", answer);
    }
}
