//! Messages to the domain's types at the door, and answers back into messages.

use std::time::{Duration, SystemTime};

use super::{Settings, proto};
use crate::{
    analyzer::Analyze,
    domain::{
        Analysis, Article, Country, CountryAnswer, Draft, EventAnswer, EventType, Evidence, Field,
        InvalidArticle, Limits, Mode, NameKind, NameMention, Options, OptionsDraft, QuadClass,
        Request, Span, Summary, SummarySentence, Task, Timings, taxonomy,
    },
    model::manifest::Quality,
};

/// Most items of a batch.
pub const MAX_BATCH: usize = 256;

/// Checks a request.
///
/// # Errors
/// The first field that cannot be accepted, by its path in `AnalyzeRequest`.
pub fn request(request: proto::AnalyzeRequest, limits: &Limits) -> Result<Request, InvalidArticle> {
    let article = request
        .article
        .ok_or_else(|| InvalidArticle::new("article", "is missing; send the article to analyse"))?;
    Ok(Request {
        article: self::article(article, limits)?,
        tasks: tasks(&request.tasks)?,
        options: options(request.options.unwrap_or_default())?,
    })
}

/// The answer for one article.
pub fn analysis(analysis: Analysis) -> proto::Analysis {
    proto::Analysis {
        id: analysis.id,
        language: Some(proto::Language {
            tag: analysis.language.tag,
            score: analysis.language.score,
            given: analysis.language.given,
        }),
        countries: analysis.countries.into_iter().map(country).collect(),
        events: analysis.events.into_iter().map(event).collect(),
        summary: analysis.summary.map(summary),
        truncation: Some(proto::Truncation {
            tokens_seen: count(analysis.truncation.tokens_seen),
            tokens_dropped: count(analysis.truncation.tokens_dropped),
            windows: count(analysis.truncation.windows),
        }),
        model: Some(proto::ModelRef {
            name: analysis.model.name,
            version: analysis.model.version,
            taxonomy_version: analysis.model.taxonomy_version,
        }),
        timings: analysis.timings.map(timings),
        warnings: analysis
            .warnings
            .into_iter()
            .map(|warning| proto::Warning {
                code: warning.code.name().to_owned(),
                message: warning.message,
            })
            .collect(),
    }
}

/// What the server knows of its model.
pub fn model(analyzer: &impl Analyze, settings: &Settings) -> proto::GetModelResponse {
    let manifest = analyzer.manifest();
    let Settings {
        call_concurrency,
        max_batch_bytes,
    } = *settings;
    let limits = analyzer.settings().limits;
    let solver = |task: Task, solver: &str| proto::TaskSolver {
        task: task_number(task) as i32,
        solver: solver.to_owned(),
    };
    proto::GetModelResponse {
        name: manifest.name.clone(),
        version: manifest.version.clone(),
        sha256: manifest
            .files
            .get("model.safetensors")
            .cloned()
            .unwrap_or_default(),
        taxonomy_version: manifest.taxonomy_version.clone(),
        license: manifest.license.clone(),
        languages: manifest
            .quality
            .iter()
            .map(|(tag, q)| quality(tag, q))
            .collect(),
        limits: Some(proto::Limits {
            max_text_bytes: count(limits.text_bytes),
            max_title_bytes: count(limits.title_bytes),
            max_id_bytes: count(limits.id_bytes),
            max_batch: count(MAX_BATCH),
            max_tokens: count(analyzer.settings().max_tokens),
            max_stream_concurrency: count(call_concurrency),
            max_batch_bytes: count(max_batch_bytes),
        }),
        solvers: vec![
            solver(Task::Country, &manifest.tasks.country.solver),
            solver(Task::Event, &manifest.tasks.event.solver),
            solver(Task::Summary, &manifest.tasks.summary.solver),
        ],
        device: analyzer.device().to_owned(),
        precision: analyzer.precision().to_owned(),
    }
}

/// The taxonomy with its cross-walk, and the countries.
pub fn labels() -> proto::ListLabelsResponse {
    proto::ListLabelsResponse {
        taxonomy_version: taxonomy::VERSION.to_owned(),
        event_types: EventType::ALL.into_iter().map(event_type_label).collect(),
        countries: Country::all()
            .iter()
            .map(|country| proto::CountryLabel {
                alpha2: country.alpha2.to_owned(),
                alpha3: country.alpha3.to_owned(),
                name: country.name.to_owned(),
            })
            .collect(),
    }
}

fn article(article: proto::Article, limits: &Limits) -> Result<Article, InvalidArticle> {
    let published_at = article.published_at.map(published_at).transpose()?;
    Article::new(
        Draft {
            id: article.id,
            title: article.title,
            text: article.text,
            language: article.language,
            published_at,
            source: article.source,
        },
        limits,
    )
}

