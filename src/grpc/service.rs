//! One short method per RPC.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use tokio::{sync::mpsc, task::JoinSet};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{
    Request, Response, Status, Streaming,
    body::Body,
    codegen::{Service, http},
    server::NamedService,
};

use super::{
    Gate, Settings, convert,
    convert::MAX_BATCH,
    gate::Pass,
    guard::{cut, deadline},
    proto::{
        self, AnalyzeRequest, AnalyzeResponse, AnalyzeStreamRequest, AnalyzeStreamResponse,
        BatchAnalyzeRequest, BatchAnalyzeResponse, BatchAnalyzeResult, GetModelRequest,
        GetModelResponse, ListLabelsRequest, ListLabelsResponse,
        analysis_service_server::{AnalysisService, AnalysisServiceServer},
        analyze_stream_response, batch_analyze_result,
        model_service_server::{ModelService, ModelServiceServer},
    },
    status::{Refusal, of_item},
};
use crate::{
    analyzer::{Analyze, AnalyzeError},
    domain::{InvalidArticle, Limits},
};

/// Reads articles: one, a batch, a stream.
pub struct Analyses<A> {
    analyzer: Arc<A>,
    settings: Settings,
    gate: Gate,
}

/// Tells about the model and the labels.
pub struct Models<A> {
    analyzer: Arc<A>,
    settings: Settings,
}

#[tonic::async_trait]
impl<A: Analyze> AnalysisService for Analyses<A> {
    async fn analyze(
        &self,
        request: Request<AnalyzeRequest>,
    ) -> Result<Response<AnalyzeResponse>, Status> {
        let deadline = deadline(&request);
        let analysis = answer(&*self.analyzer, request.into_inner(), deadline).await?;
        Ok(Response::new(AnalyzeResponse {
            analysis: Some(analysis),
        }))
    }

    async fn batch_analyze(
        &self,
        request: Request<BatchAnalyzeRequest>,
    ) -> Result<Response<BatchAnalyzeResponse>, Status> {
        let deadline = deadline(&request);
        let requests = request.into_inner().requests;
        check_batch(requests.len())?;
        let results = self.batch(requests, deadline).await;
        Ok(Response::new(BatchAnalyzeResponse { results }))
    }

    type AnalyzeStreamStream = ReceiverStream<Result<AnalyzeStreamResponse, Status>>;

    async fn analyze_stream(
        &self,
        request: Request<Streaming<AnalyzeStreamRequest>>,
    ) -> Result<Response<Self::AnalyzeStreamStream>, Status> {
        let pass = self.gate.enter().map_err(Refusal::from)?;
        let deadline = deadline(&request);
        // One place: an answer that the client has not taken holds back the reading of further requests.
        let (answers, taken) = mpsc::channel(1);
        let call = StreamCall {
            items: self.items(deadline),
            gate: self.gate.clone(),
            answers,
        };
        tokio::spawn(call.run(request.into_inner(), deadline, pass));
        Ok(Response::new(ReceiverStream::new(taken)))
    }
}

#[tonic::async_trait]
impl<A: Analyze> ModelService for Models<A> {
    async fn get_model(
        &self,
        _: Request<GetModelRequest>,
    ) -> Result<Response<GetModelResponse>, Status> {
        Ok(Response::new(convert::model(
            &*self.analyzer,
            &self.settings,
        )))
    }

    async fn list_labels(
        &self,
        _: Request<ListLabelsRequest>,
    ) -> Result<Response<ListLabelsResponse>, Status> {
        Ok(Response::new(convert::labels()))
    }
}

impl<A: Analyze> Analyses<A> {
    /// Answers calls with `analyzer` while `gate` is not closed.
    pub fn new(analyzer: Arc<A>, settings: Settings, gate: Gate) -> Self {
        Self {
            analyzer,
            settings,
            gate,
        }
    }

    /// The service with its bounds on the size of messages.
    pub fn into_server(self) -> SizedServer<A> {
        let single = max_message_bytes(&self.analyzer.settings().limits);
        let batch = self.settings.max_batch_bytes;
        let service = Arc::new(self);
        SizedServer {
            single: AnalysisServiceServer::from_arc(service.clone())
                .max_decoding_message_size(single),
            batch: AnalysisServiceServer::from_arc(service).max_decoding_message_size(batch),
        }
    }

