//! What was changed and what was seen, and whether one order of all of it explains it (rule 22).

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU64, Ordering};

/// Moments of a test in one order, the same for all its threads: what happened before gets the smaller number.
#[derive(Default)]
pub struct Moments(AtomicU64);

impl Moments {
    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// A change by the only one who makes changes to its subject, one after the other.
#[derive(Debug)]
pub struct Change {
    pub invoked: u64,
    pub acknowledged: u64,
    /// What everybody must see from then on.
    pub after: String,
}

/// An answer that somebody got.
#[derive(Debug)]
pub struct Seen {
    pub invoked: u64,
    pub answered: u64,
    pub door: &'static str,
    /// The state, or the words of it that the door tells.
    pub said: String,
}

/// The first answer that no order explains: it says *before* although a change was acknowledged, says *after* although
/// none was asked for, says what never was, or goes back behind what somebody had been told already.
///
/// States are numbered by the changes that lead to them. Each answer gets the earliest state that it can stand for,
/// not earlier than those of the answers given before it was asked; as changes come one after the other, that finds
/// an order if there is one.
pub fn unexplained<'a>(first: &str, changes: &[Change], seen: &'a mut [Seen]) -> Option<&'a Seen> {
    seen.sort_unstable_by_key(|seen| seen.invoked);
    let state = |number: usize| number.checked_sub(1).map_or(first, |change| &changes[change].after);
    let mut told = BinaryHeap::new();
    let mut least = 0;
    for seen in &*seen {
        while let Some(&Reverse((answered, number))) = told.peek()
            && answered < seen.invoked
        {
            least = least.max(number);
            told.pop();
        }
        let acknowledged = changes.partition_point(|change| change.acknowledged < seen.invoked);
        let asked_for = changes.partition_point(|change| change.invoked < seen.answered);
        let Some(number) = (least.max(acknowledged)..=asked_for).find(|number| stands_in(&seen.said, state(*number)))
        else {
            return Some(seen);
        };
        told.push(Reverse((seen.answered, number)));
    }
    None
}

/// Whether all that was said is in a state, word by word: a door may know a part of it.
fn stands_in(said: &str, state: &str) -> bool {
    said.split(' ').all(|word| state.split(' ').any(|known| known == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On, off and on again, each taking from the first moment to the second.
    fn changes() -> Vec<Change> {
        let change = |invoked, acknowledged, after: &str| Change { invoked, acknowledged, after: after.to_owned() };
        vec![change(10, 20, "off"), change(30, 40, "on"), change(50, 60, "off")]
    }

    fn explained(answers: &[(u64, u64, &str)]) -> bool {
        let seen =
            |&(invoked, answered, said): &(u64, u64, &str)| Seen { invoked, answered, door: "", said: said.to_owned() };
        unexplained("on", &changes(), &mut answers.iter().map(seen).collect::<Vec<_>>()).is_none()
    }

    #[test]
    fn what_overlaps_a_change_may_say_either() {
        for good in [
            &[(1, 2, "on"), (21, 22, "off"), (41, 42, "on"), (61, 62, "off")][..],
            &[(11, 15, "on"), (12, 16, "off")],
            &[(11, 15, "off"), (12, 16, "on")],
            &[(1, 70, "off")],
            &[(11, 12, "on"), (13, 14, "off"), (32, 33, "off"), (34, 35, "on")],
        ] {
            assert!(explained(good), "{good:?}");
        }
    }

    #[test]
    fn what_breaks_the_promise_is_found() {
        for broken in [
            &[(21, 22, "on")][..],
            &[(1, 2, "off")],
            &[(41, 42, "off")],
            &[(11, 12, "off"), (13, 14, "on")],
            &[(21, 45, "maybe")],
            &[(31, 32, "on"), (33, 34, "off")],
            &[(61, 62, "on")],
        ] {
            assert!(!explained(broken), "{broken:?}");
        }
    }
}
