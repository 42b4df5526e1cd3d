//! Orders that a session was given while the sandbox ran, on top of those of the scenarios.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::Session;
use crate::domain::clock::day_in_norway;
use crate::domain::identifikator::Part;
use crate::domain::trekk::regler::{Regelbrudd, Trekkhendelse, perioder_etter};
use crate::domain::trekk::{Trekkliste, Trekkpaalegg, Trekkstatus, Trekkversjon};
use crate::scenario::Party;
use crate::scenario::trekk::{faste, neste, person, trekkid};

/// The most changes of a session.
const MOST: usize = 10_000;

/// Which order is to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hvilket {
    /// That one.
    Trekkid(Box<str>),
    /// The active one of that debtor; a new one where there is none.
    Skyldner(Box<str>),
    /// A new one, of a synthetic debtor.
    Nytt,
}

/// Why an order does not change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Uendret {
    /// The employer has no such order.
    #[error("there is no such order on the session's day")]
    Ukjent,
    /// The debtor has no active order that could stop.
    #[error("the debtor has no active order")]
    IngenAktiv,
    /// A published rule.
    #[error("{0}")]
    Regel(#[from] Regelbrudd),
    /// The session has too many changes.
    #[error("a session keeps at most {MOST} changes of orders; a reset begins anew")]
    Full,
}

/// A version that was made while the sandbox ran.
#[derive(Clone, Debug)]
struct Endring {
    trekkid: Box<str>,
    versjon: Trekkversjon,
}

/// The changes of one employer's orders, and the list that they make.
#[derive(Debug, Default)]
struct Arbeidsgiver {
    endringer: Vec<Endring>,
    /// What they were laid on, and what came of it.
    lagt: Option<(Option<Arc<Trekkliste>>, Arc<Trekkliste>)>,
}

/// The changes of a session.
#[derive(Debug, Default)]
pub(super) struct Trekkendringer(RwLock<HashMap<Part, Arbeidsgiver>>);

impl Session {
    /// The orders of an employer: the scenario's, with what was changed since.
    pub(crate) fn trekk(&self, part: Part, party: Option<&Arc<Party>>) -> Option<Arc<Trekkliste>> {
        let base = party.filter(|party| party.trekk.antall() > 0).map(|party| Arc::clone(party.trekk.liste()));
        {
            let changed = self.trekk.0.read().unwrap_or_else(PoisonError::into_inner);
            match changed.get(&part) {
                None => return base,
                Some(Arbeidsgiver { lagt: Some((on, laid)), .. }) if same(on.as_ref(), base.as_ref()) => {
                    return Some(Arc::clone(laid));
                }
                Some(_) => {}
            }
        }
        let mut changed = self.trekk.0.write().unwrap_or_else(PoisonError::into_inner);
        changed.get_mut(&part).map(|employer| employer.lay_on(base.clone())).or(base)
    }

