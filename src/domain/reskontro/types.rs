//! What a ledger consists of. Identifiers are texts here, because published data holds placeholders that
//! pass no check, and a client treats identifiers as opaque.

use std::sync::Arc;

use chrono::NaiveDate;
use smol_str::SmolStr;

use crate::domain::Beloep;
use crate::domain::identifikator::Part;
pub use crate::domain::kravtype::Fastsettingsmaate;
use crate::domain::kravtype::{Kravgruppe, Reskontrosystem};

/// A claim, debit (positive) or credit (negative), with one or more instalments.
#[derive(Clone, Debug)]
pub struct Krav {
    /// Whose claim it is: the party's own, or that of the owner of a sole proprietorship.
    pub part: Part,
    /// Unique within the party.
    pub kravidentifikator: SmolStr,
    /// As the services spell it. Free text to a client.
    pub kravtype: SmolStr,
    /// The group whose overview it counts in.
    pub kravgruppe: Kravgruppe,
    /// The ledger system that keeps it. Details of form depend on it.
    pub system: Reskontrosystem,
    /// The text a person sees.
    pub kravbeskrivelse: Option<SmolStr>,
    /// The text that other claims and payments describe it with, if it is not `kravbeskrivelse`: an interest claim of
    /// the VAT ledger is then described without its principal.
    pub kort_beskrivelse: Option<&'static str>,
    /// The period it is for.
    pub kravperiode: Option<Kravperiode>,
    /// The first day on which it exists.
    pub opprettelsesdato: NaiveDate,
    /// The claim that the interest runs on, if this is an interest claim.
    pub hovedstol: Option<SmolStr>,
    /// The first and the last day that an interest claim charges interest for.
    pub renteperiode: Option<(NaiveDate, NaiveDate)>,
    /// Whether interest runs on overdue remainders.
    pub rentebaerende: bool,
    /// How the amount came about.
    pub fastsettingsmaate: Option<Fastsettingsmaate>,
    /// At least one. All are above zero, or all below.
    pub forfall: Vec<Kravforfall>,
}

impl Krav {
    /// The text that other claims and payments describe it with.
    pub fn beskrivelse_hos_andre(&self) -> Option<&str> {
        self.kort_beskrivelse.or(self.kravbeskrivelse.as_deref())
    }

    /// The sum of its instalments.
    pub fn opprinnelig_beloep(&self) -> Beloep {
        self.forfall.iter().map(|forfall| forfall.opprinnelig_beloep).sum()
    }
}

/// The period a claim is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kravperiode {
    /// What a person calls it: "januar - februar", "Termin", "Inntektstår".
    pub beskrivelse: SmolStr,
    /// The year, if there is one.
    pub aar: Option<i32>,
    /// The term's number within the year, as the ledger system writes it (`01` or `1`).
    pub termin: Option<SmolStr>,
    /// First and last day.
    pub dager: Option<(NaiveDate, NaiveDate)>,
    /// Whether the 2024 edition shows the first and the last day. Those of the VAT ledger are shown, those of the
    /// tax ledger are not.
    pub viser_dager: bool,
}

impl Kravperiode {
    /// The day, if the period is a single day: a pay day.
    pub fn enkeltdag(&self) -> Option<NaiveDate> {
        self.dager.filter(|(fra, til)| self.viser_dager && fra == til).map(|(day, _)| day)
    }
}

/// A due instalment of a claim.
#[derive(Clone, Debug)]
pub struct Kravforfall {
    /// Unique within the party.
    pub kravforfallsidentifikator: SmolStr,
    /// Absent on credits and in some published data. Such an instalment is never overdue.
    pub forfallsdato: Option<NaiveDate>,
    /// Negative on a credit.
    pub opprinnelig_beloep: Beloep,
    /// How to pay it.
    pub betalingsinformasjon: Betalingsinformasjon,
    /// The first and the last day on which enforcement is deferred, while a decision is reviewed.
    pub utsatt_iverksettelse: Option<(NaiveDate, Option<NaiveDate>)>,
}

/// How to pay an instalment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub struct Betalingsinformasjon {
    pub kidnummer: Option<SmolStr>,
    /// Shared, because nearly all claims are paid to one of two accounts.
    pub konto: Option<Arc<Bankkonto>>,
}

/// A bank account as the services show it; every field may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub struct Bankkonto {
    pub bankinformasjon: Option<SmolStr>,
    pub kontoeiers_navn: Option<SmolStr>,
    pub kontonummer: Option<SmolStr>,
    pub iban: Option<SmolStr>,
    pub swift_bic: Option<SmolStr>,
}

/// The other end of a payment: who paid in, or who was paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub struct Motpart {
    pub kidnummer: Option<SmolStr>,
    pub melding_sendt_til_mottaker: Option<SmolStr>,
    pub konto: Arc<Bankkonto>,
    /// To whom a cheque was sent, if a payout was made by cheque.
    pub sjekk_sendt_til: Option<Box<Mottaker>>,
    pub valutakode: Option<SmolStr>,
}

