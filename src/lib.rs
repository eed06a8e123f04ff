//! Dateline reads a news article in any language and says where it happened, what happened and in short.

pub mod domain;
pub mod model;
pub mod text;
pub mod batching;
pub mod tasks;
pub mod analyzer;
pub mod grpc;
pub mod server;
pub mod batch;
pub mod telemetry;
pub mod config;
