//! Bundles from the hub, against a server on the loopback that speaks the hub's resolve API.
#![cfg(feature = "hub")]

use std::{
    collections::BTreeMap,
    fs,
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use dateline::model::hub::{self, HubSettings};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const FIRST: &str = "1111111111111111111111111111111111111111";
const SECOND: &str = "2222222222222222222222222222222222222222";

#[test]
fn brings_what_the_manifest_lists_from_one_commit() {
    let hub = Hub::start(bundle());
    hub.repository()
        .file("notes.txt", b"not part of the bundle");
    let directory = hub.fetch("hf:org/name").unwrap();
    assert!(directory.ends_with(format!("models--org--name/snapshots/{FIRST}")));
    for (path, content) in bundle() {
        assert_eq!(fs::read(directory.join(&path)).unwrap(), content, "{path}");
    }
    assert!(!directory.join("notes.txt").exists());
    // The branch is asked once; it may move while the files are on their way.
    let asked = hub.requests();
    assert_eq!(
        asked
            .iter()
            .filter(|r| r.path.contains("/resolve/main/"))
            .count(),
        1
    );
    assert!(
        asked[1..]
            .iter()
            .all(|r| r.path.contains(FIRST) || r.path.starts_with("/blob/"))
    );
}

#[test]
fn works_offline_once_it_is_in_the_cache() {
    let hub = Hub::start(bundle());
    let online = hub.fetch("org/name").unwrap();
    let settings = HubSettings {
        offline: true,
        ..hub.settings()
    };
    let _cache = hub.stop();
    assert_eq!(hub::fetch("org/name", &settings).unwrap(), online);
    // Another revision is another thing, even if it was the same commit.
    let error = hub::fetch("org/name@dev", &settings)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("org/name@dev") && error.contains("HF_HUB_OFFLINE"),
        "{error}"
    );
}

#[test]
fn offline_without_a_cache_says_how_to_fill_it() {
    let hub = Hub::start(bundle());
    let settings = HubSettings {
        offline: true,
        ..hub.settings()
    };
    let error = hub::fetch("hf:org/name", &settings)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("run once online or unset HF_HUB_OFFLINE"),
        "{error}"
    );
    assert!(hub.requests().is_empty(), "offline means no connection");
}

#[test]
fn offline_with_half_a_bundle_names_the_missing_file() {
    let hub = Hub::start(bundle());
    let directory = hub.fetch("org/name").unwrap();
    fs::remove_file(directory.join("lexicons/en.tsv")).unwrap();
    let settings = HubSettings {
        offline: true,
        ..hub.settings()
    };
    let error = hub::fetch("org/name", &settings).unwrap_err();
    assert_eq!(error.path, "hf:org/name@main/lexicons/en.tsv");
    assert!(error.kind.to_string().contains("HF_HUB_OFFLINE"), "{error}");
}

#[test]
fn what_is_in_the_cache_is_not_fetched_again() {
    let hub = Hub::start(bundle());
    hub.fetch("org/name").unwrap();
    hub.forget_requests();
    hub.fetch("org/name").unwrap();
    // One look at where the branch points.
    assert_eq!(hub.requests().len(), 1, "{:?}", hub.requests());
    assert_eq!(hub.bodies(), 0);
}

#[test]
fn a_new_commit_brings_only_what_changed() {
    let hub = Hub::start(bundle());
    let before = hub.fetch("org/name").unwrap();
    let mut changed = bundle();
    changed.insert("lexicons/en.tsv".into(), b"Utopia\tUT\n".to_vec());
    hub.repository().publish(SECOND, changed);
    hub.forget_requests();
    let after = hub.fetch("org/name").unwrap();
    assert_ne!(before, after);
    assert_eq!(
        fs::read(after.join("lexicons/en.tsv")).unwrap(),
        b"Utopia\tUT\n"
    );
    assert_eq!(
        fs::read(after.join("model.safetensors")).unwrap(),
        fs::read(before.join("model.safetensors")).unwrap()
    );
    assert_eq!(
        hub.bodies(),
        2,
        "the manifest and the lexicon: {:?}",
        hub.requests()
    );
}

