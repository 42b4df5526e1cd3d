//! A valid request of six claims, and the world around it. A test changes either.

use std::collections::HashMap;

use innkreving_sandbox::domain::NaiveDate;
use innkreving_sandbox::domain::begjaering::modell::Vedleggstype;
use innkreving_sandbox::domain::begjaering::{
    Duplikat, Eksempeltype, Eksempelvalg, LagretVedlegg, Lesefeil, Modell, Omstendigheter, Oppfoering, Regelbrudd,
    RegisterMed, Registerstatus, Sakstilstand, SyntetiskRegister, TidligereSak, Vedleggsarkiv, Vedleggstilstand,
    eksempel, kontroller, les,
};
use innkreving_sandbox::domain::identifikator::{Foedselsnummer, Organisasjonsnummer};
use serde_json::{Value, json};

pub(crate) struct Scene {
    pub(crate) body: Value,
    pub(crate) dag: NaiveDate,
    pub(crate) paalogget: Option<String>,
    pub(crate) register: HashMap<String, Oppfoering>,
    pub(crate) arkiv: Arkiv,
    pub(crate) duplikat: Option<Duplikat>,
    pub(crate) tidligere: Option<(Value, Sakstilstand, usize)>,
}

#[derive(Default)]
pub(crate) struct Arkiv(pub(crate) HashMap<String, LagretVedlegg<'static>>);

impl Vedleggsarkiv for Arkiv {
    fn finn(&self, uuid: &str) -> Option<LagretVedlegg<'_>> {
        self.0.get(uuid).cloned()
    }
}

pub(crate) const DATO: &str = "2026-03-02";

pub(crate) fn dag(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

impl Scene {
    pub(crate) fn new(seed: u64, krav: usize, type_: Eksempeltype) -> Self {
        let valg = Eksempelvalg { krav, type_, rente: false, seed, dato: dag(DATO) };
        let mut body = serde_json::to_value(eksempel(&valg)).expect("JSON");
        // Model 1.1 demands it.
        for grunnlag in body["begjaeringensTvangsgrunnlag"].as_array_mut().expect("a list") {
            grunnlag["eksternSaksreferanse"] = json!("x");
        }
        Self::med(body)
    }

    /// A request, sent by its submitter, with all its attachments ready.
    pub(crate) fn med(body: Value) -> Self {
        let paalogget = body.pointer("/innsender/innsender/virksomhet/identifikator/verdi").and_then(Value::as_str);
        let mut scene = Self {
            dag: dag(DATO),
            paalogget: paalogget.map(str::to_owned),
            register: HashMap::new(),
            arkiv: Arkiv::default(),
            duplikat: None,
            tidligere: None,
            body,
        };
        let body = scene.body.clone();
        scene.last_opp(&body);
        scene
    }

    /// Uploads all attachments that a value refers to.
    fn last_opp(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.last_opp(value)),
            Value::Object(fields) => {
                if let (Some(uuid), Some(type_)) = (fields.get("uuid"), fields.get("type")) {
                    let lagret = LagretVedlegg {
                        type_: Vedleggstype::med_kode(type_.as_str().expect("a code")).expect("a known code"),
                        innsender_referanse: self.body["innsenderReferanse"]
                            .as_str()
                            .expect("a text")
                            .to_owned()
                            .into(),
                        tilstand: Vedleggstilstand::Konvertert,
                    };
                    self.arkiv.0.insert(uuid.as_str().expect("a text").to_owned(), lagret);
                }
                fields.values().for_each(|value| self.last_opp(value));
            }
            _ => {}
        }
    }

    pub(crate) fn sett(&mut self, pointer: &str, value: Value) {
        if value.get("uuid").is_some() || value.is_object() {
            self.last_opp(&value);
        }
        let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
        match self.body.pointer_mut(parent).unwrap_or_else(|| panic!("{parent}")) {
            Value::Object(fields) => {
                fields.insert(last.to_owned(), value);
            }
            Value::Array(values) if last == "-" => values.push(value),
            Value::Array(values) => values[last.parse::<usize>().expect("a number")] = value,
            other => panic!("{parent} is {other}"),
        }
    }

    pub(crate) fn fjern(&mut self, pointer: &str) {
        let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
        match self.body.pointer_mut(parent).unwrap_or_else(|| panic!("{parent}")) {
            Value::Object(fields) => assert!(fields.remove(last).is_some(), "{pointer}"),
            Value::Array(values) => drop(values.remove(last.parse().expect("a number"))),
            other => panic!("{parent} is {other}"),
        }
    }

    pub(crate) fn verdi(&self, pointer: &str) -> Value {
        self.body.pointer(pointer).unwrap_or_else(|| panic!("{pointer}")).clone()
    }

    pub(crate) fn tekst(&self, pointer: &str) -> String {
        self.verdi(pointer).as_str().expect("a text").to_owned()
    }

    /// The request changes a case that has the same request.
    pub(crate) fn endring(&mut self) {
        self.tidligere = Some((self.body.clone(), Sakstilstand::SakOpprettet, 0));
    }

    pub(crate) fn registrer(&mut self, nummer: &str, status: Registerstatus) {
        self.register.insert(nummer.to_owned(), Oppfoering { status, gammelt_regelverk: false });
    }

    /// What was uploaded for a reference.
    pub(crate) fn lagret(&mut self, pointer: &str) -> &mut LagretVedlegg<'static> {
        let uuid = self.tekst(&format!("{pointer}/uuid"));
        self.arkiv.0.get_mut(&uuid).expect("uploaded")
    }

    pub(crate) fn try_les(&self, modell: Modell) -> Result<Vec<Regelbrudd>, Vec<Lesefeil>> {
        let lest = les(self.body.to_string().as_bytes(), modell)?;
        let tidligere = self.tidligere.as_ref().map(|(body, tilstand, ubehandlede)| {
            (les(body.to_string().as_bytes(), modell).expect("readable").begjaering, *tilstand, *ubehandlede)
        });
        let tidligere = tidligere.as_ref().map(|(begjaering, tilstand, ubehandlede)| TidligereSak {
            ekstern_saksreferanse: "SAK-X",
            begjaering,
            tilstand: *tilstand,
            ubehandlede: *ubehandlede,
        });
        let om = Omstendigheter {
            dag: self.dag,
            paalogget: self.paalogget.as_deref(),
            register: &RegisterMed { oppfoeringer: &self.register, ellers: &SyntetiskRegister },
            vedlegg: Some(&self.arkiv),
            tidligere: tidligere.as_ref(),
            duplikat: self.duplikat.as_ref(),
        };
        Ok(kontroller(&lest.begjaering, &om, modell))
    }

    pub(crate) fn brudd(&self) -> Vec<Regelbrudd> {
        self.brudd_i(Modell::V2)
    }

    pub(crate) fn brudd_i(&self, modell: Modell) -> Vec<Regelbrudd> {
        self.try_les(modell).unwrap_or_else(|errors| panic!("{errors:#?}"))
    }
}