/// Years 1 to 9999, as `google.protobuf.Timestamp` has them.
fn published_at(timestamp: prost_types::Timestamp) -> Result<SystemTime, InvalidArticle> {
    const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
    let of = |seconds: i64, nanos: i32| {
        let nanos = u32::try_from(nanos).ok().filter(|n| *n < 1_000_000_000)?;
        if !SECONDS.contains(&seconds) {
            return None;
        }
        let second = match u64::try_from(seconds) {
            Ok(after) => SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(after)),
            Err(_) => {
                SystemTime::UNIX_EPOCH.checked_sub(Duration::from_secs(seconds.unsigned_abs()))
            }
        };
        second?.checked_add(Duration::from_nanos(nanos.into()))
    };
    of(timestamp.seconds, timestamp.nanos).ok_or_else(|| {
        InvalidArticle::new(
            "article.published_at",
            "is out of range; send a time of the years 1 to 9999 with 0 to 999999999 nanos, or leave it unset",
        )
    })
}

/// The tasks wanted, each once, in the order of [`Task::ALL`]; all of them if none is named.
fn tasks(numbers: &[i32]) -> Result<Vec<Task>, InvalidArticle> {
    if let Some(unknown) = numbers
        .iter()
        .find(|n| Task::ALL.iter().all(|t| task_number(*t) as i32 != **n))
    {
        return Err(InvalidArticle::new(
            "tasks",
            format!(
                "has {unknown}, which is no task; send TASK_COUNTRY (1), TASK_EVENT (2) or TASK_SUMMARY (3), or none for all"
            ),
        ));
    }
    let wanted = |task: &Task| numbers.is_empty() || numbers.contains(&(task_number(*task) as i32));
    Ok(Task::ALL.into_iter().filter(wanted).collect())
}

fn options(options: proto::AnalyzeOptions) -> Result<Options, InvalidArticle> {
    Options::new(OptionsDraft {
        summary_sentences: options.summary_sentences,
        summary_max_chars: options.summary_max_chars,
        min_score: options.min_score,
        evidence: options.evidence,
        timings: options.timings,
    })
}

fn country(answer: CountryAnswer) -> proto::Country {
    proto::Country {
        alpha2: answer.country.alpha2.to_owned(),
        alpha3: answer.country.alpha3.to_owned(),
        name: answer.country.name.to_owned(),
        score: answer.score,
        primary: answer.primary,
        evidence: answer.evidence.into_iter().map(evidence).collect(),
    }
}

fn event(answer: EventAnswer) -> proto::Event {
    proto::Event {
        r#type: event_type_number(answer.event_type),
        mode: answer
            .mode
            .map_or(proto::Mode::Unspecified as i32, mode_number),
        score: answer.score,
        primary: answer.primary,
        quad_class: quad_class_number(answer.quad_class),
        evidence: answer.evidence.into_iter().map(evidence).collect(),
    }
}

fn evidence(evidence: Evidence) -> proto::Evidence {
    proto::Evidence {
        span: Some(span(&evidence.span)),
        text: evidence.text,
        weight: evidence.weight,
        names: evidence.names.into_iter().map(name_mention).collect(),
    }
}

fn name_mention(name: NameMention) -> proto::NameMention {
    use proto::name_mention::Kind;
    let kind = match name.kind {
        NameKind::Country => Kind::Country,
        NameKind::Demonym => Kind::Demonym,
        NameKind::Capital => Kind::Capital,
        NameKind::City => Kind::City,
        NameKind::Leader => Kind::Leader,
    };
    proto::NameMention {
        span: Some(span(&name.span)),
        text: name.text,
        kind: kind as i32,
    }
}

fn summary(summary: Summary) -> proto::Summary {
    proto::Summary {
        text: summary.text,
        sentences: summary
            .sentences
            .into_iter()
            .map(summary_sentence)
            .collect(),
    }
}

fn summary_sentence(sentence: SummarySentence) -> proto::SummarySentence {
    proto::SummarySentence {
        span: Some(span(&sentence.span)),
        text: sentence.text,
        salience: sentence.score,
    }
}

fn span(span: &Span) -> proto::Span {
    let field = match span.field {
        Field::Title => proto::span::Field::Title,
        Field::Text => proto::span::Field::Text,
    };
    proto::Span {
        field: field as i32,
        byte_start: count(span.bytes.start),
        byte_end: count(span.bytes.end),
        char_start: count(span.chars.start),
        char_end: count(span.chars.end),
    }
}

fn timings(timings: Timings) -> proto::Timings {
    // A stage that lasts longer than a protobuf duration can hold (10 000 years) does not exist.
    let of = |stage: Duration| prost_types::Duration::try_from(stage).ok();
    proto::Timings {
        text: of(timings.text),
        queue: of(timings.queue),
        model: of(timings.model),
        tasks: of(timings.tasks),
    }
}

