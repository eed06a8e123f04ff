//! What is asked: an article that was checked, the tasks wanted, and the options.

use std::time::SystemTime;

/// One news article whose fields keep the [`Limits`].
#[derive(Debug, Clone)]
pub struct Article {
    id: String,
    title: String,
    text: String,
    language: Option<String>,
    published_at: Option<SystemTime>,
    source: String,
}

/// An article as a caller sent it, before any check.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub id: String,
    pub title: String,
    pub text: String,
    /// BCP-47; empty means "detect it".
    pub language: String,
    pub published_at: Option<SystemTime>,
    pub source: String,
}

/// How much of each field is accepted. Bounds the memory one request can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the text.
    pub text_bytes: usize,
    /// Bytes of the title.
    pub title_bytes: usize,
    /// Bytes of the id and of the source.
    pub id_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_bytes: 256 * 1024,
            title_bytes: 4096,
            id_bytes: 512,
        }
    }
}

/// A field that cannot be accepted. Never holds text of the article.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct InvalidArticle {
    /// Path of the field as the contract names it, such as `article.text`.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub reason: String,
}

impl InvalidArticle {
    pub fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self {
            field,
            reason: reason.into(),
        }
    }
}

impl Article {
    /// Checks a draft.
    ///
    /// # Errors
    /// The first field that is missing, too long or malformed.
    pub fn new(draft: Draft, limits: &Limits) -> Result<Self, InvalidArticle> {
        at_most("article.id", draft.id.len(), limits.id_bytes)?;
        at_most("article.title", draft.title.len(), limits.title_bytes)?;
        at_most("article.text", draft.text.len(), limits.text_bytes)?;
        at_most("article.source", draft.source.len(), limits.id_bytes)?;
        if !draft.text.chars().any(is_visible) {
            return Err(InvalidArticle::new(
                "article.text",
                "is empty; send the body of the article",
            ));
        }
        let language = match draft.language.trim() {
            "" => None,
            tag if is_language_tag(tag) => Some(tag.to_owned()),
            _ => {
                return Err(InvalidArticle::new(
                    "article.language",
                    "is not a BCP-47 language tag such as \"ar\" or \"zh-Hant\"; leave it empty to have the language detected",
                ));
            }
        };
        Ok(Self {
            id: draft.id,
            title: draft.title,
            text: draft.text,
            language,
            published_at: draft.published_at,
            source: draft.source,
        })
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// The headline as it was sent; empty if none was.
    pub fn title(&self) -> &str {
        &self.title
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The language the caller gave, BCP-47.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    pub fn published_at(&self) -> Option<SystemTime> {
        self.published_at
    }

    pub fn source(&self) -> &str {
        &self.source
    }
}

/// One of the three questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Task {
    Country,
    Event,
    Summary,
}

impl Task {
    pub const ALL: [Task; 3] = [Task::Country, Task::Event, Task::Summary];

    /// The name in manifests, flags and rows.
    pub fn name(self) -> &'static str {
        match self {
            Task::Country => "country",
            Task::Event => "event",
            Task::Summary => "summary",
        }
    }
}

/// What is wanted of the answer, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Sentences of the summary.
    pub summary_sentences: usize,
    /// Most code points of the summary.
    pub summary_max_chars: Option<usize>,
    /// Least score of countries and of further events; `None`: the bundle's thresholds.
    pub min_score: Option<f32>,
    pub evidence: bool,
    pub timings: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            summary_sentences: 3,
            summary_max_chars: None,
            min_score: None,
            evidence: true,
            timings: false,
        }
    }
}

/// Options as a caller sent them, before any check. `None` takes the default.
#[derive(Debug, Clone, Default)]
pub struct OptionsDraft {
    pub summary_sentences: Option<u32>,
    pub summary_max_chars: Option<u32>,
    pub min_score: Option<f32>,
    pub evidence: Option<bool>,
    pub timings: bool,
}

impl Options {
    /// Most sentences a summary may be asked for.
    pub const MAX_SUMMARY_SENTENCES: u32 = 10;
    /// Smallest character budget: below it no sentence of a news article fits.
    pub const MIN_SUMMARY_CHARS: u32 = 40;

    /// Checks what a caller sent.
    ///
    /// # Errors
    /// The first option out of its range.
    pub fn new(draft: OptionsDraft) -> Result<Self, InvalidArticle> {
        let default = Self::default();
        if let Some(n) = draft.summary_sentences
            && !(1..=Self::MAX_SUMMARY_SENTENCES).contains(&n)
        {
            return Err(InvalidArticle::new(
                "options.summary_sentences",
                format!("is {n}; send 1 to {}", Self::MAX_SUMMARY_SENTENCES),
            ));
        }
        if let Some(n) = draft.summary_max_chars
            && n < Self::MIN_SUMMARY_CHARS
        {
            return Err(InvalidArticle::new(
                "options.summary_max_chars",
                format!("is {n}; send at least {}", Self::MIN_SUMMARY_CHARS),
            ));
        }
        if let Some(score) = draft.min_score
            && !(0.0..=1.0).contains(&score)
        {
            return Err(InvalidArticle::new(
                "options.min_score",
                format!("is {score}; send 0 to 1"),
            ));
        }
        Ok(Self {
            summary_sentences: draft
                .summary_sentences
                .map_or(default.summary_sentences, |n| n as usize),
            summary_max_chars: draft.summary_max_chars.map(|n| n as usize),
            min_score: draft.min_score,
            evidence: draft.evidence.unwrap_or(default.evidence),
            timings: draft.timings,
        })
    }
}

