//! Compiles the contract in `proto/` with protox (pure Rust: no `protoc` to install).

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(
        [
            "dateline/v1/analysis_service.proto",
            "dateline/v1/model_service.proto",
        ],
        ["proto"],
    )?;
    // The whole set, so that reflection can tell every message.
    let set = PathBuf::from(env::var("OUT_DIR")?).join("dateline_descriptor.bin");
    fs::write(&set, prost::Message::encode_to_vec(&files))?;
    tonic_prost_build::configure()
        .extern_path(".google.rpc.Status", "::tonic_types::Status")
        .compile_fds(files)?;
    Ok(())
}
