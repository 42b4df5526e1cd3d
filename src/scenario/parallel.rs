//! The same work on many items, on all cores.

/// Fewer items than this for each thread are not worth a thread.
const LEAST_EACH: usize = 32;

/// Does the same with each item, on all cores if there are many. The results have the order of the items.
pub(super) fn in_parallel<I: Sync, T: Send>(items: &[I], one: &(impl Fn(&I) -> T + Sync)) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(items.len() / LEAST_EACH);
    if threads < 2 {
        return items.iter().map(one).collect();
    }
    std::thread::scope(|scope| {
        let each = |items: &'_ [I]| items.iter().map(one).collect::<Vec<_>>();
        let parts: Vec<_> =
            items.chunks(items.len().div_ceil(threads)).map(|part| scope.spawn(move || each(part))).collect();
        let joined = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_have_the_order_of_the_items() {
        for count in [0, 1, 63, 64, 1_000] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(in_parallel(&items, &|item| item * 2), doubled);
        }
    }
}
