//! Reserved synthetic organisation numbers: one for each code number, for callers that can change the number
//! in a call but cannot set a header. The eighth digit is the number of the code, the ninth is the check digit.

use crate::catalogue::{Code, Service};
use crate::domain::identifikator::{Organisasjonsnummer, Part};

const FIRST_EIGHT: u32 = 33_300_000;

/// The code that a reserved number stands for at a service; `None` for any other number.
pub(crate) fn reserved_number(service: &'static Service, part: Part) -> Option<&'static Code> {
    // Nearly no call is about one.
    if part.number() / 100 != u64::from(FIRST_EIGHT / 10) {
        return None;
    }
    let number = reserved_numbers().find(|(_, organisation)| Part::from(*organisation) == part)?.0;
    service.code_number(number)
}

/// All reserved numbers, each with the number of the code that it stands for.
pub(crate) fn reserved_numbers() -> impl Iterator<Item = (usize, Organisasjonsnummer)> {
    (1..=9_u8).filter_map(|number| {
        let organisation = Organisasjonsnummer::from_eight_digits(FIRST_EIGHT + u32::from(number))?;
        Some((usize::from(number), organisation))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_valid_synthetic_numbers() {
        let numbers: Vec<String> = reserved_numbers().map(|(_, number)| number.to_string()).collect();
        let expected = [
            "333000016",
            "333000024",
            "333000032",
            "333000040",
            "333000059",
            "333000067",
            "333000075",
            "333000083",
            "333000091",
        ];
        assert_eq!(numbers, expected);
    }
}
