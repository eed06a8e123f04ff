//! Sixteen floats at once, bit for bit the same on every instruction set.
//!
//! A kernel is a generic `#[inline(always)]` function over `Simd`; `dispatch!` compiles it once per instruction set
//! inside a function that enables the features, and calls the one the machine has. A vector has 16 lanes everywhere
//! (one register of AVX-512, two of AVX2, an array elsewhere), products are fused with sums only where `mul_add` says
//! so, and `sum` and `largest` walk one fixed tree: a kernel that only uses these methods gives the same bits anywhere.

/// Floats in a vector.
pub(super) const LANES: usize = 16;

/// A vector of 16 floats. All methods are inlined into a function that enables the instruction set.
///
/// # Safety
/// Every method may only run on a machine that has the instruction set, and pointers must be valid for 16 elements.
pub(super) unsafe trait Simd: Copy {
    /// Columns of a tile of six rows of vectors whose sums stay in registers.
    const COLUMNS: usize;
    unsafe fn splat(x: f32) -> Self;
    unsafe fn load(p: *const f32) -> Self;
    unsafe fn store(self, p: *mut f32);
    unsafe fn add(self, o: Self) -> Self;
    unsafe fn sub(self, o: Self) -> Self;
    unsafe fn mul(self, o: Self) -> Self;
    unsafe fn div(self, o: Self) -> Self;
    /// `o` where either is NaN, as `minps` does.
    unsafe fn min(self, o: Self) -> Self;
    /// `o` where either is NaN, as `maxps` does.
    unsafe fn max(self, o: Self) -> Self;
    unsafe fn abs(self) -> Self;
    /// `self * a + b`, rounded once.
    unsafe fn mul_add(self, a: Self, b: Self) -> Self;
    /// `b - self * a`, rounded once.
    unsafe fn neg_mul_add(self, a: Self, b: Self) -> Self;
    /// To the nearest integer, ties to even.
    unsafe fn round(self) -> Self;
    /// `self * 2^n` for an integer `n` in -150..=127 and `self` near 1, rounded once.
    unsafe fn scale(self, n: Self) -> Self;
    /// Magnitude of `self`, sign of `sign`.
    unsafe fn copysign(self, sign: Self) -> Self;
    /// The 16 integers at `p`, rounded to the nearest floats.
    unsafe fn load_i32(p: *const i32) -> Self;
    /// Stores the nearest integers (ties to even), each as one byte: for -128..=255, signed or not by its reader.
    unsafe fn store_bytes(self, p: *mut u8);
    /// The 32 lanes of both in turn: `self[0], o[0], self[1], ..` to 8, and the same from 8 on.
    unsafe fn interleave(self, o: Self) -> (Self, Self);
    /// Upper half and lower half are combined, then the halves of that, down to one lane.
    unsafe fn sum(self) -> f32;
    /// By the tree of `sum`.
    unsafe fn largest(self) -> f32;

    /// `2^self` to 2 units in the last place for `self <= 127`; 0 from -150 down.
    #[inline(always)]
    unsafe fn exp2(self) -> Self {
        unsafe {
            let x = Self::splat(-150.0).max(self);
            let n = x.round();
            let f = x.sub(n);
            let mut p = Self::splat(EXP2[0]);
            for c in &EXP2[1..] {
                p = p.mul_add(f, Self::splat(*c));
            }
            p.scale(n)
        }
    }
}

/// Coefficients of `2^f` on -0.5..0.5, highest power first: the minimax polynomial for the relative error with the last
/// two kept (Lawson's reweighted least squares on Chebyshev nodes), 1.7e-7 as evaluated.
const EXP2: [f32; 6] = [
    1.330_060_5e-3,
    9.669_691e-3,
    5.550_558_5e-2,
    2.402_228_3e-1,
    std::f32::consts::LN_2,
    1.0,
];

/// The instruction sets that kernels are compiled for.
///
/// Float kernels know three: AVX-512, AVX2 and plain Rust. The dot products of bytes (VNNI) matter to the integer
/// kernels only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isa {
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    AvxVnni,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Isa {
    /// The best set this machine has.
    pub fn detect() -> Self {
        Self::available()[0]
    }

    /// All sets this machine can run, the best first.
    pub fn available() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let avx512 = avx2
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            for (isa, has) in [
                (
                    Isa::Avx512Vnni,
                    avx512 && is_x86_feature_detected!("avx512vnni"),
                ),
                (Isa::Avx512, avx512),
                (Isa::AvxVnni, avx2 && is_x86_feature_detected!("avxvnni")),
                (Isa::Avx2, avx2),
            ] {
                if has {
                    all.push(isa);
                }
            }
        }
        all.push(Isa::Portable);
        all
    }
}

