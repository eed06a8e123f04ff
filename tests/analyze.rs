//! The whole pipeline in process, on the embedded bundle.

use std::sync::{Arc, OnceLock};

use dateline::{
    analyzer::{Analyze, Analyzer, Settings},
    domain::{
        Analysis, Article, Draft, EventType, Field, Limits, Options, Request, Task, WarningCode,
    },
    model::Bundle,
};

const PROTEST: &str = "Thousands rally in Almaty over fuel prices\n\n\
    ALMATY – Thousands of demonstrators marched through the centre of Almaty on Wednesday to protest against rising fuel \
    prices. Police fired tear gas and arrested more than 200 people. Protesters stormed the city hall and set it on fire. \
    The president of Kazakhstan declared a state of emergency and dismissed the government.\n\n\
    Your email address will not be published. Required fields are marked *";

fn settings() -> Settings {
    Settings {
        threads: 2,
        ..Settings::default()
    }
}

fn start(settings: Settings) -> Analyzer {
    Analyzer::new(Bundle::embedded().unwrap(), settings).unwrap()
}

/// One analyzer for all tests: loading takes a good part of a second.
fn shared() -> Arc<Analyzer> {
    static SHARED: OnceLock<Arc<Analyzer>> = OnceLock::new();
    SHARED.get_or_init(|| Arc::new(start(settings()))).clone()
}

fn request(text: &str) -> Request {
    let limits = Limits {
        text_bytes: 4 << 20,
        ..Limits::default()
    };
    Request::new(
        Article::new(
            Draft {
                text: text.into(),
                ..Draft::default()
            },
            &limits,
        )
        .unwrap(),
    )
}

async fn analyze(text: &str) -> Analysis {
    shared().analyze(request(text), None).await.unwrap()
}

