//! Tokens per second of the encoder: int8, f32 and candle-transformers' `BertModel` on the same weights, in one run.
//!
//! `cargo bench --bench forward [-- --threads N --rounds N]`. The engines take turns, round by round, so that a machine
//! whose speed drifts does not favour one of them; medians and the ratios within each round are printed.

mod support;

use std::time::Instant;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config, HiddenAct};
use dateline::model::{
    Bundle,
    encoder::{Compute, Encoder, EncoderConfig, Packed, Precision, Workspace},
    kernels::{Threads, simd::Isa},
    weights::Weights,
};
use safetensors::SafeTensors;

use support::{Options, median};

fn main() {
    let options = Options::parse();
    let bundle = Bundle::embedded().expect("the embedded bundle loads");
    let config = EncoderConfig::parse(bundle.required("config.json").unwrap()).unwrap();
    let weights = bundle.required("model.safetensors").unwrap();
    let tensors = SafeTensors::deserialize(weights).unwrap();
    let prefix = &bundle.manifest().encoder_prefix;
    let load = |precision| {
        let weights = Weights::new(&tensors, Device::Cpu).under(prefix);
        Encoder::load(config.clone(), weights, precision).unwrap()
    };
    let (int8, f32) = (load(Precision::Int8), load(Precision::F32));
    let stock = stock(&config, &tensors, prefix);

    println!(
        "encoder of {}: {} layers x {}",
        bundle.manifest().name,
        config.layers,
        config.hidden
    );
    println!(
        "{} threads, {:?}, {} rounds; medians",
        options.threads,
        Isa::detect(),
        options.rounds
    );
    against_stock(&int8, &f32, &stock, &config, &options);
    by_size(&int8, &f32, &config, &options);
}

/// Batches of articles of different lengths, on all threads.
fn against_stock(
    int8: &Encoder,
    f32: &Encoder,
    stock: &BertModel,
    config: &EncoderConfig,
    options: &Options,
) {
    println!("\nsequences of 16..512 tokens, tokens/s");
    println!("batch  tokens     int8      f32    stock  int8/f32  f32/stock");
    let mut workspace = Workspace::default();
    for batch in [1, 8, 32] {
        let sequences = sequences(batch, config);
        let tokens: usize = sequences.iter().map(Vec::len).sum();
        let mut rates: [Vec<f64>; 3] = Default::default();
        let mut ratios: [Vec<f64>; 2] = Default::default();
        // The first round warms up and is not counted.
        for round in 0..=options.rounds {
            let seconds = [
                time(|| run_ours(int8, &sequences, options.threads, &mut workspace)),
                time(|| run_ours(f32, &sequences, options.threads, &mut workspace)),
                time(|| run_stock(stock, &sequences, config.pad_token)),
            ];
            if round > 0 {
                for (rates, seconds) in rates.iter_mut().zip(seconds) {
                    rates.push(tokens as f64 / seconds);
                }
                for (ratios, pair) in ratios.iter_mut().zip(seconds.windows(2)) {
                    ratios.push(pair[1] / pair[0]);
                }
            }
        }
        let [int8, f32, stock] = rates.each_mut().map(|rates| median(rates));
        let [to_f32, to_stock] = ratios.each_mut().map(|ratios| median(ratios));
        println!(
            "{batch:>5}  {tokens:>6}  {int8:>7.0}  {f32:>7.0}  {stock:>7.0}  {to_f32:>8.2}  {to_stock:>9.2}"
        );
    }
}

/// Batches of sequences of one length: one pass on all threads, and passes side by side with a thread each. What is best
/// here is how the batcher splits its work.
fn by_size(int8: &Encoder, f32: &Encoder, config: &EncoderConfig, options: &Options) {
    println!("\nsequences of one length, tokens/s");
    println!(
        "length  batch  int8, side by side  int8, one pass  f32, one pass  side/one  int8/f32"
    );
    let mut workspaces: Vec<Workspace> =
        (0..options.threads).map(|_| Workspace::default()).collect();
    for length in [64, 256, 512] {
        for batch in [1, 2, 4, 16] {
            let tokens = batch * length;
            if tokens > 2048 {
                continue;
            }
            let sequences = vec![ids(length, config); batch];
            let mut rates: [Vec<f64>; 3] = Default::default();
            // The first round warms up and is not counted.
            for round in 0..=options.rounds {
                let side = time(|| {
                    std::thread::scope(|scope| {
                        for workspace in &mut workspaces {
                            let sequences = &sequences;
                            scope.spawn(move || run_ours(int8, sequences, 1, workspace));
                        }
                    });
                });
                let workspace = &mut workspaces[0];
                let one = time(|| run_ours(int8, &sequences, options.threads, workspace));
                let reference = time(|| run_ours(f32, &sequences, options.threads, workspace));
                if round > 0 {
                    rates[0].push((tokens * options.threads) as f64 / side);
                    rates[1].push(tokens as f64 / one);
                    rates[2].push(tokens as f64 / reference);
                }
            }
            let [side, one, reference] = rates.each_mut().map(|rates| median(rates));
            println!(
                "{length:>6}  {batch:>5}  {side:>18.0}  {one:>14.0}  {reference:>13.0}  {:>8.2}  {:>8.2}",
                side / one,
                one / reference
            );
        }
    }
}

