//! A valid request with synthetic parties.

use chrono::NaiveDate;

use super::modell::*;

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
    /// A cheque or a bill of exchange.
    Veksel,
}

/// What an example shall be.
#[derive(Clone, Debug)]
pub struct Eksempelvalg {
    /// How many claims; 1 at least.
    pub krav: usize,
    /// The basis.
    pub type_: Eksempeltype,
    /// The published worked example of interest, in place of other claims.
    pub rente: bool,
    /// Other seeds give other parties and amounts.
    pub seed: u64,
    /// The day of the request.
    pub dato: NaiveDate,
}

/// A valid request. The same choices give the same request.
pub fn eksempel(valg: &Eksempelvalg) -> Begjaering {
    let _ = valg;
    unreachable!("TODO")
}
