//! The service under load: gRPC over this machine's loopback, server and clients in one process.
//!
//! `cargo bench --bench serve [-- --precision int8|f32 --threads N --rounds N --seconds S --json FILE]`. Closed loop: as many callers as
//! stated, each of which calls again when it has its answer; in turn with the same analyzer called in process, round by
//! round. Open loop: calls arrive at random (Poisson) at a share of the rate that the closed loop reached, whether or not
//! the earlier ones are answered; a latency counts from the planned arrival, so that a server that lags cannot hide it.

#[path = "support/articles.rs"]
mod corpus;
mod support;

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use dateline::{
    analyzer::{Analyze, Analyzer, Settings},
    grpc::proto::{
        AnalyzeRequest, Article, analysis_service_client::AnalysisServiceClient as Client,
    },
    model::{Bundle, Precision, kernels::simd::Isa},
    server,
};
use serde_json::{Value, json};
use tokio::{sync::oneshot, task::JoinSet};
use tonic::transport::Channel;

use support::{Options, median, value};

/// Callers of the closed loop.
const CALLERS: [usize; 4] = [1, 4, 16, 64];
/// Shares of the saturated rate for the open loop.
const LOADS: [f64; 4] = [0.25, 0.5, 0.75, 0.9];
/// An open loop lasts so many times a window of the closed one: percentiles need many calls.
const OPEN: f64 = 5.0;

/// A way to the analyzer.
#[derive(Clone)]
enum Door {
    Grpc(Client<Channel>),
    Direct(Arc<Analyzer>),
}

fn main() {
    let options = Options::parse();
    let seconds: f64 = value("--seconds").map_or(1.0, |s| s.parse().expect("seconds"));
    let named = value("--precision").unwrap_or_else(|| "int8".to_owned());
    let precision = [Precision::Int8, Precision::F32]
        .into_iter()
        .find(|precision| precision.name() == named)
        .expect("--precision int8 or f32");
    let settings = Settings {
        precision,
        threads: options.threads,
        ..Settings::default()
    };
    let bundle = Bundle::embedded().expect("the embedded bundle loads");
    let analyzer = Arc::new(Analyzer::new(bundle, settings).expect("the analyzer starts"));
    let setting = json!({
        "model": analyzer.manifest().name,
        "model_version": analyzer.manifest().version,
        "precision": analyzer.precision(),
        "threads": options.threads,
        "isa": format!("{:?}", Isa::detect()),
        "cpu": cpu(),
        "unix_s": SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs()),
        "rounds": options.rounds,
        "seconds": seconds,
    });
    println!("{setting}");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let measured = runtime.block_on(measure(analyzer, options.rounds, seconds));
    if let Some(path) = value("--json") {
        let (closed, open) = measured;
        let all = json!({ "setting": setting, "closed": closed, "open": open });
        std::fs::write(path, format!("{all:#}\n")).expect("a file that can be written");
    }
}

/// The closed loops and the open ones.
async fn measure(analyzer: Arc<Analyzer>, rounds: usize, seconds: f64) -> (Vec<Value>, Vec<Value>) {
    let settings = server::Settings {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        ..server::Settings::default()
    };
    let listener = server::listen(&settings).await.expect("a free port");
    let uri = format!("http://{}", listener.local_addr().expect("an address"));
    let (shutdown, signal) = oneshot::channel::<()>();
    let served = analyzer.clone();
    let serving = tokio::spawn(async move {
        let signal = async { drop(signal.await) };
        server::serve(listener, served, &settings, signal).await
    });
    let client = Client::connect(uri).await.expect("the server answers");
    let grpc = Door::Grpc(client.max_decoding_message_size(usize::MAX));
    let direct = Door::Direct(analyzer);

    closed(&grpc, 4, seconds).await; // warms up
    println!(
        "closed loop: callers  gRPC articles/s  in process  gRPC/in process (median of pairs)"
    );
    let mut loops = Vec::new();
    let mut saturated = 0.0_f64;
    for callers in CALLERS {
        let (mut ours, mut bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            let a = closed(&grpc, callers, seconds).await;
            let b = closed(&direct, callers, seconds).await;
            ratios.push(a / b);
            ours.push(a);
            bare.push(b);
        }
        let (a, b, ratio) = (median(&mut ours), median(&mut bare), median(&mut ratios));
        saturated = saturated.max(a);
        println!("{callers:>20}  {a:>15.1}  {b:>10.1}  {ratio:>15.3}");
        loops.push(json!({ "callers": callers, "grpc": ours, "in_process": bare, "ratio": ratio }));
    }

    println!("open loop: load  articles/s  calls  refused  p50 ms   p90   p99   most");
    let mut open_loops = Vec::new();
    for load in LOADS {
        let rate = load * saturated;
        let (mut latencies, refused) = open(&grpc, rate, seconds * OPEN).await;
        let percentiles: Vec<f64> = (0..=100).map(|p| percentile(&mut latencies, p)).collect();
        let calls = latencies.len() + refused;
        // A percentile of fewer calls than these is one call's luck.
        let p99 = (calls >= 200).then(|| format!("{:.0}", percentiles[99]));
        println!(
            "{:>14.0}%  {rate:>10.1}  {calls:>5}  {refused:>7}  {:>6.0}  {:>4.0}  {:>4}  {:>5.0}",
            load * 100.0,
            percentiles[50],
            percentiles[90],
            p99.as_deref().unwrap_or("-"),
            percentiles[100]
        );
        open_loops.push(json!({
            "load": load, "rate": rate, "calls": calls, "refused": refused, "percentiles_ms": percentiles,
        }));
    }
    drop(shutdown);
    let ended = serving.await.expect("no panics");
    ended.expect("the server ends well");
    (loops, open_loops)
}

