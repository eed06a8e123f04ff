//! Bundles from the Hugging Face hub: `hf:org/name[@revision]` becomes a local directory that [`Bundle::open`] reads.
//!
//! 1. The revision (`main` unless named) is resolved to a commit once; every file comes from that commit.
//! 2. `manifest.json` says which files there are; each is fetched unless the cache holds it with the right SHA-256.
//! 3. A file with a wrong SHA-256 is removed from the cache and reported.
//! 4. Only when all files are right does the revision's name point to the commit in the cache, so that working offline
//!    never meets half a bundle.
//!
//! The cache has the layout of the hub's own tools (`models--org--name/{blobs,refs,snapshots}`) and is shared with them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use hf_hub::{
    Cache, Repo, RepoType,
    api::{
        Progress,
        sync::{Api, ApiBuilder, ApiError, ApiRepo, Metadata},
    },
};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Bundle, LoadError, LoadErrorKind};

const MANIFEST: &str = "manifest.json";
const DEFAULT_ENDPOINT: &str = "https://huggingface.co";
/// Most files of a bundle. A bundle has a few tens: the model's and a lexicon for each language.
const MAX_FILES: usize = 512;
/// Most bytes of `manifest.json`.
const MAX_MANIFEST_BYTES: u64 = 4 << 20;
/// Most bytes that one fetch may bring: far above any encoder that a CPU serves, far below a full disk.
const MAX_BYTES: u64 = 16 << 30;
/// How often an interrupted download is resumed before the fetch fails.
const RESUMES: usize = 3;

/// How the hub is reached. `config` fills this from the environment and the flags; nothing is read from it here.
#[derive(Clone, Default)]
pub struct HubSettings {
    /// Base address of the hub (`HF_ENDPOINT`); `https://huggingface.co` by default.
    pub endpoint: Option<String>,
    /// Access token for private and gated repositories (`HF_TOKEN`); by default the one that the hub's own login
    /// command left beside the cache, if any.
    pub token: Option<String>,
    /// Directory of the cache, the one that holds `models--org--name` (`$HF_HOME/hub`, by default
    /// `~/.cache/huggingface/hub`); nothing is fetched without one.
    pub cache: Option<PathBuf>,
    /// Only the cache is used, no connection is made (`HF_HUB_OFFLINE`).
    pub offline: bool,
    /// A progress bar on stderr for each file, if stderr is a terminal.
    pub progress: bool,
}

/// Leaves out the token, so that settings can be logged.
impl fmt::Debug for HubSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSettings")
            .field("endpoint", &self.endpoint)
            .field("token", &self.token.as_ref().map(|_| "set"))
            .field("cache", &self.cache)
            .field("offline", &self.offline)
            .field("progress", &self.progress)
            .finish()
    }
}

/// Fetches a bundle and opens it: [`fetch`], then [`Bundle::open`].
pub fn open(id: &str, settings: &HubSettings) -> Result<Bundle, LoadError> {
    Bundle::open(&fetch(id, settings)?)
}

/// Brings all files of the bundle `org/name[@revision]` (with or without `hf:` before it) into the cache and returns
/// their directory.
///
/// The caller opens it with [`Bundle::open`], which is the strict judge of the contents; offline, only the presence of
/// the files is checked here.
///
/// # Errors
/// A bad id, no access, nothing of that name, no connection, a hostile or damaged manifest, a wrong checksum, a full
/// disk: the message names the file and the mend.
pub fn fetch(id: &str, settings: &HubSettings) -> Result<PathBuf, LoadError> {
    let id = HubId::parse(id)?;
    let cache = cache_of(&id, settings)?;
    if settings.offline {
        return cached(&id, &cache);
    }
    // A commit never changes, so that a complete copy of it needs no connection.
    let pinned = Snapshot::new(&id, &cache, &id.revision);
    if id.is_commit() && pinned.is_right() {
        return Ok(pinned.directory);
    }
    let hub = Hub::connect(&id, &cache, settings)?;
    let snapshot = Snapshot::new(&id, &cache, &hub.resolve()?);
    download(&hub, &snapshot)?;
    cache
        .repo(id.repo())
        .create_ref(&snapshot.commit)
        .map_err(|e| {
            id.error(
                "",
                format!(
                    "the cache {} cannot be written: {e}; make it writable, or set HF_HOME",
                    cache.path().display()
                ),
            )
        })?;
    tracing::info!(repository = %id, commit = %snapshot.commit, "bundle is in the cache");
    Ok(snapshot.directory)
}

