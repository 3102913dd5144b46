//! How a client learns its share of a limit.
//!
//! The only signals are tasks that are accepted and tasks that are refused. The rate grows with time and shrinks with
//! refusals, so that it settles where a client is refused as often as it expects. What it expects grows less than the
//! rate does: who sends more than others is refused more often than it expects, and sends less. The constants were
//! found by simulation: see `docs/fleets.md`.

use crate::runtime::Instant;

/// Tasks per second, to begin with.
pub(super) const FIRST_RATE: f64 = 0.6;
/// Tasks per second: a client that is always refused keeps trying at this rate.
const MIN_RATE: f64 = 0.1;

/// So many refusals per second does a client expect that sends much more than one task per second.
const EXPECTED: f64 = 0.17;
/// Below this rate, the refusals that are expected are nearly proportional to the rate: more would cost too much.
const SLOW: f64 = 0.9;
/// Above this rate, fewer are expected: each costs a pause, in which more tasks could have been sent.
const FAST: f64 = 8.0;

/// What the first refusals take, as a share of the rate.
const FIRST_STEP: f64 = 0.17;
/// What the later ones take: small steps make the shares of a fleet alike.
const STEP: f64 = 0.05;
/// After this many refusals, a step is half as large.
const HALF_AFTER: f64 = 7.0;
/// What a refusal takes at most.
const MAX_STEP: f64 = 0.25;
/// Refusals are close if fewer than this many were expected between them...
const CLOSE: f64 = 0.07;
/// ...and from the third in a row on, that is no accident: the limit has become lower, and the steps grow.
const ACCIDENTS: u32 = 2;

/// The growth per second while the share is not known.
const SEARCH_GROWTH: f64 = 0.3;
/// The growth for one delivery while the share is not known.
const MAX_SEARCH_GROWTH: f64 = 0.12;
/// The rate grows fast after so many deliveries in a row: they may be luck before.
const LUCK: u32 = 2;
/// After so many deliveries in a row, a refusal tells that the share has been reached.
const FOUND: u32 = 6;

/// When the limit seems to have become higher, a slow rate grows by at most this much per second...
const MAX_GROWTH: f64 = 0.03;
/// ...and by at most this much for one delivery.
const MAX_DELIVERY_GROWTH: f64 = 0.04;

/// A client's share of a limit, as far as it knows.
#[derive(Debug)]
pub(super) struct Share {
    /// Tasks per second.
    rate: f64,
    /// Whether the rate grows fast, because the share is not known at all.
    is_searching: bool,
    /// From how many refusals it has learnt.
    lessons: u32,
    /// How many tasks were accepted since the last refusal.
    accepted: u32,
    /// How many of the last refusals were close to each other.
    close: u32,
    refused_at: Instant,
    grown_at: Instant,
}

impl Share {
    /// Nothing is known. All clients of a fleet that starts at once begin with the same rate, so that none is ahead.
    pub(super) fn unknown(max: f64, now: Instant) -> Self {
        Self {
            rate: FIRST_RATE.min(max),
            is_searching: true,
            lessons: 0,
            accepted: 0,
            close: 0,
            refused_at: now,
            grown_at: now,
        }
    }

    /// A client that sends at this rate is refused for the first time in a while.
    pub(super) fn known(rate: f64, now: Instant) -> Self {
        Self {
            rate: rate * (1.0 - STEP),
            is_searching: false,
            lessons: u32::MAX,
            ..Self::unknown(rate, now)
        }
    }

    /// Tasks per second.
    pub(super) fn rate(&self) -> f64 {
        self.rate
    }

    /// Whether it is more than a guess.
    pub(super) fn is_known(&self) -> bool {
        !self.is_searching
    }

    /// When it shrank for the last time.
    pub(super) fn refused_at(&self) -> Instant {
        self.refused_at
    }

    /// The refusals per second that it expects.
    fn expected(&self) -> f64 {
        EXPECTED * self.rate / (self.rate + SLOW) / (1.0 + self.rate / FAST)
    }

    /// What a refusal takes. The steps become smaller, as those of any estimate from random samples.
    fn step(&self) -> f64 {
        (FIRST_STEP / (1.0 + f64::from(self.lessons) / HALF_AFTER)).max(STEP)
    }

    /// A task was accepted.
    pub(super) fn grow(&mut self, max: f64, now: Instant) {
        self.accepted = self.accepted.saturating_add(1);
        // A rate that is not used does not grow.
        let seconds = (now - self.grown_at).as_secs_f64().min(2.0 / self.rate);
        self.grown_at = now;
        self.rate = (self.rate * (self.growth(now) * seconds).exp()).min(max);
    }

