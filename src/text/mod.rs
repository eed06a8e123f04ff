//! Article to sentences with byte spans, language, boilerplate, and the names of places.

pub mod document;
pub mod language;
pub mod lexicon;

pub use document::{Document, Sentence};
pub use lexicon::{Lexicon, Mention};
