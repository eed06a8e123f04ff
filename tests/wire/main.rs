//! The service over real gRPC: a server on a free port of this machine, a client, and an analyzer that does what the
//! text of the article tells it, so that every answer and every failure can be provoked.

mod batch;
mod fake;
mod harness;
mod lifecycle;
mod model;
mod single;
mod stream;
