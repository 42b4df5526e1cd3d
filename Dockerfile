# A static binary in an empty image: no shell, no libraries, no user database. The image is for the architecture of the
# machine that builds it.
# Named by its digest, so that it is the same image tomorrow: rust:1.97.1-slim-bookworm, for all architectures.
FROM rust:1.97.1-slim-bookworm@sha256:158b745f1b82dbeec7ea06e6b1617d6b005723bb66e6141cd2ddfee40d079ec3 AS build
# The allocator is built by make; a script of Python collects the licences.
RUN apt-get update && apt-get install -y --no-install-recommends make python3-minimal && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock LICENSE ./
COPY benches benches
# The binary has the documents in it.
COPY docs/*.md docs/
COPY scripts/build-static scripts/licences scripts/link-by-start scripts/start-functions.txt scripts/
COPY scenarios scenarios
COPY src src
# Crates and what was compiled of them stay on the machine that builds, so that a change of the code compiles that alone.
RUN --mount=type=cache,target=/usr/local/cargo/registry,id=innkreving-sandbox-registry \
    --mount=type=cache,target=/src/target,id=innkreving-sandbox-target,sharing=locked \
    scripts/build-static /out/innkreving-sandbox && scripts/licences > /out/licences.txt

FROM scratch
LABEL org.opencontainers.image.title="innkreving-sandbox" \
    org.opencontainers.image.description="A stand-in for the collection services of Skatteetaten, to build and test against" \
    org.opencontainers.image.licenses="MIT"
COPY --from=build /out/innkreving-sandbox /out/licences.txt /
# `docker exec C innkreving-sandbox clock …` finds the binary.
ENV PATH=/
# A number, because there is no user database to look up a name in.
USER 65532:65532
# Nobody outside reaches a container's loopback address, so the sandbox listens on all addresses. Whoever runs the
# container decides which port to publish.
ENV SANDBOX_LISTEN=0.0.0.0:8080
EXPOSE 8080
# It answers some milliseconds after its start, so the first look finds it healthy. No --start-interval: older engines cannot
# read it.
HEALTHCHECK --interval=1s --timeout=3s --retries=5 CMD ["/innkreving-sandbox", "healthcheck"]
ENTRYPOINT ["/innkreving-sandbox"]
