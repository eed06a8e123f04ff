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
            at.and_then(|i| arguments.get(i + 1))
                .map_or(default, |v| v.parse().expect("a number"))
        };
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        Self {
            threads: value("--threads", cores),
            rounds: value("--rounds", 5),
        }
    }
}

/// The middle value.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
