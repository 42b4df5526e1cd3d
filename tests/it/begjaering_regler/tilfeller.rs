//! The cases: for each rule, a request in which the rule has something to say and holds, and the one change that breaks
//! it. The request is `Scene::new` with six claims: principal, interest, costs on each of two bases.

use innkreving_sandbox::domain::begjaering::modell::Vedleggstype;
use innkreving_sandbox::domain::begjaering::{Duplikat, Registerstatus, Sakstilstand, Vedleggstilstand};
use serde_json::json;

use super::scene::{Scene, adresse, en_person, en_virksomhet, identifikator, org, person};

pub(crate) struct Tilfelle {
    pub(crate) kode: &'static str,
    /// Where the rule is told.
    pub(crate) peker: &'static str,
    pub(crate) holder: fn(&mut Scene),
    pub(crate) bryter: fn(&mut Scene),
}

const fn t(kode: &'static str, peker: &'static str, holder: fn(&mut Scene), bryter: fn(&mut Scene)) -> Tilfelle {
    Tilfelle { kode, peker, holder, bryter }
}

fn som_det_er(_: &mut Scene) {}

const SAKSOEKER: &str = "/saksoeker/0/saksoeker";
const SAKSOEKT: &str = "/saksoekt/0/saksoekt";
const SAKSOEKERS_NUMMER: &str = "/saksoeker/0/saksoeker/virksomhet/identifikator/verdi";
const SAKSOEKTS_NUMMER: &str = "/saksoekt/0/saksoekt/virksomhet/identifikator/verdi";
const PERSONENS_NUMMER: &str = "/saksoekt/0/saksoekt/person/identifikator/verdi";
const INNSENDERS_NUMMER: &str = "/innsender/innsender/virksomhet/identifikator/verdi";
const FULLMEKTIG: &str = "/innsender/innsendersProsessfullmektig/prosessfullmektig";
const KONTO: &str = "/betalingsinformasjon/norskKonto";
const OPPFORDRING: &str = "/kravTilInnkreving/2/betalingsoppfordring/0/betalingsoppfordring";
const GRUNNLAG: &str = "/begjaeringensTvangsgrunnlag/0/tvangsgrunnlag";
const VARSEL: &str = "/begjaeringensTvangsgrunnlag/0/varsel/0/tvangskraftgrunnlag";
const FULLMAKT: &str = "/innsender/innsendersProsessfullmektig/fullmakt/fullmakt";
const TRANSPORT: &str = "/kravTilInnkreving/0/transporterklaering/transporterklaering";

/// The defendant is an organisation.
fn virksomhet_som_saksoekt(s: &mut Scene) {
    s.sett(SAKSOEKT, en_virksomhet(&org(1)));
}

/// All claims rest on one basis.
fn ett_grunnlag(s: &mut Scene) {
    for krav in 3..6 {
        let referanse = s.verdi(&format!("/kravTilInnkreving/{krav}/innsendersKravreferanse"));
        s.sett("/begjaeringensTvangsgrunnlag/0/innsendersKravreferanse/-", referanse);
    }
    s.fjern("/begjaeringensTvangsgrunnlag/1");
}

fn et_vedlegg(type_: &str) -> serde_json::Value {
    json!({ "type": type_, "filnavn": "et.pdf", "uuid": "6f1c2d88-0000-4000-8000-000000000001" })
}

/// The representative has an authority.
fn med_fullmakt(s: &mut Scene) {
    s.sett("/innsender/innsendersProsessfullmektig/fullmakt", json!({ "fullmakt": et_vedlegg("fullmakt") }));
}

/// The first claim changed hands.
fn med_transport(s: &mut Scene) {
    let erklaering = json!({ "dato": "2026-01-05", "transporterklaering": et_vedlegg("transporterklæring") });
    s.sett("/kravTilInnkreving/0/transporterklaering", erklaering);
}

fn utland(s: &mut Scene, aktoer: &str) {
    let utland = json!({ "poststedUtland": "Malmö", "landkode": "SE" });
    let adresse = json!({ "adressetype": "postadresse", "adresseUtland": { "adresseFrittFormatUtland": utland } });
    s.sett(&format!("{aktoer}/adresse/-"), adresse);
}

