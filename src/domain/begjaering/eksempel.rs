//! A valid request with synthetic parties, for those who begin, for tests, and for measurements.

use chrono::{Days, NaiveDate};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::eksempelkrav::{Kravrekke, kravene, publisert_rente};
use super::leser::MinstEn;
use super::modell::{
    Adressetype, Aktoer, AlminneligTvangsgrunnlag, AlminneligTvangsgrunnlagType, Begjaering,
    BegjaeringensTvangsgrunnlag, Betalingsinformasjon, Bevillingshaver, DomsslutningInformasjon,
    ElektroniskGjeldserklaering, Forsendelsesmaate, ForsendelsesmaateType, Gjeldsbrev, Identifikator, Innsender,
    Kontaktinformasjon, Konto, KreverRettsgebyrErstattet, Person, Prioritet, Prosessfullmektig, SaerligTvangsgrunnlag,
    Saksoeker, Saksoekt, SjekkEllerVeksel, SkriftligMeddelelse, Tvangsfullbyrdelsestype,
    TvangsmulktEllerLovbestemmelse, TvangsmulktEllerLovbestemmelseType, Varsel, Varseltype, Vedlegg, Vedleggstype,
    Virksomhet, Virksomhetstype,
};
use super::navn::{adresse, personnavn, virksomhetsnavn};
use super::register::{Register, Registerstatus, SyntetiskRegister};
use crate::domain::identifikator::{Foedselsnummer, Kid, Kontonummer, Organisasjonsnummer};

/// On which kind of basis the claims of an example rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Eksempeltype {
    /// A written notice: an invoice.
    #[default]
    SkriftligMeddelelse,
    /// A judgment.
    Dom,
    /// A signed promise to pay.
    Gjeldsbrev,
    /// An electronic promise to pay.
    ElektroniskGjeldserklaering,
    /// A coercive fine.
    Tvangsmulkt,
    /// A bill of exchange.
    Veksel,
}

impl Eksempeltype {
    /// All kinds.
    pub const ALLE: [Self; 6] = [
        Self::SkriftligMeddelelse,
        Self::Dom,
        Self::Gjeldsbrev,
        Self::ElektroniskGjeldserklaering,
        Self::Tvangsmulkt,
        Self::Veksel,
    ];

    /// Its name on the command line: the model's own word where it has one.
    pub const fn navn(self) -> &'static str {
        match self {
            Self::SkriftligMeddelelse => "skriftligMeddelelse",
            Self::Dom => "dom",
            Self::Gjeldsbrev => "gjeldsbrev",
            Self::ElektroniskGjeldserklaering => "elektroniskGjeldserklaering",
            Self::Tvangsmulkt => "tvangsmulkt",
            Self::Veksel => "veksel",
        }
    }

    /// The kind with this name.
    pub fn med_navn(navn: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|type_| type_.navn() == navn)
    }
}

/// What an example shall be.
#[derive(Clone, Debug)]
pub struct Eksempelvalg {
    /// How many claims; 1 at least.
    pub krav: usize,
    /// The basis.
    pub type_: Eksempeltype,
    /// The published worked example of interest, in place of other claims and of the day.
    pub rente: bool,
    /// Other seeds give other parties and amounts.
    pub seed: u64,
    /// The day of the request. A day outside the years that a clock may show is moved to the nearest of them.
    pub dato: NaiveDate,
}

