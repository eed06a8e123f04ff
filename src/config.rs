//! Commands, flags and their environment twins; checked once, here. Only this module and `main` read the environment.

use std::{ffi::OsString, io::IsTerminal, num::NonZeroUsize, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum, builder::FalseyValueParser};

use crate::{
    analyzer::{self, DeviceChoice},
    batch::{Question, card::Style},
    domain::{InvalidArticle, Limits, Options, OptionsDraft, Task},
    model::Precision,
    server, telemetry,
};

/// Reads news articles in any language: where it happened, what happened, in short, and the sentences that prove it.
#[derive(Debug, Parser)]
#[command(
    name = "dateline",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(after_help = "\
Exit codes: 0 all went well; 1 an article, a row or a call failed; 2 the flags, the settings or the model are wrong.
Every flag can be given as an environment variable, which its help names.")]
pub struct Cli {
    #[command(flatten)]
    pub log: LogFlags,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Analyse articles and print a card (or a JSON row) for each
    Analyze(AnalyzeArgs),
    /// Analyse JSON Lines: a row out for every row in, in order
    Score(ScoreArgs),
    /// Answer gRPC calls
    Serve(ServeArgs),
    /// Ask a running server whether it serves
    Health(HealthArgs),
    /// Print the model's card
    Model(ModelArgs),
    /// Print the taxonomy: event types, modes, counterparts, countries
    Labels(LabelsArgs),
}

/// How the process logs.
#[derive(Debug, Args)]
pub struct LogFlags {
    /// Shape of the log lines on stderr
    #[arg(
        long,
        global = true,
        env = "DATELINE_LOG_FORMAT",
        value_enum,
        default_value = "text"
    )]
    pub log_format: telemetry::Format,
    /// Level of dateline's own log, or a filter such as "warn,dateline=debug"
    #[arg(
        long = "log",
        global = true,
        env = "DATELINE_LOG",
        value_name = "LEVEL",
        default_value = "info"
    )]
    pub filter: String,
}

/// Which model.
#[derive(Debug, Args)]
pub struct ModelFlags {
    // Not a doc comment: rustdoc would take the brackets for links.
    #[arg(
        help = "A bundle's directory, or hf:ORG/NAME[@REVISION] on the Hugging Face hub [default: the bundle inside]",
        long,
        env = "DATELINE_MODEL",
        value_name = "DIR|hf:ORG/NAME"
    )]
    pub model: Option<String>,
}

/// Where and how the model runs, and what it accepts.
#[derive(Debug, Args)]
pub struct EngineFlags {
    #[command(flatten)]
    pub model: ModelFlags,
    /// Where the encoder runs: cpu, cuda or cuda:N
    #[arg(
        long,
        env = "DATELINE_DEVICE",
        value_name = "DEVICE",
        default_value = "cpu",
        value_parser = device
    )]
    pub device: DeviceChoice,
    /// Arithmetic of the encoder; int8 is for CPUs [default: int8 on a CPU, f32 on a GPU]
    #[arg(long, env = "DATELINE_PRECISION", value_name = "PRECISION", value_enum)]
    pub precision: Option<PrecisionName>,
    /// Threads of the encoder [default: one per core]
    #[arg(long, env = "DATELINE_THREADS", value_name = "N")]
    pub threads: Option<usize>,
    /// Most bytes of an article's text
    #[arg(long, env = "DATELINE_MAX_TEXT_BYTES", value_name = "BYTES", default_value_t = Limits::default().text_bytes)]
    pub max_text_bytes: usize,
    /// Tokens of an article that are read; the rest is dropped and reported
    #[arg(long, env = "DATELINE_MAX_TOKENS", value_name = "N", default_value_t = analyzer::Settings::default().max_tokens)]
    pub max_tokens: usize,
    /// Articles that may wait for the encoder
    #[arg(long, env = "DATELINE_QUEUE", value_name = "N", default_value_t = analyzer::Settings::default().queue_capacity)]
    pub queue: usize,
}

