//! Dateline reads a news article in any language and says **where** it happened (country), **what** happened (event
//! type) and **in short** (a summary of whole sentences), with the sentences that prove it.
//!
//! An article passes seven stops, each a module, in this order:
//!
//! 1. [`grpc`] or [`batch`]: a request over the wire, or a row of a file, becomes a checked
//!    [`domain::Article`] with what is wanted of it.
//! 2. [`text`]: the article becomes a [`text::Document`]: title and sentences with their places, language, boilerplate,
//!    and the names of countries, cities and leaders that stand in it.
//! 3. [`model`]: its tokens become a [`model::Input`]: windows that the encoder can read.
//! 4. [`batching`]: windows of many articles become batches; a free worker takes what waits.
//! 5. [`model`] again: one forward pass of one multilingual encoder, read by small heads: [`model::PieceScores`].
//! 6. [`tasks`]: scores become decisions: events, countries joined with the names found, a summary.
//! 7. [`analyzer`] puts these steps in order and returns a [`domain::Analysis`]; [`grpc`] or [`batch`] writes it out.
//!
//! ```
//! use dateline::{
//!     analyzer::{Analyze, Analyzer, Settings},
//!     domain::{Article, Draft, Limits, Request},
//!     model::Bundle,
//! };
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let analyzer = Analyzer::new(Bundle::embedded()?, Settings::default())?;
//! let text = "ALMATY. Thousands of protesters marched through Almaty on Sunday to demand the resignation of the \
//!             government. Police detained dozens of demonstrators.";
//! let article = Article::new(Draft { text: text.into(), ..Draft::default() }, &Limits::default())?;
//! let analysis = analyzer.analyze(Request::new(article), None).await?;
//! assert_eq!(analysis.countries[0].country.alpha2, "KZ");
//! # Ok(())
//! # }
//! ```

pub mod analyzer;
pub mod batch;
pub mod batching;
pub mod config;
pub mod domain;
pub mod grpc;
pub mod model;
pub mod server;
pub mod tasks;
pub mod telemetry;
pub mod text;
