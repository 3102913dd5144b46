//! Who goes first: awaited calls, then batches, then the background.

use crate::runtime::Instant;

use super::request_class::RequestClass;

/// While higher classes wait, too, a lower class gets one turn in this many.
const FAIR_SHARE: u32 = 5;

/// The classes of which a request waits at the head of its queue.
#[derive(Debug, Default)]
pub(super) struct Heads {
    waiting: [Option<Instant>; RequestClass::COUNT],
    /// How often a class of higher rank went first while this one waited.
    passed: [u32; RequestClass::COUNT],
}

impl Heads {
    /// The head of a class waits. Returns since when.
    pub(super) fn arrive(&mut self, class: RequestClass, now: Instant) -> Instant {
        *self.waiting[class.index()].get_or_insert(now)
    }

    /// Whether the head of any class waits.
    pub(super) fn any_waits(&self) -> bool {
        self.waiting.iter().any(Option::is_some)
    }

    /// Since when the head of a class waits.
    #[cfg(test)]
    pub(super) fn since(&self, class: RequestClass) -> Option<Instant> {
        self.waiting[class.index()]
    }

    /// The head of a class goes or gives up.
    pub(super) fn leave(&mut self, class: RequestClass) {
        self.waiting[class.index()] = None;
    }

    /// Whether it is the turn of this class. `could_go` tells whether nothing else holds another class back.
    pub(super) fn is_turn(
        &self,
        class: RequestClass,
        could_go: impl Fn(RequestClass) -> bool,
    ) -> bool {
        let is_owed = |class: RequestClass| self.passed[class.index()] >= FAIR_SHARE - 1;
        RequestClass::ALL.into_iter().all(|other| {
            if other == class || self.waiting[other.index()].is_none() || !could_go(other) {
                return true;
            }
            match (is_owed(class), is_owed(other)) {
                (true, false) => true,
                (false, true) => other.rank() <= class.rank(),
                _ => other.rank() >= class.rank(),
            }
        })
    }

    /// A request of this class has gone.
    pub(super) fn went(&mut self, class: RequestClass) {
        self.passed[class.index()] = 0;
        for other in RequestClass::ALL {
            if self.waiting[other.index()].is_some() && other.rank() > class.rank() {
                self.passed[other.index()] += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RequestClass::{Awaited, Background, Batch, Read};

    /// Lets the classes go that may, in this order of polling, and returns how often each went.
    fn turns(waiting: &[RequestClass], count: usize) -> [usize; RequestClass::COUNT] {
        let mut heads = Heads::default();
        for class in waiting {
            heads.arrive(*class, Instant::now());
        }
        let mut went = [0; RequestClass::COUNT];
        for _ in 0..count {
            let turn = waiting
                .iter()
                .find(|class| heads.is_turn(**class, |_| true));
            let class = *turn.expect("one of them may go");
            heads.went(class);
            went[class.index()] += 1;
        }
        went
    }

    #[test]
    fn lets_the_highest_class_go_first_and_starves_nobody() {
        assert_eq!(turns(&[Background], 10), [0, 0, 0, 10]);
        assert_eq!(turns(&[Background, Awaited], 100), [80, 0, 0, 20]);
        assert_eq!(turns(&[Background, Batch], 100), [0, 0, 80, 20]);
        let all = turns(&[Background, Batch, Read], 100);
        assert!(all[Read.index()] >= 60, "{all:?}");
        assert!(
            all[Batch.index()] >= 15 && all[Background.index()] >= 15,
            "{all:?}"
        );
    }

    #[test]
    fn waits_for_nobody_who_cannot_go() {
        let mut heads = Heads::default();
        heads.arrive(Awaited, Instant::now());
        assert!(!heads.is_turn(Background, |_| true));
        assert!(heads.is_turn(Background, |class| class != Awaited));
        heads.leave(Awaited);
        assert!(heads.is_turn(Background, |_| true));
    }
}
