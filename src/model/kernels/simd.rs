//! Eight or sixteen floats at once, by instruction set.
//!
//! A kernel is a generic `#[inline(always)]` function over `Simd`; `dispatch!` compiles it once per instruction set
//! inside a function that enables the features, and calls the one the machine has.

/// A vector of `LANES` floats. All methods are inlined into a function that enables the instruction set.
///
/// # Safety
/// Every method may only run on a machine that has the instruction set, and pointers must be valid for `LANES` floats.
pub(super) unsafe trait Simd: Copy {
    const LANES: usize;
    unsafe fn splat(x: f32) -> Self;
    unsafe fn load(p: *const f32) -> Self;
    unsafe fn store(self, p: *mut f32);
    unsafe fn add(self, o: Self) -> Self;
    unsafe fn sub(self, o: Self) -> Self;
    unsafe fn mul(self, o: Self) -> Self;
    unsafe fn div(self, o: Self) -> Self;
    unsafe fn max(self, o: Self) -> Self;
    unsafe fn abs(self) -> Self;
    /// `self * a + b`
    unsafe fn mul_add(self, a: Self, b: Self) -> Self;
    /// `2^self` for `self` in about -126..127; 0 below.
    unsafe fn exp2(self) -> Self;
    /// Magnitude of `self`, sign of `sign`.
    unsafe fn copysign(self, sign: Self) -> Self;
    unsafe fn sum(self) -> f32;
    unsafe fn largest(self) -> f32;
}

/// Coefficients of `2^f` on -0.5..0.5, highest power first (minimax, relative error below 2e-7).
const EXP2: [f32; 7] = [
    1.535_336e-4,
    1.339_887_4e-3,
    9.618_437e-3,
    5.550_332_5e-2,
    2.402_264_7e-1,
    6.931_472e-1,
    1.0,
];

/// The instruction sets that kernels are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isa {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Isa {
    /// The best set this machine has.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
                return Isa::Avx512;
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Isa::Avx2;
            }
        }
        Isa::Portable
    }

    /// All sets this machine can run, for tests and benchmarks.
    pub fn available() -> Vec<Self> {
        let mut all = vec![Isa::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                all.push(Isa::Avx2);
            }
            if Isa::detect() == Isa::Avx512 {
                all.push(Isa::Avx512);
            }
        }
        all
    }
}

/// `dispatch!(isa, kernel(args))`: runs the generic `kernel::<S>` compiled for `isa`.
macro_rules! dispatch {
    ($isa:expr, $kernel:ident($($arg:ident: $ty:ty),*)) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512dq")]
        #[allow(clippy::too_many_arguments)]
        unsafe fn avx512($($arg: $ty),*) {
            unsafe { $kernel::<std::arch::x86_64::__m512>($($arg),*) }
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        #[allow(clippy::too_many_arguments)]
        unsafe fn avx2($($arg: $ty),*) {
            unsafe { $kernel::<std::arch::x86_64::__m256>($($arg),*) }
        }
        // SAFETY: `Isa` values come from `Isa::detect` or `Isa::available`, which ask the machine.
        unsafe {
            match $isa {
                #[cfg(target_arch = "x86_64")]
                $crate::model::kernels::simd::Isa::Avx512 => avx512($($arg),*),
                #[cfg(target_arch = "x86_64")]
                $crate::model::kernels::simd::Isa::Avx2 => avx2($($arg),*),
                $crate::model::kernels::simd::Isa::Portable => {
                    $kernel::<$crate::model::kernels::simd::Plain>($($arg),*)
                }
            }
        }
    }};
}
pub(super) use dispatch;

/// Eight floats in plain Rust.
#[derive(Clone, Copy)]
pub(super) struct Plain([f32; 8]);

impl Plain {
    #[inline(always)]
    fn zip(self, o: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Plain(std::array::from_fn(|i| f(self.0[i], o.0[i])))
    }
}