impl Door {
    /// Whether there was an answer; the only refusal that is borne is that of a full queue.
    async fn call(&mut self, text: String) -> bool {
        match self {
            Door::Grpc(client) => {
                let article = Some(Article {
                    text,
                    ..Article::default()
                });
                let request = AnalyzeRequest {
                    article,
                    ..AnalyzeRequest::default()
                };
                match client.analyze(request).await {
                    Ok(_) => true,
                    Err(status) if status.code() == tonic::Code::ResourceExhausted => false,
                    Err(status) => panic!("{status}"),
                }
            }
            Door::Direct(analyzer) => analyzer.analyze(corpus::request(text), None).await.is_ok(),
        }
    }
}

/// Articles per second with `callers` at once, between the first answer of a window and the last. What is in flight when
/// it ends is given up, which takes it out of the queue.
async fn closed(door: &Door, callers: usize, seconds: f64) -> f64 {
    let texts = Arc::new(corpus::texts());
    let next = Arc::new(AtomicUsize::new(0));
    let answers = Arc::new(Mutex::new(Vec::new()));
    let mut running = JoinSet::new();
    for _ in 0..callers {
        let mut door = door.clone();
        let (texts, next, answers) = (texts.clone(), next.clone(), answers.clone());
        running.spawn(async move {
            loop {
                let text = texts[next.fetch_add(1, Ordering::Relaxed) % texts.len()].clone();
                assert!(door.call(text).await, "refused");
                answers.lock().expect("no panics").push(Instant::now());
            }
        });
    }
    let window = Duration::from_secs_f64(seconds);
    if let Ok(ended) = tokio::time::timeout(window, running.join_next()).await {
        panic!("a caller ended: {ended:?}");
    }
    let answers = std::mem::take(&mut *answers.lock().expect("no panics"));
    running.shutdown().await;
    // The batches that the workers have in hand are finished all the same.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let [first, .., last] = answers[..] else {
        panic!("fewer than two answers: give more --seconds");
    };
    (answers.len() - 1) as f64 / (last - first).as_secs_f64()
}

/// Latencies in milliseconds of calls that arrive at `rate` per second for `seconds`, and the number of the refused.
async fn open(door: &Door, rate: f64, seconds: f64) -> (Vec<f64>, usize) {
    let texts = corpus::texts();
    let mut calls = JoinSet::new();
    let started = Instant::now();
    let mut gaps = Gaps::new(rate);
    let mut arrival = gaps.next();
    while arrival < seconds {
        let planned = started + Duration::from_secs_f64(arrival);
        tokio::time::sleep_until(planned.into()).await;
        let mut door = door.clone();
        let text = texts[calls.len() % texts.len()].clone();
        calls.spawn(async move {
            let answered = door.call(text).await;
            answered.then(|| planned.elapsed().as_secs_f64() * 1e3)
        });
        arrival += gaps.next();
    }
    let results = calls.join_all().await;
    let latencies: Vec<f64> = results.iter().copied().flatten().collect();
    let refused = results.len() - latencies.len();
    (latencies, refused)
}

/// Exponential gaps, the same in each run: SplitMix64 (Steele et al., OOPSLA 2014) through the inverse distribution.
struct Gaps {
    state: u64,
    rate: f64,
}

impl Gaps {
    fn new(rate: f64) -> Self {
        Self { state: 1, rate }
    }

    /// Seconds to the next arrival.
    fn next(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let uniform = ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
        -(1.0 - uniform).ln() / self.rate
    }
}

/// The nearest rank.
fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * percent).div_ceil(100).max(1);
    values.get(rank - 1).copied().unwrap_or(f64::NAN)
}

/// The processor's name, where the system tells it.
fn cpu() -> Option<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
