//! Articles per second of the whole pipeline in process, and the time of a single article.
//!
//! `cargo bench --bench analyze [-- --threads N --rounds N]`. The articles are those of `examples/articles.jsonl`,
//! repeated, and once joined to long ones.

#[path = "support/articles.rs"]
mod corpus;
mod support;

use std::{sync::Arc, time::Instant};

use dateline::{
    analyzer::{Analyze, Analyzer, Settings},
    domain::Request,
    model::Bundle,
};

use corpus::{request, texts};
use support::{Options, median};

/// Articles in flight in the throughput rounds.
const IN_FLIGHT: usize = 32;
/// Example articles of one throughput round.
const ARTICLES: usize = 96;

fn main() {
    let options = Options::parse();
    let started = Instant::now();
    let settings = Settings {
        threads: options.threads,
        ..Settings::default()
    };
    let analyzer = Analyzer::new(
        Bundle::embedded().expect("the embedded bundle loads"),
        settings,
    )
    .unwrap();
    println!(
        "{} {}, {}, {} threads",
        analyzer.manifest().name,
        analyzer.manifest().version,
        analyzer.precision(),
        options.threads
    );
    println!(
        "start to ready: {:.0} ms",
        started.elapsed().as_secs_f64() * 1e3
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let analyzer = Arc::new(analyzer);
    println!(
        "corpus   tokens/article  articles/s  tokens/s  one article, ms (median of {} rounds)",
        options.rounds
    );
    for (name, joined) in [("short", 1), ("long", 6)] {
        let corpus = articles(joined);
        let count = ARTICLES / joined;
        let tokens = runtime.block_on(tokens(&analyzer, &corpus));
        let (mut rate, mut latency) = (Vec::new(), Vec::new());
        for round in 0..=options.rounds {
            let seconds = runtime.block_on(throughput(analyzer.clone(), &corpus, count));
            let one = Instant::now();
            runtime
                .block_on(analyzer.analyze(corpus[round % corpus.len()].clone(), None))
                .unwrap();
            // The first round warms up and is not counted.
            if round > 0 {
                rate.push(count as f64 / seconds);
                latency.push(one.elapsed().as_secs_f64() * 1e3);
            }
        }
        let rate = median(&mut rate);
        println!(
            "{name:<8} {tokens:>14.0}  {rate:>10.1}  {:>8.0}  {:>8.1}",
            rate * tokens,
            median(&mut latency)
        );
    }
}

/// The example articles; with `joined` above 1, that many in a row as one article.
fn articles(joined: usize) -> Vec<Request> {
    let texts = texts();
    (0..texts.len())
        .map(|i| {
            let parts = (0..joined).map(|j| texts[(i + j) % texts.len()].as_str());
            request(parts.collect::<Vec<_>>().join("\n\n"))
        })
        .collect()
}

/// Mean tokens of an article.
async fn tokens(analyzer: &Analyzer, corpus: &[Request]) -> f64 {
    let mut sum = 0;
    for request in corpus {
        sum += analyzer
            .analyze(request.clone(), None)
            .await
            .unwrap()
            .truncation
            .tokens_seen;
    }
    sum as f64 / corpus.len() as f64
}

/// Seconds for `count` articles.
async fn throughput(analyzer: Arc<Analyzer>, corpus: &[Request], count: usize) -> f64 {
    let started = Instant::now();
    let places = Arc::new(tokio::sync::Semaphore::new(IN_FLIGHT));
    let mut running = tokio::task::JoinSet::new();
    for i in 0..count {
        let place = places.clone().acquire_owned().await.unwrap();
        let (analyzer, request) = (analyzer.clone(), corpus[i % corpus.len()].clone());
        running.spawn(async move {
            analyzer.analyze(request, None).await.unwrap();
            drop(place);
        });
    }
    running.join_all().await;
    started.elapsed().as_secs_f64()
}
