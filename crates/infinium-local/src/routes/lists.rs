//! `GET /local/list`: one page of the traces that match a filter.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State as Shared},
    http::StatusCode,
    response::Response,
};

use super::{
    query,
    response::{self, database_error, error},
};
use crate::{
    state::State,
    store::{Filter, Sort},
};

const DEFAULT_LIMIT: usize = 200;
const MAX_LIMIT: usize = 1000;

/// `GET /local/list?sort=&cursor=&limit=`, with the filters of [`Filter`].
pub(super) async fn list(Shared(state): Shared<Arc<State>>, RawQuery(raw): RawQuery) -> Response {
    let (mut filter, mut sort, mut cursor, mut limit) =
        (Filter::default(), Sort::default(), None, DEFAULT_LIMIT);
    for (name, value) in query::pairs(raw.as_deref()) {
        let set = match name.as_str() {
            "sort" => Sort::parse(&value).map(|parsed| sort = parsed),
            "cursor" => {
                cursor = Some(value).filter(|value| !value.is_empty());
                Ok(())
            }
            "limit" => value
                .parse()
                .map(|parsed: usize| limit = parsed.clamp(1, MAX_LIMIT))
                .map_err(|_| "limit must be a number".to_owned()),
            _ => filter.set(&name, &value),
        };
        if let Err(message) = set {
            return error(StatusCode::BAD_REQUEST, &message);
        }
    }
    match state.store.list(filter, sort, cursor, limit).await {
        Ok(page) => response::json(StatusCode::OK, &page),
        Err(error) => database_error(&error),
    }
}
