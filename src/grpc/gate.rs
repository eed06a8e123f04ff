//! The gate of the server: open, draining, closed; and how many calls are inside.

use std::sync::Arc;

use tokio::sync::watch;

use crate::analyzer::AnalyzeError;

/// Lets calls in while the server serves, and tells when the last one has left. Clones share one gate.
#[derive(Debug, Clone)]
pub struct Gate(Arc<State>);

/// A call that is inside; dropped when its answer is ready.
#[derive(Debug)]
pub struct Pass(Gate);

#[derive(Debug)]
struct State {
    phase: watch::Sender<Phase>,
    inside: watch::Sender<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Open,
    Draining,
    Closed,
}

impl Gate {
    /// An open gate with nobody inside.
    pub fn new() -> Self {
        Self(Arc::new(State {
            phase: watch::Sender::new(Phase::Open),
            inside: watch::Sender::new(0),
        }))
    }

    /// Lets a call in.
    ///
    /// # Errors
    /// [`AnalyzeError::Stopped`] from the moment of [`Gate::drain`].
    pub fn enter(&self) -> Result<Pass, AnalyzeError> {
        // Counted before the phase is read: whoever waits for an empty gate after `drain` misses nobody.
        self.0.inside.send_modify(|inside| *inside += 1);
        let pass = Pass(self.clone());
        match *self.0.phase.borrow() {
            Phase::Open => Ok(pass),
            Phase::Draining | Phase::Closed => Err(AnalyzeError::Stopped),
        }
    }

    /// Lets nobody in any more; those inside finish.
    pub fn drain(&self) {
        self.advance(Phase::Draining);
    }

    /// Sends away those still inside.
    pub fn close(&self) {
        self.advance(Phase::Closed);
    }

    /// Resolves once the gate drains or is closed.
    pub async fn draining(&self) {
        self.reached(Phase::Draining).await;
    }

    /// Resolves once the gate is closed.
    pub async fn closed(&self) {
        self.reached(Phase::Closed).await;
    }

    /// Resolves when nobody is inside.
    pub async fn empty(&self) {
        let mut inside = self.0.inside.subscribe();
        // Fails only when the sender is gone, and `self` holds it.
        let _ = inside.wait_for(|inside| *inside == 0).await;
    }

    /// Calls that are inside now.
    pub fn inside(&self) -> usize {
        *self.0.inside.borrow()
    }

    /// Never goes back: a drain that comes after a close changes nothing.
    fn advance(&self, to: Phase) {
        self.0.phase.send_if_modified(|phase| {
            let later = to > *phase;
            *phase = to.max(*phase);
            later
        });
    }

    async fn reached(&self, at_least: Phase) {
        let mut phase = self.0.phase.subscribe();
        let _ = phase.wait_for(|phase| *phase >= at_least).await;
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.0.0.inside.send_modify(|inside| *inside -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draining_gate_lets_nobody_in_and_counts_only_those_inside() {
        let gate = Gate::new();
        let first = gate.enter().unwrap();
        gate.drain();
        assert!(matches!(gate.enter(), Err(AnalyzeError::Stopped)));
        assert_eq!(gate.inside(), 1);
        drop(first);
        assert_eq!(gate.inside(), 0);
    }

    #[tokio::test]
    async fn a_closed_gate_stays_closed() {
        let gate = Gate::new();
        gate.close();
        gate.drain();
        gate.draining().await;
        gate.closed().await;
        gate.empty().await;
    }
}
