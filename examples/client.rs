//! Calls a running server in the three ways there are, and prints the answers.
//!
//! ```text
//! cargo run --release -- serve &
//! cargo run --release --example client -- http://127.0.0.1:50051
//! ```

use std::{env, time::Duration};

use anyhow::Context;
use dateline::grpc::proto::{
    Analysis, AnalyzeRequest, AnalyzeStreamRequest, Article, BatchAnalyzeRequest,
    analysis_service_client::AnalysisServiceClient, analyze_stream_response, batch_analyze_result,
};
use tonic::{Request, Status, transport::Channel};
use tonic_types::StatusExt;

const ARTICLES: [(&str, &str, &str); 3] = [
    (
        "en-1",
        "Bus drivers in Nairobi walk out over fuel prices",
        "Bus drivers across Nairobi stopped work on Monday to protest against a rise in fuel prices. \
         Thousands of commuters walked to their offices. \
         The union said that the strike would go on until the government of Kenya lowers the tax on diesel.",
    ),
    (
        "ar-1",
        "",
        "ضرب زلزال قوي جنوب تركيا فجر اليوم. وقالت السلطات إن عشرات المباني انهارت. \
         وتبحث فرق الإنقاذ عن ناجين تحت الأنقاض.",
    ),
    // Refused: an article needs a text.
    ("empty", "A headline alone", ""),
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let address = env::args()
        .nth(1)
        .unwrap_or_else(|| "http://127.0.0.1:50051".into());
    let channel = Channel::from_shared(address.clone())?
        .connect()
        .await
        .with_context(|| format!("{address} does not answer; start `dateline serve`"))?;
    // Answers with evidence may exceed the 4 MiB that a client accepts unless told otherwise.
    let mut client = AnalysisServiceClient::new(channel).max_decoding_message_size(64 << 20);

    println!("Analyze");
    for article in articles() {
        // A deadline goes with the call: the server drops work that nobody waits for.
        let mut request = Request::new(article);
        request.set_timeout(Duration::from_secs(10));
        match client.analyze(request).await {
            Ok(answer) => print(&answer.into_inner().analysis.unwrap_or_default()),
            Err(status) => print_refusal(&status),
        }
    }

    println!("\nBatchAnalyze");
    let requests = articles().collect();
    let answer = client
        .batch_analyze(BatchAnalyzeRequest { requests })
        .await?;
    for result in answer.into_inner().results {
        match result.result {
            Some(batch_analyze_result::Result::Analysis(analysis)) => print(&analysis),
            Some(batch_analyze_result::Result::Status(status)) => {
                println!("{}: {}", result.id, status.message);
            }
            None => println!("{}: no answer", result.id),
        }
    }

    println!("\nAnalyzeStream");
    let requests = articles().map(|request| AnalyzeStreamRequest {
        request: Some(request),
    });
    let requests = tokio_stream::iter(requests.collect::<Vec<_>>());
    let mut answers = client.analyze_stream(requests).await?.into_inner();
    // Answers come as they are ready; `index` is the place of the article among the requests.
    while let Some(answer) = answers.message().await? {
        print!("[{}] ", answer.index);
        match answer.result {
            Some(analyze_stream_response::Result::Analysis(analysis)) => print(&analysis),
            Some(analyze_stream_response::Result::Status(status)) => {
                println!("{}: {}", answer.id, status.message);
            }
            None => println!("{}: no answer", answer.id),
        }
    }
    Ok(())
}

fn articles() -> impl Iterator<Item = AnalyzeRequest> {
    ARTICLES
        .into_iter()
        .map(|(id, title, text)| AnalyzeRequest {
            article: Some(Article {
                id: id.into(),
                title: title.into(),
                text: text.into(),
                ..Article::default()
            }),
            ..AnalyzeRequest::default()
        })
}

fn print(analysis: &Analysis) {
    let country = analysis
        .countries
        .first()
        .map_or("no country", |country| &country.name);
    let event = analysis.events.first().map_or_else(
        || "no event".to_owned(),
        |event| {
            let name = event.r#type().as_str_name();
            format!(
                "{} {:.2}",
                name.trim_start_matches("EVENT_TYPE_"),
                event.score
            )
        },
    );
    println!("{}: {country}, {event}", analysis.id);
    for sentence in analysis
        .summary
        .iter()
        .flat_map(|summary| &summary.sentences)
    {
        println!("    {}", sentence.text);
    }
}

/// The message names the field; a client that mends its requests reads the details instead.
fn print_refusal(status: &Status) {
    println!("{:?}: {}", status.code(), status.message());
    for violation in status
        .get_details_bad_request()
        .iter()
        .flat_map(|b| &b.field_violations)
    {
        println!("    field {}", violation.field);
    }
    if let Some(delay) = status.get_details_retry_info().and_then(|r| r.retry_delay) {
        println!("    try again in {delay:?}");
    }
}
