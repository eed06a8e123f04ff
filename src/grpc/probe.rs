//! Asks a server whether it serves (`grpc.health.v1`): for container health checks.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use tonic::{Status, transport::Endpoint};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

/// Why a server is not known to serve.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    #[error("{0} is no address; give HOST:PORT")]
    Address(String),
    #[error("{address} cannot be reached")]
    Connect {
        address: String,
        #[source]
        error: tonic::transport::Error,
    },
    #[error("{address} answered {code}", code = status.code())]
    Call {
        address: String,
        #[source]
        status: Box<Status>,
    },
    #[error("{address} does not serve: {status}")]
    NotServing {
        address: String,
        status: &'static str,
    },
    #[error("{address} gave no answer within {} s", limit.as_secs_f64())]
    Late { address: String, limit: Duration },
}

/// Asks the server at `HOST:PORT` for its overall health, within the time given.
///
/// # Errors
/// Anything but SERVING.
pub async fn probe(address: &str, limit: Duration) -> Result<(), ProbeError> {
    let address = reachable(address);
    match tokio::time::timeout(limit, check(&address)).await {
        Ok(answer) => answer,
        Err(_) => Err(ProbeError::Late { address, limit }),
    }
}

async fn check(address: &str) -> Result<(), ProbeError> {
    let channel = Endpoint::from_shared(format!("http://{address}"))
        .map_err(|_| ProbeError::Address(address.to_owned()))?
        .connect()
        .await
        .map_err(|error| ProbeError::Connect {
            address: address.to_owned(),
            error,
        })?;
    let answer = HealthClient::new(channel)
        .check(HealthCheckRequest::default())
        .await
        .map_err(|status| ProbeError::Call {
            address: address.to_owned(),
            status: Box::new(status),
        })?;
    match answer.into_inner().status() {
        ServingStatus::Serving => Ok(()),
        other => Err(ProbeError::NotServing {
            address: address.to_owned(),
            status: other.as_str_name(),
        }),
    }
}

/// A server that listens on every interface is asked on this machine.
fn reachable(address: &str) -> String {
    let Ok(mut socket) = address.parse::<SocketAddr>() else {
        return address.to_owned();
    };
    match socket.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => socket.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => socket.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    socket.to_string()
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_stream::wrappers::TcpListenerStream;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn tells_serving_from_not_serving() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (reporter, service) = tonic_health::server::health_reporter();
        tokio::spawn(
            tonic::transport::Server::builder()
                .add_service(service)
                .serve_with_incoming(TcpListenerStream::new(listener)),
        );
        // As a container's server is told to listen.
        let address = format!("0.0.0.0:{port}");
        probe(&address, LIMIT).await.unwrap();
        reporter
            .set_service_status("", tonic_health::ServingStatus::NotServing)
            .await;
        let error = probe(&address, LIMIT).await.unwrap_err();
        assert!(matches!(error, ProbeError::NotServing { .. }), "{error}");
        assert!(error.to_string().contains("NOT_SERVING"));
    }

    #[tokio::test]
    async fn a_server_that_is_silent_or_absent_does_not_serve() {
        // Accepts in the kernel and never answers.
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = silent.local_addr().unwrap().to_string();
        let error = probe(&address, Duration::from_millis(200))
            .await
            .unwrap_err();
        assert!(matches!(error, ProbeError::Late { .. }), "{error}");
        drop(silent);
        assert!(matches!(
            probe(&address, LIMIT).await,
            Err(ProbeError::Connect { .. })
        ));
        assert!(matches!(
            probe("no address", LIMIT).await,
            Err(ProbeError::Address(_))
        ));
    }
}
