//! The root of a request, and the classes that hold for the whole of it.

use chrono::NaiveDate;

use super::koder::Tvangsfullbyrdelsestype;
use super::krav::Krav;
use super::parter::{Innsender, Saksoeker, Saksoekt};
use super::tvangsgrunnlag::BegjaeringensTvangsgrunnlag;
use super::verdier::{Prioritet, Vedlegg};
use crate::domain::begjaering::json::{Innhold, Verdi};
use crate::domain::begjaering::leser::{Les, Leser, MinstEn, Sti};
use crate::domain::begjaering::makroer::objekt;
use crate::domain::begjaering::utgaver::Modell;

objekt! {
    /// A request for enforcement (utleggsbegjæring).
    Begjaering {
        /// The claimants (saksøker).
        saksoeker: MinstEn<Saksoeker> = "saksoeker",
        /// The defendants (saksøkt). All must fall under the same rules.
        saksoekt: MinstEn<Saksoekt> = "saksoekt",
        /// Who sends the request. It is refused without (INNSENDER_MANGLER).
        innsender: Option<Innsender> = "innsender",
        /// The claims (krav). It is refused without (MANGLER_KRAV).
        #[serde(default)]
        krav_til_innkreving: Vec<Krav> = "kravTilInnkreving",
        /// What makes the claims enforceable. Each claim belongs to exactly one.
        begjaeringens_tvangsgrunnlag: MinstEn<BegjaeringensTvangsgrunnlag> = "begjaeringensTvangsgrunnlag",
        /// The day of the request. A change may not change it.
        begjaeringsdato: NaiveDate = "begjaeringsdato",
        /// The name of who is responsible for the request. A change may not change it.
        underskrift: String = "underskrift",
        /// Enforcement alone, or together with a complaint to the conciliation board.
        tvangsfullbyrdelsestype: Tvangsfullbyrdelsestype = "tvangsfullbyrdelsestype",
        /// The submitter's own unique reference of the case. Attachments are uploaded with the same.
        innsender_referanse: String = "innsenderReferanse",
        /// Whether the defendant shall pay the court fee.
        krever_rettsgebyr_erstattet: Option<KreverRettsgebyrErstattet> = "kreverRettsgebyrErstattet",
        /// Whether the claimant asks to be spared the court fee (from 1.1).
        krever_fritak_rettsgebyr: Option<KreverFritakRettsgebyr> = "kreverFritakRettsgebyr",
        /// Where money is paid if the case ends in a coordinated deduction.
        betalingsinformasjon: Betalingsinformasjon = "betalingsinformasjon",
        /// Another district than the defendant's own.
        valgt_namsmannsdistrikt: Option<ValgtNamsmannsdistrikt> = "valgtNamsmannsdistrikt",
        /// Attachments that no other place of the request has.
        #[serde(default)]
        vedlegg: Vec<Vedlegg> = "vedlegg",
        /// That the claimant asks for a meeting, and why (innkrevingsloven § 7-9).
        ber_om_innkalling_til_moete_med_begrunnelse: Option<String> = "berOmInnkallingTilMoeteMedBegrunnelse",
        /// That the request is not to be shown to the defendant first, and why (tvangsfullbyrdelsesloven § 7-6).
        ber_om_unnlatt_foreleggelse_med_begrunnelse: Option<String> = "berOmUnnlattForeleggelseMedBegrunnelse",
        /// Things that could be seized.
        #[serde(default)]
        spesiell_utleggsgjenstand: Vec<String> = "spesiellUtleggsgjenstand",
    }
}

impl Begjaering {
    /// Changes all references to attachments.
    pub fn for_hvert_vedlegg(&mut self, mut f: impl FnMut(&mut Vedlegg)) {
        for krav in &mut self.krav_til_innkreving {
            krav.betalingsoppfordring.iter_mut().for_each(|ett| f(&mut ett.betalingsoppfordring));
            krav.transporterklaering.iter_mut().for_each(|ett| f(&mut ett.transporterklaering));
        }
        for grunnlag in self.begjaeringens_tvangsgrunnlag.iter_mut() {
            f(&mut grunnlag.tvangsgrunnlag);
            grunnlag.varsel.iter_mut().for_each(|varsel| f(&mut varsel.tvangskraftgrunnlag));
        }
        let saksoekers = self.saksoeker.iter_mut().filter_map(|part| part.saksoekers_prosessfullmektig.as_mut());
        let saksoektes = self.saksoekt.iter_mut().filter_map(|part| part.saksoektes_prosessfullmektig.as_mut());
        let innsenders = self.innsender.iter_mut().filter_map(|part| part.innsenders_prosessfullmektig.as_mut());
        for fullmektig in saksoekers.chain(saksoektes).chain(innsenders) {
            fullmektig.fullmakt.iter_mut().for_each(|ett| f(&mut ett.fullmakt));
        }
        self.vedlegg.iter_mut().for_each(f);
    }
}

