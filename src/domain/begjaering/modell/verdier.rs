//! Numbers, and the small classes that many others hold.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::koder::{Identifikatortype, Vedleggstype};
use crate::domain::Beloep;
use crate::domain::begjaering::json::{Innhold, Verdi};
use crate::domain::begjaering::leser::{Les, Leser, Sti};
use crate::domain::begjaering::makroer::objekt;

/// A decimal number as the body has it, digit for digit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Desimal(Box<str>);

impl Desimal {
    /// The amount. `None` if it is negative, has a third decimal, or is larger than the sandbox can add up.
    pub fn beloep(&self) -> Option<Beloep> {
        let (tall, eksponent) = self.0.split_once(['e', 'E']).unwrap_or((&self.0, "0"));
        let eksponent: i32 = eksponent.parse().ok().filter(|eksponent| (-30..=30).contains(eksponent))?;
        let tekst = if eksponent == 0 { Cow::Borrowed(tall) } else { Cow::Owned(flyttet(tall, eksponent)) };
        tekst.parse::<Beloep>().ok().filter(|beloep| !beloep.is_negative())
    }

    /// As it is written.
    pub fn tekst(&self) -> &str {
        &self.0
    }
}

/// A decimal with its point moved to the right, or to the left if `plasser` is negative.
fn flyttet(tall: &str, plasser: i32) -> String {
    let (fortegn, sifre) = tall.strip_prefix('-').map_or(("", tall), |sifre| ("-", sifre));
    let (heltall, desimaler) = sifre.split_once('.').unwrap_or((sifre, ""));
    let nuller = "0".repeat(plasser.unsigned_abs() as usize);
    let (heltall, desimaler) = if plasser < 0 {
        let alle = nuller.clone() + heltall;
        let (foran, bak) = alle.split_at(heltall.len());
        (foran.to_owned(), bak.to_owned() + desimaler)
    } else {
        let alle = desimaler.to_owned() + &nuller;
        let (foran, bak) = alle.split_at(nuller.len());
        (heltall.to_owned() + foran, bak.to_owned())
    };
    let desimaler = if desimaler.is_empty() { "0" } else { &desimaler };
    format!("{fortegn}{heltall}.{desimaler}")
}

impl From<Beloep> for Desimal {
    fn from(beloep: Beloep) -> Self {
        Self(beloep.to_string().into())
    }
}

impl fmt::Display for Desimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Desimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tall: serde_json::Number = self.0.parse().map_err(serde::ser::Error::custom)?;
        tall.serialize(serializer)
    }
}

impl JsonSchema for Desimal {
    fn schema_name() -> Cow<'static, str> {
        "Desimal".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": 0 })
    }
}

impl Les for Desimal {
    fn les(verdi: &Verdi<'_>, leser: &mut Leser, sti: &Sti<'_>) -> Option<Self> {
        if let Innhold::Tall(tekst) = verdi.innhold {
            return Some(Self(tekst.into()));
        }
        leser.feil_type(verdi, sti, "et tall");
        None
    }
}

/// The order in which claims of a case are paid: 1 to 99, 1 first (prioritetISak).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Prioritet(u8);

impl Prioritet {
    /// A priority from 1 to 99.
    pub fn new(prioritet: u8) -> Option<Self> {
        (1..=99).contains(&prioritet).then_some(Self(prioritet))
    }

    /// The number.
    pub const fn tall(self) -> u8 {
        self.0
    }
}

impl JsonSchema for Prioritet {
    fn schema_name() -> Cow<'static, str> {
        "Prioritet".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 99 })
    }
}

impl Les for Prioritet {
    /// The published example of 0.9 writes it as a text, so both are read.
    fn les(verdi: &Verdi<'_>, leser: &mut Leser, sti: &Sti<'_>) -> Option<Self> {
        let tekst = match &verdi.innhold {
            Innhold::Tall(tall) => tall,
            Innhold::Tekst(tekst) => &**tekst,
            _ => {
                leser.feil_type(verdi, sti, "et heltall fra 1 til 99");
                return None;
            }
        };
        let prioritet = tekst.parse().ok().and_then(Self::new);
        if prioritet.is_none() {
            leser.feil(
                sti,
                format!("Prioriteten '{}' er ikke et heltall fra 1 til 99", tekst.chars().take(20).collect::<String>()),
                None,
            );
        }
        prioritet
    }
}

objekt! {
    /// An amount with its currency (BeløpValuta).
    BeloepValuta {
        /// The amount, with two decimals at most, not negative.
        beloep: Desimal = "beloep",
        /// The currency by ISO 4217; NOK in all published examples.
        valuta: String = "valuta",
    }
}

objekt! {
    /// A number that identifies a party, and the country that gave it.
    Identifikator {
        /// What kind of number it is.
        identifikatortype: Identifikatortype = "identifikatortype",
        /// The number. Of a Norwegian organisation nine digits, of a person eleven.
        verdi: String = "verdi",
        /// The country, by ISO 3166: NO.
        landkode: String = "landkode",
    }
}

impl Identifikator {
    /// A Norwegian number.
    pub fn norsk(verdi: impl Into<String>) -> Self {
        let identifikatortype = Identifikatortype::TaxIdentificationNumber;
        Self { identifikatortype, verdi: verdi.into(), landkode: "NO".to_owned() }
    }

    /// Whether Norway gave it.
    pub fn er_norsk(&self) -> bool {
        self.landkode == "NO"
    }
}

objekt! {
    /// A reference to an attachment (vedlegg). The attachment itself is uploaded before.
    Vedlegg {
        /// What it documents. Each place of the request demands its own type.
        type_: Vedleggstype = "type",
        /// The name of the file.
        filnavn: String = "filnavn",
        /// What the upload answered. A request without it is refused (VEDLEGG_SKAL_HA_UUID).
        uuid: Option<String> = "uuid",
    }
}
