//! Self-attention over packed sequences of different lengths (Vaswani et al., arXiv 1706.03762, formula 1).
//!
//! No padding and no mask: every sequence only ever sees its own rows, so its result is the same in any batch. The
//! products are computed in one of two formats (`format`); all else, and the order of every sum, is one code (`head`).

mod dot;
mod format;
mod head;

use std::cell::RefCell;

use rayon::prelude::*;

use super::{
    Threads,
    simd::{Isa, Simd, dispatch},
};
use dot::{Dot, dispatch_dot};
use format::{Floats, Pairs};
use head::{Head, Scratch};

/// Computes `softmax(q kᵀ / sqrt head) v` for every sequence and head.
///
/// `qkv`: `[tokens, 3 * hidden]`, rows of all sequences one after the other, each row query, key, value;
/// `lengths`: tokens of each sequence, their sum is `tokens`; `out`: `[tokens, hidden]`.
pub fn attend(
    qkv: &[f32],
    lengths: &[usize],
    heads: usize,
    out: &mut [f32],
    isa: Isa,
    threads: Threads,
) {
    #[inline(always)]
    unsafe fn run<S: Simd>(head: &Head<'_>, scratch: &mut Scratch) {
        unsafe { head.attend::<Floats<S>>(scratch) }
    }
    for_each_head(qkv, lengths, heads, out, threads, |head, scratch| {
        dispatch!(isa, run(head: &Head<'_>, scratch: &mut Scratch));
    });
}

/// [`attend`] with the two products in 16-bit integers: 1.2 (64 tokens) to 1.5 times (512) as fast where the machine has
/// VNNI. The cosine of most rows to the exact result is above 0.99999.
///
/// Queries are quantised per row and head, keys and values per sequence and head, probabilities per row; all sums of
/// products are exact. A row's result depends on its own sequence alone.
pub fn attend_int16(
    qkv: &[f32],
    lengths: &[usize],
    heads: usize,
    out: &mut [f32],
    isa: Isa,
    threads: Threads,
) {
    #[inline(always)]
    unsafe fn run<D: Dot>(head: &Head<'_>, scratch: &mut Scratch) {
        unsafe { head.attend::<Pairs<D>>(scratch) }
    }
    for_each_head(qkv, lengths, heads, out, threads, |head, scratch| {
        dispatch_dot!(isa, run(head: &Head<'_>, scratch: &mut Scratch));
    });
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

fn for_each_head(
    qkv: &[f32],
    lengths: &[usize],
    heads: usize,
    out: &mut [f32],
    threads: Threads,
    run: impl Fn(&Head<'_>, &mut Scratch) + Sync,
) {
    let tokens: usize = lengths.iter().sum();
    assert!(qkv.len() == 3 * out.len());
    if tokens == 0 {
        return assert!(out.is_empty());
    }
    let hidden = out.len() / tokens;
    assert!(out.len() == tokens * hidden && hidden.is_multiple_of(heads));
    let target = Target(out.as_mut_ptr());
    let task = |i: usize| {
        let (sequence, head) = (i / heads, i % heads);
        let first: usize = lengths[..sequence].iter().sum();
        let tokens = lengths[sequence];
        let head = Head {
            qkv: &qkv[first * 3 * hidden..(first + tokens) * 3 * hidden],
            // SAFETY: `lengths` add up to the rows of `out`, and each task writes its own columns of its own rows.
            out: unsafe { target.at(first * hidden) },
            hidden,
            size: hidden / heads,
            offset: head * (hidden / heads),
            tokens,
        };
        SCRATCH.with_borrow_mut(|scratch| run(&head, scratch));
    };
    let tasks = lengths.len() * heads;
    if threads == Threads::ONE {
        (0..tasks).for_each(task);
    } else {
        (0..tasks).into_par_iter().for_each(task);
    }
}

/// The output, written by several threads in disjoint places.
#[derive(Clone, Copy)]
struct Target(*mut f32);

// SAFETY: the tasks write disjoint elements.
unsafe impl Send for Target {}
unsafe impl Sync for Target {}

impl Target {
    /// # Safety
    /// `offset` is within the output.
    unsafe fn at(self, offset: usize) -> *mut f32 {
        unsafe { self.0.add(offset) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Attend = fn(&[f32], &[usize], usize, &mut [f32], Isa, Threads);

    /// Each kernel and its largest error for values within -2..2.
    const KERNELS: [(&str, Attend, f64); 2] =
        [("f32", attend, 1e-5), ("int16", attend_int16, 6e-3)];

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
                        / (size as f64).sqrt()
                };
                let scores: Vec<f64> = (0..tokens).map(score).collect();
                let top = scores.iter().copied().fold(f64::MIN, f64::max);
                let e: Vec<f64> = scores.iter().map(|s| (s - top).exp()).collect();
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

    fn run(attend: Attend, qkv: &[f32], lengths: &[usize], heads: usize, isa: Isa) -> Vec<f32> {
        let mut out = vec![f32::NAN; qkv.len() / 3];
        attend(qkv, lengths, heads, &mut out, isa, Threads::ONE);
        out
    }

    fn assert_near(got: &[f32], want: &[f64], limit: f64, what: &str) {
        for (i, (got, want)) in got.iter().zip(want).enumerate() {
            let error = (*got as f64 - want).abs();
            assert!(error < limit, "{what} at {i}: {got}, not {want}");
        }
    }

    #[test]
    fn equals_the_formula_for_all_head_sizes_lengths_and_instruction_sets() {
        for (hidden, heads) in [
            (64, 2),
            (128, 2),
            (64, 4),
            (20, 2),
            (96, 3),
            (160, 2),
            (3, 3),
        ] {
            for tokens in [1, 2, 5, 6, 7, 31, 64, 65, 130] {
                let qkv = noise(tokens * 3 * hidden, (tokens * hidden) as u32);
                let want = reference(&qkv, tokens, hidden, heads);
                for (name, attend, limit) in KERNELS {
                    for isa in Isa::available() {
                        let got = run(attend, &qkv, &[tokens], heads, isa);
                        let what = format!("{name} {isa:?} hidden {hidden} tokens {tokens}");
                        assert_near(&got, &want, limit, &what);
                    }
                }
            }
        }
    }

    #[test]
    fn long_rows_are_rescaled_block_by_block() {
        let (hidden, heads, tokens) = (32, 1, 2000);
        let mut qkv = noise(tokens * 3 * hidden, 3);
        // Scores that rise along the sequence: each block of keys has a new largest one.
        for t in 0..tokens {
            for d in 0..hidden {
                qkv[t * 3 * hidden + d] += 1.0;
                qkv[t * 3 * hidden + hidden + d] += t as f32 / tokens as f32;
            }
        }
        let want = reference(&qkv, tokens, hidden, heads);
        for (name, attend, limit) in KERNELS {
            for isa in [Isa::detect(), Isa::Portable] {
                let got = run(attend, &qkv, &[tokens], heads, isa);
                assert_near(&got, &want, limit, &format!("{name} {isa:?}"));
            }
        }
    }

    #[test]
    fn a_large_score_and_many_small_ones_both_count() {
        let (hidden, tokens) = (32, 500);
        let mut qkv = noise(tokens * 3 * hidden, 5);
        for t in 0..tokens {
            let row = &mut qkv[t * 3 * hidden..][..3 * hidden];
            row[..hidden].fill(1.0);
            // The first key gets about half of the weight, all others share the rest.
            row[hidden..2 * hidden].fill(if t == 0 { 1.1 } else { 0.0 });
            row[2 * hidden..]
                .iter_mut()
                .for_each(|v| *v += t.min(1) as f32);
        }
        let want = reference(&qkv, tokens, hidden, 1);
        for (name, attend, limit) in KERNELS {
            let got = run(attend, &qkv, &[tokens], 1, Isa::detect());
            assert_near(&got, &want, limit, name);
        }
    }

    #[test]
    fn a_sequence_alone_equals_the_sequence_in_a_batch_bit_for_bit() {
        let (hidden, heads, lengths) = (64, 2, [3, 70, 1, 0, 12]);
        let tokens: usize = lengths.iter().sum();
        let qkv = noise(tokens * 3 * hidden, 7);
        for (name, attend, _) in KERNELS {
            for isa in Isa::available() {
                for threads in [Threads::ONE, Threads(2)] {
                    let mut together = vec![0.0; tokens * hidden];
                    attend(&qkv, &lengths, heads, &mut together, isa, threads);
                    let mut at = 0;
                    for n in lengths {
                        let part = &qkv[at * 3 * hidden..(at + n) * 3 * hidden];
                        let alone = run(attend, part, &[n], heads, isa);
                        assert_eq!(
                            alone,
                            &together[at * hidden..(at + n) * hidden],
                            "{name} {isa:?}"
                        );
                        at += n;
                    }
                }
            }
        }
    }

    #[test]
    fn rows_of_zeros_give_the_mean() {
        let (hidden, tokens) = (32, 40);
        let mut qkv = noise(tokens * 3 * hidden, 11);
        for row in qkv.chunks_mut(3 * hidden) {
            row[..2 * hidden].fill(0.0);
        }
        let want = reference(&qkv, tokens, hidden, 1);
        for (name, attend, limit) in KERNELS {
            assert_near(
                &run(attend, &qkv, &[tokens], 1, Isa::detect()),
                &want,
                limit,
                name,
            );
            assert_eq!(
                run(attend, &vec![0.0; qkv.len()], &[tokens], 1, Isa::detect()),
                vec![0.0; tokens * hidden],
                "{name}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_instruction_set_gives_the_same_bits(
            heads in 1usize..4,
            size in 1usize..70,
            lengths in prop::collection::vec(0usize..90, 1..4),
            spread in -20i32..20,
            seed: u32,
        ) {
            let hidden = heads * size;
            let mut qkv = noise(lengths.iter().sum::<usize>() * 3 * hidden, seed);
            qkv.iter_mut().for_each(|x| *x *= (spread as f32 / 4.0).exp2());
            for (name, attend, _) in KERNELS {
                let bits = |isa| -> Vec<u32> {
                    let out = run(attend, &qkv, &lengths, heads, isa);
                    out.iter().map(|x| x.to_bits()).collect()
                };
                let want = bits(Isa::Portable);
                for isa in Isa::available() {
                    prop_assert_eq!(&bits(isa), &want, "{} {:?}", name, isa);
                }
            }
        }
    }

    #[test]
    fn nothing_in_nothing_out() {
        for (_, attend, _) in KERNELS {
            attend(&[], &[], 2, &mut [], Isa::detect(), Threads::ONE);
            attend(&[], &[0, 0], 2, &mut [], Isa::detect(), Threads(2));
        }
    }
}