#[test]
fn a_private_repository_needs_the_token_and_gets_it() {
    let hub = Hub::start(bundle());
    hub.repository().token = Some("hf_secret".into());
    let error = hub.fetch("org/name").unwrap_err().to_string();
    assert!(
        error.contains("401") && error.contains("HF_TOKEN"),
        "{error}"
    );

    let with = |token: &str| HubSettings {
        token: Some(token.into()),
        ..hub.settings()
    };
    let error = hub::fetch("org/name", &with("hf_other"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("refuses the token") && !error.contains("hf_other"),
        "{error}"
    );

    hub.forget_requests();
    hub::fetch("org/name", &with("hf_secret\n")).unwrap();
    let asked = hub.requests();
    assert!(
        asked
            .iter()
            .filter(|r| r.path.contains("/resolve/"))
            .all(|r| r.authorization.as_deref() == Some("Bearer hf_secret"))
    );
    assert!(!format!("{:?}", with("hf_secret")).contains("hf_secret"));
}

#[test]
fn a_wrong_checksum_is_refused_and_leaves_no_trace() {
    let hub = Hub::start(bundle());
    let right = hub
        .repository()
        .replace("model.safetensors", b"other weights, same name".to_vec());
    let error = hub.fetch("org/name").unwrap_err();
    assert_eq!(error.path, "hf:org/name@main/model.safetensors");
    assert!(error.kind.to_string().contains("wrong checksum"), "{error}");
    for file in files_under(&hub.cache.path().join("hub")) {
        assert_ne!(
            fs::read(&file).unwrap(),
            b"other weights, same name",
            "{}",
            file.display()
        );
    }
    // Half a bundle is no bundle: the branch is not in the cache.
    let offline = HubSettings {
        offline: true,
        ..hub.settings()
    };
    hub::fetch("org/name", &offline).unwrap_err();

    hub.repository().replace("model.safetensors", right.clone());
    let directory = hub.fetch("org/name").unwrap();
    assert_eq!(
        fs::read(directory.join("model.safetensors")).unwrap(),
        right
    );
}

#[test]
fn a_file_damaged_in_the_cache_is_mended() {
    let hub = Hub::start(bundle());
    let directory = hub.fetch("org/name").unwrap();
    for damaged in ["manifest.json", "config.json", "model.safetensors"] {
        fs::write(directory.join(damaged), b"{}").unwrap();
        hub.fetch("org/name").unwrap();
        assert_eq!(
            fs::read(directory.join(damaged)).unwrap(),
            bundle()[damaged],
            "{damaged}"
        );
    }
}

#[test]
fn hostile_manifests_are_refused_before_anything_is_asked_of_them() {
    let good = "0".repeat(64);
    let many = (0..513)
        .map(|i| format!("\"{i}\":\"{good}\""))
        .collect::<Vec<_>>()
        .join(",");
    let long = "x".repeat(201);
    let file = |path: &str| format!("{{\"files\":{{{:?}:{good:?}}}}}", path);
    let cases = [
        (file("../evil"), "../evil"),
        (file("lexicons/../../evil"), "evil"),
        (file("/etc/evil"), "/etc/evil"),
        (file("..\\evil"), "evil"),
        (file("c:evil"), "c:evil"),
        (file("evil//x"), "evil//x"),
        (file("./evil"), "./evil"),
        (file("evil/"), "evil/"),
        // These would change the address that is asked for.
        (file("evil?x=1"), "evil?x=1"),
        (file("evil#x"), "evil#x"),
        (file("%2e%2e/evil"), "%2e%2e/evil"),
        (file(""), "\"\""),
        (file(&long), "xxx"),
        (file(&"x".repeat(1 << 20)), "xxx"),
        (
            format!("{{\"files\":{:?}}}", "x".repeat(1 << 20)),
            "not the manifest",
        ),
        (format!("{{\"files\":{{{many}}}}}"), "513 files"),
        ("{\"files\":{\"evil\":\"../../x\"}}".into(), "SHA-256"),
        ("{\"files\":{\"evil\":\"\"}}".into(), "SHA-256"),
        ("{\"files\":[\"evil\"]}".into(), "not the manifest"),
        ("{\"name\":\"no files\"}".into(), "not the manifest"),
        ("<html>".into(), "not the manifest"),
        (" ".repeat((4 << 20) + 1), "at most 4194304"),
    ];
    for (manifest, expected) in cases {
        let shown = &manifest[..manifest.len().min(80)];
        let hub = Hub::start(bundle());
        hub.repository()
            .replace("manifest.json", manifest.clone().into_bytes());
        let error = hub.fetch("org/name").unwrap_err();
        assert_eq!(error.path, "hf:org/name@main/manifest.json", "{shown}");
        assert!(
            error.kind.to_string().contains(expected),
            "{shown}: {error}"
        );
        assert!(
            error.kind.to_string().len() < 1000,
            "{shown}: the message is as long as the manifest"
        );
        let asked = hub.requests();
        assert!(
            asked.iter().all(|r| r.path.contains("/manifest.json")),
            "{shown}: {asked:?}"
        );
        assert!(!hub.cache.path().join("evil").exists());
    }
}

#[test]
fn a_pinned_revision_is_the_one_that_is_asked_for() {
    let hub = Hub::start(bundle());
    hub.repository().publish(SECOND, BTreeMap::new());
    hub.repository().refs.insert("v1.0".into(), FIRST.into());
    hub.repository()
        .refs
        .insert("refs/pr/1".into(), FIRST.into());

    let directory = hub.fetch("hf:org/name@v1.0").unwrap();
    assert!(directory.ends_with(FIRST));
    assert_eq!(
        hub.requests()[0].path,
        "/org/name/resolve/v1.0/manifest.json"
    );

    hub.forget_requests();
    assert_eq!(hub.fetch("org/name@refs/pr/1").unwrap(), directory);
    assert_eq!(
        hub.requests()[0].path,
        "/org/name/resolve/refs%2Fpr%2F1/manifest.json"
    );

    // A commit cannot change, so that a complete copy of it needs no hub.
    hub.forget_requests();
    assert_eq!(hub.fetch(&format!("org/name@{FIRST}")).unwrap(), directory);
    assert!(hub.requests().is_empty());

    let offline = HubSettings {
        offline: true,
        ..hub.settings()
    };
    for id in [
        "org/name@v1.0",
        "org/name@refs/pr/1",
        &format!("org/name@{FIRST}"),
    ] {
        assert_eq!(hub::fetch(id, &offline).unwrap(), directory, "{id}");
    }
    hub::fetch("org/name@main", &offline).unwrap_err();
}

#[test]
fn a_commit_that_is_not_in_the_cache_is_fetched() {
    let hub = Hub::start(bundle());
    let directory = hub.fetch(&format!("org/name@{FIRST}")).unwrap();
    assert!(directory.join("lexicons/en.tsv").is_file());
}

#[test]
fn what_is_missing_is_named() {
    let hub = Hub::start(bundle());
    let cases = [
        ("org/other", "no such repository"),
        ("org/name@v9", "no such revision"),
        ("org/empty", "holds no bundle"),
    ];
    for (id, expected) in cases {
        let error = hub.fetch(id).unwrap_err().to_string();
        assert!(
            error.contains(id) && error.contains(expected),
            "{id}: {error}"
        );
    }
    hub.repository()
        .commits
        .get_mut(FIRST)
        .unwrap()
        .remove("lexicons/en.tsv");
    let error = hub.fetch("org/name").unwrap_err();
    assert_eq!(error.path, "hf:org/name@main/lexicons/en.tsv");
    assert!(error.kind.to_string().contains("404"), "{error}");
}

#[test]
fn a_hub_that_cannot_be_reached_is_told_from_one_that_refuses() {
    let hub = Hub::start(bundle());
    for (code, expected) in [
        (403, "accept the terms"),
        (503, "try again later"),
        (429, "HTTP 429"),
    ] {
        hub.repository().always = Some(code);
        let error = hub.fetch("org/name").unwrap_err().to_string();
        assert!(error.contains(expected), "{code}: {error}");
    }
    let settings = hub.settings();
    let _cache = hub.stop();
    let error = hub::fetch("org/name", &settings).unwrap_err().to_string();
    assert!(
        error.contains("cannot be reached") && error.contains("HF_HUB_OFFLINE=1"),
        "{error}"
    );
}

#[test]
fn an_interrupted_download_is_resumed() {
    let hub = Hub::start(bundle());
    hub.repository().cut = Some("model.safetensors".into());
    let directory = hub.fetch("org/name").unwrap();
    assert_eq!(
        fs::read(directory.join("model.safetensors")).unwrap(),
        bundle()["model.safetensors"]
    );
    let half = format!("bytes={}-", bundle()["model.safetensors"].len() / 2);
    assert!(
        hub.requests()
            .iter()
            .any(|r| r.range.as_deref() == Some(&*half))
    );
}

#[test]
fn leftover_parts_are_no_trap() {
    let weights = bundle()["model.safetensors"].clone();
    // Complete but not yet renamed; too long; as long as it should be, of other bytes; half of other bytes.
    let wrong = vec![b'x'; weights.len()];
    let half = wrong[..wrong.len() / 2].to_vec();
    for (name, part, attempts) in [
        ("complete", weights.clone(), 1),
        ("too long", [&weights[..], b"more"].concat(), 1),
        ("other bytes", wrong, 1),
        // Only the checksum tells that the resumed half was bad; the next fetch starts anew.
        ("half of other bytes", half, 2),
    ] {
        let hub = Hub::start(bundle());
        let blobs = hub.cache.path().join("hub/models--org--name/blobs");
        fs::create_dir_all(&blobs).unwrap();
        fs::write(blobs.join(tag(&weights)).with_extension("part"), part).unwrap();
        for attempt in 1..=attempts {
            assert_eq!(
                hub.fetch("org/name").is_ok(),
                attempt == attempts,
                "{name}, attempt {attempt}"
            );
        }
        let directory = hub.fetch("org/name").unwrap();
        assert_eq!(
            fs::read(directory.join("model.safetensors")).unwrap(),
            weights,
            "{name}"
        );
    }
}

#[test]
fn bad_ids_are_refused_without_asking() {
    let hub = Hub::start(bundle());
    for id in [
        "",
        "hf:",
        "name",
        "org/",
        "/name",
        "org/name/more",
        "org/../name",
        "../name",
        "org/na me",
        "org/name?x",
        "org/.name",
        "org--x/name",
        "org/name@",
        "org/name@..",
        "org/name@a/../b",
        "org/name@a b",
        "org/name@/main",
        "org/name@v1@v2",
        "https://hub.example/org/name",
        "hf:hf:org/name",
        "org/näme",
    ] {
        let error = hub.fetch(id).unwrap_err().to_string();
        assert!(error.contains("hf:org/name"), "{id:?}: {error}");
    }
    let long = hub.fetch(&"x".repeat(1 << 20)).unwrap_err().to_string();
    assert!(long.len() < 500);
    assert!(hub.requests().is_empty());

    let settings = HubSettings {
        endpoint: Some("ftp://hub.example".into()),
        ..hub.settings()
    };
    let error = hub::fetch("org/name", &settings).unwrap_err().to_string();
    assert!(error.contains("HF_ENDPOINT"), "{error}");
}

/// The default bundle, published on a hub, opens as the same bundle.
#[test]
fn opens_as_bundle() {
    use dateline::model::Bundle;

    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/dateline-mini");
    let here = Bundle::open(&directory).unwrap();
    let mut files: BTreeMap<_, _> = here
        .manifest()
        .files
        .keys()
        .map(|path| (path.clone(), fs::read(directory.join(path)).unwrap()))
        .collect();
    files.insert(
        "manifest.json".into(),
        fs::read(directory.join("manifest.json")).unwrap(),
    );
    let hub = Hub::start(files);
    let there = hub::open("hf:org/name", &hub.settings()).unwrap();
    assert_eq!(there.manifest(), here.manifest());
    for path in here.manifest().files.keys() {
        assert!(there.file(path) == here.file(path), "{path}");
    }
}

/// A small bundle: the manifest and what it lists. The contents are no model; a fetch does not look into them.
fn bundle() -> Files {
    let mut files: Files = [
        ("config.json", b"{\"model_type\":\"bert\"}".to_vec()),
        ("lexicons/en.tsv", b"Atlantis\tAT\n".to_vec()),
        (
            "model.safetensors",
            (0..200_000u32)
                .map(|i| (i.wrapping_mul(i) >> 7) as u8)
                .collect(),
        ),
    ]
    .map(|(path, content)| (path.to_owned(), content))
    .into();
    add_manifest(&mut files);
    files
}

fn add_manifest(files: &mut Files) {
    let listing: BTreeMap<_, _> = files
        .iter()
        .filter(|(path, _)| *path != "manifest.json")
        .map(|(path, content)| (path, sha256(content)))
        .collect();
    let manifest = serde_json::json!({ "format": 1, "name": "tiny", "files": listing });
    files.insert("manifest.json".into(), manifest.to_string().into_bytes());
}

type Files = BTreeMap<String, Vec<u8>>;

/// `org/name` on the hub, and how the server misbehaves.
struct Repository {
    commits: BTreeMap<String, Files>,
    refs: BTreeMap<String, String>,
    /// Needed to read anything.
    token: Option<String>,
    /// Every answer has this status.
    always: Option<u16>,
    /// The next whole body of this file breaks off in the middle.
    cut: Option<String>,
    requests: Vec<Request>,
    /// Bodies of more than one byte that were sent: a look at a file's headers asks for its first byte.
    bodies: usize,
}

#[derive(Debug, Clone, Default)]
struct Request {
    path: String,
    range: Option<String>,
    authorization: Option<String>,
}

impl Repository {
    /// Moves `main` to a new commit.
    fn publish(&mut self, commit: &str, mut files: Files) {
        if !files.is_empty() {
            add_manifest(&mut files);
        }
        self.commits.insert(commit.into(), files);
        self.refs.insert("main".into(), commit.into());
    }

    fn file(&mut self, path: &str, content: &[u8]) {
        self.commits
            .get_mut(FIRST)
            .unwrap()
            .insert(path.into(), content.to_vec());
    }

    /// Changes a file behind the back of the manifest; returns the old content.
    fn replace(&mut self, path: &str, content: Vec<u8>) -> Vec<u8> {
        self.commits
            .get_mut(FIRST)
            .unwrap()
            .insert(path.into(), content)
            .unwrap()
    }

    fn commit(&self, revision: &str) -> Option<String> {
        let revision = revision.replace("%2F", "/");
        let commit = self.refs.get(&revision).unwrap_or(&revision);
        self.commits.contains_key(commit).then(|| commit.clone())
    }
}

/// A hub on a loopback port, and a cache that lives as long.
struct Hub {
    address: SocketAddr,
    repository: Arc<Mutex<Repository>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    cache: TempDir,
}

impl Hub {
    fn start(files: Files) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let repository = Arc::new(Mutex::new(Repository {
            commits: [(FIRST.into(), files)].into(),
            refs: [("main".into(), FIRST.into())].into(),
            token: None,
            always: None,
            cut: None,
            requests: Vec::new(),
            bodies: 0,
        }));
        let stopped = Arc::new(AtomicBool::new(false));
        let address = listener.local_addr().unwrap();
        let (shared, stop) = (repository.clone(), stopped.clone());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                // A client that hangs up is no concern of the server.
                let _ = stream.and_then(|stream| answer(stream, &shared));
            }
        });
        Self {
            address,
            repository,
            stopped,
            thread: Some(thread),
            cache: TempDir::new().unwrap(),
        }
    }

    fn settings(&self) -> HubSettings {
        HubSettings {
            endpoint: Some(format!("http://{}/", self.address)),
            cache: Some(self.cache.path().join("hub")),
            // Seen where stderr is a terminal.
            progress: true,
            ..HubSettings::default()
        }
    }

    fn fetch(&self, id: &str) -> Result<PathBuf, dateline::model::LoadError> {
        hub::fetch(id, &self.settings())
    }

    fn repository(&self) -> MutexGuard<'_, Repository> {
        self.repository.lock().unwrap()
    }

    fn requests(&self) -> Vec<Request> {
        self.repository().requests.clone()
    }

    fn bodies(&self) -> usize {
        self.repository().bodies
    }

    fn forget_requests(&self) {
        let mut repository = self.repository();
        repository.requests.clear();
        repository.bodies = 0;
    }

    /// Ends the server and keeps the cache.
    fn stop(mut self) -> TempDir {
        self.end();
        std::mem::replace(&mut self.cache, TempDir::new().unwrap())
    }

    fn end(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.end();
    }
}

