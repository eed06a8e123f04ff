//! Compiles the contract in `proto/` with protox (pure Rust: no `protoc` to install) and lists the files of the bundle
//! that goes into the binary.

use std::{
    env,
    error::Error,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

/// The bundle that is compiled in.
const BUNDLE: &str = "models/dateline-mini";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    compile_contract(&out)?;
    if env::var_os("CARGO_FEATURE_EMBEDDED").is_some() {
        embed_bundle(&out)?;
    }
    Ok(())
}

fn compile_contract(out: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(
        [
            "dateline/v1/analysis_service.proto",
            "dateline/v1/model_service.proto",
        ],
        ["proto"],
    )?;
    // The whole set, so that reflection can tell every message.
    fs::write(
        out.join("dateline_descriptor.bin"),
        prost::Message::encode_to_vec(&files),
    )?;
    tonic_prost_build::configure()
        .extern_path(".google.rpc.Status", "::tonic_types::Status")
        .compile_fds(files)?;
    Ok(())
}

/// Writes `FILES`, the name and the bytes of every file of the bundle.
fn embed_bundle(out: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={BUNDLE}");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join(BUNDLE);
    let mut names = Vec::new();
    list(&root, &root, &mut names)?;
    names.sort();
    let mut code = String::from("pub static FILES: &[(&str, &[u8])] = &[\n");
    for name in names {
        let path = root.join(&name);
        writeln!(code, "    ({name:?}, include_bytes!({path:?})),")?;
    }
    code.push_str("];\n");
    fs::write(out.join("embedded.rs"), code)?;
    Ok(())
}

fn list(root: &Path, folder: &Path, names: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(root, &path, names)?;
        } else {
            names.push(
                path.strip_prefix(root)?
                    .to_string_lossy()
                    .replace('\\', "/"),
            );
        }
    }
    Ok(())
}