/// What is asked of every article.
#[derive(Debug, Args)]
pub struct QuestionFlags {
    /// The tasks wanted
    #[arg(
        long,
        env = "DATELINE_TASKS",
        value_name = "TASK",
        value_enum,
        value_delimiter = ',',
        default_value = "country,event,summary"
    )]
    pub tasks: Vec<TaskName>,
    /// Sentences of a summary, 1 to 10 [default: 3]
    #[arg(long, env = "DATELINE_SENTENCES", value_name = "N")]
    pub sentences: Option<u32>,
    /// Most characters of a summary, at least 40 [default: no bound]
    #[arg(long, env = "DATELINE_MAX_CHARS", value_name = "N")]
    pub max_chars: Option<u32>,
    /// Least score of countries and of further events, 0 to 1 [default: the model's thresholds]
    #[arg(long, env = "DATELINE_MIN_SCORE", value_name = "X")]
    pub min_score: Option<f32>,
    /// Leave out the sentences that prove the answers
    #[arg(long, env = "DATELINE_NO_EVIDENCE", value_parser = FalseyValueParser::new())]
    pub no_evidence: bool,
    /// Add the time that each stage took
    #[arg(long, env = "DATELINE_TIMINGS", value_parser = FalseyValueParser::new())]
    pub timings: bool,
}

#[derive(Debug, Args)]
pub struct AnalyzeArgs {
    /// Plain text, HTML (.html, .htm) or one JSON article (.json) each; - or none: standard input
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print one JSON row per article instead of a card
    #[arg(long, env = "DATELINE_JSON", value_parser = FalseyValueParser::new())]
    pub json: bool,
    #[command(flatten)]
    pub question: QuestionFlags,
    #[command(flatten)]
    pub engine: EngineFlags,
}

#[derive(Debug, Args)]
#[command(after_help = "\
A row is {\"id\", \"title\", \"text\", \"language\", \"published_at\", \"source\"}; only text is required, blank lines are no \
rows, unknown fields are ignored. A row that fails becomes {\"id\", \"error\": {\"code\", \"field\", \"message\"}} in its \
place; id is null where it could not be read. The exit code is 0 if a row came out for every row that went in.")]
pub struct ScoreArgs {
    /// JSON Lines; - is standard input
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Where the rows go, overwritten; - is standard output
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// End with exit code 1 if any row failed
    #[arg(long, env = "DATELINE_FAIL_ON_ERROR", value_parser = FalseyValueParser::new())]
    pub fail_on_error: bool,
    #[command(flatten)]
    pub question: QuestionFlags,
    #[command(flatten)]
    pub engine: EngineFlags,
}

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "DATELINE_ADDRESS", value_name = "HOST:PORT", default_value = DEFAULT_ADDRESS)]
    pub address: String,
    /// Seconds that calls in flight may take to finish once the server is asked to end
    #[arg(
        long,
        env = "DATELINE_DRAIN",
        value_name = "SECONDS",
        default_value_t = 30.0
    )]
    pub drain: f64,
    #[command(flatten)]
    pub engine: EngineFlags,
}

#[derive(Debug, Args)]
pub struct HealthArgs {
    /// Address of the server; an address that means "every interface" (0.0.0.0) is asked on this machine
    #[arg(long, env = "DATELINE_ADDRESS", value_name = "HOST:PORT", default_value = DEFAULT_ADDRESS)]
    pub address: String,
    /// Seconds to wait for the answer
    #[arg(
        long,
        env = "DATELINE_HEALTH_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 5.0
    )]
    pub timeout: f64,
}

#[derive(Debug, Args)]
pub struct ModelArgs {
    /// Print the manifest instead of the card
    #[arg(long, env = "DATELINE_JSON", value_parser = FalseyValueParser::new())]
    pub json: bool,
    #[command(flatten)]
    pub model: ModelFlags,
}

#[derive(Debug, Args)]
pub struct LabelsArgs {
    /// Print JSON instead of text
    #[arg(long, env = "DATELINE_JSON", value_parser = FalseyValueParser::new())]
    pub json: bool,
}

/// Local only: whoever wants the network to reach the server says so.
const DEFAULT_ADDRESS: &str = "127.0.0.1:50051";

/// A flag whose value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("--{flag} {reason}")]
pub struct ConfigError {
    /// Without the dashes.
    pub flag: &'static str,
    /// What is wrong and what to do.
    pub reason: String,
}

impl ConfigError {
    fn new(flag: &'static str, reason: impl Into<String>) -> Self {
        Self {
            flag,
            reason: reason.into(),
        }
    }
}

