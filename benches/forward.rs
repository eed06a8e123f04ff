//! Tokens per second of the encoder: ours against candle-transformers' `BertModel` on the same weights, in one run.
//!
//! `cargo bench --bench forward [-- --threads N --rounds N]`. The engines take turns, round by round, so that a machine
//! whose speed drifts does not favour one of them; medians and the ratio of each pair are printed.

mod support;

use std::time::Instant;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config, HiddenAct};
use dateline::model::{
    Bundle,
    encoder::{Compute, Encoder, EncoderConfig, Packed},
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
    let ours = Encoder::load(
        config.clone(),
        Weights::new(&tensors, Device::Cpu).under(prefix),
    )
    .unwrap();
    let stock = stock(&config, weights, prefix);

    println!(
        "encoder of {}: {} layers x {}",
        bundle.manifest().name,
        config.layers,
        config.hidden
    );
    println!(
        "{} threads, {:?}, {} rounds, sequences of 16..512 tokens",
        options.threads,
        Isa::detect(),
        options.rounds
    );
    println!("batch  tokens  ours tokens/s  stock tokens/s  ours/stock (median of pairs)");
    for batch in [1, 8, 32] {
        let sequences = sequences(batch, &config);
        let tokens: usize = sequences.iter().map(Vec::len).sum();
        let (mut ours_s, mut stock_s, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        // The first round warms up and is not counted.
        for round in 0..=options.rounds {
            let a = time(|| run_ours(&ours, &sequences, options.threads));
            let b = time(|| run_stock(&stock, &sequences, config.pad_token));
            if round > 0 {
                ratios.push(b / a);
                ours_s.push(tokens as f64 / a);
                stock_s.push(tokens as f64 / b);
            }
        }
        println!(
            "{batch:>5}  {tokens:>6}  {:>13.0}  {:>14.0}  {:>10.2}",
            median(&mut ours_s),
            median(&mut stock_s),
            median(&mut ratios)
        );
    }
}

/// Lengths of news articles in tokens: 16 to 512, mean about 350.
fn lengths(count: usize) -> Vec<usize> {
    const LENGTHS: [usize; 16] = [
        354, 512, 128, 420, 512, 260, 480, 16, 390, 512, 310, 450, 205, 512, 96, 500,
    ];
    (0..count).map(|i| LENGTHS[i % LENGTHS.len()]).collect()
}

/// Ids that mean nothing: the encoder's time does not depend on them.
fn sequences(batch: usize, config: &EncoderConfig) -> Vec<Vec<u32>> {
    lengths(batch)
        .into_iter()
        .map(|n| {
            (0..n.min(config.max_tokens()))
                .map(|i| (10 + i * 37 % (config.vocabulary - 10)) as u32)
                .collect()
        })
        .collect()
}

fn stock(config: &EncoderConfig, weights: &[u8], prefix: &str) -> BertModel {
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
    let vb = VarBuilder::from_slice_safetensors(weights, DType::F32, &Device::Cpu).unwrap();
    BertModel::load(vb.pp(prefix.trim_end_matches('.')), &stock_config).unwrap()
}

fn run_ours(encoder: &Encoder, sequences: &[Vec<u32>], threads: usize) {
    let mut batch = Packed::default();
    sequences.iter().for_each(|ids| batch.push(ids));
    let compute = Compute {
        isa: Isa::detect(),
        threads: Threads(threads),
    };
    std::hint::black_box(encoder.forward(&batch, compute).unwrap());
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
