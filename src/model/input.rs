//! An article's tokens cut into windows that the encoder can read.

use std::ops::Range;

/// Tokens of an article by segment (title, sentences), ready to be cut into windows.
pub struct Segments<'a> {
    /// Index of the title among `tokens`, if there is one.
    pub title: Option<usize>,
    /// Token ids of every segment, without special tokens. May be empty.
    pub tokens: &'a [Vec<u32>],
}

/// How windows are made; from the manifest and `config.json`.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Tokens of a window, special tokens included; at least [`Shape::MIN_WINDOW`].
    pub window: usize,
    /// Most tokens of earlier sentences that open the next window as context.
    pub overlap: usize,
    /// Tokens of an article that are read at most, context and special tokens not counted.
    pub max_tokens: usize,
    /// Token that opens a window.
    pub open: u32,
    /// Token that closes the title and the window.
    pub close: u32,
}

impl Shape {
    /// The three special tokens and some room for words.
    pub const MIN_WINDOW: usize = 16;
}

/// An article as windows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Input {
    pub windows: Vec<Window>,
    /// Tokens of the article in the windows.
    pub seen: usize,
    /// Tokens at the end that were left out.
    pub dropped: usize,
}

/// One sequence for the encoder.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Window {
    pub ids: Vec<u32>,
    /// The parts of the window that are read for the answer; the rest is context.
    pub pieces: Vec<Piece>,
}

/// A segment, or a part of one, in a window. Every token of a segment is in exactly one piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Index of the segment.
    pub segment: usize,
    /// Its tokens in the window.
    pub tokens: Range<usize>,
    /// Its tokens and the special tokens beside them: what attention pooling sees.
    pub pooled: Range<usize>,
}

impl Input {
    /// Cuts segments into windows.
    ///
    /// The first window is `open title close sentences close`. Later windows repeat the title and, as many as fit into
    /// `overlap`, the last whole sentences of the window before: context that is read but not counted again. Borders
    /// fall between sentences; only a sentence longer than a window is cut inside.
    pub fn new(segments: &Segments<'_>, shape: &Shape) -> Self {
        assert!(shape.window >= Shape::MIN_WINDOW);
        let total: usize = segments.tokens.iter().map(Vec::len).sum();
        let mut cutter = Cutter {
            shape,
            tokens: segments.tokens,
            title: segments.title.map_or(&[][..], |t| &segments.tokens[t]),
            title_segment: segments.title,
            input: Input::default(),
            window: Window::default(),
            recent: Vec::new(),
            left: shape.max_tokens,
        };
        cutter.start(segments.title);
        for segment in 0..segments.tokens.len() {
            if Some(segment) != segments.title {
                cutter.read(segment, &segments.tokens[segment]);
            }
        }
        cutter.finish();
        let mut input = cutter.input;
        input.dropped = total - input.seen;
        input
    }
}

struct Cutter<'a> {
    shape: &'a Shape,
    tokens: &'a [Vec<u32>],
    title: &'a [u32],
    title_segment: Option<usize>,
    input: Input,
    window: Window,
    /// Whole segments of the current window, for the overlap.
    recent: Vec<usize>,
    /// Tokens that may still be read.
    left: usize,
}

