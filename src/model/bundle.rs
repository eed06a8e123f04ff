//! A bundle: the files of a model, read and verified before anything looks at them.

use std::{borrow::Cow, collections::BTreeMap, fs, path::Path};

use sha2::{Digest, Sha256};

use super::Manifest;

/// A model's files with verified checksums.
pub struct Bundle {
    origin: String,
    manifest: Manifest,
    files: BTreeMap<String, Cow<'static, [u8]>>,
}

/// Why a bundle could not be loaded. The message says which file and how to mend it.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {kind}")]
pub struct LoadError {
    /// The file or directory.
    pub path: String,
    /// What is wrong with it.
    pub kind: LoadErrorKind,
}

/// What can be wrong with a bundle.
#[derive(Debug, thiserror::Error)]
pub enum LoadErrorKind {
    #[error("cannot be read ({0}); check the path and its permissions")]
    Unreadable(#[source] std::io::Error),
    #[error("is not a manifest ({0}); get the bundle again")]
    Manifest(#[source] serde_json::Error),
    #[error(
        "has bundle format {found}, this build reads format {}; use a matching release of dateline",
        Manifest::FORMAT
    )]
    Format { found: u32 },
    #[error(
        "has SHA-256 {found}, the manifest says {expected}: the file is damaged or was swapped; get the bundle again"
    )]
    Checksum { expected: String, found: String },
    #[error("is not listed in the manifest; get the bundle again")]
    Unlisted,
    #[error("is no path inside the bundle; get the bundle from a source you trust")]
    Outside,
    #[error("does not fit: {0}; get the bundle again or use a matching release of dateline")]
    Unfit(String),
    /// The hub did not give it; the text says why and what mends it.
    #[error("{0}")]
    Fetch(String),
}

impl LoadError {
    pub fn new(path: impl Into<String>, kind: LoadErrorKind) -> Self {
        Self {
            path: path.into(),
            kind,
        }
    }
}

impl Bundle {
    /// The file that tells of all others.
    pub const MANIFEST: &'static str = "manifest.json";

    /// The bundle compiled into the binary.
    ///
    /// # Errors
    /// A checksum does not hold: the executable is damaged.
    #[cfg(feature = "embedded")]
    pub fn embedded() -> Result<Self, LoadError> {
        let mut files: BTreeMap<&str, &'static [u8]> =
            super::embedded::FILES.iter().copied().collect();
        let manifest = files.remove(Self::MANIFEST).unwrap_or_default();
        Self::verify("embedded model", manifest, |name| {
            Ok(files
                .get(name)
                .map(|bytes| Cow::Borrowed(*bytes))
                .unwrap_or_default())
        })
    }

    /// Reads a bundle's directory.
    ///
    /// # Errors
    /// A file is missing, unreadable or not the one the manifest lists.
    pub fn open(directory: &Path) -> Result<Self, LoadError> {
        let read = |name: &str| {
            let path = directory.join(name);
            fs::read(&path).map_err(|e| {
                LoadError::new(path.display().to_string(), LoadErrorKind::Unreadable(e))
            })
        };
        let manifest = read(Self::MANIFEST)?;
        Self::verify(&directory.display().to_string(), &manifest, |name| {
            read(name).map(Cow::Owned)
        })
    }

    fn verify(
        origin: &str,
        manifest: &[u8],
        mut read: impl FnMut(&str) -> Result<Cow<'static, [u8]>, LoadError>,
    ) -> Result<Self, LoadError> {
        let at = |name: &str| format!("{origin}/{name}");
        let manifest: Manifest =
            Self::parse(manifest).map_err(|kind| LoadError::new(at(Self::MANIFEST), kind))?;
        let mut files = BTreeMap::new();
        for (name, expected) in &manifest.files {
            if !is_inside(name) {
                return Err(LoadError::new(at(name), LoadErrorKind::Outside));
            }
            let bytes = read(name)?;
            let found = sha256(&bytes);
            if found != *expected {
                let kind = LoadErrorKind::Checksum {
                    expected: expected.clone(),
                    found,
                };
                return Err(LoadError::new(at(name), kind));
            }
            files.insert(name.clone(), bytes);
        }
        Ok(Self {
            origin: origin.to_owned(),
            manifest,
            files,
        })
    }

    /// The format number is asked first, so that a bundle of another format is not reported as a broken one.
    fn parse(manifest: &[u8]) -> Result<Manifest, LoadErrorKind> {
        #[derive(serde::Deserialize)]
        struct Versioned {
            format: u32,
        }
        let Versioned { format } =
            serde_json::from_slice(manifest).map_err(LoadErrorKind::Manifest)?;
        if format != Manifest::FORMAT {
            return Err(LoadErrorKind::Format { found: format });
        }
        serde_json::from_slice(manifest).map_err(LoadErrorKind::Manifest)
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The bytes of a file that the manifest lists.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(|b| &**b)
    }

    /// The bytes of a file, if they are part of the executable.
    pub fn inside(&self, name: &str) -> Option<&'static [u8]> {
        match self.files.get(name)? {
            Cow::Borrowed(bytes) => Some(bytes),
            Cow::Owned(_) => None,
        }
    }

    /// The bytes of a file that must be there.
    ///
    /// # Errors
    /// The manifest does not list it.
    pub fn required(&self, name: &str) -> Result<&[u8], LoadError> {
        self.file(name)
            .ok_or_else(|| LoadError::new(self.at(name), LoadErrorKind::Unlisted))
    }

    /// The text files in a folder of the bundle with the given ending: `(name without folder and ending, text)`.
    ///
    /// # Errors
    /// A file is not UTF-8.
    pub fn texts<'a>(
        &'a self,
        folder: &str,
        ending: &str,
    ) -> Result<Vec<(&'a str, &'a str)>, LoadError> {
        let mut texts = Vec::new();
        for (path, bytes) in &self.files {
            let name = path.strip_prefix(folder).and_then(|p| p.strip_prefix('/'));
            let Some(name) = name.and_then(|p| p.strip_suffix(ending)) else {
                continue;
            };
            let text = std::str::from_utf8(bytes)
                .map_err(|e| LoadError::new(self.at(path), LoadErrorKind::Unfit(e.to_string())))?;
            texts.push((name, text));
        }
        Ok(texts)
    }

    /// The model card (`README.md`), empty if the bundle has none.
    pub fn card(&self) -> &str {
        self.file("README.md")
            .and_then(|b| std::str::from_utf8(b).ok())
            .unwrap_or_default()
    }

    /// An error about one of the bundle's files.
    pub fn unfit(&self, name: &str, reason: impl std::fmt::Display) -> LoadError {
        LoadError::new(self.at(name), LoadErrorKind::Unfit(reason.to_string()))
    }

    fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.origin)
    }
}

/// SHA-256 as lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// A relative path without `..`: a manifest from elsewhere must not name files outside its bundle.
pub fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains('\\')
        && Path::new(path)
            .components()
            .all(|c| matches!(c, std::path::Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_inside_are_inside() {
        for path in ["config.json", "lexicons/en.tsv"] {
            assert!(is_inside(path), "{path}");
        }
        for path in ["", "/etc/passwd", "../x", "a/../../x", "./x", "a\\..\\x"] {
            assert!(!is_inside(path), "{path}");
        }
    }

    #[test]
    fn sha256_is_the_standards() {
        // FIPS 180-4, the empty message.
        assert_eq!(
            sha256(b""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
