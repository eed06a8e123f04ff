//! One article as a JSON object: `{"id", "title", "text", "language", "published_at", "source"}`.

use std::time::SystemTime;

use serde_json::{Map, Value};

use super::{fault::Fault, timestamp};
use crate::domain::{Draft, Limits};

/// The fields of one article as they came, types checked, contents not yet.
#[derive(Debug, Clone)]
pub struct Record {
    /// A string, a whole number or null; comes back in the row as it came.
    pub id: Value,
    pub draft: Draft,
}

/// A record that cannot be used, with its id if that could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct BadRecord {
    pub id: Value,
    pub fault: Fault,
}

impl Record {
    /// Reads the bytes of one JSON object. Unknown fields are ignored; null is the same as leaving a field out.
    ///
    /// # Errors
    /// Bytes that are not UTF-8, not JSON, not an object; a field of the wrong type; no text.
    pub fn from_json(bytes: &[u8], limits: &Limits) -> Result<Self, BadRecord> {
        let fields = object(bytes).map_err(|fault| BadRecord {
            id: Value::Null,
            fault,
        })?;
        let id = id(&fields, limits).map_err(|fault| BadRecord {
            id: Value::Null,
            fault,
        })?;
        match draft(&id, &fields) {
            Ok(draft) => Ok(Self { id, draft }),
            Err(fault) => Err(BadRecord { id, fault }),
        }
    }
}

/// Says which byte is the first that is no UTF-8.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|error| {
        let byte = error.valid_up_to();
        let mend = match bytes {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                "it looks like UTF-16; convert it with `iconv -f UTF-16 -t UTF-8`"
            }
            _ => "convert it to UTF-8, for example with `iconv -f WINDOWS-1256 -t UTF-8`",
        };
        Fault::invalid(format!("is not UTF-8 at byte {byte}; {mend}"))
    })
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Fault> {
    let text = utf8(bytes)?;
    // Into a `Value`, never into a typed struct: the messages of a type mismatch quote the input.
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Fault::invalid(
            "is JSON, but no object; write {\"text\": \"...\"}",
        )),
        Err(error) => {
            let message = error.to_string();
            let what = message
                .split_once(" at line ")
                .map_or(&*message, |(what, _)| what);
            let (row, column) = (error.line(), error.column());
            let place = match row {
                0 | 1 => format!("at byte {column}"),
                _ => format!("at row {row}, byte {column}"),
            };
            Err(Fault::invalid(format!("is not valid JSON {place}: {what}")))
        }
    }
}

/// An id over the limit is an error and is not echoed: an answer must not grow with it.
fn id(fields: &Map<String, Value>, limits: &Limits) -> Result<Value, Fault> {
    match fields.get("id") {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(Value::String(id)) if id.len() > limits.id_bytes => Err(Fault::of_field(
            "id",
            format!(
                "has {} bytes; at most {} are accepted",
                id.len(),
                limits.id_bytes
            ),
        )),
        Some(id @ Value::String(_)) => Ok(id.clone()),
        // Other numbers would not come back as they came (1e2, or more digits than 64 bits hold).
        Some(id @ Value::Number(n)) if n.is_i64() || n.is_u64() => Ok(id.clone()),
        Some(_) => Err(Fault::of_field(
            "id",
            "must be a string or a whole number of 64 bits; write it as a string",
        )),
    }
}

fn draft(id: &Value, fields: &Map<String, Value>) -> Result<Draft, Fault> {
    let id = match id {
        Value::Null => String::new(),
        Value::String(id) => id.clone(),
        other => other.to_string(),
    };
    let Some(text) = string(fields, "text")? else {
        return Err(Fault::of_field(
            "text",
            "is missing; send the body of the article as a string",
        ));
    };
    Ok(Draft {
        id,
        text,
        title: string(fields, "title")?.unwrap_or_default(),
        language: string(fields, "language")?.unwrap_or_default(),
        published_at: published_at(fields)?,
        source: string(fields, "source")?.unwrap_or_default(),
    })
}

fn string(fields: &Map<String, Value>, name: &'static str) -> Result<Option<String>, Fault> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(value)) => Ok(Some(value.clone())),
        Some(other) => Err(Fault::of_field(
            name,
            format!("must be a string, not {}", kind(other)),
        )),
    }
}

