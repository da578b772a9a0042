# Genkai and git, which `genkai plan` asks for the base. The release workflow builds it from the archives for musl, so that the
# image holds the bytes that are attested: dist/amd64/genkai and dist/arm64/genkai are static programs.
FROM alpine:3.22
ARG TARGETARCH
# Alpine keeps only the newest build of a package, so a pinned one would soon be gone.
# hadolint ignore=DL3018
RUN apk add --no-cache git \
    && adduser -D -H -u 65532 genkai \
    # A project is mounted from outside and belongs to somebody else there.
    && git config --system --add safe.directory '*'
COPY --chmod=755 dist/${TARGETARCH}/genkai /usr/local/bin/genkai
USER 65532:65532
WORKDIR /project
ENTRYPOINT ["genkai"]
