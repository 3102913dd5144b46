//! The page: its files, which are part of the program.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::response::error;

/// Scripts and styles come from this program alone, nothing is inline, and no text can become HTML.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../page/", $name)))),*]
    };
}

/// The files of the page, by their path under `/page/`.
const FILES: &[(&str, &str)] = files![
    "api.js",
    "base.css",
    "charts.css",
    "charts/draw.js",
    "charts/view.js",
    "compare.js",
    "content/content.js",
    "content/images.js",
    "content/json.js",
    "content/markdown.js",
    "copy.js",
    "dom.js",
    "format.js",
    "icon.svg",
    "index.html",
    "keys.js",
    "list.css",
    "list/filters.js",
    "list/row.js",
    "list/rows.js",
    "list/view.js",
    "live.js",
    "main.js",
    "rejected.js",
    "router.js",
    "sessions.js",
    "theme.js",
    "toast.js",
    "trace.css",
    "trace/about.js",
    "trace/detail.js",
    "trace/model.js",
    "trace/raw.js",
    "trace/transcript.js",
    "trace/view.js",
    "trace/waterfall.js",
    "virtual.js",
];

/// `GET /` and the addresses of all views: the script of the page shows the view.
pub(super) async fn index() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    let Some(html) = find("index.html") else {
        return error(StatusCode::NOT_FOUND, "the page is missing");
    };
    let preload: String = FILES
        .iter()
        .filter(|(name, _)| has_extension(name, "js"))
        .map(|(name, _)| format!("<link rel=\"modulepreload\" href=\"/page/{name}\">\n"))
        .collect();
    // Without this, a browser finds a module only after it has read the one that imports it.
    (
        headers,
        html.replace("</head>", &format!("{preload}</head>")),
    )
        .into_response()
}

/// `GET /page/{file}`
pub(super) async fn file(Path(name): Path<String>) -> Response {
    let Some(content) = find(&name) else {
        return error(StatusCode::NOT_FOUND, "no such file");
    };
    let kind = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "text/html; charset=utf-8",
    };
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CONTENT_SECURITY_POLICY, POLICY),
        ],
        content,
    )
        .into_response()
}

/// The content of a file. In a debug build, `INFINIUM_LOCAL_PAGE` names a folder that is read instead, so
/// that a change of the page needs no build.
fn find(name: &str) -> Option<String> {
    let (_, content) = FILES.iter().find(|(known, _)| *known == name)?;
    #[cfg(debug_assertions)]
    if let Some(folder) = std::env::var_os("INFINIUM_LOCAL_PAGE") {
        return std::fs::read_to_string(std::path::Path::new(&folder).join(name)).ok();
    }
    Some((*content).to_owned())
}

fn has_extension(name: &str, wanted: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| extension == wanted)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn names_in(folder: &Path, root: &Path, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                names_in(&path, root, names);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                names.insert(name.replace('\\', "/"));
            }
        }
    }

    #[test]
    fn has_every_file_of_the_page() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
        let mut names = BTreeSet::new();
        names_in(&root, &root, &mut names);
        names.retain(|name| !has_extension(name, "json"));
        let served = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(names, served);
    }

    #[test]
    fn has_nothing_inline_and_nothing_from_elsewhere() {
        for (name, content) in FILES {
            assert!(!content.contains("innerHTML"), "{name}");
            assert!(!content.contains("style=\""), "{name}");
            if has_extension(name, "html") {
                assert!(!content.contains("http://") && !content.contains("https://"));
                assert!(!content.contains("<style") && !content.contains("onclick"));
            }
        }
    }
}