/// A valid request. The same choices give the same request. Its attachments have one uuid for each type.
pub fn eksempel(valg: &Eksempelvalg) -> Begjaering {
    let mut rng = ChaCha8Rng::seed_from_u64(valg.seed);
    let (byraa, saksoekt) = (inkassobyraa(&mut rng), saksoekt(&mut rng));
    let saksoeker = virksomhet("TIGER AS", Virksomhetstype::Annet, &mut rng);
    let papirer = Papirer::new(&mut rng);
    let grense = |aar| NaiveDate::from_ymd_opt(aar, 1, 1).unwrap_or_default();
    let dato = valg.dato.clamp(grense(1950), grense(2150));
    let rekker = if valg.rente {
        publisert_rente()
    } else {
        kravene(valg.krav.max(1), dato, &papirer.betalingsoppfordring, &mut rng)
    };
    let dato = rekker.last().map_or(dato, |rekke| rekke.dato);
    let parter = Parter { skyldner: nummer(&saksoekt), kreditor: nummer(&saksoeker) };
    let tvangsgrunnlag: Vec<_> =
        rekker.iter().map(|rekke| tvangsgrunnlag(valg.type_, rekke, &parter, &papirer, dato)).collect();
    let prioritet = Prioritet::new(1);
    let bevillingshaver = personnavn(&mut rng);
    let kid: u64 = rng.random_range(1_000_000..9_999_999);
    let konto = std::iter::repeat_with(|| Kontonummer::from_ten_digits(rng.random_range(1_000_000_000..9_999_999_999)))
        .flatten()
        .next();
    Begjaering {
        saksoeker: MinstEn::en(Saksoeker {
            saksoeker,
            saksoeker_kontaktinformasjon: None,
            saksoekers_prosessfullmektig: None,
        }),
        saksoekt: MinstEn::en(Saksoekt { saksoekt, saksoektes_prosessfullmektig: None }),
        underskrift: bevillingshaver.hele(),
        innsender: Some(Innsender {
            innsender: byraa.clone(),
            innsenders_prosessfullmektig: Some(Prosessfullmektig {
                prosessfullmektig: byraa,
                bevillingshaver: Some(Bevillingshaver { navn: bevillingshaver.clone() }),
                fullmakt: None,
            }),
            saksbehandler: Some(bevillingshaver.hele()),
            saksbehandlers_kontaktinformasjon: Some(Kontaktinformasjon {
                epost_adresse: Some("saksbehandler@example.com".to_owned()),
                telefonnummer: Some("00000000".to_owned()),
            }),
        }),
        begjaeringens_tvangsgrunnlag: MinstEn::av(tvangsgrunnlag)
            .unwrap_or_else(|| unreachable!("there is a basis for each row of claims, and one row at least")),
        krav_til_innkreving: rekker.into_iter().flat_map(|rekke| rekke.krav).collect(),
        begjaeringsdato: dato,
        tvangsfullbyrdelsestype: Tvangsfullbyrdelsestype::Utlegg,
        innsender_referanse: format!("SAK-{:06}", valg.seed % 1_000_000),
        krever_rettsgebyr_erstattet: Some(KreverRettsgebyrErstattet {
            krever_rettsgebyr_erstattet: true,
            prioritet_i_sak: prioritet,
            prioritet_i_sak_fremtidig_rentekrav: prioritet,
        }),
        krever_fritak_rettsgebyr: None,
        betalingsinformasjon: Betalingsinformasjon {
            norsk_konto: Some(Konto {
                kontonummer: konto.map(|konto| konto.to_string()),
                kidnummer: Kid::with_luhn(&kid.to_string()).map(|kid| kid.as_str().to_owned()),
                ..Konto::default()
            }),
            utenlandsk_konto: None,
        },
        valgt_namsmannsdistrikt: None,
        vedlegg: Vec::new(),
        ber_om_innkalling_til_moete_med_begrunnelse: None,
        ber_om_unnlatt_foreleggelse_med_begrunnelse: None,
        spesiell_utleggsgjenstand: Vec::new(),
    }
}

/// The attachments of an example.
struct Papirer {
    tvangsgrunnlag: Vedlegg,
    varsel: Vedlegg,
    betalingsoppfordring: Vedlegg,
}

