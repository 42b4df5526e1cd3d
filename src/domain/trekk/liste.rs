//! All orders of one employer, in the order of their sequence numbers.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Trekkpaalegg, Trekkversjon};

/// All orders of one employer.
#[derive(Clone, Debug, Default)]
pub struct Trekkliste {
    paalegg: Vec<Trekkpaalegg>,
    /// Every version as order and version, by rising sequence number.
    rekkefoelge: Vec<(u32, u32)>,
    ved_id: HashMap<Box<str>, u32>,
}

impl Trekkliste {
    /// Puts a list together. Literal versions keep their sequence numbers; every other gets one anew, higher than
    /// those of all versions that are made before it, with gaps: other employers have the numbers between. What is
    /// made later never changes the numbers of what was made before it.
    pub fn new(mut paalegg: Vec<Trekkpaalegg>) -> Self {
        let mut i_tid: Vec<(u32, u32)> = (0_u32..)
            .zip(&paalegg)
            .flat_map(|(order, it)| (0_u32..).zip(&it.versjoner).map(move |(versjon, _)| (order, versjon)))
            .collect();
        i_tid.sort_by_key(|(order, versjon)| {
            let it = &paalegg[*order as usize].versjoner[*versjon as usize];
            // What is there from the beginning of a day comes before what is made in its course.
            (it.dag, it.endring, it.opprettet)
        });
        let mut highest = 0;
        for (order, versjon) in i_tid {
            let id = &paalegg[order as usize].trekkid;
            let gap = 1 + gap(id, versjon);
            let it = &mut paalegg[order as usize].versjoner[versjon as usize];
            if it.fast_status.is_none() {
                it.sekvensnummer = highest + gap;
            }
            highest = highest.max(it.sekvensnummer);
        }
        let mut rekkefoelge: Vec<(u64, (u32, u32))> = Vec::new();
        for (order, it) in (0_u32..).zip(&paalegg) {
            rekkefoelge.extend((0_u32..).zip(&it.versjoner).map(|(at, versjon)| (versjon.sekvensnummer, (order, at))));
        }
        rekkefoelge.sort_unstable();
        let ved_id = (0_u32..).zip(&paalegg).map(|(order, it)| (it.trekkid.clone(), order)).collect();
        Self { rekkefoelge: rekkefoelge.into_iter().map(|(_, key)| key).collect(), paalegg, ved_id }
    }

    /// All orders.
    pub fn paalegg(&self) -> &[Trekkpaalegg] {
        &self.paalegg
    }

    /// An order by its id.
    pub fn finn(&self, trekkid: &str) -> Option<&Trekkpaalegg> {
        self.ved_id.get(trekkid).map(|order| &self.paalegg[*order as usize])
    }

    /// The newest version of every order on a day, where its sequence number is above `fra`, ascending.
    pub fn nyeste(&self, dag: NaiveDate, fra: u64) -> impl Iterator<Item = (&Trekkpaalegg, &Trekkversjon)> {
        let first = self.rekkefoelge.partition_point(|key| self.slaa_opp(*key).1.sekvensnummer <= fra);
        self.rekkefoelge[first..].iter().map(|key| self.slaa_opp(*key)).filter(move |(paalegg, versjon)| {
            versjon.er_synlig(dag) && paalegg.nyeste(dag).is_some_and(|newest| std::ptr::eq(newest, *versjon))
        })
    }

    fn slaa_opp(&self, (order, versjon): (u32, u32)) -> (&Trekkpaalegg, &Trekkversjon) {
        let paalegg = &self.paalegg[order as usize];
        (paalegg, &paalegg.versjoner[versjon as usize])
    }
}

/// How many numbers of others lie before a version: 0 to 28, always the same for it (FNV-1a).
fn gap(trekkid: &str, versjon: u32) -> u64 {
    let hash = trekkid
        .bytes()
        .chain(versjon.to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    hash % 29
}
