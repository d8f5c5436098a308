# The operator's image: Node and one bundled file. `docker build .` is all it takes; docs/image.md says more.
ARG BUILD_IMAGE=docker.io/library/node:24-trixie-slim
ARG BASE_IMAGE=gcr.io/distroless/nodejs24-debian13:nonroot

FROM ${BUILD_IMAGE} AS build
# Another registry than npm's own, where that is out of reach.
ARG NPM_CONFIG_REGISTRY
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts/build.ts scripts/notices.ts scripts/
COPY src src
COPY tsconfig.json ./
RUN node scripts/build.ts

FROM ${BASE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="arc-private-link-operator" \
      org.opencontainers.image.description="Keeps Azure Arc-enabled servers on a private network, from YAML in a Git repository." \
      org.opencontainers.image.source="https://github.com/arc-private-link/operator" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY LICENSE /app/
COPY --from=build /src/dist/main.js /src/dist/THIRD-PARTY-NOTICES.txt /src/dist/sbom.cdx.json /app/
WORKDIR /app
# Metrics and probes.
EXPOSE 8080 8081
# The number, so that a kubelet can tell that it is not root.
USER 65532:65532
# One arena for all threads of Node: what several keep for themselves is 3 to 10 MiB.
ENV MALLOC_ARENA_MAX=1
# Left alone, V8 sizes its young generation by the machine; with these two a burst of 1,000 calls takes half (docs/operations.md).
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=4", "--max-old-space-size=160", "/app/main.js"]
