//! A request for enforcement (utleggsbegjæring): its model, how it is read, and the 72 rules that it is held to.
//! Imitates docs/fidelity.md, "Utleggsbegjæring: the request".

mod eksempel;
mod eksempelkrav;
mod json;
mod leser;
mod makroer;
pub mod modell;
mod navn;
mod omstendigheter;
mod plasser;
mod register;
mod regler;
mod sammenheng;
mod skjema;
mod utgaver;

pub use eksempel::{Eksempeltype, Eksempelvalg, eksempel};
pub use leser::{Lesefeil, MinstEn};
pub use modell::Begjaering;
pub use omstendigheter::{
    Duplikat, LagretVedlegg, Omstendigheter, Sakstilstand, TidligereSak, Vedleggsarkiv, Vedleggstilstand,
};
pub use plasser::{Plasser, linje_og_kolonne};
pub use register::{Oppfoering, Register, RegisterMed, Registerstatus, SyntetiskRegister};
pub use regler::{REGLER, Regel, Regelbrudd, Sikkerhet, kontroller, regel};
pub use skjema::json_schema;
pub use utgaver::Modell;

use leser::{Les, Leser, Sti};

/// A request that could be read.
#[derive(Clone, Debug)]
pub struct Lest {
    /// The request.
    pub begjaering: Begjaering,
    /// JSON pointers of the fields that the model does not have. The real service may or may not take them.
    pub ukjente: Vec<String>,
}

/// Reads the body of a request, as a model has it.
///
/// # Errors
///
/// All that is missing or wrong, each with its JSON pointer.
pub fn les(body: &[u8], modell: Modell) -> Result<Lest, Vec<Lesefeil>> {
    let feil = |melding: String| vec![Lesefeil { peker: String::new(), melding, hint: None }];
    let tekst = std::str::from_utf8(body)
        .map_err(|galt| feil(format!("Begjæringen er ikke UTF-8: byte {} kan ikke leses", galt.valid_up_to())))?;
    let verdi = json::les(tekst).map_err(|galt| {
        let (linje, kolonne) = linje_og_kolonne(tekst, galt.sted);
        feil(format!("{} (linje {linje}, kolonne {kolonne})", galt.melding))
    })?;
    let mut leser = Leser::new(modell);
    let lest = Begjaering::les(&verdi, &mut leser, &Sti::ROT);
    if let Some(begjaering) = &lest {
        sammenheng::kontroller(begjaering, &mut leser);
    }
    match lest {
        Some(begjaering) if leser.feil.is_empty() => Ok(Lest { begjaering, ukjente: leser.ukjente }),
        _ => Err(leser.alle_feil()),
    }
}