/// `dispatch!(isa, kernel(args))`: runs the generic `kernel::<S>` compiled for `isa`.
macro_rules! dispatch {
    ($isa:expr, $kernel:ident($($arg:ident: $ty:ty),*)) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
        #[allow(clippy::too_many_arguments)]
        unsafe fn avx512($($arg: $ty),*) {
            unsafe { $kernel::<std::arch::x86_64::__m512>($($arg),*) }
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        #[allow(clippy::too_many_arguments)]
        unsafe fn avx2($($arg: $ty),*) {
            unsafe { $kernel::<$crate::model::kernels::simd::Pair>($($arg),*) }
        }
        use $crate::model::kernels::simd::{Isa, Plain};
        // SAFETY: `Isa` values come from `Isa::detect` or `Isa::available`, which ask the machine.
        unsafe {
            match $isa {
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512Vnni | Isa::Avx512 => avx512($($arg),*),
                #[cfg(target_arch = "x86_64")]
                Isa::AvxVnni | Isa::Avx2 => avx2($($arg),*),
                Isa::Portable => $kernel::<Plain>($($arg),*),
            }
        }
    }};
}
pub(super) use dispatch;

#[cfg(target_arch = "x86_64")]
pub(super) use x86::Pair;

/// Sixteen floats in plain Rust.
#[derive(Clone, Copy)]
pub(super) struct Plain(pub(super) [f32; LANES]);

impl Plain {
    #[inline(always)]
    fn zip(self, o: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Plain(std::array::from_fn(|i| f(self.0[i], o.0[i])))
    }

    #[inline(always)]
    fn reduce(mut self, f: impl Fn(f32, f32) -> f32) -> f32 {
        for half in [8, 4, 2, 1] {
            for i in 0..half {
                self.0[i] = f(self.0[i], self.0[i + half]);
            }
        }
        self.0[0]
    }
}

/// The larger one; `b` if either is NaN.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

