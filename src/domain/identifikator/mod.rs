//! Identifiers with check digits. A value of these types has passed its check. The placeholders in
//! published examples do not pass; for those there is only [`Part`].

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

/// Why a text is not a valid identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifikatorError {
    /// It has other characters than digits, or the wrong number of digits.
    #[error("not {0} digits")]
    Shape(&'static str),
    /// The check digits do not match the other digits.
    #[error("the check digit is wrong")]
    CheckDigit,
    /// It is a birth number whose date does not exist.
    #[error("the date of birth in it does not exist")]
    Date,
}

/// The digits of a text that has so many. `None` if it has another length or other characters.
fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: [u8; N] = text.as_bytes().try_into().ok()?;
    digits.iter().all(u8::is_ascii_digit).then(|| digits.map(|b| b - b'0'))
}

/// The digits of a number, with zeros before it. `None` if it has more.
fn digits_of<const N: usize>(number: u64) -> Option<[u8; N]> {
    let (mut digits, mut left) = ([0; N], number);
    for digit in digits.iter_mut().rev() {
        *digit = u8::try_from(left % 10).ok()?;
        left /= 10;
    }
    (left == 0).then_some(digits)
}

/// The modulus 11 check digit. `None` if it would be 10, which is not a digit.
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
/// Account numbers have eleven digits too, so they are masked too; a log does not need them.
/// (docs/fidelity.md, "Privacy")
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