/// Where the bundle is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelSource {
    /// Compiled into the binary.
    Embedded,
    Directory(PathBuf),
    /// `org/name[@revision]` on the Hugging Face hub.
    Hub(String),
}

/// The arithmetic of the encoder by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PrecisionName {
    Int8,
    F32,
}

/// A task by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TaskName {
    Country,
    Event,
    Summary,
}

impl ModelFlags {
    /// # Errors
    /// An id of the hub that is none; a source that this build was made without.
    pub fn source(&self) -> Result<ModelSource, ConfigError> {
        let Some(model) = &self.model else {
            return match cfg!(feature = "embedded") {
                true => Ok(ModelSource::Embedded),
                false => Err(ConfigError::new(
                    "model",
                    "is required: this build carries no bundle; name a directory",
                )),
            };
        };
        let Some(id) = model.strip_prefix("hf:") else {
            return match model.as_str() {
                "" => Err(ConfigError::new(
                    "model",
                    "is empty; name a bundle's directory or leave it out",
                )),
                directory => Ok(ModelSource::Directory(directory.into())),
            };
        };
        if !is_hub_id(id) {
            return Err(ConfigError::new(
                "model",
                format!(
                    "hf:{id} is no bundle of the hub; write hf:ORG/NAME or hf:ORG/NAME@REVISION"
                ),
            ));
        }
        if !cfg!(feature = "hub") {
            return Err(ConfigError::new(
                "model",
                "hf:... needs a build with the feature `hub`; name a directory instead",
            ));
        }
        Ok(ModelSource::Hub(id.to_owned()))
    }
}

impl EngineFlags {
    /// # Errors
    /// The first flag out of its range, or a device that this build cannot use.
    pub fn settings(&self) -> Result<analyzer::Settings, ConfigError> {
        let within = |flag, value: usize, least: usize, most: usize| {
            if (least..=most).contains(&value) {
                return Ok(value);
            }
            Err(ConfigError::new(
                flag,
                format!("is {value}; give {least} to {most}"),
            ))
        };
        if self.device != DeviceChoice::Cpu && !cfg!(feature = "cuda") {
            return Err(ConfigError::new(
                "device",
                "cuda needs a build with the feature `cuda`; use --device cpu",
            ));
        }
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Ok(analyzer::Settings {
            limits: Limits {
                text_bytes: within("max-text-bytes", self.max_text_bytes, 1024, 64 << 20)?,
                ..Limits::default()
            },
            max_tokens: within("max-tokens", self.max_tokens, 64, 16 << 20)?,
            queue_capacity: within("queue", self.queue, 1, 1 << 16)?,
            threads: within("threads", self.threads.unwrap_or(cores), 1, 1024)?,
            device: self.device,
            precision: precision(self.precision, self.device)?,
        })
    }
}

impl QuestionFlags {
    /// The question for a job on an analyzer with these settings.
    ///
    /// # Errors
    /// The first flag out of its range.
    pub fn question(&self, settings: &analyzer::Settings) -> Result<Question, ConfigError> {
        let options = Options::new(OptionsDraft {
            summary_sentences: self.sentences,
            summary_max_chars: self.max_chars,
            min_score: self.min_score,
            evidence: Some(!self.no_evidence),
            timings: self.timings,
        })
        .map_err(|InvalidArticle { field, reason }| ConfigError {
            flag: match field {
                "options.summary_sentences" => "sentences",
                "options.summary_max_chars" => "max-chars",
                "options.min_score" => "min-score",
                other => other,
            },
            reason,
        })?;
        Ok(Question {
            limits: settings.limits,
            tasks: Task::ALL
                .into_iter()
                .filter(|task| self.tasks.iter().any(|t| Task::from(*t) == *task))
                .collect(),
            options,
            in_flight: Question::IN_FLIGHT.min(settings.queue_capacity),
        })
    }
}

impl ServeArgs {
    /// # Errors
    /// The first flag out of its range.
    pub fn settings(&self) -> Result<server::Settings, ConfigError> {
        Ok(server::Settings {
            drain: seconds("drain", self.drain)?,
            ..server::Settings::default()
        })
    }
}

impl HealthArgs {
    /// # Errors
    /// No time, or more than a day.
    pub fn timeout(&self) -> Result<Duration, ConfigError> {
        seconds("timeout", self.timeout)
    }
}

