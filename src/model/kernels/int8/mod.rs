//! Dense layers in 8-bit integers: unsigned activations, quantised per token, times signed weights.
//!
//! The sums are exact in 32 bits and the floats around them go through `Simd`, so a row's result is bit for bit the
//! same on every instruction set, on any number of threads and in any batch.

use std::cell::RefCell;

mod dot;
mod quantised;

pub use quantised::Quantised;

use super::{
    Threads,
    activation::{self, Activation},
    norm::Norm,
    simd::{Isa, LANES},
};
use dot::{QUAD, ROWS, Rows, VECTORS, Weights, multiply};
use quantised::{ZERO, quantise_rows};

/// Rows whose products wait in the cache for what follows them.
const BLOCK: usize = 8 * ROWS;

/// `y = x wᵀ + b` with weights in i8, quantised per output channel (symmetric, scale = largest |w| / 127).
pub struct Int8Linear {
    /// `[vectors of channels, quads]`; channels and inputs are filled up with zeros.
    weight: Vec<Weights>,
    channels: Channels,
    inputs: usize,
    outputs: usize,
}

/// What the epilogue needs to know about each output channel.
struct Channels {
    /// The first term of the sums: takes off what the activations' zero point adds to them.
    start: Vec<i32>,
    scale: Vec<f32>,
    bias: Vec<f32>,
}

impl Int8Linear {
    /// `weight`: `[outputs, inputs]`, `bias`: `[outputs]`. A channel with an infinity or NaN only gives NaN.
    pub fn new(weight: &[f32], bias: Vec<f32>, inputs: usize) -> Self {
        let outputs = bias.len();
        assert_eq!(weight.len(), outputs * inputs);
        assert!(inputs <= 1 << 16, "32 bits hold the sum");
        let (quads, padded) = (
            inputs.div_ceil(QUAD),
            outputs.next_multiple_of(VECTORS * LANES),
        );
        let mut packed = vec![Weights([0; LANES * QUAD]); padded / LANES * quads];
        let mut channels = Channels {
            start: vec![0; padded],
            scale: vec![0.0; padded],
            bias,
        };
        channels.bias.resize(padded, 0.0);
        for channel in 0..outputs {
            let row = &weight[channel * inputs..][..inputs];
            let largest = row.iter().fold(0.0f32, |largest, w| largest.max(w.abs()));
            let finite = row.iter().all(|w| w.is_finite());
            channels.scale[channel] = if finite { largest / 127.0 } else { f32::NAN };
            let (vector, lane) = (channel / LANES, channel % LANES);
            for (i, w) in row.iter().enumerate() {
                // A channel of zeros stays zero: the cast makes 0 of NaN.
                let w = (w / largest * 127.0).round_ties_even() as i8;
                let weights = &mut packed[vector * quads + i / QUAD];
                weights.0[lane * QUAD + i % QUAD] = w;
                channels.start[channel] -= ZERO as i32 * w as i32;
            }
        }
        Self {
            weight: packed,
            channels,
            inputs,
            outputs,
        }
    }

    pub fn inputs(&self) -> usize {
        self.inputs
    }

    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// `y`: `[tokens, outputs]`
    pub fn forward(&self, x: &Quantised, y: &mut [f32], isa: Isa, threads: Threads) {
        Stretch::new(self, x, y, None).share(threads, &|stretch| {
            multiply(self, &stretch.x, stretch.y, false, isa);
        });
    }

    /// The activation of the product, quantised for the next one: block of rows by block, while they are in the cache.
    pub fn forward_quantised(
        &self,
        x: &Quantised,
        activation: Activation,
        out: &mut Quantised,
        isa: Isa,
        threads: Threads,
    ) {
        Stretch::new(self, x, &mut [], Some(out)).share(threads, &|stretch| {
            SCRATCH.with_borrow_mut(|scratch| {
                scratch.resize(BLOCK * self.outputs, 0.0);
                stretch.blocks(|block| {
                    let y = &mut scratch[..block.x.scales.len() * self.outputs];
                    multiply(self, &block.x, y, false, isa);
                    activation::apply(activation, y, isa, Threads::ONE);
                    quantise_rows(y, self.outputs, block.values, block.scales, isa);
                });
            });
        });
    }

