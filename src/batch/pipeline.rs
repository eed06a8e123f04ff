//! Many things at once, answered in order, in bounded memory.

use std::{collections::VecDeque, future::Future, io, ops::ControlFlow};

use tokio::{
    sync::mpsc::Receiver,
    task::{JoinError, JoinHandle},
};

/// Runs `work` on what `source` yields, `width` (at least 1) at most at once, and hands the results to `sink` in the
/// order of the source. Nothing more is taken from the source while `width` results are pending, so that one slow
/// item bounds what is held. A panic in `work` reaches `sink` as an error of that item alone.
///
/// # Errors
/// The first error of `sink`; the work under way is then dropped.
pub async fn in_order<K, T, O, W, F>(
    mut source: Receiver<(K, T)>,
    width: usize,
    mut work: W,
    mut sink: impl FnMut(K, Result<O, JoinError>) -> io::Result<ControlFlow<()>>,
) -> io::Result<()>
where
    W: FnMut(T) -> F,
    F: Future<Output = O> + Send + 'static,
    O: Send + 'static,
{
    let mut running = Running(VecDeque::new());
    let mut open = true;
    while open || !running.0.is_empty() {
        tokio::select! {
            // Answers first: what is done leaves before more comes in.
            biased;
            (key, result) = running.first() => {
                if sink(key, result)?.is_break() {
                    return Ok(());
                }
            }
            item = source.recv(), if open && running.0.len() < width.max(1) => match item {
                Some((key, item)) => running.0.push_back((Some(key), tokio::spawn(work(item)))),
                None => open = false,
            },
        }
    }
    Ok(())
}

/// The work under way, oldest first. Ends what is left when dropped.
struct Running<K, O>(VecDeque<(Option<K>, JoinHandle<O>)>);

impl<K, O> Running<K, O> {
    /// The oldest item's result; takes the item out only when it is ready, so it may be dropped before.
    async fn first(&mut self) -> (K, Result<O, JoinError>) {
        let Some((key, handle)) = self.0.front_mut() else {
            return std::future::pending().await;
        };
        let result = handle.await;
        let key = key.take();
        self.0.pop_front();
        match key {
            Some(key) => (key, result),
            None => std::future::pending().await,
        }
    }
}

impl<K, O> Drop for Running<K, O> {
    fn drop(&mut self) {
        for (_, handle) in &self.0 {
            handle.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::SeqCst},
        },
        time::Duration,
    };

    use tokio::sync::mpsc;

    use super::*;

    async fn numbers(n: u64) -> Receiver<(u64, u64)> {
        let (tx, rx) = mpsc::channel(2);
        tokio::spawn(async move {
            for i in 0..n {
                let _ = tx.send((i, i)).await;
            }
        });
        rx
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn keeps_the_order_and_the_width() {
        let running = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let mut seen = Vec::new();
        let work = |i: u64| {
            let (running, most) = (running.clone(), most.clone());
            async move {
                most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
                // Later items are done earlier.
                tokio::time::sleep(Duration::from_millis(7 - i % 8)).await;
                running.fetch_sub(1, SeqCst);
                i * 10
            }
        };
        in_order(numbers(100).await, 8, work, |key, result| {
            seen.push((key, result.unwrap()));
            Ok(ControlFlow::Continue(()))
        })
        .await
        .unwrap();
        assert_eq!(seen, (0..100).map(|i| (i, i * 10)).collect::<Vec<_>>());
        assert!((2..=8).contains(&most.load(SeqCst)), "{most:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_slow_item_holds_back_the_source() {
        let started = Arc::new(AtomicUsize::new(0));
        let work = |i: u64| {
            let started = started.clone();
            async move {
                started.fetch_add(1, SeqCst);
                if i == 0 {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    assert_eq!(started.load(SeqCst), 4);
                }
            }
        };
        in_order(numbers(50).await, 4, work, |_, result| {
            result.unwrap();
            Ok(ControlFlow::Continue(()))
        })
        .await
        .unwrap();
        assert_eq!(started.load(SeqCst), 50);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_panic_is_the_error_of_its_item_alone() {
        let mut failed = Vec::new();
        in_order(
            numbers(10).await,
            3,
            |i: u64| async move { assert_ne!(i, 4, "meant to fail") },
            |key, result| {
                failed.extend(result.is_err().then_some(key));
                Ok(ControlFlow::Continue(()))
            },
        )
        .await
        .unwrap();
        assert_eq!(failed, [4]);
    }

    #[tokio::test]
    async fn ends_with_the_sink() {
        let broken = |_, _: Result<(), JoinError>| Err(io::Error::from(io::ErrorKind::BrokenPipe));
        let result = in_order(numbers(1000).await, 3, |_| async {}, broken).await;
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
