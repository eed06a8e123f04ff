//! Exact dot products of pairs of 16-bit integers, by instruction set.

use super::super::simd::{LANES, Plain, Simd};

/// A vector of 16 pairs of `i16`, or of 16 sums in `i32`.
///
/// # Safety
/// As for [`Simd`].
pub(super) unsafe trait Dot: Copy {
    type Float: Simd;
    unsafe fn splat(lane: i32) -> Self;
    unsafe fn load(p: *const i32) -> Self;
    /// `self` + the dot products of the pairs of `a` and `b`, lane by lane.
    unsafe fn add_product(self, a: Self, b: Self) -> Self;
    /// Pairs of the nearest integers (ties to even) of `low` and `high`, both within 16 bits.
    unsafe fn pair(low: Self::Float, high: Self::Float) -> Self;
    /// The same bits, to be moved about.
    unsafe fn bits(self) -> Self::Float;
    /// Sums, rounded to the nearest floats.
    unsafe fn to_float(self) -> Self::Float;
}

/// `dispatch_dot!(isa, kernel(args))`: runs the generic `kernel::<D: Dot>` compiled for `isa`.
macro_rules! dispatch_dot {
    ($isa:expr, $kernel:ident($($arg:ident: $ty:ty),*)) => {{
        use $crate::model::kernels::{attention::dot, simd};
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
        unsafe fn avx512_vnni($($arg: $ty),*) {
            unsafe { $kernel::<dot::Avx512Vnni>($($arg),*) }
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
        unsafe fn avx512($($arg: $ty),*) {
            unsafe { $kernel::<dot::Avx512>($($arg),*) }
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma,avxvnni")]
        unsafe fn avx_vnni($($arg: $ty),*) {
            unsafe { $kernel::<dot::AvxVnni>($($arg),*) }
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        unsafe fn avx2($($arg: $ty),*) {
            unsafe { $kernel::<dot::Avx2>($($arg),*) }
        }
        // SAFETY: `Isa` values come from `Isa::detect` or `Isa::available`, which ask the machine.
        unsafe {
            match $isa {
                #[cfg(target_arch = "x86_64")]
                simd::Isa::Avx512Vnni => avx512_vnni($($arg),*),
                #[cfg(target_arch = "x86_64")]
                simd::Isa::Avx512 => avx512($($arg),*),
                #[cfg(target_arch = "x86_64")]
                simd::Isa::AvxVnni => avx_vnni($($arg),*),
                #[cfg(target_arch = "x86_64")]
                simd::Isa::Avx2 => avx2($($arg),*),
                simd::Isa::Portable => $kernel::<dot::PlainDot>($($arg),*),
            }
        }
    }};
}
pub(super) use dispatch_dot;

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2, Avx512, Avx512Vnni, AvxVnni};

/// Plain Rust.
#[derive(Clone, Copy)]
pub(super) struct PlainDot([i32; LANES]);

// SAFETY: plain Rust runs everywhere; the pointer contracts are the trait's.
unsafe impl Dot for PlainDot {
    type Float = Plain;
    #[inline(always)]
    unsafe fn splat(lane: i32) -> Self {
        PlainDot([lane; LANES])
    }
    #[inline(always)]
    unsafe fn load(p: *const i32) -> Self {
        PlainDot(unsafe { p.cast::<[i32; LANES]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn add_product(self, a: Self, b: Self) -> Self {
        PlainDot(std::array::from_fn(|i| {
            let low = a.0[i] as i16 as i32 * (b.0[i] as i16 as i32);
            let high = (a.0[i] >> 16) * (b.0[i] >> 16);
            self.0[i].wrapping_add(low).wrapping_add(high)
        }))
    }
    #[inline(always)]
    unsafe fn pair(low: Plain, high: Plain) -> Self {
        let integer = |x: f32| x.round_ties_even() as i32;
        PlainDot(std::array::from_fn(|i| {
            integer(low.0[i]) & 0xffff | integer(high.0[i]) << 16
        }))
    }
    #[inline(always)]
    unsafe fn bits(self) -> Plain {
        Plain(self.0.map(|i| f32::from_bits(i as u32)))
    }
    #[inline(always)]
    unsafe fn to_float(self) -> Plain {
        Plain(self.0.map(|i| i as f32))
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{super::super::simd::Pair, Dot};

    /// One register of AVX-512; the product is one instruction or two.
    macro_rules! wide {
        ($name:ident, $add_product:expr) => {
            #[derive(Clone, Copy)]
            pub(in super::super) struct $name(__m512i);

            // SAFETY: the trait's contract; `dispatch_dot!` only calls these where the features were detected.
            unsafe impl Dot for $name {
                type Float = __m512;
                #[inline(always)]
                unsafe fn splat(lane: i32) -> Self {
                    unsafe { $name(_mm512_set1_epi32(lane)) }
                }
                #[inline(always)]
                unsafe fn load(p: *const i32) -> Self {
                    unsafe { $name(_mm512_loadu_si512(p.cast())) }
                }
                #[inline(always)]
                unsafe fn add_product(self, a: Self, b: Self) -> Self {
                    unsafe { $name($add_product(self.0, a.0, b.0)) }
                }
                #[inline(always)]
                unsafe fn pair(low: __m512, high: __m512) -> Self {
                    unsafe {
                        let high = _mm512_slli_epi32::<16>(_mm512_cvtps_epi32(high));
                        let low = _mm512_cvtps_epi32(low);
                        $name(_mm512_mask_blend_epi16(0xaaaa_aaaa, low, high))
                    }
                }
                #[inline(always)]
                unsafe fn bits(self) -> __m512 {
                    unsafe { _mm512_castsi512_ps(self.0) }
                }
                #[inline(always)]
                unsafe fn to_float(self) -> __m512 {
                    unsafe { _mm512_cvtepi32_ps(self.0) }
                }
            }
        };
    }
    wide!(Avx512Vnni, |sum, a, b| _mm512_dpwssd_epi32(sum, a, b));
    wide!(Avx512, |sum, a, b| _mm512_add_epi32(
        sum,
        _mm512_madd_epi16(a, b)
    ));

    /// Two registers of AVX2.
    macro_rules! halves {
        ($name:ident, $add_product:expr) => {
            #[derive(Clone, Copy)]
            pub(in super::super) struct $name(__m256i, __m256i);

            // SAFETY: the trait's contract; `dispatch_dot!` only calls these where the features were detected.
            unsafe impl Dot for $name {
                type Float = Pair;
                #[inline(always)]
                unsafe fn splat(lane: i32) -> Self {
                    unsafe { $name(_mm256_set1_epi32(lane), _mm256_set1_epi32(lane)) }
                }
                #[inline(always)]
                unsafe fn load(p: *const i32) -> Self {
                    unsafe {
                        $name(
                            _mm256_loadu_si256(p.cast()),
                            _mm256_loadu_si256(p.add(8).cast()),
                        )
                    }
                }
                #[inline(always)]
                unsafe fn add_product(self, a: Self, b: Self) -> Self {
                    unsafe {
                        $name(
                            $add_product(self.0, a.0, b.0),
                            $add_product(self.1, a.1, b.1),
                        )
                    }
                }
                #[inline(always)]
                unsafe fn pair(low: Pair, high: Pair) -> Self {
                    unsafe {
                        let pair = |low, high| {
                            let high = _mm256_slli_epi32::<16>(_mm256_cvtps_epi32(high));
                            _mm256_blend_epi16::<0xaa>(_mm256_cvtps_epi32(low), high)
                        };
                        $name(pair(low.0, high.0), pair(low.1, high.1))
                    }
                }
                #[inline(always)]
                unsafe fn bits(self) -> Pair {
                    unsafe { Pair(_mm256_castsi256_ps(self.0), _mm256_castsi256_ps(self.1)) }
                }
                #[inline(always)]
                unsafe fn to_float(self) -> Pair {
                    unsafe { Pair(_mm256_cvtepi32_ps(self.0), _mm256_cvtepi32_ps(self.1)) }
                }
            }
        };
    }
    halves!(AvxVnni, |sum, a, b| _mm256_dpwssd_avx_epi32(sum, a, b));
    halves!(Avx2, |sum, a, b| _mm256_add_epi32(
        sum,
        _mm256_madd_epi16(a, b)
    ));
}
