//! The example articles.

use dateline::domain::{Article, Draft, Limits, Request};

/// The texts of `examples/articles.jsonl`.
pub fn texts() -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Row {
        text: String,
    }
    include_str!("../../examples/articles.jsonl")
        .lines()
        .map(|line| {
            serde_json::from_str::<Row>(line)
                .expect("an example row")
                .text
        })
        .collect()
}

/// A request with all tasks and the default options.
pub fn request(text: String) -> Request {
    let draft = Draft {
        text,
        ..Draft::default()
    };
    Request::new(Article::new(draft, &Limits::default()).expect("an article within the limits"))
}
