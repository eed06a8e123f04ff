//! The words of the trade: articles, analyses, labels and countries. Imports nothing else of ours and no candle.

pub mod analysis;
pub mod article;
pub mod country;
pub mod label;
pub mod taxonomy;

pub use analysis::{
    Analysis, CountryAnswer, EventAnswer, Evidence, Field, Language, ModelRef, NameKind,
    NameMention, Span, Summary, SummarySentence, Timings, Truncation, Warning, WarningCode,
};
pub use article::{Article, Draft, InvalidArticle, Limits, Options, OptionsDraft, Request, Task};
pub use country::Country;
pub use label::{EventType, Mode, QuadClass};
