//! Where: the country head joined with the names found.
//!
//! For every country `c`: `s_c = head * ln p_c + names * ln(n_c + floor) + spread * ln(u_c + floor)`, where `p` is the
//! head's softmax, `n_c` the country's share of the names found with kind, title and position weighed (a mention in
//! sentence `i` counts `1 / (1 + decay * i)`), and `u_c` its share of all mentions alike, which an article whose headline
//! speaks of a neighbour needs. The score of a country is `exp s_c / (exp none + Σ exp s)`: its share against all others
//! and against "no country at all". The weights are learned and stand in the manifest.

use std::collections::HashMap;

use super::{Labels, Reading, joint::Joint, softmax};
use crate::{
    domain::{Country, CountryAnswer, Evidence, Field, NameKind, NameMention, Options, Span},
    model::manifest::CountryTask,
    text::Mention,
};

/// Most countries of an answer.
const MOST_COUNTRIES: usize = 5;
/// Sentences given as evidence for one country.
const MOST_EVIDENCE: usize = 3;
/// Probability of a country that the head does not know.
const UNKNOWN: f32 = 1e-4;

/// The countries of an article: primary first, possibly none. `bias`: of the country head, `[labels]`.
pub fn decide(
    reading: &Reading<'_>,
    bias: &[f32],
    labels: &Labels,
    task: &CountryTask,
    lead: f32,
    options: &Options,
) -> Vec<CountryAnswer> {
    if reading.pieces.is_empty() {
        return Vec::new();
    }
    let sentences = reading.document.sentences.len();
    let joint = Joint::new(
        reading.pieces,
        |p| Joint::pooled(&p.country),
        bias,
        sentences,
        lead,
    );
    let probabilities = softmax(joint.logits.iter().map(|x| x / task.temperature));
    let head: HashMap<&str, f32> = labels
        .countries
        .iter()
        .zip(&probabilities)
        .map(|(c, p)| (c.alpha2, *p))
        .collect();
    let names = Names::weigh(reading, task, &head);
    let scores = join(&head, &names, task);
    let threshold = if names.shares.is_empty() {
        task.join.alone
    } else {
        task.threshold
    };
    let least = options.min_score.unwrap_or(threshold);
    scores
        .into_iter()
        .take(MOST_COUNTRIES)
        .take_while(|(_, score)| *score >= least)
        .enumerate()
        .map(|(place, (country, score))| {
            let evidence = if options.evidence {
                let row = labels.countries.iter().position(|c| *c == country);
                evidence(
                    reading,
                    country,
                    &names,
                    row.map(|row| joint.support(row)),
                    task,
                )
            } else {
                Vec::new()
            };
            CountryAnswer {
                country,
                score,
                primary: place == 0,
                evidence,
            }
        })
        .collect()
}

/// The names found, weighed.
struct Names {
    /// Share of each country among the names found, each weighed by kind and place.
    shares: HashMap<&'static str, f32>,
    /// Share of each country among all mentions alike.
    spread: HashMap<&'static str, f32>,
    /// By sentence, then country: what its names weigh.
    sentences: Vec<HashMap<&'static str, f32>>,
}

impl Names {
    fn weigh(reading: &Reading<'_>, task: &CountryTask, head: &HashMap<&str, f32>) -> Self {
        let join = &task.join;
        let mut sentences: Vec<HashMap<&'static str, f32>> =
            vec![HashMap::new(); reading.mentions.len()];
        let mut position = 0;
        let mut counts: HashMap<&'static str, f32> = HashMap::new();
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
                1.0 / (1.0 + join.decay * (position - 1) as f32)
            };
            for mention in mentions {
                let weight = place * join.kinds[mention.kind as usize];
                for country in &mention.countries {
                    *counts.entry(country.alpha2).or_default() +=
                        1.0 / mention.countries.len() as f32;
                }
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
                head.get(c.alpha2).copied().unwrap_or(UNKNOWN)
                    + sure.get(c.alpha2).copied().unwrap_or(0.0)
            };
            let total: f32 = mention.countries.iter().map(|c| prior(c)).sum();
            for country in &mention.countries {
                *sentences[i].entry(country.alpha2).or_default() += weight * prior(country) / total;
            }
        }
        let mut sums: HashMap<&'static str, f32> = HashMap::new();
        for (country, weight) in sentences.iter().flatten() {
            // One entry per sentence and country, sentences in order: the sum is the same in every run.
            *sums.entry(country).or_default() += weight;
        }
        Self {
            shares: shares(sums),
            spread: shares(counts),
            sentences,
        }
    }
}

