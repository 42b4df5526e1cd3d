//! All orders of one employer, in the order of their sequence numbers.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{Trekkpaalegg, Trekkversjon};

/// All orders of one employer. Orders are shared with the lists that this one was made from.
#[derive(Clone, Debug, Default)]
pub struct Trekkliste {
    paalegg: Vec<Arc<Trekkpaalegg>>,
    /// Every version, by rising sequence number.
    rekkefoelge: Vec<Plass>,
    /// The orders by rising id.
    ved_id: Vec<u32>,
}

/// A version's place in a list.
#[derive(Clone, Copy, Debug)]
struct Plass {
    sekvensnummer: u64,
    order: u32,
    versjon: u32,
    /// From this day on it is there to be seen,
    fra: NaiveDate,
    /// and from this day on a higher one of its order is.
    til: NaiveDate,
}

/// A version as a list shows it.
#[derive(Clone, Copy, Debug)]
pub struct Plassert<'a> {
    /// The order.
    pub paalegg: &'a Trekkpaalegg,
    /// The version.
    pub versjon: &'a Trekkversjon,
    /// Its number among all versions of all orders, rising in time.
    pub sekvensnummer: u64,
}

impl Trekkliste {
    /// Puts a list together. Literal versions keep their sequence numbers, and show no earlier than those of lower
    /// numbers. Every other gets one that is higher than those of all versions that show before it, with gaps: other
    /// employers have the numbers between. What is made later never changes the numbers of what was made before.
    pub fn new(paalegg: Vec<Arc<Trekkpaalegg>>) -> Self {
        let all =
            (0_u32..).zip(&paalegg).flat_map(|(order, it)| (0_u32..).zip(&it.versjoner).map(move |at| (order, at)));
        let mut rekkefoelge: Vec<Plass> = all
            .map(|(order, (versjon, it))| Plass {
                sekvensnummer: it.fast.map_or(0, |fast| fast.sekvensnummer),
                order,
                versjon,
                fra: it.dag,
                til: NaiveDate::MAX,
            })
            .collect();
        rekkefoelge.sort_by_key(|place| place.sekvensnummer);
        let mut earliest = NaiveDate::MIN;
        for place in rekkefoelge.iter_mut().filter(|place| place.sekvensnummer > 0) {
            earliest = earliest.max(place.fra);
            place.fra = earliest;
        }
        let version = |place: &Plass| &paalegg[place.order as usize].versjoner[place.versjon as usize];
        // What is there from the beginning of a day comes before what is made in its course.
        rekkefoelge.sort_by_key(|place| {
            let it = version(place);
            (place.fra, it.endring, place.sekvensnummer, it.opprettet, place.order)
        });
        let mut next_literal = u64::MAX;
        let mut room = vec![u64::MAX; rekkefoelge.len()];
        for (room, place) in room.iter_mut().zip(&rekkefoelge).rev() {
            *room = next_literal;
            if place.sekvensnummer > 0 {
                next_literal = next_literal.min(place.sekvensnummer);
            }
        }
        let mut highest = 0;
        for (place, room) in rekkefoelge.iter_mut().zip(room) {
            if place.sekvensnummer == 0 {
                highest = highest.max(version(place).over);
                let gap = 1 + gap(&paalegg[place.order as usize].trekkid, place.versjon);
                // Between literal numbers there may be little room.
                place.sekvensnummer = if highest + gap < room { highest + gap } else { highest + 1 };
            }
            highest = highest.max(place.sekvensnummer);
        }
        rekkefoelge.sort_by_key(|place| {
            (place.order, paalegg[place.order as usize].versjoner[place.versjon as usize].trekkversjon)
        });
        for of_order in rekkefoelge.chunk_by_mut(|one, other| one.order == other.order) {
            let mut til = NaiveDate::MAX;
            for place in of_order.iter_mut().rev() {
                place.til = til;
                til = til.min(place.fra);
            }
        }
        rekkefoelge.sort_by_key(|place| place.sekvensnummer);
        let mut ved_id: Vec<u32> = (0_u32..).zip(&paalegg).map(|(order, _)| order).collect();
        ved_id.sort_by(|one, other| paalegg[*one as usize].trekkid.cmp(&paalegg[*other as usize].trekkid));
        Self { paalegg, rekkefoelge, ved_id }
    }

    /// Whether numbers rise with the days on which versions show: a poll from the greatest number seen then misses
    /// nothing. Only literal numbers can keep them from it.
    pub fn stiger(&self) -> bool {
        self.rekkefoelge
            .windows(2)
            .all(|pair| pair[0].sekvensnummer < pair[1].sekvensnummer && pair[0].fra <= pair[1].fra)
    }

    /// All orders.
    pub fn paalegg(&self) -> &[Arc<Trekkpaalegg>] {
        &self.paalegg
    }

    /// An order by its id.
    pub fn finn(&self, trekkid: &str) -> Option<&Trekkpaalegg> {
        let id = |order: &u32| &*self.paalegg[*order as usize].trekkid;
        let at = self.ved_id.binary_search_by(|order| id(order).cmp(trekkid)).ok()?;
        Some(&self.paalegg[self.ved_id[at] as usize])
    }

    /// A version of an order, where it shows on a day.
    pub fn versjon(&self, trekkid: &str, trekkversjon: u32, dag: NaiveDate) -> Option<Plassert<'_>> {
        self.alle_av(trekkid)
            .find(|(place, it)| it.versjon.trekkversjon == trekkversjon && place.fra <= dag)
            .map(|(_, it)| it)
    }

    /// The newest version of an order that shows on a day.
    pub fn nyeste_av(&self, trekkid: &str, dag: NaiveDate) -> Option<Plassert<'_>> {
        self.alle_av(trekkid).find(|(place, _)| place.fra <= dag && dag < place.til).map(|(_, it)| it)
    }

    fn alle_av(&self, trekkid: &str) -> impl Iterator<Item = (Plass, Plassert<'_>)> {
        let order = self.finn(trekkid);
        let of_order = move |place: &&Plass| {
            order.is_some_and(|order| std::ptr::eq(&raw const *self.paalegg[place.order as usize], order))
        };
        self.rekkefoelge.iter().filter(of_order).map(|place| (*place, self.slaa_opp(place)))
    }

    /// The newest version of every order on a day, where its sequence number is above `fra`, ascending.
    pub fn nyeste(&self, dag: NaiveDate, fra: u64) -> impl Iterator<Item = Plassert<'_>> {
        self.etter(fra)
            .iter()
            .filter(move |place| place.fra <= dag && dag < place.til)
            .map(|place| self.slaa_opp(place))
    }

    fn etter(&self, fra: u64) -> &[Plass] {
        &self.rekkefoelge[self.rekkefoelge.partition_point(|place| place.sekvensnummer <= fra)..]
    }

    fn slaa_opp(&self, place: &Plass) -> Plassert<'_> {
        let paalegg = &*self.paalegg[place.order as usize];
        Plassert { paalegg, versjon: &paalegg.versjoner[place.versjon as usize], sekvensnummer: place.sekvensnummer }
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
