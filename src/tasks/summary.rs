//! In short: whole sentences of the article, chosen for salience, early place and difference, in the article's order.

use std::collections::HashSet;

use super::Reading;
use crate::{
    domain::{Article, Options, Summary, SummarySentence},
    model::manifest::SummaryTask,
    text::Sentence,
};

/// Different words that a sentence worth choosing has at least.
const FEWEST_WORDS: usize = 3;

/// The summary of an article. Empty if there is nothing but title and boilerplate.
pub fn decide(reading: &Reading<'_>, task: &SummaryTask, options: &Options) -> Summary {
    let mut candidates = candidates(reading, task);
    // A bare dateline ("BISHKEK.") or an exclamation tells nothing, unless there is nothing else.
    if candidates.iter().any(|c| c.words.len() >= FEWEST_WORDS) {
        candidates.retain(|c| c.words.len() >= FEWEST_WORDS);
    }
    candidates.sort_by(|a, b| b.rank.total_cmp(&a.rank));
    let mut chosen: Vec<Candidate> = Vec::new();
    let mut chars = 0;
    for candidate in candidates {
        if chosen.len() == options.summary_sentences {
            break;
        }
        let length = candidate.sentence.text(reading.article).chars().count();
        // The space that joins it to the others counts.
        let after = chars + length + usize::from(!chosen.is_empty());
        let fits = options.summary_max_chars.is_none_or(|most| after <= most);
        let new = chosen
            .iter()
            .all(|c| overlap(&c.words, &candidate.words) < task.redundancy);
        if (fits && new) || (chosen.is_empty() && only_option(reading, options)) {
            chars = after;
            chosen.push(candidate);
        }
    }
    chosen.sort_by_key(|c| c.index);
    assemble(reading.article, &chosen)
}

struct Candidate<'a> {
    index: usize,
    sentence: &'a Sentence,
    /// 0..1
    salience: f32,
    /// Salience less what its place costs.
    rank: f32,
    words: HashSet<String>,
}

/// Sentences of the text that were read and say something.
fn candidates<'a>(reading: &'a Reading<'_>, task: &SummaryTask) -> Vec<Candidate<'a>> {
    let salience = salience(reading);
    let document = reading.document;
    let title = document
        .title
        .map(|t| words(document.sentences[t].text(reading.article)));
    document
        .sentences
        .iter()
        .enumerate()
        .filter(|(i, s)| Some(*i) != document.title && !s.boilerplate)
        .enumerate()
        .filter_map(|(position, (index, sentence))| {
            let salience = salience[index]?;
            let words = words(sentence.text(reading.article));
            // A sentence that says the title over again adds nothing to it.
            if words.is_empty() || title.as_ref().is_some_and(|t| overlap(t, &words) > 0.8) {
                return None;
            }
            let cost = task.position * position.min(task.position_cap) as f32;
            Some(Candidate {
                index,
                sentence,
                salience,
                rank: salience - cost,
                words,
            })
        })
        .collect()
}

/// By sentence: the sigmoid of its mean salience logit; `None` if it was not read.
fn salience(reading: &Reading<'_>) -> Vec<Option<f32>> {
    let mut sums = vec![(0.0, 0); reading.document.sentences.len()];
    for piece in reading.pieces {
        let (sum, tokens) = &mut sums[piece.segment];
        *sum += piece.salience * piece.tokens as f32;
        *tokens += piece.tokens;
    }
    sums.into_iter()
        .map(|(sum, n)| (n > 0).then(|| 1.0 / (1.0 + (-sum / n as f32).exp())))
        .collect()
}

/// Whether no sentence at all fits the character budget: then the best one is given all the same.
fn only_option(reading: &Reading<'_>, options: &Options) -> bool {
    let Some(most) = options.summary_max_chars else {
        return true;
    };
    let document = reading.document;
    document
        .sentences
        .iter()
        .enumerate()
        .filter(|(i, s)| Some(*i) != document.title && !s.boilerplate)
        .all(|(_, s)| s.text(reading.article).chars().count() > most)
}

fn assemble(article: &Article, chosen: &[Candidate<'_>]) -> Summary {
    let sentences: Vec<SummarySentence> = chosen
        .iter()
        .map(|c| SummarySentence {
            text: c.sentence.text(article).to_owned(),
            span: c.sentence.span(article),
            score: c.salience,
        })
        .collect();
    let text = sentences
        .iter()
        .map(|s| s.text.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    Summary { text, sentences }
}

/// The words of a sentence, lower case; in scripts without spaces, pairs of neighbouring characters.
fn words(text: &str) -> HashSet<String> {
    let mut words = HashSet::new();
    for run in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|run| !run.is_empty())
    {
        let lower: Vec<char> = run.to_lowercase().chars().collect();
        if lower.iter().any(|c| is_unspaced(*c)) {
            words.extend(lower.windows(2).map(|pair| pair.iter().collect::<String>()));
        } else {
            words.insert(lower.into_iter().collect());
        }
    }
    words
}

/// Characters of scripts that put no spaces between words: Thai to Myanmar, Khmer, kana, Han.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{2ffff}')
}

