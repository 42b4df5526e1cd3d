//! The population: parties that no scenario describes, as clients see them.

use std::path::PathBuf;
use std::process::{Command, Output};

use innkreving_sandbox::Sandbox;
use serde_json::Value;

use crate::common::begjaering::{UTLEGG, call, codes, ready};
use crate::common::{self, BASE, KRAVOVERSIKT, RESTANSER, TODAY, TREKK, get, oere, post};

fn with(population: &str) -> Sandbox {
    started(&[("--population", population)])
}

fn started(settings: &[(&str, &str)]) -> Sandbox {
    let builder = Sandbox::builder().now(TODAY).seed(7);
    let builder = settings.iter().fold(builder, |builder, (flag, value)| builder.setting(flag, value));
    builder.start().unwrap_or_else(|error| panic!("{}", common::explain(&error)))
}

/// The parties that a search finds.
fn found(sandbox: &Sandbox, condition: &str, first: usize) -> Vec<Value> {
    let encoded: String = form_urlencoded::byte_serialize(condition.as_bytes()).collect();
    let answer = get(sandbox, &format!("/sandbox/parties?where={encoded}&first={first}"), &[]);
    assert_eq!(answer.status, 200, "{condition}: {}", answer.text());
    answer.json().as_array().expect("a list").clone()
}

fn part(line: &Value) -> String {
    line["part"].as_str().expect("a number").to_owned()
}

