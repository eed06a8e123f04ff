//! Analyze: the answer, and one test per status code.

use std::time::{Duration, Instant};

use dateline::{
    domain::Task,
    grpc::proto::{
        self, AnalyzeOptions, AnalyzeRequest, analysis_service_client::AnalysisServiceClient,
    },
};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tonic::{Code, Request, Status, codegen::http::Uri};

use crate::{
    fake::{BROKEN, EXPIRED, FULL, HELD, PANIC, SECRET, STOPPED},
    harness::{Running, article, assert_invalid, assert_status, within},
};

async fn refused(running: &Running, request: AnalyzeRequest) -> Status {
    let mut client = running.client().await;
    within(client.analyze(request)).await.unwrap_err()
}

fn with_options(options: AnalyzeOptions) -> AnalyzeRequest {
    AnalyzeRequest {
        options: Some(options),
        ..article("", "News.")
    }
}

#[tokio::test]
async fn every_field_of_an_answer_arrives() {
    let running = Running::start().await;
    let text = "Бишкекте жыйын өттү.";
    let request = AnalyzeRequest {
        options: Some(AnalyzeOptions {
            timings: true,
            ..AnalyzeOptions::default()
        }),
        ..article("kg-1", text)
    };
    let mut client = running.client().await;
    let analysis = client
        .analyze(request)
        .await
        .unwrap()
        .into_inner()
        .analysis
        .unwrap();

    let span = |bytes: usize, chars: usize| {
        Some(proto::Span {
            field: proto::span::Field::Text as i32,
            byte_start: 0,
            byte_end: bytes as u32,
            char_start: 0,
            char_end: chars as u32,
        })
    };
    let all = span(text.len(), text.chars().count());
    let evidence = |names| proto::Evidence {
        span: all,
        text: text.into(),
        weight: 0.75,
        names,
    };
    let stage = |nanos| Some(prost_types::Duration { seconds: 0, nanos });
    let expected = proto::Analysis {
        id: "kg-1".into(),
        language: Some(proto::Language {
            tag: "ky".into(),
            score: 0.5,
            given: false,
        }),
        countries: vec![proto::Country {
            alpha2: "KG".into(),
            alpha3: "KGZ".into(),
            name: "Kyrgyzstan".into(),
            score: 0.875,
            primary: true,
            evidence: vec![evidence(vec![proto::NameMention {
                text: "Б".into(),
                span: span(2, 1),
                kind: proto::name_mention::Kind::City as i32,
            }])],
        }],
        events: vec![proto::Event {
            r#type: proto::EventType::Protest as i32,
            mode: proto::Mode::Hunger as i32,
            score: 0.625,
            primary: true,
            quad_class: proto::QuadClass::MaterialConflict as i32,
            evidence: vec![evidence(Vec::new())],
        }],
        summary: Some(proto::Summary {
            text: text.into(),
            sentences: vec![proto::SummarySentence {
                text: text.into(),
                span: all,
                salience: 0.25,
            }],
        }),
        truncation: Some(proto::Truncation {
            tokens_seen: 11,
            tokens_dropped: 12,
            windows: 13,
        }),
        model: Some(proto::ModelRef {
            name: "fake".into(),
            version: "1.2.3".into(),
            taxonomy_version: "9".into(),
        }),
        timings: Some(proto::Timings {
            text: stage(1_000_000),
            queue: stage(2_000_000),
            model: stage(3_000_000),
            tasks: stage(4),
        }),
        warnings: vec![proto::Warning {
            code: "LOW_CONFIDENCE".into(),
            message: "quite unsure".into(),
        }],
    };
    assert_eq!(analysis, expected);
}

#[tokio::test]
async fn every_field_of_a_request_arrives() {
    let running = Running::start().await;
    let request = AnalyzeRequest {
        article: Some(proto::Article {
            id: "id".into(),
            title: "title".into(),
            text: "text".into(),
            language: "zh-Hant".into(),
            published_at: Some(prost_types::Timestamp {
                seconds: 1,
                nanos: 2,
            }),
            source: "source".into(),
        }),
        tasks: vec![proto::Task::Event as i32, proto::Task::Country as i32],
        options: Some(AnalyzeOptions {
            summary_sentences: Some(10),
            summary_max_chars: Some(40),
            min_score: Some(0.25),
            evidence: Some(false),
            timings: true,
        }),
    };
    running.client().await.analyze(request).await.unwrap();
    let (seen, deadline) = running.fake.seen.lock().unwrap()[0].clone();
    assert_eq!(seen.article.id(), "id");
    assert_eq!(seen.article.title(), "title");
    assert_eq!(seen.article.text(), "text");
    assert_eq!(seen.article.language(), Some("zh-Hant"));
    let published = seen.article.published_at().unwrap();
    assert_eq!(
        published.duration_since(std::time::UNIX_EPOCH).unwrap(),
        Duration::new(1, 2)
    );
    assert_eq!(seen.article.source(), "source");
    assert_eq!(seen.tasks, [Task::Country, Task::Event]);
    assert_eq!(seen.options.summary_sentences, 10);
    assert_eq!(seen.options.summary_max_chars, Some(40));
    assert_eq!(seen.options.min_score, Some(0.25));
    assert!(!seen.options.evidence && seen.options.timings);
    assert_eq!(deadline, None);
}

