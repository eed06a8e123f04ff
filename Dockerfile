# The `dateline` binary, with its model inside, on a base without shell or package manager.
#
#   docker build --tag dateline .
#   docker run --publish 50051:50051 dateline
#
# Nothing here needs BuildKit. docs/container.md says more, also how to build where no image can be pulled.

# Both stages must have the same C library or the second a newer one: both are Debian 12.
ARG RUST_IMAGE=rust:1.95-slim-bookworm
# Why distroless rather than debian:bookworm-slim: the binary needs the C library, libgcc and certificates, and nothing
# else is there to be patched or abused; the health check runs the binary itself, so no shell is missed.
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12:nonroot

FROM ${RUST_IMAGE} AS build
WORKDIR /build
# A container has no use for incremental state, and line tables are 30 MB of image. Function names stay for backtraces.
ENV CARGO_INCREMENTAL=0 \
    CARGO_PROFILE_RELEASE_DEBUG=false \
    CARGO_PROFILE_RELEASE_STRIP=debuginfo

# The dependencies, on an empty crate: this layer is built anew only when Cargo.toml or Cargo.lock change.
# Targets that Cargo.toml names must exist, so benches and examples get an empty main too.
COPY Cargo.toml Cargo.lock ./
RUN set -eu; \
    mkdir -p src benches examples tests; \
    echo 'fn main() {}' | tee src/main.rs build.rs >/dev/null; \
    touch src/lib.rs; \
    for kind in bench example test; do \
        for name in $(sed -n "/^\[\[$kind\]\]/,/^\$/s/^name *= *\"\(.*\)\"/\1/p" Cargo.toml); do \
            case $kind in bench) folder=benches;; *) folder=${kind}s;; esac; \
            echo 'fn main() {}' >"$folder/$name.rs"; \
        done; \
    done; \
    cargo build --release --locked --bin dateline

# The crate. cargo compares times, and the files that were just copied may be older than the empty crate built above.
COPY build.rs ./
COPY proto proto
COPY models models
COPY src src
RUN touch build.rs src/lib.rs src/main.rs \
    && cargo build --release --locked --bin dateline \
    && mkdir -p /image/usr/local/bin /image/usr/share/doc/dateline /cache \
    && cp target/release/dateline /image/usr/local/bin/
COPY LICENSE-APACHE LICENSE-MIT /image/usr/share/doc/dateline/


FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=""
LABEL org.opencontainers.image.title="Dateline" \
      org.opencontainers.image.description="Reads a news article in any language and says where, what and in short, with the sentences that prove it" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image /
# Bundles from the hub (`--model hf:org/name`) land here; mount a volume to keep them.
COPY --from=build --chown=65532:65532 /cache /var/cache/dateline
# A number, so that Kubernetes can check `runAsNonRoot` without reading /etc/passwd.
USER 65532:65532
# Inside a container the loopback address would be reachable by nobody.
ENV DATELINE_ADDRESS=0.0.0.0:50051 \
    HF_HOME=/var/cache/dateline
EXPOSE 50051
# SIGTERM drains: what was accepted is answered, nothing new is taken.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["/usr/local/bin/dateline", "health"]
ENTRYPOINT ["/usr/local/bin/dateline"]
CMD ["serve"]
