//! An article in, an analysis out: the order of the steps.

use std::{future::Future, sync::Arc, time::Instant};

use candle_core::Device;

use crate::{
    batching::{self, Answer, Batcher, Refused},
    domain::{
        Analysis, Article, Limits, ModelRef, Request, Task, Timings, Truncation, Warning,
        WarningCode,
    },
    model::{
        Bundle, Input, LoadError, Manifest, Model, ModelError, Precision, Segments, Tokenizer,
        input::Shape,
    },
    tasks::{self, Labels, Reading},
    text::{Document, Lexicon, Mention},
};

/// What a server or a job needs of an analyzer; implemented by [`Analyzer`] and by the tests' stand-ins.
pub trait Analyze: Send + Sync + 'static {
    /// Reads one article. Dropping the future takes it out of the queue.
    fn analyze(
        &self,
        request: Request,
        deadline: Option<Instant>,
    ) -> impl Future<Output = Result<Analysis, AnalyzeError>> + Send;
    fn manifest(&self) -> &Manifest;
    fn settings(&self) -> &Settings;
    /// Where the encoder runs: `cpu` or `cuda:0`.
    fn device(&self) -> &str;
    /// The arithmetic of the encoder: `int8` or `f32`.
    fn precision(&self) -> &str;
    /// Answers what waits, takes nothing new, and ends the worker threads.
    fn stop(&self);
}

/// Analyses articles; cheap to share, safe to call from many tasks at once.
pub struct Analyzer {
    reader: Arc<Reader>,
    model: Arc<Model>,
    batcher: Batcher,
    labels: Labels,
    manifest: Manifest,
    settings: Settings,
    device: String,
}

/// How the analyzer works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What an article may hold.
    pub limits: Limits,
    /// Tokens of one article that are read; the rest is dropped and reported.
    pub max_tokens: usize,
    /// Articles that may wait for the encoder.
    pub queue_capacity: usize,
    /// Threads that run the encoder: one article each while several wait, all for an article that is alone.
    pub threads: usize,
    pub device: DeviceChoice,
    /// int8 is for CPUs.
    pub precision: Precision,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            max_tokens: 32 * 1024,
            queue_capacity: 512,
            threads: std::thread::available_parallelism().map_or(1, |n| n.get()),
            device: DeviceChoice::Cpu,
            precision: Precision::Int8,
        }
    }
}

/// Where the encoder runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceChoice {
    Cpu,
    /// An NVIDIA GPU by number.
    Cuda(usize),
}

/// Why an article got no analysis.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AnalyzeError {
    #[error("the queue is full; try again shortly")]
    QueueFull,
    #[error("the server is shutting down")]
    Stopped,
    #[error("the deadline passed before the analysis was ready")]
    DeadlineExceeded,
    #[error("the model failed")]
    Model(#[source] Arc<ModelError>),
}

/// Why an analyzer could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Bundle(#[from] LoadError),
    #[error("device cuda:{0} cannot be used ({1}); use --device cpu")]
    Device(usize, #[source] candle_core::Error),
    #[error("int8 runs on a CPU; use --precision f32, or --device cpu")]
    Precision,
}

impl Analyzer {
    /// Loads the parts of a bundle side by side and starts the worker threads.
    ///
    /// # Errors
    /// The bundle's files do not fit together, or the device cannot be used or not with this precision.
    pub fn new(bundle: Bundle, settings: Settings) -> Result<Self, StartError> {
        let device = match settings.device {
            DeviceChoice::Cpu => Device::Cpu,
            DeviceChoice::Cuda(_) if settings.precision == Precision::Int8 => {
                return Err(StartError::Precision);
            }
            DeviceChoice::Cuda(n) => Device::new_cuda(n).map_err(|e| StartError::Device(n, e))?,
        };
        let manifest = bundle.manifest().clone();
        let labels = Labels::new(&manifest).map_err(|e| bundle.unfit(Bundle::MANIFEST, e))?;
        let (tokenizer, lexicon, model) = load(&bundle, device, settings.precision)?;
        let shape = shape(&bundle, &tokenizer, &model, settings.max_tokens)?;
        let model = Arc::new(model);
        let workers = batching::Settings {
            capacity: settings.queue_capacity,
            workers: settings.threads,
            ..batching::Settings::default()
        };
        Ok(Self {
            reader: Arc::new(Reader {
                tokenizer,
                lexicon,
                shape,
            }),
            batcher: Batcher::start(model.clone(), workers),
            model,
            labels,
            manifest,
            device: match settings.device {
                DeviceChoice::Cpu => "cpu".to_owned(),
                DeviceChoice::Cuda(n) => format!("cuda:{n}"),
            },
            settings,
        })
    }