/// Whether the defendant shall pay the court fee, and the priorities of the fee and its interest.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct KreverRettsgebyrErstattet {
    /// Whether.
    #[serde(rename = "kreverRettsgebyrErstattet")]
    pub krever_rettsgebyr_erstattet: bool,
    /// The priority of the fee. Demanded if a claim has prioritetISak.
    #[serde(rename = "prioritetISak", skip_serializing_if = "Option::is_none")]
    pub prioritet_i_sak: Option<Prioritet>,
    /// The priority of interest on the fee (from 1.1).
    #[serde(rename = "prioritetISakFremtidigRentekrav", skip_serializing_if = "Option::is_none")]
    pub prioritet_i_sak_fremtidig_rentekrav: Option<Prioritet>,
}

impl Les for KreverRettsgebyrErstattet {
    /// In 0.9 it was true or false.
    fn les(verdi: &Verdi<'_>, leser: &mut Leser, sti: &Sti<'_>) -> Option<Self> {
        const FELTER: [&str; 3] = ["kreverRettsgebyrErstattet", "prioritetISak", "prioritetISakFremtidigRentekrav"];
        if let (Innhold::Sannhet(krever_rettsgebyr_erstattet), Modell::V0) = (&verdi.innhold, leser.modell) {
            let krever_rettsgebyr_erstattet = *krever_rettsgebyr_erstattet;
            return Some(Self {
                krever_rettsgebyr_erstattet,
                prioritet_i_sak: None,
                prioritet_i_sak_fremtidig_rentekrav: None,
            });
        }
        let [krever, gebyr, rente] = leser.objekt(verdi, "KreverRettsgebyrErstattet", &FELTER, sti)?;
        let krever = Les::les_felt(krever, leser, sti, FELTER[0]);
        let gebyr = Les::les_felt(gebyr, leser, sti, FELTER[1]);
        let rente = Les::les_felt(rente, leser, sti, FELTER[2]);
        Some(Self {
            krever_rettsgebyr_erstattet: krever?,
            prioritet_i_sak: gebyr?,
            prioritet_i_sak_fremtidig_rentekrav: rente?,
        })
    }
}

objekt! {
    /// That the claimant asks to be spared the court fee.
    KreverFritakRettsgebyr {
        /// Why.
        begrunnelse: String = "begrunnelse",
    }
}

objekt! {
    /// Where money is paid: a Norwegian account or a foreign one.
    Betalingsinformasjon {
        /// A Norwegian account.
        norsk_konto: Option<Konto> = "norskKonto",
        /// A foreign account.
        utenlandsk_konto: Option<Konto> = "utenlandskKonto",
    }
}

objekt! {
    #[derive(Default)]
    /// An account. It must have at least one value (MANGELFULLE_KONTOOPPLYSNINGER).
    Konto {
        /// The account number: of a Norwegian account eleven digits.
        kontonummer: Option<String> = "kontonummer",
        /// The KID that a payment carries.
        kidnummer: Option<String> = "kidnummer",
        /// The bank's name.
        bank_navn: Option<String> = "bankNavn",
        /// The bank's code.
        bankkode: Option<String> = "bankkode",
        /// The bank's country.
        landkode_bank: Option<String> = "landkodeBank",
        /// The account's currency.
        kontovaluta: Option<String> = "kontovaluta",
        /// The IBAN.
        iban: Option<String> = "iban",
        /// The bank's BIC.
        bic: Option<String> = "bic",
    }
}

objekt! {
    /// Another district than the defendant's own.
    ValgtNamsmannsdistrikt {
        /// Its name, exactly as the published list spells it. The sandbox does not have the list.
        namsmannsdistrikt: String = "namsmannsdistrikt",
        /// Why.
        begrunnelse: Option<String> = "begrunnelse",
    }
}
