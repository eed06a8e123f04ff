//! One article from a file or from standard input: plain text, HTML, or a JSON object.

use std::{
    fs,
    io::{self, Read},
    path::PathBuf,
};

use serde_json::Value;

use super::{
    fault::Fault,
    html,
    record::{self, BadRecord, Record},
};
use crate::domain::{Draft, Limits};

/// Where an article comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Stdin,
    File(PathBuf),
}

/// How the bytes are to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Html,
    Json,
}

/// Most bytes of a file: web pages carry many times the bytes of their text.
const MOST_BYTES: u64 = 16 << 20;

impl Source {
    /// `-` is standard input.
    pub fn new(path: PathBuf) -> Self {
        if path.as_os_str() == "-" {
            Self::Stdin
        } else {
            Self::File(path)
        }
    }

    /// The name for people, and the id of an article that has none.
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "-".into(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

/// Reads one article. Its id is its own (JSON) or the name of the source.
///
/// # Errors
/// A file that cannot be read, is too large, is not UTF-8, or is no article.
pub fn read(source: &Source, limits: &Limits) -> Result<Record, BadRecord> {
    let name = Value::from(source.name());
    let bytes = match source {
        Source::Stdin => bytes(io::stdin().lock()),
        Source::File(path) => fs::File::open(path)
            .map_err(|e| Fault::unreadable(&e))
            .and_then(bytes),
    };
    let mut record = bytes
        .map_err(|fault| BadRecord {
            id: Value::Null,
            fault,
        })
        .and_then(|bytes| parse(&bytes, extension(source).as_deref(), limits))
        .map_err(|bad| match bad.id {
            Value::Null => BadRecord {
                id: name.clone(),
                ..bad
            },
            _ => bad,
        })?;
    if record.id.is_null() {
        record.id = name;
    }
    Ok(record)
}

fn bytes(mut file: impl Read) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    match file.by_ref().take(MOST_BYTES + 1).read_to_end(&mut bytes) {
        Err(error) => Err(Fault::unreadable(&error)),
        Ok(n) if n as u64 > MOST_BYTES => Err(Fault::invalid(format!(
            "has more than {MOST_BYTES} bytes; name files of one article each"
        ))),
        Ok(_) => Ok(bytes),
    }
}

fn parse(bytes: &[u8], extension: Option<&str>, limits: &Limits) -> Result<Record, BadRecord> {
    // Offsets count from behind a byte order mark, which is no part of the text.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bad = |fault| BadRecord {
        id: Value::Null,
        fault,
    };
    if matches!(extension, Some("jsonl" | "ndjson")) {
        return Err(bad(Fault::invalid(
            "holds JSON Lines; use `dateline score IN OUT`",
        )));
    }
    let draft = match kind(bytes, extension) {
        Kind::Json => return Record::from_json(bytes, limits),
        Kind::Html => {
            let page = html::read(record::utf8(bytes).map_err(bad)?).map_err(bad)?;
            Draft {
                title: page.title,
                text: page.text,
                ..Draft::default()
            }
        }
        Kind::Text => Draft {
            text: record::utf8(bytes).map_err(bad)?.to_owned(),
            ..Draft::default()
        },
    };
    Ok(Record {
        id: Value::Null,
        draft,
    })
}

/// By the file's extension; without one that is known, by the first bytes. Only standard input is taken for JSON
/// because it starts with a brace.
fn kind(bytes: &[u8], extension: Option<&str>) -> Kind {
    let start = bytes.trim_ascii_start();
    let starts_with = |prefix: &str| {
        start
            .get(..prefix.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    match extension {
        Some("json") => Kind::Json,
        Some("html" | "htm" | "xhtml") => Kind::Html,
        _ if starts_with("<!doctype html") || starts_with("<html") => Kind::Html,
        None if start.starts_with(b"{") => Kind::Json,
        _ => Kind::Text,
    }
}

/// In lower case, empty if a file has none; `None` for standard input.
fn extension(source: &Source) -> Option<String> {
    match source {
        Source::Stdin => None,
        Source::File(path) => Some(
            path.extension()
                .map(|e| e.to_string_lossy().to_lowercase())
                .unwrap_or_default(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(bytes: &[u8], extension: Option<&str>) -> Result<Record, BadRecord> {
        parse(bytes, extension, &Limits::default())
    }

    #[test]
    fn tells_the_kinds_apart() {
        let cases = [
            (&b"plain"[..], Some("txt"), Kind::Text),
            (b"<p>x", Some("txt"), Kind::Text),
            (b"<p>x", Some("html"), Kind::Html),
            (b" \n<!DOCTYPE HTML><p>x", Some("txt"), Kind::Html),
            (b"<HTML lang=ky>", None, Kind::Html),
            (b"{}", Some("json"), Kind::Json),
            (b" {}", None, Kind::Json),
            // A text may start with a brace; who means JSON says so by the name.
            (b"{}", Some("txt"), Kind::Text),
            (b"{}", Some(""), Kind::Text),
            (b"", None, Kind::Text),
        ];
        for (bytes, extension, expected) in cases {
            assert_eq!(kind(bytes, extension), expected, "{bytes:?} {extension:?}");
        }
    }

    #[test]
    fn plain_text_is_kept_byte_for_byte() {
        let text = "Title\r\n\r\n  Body\u{200f} text.\t\n";
        assert_eq!(
            parsed(text.as_bytes(), Some("txt")).unwrap().draft.text,
            text
        );
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        assert_eq!(parsed(&marked, Some("txt")).unwrap().draft.text, text);
    }

    #[test]
    fn says_where_a_file_is_no_utf8() {
        for extension in ["txt", "html", "json"] {
            let bad = parsed(b"abc\xe7def", Some(extension)).unwrap_err();
            assert!(
                bad.fault.message.contains("at byte 3"),
                "{}",
                bad.fault.message
            );
        }
    }

    #[test]
    fn an_article_without_id_is_called_by_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, r#"{"text": "x"}"#).unwrap();
        let source = Source::new(path.clone());
        let record = read(&source, &Limits::default()).unwrap();
        assert_eq!(record.id, Value::from(source.name()));
        fs::write(&path, r#"{"id": 5, "text": "x"}"#).unwrap();
        assert_eq!(
            read(&source, &Limits::default()).unwrap().id,
            Value::from(5)
        );
    }

    #[test]
    fn says_what_is_wrong_with_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let message = |path: PathBuf| {
            read(&Source::new(path), &Limits::default())
                .unwrap_err()
                .fault
                .message
        };
        assert!(message(folder.path().join("none.txt")).contains("cannot be read"));
        assert!(message(folder.path().to_owned()).contains("directory"));
        let rows = folder.path().join("rows.jsonl");
        fs::write(&rows, "{}").unwrap();
        assert!(message(rows).contains("dateline score"));
        let large = folder.path().join("large.txt");
        fs::File::create(&large)
            .unwrap()
            .set_len(MOST_BYTES + 1)
            .unwrap();
        assert!(message(large).contains("more than"));
    }
}