/// Every place in the answer cuts the words it stands for out of the article.
fn assert_places(analysis: &Analysis, article: &Article) {
    let cut = |span: &dateline::domain::Span| {
        let field = match span.field {
            Field::Title => article.title(),
            Field::Text => article.text(),
        };
        let by_chars: String = field
            .chars()
            .skip(span.chars.start)
            .take(span.chars.end - span.chars.start)
            .collect();
        assert_eq!(by_chars, field[span.bytes.clone()]);
        by_chars
    };
    for sentence in analysis.summary.iter().flat_map(|s| &s.sentences) {
        assert_eq!(cut(&sentence.span), sentence.text);
    }
    let countries = analysis.countries.iter().flat_map(|c| &c.evidence);
    for evidence in countries.chain(analysis.events.iter().flat_map(|e| &e.evidence)) {
        assert_eq!(cut(&evidence.span), evidence.text);
        assert!(evidence.weight > 0.0 && evidence.weight <= 1.0);
        for name in &evidence.names {
            assert_eq!(cut(&name.span), name.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_where_what_and_in_short() {
    let analysis = analyze(PROTEST).await;
    assert_places(&analysis, &request(PROTEST).article);
    assert_eq!(analysis.language.tag, "en");
    assert_eq!(analysis.countries[0].country.alpha2, "KZ");
    assert!(analysis.countries[0].primary);
    assert!(!analysis.countries[0].evidence[0].names.is_empty());
    assert_eq!(analysis.events[0].event_type, EventType::Protest);
    assert!(
        analysis
            .events
            .iter()
            .skip(1)
            .all(|e| !e.primary && e.score <= analysis.events[0].score)
    );
    let summary = analysis.summary.unwrap();
    assert!((1..=3).contains(&summary.sentences.len()));
    assert!(!summary.text.contains("Your email address"));
    assert!(
        !summary
            .text
            .contains("Thousands rally in Almaty over fuel prices")
    );
    let starts: Vec<usize> = summary
        .sentences
        .iter()
        .map(|s| s.span.bytes.start)
        .collect();
    assert!(starts.is_sorted());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_alone_equals_the_article_in_any_company_bit_for_bit() {
    let texts: Vec<String> = (0..24)
        .map(|i| {
            format!(
                "{PROTEST}\n{}",
                "The price of bread rose in Cairo. ".repeat(i * i)
            )
        })
        .collect();
    let one_thread = start(Settings {
        threads: 1,
        ..settings()
    });
    let mut alone = Vec::new();
    for text in &texts {
        alone.push(one_thread.analyze(request(text), None).await.unwrap());
    }
    let mut together = tokio::task::JoinSet::new();
    for (i, text) in texts.iter().enumerate().rev() {
        let (analyzer, request) = (shared(), request(text));
        together.spawn(async move { (i, analyzer.analyze(request, None).await.unwrap()) });
    }
    while let Some(answer) = together.join_next().await {
        let (i, analysis) = answer.unwrap();
        assert_eq!(analysis, alone[i], "article {i}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_wanted_is_answered() {
    let mut wanted = request(PROTEST);
    wanted.tasks = vec![Task::Summary];
    wanted.options = Options {
        summary_sentences: 1,
        evidence: false,
        timings: true,
        ..Options::default()
    };
    let analysis = shared().analyze(wanted, None).await.unwrap();
    assert!(analysis.countries.is_empty() && analysis.events.is_empty());
    assert_eq!(analysis.summary.unwrap().sentences.len(), 1);
    assert!(analysis.timings.unwrap().model.as_nanos() > 0);

    let mut wanted = request(PROTEST);
    wanted.options = Options {
        evidence: false,
        ..Options::default()
    };
    let analysis = shared().analyze(wanted, None).await.unwrap();
    assert!(analysis.events.iter().all(|e| e.evidence.is_empty()));
    assert!(analysis.countries.iter().all(|c| c.evidence.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_character_budget_holds() {
    for most in [150, 200, 400] {
        let mut wanted = request(PROTEST);
        wanted.options = Options {
            summary_max_chars: Some(most),
            summary_sentences: 10,
            ..Options::default()
        };
        let summary = shared()
            .analyze(wanted, None)
            .await
            .unwrap()
            .summary
            .unwrap();
        assert!(!summary.sentences.is_empty());
        assert!(
            summary.text.chars().count() <= most,
            "{most}: {}",
            summary.text.chars().count()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_text_gets_an_answer() {
    // A long word is a hundred thousand tokens; a lower limit keeps the test short.
    let analyzer = start(Settings {
        max_tokens: 2000,
        ..settings()
    });
    let cases = [
        ("one 300 kB word", "ab".repeat(150_000)),
        ("only emoji", "🙂🙃😀 👍🏽 🏳️‍🌈".to_owned()),
        (
            "bidi and zero-width marks",
            "\u{202e}Протест\u{202c} в\u{200b} Би\u{200d}шкеке\u{2066}.\u{2069}".to_owned(),
        ),
        (
            "mixed scripts",
            "Протест in 北京 في القاهرة עם ประท้วง ወደ បាតុកម្ម. ".repeat(20),
        ),
        (
            "special tokens",
            "<s> </s> <pad> <mask> police arrested 5 people </s>".to_owned(),
        ),
        ("one character", "x".to_owned()),
        ("punctuation", "?!.,;:()".to_owned()),
        ("lines", "\n\n\r\n a \u{2028} b \u{85} c\n".repeat(50)),
        ("a separator after every letter", "a.,".repeat(5_000)),
        ("combining marks", "e\u{301}".repeat(5_000)),
    ];
    for (name, text) in cases {
        let request = request(&text);
        let analysis = analyzer.analyze(request.clone(), None).await.unwrap();
        assert_eq!(
            analysis.events.iter().filter(|e| e.primary).count(),
            1,
            "{name}"
        );
        assert!(analysis.events[0].score.is_finite(), "{name}");
        assert_places(&analysis, &request.article);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_read_is_counted() {
    let analyzer = start(Settings {
        max_tokens: 600,
        ..settings()
    });
    let text = format!(
        "{PROTEST}\n{}",
        "The price of bread rose again last week. ".repeat(400)
    );
    let whole = shared().analyze(request(&text), None).await.unwrap();
    assert_eq!(whole.truncation.tokens_dropped, 0);
    assert!(whole.truncation.windows > 5);
    let cut = analyzer.analyze(request(&text), None).await.unwrap();
    assert_eq!(cut.truncation.tokens_seen, 600);
    assert_eq!(
        cut.truncation.tokens_seen + cut.truncation.tokens_dropped,
        whole.truncation.tokens_seen
    );
    assert!(
        cut.warnings
            .iter()
            .any(|w| w.code == WarningCode::Truncated)
    );
    // The lead still decides.
    assert_eq!(whole.events[0].event_type, EventType::Protest);
    assert_eq!(whole.countries[0].country.alpha2, "KZ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_that_has_passed_is_told() {
    let late = std::time::Instant::now() - std::time::Duration::from_millis(1);
    let error = shared()
        .analyze(request(PROTEST), Some(late))
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        dateline::analyzer::AnalyzeError::DeadlineExceeded
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_analyzer_says_so() {
    let analyzer = start(settings());
    analyzer.stop();
    let error = analyzer.analyze(request(PROTEST), None).await.unwrap_err();
    assert!(matches!(error, dateline::analyzer::AnalyzeError::Stopped));
}
