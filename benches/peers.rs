//! Our side of the comparison with other engines: runs the encoder on token ids when it is told to.
//!
//! `benches/peers/run.sh` builds and drives it, in turn with PyTorch, ONNX Runtime and OpenVINO; by itself it only says so.
//! Arguments: a folder with `config.json` and `model.safetensors`, and a JSON file with a list of ids for each text. It
//! then reads a [`Command`] a line from standard input and answers each with a line of JSON, until the input ends.

use std::{
    io::{BufRead, Write},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use candle_core::Device;
use dateline::model::{
    encoder::{Compute, Encoder, EncoderConfig, Packed, Precision, Workspace},
    kernels::{Threads, simd::Isa},
    weights::Weights,
};
use safetensors::SafeTensors;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Command {
    /// Runs batches of texts, given by their numbers, and answers with the seconds of all and of each.
    Run {
        precision: String,
        /// Threads of one forward pass.
        threads: usize,
        /// Batches that run side by side, as the service's workers do.
        workers: usize,
        batches: Vec<Vec<usize>>,
    },
    /// Writes the mean of the last hidden states of each text, `[texts, hidden]` f32, little-endian, to a file.
    States { precision: String, path: String },
}

/// The encoder in each precision that there is.
struct Engines([(&'static str, Encoder); 2]);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, ids] = arguments.as_slice() else {
        println!("The comparison with other engines is run by benches/peers/run.sh.");
        return;
    };
    let engines = Engines::load(Path::new(folder));
    let texts: Vec<Vec<u32>> =
        serde_json::from_slice(&std::fs::read(ids).expect("the file of ids"))
            .expect("lists of ids");
    let precisions: Vec<&str> = engines.0.iter().map(|(name, _)| *name).collect();
    let mut workspaces: Vec<Workspace> = Vec::new();
    answer(json!({ "precisions": precisions, "isa": format!("{:?}", Isa::detect()) }));
    for line in std::io::stdin().lock().lines() {
        match serde_json::from_str(&line.expect("a line")).expect("a command") {
            Command::Run {
                precision,
                threads,
                workers,
                batches,
            } => {
                let encoder = engines.named(&precision);
                // As the service's workers, they keep their memory from batch to batch.
                workspaces.resize_with(workers, Workspace::default);
                let (seconds, each) = run(encoder, &texts, threads, &mut workspaces, &batches);
                answer(json!({ "seconds": seconds, "each": each }));
            }
            Command::States { precision, path } => {
                let encoder = engines.named(&precision);
                let bytes: Vec<u8> = texts
                    .iter()
                    .flat_map(|ids| mean_state(encoder, ids))
                    .flat_map(f32::to_le_bytes)
                    .collect();
                std::fs::write(path, bytes).expect("a file that can be written");
                answer(json!({ "texts": texts.len() }));
            }
        }
    }
}

fn answer(line: serde_json::Value) {
    println!("{line}");
    std::io::stdout().flush().expect("someone who listens");
}

impl Engines {
    fn load(folder: &Path) -> Self {
        let read = |name: &str| std::fs::read(folder.join(name)).expect(name);
        let config = EncoderConfig::parse(&read("config.json")).expect("config.json");
        let weights = read("model.safetensors");
        let tensors = SafeTensors::deserialize(&weights).expect("model.safetensors");
        const WORDS: &str = "embeddings.word_embeddings.weight";
        let names = tensors.names();
        let prefix = names.iter().find_map(|name| name.strip_suffix(WORDS));
        let prefix = prefix.expect("an encoder");
        Self([Precision::Int8, Precision::F32].map(|precision| {
            let weights = Weights::new(&tensors, Device::Cpu).under(prefix);
            let encoder = Encoder::load(config.clone(), weights, precision);
            (precision.name(), encoder.expect("the weights fit"))
        }))
    }

    fn named(&self, precision: &str) -> &Encoder {
        let mut engines = self.0.iter();
        let found = engines.find(|(name, _)| *name == precision);
        &found.expect("one of the precisions told at the start").1
    }
}

/// Seconds of all batches and of each; a worker for each workspace.
fn run(
    encoder: &Encoder,
    texts: &[Vec<u32>],
    threads: usize,
    workspaces: &mut [Workspace],
    batches: &[Vec<usize>],
) -> (f64, Vec<f64>) {
    let each = Mutex::new(vec![0.0; batches.len()]);
    let next = AtomicUsize::new(0);
    let work = |workspace: &mut Workspace| {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(batch) = batches.get(at) else {
                return;
            };
            let started = Instant::now();
            let sequences = batch.iter().map(|text| texts[*text].as_slice());
            std::hint::black_box(forward(encoder, sequences, threads, workspace));
            each.lock().expect("no panics")[at] = started.elapsed().as_secs_f64();
        }
    };
    let started = Instant::now();
    std::thread::scope(|scope| {
        for workspace in workspaces {
            scope.spawn(|| work(workspace));
        }
    });
    (
        started.elapsed().as_secs_f64(),
        each.into_inner().expect("no panics"),
    )
}

/// `[hidden]`
fn mean_state(encoder: &Encoder, ids: &[u32]) -> Vec<f32> {
    let mut workspace = Workspace::default();
    let states = forward(encoder, std::iter::once(ids), 1, &mut workspace);
    let mut mean = vec![0.0; encoder.config().hidden];
    for state in states.chunks_exact(mean.len()) {
        for (mean, x) in mean.iter_mut().zip(state) {
            *mean += x / ids.len() as f32;
        }
    }
    mean
}

/// `[tokens, hidden]`
fn forward<'a, 'w>(
    encoder: &Encoder,
    sequences: impl Iterator<Item = &'a [u32]>,
    threads: usize,
    workspace: &'w mut Workspace,
) -> &'w [f32] {
    let mut batch = Packed::default();
    sequences.for_each(|ids| batch.push(ids));
    let compute = Compute {
        isa: Isa::detect(),
        threads: Threads(threads),
    };
    let states = encoder.forward(&batch, compute, workspace);
    states.expect("ids of the model")
}
