//! Scores to decisions: pure functions over a document and the numbers the model gave for it.
//!
//! Here, and only here, labels of the model and words of the domain meet: they are joined by name when a bundle is
//! loaded, and a bundle whose labels are unknown is refused.

pub mod country;
pub mod event;
pub mod joint;
pub mod summary;

use crate::{
    domain::{Article, Country, EventType, Evidence, Mode, taxonomy},
    model::{Manifest, PieceScores},
    text::{Document, Mention},
};

/// The labels of a bundle as words of the domain.
#[derive(Debug)]
pub struct Labels {
    /// By row of the event head.
    pub events: Vec<EventType>,
    /// By row of the mode head; empty without one.
    pub modes: Vec<Mode>,
    /// By row of the country head.
    pub countries: Vec<&'static Country>,
}

impl Labels {
    /// Joins the labels of a manifest with the domain by name.
    ///
    /// # Errors
    /// The label or solver that this build does not know.
    pub fn new(manifest: &Manifest) -> Result<Self, String> {
        let tasks = &manifest.tasks;
        for (task, solver, known) in [
            ("event", &tasks.event.solver, "head"),
            ("country", &tasks.country.solver, "head+names"),
            ("summary", &tasks.summary.solver, "extractive"),
        ] {
            if solver != known {
                return Err(format!(
                    "task {task} asks for solver {solver:?}; this build has {known:?}"
                ));
            }
        }
        if manifest.taxonomy_version != taxonomy::VERSION {
            return Err(format!(
                "labels are of taxonomy {}, this build's is {}",
                manifest.taxonomy_version,
                taxonomy::VERSION
            ));
        }
        Ok(Self {
            events: join("event type", &tasks.event.labels, EventType::from_name)?,
            modes: join("mode", &tasks.event.modes, Mode::from_name)?,
            countries: join("country", &tasks.country.labels, Country::from_alpha2)?,
        })
    }
}

fn join<T>(
    what: &str,
    names: &[String],
    find: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, String> {
    if let Some(twice) = names
        .iter()
        .enumerate()
        .find(|(i, name)| names[..*i].contains(name))
    {
        return Err(format!("label {:?} of {what} stands twice", twice.1));
    }
    names
        .iter()
        .map(|name| find(name).ok_or_else(|| format!("label {name:?} is no {what} of this build")))
        .collect()
}

/// What an article's decisions are made from.
pub struct Reading<'a> {
    pub article: &'a Article,
    pub document: &'a Document,
    /// Names found, by sentence of the document.
    pub mentions: &'a [Vec<Mention>],
    /// Segment `i` of a piece is sentence `i` of the document.
    pub pieces: &'a [PieceScores],
}

impl Reading<'_> {
    /// The sentences with the largest positive weights as evidence, best first, at most `most`. `weights`: by sentence.
    /// The shares given are of all positive weights. Boilerplate proves nothing.
    fn evidence(&self, weights: &[f32], most: usize) -> Vec<Evidence> {
        /// A sentence that adds less than this share is no evidence.
        const LEAST: f32 = 0.1;
        let total: f32 = weights.iter().filter(|w| **w > 0.0).sum();
        let mut ranked: Vec<(usize, f32)> = weights
            .iter()
            .enumerate()
            .filter(|(i, w)| **w > 0.0 && !self.document.sentences[*i].boilerplate)
            .map(|(i, w)| (i, w / total))
            .collect();
        // Ties keep the order of the text.
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranked.truncate(most);
        let kept = ranked
            .iter()
            .enumerate()
            .filter(|(rank, (_, share))| *rank == 0 || *share >= LEAST);
        kept.map(|(_, (i, share))| {
            let sentence = &self.document.sentences[*i];
            Evidence {
                span: sentence.span(self.article),
                text: sentence.text(self.article).to_owned(),
                weight: *share,
                names: Vec::new(),
            }
        })
        .collect()
    }
}

/// `exp(x - max)` normalised to 1 over the slice.
fn softmax(logits: impl Iterator<Item = f32> + Clone) -> Vec<f32> {
    let largest = logits.clone().fold(f32::NEG_INFINITY, f32::max);
    let e: Vec<f32> = logits.map(|x| (x - largest).exp()).collect();
    let sum: f32 = e.iter().sum();
    e.into_iter().map(|x| x / sum).collect()
}