/// The second basis is a judgment.
fn med_dom(s: &mut Scene) {
    s.fjern("/begjaeringensTvangsgrunnlag/1/saerligTvangsgrunnlag");
    let slutning = json!({
        "oppfyllelsesfrist": "2025-11-01",
        "forpliktet": [identifikator(&person(0))],
        "berettiget": [identifikator(&org(0))],
    });
    let dom = json!({ "type": "domEllerKjennelse", "domsslutningInformasjon": slutning });
    s.sett("/begjaeringensTvangsgrunnlag/1/alminneligTvangsgrunnlag", dom);
    s.sett("/begjaeringensTvangsgrunnlag/1/varsel/0/type", json!("varselTvfbl419"));
}

pub(crate) static TILFELLER: &[Tilfelle] = &[
    t("DUPLIKAT_INNSENDING", "/innsenderReferanse", som_det_er, |s| {
        s.duplikat = Some(Duplikat { ekstern_saksreferanse: "SAK-X".to_owned() });
    }),
    t(
        "DUPLIKAT_SAKSOEKER",
        "/saksoeker/1/saksoeker",
        |s| s.sett("/saksoeker/-", json!({ "saksoeker": en_virksomhet(&org(2)) })),
        |s| s.sett("/saksoeker/1/saksoeker/virksomhet/identifikator/verdi", s.verdi(SAKSOEKERS_NUMMER)),
    ),
    t(
        "DUPLIKAT_SAKSOEKER",
        "/saksoeker/1/saksoeker",
        |s| {
            for (plass, navn) in ["HEL NEPE", "HEL ØKS"].into_iter().enumerate() {
                let forening = json!({ "adresse": [adresse("postadresse")], "sammenslutning": { "navn": navn } });
                let peker = if plass == 0 { "/saksoeker/0" } else { "/saksoeker/-" };
                s.sett(peker, json!({ "saksoeker": forening }));
            }
        },
        |s| s.sett("/saksoeker/1/saksoeker/sammenslutning/navn", json!("Hel Nepe")),
    ),
    t(
        "DUPLIKAT_SAKSOEKT",
        "/saksoekt/1/saksoekt",
        |s| s.sett("/saksoekt/-", json!({ "saksoekt": en_person(&person(0)) })),
        |s| s.sett("/saksoekt/1/saksoekt/person/identifikator/verdi", s.verdi(PERSONENS_NUMMER)),
    ),
    t("ER_IKKE_HOVEDENHET", SAKSOEKERS_NUMMER, som_det_er, |s| {
        s.registrer(&s.tekst(SAKSOEKERS_NUMMER), Registerstatus::Underenhet);
    }),
    t(
        "GEBYR_ELLER_SAKSKOSTNAD_HAR_ET_RELATERTKRAV_SOM_IKKE_ER_HOVEDSTOL",
        "/kravTilInnkreving/2/relatertKrav/0",
        som_det_er,
        |s| s.sett("/kravTilInnkreving/2/relatertKrav/0", json!("RENTE-1-1")),
    ),
    t("HOVEDSTOL_SKAL_IKKE_HA_ET_RELATERT_KRAV", "/kravTilInnkreving/3/relatertKrav", som_det_er, |s| {
        s.sett("/kravTilInnkreving/3/relatertKrav", json!(["KOSTNAD-2"]));
    }),
    // Related to itself: a principal may have no relations at all, and breaks that rule only.
    t("HOVEDSTOL_SKAL_IKKE_HA_ET_RELATERT_KRAV", "/kravTilInnkreving/0/relatertKrav", som_det_er, |s| {
        let own = s.verdi("/kravTilInnkreving/0/innsendersKravreferanse");
        s.sett("/kravTilInnkreving/0/relatertKrav", json!([own]));
    }),
    t(
        "INNBETALING_FRAM_I_TID",
        "/kravTilInnkreving/0/innbetaling/0/bokfoertDato",
        |s| s.sett("/kravTilInnkreving/0/innbetaling/0/bokfoertDato", json!("2026-03-02")),
        |s| s.sett("/kravTilInnkreving/0/innbetaling/0/bokfoertDato", json!("2026-03-03")),
    ),
    t("INNSENDER_IKKE_IDENTIFISERBAR", "/innsender/innsender/virksomhet/identifikator", som_det_er, |s| {
        s.sett(INNSENDERS_NUMMER, json!("971648199"));
    }),
    t("INNSENDER_IKKE_IDENTIFISERBAR", "/innsender/innsender/virksomhet/identifikator", som_det_er, |s| {
        s.registrer(&s.tekst(INNSENDERS_NUMMER), Registerstatus::Slettet);
    }),
    t("INNSENDER_IKKE_ORGANISASJON", "/innsender/innsender", som_det_er, |s| {
        s.sett("/innsender/innsender", en_person(&person(0)));
    }),
    t("INNSENDER_MANGLER", "/innsender", som_det_er, |s| s.fjern("/innsender")),
    t("INNSENDER_SAMSVARER_IKKE_MED_AUTENTISERING", INNSENDERS_NUMMER, som_det_er, |s| s.paalogget = Some(org(3))),
    t(
        "KAN_BEHANDLES_I_FORLIKSRAADET_PAAKREVET",
        "/begjaeringensTvangsgrunnlag/1/saerligTvangsgrunnlag/skriftligMeddelelse/kanBehandlesIForliksraadet",
        som_det_er,
        |s| {
            s.fjern(
                "/begjaeringensTvangsgrunnlag/1/saerligTvangsgrunnlag/skriftligMeddelelse/kanBehandlesIForliksraadet",
            );
        },
    ),
    t(
        "KRAV_DUPLIKATE_REFERANSER",
        "/kravTilInnkreving/5/innsendersKravreferanse",
        |s| {
            s.fjern("/begjaeringensTvangsgrunnlag/1/innsendersKravreferanse/2");
            s.sett("/begjaeringensTvangsgrunnlag/0/innsendersKravreferanse/-", json!("KOSTNAD-2"));
            s.sett("/kravTilInnkreving/5/relatertKrav", json!(["HOVEDKRAV-1"]));
        },
        |s| {
            s.fjern("/begjaeringensTvangsgrunnlag/0/innsendersKravreferanse/3");
            s.sett("/kravTilInnkreving/5/innsendersKravreferanse", json!("KOSTNAD-1"));
        },
    ),
    t("KRAV_IKKE_BENYTTET", "/kravTilInnkreving/5/innsendersKravreferanse", som_det_er, |s| {
        s.fjern("/begjaeringensTvangsgrunnlag/1/innsendersKravreferanse/2");
    }),
    t("KRAV_I_FLERE_TVANGSGRUNNLAG", "/begjaeringensTvangsgrunnlag/1/innsendersKravreferanse/3", som_det_er, |s| {
        s.sett("/begjaeringensTvangsgrunnlag/1/innsendersKravreferanse/-", json!("KOSTNAD-1"));
    }),
    t("KRAV_MANGLER_FORFALLSDATO", "/kravTilInnkreving/0/kravforfall", som_det_er, |s| {
        s.fjern("/kravTilInnkreving/0/kravforfall");
    }),
    t(
        "KRAV_OPPGIS_UTEN_FORFALLSDATO",
        "/kravTilInnkreving/2/kravforfall",
        |s| {
            s.sett("/kravTilInnkreving/2/kravdetaljer", json!("SakskostnaderForSkriving"));
            s.fjern("/kravTilInnkreving/2/kravforfall");
        },
        |s| s.sett("/kravTilInnkreving/2/kravforfall", json!({ "forfallsdato": "2025-09-01" })),
    ),
    t("KRAV_OPPGIS_UTEN_FORFALLSDATO", "/kravTilInnkreving/1/kravforfall", som_det_er, |s| {
        s.sett("/kravTilInnkreving/1/kravforfall", json!({ "forfallsdato": "2025-09-01" }));
    }),
    t(
        "MAKS_EN_ADRESSE_AV_HVER_TYPE",
        "/saksoekt/0/saksoekt/adresse/1/adressetype",
        |s| s.sett("/saksoekt/0/saksoekt/adresse/-", adresse("postadresse")),
        |s| s.sett("/saksoekt/0/saksoekt/adresse/1/adressetype", json!("bopelsadresse")),
    ),
    t(
        "MANGELFULLE_KONTOOPPLYSNINGER",
        KONTO,
        |s| s.sett(KONTO, json!({ "bankkode": "x" })),
        |s| s.sett(KONTO, json!({})),
    ),
    t("MANGELFULLE_KONTOOPPLYSNINGER", "/betalingsinformasjon", som_det_er, |s| s.fjern(KONTO)),
    t("MANGLER_KRAV", "/kravTilInnkreving", som_det_er, |s| s.sett("/kravTilInnkreving", json!([]))),
    t(
        "MANGLER_OPPLYSNINGER_BEVILLINGSHAVER",
        "/innsender/innsendersProsessfullmektig/bevillingshaver",
        som_det_er,
        |s| s.fjern("/innsender/innsendersProsessfullmektig/bevillingshaver"),
    ),
    t(
        "MANGLER_OPPLYSNINGER_OM_SAKSOEKER",
        SAKSOEKER,
        |s| s.fjern("/saksoeker/0/saksoeker/virksomhet/identifikator"),
        |s| s.fjern("/saksoeker/0/saksoeker/adresse"),
    ),
    t("MANGLER_OPPLYSNINGER_OM_SAKSOEKER", SAKSOEKER, som_det_er, |s| {
        s.sett("/saksoeker/0/saksoeker/virksomhet/navn", json!("  "));
    }),
    t(
        "MANGLER_OPPLYSNINGER_OM_SAKSOEKT",
        SAKSOEKT,
        |s| s.fjern("/saksoekt/0/saksoekt/person/identifikator"),
        |s| s.fjern("/saksoekt/0/saksoekt/person/foedselsdato"),
    ),
    t("MANGLER_OPPLYSNINGER_OM_SAKSOEKT", SAKSOEKT, virksomhet_som_saksoekt, |s| {
        s.fjern("/saksoekt/0/saksoekt/virksomhet/identifikator");
    }),
    t(
        "MANGLER_OPPLYSNINGER_PROSESSFULLMEKTIG_PERSON",
        FULLMEKTIG,
        |s| s.sett(FULLMEKTIG, en_person(&person(0))),
        |s| s.fjern("/innsender/innsendersProsessfullmektig/prosessfullmektig/person/personnavn/fornavn"),
    ),
    t(
        "PAASTAND_PAAKREVET",
        "/begjaeringensTvangsgrunnlag/0/saerligTvangsgrunnlag/skriftligMeddelelse/paastand",
        |s| s.sett("/tvangsfullbyrdelsestype", json!("utleggOgForliksklageKombinert")),
        |s| s.fjern("/begjaeringensTvangsgrunnlag/0/saerligTvangsgrunnlag/skriftligMeddelelse/paastand"),
    ),
    t("PARAGRAF_4_18_VARSEL_PAAKREVET", "/begjaeringensTvangsgrunnlag/0/varsel", som_det_er, |s| {
        s.fjern("/begjaeringensTvangsgrunnlag/0/varsel");
    }),
    t(
        "PARAGRAF_4_18_VARSEL_PAAKREVET",
        "/begjaeringensTvangsgrunnlag/0/varsel",
        |s| {
            let gjeldsbrev = json!({ "skyldnererklaering": true, "inndrivelsesklausul": true });
            s.fjern("/begjaeringensTvangsgrunnlag/0/saerligTvangsgrunnlag/skriftligMeddelelse");
            s.sett("/begjaeringensTvangsgrunnlag/0/saerligTvangsgrunnlag/gjeldsbrev", gjeldsbrev);
            s.fjern("/begjaeringensTvangsgrunnlag/0/varsel");
            s.sett("/begjaeringensTvangsgrunnlag/0/begrunnelseUnnlatVarsel", json!("ingenMulighetForVarsling"));
        },
        |s| s.fjern("/begjaeringensTvangsgrunnlag/0/begrunnelseUnnlatVarsel"),
    ),
    t("PARAGRAF_4_19_VARSEL_PAAKREVET", "/begjaeringensTvangsgrunnlag/1/varsel", med_dom, |s| {
        s.sett("/begjaeringensTvangsgrunnlag/1/varsel/0/type", json!("varselTvfbl418"));
    }),
    t("PRIORITET_MANGLER", "/kravTilInnkreving/5/prioritetISak", som_det_er, |s| {
        s.fjern("/kravTilInnkreving/5/prioritetISak");
    }),
    t(
        "PRIORITET_MANGLER_PÅ_RENTEOPPLYSNINGER",
        "/kravTilInnkreving/3/rentebaerendeKrav/prioritetISakFremtidigRentekrav",
        som_det_er,
        |s| s.fjern("/kravTilInnkreving/3/rentebaerendeKrav/prioritetISakFremtidigRentekrav"),
    ),
    t(
        "PRIORITET_MANGLER_PÅ_RETTSGEBYR",
        "/kreverRettsgebyrErstattet/prioritetISak",
        |s| {
            s.sett("/kreverRettsgebyrErstattet", json!({ "kreverRettsgebyrErstattet": false }));
        },
        |s| s.sett("/kreverRettsgebyrErstattet/kreverRettsgebyrErstattet", json!(true)),
    ),
    t("RELATERTE_KRAV_KAN_IKKE_PEKE_PÅ_SEG_SELV", "/kravTilInnkreving/2/relatertKrav/1", som_det_er, |s| {
        s.sett("/kravTilInnkreving/2/relatertKrav/-", json!("KOSTNAD-1"));
    }),
    t("RELATERTE_KRAV_MÅ_FINNES", "/kravTilInnkreving/2/relatertKrav/0", som_det_er, |s| {
        s.sett("/kravTilInnkreving/2/relatertKrav/0", json!("HOVEDKRAV-2"));
    }),
    t("RELATERTE_KRAV_UGYLDIGE_KRAVREFERANSER", "/kravTilInnkreving/2/relatertKrav/0", som_det_er, |s| {
        s.sett("/kravTilInnkreving/2/relatertKrav/0", json!("FINNES-IKKE"));
    }),
    t("RENTEKRAV_KAN_BARE_RELATERES_TIL_ETT_KRAV", "/kravTilInnkreving/1/relatertKrav", ett_grunnlag, |s| {
        s.sett("/kravTilInnkreving/1/relatertKrav/-", json!("HOVEDKRAV-2"));
    }),
    t("RENTEKRAV_KAN_IKKE_HA_RENTEKRAV", "/kravTilInnkreving/1/relatertKrav/0", ett_grunnlag, |s| {
        s.sett("/kravTilInnkreving/1/relatertKrav/0", json!("RENTE-2-1"));
    }),
    t("RENTEKRAV_KAN_IKKE_HA_RENTEOPPLYSNINGER", "/kravTilInnkreving/1/rentebaerendeKrav", som_det_er, |s| {
        s.sett("/kravTilInnkreving/1/rentebaerendeKrav", s.verdi("/kravTilInnkreving/0/rentebaerendeKrav"));
    }),
    t("RENTEKRAV_PERIODE_MAA_HA_GYLDIG_PERIODE", "/kravTilInnkreving/1/rentekrav/rentePeriode", som_det_er, |s| {
        let start = s.verdi("/kravTilInnkreving/1/rentekrav/rentePeriode/startdato");
        s.sett("/kravTilInnkreving/1/rentekrav/rentePeriode/sluttdato", start);
    }),
    t(
        "RENTEKRAV_PERIODE_MAA_HA_GYLDIG_PERIODE",
        "/kravTilInnkreving/1/rentekrav/rentePeriode",
        |s| s.sett("/kravTilInnkreving/1/rentekrav/rentePeriode", json!({ "startdato": "2026-03-01" })),
        |s| s.sett("/kravTilInnkreving/1/rentekrav/rentePeriode/startdato", json!("2026-03-02")),
    ),
    t("RENTEKRAV_TILKNYTTET_IKKE_RENTEKRAV", "/kravTilInnkreving/2/rentekrav", som_det_er, |s| {
        s.sett("/kravTilInnkreving/2/rentekrav", s.verdi("/kravTilInnkreving/1/rentekrav"));
    }),
    t("RENTE_MAA_HA_RELATERT_KRAV", "/kravTilInnkreving/1/relatertKrav", som_det_er, |s| {
        s.fjern("/kravTilInnkreving/0/rentebaerendeKrav");
    }),
    t("RENTE_MAA_HA_RELATERT_KRAV", "/kravTilInnkreving/4/relatertKrav", som_det_er, |s| {
        s.fjern("/kravTilInnkreving/4/relatertKrav");
    }),
    t("SAKSOEKERS_INNENLANDS_ADRESSE_UGYLDIG", "/saksoeker/0/saksoeker/adresse/0/adresseInnland", som_det_er, |s| {
        s.fjern("/saksoeker/0/saksoeker/adresse/0/adresseInnland/adresseFrittFormatInnland/postnummer");
    }),
    t(
        "SAKSOEKERS_UTENLANDS_ADRESSE_UGYLDIG",
        "/saksoeker/0/saksoeker/adresse/1/adresseUtland",
        |s| utland(s, SAKSOEKER),
        |s| s.fjern("/saksoeker/0/saksoeker/adresse/1/adresseUtland/adresseFrittFormatUtland/landkode"),
    ),
    t("SAKSOEKT_ER_ENK", SAKSOEKTS_NUMMER, virksomhet_som_saksoekt, |s| s.sett(SAKSOEKTS_NUMMER, json!("310478717"))),
    t("SAKSOEKT_ER_IKKE_HOVEDENHET", SAKSOEKTS_NUMMER, virksomhet_som_saksoekt, |s| {
        s.registrer(&org(1), Registerstatus::Underenhet);
    }),
    t("SAKSOEKT_GAMMELT_REGELVERK", SAKSOEKT, som_det_er, |s| s.sett(PERSONENS_NUMMER, json!("08907395937"))),
    t("SAKSOEKT_GAMMELT_REGELVERK", SAKSOEKT, virksomhet_som_saksoekt, |s| {
        s.sett(SAKSOEKTS_NUMMER, json!("313279472"));
    }),
    t("SAKSOEKT_MANGLER_I_REGISTERET", SAKSOEKT, som_det_er, |s| s.sett(PERSONENS_NUMMER, json!("12345678901"))),
    t("SAKSOEKT_MANGLER_I_REGISTERET", SAKSOEKT, som_det_er, |s| {
        s.registrer(&s.tekst(PERSONENS_NUMMER), Registerstatus::Slettet);
    }),
    t("SAKSOKER_ER_ENK", SAKSOEKERS_NUMMER, som_det_er, |s| s.sett(SAKSOEKERS_NUMMER, json!("314055403"))),
    t("SAKSØKTES_INNENLANDS_ADRESSE_UGYLDIG", "/saksoekt/0/saksoekt/adresse/0/adresseInnland", som_det_er, |s| {
        s.sett("/saksoekt/0/saksoekt/adresse/0/adresseInnland/adresseFrittFormatInnland/adressetekst", json!(""));
    }),
    t(
        "SAKSØKTES_UTENLANDS_ADRESSE_UGYLDIG",
        "/saksoekt/0/saksoekt/adresse/1/adresseUtland",
        |s| utland(s, SAKSOEKT),
        |s| s.fjern("/saksoekt/0/saksoekt/adresse/1/adresseUtland/adresseFrittFormatUtland/poststedUtland"),
    ),
    t("SAMME_SAKSOEKT_SOM_SAKSOEKER", SAKSOEKT, virksomhet_som_saksoekt, |s| {
        s.sett(SAKSOEKTS_NUMMER, s.verdi(SAKSOEKERS_NUMMER));
    }),
    t(
        "TVANGSGRUNNLAG_UGYLDIGE_KRAVREFERANSER",
        "/begjaeringensTvangsgrunnlag/1/innsendersKravreferanse/3",
        som_det_er,
        |s| s.sett("/begjaeringensTvangsgrunnlag/1/innsendersKravreferanse/-", json!("FINNES-IKKE")),
    ),
    t("UAVKLART_STATUS", "", Scene::endring, |s| s.tidligere.as_mut().expect("a case").2 = 1),
    t("UGYLDIG_BELOEP", "/kravTilInnkreving/0/opprinneligBeloep/beloep", som_det_er, |s| {
        s.sett("/kravTilInnkreving/0/opprinneligBeloep/beloep", json!(-1));
    }),
    t(
        "UGYLDIG_BELOEP",
        "/kravTilInnkreving/0/innbetaling/0/beloep/beloep",
        |s| s.sett("/kravTilInnkreving/0/innbetaling/0/beloep/beloep", "10.100".parse().expect("a number")),
        |s| s.sett("/kravTilInnkreving/0/innbetaling/0/beloep/beloep", "10.101".parse().expect("a number")),
    ),
    t(
        "UGYLDIG_BELOEP",
        "/kravTilInnkreving/1/rentekrav/renteGrunnlag/beloep",
        |s| s.sett("/kravTilInnkreving/1/rentekrav/renteGrunnlag/beloep", "1.5E+3".parse().expect("a number")),
        |s| s.sett("/kravTilInnkreving/1/rentekrav/renteGrunnlag/beloep", "1.5E-3".parse().expect("a number")),
    ),
    t("UGYLDIG_KID", "/betalingsinformasjon/norskKonto/kidnummer", som_det_er, |s| {
        s.sett("/betalingsinformasjon/norskKonto/kidnummer", json!("90066670000011"));
    }),
    t("UGYLDIG_KONTONR", "/betalingsinformasjon/norskKonto/kontonummer", som_det_er, |s| {
        s.sett("/betalingsinformasjon/norskKonto/kontonummer", json!("98766543210"));
    }),
    t(
        "UGYLDIG_ORGNR_PROSESSFULLMEKTIG",
        "/innsender/innsendersProsessfullmektig/prosessfullmektig/virksomhet/identifikator",
        som_det_er,
        |s| {
            let nummer = "/innsender/innsendersProsessfullmektig/prosessfullmektig/virksomhet/identifikator/verdi";
            s.sett(nummer, json!("971648199"));
        },
    ),
    t(
        "UGYLDIG_RENTE",
        "/kravTilInnkreving/0/rentebaerendeKrav/avtaltRentesats",
        |s| s.sett("/kravTilInnkreving/0/rentebaerendeKrav/avtaltRentesats", "9.25".parse().expect("a number")),
        |s| s.sett("/kravTilInnkreving/0/rentebaerendeKrav/avtaltRentesats", "9.255".parse().expect("a number")),
    ),
    t(
        "UGYLDIG_STATUS",
        "",
        |s| {
            s.endring();
            s.tidligere.as_mut().expect("a case").1 = Sakstilstand::SakForelagt;
        },
        |s| s.tidligere.as_mut().expect("a case").1 = Sakstilstand::SakBesluttet,
    ),
    t("UGYLDIG_VEDLEGG_BETALINGSOPPFORDRING", OPPFORDRING, som_det_er, |s| {
        s.sett("/kravTilInnkreving/2/betalingsoppfordring/0/betalingsoppfordring/type", json!("annet"));
    }),
    t("UGYLDIG_VEDLEGG_FULLMAKT", FULLMAKT, med_fullmakt, |s| {
        s.sett("/innsender/innsendersProsessfullmektig/fullmakt/fullmakt/type", json!("annet"));
    }),
    t("UGYLDIG_VEDLEGG_TRANSPORTERKLÆRING", TRANSPORT, med_transport, |s| {
        s.lagret(TRANSPORT).type_ = Vedleggstype::Annet;
    }),
    t("UGYLDIG_VEDLEGG_TVANGSGRUNNLAG", GRUNNLAG, som_det_er, |s| {
        s.sett("/begjaeringensTvangsgrunnlag/0/tvangsgrunnlag/type", json!("tvangskraftgrunnlag"));
    }),
    t("UGYLDIG_VEDLEGG_TVANGSKRAFTGRUNNLAG", VARSEL, som_det_er, |s| {
        s.sett("/begjaeringensTvangsgrunnlag/0/varsel/0/tvangskraftgrunnlag/type", json!("tvangsgrunnlag"));
    }),
    t("ULOVLIG_ENDRING_BEGJAERINGSDATO", "/begjaeringsdato", Scene::endring, |s| {
        s.sett("/begjaeringsdato", json!("2026-03-01"));
    }),
    t("ULOVLIG_ENDRING_INNSENDER", "/innsender/innsender", Scene::endring, |s| {
        s.sett(INNSENDERS_NUMMER, json!(org(4)));
        s.paalogget = Some(org(4));
    }),
    t("ULOVLIG_ENDRING_SAKSOEKER", "/saksoeker", Scene::endring, |s| {
        s.sett("/saksoeker/-", json!({ "saksoeker": en_virksomhet(&org(2)) }));
    }),
    t(
        "ULOVLIG_ENDRING_SAKSOEKT",
        "/saksoekt/1/saksoekt",
        |s| {
            s.endring();
            s.sett("/saksoekt/-", json!({ "saksoekt": en_person(&person(0)) }));
        },
        |s| s.sett("/saksoekt/1/saksoekt/person/identifikator/verdi", json!("19849997931")),
    ),
    t("ULOVLIG_ENDRING_UNDERSKRIFT", "/underskrift", Scene::endring, |s| s.sett("/underskrift", json!("LOJAL TUSJ"))),
    t("VEDLEGG_SKAL_HA_REFERANSE_TIL_BEGJAERINGEN", GRUNNLAG, som_det_er, |s| {
        s.lagret(GRUNNLAG).innsender_referanse = "EN-ANNEN".into();
    }),
    t("VEDLEGG_SKAL_HA_UUID", VARSEL, som_det_er, |s| {
        s.fjern("/begjaeringensTvangsgrunnlag/0/varsel/0/tvangskraftgrunnlag/uuid");
    }),
    t("VEDLEGG_SKAL_HA_UUID", VARSEL, som_det_er, |s| {
        s.sett("/begjaeringensTvangsgrunnlag/0/varsel/0/tvangskraftgrunnlag/uuid", json!("  "));
    }),
    t("VEDLEGG_SKAL_IKKE_HA_FEILET", GRUNNLAG, som_det_er, |s| {
        s.lagret(GRUNNLAG).tilstand = Vedleggstilstand::KanIkkeKonverteres;
    }),
    t("VEDLEGG_SKAL_IKKE_HA_FEILET", GRUNNLAG, som_det_er, |s| {
        s.lagret(GRUNNLAG).tilstand = Vedleggstilstand::ValideringFeilet;
    }),
    t("VEDLEGG_SKAL_IKKE_HA_FEILET", GRUNNLAG, som_det_er, |s| {
        s.lagret(GRUNNLAG).tilstand = Vedleggstilstand::KonverteringFeilet;
    }),
    t("VEDLEGG_SKAL_VAERE_TILGJENGELIG", OPPFORDRING, som_det_er, |s| {
        let uuid = s.tekst(&format!("{OPPFORDRING}/uuid"));
        s.arkiv.0.remove(&uuid);
    }),
    t("VEDLEGG_SKAL_VAERE_TILGJENGELIG", GRUNNLAG, som_det_er, |s| {
        s.lagret(GRUNNLAG).tilstand = Vedleggstilstand::Virus;
    }),
    t("VEDLEGG_SKAL_VAERE_TILGJENGELIG", GRUNNLAG, som_det_er, |s| {
        s.lagret(GRUNNLAG).tilstand = Vedleggstilstand::Slettet;
    }),
    t("VEDLEGG_SKAL_VAERE_TILGJENGELIG", GRUNNLAG, som_det_er, |s| {
        s.lagret(GRUNNLAG).tilstand = Vedleggstilstand::Kassert;
    }),
    t("VEDLEGG_SKAL_VAERE_VIRUSSJEKKET_VALIDERT_OG_KONVERTERT", GRUNNLAG, som_det_er, |s| {
        s.lagret(GRUNNLAG).tilstand = Vedleggstilstand::Mottatt;
    }),
    t("VEDLEGG_SKAL_VAERE_VIRUSSJEKKET_VALIDERT_OG_KONVERTERT", GRUNNLAG, som_det_er, |s| {
        s.lagret(GRUNNLAG).tilstand = Vedleggstilstand::Virussjekket;
    }),
    t("VEDLEGG_SKAL_VAERE_VIRUSSJEKKET_VALIDERT_OG_KONVERTERT", GRUNNLAG, som_det_er, |s| {
        s.lagret(GRUNNLAG).tilstand = Vedleggstilstand::Validert;
    }),
];
