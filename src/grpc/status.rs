//! The only match from errors to gRPC codes: to see how the service fails, read this page.

use std::{collections::HashMap, time::Duration};

use prost::Message;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::{analyzer::AnalyzeError, domain::InvalidArticle};

/// `google.rpc.ErrorInfo.domain` of every error.
pub const DOMAIN: &str = "dateline";

/// A full queue of 512 articles drains in seconds; a client that waits this long finds room.
const RETRY_WHEN_FULL: Duration = Duration::from_secs(1);

/// A replacement is ready about a second after it was started.
const RETRY_WHEN_STOPPED: Duration = Duration::from_secs(2);

/// Why a call or an item got no answer. Never holds text of an article.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Invalid(#[from] InvalidArticle),
    #[error(transparent)]
    Analyze(#[from] AnalyzeError),
    /// A fault of the program in this request alone.
    #[error("the analysis failed")]
    Panicked,
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        use AnalyzeError::*;
        let (code, reason) = match &refusal {
            Refusal::Invalid(_) => (Code::InvalidArgument, "INVALID_FIELD"),
            Refusal::Analyze(QueueFull) => (Code::ResourceExhausted, "QUEUE_FULL"),
            Refusal::Analyze(Stopped) => (Code::Unavailable, "DRAINING"),
            Refusal::Analyze(DeadlineExceeded) => (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"),
            Refusal::Analyze(Model(_)) => (Code::Internal, "MODEL_FAILED"),
            Refusal::Panicked => (Code::Internal, "PANICKED"),
        };
        let mut details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
        match &refusal {
            Refusal::Invalid(invalid) => {
                details.add_bad_request_violation(invalid.field, &invalid.reason);
            }
            Refusal::Analyze(QueueFull) => {
                details.set_retry_info(Some(RETRY_WHEN_FULL));
            }
            Refusal::Analyze(Stopped) => {
                details.set_retry_info(Some(RETRY_WHEN_STOPPED));
            }
            _ => {}
        }
        if code == Code::Internal {
            // The caller gets a fixed sentence. What happened was logged once where it happened, not once per caller.
            let message = "the analysis failed; the server's log has the reason";
            return Status::with_error_details(code, message, details);
        }
        Status::with_error_details(code, refusal.to_string(), details)
    }
}

/// The status of one item of a batch or stream: the code, message and details that the call would have ended with.
pub fn of_item(refusal: Refusal) -> tonic_types::Status {
    let status = Status::from(refusal);
    // The details of a gRPC status are an encoded google.rpc.Status; ours always have some.
    tonic_types::Status::decode(status.details()).unwrap_or_else(|_| tonic_types::Status {
        code: status.code() as i32,
        message: status.message().to_owned(),
        details: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tonic_types::RpcStatusExt;

    use super::*;
    use crate::model::ModelError;

    fn model_error() -> Refusal {
        let cause = candle_core::Error::Msg("weights on fire".into());
        AnalyzeError::Model(Arc::new(ModelError(cause))).into()
    }

    #[test]
    fn every_error_has_one_code_and_reason() {
        let cases: [(Refusal, Code, &str); 6] = [
            (
                InvalidArticle::new("article.text", "is empty").into(),
                Code::InvalidArgument,
                "INVALID_FIELD",
            ),
            (
                AnalyzeError::QueueFull.into(),
                Code::ResourceExhausted,
                "QUEUE_FULL",
            ),
            (AnalyzeError::Stopped.into(), Code::Unavailable, "DRAINING"),
            (
                AnalyzeError::DeadlineExceeded.into(),
                Code::DeadlineExceeded,
                "DEADLINE_EXCEEDED",
            ),
            (model_error(), Code::Internal, "MODEL_FAILED"),
            (Refusal::Panicked, Code::Internal, "PANICKED"),
        ];
        for (refusal, code, reason) in cases {
            let status = Status::from(refusal.clone());
            assert_eq!(status.code(), code, "{reason}");
            let info = status.get_details_error_info().unwrap();
            assert_eq!(
                (info.reason.as_str(), info.domain.as_str()),
                (reason, DOMAIN)
            );

            // An item fails exactly as the call would.
            let item = of_item(refusal);
            assert_eq!(item.code, code as i32);
            assert_eq!(item.message, status.message());
            assert_eq!(item.get_details_error_info().unwrap().reason, reason);
        }
    }

    #[test]
    fn callers_never_see_the_inside() {
        let status = Status::from(model_error());
        assert!(!status.message().contains("fire"));
        assert!(!String::from_utf8_lossy(status.details()).contains("fire"));
    }
}
