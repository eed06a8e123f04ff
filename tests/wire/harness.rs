//! A running server and its clients.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use dateline::{
    analyzer,
    grpc::{
        self,
        proto::{
            AnalyzeRequest, AnalyzeStreamRequest, Article,
            analysis_service_client::AnalysisServiceClient,
        },
    },
    server::{self, Drain, ServeError, Settings},
};
use tokio::{sync::oneshot, task::JoinHandle};
use tonic::{Code, Status, transport::Channel};
use tonic_types::{RpcStatusExt, StatusExt};

use crate::fake::Fake;

pub struct Running {
    pub address: SocketAddr,
    pub fake: Arc<Fake>,
    shutdown: Option<oneshot::Sender<()>>,
    ended: JoinHandle<Result<Drain, ServeError>>,
}

impl Running {
    pub async fn start() -> Self {
        Self::with(settings()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let fake = Arc::new(Fake::new(analyzer::Settings::default()));
        Self::of(fake, settings).await
    }

    pub async fn of(fake: Arc<Fake>, settings: Settings) -> Self {
        let listener = server::listen(&settings).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shutdown, signal) = oneshot::channel::<()>();
        let analyzer = fake.clone();
        let ended = tokio::spawn(async move {
            let signal = async {
                let _ = signal.await;
            };
            server::serve(listener, analyzer, &settings, signal).await
        });
        Self {
            address,
            fake,
            shutdown: Some(shutdown),
            ended,
        }
    }

    pub async fn channel(&self) -> Channel {
        let uri = format!("http://{}", self.address);
        Channel::from_shared(uri).unwrap().connect().await.unwrap()
    }

    pub async fn client(&self) -> AnalysisServiceClient<Channel> {
        AnalysisServiceClient::new(self.channel().await).max_decoding_message_size(usize::MAX)
    }

    /// Gives the signal that a process gets with SIGTERM.
    pub fn shut_down(&mut self) {
        let _ = self.shutdown.take().unwrap().send(());
    }

    /// Waits for the end of the server.
    pub async fn end(self) -> Drain {
        within(self.ended).await.unwrap().unwrap()
    }
}

/// A free port, few items at once, a drain that a test can wait for.
pub fn settings() -> Settings {
    Settings {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        calls: grpc::Settings {
            call_concurrency: 4,
            ..grpc::Settings::default()
        },
        drain: Duration::from_secs(10),
        ..Settings::default()
    }
}

/// A test that waits for ever is a test that failed.
pub async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work)
        .await
        .expect("not done within 20 s")
}

pub fn article(id: &str, text: &str) -> AnalyzeRequest {
    AnalyzeRequest {
        article: Some(Article {
            id: id.into(),
            text: text.into(),
            ..Article::default()
        }),
        ..AnalyzeRequest::default()
    }
}

pub fn item(id: &str, text: &str) -> AnalyzeStreamRequest {
    AnalyzeStreamRequest {
        request: Some(article(id, text)),
    }
}

/// Code, reason and field of a call's failure.
#[track_caller]
pub fn assert_status(status: &Status, code: Code, reason: &str) {
    assert_eq!(status.code(), code, "{status:?}");
    let info = status.get_details_error_info().expect("an ErrorInfo");
    assert_eq!(info.reason, reason);
    assert_eq!(info.domain, "dateline");
    let retry = status.get_details_retry_info().and_then(|r| r.retry_delay);
    let may_retry = matches!(code, Code::ResourceExhausted | Code::Unavailable);
    assert_eq!(retry.is_some_and(|delay| !delay.is_zero()), may_retry);
}

/// INVALID_ARGUMENT for `field`, with what is wrong and what to do.
#[track_caller]
pub fn assert_invalid(status: &Status, field: &str) {
    assert_status(status, Code::InvalidArgument, "INVALID_FIELD");
    let violations = status
        .get_details_bad_request()
        .expect("a BadRequest")
        .field_violations;
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].field, field);
    assert_eq!(
        status.message(),
        format!("{field}: {}", violations[0].description)
    );
}

/// The same for the status of an item.
#[track_caller]
pub fn assert_item(status: &tonic_types::Status, code: Code, reason: &str) {
    assert_eq!(status.code, code as i32, "{status:?}");
    assert_eq!(status.get_details_error_info().unwrap().reason, reason);
    let may_retry = matches!(code, Code::ResourceExhausted | Code::Unavailable);
    assert_eq!(status.get_details_retry_info().is_some(), may_retry);
}
