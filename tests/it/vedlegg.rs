//! Attachments of Utleggsbegjæring: what is taken, how far it comes, and uploads that are hostile.

use std::io::{Read, Write};

use innkreving_sandbox::Sandbox;
use serde_json::json;

use crate::common::begjaering::{HEADERS, UTLEGG, call, codes, form, ready, send_bytes, upload};
use crate::common::{Answer, TODAY, get, post, rule, sandbox, with_scenario};

const PDF: &[u8] = b"%PDF-1.7 innhold";

fn take(sandbox: &Sandbox, headers: &[(&str, &str)], file: &[u8]) -> Answer {
    upload(sandbox, UTLEGG, headers, "tvangsgrunnlag", "REF", file)
}

#[track_caller]
fn uuid(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["uuid"].as_str().expect("a uuid").to_owned()
}

fn state(sandbox: &Sandbox, headers: &[(&str, &str)], uuid: &str) -> String {
    let headers: Vec<_> = HEADERS.iter().chain(headers).copied().collect();
    let answer = get(sandbox, &format!("{UTLEGG}/vedlegg/{uuid}"), &headers);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["tilstand"].as_str().expect("a state").to_owned()
}

/// The EICAR test string, in two pieces, so that no scanner takes this file for a virus.
fn virus() -> Vec<u8> {
    ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD", "-ANTIVIRUS-TEST-FILE!$H+H*"].concat().into_bytes()
}

#[test]
fn an_upload_is_ready_at_once_and_is_given_back() {
    let sandbox = sandbox();
    let answer = take(&sandbox, &[], PDF);
    let uuid = uuid(&answer);
    assert_eq!(answer.header("location"), format!("{UTLEGG}/vedlegg/{uuid}"));
    let shown = get(&sandbox, &format!("{UTLEGG}/vedlegg/{}", uuid.to_uppercase()), &HEADERS).json();
    let expected = json!({
        "uuid": uuid, "tilstand": "konvertert", "type": "tvangsgrunnlag", "filnavn": "vedlegg.pdf", "innsenderReferanse": "REF",
    });
    assert_eq!(shown, expected);
    let file = get(&sandbox, &format!("/sandbox/vedlegg/{uuid}"), &[]);
    assert_eq!((file.status, &*file.body, file.header("x-content-type-options")), (200, PDF, "nosniff"));
    let all = get(&sandbox, "/sandbox/vedlegg", &[]).json();
    assert_eq!((all["count"].as_u64(), all["vedlegg"][0]["stoerrelse"].as_u64()), (Some(1), Some(16)));
    let nobody = get(&sandbox, &format!("{UTLEGG}/vedlegg/finnes-ikke"), &HEADERS);
    assert_eq!((nobody.status, nobody.kode().as_str()), (404, "KB-009"));
    assert_eq!(get(&sandbox, "/sandbox/vedlegg/finnes-ikke", &[]).status, 404);
}

#[test]
fn what_is_missing_or_wrong_is_told_all_at_once() {
    let sandbox = sandbox();
    let send = |parts: &[(&str, Option<&str>, &[u8])]| {
        let headers = [("Content-Type", "multipart/form-data; boundary=GRENSE")];
        send_bytes(&sandbox, "POST", &format!("{UTLEGG}/vedlegg"), &headers, form(parts))
    };
    let empty = send(&[]);
    assert_eq!((empty.status, codes(&empty).len()), (400, 3), "{}", empty.text());
    let wrong = send(&[("fil", Some("a.pdf"), PDF), ("type", None, b"tvangsgrunlag"), ("farge", None, b"roed")]);
    assert_eq!(wrong.status, 400);
    for text in ["'innsenderReferanse' mangler", "'tvangsgrunlag' er ingen vedleggstype", "'farge' er ukjent"] {
        assert!(wrong.text().contains(text), "{text}: {}", wrong.text());
    }
    assert_eq!(wrong.header("sandbox-hint"), "did you mean tvangsgrunnlag?");
    let twice =
        send(&[("fil", None, PDF), ("fil", None, PDF), ("type", None, b"annet"), ("innsenderReferanse", None, b"x")]);
    assert!(twice.status == 400 && twice.text().contains("flere ganger"), "{}", twice.text());
    let no_headers = crate::common::send(
        &sandbox,
        "POST",
        &format!("{UTLEGG}/vedlegg"),
        &[("Content-Type", "multipart/form-data; boundary=GRENSE")],
        "--GRENSE--\r\n",
    );
    assert!(no_headers.status == 400 && no_headers.text().contains("Klientid"), "{}", no_headers.text());
}

