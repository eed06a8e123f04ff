//! The rows of `dateline score` and `--json`: one JSON object per article, the fields of the contract by their names.

use serde::Serialize;
use serde_json::Value;

use super::fault::Fault;
use crate::domain::{
    Analysis, CountryAnswer, EventAnswer, Evidence, Field, NameMention, Span, Summary, Timings,
};

/// One line of JSON without the line break: the analysis or the error, under the id as it came.
pub fn line(id: &Value, answer: Result<&Analysis, &Fault>) -> String {
    let json = match answer {
        Ok(analysis) => serde_json::to_string(&Row::new(id, analysis)),
        Err(error) => serde_json::to_string(&ErrorRow { id, error }),
    };
    // Rows hold strings, numbers and lists: nothing whose serialisation can fail.
    json.unwrap_or_else(|error| unreachable!("a row that is no JSON: {error}"))
}

/// A row for an analysed article. Scores are printed in the fewest digits that parse back to the same `f32`.
#[derive(Debug, Serialize)]
pub struct Row<'a> {
    id: &'a Value,
    language: LanguageRow<'a>,
    countries: Vec<CountryRow<'a>>,
    events: Vec<EventRow<'a>>,
    /// Null if the summary was not wanted.
    summary: Option<SummaryRow<'a>>,
    truncation: TruncationRow,
    model: ModelRow<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<TimingsRow>,
    warnings: Vec<WarningRow<'a>>,
}

/// A row for an article that could not be analysed.
#[derive(Debug, Serialize)]
pub struct ErrorRow<'a> {
    id: &'a Value,
    error: &'a Fault,
}

#[derive(Debug, Serialize)]
struct LanguageRow<'a> {
    tag: &'a str,
    score: f32,
}

#[derive(Debug, Serialize)]
struct CountryRow<'a> {
    alpha2: &'static str,
    alpha3: &'static str,
    name: &'static str,
    score: f32,
    primary: bool,
    evidence: Vec<EvidenceRow<'a>>,
}

#[derive(Debug, Serialize)]
struct EventRow<'a> {
    r#type: &'static str,
    mode: Option<&'static str>,
    score: f32,
    primary: bool,
    quad_class: Option<&'static str>,
    evidence: Vec<EvidenceRow<'a>>,
}

#[derive(Debug, Serialize)]
struct EvidenceRow<'a> {
    text: &'a str,
    weight: f32,
    /// What the offsets count in: `title` or `text`.
    field: &'static str,
    #[serde(flatten)]
    place: Place,
    names: Vec<NameRow<'a>>,
}

#[derive(Debug, Serialize)]
struct NameRow<'a> {
    text: &'a str,
    kind: &'static str,
    #[serde(flatten)]
    place: Place,
}

#[derive(Debug, Serialize)]
struct SummaryRow<'a> {
    text: &'a str,
    sentences: Vec<SentenceRow<'a>>,
}

#[derive(Debug, Serialize)]
struct SentenceRow<'a> {
    text: &'a str,
    score: f32,
    #[serde(flatten)]
    place: Place,
}

/// Offsets in UTF-8 bytes and in code points; ends are exclusive.
#[derive(Debug, Serialize)]
struct Place {
    byte_start: usize,
    byte_end: usize,
    char_start: usize,
    char_end: usize,
}

#[derive(Debug, Serialize)]
struct TruncationRow {
    tokens_seen: usize,
    tokens_dropped: usize,
    windows: usize,
}

#[derive(Debug, Serialize)]
struct ModelRow<'a> {
    name: &'a str,
    version: &'a str,
    taxonomy_version: &'a str,
}

/// Milliseconds.
#[derive(Debug, Serialize)]
struct TimingsRow {
    text_ms: f64,
    queue_ms: f64,
    model_ms: f64,
    tasks_ms: f64,
}

#[derive(Debug, Serialize)]
struct WarningRow<'a> {
    code: &'static str,
    message: &'a str,
}

impl<'a> Row<'a> {
    /// `id` stands for the analysis' own, which is a string whatever came.
    pub fn new(id: &'a Value, analysis: &'a Analysis) -> Self {
        Self {
            id,
            language: LanguageRow {
                tag: &analysis.language.tag,
                score: analysis.language.score,
            },
            countries: analysis.countries.iter().map(CountryRow::from).collect(),
            events: analysis.events.iter().map(EventRow::from).collect(),
            summary: analysis.summary.as_ref().map(SummaryRow::from),
            truncation: TruncationRow {
                tokens_seen: analysis.truncation.tokens_seen,
                tokens_dropped: analysis.truncation.tokens_dropped,
                windows: analysis.truncation.windows,
            },
            model: ModelRow {
                name: &analysis.model.name,
                version: &analysis.model.version,
                taxonomy_version: &analysis.model.taxonomy_version,
            },
            timings: analysis.timings.as_ref().map(TimingsRow::from),
            warnings: analysis
                .warnings
                .iter()
                .map(|w| WarningRow {
                    code: w.code.name(),
                    message: &w.message,
                })
                .collect(),
        }
    }
}