/// Brings the manifest and what it lists into the snapshot.
fn download(hub: &Hub<'_>, snapshot: &Snapshot<'_>) -> Result<(), LoadError> {
    // A manifest that cannot be used may be one that was damaged in the cache.
    if snapshot.files().is_err() {
        hub.download(snapshot, MANIFEST, MAX_MANIFEST_BYTES)?;
    }
    let files = snapshot
        .files()
        .inspect_err(|_| snapshot.discard(MANIFEST))?;
    let mut left = MAX_BYTES;
    for (path, sha256) in &files {
        if snapshot.holds(path, sha256) || snapshot.adopt(path, sha256) {
            continue;
        }
        left -= hub.download(snapshot, path, left)?;
        if !snapshot.holds(path, sha256) {
            snapshot.discard(path);
            return Err(snapshot.id.error(
                path,
                "wrong checksum: the file is not the one that manifest.json lists, and was removed from the cache; \
                 fetch again, and if it stays wrong tell the owner of the repository",
            ));
        }
    }
    Ok(())
}

/// The directory of a bundle that an earlier fetch left in the cache.
fn cached(id: &HubId, cache: &Cache) -> Result<PathBuf, LoadError> {
    const MEND: &str = "run once online or unset HF_HUB_OFFLINE";
    let commit = fs::read_to_string(ref_path(id, cache)).unwrap_or_else(|_| id.revision.clone());
    let snapshot = Snapshot::new(id, cache, commit.trim());
    if !is_commit(&snapshot.commit) || !snapshot.path(MANIFEST).is_file() {
        let place = cache.path().display();
        return Err(id.error("", format!("not in the cache {place}, and offline; {MEND}")));
    }
    match snapshot
        .files()?
        .keys()
        .find(|path| !snapshot.path(path).is_file())
    {
        Some(missing) => Err(id.error(missing, format!("not in the cache, and offline; {MEND}"))),
        None => Ok(snapshot.directory),
    }
}

/// A repository and a revision of it, in characters that are safe in addresses and in file names.
struct HubId {
    repository: String,
    revision: String,
}

impl HubId {
    /// Parses `org/name` or `org/name@revision`, with or without `hf:`.
    fn parse(text: &str) -> Result<Self, LoadError> {
        let bare = text.strip_prefix("hf:").unwrap_or(text);
        let (repository, revision) = bare.split_once('@').unwrap_or((bare, "main"));
        let bad = |what: &str| {
            let kind = format!("{what}; expected hf:org/name or hf:org/name@revision");
            LoadError::new(format!("{:?}", start(text)), LoadErrorKind::Fetch(kind))
        };
        let name_is_good = |name: &str| {
            // The hub itself forbids `--`, which divides org and name in the cache.
            is_plain(name)
                && name.len() <= 96
                && !name.starts_with(['-', '.'])
                && !name.contains("--")
        };
        match repository.split('/').collect::<Vec<_>>()[..] {
            [org, name] if name_is_good(org) && name_is_good(name) => {}
            [_, _] => {
                return Err(bad(
                    "the organisation and the name are made of a-z, A-Z, 0-9, '.', '_' and '-'",
                ));
            }
            _ => return Err(bad("not an id of the hub")),
        }
        if revision.len() > 200 || !revision.split('/').all(is_plain) {
            return Err(bad("the revision is no branch, tag or commit"));
        }
        Ok(Self {
            repository: repository.to_owned(),
            revision: revision.to_owned(),
        })
    }

    fn repo(&self) -> Repo {
        self.repo_at(&self.revision)
    }

    fn repo_at(&self, revision: &str) -> Repo {
        Repo::with_revision(
            self.repository.clone(),
            RepoType::Model,
            revision.to_owned(),
        )
    }

    fn is_commit(&self) -> bool {
        is_commit(&self.revision)
    }

    /// An error of one file of the repository, or of the whole where `file` is empty.
    fn error(&self, file: &str, kind: impl Into<String>) -> LoadError {
        let separator = if file.is_empty() { "" } else { "/" };
        LoadError::new(
            format!("{self}{separator}{file}"),
            LoadErrorKind::Fetch(kind.into()),
        )
    }
}

impl fmt::Display for HubId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hf:{}@{}", self.repository, self.revision)
    }
}

