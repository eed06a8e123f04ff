//! Attention of one head over one sequence.

use std::ops::Range;

use super::{
    super::simd::{LANES, Simd},
    format::{Format, LARGEST_VALUE, exponent, largest_key},
};

/// Query rows that share one pass over the keys.
const ROWS: usize = 6;

/// Keys whose scores are held at once: `ROWS` rows of them stay in the first cache. Longer sequences are visited block
/// by block, and sums are rescaled when a larger score appears (Milakov and Gimelshein, arXiv 1805.02867).
pub(super) const KEYS: usize = 512;

/// Distance of two rows of scores; not a power of two, so that they do not compete for the same places of the cache.
const SCORES: usize = KEYS + LANES;

/// One head of one sequence.
pub(super) struct Head<'a> {
    /// `[tokens, 3 * hidden]`
    pub(super) qkv: &'a [f32],
    /// `[tokens, hidden]`; no one else writes the head's columns.
    pub(super) out: *mut f32,
    pub(super) hidden: usize,
    /// Columns of the head.
    pub(super) size: usize,
    /// First column of the head.
    pub(super) offset: usize,
    pub(super) tokens: usize,
}

/// Buffers that a thread reuses. Lanes of a [`Format`] are held as the bits of floats.
#[derive(Default)]
pub(super) struct Scratch {
    /// Transposed, 16 tokens by 16 tokens: `[padded tokens / 16, lanes of a key, 16]`.
    keys: Vec<f32>,
    /// `[padded tokens / GROUP, padded size]`
    values: Vec<f32>,
    /// Scales of the values: `[padded size]`.
    scales: Vec<f32>,
    /// Rows of the block: `[ROWS, lanes of a row]`.
    queries: Vec<f32>,
    /// Scores, then packed numerators: `[ROWS, SCORES]`.
    scores: Vec<f32>,
    /// Sums of values weighed by the numerators: `[ROWS, padded size]`.
    sums: Vec<f32>,
}

/// The running softmax of a block of rows.
struct Softmax<S> {
    /// From `q · k` to exponents of two.
    factors: [f32; ROWS],
    /// Largest scores so far.
    tops: [f32; ROWS],
    /// Sums of the numerators so far.
    totals: [S; ROWS],
    /// What the last block of keys left of the earlier sums.
    kept: [S; ROWS],
}

/// Queries, keys or values in a row of `qkv`.
#[derive(Clone, Copy)]
enum Part {
    Query,
    Key,
    Value,
}

