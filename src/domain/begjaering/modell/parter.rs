//! The parties and those who represent them.

use chrono::NaiveDate;

use super::koder::{Adressetype, Virksomhetstype};
use super::verdier::{Identifikator, Vedlegg};
use crate::domain::begjaering::makroer::objekt;

objekt! {
    /// The claimant (saksøker): who says that somebody owes money.
    Saksoeker {
        /// Who it is.
        saksoeker: Aktoer = "saksoeker",
        /// How to reach the claimant.
        saksoeker_kontaktinformasjon: Option<Kontaktinformasjon> = "saksoekerKontaktinformasjon",
        /// Who represents the claimant in this case.
        saksoekers_prosessfullmektig: Option<Prosessfullmektig> = "saksoekersProsessfullmektig",
    }
}

objekt! {
    /// The defendant (saksøkt): who is said to owe the money.
    Saksoekt {
        /// Who it is. A Norwegian identifier is mandatory.
        saksoekt: Aktoer = "saksoekt",
        /// Who represents the defendant, if that is known.
        saksoektes_prosessfullmektig: Option<Prosessfullmektig> = "saksoektesProsessfullmektig",
    }
}

objekt! {
    /// The submitter (innsender): who sends the request on behalf of the claimant.
    Innsender {
        /// Who it is: an organisation, the same as the token's.
        innsender: Aktoer = "innsender",
        /// Who represents the submitter. A collection agency names itself again here, with its bevillingshaver.
        innsenders_prosessfullmektig: Option<Prosessfullmektig> = "innsendersProsessfullmektig",
        /// The name of the case worker.
        saksbehandler: Option<String> = "saksbehandler",
        /// How to reach the case worker.
        saksbehandlers_kontaktinformasjon: Option<Kontaktinformasjon> = "saksbehandlersKontaktinformasjon",
    }
}

objekt! {
    /// E-mail and telephone.
    Kontaktinformasjon {
        /// The e-mail address.
        epost_adresse: Option<String> = "epostAdresse",
        /// The telephone number.
        telefonnummer: Option<String> = "telefonnummer",
    }
}

objekt! {
    /// An organisation, a person or an association, with addresses (aktør). Exactly one of the three is filled in.
    Aktoer {
        /// Addresses, one of each type at most.
        #[serde(default)]
        adresse: Vec<Adresse> = "adresse",
        /// An organisation.
        virksomhet: Option<Virksomhet> = "virksomhet",
        /// A person. A sole proprietorship is named by its owner, too.
        person: Option<Person> = "person",
        /// An association without a number of its own.
        sammenslutning: Option<Sammenslutning> = "sammenslutning",
    }
}

impl Aktoer {
    /// The number that identifies it.
    pub fn identifikator(&self) -> Option<&Identifikator> {
        let virksomhet = self.virksomhet.as_ref().and_then(|virksomhet| virksomhet.identifikator.as_ref());
        let person = || self.person.as_ref().and_then(|person| person.identifikator.as_ref());
        let sammenslutning = || self.sammenslutning.as_ref().and_then(|annen| annen.identifikator.as_ref());
        virksomhet.or_else(person).or_else(sammenslutning)
    }

    /// Its name, or its number if it has no name.
    pub fn navn(&self) -> String {
        let virksomhet = self.virksomhet.as_ref().and_then(|virksomhet| virksomhet.navn.clone());
        let person = || self.person.as_ref().and_then(|person| person.personnavn.as_ref()).map(Personnavn::hele);
        let sammenslutning = || self.sammenslutning.as_ref().map(|annen| annen.navn.clone());
        let navn = virksomhet.or_else(person).or_else(sammenslutning).filter(|navn| !navn.trim().is_empty());
        navn.or_else(|| self.identifikator().map(|nummer| nummer.verdi.clone()))
            .unwrap_or_else(|| "uten navn".to_owned())
    }
}

objekt! {
    /// An organisation (virksomhet).
    Virksomhet {
        /// Its name.
        navn: Option<String> = "navn",
        /// Its organisation number. Only a main unit can be a party.
        identifikator: Option<Identifikator> = "identifikator",
        /// What it does.
        virksomhetstype: Virksomhetstype = "virksomhetstype",
    }
}

