//! The packed encoder of the BERT / XLM-R family: all sequences of a batch one after the other, no padding anywhere.
//!
//! Post-norm transformer layers (Devlin et al., arXiv 1810.04805; Conneau et al., arXiv 1911.02116), tensor names as in
//! Hugging Face transformers (`modeling_bert.py`, `modeling_xlm_roberta.py`).

mod config;
mod op;

pub use config::{EncoderConfig, Family};
pub use op::Compute;

use candle_core::{DType, Device, Result, Tensor, bail};
use half::f16;

use crate::model::{kernels::activation::Activation, weights::Weights};
use op::{Dense, LayerNorm};

/// Token ids of several sequences, packed.
#[derive(Debug, Clone, Default)]
pub struct Packed {
    ids: Vec<u32>,
    lengths: Vec<usize>,
}

impl Packed {
    /// Adds a sequence.
    pub fn push(&mut self, ids: &[u32]) {
        self.ids.extend_from_slice(ids);
        self.lengths.push(ids.len());
    }
}

/// A BERT or XLM-R encoder.
pub struct Encoder {
    config: EncoderConfig,
    embeddings: Embeddings,
    layers: Vec<Layer>,
    device: Device,
    /// Our kernels (CPU) or candle's operations (any device; the plain reference on a CPU).
    fused: bool,
}

impl Encoder {
    /// Loads the tensors `embeddings.*` and `encoder.*` of `weights`, with our kernels if the device is a CPU.
    ///
    /// # Errors
    /// A tensor is missing or has another shape than the configuration says.
    pub fn load(config: EncoderConfig, weights: Weights<'_>) -> Result<Self> {
        let fused = weights.device().is_cpu();
        Self::load_as(config, weights, fused)
    }

    /// The same from candle's own operations: what runs on other devices, and the reference for our kernels.
    ///
    /// # Errors
    /// As [`Encoder::load`].
    pub fn load_composed(config: EncoderConfig, weights: Weights<'_>) -> Result<Self> {
        Self::load_as(config, weights, false)
    }

    fn load_as(config: EncoderConfig, weights: Weights<'_>, fused: bool) -> Result<Self> {
        let embeddings = Embeddings::load(&config, weights.at("embeddings"), fused)?;
        let layers = (0..config.layers)
            .map(|i| Layer::load(&config, weights.at("encoder.layer").at(i), fused))
            .collect::<Result<_>>()?;
        let device = weights.device().clone();
        Ok(Self {
            config,
            embeddings,
            layers,
            device,
            fused,
        })
    }

    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }

    /// The last hidden state of every token: `[tokens, hidden]`, f32.
    ///
    /// # Errors
    /// An id or a length outside the tables, or a fault of the device.
    pub fn forward(&self, batch: &Packed, compute: Compute) -> Result<Tensor> {
        self.check(batch)?;
        let mut x = self
            .embeddings
            .forward(batch, &self.config, &self.device, compute)?;
        for layer in &self.layers {
            x = layer.forward(&x, batch, self.fused, compute)?;
        }
        Ok(x)
    }

    fn check(&self, batch: &Packed) -> Result<()> {
        if batch.ids.is_empty() {
            bail!("an empty batch");
        }
        if let Some(id) = batch
            .ids
            .iter()
            .find(|id| **id as usize >= self.config.vocabulary)
        {
            bail!(
                "token id {id} is outside the vocabulary of {}",
                self.config.vocabulary
            );
        }
        let most = self.config.max_tokens();
        if let Some(n) = batch.lengths.iter().find(|n| **n > most) {
            bail!("a sequence of {n} tokens is longer than the model's {most}");
        }
        Ok(())
    }
}

/// Word, position and type embeddings, summed and normalised.
struct Embeddings {
    /// `[vocabulary, hidden]`, kept in the stored precision on a CPU and widened on lookup: half the memory.
    words: Tensor,
    /// `[positions, hidden]`, with the first token type's row added: no input here uses another type.
    positions: Tensor,
    norm: LayerNorm,
}

