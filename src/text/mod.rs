//! Article to sentences with byte spans, language, boilerplate, and the names of places.

mod boilerplate;
pub mod document;
pub mod language;
pub mod lexicon;
mod sentence;

pub use document::{Document, Sentence};
pub use lexicon::{Lexicon, Mention};