impl Head<'_> {
    /// # Safety
    /// The machine has the instruction set of `F`, and `out` can be written as documented.
    #[inline(always)]
    pub(super) unsafe fn attend<F: Format>(&self, scratch: &mut Scratch) {
        unsafe {
            self.prepare::<F>(scratch);
            let key_scale = self.pack_keys::<F>(scratch);
            self.pack_values::<F>(scratch);
            let padded = self.padded::<F>();
            for first in (0..self.tokens).step_by(ROWS) {
                let zero = F::Float::splat(0.0);
                let mut softmax = Softmax {
                    factors: self.pack_queries::<F>(first, key_scale, scratch),
                    tops: [f32::NEG_INFINITY; ROWS],
                    totals: [zero; ROWS],
                    kept: [zero; ROWS],
                };
                scratch.sums.fill(0.0);
                for block in (0..padded).step_by(KEYS) {
                    let count = KEYS.min(padded - block);
                    let largest = self.score::<F>(block, count, scratch);
                    softmax.add::<F>(largest, count, scratch);
                    self.weigh::<F>(block, count, &softmax, scratch);
                }
                self.store(first, &softmax, scratch);
            }
        }
    }

    /// Lanes of a query or key.
    fn lanes<F: Format>(&self) -> usize {
        self.size.next_multiple_of(LANES * F::GROUP) / F::GROUP
    }

    fn padded<F: Format>(&self) -> usize {
        self.tokens.next_multiple_of(LANES * F::GROUP)
    }

    fn width(&self) -> usize {
        self.size.next_multiple_of(LANES)
    }

    fn prepare<F: Format>(&self, scratch: &mut Scratch) {
        let (lanes, padded, width) = (self.lanes::<F>(), self.padded::<F>(), self.width());
        // All of these are overwritten, the sums row block by row block.
        scratch.keys.resize(lanes * padded, 0.0);
        scratch.values.resize(padded / F::GROUP * width, 0.0);
        scratch.scales.resize(width, 0.0);
        scratch.queries.resize(ROWS * lanes, 0.0);
        scratch.scores.resize(ROWS * SCORES, 0.0);
        scratch.sums.resize(ROWS * width, 0.0);
    }

    /// 16 numbers of a row from `column` of the head on; zeros beyond the head and beyond the sequence.
    #[inline(always)]
    unsafe fn load<S: Simd>(&self, part: Part, token: usize, column: usize) -> S {
        unsafe {
            if token >= self.tokens || column >= self.size {
                return S::splat(0.0);
            }
            let row = (3 * token + part as usize) * self.hidden + self.offset;
            let numbers = self.qkv.as_ptr().add(row + column);
            if column + LANES <= self.size {
                return S::load(numbers);
            }
            let mut filled = [0.0; LANES];
            let count = self.size - column;
            std::ptr::copy_nonoverlapping(numbers, filled.as_mut_ptr(), count);
            S::load(filled.as_ptr())
        }
    }

    /// Packed lanes of numbers at one or two places (token and column), times `inverse`.
    #[inline(always)]
    unsafe fn packed<F: Format>(
        &self,
        part: Part,
        first: (usize, usize),
        second: (usize, usize),
        inverse: F::Float,
    ) -> F::Float {
        unsafe {
            let numbers = self.load::<F::Float>(part, first.0, first.1).mul(inverse);
            if F::GROUP == 1 {
                return numbers;
            }
            let others = self.load::<F::Float>(part, second.0, second.1).mul(inverse);
            F::pack(numbers, others)
        }
    }

    /// The largest magnitudes of some tokens' numbers in each lane of the columns; nothing is visited for floats, which
    /// need no scale.
    #[inline(always)]
    unsafe fn largest<F: Format>(
        &self,
        part: Part,
        tokens: Range<usize>,
        columns: Range<usize>,
    ) -> F::Float {
        unsafe {
            let mut largest = F::Float::splat(0.0);
            if F::GROUP == 1 {
                return largest;
            }
            for token in tokens {
                for column in columns.clone().step_by(LANES) {
                    largest = largest.max(self.load::<F::Float>(part, token, column).abs());
                }
            }
            largest
        }
    }

    /// Quantises and transposes the keys; returns their scale.
    #[inline(always)]
    unsafe fn pack_keys<F: Format>(&self, scratch: &mut Scratch) -> f32 {
        unsafe {
            let (lanes, padded) = (self.lanes::<F>(), self.padded::<F>());
            let largest = self.largest::<F>(Part::Key, 0..self.tokens, 0..self.size);
            let largest = F::Float::splat(largest.largest());
            let (scale, inverse) = scale::<F>(largest, largest_key(self.size));
            for token in (0..padded).step_by(LANES) {
                for column in (0..self.size).step_by(LANES * F::GROUP) {
                    let mut rows = [F::Float::splat(0.0); LANES];
                    for (i, row) in rows.iter_mut().enumerate() {
                        let (token, next) = (token + i, column + LANES);
                        *row = self.packed::<F>(Part::Key, (token, column), (token, next), inverse);
                    }
                    let at = token * lanes + column / F::GROUP * LANES;
                    for (i, numbers) in transpose(rows).into_iter().enumerate() {
                        numbers.store(scratch.keys.as_mut_ptr().add(at + i * LANES));
                    }
                }
            }
            scale.largest()
        }
    }

    /// Quantises the values, column by column, and groups their rows.
    #[inline(always)]
    unsafe fn pack_values<F: Format>(&self, scratch: &mut Scratch) {
        unsafe {
            let (padded, width) = (self.padded::<F>(), self.width());
            for column in (0..width).step_by(LANES) {
                let columns = column..column + LANES;
                let largest = self.largest::<F>(Part::Value, 0..self.tokens, columns);
                let (scale, inverse) = scale::<F>(largest, LARGEST_VALUE);
                scale.store(scratch.scales.as_mut_ptr().add(column));
                for block in (0..padded).step_by(LANES * F::GROUP) {
                    for token in block..block + LANES {
                        let other = (token + LANES, column);
                        let row = block / F::GROUP + token - block;
                        self.packed::<F>(Part::Value, (token, column), other, inverse)
                            .store(scratch.values.as_mut_ptr().add(row * width + column));
                    }
                }
            }
        }
    }

    /// Quantises a block of queries; returns the factors from their products with keys to exponents of two.
    #[inline(always)]
    unsafe fn pack_queries<F: Format>(
        &self,
        first: usize,
        key_scale: f32,
        scratch: &mut Scratch,
    ) -> [f32; ROWS] {
        let lanes = self.lanes::<F>();
        let mut factors = [0.0; ROWS];
        for (r, factor) in factors.iter_mut().enumerate() {
            unsafe {
                // Beyond the sequence: zeros, whose results are not stored.
                let token = first + r;
                let largest = self.largest::<F>(Part::Query, token..token + 1, 0..self.size);
                let largest = F::Float::splat(largest.largest());
                let (scale, inverse) = scale::<F>(largest, largest_key(self.size));
                for lane in (0..lanes).step_by(LANES) {
                    let column = lane * F::GROUP;
                    let other = (token, column + LANES);
                    self.packed::<F>(Part::Query, (token, column), other, inverse)
                        .store(scratch.queries.as_mut_ptr().add(r * lanes + lane));
                }
                *factor = scale.largest() * key_scale * exponent(self.size);
            }
        }
        factors
    }

    /// `q kᵀ` of a block of rows and a block of keys; returns the largest of each row.
    #[inline(always)]
    unsafe fn score<F: Format>(
        &self,
        block: usize,
        count: usize,
        scratch: &mut Scratch,
    ) -> [f32; ROWS] {
        let mut largest = [unsafe { F::Float::splat(f32::NEG_INFINITY) }; ROWS];
        let mut j = 0;
        while j < count {
            unsafe {
                match F::Float::COLUMNS.min((count - j) / LANES) {
                    4.. => j += self.score_tile::<F, 4>(block, j, &mut largest, scratch),
                    2 | 3 => j += self.score_tile::<F, 2>(block, j, &mut largest, scratch),
                    _ => j += self.score_tile::<F, 1>(block, j, &mut largest, scratch),
                }
            }
        }
        let mut tops = [0.0; ROWS];
        for (top, lanes) in tops.iter_mut().zip(largest) {
            *top = unsafe { lanes.largest() };
        }
        tops
    }

    /// Returns the keys of the tile.
    #[inline(always)]
    unsafe fn score_tile<F: Format, const C: usize>(
        &self,
        block: usize,
        j: usize,
        largest: &mut [F::Float; ROWS],
        scratch: &mut Scratch,
    ) -> usize {
        unsafe {
            let lanes = self.lanes::<F>();
            let keys = scratch.keys.as_ptr().add((block + j) * lanes);
            let sums = tile::<F, C>(
                (scratch.queries.as_ptr(), lanes),
                (keys, LANES, lanes * LANES),
                lanes,
            );
            // What follows the sequence is never the largest and weighs nothing.
            let mut limits = [F::Float::splat(f32::INFINITY); C];
            for (c, limit) in limits.iter_mut().enumerate() {
                let end = self.tokens.saturating_sub(block + j + c * LANES);
                if end < LANES {
                    *limit = before(end);
                }
            }
            for (r, (sums, largest)) in sums.iter().zip(largest).enumerate() {
                let row = scratch.scores.as_mut_ptr().add(r * SCORES + j);
                for (c, (sum, limit)) in sums.iter().zip(limits).enumerate() {
                    let score = limit.min(sum.sums());
                    score.store(row.add(c * LANES));
                    *largest = largest.max(score);
                }
            }
        }
        C * LANES
    }

    /// Adds the values of a block of keys, weighed by their numerators, to what is kept of the sums.
    #[inline(always)]
    unsafe fn weigh<F: Format>(
        &self,
        block: usize,
        count: usize,
        softmax: &Softmax<F::Float>,
        scratch: &mut Scratch,
    ) {
        let mut column = 0;
        while column < self.width() {
            unsafe {
                match F::Float::COLUMNS.min((self.width() - column) / LANES) {
                    4.. => {
                        column += self.weigh_tile::<F, 4>(block, count, column, softmax, scratch)
                    }
                    2 | 3 => {
                        column += self.weigh_tile::<F, 2>(block, count, column, softmax, scratch)
                    }
                    _ => column += self.weigh_tile::<F, 1>(block, count, column, softmax, scratch),
                }
            }
        }
    }

    /// Returns the columns of the tile.
    #[inline(always)]
    unsafe fn weigh_tile<F: Format, const C: usize>(
        &self,
        block: usize,
        count: usize,
        column: usize,
        softmax: &Softmax<F::Float>,
        scratch: &mut Scratch,
    ) -> usize {
        unsafe {
            let width = self.width();
            let values = scratch
                .values
                .as_ptr()
                .add(block / F::GROUP * width + column);
            let sums = tile::<F, C>(
                (scratch.scores.as_ptr(), SCORES),
                (values, width, LANES),
                count / F::GROUP,
            );
            for (r, (sums, kept)) in sums.iter().zip(softmax.kept).enumerate() {
                let row = scratch.sums.as_mut_ptr().add(r * width + column);
                for (c, sum) in sums.iter().enumerate() {
                    let total = row.add(c * LANES);
                    F::Float::load(total).mul_add(kept, sum.sums()).store(total);
                }
            }
        }
        C * LANES
    }

    /// Writes the rows of a block, `sum * scale / total`.
    #[inline(always)]
    unsafe fn store<S: Simd>(&self, first: usize, softmax: &Softmax<S>, scratch: &Scratch) {
        let width = self.width();
        for r in 0..ROWS.min(self.tokens - first) {
            unsafe {
                let inverse = S::splat(1.0).div(softmax.totals[r]);
                let row = self.out.add((first + r) * self.hidden + self.offset);
                for column in (0..self.size).step_by(LANES) {
                    let sum = S::load(scratch.sums.as_ptr().add(r * width + column));
                    let scale = S::load(scratch.scales.as_ptr().add(column));
                    let result = sum.mul(scale.mul(inverse));
                    let count = LANES.min(self.size - column);
                    if count == LANES {
                        result.store(row.add(column));
                    } else {
                        let mut lanes = [0.0; LANES];
                        result.store(lanes.as_mut_ptr());
                        std::ptr::copy_nonoverlapping(lanes.as_ptr(), row.add(column), count);
                    }
                }
            }
        }
    }
}

