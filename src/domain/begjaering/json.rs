//! JSON as a tree that knows the place of each value in the text, and keeps numbers and repeated keys as they were
//! written. serde_json drops all three. Time and memory grow with the length of the text only.

use std::borrow::Cow;
use std::ops::Range;

/// How deep values may be nested. The deepest published request has 12 levels.
const DEEPEST: usize = 64;

/// A value and its place, in bytes from the beginning.
#[derive(Debug)]
pub(super) struct Verdi<'a> {
    pub(super) innhold: Innhold<'a>,
    fra: u32,
    til: u32,
}

#[derive(Debug)]
pub(super) enum Innhold<'a> {
    Null,
    Sannhet(bool),
    /// As it is written.
    Tall(&'a str),
    Tekst(Cow<'a, str>),
    Liste(Vec<Verdi<'a>>),
    Objekt(Vec<Medlem<'a>>),
}

#[derive(Debug)]
pub(super) struct Medlem<'a> {
    pub(super) navn: Cow<'a, str>,
    pub(super) verdi: Verdi<'a>,
}

impl Verdi<'_> {
    pub(super) fn sted(&self) -> Range<usize> {
        self.fra as usize..self.til as usize
    }

    /// What it is, in Norwegian, for a message.
    pub(super) fn slag(&self) -> &'static str {
        match self.innhold {
            Innhold::Null => "null",
            Innhold::Sannhet(_) => "true eller false",
            Innhold::Tall(_) => "et tall",
            Innhold::Tekst(_) => "en tekst",
            Innhold::Liste(_) => "en liste",
            Innhold::Objekt(_) => "et objekt",
        }
    }

    pub(super) fn er_null(&self) -> bool {
        matches!(self.innhold, Innhold::Null)
    }
}

/// Why a text is no JSON: the place in bytes, and the Norwegian message.
#[derive(Debug)]
pub(super) struct Syntaksfeil {
    pub(super) sted: usize,
    pub(super) melding: &'static str,
}

/// Reads a whole text.
pub(super) fn les(tekst: &str) -> Result<Verdi<'_>, Syntaksfeil> {
    let mut leser = Leser { tekst, bytes: tekst.as_bytes(), her: 0 };
    if u32::try_from(tekst.len()).is_err() {
        return Err(leser.feil("Teksten er for lang"));
    }
    let verdi = leser.verdi(0)?;
    leser.hopp_over_luft();
    if leser.her < leser.bytes.len() {
        return Err(leser.feil("Det står noe etter JSON-verdien"));
    }
    Ok(verdi)
}

/// Gives back the room that a list of one element does not need, so that a body of many such lists stays small.
fn uten_slakk<T>(elementer: &mut Vec<T>) {
    if elementer.len() == 1 {
        elementer.shrink_to_fit();
    }
}

struct Leser<'a> {
    tekst: &'a str,
    bytes: &'a [u8],
    her: usize,
}

impl<'a> Leser<'a> {
    fn feil(&self, melding: &'static str) -> Syntaksfeil {
        Syntaksfeil { sted: self.her, melding }
    }

    fn se(&self) -> Option<u8> {
        self.bytes.get(self.her).copied()
    }

    fn hopp_over_luft(&mut self) {
        while matches!(self.se(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.her += 1;
        }
    }

    fn verdi(&mut self, dybde: usize) -> Result<Verdi<'a>, Syntaksfeil> {
        self.hopp_over_luft();
        let fra = self.her;
        let innhold = match self.se() {
            Some(b'{' | b'[') if dybde == DEEPEST => {
                return Err(self.feil("JSON er nøstet dypere enn 64 nivåer"));
            }
            Some(b'{') => self.objekt(dybde + 1)?,
            Some(b'[') => self.liste(dybde + 1)?,
            Some(b'"') => Innhold::Tekst(self.tekst()?),
            Some(b'-' | b'0'..=b'9') => Innhold::Tall(self.tall()?),
            Some(b't') => self.ord("true", Innhold::Sannhet(true))?,
            Some(b'f') => self.ord("false", Innhold::Sannhet(false))?,
            Some(b'n') => self.ord("null", Innhold::Null)?,
            Some(_) => return Err(self.feil("Her skulle det stått en JSON-verdi")),
            None => return Err(self.feil("JSON slutter midt i")),
        };
        let sted = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Ok(Verdi { innhold, fra: sted(fra), til: sted(self.her) })
    }

