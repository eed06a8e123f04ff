//! The commands of `dateline`, its log and its exit code.

use std::{
    io::{self, ErrorKind, IsTerminal, Write},
    process::ExitCode,
    sync::Arc,
    time::Instant,
};

use anyhow::Context;
use clap::Parser;
use dateline::{
    analyzer::{Analyze, Analyzer, StartError},
    batch::{
        Reader,
        analyze::{self, Format},
        file::Source,
        labels,
        progress::Progress,
        score,
        streams::{self, StreamError},
    },
    config::{
        AnalyzeArgs, Cli, Command, ConfigError, EngineFlags, Environment, HealthArgs, LabelsArgs,
        ModelArgs, ModelFlags, ModelSource, ScoreArgs, ServeArgs,
    },
    grpc::probe,
    model::{Bundle, LoadError},
    server, telemetry,
};
use tokio::runtime::Runtime;

/// Something failed: an article, a row, a call, a file.
const FAILED: u8 = 1;
/// The flags, the settings or the model are wrong; clap ends with the same code.
const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let started = Instant::now();
    let cli = Cli::parse();
    let json = cli.log.log_format == telemetry::Format::Json;
    match run(cli, started) {
        Ok(code) => code,
        // `dateline labels | head` has seen enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Who collects JSON logs wants the last line in JSON too; a filter that is off must not hide it.
            if json && tracing::enabled!(tracing::Level::ERROR) {
                tracing::error!("{error:#}");
            } else {
                complain(format_args!("{error:#}"));
            }
            ExitCode::from(exit_code(&error))
        }
    }
}

fn run(cli: Cli, started: Instant) -> anyhow::Result<ExitCode> {
    let environment = Environment::process();
    telemetry::start(cli.log.log_format, cli.log.filter()?, environment.colour());
    match cli.command {
        Command::Analyze(args) => analyze(args, environment),
        Command::Score(args) => score(args, environment),
        Command::Serve(args) => serve(args, environment, started),
        Command::Health(args) => health(&args),
        Command::Model(args) => model(&args, environment),
        Command::Labels(args) => labels(&args),
    }
}

fn analyze(args: AnalyzeArgs, environment: Environment) -> anyhow::Result<ExitCode> {
    let settings = args.engine.settings()?;
    let question = args.question.question(&settings)?;
    let analyzer = load(&args.engine, environment)?;
    let format = match args.json {
        true => Format::Rows,
        false => Format::Cards(environment.style()),
    };
    let mut sources: Vec<_> = args.files.into_iter().map(Source::new).collect();
    if sources.is_empty() {
        sources.push(Source::Stdin);
    }
    if sources.contains(&Source::Stdin) && io::stdin().is_terminal() {
        complain(format_args!(
            "reading an article from the keyboard; end it with Ctrl-D"
        ));
    }
    let reader = reader(analyzer.clone());
    let failed = Runtime::new()?.block_on(analyze::analyze(
        sources,
        io::stdout().lock(),
        format,
        reader,
        &question,
        |fault| complain(format_args!("{fault}")),
    ))?;
    analyzer.stop();
    Ok(match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(FAILED),
    })
}

fn score(args: ScoreArgs, environment: Environment) -> anyhow::Result<ExitCode> {
    let settings = args.engine.settings()?;
    let question = args.question.question(&settings)?;
    let input = streams::input(&args.input, &args.output)?;
    let analyzer = load(&args.engine, environment)?;
    // Last, so that a job that cannot start empties no file.
    let output = streams::output(&args.output)?;
    let progress = Progress::new(input.bytes);
    let reader = reader(analyzer.clone());
    let (report, result) = Runtime::new()?.block_on(score::score(
        input.rows,
        output,
        reader,
        &question,
        |report| progress.show(report),
    ));
    drop(progress);
    analyzer.stop();
    complain(format_args!("{report}"));
    if let Err(error) = result {
        let error = anyhow::Error::from(error);
        if !is_broken_pipe(&error) {
            complain(format_args!("{error:#}"));
        }
        return Ok(ExitCode::from(FAILED));
    }
    let lost = report.rows_in != report.rows_out;
    let failed = args.fail_on_error && report.failed > 0;
    Ok(match lost || failed {
        true => ExitCode::from(FAILED),
        false => ExitCode::SUCCESS,
    })
}