impl<S: Simd> Softmax<S> {
    /// Takes a block of scores in, whose largest are given, and turns them into numerators.
    #[inline(always)]
    unsafe fn add<F: Format<Float = S>>(
        &mut self,
        largest: [f32; ROWS],
        count: usize,
        scratch: &mut Scratch,
    ) {
        for (r, largest) in largest.into_iter().enumerate() {
            unsafe {
                let factor = self.factors[r];
                let before = self.tops[r];
                let top = before.max(largest);
                self.tops[r] = top;
                self.kept[r] = S::splat((before - top) * factor).exp2();
                let row = scratch.scores.as_mut_ptr().add(r * SCORES);
                let total = S::splat(F::numerators(row, count, factor, top));
                self.totals[r] = self.totals[r].mul_add(self.kept[r], total);
            }
        }
    }
}

/// The product of a block of rows with `C` vectors of columns: `left` is `[ROWS, steps]` with the distance of its
/// rows, `right` `[steps, C, 16]` with the distances of its rows and of its vectors.
#[inline(always)]
unsafe fn tile<F: Format, const C: usize>(
    left: (*const f32, usize),
    right: (*const f32, usize, usize),
    steps: usize,
) -> [[F; C]; ROWS] {
    unsafe {
        let mut sums = [[F::zero(); C]; ROWS];
        for step in 0..steps {
            let row = right.0.add(step * right.1);
            let mut columns = [F::zero(); C];
            for (c, column) in columns.iter_mut().enumerate() {
                *column = F::load(row.add(c * right.2));
            }
            for (r, sums) in sums.iter_mut().enumerate() {
                let number = F::splat(*left.0.add(r * left.1 + step));
                for (sum, column) in sums.iter_mut().zip(columns) {
                    *sum = sum.add_product(number, column);
                }
            }
        }
        sums
    }
}

