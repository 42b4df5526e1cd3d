//! Hostile input, on stable and bounded: the targets of `fuzz/` on the files of `testdata/fuzz`, and on many changed ones.
//! The changes come from a fixed seed, so a run can be repeated. A target panics where a promise is broken.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use innkreving_sandbox::fuzzing;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// The longest input, in bytes.
const LONGEST: usize = 48 * 1024;

/// The files of a target, by name.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fuzz").join(target);
    let files = std::fs::read_dir(&folder).expect("a folder").map(|file| file.expect("a file"));
    let read = |file: std::fs::DirEntry| {
        (file.file_name().into_string().expect("UTF-8"), std::fs::read(file.path()).expect("a file"))
    };
    let mut files: Vec<_> = files.map(read).collect();
    files.sort();
    files
}

/// How many changed inputs are tried: so many, times `FUZZ_TIMES` of the environment, for a longer search.
fn times(usual: usize) -> usize {
    let factor = std::env::var("FUZZ_TIMES").ok().and_then(|factor| factor.parse().ok());
    usual * factor.unwrap_or(1)
}

/// Runs a target on its corpus, and then on so many changed inputs.
fn run(target: &str, entry: fn(&[u8]), words: &[&str], usual: usize) {
    let corpus = corpus(target);
    assert!(corpus.len() > 10, "{target} has a corpus");
    let mut rng = ChaCha8Rng::seed_from_u64(13);
    let changed = (0..times(usual)).map(|_| {
        let (name, seed) = corpus.choose(&mut rng).expect("a file");
        let mut input = seed.clone();
        for _ in 0..rng.random_range(1..=6) {
            change(&mut input, &corpus, words, &mut rng);
        }
        (format!("{name}, changed"), input)
    });
    for (name, input) in corpus.iter().cloned().chain(changed) {
        let result = catch_unwind(AssertUnwindSafe(|| entry(&input)));
        assert!(result.is_ok(), "{target}: {name}: the promise above is broken by\n{}", input.escape_ascii());
    }
}

/// One change, as fuzzers make them.
fn change(input: &mut Vec<u8>, corpus: &[(String, Vec<u8>)], words: &[&str], rng: &mut ChaCha8Rng) {
    let at = rng.random_range(0..=input.len());
    let end = (at + rng.random_range(0..24)).min(input.len());
    match rng.random_range(0..8) {
        0 => input.truncate(at),
        1 => drop(input.drain(at..end)),
        2 => input.insert(at, rng.random()),
        3 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << rng.random_range(0..8);
            }
        }
        4 | 5 => {
            let word = words.choose(rng).expect("a word").as_bytes().to_vec();
            input.splice(at..end.min(at + rng.random_range(0..8)), word);
        }
        6 => {
            let piece: Vec<u8> = input[at..end].to_vec();
            let piece = piece.repeat(rng.random_range(1..40));
            input.splice(at..at, piece);
        }
        _ => {
            let (_, other) = corpus.choose(rng).expect("a file");
            let from = rng.random_range(0..=other.len());
            input.splice(at.., other[from..].iter().copied());
        }
    }
    input.truncate(LONGEST);
}

#[test]
fn request_bytes_get_an_answer_or_a_close() {
    let words = [
        "\r\n",
        "\r\n\r\n",
        "HTTP/1.1",
        "GET ",
        "POST ",
        "HEAD ",
        "DELETE ",
        "PUT ",
        "OPTIONS ",
        "/",
        "//",
        "/~",
        "%2f",
        "%00",
        "%ff",
        "..",
        "?",
        "&",
        "=",
        "#",
        ":",
        "Host: ",
        "Content-Length: 0",
        "Content-Length: 99999",
        "Transfer-Encoding: chunked",
        "Authorization: Bearer ",
        "AltinnSamtykke: ",
        "Accept: ",
        "Expect: 100-continue",
        "Connection: keep-alive",
        "Upgrade: h2c",
        "Sandbox-Error: KB-002",
        "Sandbox-Error: ",
        "Sandbox-Session: ",
        "Sandbox-Now: ",
        "Sandbox-Drift: optional",
        "SandboxError: ",
        "fraOgMed=",
        "tilOgMed=",
        "2026-02-30",
        "9999-12-31",
        "0000-01-01",
        "311851381",
        "12345678901",
        "333000024",
        "finans",
        "regnskapssystem",
        "{}",
        "[]",
        "\"",
        "null",
        "-1",
        "99999999999999999999",
        "\u{e5}",
        "\u{202e}",
        "\0",
    ];
    run("request", fuzzing::request, &words, 500);
}

