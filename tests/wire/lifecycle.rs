//! Health, and how the server ends.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use dateline::{
    grpc::SERVICES,
    server::{self, Drain, ServeError, Settings},
};
use tokio::{net::TcpStream, sync::mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Streaming, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus,
    health_client::HealthClient,
};

use crate::{
    fake::HELD,
    harness::{Running, article, assert_status, item, settings, within},
};

async fn watch(channel: &Channel) -> Streaming<HealthCheckResponse> {
    let request = HealthCheckRequest {
        service: String::new(),
    };
    let mut client = HealthClient::new(channel.clone());
    within(client.watch(request)).await.unwrap().into_inner()
}

async fn next(watch: &mut Streaming<HealthCheckResponse>) -> Option<ServingStatus> {
    let answer = within(watch.message()).await.unwrap()?;
    Some(answer.status())
}

async fn check(channel: &Channel, service: &str) -> Result<ServingStatus, Code> {
    let request = HealthCheckRequest {
        service: service.into(),
    };
    match within(HealthClient::new(channel.clone()).check(request)).await {
        Ok(answer) => Ok(answer.into_inner().status()),
        Err(status) => Err(status.code()),
    }
}

#[tokio::test]
async fn health_knows_the_server_and_each_service() {
    let running = Running::start().await;
    let channel = running.channel().await;
    for service in ["", SERVICES[0], SERVICES[1]] {
        assert_eq!(check(&channel, service).await, Ok(ServingStatus::Serving));
    }
    assert_eq!(
        check(&channel, "dateline.v1.Nothing").await,
        Err(Code::NotFound)
    );
}

#[tokio::test]
async fn a_drain_finishes_what_is_in_flight_and_takes_nothing_new() {
    let mut running = Running::start().await;
    let channel = running.channel().await;
    let mut client = running.client().await;
    let mut health = watch(&channel).await;
    assert_eq!(next(&mut health).await, Some(ServingStatus::Serving));
    let in_flight = {
        let mut client = client.clone();
        tokio::spawn(async move { client.analyze(article("in flight", HELD)).await })
    };
    running.fake.working_on(1).await;

    running.shut_down();
    assert_eq!(next(&mut health).await, Some(ServingStatus::NotServing));
    for service in ["", SERVICES[0], SERVICES[1]] {
        assert_eq!(
            check(&channel, service).await,
            Ok(ServingStatus::NotServing)
        );
    }
    // NOT_SERVING is set before the gate shuts; the refusal follows at once.
    let status = loop {
        if let Err(status) = within(client.analyze(article("", "News."))).await {
            break status;
        }
    };
    assert_status(&status, Code::Unavailable, "DRAINING");
    // A new connection hears the same.
    let status = within(running.client().await.analyze(article("", "News.")))
        .await
        .unwrap_err();
    assert_status(&status, Code::Unavailable, "DRAINING");
    assert!(!running.fake.stopped.load(Ordering::SeqCst));

    running.fake.release(1);
    let answer = within(in_flight).await.unwrap().unwrap().into_inner();
    assert_eq!(answer.analysis.unwrap().id, "in flight");
    assert_eq!(next(&mut health).await, None);
    let fake = running.fake.clone();
    assert_eq!(running.end().await, Drain::Complete);
    assert!(fake.stopped.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_drain_answers_what_a_stream_has_sent_and_ends_it() {
    let mut running = Running::start().await;
    let (send, requests) = mpsc::channel(8);
    let mut client = running.client().await;
    let requests = ReceiverStream::new(requests);
    let mut answers = within(client.analyze_stream(requests))
        .await
        .unwrap()
        .into_inner();
    send.send(item("read", HELD)).await.unwrap();
    running.fake.working_on(1).await;
    let mut health = watch(&running.channel().await).await;
    running.shut_down();
    while next(&mut health).await != Some(ServingStatus::NotServing) {}
    running.fake.release(1);
    assert_eq!(within(answers.message()).await.unwrap().unwrap().id, "read");
    let status = within(answers.message()).await.unwrap_err();
    assert_status(&status, Code::Unavailable, "DRAINING");
    // The client's side is still open; that keeps nobody.
    assert_eq!(running.end().await, Drain::Complete);
}

#[tokio::test]
async fn the_drains_deadline_ends_a_call_that_hangs() {
    let mut running = Running::with(Settings {
        drain: Duration::from_millis(200),
        ..settings()
    })
    .await;
    let mut client = running.client().await;
    let hanging = tokio::spawn(async move { client.analyze(article("", HELD)).await });
    running.fake.working_on(1).await;
    let fake = running.fake.clone();
    let before = Instant::now();
    running.shut_down();
    let status = within(hanging).await.unwrap().unwrap_err();
    assert_status(&status, Code::Unavailable, "DRAINING");
    assert_eq!(running.end().await, Drain::Cut);
    assert!(
        before.elapsed() < Duration::from_secs(5),
        "{:?}",
        before.elapsed()
    );
    fake.has_cancelled(1).await;
    assert!(fake.stopped.load(Ordering::SeqCst));
}

/// One that connects and says nothing, and one that opens a stream and never reads.
#[tokio::test]
async fn silent_clients_do_not_keep_the_server() {
    let mut running = Running::with(Settings {
        drain: Duration::from_millis(500),
        ..settings()
    })
    .await;
    let _silent = TcpStream::connect(running.address).await.unwrap();
    let (_send, requests) = mpsc::channel(8);
    let mut client = running.client().await;
    let _answers = within(client.analyze_stream(ReceiverStream::new(requests)))
        .await
        .unwrap();
    let before = Instant::now();
    running.shut_down();
    running.end().await;
    assert!(
        before.elapsed() < Duration::from_secs(5),
        "{:?}",
        before.elapsed()
    );
}

#[tokio::test]
async fn an_idle_server_ends_at_once() {
    let mut running = Running::start().await;
    let _idle = running.channel().await;
    let before = Instant::now();
    running.shut_down();
    assert_eq!(running.end().await, Drain::Complete);
    assert!(
        before.elapsed() < Duration::from_secs(5),
        "{:?}",
        before.elapsed()
    );
}

#[tokio::test]
async fn an_address_that_is_taken_is_told_with_the_mend() {
    let running = Running::start().await;
    let taken = Settings {
        address: running.address,
        ..settings()
    };
    let error = server::listen(&taken).await.unwrap_err();
    assert!(matches!(error, ServeError::Listen { .. }));
    let message = error.to_string();
    assert!(message.contains(&running.address.to_string()) && message.contains("choose another"));
}
