//! What makes claims enforceable (begjæringens tvangsgrunnlag).

use chrono::NaiveDate;

use super::koder::{
    AlminneligTvangsgrunnlagType, BegrunnelseUnnlatVarsel, ForsendelsesmaateType, TvangsmulktEllerLovbestemmelseType,
    Varseltype,
};
use super::parter::{AdresseInnland, AdresseUtland, Person};
use super::verdier::{Desimal, Identifikator, Vedlegg};
use crate::domain::begjaering::leser::MinstEn;
use crate::domain::begjaering::makroer::objekt;

objekt! {
    /// One enforceable basis, and the claims that rest on it. It is either general or special.
    BegjaeringensTvangsgrunnlag {
        /// The references of all claims that rest on it.
        innsenders_kravreferanse: MinstEn<String> = "innsendersKravreferanse",
        /// A unique identifier of the basis, for future use. Optional from 2.0.
        ekstern_saksreferanse: Option<String> = "eksternSaksreferanse",
        /// The day it came about.
        tvangsgrunnlagsdato: NaiveDate = "tvangsgrunnlagsdato",
        /// What it is, in words: an invoice with its number.
        betegnelse_av_tvangsgrunnlag: String = "betegnelseAvTvangsgrunnlag",
        /// The document, of type tvangsgrunnlag.
        tvangsgrunnlag: Vedlegg = "tvangsgrunnlag",
        /// The notices that the debtor got.
        #[serde(default)]
        varsel: Vec<Varsel> = "varsel",
        /// Why there was no notice. Not allowed beside a skriftligMeddelelse.
        begrunnelse_unnlat_varsel: Option<BegrunnelseUnnlatVarsel> = "begrunnelseUnnlatVarsel",
        /// A decision of a court or the like.
        alminnelig_tvangsgrunnlag: Option<AlminneligTvangsgrunnlag> = "alminneligTvangsgrunnlag",
        /// An agreement, a written notice or the like.
        saerlig_tvangsgrunnlag: Option<SaerligTvangsgrunnlag> = "saerligTvangsgrunnlag",
    }
}

objekt! {
    /// A notice to the debtor before the request (varsel; called tvangskraftgrunnlag before 2.0).
    Varsel {
        /// The day.
        dato: NaiveDate = "dato",
        /// By which section of the law.
        type_: Varseltype = "type",
        /// How it was sent (from 1.1; announced as required later).
        forsendelsesmaate_type: Option<ForsendelsesmaateType> = "forsendelsesmaateType",
        /// Another electronic way (from 2.0).
        alternativ_elektronisk_forsendelsesmaate: Option<AlternativElektroniskForsendelsesmaate> =
            "alternativElektroniskForsendelsesmaate",
        /// The document, of type tvangskraftgrunnlag.
        tvangskraftgrunnlag: Vedlegg = "tvangskraftgrunnlag",
    }
}

objekt! {
    /// An electronic way to send that the list of codes does not have.
    AlternativElektroniskForsendelsesmaate {
        /// Which way.
        kanal_for_meddelelse: String = "kanalForMeddelelse",
        /// That the debtor accepted it, of type annet.
        aksept_kanalvalg: Option<Vedlegg> = "akseptKanalvalg",
    }
}

objekt! {
    /// A general basis: a judgment or another decision (alminnelig tvangsgrunnlag).
    AlminneligTvangsgrunnlag {
        /// What kind of decision.
        type_: AlminneligTvangsgrunnlagType = "type",
        /// What the decision says.
        domsslutning_informasjon: DomsslutningInformasjon = "domsslutningInformasjon",
    }
}

objekt! {
    /// What a decision says.
    DomsslutningInformasjon {
        /// The day to pay by.
        oppfyllelsesfrist: NaiveDate = "oppfyllelsesfrist",
        /// When the defendant got the decision.
        forkynnelsesdato: Option<NaiveDate> = "forkynnelsesdato",
        /// Who must pay.
        forpliktet: MinstEn<Identifikator> = "forpliktet",
        /// Who may demand payment.
        berettiget: MinstEn<Identifikator> = "berettiget",
    }
}

