//! Which rules a debtor is under while the Act is brought into force (Betjeningskartet).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The rules that a debtor is under.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Regelverk {
    /// The old Act. Requests go to ELSA.
    Gammelt,
    /// The new Act. Requests go to ELAN.
    Nytt,
}

impl Regelverk {
    /// Both.
    pub const ALLE: [Self; 2] = [Self::Gammelt, Self::Nytt];

    /// Its name in answers and scenarios.
    pub const fn navn(self) -> &'static str {
        match self {
            Self::Gammelt => "gammelt",
            Self::Nytt => "nytt",
        }
    }

    /// The rules with this name.
    pub fn med_navn(navn: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|it| it.navn() == navn)
    }
}

/// What somebody says about a debtor, for some days.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Unntak {
    /// The rules.
    pub regelverk: Regelverk,
    /// From this day; without it, always before `til`.
    pub fra: Option<NaiveDate>,
    /// Through this day; without it, always after `fra`.
    pub til: Option<NaiveDate>,
}

/// The rules that a debtor is under on a day: what was said last about that day, otherwise as the register has it.
pub fn regelverk(laast_til_gammelt: bool, unntak: &[Unntak], dag: NaiveDate) -> Regelverk {
    let holds = |it: &&Unntak| it.fra.is_none_or(|fra| fra <= dag) && it.til.is_none_or(|til| dag <= til);
    let ellers = if laast_til_gammelt { Regelverk::Gammelt } else { Regelverk::Nytt };
    unntak.iter().rev().find(holds).map_or(ellers, |it| it.regelverk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Regelverk::{Gammelt, Nytt};

    #[test]
    fn the_last_word_about_a_day_wins() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 6, day);
        let on = |laast, unntak: &[Unntak], at| regelverk(laast, unntak, day(at).expect("a day"));
        assert_eq!((on(true, &[], 1), on(false, &[], 1)), (Gammelt, Nytt));
        let until = Unntak { regelverk: Gammelt, fra: None, til: day(10) };
        assert_eq!((on(false, &[until], 10), on(false, &[until], 11)), (Gammelt, Nytt));
        let later = Unntak { regelverk: Nytt, fra: day(5), til: None };
        assert_eq!((on(true, &[until, later], 4), on(true, &[until, later], 5)), (Gammelt, Nytt));
    }
}
