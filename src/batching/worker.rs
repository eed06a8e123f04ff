//! A worker: takes what waits, runs the model, enters the scores.

use std::{sync::Arc, time::Instant};

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::{
    Refused,
    queue::{Batch, Queue},
};
use crate::model::{Model, ModelError, PieceScores, Window, kernels::Threads};

/// What a worker runs; the model, or a test's stand-in.
pub trait Score: Sync {
    /// Piece scores for each window, given with its number within its article.
    fn score(
        &self,
        windows: &[(usize, &Window)],
        threads: Threads,
    ) -> Result<Vec<Vec<PieceScores>>, ModelError>;
}

impl Score for Model {
    fn score(
        &self,
        windows: &[(usize, &Window)],
        threads: Threads,
    ) -> Result<Vec<Vec<PieceScores>>, ModelError> {
        Model::score(self, windows, threads)
    }
}

/// The threads of a batch that is alone: as many as there are workers, asleep while the workers run side by side. A pool
/// of our own, because the process' pool has a thread per core, whatever was asked for.
pub struct Crew(Option<ThreadPool>);

impl Crew {
    pub fn new(threads: usize) -> Self {
        let pool = |threads| {
            ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .expect("threads can be started")
        };
        Self((threads > 1).then(|| pool(threads)))
    }

    /// Runs `pass` with one thread, or on all of the crew.
    fn run<R: Send>(&self, alone: bool, pass: impl FnOnce(Threads) -> R + Send) -> R {
        match &self.0 {
            Some(pool) if alone => pool.install(|| pass(Threads(pool.current_num_threads()))),
            _ => pass(Threads::ONE),
        }
    }
}

/// Works until the queue is closed and empty.
pub fn run(queue: &Queue, model: &impl Score, crew: &Crew) {
    while let Some(batch) = queue.take() {
        let turns = batch.turns.len();
        // A panic in the model must not take the worker, and with it the service, along.
        let ran =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(model, crew, &batch)));
        if ran.is_err() {
            tracing::error!("the forward pass panicked; its batch is refused");
            let error = Arc::new(ModelError(candle_core::Error::Msg(
                "the forward pass panicked".into(),
            )));
            refuse(&batch, &error);
        }
        queue.done(turns);
    }
}

fn work(model: &impl Score, crew: &Crew, batch: &Batch) {
    let windows: Vec<(usize, &Window)> = batch
        .turns
        .iter()
        .map(|turn| (turn.index, turn.job.window(turn.index)))
        .collect();
    // Workers side by side use the cores better than one forward pass on all of them, but when nothing else waits the
    // idle cores may as well shorten the wait.
    let started = Instant::now();
    match crew.run(batch.alone, |threads| model.score(&windows, threads)) {
        Ok(scores) => {
            let took = started.elapsed();
            for (turn, pieces) in batch.turns.iter().zip(scores) {
                turn.job.enter(turn.index, pieces, started, took);
            }
        }
        Err(error) => {
            // Logged once for the whole batch, where it is handled; the callers get a fixed sentence.
            tracing::error!(
                windows = windows.len(),
                error = &error as &dyn std::error::Error,
                "the forward pass failed"
            );
            refuse(batch, &Arc::new(error));
        }
    }
}

