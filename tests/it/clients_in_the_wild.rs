//! Public clients that nobody here wrote. Each test sends what the client's source sends, and reads the answers with the
//! client's own model: its names, what it requires, and what it refuses. Each names the repository and the files.

use crate::common::jwt::{grant, new_jti, now, payload};
use crate::common::{self, Answer, get, post, request};
use chrono::NaiveDate;
use innkreving_sandbox::Sandbox;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn sandbox() -> Sandbox {
    Sandbox::builder().now(common::TODAY).auth("claims").start().expect("it starts")
}

fn read<T: DeserializeOwned>(answer: &Answer) -> T {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {:.600}", answer.text()))
}

/// A `Guid` of C#, which nothing but a UUID can be read into.
#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(try_from = "String")]
struct Guid(String);

impl TryFrom<String> for Guid {
    type Error = uuid::Error;

    fn try_from(text: String) -> Result<Self, uuid::Error> {
        uuid::Uuid::try_parse(&text).map(|_| Self(text))
    }
}

/// navikt/sokos-utleggstrekk, src/main/kotlin/no/nav/sokos/utleggstrekk: client/SkeClient.kt,
/// security/maskinporten/MaskinportenAccessTokenClient.kt, domene/ske/Trekkpaalegg.kt, utils/Validation.kt.
mod sokos_utleggstrekk {
    use super::*;

    /// All three are required of the discovery document.
    #[derive(Deserialize)]
    struct OpenIdConfiguration {
        jwks_uri: String,
        issuer: String,
        token_endpoint: String,
    }

    #[derive(Deserialize)]
    struct TokenResponse {
        access_token: String,
        expires_in: i64,
        token_type: String,
    }

