//! The forward pass in f32, as candle operations: the reference for int8, and what runs on other devices.

use candle_core::{Device, Result, Tensor};

use super::{
    Compute, EncoderConfig, Packed,
    embeddings::{Embeddings, Words},
    op::{self, Dense, LayerNorm},
    tensors::{Affine, LayerTensors},
};
use crate::model::{kernels::activation::Activation, weights::Weights};

/// Embeddings and layers.
pub struct Float {
    embeddings: Source,
    layers: Vec<Layer>,
    device: Device,
    /// Our kernels (CPU) or candle's operations (any device; the plain reference on a CPU).
    fused: bool,
}

/// Where the first states come from.
enum Source {
    Fused(Embeddings),
    Composed(Composed),
}

/// The embeddings in candle's operations, on any device.
struct Composed {
    /// `[vocabulary, hidden]`, f32
    words: Tensor,
    /// `[positions, hidden]`, with the first token type's row added.
    positions: Tensor,
    first: u32,
    norm: LayerNorm,
}

impl Float {
    /// # Errors
    /// A tensor is missing or has another shape than the configuration says.
    pub fn load(config: &EncoderConfig, weights: &Weights<'_>, fused: bool) -> Result<Self> {
        let embeddings = weights.at("embeddings");
        let embeddings = match fused {
            true => Source::Fused(Embeddings::load(config, embeddings)?),
            false => Source::Composed(Composed::load(config, embeddings)?),
        };
        let layers = (0..config.layers).map(|i| {
            let weights = weights.at("encoder.layer").at(i);
            Layer::new(config, LayerTensors::load(config, weights)?, fused)
        });
        Ok(Self {
            embeddings,
            layers: layers.collect::<Result<_>>()?,
            device: weights.device().clone(),
            fused,
        })
    }

    /// The last hidden states of a checked batch: `[tokens, hidden]`.
    ///
    /// # Errors
    /// A fault of the device.
    pub fn forward(&self, batch: &Packed, compute: Compute) -> Result<Tensor> {
        let mut x = match &self.embeddings {
            Source::Fused(embeddings) => {
                let (tokens, hidden) = (batch.ids.len(), embeddings.hidden());
                let mut states = vec![0.0; tokens * hidden];
                embeddings.forward(batch, &mut states, compute);
                Tensor::from_vec(states, (tokens, hidden), &self.device)?
            }
            Source::Composed(embeddings) => embeddings.forward(batch, &self.device, compute)?,
        };
        for layer in &self.layers {
            x = layer.forward(&x, batch, self.fused, compute)?;
        }
        Ok(x)
    }
}

impl Composed {
    fn load(config: &EncoderConfig, weights: Weights<'_>) -> Result<Self> {
        let hidden = config.hidden;
        let table = Words::load(config, &weights)?;
        let mut words = vec![0.0; config.vocabulary * hidden];
        for (id, row) in words.chunks_exact_mut(hidden).enumerate() {
            table.widen(id, row);
        }
        let positions = weights.get((config.positions, hidden), "position_embeddings.weight")?;
        let types = weights.get((config.token_types, hidden), "token_type_embeddings.weight")?;
        Ok(Self {
            words: Tensor::from_vec(words, (config.vocabulary, hidden), weights.device())?,
            positions: positions.broadcast_add(&types.narrow(0, 0, 1)?)?,
            first: config.first_position() as u32,
            norm: LayerNorm::new(
                weights.get(hidden, "LayerNorm.weight")?,
                weights.get(hidden, "LayerNorm.bias")?,
                config.norm_eps,
                false,
            )?,
        })
    }

    /// `[tokens, hidden]`
    fn forward(&self, batch: &Packed, device: &Device, compute: Compute) -> Result<Tensor> {
        let positions: Vec<u32> = batch.places.iter().map(|p| self.first + p).collect();
        let positions = self
            .positions
            .index_select(&Tensor::new(positions, device)?, 0)?;
        let words = self
            .words
            .index_select(&Tensor::new(batch.ids.as_slice(), device)?, 0)?;
        self.norm.add_forward(words, &positions, compute)
    }
}

/// One transformer layer.
struct Layer {
    /// Query, key and value as one weight: `[3 * hidden, hidden]`.
    qkv: Dense,
    heads: usize,
    attention_output: Dense,
    attention_norm: LayerNorm,
    intermediate: Dense,
    activation: Activation,
    output: Dense,
    output_norm: LayerNorm,
}

impl Layer {
    fn new(config: &EncoderConfig, tensors: LayerTensors, fused: bool) -> Result<Self> {
        let dense = |t: Affine| Dense::new(t.weight, t.bias, fused);
        let norm = |t: Affine| LayerNorm::new(t.weight, t.bias, config.norm_eps, fused);
        Ok(Self {
            qkv: dense(tensors.qkv)?,
            heads: config.heads,
            attention_output: dense(tensors.attention_output)?,
            attention_norm: norm(tensors.attention_norm)?,
            intermediate: dense(tensors.intermediate)?,
            activation: config.activation,
            output: dense(tensors.output)?,
            output_norm: norm(tensors.output_norm)?,
        })
    }

    /// `x`: `[tokens, hidden]`; returns the same shape.
    fn forward(&self, x: &Tensor, batch: &Packed, fused: bool, compute: Compute) -> Result<Tensor> {
        let qkv = self.qkv.forward(x, None, compute)?;
        let attended = op::attention(&qkv, &batch.lengths, self.heads, fused, compute)?;
        let attended = self.attention_output.forward(&attended, None, compute)?;
        let x = self.attention_norm.add_forward(attended, x, compute)?;
        let inner = self
            .intermediate
            .forward(&x, Some(self.activation), compute)?;
        let outer = self.output.forward(&inner, None, compute)?;
        self.output_norm.add_forward(outer, &x, compute)
    }
}
