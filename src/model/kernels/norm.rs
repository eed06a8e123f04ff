//! Residual and layer normalisation, in place.

use rayon::prelude::*;

use super::{
    Threads,
    simd::{Isa, Simd, dispatch},
};

/// Gain, bias and epsilon of a layer normalisation (Ba, Kiros and Hinton, arXiv 1607.06450).
pub struct Norm {
    /// `[hidden]`
    pub weight: Vec<f32>,
    /// `[hidden]`
    pub bias: Vec<f32>,
    pub eps: f32,
}

impl Norm {
    /// `x = norm(x + residual)` row by row; `x`, `residual`: `[tokens, hidden]`.
    pub fn add_apply(&self, x: &mut [f32], residual: &[f32], isa: Isa, threads: Threads) {
        let hidden = self.weight.len();
        let run = |(x, residual): (&mut [f32], &[f32])| {
            for (x, r) in x
                .chunks_exact_mut(hidden)
                .zip(residual.chunks_exact(hidden))
            {
                x.iter_mut().zip(r).for_each(|(x, r)| *x += r);
                self.row(x, isa);
            }
        };
        if threads == Threads::ONE {
            return run((x, residual));
        }
        let share = threads.share(x.len() / hidden) * hidden;
        x.par_chunks_mut(share)
            .zip(residual.par_chunks(share))
            .for_each(run);
    }

    /// `x = norm(x)` row by row; `x`: `[tokens, hidden]`.
    pub fn apply(&self, x: &mut [f32], isa: Isa) {
        x.chunks_exact_mut(self.weight.len())
            .for_each(|x| self.row(x, isa));
    }

    fn row(&self, x: &mut [f32], isa: Isa) {
        let norm = self;
        dispatch!(isa, normalise(x: &mut [f32], norm: &Norm));
    }
}

#[inline(always)]
unsafe fn normalise<S: Simd>(x: &mut [f32], norm: &Norm) {
    let n = x.len();
    let whole = n - n % S::LANES;
    unsafe {
        let mut sum = S::splat(0.0);
        for i in (0..whole).step_by(S::LANES) {
            sum = sum.add(S::load(x.as_ptr().add(i)));
        }
        let mean = (sum.sum() + x[whole..].iter().sum::<f32>()) / n as f32;
        // The second pass keeps the variance exact where mean and spread are far apart.
        let mut square = S::splat(0.0);
        let m = S::splat(mean);
        for i in (0..whole).step_by(S::LANES) {
            let d = S::load(x.as_ptr().add(i)).sub(m);
            square = d.mul_add(d, square);
        }
        let tail: f32 = x[whole..].iter().map(|x| (x - mean) * (x - mean)).sum();
        let scale = 1.0 / ((square.sum() + tail) / n as f32 + norm.eps).sqrt();
        let s = S::splat(scale);
        for i in (0..whole).step_by(S::LANES) {
            let d = S::load(x.as_ptr().add(i)).sub(m).mul(s);
            let y = d.mul_add(
                S::load(norm.weight.as_ptr().add(i)),
                S::load(norm.bias.as_ptr().add(i)),
            );
            y.store(x.as_mut_ptr().add(i));
        }
        let tail = x[whole..]
            .iter_mut()
            .zip(&norm.weight[whole..])
            .zip(&norm.bias[whole..]);
        for ((x, weight), bias) in tail {
            *x = (*x - mean) * scale * weight + bias;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_formula_and_keeps_rows_apart() {
        let hidden = 21;
        let norm = Norm {
            weight: (0..hidden).map(|i| 0.5 + i as f32 / 10.0).collect(),
            bias: (0..hidden).map(|i| i as f32 / 7.0 - 1.0).collect(),
            eps: 1e-5,
        };
        let x: Vec<f32> = (0..5 * hidden)
            .map(|i| 1000.0 + ((i * 37) % 17) as f32)
            .collect();
        let r: Vec<f32> = (0..5 * hidden)
            .map(|i| ((i * 11) % 13) as f32 / 3.0)
            .collect();
        for isa in Isa::available() {
            let mut y = x.clone();
            norm.add_apply(&mut y, &r, isa, Threads::ONE);
            let mut shared = x.clone();
            norm.add_apply(&mut shared, &r, isa, Threads(3));
            assert_eq!(y, shared);
            for row in 0..5 {
                let sum: Vec<f64> = (0..hidden)
                    .map(|i| (x[row * hidden + i] + r[row * hidden + i]) as f64)
                    .collect();
                let mean = sum.iter().sum::<f64>() / hidden as f64;
                let variance = sum.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / hidden as f64;
                for i in 0..hidden {
                    let want = (sum[i] - mean) / (variance + 1e-5).sqrt() * norm.weight[i] as f64
                        + norm.bias[i] as f64;
                    assert!((y[row * hidden + i] as f64 - want).abs() < 1e-4, "{isa:?}");
                }
            }
        }
    }
}