#[test]
fn the_content_decides_whether_it_can_become_a_pdf() {
    let sandbox = sandbox();
    let good: [&[u8]; 6] = [
        b"\n%PDF-1.4",
        b"\x89PNG\r\n\x1a\n....",
        b"\xff\xd8\xff\xe0JFIF",
        "vanlig tekst på norsk".as_bytes(),
        b"PK\x03\x04....[Content_Types].xml",
        b"{\\rtf1 }",
    ];
    for file in good {
        assert_eq!(take(&sandbox, &[], file).status, 201, "{}", String::from_utf8_lossy(file));
    }
    for file in
        [&b"MZ\x90\x00\x03\x00\x00\x00"[..], b"\x7fELF\x02\x01", b"PK\x03\x04\x00\x00hemmelig.exe", b"\x00\x01\x02"]
    {
        let refused = take(&sandbox, &[], file);
        assert_eq!((refused.status, codes(&refused)), (415, vec!["KB-006".to_owned()]), "named vedlegg.pdf");
    }
}

#[test]
fn the_states_come_by_the_clock_or_as_somebody_says() {
    let sandbox = sandbox();
    let slow = uuid(&take(&sandbox, &[("Sandbox-Vedlegg", "9m")], PDF));
    for (minutes, expected) in [(0, "mottatt"), (3, "virussjekket"), (6, "validert"), (9, "konvertert")] {
        let now = format!("{TODAY}T12:0{minutes}:00+01:00");
        assert_eq!(state(&sandbox, &[("Sandbox-Now", &now)], &slow), expected, "{minutes}");
    }
    assert_eq!(post(&sandbox, "/sandbox/clock", &[], &json!({ "advance": "1d" })).status, 200);
    assert_eq!(state(&sandbox, &[], &slow), "konvertert", "the session's clock moves it");
    let by_url = upload(&sandbox, &format!("/~vedlegg=kanIkkeKonverteres{UTLEGG}"), &[], "annet", "x", PDF);
    assert_eq!(by_url.header("sandbox-effects"), "vedlegg=kanIkkeKonverteres (base-url)");
    assert_eq!(state(&sandbox, &[], &uuid(&by_url)), "kanIkkeKonverteres");
    rule(&sandbox, &json!({ "when": { "endpoint": "vedlegg" }, "then": { "vedlegg": "slettet" }, "times": 1 }));
    assert_eq!(state(&sandbox, &[], &uuid(&take(&sandbox, &[], PDF))), "slettet");
    let sick = uuid(&take(&sandbox, &[], &virus()));
    assert_eq!(state(&sandbox, &[], &sick), "virus");
    let hidden = [PDF, &virus(), b" mer"].concat();
    assert_eq!(state(&sandbox, &[], &uuid(&take(&sandbox, &[], &hidden))), "virus");
    let set = post(&sandbox, &format!("/sandbox/vedlegg/{sick}/tilstand"), &[], &json!({ "tilstand": "kassert" }));
    assert_eq!((set.status, set.json()["tilstand"].as_str()), (200, Some("kassert")));
    assert_eq!(state(&sandbox, &[], &sick), "kassert");
    let misspelt = take(&sandbox, &[("Sandbox-Vedlegg", "virsu")], PDF);
    assert_eq!((misspelt.status, misspelt.json()["nearest"].as_str()), (400, Some("virus")));
    let elsewhere = get(&sandbox, "/api/trekkpaalegg/v1", &[("Sandbox-Vedlegg", "virus")]);
    assert!(
        elsewhere.status == 400 && elsewhere.text().contains("does not have this modifier"),
        "{}",
        elsewhere.text()
    );
    let nothing = json!({ "when": { "service": "trekkpaalegg" }, "then": { "vedlegg": "virus" } });
    assert_eq!(post(&sandbox, "/sandbox/rules", &[], &nothing).status, 400);
}

#[test]
fn an_attachment_that_is_not_ready_breaks_the_rule_of_its_state() {
    let sandbox = sandbox();
    for (state, rule) in [
        ("virus", "VEDLEGG_SKAL_VAERE_TILGJENGELIG"),
        ("slettet", "VEDLEGG_SKAL_VAERE_TILGJENGELIG"),
        ("kassert", "VEDLEGG_SKAL_VAERE_TILGJENGELIG"),
        ("valideringFeilet", "VEDLEGG_SKAL_IKKE_HA_FEILET"),
        ("kanIkkeKonverteres", "VEDLEGG_SKAL_IKKE_HA_FEILET"),
        ("mottatt", "VEDLEGG_SKAL_VAERE_VIRUSSJEKKET_VALIDERT_OG_KONVERTERT"),
        ("validert", "VEDLEGG_SKAL_VAERE_VIRUSSJEKKET_VALIDERT_OG_KONVERTERT"),
    ] {
        let request = ready(&sandbox, &[("Sandbox-Vedlegg", state)]);
        let answer = call(&sandbox, "POST", UTLEGG, &[], &request);
        let mut told = codes(&answer);
        told.dedup();
        assert_eq!((answer.status, told), (422, vec![rule.to_owned()]), "{state}");
    }
}

