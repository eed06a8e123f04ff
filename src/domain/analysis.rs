//! What is answered: countries, events, a summary, and the sentences that prove them.

use std::{ops::Range, time::Duration};

use super::{Country, EventType, Mode, QuadClass};

/// The answer for one article.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    pub id: String,
    pub language: Language,
    /// Primary first; empty if the article is about no country or the task was not wanted.
    pub countries: Vec<CountryAnswer>,
    /// Primary first; empty only if the task was not wanted.
    pub events: Vec<EventAnswer>,
    /// `None` if the task was not wanted.
    pub summary: Option<Summary>,
    pub truncation: Truncation,
    pub model: ModelRef,
    /// `None` unless asked for.
    pub timings: Option<Timings>,
    pub warnings: Vec<Warning>,
}

/// The language of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Language {
    /// BCP-47; `und` if it cannot be told.
    pub tag: String,
    /// 0..1; 1 if the caller gave the language.
    pub score: f32,
    /// True if the caller gave it.
    pub given: bool,
}

/// A field of the article that offsets count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Title,
    Text,
}

/// A place in a field of the article, in UTF-8 bytes and in code points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub field: Field,
    pub bytes: Range<usize>,
    pub chars: Range<usize>,
}

/// A sentence that supports a label.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    pub span: Span,
    pub text: String,
    /// Share of the label's support that this sentence gives, 0..1.
    pub weight: f32,
    /// The names found in the sentence that stand for the country; empty for events.
    pub names: Vec<NameMention>,
}

/// A name found in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameMention {
    pub text: String,
    pub span: Span,
    pub kind: NameKind,
}

/// What a name says of a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    Country,
    Demonym,
    Capital,
    City,
    Leader,
}

impl NameKind {
    /// The name in rows.
    pub fn name(self) -> &'static str {
        match self {
            NameKind::Country => "country",
            NameKind::Demonym => "demonym",
            NameKind::Capital => "capital",
            NameKind::City => "city",
            NameKind::Leader => "leader",
        }
    }
}

/// A country the reported event is about.
#[derive(Debug, Clone, PartialEq)]
pub struct CountryAnswer {
    pub country: &'static Country,
    /// 0..1.
    pub score: f32,
    pub primary: bool,
    /// Best first.
    pub evidence: Vec<Evidence>,
}

/// An event the article reports.
#[derive(Debug, Clone, PartialEq)]
pub struct EventAnswer {
    pub event_type: EventType,
    pub mode: Option<Mode>,
    /// Calibrated probability, 0..1.
    pub score: f32,
    pub primary: bool,
    pub quad_class: Option<QuadClass>,
    /// Best first.
    pub evidence: Vec<Evidence>,
}

/// Whole sentences of the article, in its order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    /// The sentences joined by a space.
    pub text: String,
    pub sentences: Vec<SummarySentence>,
}

/// One sentence of a summary.
#[derive(Debug, Clone, PartialEq)]
pub struct SummarySentence {
    pub text: String,
    pub span: Span,
    /// Salience, 0..1.
    pub score: f32,
}

/// What of the article the model has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Truncation {
    pub tokens_seen: usize,
    pub tokens_dropped: usize,
    pub windows: usize,
}

/// Which model answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRef {
    pub name: String,
    pub version: String,
    pub taxonomy_version: String,
}

/// Where the time went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timings {
    /// Sentences, language, names, tokens.
    pub text: Duration,
    /// Waiting for the encoder.
    pub queue: Duration,
    /// The encoder and its heads, for the batches the article was in.
    pub model: Duration,
    /// Scores to answers.
    pub tasks: Duration,
}

/// Something the caller should know that did not stop the analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub code: WarningCode,
    pub message: String,
}

/// The kinds of warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarningCode {
    /// Tokens at the end were not read.
    Truncated,
    /// The language could not be told with confidence.
    LanguageUncertain,
    /// The model's quality in this language was never measured.
    LanguageUnmeasured,
    /// Nothing but boilerplate was found; there is nothing to summarise.
    NoSentences,
    /// The primary event's score is below the bundle's abstention threshold.
    LowConfidence,
}

impl WarningCode {
    /// The fixed word in answers and rows.
    pub fn name(self) -> &'static str {
        match self {
            WarningCode::Truncated => "TRUNCATED",
            WarningCode::LanguageUncertain => "LANGUAGE_UNCERTAIN",
            WarningCode::LanguageUnmeasured => "LANGUAGE_UNMEASURED",
            WarningCode::NoSentences => "NO_SENTENCES",
            WarningCode::LowConfidence => "LOW_CONFIDENCE",
        }
    }
}
