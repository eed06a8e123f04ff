//! The one queue: bounded, fair between articles, and rid of what nobody waits for any more.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use super::{Answer, Refused, Settings};
use crate::model::{Input, PieceScores, Window};

/// Jobs in turn.
pub struct Queue {
    settings: Settings,
    state: Mutex<State>,
    /// Something waits, or the queue was closed.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Arc<Job>>,
    /// Windows in the hands of workers.
    running: usize,
    closed: bool,
}

/// An input with its answer in the making.
pub struct Job {
    windows: Vec<Window>,
    deadline: Option<Instant>,
    submitted: Instant,
    progress: Mutex<Progress>,
}

struct Progress {
    /// The next window that no worker has taken.
    next: usize,
    /// Windows that have no scores yet.
    missing: usize,
    pieces: Vec<Vec<PieceScores>>,
    queued: Option<Duration>,
    model: Duration,
    /// Taken by whoever answers: an input is answered once.
    reply: Option<oneshot::Sender<Result<Answer, Refused>>>,
}

/// One window of a job, in the hands of a worker.
pub struct Turn {
    pub job: Arc<Job>,
    pub index: usize,
}

/// What a worker takes at once.
pub struct Batch {
    pub turns: Vec<Turn>,
    /// True if no other worker runs and nothing more waits: the batch may use all threads.
    pub alone: bool,
}

impl Queue {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Adds a job; one without windows is answered on the spot.
    pub fn push(&self, job: Job) -> Result<(), Refused> {
        if job.windows.is_empty() {
            job.finish();
            return Ok(());
        }
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Stopped);
        }
        if state.waiting.len() >= self.settings.capacity {
            // Callers that have gone make room before anyone is refused.
            state.waiting.retain(|job| !job.is_over());
        }
        if state.waiting.len() >= self.settings.capacity {
            return Err(Refused::Full);
        }
        state.waiting.push_back(Arc::new(job));
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for work and takes up to the budget of tokens, a window of each waiting job in turn. `None` when the queue
    /// is closed and empty.
    pub fn take(&self) -> Option<Batch> {
        let mut state = self.lock();
        loop {
            let turns = self.pack(&mut state);
            if !turns.is_empty() {
                let alone = state.running == 0 && state.waiting.is_empty();
                state.running += turns.len();
                if !state.waiting.is_empty() {
                    // One push wakes one worker, but a long article is work for several.
                    self.changed.notify_one();
                }
                return Some(Batch { turns, alone });
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(|e| e.into_inner());
        }
    }

    /// Gives back what [`Queue::take`] handed out.
    pub fn done(&self, turns: usize) {
        self.lock().running -= turns;
    }

    /// Takes nothing new; what waits is still handed out.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn pack(&self, state: &mut State) -> Vec<Turn> {
        let mut turns = Vec::new();
        let mut tokens = 0;
        while let Some(job) = state.waiting.pop_front() {
            if job.is_over() {
                continue;
            }
            let size = job.next_size();
            if !turns.is_empty() && tokens + size > self.settings.budget {
                state.waiting.push_front(job);
                break;
            }
            tokens += size;
            let (index, more) = job.take_turn();
            turns.push(Turn {
                job: job.clone(),
                index,
            });
            if more {
                state.waiting.push_back(job);
            }
        }
        turns
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is consistent between statements, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl Job {
    pub fn new(
        input: Input,
        deadline: Option<Instant>,
        reply: oneshot::Sender<Result<Answer, Refused>>,
    ) -> Self {
        let progress = Progress {
            next: 0,
            missing: input.windows.len(),
            pieces: vec![Vec::new(); input.windows.len()],
            queued: None,
            model: Duration::ZERO,
            reply: Some(reply),
        };
        Self {
            windows: input.windows,
            deadline,
            submitted: Instant::now(),
            progress: Mutex::new(progress),
        }
    }

    pub fn window(&self, index: usize) -> &Window {
        &self.windows[index]
    }

    /// Enters the scores of a window; the last one answers.
    pub fn enter(&self, index: usize, pieces: Vec<PieceScores>, started: Instant, took: Duration) {
        let mut progress = self.lock();
        progress.pieces[index] = pieces;
        progress.missing -= 1;
        progress.model += took;
        progress
            .queued
            .get_or_insert(started.saturating_duration_since(self.submitted));
        let last = progress.missing == 0;
        drop(progress);
        if last {
            self.finish();
        }
    }

    /// Answers with a refusal, unless there was an answer already.
    pub fn refuse(&self, refused: Refused) {
        if let Some(reply) = self.lock().reply.take() {
            let _ = reply.send(Err(refused));
        }
    }

    fn finish(&self) {
        let mut progress = self.lock();
        let Some(reply) = progress.reply.take() else {
            return;
        };
        let pieces = std::mem::take(&mut progress.pieces)
            .into_iter()
            .flatten()
            .collect();
        let queued = progress.queued.unwrap_or_default();
        let _ = reply.send(Ok(Answer {
            pieces,
            queued,
            model: progress.model,
        }));
    }

    /// Nobody waits for the job any more: its caller has gone, it failed, or its time is up (then it is refused here).
    fn is_over(&self) -> bool {
        if self
            .lock()
            .reply
            .as_ref()
            .is_none_or(|reply| reply.is_closed())
        {
            return true;
        }
        let expired = self
            .deadline
            .is_some_and(|deadline| Instant::now() >= deadline);
        if expired {
            self.refuse(Refused::Expired);
        }
        expired
    }

    /// Tokens of the next window.
    fn next_size(&self) -> usize {
        self.windows[self.lock().next].ids.len()
    }

    /// The next window's index, and whether there are more after it.
    fn take_turn(&self) -> (usize, bool) {
        let mut progress = self.lock();
        let index = progress.next;
        progress.next += 1;
        (index, progress.next < self.windows.len())
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl Drop for Job {
    /// A job that is dropped with its reply still in hand lost its worker to a panic.
    fn drop(&mut self) {
        self.refuse(Refused::Stopped);
    }
}
