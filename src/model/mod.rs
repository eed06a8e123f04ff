//! The model: bundle, tokenizer, encoder, heads. Knows numbers, not news; imports nothing else of ours.

pub mod bundle;
#[cfg(feature = "embedded")]
mod embedded;
pub mod encoder;
pub mod heads;
#[cfg(feature = "hub")]
pub mod hub;
pub mod input;
pub mod kernels;
pub mod manifest;
pub mod tokenizer;
pub mod weights;

pub use bundle::{Bundle, LoadError, LoadErrorKind};
pub use heads::{Heads, PieceScores, Pooled};
pub use input::{Input, Segments, Window};
pub use manifest::Manifest;
pub use tokenizer::Tokenizer;

use candle_core::Device;
use safetensors::SafeTensors;

use encoder::{Compute, Encoder, EncoderConfig, Packed};
use kernels::{Threads, simd::Isa};
use weights::Weights;

/// A fault of the encoder, shared by the whole batch it happened in.
#[derive(Debug, thiserror::Error)]
#[error("the forward pass failed")]
pub struct ModelError(#[from] pub candle_core::Error);

/// Encoder and heads of a bundle, ready to run.
pub struct Model {
    encoder: Encoder,
    heads: Heads,
    isa: Isa,
}

impl Model {
    /// Loads the weights of a bundle onto a device.
    ///
    /// # Errors
    /// The file and what does not fit in it.
    pub fn load(bundle: &Bundle, device: Device) -> Result<Self, LoadError> {
        const CONFIG: &str = "config.json";
        const WEIGHTS: &str = "model.safetensors";
        let config =
            EncoderConfig::parse(bundle.required(CONFIG)?).map_err(|e| bundle.unfit(CONFIG, e))?;
        let tensors = SafeTensors::deserialize(bundle.required(WEIGHTS)?)
            .map_err(|e| bundle.unfit(WEIGHTS, e))?;
        let unfit = |e: candle_core::Error| bundle.unfit(WEIGHTS, e);
        let manifest = bundle.manifest();
        let heads = Weights::new(&tensors, Device::Cpu).at("heads");
        let heads = Heads::load(&manifest.tasks, config.hidden, heads).map_err(unfit)?;
        let weights = Weights::new(&tensors, device).under(&manifest.encoder_prefix);
        let encoder = Encoder::load(config, weights).map_err(unfit)?;
        Ok(Self {
            encoder,
            heads,
            isa: Isa::detect(),
        })
    }

    pub fn config(&self) -> &EncoderConfig {
        self.encoder.config()
    }

    pub fn heads(&self) -> &Heads {
        &self.heads
    }

    /// Runs a batch of windows, each with its number within its article; a list of piece scores for each window.
    ///
    /// # Errors
    /// A window that the encoder cannot read, or a fault of the device.
    pub fn score(
        &self,
        windows: &[(usize, &Window)],
        threads: Threads,
    ) -> Result<Vec<Vec<PieceScores>>, ModelError> {
        let mut batch = Packed::default();
        for (_, window) in windows {
            batch.push(&window.ids);
        }
        let states = self.encoder.forward(
            &batch,
            Compute {
                isa: self.isa,
                threads,
            },
        )?;
        let hidden = self.config().hidden;
        let states = states.flatten_all()?.to_vec1::<f32>()?;
        let mut at = 0;
        Ok(windows
            .iter()
            .map(|(index, window)| {
                let end = at + window.ids.len() * hidden;
                let scores = self.heads.score(*index, window, &states[at..end]);
                at = end;
                scores
            })
            .collect())
    }
}
