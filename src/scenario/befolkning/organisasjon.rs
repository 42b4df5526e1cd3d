//! The claims and payments of an organisation, by its profile.

use chrono::{Datelike, Days, Months, NaiveDate};
use smol_str::SmolStr;

use super::folk::{Folk, Organisasjon, spoersmaal};
use super::oppskrift::{Betales, FORFALL, Terminserie, dag, etter_forfall, hele_kroner, innbetaling, kroner, tall};
use super::profil::Profil;
use super::stoerrelse::{Stoerrelse, Vane, sesong, vane};
use super::tall::mix;
use super::tid::Tid;
use crate::domain::kalender::this_or_next_working_day;
use crate::domain::short_text::ShortText;
use crate::domain::terminer::{Termin, Terminserie as Serie};
use crate::scenario::format::{
    InnbetalingEntry, KravEntry, KravserieEntry, PartDocument, PeriodeEntry, TilbakebetalingEntry, UtbetalingEntry,
};

/// What is asked for an organisation: who it is, and the time that its ledger is for.
pub(super) struct Oppgave<'a> {
    folk: &'a Folk,
    hvem: &'a Organisasjon,
    base: NaiveDate,
    tid: Tid,
    ids: u64,
    beloep: Stoerrelse,
    sesong: &'static [u32],
    vane: Vane,
}

/// Bankruptcies of the built population lie so many days before the base date.
const BANKRUPT_DAYS: (u64, u64) = (20, 380);
/// So long before its bankruptcy a firm stops paying.
const MONTHS_WITHOUT_PAYING: u32 = 10;
/// New firms were registered so many days before the base date.
const NEW_DAYS: (u64, u64) = (2, 58);
/// One of so many VAT terms is paid so late that interest is claimed.
const VERY_LATE: u64 = 3;

impl<'a> Oppgave<'a> {
    /// The base date decides when a firm went bankrupt or was registered. The time is that of the ledger.
    pub(super) fn new(folk: &'a Folk, hvem: &'a Organisasjon, base: NaiveDate, tid: Tid) -> Self {
        Self {
            folk,
            hvem,
            base,
            tid,
            ids: folk.en_av(hvem.part, spoersmaal::IDENTER, 10_000),
            beloep: Stoerrelse::av_organisasjon(folk, hvem.part, hvem.profil),
            sesong: sesong(folk, hvem.part),
            vane: vane(folk, hvem.part),
        }
    }

    /// Adds the claims and payments to a document.
    pub(super) fn skriv(&self, document: &mut PartDocument) {
        match self.hvem.profil {
            Profil::Hvilende | Profil::Skjermet | Profil::DelvisSkjermet => {}
            Profil::Punktlig | Profil::Arbeidsgiver => self.vanlig(-self.vane.foer, document),
            Profil::Saeravgift => {
                self.vanlig(-self.vane.foer, document);
                self.maanedlig("Særavgifter", (18, 8), self.beloep.avgift, document);
            }
            Profil::Stor => {
                self.vanlig(0, document);
                self.maanedlig("Innførsel dagsoppgjør", (18, 8), self.beloep.avgift * 4, document);
                self.maanedlig("Innførsel dagsoppgjør", (4, 9), self.beloep.avgift * 3, document);
            }
            Profil::Etternoeler => {
                self.sene_terminer(document);
                self.vanlig(self.vane.dager, document);
            }
            Profil::Skyldig => {
                document.kravserier.push(self.mva(Betales::Etter(self.vane.lenge)).entry());
                self.loenn(Betales::Etter(self.vane.lenge + 30), document);
            }
            Profil::Tilgode => {
                let mva = Terminserie {
                    kroner: -self.beloep.mva,
                    id: self.id_mva("FORF-", 4),
                    ..self.mva(Betales::Etter(8 + self.vane.dager))
                };
                document.kravserier.push(mva.entry());
                self.loenn(Betales::Etter(-self.vane.foer), document);
                // No money waits beside an overdue claim, and an owner's claims are in the same ledger.
                let owner_is_late =
                    self.hvem.innehaver.is_some_and(|owner| self.folk.profil_av_eier(owner) != Profil::Punktlig);
                if !owner_is_late {
                    self.betalt_to_ganger(document);
                }
            }
            Profil::Konkurs => self.konkurs(document),
            Profil::Nystartet => {
                let fra = Some(self.base - Days::new(self.dager(NEW_DAYS)));
                document.kravserier.push(Terminserie { fra, ..self.mva(Betales::Etter(0)) }.entry());
            }
        }
    }

    fn dager(&self, (least, most): (u64, u64)) -> u64 {
        least + self.folk.en_av(self.hvem.part, spoersmaal::VANER + 100, most - least)
    }

    /// The first identifier of a series in the VAT ledger: a digit that keeps the kinds apart, four digits of the party's
    /// own, and three to count.
    fn id_mva(&self, prefix: &str, kind: u64) -> SmolStr {
        ShortText::default().text(prefix).number((kind * 10_000 + self.ids) * 1_000, 1).end()
    }

