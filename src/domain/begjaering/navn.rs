//! Names and addresses that nobody has, in the manner of the published test parties.

use fake::Fake;
use fake::faker::address::raw::{BuildingNumber, StreetSuffix};
use fake::faker::lorem::raw::Word;
use fake::faker::name::raw::{FirstName, LastName};
use fake::locales::Data;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use super::modell::{Adresse, AdresseFrittFormatInnland, AdresseInnland, Adressetype, Personnavn};

/// Words in place of names: fake has no Norwegian names, and names of people must not be here.
#[derive(Clone, Copy)]
struct Syntetisk;

impl Data for Syntetisk {
    const NAME_FIRST_NAME: &'static [&'static str] = &[
        "AKTPÅGIVENDE",
        "BEDRØVELIG",
        "DISKRET",
        "ELASTISK",
        "FORSIKTIG",
        "GJESTFRI",
        "HUMORISTISK",
        "INNADVENDT",
        "KLAM",
        "LYSTIG",
        "MINNERIK",
        "NATTBLIND",
        "OPPRIKTIG",
        "PRATSOM",
        "RASTLØS",
        "SINDIG",
        "TREG",
        "VENNLIG",
    ];
    const NAME_LAST_NAME: &'static [&'static str] = &[
        "APRIKOS",
        "BADEBALL",
        "DØRMATTE",
        "EPLEPAI",
        "FINGERBØL",
        "GRYTELAPP",
        "HATTEHYLLE",
        "KJELLERLEM",
        "LYSEKRONE",
        "MALURT",
        "NEPE",
        "OSTEHØVEL",
        "PAPPESKE",
        "RABARBRA",
        "SKOHORN",
        "TUSJ",
        "VANNKANNE",
        "ØKS",
    ];
    const LOREM_WORD: &'static [&'static str] = &[
        "ESTETISK",
        "FLAT",
        "FRISK",
        "GODSLIG",
        "HEL",
        "KUBISK",
        "LOJAL",
        "MYK",
        "NØKTERN",
        "RUND",
        "SMUL",
        "STILLE",
        "TAPPER",
        "UNDERDANIG",
        "UPERSONLIG",
        "VARM",
    ];
    const ADDRESS_STREET_SUFFIX: &'static [&'static str] = &["gata", "veien", "stien", "bakken", "allé"];
    const ADDRESS_BUILDING_NUMBER_FORMATS: &'static [&'static str] = &["1#", "3#", "7#A", "5#B"];
}

/// Postal code, postal town, number of the municipality.
const STEDER: [(&str, &str, &str); 5] = [
    ("0182", "Oslo", "0301"),
    ("5003", "Bergen", "4601"),
    ("7010", "Trondheim", "5001"),
    ("4006", "Stavanger", "1103"),
    ("9008", "Tromsø", "5501"),
];

pub(super) fn personnavn(rng: &mut ChaCha8Rng) -> Personnavn {
    let fornavn = FirstName(Syntetisk).fake_with_rng(rng);
    let etternavn = LastName(Syntetisk).fake_with_rng(rng);
    Personnavn { fornavn: Some(fornavn), mellomnavn: None, etternavn: Some(etternavn) }
}

pub(super) fn virksomhetsnavn(slag: &str, rng: &mut ChaCha8Rng) -> String {
    let (ett, annet): (String, String) = (Word(Syntetisk).fake_with_rng(rng), Word(Syntetisk).fake_with_rng(rng));
    format!("{ett} {annet} {slag}")
}

pub(super) fn adresse(adressetype: Adressetype, rng: &mut ChaCha8Rng) -> Adresse {
    let (gate, endelse): (String, String) =
        (LastName(Syntetisk).fake_with_rng(rng), StreetSuffix(Syntetisk).fake_with_rng(rng));
    let (foerste, resten) = gate.split_at(gate.chars().next().map_or(0, char::len_utf8));
    let nummer: String = BuildingNumber(Syntetisk).fake_with_rng(rng);
    let (postnummer, poststed, kommune) = STEDER.choose(rng).copied().unwrap_or(STEDER[0]);
    let innland = AdresseFrittFormatInnland {
        adressetekst: Some(format!("{foerste}{}{endelse} {nummer}", resten.to_lowercase())),
        postnummer: Some(postnummer.to_owned()),
        poststedsnavn: Some(poststed.to_owned()),
        kommunenummer: Some(kommune.to_owned()),
    };
    let adresse_innland = Some(AdresseInnland { adresse_fritt_format_innland: innland });
    Adresse { adressetype, adresse_innland, adresse_utland: None }
}
