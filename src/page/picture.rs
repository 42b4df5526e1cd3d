//! The ledger of a party as a picture: claims as bars over time, with due dates, payments, set-offs, payouts and interest,
//! and a line for today. It is SVG without styles of its own; the page gives its classes colours.

use std::borrow::Cow;

use chrono::{Datelike, Days, Months, NaiveDate};
use maud::{Markup, html};

use crate::domain::Beloep;
use crate::domain::reskontro::{Krav, Plassert, Reskontro};
use crate::scenario::Party;

/// The most claims that are drawn.
const MOST: usize = 60;

/// How far back and ahead the picture reaches, in months.
const BACK: Months = Months::new(15);
const AHEAD: Months = Months::new(9);

/// Places, in the units of the picture.
const WIDTH: i64 = 1000;
const LEFT: i64 = 230;
const RIGHT: i64 = 868;
const TOP: i64 = 56;
const ROW: i64 = 24;

/// A claim, as it is drawn.
struct Row<'r> {
    krav: &'r Krav,
    /// What is left of it on the day, or on its first day.
    left: Beloep,
    /// The day on which nothing was left.
    closed: Option<NaiveDate>,
    renter: Beloep,
    marks: Vec<Mark>,
}

/// Something at a day.
struct Mark {
    kind: &'static str,
    day: NaiveDate,
    text: String,
}

/// The days of the picture.
#[derive(Clone, Copy)]
struct Axis {
    from: NaiveDate,
    to: NaiveDate,
}

impl Axis {
    /// Where a day stands; days outside are at the edge.
    fn x(self, day: NaiveDate) -> i64 {
        let all = (self.to - self.from).num_days().max(1);
        let days = (day - self.from).num_days().clamp(0, all);
        LEFT + days * (RIGHT - LEFT) / all
    }

    fn holds(self, day: NaiveDate) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// The first days of months or quarters or years, as many as there is room for, with their names.
    fn ticks(self) -> Vec<(NaiveDate, String)> {
        let months = (self.to - self.from).num_days() / 30;
        let step = [1, 3, 6, 12].into_iter().find(|step| months / step <= 10).unwrap_or(12);
        let mut ticks = Vec::new();
        let mut day = NaiveDate::from_ymd_opt(self.from.year(), 1, 1).unwrap_or(self.from);
        while day <= self.to && ticks.len() < 40 {
            if day >= self.from {
                let name = day.format("%Y-%m");
                ticks.push((day, name.to_string()));
            }
            let months = Months::new(u32::try_from(step).unwrap_or(1));
            let Some(next) = day.checked_add_months(months) else { break };
            day = next;
        }
        ticks
    }
}

/// The picture of a party's ledger on a day.
pub(crate) fn of(party: &Party, day: NaiveDate) -> Markup {
    let ledger = &party.reskontro;
    let mut rows: Vec<Row<'_>> = (0..ledger.krav().len()).filter_map(|number| row(ledger, number, day)).collect();
    let earliest = day.checked_sub_months(BACK).unwrap_or(day);
    rows.retain(|row| row.closed.is_none_or(|closed| closed >= earliest));
    // Those that are open come first if there are too many, then the newest.
    rows.sort_by_key(|row| (row.left.is_zero(), std::cmp::Reverse(row.krav.opprettelsesdato)));
    let there = ledger.krav().len();
    rows.truncate(MOST);
    rows.sort_by_key(|row| row.krav.opprettelsesdato);
    let others = money(ledger, day);
    let axis = axis(&rows, &others, day);
    let left_out = there - rows.len();
    let lanes = i64::try_from(rows.len()).unwrap_or(0) + 1;
    let height = TOP + lanes * ROW + 34;
    let name = plain(&party.navn);
    html! {
        svg xmlns="http://www.w3.org/2000/svg" class="ledger" viewBox={ "0 0 " (WIDTH) " " (height) } role="img"
            aria-label={ "The ledger of " (name) " over time, on " (day) ". The table below says the same." }
            font-family="system-ui, sans-serif" font-size="12" {
            title { "The ledger of " (name) " on " (day) }
            @for (at, label) in axis.ticks() {
                line class="tick" x1=(axis.x(at)) x2=(axis.x(at)) y1=(TOP - 8) y2=(height - 30) stroke="#8884" {}
                text class="label" x=(axis.x(at) + 3) y=(TOP - 12) fill="#777" { (label) }
            }
            @for (number, row) in (0_i64..).zip(&rows) { (drawn(row, TOP + number * ROW, axis, day)) }
            (lane(&others, TOP + (lanes - 1) * ROW, axis))
            line class="today" x1=(axis.x(day)) x2=(axis.x(day)) y1="24" y2=(height - 30) stroke="#c33" stroke-dasharray="4 3" {}
            text class="today-label" x=(axis.x(day)) y="18" text-anchor="middle" fill="#c33" { "today, " (day) }
            (legend(height - 10))
            @if left_out > 0 {
                text class="label" x=(WIDTH - 4) y=(height - 10) text-anchor="end" fill="#777" { (left_out) " older or further claims are not drawn" }
            }
        }
    }
}

