//! Prompts.

use infinium_local::Options;

use crate::support::{ask, start};

#[tokio::test(flavor = "multi_thread")]
async fn serves_prompts_from_a_directory_and_the_database() {
    let folder = std::env::temp_dir().join(format!("infinium-local-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("greet")).unwrap();
    std::fs::write(folder.join("greet/key"), "prompt-key\n").unwrap();
    std::fs::write(folder.join("greet/v1.md"), "# Greeting\nHello {{name}}").unwrap();
    std::fs::write(folder.join("greet/v2.md"), "# Greeting\nHi {{name}}").unwrap();
    let platform = start(Options {
        prompts: Some(folder.clone()),
        ..Options::default()
    })
    .await;
    let fetch = async |id: &str, version: &str, key: &str| {
        let headers = [("x-prompt-id", id), ("x-prompt-key", key)];
        ask(
            &platform,
            "GET",
            &format!("/api/v1/prompts/{id}/v/{version}"),
            &headers,
            "",
        )
        .await
    };
    let latest = fetch("greet", "latest", "prompt-key").await.json();
    assert_eq!(
        (latest["version"].as_u64(), latest["name"].as_str()),
        (Some(2), Some("Greeting"))
    );
    let first = fetch("greet", "1", "prompt-key").await.json();
    assert_eq!(first["content"], "# Greeting\nHello {{name}}");
    assert_eq!(fetch("greet", "1", "wrong").await.status, 401);
    assert_eq!(fetch("greet", "9", "prompt-key").await.status, 404);
    assert_eq!(fetch("nobody", "latest", "prompt-key").await.status, 404);
    let body = r#"{"key":"k","name":"Farewell","content":"Bye"}"#;
    let put = ask(&platform, "PUT", "/local/prompts/part/v/3", &[], body).await;
    assert_eq!(put.status, 204);
    assert_eq!(fetch("part", "latest", "k").await.json()["content"], "Bye");
    std::fs::write(folder.join("greet/key"), "\n").unwrap();
    assert_eq!(fetch("greet", "1", "").await.status, 404);
    let put = ask(
        &platform,
        "PUT",
        "/local/prompts/part/v/4",
        &[],
        &body.replace("\"k\"", "\"\""),
    )
    .await;
    assert_eq!(put.status, 400);
    std::fs::remove_dir_all(folder).unwrap();
}
