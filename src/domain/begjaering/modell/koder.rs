//! The lists of codes.

use crate::domain::begjaering::makroer::kodeliste;

kodeliste! {
    /// What kind of address it is (adressetype).
    Adressetype {
        Bopelsadresse = "bopelsadresse",
        Postadresse = "postadresse",
        Forretningsadresse = "forretningsadresse",
        Postboks = "postboks",
        UkjentBosted = "ukjentBosted",
    }
}

kodeliste! {
    /// What an organisation does (virksomhetstype).
    Virksomhetstype {
        Inkassovirksomhet = "inkassovirksomhet",
        Advokatfirma = "advokatfirma",
        Rettshjelper = "rettshjelper",
        Annet = "annet",
    }
}

kodeliste! {
    /// What kind of number identifies a party (identifikatortype). Only this one is published.
    Identifikatortype {
        TaxIdentificationNumber = "taxIdentificationNumber",
    }
}

kodeliste! {
    /// Enforcement alone, or together with a complaint to the conciliation board (tvangsfullbyrdelsestype).
    Tvangsfullbyrdelsestype {
        Utlegg = "utlegg",
        UtleggOgForliksklageKombinert = "utleggOgForliksklageKombinert",
    }
}

kodeliste! {
    /// What kind of claim it is (kravdetaljer): principal, interest, or one of three kinds of costs. The published list
    /// may have more.
    Kravdetaljer {
        Hovedkrav = "Hovedkrav",
        Rentekrav = "Rentekrav",
        UtenrettsligeKostnader = "UtenrettsligeKostnader",
        TidligereRettsligeSakskostnader = "TidligereRettsligeSakskostnader",
        SakskostnaderForSkriving = "SakskostnaderForSkriving",
    }
}

kodeliste! {
    /// The claim's priority by dekningsloven § 2-8 (prioritetDekningsloven).
    PrioritetDekningsloven {
        A = "a",
        B = "b",
        C = "c",
        D = "d",
        E = "e",
    }
}

kodeliste! {
    /// Why the creditor asks for a longer time of limitation (foreldelsesloven § 10).
    GrunnlagTilleggsfrist {
        Uvitenhet = "uvitenhet",
        LovmessigeHindringer = "lovmessigeHindringer",
        SkyldnerIUtlandet = "skyldnerIUtlandet",
        KravMotVerge = "kravMotVerge",
        KravOmInnskuddISelskap = "kravOmInnskuddISelskap",
        Proklama = "proklama",
    }
}

kodeliste! {
    /// By which section of tvangsfullbyrdelsesloven the debtor was warned (type of a varsel).
    Varseltype {
        VarselTvfbl418 = "varselTvfbl418",
        VarselTvfbl419 = "varselTvfbl419",
        Oppfyllelsesfrist = "oppfyllelsesfrist",
        ErklaertTvangskraftig = "erklærtTvangskraftig",
        VedtattForelegg = "vedtattForelegg",
        Inkassovarsel = "inkassovarsel",
    }
}

kodeliste! {
    /// How a notice was sent (forsendelsesmaateType). The published list may have more.
    ForsendelsesmaateType {
        Altinn = "altinn",
        EFaktura = "eFaktura",
        EBoks = "eBoks",
        Epost = "epost",
        Ebox = "ebox",
    }
}

kodeliste! {
    /// Why no notice was sent (begrunnelseUnnlatVarsel).
    BegrunnelseUnnlatVarsel {
        IngenMulighetForVarsling = "ingenMulighetForVarsling",
        FullbyrdelsenKanBliVanskeliggjort = "fullbyrdelsenKanBliVanskeliggjort",
        UkjentOppholdsstedSaksoekt = "ukjentOppholdsstedSakssøkt",
        UkjentFullmektigMedKjentOppholdssted = "ukjentFullmektigMedKjentOppholdssted",
        UkjentElektroniskKontaktinformasjon = "ukjentElektroniskKontaktinformasjon",
    }
}

kodeliste! {
    /// What kind of decision a general basis is (type of an alminneligTvangsgrunnlag).
    AlminneligTvangsgrunnlagType {
        DomEllerKjennelse = "domEllerKjennelse",
        AvgjoerelseSomHarVirkningSomDom = "avgjørelseSomHarVirkningSomDom",
        Forelegg = "forelegg",
        Voldgiftsdom = "voldgiftsdom",
        AvgjoerelseAvUtenlandskDomstolKonvensjon = "avgjørelseAvUtenlandskDomstolKonvensjon",
        AvgjoerelseAvUtenlandskDomstol = "avgjørelseAvUtenlandskDomstol",
        AvgjoerelseAvInternasjonalDomstol = "avgjørelseAvInternasjonalDomstol",
        Rettsforlik = "rettsforlik",
    }
}

kodeliste! {
    /// A coercive fine, or a claim that a statute makes enforceable.
    TvangsmulktEllerLovbestemmelseType {
        Tvangsmulkt = "tvangsmulkt",
        Lovbestemmelse = "lovbestemmelse",
    }
}

kodeliste! {
    /// What an attachment documents (type of a vedlegg).
    Vedleggstype {
        Betalingsoppfordring = "betalingsoppfordring",
        Fullmakt = "fullmakt",
        Transporterklaering = "transporterklæring",
        Tvangsgrunnlag = "tvangsgrunnlag",
        Tvangskraftgrunnlag = "tvangskraftgrunnlag",
        Annet = "annet",
    }
}
