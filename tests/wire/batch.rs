//! BatchAnalyze: order, a status per item, bounds.

use dateline::grpc::proto::{
    AnalyzeRequest, BatchAnalyzeRequest, BatchAnalyzeResult,
    batch_analyze_result::Result::{self as ItemResult, Analysis, Status},
};
use tonic::Code;
use tonic_types::RpcStatusExt;

use crate::{
    fake::{BROKEN, EXPIRED, FULL, HELD, PANIC, STOPPED},
    harness::{Running, article, assert_invalid, assert_item, within},
};

async fn batch(
    running: &Running,
    requests: Vec<AnalyzeRequest>,
) -> Result<Vec<BatchAnalyzeResult>, tonic::Status> {
    let mut client = running.client().await;
    let response = within(client.batch_analyze(BatchAnalyzeRequest { requests })).await?;
    Ok(response.into_inner().results)
}

fn analysis_id(result: &BatchAnalyzeResult) -> &str {
    match result.result.as_ref().unwrap() {
        Analysis(analysis) => &analysis.id,
        Status(status) => panic!("{status:?}"),
    }
}

#[tokio::test]
async fn every_item_gets_its_own_answer_or_status_in_order() {
    let running = Running::start().await;
    let failures = [
        ("", Code::InvalidArgument, "INVALID_FIELD"),
        (FULL, Code::ResourceExhausted, "QUEUE_FULL"),
        (STOPPED, Code::Unavailable, "DRAINING"),
        (EXPIRED, Code::DeadlineExceeded, "DEADLINE_EXCEEDED"),
        (BROKEN, Code::Internal, "MODEL_FAILED"),
        (PANIC, Code::Internal, "PANICKED"),
    ];
    let requests = failures
        .iter()
        .enumerate()
        .flat_map(|(n, (text, ..))| {
            [
                article(&format!("good-{n}"), "News."),
                article(&format!("bad-{n}"), text),
            ]
        })
        .collect();
    let results = batch(&running, requests).await.unwrap();
    assert_eq!(results.len(), 2 * failures.len());
    for (n, (pair, (_, code, reason))) in results.chunks(2).zip(failures).enumerate() {
        assert_eq!(pair[0].id, format!("good-{n}"));
        assert_eq!(analysis_id(&pair[0]), pair[0].id);
        assert_eq!(pair[1].id, format!("bad-{n}"));
        match pair[1].result.as_ref().unwrap() {
            Status(status) => assert_item(status, code, reason),
            Analysis(_) => panic!("{reason} was analysed"),
        }
    }
}

#[tokio::test]
async fn an_items_status_has_the_path_that_analyze_gives() {
    let running = Running::start().await;
    let mut unknown_task = article("b", "News.");
    unknown_task.tasks = vec![42];
    let requests = vec![AnalyzeRequest::default(), article("a", " "), unknown_task];
    let results = batch(&running, requests).await.unwrap();
    for (result, field) in results.iter().zip(["article", "article.text", "tasks"]) {
        let Some(Status(status)) = &result.result else {
            panic!("{field} was analysed");
        };
        let violations = status.get_details_bad_request().unwrap().field_violations;
        assert_eq!(violations[0].field, field);
    }
}

#[tokio::test]
async fn a_batch_has_1_to_256_items() {
    let running = Running::start().await;
    let many = |n| (0..n).map(|i| article(&i.to_string(), "News.")).collect();
    for n in [0, 257] {
        let status = batch(&running, many(n)).await.unwrap_err();
        assert_invalid(&status, "requests");
        assert!(status.message().contains(&format!("{n} items")));
    }
    for n in [1, 256] {
        let results = batch(&running, many(n)).await.unwrap();
        let ids: Vec<_> = results.iter().map(|r| r.id.clone()).collect();
        let expected: Vec<_> = (0..n).map(|i| i.to_string()).collect();
        assert_eq!(ids, expected);
        results
            .iter()
            .for_each(|r| assert_eq!(analysis_id(r), r.id));
    }
    assert!(running.fake.peak() <= 4, "{} at once", running.fake.peak());
}

#[tokio::test]
async fn a_batch_keeps_its_order_when_items_finish_out_of_order() {
    let running = Running::start().await;
    let requests = vec![
        article("slow", HELD),
        article("quick", "News."),
        article("quick", "News."),
    ];
    let release = async {
        // The first is still held while the others came and went.
        running.fake.working_on(1).await;
        while running.fake.seen.lock().unwrap().len() < 3 {
            tokio::task::yield_now().await;
        }
        running.fake.release(1);
    };
    let (results, ()) = tokio::join!(batch(&running, requests), release);
    let ids: Vec<_> = results.unwrap().into_iter().map(|r| r.id).collect();
    assert_eq!(ids, ["slow", "quick", "quick"]);
}

/// 13 MB, where a single message may have 4 MiB.
#[tokio::test]
async fn a_batch_may_be_much_larger_than_a_single_message() {
    let running = Running::start().await;
    let text = "x".repeat(200_000);
    let requests = (0..64).map(|i| article(&i.to_string(), &text)).collect();
    let results = batch(&running, requests).await.unwrap();
    assert_eq!(results.len(), 64);
    results
        .iter()
        .for_each(|r| assert_eq!(analysis_id(r), r.id));
}

#[tokio::test]
async fn an_id_that_is_too_long_is_not_echoed() {
    let running = Running::start().await;
    let requests = vec![
        article(&"x".repeat(1 << 20), "News."),
        article("b", "News."),
    ];
    let results = batch(&running, requests).await.unwrap();
    assert_eq!(results[0].id, "");
    match results[0].result.as_ref().unwrap() {
        ItemResult::Status(status) => assert_item(status, Code::InvalidArgument, "INVALID_FIELD"),
        ItemResult::Analysis(_) => panic!("was analysed"),
    }
    assert_eq!(analysis_id(&results[1]), "b");
}

#[tokio::test]
async fn a_client_that_goes_cancels_its_batch() {
    let running = Running::start().await;
    let mut client = running.client().await;
    let requests = (0..10).map(|_| article("", HELD)).collect();
    let call =
        tokio::spawn(async move { client.batch_analyze(BatchAnalyzeRequest { requests }).await });
    running.fake.working_on(4).await;
    call.abort();
    running.fake.has_cancelled(4).await;
    assert_eq!(running.fake.seen.lock().unwrap().len(), 4);
}
