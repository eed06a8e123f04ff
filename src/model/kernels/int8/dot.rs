//! Products of quantised rows with packed weights: exact 32-bit sums, then floats.

use super::{Int8Linear, quantised::stride};
use crate::model::kernels::simd::{Isa, LANES, Plain, Simd};

/// Inputs that one step of a dot product takes from each output channel.
pub(super) const QUAD: usize = 4;

/// Rows that the fastest kernel takes at a time; the borders between threads keep to it.
pub(super) const ROWS: usize = 6;

/// Most vectors of channels that a kernel takes at a time; the channels are padded to it.
pub(super) const VECTORS: usize = 4;

/// Four inputs of 16 output channels: `[channel, input]`, one register of AVX-512.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Weights(pub(super) [i8; LANES * QUAD]);

/// Quantised rows to read.
pub(super) struct Rows<'a> {
    /// `[rows, stride]`
    pub(super) values: &'a [u8],
    /// `[rows]`
    pub(super) scales: &'a [f32],
}

/// `y = x wᵀ + b`, added to what is in `y` if `add`; `y`: `[rows, outputs]`.
pub(super) fn multiply(linear: &Int8Linear, x: &Rows<'_>, y: &mut [f32], add: bool, isa: Isa) {
    assert_eq!(x.values.len(), x.scales.len() * stride(linear.inputs));
    assert_eq!(y.len(), x.scales.len() * linear.outputs);
    // SAFETY: `Isa` values come from `Isa::detect` or `Isa::available`, which ask the machine.
    unsafe {
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Vnni => x86::avx512_vnni(linear, x, y, add),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => x86::avx512(linear, x, y, add),
            #[cfg(target_arch = "x86_64")]
            Isa::AvxVnni => x86::avx_vnni(linear, x, y, add),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => x86::avx2(linear, x, y, add),
            Isa::Portable => tiles::<PlainSums, 2, 1>(linear, x, y, add),
        }
    }
}