fn binary(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"));
    command.args(["--now", TODAY, "--seed", "7"]).args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const SOMEBODY: &str = "310000019";

#[test]
fn there_is_none_by_default() {
    let sandbox = Sandbox::builder().now(TODAY).start().expect("it starts");
    let answer = get(&sandbox, &format!("{BASE}/finans/{SOMEBODY}/aapnekrav"), &[]);
    assert_eq!((answer.status, answer.kode()), (404, "KB-009".to_owned()));
}

/// An answer about what is open is made from a part of the ledger, unless all of it is there already.
#[test]
fn what_is_open_is_the_same_before_the_whole_ledger_is_asked_for_and_after() {
    let (fresh, whole) = (with("all"), with("all"));
    let parties: Vec<String> = found(&fresh, "open > 0", 60).iter().map(part).collect();
    let mut compared = 0;
    for (number, party) in parties.iter().enumerate() {
        let day = ["2026-11-21", "2025-02-10", "2031-08-31"][number % 3];
        let period = "fraOgMed=2024-01-01&tilOgMed=2024-12-31";
        get(&whole, &format!("{BASE}/finans/{party}/krav?{period}"), &[("Sandbox-Now", day)]);
        for (path, edition, format) in [
            (format!("{BASE}/finans/{party}/aapnekrav"), "2024", "application/json"),
            (format!("{BASE}/finans/{party}/aapnekrav"), "2023", "application/json"),
            (format!("{BASE}/finans/{party}/aapnekrav"), "2024", "application/xml"),
            (format!("{KRAVOVERSIKT}/finans/{party}/oversikt"), "2024", "application/json"),
            (format!("{RESTANSER}/dibk/{party}"), "2024", "application/json"),
        ] {
            let headers = [("Sandbox-Now", day), ("Sandbox-Edition", edition), ("Accept", format)];
            let (one, other) = (get(&fresh, &path, &headers), get(&whole, &path, &headers));
            assert_eq!(one.status, other.status, "{path} on {day}");
            // A refusal has an id of its own.
            if one.status == 200 {
                assert_eq!(one.text(), other.text(), "{path} on {day}");
                compared += 1;
            }
        }
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn every_service_knows_any_synthetic_number() {
    let sandbox = with("all");
    let employer = part(&found(&sandbox, "profile = arbeidsgiver and open > 0", 1)[0]);
    let day = "fraOgMed=2026-01-01&tilOgMed=2026-11-21";
    for path in [
        format!("{BASE}/finans/{employer}/aapnekrav"),
        format!("{BASE}/regnskapssystem/{employer}/aapnekrav"),
        format!("{BASE}/finans/{employer}/krav?{day}"),
        format!("{BASE}/finans/{employer}/innbetalinger?{day}"),
        format!("{KRAVOVERSIKT}/finans/{employer}/oversikt"),
        format!("{RESTANSER}/dibk/{employer}"),
    ] {
        for edition in ["2023", "2024"] {
            let answer = get(&sandbox, &path, &[("Sandbox-Edition", edition)]);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        }
    }
    let orders = get(&sandbox, TREKK, &[("Sandbox-Party", &employer)]);
    assert!(orders.status == 200 && !orders.header("Sandbox-Warning").contains("no scenario"), "{orders:?}");
    // Scenarios win, also over the population's idea of their numbers, and the reserved numbers give their codes.
    let known = get(&sandbox, &format!("{BASE}/finans/311851381/aapnekrav"), &[]);
    let alone = get(&common::sandbox(), &format!("{BASE}/finans/311851381/aapnekrav"), &[]);
    assert_eq!(known.json(), alone.json());
    let reserved = get(&sandbox, &format!("{BASE}/finans/{}/aapnekrav", common::RESERVED[1]), &[]);
    assert_eq!(reserved.kode(), "KB-002");
    let invalid = get(&sandbox, &format!("{BASE}/finans/310000018/aapnekrav"), &[]);
    assert_eq!(invalid.kode(), "KB-006", "a wrong check digit is no party");
    let real = get(&sandbox, &format!("{BASE}/finans/974761076/krav?{day}"), &[]);
    assert_ne!(real.status, 200, "a real number is no party of the population");
}

#[test]
fn all_services_and_editions_agree_about_the_population() {
    let sandbox = with("all");
    for profile in ["punktlig", "etternoeler", "skyldig", "tilgode", "konkurs", "nystartet", "stor", "saeravgift"] {
        for line in found(&sandbox, &format!("profile = {profile} and form != person"), 3) {
            crate::agreement::assert_all(&sandbox, &part(&line), 0);
        }
    }
    for line in found(&sandbox, "form = person and shielded = no and open > 0", 4) {
        crate::agreement::assert_all(&sandbox, &part(&line), 30);
    }
}

/// Two of its interest claims once had the same identifier, so its ledger could not be made, and it was told as unknown.
#[test]
fn a_party_with_several_interest_claims_is_known() {
    let sandbox = Sandbox::builder().now("2026-11-30").setting("--population", "all").start().expect("it starts");
    let answer = get(&sandbox, &format!("{BASE}/finans/246356947/krav?fraOgMed=2026-01-01"), &[]);
    assert!(answer.status == 200 || answer.text().contains("KB-007"), "{}", answer.text());
}

#[test]
fn ledgers_go_on_for_as_long_as_the_clock_goes() {
    let sandbox = with("all");
    let employer = part(&found(&sandbox, "profile = arbeidsgiver", 1)[0]);
    for year in [2024, 2031, 2099, 2199] {
        let path = format!("{BASE}/finans/{employer}/krav?fraOgMed={year}-01-01&tilOgMed={year}-12-31");
        let answer = get(&sandbox, &path, &[("Sandbox-Now", &format!("{year}-12-01"))]);
        assert_eq!(answer.status, 200, "{year}: {}", answer.text());
        assert!(answer.json()["krav"].as_array().is_some_and(|claims| claims.len() > 12), "{year}");
    }
    // A claim of a term is the same whenever it is looked at.
    let period = "fraOgMed=2026-07-01&tilOgMed=2026-08-31";
    let claim = |now: &str| {
        let path = format!("{BASE}/finans/{employer}/krav?{period}");
        let krav = get(&sandbox, &path, &[("Sandbox-Now", now)]).json()["krav"].clone();
        let claims = krav
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| (it["kravidentifikator"].clone(), it["opprinneligBeloep"].clone()));
        claims.collect::<Vec<_>>()
    };
    assert_eq!(claim("2026-12-31"), claim("2028-02-29"));
    assert!(!claim("2026-12-31").is_empty());
}

#[test]
fn what_the_employer_deducts_is_what_the_employee_owes() {
    let sandbox = with("all");
    let mut seen = 0;
    for line in found(&sandbox, "form = person and profile = skyldig and overdue > 0", 40) {
        let about = line["beskrivelse"].as_str().expect("a text");
        let Some((_, employer)) = about.split_once("works for ") else { continue };
        let (person, orders) = (part(&line), get(&sandbox, TREKK, &[("Sandbox-Party", employer)]).json());
        let mine: Vec<&Value> =
            orders.as_array().expect("a list").iter().filter(|order| order["skyldner"] == *person).collect();
        let Some(active) = mine.iter().find(|order| order["trekkstatus"] == "aktiv") else { continue };
        seen += 1;
        let period = "fraOgMed=2026-01-01&tilOgMed=2026-11-21";
        let payments = get(&sandbox, &format!("{BASE}/finans/{person}/innbetalinger?{period}"), &[]).json();
        let monthly = &active["trekkstoerrelseForPeriode"][0]["trekkbeloep"]["trekkbeloep"];
        let last = payments["innbetaling"].as_array().and_then(|list| list.last().cloned());
        if let Some(last) = last {
            assert_eq!(oere(&last["innbetaltBeloep"]), oere(monthly), "{person}: {last} {active}");
        }
    }
    assert!(seen >= 5, "{seen}");
}

#[test]
fn a_number_of_organisations_and_an_unknown_share() {
    let sandbox = with("40");
    let organisations = found(&sandbox, "form != person and profile ~ ''", 1_000);
    assert_eq!(organisations.len(), 40);
    let answer = get(&sandbox, &format!("{BASE}/finans/{}/aapnekrav", part(&organisations[39])), &[]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(get(&sandbox, &format!("{BASE}/finans/{SOMEBODY}/aapnekrav"), &[]).kode(), "KB-009");
    let fewer = started(&[("--population", "1000"), ("--unknown", "30%")]);
    let known = found(&fewer, "form != person and profile ~ ''", 1_000).len();
    assert!((630..770).contains(&known), "{known}");
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for (flag, value, told) in [
        ("--population", "0", "off, all, or a number from 1 to 18000000"),
        ("--population", "alle", "off, all, or a number"),
        ("--unknown", "10", "write per cent, like 10%"),
        ("--unknown", "110%", "not from 0 to 100"),
    ] {
        let output = binary(&["parties", flag, value]);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(told), "{flag} {value}: {}", text(&output.stderr));
    }
}

#[test]
fn searches_find_what_they_say() {
    let sandbox = with("2000");
    let overdue = found(&sandbox, "overdue > 50000 and group = Merverdiavgift and profile = skyldig", 5);
    assert_eq!(overdue.len(), 5);
    for line in &overdue {
        let answer = get(&sandbox, &format!("{BASE}/finans/{}/aapnekrav", part(line)), &[]).json();
        assert!(oere(&answer["totalOversikt"]["sumForfalteKrav"]) > 5_000_000, "{answer}");
        assert_eq!((&line["profil"], &line["kilde"]), (&"skyldig".into(), &"population/skyldig".into()));
    }
    for line in found(&sandbox, "payout within 30d and form = sole", 3) {
        let path = format!("{BASE}/finans/{}/utbetalinger?fraOgMed=2026-10-22&tilOgMed=2026-11-21", part(&line));
        assert_eq!(get(&sandbox, &path, &[]).status, 200, "{line}");
    }
    // The scenarios come first.
    assert_eq!(part(&found(&sandbox, "name ~ 'kassabok'", 1)[0]), "314961900");
    let mistakes = [
        ("where=overdu+%3E+5", "at character 1 of the search: there is no field overdu"),
        ("where=open+%3E+5&firs=3", "did you mean first?"),
        ("where=open+%3E+5&first=0", "from 1 to 1000"),
        ("first=3", "first needs where"),
    ];
    for (query, told) in mistakes {
        let answer = get(&sandbox, &format!("/sandbox/parties?{query}"), &[]);
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.text().contains(told), "{query}: {}", answer.text());
    }
    // The place of a mistake is told apart from its text, for programs and the page.
    let answer = get(&sandbox, "/sandbox/parties?where=open+%3E+1+and+overdu+%3E+5", &[]).json();
    let problem = &answer["problems"][0];
    assert_eq!((&problem["file"], &problem["line"], &problem["column"]), (&"where".into(), &1.into(), &14.into()));
    assert!(problem["text"].as_str().is_some_and(|text| text.ends_with("\n               ^^^^^^")), "{answer}");
}

#[test]
fn the_subcommand_searches_and_shows_where_a_search_is_wrong() {
    let output = binary(&["--population", "300", "parties", "--where", "profile = konkurs", "--first", "2"]);
    let table = text(&output.stdout);
    assert!(
        output.status.success() && table.matches("Bankrupt").count() == 2 && table.contains("2 of the first "),
        "{table}"
    );
    let wrong = binary(&["parties", "--where", "open > 1 and overdu > 5"]);
    assert_eq!(wrong.status.code(), Some(2));
    let told = text(&wrong.stderr);
    assert!(told.contains("did you mean overdue?") && told.contains("\n               ^^^^^^"), "{told}");
}

fn folder(name: &str) -> PathBuf {
    let folder =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("population-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

#[test]
fn exported_parties_are_scenarios_that_answer_alike() {
    let exported = folder("export");
    let path = exported.to_str().expect("UTF-8");
    let condition = "form != person or profile = skyldig";
    let arguments = ["--population", "150", "parties", "export", "--where", condition, "--first", "60", "-o", path];
    let output = binary(&arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("60 parties in "), "{}", text(&output.stdout));
    let check = binary(&["check", path]);
    assert_eq!(check.status.code(), Some(0), "{}{}", text(&check.stderr), text(&check.stdout));
    let own =
        Sandbox::builder().now(TODAY).source(innkreving_sandbox::scenario::sources::Source::Folder(exported.clone()));
    let (own, population) = (own.start().expect("it starts"), with("150"));
    let mut compared = 0;
    for line in found(&population, condition, 60) {
        let number = part(&line);
        for path in [
            format!("{BASE}/finans/{number}/aapnekrav"),
            format!("{BASE}/finans/{number}/krav?fraOgMed=2026-01-01&tilOgMed=2026-11-21"),
        ] {
            let (one, other) = (get(&population, &path, &[]), get(&own, &path, &[]));
            assert_eq!(one.status, other.status, "{path}");
            if one.status == 200 {
                compared += 1;
                assert_eq!(one.json(), other.json(), "{path}");
            }
        }
        let orders = |sandbox: &Sandbox| get(sandbox, TREKK, &[("Sandbox-Party", &number)]).json();
        assert_eq!(orders(&population), orders(&own), "{number}");
    }
    assert!(compared > 60, "{compared}");
    let again = binary(&arguments);
    assert!(again.status.code() == Some(2) && text(&again.stderr).contains("exists"), "{}", text(&again.stderr));
    let _ = std::fs::remove_dir_all(&exported);
}

#[test]
fn three_lines_make_a_party_of_a_profile() {
    let late = "part: \"314300017\"\nprofil: etternoeler\nbeskrivelse: Pays late\n";
    let sandbox = common::with_scenario(late);
    let lines = found(&sandbox, "profile = etternoeler", 5);
    assert_eq!((lines.len(), &lines[0]["beskrivelse"]), (1, &"Pays late".into()));
    assert!(lines[0]["navn"].as_str().is_some_and(|name| name.ends_with(" TIGER AS")), "{lines:?}");
    let period = "fraOgMed=2026-01-01&tilOgMed=2026-11-21";
    let kinds = |yaml: &str| {
        let sandbox = common::with_scenario(yaml);
        let answer = get(&sandbox, &format!("{BASE}/finans/314300017/krav?{period}"), &[]).json();
        let claims = answer["krav"].as_array().expect("claims").iter();
        claims
            .map(|it| (it["kravtype"].as_str().expect("a kind").to_owned(), oere(&it["opprinneligBeloep"])))
            .collect::<Vec<_>>()
    };
    assert!(kinds(late).iter().filter(|(kind, _)| kind == "Mva-melding").count() >= 5);
    // A series of the file takes the place of the profile's series of that kind.
    let own = format!(
        "{late}navn: EGEN TIGER AS\nkravserier:\n  - {{ gjentas: hver termin, kravtype: Mva-melding, kravidentifikator: KRAV-10000000, beloepFra: 777, beloepTil: 777, sesong: [100, 200] }}\n"
    );
    let amounts = kinds(&own).into_iter().filter(|(kind, _)| kind == "Mva-melding").map(|(_, oere)| oere);
    assert_eq!(amounts.collect::<std::collections::BTreeSet<_>>(), [77_700, 155_400].into());
    for (text, told) in [
        ("part: \"314300017\"\nprofil: etternøler\n", "did you mean etternoeler?"),
        ("part: \"314300017\"\nprofil: skjermet\n", "organisations have the profiles"),
        ("part: \"314300017\"\n", "missing field `navn`"),
        ("profil: konkurs\n", "missing field `part`"),
    ] {
        let error = Sandbox::builder().now(TODAY).scenario(text).start().expect_err(text);
        assert!(common::explain(&error).contains(told), "{text}: {}", common::explain(&error));
    }
}

#[test]
fn a_file_sets_the_population_of_a_folder() {
    let file = "befolkning: { antall: 30, froe: 99, ukjent: 10, andeler: { konkurs: 1, punktlig: 1 } }\n";
    let party = "part: \"314300017\"\nprofil: konkurs\n";
    let start = |file: &str| Sandbox::builder().now(TODAY).scenario(file).scenario(party).start();
    let sandbox = start(file).unwrap_or_else(|error| panic!("{}", common::explain(&error)));
    let profiles = found(&sandbox, "form != person", 1_000);
    assert!((25..=31).contains(&profiles.len()), "{}", profiles.len());
    let of = |name: &str| profiles.iter().filter(|line| line["profil"] == name).count();
    assert!(of("konkurs") + of("punktlig") > 20 && of("tilgode") == 0, "{profiles:?}");
    for (text, told) in [
        ("befolkning: { andel: { konkurs: 1 } }\n", "did you mean andeler?"),
        ("befolkning: { andeler: { konkur: 1 } }\n", "did you mean konkurs?"),
        ("befolkning: { andeler: { stor: 1 } }\n", "this profile has no share"),
        ("befolkning: { antall: mange }\n", "write alle, or a number"),
        ("befolkning: {}\nnavn: X\n", "a file describes a party or the population"),
    ] {
        let error = start(text).expect_err(text);
        assert!(common::explain(&error).contains(told), "{text}: {}", common::explain(&error));
    }
    let both = Sandbox::builder().now(TODAY).scenario(file).scenario(file).start().expect_err("twice");
    assert!(common::explain(&both).contains("the population is described in scenario-1.yaml already"));
}

/// A valid request against a person, submitted on the base date. Returns the reference of its case.
fn submitted_against(sandbox: &Sandbox, person: &str) -> String {
    let mut request = ready(sandbox, &[]);
    request["saksoekt"][0]["saksoekt"]["person"]["identifikator"]["verdi"] = person.into();
    let answer = call(sandbox, "POST", UTLEGG, &[], &request);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["eksternSaksreferanse"].as_str().expect("a reference").to_owned()
}

#[test]
fn a_decided_case_gives_an_order_to_the_employer_of_the_population() {
    let sandbox = with("all");
    let people = found(&sandbox, "form = person and profile = tilgode", 10);
    let works_for = |line: &Value| line["beskrivelse"].as_str()?.split_once("works for ").map(|(_, of)| of.to_owned());
    let (person, employer) =
        people.iter().find_map(|line| Some((part(line), works_for(line)?))).expect("somebody who works");
    let orders = || get(&sandbox, TREKK, &[("Sandbox-Party", &employer)]).json();
    let of_person = || {
        let orders = orders();
        let all = orders.as_array().expect("a list").clone();
        all.into_iter().filter(|order| order["skyldner"] == *person).collect::<Vec<_>>()
    };
    assert_eq!(of_person().len(), 0, "nothing is deducted yet");
    submitted_against(&sandbox, &person);
    post(&sandbox, "/sandbox/clock", &[], &serde_json::json!({ "advance": "21d" }));
    let found = of_person();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["trekkstatus"], "aktiv", "{}", found[0]);
}

#[test]
fn a_sole_proprietorship_of_the_population_is_one_in_the_register_too() {
    let sandbox = with("all");
    let sole = part(&found(&sandbox, "form = sole and profile = punktlig", 1)[0]);
    let company = part(&found(&sandbox, "form = company and profile = punktlig", 1)[0]);
    let broken = |claimant: &str| {
        let mut request = ready(&sandbox, &[]);
        request["saksoeker"][0]["saksoeker"]["virksomhet"]["identifikator"]["verdi"] = claimant.into();
        let answer = call(&sandbox, "POST", &format!("{UTLEGG}/valider"), &[], &request);
        if answer.status == 200 { Vec::new() } else { codes(&answer) }
    };
    assert_eq!(broken(&sole), ["SAKSOKER_ER_ENK"]);
    assert_eq!(broken(&company), Vec::<String>::new());
}