    /// `states = norm(states + x wᵀ + b)`, also quantised for the next product; `states`: `[tokens, outputs]`.
    pub fn forward_norm(
        &self,
        x: &Quantised,
        norm: &Norm,
        states: &mut [f32],
        out: &mut Quantised,
        isa: Isa,
        threads: Threads,
    ) {
        Stretch::new(self, x, states, Some(out)).share(threads, &|stretch| {
            stretch.blocks(|block| {
                multiply(self, &block.x, block.y, true, isa);
                norm.apply(block.y, isa);
                quantise_rows(block.y, self.outputs, block.values, block.scales, isa);
            });
        });
    }
}

thread_local! {
    /// Products of a block of rows, `[BLOCK, outputs]`.
    static SCRATCH: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// Some rows of a product and of what becomes of it.
struct Stretch<'a> {
    x: Rows<'a>,
    /// `[rows, outputs]`, or empty.
    y: &'a mut [f32],
    /// `[rows, stride]`, or empty.
    values: &'a mut [u8],
    /// `[rows]`, or empty.
    scales: &'a mut [f32],
}

impl<'a> Stretch<'a> {
    /// All rows of `x`.
    fn new(
        linear: &Int8Linear,
        x: &'a Quantised,
        y: &'a mut [f32],
        out: Option<&'a mut Quantised>,
    ) -> Self {
        assert_eq!(x.width, linear.inputs);
        let (values, scales): (&mut [u8], &mut [f32]) = match out {
            Some(out) => {
                out.resize(x.tokens(), linear.outputs);
                (&mut out.values, &mut out.scales)
            }
            None => (&mut [], &mut []),
        };
        Self {
            x: Rows {
                values: &x.values,
                scales: &x.scales,
            },
            y,
            values,
            scales,
        }
    }

