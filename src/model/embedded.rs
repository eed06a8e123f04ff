//! The default bundle, compiled into the binary.

// `build.rs` lists the files of `models/dateline-mini`.
include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