    #[derive(Deserialize)]
    struct SkeErrorMessage {
        kode: String,
        melding: String,
        korrelasjonsid: String,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Trekkpaalegg {
        trekkid: String,
        sekvensnummer: i32,
        trekkversjon: i32,
        opprettet: String,
        saksnummer: String,
        trekkpliktig: String,
        skyldner: String,
        trekkstatus: Trekkstatus,
        trekkstoerrelse_for_periode: Vec<Periode>,
        betalingsinformasjon: Betalingsinformasjon,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Trekkstatus {
        Aktiv,
        Avsluttet,
    }

    #[derive(Deserialize)]
    struct Periode {
        startdato: String,
        sluttdato: Option<String>,
        trekkbeloep: Option<Trekkbeloep>,
        trekkprosent: Option<Trekkprosent>,
    }

    #[derive(Deserialize)]
    struct Trekkbeloep {
        trekkbeloep: f64,
    }

    #[derive(Deserialize)]
    struct Trekkprosent {
        trekkprosent: f64,
    }

    #[derive(Deserialize)]
    struct Betalingsinformasjon {
        betalingsmottaker: String,
        kidnummer: String,
        kontonummer: String,
    }

    fn is_digits(text: &str, length: usize) -> bool {
        text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
    }

    fn is_date(text: &str) -> bool {
        text.parse::<NaiveDate>().is_ok()
    }

    /// MOD10 or MOD11, as the client computes them.
    fn is_valid_kid(kid: &str) -> bool {
        let digits: Vec<u32> = kid.chars().filter_map(|c| c.to_digit(10)).collect();
        if digits.len() != kid.len() || !(2..=25).contains(&digits.len()) {
            return false;
        }
        let (last, body) = (digits[digits.len() - 1], digits[..digits.len() - 1].iter().rev());
        let doubled = body.clone().enumerate().map(|(n, d)| if n % 2 == 0 { d * 2 } else { *d });
        let mod10 = (10 - doubled.map(|d| if d > 9 { d - 9 } else { d }).sum::<u32>() % 10) % 10;
        let weighted = body.zip([2, 3, 4, 5, 6, 7].iter().cycle()).map(|(d, weight)| d * weight).sum::<u32>() % 11;
        let mod11 = match weighted {
            0 => Some(0),
            1 => None,
            rest => Some(11 - rest),
        };
        mod10 == last || mod11 == Some(last)
    }

    fn validate(it: &Trekkpaalegg) -> Result<(), String> {
        let require = |holds: bool, what: &str| {
            if holds { Ok(()) } else { Err(format!("{} v{}: {what}", it.trekkid, it.trekkversjon)) }
        };
        let is_safe = |text: &str| !text.chars().any(|c| c.is_control() || c == '\u{fffd}');
        require(!it.trekkid.is_empty() && is_safe(&it.trekkid), "trekkid")?;
        require(is_safe(&it.saksnummer), "saksnummer")?;
        require(it.trekkversjon > 0 && it.sekvensnummer > 0, "trekkversjon, sekvensnummer")?;
        require(chrono::DateTime::parse_from_rfc3339(&it.opprettet).is_ok(), "opprettet")?;
        require(is_digits(&it.trekkpliktig, 9) && is_digits(&it.skyldner, 11), "trekkpliktig, skyldner")?;
        require(matches!(it.trekkstatus, Trekkstatus::Aktiv | Trekkstatus::Avsluttet), "trekkstatus")?;
        for periode in &it.trekkstoerrelse_for_periode {
            require(periode.trekkbeloep.is_some() != periode.trekkprosent.is_some(), "one of amount and percentage")?;
            let percent = periode.trekkprosent.as_ref().is_none_or(|it| (0.0..=100.0).contains(&it.trekkprosent));
            let amount = periode.trekkbeloep.as_ref().is_none_or(|it| it.trekkbeloep >= 0.0);
            require(percent && amount, "amount, percentage")?;
            let end = periode.sluttdato.as_deref();
            require(is_date(&periode.startdato) && end.is_none_or(is_date), "dates")?;
            require(end.is_none_or(|end| periode.startdato.as_str() <= end), "the end before the start")?;
        }
        let to = &it.betalingsinformasjon;
        require(is_digits(&to.betalingsmottaker, 9) && is_digits(&to.kontonummer, 11), "receiver")?;
        require(is_valid_kid(&to.kidnummer), "kidnummer")
    }

    /// The most orders that one call gives.
    const MAX_ANTALL: usize = 2500;

    fn token(sandbox: &Sandbox, employer: &str) -> String {
        let well_known = get(sandbox, "/maskinporten/.well-known/oauth-authorization-server", &[]);
        let configuration: OpenIdConfiguration = read(&well_known);
        assert!(configuration.jwks_uri.starts_with("http"));
        let endpoint = configuration.token_endpoint.strip_prefix(&sandbox.base_url()).expect("the sandbox's own");
        let claims = json!({
            "iss": "nav-client", "aud": configuration.issuer, "iat": now(), "exp": now() + 60, "jti": new_jti(),
            "scope": "skatteetaten:trekkpaalegg",
            "authorization_details": [{
                "type": "urn:altinn:systemuser",
                "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{employer}") },
            }],
        });
        let answer = grant(sandbox, endpoint, "", &claims);
        assert_eq!((answer.status, answer.header("sandbox-warning")), (200, ""), "{}", answer.text());
        let token: TokenResponse = read(&answer);
        assert_eq!(token.token_type, "Bearer");
        // The client asks anew when less than a minute is left.
        assert!(token.expires_in > 60, "{}", token.expires_in);
        token.access_token
    }

    fn fetch(sandbox: &Sandbox, token: &str, from: i32) -> Answer {
        let headers = [
            ("Klientid", "NAV/0.1"),
            ("Korrelasjonsid", "0b5f2f4e-2f0e-4bd2-8f0a-0d1d0a4ef8a1"),
            ("Authorization", &format!("Bearer {token}")),
        ];
        get(sandbox, &format!("/api/trekkpaalegg/v1?fraSekvensnummer={from}&maksAntall={MAX_ANTALL}"), &headers)
    }

    #[test]
    fn it_takes_every_order_of_every_employer() {
        let sandbox = sandbox();
        let parties = get(&sandbox, "/sandbox/parties", &[]).json();
        let employers = parties.as_array().expect("parties").iter();
        let employers = employers.filter(|it| it["trekkpaalegg"].as_u64().is_some_and(|count| count > 0));
        let mut taken = 0;
        for employer in employers.map(|it| it["part"].as_str().expect("a number")) {
            let token = token(&sandbox, employer);
            let mut last = 0;
            loop {
                let answer = fetch(&sandbox, &token, last);
                assert_eq!((answer.status, answer.header("sandbox-warning")), (200, ""), "{}", answer.text());
                let mut orders: Vec<Trekkpaalegg> = read(&answer);
                orders.sort_by_key(|it| it.sekvensnummer);
                for order in &orders {
                    assert!(order.sekvensnummer > last, "{}", order.trekkid);
                    last = order.sekvensnummer;
                    validate(order).unwrap_or_else(|why| panic!("{employer}: {why}"));
                }
                taken += orders.len();
                if orders.len() < MAX_ANTALL {
                    break;
                }
            }
        }
        assert!(taken > 1000, "{taken}");
    }