impl Cutter<'_> {
    /// Opens the first window; the title counts here and only here.
    fn start(&mut self, title: Option<usize>) {
        self.window.ids.push(self.shape.open);
        let Some(segment) = title else { return };
        let from = self.window.ids.len();
        self.put_title();
        let to = self.window.ids.len();
        if to > from {
            let shown = to - 1 - from;
            self.window.pieces.push(Piece {
                segment,
                tokens: from..to - 1,
                pooled: 0..to,
            });
            self.left -= shown;
            self.input.seen += shown;
            let tokens = self.tokens;
            self.read(segment, &tokens[segment][shown..]);
        }
    }

    /// The title and its closing token; nothing if there is no title. A title longer than half a window shows only
    /// its beginning here.
    fn put_title(&mut self) {
        let most = self.shape.window / 2;
        let title = &self.title[..self.title.len().min(most).min(self.left)];
        if !title.is_empty() {
            self.window.ids.extend_from_slice(title);
            self.window.ids.push(self.shape.close);
        }
    }

    /// Room for tokens in the current window; one place is kept for the closing token.
    fn room(&self) -> usize {
        self.shape.window - 1 - self.window.ids.len()
    }

    fn read(&mut self, segment: usize, tokens: &[u32]) {
        let mut tokens = &tokens[..tokens.len().min(self.left)];
        self.left -= tokens.len();
        self.input.seen += tokens.len();
        if tokens.len() > self.room() && self.has_own() {
            self.next_window();
            if tokens.len() > self.room() {
                // The context would force a cut inside the sentence.
                self.drop_context();
            }
        }
        let whole = tokens.len() <= self.room();
        while !tokens.is_empty() {
            if self.room() == 0 {
                self.next_window();
                self.drop_context();
            }
            let (now, later) = tokens.split_at(tokens.len().min(self.room()));
            self.put(segment, now);
            tokens = later;
        }
        if whole && Some(segment) != self.title_segment {
            self.recent.push(segment);
        } else {
            self.recent.clear();
        }
    }

    fn put(&mut self, segment: usize, tokens: &[u32]) {
        let from = self.window.ids.len();
        self.window.ids.extend_from_slice(tokens);
        let to = self.window.ids.len();
        // The opening token belongs to whatever comes first.
        let first = if self.window.pieces.is_empty() && self.input.windows.is_empty() {
            0
        } else {
            from
        };
        self.window.pieces.push(Piece {
            segment,
            tokens: from..to,
            pooled: first..to,
        });
    }

    /// Whether the window holds anything of its own.
    fn has_own(&self) -> bool {
        !self.window.pieces.is_empty()
    }

    /// Closes the window and opens the next with title and overlap as context.
    fn next_window(&mut self) {
        self.close();
        self.window.ids.push(self.shape.open);
        // `left` bounds what is read of the article, not its repetition.
        let left = std::mem::replace(&mut self.left, usize::MAX);
        self.put_title();
        self.left = left;
        let mut budget = self.shape.overlap.min(self.room() / 2);
        let mut keep = self.recent.len();
        while keep > 0 && self.tokens[self.recent[keep - 1]].len() <= budget {
            keep -= 1;
            budget -= self.tokens[self.recent[keep]].len();
        }
        for segment in std::mem::take(&mut self.recent).into_iter().skip(keep) {
            self.window.ids.extend_from_slice(&self.tokens[segment]);
        }
    }

    /// Takes the overlap out of a window that holds nothing of its own yet.
    fn drop_context(&mut self) {
        self.window.ids.truncate(1);
        let left = std::mem::replace(&mut self.left, usize::MAX);
        self.put_title();
        self.left = left;
    }

    fn close(&mut self) {
        self.window.ids.push(self.shape.close);
        let end = self.window.ids.len();
        if let Some(last) = self.window.pieces.last_mut() {
            last.pooled.end = end;
        }
        self.input.windows.push(std::mem::take(&mut self.window));
    }

    fn finish(&mut self) {
        if self.has_own() {
            self.close();
        } else {
            self.window = Window::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape() -> Shape {
        Shape {
            window: 16,
            overlap: 4,
            max_tokens: usize::MAX,
            open: 0,
            close: 2,
        }
    }

    /// Segments of the given lengths, each token a number of its own from 10 on.
    fn segments(lengths: &[usize]) -> Vec<Vec<u32>> {
        let mut next = 10;
        lengths
            .iter()
            .map(|n| {
                next += *n as u32;
                (next - *n as u32..next).collect()
            })
            .collect()
    }

    #[test]
    fn one_window_reads_title_and_sentences() {
        let tokens = segments(&[2, 3, 1]);
        let input = Input::new(
            &Segments {
                title: Some(0),
                tokens: &tokens,
            },
            &shape(),
        );
        assert_eq!(input.windows.len(), 1);
        assert_eq!(input.windows[0].ids, [0, 10, 11, 2, 12, 13, 14, 15, 2]);
        let pooled: Vec<_> = input.windows[0]
            .pieces
            .iter()
            .map(|p| p.pooled.clone())
            .collect();
        assert_eq!(pooled, [0..4, 4..7, 7..9]);
    }

    #[test]
    fn the_next_window_opens_with_title_and_last_sentences() {
        let tokens = segments(&[2, 4, 4, 3, 6]);
        let input = Input::new(
            &Segments {
                title: Some(0),
                tokens: &tokens,
            },
            &shape(),
        );
        assert_eq!(
            input.windows[0].ids,
            [0, 10, 11, 2, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 2]
        );
        // 20..22 once more as context, then the new sentence.
        assert_eq!(
            input.windows[1].ids,
            [0, 10, 11, 2, 20, 21, 22, 23, 24, 25, 26, 27, 28, 2]
        );
        assert_eq!(input.windows[1].pieces.len(), 1);
        assert_eq!(input.windows[1].pieces[0].pooled, 7..14);
    }

    #[test]
    fn what_is_over_the_limit_is_counted() {
        let tokens = segments(&[2, 4, 4, 30]);
        let input = Input::new(
            &Segments {
                title: Some(0),
                tokens: &tokens,
            },
            &Shape {
                max_tokens: 9,
                ..shape()
            },
        );
        assert_eq!((input.seen, input.dropped), (9, 31));
    }

    #[test]
    fn no_tokens_no_window() {
        let input = Input::new(
            &Segments {
                title: None,
                tokens: &[vec![], vec![]],
            },
            &shape(),
        );
        assert_eq!(input, Input::default());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_nothing_is_read_twice_and_every_window_fits(
            lengths in proptest::collection::vec(0usize..40, 0..30),
            titled in any::<bool>(),
            max_tokens in 1usize..600,
        ) {
            let tokens = segments(&lengths);
            let title = (titled && !lengths.is_empty()).then_some(0);
            let input = Input::new(&Segments { title, tokens: &tokens }, &Shape { max_tokens, ..shape() });
            let mut read: Vec<(usize, u32)> = Vec::new();
            for window in &input.windows {
                prop_assert!(window.ids.len() <= 16);
                prop_assert_eq!((window.ids[0], *window.ids.last().unwrap()), (0, 2));
                let mut at = 0;
                for piece in &window.pieces {
                    prop_assert!(piece.pooled.start >= at && piece.pooled.start <= piece.tokens.start);
                    prop_assert!(piece.pooled.end >= piece.tokens.end && piece.pooled.end <= window.ids.len());
                    at = piece.pooled.end;
                    read.extend(window.ids[piece.tokens.clone()].iter().map(|id| (piece.segment, *id)));
                }
            }
            let all: Vec<(usize, u32)> =
                tokens.iter().enumerate().flat_map(|(s, ids)| ids.iter().map(move |id| (s, *id))).collect();
            prop_assert_eq!(&read, &all[..all.len().min(max_tokens)]);
            prop_assert_eq!(input.seen, read.len());
            prop_assert_eq!(input.seen + input.dropped, all.len());
        }
    }
}
