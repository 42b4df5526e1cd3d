//! What is counted of all calls since the process began, for `GET /metrics`. It is bounded: a service, endpoint, status, code and
//! cause are words of the catalogue, never of a caller. Counting a call looks at a few pointers and adds to an atomic number.

mod text;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::catalogue::{Endpoint, Service};
use crate::faults::Cause;
pub(crate) use text::Page;

/// How many different ends of calls an endpoint counts apart. Those beyond are counted together, with the code `other`.
const ENDS: usize = 128;

/// The upper bounds of the histogram, in microseconds. Most calls take less than a millisecond; delays take seconds.
pub(crate) const BOUNDS: [u64; 14] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000, 10_000_000, 30_000_000,
];

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// Nothing if the caller got no answer.
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<&'static str>,
    pub(crate) cause: Cause,
}

/// What was counted.
pub(crate) struct Metrics {
    services: Vec<OfService>,
    /// Calls whose URL belongs to no service.
    elsewhere: Ends,
    foreign_pages: AtomicU64,
    improper: AtomicU64,
    /// Connections of HTTP/2, and their calls.
    http2: (AtomicU64, AtomicU64),
}

/// What was counted of a service.
pub(crate) struct OfService {
    service: &'static Service,
    /// One for each endpoint, and one for URLs of the service that are no endpoint.
    ends: Vec<Ends>,
    pub(crate) times: Times,
}

/// The ends of calls to an endpoint. Takes no memory before the first call.
#[derive(Default)]
struct Ends {
    kinds: OnceLock<Box<[Kind]>>,
    others: AtomicU64,
}

/// Ends of one kind. The first call that ends so takes the place.
#[derive(Default)]
struct Kind {
    end: OnceLock<End>,
    count: AtomicU64,
}

impl Ends {
    fn add(&self, end: End) {
        let kinds = self.kinds.get_or_init(|| (0..ENDS).map(|_| Kind::default()).collect());
        let place = kinds.iter().find(|kind| *kind.end.get_or_init(|| end) == end);
        place.map_or(&self.others, |kind| &kind.count).fetch_add(1, Ordering::Relaxed);
    }

    /// All kinds of ends so far, with their counts. The last is of those that found no place of their own.
    fn all(&self) -> impl Iterator<Item = (Option<End>, u64)> {
        let kinds = self.kinds.get().into_iter().flatten();
        let told = kinds.map_while(|kind| Some((Some(*kind.end.get()?), kind.count.load(Ordering::Relaxed))));
        let others = self.others.load(Ordering::Relaxed);
        told.chain((others > 0).then_some((None, others)))
    }
}

/// How long calls took.
#[derive(Default)]
pub(crate) struct Times {
    /// How many took at most so long, apart from those of smaller bounds; the last had no bound.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    /// In microseconds.
    sum: AtomicU64,
}

impl Times {
    fn add(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let place = BOUNDS.iter().position(|bound| took <= *bound).unwrap_or(BOUNDS.len());
        self.buckets[place].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(took, Ordering::Relaxed);
    }

    /// How many took at most as long as each bound, how many there were, and the sum of their times in microseconds.
    pub(crate) fn cumulative(&self) -> ([u64; BOUNDS.len()], u64, u64) {
        let mut sum = 0;
        let upto = std::array::from_fn(|place| {
            sum += self.buckets[place].load(Ordering::Relaxed);
            sum
        });
        (upto, sum + self.buckets[BOUNDS.len()].load(Ordering::Relaxed), self.sum.load(Ordering::Relaxed))
    }
}

impl Metrics {
    /// Nothing counted yet.
    pub(crate) fn new(services: &[&'static Service]) -> Self {
        let of = |service: &&'static Service| OfService {
            service,
            ends: (0..=service.endpoints.len()).map(|_| Ends::default()).collect(),
            times: Times::default(),
        };
        Self {
            services: services.iter().map(of).collect(),
            elsewhere: Ends::default(),
            foreign_pages: AtomicU64::new(0),
            improper: AtomicU64::new(0),
            http2: Default::default(),
        }
    }

    /// Counts a call.
    pub(crate) fn count(&self, called: Option<(&'static Service, Option<&'static Endpoint>)>, end: End) {
        let ends = called.and_then(|(service, endpoint)| {
            let of = self.of(service)?;
            let place = endpoint
                .and_then(|endpoint| service.endpoints.iter().position(|known| std::ptr::eq(known, endpoint)))
                .unwrap_or(service.endpoints.len());
            of.ends.get(place)
        });
        ends.unwrap_or(&self.elsewhere).add(end);
    }

    /// Notes how long a call to a service took, from its head to the answer being handed over.
    pub(crate) fn took(&self, service: &'static Service, time: Duration) {
        if let Some(of) = self.of(service) {
            of.times.add(time);
        }
    }

    /// Counts a request of a foreign web page that was refused.
    pub(crate) fn count_foreign_page(&self) {
        self.foreign_pages.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a connection of HTTP/2.
    pub(crate) fn count_http2(&self) {
        self.http2.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a call on a connection of HTTP/2.
    pub(crate) fn count_stream(&self) {
        self.http2.1.fetch_add(1, Ordering::Relaxed);
    }

    /// How many connections of HTTP/2 there were, and how many calls on them.
    pub(crate) fn http2(&self) -> (u64, u64) {
        (self.http2.0.load(Ordering::Relaxed), self.http2.1.load(Ordering::Relaxed))
    }

    /// Counts a request that is no proper HTTP.
    pub(crate) fn count_improper(&self) {
        self.improper.fetch_add(1, Ordering::Relaxed);
    }

    fn of(&self, service: &'static Service) -> Option<&OfService> {
        self.services.iter().find(|of| std::ptr::eq(of.service, service))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: End = End { status: Some(200), code: None, cause: Cause::Natural };

    #[test]
    fn ends_without_a_place_of_their_own_are_counted_together() {
        let ends = Ends::default();
        for status in 0..200 {
            for _ in 0..2 {
                ends.add(End { status: Some(status), ..END });
            }
        }
        let all: Vec<_> = ends.all().collect();
        assert_eq!((all.len(), all[0].1, all[ENDS - 1].1), (ENDS + 1, 2, 2));
        assert_eq!(all[ENDS], (None, 144));
    }

    #[test]
    fn calls_of_several_threads_are_all_counted() {
        let ends = Ends::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1000).for_each(|n| ends.add(End { status: Some(n % 7), ..END })));
            }
        });
        let all: Vec<_> = ends.all().collect();
        assert_eq!((all.len(), all.iter().map(|(_, count)| count).sum::<u64>()), (7, 4000));
    }

    #[test]
    fn a_time_is_in_the_first_bound_that_it_does_not_pass() {
        let times = Times::default();
        for micros in [0, 100, 101, 30_000_000, 30_000_001] {
            times.add(Duration::from_micros(micros));
        }
        let (upto, count, sum) = times.cumulative();
        assert_eq!((upto[0], upto[1], upto[BOUNDS.len() - 1], count, sum), (2, 3, 4, 5, 60_000_202));
    }
}