#[tokio::test]
async fn unset_tasks_and_options_take_the_defaults() {
    let running = Running::start().await;
    running
        .client()
        .await
        .analyze(article("", "News."))
        .await
        .unwrap();
    let (seen, _) = running.fake.seen.lock().unwrap()[0].clone();
    assert_eq!(seen.tasks, Task::ALL);
    assert_eq!(seen.options, dateline::domain::Options::default());
}

#[tokio::test]
async fn bad_input_is_invalid_argument_with_its_field() {
    let running = Running::start().await;
    let mut client = running.client().await;
    let tasks = |number| AnalyzeRequest {
        tasks: vec![number],
        ..article("", "News.")
    };
    let published = |seconds, nanos| {
        let mut request = article("", "News.");
        let time = prost_types::Timestamp { seconds, nanos };
        request.article.as_mut().unwrap().published_at = Some(time);
        request
    };
    let sentences = |n| {
        with_options(AnalyzeOptions {
            summary_sentences: Some(n),
            ..AnalyzeOptions::default()
        })
    };
    let min_score = |score| {
        with_options(AnalyzeOptions {
            min_score: Some(score),
            ..AnalyzeOptions::default()
        })
    };
    let limit = running.fake.settings.limits.text_bytes;
    let cases = [
        (AnalyzeRequest::default(), "article"),
        (article("", ""), "article.text"),
        // Zero-width and bidi marks alone are no text.
        (article("", " \u{200b}\u{202e}\n"), "article.text"),
        (article("", &"x".repeat(limit + 1)), "article.text"),
        (article("", &"x".repeat(3 << 20)), "article.text"),
        (article(&"x".repeat(1 << 20), "News."), "article.id"),
        (published(i64::MAX, 0), "article.published_at"),
        (published(0, -1), "article.published_at"),
        (tasks(proto::Task::Unspecified as i32), "tasks"),
        (tasks(99), "tasks"),
        (tasks(i32::MIN), "tasks"),
        (sentences(0), "options.summary_sentences"),
        (sentences(1000), "options.summary_sentences"),
        (min_score(f32::NAN), "options.min_score"),
        (min_score(f32::NEG_INFINITY), "options.min_score"),
    ];
    for (request, field) in cases {
        let status = client.analyze(request).await.unwrap_err();
        assert_invalid(&status, field);
    }
    assert!(running.fake.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_longest_text_allowed_is_taken() {
    let running = Running::start().await;
    let text = "x".repeat(running.fake.settings.limits.text_bytes);
    running
        .client()
        .await
        .analyze(article("", &text))
        .await
        .unwrap();
}

/// Such a message is not read, so nothing can be said of its fields.
#[tokio::test]
async fn a_message_far_over_the_limits_is_out_of_range() {
    let running = Running::start().await;
    let status = refused(&running, article("", &"x".repeat(5 << 20))).await;
    assert_eq!(status.code(), Code::OutOfRange);
    assert!(status.message().contains("too large"), "{status:?}");
}

#[tokio::test]
async fn errors_never_quote_the_article() {
    let running = Running::start().await;
    let mut request = article("", "the secret words");
    request.article.as_mut().unwrap().language = "the secret words".into();
    let status = refused(&running, request).await;
    assert_invalid(&status, "article.language");
    assert!(!format!("{status:?}").contains("secret"));
}

#[tokio::test]
async fn a_full_queue_is_resource_exhausted() {
    let running = Running::start().await;
    let status = refused(&running, article("", FULL)).await;
    assert_status(&status, Code::ResourceExhausted, "QUEUE_FULL");
}

#[tokio::test]
async fn a_stopped_analyzer_is_unavailable() {
    let running = Running::start().await;
    let status = refused(&running, article("", STOPPED)).await;
    assert_status(&status, Code::Unavailable, "DRAINING");
}

#[tokio::test]
async fn an_expired_article_is_deadline_exceeded() {
    let running = Running::start().await;
    let status = refused(&running, article("", EXPIRED)).await;
    assert_status(&status, Code::DeadlineExceeded, "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn a_broken_model_is_internal_with_a_fixed_sentence() {
    let running = Running::start().await;
    let status = refused(&running, article("", BROKEN)).await;
    assert_status(&status, Code::Internal, "MODEL_FAILED");
    assert!(!format!("{status:?}").contains(SECRET));
}

#[tokio::test]
async fn a_panic_is_internal_and_the_server_lives_on() {
    let running = Running::start().await;
    let mut client = running.client().await;
    let text = format!("{PANIC} the secret words");
    let status = client.analyze(article("", &text)).await.unwrap_err();
    assert_status(&status, Code::Internal, "PANICKED");
    assert!(!format!("{status:?}").contains("secret"));
    // On the same connection.
    client.analyze(article("", "News.")).await.unwrap();
}

#[tokio::test]
async fn an_unknown_method_is_unimplemented() {
    let running = Running::start().await;
    let mut grpc = tonic::client::Grpc::new(running.channel().await);
    grpc.ready().await.unwrap();
    let path = "/dateline.v1.AnalysisService/Translate".parse().unwrap();
    let codec: tonic_prost::ProstCodec<AnalyzeRequest, proto::AnalyzeResponse> =
        tonic_prost::ProstCodec::default();
    let request = Request::new(article("", "News."));
    let status = grpc.unary(request, path, codec).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
}

/// The bytes of an article that is none: invalid UTF-8 in a string, a field that ends early, noise.
#[tokio::test]
async fn bytes_that_are_no_message_are_refused_and_the_server_lives_on() {
    #[derive(Clone, PartialEq, prost::Message)]
    struct Raw {
        #[prost(bytes = "vec", tag = "1")]
        article: Vec<u8>,
    }
    let running = Running::start().await;
    let mut grpc = tonic::client::Grpc::new(running.channel().await);
    for article in [
        vec![0x1a, 2, 0xff, 0xfe],
        vec![0x1a, 200, b'x'],
        vec![0xff; 64],
    ] {
        grpc.ready().await.unwrap();
        let path = "/dateline.v1.AnalysisService/Analyze".parse().unwrap();
        let codec: tonic_prost::ProstCodec<Raw, proto::AnalyzeResponse> =
            tonic_prost::ProstCodec::default();
        let call = grpc.unary(Request::new(Raw { article }), path, codec);
        let status = within(call).await.unwrap_err();
        assert_eq!(status.code(), Code::Internal);
        assert!(status.message().contains("decode"), "{status:?}");
    }
    let request = article("", "News.");
    running.client().await.analyze(request).await.unwrap();
}

#[tokio::test]
async fn a_client_that_goes_cancels_its_article() {
    let running = Running::start().await;
    let mut client = running.client().await;
    let call = tokio::spawn(async move { client.analyze(article("", HELD)).await });
    running.fake.working_on(1).await;
    call.abort();
    running.fake.has_cancelled(1).await;
}

/// Calls with a `grpc-timeout` that only the server watches: tonic's own channel would end the call first.
async fn with_timeout(running: &Running, timeout: &'static str, text: &str) -> Result<(), Status> {
    let http = Client::builder(TokioExecutor::new())
        .http2_only(true)
        .build_http();
    let uri: Uri = format!("http://{}", running.address).parse().unwrap();
    let mut client = AnalysisServiceClient::with_origin(http, uri);
    let mut request = Request::new(article("", text));
    let value = timeout.parse().unwrap();
    request.metadata_mut().insert("grpc-timeout", value);
    within(client.analyze(request)).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_shorter_than_the_work_is_deadline_exceeded() {
    let running = Running::start().await;
    // Short ones meet the timer's resolution, where tonic's own timer would answer CANCELLED if it were first.
    for timeout in ["50m", "3m", "1m", "500u"] {
        let status = with_timeout(&running, timeout, HELD).await.unwrap_err();
        assert_status(&status, Code::DeadlineExceeded, "DEADLINE_EXCEEDED");
    }
    running.fake.has_cancelled(1).await;
}

#[tokio::test]
async fn a_deadline_that_has_passed_is_deadline_exceeded() {
    let running = Running::start().await;
    let status = with_timeout(&running, "0n", "News.").await.unwrap_err();
    assert_status(&status, Code::DeadlineExceeded, "DEADLINE_EXCEEDED");
    assert!(running.fake.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_analyzer_learns_the_deadline() {
    let running = Running::start().await;
    let before = Instant::now();
    with_timeout(&running, "30S", "News.").await.unwrap();
    let deadline = running.fake.seen.lock().unwrap()[0].1.unwrap();
    let ahead = deadline - before;
    assert!(
        ahead >= Duration::from_secs(30) && ahead < Duration::from_secs(50),
        "{ahead:?}"
    );
}

#[tokio::test]
async fn an_unreadable_deadline_is_refused() {
    let running = Running::start().await;
    let status = with_timeout(&running, "soon", "News.").await.unwrap_err();
    assert_invalid(&status, "grpc-timeout");
}
