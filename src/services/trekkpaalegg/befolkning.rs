//! The orders to an employer of a population, as its scenario would describe them: from what its employees owe.

use std::fmt::Write;

use crate::scenario::befolkning::Gjeld;

/// The section of an employer. The orders stand in the order in which they are made.
pub(super) fn orders(gjeld: &[Gjeld]) -> String {
    let mut yaml = String::from("trekkpaalegg:\n");
    for it in gjeld {
        let Some(told) = it.betalt.last() else { continue };
        let (skyldner, opprettet, fra, beloep, siste) = (it.skyldner, it.opprettet, it.fra, it.beloep, it.siste);
        let _ = writeln!(
            yaml,
            "  - {{ skyldner: \"{skyldner}\", hendelser: [{{ opprettet: {opprettet}, fra: {fra}, beloep: {beloep} }}, \
             {{ opprettet: {told}, stopp: {siste} }}] }}"
        );
    }
    yaml
}