#[test]
fn a_scenario_says_how_attachments_go_and_who_is_in_the_register() {
    let sandbox = with_scenario("part: \"313367002\"\nnavn: X\nvedleggstilstand: virus\nregisterstatus: slettet\n");
    let party = [("Sandbox-Party", "313367002")];
    assert_eq!(state(&sandbox, &party, &uuid(&take(&sandbox, &party, PDF))), "virus");
    assert_eq!(state(&sandbox, &[], &uuid(&take(&sandbox, &[], PDF))), "konvertert");
}

/// Writes pieces of a body until the sandbox answers or the body ends, and reads the answer.
fn stream(sandbox: &Sandbox, head: &str, mut piece: impl FnMut(u64) -> Option<Vec<u8>> + Send) -> String {
    let mut stream = std::net::TcpStream::connect(sandbox.address()).expect("a connection");
    let mut writer = stream.try_clone().expect("the same connection");
    let headers = HEADERS.map(|(name, value)| format!("{name}: {value}\r\n")).concat();
    let head = format!("POST {UTLEGG}/vedlegg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}{head}\r\n\r\n");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            writer.write_all(head.as_bytes()).expect("sent");
            let mut number = 0;
            while let Some(bytes) = piece(number) {
                // Whoever has been answered may close.
                if writer.write_all(&bytes).is_err() {
                    break;
                }
                number += 1;
            }
        });
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    })
}

/// The resident memory of this process, in bytes.
fn memory() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("it runs on Linux");
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).expect("a number") * 4096
}

const PART: &str = "--X\r\nContent-Disposition: form-data; name=\"fil\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7";

#[test]
fn a_part_of_a_gigabyte_is_refused_and_never_held() {
    let sandbox = sandbox();
    let before = memory();
    let head = format!("Content-Type: multipart/form-data; boundary=X\r\nContent-Length: {}", 1_u64 << 30);
    let answer = stream(&sandbox, &head, |number| match number {
        0 => Some(PART.as_bytes().to_vec()),
        1..=1023 => Some(vec![b'a'; 1 << 20]),
        _ => None,
    });
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("høyst"), "{answer}");
    let grown = memory().saturating_sub(before) >> 20;
    // Other tests of the process run at the same time.
    assert!(grown < 500, "{grown} MB");
}

#[test]
fn a_file_up_to_25_mb_is_taken_and_one_byte_more_is_not() {
    let sandbox = sandbox();
    let mut file = PDF.to_vec();
    file.resize(25 * 1024 * 1024, b'a');
    assert_eq!(take(&sandbox, &[], &file).status, 201);
    file.push(b'a');
    let refused = take(&sandbox, &[], &file);
    assert_eq!((refused.status, codes(&refused)), (413, vec!["KB-006".to_owned()]));
}

#[test]
fn forms_that_are_broken_are_refused() {
    let sandbox = sandbox();
    let send = |boundary: &str, body: Vec<u8>| {
        let content_type = format!("multipart/form-data{boundary}");
        send_bytes(&sandbox, "POST", &format!("{UTLEGG}/vedlegg"), &[("Content-Type", &content_type)], body)
    };
    let endless = format!("--X\r\nContent-Disposition: {}", "a".repeat(500_000));
    for (name, boundary, body) in [
        ("no end", "; boundary=X", PART.as_bytes().to_vec()),
        ("another boundary", "; boundary=Y", PART.as_bytes().to_vec()),
        ("no boundary", "", PART.as_bytes().to_vec()),
        ("nothing", "; boundary=X", Vec::new()),
        ("10 000 parts", "; boundary=GRENSE", form(&vec![("fil", None, PDF); 10_000])),
        ("a header without end", "; boundary=X", endless.into_bytes()),
    ] {
        let answer = send(boundary, body);
        assert_eq!((answer.status, answer.json()["feilkode"].as_str()), (400, Some("KB-006")), "{name}");
    }
    let json = send_bytes(
        &sandbox,
        "POST",
        &format!("{UTLEGG}/vedlegg"),
        &[("Content-Type", "application/json")],
        b"{}".to_vec(),
    );
    assert!(json.status == 400 && json.text().contains("multipart/form-data"), "{}", json.text());
    assert_eq!(take(&sandbox, &[], PDF).status, 201, "it still works");
}

#[test]
fn the_oldest_files_make_room_and_their_states_stay() {
    let sandbox = sandbox();
    let mut file = PDF.to_vec();
    file.resize(20 * 1024 * 1024, b'a');
    let all: Vec<String> = (0..4).map(|_| uuid(&take(&sandbox, &[], &file))).collect();
    let gone = get(&sandbox, &format!("/sandbox/vedlegg/{}", all[0]), &[]);
    assert!(gone.status == 404 && gone.text().contains("make room"), "{}", gone.text());
    assert_eq!(get(&sandbox, &format!("/sandbox/vedlegg/{}", all[3]), &[]).body.len(), file.len());
    assert_eq!(state(&sandbox, &[], &all[0]), "konvertert");
}
