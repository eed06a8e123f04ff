//! The arithmetic of the encoder on a CPU, fused and without padding.
//!
//! Each kernel is written once over `simd::Simd` and compiled for AVX-512, AVX2 and plain Rust, with the same bits from
//! each; the set is chosen at run time ([`simd::Isa`]). Each has a plain reference beside its test. A row's result never
//! depends on the other rows.

pub mod activation;
pub mod attention;
pub mod int8;
pub mod linear;
pub mod norm;
pub mod simd;

/// How many threads one call may use; 1 stays on the calling thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threads(pub usize);

impl Threads {
    pub const ONE: Threads = Threads(1);

    /// Rows per task when `rows` rows are shared out.
    pub fn share(self, rows: usize) -> usize {
        rows.div_ceil(self.0.max(1)).max(1)
    }
}