    /// The same in the tax ledger: two digits for the kind.
    fn id_skatt(&self, kind: u64) -> SmolStr {
        self.id_mva("", kind)
    }

    fn serie(&self, kravtype: &'static str, id: SmolStr, middle: i64, betales: Betales) -> Terminserie<'static> {
        let froe = mix(self.folk.orden.hash(self.hvem.part, 1_000) ^ kravtype.len() as u64);
        Terminserie { kravtype, id, kroner: middle, froe, betales, sesong: self.sesong, fra: None, til: None }
    }

    fn mva(&self, betales: Betales) -> Terminserie<'static> {
        self.serie("Mva-melding", self.id_mva("KRAV-", 4), self.beloep.mva, betales)
    }

    fn arbeidsgiveravgift(&self, betales: Betales) -> Terminserie<'static> {
        self.serie("ARBGAVG", self.id_skatt(41), self.beloep.arbeidsgiveravgift, betales)
    }

    fn forskuddstrekk(&self, betales: Betales) -> Terminserie<'static> {
        self.serie("FORSKTREKK", self.id_skatt(42), self.beloep.forskuddstrekk, betales)
    }

    /// The ordinary terms, paid so many days after they are due.
    fn vanlig(&self, days: i64, document: &mut PartDocument) {
        document.kravserier.push(self.mva(Betales::Etter(days)).entry());
        self.loenn(Betales::Etter(days), document);
    }

    /// What an employer owes. What is withheld from wages is always paid on time.
    fn loenn(&self, betales: Betales, document: &mut PartDocument) {
        if self.hvem.har_ansatte {
            document.kravserier.push(self.arbeidsgiveravgift(betales).entry());
            document.kravserier.push(self.forskuddstrekk(Betales::Etter(0)).entry());
        }
    }

    /// A claim each month, due on a day of it. The months are counted from a fixed one, so that a month has the same
    /// identifier and amount whatever time the ledger is for.
    fn maanedlig(&self, kravtype: &str, (day, kind): (u32, u64), middle: i64, document: &mut PartDocument) {
        let Some(first) = self.tid.fra.with_day(day) else { return };
        let number = u64::from((first.year() - 1900).unsigned_abs()) * 12 + u64::from(first.month0());
        let months = (self.tid.til.year() - first.year()) * 12 + self.tid.til.month0().cast_signed()
            - first.month0().cast_signed();
        let froe = self.folk.orden.hash(self.hvem.part, kind) & 0x7fff_ffff;
        document.kravserier.push(KravserieEntry {
            antall: Some(tall(u64::from(months.unsigned_abs()) + 1)),
            // Not moved to a working day itself, because the later ones are counted from it.
            foerste_forfallsdato: Some(dag(first)),
            steg: Some("1m virkedag".into()),
            kravidentifikator: id("KRAV-", (kind * 1_000 + self.ids % 1_000) * 10_000 + number).into(),
            kravtype: kravtype.into(),
            beloep_fra: kroner(middle * 8 / 10),
            beloep_til: kroner(middle * 12 / 10),
            froe: Some(tall(froe + number)),
            betalt: Some(FORFALL.into()),
            ..KravserieEntry::default()
        });
    }

    /// The VAT terms that are paid so late that interest is claimed, written out.
    fn sene_terminer(&self, document: &mut PartDocument) {
        let serie = Serie::Mva;
        let start = serie.ordinal(Termin { aar: 2020, nummer: 1 });
        let mut termin = serie.offset(serie.newest_overdue(self.tid.fra), 1);
        let first_id: i64 = self.id_mva("", 4).parse().unwrap_or_default();
        while serie.forfallsdato(termin).is_some_and(|due| due <= self.tid.til) {
            let ordinal = serie.ordinal(termin);
            let chance = mix(self.folk.orden.hash(self.hvem.part, 2_000) ^ u64::from(ordinal.unsigned_abs()));
            if chance.is_multiple_of(VERY_LATE) {
                let krav = id("KRAV-", (first_id + i64::from(ordinal - start)).unsigned_abs());
                self.sen_termin(termin, &krav, chance, document);
            }
            termin = serie.offset(termin, 1);
        }
    }

    fn sen_termin(&self, termin: Termin, krav: &SmolStr, chance: u64, document: &mut PartDocument) {
        let share = 80 + i64::try_from((chance >> 8) % 40).unwrap_or_default();
        let middle = self.beloep.mva.max(4_000) * share / 100;
        let late = 26 + i64::try_from((chance >> 16) % 40).unwrap_or_default();
        // The last two digits are those of the term, so that no two of a party are equal.
        let nummer = u64::from(Serie::Mva.ordinal(termin).unsigned_abs() % 100);
        let renter = id("KRAV-", 70_000_000 + chance % 90_000 * 100 + nummer);
        let Some(due) = Serie::Mva.forfallsdato(termin) else { return };
        let paid = this_or_next_working_day(due + Days::new(late.unsigned_abs()));
        let created = this_or_next_working_day(paid + Days::new(7));
        let renter_forfall = this_or_next_working_day(created + Days::new(21));
        if self.tid.utelater(due, Some(renter_forfall)) {
            return;
        }
        let periode = PeriodeEntry {
            aar: Some(termin.aar.to_string().into()),
            termin: Some(id("", termin.nummer.into()).into()),
            ..PeriodeEntry::default()
        };
        document.krav.push(KravEntry {
            kravidentifikator: krav.clone().into(),
            kravtype: "Mva-melding".into(),
            kravperiode: Some(periode),
            opprinnelig_beloep: Some(kroner(middle)),
            ..KravEntry::default()
        });
        document.krav.push(KravEntry {
            kravidentifikator: renter.clone().into(),
            kravtype: "Forsinkelsesrente".into(),
            hovedstol_kravidentifikator: Some(krav.clone().into()),
            opprettelsesdato_for_krav: Some(dag(created)),
            forfallsdato: Some(dag(renter_forfall)),
            ..KravEntry::default()
        });
        let payments = [(krav.clone(), etter_forfall(late)), (renter, FORFALL.into())];
        for (nth, (krav, dag)) in (0_u64..).zip(payments) {
            let number = chance % 499_000 * 200 + nummer * 2 + nth;
            let id = ShortText::default().text("FORF-").number(number, 8).end();
            document.innbetalinger.push(innbetaling(id, dag, krav, None));
        }
    }

    /// Each year one payment is made twice, and the second one is paid back.
    fn betalt_to_ganger(&self, document: &mut PartDocument) {
        for aar in self.tid.fra.year()..=self.tid.til.year() {
            let chance = mix(self.folk.orden.hash(self.hvem.part, 3_000) ^ u64::from(aar.unsigned_abs()));
            let month = u32::try_from(chance % 12).unwrap_or_default() + 1;
            let Some(paid) = NaiveDate::from_ymd_opt(aar, month, 10).map(this_or_next_working_day) else { continue };
            let back = this_or_next_working_day(paid + Days::new(9 + (chance >> 8) % 20));
            if paid < self.tid.fra || back > self.tid.til {
                continue;
            }
            // The last two digits are those of the year, so that no two of a party are equal.
            let nummer = u64::from(aar.unsigned_abs() % 100);
            let eight = |number: u64| ShortText::default().number(number % 1_000_000 * 100 + nummer, 8).end();
            let id = eight(chance >> 16);
            document.innbetalinger.push(InnbetalingEntry {
                innbetalingsidentifikator: id.clone().into(),
                innbetalingsdato: dag(paid),
                innbetalt_beloep: Some(hele_kroner(i64::try_from(900 + (chance >> 24) % 6_000).unwrap_or_default())),
                ..InnbetalingEntry::default()
            });
            document.utbetalinger.push(UtbetalingEntry {
                utbetalingsidentifikator: eight(chance >> 20).into(),
                utbetaltdato: dag(back),
                tilbakebetaling_av: vec![TilbakebetalingEntry { innbetaling: id.into(), beloep: None }],
                ..UtbetalingEntry::default()
            });
        }
    }

    /// The terms until the bankruptcy, of which the last ones stay unpaid, and the assessment of a term that nobody
    /// reported.
    fn konkurs(&self, document: &mut PartDocument) {
        let konkurs = self.base - Days::new(self.dager(BANKRUPT_DAYS));
        let Some(betalte) = konkurs.checked_sub_months(Months::new(MONTHS_WITHOUT_PAYING)) else { return };
        let siste = Serie::Mva.offset(Serie::Mva.newest_overdue(konkurs), 1);
        document.krav.push(KravEntry {
            kravidentifikator: id("KRAV-", 8 * 10_000_000 + self.ids).into(),
            kravtype: "Fasts § 12-1 (1) 1. pkt.".into(),
            kravperiode: Some(PeriodeEntry {
                aar: Some(siste.aar.to_string().into()),
                termin: Some(id("", siste.nummer.into()).into()),
                ..PeriodeEntry::default()
            }),
            forfallsdato: Some(dag(this_or_next_working_day(konkurs + Days::new(14)))),
            opprettelsesdato_for_krav: Some(dag(this_or_next_working_day(konkurs + Days::new(1)))),
            opprinnelig_beloep: Some(kroner(self.beloep.mva * 13 / 10)),
            ..KravEntry::default()
        });
        let series = [
            self.mva(Betales::Etter(0)),
            self.arbeidsgiveravgift(Betales::Etter(0)),
            self.forskuddstrekk(Betales::Etter(0)),
        ];
        for paid in series {
            let unpaid = Terminserie {
                betales: Betales::Aldri,
                id: paid.id.clone(),
                fra: Some(betalte),
                til: Some(konkurs),
                ..paid
            };
            document.kravserier.push(Terminserie { til: Some(betalte), ..paid }.entry());
            document.kravserier.push(unpaid.entry());
        }
    }
}

/// An identifier: its beginning and a number.
fn id(beginning: &str, number: u64) -> SmolStr {
    ShortText::default().text(beginning).number(number, 1).end()
}