/// An article with what is wanted of it.
#[derive(Debug, Clone)]
pub struct Request {
    pub article: Article,
    /// The tasks wanted; never empty.
    pub tasks: Vec<Task>,
    pub options: Options,
}

impl Request {
    /// All tasks, default options.
    pub fn new(article: Article) -> Self {
        Self {
            article,
            tasks: Task::ALL.to_vec(),
            options: Options::default(),
        }
    }

    pub fn wants(&self, task: Task) -> bool {
        self.tasks.contains(&task)
    }
}

fn at_most(field: &'static str, len: usize, most: usize) -> Result<(), InvalidArticle> {
    if len <= most {
        return Ok(());
    }
    Err(InvalidArticle::new(
        field,
        format!("has {len} bytes; at most {most} are accepted"),
    ))
}

/// Something a reader would see: not space, not a control, not an invisible format character.
fn is_visible(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The shape of a BCP-47 tag (RFC 5646): a primary subtag of 2 to 8 letters, then subtags of 1 to 8 letters or digits.
fn is_language_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let primary = subtags.next().unwrap_or_default();
    tag.len() <= 35
        && (2..=8).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && subtags
            .all(|s| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> Draft {
        Draft {
            text: text.into(),
            ..Draft::default()
        }
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        struct Case {
            draft: Draft,
            field: &'static str,
        }
        let limits = Limits {
            text_bytes: 10,
            title_bytes: 5,
            id_bytes: 3,
        };
        let cases = [
            Case {
                draft: draft(""),
                field: "article.text",
            },
            Case {
                draft: draft(" \n\t\u{3000}"),
                field: "article.text",
            },
            // Zero-width and bidi marks alone are no text.
            Case {
                draft: draft("\u{200b}\u{202e}"),
                field: "article.text",
            },
            Case {
                draft: draft("eleven byte"),
                field: "article.text",
            },
            Case {
                draft: Draft {
                    title: "sixxxx".into(),
                    ..draft("x")
                },
                field: "article.title",
            },
            Case {
                draft: Draft {
                    id: "four".into(),
                    ..draft("x")
                },
                field: "article.id",
            },
            Case {
                draft: Draft {
                    source: "four".into(),
                    ..draft("x")
                },
                field: "article.source",
            },
            Case {
                draft: Draft {
                    language: "not a tag".into(),
                    ..draft("x")
                },
                field: "article.language",
            },
        ];
        for case in cases {
            let error = Article::new(case.draft, &limits).unwrap_err();
            assert_eq!(error.field, case.field);
        }
    }

    #[test]
    fn accepts_what_fits_exactly() {
        let limits = Limits {
            text_bytes: 10,
            title_bytes: 5,
            id_bytes: 3,
        };
        let article = Article::new(
            Draft {
                id: "abc".into(),
                title: "fiver".into(),
                language: "zh-Hant".into(),
                ..draft("ten bytes!")
            },
            &limits,
        )
        .unwrap();
        assert_eq!(article.language(), Some("zh-Hant"));
        assert_eq!(article.text(), "ten bytes!");
    }

    #[test]
    fn emoji_alone_are_text() {
        assert!(Article::new(draft("🙂🙂"), &Limits::default()).is_ok());
    }

    #[test]
    fn options_keep_their_ranges() {
        let bad = [
            (
                OptionsDraft {
                    summary_sentences: Some(0),
                    ..Default::default()
                },
                "options.summary_sentences",
            ),
            (
                OptionsDraft {
                    summary_sentences: Some(1000),
                    ..Default::default()
                },
                "options.summary_sentences",
            ),
            (
                OptionsDraft {
                    summary_max_chars: Some(39),
                    ..Default::default()
                },
                "options.summary_max_chars",
            ),
            (
                OptionsDraft {
                    min_score: Some(1.5),
                    ..Default::default()
                },
                "options.min_score",
            ),
            // A comparison with NaN is false, so the range must be asked, not its ends.
            (
                OptionsDraft {
                    min_score: Some(f32::NAN),
                    ..Default::default()
                },
                "options.min_score",
            ),
        ];
        for (draft, field) in bad {
            assert_eq!(Options::new(draft).unwrap_err().field, field);
        }
        assert_eq!(
            Options::new(OptionsDraft::default()).unwrap(),
            Options::default()
        );
    }
}
