//! Self-attention over packed sequences of different lengths (Vaswani et al., arXiv 1706.03762, formula 1).
//!
//! No padding and no mask: every sequence only ever sees its own rows, so its result is the same in any batch.

use std::cell::RefCell;

use rayon::prelude::*;

use super::{
    Threads,
    simd::{Isa, Simd, dispatch},
};

/// Query rows that share one pass over the keys.
const ROWS: usize = 6;

/// Computes `softmax(q kᵀ / sqrt head) v` for every sequence and head.
///
/// `qkv`: `[tokens, 3 * hidden]`, rows of all sequences one after the other, each row query, key, value;
/// `lengths`: tokens of each sequence, their sum is `tokens`; returns `[tokens, hidden]`.
pub fn attend(
    qkv: &[f32],
    lengths: &[usize],
    heads: usize,
    isa: Isa,
    threads: Threads,
) -> Vec<f32> {
    let tokens: usize = lengths.iter().sum();
    // `[tokens, 3 * hidden]`; no tokens, no columns.
    let hidden = qkv.len().checked_div(3 * tokens).unwrap_or(0);
    assert!(hidden == 0 || (qkv.len() == tokens * 3 * hidden && hidden.is_multiple_of(heads)));
    let mut out = vec![0.0; tokens * hidden];
    let target = Shared(out.as_mut_ptr());
    let mut starts = Vec::with_capacity(lengths.len());
    let mut at = 0;
    for &n in lengths {
        starts.push(at);
        at += n;
    }
    let task = |i: usize| {
        let (sequence, head) = (i / heads, i % heads);
        let view = Head {
            qkv: &qkv[starts[sequence] * 3 * hidden
                ..(starts[sequence] + lengths[sequence]) * 3 * hidden],
            hidden,
            size: hidden / heads,
            offset: head * (hidden / heads),
            tokens: lengths[sequence],
        };
        // SAFETY: each (sequence, head) writes its own columns of its own rows of `out`.
        let rows = unsafe { target.rows(starts[sequence] * hidden) };
        SCRATCH.with_borrow_mut(|scratch| view.attend(rows, scratch, isa));
    };
    let tasks = lengths.len() * heads;
    if threads == Threads::ONE {
        (0..tasks).for_each(task);
    } else {
        (0..tasks).into_par_iter().for_each(task);
    }
    out
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

/// The output, written by several threads in disjoint places.
#[derive(Clone, Copy)]
struct Shared(*mut f32);

// SAFETY: the tasks write disjoint elements.
unsafe impl Send for Shared {}
unsafe impl Sync for Shared {}

impl Shared {
    /// # Safety
    /// `offset` is within the output.
    unsafe fn rows(&self, offset: usize) -> *mut f32 {
        unsafe { self.0.add(offset) }
    }
}

/// One head of one sequence.
struct Head<'a> {
    /// `[tokens, 3 * hidden]`
    qkv: &'a [f32],
    hidden: usize,
    /// Columns of the head.
    size: usize,
    /// First column of the head.
    offset: usize,
    tokens: usize,
}

/// Buffers that a thread reuses.
#[derive(Default)]
struct Scratch {
    /// Keys, transposed: `[size, padded tokens]`.
    keys: Vec<f32>,
    /// Values: `[tokens, padded size]`.
    values: Vec<f32>,
    /// Probabilities of a block of queries: `[ROWS, padded tokens]`.
    probabilities: Vec<f32>,
}

