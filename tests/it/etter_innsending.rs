//! What comes after a submission: the state of a case, notices of changes, insight into a deduction, Betjeningskartet.

use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::common::begjaering::{HEADERS, UTLEGG, call, codes, ready};
use crate::common::{Answer, get, oere, post, sandbox, token, with_scenario};

/// A day's clock, `days` after the base date.
fn go_to(sandbox: &Sandbox, days: u32) {
    let day = crate::common::TODAY.parse::<chrono::NaiveDate>().expect("a day") + chrono::Days::new(days.into());
    assert_eq!(post(sandbox, "/sandbox/clock", &[], &json!({ "now": day.to_string() })).status, 200);
}

#[track_caller]
fn submit(sandbox: &Sandbox, headers: &[(&str, &str)], request: &Value) -> String {
    let answer = call(sandbox, "POST", UTLEGG, headers, request);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["eksternSaksreferanse"].as_str().expect("a reference").to_owned()
}

fn ask(sandbox: &Sandbox, path: &str, headers: &[(&str, &str)]) -> Answer {
    let all: Vec<_> = HEADERS.iter().chain(headers).copied().collect();
    get(sandbox, &format!("{UTLEGG}{path}"), &all)
}

fn status(sandbox: &Sandbox, reference: &str) -> Value {
    let answer = ask(sandbox, &format!("/{reference}/status"), &[]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn state(sandbox: &Sandbox, reference: &str) -> String {
    status(sandbox, reference)["saksstatus"].as_str().expect("a state").to_owned()
}

/// One claim without interest, of this many kroner.
fn one_claim(sandbox: &Sandbox, headers: &[(&str, &str)], kroner: u32, letter: &str) -> Value {
    let mut request = ready(sandbox, headers);
    let claims = request["kravTilInnkreving"].as_array_mut().expect("claims");
    for claim in claims.iter_mut() {
        let amount = if claim["kravdetaljer"] == "Hovedkrav" { kroner } else { 0 };
        claim["opprinneligBeloep"]["beloep"] = json!(amount);
        claim["gjenstaaendeBeloep"]["beloep"] = json!(amount);
        claim["prioritetDekningsloven"] = json!(letter);
        claim["innbetaling"] = json!([]);
        claim["kravEndring"] = json!([]);
        if let Some(interest) = claim.get_mut("rentebaerendeKrav").and_then(Value::as_object_mut) {
            interest.remove("forsinkelsesrente");
            interest.insert("avtaltRentesats".to_owned(), json!(0));
        }
    }
    request
}

#[test]
fn the_published_references_answer_without_a_submission() {
    let sandbox = sandbox();
    for (reference, expected) in [
        ("TEST_SAK_OPPRETTET", "sakOpprettet"),
        ("TEST_SAK_UNDER_BEHANDLING", "sakUnderBehandling"),
        ("TEST_SAK_NEKTET_FREMMET", "sakNektetFremmet"),
        ("TEST_SAK_FORELAGT", "sakForelagt"),
        ("TEST_SAK_BESLUTTET", "sakBesluttet"),
        ("TEST_SAK_AVSLUTTET", "sakAvsluttet"),
        ("TEST_SAK_HEVET", "sakHevet"),
    ] {
        let status = status(&sandbox, reference);
        assert_eq!((&status["saksstatus"], &status["eksternSaksreferanse"]), (&json!(expected), &json!(reference)));
        assert!(
            status["saksreferanseNamsmann"].as_str().is_some_and(|text| text.starts_with("UTLBGJ/2026/")),
            "{status}"
        );
        let count = |name: &str| status[name].as_array().map_or(0, Vec::len);
        assert_eq!((count("krav"), count("saksoeker"), count("saksoekt")), (3, 1, 1));
        let decided = matches!(expected, "sakBesluttet" | "sakAvsluttet");
        let kinds: Vec<&str> = status["beslutningsinformasjon"]
            .as_array()
            .map(|all| all.iter().filter_map(|it| it["beslutningstype"].as_str()).collect())
            .unwrap_or_default();
        let all: &[&str] = if decided { &["utleggstrekk", "intetTilUtlegg", "utleggspant"] } else { &[] };
        assert_eq!(kinds, all, "{reference}");
        for decision in status["beslutningsinformasjon"].as_array().into_iter().flatten() {
            assert!(decision["krav"][0]["kravgrunnlagsidentifikator"].is_string(), "{decision}");
        }
    }
    let missing = ask(&sandbox, "/TEST_UGYLDIG/status", &[]);
    assert_eq!((missing.status, missing.kode()), (404, "KB-009".to_owned()));
}

#[test]
fn the_clock_moves_a_case_through_its_states_and_back() {
    let sandbox = sandbox();
    let reference = submit(&sandbox, &[], &ready(&sandbox, &[]));
    for (day, expected) in [
        (0, "sakOpprettet"),
        (2, "sakUnderBehandling"),
        (5, "sakForelagt"),
        (20, "sakBesluttet"),
        (4, "sakUnderBehandling"),
        (19, "sakForelagt"),
    ] {
        go_to(&sandbox, day);
        assert_eq!(state(&sandbox, &reference), expected, "day {day}");
    }
    go_to(&sandbox, 20);
    let decided = status(&sandbox, &reference);
    let decision = &decided["beslutningsinformasjon"][0];
    assert_eq!(
        (&decision["beslutningstype"], &decision["beslutningsdato"]),
        (&json!("utleggstrekk"), &json!("2026-12-11"))
    );
    assert_eq!(decision["utleggstrekk"]["trekkprosent"], json!(15));
    assert_eq!(decision["krav"].as_array().map(Vec::len), decided["krav"].as_array().map(Vec::len));
    let listed = get(&sandbox, "/sandbox/begjaeringer", &[]).json();
    assert_eq!(listed["begjaeringer"][0]["status"], "sakBesluttet", "the control API tells the same");
    // Before its submission it is not there.
    assert_eq!(post(&sandbox, "/sandbox/clock", &[], &json!({ "now": "2026-11-20" })).status, 200);
    assert_eq!(ask(&sandbox, &format!("/{reference}/status"), &[]).status, 404);
}

#[test]
fn a_modifier_or_a_rule_says_how_a_case_goes() {
    let sandbox = sandbox();
    let mut cases = Vec::new();
    for (script, day, expected) in [
        ("nektet", 5, "sakNektetFremmet"),
        ("hevet", 10, "sakHevet"),
        ("intetTilUtlegg", 50, "sakAvsluttet"),
        ("utleggspant", 20, "sakBesluttet"),
        ("stille", 300, "sakOpprettet"),
    ] {
        let request = ready(&sandbox, &[]);
        cases.push((submit(&sandbox, &[("Sandbox-Sak", script)], &request), day, expected));
    }
    for (reference, day, expected) in &cases {
        go_to(&sandbox, *day);
        assert_eq!(state(&sandbox, reference), *expected);
    }
    go_to(&sandbox, 30);
    let lien = status(&sandbox, &cases[3].0);
    assert_eq!(lien["beslutningsinformasjon"][0]["utleggspant"]["gjenstand"], "Kjøretøy");
    go_to(&sandbox, 0);
    let misspelt = call(&sandbox, "POST", UTLEGG, &[("Sandbox-Sak", "nektett")], &ready(&sandbox, &[]));
    assert!(misspelt.status == 400 && misspelt.text().contains("nektet"), "{}", misspelt.text());
    let ruled = json!({ "when": { "endpoint": "opprett" }, "then": { "sak": "nektet" } });
    assert_eq!(post(&sandbox, "/sandbox/rules", &[], &ruled).status, 201);
    let reference = submit(&sandbox, &[], &ready(&sandbox, &[]));
    go_to(&sandbox, 6);
    assert_eq!(state(&sandbox, &reference), "sakNektetFremmet");
}

#[test]
fn a_scenario_says_how_its_cases_go_on() {
    let sandbox = with_scenario(
        "part: \"311851381\"\nnavn: TRAVEL KATT\nutleggssaker:\n\
         \x20 - { eksternSaksreferanse: SAK-A, forloep: nektet }\n\
         \x20 - { eksternSaksreferanse: SAK-B, tilstand: sakForelagt, forloep: utleggstrekk }\n\
         \x20 - { eksternSaksreferanse: SAK-C, tilstand: sakForelagt }\n",
    );
    for (day, expected) in [
        (0, ["sakOpprettet", "sakForelagt", "sakForelagt"]),
        (14, ["sakNektetFremmet", "sakForelagt", "sakForelagt"]),
        (15, ["sakNektetFremmet", "sakBesluttet", "sakForelagt"]),
    ] {
        go_to(&sandbox, day);
        assert_eq!(["SAK-A", "SAK-B", "SAK-C"].map(|reference| state(&sandbox, reference)), expected, "day {day}");
    }
}

#[test]
fn changes_are_refused_while_one_waits_and_when_the_case_has_come_too_far() {
    let sandbox = sandbox();
    let request = ready(&sandbox, &[]);
    let reference = submit(&sandbox, &[], &request);
    let change = || call(&sandbox, "PUT", &format!("{UTLEGG}/{reference}"), &[], &request);
    assert_eq!(change().status, 200, "the first submission is processed at once");
    let waiting = change();
    assert_eq!((waiting.status, codes(&waiting)), (409, vec!["UAVKLART_STATUS".to_owned()]));
    go_to(&sandbox, 2);
    assert_eq!(change().status, 200, "the change is processed after two days");
    go_to(&sandbox, 21);
    let late = change();
    assert_eq!((late.status, codes(&late)), (409, vec!["UGYLDIG_STATUS".to_owned()]));
    assert!(late.text().contains("sakBesluttet"), "{}", late.text());
}

#[test]
fn commands_move_and_decide_a_case() {
    let sandbox = sandbox();
    let reference = submit(&sandbox, &[], &ready(&sandbox, &[]));
    let command =
        |what: &str, body: Value| post(&sandbox, &format!("/sandbox/begjaeringer/{reference}/{what}"), &[], &body);
    for expected in ["sakUnderBehandling", "sakForelagt"] {
        assert_eq!(command("videre", json!({})).json()["status"], expected);
    }
    let decided = command("beslutning", json!({ "prosent": 19, "trekkpliktig": "310777609" }));
    assert_eq!((decided.status, &decided.json()["status"]), (200, &json!("sakBesluttet")));
    let trekk = status(&sandbox, &reference)["beslutningsinformasjon"][0]["utleggstrekk"].clone();
    assert_eq!((&trekk["trekkprosent"], &trekk["trekkpliktig"]), (&json!(19), &json!("310777609")));
    for (body, part) in [
        (json!({ "prosent": 101 }), "from 0 to 100"),
        (json!({ "prosent": 1, "beloep": 1 }), "not both"),
        (json!({ "beloep": -1 }), "at least 0"),
        (json!({ "utfall": "trekk" }), "utleggspant"),
        (json!({ "utfall": "intetTilUtlegg", "prosent": 1 }), "for utleggstrekk"),
        (json!({ "trekkpliktig": "1" }), "nine digits"),
        (json!({ "loennsdag": 32 }), "1 to 31"),
        (json!({ "procent": 1 }), "procent"),
    ] {
        let refused = command("beslutning", body);
        assert!(refused.status == 400 && refused.text().contains(part), "{part}: {}", refused.text());
    }
    assert_eq!(command("status", json!({ "status": "sakHevet" })).json()["status"], "sakHevet");
    assert!(status(&sandbox, &reference).get("beslutningsinformasjon").is_none());
    assert_eq!(post(&sandbox, "/sandbox/begjaeringer/ukjent/videre", &[], &json!({})).status, 404);
}

#[test]
fn changes_of_states_are_polled_and_none_is_missed_whatever_the_clock_does() {
    let sandbox = sandbox();
    let first = submit(&sandbox, &[], &ready(&sandbox, &[]));
    let mut seen: Vec<(String, String)> = Vec::new();
    let mut last = 0;
    let mut poll = |expected: &[(&str, &str)]| {
        let answer = ask(&sandbox, &format!("/statusendringer?fraSekvensnummer={last}"), &[]);
        let fresh: Vec<(String, String)> = answer.json()["statusendringer"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| {
                let number = it["sekvensnummer"].as_u64().expect("a number");
                assert!(number > last, "{it}");
                last = number;
                let text = |name: &str| it[name].as_str().expect("a text").to_owned();
                (text("eksternSaksreferanse"), text("saksstatus"))
            })
            .collect();
        let expected: Vec<_> = expected.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect();
        assert_eq!(fresh, expected);
        seen.extend(fresh);
    };
    poll(&[(&first, "sakOpprettet")]);
    poll(&[]);
    go_to(&sandbox, 6);
    poll(&[(&first, "sakUnderBehandling"), (&first, "sakForelagt")]);
    // The clock goes back, and another case comes.
    go_to(&sandbox, 1);
    let second = submit(&sandbox, &[], &ready(&sandbox, &[]));
    poll(&[(&second, "sakOpprettet")]);
    go_to(&sandbox, 6);
    poll(&[(&second, "sakUnderBehandling"), (&second, "sakForelagt")]);
    let wrong = ask(&sandbox, "/statusendringer?fraSekvensnummer=-1", &[]);
    assert_eq!(wrong.status, 400);
}

fn bearer(organisation: &str) -> String {
    format!("Bearer {}", token(&["--service", "utleggsbegjaering", "--party", organisation]))
}

#[test]
fn two_creditors_see_each_others_sums_and_never_each_others_claims() {
    let sandbox = sandbox();
    let mut cases = Vec::new();
    let mut debtor = Value::Null;
    for (organisation, kroner, letter) in [("310777609", 9000, "e"), ("315658438", 3000, "e"), ("310777609", 1000, "d")]
    {
        let token = bearer(organisation);
        let headers = [("Authorization", token.as_str())];
        let mut request = one_claim(&sandbox, &headers, kroner, letter);
        for pointer in ["/innsender/innsender", "/innsender/innsendersProsessfullmektig/prosessfullmektig"] {
            let party = request.pointer_mut(pointer).expect("a party");
            party["virksomhet"]["identifikator"]["verdi"] = json!(organisation);
        }
        if debtor.is_null() {
            debtor = request["saksoekt"].clone();
        }
        request["saksoekt"] = debtor.clone();
        cases.push((submit(&sandbox, &headers, &request), token));
    }
    let insight = |at: usize, by: usize| {
        ask(&sandbox, &format!("/{}/innsyn-i-trekk", cases[at].0), &[("Authorization", cases[by].1.as_str())])
    };
    let early = insight(0, 0);
    assert_eq!((early.status, early.kode()), (404, "KB-009".to_owned()));
    assert!(early.header("sandbox-hint").contains("in the deduction from the decision"));
    for (reference, _) in &cases {
        let terms = json!({ "beloep": 2000, "maanedsloenn": 40000, "loennsdag": 15, "loependeBidrag": 500 });
        let path = format!("/sandbox/begjaeringer/{reference}/beslutning");
        assert_eq!(post(&sandbox, &path, &[], &terms).status, 200);
    }
    let of = |at: usize| {
        let answer = insight(at, at);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let claims = answer.json()["krav"].as_array().expect("claims").clone();
        claims.into_iter().max_by_key(|it| oere(&it["dividendegrunnlag"])).expect("a claim")
    };
    let kroner = |it: &Value, name: &str| oere(&it[name]) / 100;
    let first = of(0);
    let sums =
        ["sumBedreArtsprioritet", "sumLikPrioritet", "dividendegrunnlag", "andresDividendegrunnlag", "loependeBidrag"];
    assert_eq!(sums.map(|name| kroner(&first, name)), [1000, 12000, 9000, 3000, 500]);
    assert_eq!(sums.map(|name| kroner(&of(2), name)), [0, 1000, 1000, 0, 500]);
    assert_eq!(first["mottatt"], json!([]));
    assert_eq!(&first["trekkpaalegg"]["trekkbeloep"], &json!(2000));
    // 2000 come in: 500 are child support, 1000 the better letter, 500 are shared 3 to 1.
    go_to(&sandbox, 30);
    let first = of(0);
    assert_eq!(
        first["mottatt"],
        json!([
            { "dato": "2026-12-15", "mottattBeloep": 2000, "plassertBeloep": 2000, "plassertPaaKravet": 375 },
        ])
    );
    assert_eq!(sums.map(|name| kroner(&first, name)), [0, 11500, 8625, 2875, 500]);
    assert_eq!(insight(2, 2).status, 404, "the claim is paid, so it is in no deduction");
    assert_eq!(insight(1, 0).status, 404, "the case of another submitter");
    let own = insight(0, 0).text();
    assert!(!own.contains(&cases[1].0) && own.contains(&cases[0].0));
}

#[test]
fn claimants_and_representatives_look_into_the_deduction_of_their_own_cases_only() {
    let sandbox = sandbox();
    let [submitter, claimant, lawyer, former, stranger] =
        ["310777609", "315658438", "314961900", "311851381", "310478717"].map(|it| (it, bearer(it)));
    let headers = [("Authorization", submitter.1.as_str())];
    // The second case is changed: it gets another representative.
    let mut references = Vec::new();
    for representatives in [&[lawyer.0][..], &[lawyer.0, former.0]] {
        let mut request = one_claim(&sandbox, &headers, 5000, "e");
        for pointer in ["/innsender/innsender", "/innsender/innsendersProsessfullmektig/prosessfullmektig"] {
            request.pointer_mut(pointer).expect("a party")["virksomhet"]["identifikator"]["verdi"] = json!(submitter.0);
        }
        let submitter = request["innsender"].clone();
        let party = |number: &str| {
            let mut party = submitter["innsender"].clone();
            party["virksomhet"]["identifikator"]["verdi"] = json!(number);
            party
        };
        request["saksoeker"][0]["saksoeker"] = party(claimant.0);
        let mut reference = String::new();
        for representative in representatives {
            let holder = &submitter["innsendersProsessfullmektig"]["bevillingshaver"];
            request["saksoeker"][0]["saksoekersProsessfullmektig"] =
                json!({ "prosessfullmektig": party(representative), "bevillingshaver": holder });
            if reference.is_empty() {
                reference = submit(&sandbox, &headers, &request);
            } else {
                let answer = call(&sandbox, "PUT", &format!("{UTLEGG}/{reference}"), &headers, &request);
                assert_eq!(answer.status, 200, "{}", answer.text());
            }
        }
        let path = format!("/sandbox/begjaeringer/{reference}/beslutning");
        assert_eq!(post(&sandbox, &path, &[], &json!({})).status, 200);
        references.push(reference);
    }
    let insight = |case: usize, token: &str| {
        ask(&sandbox, &format!("/{}/innsyn-i-trekk", references[case]), &[("Authorization", token)]).status
    };
    for (who, expected) in [
        (&submitter, [200, 200]),
        (&claimant, [200, 200]),
        (&lawyer, [200, 404]),
        (&former, [404, 200]),
        (&stranger, [404, 404]),
    ] {
        assert_eq!([insight(0, &who.1), insight(1, &who.1)], expected, "{}", who.0);
    }
    // Only insight: the case itself is the submitter's.
    let status = |token: &str| ask(&sandbox, &format!("/{}/status", references[1]), &[("Authorization", token)]).status;
    assert_eq!([status(&submitter.1), status(&claimant.1), status(&former.1)], [200, 404, 404]);
}

#[test]
fn a_scenario_says_by_day_which_rules_a_party_is_under() {
    let debtor = "01827020008";
    let sandbox = with_scenario(&format!(
        "part: \"{debtor}\"\nnavn: KARI\ngammeltRegelverk: true\nregelverk:\n\
         \x20 - {{ regelverk: nytt, fra: 2026-12-01 }}\n  - {{ regelverk: gammelt, fra: 2026-12-10, til: 2026-12-12 }}\n"
    ));
    let rules = |day: &str| {
        assert_eq!(post(&sandbox, "/sandbox/clock", &[], &json!({ "now": day })).status, 200);
        let body = json!({ "identifikator": [debtor] });
        call(&sandbox, "POST", &format!("{UTLEGG}/betjeningskartet"), &[], &body).json()["regelverk"][0]["regelverk"]
            .clone()
    };
    let days = ["2026-11-30", "2026-12-01", "2026-12-09", "2026-12-10", "2026-12-12", "2026-12-13"];
    assert_eq!(days.map(rules), ["gammelt", "nytt", "nytt", "gammelt", "gammelt", "nytt"].map(Value::from));
    // A word of the session is above it.
    let said = json!({ "identifikator": debtor, "regelverk": "nytt", "fra": "2026-12-11", "til": "2026-12-11" });
    assert_eq!(post(&sandbox, "/sandbox/betjeningskart", &[], &said).status, 200);
    assert_eq!(["2026-12-10", "2026-12-11", "2026-12-12"].map(rules), ["gammelt", "nytt", "gammelt"].map(Value::from));
    // A submission is held to the rules of its own day.
    let mut request = one_claim(&sandbox, &[], 5000, "e");
    request["saksoekt"][0]["saksoekt"]["person"]["identifikator"]["verdi"] = json!(debtor);
    rules("2026-12-12");
    let refused = call(&sandbox, "POST", &format!("{UTLEGG}/valider"), &[], &request);
    assert!(codes(&refused).contains(&"SAKSOEKT_GAMMELT_REGELVERK".to_owned()), "{}", refused.text());
    rules("2026-12-13");
    assert_eq!(call(&sandbox, "POST", &format!("{UTLEGG}/valider"), &[], &request).status, 200);

    let wrong = "part: \"311851381\"\nnavn: X\nregelverk:\n  - { regelverk: gamelt }\n  - { regelverk: nytt, fra: 2026-02-01, til: 2026-01-01, ti: 1 }\n";
    let error = Sandbox::builder().scenario(wrong).start().expect_err("it does not start");
    let told = crate::common::explain(&error);
    for says in ["did you mean gammelt?", "til is before fra", "ti"] {
        assert!(told.contains(says), "{says}: {told}");
    }
}

#[test]
fn an_earlier_deduction_comes_before_others_of_its_letter() {
    let sandbox = sandbox();
    let mut debtor = Value::Null;
    let mut cases = Vec::new();
    for earlier in [None, Some("2025-03-01")] {
        let mut request = one_claim(&sandbox, &[], 5000, "e");
        if debtor.is_null() {
            debtor = request["saksoekt"].clone();
        }
        request["saksoekt"] = debtor.clone();
        let reference = submit(&sandbox, &[], &request);
        let mut terms = json!({ "beloep": 2000, "maanedsloenn": 40000, "loennsdag": 15 });
        if let Some(earlier) = earlier {
            terms["tidligereTrekk"] = json!(earlier);
        }
        let path = format!("/sandbox/begjaeringer/{reference}/beslutning");
        assert_eq!(post(&sandbox, &path, &[], &terms).status, 200);
        cases.push(reference);
    }
    go_to(&sandbox, 30);
    let seen: Vec<_> = cases
        .iter()
        .map(|reference| {
            let claims = ask(&sandbox, &format!("/{reference}/innsyn-i-trekk"), &[]).json()["krav"].clone();
            let claim =
                claims.as_array().expect("claims").iter().max_by_key(|it| oere(&it["dividendegrunnlag"])).cloned();
            let claim = claim.expect("a claim");
            ["sumBedreTidsprioritet", "sumLikPrioritet", "andresDividendegrunnlag"].map(|name| oere(&claim[name]) / 100)
        })
        .collect();
    assert_eq!(seen, [[3000, 5000, 0], [0, 3000, 0]]);
}

#[test]
fn betjeningskartet_knows_the_published_numbers_and_what_was_said_of_days() {
    let sandbox = sandbox();
    let lookup = |numbers: &[&str]| {
        call(&sandbox, "POST", &format!("{UTLEGG}/betjeningskartet"), &[], &json!({ "identifikator": numbers }))
    };
    let rules = |answer: &Answer| {
        let all = answer.json()["regelverk"].as_array().expect("a list").clone();
        all.iter().map(|it| it["regelverk"].as_str().expect("a text").to_owned()).collect::<Vec<_>>()
    };
    let published = lookup(&["08907395937", "313159949", "01827020008", "310478717"]);
    assert_eq!(
        (published.status, rules(&published)),
        (200, ["gammelt", "gammelt", "nytt", "nytt"].map(str::to_owned).into())
    );
    assert_eq!(published.json()["regelverk"][0]["system"], "ELSA");
    assert_eq!(published.header("sandbox-warning"), lookup(&["27817897210"]).header("sandbox-warning"));
    assert!(lookup(&["01827020008"]).header("sandbox-warning").contains("right before a submission"));
    let wrong = lookup(&["01827020009", "1"]);
    assert_eq!((wrong.status, codes(&wrong).len()), (400, 2));
    assert_eq!(lookup(&[]).status, 400);

    let request = ready(&sandbox, &[]);
    let debtor =
        request.pointer("/saksoekt/0/saksoekt/person/identifikator/verdi").and_then(Value::as_str).expect("a number");
    let said = json!({ "identifikator": debtor, "regelverk": "gammelt", "til": "2026-12-01" });
    assert_eq!(post(&sandbox, "/sandbox/betjeningskart", &[], &said).status, 200);
    assert_eq!(rules(&lookup(&[debtor])), ["gammelt"]);
    let refused = call(&sandbox, "POST", UTLEGG, &[], &request);
    assert_eq!((refused.status, codes(&refused)), (422, vec!["SAKSOEKT_GAMMELT_REGELVERK".to_owned()]));
    go_to(&sandbox, 11);
    assert_eq!(rules(&lookup(&[debtor])), ["nytt"]);
    submit(&sandbox, &[], &request);
    assert!(
        !lookup(&[debtor]).header("sandbox-warning").contains("right before a submission"),
        "one submission, one question"
    );
    for (body, part) in [
        (json!({ "identifikator": "1", "regelverk": "nytt" }), "identifikator"),
        (json!({ "identifikator": debtor, "regelverk": "nyt" }), "gammelt and nytt"),
        (json!({ "identifikator": debtor, "regelverk": "nytt", "fra": "i dag" }), "2026-03-01"),
    ] {
        let refused = post(&sandbox, "/sandbox/betjeningskart", &[], &body);
        assert!(refused.status == 400 && refused.text().contains(part), "{}", refused.text());
    }
}
