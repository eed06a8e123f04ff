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
pub use encoder::Precision;
pub use heads::{Heads, PieceScores, Pooled};
pub use input::{Input, Segments, Window};
pub use manifest::Manifest;
pub use tokenizer::Tokenizer;

use std::sync::{Mutex, MutexGuard};

use candle_core::Device;
use safetensors::SafeTensors;

use encoder::{Compute, Encoder, EncoderConfig, Packed, Workspace};
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
    /// Memory of forward passes that have ended: one for each worker that ever ran at the same time.
    workspaces: Mutex<Vec<Workspace>>,
}

impl Model {
    /// Loads the weights of a bundle onto a device.
    ///
    /// # Errors
    /// The file and what does not fit in it.
    pub fn load(bundle: &Bundle, device: Device, precision: Precision) -> Result<Self, LoadError> {
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
        let mut weights = Weights::new(&tensors, device).under(&manifest.encoder_prefix);
        if let Some(file) = bundle.inside(WEIGHTS) {
            weights = weights.inside(file);
        }
        let encoder = Encoder::load(config, weights, precision).map_err(unfit)?;
        Ok(Self {
            encoder,
            heads,
            isa: Isa::detect(),
            workspaces: Mutex::default(),
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
        let compute = Compute {
            isa: self.isa,
            threads,
        };
        let mut workspace = self.idle().pop().unwrap_or_default();
        let states = self.encoder.forward(&batch, compute, &mut workspace)?;
        let hidden = self.config().hidden;
        let mut at = 0;
        let scores = windows
            .iter()
            .map(|(index, window)| {
                let end = at + window.ids.len() * hidden;
                let scores = self.heads.score(*index, window, &states[at..end]);
                at = end;
                scores
            })
            .collect();
        self.idle().push(workspace);
        Ok(scores)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Workspace>> {
        // Nothing that may panic runs while it is locked.
        self.workspaces.lock().unwrap_or_else(|e| e.into_inner())
    }
}