    fn ord(&mut self, ord: &str, innhold: Innhold<'a>) -> Result<Innhold<'a>, Syntaksfeil> {
        if !self.bytes[self.her..].starts_with(ord.as_bytes()) {
            return Err(self.feil("Her skulle det stått en JSON-verdi"));
        }
        self.her += ord.len();
        Ok(innhold)
    }

    fn liste(&mut self, dybde: usize) -> Result<Innhold<'a>, Syntaksfeil> {
        let mut verdier = Vec::new();
        self.her += 1;
        self.hopp_over_luft();
        if self.se() == Some(b']') {
            self.her += 1;
            return Ok(Innhold::Liste(verdier));
        }
        loop {
            verdier.push(self.verdi(dybde)?);
            if self.er_siste(b']', "Her skulle det stått komma eller ]")? {
                uten_slakk(&mut verdier);
                return Ok(Innhold::Liste(verdier));
            }
        }
    }

    fn objekt(&mut self, dybde: usize) -> Result<Innhold<'a>, Syntaksfeil> {
        let mut medlemmer = Vec::new();
        self.her += 1;
        self.hopp_over_luft();
        if self.se() == Some(b'}') {
            self.her += 1;
            return Ok(Innhold::Objekt(medlemmer));
        }
        loop {
            self.hopp_over_luft();
            if self.se() != Some(b'"') {
                return Err(self.feil("Her skulle det stått et feltnavn i anførselstegn"));
            }
            let navn = self.tekst()?;
            self.hopp_over_luft();
            if self.se() != Some(b':') {
                return Err(self.feil("Her skulle det stått kolon"));
            }
            self.her += 1;
            medlemmer.push(Medlem { navn, verdi: self.verdi(dybde)? });
            if self.er_siste(b'}', "Her skulle det stått komma eller }")? {
                uten_slakk(&mut medlemmer);
                return Ok(Innhold::Objekt(medlemmer));
            }
        }
    }

    /// Takes the comma or the bracket after a value. Whether it was the bracket.
    fn er_siste(&mut self, slutt: u8, melding: &'static str) -> Result<bool, Syntaksfeil> {
        self.hopp_over_luft();
        match self.se() {
            Some(b',') => self.her += 1,
            Some(byte) if byte == slutt => {
                self.her += 1;
                return Ok(true);
            }
            None => return Err(self.feil("JSON slutter midt i")),
            Some(_) => return Err(self.feil(melding)),
        }
        Ok(false)
    }

    fn tekst(&mut self) -> Result<Cow<'a, str>, Syntaksfeil> {
        let fra = self.her;
        let mut har_koder = false;
        self.her += 1;
        loop {
            let resten = self.bytes.get(self.her..).unwrap_or_default();
            let neste = resten.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
            self.her += neste.unwrap_or(resten.len());
            match self.se() {
                Some(b'"') => break,
                Some(b'\\') => {
                    har_koder = true;
                    self.her += 2;
                }
                Some(_) => return Err(self.feil("En tekst kan ikke ha linjeskift eller andre styretegn")),
                None => return Err(self.feil("JSON slutter midt i en tekst")),
            }
        }
        self.her += 1;
        if !har_koder {
            return Ok(Cow::Borrowed(&self.tekst[fra + 1..self.her - 1]));
        }
        // serde_json knows the escapes, and refuses halves of surrogate pairs.
        let lest = serde_json::from_slice(&self.bytes[fra..self.her]);
        lest.map(Cow::Owned).map_err(|_| Syntaksfeil {
            sted: fra,
            melding: "Teksten har en ugyldig \\-kode (et enslig surrogat, eller en kode som JSON ikke har)",
        })
    }

    fn sifre(&mut self) -> usize {
        let fra = self.her;
        while matches!(self.se(), Some(b'0'..=b'9')) {
            self.her += 1;
        }
        self.her - fra
    }

    fn tall(&mut self) -> Result<&'a str, Syntaksfeil> {
        let fra = self.her;
        let galt = |leser: &Self| leser.feil("Tallet er ikke skrevet slik JSON krever");
        self.her += usize::from(self.se() == Some(b'-'));
        let begynner_med_null = self.se() == Some(b'0');
        let heltall = self.sifre();
        if heltall == 0 || begynner_med_null && heltall > 1 {
            return Err(galt(self));
        }
        if self.se() == Some(b'.') {
            self.her += 1;
            if self.sifre() == 0 {
                return Err(galt(self));
            }
        }
        if matches!(self.se(), Some(b'e' | b'E')) {
            self.her += 1;
            self.her += usize::from(matches!(self.se(), Some(b'+' | b'-')));
            if self.sifre() == 0 {
                return Err(galt(self));
            }
        }
        Ok(&self.tekst[fra..self.her])
    }
}
