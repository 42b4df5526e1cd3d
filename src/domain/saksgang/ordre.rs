//! The orders to an employer that follow from a debtor's deduction.

use std::sync::Arc;

use chrono::Datelike;
use smol_str::SmolStr;

use super::regnskap::Regnskap;
use crate::domain::identifikator::{Kid, Part};
use crate::domain::trekk::{BETALINGSMOTTAKER, Faste, KONTONUMMER, Oppdrag};

/// How an order of a debtor is called: the same in all views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordrenavn {
    /// Its id.
    pub trekkid: SmolStr,
    /// The number of the deduction's case.
    pub saksnummer: SmolStr,
    /// The KID of its payments, with a correct check digit.
    pub kidnummer: SmolStr,
}

/// The names of the n-th order of a debtor, which was made in a year.
pub fn ordrenavn(skyldner: Part, ordre: usize, aar: i32) -> Ordrenavn {
    let number = hash(&format!("{skyldner} {ordre}"));
    let bytes: Vec<u8> =
        number.to_be_bytes().into_iter().chain(hash(&format!("{ordre} {skyldner}")).to_be_bytes()).collect();
    let bytes = bytes.try_into().unwrap_or_default();
    Ordrenavn {
        trekkid: uuid::Builder::from_random_bytes(bytes).into_uuid().to_string().into(),
        saksnummer: format!("TREKK/{aar}/{}", 1_000_000 + number % 9_000_000).into(),
        kidnummer: Kid::with_luhn(&format!("{:015}", number % 1_000_000_000_000_000))
            .map(|kid| kid.to_string())
            .unwrap_or_default()
            .into(),
    }
}

/// The orders of a debtor to an employer.
pub fn oppdrag(skyldner: Part, regnskap: &Regnskap, trekkpliktig: Part) -> Vec<Oppdrag> {
    let mut alle: Vec<(usize, Oppdrag)> = Vec::new();
    for it in regnskap.ordre.iter().filter(|it| it.trekkpliktig == trekkpliktig) {
        let event = (it.dag, it.hendelse.clone());
        if let Some((_, oppdrag)) = alle.iter_mut().find(|(ordre, _)| *ordre == it.ordre) {
            oppdrag.hendelser.push(event);
        } else {
            let navn = ordrenavn(skyldner, it.ordre, it.dag.year());
            let faste = Arc::new(Faste {
                saksnummer: navn.saksnummer,
                trekkpliktig: trekkpliktig.to_string().into(),
                skyldner: skyldner.to_string().into(),
                betalingsmottaker: BETALINGSMOTTAKER.into(),
                kidnummer: navn.kidnummer,
                kontonummer: KONTONUMMER.into(),
            });
            alle.push((it.ordre, Oppdrag { trekkid: navn.trekkid, faste, hendelser: vec![event] }));
        }
    }
    alle.into_iter().map(|(_, oppdrag)| oppdrag).collect()
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