impl<'a> From<&'a CountryAnswer> for CountryRow<'a> {
    fn from(answer: &'a CountryAnswer) -> Self {
        Self {
            alpha2: answer.country.alpha2,
            alpha3: answer.country.alpha3,
            name: answer.country.name,
            score: answer.score,
            primary: answer.primary,
            evidence: answer.evidence.iter().map(EvidenceRow::from).collect(),
        }
    }
}

impl<'a> From<&'a EventAnswer> for EventRow<'a> {
    fn from(answer: &'a EventAnswer) -> Self {
        Self {
            r#type: answer.event_type.name(),
            mode: answer.mode.map(|m| m.name()),
            score: answer.score,
            primary: answer.primary,
            quad_class: answer.quad_class.map(|q| q.name()),
            evidence: answer.evidence.iter().map(EvidenceRow::from).collect(),
        }
    }
}

impl<'a> From<&'a Evidence> for EvidenceRow<'a> {
    fn from(evidence: &'a Evidence) -> Self {
        Self {
            text: &evidence.text,
            weight: evidence.weight,
            field: match evidence.span.field {
                Field::Title => "title",
                Field::Text => "text",
            },
            place: Place::from(&evidence.span),
            names: evidence.names.iter().map(NameRow::from).collect(),
        }
    }
}

impl<'a> From<&'a NameMention> for NameRow<'a> {
    fn from(name: &'a NameMention) -> Self {
        Self {
            text: &name.text,
            kind: name.kind.name(),
            place: Place::from(&name.span),
        }
    }
}

impl<'a> From<&'a Summary> for SummaryRow<'a> {
    fn from(summary: &'a Summary) -> Self {
        Self {
            text: &summary.text,
            sentences: summary
                .sentences
                .iter()
                .map(|s| SentenceRow {
                    text: &s.text,
                    score: s.score,
                    place: Place::from(&s.span),
                })
                .collect(),
        }
    }
}

impl From<&Span> for Place {
    fn from(span: &Span) -> Self {
        Self {
            byte_start: span.bytes.start,
            byte_end: span.bytes.end,
            char_start: span.chars.start,
            char_end: span.chars.end,
        }
    }
}

