//! Where: the country head joined with the names found.
//!
//! For every country `c`: `s_c = head * ln p_c + names * ln(n_c + floor)`, where `p` is the head's softmax and `n_c` the
//! country's share of the names found (kinds, title and position weighted by the manifest). The score of a country is
//! `exp s_c / (exp none + Σ exp s)`: its share against all others and against "no country at all".

use std::collections::HashMap;

use super::{Labels, Reading, joint::Joint, softmax};
use crate::{
    domain::{Country, CountryAnswer, Evidence, Field, NameKind, NameMention, Options, Span},
    model::{Heads, manifest::CountryTask},
    text::Mention,
};

/// Most countries of an answer.
const MOST_COUNTRIES: usize = 5;
/// Sentences given as evidence for one country.
const MOST_EVIDENCE: usize = 3;
/// Probability of a country that the head does not know.
const UNKNOWN: f32 = 1e-4;

/// The countries of an article: primary first, possibly none.
pub fn decide(
    reading: &Reading<'_>,
    heads: &Heads,
    labels: &Labels,
    task: &CountryTask,
    lead: f32,
    options: &Options,
) -> Vec<CountryAnswer> {
    if reading.pieces.is_empty() {
        return Vec::new();
    }
    let sentences = reading.document.sentences.len();
    let joint = Joint::new(reading.pieces, |p| Joint::pooled(&p.country), heads.country_bias(), sentences, lead);
    let probabilities = softmax(joint.logits.iter().map(|x| x / task.temperature));
    let head: HashMap<&str, f32> = labels.countries.iter().zip(&probabilities).map(|(c, p)| (c.alpha2, *p)).collect();
    let names = Names::weigh(reading, task, &head);
    let scores = join(&head, &names, task);
    let least = options.min_score.unwrap_or(task.threshold);
    scores
        .into_iter()
        .take(MOST_COUNTRIES)
        .take_while(|(_, score)| *score >= least)
        .enumerate()
        .map(|(place, (country, score))| {
            let evidence = if options.evidence {
                let row = labels.countries.iter().position(|c| *c == country);
                evidence(reading, country, &names, row.map(|row| joint.support(row)), task)
            } else {
                Vec::new()
            };
            CountryAnswer { country, score, primary: place == 0, evidence }
        })
        .collect()
}

/// The names found, weighed.
struct Names {
    /// Share of each country among all names found.
    shares: HashMap<&'static str, f32>,
    /// By sentence, then country: what its names weigh.
    sentences: Vec<HashMap<&'static str, f32>>,
}

impl Names {
    fn weigh(reading: &Reading<'_>, task: &CountryTask, head: &HashMap<&str, f32>) -> Self {
        let join = &task.join;
        let mut sentences: Vec<HashMap<&'static str, f32>> = vec![HashMap::new(); reading.mentions.len()];
        let mut position = 0;
        // Names that stand for one country first: they tell what the ambiguous ones mean.
        let mut sure: HashMap<&str, f32> = HashMap::new();
        let mut ambiguous: Vec<(usize, &Mention, f32)> = Vec::new();
        for (i, mentions) in reading.mentions.iter().enumerate() {
            let sentence = &reading.document.sentences[i];
            if sentence.boilerplate {
                continue;
            }
            let place = if Some(i) == reading.document.title {
                join.title
            } else {
                position += 1;
                (-join.decay * (position - 1) as f32).exp()
            };
            for mention in mentions {
                let weight = place * join.kinds[mention.kind as usize];
                if let [country] = mention.countries[..] {
                    *sentences[i].entry(country.alpha2).or_default() += weight;
                    *sure.entry(country.alpha2).or_default() += weight;
                } else {
                    ambiguous.push((i, mention, weight));
                }
            }
        }
        for (i, mention, weight) in ambiguous {
            let prior = |c: &Country| {
                head.get(c.alpha2).copied().unwrap_or(UNKNOWN) + sure.get(c.alpha2).copied().unwrap_or(0.0)
            };
            let total: f32 = mention.countries.iter().map(|c| prior(c)).sum();
            for country in &mention.countries {
                *sentences[i].entry(country.alpha2).or_default() += weight * prior(country) / total;
            }
        }
        let mut shares: HashMap<&'static str, f32> = HashMap::new();
        // In the table's order, so that the same article always gives the same sum.
        for country in Country::all() {
            let sum: f32 = sentences.iter().filter_map(|s| s.get(country.alpha2)).sum();
            if sum > 0.0 {
                shares.insert(country.alpha2, sum);
            }
        }
        let total: f32 = Country::all().iter().filter_map(|c| shares.get(c.alpha2)).sum();
        shares.values_mut().for_each(|share| *share /= total);
        Self { shares, sentences }
    }
}

