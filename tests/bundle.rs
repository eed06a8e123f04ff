//! Damaged and mismatched bundles: each is refused at start, with the file and the mend.

use std::{fs, path::Path};

use dateline::{
    analyzer::{Analyzer, Settings},
    model::{Bundle, bundle::sha256},
};
use serde_json::Value;

fn original() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/models/dateline-mini"))
}

/// A copy of the shipped bundle that a test may damage. The large files are links.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("lexicons")).unwrap();
    let manifest: Value =
        serde_json::from_slice(&fs::read(original().join("manifest.json")).unwrap()).unwrap();
    fs::copy(
        original().join("manifest.json"),
        folder.path().join("manifest.json"),
    )
    .unwrap();
    for name in manifest["files"].as_object().unwrap().keys() {
        std::os::unix::fs::symlink(original().join(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// Replaces a link by a file of its own.
fn replace(folder: &Path, name: &str, bytes: &[u8]) {
    fs::remove_file(folder.join(name)).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

/// Replaces a file and enters its checksum in the manifest: damage that only the contents show.
fn replace_listed(folder: &Path, name: &str, bytes: &[u8]) {
    replace(folder, name, bytes);
    edit(folder, |manifest| {
        manifest["files"][name] = sha256(bytes).into()
    });
}

fn edit(folder: &Path, change: impl FnOnce(&mut Value)) {
    let path = folder.join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut manifest);
    fs::write(path, serde_json::to_vec(&manifest).unwrap()).unwrap();
}

/// The message of a start that must fail.
fn refusal(folder: &Path) -> String {
    match Bundle::open(folder) {
        Err(error) => error.to_string(),
        Ok(bundle) => Analyzer::new(bundle, Settings::default())
            .err()
            .expect("the start is refused")
            .to_string(),
    }
}

fn assert_refused(folder: &Path, names: &[&str]) {
    let message = refusal(folder);
    for name in names {
        assert!(message.contains(name), "{name:?} is not in: {message}");
    }
}

#[test]
fn the_shipped_bundle_opens_from_a_directory_as_from_the_binary() {
    let folder = copy();
    let here = Bundle::open(folder.path()).unwrap();
    assert_eq!(here.manifest(), Bundle::embedded().unwrap().manifest());
    assert!(Analyzer::new(here, Settings::default()).is_ok());
}

#[test]
fn damaged_files_are_named() {
    let weights = fs::read(original().join("model.safetensors")).unwrap();
    let folder = copy();
    replace(
        folder.path(),
        "model.safetensors",
        &weights[..weights.len() / 2],
    );
    assert_refused(
        folder.path(),
        &["model.safetensors", "SHA-256", "get the bundle again"],
    );

    let mut swapped = weights.clone();
    let last = swapped.len() - 1;
    swapped[last] ^= 1;
    let folder = copy();
    replace(folder.path(), "model.safetensors", &swapped);
    assert_refused(
        folder.path(),
        &["model.safetensors", "damaged or was swapped"],
    );

    let folder = copy();
    fs::remove_file(folder.path().join("tokenizer.json")).unwrap();
    assert_refused(folder.path(), &["tokenizer.json", "cannot be read"]);
}

#[test]
fn contents_that_do_not_fit_are_named() {
    let weights = fs::read(original().join("model.safetensors")).unwrap();
    let folder = copy();
    replace_listed(
        folder.path(),
        "model.safetensors",
        &weights[..weights.len() / 2],
    );
    assert_refused(folder.path(), &["model.safetensors", "does not fit"]);

    let folder = copy();
    replace_listed(folder.path(), "tokenizer.json", b"{}");
    assert_refused(folder.path(), &["tokenizer.json"]);

    let folder = copy();
    let config = fs::read_to_string(original().join("config.json")).unwrap();
    let wider = config.replace("\"intermediate_size\": 1536", "\"intermediate_size\": 1537");
    assert_ne!(config, wider);
    replace_listed(folder.path(), "config.json", wider.as_bytes());
    assert_refused(
        folder.path(),
        &["model.safetensors", "intermediate", "1537"],
    );

    let folder = copy();
    replace_listed(folder.path(), "lexicons/en.tsv", b"QQ\tNowhere\t\t\t\t\n");
    assert_refused(folder.path(), &["lexicons", "en", "QQ"]);
}

#[test]
fn manifests_that_do_not_fit_are_told_apart() {
    let folder = copy();
    fs::write(folder.path().join("manifest.json"), b"not json").unwrap();
    assert_refused(folder.path(), &["manifest.json", "is not a manifest"]);

    let folder = copy();
    edit(folder.path(), |m| m["format"] = 99.into());
    assert_refused(folder.path(), &["manifest.json", "format 99"]);

    let folder = copy();
    edit(folder.path(), |m| {
        m["tasks"]["event"]["labels"][3] = "DANCE".into()
    });
    assert_refused(folder.path(), &["manifest.json", "DANCE"]);

    let folder = copy();
    edit(folder.path(), |m| {
        m["tasks"]["summary"]["solver"] = "abstractive".into()
    });
    assert_refused(folder.path(), &["summary", "abstractive"]);

    let folder = copy();
    edit(folder.path(), |m| m["taxonomy_version"] = "1999.01".into());
    assert_refused(folder.path(), &["1999.01"]);

    let folder = copy();
    edit(folder.path(), |m| {
        m["tasks"]["country"]["labels"]
            .as_array_mut()
            .unwrap()
            .pop();
    });
    assert_refused(folder.path(), &["model.safetensors", "heads.country"]);

    let folder = copy();
    edit(folder.path(), |m| m["input"]["window"] = 4096.into());
    assert_refused(folder.path(), &["manifest.json", "4096"]);

    let folder = copy();
    edit(folder.path(), |m| m["input"]["close"] = "[SEP]".into());
    assert_refused(folder.path(), &["manifest.json", "[SEP]"]);

    let folder = copy();
    edit(folder.path(), |m| m["files"]["../secret"] = "0".into());
    assert_refused(folder.path(), &["../secret", "no path inside"]);
}
