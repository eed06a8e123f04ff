//! What the benchmarks share: their options, a corpus of lengths, the median.

/// Options of a benchmark.
pub struct Options {
    pub threads: usize,
    pub rounds: usize,
}

impl Options {
    /// Reads `--threads N` and `--rounds N`; other arguments (cargo passes `--bench`) are passed over.
    pub fn parse() -> Self {
        let arguments: Vec<String> = std::env::args().collect();
        let value = |name: &str, default: usize| {
            let at = arguments.iter().position(|a| a == name);
            at.and_then(|i| arguments.get(i + 1)).map_or(default, |v| v.parse().expect("a number"))
        };
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        Self { threads: value("--threads", cores), rounds: value("--rounds", 5) }
    }
}

/// Lengths of news articles in tokens: 16 to 512, mean about 350.
pub fn lengths(count: usize) -> Vec<usize> {
    const LENGTHS: [usize; 16] = [354, 512, 128, 420, 512, 260, 480, 16, 390, 512, 310, 450, 205, 512, 96, 500];
    (0..count).map(|i| LENGTHS[i % LENGTHS.len()]).collect()
}

/// The middle value.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