fn row(ledger: &Reskontro, number: usize, day: NaiveDate) -> Option<Row<'_>> {
    let krav = ledger.krav().get(number)?;
    let at = ledger.as_of(day.max(krav.opprettelsesdato)).krav_at(number)?;
    let last = ledger.as_of(NaiveDate::MAX).krav_at(number)?;
    let mut marks: Vec<Mark> = Vec::new();
    for forfall in last.forfall() {
        if let Some(due) = forfall.forfall.forfallsdato {
            marks.push(Mark {
                kind: "due",
                day: due,
                text: format!("due {due}: {}", forfall.forfall.opprinnelig_beloep.paa_norsk()),
            });
        }
        for plassert in forfall.plassert() {
            let (kind, what, day, beloep) = match plassert {
                Plassert::Innbetaling(_, it) => ("payment", "payment", it.dato, it.beloep),
                Plassert::Motkrav(it, _) => ("set-off", "set-off", it.dato, it.beloep),
                Plassert::Utbetaling(_, it) => ("payout", "payout", it.dato, it.beloep),
                Plassert::MotAndre(it) => {
                    ("set-off", "set-off against claims of others", it.motregnetdato, it.beloep())
                }
            };
            marks.push(Mark { kind, day, text: format!("{what} {day}: {}", beloep.paa_norsk()) });
        }
    }
    let closes = marks.iter().filter(|mark| mark.kind != "due").map(|mark| mark.day).max();
    let renter = at.stipulerte_renter().unwrap_or_default();
    Some(Row { krav, left: at.gjenstaaende(), closed: closes.filter(|_| !last.is_open()), renter, marks })
}

/// Payments and payouts, for a lane of their own.
fn money(ledger: &Reskontro, day: NaiveDate) -> Vec<Mark> {
    let at = ledger.as_of(day);
    let payments = ledger.innbetalinger().iter().map(|it| {
        let unplaced = at.uplassert(it);
        let kind = if unplaced.is_zero() || it.innbetalingsdato > day { "payment" } else { "unplaced" };
        let rest = if kind == "unplaced" {
            format!(", of which {} is on no claim", unplaced.paa_norsk())
        } else {
            String::new()
        };
        let text = format!("payment in {}: {}{rest}", it.innbetalingsdato, it.innbetalt_beloep.paa_norsk());
        Mark { kind, day: it.innbetalingsdato, text }
    });
    let payouts = ledger.utbetalinger().iter().map(|it| Mark {
        kind: "payout",
        day: it.utbetaltdato,
        text: format!("payout {}: {} {}", it.utbetaltdato, it.utbetalt_beloep.paa_norsk(), at.utbetalingstatus(it)),
    });
    let mut all: Vec<Mark> = payments.chain(payouts).collect();
    all.sort_by_key(|mark| std::cmp::Reverse(mark.day));
    all.truncate(400);
    all
}

fn axis(rows: &[Row<'_>], others: &[Mark], day: NaiveDate) -> Axis {
    let earliest = day.checked_sub_months(BACK).unwrap_or(day);
    let latest = day.checked_add_months(AHEAD).unwrap_or(day);
    let days = || {
        let of_row = |row: &Row<'_>| {
            row.marks.iter().map(|mark| mark.day).chain([row.krav.opprettelsesdato]).collect::<Vec<_>>()
        };
        rows.iter()
            .flat_map(of_row)
            .chain(others.iter().map(|mark| mark.day))
            .filter(|it| (earliest..=latest).contains(it))
    };
    let from = days().min().unwrap_or(day).min(day);
    let to = days().max().unwrap_or(day).max(day);
    Axis { from: from - Days::new(15), to: to + Days::new(30) }
}

