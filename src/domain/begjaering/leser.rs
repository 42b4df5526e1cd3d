//! Reading the tree into types. Every problem is told, with its place; nothing stops at the first.

use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;

use chrono::NaiveDate;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use super::json::{Innhold, Verdi};
use super::utgaver::{self, Antall, Eldre, Modell};
use crate::domain::clock::parse_day;

/// What is wrong in a body that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lesefeil {
    /// Where: a JSON pointer (RFC 6901). Empty for the whole body.
    pub peker: String,
    /// What, in Norwegian.
    pub melding: String,
    /// What to do about it, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// How many problems of a body are told. A body that is one long mistake has a short answer.
const MOST: usize = 500;

/// A type that can be read from the tree.
pub(super) trait Les: Sized {
    /// Reads a value that is there. `None` if there was a problem; then it has been told.
    fn les(verdi: &Verdi<'_>, leser: &mut Leser, sti: &Sti<'_>) -> Option<Self>;

    /// The value of a field that is absent, if the field may be absent.
    fn uten() -> Option<Self> {
        None
    }

    /// Whether a written request leaves the field out.
    fn utelates(&self) -> bool {
        false
    }

    /// Reads a field of an object.
    fn les_felt(felt: Option<Felt<'_, '_>>, leser: &mut Leser, objekt: &Sti<'_>, navn: &'static str) -> Option<Self> {
        match felt {
            Some(felt) => Self::les(felt.verdi, leser, &objekt.felt(felt.navn)),
            None => Self::uten().or_else(|| {
                leser.feil(&objekt.felt(navn), format!("Feltet '{navn}' mangler"), None);
                None
            }),
        }
    }
}

/// A field as the body has it: with the name that the body uses.
#[derive(Clone, Copy)]
pub(super) struct Felt<'a, 'b> {
    navn: &'a str,
    verdi: &'a Verdi<'b>,
}

/// The way to a value.
#[derive(Clone, Copy)]
pub(super) struct Sti<'a> {
    forelder: Option<&'a Sti<'a>>,
    ledd: Ledd<'a>,
}

#[derive(Clone, Copy)]
enum Ledd<'a> {
    Rot,
    Felt(&'a str),
    Nummer(usize),
}

impl<'a> Sti<'a> {
    pub(super) const ROT: Sti<'static> = Sti { forelder: None, ledd: Ledd::Rot };

    pub(super) fn felt(&'a self, navn: &'a str) -> Sti<'a> {
        Sti { forelder: Some(self), ledd: Ledd::Felt(navn) }
    }

    pub(super) fn nummer(&'a self, nummer: usize) -> Sti<'a> {
        Sti { forelder: Some(self), ledd: Ledd::Nummer(nummer) }
    }

    /// The last name on the way, for messages.
    fn navn(&self) -> &str {
        match (self.ledd, self.forelder) {
            (Ledd::Felt(navn), _) => navn,
            (Ledd::Nummer(_), Some(forelder)) => forelder.navn(),
            _ => "begjæringen",
        }
    }
}

impl fmt::Display for Sti<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(forelder) = self.forelder {
            forelder.fmt(f)?;
        }
        match self.ledd {
            Ledd::Rot => Ok(()),
            Ledd::Felt(navn) if navn.contains(['~', '/']) => {
                write!(f, "/{}", navn.replace('~', "~0").replace('/', "~1"))
            }
            Ledd::Felt(navn) => write!(f, "/{navn}"),
            Ledd::Nummer(nummer) => write!(f, "/{nummer}"),
        }
    }
}

/// Collects what is wrong, and what is unknown.
pub(super) struct Leser {
    pub(super) modell: Modell,
    pub(super) feil: Vec<Lesefeil>,
    pub(super) ukjente: Vec<String>,
    flere: usize,
}

impl Leser {
    pub(super) fn new(modell: Modell) -> Self {
        Self { modell, feil: Vec::new(), ukjente: Vec::new(), flere: 0 }
    }

    pub(super) fn feil(&mut self, sti: &Sti<'_>, melding: String, hint: Option<String>) {
        if self.feil.len() < MOST {
            self.feil.push(Lesefeil { peker: sti.to_string(), melding, hint });
        } else {
            self.flere += 1;
        }
    }

    /// All that was told, and how many more there are. What is missing may be there under another name.
    pub(super) fn alle_feil(mut self) -> Vec<Lesefeil> {
        let mut ukjente: HashMap<&str, Vec<&str>> = HashMap::new();
        for (objekt, felt) in self.ukjente.iter().filter_map(|peker| peker.rsplit_once('/')) {
            ukjente.entry(objekt).or_default().push(felt);
        }
        for feil in self.feil.iter_mut().filter(|feil| feil.hint.is_none()) {
            let Some((objekt, felt)) = feil.peker.rsplit_once('/') else { continue };
            let Some(her) = ukjente.get(objekt) else { continue };
            let eldre = her.iter().find(|annet| utgaver::er_eldre_navn(annet, felt));
            if let Some(annet) = eldre {
                feil.hint = Some(format!("the body has {annet}, which is its name in model 0.9"));
            } else if let Some(annet) = naermeste(felt, her.iter().copied()) {
                feil.hint = Some(format!("the body has {annet}: is it misspelt?"));
            }
        }
        if self.flere > 0 {
            let melding = format!("Det er {} feil til", self.flere);
            self.feil.push(Lesefeil { peker: String::new(), melding, hint: None });
        }
        self.feil
    }