// SAFETY: plain Rust runs everywhere; the pointer contracts are the trait's.
unsafe impl Simd for Plain {
    const LANES: usize = 8;
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        Plain([x; 8])
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self {
        Plain(unsafe { p.cast::<[f32; 8]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f32) {
        unsafe { p.cast::<[f32; 8]>().write_unaligned(self.0) }
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
    unsafe fn max(self, o: Self) -> Self {
        self.zip(o, f32::max)
    }
    #[inline(always)]
    unsafe fn abs(self) -> Self {
        Plain(self.0.map(f32::abs))
    }
    #[inline(always)]
    unsafe fn mul_add(self, a: Self, b: Self) -> Self {
        // Not `f32::mul_add`: without the instruction that is a call per lane.
        Plain(std::array::from_fn(|i| self.0[i] * a.0[i] + b.0[i]))
    }
    #[inline(always)]
    unsafe fn exp2(self) -> Self {
        Plain(self.0.map(|x| {
            let n = x.clamp(-150.0, 127.0).round();
            let f = x.clamp(-150.0, 127.0) - n;
            let p = EXP2[1..].iter().fold(EXP2[0], |p, c| p * f + c);
            // Two factors, so that results below the normal range do not overflow the exponent field.
            let half = (n as i32) >> 1;
            let scale = |e: i32| f32::from_bits(((e + 127) as u32) << 23);
            p * scale(half) * scale(n as i32 - half)
        }))
    }
    #[inline(always)]
    unsafe fn copysign(self, sign: Self) -> Self {
        self.zip(sign, f32::copysign)
    }
    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        self.0.iter().sum()
    }
    #[inline(always)]
    unsafe fn largest(self) -> f32 {
        self.0.iter().copied().fold(f32::NEG_INFINITY, f32::max)
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{EXP2, Simd};

    // SAFETY: the trait's contract; `dispatch!` only calls these where AVX2 and FMA were detected.
    unsafe impl Simd for __m256 {
        const LANES: usize = 8;
        #[inline(always)]
        unsafe fn splat(x: f32) -> Self {
            unsafe { _mm256_set1_ps(x) }
        }
        #[inline(always)]
        unsafe fn load(p: *const f32) -> Self {
            unsafe { _mm256_loadu_ps(p) }
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut f32) {
            unsafe { _mm256_storeu_ps(p, self) }
        }
        #[inline(always)]
        unsafe fn add(self, o: Self) -> Self {
            unsafe { _mm256_add_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn sub(self, o: Self) -> Self {
            unsafe { _mm256_sub_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn mul(self, o: Self) -> Self {
            unsafe { _mm256_mul_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn div(self, o: Self) -> Self {
            unsafe { _mm256_div_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn max(self, o: Self) -> Self {
            unsafe { _mm256_max_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn abs(self) -> Self {
            unsafe { _mm256_andnot_ps(_mm256_set1_ps(-0.0), self) }
        }
        #[inline(always)]
        unsafe fn mul_add(self, a: Self, b: Self) -> Self {
            unsafe { _mm256_fmadd_ps(self, a, b) }
        }
        #[inline(always)]
        unsafe fn exp2(self) -> Self {
            unsafe {
                let x = _mm256_max_ps(self, _mm256_set1_ps(-150.0));
                let x = _mm256_min_ps(x, _mm256_set1_ps(127.0));
                let n = _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x);
                let f = _mm256_sub_ps(x, n);
                let mut p = _mm256_set1_ps(EXP2[0]);
                for c in &EXP2[1..] {
                    p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(*c));
                }
                // Two factors, so that results below the normal range do not overflow the exponent field.
                let n = _mm256_cvtps_epi32(n);
                let half = _mm256_srai_epi32::<1>(n);
                let bias = _mm256_set1_epi32(127);
                let low = _mm256_slli_epi32::<23>(_mm256_add_epi32(half, bias));
                let rest = _mm256_sub_epi32(n, half);
                let high = _mm256_slli_epi32::<23>(_mm256_add_epi32(rest, bias));
                let p = _mm256_mul_ps(p, _mm256_castsi256_ps(low));
                _mm256_mul_ps(p, _mm256_castsi256_ps(high))
            }
        }
        #[inline(always)]
        unsafe fn copysign(self, sign: Self) -> Self {
            unsafe {
                let mask = _mm256_set1_ps(-0.0);
                _mm256_or_ps(_mm256_andnot_ps(mask, self), _mm256_and_ps(mask, sign))
            }
        }
        #[inline(always)]
        unsafe fn sum(self) -> f32 {
            let mut lanes = [0.0; 8];
            unsafe { self.store(lanes.as_mut_ptr()) };
            lanes.iter().sum()
        }
        #[inline(always)]
        unsafe fn largest(self) -> f32 {
            let mut lanes = [0.0; 8];
            unsafe { self.store(lanes.as_mut_ptr()) };
            lanes.iter().copied().fold(f32::NEG_INFINITY, f32::max)
        }
    }

    // SAFETY: the trait's contract; `dispatch!` only calls these where AVX-512 F and DQ were detected.
    unsafe impl Simd for __m512 {
        const LANES: usize = 16;
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
        unsafe fn exp2(self) -> Self {
            unsafe {
                let n = _mm512_roundscale_ps::<0>(self);
                let f = _mm512_sub_ps(self, n);
                let mut p = _mm512_set1_ps(EXP2[0]);
                for c in &EXP2[1..] {
                    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(*c));
                }
                _mm512_scalef_ps(p, n)
            }
        }
        #[inline(always)]
        unsafe fn copysign(self, sign: Self) -> Self {
            unsafe {
                let mask = _mm512_set1_ps(-0.0);
                _mm512_or_ps(_mm512_andnot_ps(mask, self), _mm512_and_ps(mask, sign))
            }
        }
        #[inline(always)]
        unsafe fn sum(self) -> f32 {
            unsafe { _mm512_reduce_add_ps(self) }
        }
        #[inline(always)]
        unsafe fn largest(self) -> f32 {
            unsafe { _mm512_reduce_max_ps(self) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(always)]
    unsafe fn exp2_all<S: Simd>(x: &[f32], out: &mut [f32]) {
        for (x, out) in x.chunks_exact(S::LANES).zip(out.chunks_exact_mut(S::LANES)) {
            unsafe { S::load(x.as_ptr()).exp2().store(out.as_mut_ptr()) }
        }
    }

    #[test]
    fn exp2_is_right_to_a_few_ulp_on_every_instruction_set() {
        // 16 k steps over -150..127, a multiple of every lane count.
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
                    error <= want * 4e-7 + 1.5e-45,
                    "{isa:?}: 2^{x} = {got}, not {want}"
                );
            }
        }
    }
}