fn drawn(row: &Row<'_>, y: i64, axis: Axis, day: NaiveDate) -> Markup {
    let krav = row.krav;
    let from = krav.opprettelsesdato;
    let amount = krav.opprinnelig_beloep();
    let end = row.closed.unwrap_or(axis.to);
    let kind = if amount.is_negative() {
        "credit"
    } else if from > day {
        "coming"
    } else if row.left.is_zero() {
        "paid"
    } else {
        "open"
    };
    let due = krav.forfall.iter().filter_map(|forfall| forfall.forfallsdato).min();
    let until = row.closed.unwrap_or(day).min(day);
    let overdue = due.filter(|due| *due < until && !amount.is_negative());
    // What is open goes on, but nobody knows for how long.
    let known = if kind == "open" || kind == "credit" { end.min(day.max(from)) } else { end };
    let width = (axis.x(known) - axis.x(from)).max(3);
    let described = krav.kravbeskrivelse.as_deref().unwrap_or_default();
    let name = if described.to_lowercase().contains(&krav.kravtype.to_lowercase()) {
        described.to_owned()
    } else {
        format!("{} {described}", krav.kravtype)
    };
    let told = format!("{}: {} from {from}, {} left on {day}", krav.kravtype, amount.paa_norsk(), row.left.paa_norsk());
    html! {
        g class="claim" {
            title { (plain(&told)) }
            text class="name" x="4" y=(y + 13) fill="#555" { (plain(&short(&name, 34))) }
            rect class={ "bar " (kind) } x=(axis.x(from)) y=(y + 4) width=(width) height="11" rx="3" fill=(colour(kind)) {}
            @if known < end {
                rect class="bar rest" x=(axis.x(known)) y=(y + 8) width=((axis.x(end) - axis.x(known)).max(1)) height="3" fill=(colour(kind)) fill-opacity=".4" {}
            }
            @if let Some(due) = overdue {
                rect class="bar overdue" x=(axis.x(due)) y=(y + 4) width=((axis.x(until) - axis.x(due)).max(2)) height="11" fill="#c33" {}
            }
            @for mark in row.marks.iter().filter(|mark| axis.holds(mark.day)) { (sign(mark, axis.x(mark.day), y + 9)) }
            text class={ "left " (kind) } x=(WIDTH - 4) y=(y + 13) text-anchor="end" fill="#555" {
                (row.left.paa_norsk())
                @if !row.renter.is_zero() { tspan class="interest" fill="#a60" { " +" (row.renter.paa_norsk()) } }
            }
        }
    }
}

fn lane(marks: &[Mark], y: i64, axis: Axis) -> Markup {
    html! {
        g class="money" {
            text class="name" x="4" y=(y + 13) fill="#555" { "payments and payouts" }
            line class="tick" x1=(LEFT) x2=(RIGHT) y1=(y + 9) y2=(y + 9) stroke="#8884" {}
            @for mark in marks.iter().filter(|mark| axis.holds(mark.day)) { (sign(mark, axis.x(mark.day), y + 9)) }
        }
    }
}

/// The sign of something at a day.
fn sign(mark: &Mark, x: i64, y: i64) -> Markup {
    let (class, fill) = (format!("mark {}", mark.kind), colour(mark.kind));
    html! {
        @match mark.kind {
            "due" => { path class=(class) d={ "M" (x) " " (y - 8) "v16" } stroke=(fill) stroke-width="2" { title { (mark.text) } } }
            "set-off" => { rect class=(class) x=(x - 4) y=(y - 4) width="8" height="8" fill=(fill) { title { (mark.text) } } }
            "payout" => { path class=(class) d={ "M" (x - 5) " " (y + 4) "h10l-5-9z" } fill=(fill) { title { (mark.text) } } }
            _ => { circle class=(class) cx=(x) cy=(y) r="4.5" fill=(fill) { title { (mark.text) } } }
        }
    }
}

fn legend(y: i64) -> Markup {
    let signs = [
        ("due", "due"),
        ("payment", "payment"),
        ("unplaced", "unplaced"),
        ("set-off", "set-off"),
        ("payout", "payout"),
    ];
    let bars =
        [("open", "open"), ("overdue", "overdue"), ("paid", "paid"), ("credit", "credit"), ("coming", "to come")];
    html! {
        g class="legend" {
            @for (number, (kind, name)) in (0_i64..).zip(bars) {
                rect class={ "bar " (kind) } x=(4 + number * 72) y=(y - 9) width="12" height="9" rx="2" fill=(colour(kind)) {}
                text class="label" x=(20 + number * 72) y=(y) fill="#777" { (name) }
            }
            @for (number, (kind, name)) in (0_i64..).zip(signs) {
                (sign(&Mark { kind, day: NaiveDate::MIN, text: name.to_owned() }, 378 + number * 78, y - 4))
                text class="label" x=(388 + number * 78) y=(y) fill="#777" { (name) }
            }
        }
    }
}

/// The colour of a kind, for those who show the picture without the page's style.
fn colour(kind: &str) -> &'static str {
    match kind {
        "open" => "#4a7ab5",
        "overdue" => "#c33",
        "paid" => "#9bb0a3",
        "credit" => "#3a9a6a",
        "coming" => "#b9c7d8",
        "due" => "#222",
        "unplaced" => "#d90",
        "set-off" => "#85a",
        _ => "#186",
    }
}

/// The beginning of a text.
fn short(text: &str, most: usize) -> Cow<'_, str> {
    match text.trim().char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text.trim()[..at]).into(),
        None => text.trim().into(),
    }
}

/// A text without characters that XML does not have.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c }).collect()
}