    #[test]
    fn it_can_tell_every_error() {
        let sandbox = sandbox();
        for (token, kode) in [("x.y.z".to_owned(), "KB-004"), (token(&sandbox, "311851381"), "KB-006")] {
            let error: SkeErrorMessage = read(&fetch(&sandbox, &token, -1));
            assert!(error.kode == kode && !error.melding.is_empty(), "{}", error.melding);
            assert_eq!(error.korrelasjonsid, "0b5f2f4e-2f0e-4bd2-8f0a-0d1d0a4ef8a1");
        }
    }

    /// Names of members, in the order in which the documentation prints them.
    #[test]
    fn the_members_stand_in_the_published_order() {
        let sandbox = sandbox();
        let text = fetch(&sandbox, &token(&sandbox, "123456789"), 0).text();
        let first = text.split("},{\"trekkid\"").next().expect("an order");
        let members = [
            "trekkid",
            "skyldner",
            "opprettet",
            "saksnummer",
            "trekkstatus",
            "trekkpliktig",
            "trekkversjon",
            "sekvensnummer",
            "betalingsinformasjon",
            "kidnummer",
            "kontonummer",
            "betalingsmottaker",
            "trekkstoerrelseForPeriode",
            "startdato",
        ];
        let places: Vec<_> =
            members.iter().map(|it| first.find(&format!("\"{it}\":")).unwrap_or_else(|| panic!("{it}"))).collect();
        assert!(places.is_sorted(), "{first}");
    }
}

/// data-altinn-no/plugin-skatteetaten, src/Dan.Plugin.Skatteetaten: ArrearsV2.cs, Utilities/Helpers.cs,
/// Models/ErrorModelSke.cs, Utilities/MaskinportenUtil.cs. It is a client of Restanser.
mod plugin_skatteetaten {
    use super::*;

    /// What the plugin reads, and its model in Models/ArrearsModel.cs: whole kroner.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Arrears {
        levert: String,
        forespurte_organisasjon: String,
        restanser: Restanser,
    }

    #[derive(Deserialize)]
    struct Restanser {
        arbeidsgiveravgift: Post,
        forskuddstrekk: Post,
        forskuddsskatt: Post,
        restskatt: Post,
        gebyr: Post,
        merverdiavgift: Post,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Post {
        forfalt_og_ubetalt: i32,
    }

    #[derive(Deserialize)]
    struct ErrorModelSke {
        kode: String,
        melding: String,
        korrelasjonsid: String,
    }

    /// The plugin sends the consent token alone, as the bearer.
    fn harvest(sandbox: &Sandbox, organisation: &str, jwt: &str) -> Answer {
        let bearer = format!("Bearer {jwt}");
        let host = "restanser.api.skatteetaten-test.no";
        get(sandbox, &format!("/v2/ebevis/{organisation}"), &[("Host", host), ("Authorization", &bearer)])
    }

    #[test]
    fn it_reads_arrears_and_errors() {
        let sandbox = sandbox();
        let token = |party: &str| common::token(&["--service", "restanser", "--party", party, "--by", "consent"]);
        for organisation in ["310111643", "313367002", "311851381", "314055403"] {
            let answer = harvest(&sandbox, organisation, &token(organisation));
            assert_eq!(answer.status, 200, "{}", answer.text());
            let arrears: Arrears = read(&answer);
            assert_eq!(arrears.forespurte_organisasjon, organisation);
            assert!(arrears.levert.get(..10).is_some_and(|day| day.parse::<NaiveDate>().is_ok()), "{}", arrears.levert);
            let all = &arrears.restanser;
            let posts = [
                &all.arbeidsgiveravgift,
                &all.forskuddstrekk,
                &all.forskuddsskatt,
                &all.restskatt,
                &all.gebyr,
                &all.merverdiavgift,
            ];
            assert!(posts.iter().all(|post| post.forfalt_og_ubetalt >= 0));
        }
        let refused = harvest(&sandbox, "310478717", &token("310111643"));
        let error: ErrorModelSke = read(&refused);
        assert_eq!((refused.status, error.kode.as_str()), (403, "RESTANSE-007"));
        assert!(!error.melding.is_empty() && !error.korrelasjonsid.is_empty());
    }

    /// Its own helper for tokens asks for 180 seconds. Published are at most 120, so it would be refused as the real
    /// issuer refuses it.
    #[test]
    fn its_assertion_lives_too_long() {
        let claims = json!({
            "aud": "https://test.maskinporten.no/", "resource": "x", "scope": "skatteetaten:restanser", "iss": "dan",
            "exp": now() + 180, "iat": now(), "jti": new_jti(),
        });
        let answer = grant(&sandbox(), "/token", "test.maskinporten.no", &claims);
        assert!(answer.status == 400 && answer.text().contains("MP-011"), "{}", answer.text());
    }
}