/// Lengths of news articles in tokens: 16 to 512, mean about 350.
fn lengths(count: usize) -> Vec<usize> {
    const LENGTHS: [usize; 16] = [
        354, 512, 128, 420, 512, 260, 480, 16, 390, 512, 310, 450, 205, 512, 96, 500,
    ];
    (0..count).map(|i| LENGTHS[i % LENGTHS.len()]).collect()
}

fn sequences(batch: usize, config: &EncoderConfig) -> Vec<Vec<u32>> {
    lengths(batch).into_iter().map(|n| ids(n, config)).collect()
}

/// Ids that mean nothing: the encoder's time does not depend on them.
fn ids(count: usize, config: &EncoderConfig) -> Vec<u32> {
    (0..count.min(config.max_tokens()))
        .map(|i| (10 + i * 37 % (config.vocabulary - 10)) as u32)
        .collect()
}

fn stock(config: &EncoderConfig, tensors: &SafeTensors<'_>, prefix: &str) -> BertModel {
    let stock_config = Config {
        vocab_size: config.vocabulary,
        hidden_size: config.hidden,
        num_hidden_layers: config.layers,
        num_attention_heads: config.heads,
        intermediate_size: config.intermediate,
        hidden_act: HiddenAct::Gelu,
        max_position_embeddings: config.positions,
        type_vocab_size: config.token_types,
        layer_norm_eps: config.norm_eps,
        pad_token_id: config.pad_token as usize,
        ..Config::default()
    };
    // candle knows no I8: matrices stored so are widened for it.
    let widened = tensors
        .tensors()
        .into_iter()
        .filter(|(name, _)| name.starts_with(prefix) && !name.ends_with(".scale"))
        .map(|(name, view)| {
            let tensor = Weights::new(tensors, Device::Cpu)
                .get(view.shape(), &name)
                .unwrap();
            (name, tensor)
        })
        .collect();
    let vb = VarBuilder::from_tensors(widened, DType::F32, &Device::Cpu);
    BertModel::load(vb.pp(prefix.trim_end_matches('.')), &stock_config).unwrap()
}

fn run_ours(encoder: &Encoder, sequences: &[Vec<u32>], threads: usize, workspace: &mut Workspace) {
    let mut batch = Packed::default();
    sequences.iter().for_each(|ids| batch.push(ids));
    let compute = Compute {
        isa: Isa::detect(),
        threads: Threads(threads),
    };
    std::hint::black_box(encoder.forward(&batch, compute, workspace).unwrap());
}

/// The published model takes a padded batch and a mask; its threads are candle's own.
fn run_stock(model: &BertModel, sequences: &[Vec<u32>], pad: u32) {
    let longest = sequences.iter().map(Vec::len).max().unwrap_or(0);
    let padded = |fill: u32, one: Option<u32>| -> Vec<u32> {
        sequences
            .iter()
            .flat_map(|ids| {
                (0..longest).map(move |i| ids.get(i).map_or(fill, |id| one.unwrap_or(*id)))
            })
            .collect()
    };
    let shape = (sequences.len(), longest);
    let ids = Tensor::from_vec(padded(pad, None), shape, &Device::Cpu).unwrap();
    let mask = Tensor::from_vec(padded(0, Some(1)), shape, &Device::Cpu).unwrap();
    let types = ids.zeros_like().unwrap();
    std::hint::black_box(model.forward(&ids, &types, Some(&mask)).unwrap());
}

/// Seconds.
fn time(f: impl FnOnce()) -> f64 {
    let start = Instant::now();
    f();
    start.elapsed().as_secs_f64()
}