fn published_at(fields: &Map<String, Value>) -> Result<Option<SystemTime>, Fault> {
    let time = match fields.get("published_at") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => timestamp::from_rfc3339(text),
        Some(Value::Number(seconds)) => seconds.as_f64().and_then(timestamp::from_unix),
        Some(_) => None,
    };
    time.map(Some).ok_or_else(|| {
        Fault::of_field(
            "published_at",
            "must be RFC 3339 such as \"2026-11-20T08:00:00Z\", or seconds since 1970; leave it out if it is not known",
        )
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(json: &str) -> Result<Record, BadRecord> {
        Record::from_json(json.as_bytes(), &Limits::default())
    }

    #[test]
    fn reads_every_field_and_ignores_the_rest() {
        let record = read(
            r#"{"id":7,"title":"T","text":"Body","language":"ky","source":"S","published_at":"1970-01-01T00:00:05Z","more":[1]}"#,
        )
        .unwrap();
        assert_eq!(record.id, json!(7));
        assert_eq!(record.draft.id, "7");
        assert_eq!(record.draft.title, "T");
        assert_eq!(record.draft.text, "Body");
        assert_eq!(record.draft.language, "ky");
        assert_eq!(record.draft.source, "S");
        let five = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(5);
        assert_eq!(record.draft.published_at, Some(five));
    }

    #[test]
    fn ids_come_back_as_they_came() {
        for id in [
            json!("a"),
            json!(""),
            json!(0),
            json!(-3),
            json!(u64::MAX),
            Value::Null,
        ] {
            let line = json!({"id": id, "text": "x"}).to_string();
            assert_eq!(read(&line).unwrap().id, id);
        }
    }

    #[test]
    fn names_what_is_wrong_and_never_quotes_it() {
        struct Case {
            json: &'static str,
            id: Value,
            field: Option<&'static str>,
            message: &'static str,
        }
        let case = |json, id, field, message| Case {
            json,
            id,
            field,
            message,
        };
        let none = Value::Null;
        let cases = [
            case(
                r#"{"text":"secret"#,
                none.clone(),
                None,
                "is not valid JSON at byte 15",
            ),
            case(r#""secret""#, none.clone(), None, "no object"),
            case(r#"["secret"]"#, none.clone(), None, "no object"),
            case("secret", none.clone(), None, "is not valid JSON at byte 1"),
            case(r#"{"id":"a"}"#, json!("a"), Some("text"), "text is missing"),
            case(
                r#"{"id":3,"text":null}"#,
                json!(3),
                Some("text"),
                "text is missing",
            ),
            case(
                r#"{"id":"a","text":["secret"]}"#,
                json!("a"),
                Some("text"),
                "not a list",
            ),
            case(
                r#"{"id":"a","text":"x","title":5}"#,
                json!("a"),
                Some("title"),
                "not a number",
            ),
            case(
                r#"{"text":"x","language":{}}"#,
                none.clone(),
                Some("language"),
                "not an object",
            ),
            case(
                r#"{"text":"x","source":true}"#,
                none.clone(),
                Some("source"),
                "not a boolean",
            ),
            case(
                r#"{"text":"x","published_at":"secret"}"#,
                none.clone(),
                Some("published_at"),
                "RFC 3339",
            ),
            case(
                r#"{"text":"x","published_at":1e300}"#,
                none.clone(),
                Some("published_at"),
                "RFC 3339",
            ),
            // Numbers that serde_json would print in another way.
            case(
                r#"{"id":1.5,"text":"x"}"#,
                none.clone(),
                Some("id"),
                "whole number",
            ),
            case(
                r#"{"id":1e2,"text":"x"}"#,
                none.clone(),
                Some("id"),
                "whole number",
            ),
            case(
                r#"{"id":123456789012345678901,"text":"x"}"#,
                none.clone(),
                Some("id"),
                "whole number",
            ),
            case(
                r#"{"id":["secret"],"text":"x"}"#,
                none.clone(),
                Some("id"),
                "whole number",
            ),
            // A lone surrogate is no character.
            case(
                r#"{"text":"\ud800"}"#,
                none.clone(),
                None,
                "is not valid JSON",
            ),
        ];
        for case in cases {
            let bad = read(case.json).unwrap_err();
            assert_eq!(bad.id, case.id, "{}", case.json);
            assert_eq!(bad.fault.field, case.field, "{}", case.json);
            assert!(
                bad.fault.message.contains(case.message),
                "{}",
                bad.fault.message
            );
            assert!(
                !bad.fault.message.contains("secret"),
                "{}",
                bad.fault.message
            );
        }
    }

    #[test]
    fn an_id_of_a_megabyte_is_refused_and_not_echoed() {
        let line = json!({"id": "i".repeat(1 << 20), "text": "x"}).to_string();
        let bad = read(&line).unwrap_err();
        assert_eq!(bad.id, Value::Null);
        assert_eq!(bad.fault.field, Some("id"));
        assert!(bad.fault.message.len() < 200);
    }

    #[test]
    fn tells_the_byte_that_is_no_utf8() {
        let bad = Record::from_json(b"{\"text\":\"ab\xff\"}", &Limits::default()).unwrap_err();
        assert!(
            bad.fault.message.contains("not UTF-8 at byte 11"),
            "{}",
            bad.fault.message
        );
        assert!(
            utf8(&[0xff, 0xfe, b'a', 0])
                .unwrap_err()
                .message
                .contains("UTF-16")
        );
    }

    #[test]
    fn deep_nesting_is_an_error_not_a_crash() {
        assert!(read(&"[".repeat(1_000_000)).is_err());
    }
}
