//! Word, position and type embeddings: token ids to the first states.

use std::borrow::Cow;

use candle_core::Result;
use half::{f16, slice::HalfFloatSliceExt};
use rayon::prelude::*;
use safetensors::Dtype;

use super::{Compute, EncoderConfig, Packed};
use crate::model::{
    kernels::{Threads, norm::Norm},
    weights::Weights,
};

/// Word, position and type embeddings, summed and normalised.
pub struct Embeddings {
    words: Words,
    /// `[positions, hidden]`, with the first token type's row added: no input here uses another type.
    positions: Vec<f32>,
    /// Position of a sequence's first token.
    first: usize,
    norm: Norm,
}

impl Embeddings {
    /// Loads `word_embeddings`, `position_embeddings`, `token_type_embeddings` and `LayerNorm`.
    ///
    /// # Errors
    /// A tensor is missing or has another shape than the configuration says.
    pub fn load(config: &EncoderConfig, weights: Weights<'_>) -> Result<Self> {
        let hidden = config.hidden;
        let words = Words::load(config, &weights)?;
        let flat = |table: (usize, usize), name: &str| -> Result<Vec<f32>> {
            weights.get(table, name)?.flatten_all()?.to_vec1()
        };
        let mut positions = flat((config.positions, hidden), "position_embeddings.weight")?;
        let types = flat((config.token_types, hidden), "token_type_embeddings.weight")?;
        for row in positions.chunks_exact_mut(hidden) {
            row.iter_mut().zip(&types).for_each(|(p, t)| *p += t);
        }
        Ok(Self {
            words,
            positions,
            first: config.first_position(),
            norm: Norm {
                weight: weights.get(hidden, "LayerNorm.weight")?.to_vec1()?,
                bias: weights.get(hidden, "LayerNorm.bias")?.to_vec1()?,
                eps: config.norm_eps as f32,
            },
        })
    }

    /// Width of a state.
    pub fn hidden(&self) -> usize {
        self.norm.weight.len()
    }

    /// Writes the first states of a checked batch; `states`: `[tokens, hidden]`.
    pub fn forward(&self, batch: &Packed, states: &mut [f32], compute: Compute) {
        let hidden = self.hidden();
        let run = |((states, ids), places): ((&mut [f32], &[u32]), &[u32])| {
            let rows = states.chunks_exact_mut(hidden);
            for (row, (id, place)) in rows.zip(ids.iter().zip(places)) {
                let position = (self.first + *place as usize) * hidden;
                self.words.widen(*id as usize, row);
                row.iter_mut()
                    .zip(&self.positions[position..][..hidden])
                    .for_each(|(x, p)| *x += p);
            }
            self.norm.apply(states, compute.isa);
        };
        if compute.threads == Threads::ONE {
            return run(((states, &batch.ids), &batch.places));
        }
        let share = compute.threads.share(batch.ids.len());
        states
            .par_chunks_mut(share * hidden)
            .zip(batch.ids.par_chunks(share))
            .zip(batch.places.par_chunks(share))
            .for_each(run);
    }
}

/// The table of word embeddings, `[vocabulary, hidden]`: by far the largest tensor of a small encoder, so it stays as it
/// is stored and a row is widened when it is looked up.
pub enum Words {
    F32(Vec<f32>),
    /// Little-endian, two bytes each.
    F16(Cow<'static, [u8]>),
    Int8 {
        /// A signed byte each.
        values: Cow<'static, [u8]>,
        /// `[vocabulary]`; a weight is its row's scale times its value.
        scales: Vec<f32>,
    },
}

impl Words {
    /// Loads `word_embeddings.weight` and, if that is I8, `word_embeddings.scale`.
    ///
    /// # Errors
    /// A tensor is missing or has another shape or type.
    pub fn load(config: &EncoderConfig, weights: &Weights<'_>) -> Result<Self> {
        const NAME: &str = "word_embeddings.weight";
        let table = (config.vocabulary, config.hidden);
        Ok(match weights.dtype(NAME)? {
            Dtype::F16 => Self::F16(weights.bytes(table, NAME)?),
            Dtype::I8 => Self::Int8 {
                values: weights.bytes(table, NAME)?,
                scales: weights.scales(config.vocabulary, NAME)?,
            },
            _ => Self::F32(weights.get(table, NAME)?.flatten_all()?.to_vec1()?),
        })
    }

    /// Row `id` as f32; `row`: `[hidden]`.
    pub fn widen(&self, id: usize, row: &mut [f32]) {
        let hidden = row.len();
        match self {
            Self::F32(table) => row.copy_from_slice(&table[id * hidden..][..hidden]),
            Self::F16(table) => {
                // Through a small buffer: the file gives no alignment, and whole vectors are converted at once.
                let mut halves = [f16::ZERO; 64];
                let bytes = &table[id * hidden * 2..][..hidden * 2];
                for (row, bytes) in row.chunks_mut(64).zip(bytes.chunks(128)) {
                    let halves = &mut halves[..row.len()];
                    for (half, bytes) in halves.iter_mut().zip(bytes.chunks_exact(2)) {
                        *half = f16::from_le_bytes([bytes[0], bytes[1]]);
                    }
                    halves.convert_to_f32_slice(row);
                }
            }
            Self::Int8 { values, scales } => {
                let values = &values[id * hidden..][..hidden];
                let scale = scales[id];
                row.iter_mut()
                    .zip(values)
                    .for_each(|(x, v)| *x = scale * f32::from(*v as i8));
            }
        }
    }
}
