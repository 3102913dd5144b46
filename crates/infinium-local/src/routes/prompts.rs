//! `GET /prompts/{id}/v/{version}`: prompts from the database or a directory.

use std::{fs, path::Path as FilePath, sync::Arc};

use axum::{
    extract::{Path, State as Shared},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::json;

use super::{
    request::header,
    response::{self, Answer, database_error, error},
};
use crate::{state::State, store::Prompt, time};

pub(super) async fn show(
    Shared(state): Shared<Arc<State>>,
    Path((id, version)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    find(&state, &id, &version, &headers)
        .await
        .unwrap_or_else(|refusal| refusal)
}

async fn find(state: &State, id: &str, version: &str, headers: &HeaderMap) -> Answer {
    let key = header(headers, "x-prompt-key");
    if header(headers, "x-prompt-id") != Some(id) || key.is_none() {
        return Err(error(
            StatusCode::UNAUTHORIZED,
            "x-prompt-id and x-prompt-key are required",
        ));
    }
    let unknown = || error(StatusCode::NOT_FOUND, "unknown prompt or version");
    let requested = match version {
        "latest" => None,
        digits => Some(digits.parse().map_err(|_| unknown())?),
    };
    let stored = state
        .store
        .prompt(id.to_owned(), requested)
        .await
        .map_err(|error| database_error(&error))?;
    let from_directory = || {
        state
            .prompts
            .as_deref()
            .and_then(|directory| read(directory, id, requested))
    };
    let prompt = stored.or_else(from_directory).ok_or_else(unknown)?;
    if key != Some(&prompt.key) {
        return Err(error(StatusCode::UNAUTHORIZED, "wrong prompt key"));
    }
    let body = json!({
        "promptId": id,
        "name": prompt.name,
        "version": prompt.version,
        "content": prompt.content,
        "createdAt": time::iso(prompt.created_ms),
    });
    Ok(response::json(StatusCode::OK, &body))
}

/// Reads `<directory>/<id>/v<N>.md` and `<directory>/<id>/key`. The name is the first heading, by default
/// the id.
fn read(directory: &FilePath, id: &str, requested: Option<u64>) -> Option<Prompt> {
    // An id must not lead out of the directory.
    if id.starts_with('.') || id.contains(['/', '\\']) {
        return None;
    }
    let folder = directory.join(id);
    let version = match requested {
        Some(version) => version,
        None => fs::read_dir(&folder)
            .ok()?
            .filter_map(|entry| {
                let name = entry.ok()?.file_name();
                name.to_str()?
                    .strip_prefix('v')?
                    .strip_suffix(".md")?
                    .parse()
                    .ok()
            })
            .max()?,
    };
    let file = folder.join(format!("v{version}.md"));
    let content = fs::read_to_string(&file).ok()?;
    let heading = content.lines().find_map(|line| line.strip_prefix("# "));
    // An empty key would match an empty header.
    let key = fs::read_to_string(folder.join("key")).ok()?;
    let key = key.trim();
    if key.is_empty() {
        return None;
    }
    let modified = fs::metadata(&file).and_then(|data| data.modified()).ok();
    let since_epoch = modified.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    Some(Prompt {
        version,
        key: key.to_owned(),
        name: heading.unwrap_or(id).to_owned(),
        created_ms: since_epoch
            .and_then(|since| i64::try_from(since.as_millis()).ok())
            .unwrap_or(0),
        content,
    })
}
