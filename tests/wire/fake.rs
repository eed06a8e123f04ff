//! An analyzer without a model. The first word of the text says what becomes of the article.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use dateline::{
    analyzer::{Analyze, AnalyzeError, Settings},
    domain::{
        Analysis, Country, CountryAnswer, EventAnswer, EventType, Evidence, Field, Language, Mode,
        ModelRef, NameKind, NameMention, Request, Span, Summary, SummarySentence, Task, Timings,
        Truncation, Warning, WarningCode,
    },
    model::{Manifest, ModelError},
};
use tokio::sync::{Semaphore, watch};

/// The queue is full.
pub const FULL: &str = "FULL";
/// The analyzer is stopped.
pub const STOPPED: &str = "STOPPED";
/// The analyzer finds the deadline passed.
pub const EXPIRED: &str = "EXPIRED";
/// The model fails.
pub const BROKEN: &str = "BROKEN";
/// The analyzer panics, with the text in the panic's message.
pub const PANIC: &str = "PANIC";
/// The answer waits until [`Fake::release`].
pub const HELD: &str = "HELD";

/// What the model's fault says; clients must never read it.
pub const SECRET: &str = "tensor of the wrong shape";

pub struct Fake {
    manifest: Manifest,
    pub settings: Settings,
    held: Semaphore,
    in_flight: watch::Sender<usize>,
    peak: watch::Sender<usize>,
    /// Futures dropped before they were done.
    pub cancelled: watch::Sender<usize>,
    pub seen: Mutex<Vec<(Request, Option<Instant>)>>,
    pub stopped: AtomicBool,
}

impl Fake {
    pub fn new(settings: Settings) -> Self {
        Self {
            manifest: manifest(),
            settings,
            held: Semaphore::new(0),
            in_flight: watch::Sender::new(0),
            peak: watch::Sender::new(0),
            cancelled: watch::Sender::new(0),
            seen: Mutex::default(),
            stopped: AtomicBool::new(false),
        }
    }

    /// Lets `articles` held ones go.
    pub fn release(&self, articles: usize) {
        self.held.add_permits(articles);
    }

    /// Waits until `articles` are worked on.
    pub async fn working_on(&self, articles: usize) {
        reaches(&self.in_flight, articles).await;
    }

    /// Waits until `articles` were dropped before they were done.
    pub async fn has_cancelled(&self, articles: usize) {
        reaches(&self.cancelled, articles).await;
    }

    /// Most articles that were worked on at once.
    pub fn peak(&self) -> usize {
        *self.peak.borrow()
    }
}

impl Analyze for Fake {
    async fn analyze(
        &self,
        request: Request,
        deadline: Option<Instant>,
    ) -> Result<Analysis, AnalyzeError> {
        let mut work = Work::begin(self);
        self.seen.lock().unwrap().push((request.clone(), deadline));
        let text = request.article.text();
        let result = match text.split_whitespace().next().unwrap_or_default() {
            FULL => Err(AnalyzeError::QueueFull),
            STOPPED => Err(AnalyzeError::Stopped),
            EXPIRED => Err(AnalyzeError::DeadlineExceeded),
            BROKEN => {
                let cause = candle_core::Error::Msg(SECRET.into());
                Err(AnalyzeError::Model(Arc::new(ModelError(cause))))
            }
            PANIC => panic!("{text}"),
            HELD => {
                self.held.acquire().await.unwrap().forget();
                Ok(analysis(&request))
            }
            _ => {
                tokio::task::yield_now().await;
                Ok(analysis(&request))
            }
        };
        work.done = true;
        result
    }

    fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn device(&self) -> &str {
        "cpu"
    }

    fn precision(&self) -> &str {
        "f32"
    }
}

/// One article in flight.
struct Work<'a> {
    fake: &'a Fake,
    done: bool,
}

impl<'a> Work<'a> {
    fn begin(fake: &'a Fake) -> Self {
        fake.in_flight.send_modify(|n| *n += 1);
        let now = *fake.in_flight.borrow();
        fake.peak.send_modify(|peak| *peak = (*peak).max(now));
        Self { fake, done: false }
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.fake.in_flight.send_modify(|n| *n -= 1);
        if !self.done {
            self.fake.cancelled.send_modify(|n| *n += 1);
        }
    }
}

