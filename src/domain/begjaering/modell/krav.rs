//! A claim (krav), and what it consists of.

use chrono::NaiveDate;

use super::koder::{GrunnlagTilleggsfrist, Kravdetaljer, PrioritetDekningsloven};
use super::verdier::{BeloepValuta, Desimal, Identifikator, Prioritet, Vedlegg};
use crate::domain::begjaering::makroer::objekt;

objekt! {
    /// One claim: a principal, interest on one, or costs. Two invoices with different due dates are two claims.
    Krav {
        /// The submitter's own reference, unique in the request (innsendersKravreferanse; 0.9: kravreferanse).
        innsenders_kravreferanse: String = "innsendersKravreferanse",
        /// What kind of claim it is.
        kravdetaljer: Kravdetaljer = "kravdetaljer",
        /// What the claim is for, in words.
        kravbeskrivelse: String = "kravbeskrivelse",
        /// The amount when the claim arose.
        opprinnelig_beloep: BeloepValuta = "opprinneligBeloep",
        /// What is left: the original amount less payments and downward adjustments.
        gjenstaaende_beloep: BeloepValuta = "gjenstaaendeBeloep",
        /// When it fell due. Demanded for principals and two kinds of costs, forbidden for Rentekrav and
        /// SakskostnaderForSkriving.
        kravforfall: Option<Kravforfall> = "kravforfall",
        /// The references of the claims that interest or costs belong to.
        #[serde(default)]
        relatert_krav: Vec<String> = "relatertKrav",
        /// Payments on the claim.
        #[serde(default)]
        innbetaling: Vec<Innbetaling> = "innbetaling",
        /// Demands for payment. Costs out of court need one, sent at most six months before the request.
        #[serde(default)]
        betalingsoppfordring: Vec<Betalingsoppfordring> = "betalingsoppfordring",
        /// The order of payment within the request. If one claim has it, all must have it.
        prioritet_i_sak: Option<Prioritet> = "prioritetISak",
        /// The priority by dekningsloven § 2-8.
        prioritet_dekningsloven: PrioritetDekningsloven = "prioritetDekningsloven",
        /// Longer times of limitation.
        #[serde(default)]
        tilleggsfrist_foreldelse: Vec<TilleggsfristForeldelse> = "tilleggsfristForeldelse",
        /// The last act that interrupted the time of limitation.
        siste_fristavbrytende_tiltak: Option<String> = "sisteFristavbrytendeTiltak",
        /// How interest was computed; only on claims of kind Rentekrav (0.9: erRentekrav).
        rentekrav: Option<Rentekrav> = "rentekrav",
        /// That the claim bears interest from now on; never on a Rentekrav (0.9: renteOpplysning).
        rentebaerende_krav: Option<RentebaerendeKrav> = "rentebaerendeKrav",
        /// Downward adjustments.
        #[serde(default)]
        krav_endring: Vec<KravEndring> = "kravEndring",
        /// The enforcement officer's own number for the claim, if it was in a request before.
        kravgrunnlagsidentifikator: Option<String> = "kravgrunnlagsidentifikator",
        /// That the claim changed hands. On a principal it covers the claims that are related to it.
        transporterklaering: Option<Transporterklaering> = "transporterklaering",
    }
}

objekt! {
    /// When a claim fell due.
    Kravforfall {
        /// The due date.
        forfallsdato: NaiveDate = "forfallsdato",
    }
}

objekt! {
    /// A payment on a claim.
    Innbetaling {
        /// The day it was booked; not after today.
        bokfoert_dato: NaiveDate = "bokfoertDato",
        /// How much.
        beloep: BeloepValuta = "beloep",
    }
}

objekt! {
    /// A demand for payment (inkassoloven § 10).
    Betalingsoppfordring {
        /// The day to pay by.
        betalingsfrist: NaiveDate = "betalingsfrist",
        /// The day of the letter.
        brevdato: NaiveDate = "brevdato",
        /// The letter, of type betalingsoppfordring.
        betalingsoppfordring: Vedlegg = "betalingsoppfordring",
    }
}

objekt! {
    /// A longer time of limitation, and why (foreldelsesloven § 10).
    TilleggsfristForeldelse {
        /// By which ground.
        grunnlag: GrunnlagTilleggsfrist = "grunnlag",
        /// In words.
        begrunnelse: String = "begrunnelse",
        /// The day.
        dato: NaiveDate = "dato",
    }
}

objekt! {
    /// How the interest of a Rentekrav was computed.
    Rentekrav {
        /// From which day to which.
        rente_periode: Option<Datoperiode> = "rentePeriode",
        /// On which amount.
        rente_grunnlag: Option<BeloepValuta> = "renteGrunnlag",
        /// Whether with the statutory rate.
        beregnet_med_forsinkelsesrente: Option<bool> = "beregnetMedForsinkelsesrente",
        /// Or with this agreed rate, in per cent a year.
        beregnet_med_avtalt_rentesats: Option<Desimal> = "beregnetMedAvtaltRentesats",
    }
}

objekt! {
    /// A period of days.
    Datoperiode {
        /// The first day.
        startdato: NaiveDate = "startdato",
        /// The last day.
        sluttdato: Option<NaiveDate> = "sluttdato",
    }
}

objekt! {
    /// Interest that the claim bears from now on.
    RentebaerendeKrav {
        /// Whether with the statutory rate.
        forsinkelsesrente: Option<bool> = "forsinkelsesrente",
        /// Or with this agreed rate, in per cent a year.
        avtalt_rentesats: Option<Desimal> = "avtaltRentesats",
        /// The priority of interest to come. Demanded if a claim has prioritetISak.
        prioritet_i_sak_fremtidig_rentekrav: Option<Prioritet> = "prioritetISakFremtidigRentekrav",
    }
}

objekt! {
    /// A downward adjustment of a claim.
    KravEndring {
        /// The day.
        dato: NaiveDate = "dato",
        /// How much less.
        beloep: BeloepValuta = "beloep",
        /// Why.
        begrunnelse: Option<String> = "begrunnelse",
    }
}

objekt! {
    /// That a claim changed hands.
    Transporterklaering {
        /// The day.
        dato: NaiveDate = "dato",
        /// Who owned it.
        transportert_fra: Option<Identifikator> = "transportertFra",
        /// Who owns it now.
        transportert_til: Option<Identifikator> = "transportertTil",
        /// How much of it.
        beloep: Option<BeloepValuta> = "beloep",
        /// The document, of type transporterklæring.
        transporterklaering: Vedlegg = "transporterklaering",
    }
}
