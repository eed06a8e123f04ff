//! A dense layer with its bias, on the `gemm` crate's kernels (chosen at run time).

use gemm::Parallelism;

use super::{
    Threads,
    activation::{self, Activation},
    simd::Isa,
};

/// `y = x wᵀ + b`.
pub struct Linear {
    /// `[outputs, inputs]`
    weight: Vec<f32>,
    /// `[outputs]`
    bias: Vec<f32>,
    inputs: usize,
}

impl Linear {
    /// `weight`: `[outputs, inputs]`, `bias`: `[outputs]`.
    pub fn new(weight: Vec<f32>, bias: Vec<f32>, inputs: usize) -> Self {
        assert_eq!(weight.len(), bias.len() * inputs);
        Self {
            weight,
            bias,
            inputs,
        }
    }

    pub fn inputs(&self) -> usize {
        self.inputs
    }

    pub fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// `x`: `[tokens, inputs]`; returns `[tokens, outputs]`, with the activation applied if there is one.
    ///
    /// A row's result does not depend on the other rows nor on the threads: the crate's blocking of the inner dimension
    /// is a function of the weight's shape alone, except on its short cuts for few rows (see `fewest_rows`), which sum
    /// in another order; batches below that are filled up with rows of zeros.
    pub fn forward(
        &self,
        x: &[f32],
        activation: Option<Activation>,
        isa: Isa,
        threads: Threads,
    ) -> Vec<f32> {
        let (inputs, outputs) = (self.inputs, self.outputs());
        let tokens = x.len() / inputs;
        assert_eq!(x.len(), tokens * inputs);
        let fewest = self.fewest_rows();
        if tokens < fewest {
            let mut filled = x.to_vec();
            filled.resize(fewest * inputs, 0.0);
            let mut y = self.forward(&filled, activation, isa, threads);
            y.truncate(tokens * outputs);
            return y;
        }
        let mut y = Vec::with_capacity(tokens * outputs);
        for _ in 0..tokens {
            y.extend_from_slice(&self.bias);
        }
        let parallelism = match threads {
            Threads(0 | 1) => Parallelism::None,
            Threads(n) => Parallelism::Rayon(n),
        };
        // SAFETY: the strides describe `y`, `x` and `weight` as allocated above and checked in `new`.
        unsafe {
            gemm::gemm(
                tokens,
                outputs,
                inputs,
                y.as_mut_ptr(),
                1,
                outputs as isize,
                true,
                x.as_ptr(),
                1,
                inputs as isize,
                self.weight.as_ptr(),
                inputs as isize,
                1,
                1.0f32,
                1.0f32,
                false,
                false,
                false,
                parallelism,
            );
        }
        if let Some(activation) = activation {
            activation::apply(activation, &mut y, isa, threads);
        }
        y
    }

    /// Rows from which on gemm 0.19 takes its general path: products of at most 256 elements, matrices of at most 64 x 64
    /// and single rows are summed by other code (`gemm-common`, `gemm.rs`).
    fn fewest_rows(&self) -> usize {
        match self.outputs() {
            0..=64 => 65,
            outputs => (256 / outputs + 1).max(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        (0..n)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 24) as f32 - 0.5
            })
            .collect()
    }

    #[test]
    fn equals_the_formula() {
        let (inputs, outputs, tokens) = (48, 70, 9);
        let (w, b, x) = (
            noise(inputs * outputs, 1),
            noise(outputs, 2),
            noise(tokens * inputs, 3),
        );
        let layer = Linear::new(w.clone(), b.clone(), inputs);
        let y = layer.forward(&x, None, Isa::detect(), Threads::ONE);
        for t in 0..tokens {
            for o in 0..outputs {
                let sum: f64 = (0..inputs)
                    .map(|i| x[t * inputs + i] as f64 * w[o * inputs + i] as f64)
                    .sum();
                assert!((y[t * outputs + o] as f64 - sum - b[o] as f64).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn a_row_is_the_same_in_any_batch_and_on_any_number_of_threads() {
        // The shapes of a 384-wide encoder and of the tiny one of the tests.
        for (inputs, outputs) in [
            (384, 1152),
            (384, 384),
            (1536, 384),
            (384, 1536),
            (64, 64),
            (128, 64),
            (64, 96),
            (64, 128),
        ] {
            let layer = Linear::new(noise(inputs * outputs, 5), noise(outputs, 6), inputs);
            let x = noise(300 * inputs, 9);
            let all = layer.forward(&x, None, Isa::detect(), Threads::ONE);
            assert_eq!(all, layer.forward(&x, None, Isa::detect(), Threads(2)));
            for tokens in [1, 2, 3, 15, 16, 17, 63, 64, 65, 129] {
                for start in [0, 7, 160] {
                    let part = &x[start * inputs..(start + tokens) * inputs];
                    let y = layer.forward(part, None, Isa::detect(), Threads::ONE);
                    assert!(
                        y == all[start * outputs..(start + tokens) * outputs],
                        "{inputs}x{outputs}: {tokens} rows from {start}"
                    );
                }
            }
        }
    }
}