    /// Runs all rows; on several threads two parts for each, so that one that is held up leaves work to the others.
    fn share(self, threads: Threads, run: &(impl Fn(Stretch<'_>) + Sync)) {
        match threads {
            Threads(0 | 1) => run(self),
            Threads(n) => self.fork(2 * n, run),
        }
    }

    /// Runs the rows in about equal `parts`.
    fn fork(self, parts: usize, run: &(impl Fn(Stretch<'_>) + Sync)) {
        let rows = self.x.scales.len();
        if parts == 1 || rows <= ROWS {
            return run(self);
        }
        let half = parts / 2;
        let (a, b) = self.split((rows * half / parts).next_multiple_of(ROWS));
        rayon::join(|| a.fork(half, run), || b.fork(parts - half, run));
    }

    /// Runs `BLOCK` rows at a time.
    fn blocks(mut self, mut run: impl FnMut(Stretch<'_>)) {
        while self.x.scales.len() > BLOCK {
            let (block, rest) = self.split(BLOCK);
            run(block);
            self = rest;
        }
        run(self);
    }

    /// The first `count` rows and the rest.
    fn split(self, count: usize) -> (Self, Self) {
        let rows = self.x.scales.len();
        let at = |length: usize| length / rows * count;
        let x = self.x.values.split_at(at(self.x.values.len()));
        let x_scales = self.x.scales.split_at(count);
        let y_at = at(self.y.len());
        let y = self.y.split_at_mut(y_at);
        let values_at = at(self.values.len());
        let values = self.values.split_at_mut(values_at);
        let scales_at = at(self.scales.len());
        let scales = self.scales.split_at_mut(scales_at);
        let stretch = |values, scales, y, out: &'a mut [u8], out_scales: &'a mut [f32]| Self {
            x: Rows { values, scales },
            y,
            values: out,
            scales: out_scales,
        };
        (
            stretch(x.0, x_scales.0, y.0, values.0, scales.0),
            stretch(x.1, x_scales.1, y.1, values.1, scales.1),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{quantised::stride, *};
    use proptest::prelude::*;

    fn noise(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        (0..n)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 24) as f32 - 0.5
            })
            .collect()
    }

    /// What the quantised rows stand for: `[tokens, width]`.
    fn dequantise(x: &Quantised) -> Vec<f32> {
        let mut all = Vec::new();
        for (row, scale) in x.scales.iter().enumerate() {
            let values = &x.values[row * stride(x.width)..][..x.width];
            all.extend(values.iter().map(|v| scale * (*v as f32 - ZERO as f32)));
        }
        all
    }

    fn bits(x: &[f32]) -> Vec<u32> {
        x.iter().map(|x| x.to_bits()).collect()
    }

    /// Bytes at the ends of their range and anywhere: what saturates in 16 bits, on every place of a quad.
    fn bytes() -> impl Strategy<Value = (u8, i8)> {
        prop_oneof![
            Just((255, 127)),
            Just((255, -127)),
            Just((0, 127)),
            Just((0, -127)),
            (any::<u8>(), -127i8..=127),
        ]
    }

    /// Rows, inputs, outputs and one pair of bytes for every (row or output, input).
    fn product() -> impl Strategy<Value = (usize, usize, Vec<u8>, Vec<i8>)> {
        (0..15usize, 1..70usize, 1..150usize).prop_flat_map(|(rows, inputs, outputs)| {
            (
                prop::collection::vec(bytes(), rows * inputs),
                prop::collection::vec(bytes(), outputs * inputs),
            )
                .prop_map(move |(x, w)| {
                    let x = x.into_iter().map(|(x, _)| x).collect();
                    let mut w: Vec<i8> = w.into_iter().map(|(_, w)| w).collect();
                    // Makes the scale 1.
                    w.iter_mut().step_by(inputs).for_each(|w| *w = 127);
                    (rows, inputs, x, w)
                })
        })
    }

    proptest! {
        #[test]
        fn the_sums_are_exact_on_every_instruction_set((rows, inputs, x, w) in product()) {
            check_sums(rows, inputs, &x, &w);
        }
    }

    #[test]
    fn the_sums_of_a_long_row_at_the_ends_of_the_range_are_exact() {
        let (inputs, outputs) = (1030, 18);
        for (x, w) in [(255, 127), (255, -127), (0, 127), (0, -127)] {
            let mut w = vec![w; inputs * outputs];
            w.iter_mut().step_by(inputs).for_each(|w| *w = 127);
            check_sums(3, inputs, &vec![x; 3 * inputs], &w);
        }
    }

    /// With scales of 1 the products are the sums themselves, as long as a float holds them.
    fn check_sums(rows: usize, inputs: usize, x: &[u8], w: &[i8]) {
        let outputs = w.len() / inputs;
        let weight: Vec<f32> = w.iter().map(|w| *w as f32).collect();
        let linear = Int8Linear::new(&weight, vec![0.0; outputs], inputs);
        let mut quantised = Quantised::default();
        quantised.resize(rows, inputs);
        quantised.scales.fill(1.0);
        // The padding may hold anything.
        quantised.values.fill(255);
        let mut want = Vec::new();
        for row in 0..rows {
            let x = &x[row * inputs..][..inputs];
            quantised.values[row * stride(inputs)..][..inputs].copy_from_slice(x);
            for w in w.chunks_exact(inputs) {
                let products = x.iter().zip(w).map(|(x, w)| (*x as i32 - 128) * *w as i32);
                want.push(products.sum::<i32>() as f32);
            }
        }
        for isa in Isa::available() {
            let mut y = vec![f32::NAN; rows * outputs];
            linear.forward(&quantised, &mut y, isa, Threads::ONE);
            assert_eq!(y, want, "{isa:?} {rows} x {inputs} x {outputs}");
        }
    }

    /// All that comes out of a layer, as bits.
    fn everything(
        inputs: usize,
        outputs: usize,
        x: &[f32],
        isa: Isa,
        threads: Threads,
    ) -> Vec<Vec<u32>> {
        let linear = Int8Linear::new(&noise(inputs * outputs, 5), noise(outputs, 6), inputs);
        let norm = Norm {
            weight: noise(outputs, 7),
            bias: noise(outputs, 8),
            eps: 1e-5,
        };
        let tokens = x.len() / inputs;
        let mut quantised = Quantised::default();
        quantised.quantise(x, inputs, isa, threads);
        let mut y = vec![f32::NAN; tokens * outputs];
        linear.forward(&quantised, &mut y, isa, threads);
        let mut activated = Quantised::default();
        linear.forward_quantised(&quantised, Activation::Gelu, &mut activated, isa, threads);
        // The residual: the first inputs of each token, again and again.
        let mut states: Vec<f32> = (0..tokens * outputs)
            .map(|i| x[i / outputs * inputs + i % outputs % inputs])
            .collect();
        let mut normed = Quantised::default();
        linear.forward_norm(&quantised, &norm, &mut states, &mut normed, isa, threads);
        [
            dequantise(&quantised),
            y,
            dequantise(&activated),
            states,
            dequantise(&normed),
        ]
        .iter()
        .map(|all| bits(all))
        .collect()
    }

    #[test]
    fn every_bit_is_the_same_on_every_instruction_set_with_any_threads_and_in_any_batch() {
        for (inputs, outputs) in [(384, 384), (64, 256), (37, 100), (5, 3), (1, 1)] {
            let tokens = 77;
            let mut x = noise(tokens * inputs, 9);
            // Rows of very different sizes, one of zeros.
            for (row, x) in x.chunks_exact_mut(inputs).enumerate() {
                x.iter_mut().for_each(|x| *x *= (row as f32 - 4.0).powi(3));
            }
            let want = everything(inputs, outputs, &x, Isa::Portable, Threads::ONE);
            for isa in Isa::available() {
                for threads in [Threads::ONE, Threads(2), Threads(3), Threads(100)] {
                    let got = everything(inputs, outputs, &x, isa, threads);
                    assert!(got == want, "{isa:?} {threads:?} {inputs} x {outputs}");
                }
                for (first, rows) in [(0, 1), (3, 7), (30, 47), (76, 1)] {
                    let part = &x[first * inputs..(first + rows) * inputs];
                    let got = everything(inputs, outputs, part, isa, Threads::ONE);
                    for (got, want) in got.iter().zip(&want) {
                        let width = want.len() / tokens;
                        assert!(
                            *got == want[first * width..(first + rows) * width],
                            "{isa:?} {inputs} x {outputs}: {rows} rows from {first}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_error_is_what_quantisation_allows() {
        let (tokens, inputs, outputs) = (9, 130, 70);
        let (x, weight, bias) = (
            noise(tokens * inputs, 1),
            noise(inputs * outputs, 2),
            noise(outputs, 3),
        );
        let linear = Int8Linear::new(&weight, bias.clone(), inputs);
        let mut quantised = Quantised::default();
        quantised.quantise(&x, inputs, Isa::detect(), Threads::ONE);
        let mut y = vec![0.0; tokens * outputs];
        linear.forward(&quantised, &mut y, Isa::detect(), Threads::ONE);
        let mut largest_error = 0.0f64;
        for token in 0..tokens {
            let x = &x[token * inputs..][..inputs];
            // A value is off by half a step at most.
            let dx = quantised.scales[token] as f64 / 2.0;
            for channel in 0..outputs {
                let w = &weight[channel * inputs..][..inputs];
                let dw = linear.channels.scale[channel] as f64 / 2.0;
                let (mut sum, mut bound) = (bias[channel] as f64, 1e-5);
                for (x, w) in x.iter().zip(w) {
                    let (x, w) = (*x as f64, *w as f64);
                    sum += x * w;
                    bound += x.abs() * dw + w.abs() * dx + dx * dw;
                }
                let error = (y[token * outputs + channel] as f64 - sum).abs();
                assert!(error <= bound, "{error} above {bound}");
                largest_error = largest_error.max(error);
            }
        }
        assert!(largest_error < 0.05, "the errors cancel: {largest_error}");
    }

    #[test]
    fn quantises_to_the_nearest_value() {
        let mut quantised = Quantised::default();
        for isa in Isa::available() {
            for width in [1, 15, 16, 17, 64, 100] {
                let x = noise(6 * width, 4);
                quantised.quantise(&x, width, isa, Threads::ONE);
                for (row, x) in x.chunks_exact(width).enumerate() {
                    let largest = x.iter().fold(0.0f32, |a, x| a.max(x.abs()));
                    assert_eq!(quantised.scales[row], largest / 127.0);
                    let values = &quantised.values[row * stride(width)..][..width];
                    for (x, value) in x.iter().zip(values) {
                        let want = x.mul_add(127.0 / largest, 128.0).round_ties_even();
                        assert_eq!(*value, want as u8, "{isa:?} {x} of {largest}");
                    }
                }
            }
        }
    }

    #[test]
    fn odd_rows_stay_apart() {
        let (inputs, outputs) = (20, 20);
        let linear = Int8Linear::new(&noise(inputs * outputs, 1), vec![0.5; outputs], inputs);
        let tiny = f32::MIN_POSITIVE;
        for isa in Isa::available() {
            for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, tiny, 1e-45] {
                for place in [0, 7, 19] {
                    let mut x = noise(3 * inputs, 2);
                    // Only the odd number and zeros in the second row.
                    x[inputs..2 * inputs].fill(0.0);
                    x[inputs + place] = odd;
                    let mut quantised = Quantised::default();
                    quantised.quantise(&x, inputs, isa, Threads::ONE);
                    let mut y = vec![0.0; 3 * outputs];
                    linear.forward(&quantised, &mut y, isa, Threads::ONE);
                    let (middle, rest) = (
                        &y[outputs..2 * outputs],
                        [&y[..outputs], &y[2 * outputs..]].concat(),
                    );
                    assert!(rest.iter().all(|y| y.is_finite()));
                    if odd.is_finite() {
                        assert!(middle.iter().all(|y| *y == 0.5), "{isa:?} {odd}");
                    } else {
                        assert!(middle.iter().all(|y| y.is_nan()), "{isa:?} {odd}");
                    }
                }
            }
        }
        // A channel whose weights are not finite is NaN, its neighbours are not.
        let mut weight = noise(inputs * outputs, 1);
        weight[3 * inputs] = f32::NAN;
        weight[4 * inputs] = f32::INFINITY;
        let linear = Int8Linear::new(&weight, vec![0.5; outputs], inputs);
        let mut quantised = Quantised::default();
        quantised.quantise(&noise(inputs, 2), inputs, Isa::detect(), Threads::ONE);
        let mut y = vec![0.0; outputs];
        linear.forward(&quantised, &mut y, Isa::detect(), Threads::ONE);
        for (channel, y) in y.iter().enumerate() {
            assert_eq!(y.is_nan(), [3, 4].contains(&channel), "{channel}");
        }
    }

    #[test]
    fn nothing_gives_nothing_and_memory_is_reused() {
        let linear = Int8Linear::new(&noise(40 * 24, 1), noise(24, 2), 40);
        let norm = Norm {
            weight: vec![1.0; 24],
            bias: vec![0.0; 24],
            eps: 1e-5,
        };
        for isa in Isa::available() {
            for threads in [Threads::ONE, Threads(2)] {
                let (mut x, mut out) = (Quantised::default(), Quantised::default());
                for tokens in [9, 0, 2] {
                    x.quantise(&noise(tokens * 40, 3), 40, isa, threads);
                    linear.forward(&x, &mut vec![0.0; tokens * 24], isa, threads);
                    linear.forward_quantised(&x, Activation::Relu, &mut out, isa, threads);
                    assert_eq!(out.tokens(), tokens);
                    let mut states = vec![0.0; tokens * 24];
                    linear.forward_norm(&x, &norm, &mut states, &mut out, isa, threads);
                    assert_eq!(out.tokens(), tokens);
                }
            }
        }
    }
}
