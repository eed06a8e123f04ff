//! What the benchmarks share: their options, a corpus of lengths, the median.

/// Options of a benchmark.
pub struct Options {
    pub threads: usize,
    pub rounds: usize,
}

impl Options {
    /// Reads `--threads N` and `--rounds N`; other arguments (cargo passes `--bench`) are passed over.
    pub fn parse() -> Self {
        let number = |name: &str, default: usize| {
            value(name).map_or(default, |v| v.parse().expect("a number"))
        };
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        Self {
            threads: number("--threads", cores),
            rounds: number("--rounds", 5),
        }
    }
}

/// What follows the option `name` on the command line.
pub fn value(name: &str) -> Option<String> {
    std::env::args().skip_while(|a| a != name).nth(1)
}

/// The middle value.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
