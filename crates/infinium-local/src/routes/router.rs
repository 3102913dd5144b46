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
    local_faults, mcp, otlp, page, prompts, rejections, response::error, workbench,
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
        .route("/events", get(workbench::events))
        .route("/facets", get(workbench::facets))
        .route("/sessions", get(workbench::sessions))
        .route("/charts", get(workbench::charts))
        .route("/compare", get(workbench::compare))
        .route("/traces/{trace}/markdown", get(workbench::markdown))
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
        .route("/v1/traces", post(otlp::receive))
        .route("/mcp", post(mcp::receive))
        .route("/llms.txt", get(|| async { include_str!("llms.txt") }))
        .route("/v1/metrics", post(otlp::ignore))
        .route("/v1/logs", post(otlp::ignore))
        .route("/", get(page::index))
        .route("/traces/{trace}", get(page::index))
        .route("/compare", get(page::index))
        .route("/sessions", get(page::index))
        .route("/sessions/{session}", get(page::index))
        .route("/charts", get(page::index))
        .route("/rejected", get(page::index))
        .route("/page/{*file}", get(page::file))
        .layer(middleware::from_fn_with_state(state.clone(), guard))
        .with_state(state)
}