/// Sums as shares of their total.
fn shares(mut sums: HashMap<&'static str, f32>) -> HashMap<&'static str, f32> {
    // In the table's order, so that the same article always gives the same total.
    let total: f32 = Country::all()
        .iter()
        .filter_map(|c| sums.get(c.alpha2))
        .sum();
    sums.values_mut().for_each(|sum| *sum /= total);
    sums
}

/// Scores of all countries, best first.
fn join(
    head: &HashMap<&str, f32>,
    names: &Names,
    task: &CountryTask,
) -> Vec<(&'static Country, f32)> {
    let weights = &task.join;
    let log_score = |country: &Country| {
        let p = head
            .get(country.alpha2)
            .copied()
            .unwrap_or(0.0)
            .max(UNKNOWN);
        let share = |of: &HashMap<&str, f32>| {
            of.get(country.alpha2).copied().unwrap_or(0.0) + weights.floor
        };
        weights.head * p.ln()
            + weights.names * share(&names.shares).ln()
            + weights.spread * share(&names.spread).ln()
    };
    let all = Country::all();
    let shares = match names.shares.is_empty() {
        true => all
            .iter()
            .map(|c| head.get(c.alpha2).copied().unwrap_or(0.0))
            .collect(),
        false => softmax(all.iter().map(log_score).chain([weights.none])),
    };
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
    let named: Vec<f32> = names
        .sentences
        .iter()
        .map(|s| s.get(country.alpha2).copied().unwrap_or(0.0))
        .collect();
    let support = support.unwrap_or_else(|| vec![0.0; named.len()]);
    let (names_total, head_total) = (positive(&named), positive(&support));
    let of_names = match names_total {
        0.0 => 0.0,
        _ => {
            (task.join.names + task.join.spread)
                / (task.join.names + task.join.spread + task.join.head)
        }
    };
    let part = |value: f32, total: f32| {
        if total > 0.0 {
            value.max(0.0) / total
        } else {
            0.0
        }
    };
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
    let Some(at) = sentences
        .clone()
        .position(|s| s.field == span.field && s.bytes == span.bytes)
    else {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Article, Draft, Limits},
        model::{PieceScores, Pooled, manifest::CountryJoin},
        text::Document,
    };

    fn task() -> CountryTask {
        CountryTask {
            solver: "head+names".into(),
            pool: 0,
            labels: vec![],
            temperature: 1.0,
            join: CountryJoin {
                head: 0.5,
                names: 1.0,
                spread: 0.8,
                floor: 0.003,
                kinds: [1.0, 0.9, 0.8, 0.7, 0.6],
                title: 1.5,
                decay: 0.2,
                alone: 0.4,
                none: -6.5,
            },
            threshold: 0.12,
        }
    }

    fn country(alpha2: &str) -> &'static Country {
        Country::from_alpha2(alpha2).unwrap()
    }

    /// What the head thinks of KG, KZ and RU, and the names that stand for countries, in the text's order.
    fn decide_on(
        text: &str,
        logits: [f32; 3],
        names: &[(&str, NameKind, &[&str])],
    ) -> Vec<CountryAnswer> {
        let article = Article::new(
            Draft {
                text: text.into(),
                ..Draft::default()
            },
            &Limits::default(),
        )
        .unwrap();
        let document = Document::read(&article);
        let mentions: Vec<Vec<Mention>> = document
            .sentences
            .iter()
            .map(|sentence| {
                let words = sentence.text(&article);
                let mut found: Vec<Mention> = names
                    .iter()
                    .flat_map(|(name, kind, alpha2)| {
                        words.match_indices(name).map(move |(at, _)| Mention {
                            bytes: at..at + name.len(),
                            countries: alpha2.iter().map(|a| country(a)).collect(),
                            kind: *kind,
                        })
                    })
                    .collect();
                found.sort_by_key(|m| m.bytes.start);
                found
            })
            .collect();
        let pooled = Pooled {
            log_mass: 0.0,
            logits: logits.to_vec(),
        };
        let pieces = [PieceScores {
            segment: 0,
            window: 0,
            tokens: 5,
            salience: 0.0,
            event: pooled.clone(),
            country: pooled,
            mode: vec![],
        }];
        let labels = Labels {
            events: vec![],
            modes: vec![],
            countries: vec![country("KG"), country("KZ"), country("RU")],
        };
        let reading = Reading {
            article: &article,
            document: &document,
            mentions: &mentions,
            pieces: &pieces,
        };
        decide(
            &reading,
            &[0.0; 3],
            &labels,
            &task(),
            1.0,
            &Options::default(),
        )
    }

    fn codes(answers: &[CountryAnswer]) -> Vec<&'static str> {
        answers.iter().map(|a| a.country.alpha2).collect()
    }

    #[test]
    fn the_head_and_the_names_help_each_other() {
        struct Case {
            text: &'static str,
            head: [f32; 3],
            names: &'static [(&'static str, NameKind, &'static [&'static str])],
            first: Option<&'static str>,
        }
        let cases = [
            // A name alone.
            Case {
                text: "Crowds filled the squares of Bishkek on Monday.",
                head: [0.0, 0.0, 0.0],
                names: &[("Bishkek", NameKind::Capital, &["KG"])],
                first: Some("KG"),
            },
            // No name, but a sure head.
            Case {
                text: "Crowds filled the squares of the capital on Monday.",
                head: [0.0, 9.0, 0.0],
                names: &[],
                first: Some("KZ"),
            },
            // Neither.
            Case {
                text: "Nobody knows where it was.",
                head: [0.0, 0.0, 0.0],
                names: &[],
                first: None,
            },
            // The neighbour leads, the place is named throughout.
            Case {
                text: "An ally of Russia is in crisis. Crowds filled Bishkek. Police left Bishkek. The Kyrgyz opposition \
                       met. Kyrgyz media fell silent. In Bishkek shops closed.",
                head: [1.0, 0.0, 1.0],
                names: &[
                    ("Russia", NameKind::Country, &["RU"]),
                    ("Bishkek", NameKind::Capital, &["KG"]),
                    ("Kyrgyz", NameKind::Demonym, &["KG"]),
                ],
                first: Some("KG"),
            },
            // An ambiguous name means what the head reads.
            Case {
                text: "The union spoke in Georgetown.",
                head: [0.0, 6.0, 0.0],
                names: &[("Georgetown", NameKind::City, &["KG", "KZ"])],
                first: Some("KZ"),
            },
        ];
        for case in cases {
            let answers = decide_on(case.text, case.head, case.names);
            assert_eq!(
                codes(&answers).first().copied(),
                case.first,
                "{}",
                case.text
            );
        }
    }

    #[test]
    fn scores_are_shares_and_fall() {
        let names: &[(&str, NameKind, &[&str])] = &[
            ("Astana", NameKind::Capital, &["KZ"]),
            ("Moscow", NameKind::Capital, &["RU"]),
        ];
        let answers = decide_on("Astana and Moscow signed a treaty.", [0.0, 2.0, 2.0], names);
        assert_eq!(answers.len(), 2);
        assert!(answers[0].primary && !answers[1].primary);
        assert!(answers[0].score >= answers[1].score);
        assert!(answers.iter().map(|a| a.score).sum::<f32>() <= 1.0 + 1e-6);
    }

    #[test]
    fn the_evidence_holds_the_names() {
        let names: &[(&str, NameKind, &[&str])] = &[("Бишкек", NameKind::Capital, &["KG"])];
        let text = "Толпа вышла на площадь. Город Бишкек перекрыт.";
        let answers = decide_on(text, [0.0; 3], names);
        let named = answers[0]
            .evidence
            .iter()
            .find(|e| !e.names.is_empty())
            .unwrap();
        assert_eq!(named.text, "Город Бишкек перекрыт.");
        let name = &named.names[0];
        assert_eq!(&text[name.span.bytes.clone()], "Бишкек");
        let chars: Vec<char> = text.chars().collect();
        assert_eq!(
            chars[name.span.chars.clone()].iter().collect::<String>(),
            "Бишкек"
        );
    }
}