impl Head<'_> {
    fn attend(&self, out: *mut f32, scratch: &mut Scratch, isa: Isa) {
        let head = self;
        dispatch!(isa, head_attend(head: &Head<'_>, out: *mut f32, scratch: &mut Scratch));
    }

    /// Copies keys (transposed, padded with zeros) and values into the scratch.
    #[inline(always)]
    fn gather(&self, scratch: &mut Scratch, padded: usize, width: usize) {
        let stride = 3 * self.hidden;
        scratch.keys.clear();
        scratch.keys.resize(self.size * padded, 0.0);
        scratch.values.clear();
        scratch.values.resize(self.tokens * width, 0.0);
        scratch.probabilities.resize(ROWS * padded, 0.0);
        for t in 0..self.tokens {
            let key = &self.qkv[t * stride + self.hidden + self.offset..][..self.size];
            for (d, k) in key.iter().enumerate() {
                scratch.keys[d * padded + t] = *k;
            }
            let value = &self.qkv[t * stride + 2 * self.hidden + self.offset..][..self.size];
            scratch.values[t * width..][..self.size].copy_from_slice(value);
        }
    }
}

#[inline(always)]
unsafe fn head_attend<S: Simd>(head: &Head<'_>, out: *mut f32, scratch: &mut Scratch) {
    // Keys are visited in blocks of four vectors.
    let padded = head.tokens.next_multiple_of(4 * S::LANES);
    let width = head.size.next_multiple_of(S::LANES);
    head.gather(scratch, padded, width);
    let stride = 3 * head.hidden;
    for first in (0..head.tokens).step_by(ROWS) {
        let rows = ROWS.min(head.tokens - first);
        // The last block repeats its last row: the code stays one, the repeats are not stored.
        let queries: [*const f32; ROWS] = std::array::from_fn(|r| unsafe {
            head.qkv
                .as_ptr()
                .add((first + r.min(rows - 1)) * stride + head.offset)
        });
        unsafe {
            scores::<S>(head, &queries, scratch, padded);
            let mut inverse = [0.0; ROWS];
            for (r, inverse) in inverse.iter_mut().enumerate() {
                let row = scratch.probabilities.as_mut_ptr().add(r * padded);
                *inverse = 1.0 / softmax_numerators::<S>(row, head.tokens, padded, head.size);
            }
            for column in (0..width).step_by(S::LANES) {
                let sums = weigh::<S>(head, scratch, padded, width, column);
                for r in 0..rows {
                    let mut lanes = [0.0; 16];
                    sums[r].mul(S::splat(inverse[r])).store(lanes.as_mut_ptr());
                    let count = S::LANES.min(head.size - column);
                    let target = out.add((first + r) * head.hidden + head.offset + column);
                    std::ptr::copy_nonoverlapping(lanes.as_ptr(), target, count);
                }
            }
        }
    }
}

/// `q kᵀ` of a block of queries into `scratch.probabilities`.
#[inline(always)]
unsafe fn scores<S: Simd>(
    head: &Head<'_>,
    queries: &[*const f32; ROWS],
    scratch: &mut Scratch,
    padded: usize,
) {
    let (keys, target) = (scratch.keys.as_ptr(), scratch.probabilities.as_mut_ptr());
    for j in (0..padded).step_by(4 * S::LANES) {
        unsafe {
            let mut sums = [[S::splat(0.0); 4]; ROWS];
            for d in 0..head.size {
                let key = keys.add(d * padded + j);
                let k: [S; 4] = [
                    S::load(key),
                    S::load(key.add(S::LANES)),
                    S::load(key.add(2 * S::LANES)),
                    S::load(key.add(3 * S::LANES)),
                ];
                for (sums, query) in sums.iter_mut().zip(queries) {
                    let q = S::splat(*query.add(d));
                    for (sum, k) in sums.iter_mut().zip(k) {
                        *sum = q.mul_add(k, *sum);
                    }
                }
            }
            for (r, sums) in sums.iter().enumerate() {
                for (c, sum) in sums.iter().enumerate() {
                    sum.store(target.add(r * padded + j + c * S::LANES));
                }
            }
        }
    }
}

/// Turns scores into `exp(score / sqrt size - max)` in place and returns their sum. Padding becomes 0.
#[inline(always)]
unsafe fn softmax_numerators<S: Simd>(
    row: *mut f32,
    tokens: usize,
    padded: usize,
    size: usize,
) -> f32 {
    let scale = std::f32::consts::LOG2_E / (size as f32).sqrt();
    unsafe {
        for j in tokens..padded {
            *row.add(j) = f32::NEG_INFINITY;
        }
        let mut largest = S::splat(f32::NEG_INFINITY);
        for j in (0..padded).step_by(S::LANES) {
            largest = largest.max(S::load(row.add(j)));
        }
        let shift = S::splat(-largest.largest() * scale);
        let scale = S::splat(scale);
        let mut sum = S::splat(0.0);
        for j in (0..padded).step_by(S::LANES) {
            let e = S::load(row.add(j)).mul_add(scale, shift).exp2();
            e.store(row.add(j));
            sum = sum.add(e);
        }
        sum.sum()
    }
}

/// Probability-weighted sums of the values, one vector of columns for a block of queries.
#[inline(always)]
unsafe fn weigh<S: Simd>(
    head: &Head<'_>,
    scratch: &Scratch,
    padded: usize,
    width: usize,
    column: usize,
) -> [S; ROWS] {
    let (values, probabilities) = (scratch.values.as_ptr(), scratch.probabilities.as_ptr());
    unsafe {
        let mut sums = [S::splat(0.0); ROWS];
        for t in 0..head.tokens {
            let value = S::load(values.add(t * width + column));
            for (r, sum) in sums.iter_mut().enumerate() {
                let p = S::splat(*probabilities.add(r * padded + t));
                *sum = p.mul_add(value, *sum);
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same everywhere.
    fn noise(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
        (0..n)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 23) as f32 * 2.0 - 2.0
            })
            .collect()
    }

    /// The formula, in f64.
    fn reference(qkv: &[f32], tokens: usize, hidden: usize, heads: usize) -> Vec<f64> {
        let size = hidden / heads;
        let at = |t: usize, part: usize, c: usize| qkv[t * 3 * hidden + part * hidden + c] as f64;
        let mut out = vec![0.0; tokens * hidden];
        for h in 0..heads {
            for i in 0..tokens {
                let score = |j: usize| {
                    (0..size)
                        .map(|d| at(i, 0, h * size + d) * at(j, 1, h * size + d))
                        .sum::<f64>()
                };
                let e: Vec<f64> = (0..tokens)
                    .map(|j| (score(j) / (size as f64).sqrt()).exp())
                    .collect();
                let sum: f64 = e.iter().sum();
                for d in 0..size {
                    out[i * hidden + h * size + d] = (0..tokens)
                        .map(|j| e[j] / sum * at(j, 2, h * size + d))
                        .sum();
                }
            }
        }
        out
    }

    #[test]
    fn equals_the_formula_for_all_head_sizes_lengths_and_instruction_sets() {
        for (hidden, heads) in [(64, 2), (128, 2), (64, 4), (20, 2), (96, 3)] {
            for tokens in [1, 2, 5, 6, 7, 31, 64, 65, 130] {
                let qkv = noise(tokens * 3 * hidden, (tokens * hidden) as u32);
                let want = reference(&qkv, tokens, hidden, heads);
                for isa in Isa::available() {
                    let got = attend(&qkv, &[tokens], heads, isa, Threads::ONE);
                    for (i, (got, want)) in got.iter().zip(&want).enumerate() {
                        let error = (*got as f64 - want).abs();
                        assert!(
                            error < 1e-5,
                            "{isa:?} hidden {hidden} tokens {tokens} at {i}: {got}, not {want}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_sequence_alone_equals_the_sequence_in_a_batch_bit_for_bit() {
        let (hidden, heads, lengths) = (64, 2, [3, 70, 1, 12]);
        let tokens: usize = lengths.iter().sum();
        let qkv = noise(tokens * 3 * hidden, 7);
        for isa in Isa::available() {
            for threads in [Threads::ONE, Threads(2)] {
                let together = attend(&qkv, &lengths, heads, isa, threads);
                let mut at = 0;
                for n in lengths {
                    let alone = attend(
                        &qkv[at * 3 * hidden..(at + n) * 3 * hidden],
                        &[n],
                        heads,
                        isa,
                        Threads::ONE,
                    );
                    assert_eq!(alone, &together[at * hidden..(at + n) * hidden], "{isa:?}");
                    at += n;
                }
            }
        }
    }

    #[test]
    fn nothing_in_nothing_out() {
        assert!(attend(&[], &[], 2, Isa::detect(), Threads::ONE).is_empty());
    }
}
