//! The names of countries, peoples, capitals, cities and leaders, found in the text.

use std::ops::Range;

use crate::domain::{Country, NameKind};

/// All languages' names in one automaton.
pub struct Lexicon {}

/// A name found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the sentence that was searched.
    pub bytes: Range<usize>,
    /// The countries the name may stand for; one, unless the name is ambiguous.
    pub countries: Vec<&'static Country>,
    pub kind: NameKind,
}

impl Lexicon {
    /// Builds the automaton from the bundle's lexicon files: `(language tag, contents)`.
    ///
    /// # Errors
    /// The line that is malformed or names an unknown country.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let _ = files;
        Ok(Self {})
    }

    /// The names in `text`, which is written in `language` (BCP-47), left to right, not overlapping.
    pub fn find(&self, text: &str, language: &str) -> Vec<Mention> {
        let _ = (text, language);
        Vec::new()
    }
}
