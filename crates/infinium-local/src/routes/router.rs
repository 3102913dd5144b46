//! Which handler serves which path.

use std::sync::Arc;

use axum::{
    Router,
    http::StatusCode,
    middleware,
    routing::{get, post, put},
};

use super::{
    fault_injection::inject_faults, guard::guard, ingest, interpretation, lists, local,
    local_faults, prompts, rejections, response::error, viewer,
};
use crate::state::State;

pub(crate) fn router(state: Arc<State>) -> Router {
    let api = Router::new()
        .route("/agents/{agent}/trace", post(ingest::receive))
        .route(
            "/agents/{agent}/interpreted-result/{trace}",
            get(interpretation::show),
        )
        .route("/prompts/{id}/v/{version}", get(prompts::show))
        .fallback(|| async { error(StatusCode::NOT_FOUND, "no such endpoint") })
        .layer(middleware::from_fn_with_state(state.clone(), inject_faults));
    let local = Router::new()
        .route(
            "/traces",
            get(local::list_traces).delete(local::delete_traces),
        )
        .route("/traces/{trace}", get(local::show_trace))
        .route("/about", get(local::about))
        .route("/list", get(lists::list))
        .route("/rejected", get(rejections::list))
        .route("/stats", get(local::stats))
        .route("/prompts/{id}/v/{version}", put(local::put_prompt))
        .route(
            "/faults",
            get(local_faults::list)
                .put(local_faults::replace)
                .delete(local_faults::delete),
        );
    Router::new()
        .nest("/api/v1", api)
        .nest("/local", local)
        .route("/", get(viewer::list))
        .route("/traces/{trace}", get(viewer::show))
        .layer(middleware::from_fn_with_state(state.clone(), guard))
        .with_state(state)
}