impl Embeddings {
    fn load(config: &EncoderConfig, weights: Weights<'_>, fused: bool) -> Result<Self> {
        let hidden = config.hidden;
        let table = (config.vocabulary, hidden);
        let words = weights.stored(table, "word_embeddings.weight")?;
        let words = if fused && words.dtype() == DType::F16 {
            words
        } else {
            words.to_dtype(DType::F32)?
        };
        let positions = weights.get((config.positions, hidden), "position_embeddings.weight")?;
        let types = weights.get((config.token_types, hidden), "token_type_embeddings.weight")?;
        let norm = LayerNorm::new(
            weights.get(hidden, "LayerNorm.weight")?,
            weights.get(hidden, "LayerNorm.bias")?,
            config.norm_eps,
            fused,
        )?;
        Ok(Self {
            words,
            positions: positions.broadcast_add(&types.narrow(0, 0, 1)?)?,
            norm,
        })
    }

    /// `[tokens, hidden]`
    fn forward(
        &self,
        batch: &Packed,
        config: &EncoderConfig,
        device: &Device,
        compute: Compute,
    ) -> Result<Tensor> {
        let first = config.first_position();
        let positions: Vec<u32> = batch
            .lengths
            .iter()
            .flat_map(|n| first as u32..(first + n) as u32)
            .collect();
        let positions = self
            .positions
            .index_select(&Tensor::new(positions, device)?, 0)?;
        let words = if self.words.dtype() == DType::F16 {
            self.widened(&batch.ids, config.hidden)?
        } else {
            self.words
                .index_select(&Tensor::new(batch.ids.as_slice(), device)?, 0)?
        };
        self.norm.add_forward(words, &positions, compute)
    }

    /// The rows of the f16 table for `ids`, as f32 `[ids, hidden]`.
    fn widened(&self, ids: &[u32], hidden: usize) -> Result<Tensor> {
        let (storage, layout) = self.words.storage_and_layout();
        let candle_core::Storage::Cpu(storage) = &*storage else {
            bail!("the f16 table is not in memory")
        };
        let table = &storage.as_slice::<f16>()?[layout.start_offset()..];
        let rows: Vec<f32> = ids
            .iter()
            .flat_map(|id| &table[*id as usize * hidden..][..hidden])
            .map(|x| x.to_f32())
            .collect();
        Tensor::from_vec(rows, (ids.len(), hidden), &Device::Cpu)
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
    fn load(config: &EncoderConfig, weights: Weights<'_>, fused: bool) -> Result<Self> {
        let (hidden, inner) = (config.hidden, config.intermediate);
        let attention = weights.at("attention.self");
        let three = |what: &str| -> Result<Tensor> {
            let parts = ["query", "key", "value"].map(|name| {
                let weights = attention.at(name);
                if what == "weight" {
                    weights.get((hidden, hidden), what)
                } else {
                    weights.get(hidden, what)
                }
            });
            Tensor::cat(&parts.into_iter().collect::<Result<Vec<_>>>()?, 0)
        };
        let dense = |name: &str, outputs: usize, inputs: usize| {
            let weights = weights.at(name);
            Dense::new(
                weights.get((outputs, inputs), "weight")?,
                weights.get(outputs, "bias")?,
                fused,
            )
        };
        let norm = |name: &str| {
            let weights = weights.at(name);
            LayerNorm::new(
                weights.get(hidden, "weight")?,
                weights.get(hidden, "bias")?,
                config.norm_eps,
                fused,
            )
        };
        Ok(Self {
            qkv: Dense::new(three("weight")?, three("bias")?, fused)?,
            heads: config.heads,
            attention_output: dense("attention.output.dense", hidden, hidden)?,
            attention_norm: norm("attention.output.LayerNorm")?,
            intermediate: dense("intermediate.dense", inner, hidden)?,
            activation: config.activation,
            output: dense("output.dense", hidden, inner)?,
            output_norm: norm("output.LayerNorm")?,
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