/// Reads one request and answers it; the connection ends with the answer.
fn answer(mut stream: TcpStream, repository: &Mutex<Repository>) -> io::Result<()> {
    let request = read_request(&stream)?;
    let mut repository = repository.lock().unwrap();
    repository.requests.push(request.clone());
    let bearer = repository
        .token
        .as_ref()
        .map(|token| format!("Bearer {token}"));
    let refused = bearer.is_some() && request.authorization != bearer;
    let parts: Vec<&str> = request.path.split('/').skip(1).collect();
    if let Some(code) = repository.always {
        return reply(&mut stream, code, &[], b"");
    }
    match parts[..] {
        // The storage behind the hub: the address is the permit.
        ["blob", commit, ..] => {
            let path = parts[2..].join("/");
            send_file(&mut stream, &mut repository, &request, commit, &path)
        }
        _ if refused => reply(&mut stream, 401, &[], b""),
        ["api", "models", "org", "name", "revision", revision] => match repository.commit(revision)
        {
            Some(commit) => {
                let info = serde_json::json!({ "sha": commit, "siblings": [] });
                reply(&mut stream, 200, &[], info.to_string().as_bytes())
            }
            None => reply(&mut stream, 404, &[], b""),
        },
        ["api", "models", "org", "empty", ..] => {
            let info = serde_json::json!({ "sha": FIRST, "siblings": [] });
            reply(&mut stream, 200, &[], info.to_string().as_bytes())
        }
        ["org", "name", "resolve", revision, ..] => {
            let path = parts[4..].join("/");
            match repository.commit(revision) {
                Some(commit) => resolve(&mut stream, &mut repository, &request, &commit, &path),
                None => reply(&mut stream, 404, &[], b""),
            }
        }
        _ => reply(&mut stream, 404, &[], b""),
    }
}

