//! The encoder against PyTorch's numbers (`tests/reference`) and against its own laws.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::LazyLock};

use candle_core::Device;
use dateline::model::{
    encoder::{Compute, Encoder, EncoderConfig, Packed, Precision, Workspace},
    kernels::{Threads, simd::Isa},
    weights::Weights,
};
use half::f16;
use proptest::prelude::*;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// Largest difference to PyTorch's hidden states that is accepted.
const TOLERANCE: f32 = 1e-4;
/// Least cosine between a sequence's mean state in int8 and in f32.
const LIKENESS: f64 = 0.99;

const MODELS: [(&str, &str); 2] = [("bert-tiny", "bert."), ("xlm-roberta-tiny", "roberta.")];

#[derive(serde::Deserialize)]
struct Reference {
    sequences: Vec<Vec<u32>>,
    hidden: Vec<Vec<f32>>,
}

fn folder(model: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/reference")
        .join(model)
}

fn reference(model: &str) -> Reference {
    serde_json::from_slice(&fs::read(folder(model).join("reference.json")).unwrap()).unwrap()
}

/// Who computes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Engine {
    Int8,
    /// f32 with our kernels.
    Fused,
    /// f32 with candle's operations.
    Composed,
}

fn load(model: &str, prefix: &str, engine: Engine) -> Encoder {
    let bytes = fs::read(folder(model).join("model.safetensors")).unwrap();
    load_bytes(model, prefix, engine, &bytes)
}

fn load_bytes(model: &str, prefix: &str, engine: Engine, bytes: &[u8]) -> Encoder {
    let config =
        EncoderConfig::parse(&fs::read(folder(model).join("config.json")).unwrap()).unwrap();
    let tensors = SafeTensors::deserialize(bytes).unwrap();
    let weights = Weights::new(&tensors, Device::Cpu).under(prefix);
    match engine {
        Engine::Int8 => Encoder::load(config, weights, Precision::Int8),
        Engine::Fused => Encoder::load(config, weights, Precision::F32),
        Engine::Composed => Encoder::load_composed(config, weights),
    }
    .unwrap()
}

fn forward(encoder: &Encoder, sequences: &[Vec<u32>], compute: Compute) -> Vec<f32> {
    let mut batch = Packed::default();
    sequences.iter().for_each(|ids| batch.push(ids));
    encoder
        .forward(&batch, compute, &mut Workspace::default())
        .unwrap()
        .to_vec()
}

fn compute() -> Compute {
    Compute {
        isa: Isa::detect(),
        threads: Threads::ONE,
    }
}

/// Reports the first difference, then the lengths.
fn assert_close(got: &[f32], want: &[f32], what: &str) {
    for (i, (got, want)) in got.iter().zip(want).enumerate() {
        assert!(
            (got - want).abs() <= TOLERANCE,
            "{what}: element {i} is {got}, not {want}"
        );
    }
    assert_eq!(got.len(), want.len(), "{what}");
}

#[test]
fn hidden_states_equal_pytorchs() {
    for (model, prefix) in MODELS {
        let reference = reference(model);
        let want = reference.hidden.concat();
        for engine in [Engine::Fused, Engine::Composed] {
            let encoder = load(model, prefix, engine);
            for isa in Isa::available() {
                let got = forward(&encoder, &reference.sequences, Compute { isa, ..compute() });
                assert_close(&got, &want, &format!("{model}, {engine:?}, {isa:?}"));
            }
        }
    }
}

/// Mean of a sequence's rows in each of two results, and the cosine between the two.
fn likeness(a: &[f32], b: &[f32], hidden: usize) -> f64 {
    let mean = |x: &[f32]| -> Vec<f64> {
        (0..hidden)
            .map(|i| x.iter().skip(i).step_by(hidden).map(|x| *x as f64).sum())
            .collect()
    };
    let (a, b) = (mean(a), mean(b));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
}

