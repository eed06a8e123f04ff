//! The gRPC server: what it serves, and how it ends.
//!
//! The drain, in order: health says NOT_SERVING and new calls get UNAVAILABLE; calls in flight finish; health watches
//! end; connections get GOAWAY. A deadline that the server owns ends all of it, whatever clients do.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::oneshot};
use tonic::transport::{self, server::TcpIncoming};
use tonic_health::{ServingStatus, server::HealthReporter};

use crate::{
    analyzer::Analyze,
    grpc::{self, FILE_DESCRIPTOR_SET, Gate, Guarded},
};

/// How the server listens, and how long it waits.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen.
    pub address: SocketAddr,
    /// What one call may take.
    pub calls: grpc::Settings,
    /// How long calls in flight may take to finish after the shutdown signal.
    pub drain: Duration,
    /// A connection that was silent for so long is asked whether it is alive.
    pub keepalive_interval: Duration,
    /// How long it may take to answer that.
    pub keepalive_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 50051)),
            calls: grpc::Settings::default(),
            drain: Duration::from_secs(30),
            keepalive_interval: Duration::from_secs(30),
            keepalive_timeout: Duration::from_secs(20),
        }
    }
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drain {
    /// Every call got its answer.
    Complete,
    /// The drain's deadline passed first: calls were ended with UNAVAILABLE or connections cut.
    Cut,
}

/// Why the server could not start or ended by itself. The message says how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(
        "cannot listen on {address}: {source}; choose another address or stop what listens there"
    )]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("the contract cannot be reflected; this build is broken")]
    Reflection(#[from] tonic_reflection::server::Error),
    #[error("the server failed")]
    Transport(#[from] transport::Error),
}

/// Bytes of one stream's requests that may wait unread: an article of the largest default size and more.
const STREAM_WINDOW: u32 = 512 * 1024;

/// The same for all streams of a connection. Well above [`STREAM_WINDOW`], so that a stream that is held back does
/// not hold back the calls beside it.
const CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;

/// After the drain's deadline, how long the last statuses may take to reach their clients.
const FAREWELL: Duration = Duration::from_millis(500);

/// Listens on the address of the settings; port 0 takes any free port.
///
/// # Errors
/// The address is taken, not ours, or needs rights.
pub async fn listen(settings: &Settings) -> Result<TcpListener, ServeError> {
    let address = settings.address;
    TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address, source })
}

/// Serves until `shutdown` resolves, drains, and stops the analyzer.
///
/// # Errors
/// The listener failed, or the build is broken. A failing client is no error.
pub async fn serve<A: Analyze>(
    listener: TcpListener,
    analyzer: Arc<A>,
    settings: &Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<Drain, ServeError> {
    let gate = Gate::new();
    let (health, health_service) = tonic_health::server::health_reporter();
    report(&health, ServingStatus::Serving).await;
    let routes = grpc::routes(analyzer.clone(), settings.calls, &gate)
        .add_service(health_service)
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?)
        .prepare();
    let (hang_up, hung_up) = oneshot::channel::<()>();
    let mut serving = pin!(builder(settings).serve_with_incoming_shutdown(
        Guarded::new(routes, gate.clone()),
        TcpIncoming::from(listener).with_nodelay(Some(true)),
        async {
            let _ = hung_up.await;
        },
    ));
    tokio::select! {
        ended = &mut serving => ended?,
        () = shutdown => {}
    }
    report(&health, ServingStatus::NotServing).await;
    gate.drain();
    tracing::info!(calls = gate.inside(), "draining: no new calls are taken");

    let mut ending = pin!(async {
        let goodbye = async {
            gate.empty().await;
            forget(health).await;
            // Fails only if the server has ended by itself.
            let _ = hang_up.send(());
        };
        tokio::join!(goodbye, serving).1
    });
    let drain = match tokio::time::timeout(settings.drain, &mut ending).await {
        Ok(ended) => ended.map(|()| Drain::Complete),
        Err(_) => {
            tracing::warn!(
                calls = gate.inside(),
                drain_s = settings.drain.as_secs_f64(),
                "the drain's deadline passed; ending what is left"
            );
            gate.close();
            let _ = tokio::time::timeout(FAREWELL, &mut ending).await;
            Ok(Drain::Cut)
        }
    };
    stop(analyzer).await;
    Ok(drain?)
}

fn builder(settings: &Settings) -> transport::Server {
    transport::Server::builder()
        .http2_keepalive_interval(Some(settings.keepalive_interval))
        .http2_keepalive_timeout(Some(settings.keepalive_timeout))
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
}

fn reflection() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
}

/// Names that health checks may ask for; the empty one is the server as a whole.
fn health_names() -> impl Iterator<Item = &'static str> {
    std::iter::once("").chain(grpc::SERVICES)
}

async fn report(health: &HealthReporter, status: ServingStatus) {
    for name in health_names() {
        health.set_service_status(name, status).await;
    }
}

/// Ends the health watches, which would otherwise keep their connections open for ever.
async fn forget(mut health: HealthReporter) {
    for name in health_names() {
        health.clear_service_status(name).await;
    }
}

/// Stops the worker threads without blocking the runtime.
async fn stop(analyzer: Arc<impl Analyze>) {
    // Fails only if `stop` panics, when there is nothing left to stop.
    let _ = tokio::task::spawn_blocking(move || analyzer.stop()).await;
}
