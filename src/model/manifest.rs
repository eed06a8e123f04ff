//! `manifest.json`: what a bundle says of itself. Everything learned that is not a tensor lives here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The manifest of a bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this layout; [`Manifest::FORMAT`].
    pub format: u32,
    pub name: String,
    pub version: String,
    /// SPDX expression.
    pub license: String,
    /// The taxonomy that the labels below are of.
    pub taxonomy_version: String,
    /// Tensor names of the encoder start with this, such as `bert.`.
    pub encoder_prefix: String,
    /// How each task is solved, by task name.
    pub tasks: Tasks,
    /// How an article becomes sequences.
    pub input: InputShape,
    /// Measured quality by language tag.
    #[serde(default)]
    pub quality: BTreeMap<String, Quality>,
    /// SHA-256 (lower-case hex) of every other file of the bundle, by its path in it.
    pub files: BTreeMap<String, String>,
}

impl Manifest {
    /// The layout this build reads.
    pub const FORMAT: u32 = 1;
}

/// The solvers of the tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tasks {
    pub event: EventTask,
    pub country: CountryTask,
    pub summary: SummaryTask,
}

/// Event types from a softmax head on an attention pooling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventTask {
    /// `head`.
    pub solver: String,
    /// Row of `heads.pool` that pools for this head.
    pub pool: usize,
    /// Names of the rows of `heads.event`.
    pub labels: Vec<String>,
    /// Logits are divided by this before the softmax.
    pub temperature: f32,
    /// The same for the languages whose own was learned, by language subtag (`en`, `ar`).
    #[serde(default)]
    pub temperatures: BTreeMap<String, f32>,
    /// Least probability of a further type.
    pub further: f32,
    /// Below this probability the primary type is reported with a LOW_CONFIDENCE warning.
    pub abstain: f32,
    /// Names of the rows of `heads.mode`; empty if the bundle has no such head.
    #[serde(default)]
    pub modes: Vec<String>,
    /// Least probability of a mode among those of its type.
    #[serde(default)]
    pub mode_threshold: f32,
}

impl EventTask {
    /// The temperature for a language, given by its BCP-47 tag.
    pub fn temperature(&self, tag: &str) -> f32 {
        let language = tag.split('-').next().unwrap_or(tag);
        *self.temperatures.get(language).unwrap_or(&self.temperature)
    }
}

/// Countries from a head joined with the names found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountryTask {
    /// `head+names`.
    pub solver: String,
    /// Row of `heads.pool` that pools for this head.
    pub pool: usize,
    /// ISO 3166-1 alpha-2 codes of the rows of `heads.country`.
    pub labels: Vec<String>,
    /// Logits are divided by this before the softmax.
    pub temperature: f32,
    /// How the head and the names are joined.
    pub join: CountryJoin,
    /// Least score of a country.
    pub threshold: f32,
}

/// Weights of the country join (`tasks/country.rs` has the formula).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountryJoin {
    /// Weight of the log-probability of the head.
    pub head: f32,
    /// Weight of the log-share of the names, weighed by kind and place.
    pub names: f32,
    /// Weight of the log-share of all mentions alike.
    pub spread: f32,
    /// Added to every share, so that a country without any name is not ruled out.
    pub floor: f32,
    /// Score of a mention by kind: country, demonym, capital, city, leader.
    pub kinds: [f32; 5],
    /// Factor of mentions in the title.
    pub title: f32,
    /// A mention in sentence `i` of the text counts `1 / (1 + decay * i)`.
    pub decay: f32,
    /// Least probability of the head for a country in an article where no name at all was found.
    pub alone: f32,
    /// The joined log-score of "no country"; the score of a country is its share against it and the others.
    pub none: f32,
}

/// Summaries of whole sentences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummaryTask {
    /// `extractive`.
    pub solver: String,
    /// Subtracted from the salience per sentence of position.
    pub position: f32,
    /// Most positions that are counted.
    pub position_cap: usize,
    /// Word overlap (Jaccard, 0..1) with a chosen sentence above which a sentence is redundant.
    pub redundancy: f32,
}

/// How an article becomes sequences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputShape {
    /// Tokens of a window, special tokens included.
    pub window: usize,
    /// Tokens of the last sentences of a window that open the next one.
    pub overlap: usize,
    /// Subtracted from the pooling logits of window `i`, `i` times (in nats): how much the lead outweighs the rest.
    pub lead: f32,
    /// Text of the token that opens a window.
    pub open: String,
    /// Text of the token that closes the title and the window.
    pub close: String,
}

/// Quality measured in one language, on texts that no training saw.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// Whole articles and single sentences.
    pub items: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_accuracy: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_macro_f1: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_accuracy_not_other: Option<f32>,
    /// Expected calibration error of the primary type's score, in ten bins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_calibration_error: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_accuracy: Option<f32>,
    /// On whole articles only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary_overlap: Option<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_its_own_temperature_or_the_common_one() {
        let task = EventTask {
            solver: "head".into(),
            pool: 0,
            labels: Vec::new(),
            temperature: 1.5,
            temperatures: BTreeMap::from([("zh".into(), 0.8)]),
            further: 0.2,
            abstain: 0.2,
            modes: Vec::new(),
            mode_threshold: 0.0,
        };
        for (tag, temperature) in [("zh", 0.8), ("zh-Hant", 0.8), ("en", 1.5), ("und", 1.5)] {
            assert_eq!(task.temperature(tag), temperature, "{tag}");
        }
    }
}