/// Waits for a count, and fails the test instead of hanging it.
async fn reaches(count: &watch::Sender<usize>, at_least: usize) {
    let mut count = count.subscribe();
    let wait = count.wait_for(|n| *n >= at_least);
    match tokio::time::timeout(Duration::from_secs(10), wait).await {
        Ok(reached) => drop(reached.unwrap()),
        Err(_) => panic!("did not reach {at_least} within 10 s"),
    }
}

/// The whole text as the one sentence of everything: every field of an answer has a value of its own.
fn analysis(request: &Request) -> Analysis {
    let text = request.article.text();
    let span = |bytes: usize, chars: usize| Span {
        field: Field::Text,
        bytes: 0..bytes,
        chars: 0..chars,
    };
    let all = span(text.len(), text.chars().count());
    let first = text.chars().next().map_or(0, char::len_utf8);
    let evidence = Evidence {
        span: all.clone(),
        text: text.to_owned(),
        weight: 0.75,
        names: Vec::new(),
    };
    let name = NameMention {
        text: text[..first].to_owned(),
        span: span(first, 1),
        kind: NameKind::City,
    };
    Analysis {
        id: request.article.id().to_owned(),
        language: Language {
            tag: "ky".into(),
            score: 0.5,
            given: request.article.language().is_some(),
        },
        countries: vec![CountryAnswer {
            country: Country::from_alpha2("KG").unwrap(),
            score: 0.875,
            primary: true,
            evidence: vec![Evidence {
                names: vec![name],
                ..evidence.clone()
            }],
        }],
        events: vec![EventAnswer {
            event_type: EventType::Protest,
            mode: Some(Mode::Hunger),
            score: 0.625,
            primary: true,
            quad_class: EventType::Protest.quad_class(),
            evidence: vec![evidence],
        }],
        summary: request.wants(Task::Summary).then(|| Summary {
            text: text.to_owned(),
            sentences: vec![SummarySentence {
                text: text.to_owned(),
                span: all,
                score: 0.25,
            }],
        }),
        truncation: Truncation {
            tokens_seen: 11,
            tokens_dropped: 12,
            windows: 13,
        },
        model: ModelRef {
            name: "fake".into(),
            version: "1.2.3".into(),
            taxonomy_version: "9".into(),
        },
        timings: request.options.timings.then(|| Timings {
            text: Duration::from_millis(1),
            queue: Duration::from_millis(2),
            model: Duration::from_millis(3),
            tasks: Duration::from_nanos(4),
        }),
        warnings: vec![Warning {
            code: WarningCode::LowConfidence,
            message: "quite unsure".into(),
        }],
    }
}

fn manifest() -> Manifest {
    serde_json::from_value(serde_json::json!({
        "format": 1,
        "name": "fake",
        "version": "1.2.3",
        "license": "CC0-1.0",
        "taxonomy_version": "9",
        "encoder_prefix": "bert.",
        "tasks": {
            "event": {
                "solver": "head", "pool": 0, "labels": ["OTHER"], "temperature": 1.0,
                "further": 0.3, "abstain": 0.2
            },
            "country": {
                "solver": "head+names", "pool": 1, "labels": ["KG"], "temperature": 1.0, "threshold": 0.5,
                "join": {
                    "head": 1.0, "names": 1.0, "spread": 1.0, "floor": 0.1, "alone": 0.5, "kinds": [1.0, 1.0, 1.0, 1.0, 1.0],
                    "title": 2.0, "decay": 0.1, "none": 0.0
                }
            },
            "summary": { "solver": "extractive", "position": 0.1, "position_cap": 10, "redundancy": 0.5 }
        },
        "input": { "window": 512, "overlap": 64, "lead": 0.5, "open": "[CLS]", "close": "[SEP]" },
        "quality": {
            "ar": { "items": 40, "event_accuracy": 0.5 },
            "en": { "items": 100, "event_accuracy": 0.75, "country_accuracy": 0.875 }
        },
        "files": { "model.safetensors": "ab".repeat(32), "config.json": "cd".repeat(32) }
    }))
    .unwrap()
}
