//! An article cut into a title and sentences. Holds places, never copies of the text.

use std::ops::Range;

use crate::domain::{Article, Field, Language, Span};

/// What is read of an article.
#[derive(Debug, Clone)]
pub struct Document {
    pub language: Language,
    /// Index into `sentences` of the title, if there is one.
    pub title: Option<usize>,
    /// Title first, then the text's sentences in order.
    pub sentences: Vec<Sentence>,
}

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub field: Field,
    /// Where it stands in the field, without surrounding space; always on character borders.
    pub bytes: Range<usize>,
    /// Subscribe lines, photo credits, comment forms, repeated titles: kept out of summaries and evidence.
    pub boilerplate: bool,
}

impl Document {
    /// Cuts an article.
    pub fn read(article: &Article) -> Self {
        let _ = article;
        todo!()
    }
}

impl Sentence {
    /// The words of the sentence.
    pub fn text<'a>(&self, article: &'a Article) -> &'a str {
        let field = match self.field {
            Field::Title => article.title(),
            Field::Text => article.text(),
        };
        &field[self.bytes.clone()]
    }

    /// The sentence's place in bytes and code points.
    pub fn span(&self, article: &Article) -> Span {
        let _ = article;
        todo!()
    }
}
