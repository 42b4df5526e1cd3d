//! The ledger while it is being read, and how a scenario refers to its entries.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::Reader;
use crate::catalogue::nearest;
use crate::domain::Beloep;
use crate::domain::identifikator::Part;
use crate::domain::reskontro::{
    Entries, ForfallRef, Innbetaling, Krav, Motregning, MotregningMotAndre, Reskontro, Utbetaling, Violation,
};
use crate::scenario::problems::Place;
use crate::scenario::scalar::{Count, Text};

/// The ledger while it is being read.
#[derive(Clone, Default)]
pub(super) struct Ledger {
    pub(super) krav: Vec<Krav>,
    pub(super) innbetalinger: Vec<Innbetaling>,
    pub(super) motregninger: Vec<Motregning>,
    pub(super) utbetalinger: Vec<Utbetaling>,
    pub(super) mot_andre: Vec<MotregningMotAndre>,
    /// The interest claims whose amounts are computed, by index.
    pub(super) computed: Vec<usize>,
    index: HashMap<(Part, Box<str>), usize>,
}

impl Ledger {
    pub(super) fn add_krav(&mut self, krav: Krav) {
        self.index.entry((krav.part, krav.kravidentifikator.clone())).or_insert(self.krav.len());
        self.krav.push(krav);
    }

    /// The claim with an identifier: one of the party, otherwise one of any party in the file.
    pub(super) fn find(&self, part: Part, id: &str) -> Option<usize> {
        let own = self.index.get(&(part, id.into())).copied();
        own.or_else(|| self.krav.iter().position(|krav| &*krav.kravidentifikator == id))
    }

    /// Whether there is a claim with an identifier.
    pub(super) fn has_claim(&self, part: Part, krav: &str) -> bool {
        self.find(part, krav).is_some()
    }

    /// The due date of an instalment, by claim and number. `None` if one of them does not exist.
    pub(super) fn forfallsdato(&self, part: Part, krav: &str, number: usize) -> Option<NaiveDate> {
        let krav = &self.krav[self.find(part, krav)?];
        krav.forfall.get(number.checked_sub(1)?)?.forfallsdato
    }

    /// All instalments of a claim. `None` if there is no such claim.
    pub(super) fn instalments_of(&self, part: Part, krav: &str) -> Option<Vec<ForfallRef>> {
        let krav = self.find(part, krav)?;
        Some((0..self.krav[krav].forfall.len()).map(|forfall| ForfallRef { krav, forfall }).collect())
    }

    /// The original amount of an instalment, without its sign.
    pub(super) fn absolute_amount(&self, forfall: ForfallRef) -> Beloep {
        let beloep = self.krav[forfall.krav].forfall[forfall.forfall].opprinnelig_beloep;
        if beloep.is_negative() { -beloep } else { beloep }
    }

    /// The instalment with a claim and number. `key` are the keys of the two, for problems.
    pub(super) fn forfall(
        &self,
        part: Part,
        krav: &Text,
        number: Option<&Count>,
        place: Place<'_>,
        key: (&str, &str),
        reader: &mut Reader<'_>,
    ) -> Option<ForfallRef> {
        let number = match number {
            Some(number) => Some(reader.read(number, place.key(key.1))? as usize),
            None => None,
        };
        let id = reader.read(krav, place.key(key.0))?;
        let Some(index) = self.find(part, &id) else {
            let hint = nearest(&id, self.krav.iter().map(|krav| &*krav.kravidentifikator));
            let hint = hint.map(|near| format!("did you mean {near}?"));
            reader.problems.error_with_hint(place.key(key.0), format!("there is no claim {id} in this file"), hint);
            return None;
        };
        let count = self.krav[index].forfall.len();
        match number {
            None if count == 1 => Some(ForfallRef { krav: index, forfall: 0 }),
            None => {
                reader
                    .error(place.key(key.0), format!("claim {id} has {count} instalments; choose one with {}", key.1));
                None
            }
            Some(number) if (1..=count).contains(&number) => Some(ForfallRef { krav: index, forfall: number - 1 }),
            Some(number) => {
                reader.error(place.key(key.1), format!("claim {id} has no instalment {number}; it has {count}"));
                None
            }
        }
    }

    /// The payment with an identifier.
    pub(super) fn innbetaling(
        &self,
        part: Part,
        id: &Text,
        place: Place<'_>,
        reader: &mut Reader<'_>,
    ) -> Option<usize> {
        let id = reader.read(id, place)?;
        let named = |innbetaling: &&Innbetaling| innbetaling.innbetalingsidentifikator == id;
        let of_part = self.innbetalinger.iter().position(|it| named(&it) && it.part == part);
        let found = of_part.or_else(|| self.innbetalinger.iter().position(|it| named(&it)));
        if found.is_none() {
            let hint = nearest(&id, self.innbetalinger.iter().map(|it| &*it.innbetalingsidentifikator));
            let hint = hint.map(|near| format!("did you mean {near}?"));
            reader.problems.error_with_hint(place, format!("there is no payment {id} in this file"), hint);
        }
        found
    }

    pub(super) fn into_reskontro(self) -> Result<Reskontro, Vec<Violation>> {
        let Self { krav, innbetalinger, motregninger, utbetalinger, mot_andre, .. } = self;
        Reskontro::new(Entries { krav, innbetalinger, motregninger, utbetalinger, mot_andre })
    }
}