    fn items(&self, deadline: Option<Instant>) -> Items<A> {
        Items {
            analyzer: self.analyzer.clone(),
            deadline,
            room: self.settings.call_concurrency,
            work: JoinSet::new(),
        }
    }

    async fn batch(
        &self,
        requests: Vec<AnalyzeRequest>,
        deadline: Option<Instant>,
    ) -> Vec<BatchAnalyzeResult> {
        let mut answers: Vec<Option<Item>> = requests.iter().map(|_| None).collect();
        let mut waiting = (0..).zip(requests);
        let mut items = self.items(deadline);
        loop {
            while items.has_room()
                && let Some((index, request)) = waiting.next()
            {
                items.start(index, Some(request));
            }
            let Some(item) = items.next().await else {
                break;
            };
            let index = item.index as usize;
            answers[index] = Some(item);
        }
        answers.into_iter().map(batch_result).collect()
    }
}

impl<A: Analyze> Models<A> {
    /// Tells of the model of `analyzer`.
    pub fn new(analyzer: Arc<A>, settings: Settings) -> Self {
        Self { analyzer, settings }
    }

    /// The service.
    pub fn into_server(self) -> ModelServiceServer<Self> {
        ModelServiceServer::new(self)
    }
}

/// One article through the analyzer. A panic stays in the request that caused it.
async fn answer<A: Analyze>(
    analyzer: &A,
    request: AnalyzeRequest,
    deadline: Option<Instant>,
) -> Result<proto::Analysis, Refusal> {
    let work = async {
        let request = convert::request(request, &analyzer.settings().limits)?;
        let analysis = analyzer.analyze(request, deadline).await?;
        Ok(convert::analysis(analysis))
    };
    catch_panic(work).await.unwrap_or(Err(Refusal::Panicked))
}

/// The items of a batch or stream that are worked on; dropping it cancels them.
struct Items<A> {
    analyzer: Arc<A>,
    deadline: Option<Instant>,
    /// Items worked on at once.
    room: usize,
    work: JoinSet<Item>,
}

/// What became of one item.
struct Item {
    index: u64,
    id: String,
    answer: Result<proto::Analysis, Refusal>,
}

impl<A: Analyze> Items<A> {
    fn has_room(&self) -> bool {
        self.work.len() < self.room
    }

    fn is_empty(&self) -> bool {
        self.work.is_empty()
    }

    fn start(&mut self, index: u64, request: Option<AnalyzeRequest>) {
        let (analyzer, deadline) = (self.analyzer.clone(), self.deadline);
        self.work.spawn(async move {
            let Some(request) = request else {
                let missing =
                    InvalidArticle::new("request", "is missing; send the article to analyse");
                return Item {
                    index,
                    id: String::new(),
                    answer: Err(missing.into()),
                };
            };
            let id = accepted_id(&request, &analyzer.settings().limits);
            let answer = answer(&*analyzer, request, deadline).await;
            Item { index, id, answer }
        });
    }

    /// The next item that is ready; `None` if none is worked on. May be cancelled and called again.
    async fn next(&mut self) -> Option<Item> {
        loop {
            // A task ends in no other way than with an item: panics were caught, and only a drop aborts.
            if let Ok(item) = self.work.join_next().await? {
                return Some(item);
            }
        }
    }
}

/// One AnalyzeStream call: reads, works and answers until either side has had enough.
struct StreamCall<A> {
    items: Items<A>,
    gate: Gate,
    answers: mpsc::Sender<Result<AnalyzeStreamResponse, Status>>,
}

impl<A: Analyze> StreamCall<A> {
    async fn run(
        mut self,
        requests: Streaming<AnalyzeStreamRequest>,
        deadline: Option<Instant>,
        _pass: Pass,
    ) {
        let (gate, answers) = (self.gate.clone(), self.answers.clone());
        let end = tokio::select! {
            biased;
            // The client has gone; leaving drops the items, which takes them out of the queue.
            () = answers.closed() => return,
            refusal = cut(deadline, &gate) => Some(Status::from(refusal)),
            end = self.pump(requests) => end,
        };
        drop(self);
        if let Some(status) = end {
            // Fails only if the client has gone.
            let _ = answers.send(Err(status)).await;
        }
    }