impl From<&Timings> for TimingsRow {
    fn from(timings: &Timings) -> Self {
        let ms = |d: std::time::Duration| d.as_secs_f64() * 1e3;
        Self {
            text_ms: ms(timings.text),
            queue_ms: ms(timings.queue),
            model_ms: ms(timings.model),
            tasks_ms: ms(timings.tasks),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::domain::{
        Country, EventType, Language, Mode, ModelRef, NameKind, SummarySentence, Truncation,
        Warning, WarningCode,
    };

    /// An analysis with something in every field, of the text `Бишкек calm. Riot over.`
    pub(in crate::batch) fn full(id: &str) -> Analysis {
        let span = |bytes: std::ops::Range<usize>, chars: std::ops::Range<usize>| Span {
            field: Field::Text,
            bytes,
            chars,
        };
        let evidence = |names| Evidence {
            span: span(0..18, 0..12),
            text: "Бишкек calm.".into(),
            weight: 1.0,
            names,
        };
        let name = NameMention {
            text: "Бишкек".into(),
            span: span(0..12, 0..6),
            kind: NameKind::Capital,
        };
        Analysis {
            id: id.into(),
            language: Language {
                tag: "ky".into(),
                score: 0.1,
                given: false,
            },
            countries: Country::from_alpha2("KG")
                .map(|country| CountryAnswer {
                    country,
                    score: 0.7,
                    primary: true,
                    evidence: vec![evidence(vec![name])],
                })
                .into_iter()
                .collect(),
            events: vec![
                EventAnswer {
                    event_type: EventType::Protest,
                    mode: Some(Mode::Riot),
                    score: 0.333_333_34,
                    primary: true,
                    quad_class: EventType::Protest.quad_class(),
                    evidence: vec![evidence(vec![])],
                },
                EventAnswer {
                    event_type: EventType::Other,
                    mode: None,
                    score: 0.25,
                    primary: false,
                    quad_class: None,
                    evidence: vec![],
                },
            ],
            summary: Some(Summary {
                text: "Riot over.".into(),
                sentences: vec![SummarySentence {
                    text: "Riot over.".into(),
                    span: span(19..29, 13..23),
                    score: 0.9,
                }],
            }),
            truncation: Truncation {
                tokens_seen: 9,
                tokens_dropped: 2,
                windows: 1,
            },
            model: ModelRef {
                name: "m".into(),
                version: "1".into(),
                taxonomy_version: "t".into(),
            },
            timings: None,
            warnings: vec![Warning {
                code: WarningCode::Truncated,
                message: "cut".into(),
            }],
        }
    }

    #[test]
    fn a_row_has_the_documented_shape() {
        let mut analysis = full("a");
        analysis.timings = Some(Timings {
            text: Duration::from_micros(1500),
            ..Timings::default()
        });
        // From text, so that the test does not share the encoder's way of printing numbers.
        let expected: Value = serde_json::from_str(
            r#"{
            "id": "a",
            "language": {"tag": "ky", "score": 0.1},
            "countries": [{"alpha2": "KG", "alpha3": "KGZ", "name": "Kyrgyzstan", "score": 0.7, "primary": true,
                "evidence": [{"text": "Бишкек calm.", "weight": 1.0, "field": "text",
                    "byte_start": 0, "byte_end": 18, "char_start": 0, "char_end": 12,
                    "names": [{"text": "Бишкек", "kind": "capital",
                        "byte_start": 0, "byte_end": 12, "char_start": 0, "char_end": 6}]}]}],
            "events": [
                {"type": "PROTEST", "mode": "riot", "score": 0.33333334, "primary": true,
                    "quad_class": "material_conflict",
                    "evidence": [{"text": "Бишкек calm.", "weight": 1.0, "field": "text",
                        "byte_start": 0, "byte_end": 18, "char_start": 0, "char_end": 12, "names": []}]},
                {"type": "OTHER", "mode": null, "score": 0.25, "primary": false, "quad_class": null, "evidence": []}],
            "summary": {"text": "Riot over.", "sentences": [{"text": "Riot over.", "score": 0.9,
                "byte_start": 19, "byte_end": 29, "char_start": 13, "char_end": 23}]},
            "truncation": {"tokens_seen": 9, "tokens_dropped": 2, "windows": 1},
            "model": {"name": "m", "version": "1", "taxonomy_version": "t"},
            "timings": {"text_ms": 1.5, "queue_ms": 0.0, "model_ms": 0.0, "tasks_ms": 0.0},
            "warnings": [{"code": "TRUNCATED", "message": "cut"}]
        }"#,
        )
        .unwrap();
        let row: Value = serde_json::from_str(&line(&json!("a"), Ok(&analysis))).unwrap();
        assert_eq!(row, expected);
    }

    #[test]
    fn fields_stand_in_the_documented_order() {
        let row = line(&json!(1), Ok(&full("1")));
        let names = [
            "id",
            "language",
            "countries",
            "events",
            "summary",
            "truncation",
            "model",
            "warnings",
        ];
        let places: Vec<_> = names
            .iter()
            .map(|n| row.find(&format!("\"{n}\":")).unwrap())
            .collect();
        assert!(places.is_sorted(), "{row}");
        assert!(!row.contains('\n'));
        assert!(!row.contains("timings"));
    }

    #[test]
    fn absent_is_null_and_the_id_comes_back_as_it_came() {
        let mut analysis = full("12");
        analysis.summary = None;
        let row: Value = serde_json::from_str(&line(&json!(12), Ok(&analysis))).unwrap();
        assert_eq!(row["id"], json!(12));
        assert_eq!(row["summary"], Value::Null);
    }

    #[test]
    fn an_error_row_has_the_documented_shape() {
        let fault = Fault::of_field("text", "is empty").at("line 3");
        let row = line(&Value::Null, Err(&fault));
        assert_eq!(
            row,
            r#"{"id":null,"error":{"code":"INVALID_ARGUMENT","field":"text","message":"line 3: text is empty"}}"#
        );
    }

    proptest::proptest! {
        /// The command line and the service must agree bit for bit.
        #[test]
        fn scores_parse_back_to_the_same_bits(score in 0f32..=1.0) {
            #[derive(serde::Deserialize)]
            struct Back { events: Vec<Score> }
            #[derive(serde::Deserialize)]
            struct Score { score: f32 }
            let mut analysis = full("a");
            analysis.events[0].score = score;
            let back: Back = serde_json::from_str(&line(&Value::Null, Ok(&analysis))).unwrap();
            proptest::prop_assert_eq!(back.events[0].score.to_bits(), score.to_bits());
        }
    }
}
