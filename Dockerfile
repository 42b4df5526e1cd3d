# A static binary in an empty image: no shell, no libraries, no user database. Builds for whatever
# architecture it is built on.
FROM rust:1-slim-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY benches benches
COPY scripts/build-static scripts/build-static
COPY scenarios scenarios
COPY src src
RUN scripts/build-static /out/innkreving-sandbox

FROM scratch
COPY --from=build /out/innkreving-sandbox /innkreving-sandbox
# A number, because there is no user database to find a name in.
USER 65532:65532
# A container's own loopback is nobody's; its port is published by whoever runs it.
ENV SANDBOX_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=1s --retries=3 CMD ["/innkreving-sandbox", "healthcheck"]
ENTRYPOINT ["/innkreving-sandbox"]
