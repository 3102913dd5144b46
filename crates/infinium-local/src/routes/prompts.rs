//! Prompts, from a folder or the database.

use std::{fs, path::Path as FilePath, sync::Arc};

use axum::{
    extract::{Path, State as Shared},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::json;

use super::{Answer, broken, error, json as reply};
use crate::{platform::State, store::Prompt, time};

/// `GET /prompts/{id}/v/{version}`
pub(super) async fn fetch(
    Shared(state): Shared<Arc<State>>,
    Path((id, version)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    find(&state, &id, &version, &headers).unwrap_or_else(|refusal| refusal)
}

fn find(state: &State, id: &str, version: &str, headers: &HeaderMap) -> Answer {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let key = text("x-prompt-key");
    if text("x-prompt-id") != Some(id) || key.is_none() {
        return Err(error(
            StatusCode::UNAUTHORIZED,
            "x-prompt-id and x-prompt-key are required",
        ));
    }
    let unknown = || error(StatusCode::NOT_FOUND, "unknown prompt or version");
    let wanted = match version {
        "latest" => None,
        digits => Some(digits.parse().map_err(|_| unknown())?),
    };
    let stored = state
        .store
        .prompt(id, wanted)
        .map_err(|failure| broken(&failure))?;
    let filed = || {
        state
            .prompts
            .as_deref()
            .and_then(|folder| read(folder, id, wanted))
    };
    let prompt = stored.or_else(filed).ok_or_else(unknown)?;
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
    Ok(reply(StatusCode::OK, &body))
}

/// Reads `<folder>/<id>/v<N>.md` and `<folder>/<id>/key`; the name is the first heading.
fn read(folder: &FilePath, id: &str, wanted: Option<u64>) -> Option<Prompt> {
    // An id is a name here, never a way out of the folder.
    if id.starts_with('.') || id.contains(['/', '\\']) {
        return None;
    }
    let folder = folder.join(id);
    let version = match wanted {
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
    let modified = fs::metadata(&file).and_then(|data| data.modified()).ok();
    let since = modified.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    Some(Prompt {
        version,
        key: fs::read_to_string(folder.join("key"))
            .ok()?
            .trim()
            .to_owned(),
        name: heading.unwrap_or(id).to_owned(),
        created_ms: since
            .and_then(|since| i64::try_from(since.as_millis()).ok())
            .unwrap_or(0),
        content,
    })
}
