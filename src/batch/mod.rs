//! Files in, files out: articles from text, HTML, JSON or JSON Lines; cards for people, rows for machines.
//!
//! An input passes through: [`lines`] or [`mod@file`] (bytes) -> [`record`] (fields) -> [`pipeline`] (analyses, in order)
//! -> [`row`] or [`card`] (text). [`score`] and [`analyze`] are the two jobs built of these; [`labels`] prints the
//! taxonomy. Nothing here prints, logs apart, or reads the environment: writers and styles are parameters.

pub mod analyze;
pub mod card;
pub mod fault;
pub mod file;
mod html;
pub mod labels;
pub mod lines;
pub mod pipeline;
pub mod progress;
pub mod record;
pub mod row;
pub mod score;
pub mod streams;
mod timestamp;

use std::future::Future;

use crate::{
    analyzer::AnalyzeError,
    domain::{Analysis, Article, Limits, Options, Request, Task},
};
use fault::Fault;
use record::Record;

/// What reads an article: the analyzer, or in tests a stand-in.
pub trait Reader: Fn(Request) -> Self::Answer + Clone + Send + Sync + 'static {
    /// What [`Reader`] returns.
    type Answer: Future<Output = Result<Analysis, AnalyzeError>> + Send + 'static;
}

impl<F, A> Reader for F
where
    F: Fn(Request) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<Analysis, AnalyzeError>> + Send + 'static,
{
    type Answer = A;
}

/// What is asked of every article of a job.
#[derive(Debug, Clone)]
pub struct Question {
    pub limits: Limits,
    /// Never empty.
    pub tasks: Vec<Task>,
    pub options: Options,
    /// Articles that are worked on at once; at least 1. Keep it within the analyzer's queue: then the queue never
    /// turns a job away.
    pub in_flight: usize,
}

impl Question {
    /// Articles worked on at once unless the queue is shorter: enough to keep a batch full, few enough to stay small
    /// in memory (64 articles of 256 KiB are 16 MiB).
    pub const IN_FLIGHT: usize = 64;

    fn request(&self, record: Record) -> Result<Request, Fault> {
        Ok(Request {
            article: Article::new(record.draft, &self.limits)?,
            tasks: self.tasks.clone(),
            options: self.options.clone(),
        })
    }
}
