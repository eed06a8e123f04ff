//! The contract's side of the house: the only place that names protobuf types.

/// Types and services generated from `proto/dateline/v1`.
pub mod proto {
    #![allow(clippy::all, missing_docs)]
    tonic::include_proto!("dateline.v1");

    /// The whole contract for server reflection.
    pub const FILE_DESCRIPTOR_SET: &[u8] =
        include_bytes!(concat!(env!("OUT_DIR"), "/dateline_descriptor.bin"));
}
