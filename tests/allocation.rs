//! The forward pass in int8 asks for no memory once it has seen its largest batch.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use candle_core::Device;
use dateline::model::{
    encoder::{Compute, Encoder, EncoderConfig, Packed, Precision, Workspace},
    kernels::{Threads, simd::Isa},
    weights::Weights,
};
use safetensors::SafeTensors;

/// The system's allocator, counting the bytes that are asked for.
struct Counting;

static ASKED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is the system's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.fetch_add(layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Forward passes that are counted.
const PASSES: usize = 8;
/// Bytes of a pass on several threads: the pool's queue of tasks grows by a block now and then.
const TASKS: usize = 4096;

#[test]
fn a_pass_asks_for_no_memory_after_the_first() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/xlm-roberta-tiny");
    let config = EncoderConfig::parse(&fs::read(folder.join("config.json")).unwrap()).unwrap();
    let bytes = fs::read(folder.join("model.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let weights = Weights::new(&tensors, Device::Cpu).under("roberta.");
    let encoder = Encoder::load(config, weights, Precision::Int8).unwrap();
    let batches = [&[40, 3, 17][..], &[5], &[40, 40, 40], &[1, 2]].map(|lengths| {
        let mut batch = Packed::default();
        for n in lengths {
            let longest = encoder.config().max_tokens() as u32;
            batch.push(&(3..3 + longest.min(*n)).collect::<Vec<_>>());
        }
        batch
    });
    for isa in Isa::available() {
        for (threads, most) in [(Threads::ONE, 0), (Threads(2), TASKS)] {
            let mut workspace = Workspace::default();
            let mut pass = || {
                for batch in &batches {
                    let compute = Compute { isa, threads };
                    encoder.forward(batch, compute, &mut workspace).unwrap();
                }
            };
            let mut round = || {
                let before = ASKED.load(Relaxed);
                (0..PASSES).for_each(|_| pass());
                (ASKED.load(Relaxed) - before) / PASSES
            };
            // The least of some rounds: on a busy machine a thread of the pool may have its first turn late.
            let asked = (0..8).map(|_| round()).min().unwrap();
            assert!(asked <= most, "{isa:?}, {threads:?}: {asked} bytes a pass");
        }
    }
}