/// Plus infinity in the lanes before `end`, minus infinity from there on.
#[inline(always)]
unsafe fn before<S: Simd>(end: usize) -> S {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    lanes[..end].fill(f32::INFINITY);
    unsafe { S::load(lanes.as_ptr()) }
}

/// The scale that makes numbers of at most `largest` fit `limit`, and its inverse; 1 for floats.
#[inline(always)]
unsafe fn scale<F: Format>(largest: F::Float, limit: f32) -> (F::Float, F::Float) {
    unsafe {
        if F::GROUP == 1 {
            return (F::Float::splat(1.0), F::Float::splat(1.0));
        }
        // The floor keeps the scale of zeros, and the product of two scales, a normal number.
        let largest = F::Float::splat(1e-12).max(largest);
        let scale = largest.mul(F::Float::splat(1.0 / limit));
        (scale, F::Float::splat(limit).div(largest))
    }
}

/// Transposes 16 rows of 16 lanes: each of four rounds of interleaving moves one bit of the row's index to the lane's.
#[inline(always)]
unsafe fn transpose<S: Simd>(mut rows: [S; LANES]) -> [S; LANES] {
    for _ in 0..4 {
        let from = rows;
        for i in 0..LANES / 2 {
            (rows[2 * i], rows[2 * i + 1]) = unsafe { from[i].interleave(from[i + LANES / 2]) };
        }
    }
    rows
}