/// The files of one commit in the cache.
struct Snapshot<'a> {
    id: &'a HubId,
    commit: String,
    /// `models--org--name/snapshots/<commit>`; its files are links into `blobs`.
    directory: PathBuf,
    blobs: PathBuf,
}

impl<'a> Snapshot<'a> {
    fn new(id: &'a HubId, cache: &Cache, commit: &str) -> Self {
        let repository = cache.path().join(id.repo().folder_name());
        Self {
            id,
            commit: commit.to_owned(),
            directory: repository.join("snapshots").join(commit),
            blobs: repository.join("blobs"),
        }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.directory.join(file)
    }

    /// Reads the part of `manifest.json` that a fetch needs: SHA-256 by path. [`Bundle::open`] judges the rest.
    fn files(&self) -> Result<BTreeMap<String, String>, LoadError> {
        #[derive(Deserialize)]
        struct Listing {
            files: BTreeMap<String, String>,
        }
        let error = |kind: String| self.id.error(MANIFEST, kind);
        let mut text = Vec::new();
        File::open(self.path(MANIFEST))
            .and_then(|file| file.take(MAX_MANIFEST_BYTES).read_to_end(&mut text))
            .map_err(|e| {
                error(format!(
                    "cannot be read from the cache: {e}; remove it and fetch again"
                ))
            })?;
        // The text of the parser's error may quote the manifest at length.
        let listing: Listing = serde_json::from_slice(&text).map_err(|e| {
            error(format!(
                "not the manifest of a bundle (line {}, column {}); choose a repository that holds one",
                e.line(),
                e.column()
            ))
        })?;
        if listing.files.len() > MAX_FILES {
            return Err(error(format!(
                "lists {} files, at most {MAX_FILES} are fetched",
                listing.files.len()
            )));
        }
        for (path, sha256) in &listing.files {
            let shown = start(path);
            if path.len() > 200 || !path.split('/').all(is_plain) {
                return Err(error(format!(
                    "lists the path {shown:?}; only relative paths inside the bundle, of a-z, A-Z, 0-9, '.', '_', '-' \
                     and '/', are fetched; choose another bundle"
                )));
            }
            if !is_hex(sha256, 64) {
                return Err(error(format!(
                    "lists {shown:?} without a SHA-256 of 64 lower-case hex digits"
                )));
            }
        }
        Ok(listing.files)
    }

    /// Whether the manifest and all its files are there with the right checksums.
    fn is_right(&self) -> bool {
        self.files()
            .is_ok_and(|files| files.iter().all(|(path, sha256)| self.holds(path, sha256)))
    }

    /// Whether a file is there with this checksum.
    fn holds(&self, file: &str, sha256: &str) -> bool {
        digest(&self.path(file)).is_ok_and(|found| found == sha256)
    }

    /// Takes a file with this checksum from another commit of the same repository. Most commits leave the weights
    /// alone, and the weights are most of the bytes.
    fn adopt(&self, file: &str, sha256: &str) -> bool {
        let siblings = self
            .directory
            .parent()
            .and_then(|snapshots| fs::read_dir(snapshots).ok());
        let mut tried = BTreeSet::new();
        siblings.into_iter().flatten().flatten().any(|sibling| {
            let candidate = sibling.path().join(file);
            candidate
                .canonicalize()
                .is_ok_and(|blob| tried.insert(blob))
                && digest(&candidate).is_ok_and(|found| found == sha256)
                && self.link_like(&candidate, file).is_ok()
        })
    }

    /// Makes `file` what `other`, the same file of another commit, is: links into `blobs` are relative to a place of
    /// the same depth, so that the same link text serves both.
    fn link_like(&self, other: &Path, file: &str) -> io::Result<()> {
        let pointer = self.path(file);
        let _ = fs::remove_file(&pointer);
        if let Some(parent) = pointer.parent() {
            fs::create_dir_all(parent)?;
        }
        #[cfg(unix)]
        if let Ok(target) = fs::read_link(other) {
            return std::os::unix::fs::symlink(target, pointer);
        }
        fs::copy(other, pointer).map(drop)
    }

    /// Removes a file and the blob behind it. What cannot be removed is found wrong again by the next fetch.
    fn discard(&self, file: &str) {
        let pointer = self.path(file);
        if let (Ok(blob), Ok(blobs)) = (pointer.canonicalize(), self.blobs.canonicalize())
            && blob.starts_with(blobs)
        {
            let _ = fs::remove_file(blob);
        }
        let _ = fs::remove_file(pointer);
    }
}

