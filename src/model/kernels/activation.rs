//! The activations of BERT-like encoders, in place.

use super::{
    Threads,
    simd::{Isa, Simd, dispatch},
};
use rayon::prelude::*;

/// An activation of the feed-forward block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// `x / 2 * (1 + erf(x / sqrt 2))` (Hendrycks and Gimpel, arXiv 1606.08415).
    Gelu,
    /// Its tanh approximation (`gelu_new` in Hugging Face configurations).
    GeluTanh,
    Relu,
}

/// Applies the activation to every element.
pub fn apply(activation: Activation, x: &mut [f32], isa: Isa, threads: Threads) {
    let run = |x: &mut [f32]| match activation {
        Activation::Gelu => dispatch!(isa, gelu(x: &mut [f32])),
        Activation::GeluTanh => dispatch!(isa, gelu_tanh(x: &mut [f32])),
        Activation::Relu => x.iter_mut().for_each(|x| *x = x.max(0.0)),
    };
    if threads == Threads::ONE {
        return run(x);
    }
    // Whole vectors per task, so that an element meets the same code wherever the borders fall.
    let share = threads.share(x.len()).next_multiple_of(64);
    x.par_chunks_mut(share).for_each(run);
}

#[inline(always)]
unsafe fn gelu<S: Simd>(x: &mut [f32]) {
    unsafe {
        map::<S>(x, |v| {
            v.mul(S::splat(0.5))
                .mul(S::splat(1.0).add(erf(v.mul(S::splat(std::f32::consts::FRAC_1_SQRT_2)))))
        })
    }
}

#[inline(always)]
unsafe fn gelu_tanh<S: Simd>(x: &mut [f32]) {
    const SQRT_2_OVER_PI: f32 = 0.797_884_6;
    unsafe {
        map::<S>(x, |v| {
            let cube = v.mul(v).mul(v);
            let inner = cube
                .mul_add(S::splat(0.044_715), v)
                .mul(S::splat(SQRT_2_OVER_PI));
            v.mul(S::splat(0.5)).mul(S::splat(1.0).add(tanh(inner)))
        })
    }
}

/// The tail is computed in a full vector too: an element's result does not depend on where it stands.
#[inline(always)]
unsafe fn map<S: Simd>(x: &mut [f32], f: impl Fn(S) -> S) {
    let mut chunks = x.chunks_exact_mut(S::LANES);
    for chunk in &mut chunks {
        unsafe { f(S::load(chunk.as_ptr())).store(chunk.as_mut_ptr()) }
    }
    let tail = chunks.into_remainder();
    let mut padded = [0.0; 16];
    padded[..tail.len()].copy_from_slice(tail);
    unsafe { f(S::load(padded.as_ptr())).store(padded.as_mut_ptr()) };
    tail.copy_from_slice(&padded[..tail.len()]);
}

/// Error function, absolute error below 2e-7 (Abramowitz and Stegun, formula 7.1.26).
#[inline(always)]
unsafe fn erf<S: Simd>(x: S) -> S {
    const A: [f32; 5] = [
        1.061_405_4,
        -1.453_152,
        1.421_413_7,
        -0.284_496_74,
        0.254_829_6,
    ];
    unsafe {
        let a = x.abs();
        let t = S::splat(1.0).div(a.mul_add(S::splat(0.327_591_1), S::splat(1.0)));
        let mut p = S::splat(A[0]);
        for c in &A[1..] {
            p = p.mul_add(t, S::splat(*c));
        }
        let e = a.mul(a).mul(S::splat(-std::f32::consts::LOG2_E)).exp2();
        S::splat(1.0).sub(p.mul(t).mul(e)).copysign(x)
    }
}

/// `tanh x = sign x (1 - e) / (1 + e)` with `e = exp(-2 |x|)`.
#[inline(always)]
unsafe fn tanh<S: Simd>(x: S) -> S {
    unsafe {
        let e = x
            .abs()
            .mul(S::splat(-2.0 * std::f32::consts::LOG2_E))
            .exp2();
        S::splat(1.0).sub(e).div(S::splat(1.0).add(e)).copysign(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// erf by its Taylor series (small arguments) or the continued limit 1, in f64.
    fn erf_reference(x: f64) -> f64 {
        if x.abs() > 4.5 {
            return x.signum();
        }
        let (mut term, mut sum) = (x, x);
        for n in 1..200 {
            term *= -x * x / n as f64;
            sum += term / (2 * n + 1) as f64;
        }
        sum * 2.0 / std::f64::consts::PI.sqrt()
    }

    fn reference(activation: Activation, x: f64) -> f64 {
        match activation {
            Activation::Gelu => x / 2.0 * (1.0 + erf_reference(x / std::f64::consts::SQRT_2)),
            Activation::GeluTanh => {
                let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3));
                x / 2.0 * (1.0 + inner.tanh())
            }
            Activation::Relu => x.max(0.0),
        }
    }

    #[test]
    fn equals_the_formula_on_every_instruction_set() {
        // An odd count, so that the tail is met too.
        let x: Vec<f32> = (0..4001).map(|i| (i - 2000) as f32 / 200.0).collect();
        for activation in [Activation::Gelu, Activation::GeluTanh, Activation::Relu] {
            for isa in Isa::available() {
                for threads in [Threads::ONE, Threads(3)] {
                    let mut y = x.clone();
                    apply(activation, &mut y, isa, threads);
                    for (x, y) in x.iter().zip(&y) {
                        let want = reference(activation, *x as f64);
                        assert!(
                            (*y as f64 - want).abs() < 2e-6,
                            "{activation:?} {isa:?} {x}: {y}, not {want}"
                        );
                    }
                }
            }
        }
    }
}
