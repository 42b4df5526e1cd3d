//! Identifiers with check digits. A value of these types has passed its check; what could not pass
//! one (the placeholders in published examples) is a [`Part`] and nothing more.

mod foedselsnummer;
mod kid;
mod konto;
mod organisasjonsnummer;
mod part;

pub use foedselsnummer::Foedselsnummer;
pub use kid::Kid;
pub use konto::{Iban, Kontonummer, masked_kontonummer};
pub use organisasjonsnummer::Organisasjonsnummer;
pub use part::{Part, PartDigits, PartKind};

/// Why a text is not a certain identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifikatorError {
    /// Other characters than digits, or another number of them.
    #[error("not {0} digits")]
    Shape(&'static str),
    /// The check digit or digits do not fit the rest.
    #[error("the check digit is wrong")]
    CheckDigit,
    /// A birth number whose date does not exist.
    #[error("the date of birth in it does not exist")]
    Date,
}

/// The digits of a text of ASCII digits, or nothing.
fn digits(text: &str) -> Option<Vec<u8>> {
    text.bytes().map(|b| b.is_ascii_digit().then(|| b - b'0')).collect()
}

/// The modulus 11 check digit: nothing where the remainder would need the digit 10.
fn modulus11(digits: &[u8], weights: &[u8]) -> Option<u8> {
    debug_assert_eq!(digits.len(), weights.len());
    let sum: u32 = digits.iter().zip(weights).map(|(d, w)| u32::from(d * w)).sum();
    match (11 - sum % 11) % 11 {
        10 => None,
        digit => u8::try_from(digit).ok(),
    }
}

/// Masks each run of exactly eleven digits that is not a synthetic birth number, for logs.
///
/// Account numbers have eleven digits too and are masked along with personal numbers: a log can
/// do without them. (docs/fidelity.md, "Privacy")
pub fn mask_personal_numbers(text: &str) -> std::borrow::Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut masked: Option<Vec<u8>> = None;
    let mut start = 0;
    while start < bytes.len() {
        let length = bytes[start..].iter().take_while(|b| b.is_ascii_digit()).count();
        if length == 11 && !Foedselsnummer::looks_synthetic(&text[start..start + length]) {
            masked.get_or_insert_with(|| bytes.to_vec())[start..start + length].fill(b'*');
        }
        start += length.max(1);
    }
    match masked {
        Some(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_looking_personal_numbers_are_masked_in_logs() {
        let masked = mask_personal_numbers("/finans/01010112345/krav?x=04827896468&y=310478717");
        assert_eq!(masked, "/finans/***********/krav?x=04827896468&y=310478717");
        assert_eq!(mask_personal_numbers("æ12345678901å"), "æ***********å");
        assert_eq!(mask_personal_numbers("123456789012"), "123456789012");
    }
}
