//! The pieces of an article joined to one set of logits.
//!
//! Attention pooling over the whole article is a softmax over all its tokens. Split into pieces with log mass `m_i` and
//! piece logits `l_i`, the article's logits are `b + Σ a_i l_i` with `a = softmax(m_i - lead * window_i)`: exactly the
//! pooling the head was trained with for one window, and for several the lead outweighs the rest by `lead` nats a window.

use crate::model::{PieceScores, Pooled};

/// An article's logits, and what each sentence adds to them.
#[derive(Debug, Clone, PartialEq)]
pub struct Joint {
    /// `[labels]`, bias included.
    pub logits: Vec<f32>,
    /// By sentence: share-weighted logits without bias, `[labels]`; empty for a sentence that was not read.
    parts: Vec<Vec<f32>>,
}

impl Joint {
    /// Joins the pieces' answers of one head. `pick` gives mass and logits of a piece, `sentences` is their number in
    /// the document, `bias`: `[labels]`.
    pub fn new<'a>(
        pieces: &'a [PieceScores],
        pick: impl Fn(&'a PieceScores) -> (f32, &'a [f32]),
        bias: &[f32],
        sentences: usize,
        lead: f32,
    ) -> Self {
        let masses = pieces.iter().map(|p| pick(p).0 - lead * p.window as f32);
        let attention = super::softmax(masses);
        let mut joint = Self {
            logits: bias.to_vec(),
            parts: vec![Vec::new(); sentences],
        };
        for (piece, a) in pieces.iter().zip(attention) {
            let logits = pick(piece).1;
            let part = &mut joint.parts[piece.segment];
            part.resize(bias.len(), 0.0);
            for ((total, part), logit) in joint.logits.iter_mut().zip(part).zip(logits) {
                *total += a * logit;
                *part += a * logit;
            }
        }
        joint
    }

    /// Mass and logits of a pooled head, for `pick`.
    pub fn pooled(pooled: &Pooled) -> (f32, &[f32]) {
        (pooled.log_mass, &pooled.logits)
    }

    /// By sentence: how much it speaks for a label, compared with the labels on average.
    pub fn support(&self, label: usize) -> Vec<f32> {
        self.parts
            .iter()
            .map(|part| match part.get(label) {
                Some(logit) => logit - part.iter().sum::<f32>() / part.len() as f32,
                None => 0.0,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn piece(segment: usize, window: usize, log_mass: f32, logits: &[f32]) -> PieceScores {
        let pooled = Pooled {
            log_mass,
            logits: logits.to_vec(),
        };
        PieceScores {
            segment,
            window,
            tokens: 5,
            salience: 0.0,
            event: pooled.clone(),
            country: pooled,
            mode: vec![],
        }
    }

    /// A sentence's share of the attention, read off a label for which its only piece has this logit.
    fn share(joint: &Joint, sentence: usize, label: usize, logit: f32) -> f32 {
        joint.parts[sentence][label] / logit
    }

    fn join(pieces: &[PieceScores], lead: f32) -> Joint {
        Joint::new(pieces, |p| Joint::pooled(&p.event), &[0.5, -0.5], 3, lead)
    }

    #[test]
    fn equals_the_softmax_over_all_tokens() {
        // Two pieces with 1 and 3 parts of the attention.
        let joint = join(
            &[
                piece(0, 0, 0.0, &[4.0, 0.0]),
                piece(2, 0, 3f32.ln(), &[0.0, 8.0]),
            ],
            1.0,
        );
        assert!((joint.logits[0] - (0.5 + 1.0)).abs() < 1e-6);
        assert!((joint.logits[1] - (-0.5 + 6.0)).abs() < 1e-6);
        assert!((share(&joint, 2, 1, 8.0) - 0.75).abs() < 1e-6);
    }

    #[test]
    fn cutting_a_piece_in_two_changes_nothing() {
        let whole = join(
            &[
                piece(0, 0, 2f32.ln(), &[1.0, 3.0]),
                piece(1, 0, 0.0, &[5.0, 0.0]),
            ],
            1.0,
        );
        let cut = join(
            &[
                piece(0, 0, 0.0, &[0.0, 2.0]),
                piece(0, 0, 0.0, &[2.0, 4.0]),
                piece(1, 0, 0.0, &[5.0, 0.0]),
            ],
            1.0,
        );
        for (a, b) in whole.logits.iter().zip(&cut.logits) {
            assert!((a - b).abs() < 1e-6);
        }
    }

    #[test]
    fn the_lead_outweighs_later_windows() {
        let joint = join(
            &[piece(0, 0, 0.0, &[1.0, 0.0]), piece(1, 1, 0.0, &[0.0, 1.0])],
            1.0,
        );
        assert!((share(&joint, 0, 0, 1.0) / share(&joint, 1, 1, 1.0) - 1f32.exp()).abs() < 1e-4);
    }

    #[test]
    fn a_sentence_that_was_not_read_supports_nothing() {
        let joint = join(&[piece(0, 0, 0.0, &[1.0, 0.0])], 1.0);
        assert_eq!(joint.support(0), [0.5, 0.0, 0.0]);
        assert_eq!(joint.support(1), [-0.5, 0.0, 0.0]);
    }

    #[test]
    fn nothing_read_leaves_the_bias() {
        assert_eq!(join(&[], 1.0).logits, [0.5, -0.5]);
    }
}