/// `R` rows times `N` vectors of channels at a time, their sums in registers.
#[inline(always)]
unsafe fn tiles<S: Sums, const R: usize, const N: usize>(
    linear: &Int8Linear,
    x: &Rows<'_>,
    y: &mut [f32],
    add: bool,
) {
    let (rows, quads) = (x.scales.len(), linear.inputs.div_ceil(QUAD));
    for column in (0..linear.outputs).step_by(N * LANES) {
        let vectors: [usize; N] = std::array::from_fn(|n| column / LANES + n);
        for first in (0..rows).step_by(R) {
            // The last rows repeat the very last: the code stays one, the repeats are not stored.
            let at: [usize; R] = std::array::from_fn(|r| (first + r).min(rows - 1));
            unsafe {
                let x_rows = at.map(|row| x.values.as_ptr().add(row * stride(linear.inputs)));
                let weights = vectors.map(|v| linear.weight.as_ptr().add(v * quads));
                let start = vectors.map(|v| linear.channels.start.as_ptr().add(v * LANES));
                let sums = dots::<S, R, N>(&x_rows, &weights, &start, quads);
                let scales = at.map(|row| x.scales[row]);
                if first + R <= rows && column + N * LANES <= linear.outputs {
                    let target = y.as_mut_ptr().add(first * linear.outputs + column);
                    finish(&sums, linear, column, &scales, target, linear.outputs, add);
                    continue;
                }
                let mut tile = [[[0.0; LANES]; N]; R];
                let target = tile.as_mut_ptr().cast();
                finish(&sums, linear, column, &scales, target, N * LANES, false);
                let columns = linear.outputs.min(column + N * LANES) - column;
                for (r, tile) in tile.iter().enumerate().take(rows - first) {
                    let y = &mut y[(first + r) * linear.outputs + column..][..columns];
                    for (y, product) in y.iter_mut().zip(tile.as_flattened()) {
                        *y = if add { product + *y } else { *product };
                    }
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn dots<S: Sums, const R: usize, const N: usize>(
    x: &[*const u8; R],
    weights: &[*const Weights; N],
    start: &[*const i32; N],
    quads: usize,
) -> [[S; N]; R] {
    unsafe {
        // Plain loops: an intrinsic inside a closure may stay a call.
        let mut sums = [[S::load(start[0]); N]; R];
        for sums in &mut sums {
            for (sum, start) in sums.iter_mut().zip(start) {
                *sum = S::load(*start);
            }
        }
        for quad in 0..quads {
            for (sums, x) in sums.iter_mut().zip(x) {
                let x = S::inputs(x.add(quad * QUAD));
                for (sum, weights) in sums.iter_mut().zip(weights) {
                    *sum = sum.dot(x, S::weights(weights.add(quad)));
                }
            }
        }
        sums
    }
}

/// Turns sums into floats and stores or adds them at `y`, a row of the tile every `stride` floats.
#[inline(always)]
unsafe fn finish<S: Sums, const R: usize, const N: usize>(
    sums: &[[S; N]; R],
    linear: &Int8Linear,
    column: usize,
    scales: &[f32; R],
    y: *mut f32,
    stride: usize,
    add: bool,
) {
    let mut lanes = [0; LANES];
    for (r, sums) in sums.iter().enumerate() {
        for (n, sums) in sums.iter().enumerate() {
            let column = column + n * LANES;
            unsafe {
                sums.store(lanes.as_mut_ptr());
                let scale = S::Float::load(linear.channels.scale.as_ptr().add(column))
                    .mul(S::Float::splat(scales[r]));
                let bias = S::Float::load(linear.channels.bias.as_ptr().add(column));
                let product = S::Float::load_i32(lanes.as_ptr()).mul_add(scale, bias);
                let y = y.add(r * stride + n * LANES);
                let product = if add {
                    product.add(S::Float::load(y))
                } else {
                    product
                };
                product.store(y);
            }
        }
    }
}

/// Sixteen 32-bit sums of products of bytes. All methods are inlined into a function that enables the instruction set.
///
/// # Safety
/// Every method may only run on a machine that has the instruction set, and pointers must be valid for what is read.
unsafe trait Sums: Copy {
    type Float: Simd;
    type Inputs: Copy;
    type Weights: Copy;
    unsafe fn load(p: *const i32) -> Self;
    unsafe fn store(self, p: *mut i32);
    /// Four values of a row.
    unsafe fn inputs(p: *const u8) -> Self::Inputs;
    /// Four weights of each of 16 channels.
    unsafe fn weights(p: *const Weights) -> Self::Weights;
    /// Adds the four products of each channel.
    unsafe fn dot(self, x: Self::Inputs, w: Self::Weights) -> Self;
}

/// Sums in plain Rust.
#[derive(Clone, Copy)]
struct PlainSums([i32; LANES]);

// SAFETY: plain Rust runs everywhere; the pointer contracts are the trait's.
unsafe impl Sums for PlainSums {
    type Float = Plain;
    type Inputs = [i32; QUAD];
    type Weights = [[i8; QUAD]; LANES];
    #[inline(always)]
    unsafe fn load(p: *const i32) -> Self {
        PlainSums(unsafe { p.cast::<[i32; LANES]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut i32) {
        unsafe { p.cast::<[i32; LANES]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    unsafe fn inputs(p: *const u8) -> Self::Inputs {
        unsafe { p.cast::<[u8; QUAD]>().read_unaligned() }.map(i32::from)
    }
    #[inline(always)]
    unsafe fn weights(p: *const Weights) -> Self::Weights {
        unsafe { p.cast::<Self::Weights>().read() }
    }
    #[inline(always)]
    unsafe fn dot(mut self, x: Self::Inputs, w: Self::Weights) -> Self {
        for (sum, w) in self.0.iter_mut().zip(w) {
            for (x, w) in x.iter().zip(w) {
                *sum += x * w as i32;
            }
        }
        self
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{Int8Linear, ROWS, Rows, Sums, VECTORS, Weights, tiles};
    use crate::model::kernels::simd::Pair;

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
    pub(super) unsafe fn avx512_vnni(l: &Int8Linear, x: &Rows<'_>, y: &mut [f32], add: bool) {
        unsafe { tiles::<Vnni512, ROWS, VECTORS>(l, x, y, add) }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    pub(super) unsafe fn avx512(l: &Int8Linear, x: &Rows<'_>, y: &mut [f32], add: bool) {
        unsafe { tiles::<Words512, ROWS, 2>(l, x, y, add) }
    }

    #[target_feature(enable = "avx2,fma,avxvnni")]
    pub(super) unsafe fn avx_vnni(l: &Int8Linear, x: &Rows<'_>, y: &mut [f32], add: bool) {
        unsafe { tiles::<Vnni256, ROWS, 1>(l, x, y, add) }
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) unsafe fn avx2(l: &Int8Linear, x: &Rows<'_>, y: &mut [f32], add: bool) {
        unsafe { tiles::<Words256, 4, 1>(l, x, y, add) }
    }

    /// The dot products of AVX-512 VNNI.
    #[derive(Clone, Copy)]
    struct Vnni512(__m512i);

    // SAFETY: the trait's contract; only called where AVX-512 VNNI was detected.
    unsafe impl Sums for Vnni512 {
        type Float = __m512;
        type Inputs = __m512i;
        type Weights = __m512i;
        #[inline(always)]
        unsafe fn load(p: *const i32) -> Self {
            Self(unsafe { _mm512_loadu_si512(p.cast()) })
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut i32) {
            unsafe { _mm512_storeu_si512(p.cast(), self.0) }
        }
        #[inline(always)]
        unsafe fn inputs(p: *const u8) -> __m512i {
            unsafe { _mm512_set1_epi32(p.cast::<i32>().read_unaligned()) }
        }
        #[inline(always)]
        unsafe fn weights(p: *const Weights) -> __m512i {
            unsafe { _mm512_load_si512(p.cast()) }
        }
        #[inline(always)]
        unsafe fn dot(self, x: __m512i, w: __m512i) -> Self {
            Self(unsafe { _mm512_dpbusd_epi32(self.0, x, w) })
        }
    }

    /// AVX-512 without VNNI: even and odd bytes as 16-bit words. Products of bytes cannot saturate there.
    #[derive(Clone, Copy)]
    struct Words512(__m512i);

    // SAFETY: the trait's contract; only called where AVX-512 F and BW were detected.
    unsafe impl Sums for Words512 {
        type Float = __m512;
        type Inputs = [__m512i; 2];
        type Weights = [__m512i; 2];
        #[inline(always)]
        unsafe fn load(p: *const i32) -> Self {
            Self(unsafe { _mm512_loadu_si512(p.cast()) })
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut i32) {
            unsafe { _mm512_storeu_si512(p.cast(), self.0) }
        }
        #[inline(always)]
        unsafe fn inputs(p: *const u8) -> Self::Inputs {
            unsafe {
                let x = _mm512_set1_epi32(p.cast::<i32>().read_unaligned());
                [
                    _mm512_and_si512(x, _mm512_set1_epi16(0xff)),
                    _mm512_srli_epi16::<8>(x),
                ]
            }
        }
        #[inline(always)]
        unsafe fn weights(p: *const Weights) -> Self::Weights {
            unsafe {
                let w = _mm512_load_si512(p.cast());
                [
                    _mm512_srai_epi16::<8>(_mm512_slli_epi16::<8>(w)),
                    _mm512_srai_epi16::<8>(w),
                ]
            }
        }
        #[inline(always)]
        unsafe fn dot(self, x: Self::Inputs, w: Self::Weights) -> Self {
            unsafe {
                let even = _mm512_add_epi32(self.0, _mm512_madd_epi16(x[0], w[0]));
                Self(_mm512_add_epi32(even, _mm512_madd_epi16(x[1], w[1])))
            }
        }
    }

    /// The dot products of AVX-VNNI, on two registers.
    #[derive(Clone, Copy)]
    struct Vnni256([__m256i; 2]);

    // SAFETY: the trait's contract; only called where AVX2, FMA and AVX-VNNI were detected.
    unsafe impl Sums for Vnni256 {
        type Float = Pair;
        type Inputs = __m256i;
        type Weights = [__m256i; 2];
        #[inline(always)]
        unsafe fn load(p: *const i32) -> Self {
            Self(unsafe { load(p.cast()) })
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut i32) {
            unsafe { store(self.0, p) }
        }
        #[inline(always)]
        unsafe fn inputs(p: *const u8) -> __m256i {
            unsafe { _mm256_set1_epi32(p.cast::<i32>().read_unaligned()) }
        }
        #[inline(always)]
        unsafe fn weights(p: *const Weights) -> Self::Weights {
            unsafe { load(p.cast()) }
        }
        #[inline(always)]
        unsafe fn dot(self, x: __m256i, w: Self::Weights) -> Self {
            let [a, b] = self.0;
            Self(unsafe {
                [
                    _mm256_dpbusd_avx_epi32(a, x, w[0]),
                    _mm256_dpbusd_avx_epi32(b, x, w[1]),
                ]
            })
        }
    }

    /// AVX2: even and odd bytes as 16-bit words, on two registers.
    #[derive(Clone, Copy)]
    struct Words256([__m256i; 2]);

    // SAFETY: the trait's contract; only called where AVX2 and FMA were detected.
    unsafe impl Sums for Words256 {
        type Float = Pair;
        type Inputs = [__m256i; 2];
        /// Even bytes of both registers, odd bytes of both.
        type Weights = [[__m256i; 2]; 2];
        #[inline(always)]
        unsafe fn load(p: *const i32) -> Self {
            Self(unsafe { load(p.cast()) })
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut i32) {
            unsafe { store(self.0, p) }
        }
        #[inline(always)]
        unsafe fn inputs(p: *const u8) -> Self::Inputs {
            unsafe {
                let x = _mm256_set1_epi32(p.cast::<i32>().read_unaligned());
                [
                    _mm256_and_si256(x, _mm256_set1_epi16(0xff)),
                    _mm256_srli_epi16::<8>(x),
                ]
            }
        }
        #[inline(always)]
        unsafe fn weights(p: *const Weights) -> Self::Weights {
            unsafe {
                let [a, b] = load(p.cast());
                [
                    [even(a), even(b)],
                    [_mm256_srai_epi16::<8>(a), _mm256_srai_epi16::<8>(b)],
                ]
            }
        }
        #[inline(always)]
        unsafe fn dot(self, x: Self::Inputs, w: Self::Weights) -> Self {
            let [a, b] = self.0;
            unsafe {
                let a = _mm256_add_epi32(a, _mm256_madd_epi16(x[0], w[0][0]));
                let b = _mm256_add_epi32(b, _mm256_madd_epi16(x[0], w[0][1]));
                let a = _mm256_add_epi32(a, _mm256_madd_epi16(x[1], w[1][0]));
                let b = _mm256_add_epi32(b, _mm256_madd_epi16(x[1], w[1][1]));
                Self([a, b])
            }
        }
    }

    /// The even bytes of the words, sign-extended.
    #[inline(always)]
    unsafe fn even(w: __m256i) -> __m256i {
        unsafe { _mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(w)) }
    }

    #[inline(always)]
    unsafe fn load(p: *const __m256i) -> [__m256i; 2] {
        unsafe { [_mm256_loadu_si256(p), _mm256_loadu_si256(p.add(1))] }
    }

    #[inline(always)]
    unsafe fn store(x: [__m256i; 2], p: *mut i32) {
        unsafe {
            _mm256_storeu_si256(p.cast(), x[0]);
            _mm256_storeu_si256(p.cast::<__m256i>().add(1), x[1]);
        }
    }
}
