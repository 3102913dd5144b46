//! What the page asks for: facets, sessions, charts, one trace as text, two traces compared, news.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Path, RawQuery, State as Shared},
    http::{StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use serde::Serialize;

use super::{
    query,
    response::{self, Answer, database_error, error},
};
use crate::{
    state::State,
    store::{Filter, StoreError, Trace},
    view,
};

/// How many sessions are listed.
const MAX_SESSIONS: u32 = 500;
/// News within this time is told at once.
const NEWS_EVERY: Duration = Duration::from_millis(100);

/// `GET /local/facets`
pub(super) async fn facets(Shared(state): Shared<Arc<State>>) -> Response {
    answer(state.store.facets().await)
}

/// `GET /local/sessions`
pub(super) async fn sessions(Shared(state): Shared<Arc<State>>) -> Response {
    answer(state.store.sessions(MAX_SESSIONS).await)
}

/// `GET /local/charts`, with the filters of a list.
pub(super) async fn charts(Shared(state): Shared<Arc<State>>, RawQuery(raw): RawQuery) -> Response {
    let mut filter = Filter::default();
    for (name, value) in query::pairs(raw.as_deref()) {
        if let Err(message) = filter.set(&name, &value) {
            return error(StatusCode::BAD_REQUEST, &message);
        }
    }
    answer(state.store.charts(filter).await)
}

/// `GET /local/traces/{trace}/markdown`
pub(super) async fn markdown(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
) -> Response {
    match find(&state, id).await {
        Ok(trace) => {
            let kind = [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")];
            (kind, view::markdown(&trace)).into_response()
        }
        Err(refusal) => refusal,
    }
}

/// `GET /local/compare?a=&b=`
pub(super) async fn compare(
    Shared(state): Shared<Arc<State>>,
    RawQuery(raw): RawQuery,
) -> Response {
    let both = async || -> Answer {
        let id = |name| query::find(raw.as_deref(), name).unwrap_or_default();
        let (a, b) = (find(&state, id("a")).await?, find(&state, id("b")).await?);
        Ok(response::json(StatusCode::OK, &view::compare(&a, &b)))
    };
    both().await.unwrap_or_else(|refusal| refusal)
}

async fn find(state: &State, id: String) -> Result<Trace, Response> {
    let found = state.store.trace(id).await;
    found
        .map_err(|error| database_error(&error))?
        .ok_or_else(|| error(StatusCode::NOT_FOUND, "unknown trace"))
}

/// `GET /local/events`: an event at once, and one after every change.
///
/// An event has numbers instead of traces, and a page asks for what it has not seen. So a page that was
/// away needs only the next event, and a thousand traces in a second are one event.
pub(super) async fn events(Shared(state): Shared<Arc<State>>) -> Response {
    let changes = state.store.changes();
    let events = stream::unfold(
        (state, changes, None),
        async |(state, mut changes, last)| {
            let mut last = last;
            loop {
                if last.is_some() {
                    changes.changed().await.ok()?;
                    tokio::time::sleep(NEWS_EVERY).await;
                }
                changes.mark_unchanged();
                let news = state.store.news().await.ok()?;
                if last == Some(news) {
                    continue;
                }
                last = Some(news);
                let event = Event::default()
                    .id(news.latest.to_string())
                    .data(serde_json::to_string(&news).unwrap_or_default());
                return Some((Ok::<_, Infallible>(event), (state, changes, last)));
            }
        },
    );
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}

fn answer(result: Result<impl Serialize, StoreError>) -> Response {
    match result {
        Ok(value) => response::json(StatusCode::OK, &value),
        Err(error) => database_error(&error),
    }
}