/// Altinn's demo bank for consents (TheTechArch/smartbank, Clients/ConsentClient.cs) and Altinn/altinn-platform-validation-tests
/// (the k6 client `ConsentApiClient`), with the contracts of Altinn/altinn-authorization-tmp,
/// src/libs/Altinn.Authorization.Api.Contracts/…/Consent: ConsentRequestDto.cs, ConsentRequestDetailsDto.cs.
mod consent_helper {
    use super::*;

    /// `ConsentRequestDetailsDto`: what is `required` there is no option here.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct ConsentRequestDetails {
        id: Guid,
        from: String,
        to: String,
        valid_to: chrono::DateTime<chrono::Utc>,
        consent_rights: Vec<ConsentRight>,
        consented: Option<chrono::DateTime<chrono::Utc>>,
        redirect_url: String,
        consent_request_events: Vec<Event>,
        status: Status,
        view_uri: String,
    }

    #[derive(Deserialize)]
    struct ConsentRight {
        action: Vec<String>,
        resource: Vec<Resource>,
    }

    #[derive(Deserialize)]
    struct Resource {
        r#type: String,
        value: String,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Event {
        created: chrono::DateTime<chrono::Utc>,
        performed_by: String,
        event_type: Status,
        #[serde(rename = "consentRequestID")]
        consent_request_id: Guid,
    }

    #[derive(Deserialize, Debug, PartialEq, Eq)]
    enum Status {
        Created,
        Rejected,
        Accepted,
        Revoked,
        Deleted,
        Expired,
    }

    #[test]
    fn it_asks_looks_and_uses() {
        let sandbox = sandbox();
        let (bank, party) = ("314055403", "02827720073");
        let token = |scope: &str, details: Value| {
            let mut claims = json!({
                "aud": "https://test.maskinporten.no/token", "iss": bank, "scope": scope, "iat": now(),
                "exp": now() + 30, "jti": new_jti(),
            });
            if !details.is_null() {
                claims["authorization_details"] = json!([details]);
            }
            let answer = grant(&sandbox, "/token", "test.maskinporten.no", &claims);
            assert_eq!(answer.status, 200, "{}", answer.text());
            format!("Bearer {}", answer.json()["access_token"].as_str().expect("a token"))
        };
        let id = "019743e8-cb17-7f9f-b690-fb1338003c23";
        let from = format!("urn:altinn:person:identifier-no:{party}");
        let wanted = json!({
            "id": id, "from": from, "to": format!("urn:altinn:organization:identifier-no:{bank}"),
            "validTo": "2098-06-07T06:23:39.2925023+00:00",
            "consentRights": [{
                "action": ["consent"], "metadata": { "inntektsaar": "2026" },
                "resource": [{ "type": "urn:altinn:resource", "value": "ske-samtykke-krav-og-betalinger" }],
            }],
            "requestMessage": { "en": "Please approve this consent request" },
            "redirectUrl": "https://bank.example",
        });
        let path = "/accessmanagement/api/v1/enterprise/consentrequests";
        let write = token("altinn:consentrequests.write", Value::Null);
        let headers = [("Host", "platform.tt02.altinn.no"), ("Accept", "application/json"), ("Authorization", &write)];
        let made = post(&sandbox, path, &headers, &wanted);
        assert_eq!(made.status, 201, "{}", made.text());
        let details: ConsentRequestDetails = read(&made);
        assert_eq!((details.id.0.as_str(), &details.from, &details.status), (id, &from, &Status::Created));
        assert!(
            details.consented.is_none() && details.to.ends_with(bank) && details.redirect_url == "https://bank.example"
        );
        assert!(details.valid_to > details.consent_request_events[0].created);
        let right = &details.consent_rights[0];
        assert_eq!((right.action[0].as_str(), right.resource[0].r#type.as_str()), ("consent", "urn:altinn:resource"));
        assert_eq!(right.resource[0].value, "ske-samtykke-krav-og-betalinger");
        assert!(details.view_uri.contains("/consent/request?id="), "{}", details.view_uri);

        request(&sandbox, "POST", &format!("/sandbox/altinn/consent/{id}/approve"), &[]);
        let look = token("altinn:consentrequests.read", Value::Null);
        let headers = [("Host", "platform.tt02.altinn.no"), ("Authorization", look.as_str())];
        let details: ConsentRequestDetails = read(&get(&sandbox, &format!("{path}/{id}"), &headers));
        let event = details.consent_request_events.last().expect("an event");
        assert_eq!(
            (&event.event_type, &event.performed_by, &event.consent_request_id),
            (&Status::Accepted, &from, &details.id)
        );

        let by_consent =
            token("skatteetaten:kravogbetalinger", json!({ "type": "urn:altinn:consent", "id": id, "from": from }));
        let host = "kravogbetalinger.api.skatteetaten-test.no";
        let answer =
            get(&sandbox, &format!("/v1/finans/{party}/aapnekrav"), &[("Host", host), ("Authorization", &by_consent)]);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

/// TheTechArch/altinn-systemuser, src/SystemUserClientSystem/SuperSystem/SuperSystem.Server:
/// Services/MaskinportenService.cs, Services/SystemuserService.cs, Services/KravOgBetalingerService.cs,
/// Models/CreateRequestSystemUser.cs, Models/RequestSystemResponse.cs, Models/KravOgBetalinger/*.cs; appsettings.json.
mod altinn_systemuser {
    use super::*;

    /// Its host names and paths, from appsettings.json.
    const KRAV_OG_BETALINGER: &str = "kravogbetalinger.api.skatteetaten-test.no";
    const PLATFORM: &str = "platform.tt02.altinn.no";

    /// `TokenResponse`: `GetFromJson` leaves out what is absent, but the client needs the token.
    #[derive(Deserialize)]
    struct TokenResponse {
        access_token: String,
        expires_in: i32,
        scope: String,
        token_type: String,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct RequestSystemResponse {
        id: Guid,
        external_ref: Option<String>,
        system_id: String,
        party_org_no: String,
        rights: Vec<Value>,
        status: String,
        confirm_url: Option<String>,
    }

    #[derive(Deserialize)]
    struct Wrapper<T> {
        data: Vec<T>,
        links: std::collections::BTreeMap<String, String>,
    }

    /// The generated classes (model 1.1.1): every member may be absent; amounts are doubles, days are dates.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct AapneKrav {
        part_identifikator: Option<String>,
        aapent_krav_med_gjenstaaende_beloep: Option<Vec<Krav>>,
        innbetaling_med_uplassert_beloep: Option<Vec<Innbetaling>>,
        total_oversikt: Option<TotalOversikt>,
        oversikt_per_kravgruppe: Option<Vec<OversiktPerKravgruppe>>,
        skjermet: Option<bool>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Krav {
        kravidentifikator: Option<String>,
        kravtype: Option<String>,
        opprinnelig_beloep: Option<f64>,
        gjenstaaende_beloep: Option<f64>,
        stipulerte_renter: Option<f64>,
        kravforfall: Option<Vec<Kravforfall>>,
        kravperiode: Option<Kravperiode>,
        opprettelsesdato_for_krav: Option<NaiveDate>,
        kravgruppe: Option<String>,
        fastsettingsmaate: Option<Fastsettingsmaate>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Fastsettingsmaate {
        Blank,
        Egenfastsatt,
        Myndighetsfastsatt,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Kravforfall {
        forfallsdato: Option<NaiveDate>,
        opprinnelig_beloep: Option<f64>,
        gjenstaaende_beloep: Option<f64>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Kravperiode {
        aar: Option<String>,
        fra_dato: Option<NaiveDate>,
        til_dato: Option<NaiveDate>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Innbetaling {
        innbetalingsidentifikator: Option<String>,
        innbetalingsdato: Option<NaiveDate>,
        innbetalt_beloep: Option<f64>,
        uplassert_beloep: Option<f64>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct TotalOversikt {
        sum_stipulerte_renter: Option<f64>,
        sum_forfalte_krav: Option<f64>,
        saldo: Option<f64>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct OversiktPerKravgruppe {
        kravgruppe: Option<String>,
        saldo: Option<f64>,
    }

    /// `MaskinportenService.GetToken`: ten seconds to live, the customer where there is one.
    fn token(sandbox: &Sandbox, scope: &str, customer: Option<&str>) -> String {
        let mut claims = json!({
            "aud": "https://test.maskinporten.no/", "scope": scope, "iss": "314055403-smartcloud",
            "exp": now() + 10, "iat": now(), "jti": new_jti(),
        });
        if let Some(customer) = customer {
            claims["authorization_details"] = json!([{
                "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{customer}") },
                "type": "urn:altinn:systemuser",
            }]);
        }
        let answer = grant(sandbox, "/token", "test.maskinporten.no", &claims);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let token: TokenResponse = read(&answer);
        assert!(token.expires_in > 0 && token.scope == scope && token.token_type == "Bearer");
        format!("Bearer {}", token.access_token)
    }

    #[test]
    fn it_asks_for_a_systembruker_and_reads_claims() {
        let sandbox = sandbox();
        let customer = "311851381";
        let rights = json!([{ "action": null, "resource": [{ "id": "urn:altinn:resource", "value": "ske-krav-og-betalinger" }] }]);
        let wanted = json!({
            "externalRef": "cloud-1", "systemId": "314055403_smartcloud", "partyOrgNo": customer, "rights": rights,
            "redirectUrl": "https://smartcloud.example/",
        });
        let write = token(&sandbox, "altinn:authentication/systemuser.request.write", None);
        let path = "/authentication/api/v1/systemuser/request/vendor";
        let made = post(&sandbox, path, &[("Host", PLATFORM), ("Authorization", &write)], &wanted);
        let response: RequestSystemResponse = read(&made);
        assert_eq!((response.status.as_str(), response.party_org_no.as_str()), ("New", customer));
        assert_eq!((response.external_ref.as_deref(), response.rights.len()), (Some("cloud-1"), 1));
        assert!(response.confirm_url.is_some_and(|url| url.starts_with("http")));
        request(&sandbox, "POST", &format!("/sandbox/altinn/systemuser/{}/approve", response.id.0), &[]);
        let look = token(&sandbox, "altinn:authentication/systemuser.request.read", None);
        let list = get(
            &sandbox,
            &format!("{path}/bysystem/314055403_smartcloud"),
            &[("Host", PLATFORM), ("Authorization", &look)],
        );
        let list: Wrapper<RequestSystemResponse> = read(&list);
        assert!(list.links.is_empty());
        assert_eq!((&list.data[0].id, list.data[0].status.as_str()), (&response.id, "Accepted"));
        assert_eq!(list.data[0].system_id, "314055403_smartcloud");

        let bearer = token(&sandbox, "skatteetaten:kravogbetalinger", Some(customer));
        let claims = payload(bearer.trim_start_matches("Bearer "));
        assert_eq!(claims["authorization_details"][0]["systemuser_id"], json!([response.id.0]));
        // It sends a period with open claims too, and its correlation id in the query.
        let id = "5b1f2f4e-2f0e-4bd2-8f0a-0d1d0a4ef8a1";
        let path = format!(
            "/v1/regnskapssystem/{customer}/aapnekrav?fraOgMed=2026-01-01&tilOgMed=2026-06-01&Korrelasjonsid={id}"
        );
        let answer = get(&sandbox, &path, &[("Host", KRAV_OG_BETALINGER), ("Authorization", &bearer)]);
        assert_eq!((answer.status, answer.header("korrelasjonsid"), answer.header("sandbox-warning")), (200, id, ""));
        let krav: AapneKrav = read(&answer);
        assert_eq!(krav.part_identifikator.as_deref(), Some(customer));
        assert!(krav.total_oversikt.is_some_and(|it| it.saldo.is_some()
            && it.sum_forfalte_krav.is_some()
            && it.sum_stipulerte_renter.is_some()));
        assert!(
            krav.oversikt_per_kravgruppe
                .is_some_and(|it| it.iter().all(|it| it.kravgruppe.is_some() && it.saldo.is_some()))
        );
        let open = krav.aapent_krav_med_gjenstaaende_beloep.expect("open claims");
        assert!(open.len() > 3, "{}", open.len());
        for it in &open {
            assert!(it.kravidentifikator.is_some() && it.kravtype.is_some() && it.kravgruppe.is_some());
            assert!(it.opprinnelig_beloep.is_some() && it.gjenstaaende_beloep.is_some_and(|left| left != 0.0));
            assert!(it.stipulerte_renter.is_none_or(f64::is_finite) && it.opprettelsesdato_for_krav.is_some());
            let forfall = it.kravforfall.as_ref().expect("instalments");
            assert!(forfall.iter().all(|it| it.opprinnelig_beloep.is_some() && it.gjenstaaende_beloep.is_some()));
            assert!(
                it.kravperiode.as_ref().is_none_or(|it| it.fra_dato <= it.til_dato && it.aar.as_deref() != Some(""))
            );
            assert!(it.fastsettingsmaate.as_ref().is_none_or(|it| matches!(
                it,
                Fastsettingsmaate::Blank | Fastsettingsmaate::Egenfastsatt | Fastsettingsmaate::Myndighetsfastsatt
            )));
        }
        let is_due = |it: &Krav| it.kravforfall.iter().flatten().any(|it| it.forfallsdato.is_some());
        assert!(open.iter().any(is_due));
        let paid = krav.innbetaling_med_uplassert_beloep.unwrap_or_default();
        assert!(paid.iter().all(|it| it.innbetalingsidentifikator.is_some()
            && it.innbetalingsdato.is_some()
            && it.innbetalt_beloep >= it.uplassert_beloep));
        assert_ne!(krav.skjermet, Some(true));
    }

    /// Its older sibling exchanges the token first (src/SystemAdmin/Services/TokenExchange.cs), and so does Altinn's library
    /// (Altinn/altinn-apiclient-maskinporten, Services/MaskinportenService.cs), which reads the answer as a JSON string.
    #[test]
    fn the_exchange_of_tokens() {
        let sandbox = sandbox();
        let bearer = token(&sandbox, "altinn:authentication/systemregister.write", None);
        let path = "/authentication/api/v1/exchange/maskinporten";
        let raw = get(&sandbox, path, &[("Host", PLATFORM), ("Authorization", &bearer)]);
        assert_eq!((raw.status, format!("Bearer {}", raw.text())), (200, bearer.clone()));
        let quoted =
            get(&sandbox, path, &[("Host", PLATFORM), ("Accept", "application/json"), ("Authorization", &bearer)]);
        assert_eq!(format!("Bearer {}", read::<String>(&quoted)), bearer);
        assert_eq!(get(&sandbox, path, &[("Host", PLATFORM)]).status, 401);
        let other = "/authentication/api/v1/exchange/id-porten";
        assert_eq!(get(&sandbox, other, &[("Host", PLATFORM), ("Authorization", &bearer)]).status, 400);
    }
}

/// Altinn/AltinnTestTools, TokenGenerator: GetEnterpriseToken.cs, GetSystemUserToken.cs, GetConsentToken.cs, README.md. Its
/// callers send each of these parameters.
mod altinn_test_tools {
    use super::*;

    fn generate(sandbox: &Sandbox, path: &str) -> Answer {
        get(sandbox, &format!("/altinn/api/{path}"), &[("Authorization", "Basic YTpi")])
    }

    fn claims(sandbox: &Sandbox, path: &str) -> Value {
        let answer = generate(sandbox, path);
        assert_eq!(answer.status, 200, "{}", answer.text());
        payload(&answer.text())
    }

    #[test]
    fn every_parameter_of_its_generators() {
        let sandbox = sandbox();
        let all = "GetEnterpriseToken?env=tt02&scopes=a:b,c:d&org=ttd&orgNo=314055403&supplierOrgNo=310478717&ttl=60\
                   &delegationSource=https%3A%2F%2Fx.example%2F&clientId=c-1";
        let token = claims(&sandbox, all);
        assert_eq!(
            (&token["scope"], &token["urn:altinn:org"], &token["client_id"]),
            (&json!("a:b c:d"), &json!("ttd"), &json!("c-1"))
        );
        assert_eq!(
            (&token["consumer"]["ID"], &token["supplier"]["ID"]),
            (&json!("0192:314055403"), &json!("0192:310478717"))
        );
        assert_eq!(token["delegation_source"], "https://x.example/");
        let life = |token: &Value| token["exp"].as_i64().zip(token["iat"].as_i64()).map(|(exp, iat)| exp - iat);
        assert_eq!(life(&token), Some(60));
        let least = claims(&sandbox, "GetEnterpriseToken?env=tt02&scopes=a:b");
        assert_eq!((&least["consumer"]["ID"], life(&least)), (&json!("0192:314300017"), Some(1800)));
        let bulk = generate(&sandbox, "GetEnterpriseToken?env=tt02&scopes=a:b&bulkCount=3").json();
        let bulk = bulk.as_object().expect("tokens by number");
        assert_eq!(bulk.len(), 3);
        for (number, token) in bulk {
            assert_eq!(payload(token.as_str().expect("a token"))["consumer"]["ID"], format!("0192:{number}"));
        }
        let dump = generate(&sandbox, "GetEnterpriseToken?env=tt02&scopes=a:b&dump=1").text();
        assert!(dump.contains("\n.\n") && dump.contains("\"scope\": \"a:b\"") && dump.contains("\"alg\""), "{dump}");

        let id = "5b1f2f4e-2f0e-4bd2-8f0a-0d1d0a4ef8a1";
        let system = claims(
            &sandbox,
            &format!(
                "GetSystemUserToken?env=tt02&systemUserId={id}&systemUserOrg=310478717&clientId=x&supplierOrgNo=314055403"
            ),
        );
        let detail = &system["authorization_details"][0];
        assert_eq!((&system["scope"], &detail["systemuser_id"]), (&json!("altinn:enduser"), &json!([id])));
        assert_eq!((&detail["systemuser_org"]["ID"], &system["client_id"]), (&json!("0192:310478717"), &json!("x")));

        let consent = claims(
            &sandbox,
            &format!(
                "GetConsentToken?env=tt02&serviceCodes=5928_202301.5616_5&5928_202301_aar=2026&authorizationCode={id}\
             &offeredBy=310478717&coveredBy=314055403&handledBy=311851381"
            ),
        );
        assert_eq!(consent["Services"], json!(["5928_202301", "5928_202301_aar=2026", "5616_5"]));
        assert_eq!((&consent["AuthorizationCode"], &consent["HandledBy"]), (&json!(id), &json!("311851381")));
        for wrong in [
            "GetEnterpriseToken?scopes=a:b&colour=red",
            "GetEnterpriseToken?scopes=a:b&bulkCount=many",
            "GetSystemUserToken?systemUserId=x",
            "GetConsentToken?serviceCodes=5928_202301&offeredBy=310478717&coveredBy=314055403&authorizationCode=x",
            "GetConsentToken?serviceCodes=5928_202301&offeredBy=310478717&coveredBy=314055403&9999_1_x=1",
        ] {
            assert_eq!(generate(&sandbox, wrong).status, 400, "{wrong}");
        }
    }

    /// The tokens of the tool are used beside each other, as the documentation of the old consent shows it.
    #[test]
    fn its_tokens_open_the_services() {
        let sandbox = sandbox();
        let token = |path: &str| generate(&sandbox, path).text();
        let own = format!(
            "Bearer {}",
            token("GetEnterpriseToken?env=tt02&scopes=skatteetaten:kravogbetalinger&org=bank&orgNo=314055403")
        );
        let consent =
            token("GetConsentToken?env=tt02&serviceCodes=5928_202301&offeredBy=310478717&coveredBy=314055403&ttl=30");
        let path = format!("{}/finans/310478717/aapnekrav", common::BASE);
        assert_eq!(get(&sandbox, &path, &[("Authorization", &own), ("AltinnSamtykke", &consent)]).status, 200);
        assert_eq!(get(&sandbox, &path, &[("Authorization", &own)]).kode(), "KB-005");
    }
}
