# A static binary in an empty image: no shell, no libraries, no user database. The image is for the architecture of the
# machine that builds it.
# Named by its digest, so that it is the same image tomorrow: rust:1.97.1-slim-bookworm, for all architectures.
FROM rust:1.97.1-slim-bookworm@sha256:158b745f1b82dbeec7ea06e6b1617d6b005723bb66e6141cd2ddfee40d079ec3 AS build
# The allocator is built by make.
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock ./
COPY benches benches
COPY scripts/build-static scripts/build-static
COPY scenarios scenarios
COPY src src
RUN scripts/build-static /out/innkreving-sandbox

FROM scratch
COPY --from=build /out/innkreving-sandbox /innkreving-sandbox
# A number, because there is no user database to look up a name in.
USER 65532:65532
# Nobody outside reaches a container's loopback address, so the sandbox listens on all addresses. Whoever runs the
# container decides which port to publish.
ENV SANDBOX_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=1s --retries=3 CMD ["/innkreving-sandbox", "healthcheck"]
ENTRYPOINT ["/innkreving-sandbox"]