/// A connection to the hub for one repository.
struct Hub<'a> {
    id: &'a HubId,
    api: Api,
    endpoint: String,
    has_token: bool,
    progress: bool,
}

impl<'a> Hub<'a> {
    fn connect(id: &'a HubId, cache: &Cache, settings: &HubSettings) -> Result<Self, LoadError> {
        let endpoint = settings
            .endpoint
            .as_deref()
            .unwrap_or(DEFAULT_ENDPOINT)
            .trim_end_matches('/')
            .to_owned();
        if !endpoint.starts_with("https://") && !endpoint.starts_with("http://") {
            return Err(id.error(
                "",
                format!("HF_ENDPOINT is {endpoint:?}; expected an http:// or https:// address"),
            ));
        }
        let given = settings
            .token
            .as_deref()
            .map(str::trim)
            .filter(|token| !token.is_empty());
        let token = given.map(str::to_owned).or_else(|| cache.token());
        let has_token = token.is_some();
        let api = ApiBuilder::from_cache(cache.clone())
            .with_endpoint(endpoint.clone())
            .with_token(token)
            .with_retries(RESUMES)
            .with_user_agent("dateline", env!("CARGO_PKG_VERSION"))
            .build()
            .map_err(|e| id.error("", e.to_string()))?;
        Ok(Self {
            id,
            api,
            endpoint,
            has_token,
            progress: settings.progress,
        })
    }

    /// The commit that the revision names now.
    fn resolve(&self) -> Result<String, LoadError> {
        let repo = self.api.repo(self.id.repo());
        let metadata = self
            .api
            .metadata(&repo.url(MANIFEST))
            .map_err(|e| match status(&e) {
                Some(404) => self.missing(&repo),
                _ => self.explain(MANIFEST, &e),
            })?;
        let commit = metadata.commit_hash();
        if !is_commit(commit) || (self.id.is_commit() && self.id.revision != commit) {
            return Err(self.id.error(
                "",
                format!(
                    "{} answers with no such commit; check HF_ENDPOINT",
                    self.endpoint
                ),
            ));
        }
        Ok(commit.to_owned())
    }

    /// Tells which of repository, revision and manifest is missing.
    fn missing(&self, repo: &ApiRepo) -> LoadError {
        let main = self.api.repo(self.id.repo_at("main"));
        if repo.info().is_ok() {
            self.id.error(
                MANIFEST,
                "not in the repository: it holds no bundle of Dateline; choose one that does",
            )
        } else if main.info().is_ok() {
            self.id.error(
                "",
                "the repository has no such revision; name a branch, a tag or a commit of it",
            )
        } else {
            self.id.error(
                "",
                "the hub has no such repository or revision (HTTP 404); check the spelling",
            )
        }
    }

    /// Downloads a file of at most `limit` bytes into the snapshot; returns its size in bytes.
    fn download(&self, snapshot: &Snapshot<'_>, file: &str, limit: u64) -> Result<u64, LoadError> {
        let repo = self.api.repo(self.id.repo_at(&snapshot.commit));
        let metadata = self
            .api
            .metadata(&repo.url(file))
            .map_err(|e| self.explain(file, &e))?;
        self.check(snapshot, file, &metadata, limit)?;
        let size = metadata.size() as u64;
        // A part that is as long as the file cannot be resumed: the hub has no bytes after the last one.
        let part = snapshot.blobs.join(metadata.etag()).with_extension("part");
        if part.metadata().is_ok_and(|part| part.len() >= size) {
            let _ = fs::remove_file(part);
        }
        // A server that ignores ranges spoils a resumed file; from the start it comes right.
        for _ in 0..2 {
            snapshot.discard(file);
            repo.download_with_progress(file, Bar::new(self.progress))
                .map_err(|e| self.explain(file, &e))?;
            if snapshot
                .path(file)
                .metadata()
                .is_ok_and(|stored| stored.len() == size)
            {
                break;
            }
        }
        Ok(size)
    }

    /// Refuses what would be stored in a wrong place or fill the disk.
    fn check(
        &self,
        snapshot: &Snapshot<'_>,
        file: &str,
        found: &Metadata,
        limit: u64,
    ) -> Result<(), LoadError> {
        if found.size() as u64 > limit {
            let kind = format!(
                "has {} bytes, at most {limit} are fetched; use a smaller bundle",
                found.size()
            );
            return Err(self.id.error(file, kind));
        }
        // The entity tag names the blob in the cache, and the commit its directory.
        let tag = found.etag().strip_prefix("W/").unwrap_or(found.etag());
        if found.commit_hash() != snapshot.commit || !is_plain(tag) || tag.len() > 128 {
            let kind = format!(
                "{} answers with another commit or a bad entity tag; check HF_ENDPOINT",
                self.endpoint
            );
            return Err(self.id.error(file, kind));
        }
        Ok(())
    }

