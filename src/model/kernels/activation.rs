//! The activations of BERT-like encoders, in place.

use super::{
    Threads,
    simd::{Isa, LANES, Simd, dispatch},
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
    let run = |x: &mut [f32]| dispatch!(isa, map(activation: Activation, x: &mut [f32]));
    if threads == Threads::ONE {
        return run(x);
    }
    // Whole vectors per task, so that an element meets the same code wherever the borders fall.
    let share = threads.share(x.len()).next_multiple_of(64);
    x.par_chunks_mut(share).for_each(run);
}

/// The tail is computed in a full vector too: an element's result does not depend on where it stands.
#[inline(always)]
unsafe fn map<S: Simd>(activation: Activation, x: &mut [f32]) {
    let mut chunks = x.chunks_exact_mut(LANES);
    for chunk in &mut chunks {
        unsafe { activate(activation, S::load(chunk.as_ptr())).store(chunk.as_mut_ptr()) }
    }
    let tail = chunks.into_remainder();
    let mut padded = [0.0; LANES];
    padded[..tail.len()].copy_from_slice(tail);
    unsafe { activate(activation, S::load(padded.as_ptr())).store(padded.as_mut_ptr()) };
    tail.copy_from_slice(&padded[..tail.len()]);
}

/// The activation of one vector. NaN stays NaN.
#[inline(always)]
pub(super) unsafe fn activate<S: Simd>(activation: Activation, x: S) -> S {
    unsafe {
        match activation {
            Activation::Gelu => gelu(x),
            Activation::GeluTanh => gelu_tanh(x),
            Activation::Relu => S::splat(0.0).max(x),
        }
    }
}

/// `x Phi(x) = max(x, 0) - |x| Phi(-|x|)`, absolute error below 2e-7.
///
/// The logarithm of the normal distribution's tail is close to a parabola, so that `Phi(-a) = 2^p(a)` needs a polynomial
/// of degree 6 and no division. Its coefficients are the minimax fit of `log2 Phi(-a)` on 0..5.5, the error weighted by
/// `(a + 0.02) Phi(-a)`, which is what reaches the result (Lawson's reweighted least squares on Chebyshev nodes).
#[inline(always)]
unsafe fn gelu<S: Simd>(x: S) -> S {
    const TAIL: [f32; 7] = [
        3.250_586e-5,
        -7.637_960_4e-4,
        8.061_673e-3,
        -5.338_008e-2,
        -0.458_797_6,
        -1.151_191_7,
        -0.999_994_34,
    ];
    unsafe {
        // From 5.5 to 12 the polynomial falls on to -99; beyond that it would rise again.
        let a = S::splat(12.0).min(x.abs());
        let mut p = S::splat(TAIL[0]);
        for c in &TAIL[1..] {
            p = p.mul_add(a, S::splat(*c));
        }
        a.neg_mul_add(p.exp2(), S::splat(0.0).max(x))
    }
}

/// `x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`.
#[inline(always)]
unsafe fn gelu_tanh<S: Simd>(x: S) -> S {
    const SQRT_2_OVER_PI: f32 = 0.797_884_6;
    unsafe {
        let cube = x.mul(x).mul(x);
        let inner = cube
            .mul_add(S::splat(0.044_715), x)
            .mul(S::splat(SQRT_2_OVER_PI));
        x.mul(S::splat(0.5)).mul(S::splat(1.0).add(tanh(inner)))
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

    /// Largest absolute error.
    fn limit(activation: Activation, want: f64) -> f64 {
        match activation {
            // And half a unit in the last place of large results.
            Activation::Gelu => 2e-7 + want.abs() * 6e-8,
            Activation::GeluTanh => 2e-6,
            Activation::Relu => f64::MIN_POSITIVE,
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
                            (*y as f64 - want).abs() < limit(activation, want),
                            "{activation:?} {isa:?} {x}: {y}, not {want}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits_anywhere() {
        let x: Vec<f32> = (0..4001)
            .map(|i| (i - 2000) as f32 / 150.0)
            .chain([0.0, -0.0, 1e30, -1e30, 1e-30, 3e-39])
            .collect();
        for activation in [Activation::Gelu, Activation::GeluTanh, Activation::Relu] {
            let run = |isa| {
                let mut y = x.clone();
                apply(activation, &mut y, isa, Threads::ONE);
                y.iter().map(|y| y.to_bits()).collect::<Vec<_>>()
            };
            for isa in Isa::available() {
                assert_eq!(run(isa), run(Isa::Portable), "{activation:?} {isa:?}");
            }
        }
    }

    #[test]
    fn far_arguments_are_kept_or_vanish() {
        for isa in Isa::available() {
            let mut x = [1e4, 1e30, -1e4, -1e30, f32::NAN];
            apply(Activation::Gelu, &mut x, isa, Threads::ONE);
            assert_eq!(x[..2], [1e4, 1e30], "{isa:?}");
            assert!(x[2].abs() < 1e-20 && x[3].abs() < 1e-20, "{isa:?}: {x:?}");
            assert!(x[4].is_nan(), "{isa:?}");
        }
    }
}