    /// Reads while there is room, so that HTTP/2 flow control slows a client that is faster than the model.
    /// Returns the status to end with, `None` for OK.
    async fn pump(&mut self, mut requests: Streaming<AnalyzeStreamRequest>) -> Option<Status> {
        let mut index = 0;
        let mut end = None;
        let mut reading = true;
        while reading || !self.items.is_empty() {
            tokio::select! {
                Some(item) = self.items.next() => {
                    self.answers.send(Ok(stream_response(item))).await.ok()?;
                }
                () = self.gate.draining(), if reading => {
                    reading = false;
                    end = Some(Refusal::from(AnalyzeError::Stopped).into());
                }
                message = requests.message(), if reading && self.items.has_room() => match message {
                    Ok(Some(message)) => {
                        self.items.start(index, message.request);
                        index += 1;
                    }
                    Ok(None) => reading = false,
                    // Too large or no protobuf: nothing more can be read, but what was read is answered.
                    Err(status) => {
                        reading = false;
                        end = Some(status);
                    }
                },
                else => break,
            }
        }
        end
    }
}

/// `AnalysisService` with a bound on the size of messages per method: a batch may be large, a single article may
/// not, for every call in flight may hold a message of that size.
pub struct SizedServer<A> {
    single: AnalysisServiceServer<Analyses<A>>,
    batch: AnalysisServiceServer<Analyses<A>>,
}

impl<A> Clone for SizedServer<A> {
    fn clone(&self) -> Self {
        Self {
            single: self.single.clone(),
            batch: self.batch.clone(),
        }
    }
}

impl<A> NamedService for SizedServer<A> {
    const NAME: &'static str = proto::analysis_service_server::SERVICE_NAME;
}

impl<A: Analyze> Service<http::Request<Body>> for SizedServer<A> {
    type Response = http::Response<Body>;
    type Error = std::convert::Infallible;
    type Future = <AnalysisServiceServer<Analyses<A>> as Service<http::Request<Body>>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        match request.uri().path().ends_with("/BatchAnalyze") {
            true => self.batch.call(request),
            false => self.single.call(request),
        }
    }
}

/// Bytes of a message with one article. Twice what an article may hold, so that a text somewhat too long is refused
/// with its field and its limit and not with OUT_OF_RANGE; at least 4 MiB, which is what gRPC servers usually take.
pub(super) fn max_message_bytes(limits: &Limits) -> usize {
    let article = limits.text_bytes + limits.title_bytes + 2 * limits.id_bytes;
    article.saturating_mul(2).max(4 * 1024 * 1024)
}

fn check_batch(len: usize) -> Result<(), Refusal> {
    if (1..=MAX_BATCH).contains(&len) {
        return Ok(());
    }
    let reason = format!("has {len} items; send 1 to {MAX_BATCH}, or use AnalyzeStream");
    Err(InvalidArticle::new("requests", reason).into())
}

/// The id to answer with. One that is too long is not echoed: 256 of them would be a large answer to nothing.
fn accepted_id(request: &AnalyzeRequest, limits: &Limits) -> String {
    match &request.article {
        Some(article) if article.id.len() <= limits.id_bytes => article.id.clone(),
        _ => String::new(),
    }
}

fn batch_result(item: Option<Item>) -> BatchAnalyzeResult {
    use batch_analyze_result::Result::{Analysis, Status};
    let (id, answer) = match item {
        Some(item) => (item.id, item.answer),
        None => (String::new(), Err(Refusal::Panicked)),
    };
    BatchAnalyzeResult {
        id,
        result: Some(match answer {
            Ok(analysis) => Analysis(analysis),
            Err(refusal) => Status(of_item(refusal)),
        }),
    }
}

fn stream_response(item: Item) -> AnalyzeStreamResponse {
    use analyze_stream_response::Result::{Analysis, Status};
    AnalyzeStreamResponse {
        id: item.id,
        index: item.index,
        result: Some(match item.answer {
            Ok(analysis) => Analysis(analysis),
            Err(refusal) => Status(of_item(refusal)),
        }),
    }
}

/// `None` if the future panicked. The panic's message is dropped: it may quote the article.
async fn catch_panic<F: Future>(work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        },
    )
    .await
}