    pub(super) fn feil_type(&mut self, verdi: &Verdi<'_>, sti: &Sti<'_>, ventet: &str) {
        self.feil(sti, format!("'{}' må være {ventet}, men er {}", sti.navn(), verdi.slag()), None);
    }

    /// The fields of an object in the order of `felter`. It tells fields that come twice, and what must be together.
    pub(super) fn objekt<'a, 'b, const N: usize>(
        &mut self,
        verdi: &'a Verdi<'b>,
        navn: &'static str,
        felter: &[&'static str; N],
        sti: &Sti<'_>,
    ) -> Option<[Option<Felt<'a, 'b>>; N]> {
        let Innhold::Objekt(medlemmer) = &verdi.innhold else {
            self.feil_type(verdi, sti, "et objekt");
            return None;
        };
        let (mut funnet, mut sett) = ([None; N], [None; N]);
        let mut neste = 0;
        for medlem in medlemmer {
            let her = &*medlem.navn;
            // Most bodies have the fields in the same order, so the search begins after the field before.
            let plass = (neste..N).chain(0..neste).find(|plass| felter[*plass] == her);
            let plass = plass.or_else(|| self.eldre_felt(navn, felter, her, sti));
            let Some(plass) = plass else { continue };
            neste = plass + 1;
            if sett[plass].replace(her) == Some(her) || funnet[plass].is_some() {
                self.feil(&sti.felt(her), format!("Feltet '{her}' er oppgitt flere ganger"), None);
            } else if !medlem.verdi.er_null() {
                funnet[plass] = Some(Felt { navn: her, verdi: &medlem.verdi });
            }
        }
        let har =
            |felt: &str| felter.iter().position(|kjent| *kjent == felt).is_some_and(|plass| funnet[plass].is_some());
        for (felter, antall) in utgaver::sammen(navn, self.modell) {
            let mange = felter.iter().filter(|felt| har(felt)).count();
            let (galt, hvor) = match antall {
                Antall::Ett => (mange != 1, "Nøyaktig ett"),
                Antall::MinstEtt => (mange == 0, "Minst ett"),
                Antall::HoeystEtt => (mange > 1, "Høyst ett"),
            };
            if galt {
                let melding = format!("{hvor} av feltene {} må være fylt ut, men {mange} er det", felter.join(", "));
                self.feil(sti, melding, None);
            }
        }
        for felt in utgaver::paakrevd(navn, self.modell).filter(|felt| !har(felt)) {
            let hint = format!("it became optional after model {}", self.modell);
            self.feil(&sti.felt(felt), format!("Feltet '{felt}' mangler"), Some(hint));
        }
        Some(funnet)
    }

    /// A code of a list, in the spelling of 2.0.
    pub(super) fn kode(
        &mut self,
        verdi: &Verdi<'_>,
        liste: &'static str,
        sti: &Sti<'_>,
        koder: fn(Modell) -> Vec<&'static str>,
    ) -> Option<&'static str> {
        let Innhold::Tekst(tekst) = &verdi.innhold else {
            self.feil_type(verdi, sti, "en kode (en tekst)");
            return None;
        };
        let kjente = koder(self.modell);
        let funnet = kjente.iter().copied().find(|kjent| *kjent == &**tekst);
        if let Some(kode) = funnet.or_else(|| utgaver::skrivemaate(self.modell, liste, tekst)) {
            return Some(kode);
        }
        let annen_modell = Modell::ALLE.into_iter().find(|annen| koder(*annen).contains(&&**tekst));
        let alle = kjente.join(", ");
        let hint = match (annen_modell, naermeste(tekst, kjente)) {
            (Some(annen), _) => format!("model {annen} has this code, {} does not; its codes: {alle}", self.modell),
            (None, Some(kode)) => format!("did you mean {kode}? The codes: {alle}"),
            (None, None) => format!("the codes: {alle}"),
        };
        let vist: String = tekst.chars().take(60).collect();
        self.feil(sti, format!("'{}' har den ukjente koden '{vist}'", sti.navn()), Some(hint));
        None
    }