#[test]
fn int8_is_close_to_f32() {
    for (model, prefix) in MODELS {
        let reference = reference(model);
        let encoder = load(model, prefix, Engine::Int8);
        let hidden = encoder.config().hidden;
        let got = forward(&encoder, &reference.sequences, compute());
        let mut at = 0;
        for (ids, want) in reference.sequences.iter().zip(&reference.hidden) {
            let end = at + ids.len() * hidden;
            let likeness = likeness(&got[at..end], want, hidden);
            assert!(
                likeness >= LIKENESS,
                "{model}, {} tokens: {likeness}",
                ids.len()
            );
            at = end;
        }
    }
}

/// f32 rests on a library whose kernels differ by instruction set.
#[test]
fn int8_gives_the_same_bits_on_every_instruction_set_and_any_number_of_threads() {
    for (model, prefix) in MODELS {
        let encoder = load(model, prefix, Engine::Int8);
        let sequences = reference(model).sequences;
        let want = forward(&encoder, &sequences, compute());
        for isa in Isa::available() {
            for threads in [1, 2, 3].map(Threads) {
                let got = forward(&encoder, &sequences, Compute { isa, threads });
                assert!(got == want, "{model}, {isa:?}, {threads:?}");
            }
        }
    }
}

#[test]
fn a_sequence_alone_equals_the_sequence_in_any_batch_bit_for_bit() {
    for (model, prefix) in MODELS {
        for engine in [Engine::Int8, Engine::Fused] {
            let encoder = load(model, prefix, engine);
            let sequences = reference(model).sequences;
            let alone: Vec<Vec<f32>> = sequences
                .iter()
                .map(|s| forward(&encoder, std::slice::from_ref(s), compute()))
                .collect();
            assert_eq!(
                forward(&encoder, &sequences, compute()),
                alone.concat(),
                "{model}, {engine:?}"
            );
            let mut turned = sequences.clone();
            turned.reverse();
            let mut expected: Vec<_> = alone.clone();
            expected.reverse();
            let threads = Compute {
                threads: Threads(2),
                ..compute()
            };
            assert_eq!(
                forward(&encoder, &turned, threads),
                expected.concat(),
                "{model}, {engine:?}, turned, two threads"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn int8_batches_of_any_lengths_are_their_sequences(
        lengths in prop::collection::vec(1usize..=40, 1..8),
        isa in prop::sample::select(Isa::available()),
        threads in 1usize..=3,
        seed in any::<u32>(),
    ) {
        static ENCODER: LazyLock<Encoder> = LazyLock::new(|| load(MODELS[1].0, MODELS[1].1, Engine::Int8));
        let config = ENCODER.config();
        let sequences: Vec<Vec<u32>> = lengths
            .iter()
            .enumerate()
            .map(|(s, n)| {
                let id = |i: usize| seed.wrapping_add((s * 31 + i * 17) as u32) % config.vocabulary as u32;
                (0..*n.min(&config.max_tokens())).map(id).collect()
            })
            .collect();
        let alone: Vec<f32> = sequences
            .iter()
            .flat_map(|s| forward(&ENCODER, std::slice::from_ref(s), compute()))
            .collect();
        let compute = Compute { isa, threads: Threads(threads) };
        let same = forward(&ENCODER, &sequences, compute) == alone;
        prop_assert!(same);
    }
}

#[test]
fn a_workspace_carries_nothing_over() {
    for engine in [Engine::Int8, Engine::Fused] {
        let encoder = load("bert-tiny", "bert.", engine);
        let mut workspace = Workspace::default();
        let mut sequences = reference("bert-tiny").sequences;
        sequences.sort_by_key(|s| std::cmp::Reverse(s.len()));
        for ids in &sequences {
            let mut batch = Packed::default();
            batch.push(ids);
            let got = encoder.forward(&batch, compute(), &mut workspace).unwrap();
            assert_eq!(got, forward(&encoder, std::slice::from_ref(ids), compute()));
        }
    }
}

/// A matrix in int8: values, scales (f16) and what they stand for, little-endian.
struct Narrowed {
    name: String,
    shape: Vec<usize>,
    values: Vec<u8>,
    scales: Vec<u8>,
    widened: Vec<u8>,
}

impl Narrowed {
    fn new(name: String, view: &TensorView<'_>) -> Self {
        assert_eq!(view.dtype(), Dtype::F32);
        let table: Vec<f32> = view
            .data()
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
            .collect();
        let shape = view.shape().to_vec();
        let (mut values, mut scales, mut widened) = (Vec::new(), Vec::new(), Vec::new());
        for row in table.chunks_exact(shape[1]) {
            let largest = row.iter().fold(0.0f32, |largest, x| largest.max(x.abs()));
            let scale = f16::from_f32((largest / 127.0).max(1e-6));
            let value = |x: &f32| (x / scale.to_f32()).round().clamp(-127.0, 127.0) as i8;
            values.extend(row.iter().map(|x| value(x) as u8));
            let wide = row.iter().map(|x| scale.to_f32() * f32::from(value(x)));
            widened.extend(wide.flat_map(f32::to_le_bytes));
            scales.extend(scale.to_le_bytes());
        }
        Self {
            name,
            shape,
            values,
            scales,
            widened,
        }
    }
}

/// The file with its word embeddings and dense layers stored anew: `(I8 with a scale per row, the same numbers as F32)`.
fn with_int8_matrices(model: &str) -> (Vec<u8>, Vec<u8>) {
    let bytes = fs::read(folder(model).join("model.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let mut views: BTreeMap<String, TensorView<'_>> = tensors.tensors().into_iter().collect();
    let narrowed: Vec<Narrowed> = views
        .iter()
        .filter(|(name, view)| {
            let kept = ["position_embeddings", "token_type_embeddings", "pooler"];
            view.shape().len() == 2 && !kept.iter().any(|part| name.contains(part))
        })
        .map(|(name, view)| Narrowed::new(name.clone(), view))
        .collect();
    assert!(narrowed.len() > 6);
    let mut store = |pick: fn(&Narrowed) -> (Dtype, &[u8])| {
        for matrix in &narrowed {
            let (dtype, data) = pick(matrix);
            let view = TensorView::new(dtype, matrix.shape.clone(), data).unwrap();
            views.insert(matrix.name.clone(), view);
            let scale = matrix.name.replace(".weight", ".scale");
            let view = TensorView::new(Dtype::F16, vec![matrix.shape[0]], &matrix.scales).unwrap();
            views.insert(scale, view);
        }
        safetensors::serialize(&views, None).unwrap()
    };
    let narrow = store(|m| (Dtype::I8, &m.values));
    (narrow, store(|m| (Dtype::F32, &m.widened)))
}

#[test]
fn matrices_stored_in_int8_are_what_they_stand_for() {
    for (model, prefix) in MODELS {
        let (narrow, wide) = with_int8_matrices(model);
        let sequences = reference(model).sequences;
        for engine in [Engine::Int8, Engine::Fused, Engine::Composed] {
            let run = |bytes: &[u8]| {
                let encoder = load_bytes(model, prefix, engine, bytes);
                forward(&encoder, &sequences, compute())
            };
            assert!(run(&narrow) == run(&wide), "{model}, {engine:?}");
        }
    }
}

#[test]
fn what_the_tables_do_not_hold_is_an_error() {
    let encoder = load("bert-tiny", "bert.", Engine::Int8);
    let config = encoder.config().clone();
    let too_long = vec![5; config.max_tokens() + 1];
    for ids in [vec![], vec![config.vocabulary as u32], too_long] {
        let mut batch = Packed::default();
        batch.push(&ids);
        assert!(
            encoder
                .forward(&batch, compute(), &mut Workspace::default())
                .is_err(),
            "{} tokens",
            ids.len()
        );
    }
}

#[test]
fn missing_and_misshapen_tensors_are_named() {
    let config =
        EncoderConfig::parse(&fs::read(folder("bert-tiny").join("config.json")).unwrap()).unwrap();
    let bytes = fs::read(folder("bert-tiny").join("model.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let error = |config: EncoderConfig, prefix: &str| {
        let weights = Weights::new(&tensors, Device::Cpu).under(prefix);
        let loaded = Encoder::load(config, weights, Precision::Int8);
        loaded.err().unwrap().to_string()
    };
    assert!(
        error(config.clone(), "roberta.").contains("roberta.embeddings.word_embeddings.weight")
    );
    let wider = EncoderConfig {
        intermediate: 256,
        ..config
    };
    assert!(error(wider, "bert.").contains("bert.encoder.layer.0.intermediate.dense.weight"));
}
