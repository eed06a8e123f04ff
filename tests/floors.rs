//! The house rules of ARCHITECTURE.md that the compiler does not keep: who may import whom.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each room with the rooms it may import; itself is always allowed.
const ROOMS: [(&str, &[&str]); 11] = [
    ("domain", &[]),
    ("model", &[]),
    ("telemetry", &[]),
    ("text", &["domain"]),
    ("batching", &["model"]),
    ("tasks", &["text", "model", "domain"]),
    (
        "analyzer",
        &["tasks", "batching", "text", "model", "domain"],
    ),
    ("grpc", &["analyzer", "model", "domain"]),
    ("batch", &["analyzer", "model", "domain"]),
    ("server", &["grpc", "analyzer"]),
    (
        "config",
        &[
            "server",
            "batch",
            "analyzer",
            "model",
            "domain",
            "telemetry",
        ],
    ),
];

/// Words that only some rooms may use, and those rooms.
const RESERVED: [(&str, &[&str]); 7] = [
    // Invariant 1: nothing outside `grpc` names a protobuf type.
    ("grpc::proto", &["grpc", "server"]),
    ("prost", &["grpc"]),
    // Invariant 2: nothing below `config` reads the environment.
    ("std::env", &["config", "main"]),
    ("env::var", &["config", "main"]),
    // The model knows numbers; the domain knows no candle.
    ("candle", &["model", "analyzer", "batching"]),
    ("tonic", &["grpc", "server"]),
    ("anyhow", &["main"]),
];

struct Source {
    room: String,
    path: PathBuf,
    /// Without comments and tests.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    collect(&root, &root, &mut sources);
    assert!(sources.len() > 20, "the sources were not found");
    sources
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, sources);
            continue;
        }
        if path.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let inside = path.strip_prefix(root).unwrap();
        let room = inside
            .iter()
            .next()
            .unwrap()
            .to_string_lossy()
            .trim_end_matches(".rs")
            .to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        let code = text
            .lines()
            .filter(|l| !l.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        sources.push(Source { room, path, code });
    }
}

/// The rooms that a piece of code names: `crate::room` and, in grouped imports, `crate::{room::…, room}`.
fn imports(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for after in code.split("crate::").skip(1) {
        let Some(group) = after.strip_prefix('{') else {
            rooms.push(word(after));
            continue;
        };
        let mut depth = 0;
        let mut item = String::new();
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => rooms.push(word(&std::mem::take(&mut item))),
                _ if depth == 0 => item.push(c),
                _ => {}
            }
        }
        rooms.push(word(&item));
    }
    rooms.retain(|room| !room.is_empty());
    rooms
}

fn word(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn imports_go_downward_only() {
    for source in sources() {
        if matches!(source.room.as_str(), "lib" | "main") {
            continue;
        }
        let (_, allowed) = ROOMS
            .iter()
            .find(|(room, _)| *room == source.room)
            .unwrap_or_else(|| {
                panic!(
                    "{} is a room that ARCHITECTURE.md does not know",
                    source.path.display()
                )
            });
        for room in imports(&source.code) {
            let known = ROOMS.iter().any(|(name, _)| *name == room);
            let fine = !known || room == source.room || allowed.contains(&room.as_str());
            assert!(fine, "{} imports {room}", source.path.display());
        }
    }
}

#[test]
fn reserved_words_stay_in_their_rooms() {
    for source in sources() {
        for (reserved, rooms) in RESERVED {
            let fine = !source.code.contains(reserved) || rooms.contains(&source.room.as_str());
            assert!(fine, "{} says {reserved}", source.path.display());
        }
    }
}

#[test]
fn the_reader_of_imports_reads_groups() {
    let code =
        "use crate::{\n    domain::{Article, Draft},\n    model,\n};\nuse crate::text::Document;";
    assert_eq!(imports(code), ["domain", "model", "text"]);
}