    async fn run(
        &self,
        request: Request,
        deadline: Option<Instant>,
    ) -> Result<Analysis, AnalyzeError> {
        let started = Instant::now();
        let request = Arc::new(request);
        let read = self.read(&request).await?;
        let text = started.elapsed();
        let truncation = Truncation {
            tokens_seen: read.input.seen,
            tokens_dropped: read.input.dropped,
            windows: read.input.windows.len(),
        };
        let answer = self.score(read.input, deadline).await?;
        let decided = Instant::now();
        let mut analysis = self.decide(
            &request,
            &read.document,
            &read.mentions,
            &answer,
            truncation,
        );
        if request.options.timings {
            analysis.timings = Some(Timings {
                text,
                queue: answer.queued,
                model: answer.model,
                tasks: decided.elapsed(),
            });
        }
        Ok(analysis)
    }

    /// Text work runs off the async threads: a long article takes milliseconds.
    async fn read(&self, request: &Arc<Request>) -> Result<Read, AnalyzeError> {
        let (reader, request) = (self.reader.clone(), request.clone());
        let read = tokio::task::spawn_blocking(move || reader.read(&request.article)).await;
        match read {
            Ok(Ok(read)) => Ok(read),
            Ok(Err(reason)) => {
                tracing::error!(reason, "an article could not be cut into tokens");
                Err(AnalyzeError::Model(Arc::new(ModelError(
                    candle_core::Error::Msg(reason),
                ))))
            }
            // The panic was logged where it happened; its article fails, the service goes on.
            Err(panic) if panic.is_panic() => Err(AnalyzeError::Model(Arc::new(ModelError(
                candle_core::Error::Msg("reading the article panicked".into()),
            )))),
            // The runtime is going down.
            Err(_) => Err(AnalyzeError::Stopped),
        }
    }

    async fn score(&self, input: Input, deadline: Option<Instant>) -> Result<Answer, AnalyzeError> {
        let answer = self.batcher.submit(input, deadline).map_err(refused)?;
        let answer = match deadline {
            None => answer.await,
            Some(deadline) => tokio::time::timeout_at(deadline.into(), answer)
                .await
                .map_err(|_| AnalyzeError::DeadlineExceeded)?,
        };
        answer.map_err(|_| AnalyzeError::Stopped)?.map_err(refused)
    }

    fn decide(
        &self,
        request: &Request,
        document: &Document,
        mentions: &[Vec<Mention>],
        answer: &Answer,
        truncation: Truncation,
    ) -> Analysis {
        let reading = Reading {
            article: &request.article,
            document,
            mentions,
            pieces: &answer.pieces,
        };
        let (heads, labels, tasks) = (self.model.heads(), &self.labels, &self.manifest.tasks);
        let (lead, options) = (self.manifest.input.lead, &request.options);
        let biases = tasks::event::Biases {
            event: heads.event_bias(),
            mode: heads.mode_bias(),
        };
        let countries = match request.wants(Task::Country) {
            true => tasks::country::decide(
                &reading,
                heads.country_bias(),
                labels,
                &tasks.country,
                lead,
                options,
            ),
            false => Vec::new(),
        };
        let events = match request.wants(Task::Event) {
            true => tasks::event::decide(&reading, biases, labels, &tasks.event, lead, options),
            false => Vec::new(),
        };
        let summary = request
            .wants(Task::Summary)
            .then(|| tasks::summary::decide(&reading, &tasks.summary, options));
        let mut analysis = Analysis {
            id: request.article.id().to_owned(),
            language: document.language.clone(),
            countries,
            events,
            summary,
            truncation,
            model: ModelRef {
                name: self.manifest.name.clone(),
                version: self.manifest.version.clone(),
                taxonomy_version: self.manifest.taxonomy_version.clone(),
            },
            timings: None,
            warnings: Vec::new(),
        };
        analysis.warnings = self.warnings(&analysis);
        analysis
    }

    fn warnings(&self, analysis: &Analysis) -> Vec<Warning> {
        /// Below this confidence the detected language is a guess.
        const LANGUAGE_SURE: f32 = 0.5;
        let mut warnings = Vec::new();
        let mut warn = |code, message: String| warnings.push(Warning { code, message });
        let dropped = analysis.truncation.tokens_dropped;
        if dropped > 0 {
            warn(
                WarningCode::Truncated,
                format!(
                    "the last {dropped} tokens were not read: the article exceeds {}",
                    self.settings.max_tokens
                ),
            );
        }
        let language = &analysis.language;
        if language.score < LANGUAGE_SURE {
            warn(
                WarningCode::LanguageUncertain,
                "the language could not be told with confidence".into(),
            );
        } else if !self.is_measured(&language.tag) {
            warn(
                WarningCode::LanguageUnmeasured,
                "the model's quality in this language was not measured".into(),
            );
        }
        if analysis
            .summary
            .as_ref()
            .is_some_and(|s| s.sentences.is_empty())
        {
            warn(
                WarningCode::NoSentences,
                "nothing but title and boilerplate was found".into(),
            );
        }
        let abstain = self.manifest.tasks.event.abstain;
        if analysis.events.first().is_some_and(|e| e.score < abstain) {
            warn(
                WarningCode::LowConfidence,
                format!("the primary event type scores below {abstain}"),
            );
        }
        warnings
    }

