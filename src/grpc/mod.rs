//! The contract's side of the house: the only place that names protobuf types.
//!
//! A call passes [`guard`] (deadline, drain), then [`service`] (one method per RPC), which turns messages into
//! the domain's types and back with [`convert`]; whatever fails becomes a gRPC code in [`status`].

pub mod convert;
pub mod gate;
pub mod guard;
pub mod probe;
pub mod service;
pub mod status;

use std::sync::Arc;

use tonic::service::Routes;

use crate::analyzer::{self, Analyze};

pub use gate::Gate;
pub use guard::Guarded;
pub use proto::FILE_DESCRIPTOR_SET;

/// The full names of the services, as health checks and reflection know them.
pub const SERVICES: [&str; 2] = [
    proto::analysis_service_server::SERVICE_NAME,
    proto::model_service_server::SERVICE_NAME,
];

/// What one call may take of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Items of one batch or stream that are worked on at once; at most the capacity of the queue.
    pub call_concurrency: usize,
    /// Bytes of one `BatchAnalyzeRequest`. Single messages are bounded by the limits of an article.
    pub max_batch_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            call_concurrency: 32,
            max_batch_bytes: 64 * 1024 * 1024, // 256 articles of 256 KiB
        }
    }
}

impl Settings {
    /// The settings that hold on an analyzer: no call may overflow its queue by itself, and a batch may be at least as
    /// large as a single message.
    fn within(self, analyzer: &analyzer::Settings) -> Self {
        let single = service::max_message_bytes(&analyzer.limits);
        Self {
            call_concurrency: self.call_concurrency.min(analyzer.queue_capacity).max(1),
            max_batch_bytes: self.max_batch_bytes.max(single),
        }
    }
}

/// `AnalysisService` and `ModelService` on an analyzer. Wrap the finished routes in [`Guarded`] with the same gate.
pub fn routes<A: Analyze>(analyzer: Arc<A>, settings: Settings, gate: &Gate) -> Routes {
    let settings = settings.within(analyzer.settings());
    let models = service::Models::new(analyzer.clone(), settings);
    Routes::new(service::Analyses::new(analyzer, settings, gate.clone()).into_server())
        .add_service(models.into_server())
}

/// Types and services generated from `proto/dateline/v1`.
pub mod proto {
    #![allow(clippy::all, missing_docs)]
    tonic::include_proto!("dateline.v1");

    /// The whole contract for server reflection.
    pub const FILE_DESCRIPTOR_SET: &[u8] =
        include_bytes!(concat!(env!("OUT_DIR"), "/dateline_descriptor.bin"));
}