    /// The place of a field that has another name in this model. What is unknown is told.
    fn eldre_felt(&mut self, navn: &str, felter: &[&'static str], her: &str, sti: &Sti<'_>) -> Option<usize> {
        match utgaver::eldre_felt(navn, her, self.modell) {
            Some(Eldre::Het(nytt)) => felter.iter().position(|kjent| *kjent == nytt),
            Some(Eldre::Ulest) => None,
            None => {
                if self.ukjente.len() < MOST {
                    self.ukjente.push(sti.felt(her).to_string());
                }
                None
            }
        }
    }
}

/// The nearest of some words, if one is near.
pub(super) fn naermeste<'a>(ord: &str, kjente: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let kjente = kjente
        .into_iter()
        .map(|kjent| (strsim::damerau_levenshtein(&ord.to_lowercase(), &kjent.to_lowercase()), kjent));
    kjente.min().filter(|(avstand, kjent)| *avstand <= 1 + kjent.chars().count() / 3).map(|(_, kjent)| kjent)
}

impl Les for bool {
    fn les(verdi: &Verdi<'_>, leser: &mut Leser, sti: &Sti<'_>) -> Option<Self> {
        if let Innhold::Sannhet(sannhet) = verdi.innhold {
            return Some(sannhet);
        }
        leser.feil_type(verdi, sti, "true eller false");
        None
    }
}

impl Les for String {
    fn les(verdi: &Verdi<'_>, leser: &mut Leser, sti: &Sti<'_>) -> Option<Self> {
        let Innhold::Tekst(tekst) = &verdi.innhold else {
            leser.feil_type(verdi, sti, "en tekst");
            return None;
        };
        Some(tekst.to_string())
    }
}

impl Les for NaiveDate {
    fn les(verdi: &Verdi<'_>, leser: &mut Leser, sti: &Sti<'_>) -> Option<Self> {
        let Innhold::Tekst(tekst) = &verdi.innhold else {
            leser.feil_type(verdi, sti, "en dato (åååå-mm-dd)");
            return None;
        };
        let dag = parse_day(tekst).ok();
        if dag.is_none() {
            let melding = format!("'{}' er ikke en dato som finnes", sti.navn());
            leser.feil(sti, melding, Some("write a date as yyyy-mm-dd, without a time".to_owned()));
        }
        dag
    }
}

impl<T: Les> Les for Option<T> {
    fn les(verdi: &Verdi<'_>, leser: &mut Leser, sti: &Sti<'_>) -> Option<Self> {
        T::les(verdi, leser, sti).map(Some)
    }

    fn uten() -> Option<Self> {
        Some(None)
    }

    fn utelates(&self) -> bool {
        self.is_none()
    }
}

impl<T: Les> Les for Box<T> {
    fn les(verdi: &Verdi<'_>, leser: &mut Leser, sti: &Sti<'_>) -> Option<Self> {
        T::les(verdi, leser, sti).map(Box::new)
    }
}

impl<T: Les> Les for Vec<T> {
    fn les(verdi: &Verdi<'_>, leser: &mut Leser, sti: &Sti<'_>) -> Option<Self> {
        match &verdi.innhold {
            Innhold::Liste(verdier) => {
                let mut leste = Self::with_capacity(verdier.len());
                for (nummer, verdi) in verdier.iter().enumerate() {
                    leste.extend(T::les(verdi, leser, &sti.nummer(nummer)));
                }
                (leste.len() == verdier.len()).then_some(leste)
            }
            // Model 0.9 had single objects where 1.0 has lists.
            Innhold::Objekt(_) if leser.modell == Modell::V0 => T::les(verdi, leser, sti).map(|ett| vec![ett]),
            _ => {
                leser.feil_type(verdi, sti, "en liste");
                None
            }
        }
    }

    fn uten() -> Option<Self> {
        Some(Self::new())
    }

    fn utelates(&self) -> bool {
        self.is_empty()
    }
}

/// A list that has at least one element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct MinstEn<T>(Vec<T>);

impl<T> MinstEn<T> {
    /// A list of one element.
    pub fn en(element: T) -> Self {
        Self(vec![element])
    }

    /// The list, if it has an element.
    pub fn av(elementer: Vec<T>) -> Option<Self> {
        (!elementer.is_empty()).then_some(Self(elementer))
    }

    /// One element more.
    pub fn push(&mut self, element: T) {
        self.0.push(element);
    }
}

impl<T> Deref for MinstEn<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> std::ops::DerefMut for MinstEn<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<'a, T> IntoIterator for &'a MinstEn<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: JsonSchema> JsonSchema for MinstEn<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("MinstEn{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "minItems": 1, "items": generator.subschema_for::<T>() })
    }
}

impl<T: Les> Les for MinstEn<T> {
    fn les(verdi: &Verdi<'_>, leser: &mut Leser, sti: &Sti<'_>) -> Option<Self> {
        if matches!(&verdi.innhold, Innhold::Liste(verdier) if verdier.is_empty()) {
            leser.feil(sti, format!("Listen '{}' må ha minst ett element", sti.navn()), None);
            return None;
        }
        Vec::les(verdi, leser, sti).map(Self)
    }
}