/// Scores of all countries, best first.
fn join(head: &HashMap<&str, f32>, names: &Names, task: &CountryTask) -> Vec<(&'static Country, f32)> {
    let weights = &task.join;
    let log_score = |country: &Country| {
        let p = head.get(country.alpha2).copied().unwrap_or(0.0).max(UNKNOWN);
        let n = names.shares.get(country.alpha2).copied().unwrap_or(0.0);
        weights.head * p.ln() + weights.names * (n + weights.floor).ln()
    };
    let all = Country::all();
    let shares = softmax(all.iter().map(log_score).chain([weights.none]));
    let mut scores: Vec<(&'static Country, f32)> = all.iter().zip(shares).collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    scores
}

/// The sentences that name the country or that the head read it from.
fn evidence(
    reading: &Reading<'_>,
    country: &'static Country,
    names: &Names,
    support: Option<Vec<f32>>,
    task: &CountryTask,
) -> Vec<Evidence> {
    let named: Vec<f32> =
        names.sentences.iter().map(|s| s.get(country.alpha2).copied().unwrap_or(0.0)).collect();
    let support = support.unwrap_or_else(|| vec![0.0; named.len()]);
    let (names_total, head_total) = (positive(&named), positive(&support));
    let of_names = match names_total {
        0.0 => 0.0,
        _ => task.join.names / (task.join.names + task.join.head),
    };
    let part = |value: f32, total: f32| if total > 0.0 { value.max(0.0) / total } else { 0.0 };
    let weights: Vec<f32> = named
        .iter()
        .zip(&support)
        .map(|(n, s)| of_names * part(*n, names_total) + (1.0 - of_names) * part(*s, head_total))
        .collect();
    let mut evidence = reading.evidence(&weights, MOST_EVIDENCE);
    for item in &mut evidence {
        item.names = mentions_in(reading, country, &item.span);
    }
    evidence
}

fn positive(values: &[f32]) -> f32 {
    values.iter().filter(|v| **v > 0.0).sum()
}

/// The names in the sentence at `span` that may stand for the country.
fn mentions_in(reading: &Reading<'_>, country: &'static Country, span: &Span) -> Vec<NameMention> {
    let sentences = reading.document.sentences.iter();
    let Some(at) = sentences.clone().position(|s| s.field == span.field && s.bytes == span.bytes) else {
        return Vec::new();
    };
    let field = match span.field {
        Field::Title => reading.article.title(),
        Field::Text => reading.article.text(),
    };
    let sentence = &field[span.bytes.clone()];
    reading.mentions[at]
        .iter()
        .filter(|m| m.countries.contains(&country))
        .map(|m| {
            let chars = |bytes: usize| span.chars.start + sentence[..bytes].chars().count();
            NameMention {
                text: sentence[m.bytes.clone()].to_owned(),
                span: Span {
                    field: span.field,
                    bytes: span.bytes.start + m.bytes.start..span.bytes.start + m.bytes.end,
                    chars: chars(m.bytes.start)..chars(m.bytes.end),
                },
                kind: m.kind,
            }
        })
        .collect()
}

/// `CountryJoin::kinds` is indexed by kind.
const _: () = assert!(NameKind::Country as usize == 0 && NameKind::Leader as usize == 4);
