//! Activations in 8 bits, with a scale per token.

use rayon::prelude::*;

use crate::model::kernels::{
    Threads,
    simd::{Isa, LANES, Simd, dispatch},
};

/// What stands for zero in quantised activations.
pub(super) const ZERO: u8 = 128;

/// Rows of activations, quantised per token: `x ≈ scale * (value - 128)`.
#[derive(Debug, Default)]
pub struct Quantised {
    /// `[tokens, stride]`
    pub(super) values: Vec<u8>,
    /// `[tokens]`
    pub(super) scales: Vec<f32>,
    pub(super) width: usize,
}

impl Quantised {
    /// Replaces what was held before; the memory is reused. `x`: `[tokens, width]`.
    ///
    /// `scale = largest |x| / 127` and `value = x * (127 / largest |x|) + 128`, to the nearest integer, ties to even.
    /// A row with nothing above 4e-37 gets the scale 0; a row with an infinity or NaN gets the scale NaN, so that its
    /// products are NaN.
    pub fn quantise(&mut self, x: &[f32], width: usize, isa: Isa, threads: Threads) {
        let tokens = x.len().checked_div(width).unwrap_or(0);
        assert_eq!(x.len(), tokens * width);
        self.resize(tokens, width);
        let run = |((x, values), scales): ((&[f32], &mut [u8]), &mut [f32])| {
            quantise_rows(x, width, values, scales, isa);
        };
        if threads == Threads::ONE || tokens == 0 {
            return run(((x, &mut self.values), &mut self.scales));
        }
        let rows = threads.share(tokens);
        x.par_chunks(rows * width)
            .zip(self.values.par_chunks_mut(rows * stride(width)))
            .zip(self.scales.par_chunks_mut(rows))
            .for_each(run);
    }

    /// Rows held.
    pub fn tokens(&self) -> usize {
        self.scales.len()
    }

    pub(super) fn resize(&mut self, tokens: usize, width: usize) {
        self.width = width;
        self.scales.resize(tokens, 0.0);
        self.values.resize(tokens * stride(width), ZERO);
    }
}

/// Bytes from one quantised row to the next: whole vectors, so that rows are stored without a tail.
pub(super) fn stride(width: usize) -> usize {
    width.next_multiple_of(LANES)
}

/// `x`: `[rows, width]` into `values`: `[rows, stride]` and `scales`: `[rows]`.
pub(super) fn quantise_rows(
    x: &[f32],
    width: usize,
    values: &mut [u8],
    scales: &mut [f32],
    isa: Isa,
) {
    dispatch!(isa, quantise(x: &[f32], width: usize, values: &mut [u8], scales: &mut [f32]));
}

#[inline(always)]
unsafe fn quantise<S: Simd>(x: &[f32], width: usize, values: &mut [u8], scales: &mut [f32]) {
    for (row, scale) in scales.iter_mut().enumerate() {
        let x = &x[row * width..][..width];
        let values = &mut values[row * stride(width)..][..stride(width)];
        let (largest, finite) = unsafe { range::<S>(x) };
        let inverse = 127.0 / largest;
        if !finite || inverse.is_infinite() {
            *scale = if finite { 0.0 } else { f32::NAN };
            values.fill(ZERO);
            continue;
        }
        *scale = largest / 127.0;
        let (chunks, tail) = x.as_chunks::<LANES>();
        let (targets, _) = values.as_chunks_mut::<LANES>();
        unsafe {
            let (inverse, zero) = (S::splat(inverse), S::splat(ZERO as f32));
            for (x, target) in chunks.iter().zip(&mut *targets) {
                let x = S::load(x.as_ptr()).mul_add(inverse, zero);
                x.store_bytes(target.as_mut_ptr());
            }
            if let Some(target) = targets.get_mut(chunks.len()) {
                let x = S::load(padded(tail).as_ptr()).mul_add(inverse, zero);
                x.store_bytes(target.as_mut_ptr());
            }
        }
    }
}

/// The largest magnitude of a row, and whether all of the row is finite.
#[inline(always)]
unsafe fn range<S: Simd>(x: &[f32]) -> (f32, bool) {
    unsafe {
        // Two of each, because a new largest waits for the last one. `poison` is 0 until an infinity or NaN comes;
        // `largest` need not keep a NaN.
        let mut largest = [S::splat(0.0); 2];
        let mut poison = largest;
        let (pairs, rest) = x.as_chunks::<{ 2 * LANES }>();
        for pair in pairs {
            for i in 0..2 {
                let x = S::load(pair.as_ptr().add(i * LANES));
                largest[i] = x.abs().max(largest[i]);
                poison[i] = poison[i].add(x.sub(x));
            }
        }
        let (chunks, tail) = rest.as_chunks::<LANES>();
        if let [chunk] = chunks {
            let x = S::load(chunk.as_ptr());
            largest[0] = x.abs().max(largest[0]);
            poison[0] = poison[0].add(x.sub(x));
        }
        if !tail.is_empty() {
            let x = S::load(padded(tail).as_ptr());
            largest[1] = x.abs().max(largest[1]);
            poison[1] = poison[1].add(x.sub(x));
        }
        let finite = poison[0].add(poison[1]).sum() == 0.0;
        (largest[0].max(largest[1]).largest(), finite)
    }
}

/// The end of a row in a whole vector.
#[inline(always)]
fn padded(tail: &[f32]) -> [f32; LANES] {
    let mut padded = [0.0; LANES];
    padded[..tail.len()].copy_from_slice(tail);
    padded
}
