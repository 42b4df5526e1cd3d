//! The values that a scenario leaves out: texts, identifiers, accounts. All are chosen, to look like the
//! published and observed data in docs/fidelity.md, "Two ledgers".

use std::sync::{Arc, LazyLock};

use chrono::{Datelike, NaiveDate};
use smol_str::SmolStr;

use crate::domain::identifikator::{Iban, Kid, Kontonummer, Part};
use crate::domain::kravtype::Reskontrosystem;
use crate::domain::reskontro::{Bankkonto, Kravperiode};
use crate::domain::short_text::ShortText;
use crate::domain::terminer::{Termin, Terminserie};

/// The collector's account in a ledger system, as its claims show it.
pub(super) fn innkrevers_konto(system: Reskontrosystem) -> Arc<Bankkonto> {
    static MVA: LazyLock<Arc<Bankkonto>> = LazyLock::new(|| Arc::new(konto(Reskontrosystem::Mva)));
    static SKATT: LazyLock<Arc<Bankkonto>> = LazyLock::new(|| Arc::new(konto(Reskontrosystem::Skatt)));
    Arc::clone(match system {
        Reskontrosystem::Mva => &MVA,
        Reskontrosystem::Skatt => &SKATT,
    })
}

fn konto(system: Reskontrosystem) -> Bankkonto {
    let (navn, kontonummer, bic, spaced) = match system {
        Reskontrosystem::Mva => ("Skatteetaten", "76940518888", "DNBANOKK", false),
        Reskontrosystem::Skatt => ("SKATTEETATEN - SKATTEINNKREVING", "76940524802", "DNBANOKKXXX", true),
    };
    let iban = kontonummer.parse::<Kontonummer>().map(Iban::from);
    Bankkonto {
        bankinformasjon: None,
        kontoeiers_navn: Some(navn.into()),
        kontonummer: Some(kontonummer.into()),
        iban: iban.ok().map(|iban| if spaced { format!("{iban:#}") } else { iban.to_string() }.into()),
        swift_bic: Some(bic.into()),
    }
}

/// A KID from the identifiers: party and claim in the VAT ledger, claim and instalment (19 digits)
/// in the tax ledger.
pub(super) fn kidnummer(system: Reskontrosystem, part: Part, krav: Siffer, forfall: &str) -> SmolStr {
    let mut digits = ShortText::default();
    match system {
        Reskontrosystem::Mva => digits.text(part.text().as_str()).number(krav.last_eight(), 8),
        Reskontrosystem::Skatt => digits.number(krav.0, 9).number(Siffer::of(forfall).0, 9),
    };
    Kid::with_luhn(&digits.end()).map(SmolStr::from).unwrap_or_default()
}

/// The identifier of an instalment: that of the claim in the VAT ledger, nine other digits in the tax ledger.
pub(super) fn forfallsidentifikator(
    system: Reskontrosystem,
    (krav, siffer): (&str, Siffer),
    number: usize,
    of: usize,
) -> SmolStr {
    match system {
        Reskontrosystem::Mva if of == 1 => krav.into(),
        Reskontrosystem::Mva => ShortText::default().text(krav).text("-").number(number as u64, 1).end(),
        Reskontrosystem::Skatt => {
            // The factor has no common divisor with ten, so different claims get different identifiers.
            let spread = siffer.0 * 7 + 123_456_789 * number as u64;
            ShortText::default().number(spread % 1_000_000_000, 9).end()
        }
    }
}

/// The identifier of a payment of a series: eight digits that follow from the party, the claim and the number of its
/// instalment, counted from 0.
pub(super) fn innbetalingsidentifikator(system: Reskontrosystem, part: Part, krav: Siffer, number: usize) -> SmolStr {
    let of_part = part.number() % 100_000_000 * 13;
    let digits = (of_part + krav.last_eight() * 7 + 12_345_679 * (number as u64 + 1)) % 100_000_000;
    match system {
        Reskontrosystem::Mva => ShortText::default().text("FORF-").number(digits, 8).end(),
        Reskontrosystem::Skatt => ShortText::default().number(digits, 8).end(),
    }
}

/// The last nine digits of an identifier as a number. One without digits gives a number from its characters.
#[derive(Clone, Copy)]
pub(super) struct Siffer(u64);

impl Siffer {
    pub(super) fn of(text: &str) -> Self {
        let (mut number, mut place) = (0, 1);
        for byte in text.bytes().rev().filter(u8::is_ascii_digit).take(9) {
            number += u64::from(byte - b'0') * place;
            place *= 10;
        }
        if place > 1 {
            return Self(number);
        }
        // FNV-1a, so that the number is the same on every machine.
        let mix = |hash: u64, b: u8| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
        Self(text.bytes().fold(0xcbf2_9ce4_8422_2325, mix) % 1_000_000_000)
    }

    fn last_eight(self) -> u64 {
        self.0 % 100_000_000
    }
}

/// The terms of VAT as a person calls them.
const TWO_MONTHS: [&str; 6] =
    ["januar - februar", "mars - april", "mai - juni", "juli - august", "september - oktober", "november - desember"];

