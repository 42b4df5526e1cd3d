//! The protocol of docs/replicas.md as a small model, of which every state is visited. Each wait of it is needed: without it, the
//! search finds a fault.
//!
//! A replica that is stopped, killed or cut off is one that does nothing any more, so it needs no state of its own. Time passes in
//! steps, for all alike.

use std::collections::{HashSet, VecDeque};

/// How long a copy counts as whole, in steps.
const FRESH: u8 = 2;

/// What is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Without {
    Nothing,
    /// An answer waits for nobody.
    Acknowledgement,
    /// An answer waits for a shorter time than a copy counts as whole.
    LongWait,
    /// A replica is given up though it has taken in the change.
    ConditionOfExpelling,
    /// A replica that is not registered registers and asks in one step.
    RegisteringFirst,
    /// A copy counts as whole from when the answer came, not from when it was asked for.
    CountingFromTheQuestion,
    /// Whoever has the turn does not take in what others wrote.
    TakingIn,
    /// A copy counts as whole though the log is longer.
    Comparison,
    /// A replica takes in records, or writes, while it waits for the answer to its question.
    OneThingAtATime,
}

/// A question whether the copy is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Question {
    None,
    /// How long ago it was asked.
    Asked(u8),
    /// And how long the log was.
    Answered(u8, u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Replica {
    /// How many records its copy has.
    applied: u8,
    /// How long ago its copy was known to be whole; [`FRESH`] is too long.
    known: u8,
    question: Question,
    /// What its row in the database says, if it has one.
    row: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct State<const N: usize, const K: usize> {
    replicas: [Replica; N],
    /// For each record: who wrote it, how long ago, and whether its call was answered.
    records: [Option<(u8, u8, bool)>; K],
    /// A record was refused, because there was one at its number.
    is_twice: bool,
}

impl<const N: usize, const K: usize> State<N, K> {
    fn begin() -> Self {
        let replica = Replica { applied: 0, known: FRESH, question: Question::None, row: None };
        Self { replicas: [replica; N], records: [None; K], is_twice: false }
    }

    fn head(&self) -> u8 {
        u8::try_from(self.records.iter().flatten().count()).expect("few")
    }

    /// What is promised and not kept.
    fn fault(&self) -> Option<&'static str> {
        if self.is_twice {
            return Some("a counted use, or a sequence number, was dealt twice");
        }
        let answered = self.records.iter().rposition(|record| record.is_some_and(|(_, _, answered)| answered));
        let answered = answered.map_or(0, |place| place + 1);
        let stale = |replica: &Replica| replica.known < FRESH && usize::from(replica.applied) < answered;
        self.replicas.iter().any(stale).then_some("a replica answers without a change that was answered")
    }

    /// All states that can be next.
    fn next(&self, without: Without) -> Vec<Self> {
        let mut next = Vec::new();
        let mut push = |change: &dyn Fn(&mut Self)| {
            let mut state = *self;
            change(&mut state);
            next.push(state);
        };
        // Time passes.
        push(&|state| {
            for replica in &mut state.replicas {
                replica.known = FRESH.min(replica.known + 1);
                replica.question = match replica.question {
                    Question::None => Question::None,
                    Question::Asked(age) => Question::Asked(FRESH.min(age + 1)),
                    Question::Answered(age, head) => Question::Answered(FRESH.min(age + 1), head),
                };
            }
            for (_, age, _) in state.records.iter_mut().flatten() {
                *age = FRESH.min(*age + 1);
            }
        });
        let head = self.head();
        for (at, replica) in self.replicas.iter().enumerate() {
            let is_free = replica.question == Question::None || without == Without::OneThingAtATime;
            if replica.applied < head && is_free {
                push(&|state| state.replicas[at].applied += 1);
            }
            match (replica.question, replica.row) {
                (Question::None, None) if without != Without::RegisteringFirst => {
                    push(&|state| state.replicas[at].row = Some(replica.applied));
                }
                (Question::None, _) => push(&|state| state.replicas[at].question = Question::Asked(0)),
                (Question::Asked(_), None) if without != Without::RegisteringFirst => {
                    push(&|state| state.replicas[at].question = Question::None);
                }
                (Question::Asked(age), row) => {
                    push(&|state| {
                        state.replicas[at].question = Question::Answered(age, head);
                        if row.is_some() {
                            state.replicas[at].row = Some(replica.applied);
                        }
                    });
                }
                (Question::Answered(age, seen), _) => push(&|state| {
                    let replica = &mut state.replicas[at];
                    replica.question = Question::None;
                    if seen == replica.applied || without == Without::Comparison {
                        replica.known = if without == Without::CountingFromTheQuestion { 0 } else { age };
                        if without == Without::RegisteringFirst {
                            // Others see the row only now.
                            replica.row = replica.row.or(Some(replica.applied));
                        }
                    }
                }),
            }
            if is_free {
                self.write(at, without, &mut push);
            }
        }
        self.answer(without, &mut push);
        next
    }

    /// Has the turn: takes in, decides, writes. There are K uses to be had.
    fn write(&self, at: usize, without: Without, push: &mut impl FnMut(&dyn Fn(&mut Self))) {
        let head = self.head();
        let copy = if without == Without::TakingIn { self.replicas[at].applied } else { head };
        if usize::from(copy) >= K {
            return;
        }
        push(&|state| {
            if copy < head {
                state.is_twice = true;
                return;
            }
            state.records[usize::from(head)] = Some((u8::try_from(at).expect("few"), 0, false));
            let replica = &mut state.replicas[at];
            (replica.applied, replica.row, replica.known) = (head + 1, Some(head + 1), 0);
        });
    }

    /// Answers a call, and gives up those who did not take it in.
    fn answer(&self, without: Without, push: &mut impl FnMut(&dyn Fn(&mut Self))) {
        let wait = if without == Without::LongWait { FRESH - 1 } else { FRESH };
        for (place, record) in self.records.iter().enumerate() {
            let Some((by, age, answered)) = *record else { continue };
            let others = || (0..N).filter(move |other| *other != usize::from(by));
            let has = |row: u8| usize::from(row) > place;
            let is_seen = others().all(|other| self.replicas[other].row.is_none_or(has));
            if !answered && (is_seen || age >= wait || without == Without::Acknowledgement) {
                push(&|state| state.records[place] = Some((by, age, true)));
            }
            if answered && age >= wait {
                push(&|state| {
                    for other in others() {
                        let row = &mut state.replicas[other].row;
                        *row = row.filter(|row| has(*row) && without != Without::ConditionOfExpelling);
                    }
                });
            }
        }
    }
}

/// Visits every state. Tells how many there are, or the first fault.
fn search<const N: usize, const K: usize>(without: Without) -> Result<usize, &'static str> {
    let begin = State::<N, K>::begin();
    let (mut seen, mut open) = (HashSet::from([begin]), VecDeque::from([begin]));
    while let Some(state) = open.pop_front() {
        if let Some(fault) = state.fault() {
            return Err(fault);
        }
        for next in state.next(without) {
            if seen.insert(next) {
                open.push_back(next);
            }
        }
    }
    Ok(seen.len())
}

#[test]
fn no_state_of_two_replicas_breaks_a_promise() {
    let states = search::<2, 2>(Without::Nothing).expect("no fault");
    assert!(states > 1_000, "the model does nothing: {states} states");
}

#[test]
fn no_state_of_three_replicas_breaks_a_promise() {
    let states = search::<3, 1>(Without::Nothing).expect("no fault");
    assert!(states > 1_000, "the model does nothing: {states} states");
}

#[test]
fn without_any_of_its_waits_a_promise_breaks() {
    for without in [
        Without::Acknowledgement,
        Without::LongWait,
        Without::ConditionOfExpelling,
        Without::RegisteringFirst,
        Without::CountingFromTheQuestion,
        Without::TakingIn,
        Without::Comparison,
        Without::OneThingAtATime,
    ] {
        assert!(search::<2, 2>(without).is_err(), "{without:?} is not needed, or the model does not show why");
    }
}
