//! What every call passes first: the drain and the caller's deadline.
//!
//! tonic has a timer of its own for `grpc-timeout`, but it ends calls with CANCELLED and tells the service nothing.
//! The guard reads the header before tonic's timer starts and asks the clock whenever the call is polled, so that it
//! always answers first, with DEADLINE_EXCEEDED.

use std::{
    future::{pending, poll_fn, ready},
    pin::pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tonic::{
    Status,
    body::Body,
    codegen::{BoxFuture, Service, http},
};

use super::{Gate, SERVICES, gate::Pass, status::Refusal};
use crate::{analyzer::AnalyzeError, domain::InvalidArticle};

/// Routes behind a gate.
#[derive(Clone)]
pub struct Guarded<S> {
    inner: S,
    gate: Gate,
}

/// When the caller's time is up; an extension of the request.
#[derive(Debug, Clone, Copy)]
struct Deadline(Instant);

impl<S> Guarded<S> {
    /// Puts `inner` behind `gate`. Health and reflection stay reachable while the gate drains.
    pub fn new(inner: S, gate: Gate) -> Self {
        Self { inner, gate }
    }

    fn admit(
        &self,
        request: &mut http::Request<Body>,
    ) -> Result<(Option<Pass>, Option<Instant>), Refusal> {
        let deadline = timeout(request.headers())?.and_then(|t| Instant::now().checked_add(t));
        if let Some(deadline) = deadline {
            request.extensions_mut().insert(Deadline(deadline));
        }
        let pass = is_ours(request.uri().path())
            .then(|| self.gate.enter())
            .transpose()?;
        Ok((pass, deadline))
    }
}

impl<S> Service<http::Request<Body>> for Guarded<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>>,
    S::Error: Send + 'static,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<S::Response, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let (pass, deadline) = match self.admit(&mut request) {
            Ok(admitted) => admitted,
            Err(refusal) => return Box::pin(ready(Ok(refuse(refusal)))),
        };
        let work = self.inner.call(request);
        let gate = self.gate.clone();
        Box::pin(async move {
            let _pass = pass;
            tokio::select! {
                biased;
                refusal = cut(deadline, &gate) => Ok(refuse(refusal)),
                answer = work => answer,
            }
        })
    }
}

/// The caller's deadline, if it sent one.
pub fn deadline<T>(request: &tonic::Request<T>) -> Option<Instant> {
    request.extensions().get::<Deadline>().map(|d| d.0)
}

/// Resolves when the deadline has passed or the gate is closed, whichever is first.
pub async fn cut(deadline: Option<Instant>, gate: &Gate) -> Refusal {
    tokio::select! {
        biased;
        () = passed(deadline) => AnalyzeError::DeadlineExceeded.into(),
        () = gate.closed() => AnalyzeError::Stopped.into(),
    }
}

async fn passed(deadline: Option<Instant>) {
    let Some(deadline) = deadline else {
        return pending().await;
    };
    let mut sleep = pin!(tokio::time::sleep_until(deadline.into()));
    // The clock decides, not the timer: timers of the same millisecond fire in any order.
    poll_fn(|cx| match Instant::now() >= deadline {
        true => Poll::Ready(()),
        false => sleep.as_mut().poll(cx),
    })
    .await;
}

fn refuse(refusal: Refusal) -> http::Response<Body> {
    Status::from(refusal).into_http()
}

/// True for `/dateline.v1.AnalysisService/Analyze` and its like.
fn is_ours(path: &str) -> bool {
    path.strip_prefix('/')
        .and_then(|path| path.split_once('/'))
        .is_some_and(|(service, _)| SERVICES.contains(&service))
}

/// The `grpc-timeout` header: up to eight digits and a unit
/// (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>).
fn timeout(headers: &http::HeaderMap) -> Result<Option<Duration>, InvalidArticle> {
    let Some(value) = headers.get("grpc-timeout") else {
        return Ok(None);
    };
    // A deadline that cannot be read must not become "no deadline".
    value
        .to_str()
        .ok()
        .and_then(parse_timeout)
        .map(Some)
        .ok_or_else(|| {
            InvalidArticle::new(
                "grpc-timeout",
                "is not a timeout; send up to eight digits and one of H, M, S, m, u, n, such as 500m",
            )
        })
}

fn parse_timeout(value: &str) -> Option<Duration> {
    let (number, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if !(1..=8).contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 60 * 60),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_timeouts_as_the_protocol_has_them() {
        let cases = [
            ("0n", Some(Duration::ZERO)),
            ("99999999H", Some(Duration::from_secs(99_999_999 * 3600))),
            ("2M", Some(Duration::from_secs(120))),
            ("3S", Some(Duration::from_secs(3))),
            ("82m", Some(Duration::from_millis(82))),
            ("7u", Some(Duration::from_micros(7))),
            // Nine digits are one too many.
            ("123456789m", None),
            ("", None),
            ("m", None),
            ("5", None),
            ("5s", None),
            ("-5m", None),
            ("+5m", None),
            ("5é", None),
        ];
        for (value, expected) in cases {
            assert_eq!(parse_timeout(value), expected, "{value:?}");
        }
    }

    #[test]
    fn only_our_own_services_are_drained() {
        assert!(is_ours("/dateline.v1.AnalysisService/Analyze"));
        assert!(is_ours("/dateline.v1.ModelService/GetModel"));
        assert!(!is_ours("/grpc.health.v1.Health/Check"));
        assert!(!is_ours("/dateline.v1.AnalysisService"));
        assert!(!is_ours(""));
    }
}