    /// The growth per second.
    fn growth(&self, now: Instant) -> f64 {
        if self.is_searching {
            return match self.accepted > LUCK {
                true => SEARCH_GROWTH.min(MAX_SEARCH_GROWTH * self.rate),
                false => 0.0,
            };
        }
        let expected = self.expected();
        let usual = self.step() * expected;
        // So many refusals are missing. A client with few tasks must be patient: luck lasts long.
        let missing = (now - self.refused_at).as_secs_f64() * expected;
        let patience = 1.2 + 2.3 / (1.0 + self.rate / 5.0);
        let late = (missing - patience).max(0.0);
        let fast = usual * (1.0 + 4.0 * self.rate * late + 20.0 * late * late);
        // A client with many tasks sees soon enough when it grows too far.
        let max = (MAX_GROWTH * (1.0 + self.rate / 10.0)).min(MAX_DELIVERY_GROWTH * self.rate);
        fast.min(max.max(usual))
    }

    /// A burst of tasks was refused.
    pub(super) fn shrink(&mut self, now: Instant) {
        let accepted = std::mem::take(&mut self.accepted);
        let mut step = self.step();
        if self.is_searching {
            if accepted >= FOUND {
                self.lessons = u32::MAX;
                step = STEP;
            }
            self.is_searching = accepted < LUCK && self.lessons == 0;
        } else {
            let expected = (now - self.refused_at).as_secs_f64() * self.expected();
            self.close = if expected < CLOSE { self.close + 1 } else { 0 };
            let beyond = f64::from(self.close.saturating_sub(ACCIDENTS));
            step = (step * (1.0 + beyond * beyond / 2.0)).min(MAX_STEP);
        }
        self.lessons = self.lessons.saturating_add(1);
        self.rate = (self.rate * (1.0 - step)).max(MIN_RATE.min(self.rate));
        self.refused_at = now;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Lets a task be accepted at every interval, for so many tasks.
    fn accept(share: &mut Share, now: &mut Instant, tasks: u32) {
        for _ in 0..tasks {
            *now += Duration::from_secs_f64(1.0 / share.rate());
            share.grow(f64::INFINITY, *now);
        }
    }

    #[test]
    fn searches_fast_when_several_tasks_in_a_row_were_accepted() {
        let mut now = Instant::now();
        let mut share = Share::unknown(50.0, now);
        accept(&mut share, &mut now, LUCK);
        assert_eq!(share.rate(), FIRST_RATE);
        let began = now;
        while share.rate() < 5.0 {
            accept(&mut share, &mut now, 1);
        }
        let took = now - began;
        assert!(took < 20 * SECOND, "{took:?}");
        // A refusal after that takes little: the share is known.
        share.shrink(now);
        assert!(share.is_known() && share.rate() > 4.7, "{share:?}");
    }

    #[test]
    fn grows_slowly_when_two_refusals_have_ended_the_search() {
        let mut now = Instant::now();
        let mut share = Share::unknown(50.0, now);
        share.shrink(now + SECOND);
        assert!(!share.is_known(), "one refusal says little: {share:?}");
        share.shrink(now + 2 * SECOND);
        assert!(share.is_known(), "{share:?}");
        now += 3 * SECOND;
        let before = share.rate();
        accept(&mut share, &mut now, 5);
        let grown = share.rate() / before;
        assert!((1.0..1.2).contains(&grown), "{grown}");
    }

    #[test]
    fn takes_larger_steps_when_refusals_are_close() {
        let now = Instant::now();
        let mut share = Share::known(50.0, now);
        let steps: Vec<_> = (1..6)
            .map(|second| {
                let before = share.rate();
                share.shrink(now + second * SECOND);
                1.0 - share.rate() / before
            })
            .collect();
        assert!((steps[1] - STEP).abs() < 1e-9, "{steps:?}");
        assert!(steps[2] > steps[1] && steps[4] > 3.0 * STEP, "{steps:?}");
    }

    #[test]
    fn notices_a_limit_that_has_become_higher() {
        let mut now = Instant::now();
        let mut share = Share::known(50.0, now);
        let began = now;
        while share.rate() < 100.0 {
            accept(&mut share, &mut now, 1);
        }
        let took = now - began;
        assert!((40 * SECOND..110 * SECOND).contains(&took), "{took:?}");
    }

    #[test]
    fn a_rate_that_is_not_used_does_not_grow() {
        let now = Instant::now();
        let mut share = Share::known(1.0, now);
        let before = share.rate();
        share.grow(50.0, now + 600 * SECOND);
        assert!(share.rate() / before < 1.1, "{share:?}");
    }
}
