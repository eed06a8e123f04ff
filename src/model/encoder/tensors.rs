//! The tensors of a layer, by the names of Hugging Face transformers.

use candle_core::{Result, Tensor};

use super::EncoderConfig;
use crate::model::weights::Weights;

/// Weight and bias of a dense layer (`[outputs, inputs]`, `[outputs]`) or of a normalisation (`[hidden]` both), f32.
pub struct Affine {
    pub weight: Tensor,
    pub bias: Tensor,
}

/// One transformer layer as it is stored.
pub struct LayerTensors {
    /// Query, key and value as one weight: `[3 * hidden, hidden]`.
    pub qkv: Affine,
    pub attention_output: Affine,
    pub attention_norm: Affine,
    pub intermediate: Affine,
    pub output: Affine,
    pub output_norm: Affine,
}

impl LayerTensors {
    /// # Errors
    /// A tensor is missing or has another shape than the configuration says.
    pub fn load(config: &EncoderConfig, weights: Weights<'_>) -> Result<Self> {
        let (hidden, inner) = (config.hidden, config.intermediate);
        let dense = |name: &str, outputs: usize, inputs: usize| -> Result<Affine> {
            let weights = weights.at(name);
            Ok(Affine {
                weight: weights.get((outputs, inputs), "weight")?,
                bias: weights.get(outputs, "bias")?,
            })
        };
        let norm = |name: &str| -> Result<Affine> {
            let weights = weights.at(name);
            Ok(Affine {
                weight: weights.get(hidden, "weight")?,
                bias: weights.get(hidden, "bias")?,
            })
        };
        let three = ["query", "key", "value"]
            .map(|name| dense(&format!("attention.self.{name}"), hidden, hidden));
        let [query, key, value] = three;
        let (query, key, value) = (query?, key?, value?);
        Ok(Self {
            qkv: Affine {
                weight: Tensor::cat(&[query.weight, key.weight, value.weight], 0)?,
                bias: Tensor::cat(&[query.bias, key.bias, value.bias], 0)?,
            },
            attention_output: dense("attention.output.dense", hidden, hidden)?,
            attention_norm: norm("attention.output.LayerNorm")?,
            intermediate: dense("intermediate.dense", inner, hidden)?,
            output: dense("output.dense", hidden, inner)?,
            output_norm: norm("output.LayerNorm")?,
        })
    }
}