fn quality(tag: &str, quality: &Quality) -> proto::LanguageQuality {
    proto::LanguageQuality {
        language: tag.to_owned(),
        items: quality.items,
        event_accuracy: quality.event_accuracy,
        event_accuracy_not_other: quality.event_accuracy_not_other,
        country_accuracy: quality.country_accuracy,
        summary_overlap: quality.summary_overlap,
        event_macro_f1: quality.event_macro_f1,
        event_calibration_error: quality.event_calibration_error,
    }
}

fn event_type_label(event_type: EventType) -> proto::EventTypeLabel {
    let mode_label = |mode: &Mode| proto::ModeLabel {
        mode: mode_number(*mode),
        name: mode.name().to_owned(),
    };
    proto::EventTypeLabel {
        r#type: event_type_number(event_type),
        name: event_type.name().to_owned(),
        definition: event_type.definition().to_owned(),
        quad_class: quad_class_number(event_type.quad_class()),
        modes: event_type.modes().iter().map(mode_label).collect(),
        mappings: taxonomy::mappings(event_type).iter().map(mapping).collect(),
    }
}

fn mapping(mapping: &taxonomy::Mapping) -> proto::Mapping {
    let relation = match mapping.relation {
        taxonomy::Relation::Exact => proto::Relation::Exact,
        taxonomy::Relation::Broader => proto::Relation::Broader,
        taxonomy::Relation::Narrower => proto::Relation::Narrower,
        taxonomy::Relation::None => proto::Relation::None,
    };
    proto::Mapping {
        taxonomy: mapping.taxonomy.to_owned(),
        code: mapping.code.to_owned(),
        name: mapping.name.to_owned(),
        relation: relation as i32,
        requires: mapping.requires.to_owned(),
    }
}

fn task_number(task: Task) -> proto::Task {
    match task {
        Task::Country => proto::Task::Country,
        Task::Event => proto::Task::Event,
        Task::Summary => proto::Task::Summary,
    }
}

/// The contract's enum has the domain's order after its zero value (a test below compares the names).
fn event_type_number(event_type: EventType) -> i32 {
    event_type as i32 + 1
}

/// As [`event_type_number`].
fn mode_number(mode: Mode) -> i32 {
    mode as i32 + 1
}

fn quad_class_number(quad_class: Option<QuadClass>) -> i32 {
    let class = match quad_class {
        None => proto::QuadClass::Unspecified,
        Some(QuadClass::VerbalCooperation) => proto::QuadClass::VerbalCooperation,
        Some(QuadClass::MaterialCooperation) => proto::QuadClass::MaterialCooperation,
        Some(QuadClass::VerbalConflict) => proto::QuadClass::VerbalConflict,
        Some(QuadClass::MaterialConflict) => proto::QuadClass::MaterialConflict,
    };
    class as i32
}

/// Sizes fit 32 bits: no message that large is accepted.
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_the_contracts_numbers() {
        for event_type in EventType::ALL {
            let proto = proto::EventType::try_from(event_type_number(event_type)).unwrap();
            assert_eq!(
                proto.as_str_name(),
                format!("EVENT_TYPE_{}", event_type.name())
            );
        }
        for mode in Mode::ALL {
            let proto = proto::Mode::try_from(mode_number(mode)).unwrap();
            let name = mode.name().to_uppercase().replace('-', "_");
            assert_eq!(proto.as_str_name(), format!("MODE_{name}"));
        }
    }

    #[test]
    fn tasks_are_taken_once_and_none_means_all() {
        assert_eq!(tasks(&[]).unwrap(), Task::ALL);
        assert_eq!(
            tasks(&[3, 1, 3, 1]).unwrap(),
            [Task::Country, Task::Summary]
        );
        for unknown in [0, 4, -1, i32::MAX, i32::MIN] {
            let error = tasks(&[1, unknown]).unwrap_err();
            assert_eq!(error.field, "tasks");
            assert!(error.reason.contains(&unknown.to_string()));
        }
    }

    #[test]
    fn times_of_the_years_1_to_9999_are_taken() {
        let of = |seconds, nanos| published_at(prost_types::Timestamp { seconds, nanos });
        assert_eq!(of(0, 0).unwrap(), SystemTime::UNIX_EPOCH);
        assert_eq!(
            of(-1, 500_000_000).unwrap(),
            SystemTime::UNIX_EPOCH - Duration::from_millis(500)
        );
        assert!(of(-62_135_596_800, 0).is_ok());
        assert!(of(253_402_300_799, 999_999_999).is_ok());
        for (seconds, nanos) in [
            (-62_135_596_801, 0),
            (253_402_300_800, 0),
            (i64::MIN, 0),
            (i64::MAX, 0),
            (0, -1),
            (0, 1_000_000_000),
        ] {
            assert_eq!(
                of(seconds, nanos).unwrap_err().field,
                "article.published_at"
            );
        }
    }
}
