//! The progress of a job on a terminal: rows, rate, time left.

use indicatif::{ProgressBar, ProgressStyle};

use super::score::Report;

/// A bar on stderr; nothing if stderr is no terminal.
pub struct Progress(ProgressBar);

impl Progress {
    /// `bytes`: of the whole input, if that is known; the time left comes from it.
    pub fn new(bytes: Option<u64>) -> Self {
        let (bar, template) = match bytes {
            Some(bytes) => (
                ProgressBar::new(bytes),
                "{wide_bar} {percent:>3}%  {msg}  {elapsed_precise} gone, {eta_precise} left",
            ),
            None => (
                ProgressBar::new_spinner(),
                "{spinner} {msg}  {elapsed_precise} gone",
            ),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Shows how far the job is; cheap, for it is drawn a few times a second only.
    pub fn show(&self, report: &Report) {
        if self.0.is_hidden() {
            return;
        }
        self.0.set_message(format!(
            "{} rows, {} failed, {:.1}/s",
            report.rows_out,
            report.failed,
            report.rate()
        ));
        self.0.set_position(report.bytes);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
