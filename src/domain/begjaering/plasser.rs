//! Places in the text of a request, by JSON pointer.

use std::ops::Range;

use super::json::{self, Innhold, Verdi};

/// A text of JSON whose values can be found by their pointers.
pub struct Plasser<'a> {
    rot: Result<Verdi<'a>, usize>,
}

impl<'a> Plasser<'a> {
    /// Reads a text. If it is no JSON, every place is where the reading stopped.
    pub fn new(tekst: &'a str) -> Self {
        Self { rot: json::les(tekst).map_err(|feil| feil.sted) }
    }

    /// The bytes of a value. If it is not there, those of the nearest object or list that should have it.
    pub fn finn(&self, peker: &str) -> Range<usize> {
        let mut her = match &self.rot {
            Ok(rot) => rot,
            Err(sted) => return *sted..*sted,
        };
        for ledd in peker.split('/').skip(1) {
            let ledd = ledd.replace("~1", "/").replace("~0", "~");
            let neste = match &her.innhold {
                // The last of several fields with one name, which is the one that is told.
                Innhold::Objekt(medlemmer) => {
                    medlemmer.iter().rfind(|medlem| medlem.navn == ledd).map(|medlem| &medlem.verdi)
                }
                Innhold::Liste(verdier) => ledd.parse().ok().and_then(|nummer: usize| verdier.get(nummer)),
                _ => None,
            };
            let Some(neste) = neste else { break };
            her = neste;
        }
        her.sted()
    }
}

/// Line and column of a byte, counted from 1. The column counts characters.
pub fn linje_og_kolonne(tekst: &str, sted: usize) -> (usize, usize) {
    let foran = &tekst.as_bytes()[..sted.min(tekst.len())];
    let linje = foran.split(|byte| *byte == b'\n').count();
    let begynnelse = foran.iter().rposition(|byte| *byte == b'\n').map_or(0, |sted| sted + 1);
    // A byte that continues a character does not count.
    let kolonne = 1 + foran[begynnelse..].iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    (linje, kolonne)
}