/// Shared words over all words of two sentences (Jaccard), 0..1.
fn overlap(a: &HashSet<String>, b: &HashSet<String>) -> f32 {
    let shared = a.intersection(b).count();
    let all = a.len() + b.len() - shared;
    if all == 0 {
        0.0
    } else {
        shared as f32 / all as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Draft, Limits},
        model::{PieceScores, Pooled},
        text::Document,
    };

    const TEXT: &str = "Crowds marched through the capital.\nPolice fired tear gas at the crowds.\n\
        Police fired tear gas at the crowds on Monday.\nThe mayor resigned in the evening.";

    /// Pieces of sentences `first..` with these salience logits.
    fn pieces(first: usize, logits: &[f32]) -> Vec<PieceScores> {
        let none = Pooled {
            log_mass: 0.0,
            logits: vec![],
        };
        let piece = |(i, salience): (usize, &f32)| PieceScores {
            segment: first + i,
            window: 0,
            tokens: 6,
            salience: *salience,
            event: none.clone(),
            country: none.clone(),
            mode: vec![],
        };
        logits.iter().enumerate().map(piece).collect()
    }

    /// The summary of `TEXT` where the sentences have these salience logits.
    fn summary(logits: [f32; 4], options: Options) -> Vec<String> {
        let draft = Draft {
            title: "March in the capital".into(),
            text: TEXT.into(),
            ..Draft::default()
        };
        let article = Article::new(draft, &Limits::default()).unwrap();
        let document = Document::read(&article);
        assert_eq!(document.sentences.len(), 5, "the title and four sentences");
        let pieces = pieces(1, &logits);
        let reading = Reading {
            article: &article,
            document: &document,
            mentions: &[],
            pieces: &pieces,
        };
        let task = SummaryTask {
            solver: "extractive".into(),
            position: 0.05,
            position_cap: 10,
            redundancy: 0.5,
        };
        let summary = decide(&reading, &task, &options);
        assert_eq!(
            summary.text,
            summary
                .sentences
                .iter()
                .map(|s| s.text.clone())
                .collect::<Vec<_>>()
                .join(" ")
        );
        summary
            .sentences
            .into_iter()
            .map(|s| s.text[..10].to_owned())
            .collect()
    }

    fn sentences(n: usize) -> Options {
        Options {
            summary_sentences: n,
            ..Options::default()
        }
    }

    #[test]
    fn takes_the_salient_in_document_order_and_no_sentence_twice() {
        assert_eq!(
            summary([0.0, 1.0, 0.9, 5.0], sentences(2)),
            ["Police fir", "The mayor "]
        );
        // The third sentence only repeats the second.
        assert_eq!(
            summary([-3.0, 2.0, 2.0, -4.0], sentences(2)),
            ["Crowds mar", "Police fir"]
        );
    }

    #[test]
    fn an_earlier_sentence_wins_a_tie() {
        assert_eq!(summary([0.0; 4], sentences(1)), ["Crowds mar"]);
    }

    #[test]
    fn a_budget_too_small_for_any_sentence_still_gets_the_best_one() {
        let options = Options {
            summary_max_chars: Some(10),
            ..sentences(3)
        };
        assert_eq!(summary([0.0, 0.0, 0.0, 5.0], options), ["The mayor "]);
    }

    #[test]
    fn a_bare_dateline_is_no_summary() {
        let draft = Draft {
            text: "BISHKEK.\nShops stayed closed all day.".into(),
            ..Draft::default()
        };
        let article = Article::new(draft, &Limits::default()).unwrap();
        let document = Document::read(&article);
        let pieces = pieces(0, &[5.0, 4.0]);
        let reading = Reading {
            article: &article,
            document: &document,
            mentions: &[],
            pieces: &pieces,
        };
        let task = SummaryTask {
            solver: "extractive".into(),
            position: 0.05,
            position_cap: 10,
            redundancy: 0.5,
        };
        let summary = decide(&reading, &task, &sentences(1));
        assert_eq!(summary.text, "Shops stayed closed all day.");
    }

    #[test]
    fn words_of_unspaced_scripts_are_pairs() {
        assert_eq!(words("抗议者冲进议会"), words("抗议者冲进议会。"));
        assert!(overlap(&words("抗议者冲进议会"), &words("抗议者离开议会")) > 0.2);
        assert_eq!(overlap(&words("one two"), &words("three four")), 0.0);
    }
}
