//! The heads: hidden states of a window to numbers per piece.
//!
//! Every head is linear on an attention pooling, so an article's logits are a weighted mean of its pieces' logits. The
//! pieces therefore leave the model as they are, and windows of one article need not be run together; `tasks/` joins
//! them, and each piece's share in the sum is the evidence it gives.

use candle_core::{Result, bail};

use super::{input::Window, manifest::Tasks, weights::Weights};

/// What the heads say of one piece.
#[derive(Debug, Clone, PartialEq)]
pub struct PieceScores {
    /// Index of the segment.
    pub segment: usize,
    /// Index of the window.
    pub window: usize,
    /// Tokens of the piece.
    pub tokens: usize,
    /// Logit of being a summary sentence.
    pub salience: f32,
    pub event: Pooled,
    pub country: Pooled,
    /// On the event pooling; empty if the bundle has no mode head.
    pub mode: Vec<f32>,
}

/// A head's answer for one piece under attention pooling.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooled {
    /// `ln Σ exp(pooling logit)` over the piece's tokens: its weight among the pieces.
    pub log_mass: f32,
    /// Logits of the head for the piece alone, without bias.
    pub logits: Vec<f32>,
}

/// The heads of a bundle.
pub struct Heads {
    hidden: usize,
    event_pool: Row,
    country_pool: Row,
    event: Matrix,
    country: Matrix,
    mode: Option<Matrix>,
    salience: Row,
}

/// One output: a weight per hidden unit and a bias.
struct Row {
    /// `[hidden]`
    weight: Vec<f32>,
    bias: f32,
}

/// Several outputs.
struct Matrix {
    /// `[labels, hidden]`
    weight: Vec<f32>,
    /// `[labels]`
    bias: Vec<f32>,
}

impl Heads {
    /// Loads `heads.pool`, `heads.event`, `heads.country`, `heads.salience` and, if `tasks` names modes, `heads.mode`.
    ///
    /// # Errors
    /// A tensor is missing or does not fit the number of labels.
    pub fn load(tasks: &Tasks, hidden: usize, weights: Weights<'_>) -> Result<Self> {
        let (event, country) = (&tasks.event, &tasks.country);
        let pools = event.pool.max(country.pool) + 1;
        let modes = event.modes.len();
        if modes == 0 && weights.has("mode.weight") {
            bail!("has a tensor \"heads.mode.weight\", but the manifest names no modes");
        }
        Ok(Self {
            hidden,
            event_pool: Row::load(&weights, "pool", event.pool, pools, hidden)?,
            country_pool: Row::load(&weights, "pool", country.pool, pools, hidden)?,
            event: Matrix::load(&weights, "event", event.labels.len(), hidden)?,
            country: Matrix::load(&weights, "country", country.labels.len(), hidden)?,
            mode: (modes > 0)
                .then(|| Matrix::load(&weights, "mode", modes, hidden))
                .transpose()?,
            salience: Row::load(&weights, "salience", 0, 1, hidden)?,
        })
    }

    /// Biases of the event head, to be added to the joined logits: `[labels]`.
    pub fn event_bias(&self) -> &[f32] {
        &self.event.bias
    }

    /// Biases of the country head: `[labels]`.
    pub fn country_bias(&self) -> &[f32] {
        &self.country.bias
    }

    /// Biases of the mode head: `[modes]`, empty without one.
    pub fn mode_bias(&self) -> &[f32] {
        self.mode.as_ref().map_or(&[], |m| &m.bias)
    }

    /// Scores of the pieces of window number `index`. `states`: `[tokens, hidden]`, the window's last hidden states.
    pub fn score(&self, index: usize, window: &Window, states: &[f32]) -> Vec<PieceScores> {
        assert_eq!(states.len(), window.ids.len() * self.hidden);
        window
            .pieces
            .iter()
            .map(|piece| {
                let rows = |r: &std::ops::Range<usize>| {
                    &states[r.start * self.hidden..r.end * self.hidden]
                };
                let mean = self.mean(rows(&piece.tokens));
                let (event_mass, event) = self.pool(&self.event_pool, rows(&piece.pooled));
                let (country_mass, country) = self.pool(&self.country_pool, rows(&piece.pooled));
                PieceScores {
                    segment: piece.segment,
                    window: index,
                    tokens: piece.tokens.len(),
                    salience: self.salience.of(&mean),
                    mode: self.mode.as_ref().map_or(Vec::new(), |m| m.of(&event)),
                    event: Pooled {
                        log_mass: event_mass,
                        logits: self.event.of(&event),
                    },
                    country: Pooled {
                        log_mass: country_mass,
                        logits: self.country.of(&country),
                    },
                }
            })
            .collect()
    }

    /// Mean of the rows: `[hidden]`.
    fn mean(&self, rows: &[f32]) -> Vec<f32> {
        let mut mean = vec![0.0; self.hidden];
        for row in rows.chunks_exact(self.hidden) {
            mean.iter_mut().zip(row).for_each(|(m, x)| *m += x);
        }
        let n = (rows.len() / self.hidden).max(1) as f32;
        mean.iter_mut().for_each(|m| *m /= n);
        mean
    }

    /// Attention pooling of the rows: their log mass and their weighted mean `[hidden]`.
    fn pool(&self, row: &Row, rows: &[f32]) -> (f32, Vec<f32>) {
        let logits: Vec<f32> = rows.chunks_exact(self.hidden).map(|x| row.of(x)).collect();
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0;
        let mut mean = vec![0.0; self.hidden];
        for (logit, x) in logits.iter().zip(rows.chunks_exact(self.hidden)) {
            let weight = (logit - largest).exp();
            sum += weight;
            mean.iter_mut().zip(x).for_each(|(m, x)| *m += weight * x);
        }
        mean.iter_mut().for_each(|m| *m /= sum);
        (largest + sum.ln(), mean)
    }
}

impl Row {
    /// Row `index` of the `rows` (or more) rows of head `name`.
    fn load(
        weights: &Weights<'_>,
        name: &str,
        index: usize,
        rows: usize,
        hidden: usize,
    ) -> Result<Self> {
        let head = weights.at(name);
        let stored = head.rows("bias")?;
        if stored < rows {
            bail!("head {name:?} has {stored} rows, fewer than the manifest's {rows}");
        }
        let weight = head
            .get((stored, hidden), "weight")?
            .narrow(0, index, 1)?
            .flatten_all()?
            .to_vec1()?;
        let bias = head.get(stored, "bias")?.to_vec1::<f32>()?[index];
        Ok(Self { weight, bias })
    }

    fn of(&self, x: &[f32]) -> f32 {
        dot(&self.weight, x) + self.bias
    }
}

impl Matrix {
    fn load(weights: &Weights<'_>, name: &str, labels: usize, hidden: usize) -> Result<Self> {
        let head = weights.at(name);
        Ok(Self {
            weight: head
                .get((labels, hidden), "weight")?
                .flatten_all()?
                .to_vec1()?,
            bias: head.get(labels, "bias")?.to_vec1()?,
        })
    }

    /// Logits without bias: `[labels]`.
    fn of(&self, x: &[f32]) -> Vec<f32> {
        self.weight
            .chunks_exact(x.len())
            .map(|row| dot(row, x))
            .collect()
    }
}

/// Dot product in eight running sums, which compilers turn into vector code.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let tail: f32 = a_chunks
        .remainder()
        .iter()
        .zip(b_chunks.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for i in 0..8 {
            sums[i] += a[i] * b[i];
        }
    }
    sums.iter().sum::<f32>() + tail
}