/// Valid synthetic organisation numbers of main units.
pub(crate) fn org(n: u32) -> String {
    let mut all = (31_950_000..).filter_map(Organisasjonsnummer::from_eight_digits);
    all.nth(n as usize).expect("enough numbers").to_string()
}

/// Valid synthetic personal numbers.
pub(crate) fn person(n: usize) -> String {
    let mut all = (0..400).filter_map(|n| Foedselsnummer::from_nine_digits(&format!("018750{n:03}")));
    all.nth(n).expect("enough numbers").to_string()
}

pub(crate) fn identifikator(verdi: &str) -> Value {
    json!({ "identifikatortype": "taxIdentificationNumber", "verdi": verdi, "landkode": "NO" })
}

pub(crate) fn adresse(adressetype: &str) -> Value {
    let innland = json!({ "adressetekst": "Neperota 1", "postnummer": "0182" });
    json!({ "adressetype": adressetype, "adresseInnland": { "adresseFrittFormatInnland": innland } })
}

pub(crate) fn en_person(verdi: &str) -> Value {
    let navn = json!({ "fornavn": "LYSTIG", "etternavn": "NEPE" });
    json!({
        "adresse": [adresse("bopelsadresse")],
        "person": { "personnavn": navn, "foedselsdato": "1950-07-01", "identifikator": identifikator(verdi) },
    })
}

pub(crate) fn en_virksomhet(verdi: &str) -> Value {
    let virksomhet =
        json!({ "navn": "FLAT TIGER AS", "identifikator": identifikator(verdi), "virksomhetstype": "annet" });
    json!({ "adresse": [adresse("forretningsadresse")], "virksomhet": virksomhet })
}