    /// Says what a failed request means and what mends it.
    fn explain(&self, file: &str, error: &ApiError) -> LoadError {
        let kind = match (status(error), error) {
            (_, ApiError::TooManyRetries(last)) => return self.explain(file, last),
            (Some(401), _) if self.has_token => {
                "the hub refuses the token (HTTP 401); set HF_TOKEN to one that may read the repository".to_owned()
            }
            (Some(401), _) => "the repository does not exist or is private (HTTP 401); check the spelling, or set \
                               HF_TOKEN to a token that may read it"
                .to_owned(),
            (Some(403), _) => "the hub refuses access (HTTP 403); accept the terms on the repository's page and set \
                               HF_TOKEN to a token that may read it"
                .to_owned(),
            (Some(404), _) => "listed in manifest.json but not in the repository (HTTP 404); tell its owner".to_owned(),
            (Some(code), _) => format!("{} answers with HTTP {code}; try again later", self.endpoint),
            (None, ApiError::RequestError(e)) => format!(
                "{} cannot be reached ({e}); check the network and HF_ENDPOINT, or set HF_HUB_OFFLINE=1 to use what \
                 the cache holds",
                self.endpoint
            ),
            (None, ApiError::IoError(e)) => {
                format!("the download broke off ({e}); check the network and the space on the disk, then run again")
            }
            (None, ApiError::LockAcquisition(_)) => {
                "another process is fetching this file; run again when it is done".to_owned()
            }
            (None, e) => format!("{} does not answer like the hub ({e}); check HF_ENDPOINT", self.endpoint),
        };
        self.id.error(file, kind)
    }
}

/// A progress bar on stderr. Unlike the one of `hf-hub` it starts anew when a download is resumed.
struct Bar(ProgressBar);

impl Bar {
    fn new(visible: bool) -> Self {
        Self(if visible {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        })
    }
}

impl Progress for Bar {
    fn init(&mut self, size: usize, filename: &str) {
        const TEMPLATE: &str =
            "{msg:32!} [{bar:30}] {bytes:>10} / {total_bytes:10} {bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            self.0.set_style(style);
        }
        self.0.set_message(filename.to_owned());
        self.0.set_length(size as u64);
        self.0.set_position(0);
    }

    fn update(&mut self, size: usize) {
        self.0.inc(size as u64);
    }

    fn finish(&mut self) {
        self.0.finish();
    }
}

/// The cache that the settings name.
fn cache_of(id: &HubId, settings: &HubSettings) -> Result<Cache, LoadError> {
    let none = || {
        id.error(
            "",
            "no directory for the cache of the hub; set HF_HOME to one",
        )
    };
    settings.cache.clone().map(Cache::new).ok_or_else(none)
}

/// The file in the cache that says which commit a revision names.
fn ref_path(id: &HubId, cache: &Cache) -> PathBuf {
    cache
        .path()
        .join(id.repo().folder_name())
        .join("refs")
        .join(&id.revision)
}

/// The HTTP status that a request failed with. `hf-hub` does not export the error type of its HTTP client, so that its
/// text is all there is.
fn status(error: &ApiError) -> Option<u16> {
    match error {
        ApiError::RequestError(e) => e
            .to_string()
            .strip_prefix("http status: ")?
            .trim()
            .parse()
            .ok(),
        _ => None,
    }
}

/// The start of a text that may be of any length, for messages.
fn start(text: &str) -> &str {
    &text[..text.floor_char_boundary(200)]
}

/// SHA-256 of a file in lower-case hex.
fn digest(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut sha256 = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => {
                return Ok(sha256
                    .finalize()
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect());
            }
            n => sha256.update(&buffer[..n]),
        }
    }
}

/// Whether one component of a path is a plain name: nothing that climbs, hides a drive or changes a web address.
fn is_plain(component: &str) -> bool {
    !matches!(component, "" | "." | "..")
        && component
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// Whether a revision is a whole commit hash of git.
fn is_commit(revision: &str) -> bool {
    is_hex(revision, 40)
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
