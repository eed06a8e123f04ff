//! Why an article of a job got no analysis. Never holds text of the article.

use std::{error::Error, fmt, io};

use serde::Serialize;

use crate::{analyzer::AnalyzeError, domain::InvalidArticle};

/// One failed article or row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub code: Code,
    /// The field that is wrong, as rows name it; `None` if no single field is.
    pub field: Option<&'static str>,
    /// Where, what is wrong and what to do.
    pub message: String,
}

/// The kinds of faults, named like gRPC's status codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    InvalidArgument,
    NotFound,
    ResourceExhausted,
    Unavailable,
    DeadlineExceeded,
    Internal,
}

impl Fault {
    /// Bad input without one field to blame.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self {
            code: Code::InvalidArgument,
            field: None,
            message: message.into(),
        }
    }

    /// A field that cannot be accepted; the message starts with its name.
    pub fn of_field(field: &'static str, reason: impl fmt::Display) -> Self {
        Self {
            code: Code::InvalidArgument,
            field: Some(field),
            message: format!("{field} {reason}"),
        }
    }

    /// A file that could not be read.
    pub fn unreadable(error: &io::Error) -> Self {
        let code = match error.kind() {
            io::ErrorKind::NotFound => Code::NotFound,
            io::ErrorKind::IsADirectory => Code::InvalidArgument,
            _ => Code::Internal,
        };
        let message = match error.kind() {
            io::ErrorKind::IsADirectory => "is a directory; name the files in it".to_owned(),
            _ => format!("cannot be read: {error}"),
        };
        Self {
            code,
            field: None,
            message,
        }
    }

    /// The analysis itself broke down; the rest of the job goes on.
    pub fn broken() -> Self {
        Self {
            code: Code::Internal,
            field: None,
            message: "the analysis broke down; please report it".into(),
        }
    }

    /// Says where: `line 7` or a file's name.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Fault {}

impl From<InvalidArticle> for Fault {
    fn from(error: InvalidArticle) -> Self {
        let field = error.field.strip_prefix("article.").unwrap_or(error.field);
        Self::of_field(field, error.reason)
    }
}

impl From<AnalyzeError> for Fault {
    fn from(error: AnalyzeError) -> Self {
        let code = match &error {
            AnalyzeError::QueueFull => Code::ResourceExhausted,
            AnalyzeError::Stopped => Code::Unavailable,
            AnalyzeError::DeadlineExceeded => Code::DeadlineExceeded,
            // The row carries a fixed sentence; the cause was logged where it happened.
            AnalyzeError::Model(_) => Code::Internal,
        };
        Self {
            code,
            field: None,
            message: error.to_string(),
        }
    }
}
