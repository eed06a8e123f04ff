//! The model: bundle, tokenizer, encoder, heads. Knows numbers, not news; imports nothing else of ours.

pub mod bundle;
pub mod manifest;

pub use bundle::{Bundle, LoadError};
pub use manifest::Manifest;

/// A fault of the encoder, shared by the whole batch it happened in.
#[derive(Debug, thiserror::Error)]
#[error("the forward pass failed")]
pub struct ModelError(#[from] pub candle_core::Error);
