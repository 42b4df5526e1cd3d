//! `begjaering` on the command line: examples, files checked without a server, the rules, the schema.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn run(arguments: &[&str]) -> Output {
    with_input(arguments, "")
}

fn with_input(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SANDBOX_")) {
        command.env_remove(name);
    }
    let mut child = command.spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn example(arguments: &[&str]) -> Value {
    let output = run(&[&["begjaering", "example"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What `check --json` finds in a request on the standard input.
fn findings(body: &Value, arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
    let output = with_input(&[&["begjaering", "check", "-", "--json"], arguments].concat(), &format!("{body:#}"));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    (output.status.code(), report["files"][0]["findings"].as_array().expect("a list").clone())
}

#[test]
fn every_example_is_valid_and_its_seed_makes_it_again() {
    for type_ in ["skriftligMeddelelse", "dom", "gjeldsbrev", "elektroniskGjeldserklaering", "tvangsmulkt", "veksel"] {
        let body = example(&["--type", type_, "--krav", "5", "--seed", "9"]);
        assert_eq!(body["kravTilInnkreving"].as_array().map(Vec::len), Some(5));
        assert_eq!(findings(&body, &["--deny-warnings"]), (Some(0), Vec::new()), "{type_}");
    }
    let dated = |seed: &str| example(&["--dato", "2026-03-02", "--seed", seed]);
    assert_eq!(dated("4"), dated("4"));
    assert_ne!(dated("4"), dated("5"));
    assert_eq!(dated("4")["begjaeringsdato"], "2026-03-02");
    for bad in [["--krav", "0"], ["--dato", "-262143-01-01"], ["--dato", "2026-02-30"], ["--type", "faktura"]] {
        let arguments = format!("{}={}", bad[0], bad[1]);
        assert_eq!(run(&["begjaering", "example", &arguments]).status.code(), Some(2), "{arguments}");
    }
}

#[test]
fn an_example_takes_the_submitter_the_reference_and_the_uploads() {
    let uuid = "6f1c2d88-0000-4000-8000-000000000001";
    let upload = format!("tvangsgrunnlag={uuid}");
    let body = example(&["--innsender", "312597772", "--referanse", "MIN-1", "--vedlegg", &upload, "--krav", "3"]);
    assert_eq!(body["innsender"]["innsender"]["virksomhet"]["identifikator"]["verdi"], "312597772");
    assert_eq!(body["innsenderReferanse"], "MIN-1");
    assert_eq!(body["begjaeringensTvangsgrunnlag"][0]["tvangsgrunnlag"]["uuid"], uuid);
    assert_ne!(body["begjaeringensTvangsgrunnlag"][0]["varsel"][0]["tvangskraftgrunnlag"]["uuid"], uuid);
    assert_eq!(findings(&body, &["--innsender", "312597772"]).0, Some(0));
    let (status, told) = findings(&body, &["--innsender", "311758489"]);
    assert_eq!((status, told[0]["code"].as_str()), (Some(1), Some("INNSENDER_SAMSVARER_IKKE_MED_AUTENTISERING")));
    let bad = run(&["begjaering", "example", "--vedlegg", "faktura=x"]);
    assert!(String::from_utf8_lossy(&bad.stderr).contains("the types: betalingsoppfordring, fullmakt"));
}

#[test]
fn the_example_of_interest_prints_the_published_sums() {
    let body = example(&["--rente"]);
    let claims = body["kravTilInnkreving"].as_array().expect("claims");
    let sums: Vec<String> = claims
        .iter()
        .filter(|krav| krav["kravdetaljer"] == "Rentekrav")
        .map(|krav| krav["gjenstaaendeBeloep"]["beloep"].to_string())
        .collect();
    assert_eq!(sums, ["40.98", "699.96", "116.1", "143.98", "99.68"]);
}

/// A file of its own for a test, deleted at its end.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("{}-{name}", std::process::id()));
        fs::write(&path, text).expect("a file");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn check_shows_the_place_the_pointer_and_what_to_do() {
    let mut body = example(&["--dato", "2026-03-02", "--krav", "1"]);
    body["betalingsinformasjon"]["norskKonto"]["kidnummer"] = json!("1234");
    body["nytt"] = json!(1);
    let text = format!("{body:#}\n");
    let file = File::new("kid.json", &text);
    let output = run(&["begjaering", "check", file.path()]);
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(1));
    let line = 1 + text.lines().position(|line| line.contains("\"kidnummer\"")).expect("a line");
    assert!(shown.contains("error: UGYLDIG_KID: Kidnummer 1234 er feil"), "{shown}");
    assert!(shown.contains(&format!("{}:{line}:20", file.path())), "{shown}");
    assert!(shown.contains("= note: /betalingsinformasjon/norskKonto/kidnummer"), "{shown}");
    assert!(
        shown.contains("what breaks it: give norskKonto a kidnummer whose check digit is wrong (chosen)"),
        "{shown}"
    );
    assert!(shown.contains("warning: Modell 2.0 har ikke dette feltet"), "{shown}");
    assert!(shown.contains("1 error and 1 warning in 1 file\nnot checked without a server:\n"), "{shown}");
    assert!(shown.contains("whether the attachments are uploaded and ready"), "{shown}");
}

#[test]
fn a_file_that_cannot_be_read_as_a_request_shows_all_that_is_wrong() {
    let mut body = example(&["--krav", "1"]);
    body["tvangsfullbyrdelsestype"] = json!("utleg");
    body.as_object_mut().expect("an object").remove("underskrift");
    let (status, told) = findings(&body, &[]);
    let pointers: Vec<&str> = told.iter().filter_map(|one| one["pointer"].as_str()).collect();
    assert_eq!((status, pointers), (Some(1), vec!["/underskrift", "/tvangsfullbyrdelsestype"]));
    assert!(told[1]["hint"].as_str().expect("a hint").starts_with("did you mean utlegg?"));
    let line = 1 + format!("{body:#}").lines().position(|line| line.contains("utleg\"")).expect("a line");
    assert_eq!((told[1]["line"].as_u64(), told[1]["column"].as_u64()), (Some(line as u64), Some(30)));
    let missing = run(&["begjaering", "check", "there-is-no-such-file.json"]);
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn warnings_fail_only_on_demand_and_older_models_have_their_own_fields() {
    let mut body = example(&["--krav", "1"]);
    body["saksreferanse"] = json!("x");
    assert_eq!(findings(&body, &[]).0, Some(0));
    assert_eq!(findings(&body, &["--deny-warnings"]).0, Some(1));
    // Model 1.1 demands a reference of the basis.
    let (status, told) = findings(&body, &["--model", "v1"]);
    assert_eq!(status, Some(1));
    assert_eq!(told[0]["pointer"], "/begjaeringensTvangsgrunnlag/0/eksternSaksreferanse");
    for name in ["enkel", "kompleks"] {
        let path = format!("{}/testdata/published/begjaering-v0-{name}.json", env!("CARGO_MANIFEST_DIR"));
        let output = run(&["begjaering", "check", "--model", "v0", "--deny-warnings", &path]);
        assert!(output.status.success(), "{name}: {}", stdout(&output));
    }
}

#[test]
fn hostile_files_are_refused_and_shown_in_short() {
    let deep = with_input(&["begjaering", "check", "-"], &"[".repeat(50_000));
    assert_eq!(deep.status.code(), Some(1));
    assert!(stdout(&deep).contains("JSON er nøstet dypere enn 64 nivåer"));
    let mut body = example(&["--krav", "1"]);
    body["vedlegg"] = json!(vec![json!({}); 10_000]);
    let output = with_input(&["begjaering", "check", "-"], &body.to_string());
    let shown = stdout(&output);
    assert!(shown.contains("401 more in <stdin>; --json has all"), "{}", shown.len());
    assert!(shown.len() < 100_000, "{}", shown.len());
}

#[test]
fn the_rules_of_the_document_are_those_of_the_binary() {
    let printed = stdout(&run(&["begjaering", "rules"]));
    let document = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/begjaering.md")).expect("a document");
    assert_eq!(printed.lines().count(), 2 + 72);
    assert!(document.contains(&printed), "put the output of `begjaering rules` into docs/begjaering.md");
    let rules: Value = serde_json::from_str(&stdout(&run(&["begjaering", "rules", "--json"]))).expect("JSON");
    assert_eq!(rules.as_array().map(Vec::len), Some(72));
    assert_eq!(rules[0]["code"], "DUPLIKAT_INNSENDING");
    let sure = |word: &str| rules.as_array().expect("a list").iter().filter(|rule| rule["condition"] == word).count();
    let counted = format!(
        "{} conditions are in the published text, {} are published in other words, {} are chosen in whole or in part.",
        sure("published text"),
        sure("published condition"),
        sure("chosen")
    );
    assert!(document.replace('\n', " ").contains(&counted), "write in docs/begjaering.md: {counted}");
}

#[test]
fn the_schema_of_a_request_is_printed_by_name() {
    let schema: Value = serde_json::from_slice(&run(&["schema", "begjaering"]).stdout).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.is_valid(&example(&["--krav", "4"])));
    assert!(!validator.is_valid(&json!({})));
    let unknown = run(&["schema", "begjering"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("the names: begjaering"));
}
