//! The table of the 72 rules, in the order of the published list: name, title, text, how sure the condition is, the
//! models that know it, the function, and how to break it. What is chosen about a rule is changed here and in its
//! function.

use super::{Regel, Sikkerhet, endring, innsender, krav, parter, penger, relasjoner, tvangsgrunnlag, vedlegg};
use crate::domain::begjaering::utgaver::Modell;

const ALLE: &[Modell] = &Modell::ALLE;
/// Model 0.9 cannot express the rule, or its published examples break it.
const FRA_V1: &[Modell] = &[Modell::V1, Modell::V2];

macro_rules! regler {
    ($($kode:literal: $tittel:literal, $tekst:literal, $sikkerhet:ident, $modeller:ident, $modul:ident::$kontroll:ident,
        $brytes:literal;)*) => {
        [$(Regel {
            kode: $kode,
            tittel: $tittel,
            tekst: $tekst,
            sikkerhet: Sikkerhet::$sikkerhet,
            modeller: $modeller,
            bare_endring: matches!(stringify!($modul).as_bytes(), b"endring"),
            brytes: $brytes,
            kontroll: $modul::$kontroll,
        }),*]
    };
}

/// All rules, in the order of the published list.
pub static REGLER: [Regel; 72] = regler! {
    "DUPLIKAT_INNSENDING": "Duplikat",
        "Sak med begjæringsdato %begjæringsdato og referanse %innsenderReferanse er allerede sendt inn",
        Valgt, ALLE, innsender::duplikat_innsending, "submit a request twice";
    "DUPLIKAT_SAKSOEKER": "Duplikat saksøker",
        "Det er ikke tillatt med duplikate saksøkere",
        PublisertTekst, ALLE, parter::duplikate_saksoekere, "name one claimant twice: the same number, or without numbers the same name and date of birth";
    "DUPLIKAT_SAKSOEKT": "Duplikat saksøkt",
        "Det er ikke tillatt med duplikate saksøkte",
        PublisertTekst, ALLE, parter::duplikate_saksoekte, "name one defendant twice";
    "ER_IKKE_HOVEDENHET": "Saksøker er ikke angitt med hovedenhet",
        "Saksøker %saksøker er en underenhet. Bare en hovedenhet kan være part",
        PublisertVilkaar, ALLE, parter::saksoeker_er_ikke_hovedenhet, "let the claimant be an organisation that the register has as a sub-unit";
    "GEBYR_ELLER_SAKSKOSTNAD_HAR_ET_RELATERTKRAV_SOM_IKKE_ER_HOVEDSTOL": "Uriktig eller manglende relasjon til hovedstol",
        "Kravet kan kun relateres til et krav av typen hovedstol.",
        PublisertTekst, ALLE, relasjoner::kostnad_uten_hovedstol, "relate a claim of costs to a claim that is no Hovedkrav";
    "HOVEDSTOL_SKAL_IKKE_HA_ET_RELATERT_KRAV": "Hovedstol har et relatert krav",
        "Hovedstol har et relatert krav",
        PublisertTekst, ALLE, relasjoner::hovedstol_har_relatert, "give a Hovedkrav a relatertKrav";
    "INNBETALING_FRAM_I_TID": "Dato for innbetaling er ugyldig",
        "Dato for innbetaling på krav kan ikke være frem i tid",
        PublisertTekst, ALLE, krav::innbetaling_fram_i_tid, "book a payment after today";
    "INNSENDER_IKKE_IDENTIFISERBAR": "Ukjent innsender",
        "Innsender %innsender kan ikke identifiseres",
        Valgt, ALLE, innsender::ikke_identifiserbar, "let the submitter be an organisation without a number, or with one that the register does not have";
    "INNSENDER_IKKE_ORGANISASJON": "Innsender er ikke en organisasjon",
        "Innsender %innsender er ikke en organisasjon",
        PublisertTekst, ALLE, innsender::ikke_organisasjon, "let the submitter be a person or an association";
    "INNSENDER_MANGLER": "Mangler opplysninger om innsender",
        "Begjæringen må inneholde opplysning om innsender",
        PublisertTekst, ALLE, innsender::mangler, "leave innsender out";
    "INNSENDER_SAMSVARER_IKKE_MED_AUTENTISERING": "Innsender er ikke autentisert korrekt",
        "Innsenders organisasjonsnummer %innsenderOrgnr, som angitt i begjæringen, avviker fra pålogget virksomhet, %påloggetOrgnr",
        PublisertTekst, ALLE, innsender::samsvarer_ikke, "let the submitter be another organisation than the token's";
    "KAN_BEHANDLES_I_FORLIKSRAADET_PAAKREVET": "Ønskes saken behandlet i Forliksrådet?",
        "Må angi hvorvidt saken ønskes behandlet i Forliksrådet",
        Valgt, ALLE, tvangsgrunnlag::forliksraadet_paakrevet, "leave kanBehandlesIForliksraadet out of a skriftligMeddelelse";
    "KRAV_DUPLIKATE_REFERANSER": "Krav har ikke unike kravreferanser",
        "Det foreligger flere krav med kravreferanse %kravreferanse",
        PublisertTekst, ALLE, krav::duplikate_referanser, "give two claims the same innsendersKravreferanse";
    "KRAV_IKKE_BENYTTET": "Begjæringen inneholder krav som ikke er dokumentert gjennom tvangsgrunnlag",
        "Krav med kravreferanse %kravreferanse er ikke referert til fra begjaeringens tvangsgrunnlag",
        PublisertTekst, ALLE, krav::ikke_benyttet, "name a claim in no tvangsgrunnlag";
    "KRAV_I_FLERE_TVANGSGRUNNLAG": "Krav i flere tvangsgrunnlag",
        "Et krav kan ikke inngå i flere tvangsgrunnlag",
        PublisertTekst, ALLE, krav::i_flere_tvangsgrunnlag, "name a claim in two tvangsgrunnlag";
    "KRAV_MANGLER_FORFALLSDATO": "Mangler forfallsdato",
        "Det må oppgis forfallsdato for %kravdetaljer",
        PublisertVilkaar, ALLE, krav::mangler_forfallsdato, "leave kravforfall out of a Hovedkrav, UtenrettsligeKostnader or TidligereRettsligeSakskostnader";
    "KRAV_OPPGIS_UTEN_FORFALLSDATO": "Forfallsdato skal ikke oppgis",
        "%kravdetaljer skal oppgis uten forfallsdato",
        PublisertVilkaar, FRA_V1, krav::oppgis_uten_forfallsdato, "give a Rentekrav or SakskostnaderForSkriving a kravforfall";
    "MAKS_EN_ADRESSE_AV_HVER_TYPE": "Maks en adresse av hver type",
        "Man kan kun definere en adresse av type %adressetype",
        PublisertTekst, ALLE, parter::maks_en_adresse_av_hver_type, "give one actor two addresses of one adressetype";
    "MANGELFULLE_KONTOOPPLYSNINGER": "Kontoopplysninger er mangelfulle",
        "Konto må inneholde minst en verdi",
        PublisertTekst, ALLE, penger::mangelfulle_kontoopplysninger, "give an account without any field, or no account";
    "MANGLER_KRAV": "Begjæringen refererer ikke til noen krav",
        "Krav mangler",
        PublisertVilkaar, ALLE, krav::mangler, "send no claims";
    "MANGLER_OPPLYSNINGER_BEVILLINGSHAVER": "Opplysninger om bevillingshaver mangler",
        "Inkassobyrået %prosessfullmektig må oppgi bevillingshaver",
        PublisertTekst, ALLE, parter::mangler_bevillingshaver, "leave bevillingshaver out of a representative that is an inkassovirksomhet";
    "MANGLER_OPPLYSNINGER_OM_SAKSOEKER": "Mangler opplysninger om saksøker",
        "Saksøker %saksøker må oppgis med enten organisasjonsnummer og navn, navn og adresse, personlig identifikator med for- og etternavn, eller fødselsdato med for- og etternavn",
        PublisertVilkaar, ALLE, parter::mangler_opplysninger_om_saksoeker, "leave the claimant's name out; or number and address (of a person the date of birth, too)";
    "MANGLER_OPPLYSNINGER_OM_SAKSOEKT": "Opplysninger om saksøkte mangler",
        "Saksøkt %saksøkt må oppgis med enten personlig identifikator med for- og etternavn, fødselsdato med for- og etternavn og adresse, eller organisasjonsnummer og navn",
        PublisertVilkaar, ALLE, parter::mangler_opplysninger_om_saksoekt, "leave the defendant's name out; or the number (of a person the date of birth or the address, too)";
    "MANGLER_OPPLYSNINGER_PROSESSFULLMEKTIG_PERSON": "Opplysninger om prosessfullmektig mangler",
        "Prosessfullmektig %prosessfullmektig må oppgis med fullt navn og adresse",
        PublisertVilkaar, ALLE, parter::mangler_opplysninger_prosessfullmektig, "leave given name, surname or address out of a representative that is a person";
    "PAASTAND_PAAKREVET": "Påstand må fylles ut",
        "Ved utlegg og forliksklage kombinert må påstand være utfylt",
        PublisertTekst, ALLE, tvangsgrunnlag::paastand_paakrevet, "with utleggOgForliksklageKombinert, leave paastand out of a skriftligMeddelelse";
    "PARAGRAF_4_18_VARSEL_PAAKREVET": "§ 4-18 Varsel må fylles ut",
        "For særlige tvangsgrunnlag må varsel etter tvangsfullbyrdelsesloven § 4-18 eller begrunnelse for manglende varsel være utfylt",
        PublisertTekst, ALLE, tvangsgrunnlag::varsel_418, "give a saerligTvangsgrunnlag neither a varsel of type varselTvfbl418 nor begrunnelseUnnlatVarsel";
    "PARAGRAF_4_19_VARSEL_PAAKREVET": "§ 4-19 Varsel må fylles ut",
        "Varsel etter tvangsfullbyrdelsesloven § 4-19 eller begrunnelse for manglende varsel må være utfylt",
        Valgt, ALLE, tvangsgrunnlag::varsel_419, "give an alminneligTvangsgrunnlag neither a varsel of type varselTvfbl419 nor begrunnelseUnnlatVarsel (which bases need it is chosen)";
    "PRIORITET_MANGLER": "Manglende angivelse av prioritet på kravet",
        "Når ett krav har prioritet, må alle krav i begjæringen ha det",
        PublisertVilkaar, ALLE, krav::prioritet_mangler, "give prioritetISak to one claim and not to another";
    "PRIORITET_MANGLER_PÅ_RENTEOPPLYSNINGER": "Prioritet angitt på ett krav men mangler på renter frem i tid",
        "Når ett krav har prioritet, må også fremtidige renter på hvert rentebærende krav ha det",
        PublisertVilkaar, FRA_V1, krav::prioritet_mangler_paa_renter, "with prioritetISak on the claims, leave prioritetISakFremtidigRentekrav out of a rentebaerendeKrav";
    "PRIORITET_MANGLER_PÅ_RETTSGEBYR": "Manglende angivelse av prioritet på kravet",
        "Når ett krav har prioritet, må også rettsgebyret ha det når det kreves erstattet",
        PublisertVilkaar, FRA_V1, krav::prioritet_mangler_paa_rettsgebyr, "with prioritetISak on the claims, claim the court fee without prioritetISak";
    "RELATERTE_KRAV_KAN_IKKE_PEKE_PÅ_SEG_SELV": "Relaterte krav kan ikke peke på seg selv",
        "Relaterte krav kan ikke peke på seg selv",
        PublisertTekst, ALLE, relasjoner::peker_paa_seg_selv, "relate a claim to itself, too";
    "RELATERTE_KRAV_MÅ_FINNES": "Relaterte krav må peke til krav i samme tvangsgrunnlag",
        "Relaterte krav må finnes i samme tvangsgrunnlag",
        PublisertTekst, ALLE, relasjoner::maa_finnes_i_samme_grunnlag, "relate a claim to one of another tvangsgrunnlag";
    "RELATERTE_KRAV_UGYLDIGE_KRAVREFERANSER": "Relaterte krav peker på krav som ikke eksisterer",
        "Krav med kravreferanse %hovedkravRef peker på relatert krav med kravreferanse %relatertKravRef som ikke eksisterer",
        PublisertTekst, ALLE, relasjoner::peker_paa_ukjent_krav, "relate a claim of interest or costs to a claim that does not exist";
    "RENTEKRAV_KAN_BARE_RELATERES_TIL_ETT_KRAV": "Rentekrav kan bare være relatert til ett krav",
        "Et rentekrav skal ha nøyaktig ett relatert krav, og det må være et hovedkrav, en kostnad eller et gebyr",
        PublisertVilkaar, FRA_V1, relasjoner::rentekrav_paa_flere, "relate a Rentekrav to two claims";
    "RENTEKRAV_KAN_IKKE_HA_RENTEKRAV": "Uriktig relasjon til rentekravet",
        "Et rentekrav kan ikke ha et annet rentekrav som relatert krav. Oppgi det rentebærende kravet",
        PublisertVilkaar, ALLE, relasjoner::rentekrav_paa_rentekrav, "relate a Rentekrav to another Rentekrav";
    "RENTEKRAV_KAN_IKKE_HA_RENTEOPPLYSNINGER": "Rentekrav kan ikke ha renteopplysninger",
        "Rentekrav kan ikke ha renteopplysninger",
        PublisertTekst, ALLE, krav::rentekrav_med_renteopplysninger, "give a Rentekrav a rentebaerendeKrav";
    "RENTEKRAV_PERIODE_MAA_HA_GYLDIG_PERIODE": "Renteperiode må ha fradato før tildato og fradato før begjæringsdato",
        "Krav med innsenders referanse %innsendersKravreferanse har ugyldig renteperiode",
        PublisertTekst, FRA_V1, krav::ugyldig_renteperiode, "let a rentePeriode end on its first day or before, or begin on the begjaeringsdato or after";
    "RENTEKRAV_TILKNYTTET_IKKE_RENTEKRAV": "Rentekrav for ikke rentekrav",
        "Feltet rentekrav hører bare til krav som har kravdetaljer Rentekrav",
        PublisertVilkaar, ALLE, krav::rentekrav_paa_annet_krav, "give a claim that is no Rentekrav the field rentekrav";
    "RENTE_MAA_HA_RELATERT_KRAV": "Relasjon til rentebærende krav mangler",
        "Et rentekrav må ha et relatert krav som er rentebærende",
        PublisertVilkaar, ALLE, relasjoner::rente_uten_rentebaerende, "leave relatertKrav out of a Rentekrav, or relate it to a claim without rentebaerendeKrav";
    "SAKSOEKERS_INNENLANDS_ADRESSE_UGYLDIG": "Minimumsadresse innenlands for saksøker",
        "Adressen innenlands til saksøker %saksøker må ha minst adressetekst og postnummer",
        PublisertVilkaar, ALLE, parter::saksoekers_innland, "leave adressetekst or postnummer out of a claimant's address in Norway";
    "SAKSOEKERS_UTENLANDS_ADRESSE_UGYLDIG": "Minimumsadresse utland for saksøker",
        "Adressen i utlandet til saksøker %saksøker må ha minst poststed og landkode",
        PublisertVilkaar, ALLE, parter::saksoekers_utland, "leave poststedUtland or landkode out of a claimant's address abroad";
    "SAKSOEKT_ER_ENK": "Saksøkt er ENK",
        "Saksøkt %saksøkt er et enkeltpersonforetak. Oppgi innehaveren med fødselsdato og privatadresse",
        PublisertVilkaar, ALLE, parter::saksoekt_er_enk, "let the defendant be a sole proprietorship, such as 310478717";
    "SAKSOEKT_ER_IKKE_HOVEDENHET": "Saksøkt virksomhet er ikke angitt som hovedenhet",
        "Saksøkt %saksøkt er en underenhet. Bare en hovedenhet kan være part",
        PublisertVilkaar, ALLE, parter::saksoekt_er_ikke_hovedenhet, "let the defendant be an organisation that the register has as a sub-unit";
    "SAKSOEKT_GAMMELT_REGELVERK": "Saksøkt på gammelt regelverk",
        "Saksøkt med identifikator %identifikator må behandles etter gammelt regelverk, og må sendes inn via ELSA",
        PublisertTekst, ALLE, parter::saksoekt_gammelt_regelverk, "let the defendant be one of the 200 published identities, such as 08907395937";
    "SAKSOEKT_MANGLER_I_REGISTERET": "Saksoekt finnes ikke i registeret",
        "Saksøkt med identifikator %saksøkt finnes ikke i partsregisteret",
        Valgt, FRA_V1, parter::saksoekt_mangler_i_registeret, "let the defendant have a number that is not synthetic, has wrong check digits, or is deleted";
    "SAKSOKER_ER_ENK": "Saksøker er ENK",
        "Saksøker %saksøker er et enkeltpersonforetak. Oppgi innehaveren med fødselsdato og privatadresse",
        PublisertVilkaar, ALLE, parter::saksoeker_er_enk, "let the claimant be a sole proprietorship";
    "SAKSØKTES_INNENLANDS_ADRESSE_UGYLDIG": "Minimumsadresse innenlands for saksøkte",
        "Adressen innenlands til saksøkt %saksøkt må ha minst adressetekst og postnummer",
        PublisertVilkaar, ALLE, parter::saksoektes_innland, "leave adressetekst or postnummer out of a defendant's address in Norway";
    "SAKSØKTES_UTENLANDS_ADRESSE_UGYLDIG": "Saksøktes utenlandsadresse er ugyldig",
        "Adressen i utlandet til saksøkt %saksøkt må ha minst poststed og landkode",
        PublisertVilkaar, ALLE, parter::saksoektes_utland, "leave poststedUtland or landkode out of a defendant's address abroad";
    "SAMME_SAKSOEKT_SOM_SAKSOEKER": "Saksøker kan ikke være saksøkt",
        "Saksøker kan ikke være saksøkt",
        PublisertTekst, ALLE, parter::samme_saksoekt_som_saksoeker, "let a defendant be a claimant, too";
    "TVANGSGRUNNLAG_UGYLDIGE_KRAVREFERANSER": "Begjæringens tvangsgrunnlag peker på krav som ikke eksisterer",
        "Begjæringens tvangsgrunnlag med kravreferanse %kravreferanse peker på krav som ikke eksisterer",
        PublisertTekst, ALLE, krav::tvangsgrunnlag_uten_krav, "name a claim in a tvangsgrunnlag that does not exist";
    "UAVKLART_STATUS": "Endringer på denne begjæringen er for tiden ikke tillatt",
        "Sak med referanse %eksternSaksreferanse har eksisterende innsendinger som ikke er behandlet. Endringer er for tiden ikke tillatt, prøv igjen senere",
        PublisertTekst, ALLE, endring::uavklart_status, "change a case that has a submission in the queue";
    "UGYLDIG_BELOEP": "Ugyldig beløp",
        "Beløp %beløp er ugyldig. Beløp kan ha maks to desimaler og ikke være negativt",
        PublisertTekst, ALLE, penger::ugyldig_beloep, "give an amount a third decimal, or a minus";
    "UGYLDIG_KID": "Ugyldig kid",
        "Kidnummer %kidnummer er feil",
        Valgt, ALLE, penger::ugyldig_kid, "give norskKonto a kidnummer whose check digit is wrong";
    "UGYLDIG_KONTONR": "Ugyldig kontonummer",
        "Mottakers kontonummer %kontonummer er feil",
        Valgt, ALLE, penger::ugyldig_kontonr, "give norskKonto a kontonummer whose check digit is wrong";
    "UGYLDIG_ORGNR_PROSESSFULLMEKTIG": "Prosessfullmektiges orgnummer er ugyldig",
        "Prosessfullmektig %prosessfullmektig må oppgis med gyldig orgnummer for inkassobyrået",
        PublisertTekst, ALLE, parter::ugyldig_orgnr_prosessfullmektig, "give a representative that is an organisation no number, or one whose check digit is wrong";
    "UGYLDIG_RENTE": "Ugyldig rente",
        "Rente %rentesats er ugyldig. Rente kan ha maks to desimaler og ikke være negativt",
        PublisertTekst, ALLE, penger::ugyldig_rente, "give an agreed rate a third decimal, or a minus";
    "UGYLDIG_STATUS": "Saken har en status der endringer ikke lenger er tillatt",
        "Sak med referanse %eksternSaksreferanse har tilstand %tilstand. Endringer er ikke lenger tillatt",
        Valgt, ALLE, endring::ugyldig_status, "change a case that is refused, decided, ended or withdrawn";
    "UGYLDIG_VEDLEGG_BETALINGSOPPFORDRING": "Betalingsoppfordring har vedlegg av feil type",
        "Vedlegg for betalingsoppfordring med filnavn %filnavn må være av type betalingsoppfordring",
        PublisertTekst, ALLE, vedlegg::type_betalingsoppfordring, "give the attachment of a betalingsoppfordring another type, there or at the upload";
    "UGYLDIG_VEDLEGG_FULLMAKT": "Fullmakt har vedlegg av feil type",
        "Vedlegg for fullmakt med filnavn %filnavn må være av type fullmakt",
        PublisertTekst, ALLE, vedlegg::type_fullmakt, "give the attachment of a fullmakt another type, there or at the upload";
    "UGYLDIG_VEDLEGG_TRANSPORTERKLÆRING": "Transporterklæring har vedlegg av feil type",
        "Vedlegg for transporterklæring med filnavn %filnavn må være av type transporterklæring",
        PublisertTekst, ALLE, vedlegg::type_transporterklaering, "give the attachment of a transporterklaering another type, there or at the upload";
    "UGYLDIG_VEDLEGG_TVANGSGRUNNLAG": "Tvangsgrunnlag har vedlegg av feil type",
        "Vedlegg for tvangsgrunnlag med betegnelse %betegnelse må være av type tvangsgrunnlag",
        PublisertTekst, ALLE, vedlegg::type_tvangsgrunnlag, "give the attachment of a tvangsgrunnlag another type, there or at the upload";
    "UGYLDIG_VEDLEGG_TVANGSKRAFTGRUNNLAG": "Tvangskraftgrunnlag (varsel) har vedlegg av feil type",
        "Vedlegg for tvangskraftgrunnlag med filnavn %filnavn må være av type tvangskraftgrunnlag",
        PublisertTekst, ALLE, vedlegg::type_tvangskraftgrunnlag, "give the attachment of a varsel another type, there or at the upload";
    "ULOVLIG_ENDRING_BEGJAERINGSDATO": "Det er ikke tillatt å endre begjæringens dato",
        "Begjæringsdatoen er %begjæringsdato og kan ikke endres",
        PublisertVilkaar, ALLE, endring::begjaeringsdato, "change begjaeringsdato";
    "ULOVLIG_ENDRING_INNSENDER": "Det er ikke tillatt å endre innsender",
        "Innsender kan ikke endres",
        PublisertVilkaar, ALLE, endring::innsender, "change who the submitter is";
    "ULOVLIG_ENDRING_SAKSOEKER": "Det er ikke tillatt å endre saksøker",
        "Saksøker kan ikke endres",
        PublisertVilkaar, ALLE, endring::saksoeker, "add, drop or exchange a claimant";
    "ULOVLIG_ENDRING_SAKSOEKT": "Ny saksøkt kan ikke behandles etter nytt regelverk. Send inn korrigeringen på papir.",
        "Ny saksøkt med identifikator %identifikator kan ikke behandles etter nytt regelverk. Send korrigeringen på papir",
        PublisertVilkaar, ALLE, endring::saksoekt, "add a defendant who is under the old rules";
    "ULOVLIG_ENDRING_UNDERSKRIFT": "Det er ikke tillatt å endre underskrift",
        "Underskriften kan ikke endres",
        PublisertVilkaar, ALLE, endring::underskrift, "change underskrift";
    "VEDLEGG_SKAL_HA_REFERANSE_TIL_BEGJAERINGEN": "Vedlegg er lastet opp med referanse til en annen begjæring",
        "Vedlegg '%s' er lagret med referanse til en annen begjæring og kan ikke benyttes i denne begjæringen",
        PublisertTekst, ALLE, vedlegg::annen_begjaering, "use an attachment that was uploaded with another innsenderReferanse";
    "VEDLEGG_SKAL_HA_UUID": "Vedlegg har ikke fylt ut uuid",
        "Vedlegg '%s' mangler uuid",
        PublisertTekst, ALLE, vedlegg::mangler_uuid, "leave the uuid of an attachment out";
    "VEDLEGG_SKAL_IKKE_HA_FEILET": "Vedlegg har feilet og kan ikke benyttes",
        "Vedlegg '%s' har feilet",
        PublisertVilkaar, ALLE, vedlegg::har_feilet, "use an attachment in the state valideringFeilet, konverteringFeilet or kanIkkeKonverteres";
    "VEDLEGG_SKAL_VAERE_TILGJENGELIG": "Vedlegg er ikke tilgjengelig",
        "Vedlegg '%s' med id '%s' finnes ikke",
        PublisertTekst, ALLE, vedlegg::ikke_tilgjengelig, "use a uuid that no upload answered, or an attachment in the state slettet, kassert or virus";
    "VEDLEGG_SKAL_VAERE_VIRUSSJEKKET_VALIDERT_OG_KONVERTERT": "Vedlegg er ikke klar til å kunne benyttes enda",
        "Vedlegg '%s' er ikke virussjekket",
        PublisertTekst, ALLE, vedlegg::ikke_klart, "use an attachment in the state mottatt, virussjekket or validert";
};
