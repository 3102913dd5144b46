use futures_util::FutureExt;
use tokio::time::timeout;

use super::*;
use RequestClass::{Awaited, Background, Batch, Read};

const SECOND: Duration = Duration::from_secs(1);

async fn take(places: &Arc<Places>, class: RequestClass, count: usize) -> Vec<Place> {
    let mut taken = Vec::new();
    for _ in 0..count {
        taken.push(places.take(class).await);
    }
    taken
}

/// How long a class waits for a place, or `None` for more than a second.
async fn wait(places: &Arc<Places>, class: RequestClass) -> Option<Duration> {
    let began = Instant::now();
    let place = timeout(SECOND, places.take(class)).await;
    place.is_ok().then(|| began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn keeps_the_maximum_for_each_kind() {
    for class in RequestClass::ALL {
        let places = Arc::new(Places::new(2, Displacement::CHOSEN));
        let mut taken = take(&places, class, 2).await;
        assert_eq!(wait(&places, class).await, None, "{class:?}");
        taken.pop();
        assert_eq!(
            wait(&places, class).await,
            Some(Duration::ZERO),
            "{class:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn gives_awaited_calls_places_of_their_own_when_others_hang() {
    for (hanging, class) in [
        (Background, Awaited),
        (Background, Read),
        (Background, Batch),
        (Batch, Awaited),
        (Batch, Read),
        (Awaited, Read),
        (Read, Awaited),
        (Read, Batch),
    ] {
        let places = Arc::new(Places::new(2, Displacement::CHOSEN));
        let _hanging = take(&places, hanging, 2).await;
        let waited = wait(&places, class).await;
        assert_eq!(waited, Some(GRACE), "{class:?} behind {hanging:?}");
    }
    for (hanging, class) in [(Awaited, Batch), (Awaited, Background), (Read, Background)] {
        let places = Arc::new(Places::new(2, Displacement::CHOSEN));
        let _hanging = take(&places, hanging, 2).await;
        assert_eq!(
            wait(&places, class).await,
            None,
            "{class:?} behind {hanging:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn exceeds_no_maximum_while_places_become_free() {
    let places = Arc::new(Places::new(1, Displacement::CHOSEN));
    let first = places.take(Background).await;
    let mut second = std::pin::pin!(places.take(Awaited));
    assert!(timeout(GRACE / 2, second.as_mut()).await.is_err());
    drop(first);
    assert!(timeout(Duration::ZERO, second).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn serves_both_heads_if_there_is_room_for_both() {
    let places = Arc::new(Places::new(2, Displacement::CHOSEN));
    let held = take(&places, Awaited, 2).await;
    let waiting = [Background, Awaited].map(|class| {
        let places = places.clone();
        tokio::spawn(async move { places.take(class).await })
    });
    tokio::task::yield_now().await;
    drop(held);
    for head in waiting {
        assert!(timeout(SECOND, head).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_gives_up_holds_nobody_back() {
    let places = Arc::new(Places::new(1, Displacement::CHOSEN));
    let held = places.take(Awaited).await;
    let mut background = std::pin::pin!(places.take(Background));
    assert!(timeout(SECOND, background.as_mut()).await.is_err());
    assert!(timeout(SECOND, places.take(Awaited)).await.is_err());
    drop(held);
    assert!(timeout(Duration::ZERO, background).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn learns_how_many_connections_are_welcome() {
    let places = Arc::new(Places::new(32, Displacement::CHOSEN));
    let taken = take(&places, Batch, 32).await;
    let began = Instant::now();
    tokio::time::advance(Duration::from_millis(1)).await;
    for _ in 0..28 {
        places.on_broken_connection(began);
    }
    assert_eq!(places.window(), 16, "once for attempts that began together");
    drop(taken);
    for _ in 0..17 {
        places.on_answer(Batch, Instant::now());
    }
    assert_eq!(places.window(), 17);
    places.on_recovery();
    assert_eq!(places.window(), 1);
    for expected in [2, 3, 4, 5] {
        places.on_answer(Batch, Instant::now());
        assert_eq!(places.window(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_goes_on_when_fewer_tasks_are_welcome() {
    let places = Arc::new(Places::new(3, Displacement::CHOSEN));
    let _task = places.take(Batch).await;
    let mut held = take(&places, Read, 2).await;
    let mut background = std::pin::pin!(places.take(Background));
    assert!(background.as_mut().now_or_never().is_none());
    for _ in 0..4 {
        // The background is passed so often that its turn has come.
        held.pop();
        held.push(places.take(Read).await);
    }
    drop(held);
    let mut read = std::pin::pin!(places.take(Read));
    assert!(read.as_mut().now_or_never().is_none(), "not its turn");
    places.on_broken_connection(Instant::now());
    assert!(background.as_mut().now_or_never().is_none());
    assert!(read.as_mut().now_or_never().is_some());
}

/// An awaited call has let a batch go first, and others have taken the place before it went.
#[tokio::test(start_paused = true)]
async fn an_awaited_call_gets_its_own_place_when_another_takes_the_one_it_waited_for() {
    let places = Arc::new(Places::new(3, Displacement::CHOSEN));
    let mut held = take(&places, Background, 3).await;
    {
        let mut gives_up = [Background, Batch].map(|class| Box::pin(places.take(class)));
        for head in &mut gives_up {
            assert!(head.as_mut().now_or_never().is_none());
        }
        for _ in 0..4 {
            // Both are passed so often that their turn has come.
            held.pop();
            held.push(places.take(Awaited).await);
        }
    }
    let mut background = std::pin::pin!(places.take(Background));
    assert!(background.as_mut().now_or_never().is_none());
    held.pop();
    let mut awaited = std::pin::pin!(places.take(Awaited));
    assert!(awaited.as_mut().now_or_never().is_none(), "not its turn");
    held.push(places.take(Batch).await);
    assert!(timeout(GRACE + GRACE, awaited).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_request_goes_on_when_the_one_before_it_gives_up_its_turn() {
    let places = Arc::new(Places::new(1, Displacement::CHOSEN));
    let held = places.take(Awaited).await;
    let mut first = Box::pin(places.take(Awaited));
    let mut second = Box::pin(places.take(Background));
    assert!(first.as_mut().now_or_never().is_none());
    drop(held);
    assert!(second.as_mut().now_or_never().is_none());
    drop(first);
    assert!(second.as_mut().now_or_never().is_some());
}