impl LogFlags {
    /// # Errors
    /// A filter that cannot be read.
    pub fn filter(&self) -> Result<tracing_subscriber::EnvFilter, ConfigError> {
        telemetry::filter(&self.filter).map_err(|error| {
            let mend =
                "give off, error, warn, info, debug, trace or a filter such as warn,dateline=debug";
            ConfigError::new("log", format!("cannot be read ({error}); {mend}"))
        })
    }
}

/// The environment that is not a flag's twin, by names that others have coined.
#[derive(Debug, Clone, Copy)]
pub struct Environment(fn(&str) -> Option<OsString>);

impl Environment {
    /// The process' own.
    pub fn process() -> Self {
        Self(|name| std::env::var_os(name))
    }

    /// Colour is for terminals, unless `NO_COLOR` (<https://no-color.org>) or a dumb terminal.
    pub fn colour(self) -> bool {
        let no_colour = (self.0)("NO_COLOR").is_some_and(|v| !v.is_empty());
        !no_colour && (self.0)("TERM").is_none_or(|t| t != "dumb")
    }

    /// How cards look on standard output.
    pub fn style(self) -> Style {
        if !std::io::stdout().is_terminal() {
            return Style::default();
        }
        Style {
            columns: terminal_size::terminal_size().map(|(width, _)| width.0.into()),
            colour: self.colour(),
        }
    }

    /// How the hub is reached: `HF_ENDPOINT`, `HF_TOKEN`, `HF_HOME`, `HF_HUB_CACHE`, `HF_HUB_OFFLINE`.
    #[cfg(feature = "hub")]
    pub fn hub(self) -> crate::model::hub::HubSettings {
        let set = |name| (self.0)(name).filter(|v| !v.is_empty());
        let text = |name| set(name).and_then(|v| v.into_string().ok());
        let home = || set("HF_HOME").map(|home| PathBuf::from(home).join("hub"));
        let offline = text("HF_HUB_OFFLINE")
            .unwrap_or_default()
            .to_ascii_uppercase();
        crate::model::hub::HubSettings {
            endpoint: text("HF_ENDPOINT"),
            token: text("HF_TOKEN").map(|t| t.trim().to_owned()),
            cache: set("HF_HUB_CACHE").map(PathBuf::from).or_else(home),
            // What the hub's own client takes for true.
            offline: matches!(&*offline, "1" | "ON" | "YES" | "TRUE"),
            progress: std::io::stderr().is_terminal(),
        }
    }
}

fn seconds(flag: &'static str, value: f64) -> Result<Duration, ConfigError> {
    if value > 0.0 && value <= 86_400.0 {
        return Ok(Duration::from_secs_f64(value));
    }
    let reason = format!("is {value}; give seconds above 0, at most 86400");
    Err(ConfigError::new(flag, reason))
}

/// Reads `cpu`, `cuda` (the first GPU) or `cuda:N`.
fn device(text: &str) -> Result<DeviceChoice, &'static str> {
    let number = match text {
        "cpu" => return Ok(DeviceChoice::Cpu),
        "cuda" => Some(Ok(0)),
        _ => text.strip_prefix("cuda:").map(str::parse),
    };
    match number {
        Some(Ok(number)) => Ok(DeviceChoice::Cuda(number)),
        _ => Err("give cpu, cuda or cuda:N (the number of the GPU)"),
    }
}

/// What was asked for, or what suits the device.
fn precision(asked: Option<PrecisionName>, device: DeviceChoice) -> Result<Precision, ConfigError> {
    match (asked, device) {
        (None | Some(PrecisionName::Int8), DeviceChoice::Cpu) => Ok(Precision::Int8),
        (None, DeviceChoice::Cuda(_)) | (Some(PrecisionName::F32), _) => Ok(Precision::F32),
        (Some(PrecisionName::Int8), DeviceChoice::Cuda(_)) => Err(ConfigError::new(
            "precision",
            "int8 runs on a CPU; use f32, or --device cpu",
        )),
    }
}

impl From<TaskName> for Task {
    fn from(name: TaskName) -> Self {
        match name {
            TaskName::Country => Task::Country,
            TaskName::Event => Task::Event,
            TaskName::Summary => Task::Summary,
        }
    }
}