fn refuse(batch: &Batch, error: &Arc<ModelError>) {
    for turn in &batch.turns {
        turn.job.refuse(Refused::Model(error.clone()));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Mutex,
            atomic::{AtomicUsize, Ordering::SeqCst},
            mpsc,
        },
        time::Duration,
    };

    use tokio::sync::oneshot;

    use super::*;
    use crate::{
        batching::{Answer, Settings, queue::Job},
        model::{Input, Pooled, input::Piece},
    };

    /// Answers each window with its first token as salience; keeps what it was given; waits for a word before each batch.
    struct Fake {
        batches: Mutex<Vec<Vec<u32>>>,
        gate: Option<Mutex<mpsc::Receiver<()>>>,
        fail: bool,
        panic: bool,
    }

    impl Fake {
        fn new() -> Self {
            Self {
                batches: Mutex::default(),
                gate: None,
                fail: false,
                panic: false,
            }
        }
    }

    impl Score for Fake {
        fn score(
            &self,
            windows: &[(usize, &Window)],
            _: Threads,
        ) -> Result<Vec<Vec<PieceScores>>, ModelError> {
            if let Some(gate) = &self.gate {
                let _ = gate.lock().unwrap().recv();
            }
            assert!(!self.panic, "on purpose");
            if self.fail {
                return Err(ModelError(candle_core::Error::Msg("on purpose".into())));
            }
            self.batches
                .lock()
                .unwrap()
                .push(windows.iter().map(|(_, w)| w.ids[0]).collect());
            let none = Pooled {
                log_mass: 0.0,
                logits: vec![],
            };
            Ok(windows
                .iter()
                .map(|(index, w)| {
                    vec![PieceScores {
                        segment: 0,
                        window: *index,
                        tokens: w.ids.len(),
                        salience: w.ids[0] as f32,
                        event: none.clone(),
                        country: none.clone(),
                        mode: vec![],
                    }]
                })
                .collect())
        }
    }

    type Reply = oneshot::Receiver<Result<Answer, Refused>>;

    /// A job whose windows have these first tokens and 10 tokens each.
    fn job(firsts: &[u32], deadline: Option<Instant>) -> (Job, Reply) {
        let windows = firsts
            .iter()
            .map(|id| Window {
                ids: vec![*id; 10],
                pieces: vec![Piece {
                    segment: 0,
                    tokens: 0..10,
                    pooled: 0..10,
                }],
            })
            .collect();
        let (reply, answer) = oneshot::channel();
        (
            Job::new(
                Input {
                    windows,
                    seen: 0,
                    dropped: 0,
                },
                deadline,
                reply,
            ),
            answer,
        )
    }

    fn queue(capacity: usize, budget: usize) -> Queue {
        Queue::new(Settings {
            capacity,
            budget,
            workers: 1,
        })
    }

    fn saliences(reply: Reply) -> Vec<f32> {
        reply
            .blocking_recv()
            .unwrap()
            .unwrap()
            .pieces
            .iter()
            .map(|p| p.salience)
            .collect()
    }

    #[test]
    fn every_input_is_answered_with_its_own_windows_in_order() {
        let queue = queue(100, 35);
        let replies: Vec<Reply> = (0..20u32)
            .map(|i| {
                let (job, reply) = job(&[i * 10, i * 10 + 1, i * 10 + 2], None);
                queue.push(job).unwrap();
                reply
            })
            .collect();
        queue.close();
        let fake = Fake::new();
        std::thread::scope(|s| {
            s.spawn(|| run(&queue, &fake, &Crew::new(1)));
            s.spawn(|| run(&queue, &fake, &Crew::new(1)));
        });
        for (i, reply) in replies.into_iter().enumerate() {
            let i = i as f32 * 10.0;
            assert_eq!(saliences(reply), [i, i + 1.0, i + 2.0]);
        }
        assert!(
            fake.batches.lock().unwrap().iter().all(|b| b.len() <= 3),
            "the budget holds three windows"
        );
    }

    #[test]
    fn a_long_article_lets_short_ones_pass() {
        let queue = queue(10, 10);
        let (long, _long) = job(&[1, 2, 3, 4], None);
        let (short, _short) = job(&[9], None);
        queue.push(long).unwrap();
        queue.push(short).unwrap();
        queue.close();
        let fake = Fake::new();
        run(&queue, &fake, &Crew::new(1));
        assert_eq!(*fake.batches.lock().unwrap(), [[1], [9], [2], [3], [4]]);
    }

    #[test]
    fn a_long_article_occupies_every_worker() {
        /// Counts the passes that run at the same time.
        #[derive(Default)]
        struct Slow {
            running: AtomicUsize,
            most: AtomicUsize,
        }
        impl Score for Slow {
            fn score(
                &self,
                windows: &[(usize, &Window)],
                threads: Threads,
            ) -> Result<Vec<Vec<PieceScores>>, ModelError> {
                let running = self.running.fetch_add(1, SeqCst) + 1;
                self.most.fetch_max(running, SeqCst);
                std::thread::sleep(Duration::from_millis(50));
                self.running.fetch_sub(1, SeqCst);
                Fake::new().score(windows, threads)
            }
        }
        let (queue, slow, crew) = (queue(10, 10), Slow::default(), Crew::new(1));
        std::thread::scope(|s| {
            s.spawn(|| run(&queue, &slow, &crew));
            s.spawn(|| run(&queue, &slow, &crew));
            // Both wait when the article comes.
            std::thread::sleep(Duration::from_millis(50));
            let (job, reply) = job(&[1, 2, 3, 4], None);
            queue.push(job).unwrap();
            assert_eq!(saliences(reply), [1.0, 2.0, 3.0, 4.0]);
            queue.close();
        });
        assert_eq!(slow.most.into_inner(), 2);
    }

    #[test]
    fn a_batch_that_is_alone_has_all_threads() {
        let crew = Crew::new(3);
        assert_eq!(crew.run(true, |threads| threads), Threads(3));
        assert_eq!(crew.run(false, |threads| threads), Threads::ONE);
        assert_eq!(Crew::new(1).run(true, |threads| threads), Threads::ONE);
    }

    #[test]
    fn a_window_above_the_budget_runs_by_itself() {
        let queue = queue(10, 5);
        let (job, reply) = job(&[7], None);
        queue.push(job).unwrap();
        queue.close();
        run(&queue, &Fake::new(), &Crew::new(1));
        assert_eq!(saliences(reply), [7.0]);
    }

    #[test]
    fn who_has_gone_or_is_late_is_skipped() {
        let queue = queue(10, 10);
        let (gone, reply) = job(&[1], None);
        let (late, late_reply) = job(&[2], Some(Instant::now() - Duration::from_secs(1)));
        let (kept, kept_reply) = job(&[3], Some(Instant::now() + Duration::from_secs(60)));
        for job in [gone, late, kept] {
            queue.push(job).unwrap();
        }
        drop(reply);
        queue.close();
        let fake = Fake::new();
        run(&queue, &fake, &Crew::new(1));
        assert_eq!(*fake.batches.lock().unwrap(), [[3]]);
        assert!(matches!(
            late_reply.blocking_recv().unwrap(),
            Err(Refused::Expired)
        ));
        assert_eq!(saliences(kept_reply), [3.0]);
    }

    #[test]
    fn a_full_queue_refuses_and_makes_room_when_callers_go() {
        let queue = queue(1, 10);
        let (first, reply) = job(&[1], None);
        queue.push(first).unwrap();
        assert!(matches!(queue.push(job(&[2], None).0), Err(Refused::Full)));
        drop(reply);
        assert!(queue.push(job(&[3], None).0).is_ok());
        queue.close();
        assert!(matches!(
            queue.push(job(&[4], None).0),
            Err(Refused::Stopped)
        ));
    }

    #[test]
    fn an_input_without_windows_is_answered_at_once() {
        let queue = queue(1, 10);
        let (job, reply) = job(&[], None);
        queue.push(job).unwrap();
        assert!(saliences(reply).is_empty());
    }

    #[test]
    fn a_fault_reaches_the_whole_batch_and_the_worker_goes_on() {
        for (fail, panic) in [(true, false), (false, true)] {
            let queue = queue(10, 20);
            let replies = [1, 2, 3].map(|i| {
                let (job, reply) = job(&[i], None);
                queue.push(job).unwrap();
                reply
            });
            queue.close();
            run(
                &queue,
                &Fake {
                    fail,
                    panic,
                    ..Fake::new()
                },
                &Crew::new(1),
            );
            for reply in replies {
                assert!(matches!(
                    reply.blocking_recv().unwrap(),
                    Err(Refused::Model(_))
                ));
            }
        }
    }

    #[test]
    fn closing_answers_what_waits() {
        let (word, gate) = mpsc::channel();
        let queue = queue(10, 10);
        let fake = Fake {
            gate: Some(Mutex::new(gate)),
            ..Fake::new()
        };
        let replies = [1, 2].map(|i| {
            let (job, reply) = job(&[i], None);
            queue.push(job).unwrap();
            reply
        });
        std::thread::scope(|s| {
            s.spawn(|| run(&queue, &fake, &Crew::new(1)));
            queue.close();
            word.send(()).unwrap();
            word.send(()).unwrap();
        });
        for (reply, want) in replies.into_iter().zip([1.0, 2.0]) {
            assert_eq!(saliences(reply), [want]);
        }
    }
}