// SAFETY: plain Rust runs everywhere; the pointer contracts are the trait's.
unsafe impl Simd for Plain {
    const COLUMNS: usize = 1;
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        Plain([x; LANES])
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self {
        Plain(unsafe { p.cast::<[f32; LANES]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f32) {
        unsafe { p.cast::<[f32; LANES]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    unsafe fn add(self, o: Self) -> Self {
        self.zip(o, |a, b| a + b)
    }
    #[inline(always)]
    unsafe fn sub(self, o: Self) -> Self {
        self.zip(o, |a, b| a - b)
    }
    #[inline(always)]
    unsafe fn mul(self, o: Self) -> Self {
        self.zip(o, |a, b| a * b)
    }
    #[inline(always)]
    unsafe fn div(self, o: Self) -> Self {
        self.zip(o, |a, b| a / b)
    }
    #[inline(always)]
    unsafe fn min(self, o: Self) -> Self {
        self.zip(o, |a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    unsafe fn max(self, o: Self) -> Self {
        self.zip(o, larger)
    }
    #[inline(always)]
    unsafe fn abs(self) -> Self {
        Plain(self.0.map(f32::abs))
    }
    #[inline(always)]
    unsafe fn mul_add(self, a: Self, b: Self) -> Self {
        // One instruction on aarch64; a call on x86-64 without AVX2, where the same bits matter more than speed.
        Plain(std::array::from_fn(|i| self.0[i].mul_add(a.0[i], b.0[i])))
    }
    #[inline(always)]
    unsafe fn neg_mul_add(self, a: Self, b: Self) -> Self {
        Plain(std::array::from_fn(|i| {
            (-self.0[i]).mul_add(a.0[i], b.0[i])
        }))
    }
    #[inline(always)]
    unsafe fn round(self) -> Self {
        Plain(self.0.map(f32::round_ties_even))
    }
    #[inline(always)]
    unsafe fn scale(self, n: Self) -> Self {
        // Two factors, so that results below the normal range do not overflow the exponent field. The first product is
        // exact.
        let power = |n: i32| f32::from_bits(((n + 127) << 23) as u32);
        self.zip(n, |x, n| {
            let n = n as i32;
            let half = n >> 1;
            x * power(half) * power(n - half)
        })
    }
    #[inline(always)]
    unsafe fn copysign(self, sign: Self) -> Self {
        self.zip(sign, f32::copysign)
    }
    #[inline(always)]
    unsafe fn load_i32(p: *const i32) -> Self {
        Plain(unsafe { p.cast::<[i32; LANES]>().read_unaligned() }.map(|i| i as f32))
    }
    #[inline(always)]
    unsafe fn store_bytes(self, p: *mut u8) {
        let bytes = self.0.map(|x| x.round_ties_even() as i32 as u8);
        unsafe { p.cast::<[u8; LANES]>().write_unaligned(bytes) }
    }
    #[inline(always)]
    unsafe fn interleave(self, o: Self) -> (Self, Self) {
        let turn = |i: usize| {
            if i.is_multiple_of(2) {
                self.0[i / 2]
            } else {
                o.0[i / 2]
            }
        };
        (
            Plain(std::array::from_fn(turn)),
            Plain(std::array::from_fn(|i| turn(LANES + i))),
        )
    }
    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        self.reduce(|a, b| a + b)
    }
    #[inline(always)]
    unsafe fn largest(self) -> f32 {
        self.reduce(larger)
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::Simd;

    const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;

    /// Lanes 0..8 and 8..16 in two registers of AVX2.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Pair(pub(in super::super) __m256, pub(in super::super) __m256);

    // SAFETY: the trait's contract; `dispatch!` only calls these where AVX2 and FMA were detected.
    unsafe impl Simd for Pair {
        const COLUMNS: usize = 1;
        #[inline(always)]
        unsafe fn splat(x: f32) -> Self {
            unsafe { Pair(_mm256_set1_ps(x), _mm256_set1_ps(x)) }
        }
        #[inline(always)]
        unsafe fn load(p: *const f32) -> Self {
            unsafe { Pair(_mm256_loadu_ps(p), _mm256_loadu_ps(p.add(8))) }
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut f32) {
            unsafe {
                _mm256_storeu_ps(p, self.0);
                _mm256_storeu_ps(p.add(8), self.1);
            }
        }
        #[inline(always)]
        unsafe fn add(self, o: Self) -> Self {
            unsafe { Pair(_mm256_add_ps(self.0, o.0), _mm256_add_ps(self.1, o.1)) }
        }
        #[inline(always)]
        unsafe fn sub(self, o: Self) -> Self {
            unsafe { Pair(_mm256_sub_ps(self.0, o.0), _mm256_sub_ps(self.1, o.1)) }
        }
        #[inline(always)]
        unsafe fn mul(self, o: Self) -> Self {
            unsafe { Pair(_mm256_mul_ps(self.0, o.0), _mm256_mul_ps(self.1, o.1)) }
        }
        #[inline(always)]
        unsafe fn div(self, o: Self) -> Self {
            unsafe { Pair(_mm256_div_ps(self.0, o.0), _mm256_div_ps(self.1, o.1)) }
        }
        #[inline(always)]
        unsafe fn min(self, o: Self) -> Self {
            unsafe { Pair(_mm256_min_ps(self.0, o.0), _mm256_min_ps(self.1, o.1)) }
        }
        #[inline(always)]
        unsafe fn max(self, o: Self) -> Self {
            unsafe { Pair(_mm256_max_ps(self.0, o.0), _mm256_max_ps(self.1, o.1)) }
        }
        #[inline(always)]
        unsafe fn abs(self) -> Self {
            unsafe {
                let mask = _mm256_set1_ps(-0.0);
                Pair(
                    _mm256_andnot_ps(mask, self.0),
                    _mm256_andnot_ps(mask, self.1),
                )
            }
        }
        #[inline(always)]
        unsafe fn mul_add(self, a: Self, b: Self) -> Self {
            unsafe {
                Pair(
                    _mm256_fmadd_ps(self.0, a.0, b.0),
                    _mm256_fmadd_ps(self.1, a.1, b.1),
                )
            }
        }
        #[inline(always)]
        unsafe fn neg_mul_add(self, a: Self, b: Self) -> Self {
            unsafe {
                Pair(
                    _mm256_fnmadd_ps(self.0, a.0, b.0),
                    _mm256_fnmadd_ps(self.1, a.1, b.1),
                )
            }
        }
        #[inline(always)]
        unsafe fn round(self) -> Self {
            unsafe {
                Pair(
                    _mm256_round_ps::<NEAREST>(self.0),
                    _mm256_round_ps::<NEAREST>(self.1),
                )
            }
        }
        #[inline(always)]
        unsafe fn scale(self, n: Self) -> Self {
            unsafe { Pair(scale(self.0, n.0), scale(self.1, n.1)) }
        }
        #[inline(always)]
        unsafe fn copysign(self, sign: Self) -> Self {
            unsafe {
                let mask = _mm256_set1_ps(-0.0);
                let join = |x, s| _mm256_or_ps(_mm256_andnot_ps(mask, x), _mm256_and_ps(mask, s));
                Pair(join(self.0, sign.0), join(self.1, sign.1))
            }
        }
        #[inline(always)]
        unsafe fn load_i32(p: *const i32) -> Self {
            unsafe {
                let half = |p: *const i32| _mm256_cvtepi32_ps(_mm256_loadu_si256(p.cast()));
                Pair(half(p), half(p.add(8)))
            }
        }
        #[inline(always)]
        unsafe fn store_bytes(self, p: *mut u8) {
            unsafe {
                let words =
                    _mm256_packs_epi32(_mm256_cvtps_epi32(self.0), _mm256_cvtps_epi32(self.1));
                let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(words);
                // Packing saturates; without the upper byte there is nothing to saturate.
                let low = _mm256_and_si256(words, _mm256_set1_epi16(0xff));
                let bytes = _mm_packus_epi16(
                    _mm256_castsi256_si128(low),
                    _mm256_extracti128_si256::<1>(low),
                );
                _mm_storeu_si128(p.cast(), bytes);
            }
        }
        #[inline(always)]
        unsafe fn interleave(self, o: Self) -> (Self, Self) {
            unsafe {
                let turn = |a, b| {
                    // Lanes 0, 1, 4, 5 and 2, 3, 6, 7 of both.
                    let (low, high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
                    Pair(
                        _mm256_permute2f128_ps::<0x20>(low, high),
                        _mm256_permute2f128_ps::<0x31>(low, high),
                    )
                };
                (turn(self.0, o.0), turn(self.1, o.1))
            }
        }
        #[inline(always)]
        unsafe fn sum(self) -> f32 {
            unsafe { sum(_mm256_add_ps(self.0, self.1)) }
        }
        #[inline(always)]
        unsafe fn largest(self) -> f32 {
            unsafe { largest(_mm256_max_ps(self.0, self.1)) }
        }
    }

    // SAFETY: the trait's contract; `dispatch!` only calls these where AVX-512 F, BW, DQ and VL were detected.
    unsafe impl Simd for __m512 {
        const COLUMNS: usize = 4;
        #[inline(always)]
        unsafe fn splat(x: f32) -> Self {
            unsafe { _mm512_set1_ps(x) }
        }
        #[inline(always)]
        unsafe fn load(p: *const f32) -> Self {
            unsafe { _mm512_loadu_ps(p) }
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut f32) {
            unsafe { _mm512_storeu_ps(p, self) }
        }
        #[inline(always)]
        unsafe fn add(self, o: Self) -> Self {
            unsafe { _mm512_add_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn sub(self, o: Self) -> Self {
            unsafe { _mm512_sub_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn mul(self, o: Self) -> Self {
            unsafe { _mm512_mul_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn div(self, o: Self) -> Self {
            unsafe { _mm512_div_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn min(self, o: Self) -> Self {
            unsafe { _mm512_min_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn max(self, o: Self) -> Self {
            unsafe { _mm512_max_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn abs(self) -> Self {
            unsafe { _mm512_abs_ps(self) }
        }
        #[inline(always)]
        unsafe fn mul_add(self, a: Self, b: Self) -> Self {
            unsafe { _mm512_fmadd_ps(self, a, b) }
        }
        #[inline(always)]
        unsafe fn neg_mul_add(self, a: Self, b: Self) -> Self {
            unsafe { _mm512_fnmadd_ps(self, a, b) }
        }
        #[inline(always)]
        unsafe fn round(self) -> Self {
            unsafe { _mm512_roundscale_ps::<NEAREST>(self) }
        }
        #[inline(always)]
        unsafe fn scale(self, n: Self) -> Self {
            unsafe { _mm512_scalef_ps(self, n) }
        }
        #[inline(always)]
        unsafe fn copysign(self, sign: Self) -> Self {
            unsafe {
                let mask = _mm512_set1_ps(-0.0);
                _mm512_or_ps(_mm512_andnot_ps(mask, self), _mm512_and_ps(mask, sign))
            }
        }
        #[inline(always)]
        unsafe fn load_i32(p: *const i32) -> Self {
            unsafe { _mm512_cvtepi32_ps(_mm512_loadu_si512(p.cast())) }
        }
        #[inline(always)]
        unsafe fn store_bytes(self, p: *mut u8) {
            unsafe { _mm_storeu_si128(p.cast(), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(self))) }
        }
        #[inline(always)]
        unsafe fn interleave(self, o: Self) -> (Self, Self) {
            unsafe {
                let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
                let high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
                (
                    _mm512_permutex2var_ps(self, low, o),
                    _mm512_permutex2var_ps(self, high, o),
                )
            }
        }
        #[inline(always)]
        unsafe fn sum(self) -> f32 {
            unsafe {
                sum(_mm256_add_ps(
                    _mm512_castps512_ps256(self),
                    _mm512_extractf32x8_ps::<1>(self),
                ))
            }
        }
        #[inline(always)]
        unsafe fn largest(self) -> f32 {
            unsafe {
                largest(_mm256_max_ps(
                    _mm512_castps512_ps256(self),
                    _mm512_extractf32x8_ps::<1>(self),
                ))
            }
        }
    }

    #[inline(always)]
    unsafe fn scale(x: __m256, n: __m256) -> __m256 {
        unsafe {
            let n = _mm256_cvtps_epi32(n);
            let power = |n| {
                let biased = _mm256_add_epi32(n, _mm256_set1_epi32(127));
                _mm256_castsi256_ps(_mm256_slli_epi32::<23>(biased))
            };
            let half = _mm256_srai_epi32::<1>(n);
            let rest = _mm256_sub_epi32(n, half);
            _mm256_mul_ps(_mm256_mul_ps(x, power(half)), power(rest))
        }
    }

    #[inline(always)]
    unsafe fn sum(x: __m256) -> f32 {
        unsafe {
            let x = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
            let x = _mm_add_ps(x, _mm_movehl_ps(x, x));
            _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)))
        }
    }

    #[inline(always)]
    unsafe fn largest(x: __m256) -> f32 {
        unsafe {
            let x = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
            let x = _mm_max_ps(x, _mm_movehl_ps(x, x));
            _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All operations on `x[0..16]`, `x[16..32]` and `x[32..48]`, one vector of results after the other, and two sums.
    #[inline(always)]
    unsafe fn everything<S: Simd>(x: &[f32], out: &mut Vec<f32>, bytes: &mut [u8; LANES]) {
        assert!(x.len() == 3 * LANES);
        unsafe {
            let p = x.as_ptr();
            let (a, b, c) = (S::load(p), S::load(p.add(LANES)), S::load(p.add(2 * LANES)));
            let integers: [i32; LANES] = std::array::from_fn(|i| x[i].to_bits() as i32);
            let small = a.abs().min(S::splat(255.0));
            small.store_bytes(bytes.as_mut_ptr());
            for v in [
                a.add(b),
                a.sub(b),
                a.mul(b),
                a.div(b),
                a.min(b),
                a.max(b),
                a.abs(),
                a.mul_add(b, c),
                a.neg_mul_add(b, c),
                a.round(),
                a.min(S::splat(127.0)).exp2(),
                a.copysign(b),
                a.interleave(b).0,
                a.interleave(b).1,
                S::load_i32(integers.as_ptr()),
            ] {
                let mut lanes = [0.0; LANES];
                v.store(lanes.as_mut_ptr());
                out.extend(lanes);
            }
            out.extend([a.sum(), a.largest()]);
        }
    }

    fn bits(isa: Isa, x: &[f32]) -> (Vec<u32>, [u8; LANES]) {
        let (mut results, mut octets) = (Vec::new(), [0; LANES]);
        let (out, bytes) = (&mut results, &mut octets);
        dispatch!(isa, everything(x: &[f32], out: &mut Vec<f32>, bytes: &mut [u8; LANES]));
        // Which NaN comes out is not promised.
        let bits = |x: &f32| if x.is_nan() { u32::MAX } else { x.to_bits() };
        (results.iter().map(bits).collect(), octets)
    }

    fn float() -> impl Strategy<Value = f32> {
        prop_oneof![
            4 => -200.0f32..200.0,
            // Ties, and values on both sides of zero.
            2 => (-600i32..600).prop_map(|i| i as f32 / 2.0),
            1 => any::<u32>().prop_map(f32::from_bits),
            1 => Just(0.0f32),
            1 => Just(-0.0f32),
        ]
    }

    proptest! {
        #[test]
        fn every_instruction_set_gives_the_same_bits(x in prop::collection::vec(float(), 3 * LANES)) {
            let want = bits(Isa::Portable, &x);
            for isa in Isa::available() {
                prop_assert_eq!(&bits(isa, &x), &want, "{:?}", isa);
            }
        }
    }

    #[test]
    fn bytes_are_rounded_to_even_and_signed_or_not() {
        let x: [f32; LANES] = [
            0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 126.5, 127.4, 127.0, 128.0, 254.5, 255.0, -128.0,
            -127.0, 200.2, 0.0,
        ];
        let want: [i32; LANES] = [
            0, 2, 2, 0, -2, -2, 126, 127, 127, 128, 254, 255, -128, -127, 200, 0,
        ];
        #[inline(always)]
        unsafe fn store<S: Simd>(x: &[f32; LANES], out: &mut [u8; LANES]) {
            unsafe { S::load(x.as_ptr()).store_bytes(out.as_mut_ptr()) }
        }
        for isa in Isa::available() {
            let mut got = [0u8; LANES];
            let (x, out) = (&x, &mut got);
            dispatch!(isa, store(x: &[f32; LANES], out: &mut [u8; LANES]));
            assert_eq!(got, want.map(|w| w as u8), "{isa:?}");
        }
    }

    #[inline(always)]
    unsafe fn exp2_all<S: Simd>(x: &[f32], out: &mut [f32]) {
        for (x, out) in x.chunks_exact(LANES).zip(out.chunks_exact_mut(LANES)) {
            unsafe { S::load(x.as_ptr()).exp2().store(out.as_mut_ptr()) }
        }
    }

    #[test]
    fn exp2_is_right_to_2_ulp_on_every_instruction_set() {
        // 16 k steps over -150..127, a multiple of the lane count.
        let x: Vec<f32> = (0..16384)
            .map(|i| -150.0 + i as f32 * (277.0 / 16384.0))
            .collect();
        for isa in Isa::available() {
            let mut out = vec![0.0; x.len()];
            let (xs, os): (&[f32], &mut [f32]) = (&x, &mut out);
            dispatch!(isa, exp2_all(xs: &[f32], os: &mut [f32]));
            for (x, got) in x.iter().zip(&out) {
                let want = (*x as f64).exp2();
                let error = (*got as f64 - want).abs();
                assert!(
                    error <= want * 2.4e-7 + 1.5e-45,
                    "{isa:?}: 2^{x} = {got}, not {want}"
                );
            }
        }
    }

    #[test]
    fn exp2_ends_at_zero_and_passes_nan_on() {
        let x: [f32; LANES] = std::array::from_fn(|i| match i {
            0 => f32::NEG_INFINITY,
            1 => -1e30,
            2 => -150.0,
            3 => f32::NAN,
            _ => 0.0,
        });
        for isa in Isa::available() {
            let mut out = [f32::NAN; LANES];
            let (xs, os): (&[f32], &mut [f32]) = (&x, &mut out);
            dispatch!(isa, exp2_all(xs: &[f32], os: &mut [f32]));
            assert_eq!(out[..3], [0.0; 3], "{isa:?}");
            assert!(out[3].is_nan(), "{isa:?}");
            assert_eq!(out[4..], [1.0; 12], "{isa:?}");
        }
    }
}
