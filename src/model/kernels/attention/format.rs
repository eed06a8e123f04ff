//! How numbers are held in the products of attention: floats, or pairs of 16-bit integers.

use std::f32::consts::LOG2_E;

use super::{
    super::simd::{LANES, Simd},
    dot::Dot,
    head::KEYS,
};

/// A vector of 16 lanes of 32 bits, each holding `GROUP` numbers; or the sums of the products of such lanes.
///
/// # Safety
/// As for [`Simd`].
pub(super) unsafe trait Format: Copy {
    type Float: Simd;
    /// Numbers in a lane. Lane `i` holds the numbers `i`, `i + 16`, .. of `16 * GROUP`.
    const GROUP: usize;

    unsafe fn zero() -> Self;
    unsafe fn load(p: *const f32) -> Self;
    unsafe fn splat(lane: f32) -> Self;
    /// `self` + the products of the numbers of `a` and `b`, lane by lane.
    unsafe fn add_product(self, a: Self, b: Self) -> Self;
    /// Sums of products as floats.
    unsafe fn sums(self) -> Self::Float;

    /// Lanes of the numbers of `first` and, where lanes are pairs, of `second`, both in units of their scale.
    unsafe fn pack(first: Self::Float, second: Self::Float) -> Self::Float;
    /// Turns `count` scores, none above `top`, into packed numerators of the softmax, in place, and returns their sum:
    /// `2^((score - top) * factor)` in a unit of the format's choice.
    unsafe fn numerators(row: *mut f32, count: usize, factor: f32, top: f32) -> f32;
}

/// Largest key and query such that no sum over a head of `size` leaves an `i32`.
pub(super) fn largest_key(size: usize) -> f32 {
    (i32::MAX as f64 / size as f64)
        .sqrt()
        .floor()
        .min(i16::MAX as f64) as f32
}

/// Largest probability and value in 16 bits: no sum over a block of keys leaves an `i32`. Probabilities get more bits, as
/// many small ones beside a large one may add up.
const LOG2_LARGEST_PROBABILITY: f32 = 13.0;
pub(super) const LARGEST_VALUE: f32 = 511.0;
const _: () = assert!(KEYS as i64 * (1 << 13) * 511 <= i32::MAX as i64);

/// Added to probabilities before they are rounded, 16 steps of a sixteenth around 0 in a mixed order: beside a large one,
/// many small ones that are alike would all be rounded the same way, and their sum be wrong by as much.
const DITHER: [f32; LANES] = {
    let mut lanes = [0.0; LANES];
    let mut i = 0;
    while i < LANES {
        lanes[i] = ((i * 5 % LANES) as f32 + 0.5) / LANES as f32 - 0.5;
        i += 1;
    }
    lanes
};

/// Plain 32-bit floats, unscaled.
#[derive(Clone, Copy)]
pub(super) struct Floats<S>(S);

// SAFETY: only the methods of `Simd` are used.
unsafe impl<S: Simd> Format for Floats<S> {
    type Float = S;
    const GROUP: usize = 1;

    #[inline(always)]
    unsafe fn zero() -> Self {
        unsafe { Floats(S::splat(0.0)) }
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self {
        unsafe { Floats(S::load(p)) }
    }
    #[inline(always)]
    unsafe fn splat(lane: f32) -> Self {
        unsafe { Floats(S::splat(lane)) }
    }
    #[inline(always)]
    unsafe fn add_product(self, a: Self, b: Self) -> Self {
        unsafe { Floats(a.0.mul_add(b.0, self.0)) }
    }
    #[inline(always)]
    unsafe fn sums(self) -> S {
        self.0
    }
    #[inline(always)]
    unsafe fn pack(first: S, _: S) -> S {
        first
    }
    #[inline(always)]
    unsafe fn numerators(row: *mut f32, count: usize, factor: f32, top: f32) -> f32 {
        unsafe {
            let (factor, top, shift) = (S::splat(factor), S::splat(top), S::splat(0.0));
            let mut sum = S::splat(0.0);
            for j in (0..count).step_by(LANES) {
                let e = numerator(row.add(j), top, factor, shift);
                e.store(row.add(j));
                sum = sum.add(e);
            }
            sum.sum()
        }
    }
}

/// Pairs of 16-bit integers, their products summed in 32 bits.
#[derive(Clone, Copy)]
pub(super) struct Pairs<D>(D);

// SAFETY: only the methods of `Dot` and `Simd` are used.
unsafe impl<D: Dot> Format for Pairs<D> {
    type Float = D::Float;
    const GROUP: usize = 2;

    #[inline(always)]
    unsafe fn zero() -> Self {
        unsafe { Pairs(D::splat(0)) }
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self {
        unsafe { Pairs(D::load(p.cast())) }
    }
    #[inline(always)]
    unsafe fn splat(lane: f32) -> Self {
        unsafe { Pairs(D::splat(lane.to_bits() as i32)) }
    }
    #[inline(always)]
    unsafe fn add_product(self, a: Self, b: Self) -> Self {
        unsafe { Pairs(self.0.add_product(a.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn sums(self) -> D::Float {
        unsafe { self.0.to_float() }
    }
    #[inline(always)]
    unsafe fn pack(first: D::Float, second: D::Float) -> D::Float {
        unsafe { D::pair(first, second).bits() }
    }
    #[inline(always)]
    unsafe fn numerators(row: *mut f32, count: usize, factor: f32, top: f32) -> f32 {
        unsafe {
            let (factor, top) = (D::Float::splat(factor), D::Float::splat(top));
            let shift = D::Float::splat(LOG2_LARGEST_PROBABILITY);
            let dither = D::Float::load(DITHER.as_ptr());
            let ones = D::splat(0x0001_0001);
            let mut sum = D::splat(0);
            for j in (0..count).step_by(2 * LANES) {
                let low = numerator(row.add(j), top, factor, shift).add(dither);
                let high = numerator(row.add(j + LANES), top, factor, shift).add(dither);
                let pair = D::pair(low, high);
                pair.bits().store(row.add(j / 2));
                sum = sum.add_product(pair, ones);
            }
            sum.to_float().sum()
        }
    }
}

/// `2^((score - top) * factor + shift)`; the difference comes first, so that nothing exceeds `2^shift`.
#[inline(always)]
unsafe fn numerator<S: Simd>(score: *const f32, top: S, factor: S, shift: S) -> S {
    unsafe { S::load(score).sub(top).mul_add(factor, shift).exp2() }
}

/// What turns `q · k` into the exponent of two in the softmax of `q · k / sqrt size`.
pub(super) fn exponent(size: usize) -> f32 {
    LOG2_E / (size as f32).sqrt()
}
