//! The packed encoder of the BERT / XLM-R family: all sequences of a batch one after the other, no padding anywhere.
//!
//! Post-norm transformer layers (Devlin et al., arXiv 1810.04805; Conneau et al., arXiv 1911.02116), tensor names as in
//! Hugging Face transformers (`modeling_bert.py`, `modeling_xlm_roberta.py`). In int8 on a CPU, or in f32 on any device.

mod config;
mod embeddings;
mod float;
mod int8;
mod op;
mod tensors;

pub use config::{EncoderConfig, Family};

use candle_core::{Result, bail};

use crate::model::{
    kernels::{Threads, simd::Isa},
    weights::Weights,
};
use float::Float;
use int8::{Buffers, Int8};

/// A BERT or XLM-R encoder.
pub struct Encoder {
    config: EncoderConfig,
    arithmetic: Arithmetic,
}

enum Arithmetic {
    Int8(Int8),
    F32(Float),
}

/// The arithmetic of an encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Integer products of weights and activations quantised on the way; on a CPU only.
    Int8,
    /// The reference.
    F32,
}

/// Token ids of several sequences, packed.
#[derive(Debug, Clone, Default)]
pub struct Packed {
    ids: Vec<u32>,
    /// Place of each token in its sequence, from 0.
    places: Vec<u32>,
    lengths: Vec<usize>,
}

/// What a forward pass runs on.
#[derive(Debug, Clone, Copy)]
pub struct Compute {
    pub isa: Isa,
    pub threads: Threads,
}

/// The memory of a forward pass. Used again, it lets the next pass of int8 run without asking for more.
#[derive(Default)]
pub struct Workspace {
    /// `[tokens, hidden]` of the largest batch so far.
    states: Vec<f32>,
    buffers: Buffers,
}

impl Encoder {
    /// Loads the tensors `embeddings.*` and `encoder.*` of `weights`, for our kernels if the device is a CPU.
    ///
    /// # Errors
    /// A tensor is missing or has another shape than the configuration says; int8 on another device than a CPU.
    pub fn load(config: EncoderConfig, weights: Weights<'_>, precision: Precision) -> Result<Self> {
        let on_cpu = weights.device().is_cpu();
        let arithmetic = match precision {
            Precision::Int8 if on_cpu => Arithmetic::Int8(Int8::load(&config, &weights)?),
            Precision::Int8 => bail!("int8 runs on a CPU only"),
            Precision::F32 => Arithmetic::F32(Float::load(&config, &weights, on_cpu)?),
        };
        Ok(Self { config, arithmetic })
    }

    /// f32 from candle's own operations: what runs on other devices, and the reference for our kernels.
    ///
    /// # Errors
    /// A tensor is missing or has another shape than the configuration says.
    pub fn load_composed(config: EncoderConfig, weights: Weights<'_>) -> Result<Self> {
        let arithmetic = Arithmetic::F32(Float::load(&config, &weights, false)?);
        Ok(Self { config, arithmetic })
    }

    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }

    /// The last hidden state of every token: `[tokens, hidden]`.
    ///
    /// # Errors
    /// An id or a length outside the tables, or a fault of the device.
    pub fn forward<'w>(
        &self,
        batch: &Packed,
        compute: Compute,
        workspace: &'w mut Workspace,
    ) -> Result<&'w [f32]> {
        self.check(batch)?;
        let Workspace { states, buffers } = workspace;
        match &self.arithmetic {
            Arithmetic::Int8(int8) => {
                let states = int8::sized(states, batch.ids.len() * self.config.hidden);
                int8.forward(batch, states, buffers, compute);
                Ok(states)
            }
            Arithmetic::F32(float) => {
                *states = float.forward(batch, compute)?.flatten_all()?.to_vec1()?;
                Ok(states)
            }
        }
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

impl Packed {
    /// Adds a sequence.
    pub fn push(&mut self, ids: &[u32]) {
        self.ids.extend_from_slice(ids);
        self.places.extend((0..).take(ids.len()));
        self.lengths.push(ids.len());
    }
}

impl Precision {
    /// `int8` or `f32`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int8 => "int8",
            Self::F32 => "f32",
        }
    }
}
