//! All orders of one employer, in the order of their sequence numbers.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{Trekkpaalegg, Trekkversjon};

/// All orders of one employer. Orders are shared between a list and the lists made from it.
#[derive(Clone, Debug, Default)]
pub struct Trekkliste {
    paalegg: Vec<Arc<Trekkpaalegg>>,
    /// Every version, by rising sequence number.
    rekkefoelge: Vec<VersionPlace>,
    /// The indexes of the orders, by rising id.
    by_id: Vec<u32>,
}

/// The place of a version in a list.
#[derive(Clone, Copy, Debug)]
struct VersionPlace {
    sekvensnummer: u64,
    /// Index of the order.
    order: u32,
    /// Index of the version within the order.
    versjon: u32,
    /// The first day on which the version shows.
    fra: NaiveDate,
    /// The first day on which a newer version of its order shows.
    til: NaiveDate,
}

/// A version as a list shows it.
#[derive(Clone, Copy, Debug)]
pub struct ListedVersion<'a> {
    /// The order.
    pub paalegg: &'a Trekkpaalegg,
    /// The version.
    pub versjon: &'a Trekkversjon,
    /// Its number among all versions of all orders, rising in time.
    pub sekvensnummer: u64,
}

impl Trekkliste {
    /// Puts a list together. Literal versions keep their sequence numbers. A literal version shows no earlier than
    /// the literal versions with lower numbers. Every other version gets a number that is higher than the numbers of
    /// all versions that show before it. There are gaps, because other employers have the numbers between. A later
    /// change never changes the number of an earlier version.
    pub fn new(paalegg: Vec<Arc<Trekkpaalegg>>) -> Self {
        let all =
            (0_u32..).zip(&paalegg).flat_map(|(order, it)| (0_u32..).zip(&it.versjoner).map(move |at| (order, at)));
        let mut rekkefoelge: Vec<VersionPlace> = all
            .map(|(order, (versjon, it))| VersionPlace {
                sekvensnummer: it.bokstavelig.map_or(0, |literal| literal.sekvensnummer),
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
        let version = |place: &VersionPlace| &paalegg[place.order as usize].versjoner[place.versjon as usize];
        // A version of a scenario shows from the beginning of its day, so it comes before the changes of that day.
        rekkefoelge.sort_by_key(|place| {
            let it = version(place);
            (place.fra, it.endringsnummer, place.sekvensnummer, it.opprettet, place.order)
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
                highest = highest.max(version(place).above_sekvensnummer);
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
        let mut by_id: Vec<u32> = (0_u32..).zip(&paalegg).map(|(order, _)| order).collect();
        by_id.sort_by(|one, other| paalegg[*one as usize].trekkid.cmp(&paalegg[*other as usize].trekkid));
        Self { paalegg, rekkefoelge, by_id }
    }

    /// Whether sequence numbers rise with the days on which versions show. If so, a poll from the highest number seen
    /// misses nothing. Only literal numbers can break this.
    pub fn is_rising(&self) -> bool {
        self.rekkefoelge
            .windows(2)
            .all(|pair| pair[0].sekvensnummer < pair[1].sekvensnummer && pair[0].fra <= pair[1].fra)
    }

    /// All orders.
    pub fn paalegg(&self) -> &[Arc<Trekkpaalegg>] {
        &self.paalegg
    }

    /// An order by its id.
    pub fn find(&self, trekkid: &str) -> Option<&Trekkpaalegg> {
        let id = |order: &u32| &*self.paalegg[*order as usize].trekkid;
        let at = self.by_id.binary_search_by(|order| id(order).cmp(trekkid)).ok()?;
        Some(&self.paalegg[self.by_id[at] as usize])
    }

    /// A version of an order, if it shows on a day.
    pub fn versjon(&self, trekkid: &str, trekkversjon: u32, dag: NaiveDate) -> Option<ListedVersion<'_>> {
        self.versions_of(trekkid)
            .find(|(place, it)| it.versjon.trekkversjon == trekkversjon && place.fra <= dag)
            .map(|(_, it)| it)
    }

    /// The newest version of an order that shows on a day.
    pub fn newest_of(&self, trekkid: &str, dag: NaiveDate) -> Option<ListedVersion<'_>> {
        self.versions_of(trekkid).find(|(place, _)| place.fra <= dag && dag < place.til).map(|(_, it)| it)
    }

    fn versions_of(&self, trekkid: &str) -> impl Iterator<Item = (VersionPlace, ListedVersion<'_>)> {
        let order = self.find(trekkid);
        let of_order = move |place: &&VersionPlace| {
            order.is_some_and(|order| std::ptr::eq(&raw const *self.paalegg[place.order as usize], order))
        };
        self.rekkefoelge.iter().filter(of_order).map(|place| (*place, self.listed(place)))
    }

    /// The newest version of every order on a day, if its sequence number is above `fra`; by rising number.
    pub fn newest_after(&self, dag: NaiveDate, fra: u64) -> impl Iterator<Item = ListedVersion<'_>> {
        self.places_after(fra)
            .iter()
            .filter(move |place| place.fra <= dag && dag < place.til)
            .map(|place| self.listed(place))
    }

    fn places_after(&self, fra: u64) -> &[VersionPlace] {
        &self.rekkefoelge[self.rekkefoelge.partition_point(|place| place.sekvensnummer <= fra)..]
    }

    fn listed(&self, place: &VersionPlace) -> ListedVersion<'_> {
        let paalegg = &*self.paalegg[place.order as usize];
        ListedVersion {
            paalegg,
            versjon: &paalegg.versjoner[place.versjon as usize],
            sekvensnummer: place.sekvensnummer,
        }
    }
}

/// How many numbers of other employers lie before a version: 0 to 28, always the same for it (FNV-1a).
fn gap(trekkid: &str, versjon: u32) -> u64 {
    let hash = trekkid
        .bytes()
        .chain(versjon.to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    hash % 29
}