objekt! {
    /// A person.
    Person {
        /// The name.
        personnavn: Option<Personnavn> = "personnavn",
        /// The date of birth.
        foedselsdato: Option<NaiveDate> = "foedselsdato",
        /// The birth number or D-number.
        identifikator: Option<Identifikator> = "identifikator",
    }
}

objekt! {
    /// The name of a person.
    Personnavn {
        /// The given name.
        fornavn: Option<String> = "fornavn",
        /// The middle name.
        mellomnavn: Option<String> = "mellomnavn",
        /// The surname.
        etternavn: Option<String> = "etternavn",
    }
}

impl Personnavn {
    /// The whole name.
    pub fn hele(&self) -> String {
        let deler = [&self.fornavn, &self.mellomnavn, &self.etternavn];
        deler.into_iter().flatten().map(|del| del.trim()).filter(|del| !del.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

objekt! {
    /// An association (sammenslutning).
    Sammenslutning {
        /// Its name.
        navn: String = "navn",
        /// Its number, if it has one.
        identifikator: Option<Identifikator> = "identifikator",
    }
}

objekt! {
    /// A representative (prosessfullmektig). A lawyer, a lawyer's authorised clerk or a licensed collector names the
    /// bevillingshaver; any other attaches a fullmakt.
    Prosessfullmektig {
        /// Who it is.
        prosessfullmektig: Aktoer = "prosessfullmektig",
        /// Who holds the licence.
        bevillingshaver: Option<Bevillingshaver> = "bevillingshaver",
        /// The authority to act in this case.
        fullmakt: Option<Fullmakt> = "fullmakt",
    }
}

objekt! {
    /// Who holds the licence of a collection agency or a law firm.
    Bevillingshaver {
        /// The name.
        navn: Personnavn = "navn",
    }
}

objekt! {
    /// An authority to act for a party (fullmakt).
    Fullmakt {
        /// Its first day.
        fra_dato: Option<NaiveDate> = "fraDato",
        /// Its last day.
        til_dato: Option<NaiveDate> = "tilDato",
        /// The document, of type fullmakt.
        fullmakt: Vedlegg = "fullmakt",
    }
}

objekt! {
    /// An address: in Norway, abroad, or neither if the type is ukjentBosted.
    Adresse {
        /// What kind of address it is.
        adressetype: Adressetype = "adressetype",
        /// An address in Norway.
        adresse_innland: Option<AdresseInnland> = "adresseInnland",
        /// An address abroad.
        adresse_utland: Option<AdresseUtland> = "adresseUtland",
    }
}

objekt! {
    /// An address in Norway.
    AdresseInnland {
        /// The address as free text.
        adresse_fritt_format_innland: AdresseFrittFormatInnland = "adresseFrittFormatInnland",
    }
}

objekt! {
    /// An address in Norway as free text. Text and postal code are the least that a party needs.
    AdresseFrittFormatInnland {
        /// Street and house number.
        adressetekst: Option<String> = "adressetekst",
        /// The postal code, four digits.
        postnummer: Option<String> = "postnummer",
        /// The postal town.
        poststedsnavn: Option<String> = "poststedsnavn",
        /// The number of the municipality, four digits.
        kommunenummer: Option<String> = "kommunenummer",
    }
}

objekt! {
    /// An address abroad.
    AdresseUtland {
        /// The address as free text.
        adresse_fritt_format_utland: AdresseFrittFormatUtland = "adresseFrittFormatUtland",
    }
}

objekt! {
    /// An address abroad as free text. Town and country are the least that a party needs.
    AdresseFrittFormatUtland {
        /// Street and house number.
        adressetekst: Option<String> = "adressetekst",
        /// The town.
        poststed_utland: Option<String> = "poststedUtland",
        /// The country, by ISO 3166.
        landkode: Option<String> = "landkode",
        /// The postal code (from 1.1).
        postnummer_utland: Option<String> = "postnummerUtland",
    }
}