impl Papirer {
    fn new(rng: &mut ChaCha8Rng) -> Self {
        let mut vedlegg = |type_: Vedleggstype, filnavn: &str| {
            let uuid = uuid::Builder::from_random_bytes(rng.random()).into_uuid();
            Vedlegg { type_, filnavn: filnavn.to_owned(), uuid: Some(uuid.to_string()) }
        };
        Self {
            tvangsgrunnlag: vedlegg(Vedleggstype::Tvangsgrunnlag, "tvangsgrunnlag.pdf"),
            varsel: vedlegg(Vedleggstype::Tvangskraftgrunnlag, "varsel.pdf"),
            betalingsoppfordring: vedlegg(Vedleggstype::Betalingsoppfordring, "betalingsoppfordring.pdf"),
        }
    }
}

struct Parter {
    skyldner: Identifikator,
    kreditor: Identifikator,
}

fn nummer(aktoer: &Aktoer) -> Identifikator {
    aktoer.identifikator().cloned().unwrap_or_else(|| Identifikator::norsk(""))
}

fn inkassobyraa(rng: &mut ChaCha8Rng) -> Aktoer {
    virksomhet("INKASSO AS", Virksomhetstype::Inkassovirksomhet, rng)
}

fn virksomhet(slag: &str, virksomhetstype: Virksomhetstype, rng: &mut ChaCha8Rng) -> Aktoer {
    let nummer =
        std::iter::repeat_with(|| Organisasjonsnummer::from_eight_digits(rng.random_range(31_000_000..32_000_000)))
            .flatten()
            .map(|nummer| nummer.to_string())
            .find(|nummer| er_ledig(nummer, Registerstatus::Hovedenhet));
    Aktoer {
        adresse: vec![adresse(Adressetype::Forretningsadresse, rng)],
        virksomhet: Some(Virksomhet {
            navn: Some(virksomhetsnavn(slag, rng)),
            identifikator: nummer.map(Identifikator::norsk),
            virksomhetstype,
        }),
        person: None,
        sammenslutning: None,
    }
}

fn saksoekt(rng: &mut ChaCha8Rng) -> Aktoer {
    let mut foedsel = NaiveDate::MIN;
    let nummer = std::iter::repeat_with(|| {
        let dag = NaiveDate::from_ymd_opt(1960, 1, 1)? + Days::new(rng.random_range(0..14_000));
        let sifre = format!("{}{:03}", dag.format("%d%m%y"), rng.random_range(0..500));
        // The month of a synthetic person has 80 more.
        let maaned: u32 = sifre[2..4].parse().ok()?;
        foedsel = dag;
        Foedselsnummer::from_nine_digits(&format!("{}{:02}{}", &sifre[..2], maaned + 80, &sifre[4..]))
    })
    .flatten()
    .map(|nummer| nummer.to_string())
    .find(|nummer| er_ledig(nummer, Registerstatus::Person));
    Aktoer {
        adresse: vec![adresse(Adressetype::Bopelsadresse, rng)],
        virksomhet: None,
        person: Some(Person {
            personnavn: Some(personnavn(rng)),
            foedselsdato: Some(foedsel),
            identifikator: nummer.map(Identifikator::norsk),
        }),
        sammenslutning: None,
    }
}

/// Whether a number can be a party of a valid request.
fn er_ledig(nummer: &str, status: Registerstatus) -> bool {
    let oppfoering = SyntetiskRegister.oppslag(nummer);
    oppfoering.status == status && !oppfoering.gammelt_regelverk
}

