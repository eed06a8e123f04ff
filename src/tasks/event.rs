//! What happened: the primary event type, further types, modes.

use super::{Labels, Reading, joint::Joint, softmax};
use crate::{
    domain::{EventAnswer, EventType, Mode, Options},
    model::manifest::EventTask,
};

/// Most types beyond the primary one (ontology: up to three).
const MOST_FURTHER: usize = 3;
/// Sentences given as evidence for one type.
const MOST_EVIDENCE: usize = 3;

/// Biases of the heads that tell events.
#[derive(Debug, Clone, Copy)]
pub struct Biases<'a> {
    /// `[labels]`
    pub event: &'a [f32],
    /// `[modes]`, empty without a mode head.
    pub mode: &'a [f32],
}

/// The events of an article: primary first, never empty. An article without any text to read is OTHER with score 0.
pub fn decide(
    reading: &Reading<'_>,
    biases: Biases<'_>,
    labels: &Labels,
    task: &EventTask,
    lead: f32,
    options: &Options,
) -> Vec<EventAnswer> {
    let sentences = reading.document.sentences.len();
    if reading.pieces.is_empty() {
        return vec![answer(EventType::Other, None, 0.0, true)];
    }
    let joint = Joint::new(
        reading.pieces,
        |p| Joint::pooled(&p.event),
        biases.event,
        sentences,
        lead,
    );
    let temperature = task.temperature(&reading.document.language.tag);
    let probabilities = softmax(joint.logits.iter().map(|x| x / temperature));
    let modes = mode_logits(reading, biases.mode, lead);
    rank(&probabilities, options.min_score.unwrap_or(task.further))
        .into_iter()
        .enumerate()
        .map(|(place, row)| {
            let event_type = labels.events[row];
            let mode = best_mode(event_type, labels, &modes, task.mode_threshold);
            let mut event = answer(event_type, mode, probabilities[row], place == 0);
            if options.evidence {
                event.evidence = reading.evidence(&joint.support(row), MOST_EVIDENCE);
            }
            event
        })
        .collect()
}

fn answer(event_type: EventType, mode: Option<Mode>, score: f32, primary: bool) -> EventAnswer {
    EventAnswer {
        event_type,
        mode,
        score,
        primary,
        quad_class: event_type.quad_class(),
        evidence: Vec::new(),
    }
}

/// Rows by falling probability: the first, and up to three further ones of at least `least`.
fn rank(probabilities: &[f32], least: f32) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..probabilities.len()).collect();
    rows.sort_by(|a, b| probabilities[*b].total_cmp(&probabilities[*a]));
    let further = rows
        .iter()
        .skip(1)
        .take(MOST_FURTHER)
        .take_while(|row| probabilities[**row] >= least)
        .count();
    rows.truncate(1 + further);
    rows
}

/// Logits of the mode head, joined on the event pooling; empty without one.
fn mode_logits(reading: &Reading<'_>, bias: &[f32], lead: f32) -> Vec<f32> {
    if bias.is_empty() {
        return Vec::new();
    }
    let pick = |p| -> (f32, &[f32]) {
        let piece: &crate::model::PieceScores = p;
        (piece.event.log_mass, &piece.mode)
    };
    Joint::new(
        reading.pieces,
        pick,
        bias,
        reading.document.sentences.len(),
        lead,
    )
    .logits
}

/// The likeliest mode among those of the type, if it is likely enough.
fn best_mode(event_type: EventType, labels: &Labels, logits: &[f32], least: f32) -> Option<Mode> {
    let rows: Vec<usize> = (0..logits.len())
        .filter(|row| event_type.modes().contains(&labels.modes[*row]))
        .collect();
    let probabilities = softmax(rows.iter().map(|row| logits[*row]));
    let (row, probability) = rows
        .iter()
        .zip(probabilities)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(r, p)| (*r, p))?;
    (probability >= least).then_some(labels.modes[row])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_always_comes_and_further_ones_when_likely_enough() {
        struct Case {
            probabilities: &'static [f32],
            least: f32,
            rows: &'static [usize],
        }
        let cases = [
            Case {
                probabilities: &[0.1, 0.7, 0.2],
                least: 0.15,
                rows: &[1, 2],
            },
            // The primary type is answered however unsure it is.
            Case {
                probabilities: &[0.34, 0.33, 0.33],
                least: 0.9,
                rows: &[0],
            },
            // Three further ones at most.
            Case {
                probabilities: &[0.3, 0.2, 0.2, 0.2, 0.1],
                least: 0.0,
                rows: &[0, 1, 2, 3],
            },
        ];
        for case in cases {
            assert_eq!(rank(case.probabilities, case.least), case.rows);
        }
    }

    #[test]
    fn a_mode_is_one_of_its_type() {
        let labels = Labels {
            events: vec![],
            modes: vec![Mode::Demo, Mode::Battle, Mode::Riot],
            countries: vec![],
        };
        let logits = [0.0, 9.0, 2.0];
        assert_eq!(
            best_mode(EventType::Protest, &labels, &logits, 0.5),
            Some(Mode::Riot)
        );
        assert_eq!(best_mode(EventType::Protest, &labels, &logits, 0.99), None);
        assert_eq!(
            best_mode(EventType::Assault, &labels, &logits, 0.5),
            Some(Mode::Battle)
        );
        assert_eq!(best_mode(EventType::Economy, &labels, &logits, 0.0), None);
        assert_eq!(best_mode(EventType::Protest, &labels, &[], 0.0), None);
    }
}
