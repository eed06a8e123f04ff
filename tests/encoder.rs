//! The encoder against PyTorch's numbers (`tests/reference`) and against its own laws.

use std::{fs, path::PathBuf};

use candle_core::Device;
use dateline::model::{
    encoder::{Compute, Encoder, EncoderConfig, Packed},
    kernels::{Threads, simd::Isa},
    weights::Weights,
};
use safetensors::SafeTensors;

/// Largest difference to PyTorch's hidden states that is accepted.
const TOLERANCE: f32 = 1e-4;

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

fn load(model: &str, prefix: &str, fused: bool) -> Encoder {
    let config =
        EncoderConfig::parse(&fs::read(folder(model).join("config.json")).unwrap()).unwrap();
    let bytes = fs::read(folder(model).join("model.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let weights = Weights::new(&tensors, Device::Cpu).under(prefix);
    if fused {
        Encoder::load(config, weights).unwrap()
    } else {
        Encoder::load_composed(config, weights).unwrap()
    }
}

fn forward(encoder: &Encoder, sequences: &[Vec<u32>], compute: Compute) -> Vec<f32> {
    let mut batch = Packed::default();
    sequences.iter().for_each(|ids| batch.push(ids));
    encoder
        .forward(&batch, compute)
        .unwrap()
        .flatten_all()
        .unwrap()
        .to_vec1()
        .unwrap()
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
        for fused in [true, false] {
            let encoder = load(model, prefix, fused);
            for isa in Isa::available() {
                let got = forward(&encoder, &reference.sequences, Compute { isa, ..compute() });
                assert_close(&got, &want, &format!("{model}, fused {fused}, {isa:?}"));
            }
        }
    }
}

#[test]
fn a_sequence_alone_equals_the_sequence_in_any_batch_bit_for_bit() {
    for (model, prefix) in MODELS {
        let encoder = load(model, prefix, true);
        let sequences = reference(model).sequences;
        let alone: Vec<Vec<f32>> = sequences
            .iter()
            .map(|s| forward(&encoder, std::slice::from_ref(s), compute()))
            .collect();
        assert_eq!(
            forward(&encoder, &sequences, compute()),
            alone.concat(),
            "{model}"
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
            "{model}, turned, two threads"
        );
    }
}

#[test]
fn what_the_tables_do_not_hold_is_an_error() {
    let encoder = load("bert-tiny", "bert.", true);
    let config = encoder.config().clone();
    let too_long = vec![5; config.max_tokens() + 1];
    for ids in [vec![], vec![config.vocabulary as u32], too_long] {
        let mut batch = Packed::default();
        batch.push(&ids);
        assert!(
            encoder.forward(&batch, compute()).is_err(),
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
        Encoder::load(config, weights).err().unwrap().to_string()
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