/// Small files are sent at once; weights by a redirect to the storage, as on the hub.
fn resolve(
    stream: &mut TcpStream,
    repository: &mut Repository,
    request: &Request,
    commit: &str,
    path: &str,
) -> io::Result<()> {
    match repository.commits[commit].get(path) {
        Some(content) if path.ends_with(".safetensors") => {
            let headers = [
                ("x-repo-commit", commit.to_owned()),
                ("x-linked-etag", format!("\"{}\"", tag(content))),
                ("etag", "\"of-the-pointer\"".to_owned()),
                (
                    "location",
                    format!("http://{}/blob/{commit}/{path}", stream.local_addr()?),
                ),
            ];
            reply(stream, 302, &headers, b"")
        }
        _ => send_file(stream, repository, request, commit, path),
    }
}

fn send_file(
    stream: &mut TcpStream,
    repository: &mut Repository,
    request: &Request,
    commit: &str,
    path: &str,
) -> io::Result<()> {
    let Some(content) = repository
        .commits
        .get(commit)
        .and_then(|files| files.get(path))
        .cloned()
    else {
        return reply(stream, 404, &[], b"");
    };
    let range = request
        .range
        .as_deref()
        .and_then(|range| range.strip_prefix("bytes="));
    let (from, to) = range
        .and_then(|range| range.split_once('-'))
        .unwrap_or(("0", ""));
    let from: usize = from.parse().unwrap_or(0);
    let end = to
        .parse()
        .map_or(content.len(), |to: usize| content.len().min(to + 1));
    if from >= end {
        return reply(
            stream,
            416,
            &[("content-range", format!("bytes */{}", content.len()))],
            b"",
        );
    }
    let headers = [
        ("x-repo-commit", commit.to_owned()),
        ("etag", format!("\"{}\"", tag(&content))),
        (
            "content-range",
            format!("bytes {from}-{}/{}", end - 1, content.len()),
        ),
    ];
    let code = if range.is_some() { 206 } else { 200 };
    if end - from > 1 {
        repository.bodies += 1;
        if repository.cut.as_deref() == Some(path) {
            repository.cut = None;
            head(stream, code, &headers, end - from)?;
            return stream.write_all(&content[from..content.len() / 2]);
        }
    }
    reply(stream, code, &headers, &content[from..end])
}