/// Whom a cheque was sent to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub struct Mottaker {
    pub mottakers_navn: SmolStr,
    pub adressetekst: Vec<SmolStr>,
    pub postnummer: Option<SmolStr>,
    pub poststedsnavn: Option<SmolStr>,
    pub landkode: Option<SmolStr>,
}

/// A payment in.
#[derive(Clone, Debug)]
pub struct Innbetaling {
    /// Whose payment it is.
    pub part: Part,
    /// Unique within the party.
    pub innbetalingsidentifikator: SmolStr,
    /// The day it was made. It does not show before that day.
    pub innbetalingsdato: NaiveDate,
    /// Positive.
    pub innbetalt_beloep: Beloep,
    /// As the services spell it, for example "Innbetalt OCR".
    pub innbetalingstype: SmolStr,
    /// The collector's account it went to.
    pub mottakers_kontonummer: Option<SmolStr>,
    /// Who paid.
    pub innbetalt_fra: Motpart,
    /// The instalments it was used for. The rest is unallocated.
    pub plasseringer: Vec<Plassering>,
}

/// A part of a payment, used for an instalment.
#[derive(Clone, Copy, Debug)]
pub struct Plassering {
    /// The instalment it reduces.
    pub forfall: ForfallRef,
    /// Positive.
    pub beloep: Beloep,
    /// The first day on which it counts.
    pub dato: NaiveDate,
}

/// A credit set off against a debit.
#[derive(Clone, Copy, Debug)]
pub struct Motregning {
    /// The credit claim's instalment.
    pub kredit: ForfallRef,
    /// The debit claim's instalment.
    pub debet: ForfallRef,
    /// Positive. Both remainders come nearer to zero by this amount.
    pub beloep: Beloep,
    /// The first day on which it counts.
    pub dato: NaiveDate,
}

/// A payment out.
#[derive(Clone, Debug)]
pub struct Utbetaling {
    /// Whose payment it is.
    pub part: Part,
    /// Unique within the party.
    pub utbetalingsidentifikator: SmolStr,
    /// A sentence about it (only the 2023 edition shows it).
    pub utbetalingsbeskrivelse: Option<SmolStr>,
    /// The day it was made.
    pub utbetaltdato: NaiveDate,
    /// Positive. It is the sum of its parts.
    pub utbetalt_beloep: Beloep,
    /// Who got it.
    pub betalt_til: Motpart,
    /// `bekreftet` in every published example.
    pub utbetalingstatus: SmolStr,
    /// The day on which it reached its account, if that is later. Before that day it is `underUtbetaling`.
    pub bekreftet: Option<NaiveDate>,
    /// The credit claims it pays out.
    pub grunnlag: Vec<Plassering>,
    /// The payments it pays back. There is a credit claim or a payment.
    pub tilbakebetaling_av: Vec<Tilbakebetaling>,
}

/// A part of a payout that pays a payment back.
#[derive(Clone, Copy, Debug)]
pub struct Tilbakebetaling {
    /// The index of the payment.
    pub innbetaling: usize,
    /// Positive.
    pub beloep: Beloep,
}

/// Money of the party that covers claims of other creditors, which are in no ledger here.
#[derive(Clone, Debug)]
pub struct MotregningMotAndre {
    /// Its own identifier.
    pub motregningsidentifikator: SmolStr,
    /// Where the money comes from.
    pub kilde: Motregningskilde,
    /// Who decided it.
    pub innkrevingsmyndighet: SmolStr,
    /// The day it was made.
    pub motregnetdato: NaiveDate,
    /// What it covers. At least one claim.
    pub dekket_krav: Vec<DekketKrav>,
}

impl MotregningMotAndre {
    /// The sum of what it covers.
    pub fn beloep(&self) -> Beloep {
        self.dekket_krav.iter().map(|dekket| dekket.motregnet_beloep).sum()
    }
}

/// Where the money of a set-off comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motregningskilde {
    /// A credit claim's instalment.
    Kreditkrav(ForfallRef),
    /// The unallocated part of a payment, by its index.
    Innbetaling(usize),
}

/// A claim of another creditor that a set-off covers.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub struct DekketKrav {
    pub beskrivelse: SmolStr,
    /// Positive.
    pub motregnet_beloep: Beloep,
    pub innkrevingsmyndighet: Option<SmolStr>,
    pub forfallsdato: Option<NaiveDate>,
    pub kreditorsnavn: Option<SmolStr>,
    pub forsinkelsesrenter: Option<Beloep>,
}

/// The place of an instalment in its ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ForfallRef {
    /// Index of the claim.
    pub krav: usize,
    /// Index of the instalment within the claim.
    pub forfall: usize,
}
