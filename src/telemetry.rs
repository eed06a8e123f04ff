//! Logs: to stderr, as text or as JSON. The text of an article is never logged.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, filter::ParseError};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Starts logging; once per process, later calls change nothing.
///
/// A panic is logged with its place alone: the messages of slicing panics quote the string, and that may be an article.
pub fn start(format: Format, filter: EnvFilter, colour: bool) {
    let builder = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_env_filter(filter)
        .with_ansi(colour && io::stderr().is_terminal());
    let started = match format {
        Format::Text => builder.with_target(false).try_init(),
        Format::Json => builder.json().flatten_event(true).try_init(),
    };
    // A subscriber that was there before us stays.
    drop(started);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "a panic: please report it with this place");
    }));
}

/// Reads a level (`debug`: of our own code; others stay at `warn`) or a filter (`warn,dateline=debug,h2=info`).
///
/// # Errors
/// The directive that cannot be read.
pub fn filter(text: &str) -> Result<EnvFilter, ParseError> {
    match text.to_ascii_lowercase().as_str() {
        "off" => EnvFilter::try_new("off"),
        "error" => EnvFilter::try_new("error"),
        level @ ("warn" | "info" | "debug" | "trace") => {
            EnvFilter::try_new(format!("warn,dateline={level}"))
        }
        _ => EnvFilter::try_new(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_of_our_own_code() {
        let cases = [
            ("info", "dateline=info,warn"),
            ("DEBUG", "dateline=debug,warn"),
            ("off", "off"),
            ("h2=trace,error", "h2=trace,error"),
        ];
        for (text, expected) in cases {
            assert_eq!(filter(text).unwrap().to_string(), expected, "{text}");
        }
        assert!(filter("dateline=loud").is_err());
    }
}
