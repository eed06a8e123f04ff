//! A bundle: the files of a model, read and verified.

use std::{borrow::Cow, collections::BTreeMap, path::Path};

use super::Manifest;

/// A model's files with verified checksums.
pub struct Bundle {
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
    pub kind: String,
}

impl Bundle {
    /// The bundle compiled into the binary.
    #[cfg(feature = "embedded")]
    pub fn embedded() -> Result<Self, LoadError> {
        Err(LoadError { path: "embedded".into(), kind: "stub".into() })
    }

    /// Reads a bundle's directory.
    pub fn open(directory: &Path) -> Result<Self, LoadError> {
        Err(LoadError { path: directory.display().to_string(), kind: "stub".into() })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The bytes of a file that the manifest lists.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(|b| &**b)
    }

    /// The model card (`README.md`), empty if the bundle has none.
    pub fn card(&self) -> &str {
        self.file("README.md").and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
    }
}