fn serve(args: ServeArgs, environment: Environment, started: Instant) -> anyhow::Result<ExitCode> {
    let settings = args.settings()?;
    // Before the model is loaded: a taken address is told at once, and early callers wait instead of failing.
    let listener = listen(&args.address)?;
    let analyzer = load(&args.engine, environment)?;
    Runtime::new()?.block_on(async {
        let shutdown = shutdown()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let address = listener.local_addr()?;
        let manifest = analyzer.manifest();
        let ready = started.elapsed();
        tracing::info!(
            model = %manifest.name,
            model_version = %manifest.version,
            %address,
            device = analyzer.device(),
            precision = analyzer.precision(),
            ready_ms = ready.as_secs_f64() * 1e3,
            "dateline {} serving {} {} on {address}, ready in {:.2} s",
            env!("CARGO_PKG_VERSION"), manifest.name, manifest.version, ready.as_secs_f64(),
        );
        let drained = server::serve(listener, analyzer.clone(), &settings, shutdown).await?;
        if drained == server::Drain::Cut {
            tracing::warn!("calls were cut: they took longer than --drain allows");
            return Ok(ExitCode::from(FAILED));
        }
        tracing::info!("every call has its answer; the server ends");
        Ok(ExitCode::SUCCESS)
    })
}

fn health(args: &HealthArgs) -> anyhow::Result<ExitCode> {
    let limit = args.timeout()?;
    Runtime::new()?.block_on(probe::probe(&args.address, limit))?;
    print("serving\n")
}

fn model(args: &ModelArgs, environment: Environment) -> anyhow::Result<ExitCode> {
    let bundle = open(&args.model, environment)?;
    let mut text = match args.json {
        true => serde_json::to_string_pretty(bundle.manifest())?,
        false => bundle.card().to_owned(),
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    print(&text)
}

fn labels(args: &LabelsArgs) -> anyhow::Result<ExitCode> {
    match args.json {
        true => print(&(labels::json()? + "\n")),
        false => print(&labels::text()),
    }
}

fn load(flags: &EngineFlags, environment: Environment) -> anyhow::Result<Arc<Analyzer>> {
    let settings = flags.settings()?;
    let bundle = open(&flags.model, environment)?;
    let analyzer = Analyzer::new(bundle, settings).context("the model cannot be used")?;
    give_back();
    Ok(Arc::new(analyzer))
}

/// Gives the system back what only loading needed: glibc keeps the freed memory of every thread that loaded a part.
fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it may be called at any time, from any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}

fn open(flags: &ModelFlags, environment: Environment) -> anyhow::Result<Bundle> {
    #[cfg(not(feature = "hub"))]
    let _ = environment;
    let bundle = match flags.source()? {
        #[cfg(feature = "embedded")]
        ModelSource::Embedded => Bundle::embedded(),
        ModelSource::Directory(directory) => Bundle::open(&directory),
        #[cfg(feature = "hub")]
        ModelSource::Hub(id) => dateline::model::hub::open(&id, &environment.hub()),
        // `ModelFlags::source` names only what this build can open.
        #[cfg(not(all(feature = "embedded", feature = "hub")))]
        other => anyhow::bail!("this build cannot open {other:?}"),
    };
    bundle.context("the model cannot be loaded")
}

/// The analyzer as the jobs see it. Jobs have no deadline.
fn reader(analyzer: Arc<Analyzer>) -> impl Reader {
    move |request| {
        let analyzer = analyzer.clone();
        async move { analyzer.analyze(request, None).await }
    }
}

fn listen(address: &str) -> anyhow::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address).map_err(|error| ConfigError {
        flag: "address",
        reason: format!("{address} cannot be listened on ({error}); give a free HOST:PORT"),
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Ready when the process is asked to end: SIGTERM (service managers, containers) or Ctrl-C.
fn shutdown() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = term.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn print(text: &str) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// A line on stderr for the person at the terminal. If even that is closed, there is nobody to tell.
fn complain(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "dateline: {line}");
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}

fn exit_code(error: &anyhow::Error) -> u8 {
    let misused = error.chain().any(|cause| {
        cause.is::<ConfigError>()
            || cause.is::<LoadError>()
            || cause.is::<StartError>()
            || matches!(cause.downcast_ref(), Some(StreamError::Same(_)))
    });
    if misused { MISUSED } else { FAILED }
}
