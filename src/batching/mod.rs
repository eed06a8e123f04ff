//! From many callers to few batches: one bounded queue, a token budget, worker threads.
//!
//! There is no timer. A free worker takes what waits, up to the budget, so a lone article is never held back and a loaded
//! service fills its batches by itself. Articles take turns window by window: a long one does not block the short ones
//! behind it. Every submitted input is answered exactly once, or its caller has gone.

mod queue;
mod worker;

use std::{
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use crate::model::{Input, Model, ModelError, PieceScores};
use queue::{Job, Queue};
use worker::Crew;

/// How batches are made.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Inputs that may wait.
    pub capacity: usize,
    /// Tokens of a batch; a single longer window is a batch of its own.
    pub budget: usize,
    /// Worker threads.
    pub workers: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            capacity: 512,
            // On a CPU a batch above about 500 tokens gains nothing (docs/performance.md).
            budget: 512,
            workers: 1,
        }
    }
}

/// What became of an input.
#[derive(Debug)]
pub struct Answer {
    /// In the order of the windows and of the pieces in them.
    pub pieces: Vec<PieceScores>,
    /// From submission to the first forward pass.
    pub queued: Duration,
    /// Forward passes that the input took part in.
    pub model: Duration,
}

/// Why an input has no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refused {
    #[error("the queue is full")]
    Full,
    #[error("the workers have stopped")]
    Stopped,
    #[error("the deadline passed while the input waited")]
    Expired,
    #[error("the model failed")]
    Model(#[source] Arc<ModelError>),
}

/// The queue and its workers.
pub struct Batcher {
    queue: Arc<Queue>,
    workers: std::sync::Mutex<Vec<JoinHandle<()>>>,
}

impl Batcher {
    /// Starts the workers.
    pub fn start(model: Arc<Model>, settings: Settings) -> Self {
        let queue = Arc::new(Queue::new(settings));
        let crew = Arc::new(Crew::new(settings.workers));
        let workers = (0..settings.workers.max(1))
            .map(|_| {
                let (queue, model, crew) = (queue.clone(), model.clone(), crew.clone());
                std::thread::spawn(move || worker::run(&queue, &*model, &crew))
            })
            .collect();
        Self {
            queue,
            workers: std::sync::Mutex::new(workers),
        }
    }

    /// Puts an input into the queue. Dropping the receiver takes it out again.
    ///
    /// # Errors
    /// [`Refused::Full`] or [`Refused::Stopped`], at once.
    pub fn submit(
        &self,
        input: Input,
        deadline: Option<Instant>,
    ) -> Result<oneshot::Receiver<Result<Answer, Refused>>, Refused> {
        let (reply, answer) = oneshot::channel();
        self.queue.push(Job::new(input, deadline, reply))?;
        Ok(answer)
    }

    /// Takes nothing new, answers what waits, and returns when the workers have ended.
    pub fn stop(&self) {
        self.queue.close();
        let workers = std::mem::take(&mut *self.workers.lock().unwrap_or_else(|e| e.into_inner()));
        for worker in workers {
            // A worker that panicked has nothing left to answer: its jobs' callers see a closed channel.
            let _ = worker.join();
        }
    }
}

impl Drop for Batcher {
    fn drop(&mut self) {
        self.stop();
    }
}
