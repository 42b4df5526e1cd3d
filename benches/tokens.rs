//! The cost of tokens. Compares a call with a remembered signature with a call whose token is not checked. Compares the
//! verification of a new token, and the issue of one, with the library's own verification and signing. The results are
//! ratios in one run; see docs/performance.md.
//!
//!     cargo bench --bench tokens            everything, about a minute
//!     cargo bench --bench tokens -- quick   a tenth of that, to see that it runs
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program for a person at a terminal that measures real time; a failure should stop it"
)]

mod server;

use std::net::SocketAddr;
use std::time::Instant;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use server::Server;

const PATH: &str = "/api/innkreving/kravogbetalinger/v1/regnskapssystem/311851381/aapnekrav";

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    let (rounds, calls) = if quick { (1, 300) } else { (7, 4_000) };
    let key = key();
    let mut ratios = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..rounds {
        let (signed, off) = (Server::start(&["--auth", "signed"]), Server::start(&["--auth", "off"]));
        let token = sign(&key, &claims(0));
        let remembered = signed.cpu_of(&vec![call(&token); calls * 3]);
        let unseen = off.cpu_of(&vec![call(&token); calls * 3]);
        let fresh: Vec<String> = (1..=calls).map(|i| sign(&key, &claims(i))).collect();
        let first_time = signed.cpu_of(&fresh.iter().map(|token| call(token)).collect::<Vec<_>>()) - remembered;
        let bare_verification = timed(calls, |i| assert!(verifies(&key, &fresh[i])));
        let grants: Vec<String> = (0..calls).map(|i| grant(&sign(&key, &assertion(signed.address, i)))).collect();
        let page = signed.cpu_of(&vec![get("/maskinporten/jwk"); calls * 3]);
        let issuing = signed.cpu_of(&grants) - page;
        let bare_signing = timed(calls, |i| drop(sign(&key, &claims(i))));
        println!(
            "call: off {unseen:.1}, remembered {remembered:.1}; verification: bare {bare_verification:.1}, first time \
             {first_time:.1}; issuing: bare {bare_signing:.1}, by the issuer {issuing:.1} (µs of CPU)"
        );
        ratios[0].push(unseen / remembered);
        ratios[1].push(first_time / bare_verification);
        ratios[2].push(issuing / bare_signing);
    }
    let median = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let [remembered, first, issuing] = &mut ratios;
    println!("\nsigned, remembered, beside off: {:.2} (aim: at least 0.9)", median(remembered));
    println!("first verification beside bare: {:.2} (aim: at most 1.5)", median(first));
    println!("issuing beside bare signing:    {:.2} (aim: at most 1.5)", median(issuing));
}

fn key() -> RsaKeyPair {
    let pem = include_str!("../src/access/test-key.pem");
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    RsaKeyPair::from_pkcs8(&STANDARD.decode(body).unwrap()).unwrap()
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

fn claims(number: usize) -> String {
    format!(
        r#"{{"iss":"http://x/maskinporten/","scope":"skatteetaten:kravogbetalinger","consumer":{{"ID":"0192:311851381"}},"client_id":"c","iat":{},"exp":{},"jti":"{number}"}}"#,
        now(),
        now() + 3600
    )
}

fn assertion(address: SocketAddr, number: usize) -> String {
    format!(
        r#"{{"aud":"http://{address}/maskinporten/","iss":"c","scope":"skatteetaten:kravogbetalinger","iat":{},"exp":{},"jti":"{number}"}}"#,
        now() + 3,
        now() + 100
    )
}

fn sign(key: &RsaKeyPair, claims: &str) -> String {
    let header = r#"{"alg":"RS256","kid":"innkreving-sandbox-test-key-1"}"#;
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn verifies(key: &RsaKeyPair, token: &str) -> bool {
    let (text, signature) = token.rsplit_once('.').unwrap();
    let public = key.public_key();
    let (n, e) = (public.modulus(), public.exponent());
    let components =
        RsaPublicKeyComponents { n: n.big_endian_without_leading_zero(), e: e.big_endian_without_leading_zero() };
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    components.verify(&RSA_PKCS1_2048_8192_SHA256, text.as_bytes(), &signature).is_ok()
}

/// The time of one operation, in µs.
fn timed(count: usize, work: impl Fn(usize)) -> f64 {
    let begun = Instant::now();
    (0..count).for_each(work);
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(u32::try_from(count).unwrap())
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
}

fn call(token: &str) -> String {
    format!("GET {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n")
}

fn grant(assertion: &str) -> String {
    let body = format!("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={assertion}");
    format!(
        "POST /maskinporten/token HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
