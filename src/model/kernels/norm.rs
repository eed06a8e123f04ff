//! Residual and layer normalisation, in place.

use rayon::prelude::*;

use super::{
    Threads,
    simd::{Isa, LANES, Simd, dispatch},
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

/// One row, in place.
#[inline(always)]
pub(super) unsafe fn normalise<S: Simd>(x: &mut [f32], norm: &Norm) {
    let n = x.len() as f32;
    let (whole, tail) = (x.len() / LANES * LANES, x.len() % LANES);
    assert!(norm.weight.len() == x.len() && norm.bias.len() == x.len());
    unsafe {
        let mean = total::<S>(x, 0.0, |sum, x| sum.add(x)) / n;
        let m = S::splat(mean);
        // The second pass keeps the variance exact where mean and spread are far apart.
        let squares = total::<S>(x, mean, |sum, x| {
            let d = x.sub(m);
            d.mul_add(d, sum)
        });
        let scale = S::splat(1.0 / (squares / n + norm.eps).sqrt());
        let row = |x: S, weight: S, bias: S| x.sub(m).mul(scale).mul_add(weight, bias);
        let (weight, bias) = (norm.weight.as_ptr(), norm.bias.as_ptr());
        for i in (0..whole).step_by(LANES) {
            let p = x.as_mut_ptr().add(i);
            row(S::load(p), S::load(weight.add(i)), S::load(bias.add(i))).store(p);
        }
        if tail > 0 {
            let load = |from: &[f32]| S::load(padded(&from[whole..], 0.0).as_ptr());
            let mut lanes = [0.0; LANES];
            row(load(x), load(&norm.weight), load(&norm.bias)).store(lanes.as_mut_ptr());
            x[whole..].copy_from_slice(&lanes[..tail]);
        }
    }
}

/// Folds a row into four vectors, so that their latencies overlap, and sums these. The last vector is filled with `fill`.
#[inline(always)]
unsafe fn total<S: Simd>(x: &[f32], fill: f32, fold: impl Fn(S, S) -> S) -> f32 {
    unsafe {
        let mut sums = [S::splat(0.0); 4];
        let mut blocks = x.chunks_exact(4 * LANES);
        for block in &mut blocks {
            for (i, sum) in sums.iter_mut().enumerate() {
                *sum = fold(*sum, S::load(block.as_ptr().add(i * LANES)));
            }
        }
        for (rest, sum) in blocks.remainder().chunks(LANES).zip(&mut sums) {
            *sum = fold(*sum, S::load(padded(rest, fill).as_ptr()));
        }
        sums[0].add(sums[1]).add(sums[2].add(sums[3])).sum()
    }
}

#[inline(always)]
fn padded(x: &[f32], fill: f32) -> [f32; LANES] {
    let mut lanes = [fill; LANES];
    lanes[..x.len()].copy_from_slice(x);
    lanes
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

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for hidden in [1, 15, 16, 64, 77, 384, 400] {
            let x: Vec<f32> = (0..3 * hidden)
                .map(|i| ((i * 7919) % 1013) as f32 / 13.0 - 30.0)
                .collect();
            let norm = Norm {
                weight: x[..hidden].to_vec(),
                bias: x[hidden..2 * hidden].to_vec(),
                eps: 1e-12,
            };
            let run = |isa| {
                let mut y = x.clone();
                norm.apply(&mut y, isa);
                y
            };
            for isa in Isa::available() {
                assert_eq!(run(isa), run(Isa::Portable), "{isa:?} hidden {hidden}");
            }
        }
    }
}