#[test]
fn modifiers_are_refused_or_planned_by_their_precedence() {
    let words = [
        "/~",
        "/%7e",
        ",",
        "=",
        "error=",
        "delay=",
        "fault=",
        "drift=",
        "now=",
        "edition=",
        "session=",
        "seed=",
        "party=",
        "KB-002",
        "DAS-001",
        "MP-012",
        "200ms..3s",
        "lognormal(300ms,0.8)",
        "10m",
        "0ms",
        "reset",
        "hang(30s)",
        "truncate",
        "slow-body(1k/s)",
        "429(30s)",
        "fields+order",
        "+30d",
        "-2w",
        "2026-03-01",
        "2024",
        "Sandbox-Error: ",
        "Sandbox-Fault: reset",
        "SandboxError: x",
        "Sanbox-Error: x",
        "X-Sandbox-Now: +1d",
        "\n",
        "\n\n",
        "{\"then\":{\"error\":\"KB-002\"}}",
        "\"when\":{\"service\":\"restanser\"},",
        "\"party\":\"310478717\"",
        "\"endpoint\":\"krav\"",
        "\"package\":\"dibk\"",
        "\"sequence\":[\"ok\"]",
        "\"fault\":\"html\"",
        "\"times\":0",
        "\"probability\":1",
        "1e308",
        "%",
        "%ff",
        "(",
        ")",
        "..",
        "\u{e5}",
        "\0",
    ];
    run("modifiers", fuzzing::modifiers, &words, 10_000);
}

#[test]
fn tokens_are_explained_as_the_services_take_them() {
    let words = [
        ".",
        "..",
        "=",
        "e30",
        "W10",
        "eyJ",
        "Bearer ",
        "bearer ",
        " ",
        "\n",
        "eyJhbGciOiJub25lIn0",
        "e30.e30.",
        "\u{e5}",
        "\0",
        "-",
        "_",
    ];
    run("token", fuzzing::token, &words, crate::common::sample(600, 150));
    tokens_with_changed_claims();
}

#[test]
fn requests_for_enforcement_are_read_or_refused_and_held_to_the_rules() {
    let words = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "\"",
        "\\ud800",
        "\\u0000",
        "1e400",
        "-1",
        "0.001",
        "99999999999999999999",
        "[[[[[[[[",
        "\"beloep\":",
        "\"prioritetISak\":1,",
        "\"relatertKrav\":[\"1\"],",
        "\"uuid\":\"\",",
        "\"kravdetaljer\":\"Rentekrav\",",
        "\"kravforfall\":{},",
        "\"identifikator\":null,",
        "2026-02-30",
        "9999-12-31",
        "311851381",
        "04827896468",
        "\u{e5}",
        "\0",
    ];
    run("begjaering", fuzzing::begjaering, &words, 600);
}

/// Changes of the claims below the encoding, which nothing that changes bytes of a token would ever reach.
fn tokens_with_changed_claims() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let words = [
        "\"exp\":1,",
        "\"exp\":\"x\",",
        "\"nbf\":-1,",
        "\"iat\":1e999,",
        "\"scope\":\"skatteetaten:restanser\",",
        "\"scope\":null,",
        "\"iss\":\"altinn.no\",",
        "\"OfferedBy\":\"x\",",
        "\"consumer\":{\"ID\":\"0192:311851381\"},",
        "\"authorization_details\":[{}],",
        "\"type\":\"urn:altinn:consent\",",
        "\"validTo\":\"\",",
        "\"to\":{\"ID\":\"0192:314055403\"},",
        "{",
        "}",
        "[",
        "]",
        ",",
        "null",
        "\"",
        "0192:",
        "311851381",
        "1800000100",
        "-",
        "\\u0000",
    ];
    let corpus = corpus("token");
    let plain: Vec<(String, Vec<u8>)> = corpus
        .iter()
        .filter_map(|(name, token)| {
            let claims = std::str::from_utf8(token).ok()?.split('.').nth(1)?.to_owned();
            Some((name.clone(), URL_SAFE_NO_PAD.decode(claims).ok()?)).filter(|(_, claims)| claims.len() < 4000)
        })
        .collect();
    assert!(plain.len() > 10);
    let mut rng = ChaCha8Rng::seed_from_u64(14);
    for _ in 0..times(800) {
        let (name, seed) = plain.choose(&mut rng).expect("claims");
        let mut claims = seed.clone();
        for _ in 0..rng.random_range(1..=4) {
            change(&mut claims, &plain, &words, &mut rng);
        }
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(&claims));
        let result = catch_unwind(|| fuzzing::token(token.as_bytes()));
        assert!(result.is_ok(), "{name}: the promise above is broken by\n{}", claims.escape_ascii());
    }
}