objekt! {
    /// A special basis (særlig tvangsgrunnlag). Exactly one of its kinds is filled in.
    SaerligTvangsgrunnlag {
        /// Ignored when it is sent, from 1.1.
        paalydende_beloep: Option<Desimal> = "paalydendeBeloep",
        /// Who must pay, without condition.
        skyldner: MinstEn<Identifikator> = "skyldner",
        /// Who may receive the payment.
        kreditor: MinstEn<Identifikator> = "kreditor",
        /// A written notice: an invoice or a demand for payment.
        skriftlig_meddelelse: Option<SkriftligMeddelelse> = "skriftligMeddelelse",
        /// A signed promise to pay.
        gjeldsbrev: Option<Gjeldsbrev> = "gjeldsbrev",
        /// An electronic promise to pay.
        elektronisk_gjeldserklaering: Option<ElektroniskGjeldserklaering> = "elektroniskGjeldserklaering",
        /// A coercive fine, or a claim that a statute makes enforceable.
        tvangsmulkt_eller_lovbestemmelse: Option<TvangsmulktEllerLovbestemmelse> = "tvangsmulktEllerLovbestemmelse",
        /// A cheque or a bill of exchange.
        sjekk_eller_veksel: Option<SjekkEllerVeksel> = "sjekkEllerVeksel",
    }
}

objekt! {
    /// A written notice to the debtor (skriftlig meddelelse).
    SkriftligMeddelelse {
        /// What the claim is for, in short.
        kravets_grunnlag: String = "kravetsGrunnlag",
        /// The facts of the claim (tvisteloven § 6-3).
        faktiske_forhold_for_kravet: String = "faktiskeForholdForKravet",
        /// What the conciliation board shall decide. Demanded if tvangsfullbyrdelsestype has the complaint.
        paastand: Option<String> = "paastand",
        /// Whether the conciliation board may take the case if the defendant objects. Always demanded.
        kan_behandles_i_forliksraadet: Option<bool> = "kanBehandlesIForliksraadet",
        /// Whether a judgment by default is demanded.
        kreves_fravaersdom: bool = "krevesFravaersdom",
        /// How the notice was sent.
        forsendelsesmaate: Forsendelsesmaate = "forsendelsesmaate",
        /// Where it was sent.
        mottakeradresse: Option<Mottakeradresse> = "mottakeradresse",
    }
}

objekt! {
    /// How a written notice was sent: by a code, or in another electronic way.
    Forsendelsesmaate {
        /// By a code.
        forsendelsesmaate: Option<ForsendelsesmaateType> = "forsendelsesmaate",
        /// In another electronic way.
        alternativ_elektronisk_forsendelsesmaate: Option<AlternativElektroniskForsendelsesmaate> =
            "alternativElektroniskForsendelsesmaate",
    }
}

objekt! {
    /// Where a written notice was sent.
    Mottakeradresse {
        /// In Norway.
        mottakeradresse_innland: Option<AdresseInnland> = "mottakeradresseInnland",
        /// Abroad.
        mottakeradresse_utland: Option<AdresseUtland> = "mottakeradresseUtland",
    }
}

objekt! {
    /// A signed promise to pay, with the consent to enforcement without judgment (gjeldsbrev).
    Gjeldsbrev {
        /// That there is a signature or the like.
        skyldnererklaering: bool = "skyldnererklaering",
        /// That it says that the debt can be enforced without judgment.
        inndrivelsesklausul: bool = "inndrivelsesklausul",
        /// The witnesses, two at most.
        #[serde(default)]
        #[schemars(length(max = 2))]
        vitne: Vec<Person> = "vitne",
    }
}

objekt! {
    /// An electronic promise to pay (elektronisk gjeldserklæring).
    ElektroniskGjeldserklaering {
        /// That there is a signature or the like.
        skyldnererklaering: bool = "skyldnererklaering",
        /// That it says that the debt can be enforced without judgment.
        inndrivelsesklausul: bool = "inndrivelsesklausul",
    }
}

objekt! {
    /// A coercive fine (tvangsmulkt), or a claim that a statute makes enforceable.
    TvangsmulktEllerLovbestemmelse {
        /// Which of the two.
        type_: TvangsmulktEllerLovbestemmelseType = "type",
        /// The statute or regulation.
        juridisk_grunnlag: Option<String> = "juridiskGrunnlag",
        /// The authority that set the fine. It need not be the creditor.
        vedtakende_myndighet: Option<Identifikator> = "vedtakendeMyndighet",
    }
}

objekt! {
    /// A cheque or a bill of exchange.
    SjekkEllerVeksel {
        /// That it is a cheque.
        sjekk: Option<bool> = "sjekk",
        /// That it is a bill of exchange.
        veksel: Option<bool> = "veksel",
    }
}
