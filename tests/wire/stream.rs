//! AnalyzeStream: answers as they are ready, bounded work, clients that go.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use dateline::grpc::proto::{
    AnalyzeStreamRequest, AnalyzeStreamResponse,
    analyze_stream_response::Result::{Analysis, Status},
};
use tokio::sync::mpsc;
use tokio_stream::{Stream, StreamExt, wrappers::ReceiverStream};
use tonic::{Code, Streaming};

use crate::{
    fake::{BROKEN, FULL, HELD, PANIC},
    harness::{Running, assert_item, assert_status, item, within},
};

async fn open(
    running: &Running,
    requests: impl Stream<Item = AnalyzeStreamRequest> + Send + 'static,
) -> Streaming<AnalyzeStreamResponse> {
    let mut client = running.client().await;
    within(client.analyze_stream(requests))
        .await
        .unwrap()
        .into_inner()
}

/// All answers by index, and how the stream ended.
async fn collect(
    mut answers: Streaming<AnalyzeStreamResponse>,
) -> (BTreeMap<u64, AnalyzeStreamResponse>, Option<tonic::Status>) {
    let mut by_index = BTreeMap::new();
    loop {
        match within(answers.message()).await {
            Ok(Some(answer)) => {
                let twice = by_index.insert(answer.index, answer);
                assert!(twice.is_none(), "answered twice: {twice:?}");
            }
            Ok(None) => return (by_index, None),
            Err(status) => return (by_index, Some(status)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_200_items_is_answered_once_whatever_fails_between() {
    let running = Running::start().await;
    // Ids repeat; the index tells the items apart.
    let id = |n: u64| format!("id-{}", n % 50);
    let text = |n: u64| match n % 10 {
        3 => "",
        5 => FULL,
        7 => BROKEN,
        9 => PANIC,
        _ => "News.",
    };
    let requests: Vec<_> = (0..200).map(|n| item(&id(n), text(n))).collect();
    let answers = open(&running, tokio_stream::iter(requests)).await;
    let (answers, end) = collect(answers).await;
    assert!(end.is_none(), "{end:?}");
    assert!(answers.keys().copied().eq(0..200));
    for (n, answer) in answers {
        assert_eq!(answer.id, id(n));
        match (n % 10, answer.result.unwrap()) {
            (3, Status(s)) => assert_item(&s, Code::InvalidArgument, "INVALID_FIELD"),
            (5, Status(s)) => assert_item(&s, Code::ResourceExhausted, "QUEUE_FULL"),
            (7, Status(s)) => assert_item(&s, Code::Internal, "MODEL_FAILED"),
            (9, Status(s)) => assert_item(&s, Code::Internal, "PANICKED"),
            (_, Status(s)) => panic!("item {n}: {s:?}"),
            (kind, Analysis(analysis)) => {
                assert!(![3, 5, 7, 9].contains(&kind), "item {n} was analysed");
                assert_eq!(analysis.id, id(n));
            }
        }
    }
    assert!(running.fake.peak() <= 4, "{} at once", running.fake.peak());
}

#[tokio::test]
async fn an_item_without_request_is_refused_and_the_stream_goes_on() {
    let running = Running::start().await;
    let requests = [AnalyzeStreamRequest { request: None }, item("b", "News.")];
    let (answers, end) = collect(open(&running, tokio_stream::iter(requests)).await).await;
    assert!(end.is_none());
    match answers[&0].result.as_ref().unwrap() {
        Status(s) => assert_item(s, Code::InvalidArgument, "INVALID_FIELD"),
        Analysis(_) => panic!("was analysed"),
    }
    assert!(matches!(answers[&1].result, Some(Analysis(_))));
}

#[tokio::test]
async fn an_empty_stream_ends_well() {
    let running = Running::start().await;
    let (answers, end) = collect(open(&running, tokio_stream::empty()).await).await;
    assert!(answers.is_empty() && end.is_none());
}

#[tokio::test]
async fn answers_come_as_they_are_ready() {
    let running = Running::start().await;
    let (send, requests) = mpsc::channel(8);
    let mut answers = open(&running, ReceiverStream::new(requests)).await;
    send.send(item("slow", HELD)).await.unwrap();
    send.send(item("quick", "News.")).await.unwrap();
    // The client has not ended its side, and the first item is not done.
    let first = within(answers.message()).await.unwrap().unwrap();
    assert_eq!((first.id.as_str(), first.index), ("quick", 1));
    running.fake.release(1);
    let second = within(answers.message()).await.unwrap().unwrap();
    assert_eq!((second.id.as_str(), second.index), ("slow", 0));
    drop(send);
    assert!(within(answers.message()).await.unwrap().is_none());
}

/// The server works on four and reads no further, so that HTTP/2's window fills and the client waits.
#[tokio::test]
async fn a_client_faster_than_the_model_is_slowed() {
    let running = Running::start().await;
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = sent.clone();
    let text = format!("{HELD} {}", "x".repeat(200_000));
    let requests = tokio_stream::iter(0..100).map(move |n| {
        counter.fetch_add(1, Ordering::SeqCst);
        item(&n.to_string(), &text)
    });
    let answers = open(&running, requests).await;
    running.fake.working_on(4).await;
    // Time in which an unbounded server would read all of the 20 MB.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let sent_while_held = sent.load(Ordering::SeqCst);
    assert!(
        sent_while_held < 20,
        "{sent_while_held} articles left the client"
    );
    assert_eq!(running.fake.peak(), 4);
    running.fake.release(100);
    let (answers, end) = collect(answers).await;
    assert!(end.is_none(), "{end:?}");
    assert_eq!(answers.len(), 100);
    assert_eq!(running.fake.peak(), 4);
}

/// A stream that is held back must not hold back the calls beside it on the same connection.
#[tokio::test]
async fn a_slowed_stream_leaves_room_for_other_calls() {
    let running = Running::start().await;
    let mut client = running.client().await;
    let text = format!("{HELD} {}", "x".repeat(200_000));
    let requests = tokio_stream::iter(0..100).map(move |n| item(&n.to_string(), &text));
    let _answers = client.analyze_stream(requests).await.unwrap();
    running.fake.working_on(4).await;
    let beside = crate::harness::article("", &"y".repeat(200_000));
    within(client.analyze(beside)).await.unwrap();
}

#[tokio::test]
async fn a_client_that_goes_cancels_its_items() {
    let running = Running::start().await;
    let (send, requests) = mpsc::channel(8);
    let answers = open(&running, ReceiverStream::new(requests)).await;
    for _ in 0..3 {
        send.send(item("", HELD)).await.unwrap();
    }
    running.fake.working_on(3).await;
    // hyper's client resets the stream only when both of its halves are gone.
    drop((answers, send));
    running.fake.has_cancelled(3).await;
}

#[tokio::test]
async fn a_message_far_over_the_limits_ends_the_stream_after_what_was_read() {
    let running = Running::start().await;
    let requests = [
        item("a", "News."),
        item("b", &"x".repeat(5 << 20)),
        item("c", "News."),
    ];
    let (answers, end) = collect(open(&running, tokio_stream::iter(requests)).await).await;
    assert_eq!(end.unwrap().code(), Code::OutOfRange);
    assert!(answers.keys().copied().eq([0]));
}

#[tokio::test]
async fn the_deadline_bounds_the_stream() {
    let running = Running::start().await;
    let (send, requests) = mpsc::channel(8);
    let mut client = running.client().await;
    let mut request = tonic::Request::new(ReceiverStream::new(requests));
    // The client's own timer covers the opening of the stream only.
    request.set_timeout(Duration::from_secs(1));
    let mut answers = within(client.analyze_stream(request))
        .await
        .unwrap()
        .into_inner();
    send.send(item("quick", "News.")).await.unwrap();
    send.send(item("slow", HELD)).await.unwrap();
    assert_eq!(
        within(answers.message()).await.unwrap().unwrap().id,
        "quick"
    );
    let status = within(answers.message()).await.unwrap_err();
    assert_status(&status, Code::DeadlineExceeded, "DEADLINE_EXCEEDED");
    running.fake.has_cancelled(1).await;
    let seen = running.fake.seen.lock().unwrap();
    assert!(seen.iter().all(|(_, deadline)| deadline.is_some()));
}