/// `org/name[@revision]` of letters, digits, `-`, `_`, `.`; revisions may hold `/` (`refs/pr/1`).
fn is_hub_id(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let word = |s: &str| !s.is_empty() && !s.contains("..") && s.chars().all(plain);
    let (repo, revision) = match id.split_once('@') {
        Some((repo, revision)) => (repo, Some(revision)),
        None => (id, None),
    };
    let named = repo
        .split_once('/')
        .is_some_and(|(org, name)| word(org) && word(name));
    named && revision.is_none_or(|r| r.split('/').all(word))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(args: &[&str]) -> Cli {
        Cli::try_parse_from([&["dateline"], args].concat()).unwrap()
    }

    fn engine(args: &[&str]) -> EngineFlags {
        match parse(&[&["serve"], args].concat()).command {
            Command::Serve(args) => args.engine,
            other => panic!("{other:?}"),
        }
    }

    fn question(args: &[&str]) -> QuestionFlags {
        match parse(&[&["analyze"], args].concat()).command {
            Command::Analyze(args) => args.question,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_flag_has_a_twin_in_the_environment() {
        fn walk(command: &clap::Command, seen: &mut usize) {
            for arg in command.get_arguments() {
                let Some(long) = arg.get_long().filter(|l| !matches!(*l, "help" | "version"))
                else {
                    continue;
                };
                let twin = arg.get_env().and_then(|e| e.to_str()).unwrap_or_default();
                assert!(
                    twin.starts_with("DATELINE_"),
                    "{} --{long}",
                    command.get_name()
                );
                // Named after the flag, so that nobody has to look it up.
                let tail = long.replace('-', "_").to_uppercase();
                assert!(twin.ends_with(&tail), "--{long}: {twin}");
                *seen += 1;
            }
            command.get_subcommands().for_each(|c| walk(c, seen));
        }
        let mut seen = 0;
        walk(&Cli::command(), &mut seen);
        assert!(seen > 20, "{seen}");
    }

    #[test]
    fn defaults_are_those_of_the_parts() {
        let settings = engine(&[]).settings().unwrap();
        let default = analyzer::Settings::default();
        assert_eq!(settings.limits, default.limits);
        assert_eq!(settings.max_tokens, default.max_tokens);
        assert_eq!(settings.queue_capacity, default.queue_capacity);
        assert_eq!(settings.precision, default.precision);
        let question = question(&[]).question(&settings).unwrap();
        assert_eq!(question.options, Options::default());
        assert_eq!(question.tasks, Task::ALL);
        assert_eq!(question.in_flight, Question::IN_FLIGHT);
    }

    #[test]
    fn a_job_never_fills_the_queue() {
        let settings = engine(&["--queue", "5"]).settings().unwrap();
        assert_eq!(question(&[]).question(&settings).unwrap().in_flight, 5);
    }

    #[test]
    fn names_the_flag_that_is_wrong() {
        let flag = |args: &[&str]| engine(args).settings().unwrap_err().flag;
        assert_eq!(flag(&["--threads", "0"]), "threads");
        assert_eq!(flag(&["--queue", "0"]), "queue");
        assert_eq!(flag(&["--max-tokens", "1"]), "max-tokens");
        assert_eq!(flag(&["--max-text-bytes", "9999999999"]), "max-text-bytes");
        #[cfg(not(feature = "cuda"))]
        assert_eq!(flag(&["--device", "cuda"]), "device");
        let settings = analyzer::Settings::default();
        let flag = |args: &[&str]| question(args).question(&settings).unwrap_err().flag;
        assert_eq!(flag(&["--sentences", "0"]), "sentences");
        assert_eq!(flag(&["--sentences", "1000"]), "sentences");
        assert_eq!(flag(&["--max-chars", "3"]), "max-chars");
        assert_eq!(flag(&["--min-score", "1.5"]), "min-score");
        assert_eq!(flag(&["--min-score", "NaN"]), "min-score");
    }

    #[test]
    fn times_are_above_nothing_and_end() {
        for bad in ["0", "-1", "NaN", "inf", "1e9"] {
            let drain = format!("--drain={bad}");
            let Command::Serve(args) = parse(&["serve", &drain]).command else {
                panic!("another command");
            };
            assert_eq!(args.settings().unwrap_err().flag, "drain", "{bad}");
        }
    }

    #[test]
    fn tasks_come_in_one_order_without_repeats() {
        let settings = analyzer::Settings::default();
        let tasks = |list| {
            question(&["--tasks", list])
                .question(&settings)
                .unwrap()
                .tasks
        };
        assert_eq!(
            tasks("summary,country,summary"),
            [Task::Country, Task::Summary]
        );
        assert_eq!(tasks("event"), [Task::Event]);
        for bad in ["weather", "", "event,"] {
            assert!(
                Cli::try_parse_from(["dateline", "analyze", "--tasks", bad]).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn reads_devices() {
        let cases = [
            ("cpu", Some(DeviceChoice::Cpu)),
            ("cuda", Some(DeviceChoice::Cuda(0))),
            ("cuda:3", Some(DeviceChoice::Cuda(3))),
            ("cuda:", None),
            ("cuda:x", None),
            ("cuda3", None),
            ("gpu", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(device(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn the_device_decides_on_the_precision_unless_somebody_does() {
        let (cpu, cuda) = (DeviceChoice::Cpu, DeviceChoice::Cuda(0));
        let (int8, f32) = (Some(PrecisionName::Int8), Some(PrecisionName::F32));
        let cases = [
            (None, cpu, Some(Precision::Int8)),
            (int8, cpu, Some(Precision::Int8)),
            (f32, cpu, Some(Precision::F32)),
            (None, cuda, Some(Precision::F32)),
            (f32, cuda, Some(Precision::F32)),
            (int8, cuda, None),
        ];
        for (asked, device, expected) in cases {
            let got = precision(asked, device);
            assert_eq!(got.clone().ok(), expected, "{asked:?} on {device:?}");
            if let Err(error) = got {
                assert_eq!(error.flag, "precision");
            }
        }
        let settings = engine(&["--precision", "f32"]).settings().unwrap();
        assert_eq!(settings.precision, Precision::F32);
        assert!(Cli::try_parse_from(["dateline", "serve", "--precision", "int4"]).is_err());
    }

    #[test]
    fn reads_model_sources() {
        let source = |model: &str| {
            ModelFlags {
                model: Some(model.into()),
            }
            .source()
        };
        assert_eq!(
            source("models/a"),
            Ok(ModelSource::Directory("models/a".into()))
        );
        #[cfg(feature = "hub")]
        for id in ["org/name", "o-r.g/n_1@v1.0", "org/name@refs/pr/1"] {
            assert_eq!(source(&format!("hf:{id}")), Ok(ModelSource::Hub(id.into())));
        }
        for bad in [
            "",
            "hf:",
            "hf:name",
            "hf:/name",
            "hf:a/b/c",
            "hf:a/..",
            "hf:a/b@",
            "hf:a/b@x y",
        ] {
            assert_eq!(source(bad).unwrap_err().flag, "model", "{bad}");
        }
    }

    #[test]
    fn the_environment_says_how_the_terminal_looks() {
        assert!(Environment(|_| None).colour());
        assert!(!Environment(|name| (name == "NO_COLOR").then(|| "1".into())).colour());
        // Set but empty is not set, says no-color.org.
        assert!(Environment(|name| (name == "NO_COLOR").then(|| "".into())).colour());
        assert!(!Environment(|name| (name == "TERM").then(|| "dumb".into())).colour());
    }

    #[cfg(feature = "hub")]
    #[test]
    fn the_hub_is_reached_as_its_own_tools_do() {
        let settings = Environment(|name| {
            let value = match name {
                "HF_HOME" => "/cache",
                "HF_TOKEN" => "t\n",
                "HF_HUB_OFFLINE" => "true",
                "HF_ENDPOINT" => "",
                _ => return None,
            };
            Some(value.into())
        })
        .hub();
        assert_eq!(settings.cache, Some("/cache/hub".into()));
        assert_eq!(settings.token.as_deref(), Some("t"));
        assert_eq!(settings.endpoint, None);
        assert!(settings.offline);
        assert!(!Environment(|_| None).hub().offline);
        let cache = Environment(|name| match name {
            "HF_HOME" => Some("/cache".into()),
            "HF_HUB_CACHE" => Some("/hub".into()),
            _ => None,
        });
        assert_eq!(cache.hub().cache, Some("/hub".into()));
    }
}