/// The period of a statutory term, as the ledger system writes it.
pub(super) fn terminperiode(system: Reskontrosystem, serie: Terminserie, termin: Termin) -> Kravperiode {
    if let Some((day, last)) = serie.periode(termin)
        && day == last
    {
        return pay_day(day);
    }
    let nummer = usize::from(termin.nummer);
    let (beskrivelse, digits) = match system {
        Reskontrosystem::Mva => (TWO_MONTHS[nummer.clamp(1, 6) - 1], 2),
        Reskontrosystem::Skatt => ("Termin", 1),
    };
    Kravperiode {
        beskrivelse: SmolStr::new_static(beskrivelse),
        aar: Some(termin.aar),
        termin: Some(ShortText::default().number(termin.nummer.into(), digits).end()),
        dager: serie.periode(termin),
        viser_dager: system == Reskontrosystem::Mva,
    }
}

/// An income year.
pub(super) fn income_year(aar: i32) -> Kravperiode {
    let days = NaiveDate::from_ymd_opt(aar, 1, 1).zip(NaiveDate::from_ymd_opt(aar, 12, 31));
    Kravperiode {
        beskrivelse: SmolStr::new_static("Inntektstår"),
        aar: Some(aar),
        termin: None,
        dager: days,
        viser_dager: false,
    }
}

/// The period of withholding tax that belongs to one pay day.
pub(super) fn pay_day(day: NaiveDate) -> Kravperiode {
    Kravperiode {
        beskrivelse: SmolStr::new_static("Lønnsutbetaling"),
        aar: Some(day.year()),
        termin: None,
        dager: Some((day, day)),
        viser_dager: true,
    }
}

/// A claim's description from its kind and period: `Mva-melding`, `Arbeidsgiveravgift - 2026/2`,
/// `Restskatt - 2025`, `Forskuddstrekk - 2026-01-20`.
pub(super) fn kravbeskrivelse(system: Reskontrosystem, kind: &str, periode: Option<&Kravperiode>) -> SmolStr {
    if let Some(day) = periode.and_then(Kravperiode::enkeltdag) {
        return ShortText::default().text(kind).text(" - ").day(day).end();
    }
    match (system, periode.map(|periode| (periode.aar, periode.termin.as_deref()))) {
        (Reskontrosystem::Skatt, Some((Some(aar), Some(termin)))) => {
            ShortText::default().text(kind).text(" - ").year(aar).text("/").text(termin).end()
        }
        (Reskontrosystem::Skatt, Some((Some(aar), None))) => {
            ShortText::default().text(kind).text(" - ").year(aar).end()
        }
        _ => kind.into(),
    }
}

/// The description of an interest claim: its kind, and the description of its principal, in the VAT ledger with the
/// period of the principal.
pub(super) fn rentebeskrivelse(
    system: Reskontrosystem,
    kind: &str,
    hovedstol: &str,
    periode: Option<&Kravperiode>,
) -> SmolStr {
    match (system, periode) {
        (Reskontrosystem::Skatt, _) => format!("{kind} {hovedstol}").into(),
        (Reskontrosystem::Mva, Some(periode)) if periode.viser_dager => {
            format!("{kind} - {hovedstol} {}", periode.beskrivelse).into()
        }
        (Reskontrosystem::Mva, _) => format!("{kind} - {hovedstol}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observed_forms() {
        let serie = Terminserie::Arbeidsgiver;
        let periode = terminperiode(Reskontrosystem::Skatt, serie, Termin { aar: 2022, nummer: 2 });
        assert_eq!(
            &*kravbeskrivelse(Reskontrosystem::Skatt, "Arbeidsgiveravgift", Some(&periode)),
            "Arbeidsgiveravgift - 2022/2"
        );
        let periode = terminperiode(Reskontrosystem::Mva, Terminserie::Mva, Termin { aar: 2022, nummer: 5 });
        assert_eq!(
            &*rentebeskrivelse(Reskontrosystem::Mva, "Forsinkelsesrenter", "Mva-melding", Some(&periode)),
            "Forsinkelsesrenter - Mva-melding september - oktober"
        );
        let of_term = "Arbeidsgiveravgift - 2021/4";
        assert_eq!(
            &*rentebeskrivelse(Reskontrosystem::Skatt, "Forsinkelsesrente", of_term, None),
            "Forsinkelsesrente Arbeidsgiveravgift - 2021/4"
        );
        let part = "310478717".parse().expect("a number");
        let kid = |system, krav, forfall| kidnummer(system, part, Siffer::of(krav), forfall).len();
        assert_eq!(kid(Reskontrosystem::Skatt, "123456789", "987654321"), 19);
        assert!((15..=23).contains(&kid(Reskontrosystem::Mva, "KRAV-12345678", "")));
        assert_eq!(innkrevers_konto(Reskontrosystem::Skatt).iban.as_deref(), Some("NO42 7694 0524 802"));
    }
}