    fn is_measured(&self, tag: &str) -> bool {
        let primary = tag.split('-').next().unwrap_or(tag);
        self.manifest.quality.contains_key(primary)
    }
}

impl Analyze for Analyzer {
    async fn analyze(
        &self,
        request: Request,
        deadline: Option<Instant>,
    ) -> Result<Analysis, AnalyzeError> {
        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Err(AnalyzeError::DeadlineExceeded);
        }
        self.run(request, deadline).await
    }

    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn device(&self) -> &str {
        &self.device
    }

    fn precision(&self) -> &str {
        self.settings.precision.name()
    }

    fn stop(&self) {
        self.batcher.stop();
    }
}

/// Article to document, names and input.
struct Reader {
    tokenizer: Tokenizer,
    lexicon: Lexicon,
    shape: Shape,
}

struct Read {
    document: Document,
    mentions: Vec<Vec<Mention>>,
    input: Input,
}

impl Reader {
    fn read(&self, article: &Article) -> Result<Read, String> {
        let document = Document::read(article);
        let mut mentions = Vec::with_capacity(document.sentences.len());
        let mut tokens = Vec::with_capacity(document.sentences.len());
        for sentence in &document.sentences {
            let text = sentence.text(article);
            mentions.push(self.lexicon.find(text, &document.language.tag));
            // Boilerplate is not read either: it is not what the article says.
            tokens.push(if sentence.boilerplate {
                Vec::new()
            } else {
                self.tokenizer.encode(text)?
            });
        }
        let input = Input::new(
            &Segments {
                title: document.title,
                tokens: &tokens,
            },
            &self.shape,
        );
        Ok(Read {
            document,
            mentions,
            input,
        })
    }
}

/// The parts that take time, on a thread each.
fn load(
    bundle: &Bundle,
    device: Device,
    precision: Precision,
) -> Result<(Tokenizer, Lexicon, Model), LoadError> {
    const TOKENIZER: &str = "tokenizer.json";
    std::thread::scope(|scope| {
        let tokenizer = scope.spawn(|| {
            Tokenizer::parse(bundle.required(TOKENIZER)?).map_err(|e| bundle.unfit(TOKENIZER, e))
        });
        let lexicon = scope.spawn(|| {
            Lexicon::new(bundle.texts("lexicons", ".tsv")?).map_err(|e| bundle.unfit("lexicons", e))
        });
        let model = Model::load(bundle, device, precision);
        let join = "loading does not panic";
        Ok((
            tokenizer.join().expect(join)?,
            lexicon.join().expect(join)?,
            model?,
        ))
    })
}

/// The manifest's windows, checked against tokenizer and encoder.
fn shape(
    bundle: &Bundle,
    tokenizer: &Tokenizer,
    model: &Model,
    max_tokens: usize,
) -> Result<Shape, LoadError> {
    let input = &bundle.manifest().input;
    let token = |text: &str| {
        tokenizer.id(text).ok_or_else(|| {
            bundle.unfit(
                Bundle::MANIFEST,
                format!("token {text:?} is not in tokenizer.json"),
            )
        })
    };
    let shape = Shape {
        window: input.window,
        overlap: input.overlap,
        max_tokens,
        open: token(&input.open)?,
        close: token(&input.close)?,
    };
    let most = model.config().max_tokens();
    if !(Shape::MIN_WINDOW..=most).contains(&shape.window) {
        let reason = format!(
            "windows of {} tokens; the encoder takes {} to {most}",
            shape.window,
            Shape::MIN_WINDOW
        );
        return Err(bundle.unfit(Bundle::MANIFEST, reason));
    }
    if tokenizer.vocabulary() > model.config().vocabulary {
        let reason = format!(
            "has {} tokens, more than the encoder's {}",
            tokenizer.vocabulary(),
            model.config().vocabulary
        );
        return Err(bundle.unfit("tokenizer.json", reason));
    }
    Ok(shape)
}

fn refused(refused: Refused) -> AnalyzeError {
    match refused {
        Refused::Full => AnalyzeError::QueueFull,
        Refused::Stopped => AnalyzeError::Stopped,
        Refused::Expired => AnalyzeError::DeadlineExceeded,
        Refused::Model(error) => AnalyzeError::Model(error),
    }
}
