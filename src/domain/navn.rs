//! Names that nobody has, in the manner of the published test parties: two adjectives, and KATT with a noun (a sole
//! proprietorship), TIGER AS (a company), or one of each (a person). Imitates docs/fidelity.md, "Population".

use fake::Fake;
use fake::faker::lorem::raw::Word;
use fake::faker::name::raw::LastName;
use fake::locales::Data;
use rand::Rng;

/// Words in place of names: fake has no Norwegian names, and names of people must not be here.
#[derive(Clone, Copy)]
struct Ord;

impl Data for Ord {
    const LOREM_WORD: &'static [&'static str] = &[
        "ALLSIDIG",
        "ANDPUSTEN",
        "BARMHJERTIG",
        "BEHJERTET",
        "BLANK",
        "BLYG",
        "BREDBENT",
        "BRUNLIG",
        "DEMPET",
        "DJERV",
        "DUGELIG",
        "EGENRÅDIG",
        "ELSKVERDIG",
        "ENKEL",
        "ERTELYSTEN",
        "FARGERIK",
        "FINURLIG",
        "FLITTIG",
        "FORDRAGELIG",
        "FREIDIG",
        "FYRRIG",
        "GLATT",
        "GLEMSOM",
        "GRUNDIG",
        "HJELPSOM",
        "HØFLIG",
        "IVRIG",
        "JEVNMODIG",
        "KANTETE",
        "KJEKK",
        "KORTVARIG",
        "KRASS",
        "LANGMODIG",
        "LETTLIVET",
        "LUN",
        "MELANKOLSK",
        "MUNTER",
        "MØRKEBLÅ",
        "NEVENYTTIG",
        "NYSGJERRIG",
        "OMSTENDELIG",
        "OPPSPILT",
        "PEDANTISK",
        "PENTØRKET",
        "PJUSKETE",
        "RETTLINJET",
        "ROLIG",
        "SAMVITTIGHETSFULL",
        "SKJELVENDE",
        "SKRÅ",
        "SNARRÅDIG",
        "SPARSOM",
        "STANDHAFTIG",
        "SVUNGEN",
        "TANKEFULL",
        "TILSTÅELIG",
        "UFORSTYRRET",
        "UTHOLDENDE",
        "VELVILLIG",
        "ÅPENHJERTIG",
    ];
    const NAME_LAST_NAME: &'static [&'static str] = &[
        "ARKSKAP",
        "BALKONG",
        "BLOMKÅL",
        "BLYANT",
        "BORDLAMPE",
        "BRØDKURV",
        "BØTTE",
        "DREIESKIVE",
        "DUSJHODE",
        "FISKESTANG",
        "FJELLREV",
        "FLAGGSTANG",
        "FYRSTIKK",
        "GARDEROBE",
        "GJERDE",
        "GRESSKAR",
        "HAGEBENK",
        "HENGEKØYE",
        "HJULSPOR",
        "ISBIT",
        "JORDEPLE",
        "KALENDER",
        "KAMERA",
        "KLESKLYPE",
        "KNAPPENÅL",
        "KOMPASS",
        "KORKPUTE",
        "KRUKKE",
        "LINJAL",
        "LYKTESTOLPE",
        "MANDARIN",
        "MURSTEIN",
        "NOTATBOK",
        "NYSTE",
        "PALETT",
        "PENSEL",
        "PIANOKRAKK",
        "POTETGULL",
        "REGNBUE",
        "ROBÅT",
        "RYGGSEKK",
        "SANDSLOTT",
        "SELLERI",
        "SENGETEPPE",
        "SIKKERHETSNÅL",
        "SKAMMEL",
        "SKYSKRAPER",
        "SNELLE",
        "SOLUR",
        "STEMPEL",
        "STRIKKEPINNE",
        "SYLTETØY",
        "TELTPLUGG",
        "TIMEGLASS",
        "TOMAT",
        "TRILLEBÅR",
        "VEKKERKLOKKE",
        "VINDUSKARM",
        "VOTT",
        "ØREPYNT",
    ];
}

fn ord(rng: &mut impl Rng) -> &'static str {
    Word(Ord).fake_with_rng(rng)
}

fn ting(rng: &mut impl Rng) -> &'static str {
    LastName(Ord).fake_with_rng(rng)
}

/// The name of a company.
pub(crate) fn selskap(rng: &mut impl Rng) -> String {
    format!("{} {} TIGER AS", ord(rng), ord(rng))
}

/// The name of a sole proprietorship.
pub(crate) fn enkeltpersonforetak(rng: &mut impl Rng) -> String {
    format!("{} {} KATT {}", ord(rng), ord(rng), ting(rng))
}

/// The name of a person.
pub(crate) fn person(rng: &mut impl Rng) -> String {
    format!("{} {}", ord(rng), ting(rng))
}