fn read_request(stream: &TcpStream) -> io::Result<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut request = Request {
        path: first.split(' ').nth(1).unwrap_or_default().to_owned(),
        ..Request::default()
    };
    for line in lines {
        let line = line?;
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("range") => {
                request.range = Some(value.to_owned())
            }
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                request.authorization = Some(value.to_owned());
            }
            Some(_) => {}
            None => break,
        }
    }
    Ok(request)
}

fn reply(
    stream: &mut TcpStream,
    code: u16,
    headers: &[(&str, String)],
    body: &[u8],
) -> io::Result<()> {
    head(stream, code, headers, body.len())?;
    stream.write_all(body)
}

fn head(
    stream: &mut TcpStream,
    code: u16,
    headers: &[(&str, String)],
    length: usize,
) -> io::Result<()> {
    let mut text =
        format!("HTTP/1.1 {code} -\r\nconnection: close\r\ncontent-length: {length}\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    stream.write_all((text + "\r\n").as_bytes())
}

/// The entity tag: the hub names stored files by their content.
fn tag(content: &[u8]) -> String {
    sha256(content)[..40].to_owned()
}

fn sha256(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// All files under a directory; links are followed.
fn files_under(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_under(&path));
        } else if path.exists() {
            found.push(path);
        }
    }
    found
}