fn tvangsgrunnlag(
    type_: Eksempeltype,
    rekke: &Kravrekke,
    parter: &Parter,
    papirer: &Papirer,
    dato: NaiveDate,
) -> BegjaeringensTvangsgrunnlag {
    let er_dom = type_ == Eksempeltype::Dom;
    let varsel = Varsel {
        dato: dato - Days::new(30),
        type_: if er_dom { Varseltype::VarselTvfbl419 } else { Varseltype::VarselTvfbl418 },
        forsendelsesmaate_type: Some(ForsendelsesmaateType::EBoks),
        alternativ_elektronisk_forsendelsesmaate: None,
        tvangskraftgrunnlag: papirer.varsel.clone(),
    };
    let dom = AlminneligTvangsgrunnlag {
        type_: AlminneligTvangsgrunnlagType::DomEllerKjennelse,
        domsslutning_informasjon: DomsslutningInformasjon {
            oppfyllelsesfrist: rekke.forfall,
            forkynnelsesdato: Some(rekke.forfall - Days::new(14)),
            forpliktet: MinstEn::en(parter.skyldner.clone()),
            berettiget: MinstEn::en(parter.kreditor.clone()),
        },
    };
    let referanser = rekke.krav.iter().map(|krav| krav.innsenders_kravreferanse.clone()).collect();
    BegjaeringensTvangsgrunnlag {
        innsenders_kravreferanse: MinstEn::av(referanser)
            .unwrap_or_else(|| unreachable!("a row of claims begins with a principal")),
        ekstern_saksreferanse: None,
        tvangsgrunnlagsdato: rekke.forfall - Days::new(14),
        betegnelse_av_tvangsgrunnlag: rekke.betegnelse.clone(),
        tvangsgrunnlag: papirer.tvangsgrunnlag.clone(),
        varsel: vec![varsel],
        begrunnelse_unnlat_varsel: None,
        alminnelig_tvangsgrunnlag: er_dom.then_some(dom),
        saerlig_tvangsgrunnlag: (!er_dom).then(|| saerlig(type_, rekke, parter)),
    }
}

fn saerlig(type_: Eksempeltype, rekke: &Kravrekke, parter: &Parter) -> SaerligTvangsgrunnlag {
    let mut grunnlag = SaerligTvangsgrunnlag {
        paalydende_beloep: None,
        skyldner: MinstEn::en(parter.skyldner.clone()),
        kreditor: MinstEn::en(parter.kreditor.clone()),
        skriftlig_meddelelse: None,
        gjeldsbrev: None,
        elektronisk_gjeldserklaering: None,
        tvangsmulkt_eller_lovbestemmelse: None,
        sjekk_eller_veksel: None,
    };
    match type_ {
        Eksempeltype::SkriftligMeddelelse | Eksempeltype::Dom => {
            grunnlag.skriftlig_meddelelse = Some(SkriftligMeddelelse {
                kravets_grunnlag: rekke.betegnelse.clone(),
                faktiske_forhold_for_kravet: "Varene er levert, og fakturaen er ikke betalt.".to_owned(),
                paastand: Some("Saksøkte dømmes til å betale kravet med renter og kostnader.".to_owned()),
                kan_behandles_i_forliksraadet: Some(true),
                kreves_fravaersdom: true,
                forsendelsesmaate: Forsendelsesmaate {
                    forsendelsesmaate: Some(ForsendelsesmaateType::Altinn),
                    alternativ_elektronisk_forsendelsesmaate: None,
                },
                mottakeradresse: None,
            });
        }
        Eksempeltype::Gjeldsbrev => {
            let vitne = Vec::new();
            grunnlag.gjeldsbrev = Some(Gjeldsbrev { skyldnererklaering: true, inndrivelsesklausul: true, vitne });
        }
        Eksempeltype::ElektroniskGjeldserklaering => {
            grunnlag.elektronisk_gjeldserklaering =
                Some(ElektroniskGjeldserklaering { skyldnererklaering: true, inndrivelsesklausul: true });
        }
        Eksempeltype::Tvangsmulkt => {
            grunnlag.tvangsmulkt_eller_lovbestemmelse = Some(TvangsmulktEllerLovbestemmelse {
                type_: TvangsmulktEllerLovbestemmelseType::Tvangsmulkt,
                juridisk_grunnlag: Some("skatteforvaltningsloven § 14-1".to_owned()),
                vedtakende_myndighet: Some(parter.kreditor.clone()),
            });
        }
        Eksempeltype::Veksel => {
            grunnlag.sjekk_eller_veksel = Some(SjekkEllerVeksel { sjekk: Some(false), veksel: Some(true) });
        }
    }
    grunnlag
}