    /// Gives an employer a new version of an order, made at the session's now.
    ///
    /// # Errors
    /// The rule that it would break, or the order that there is not.
    pub(crate) fn endre_trekk(
        &self,
        part: Part,
        party: Option<&Arc<Party>>,
        hvilket: &Hvilket,
        hendelse: &Trekkhendelse,
        naa: DateTime<Utc>,
    ) -> Result<(Arc<Trekkliste>, Box<str>, u32), Uendret> {
        // Held until it is done, so that two changes come one after the other.
        let mut changed = self.trekk.0.write().unwrap_or_else(PoisonError::into_inner);
        if changed.values().map(|employer| employer.endringer.len()).sum::<usize>() >= MOST {
            return Err(Uendret::Full);
        }
        let base = party.filter(|party| party.trekk.antall() > 0).map(|party| Arc::clone(party.trekk.liste()));
        let employer = changed.entry(part).or_default();
        let liste = employer.lay_on(base.clone());
        let dag = day_in_norway(naa);
        let of_debtor = |debtor: &str| {
            let active = |it: &&Trekkpaalegg| {
                let newest = it.nyeste(dag);
                newest.is_some_and(|it| *it.faste.skyldner == *debtor && it.status(dag) == Trekkstatus::Aktiv)
            };
            liste.paalegg().iter().rev().find(active)
        };
        let existing = match hvilket {
            Hvilket::Trekkid(id) => Some(liste.finn(id).filter(|it| it.nyeste(dag).is_some()).ok_or(Uendret::Ukjent)?),
            Hvilket::Skyldner(debtor) => of_debtor(debtor),
            Hvilket::Nytt => None,
        };
        let before = existing.and_then(|existing| existing.nyeste(dag));
        if before.is_none() && matches!(hendelse, Trekkhendelse::Stopp(_)) {
            return Err(Uendret::IngenAktiv);
        }
        let perioder = perioder_etter(before, hendelse, dag)?;
        let (id, faste) = if let (Some(existing), Some(before)) = (existing, before) {
            (existing.trekkid.clone(), Arc::clone(&before.faste))
        } else {
            let n = u32::try_from(liste.paalegg().len()).unwrap_or(u32::MAX);
            let skyldner = match hvilket {
                Hvilket::Skyldner(debtor) => debtor.clone(),
                _ => person(&mut ChaCha8Rng::seed_from_u64(u64::from(n))),
            };
            (trekkid(part, n), Arc::new(faste(part, n, chrono::Datelike::year(&dag), skyldner)))
        };
        let versjon = Trekkversjon {
            // Never before the version that it follows, whatever the hour of a scenario's day.
            opprettet: before.map_or(naa, |before| naa.max(before.opprettet)),
            endring: u32::try_from(employer.endringer.len() + 1).unwrap_or(u32::MAX),
            ..neste(before.map_or(&[], std::slice::from_ref), dag, &faste, perioder)
        };
        let number = versjon.trekkversjon;
        employer.endringer.push(Endring { trekkid: id.clone(), versjon });
        employer.lagt = None;
        Ok((employer.lay_on(base), id, number))
    }

    /// Every change, as employer, order and version, the oldest first for each employer.
    pub(crate) fn trekkendringer(&self) -> Vec<(Part, Box<str>, u32)> {
        let changed = self.trekk.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = changed
            .iter()
            .flat_map(|(part, employer)| {
                employer.endringer.iter().map(|it| (*part, it.trekkid.clone(), it.versjon.trekkversjon))
            })
            .collect();
        all.sort_by_cached_key(|(part, ..)| part.to_string());
        all
    }

    /// Forgets all changes, and says how many there were.
    pub(crate) fn glem_trekkendringer(&self) -> usize {
        let mut changed = self.trekk.0.write().unwrap_or_else(PoisonError::into_inner);
        changed.drain().map(|(_, employer)| employer.endringer.len()).sum()
    }
}

impl Arbeidsgiver {
    /// The scenario's orders with the changes on top. A change takes the place of what the scenario had in store for
    /// its order from then on.
    fn lay_on(&mut self, base: Option<Arc<Trekkliste>>) -> Arc<Trekkliste> {
        if let Some((on, laid)) = &self.lagt
            && same(on.as_ref(), base.as_ref())
        {
            return Arc::clone(laid);
        }
        let mut paalegg = base.as_ref().map(|base| base.paalegg().to_vec()).unwrap_or_default();
        let mut at: HashMap<Box<str>, usize> =
            paalegg.iter().enumerate().map(|(at, it)| (it.trekkid.clone(), at)).collect();
        for Endring { trekkid, versjon } in &self.endringer {
            match at.get(trekkid) {
                Some(at) => {
                    let versjoner = &mut paalegg[*at].versjoner;
                    versjoner.retain(|before| before.trekkversjon < versjon.trekkversjon);
                    versjoner.push(versjon.clone());
                }
                // The scenario it followed is gone, so that its first version is too.
                None if versjon.trekkversjon > 1 => {}
                None => {
                    at.insert(trekkid.clone(), paalegg.len());
                    paalegg.push(Trekkpaalegg { trekkid: trekkid.clone(), versjoner: vec![versjon.clone()] });
                }
            }
        }
        let laid = Arc::new(Trekkliste::new(paalegg));
        self.lagt = Some((base, Arc::clone(&laid)));
        laid
    }
}

fn same(one: Option<&Arc<Trekkliste>>, other: Option<&Arc<Trekkliste>>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        _ => false,
    }
}
