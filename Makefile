# `make demo` and `make test` are all that a newcomer needs; `make help` lists the rest.
# Needs git, make, Node.js >= 20 and npm, and Go >= 1.26 where the Kubernetes binaries cannot be downloaded.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/arc-private-link-operator
NODE_VERSION := 24.21.0
NODE_PLATFORM := $(shell node -p 'process.platform + "-" + process.arch' 2>/dev/null)
NODE_HOME := $(CACHE)/node-$(NODE_VERSION)
NODE_DIR := $(NODE_HOME)/node_modules/node-$(NODE_PLATFORM)/bin
NODE := $(NODE_DIR)/node
export PATH := $(NODE_DIR):$(CURDIR)/node_modules/.bin:$(PATH)
export ARC_TEST_CACHE := $(CACHE)

INSTALLED := node_modules/.installed
JEST := $(NODE) --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js
SOURCES := $(shell find src -name '*.ts' 2>/dev/null)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

# The pinned Node is what the npm package `node` would install for this platform, taken directly because npm does not
# run that package's install script unasked.
$(NODE):
	@command -v npm >/dev/null || { echo 'npm is missing: install Node.js 20 or newer with npm.'; exit 1; }
	@echo 'Fetching Node.js $(NODE_VERSION) (once) ...'
	@mkdir -p '$(NODE_HOME)'
	@npm install --silent --no-save --no-package-lock --prefix '$(NODE_HOME)' node-$(NODE_PLATFORM)@$(NODE_VERSION)

$(INSTALLED): $(NODE) package.json package-lock.json
	@echo 'Installing the locked npm packages ...'
	@npm ci --silent
	@touch $@

dist/main.js: $(INSTALLED) $(SOURCES) scripts/build.ts scripts/notices.ts
	@$(NODE) scripts/build.ts

.PHONY: install
install: $(INSTALLED)

.PHONY: build
build: dist/main.js ## bundle the operator into dist/main.js

.PHONY: kubernetes
kubernetes: $(INSTALLED) ## get the Kubernetes binaries that demo and tests need
	@$(NODE) scripts/kubernetes.ts

.PHONY: tools
tools: $(INSTALLED) ## get Helm, kwok, kapply and Flux's controller as well, for the installation tests
	@$(NODE) scripts/kubernetes.ts --tools

.PHONY: demo
demo: build kubernetes ## show the operator at work, without Azure or a cluster (KEEP=1 leaves it running)
	@KEEP='$(KEEP)' $(NODE) scripts/demo.ts

.PHONY: types lint format
types: $(INSTALLED)
	@$(NODE) node_modules/typescript/bin/tsc -p tsconfig.test.json
lint: $(INSTALLED)
	@oxlint --type-aware --quiet src test scripts
	@$(NODE) scripts/check-sources.ts
format: $(INSTALLED)
	@prettier --log-level warn --check .

.PHONY: unit
unit: $(INSTALLED)
	@$(JEST) --selectProjects unit

.PHONY: check
check: types lint format unit ## types, lint, format and unit tests, in under a minute

.PHONY: scenarios
scenarios: build kubernetes ## the operator as a process against a real API server and the simulated Azure
	@$(JEST) --selectProjects scenarios $(ARGS)

.PHONY: test
test: build kubernetes types lint format ## everything: types, lint, format, unit tests, scenarios
	@$(JEST) --selectProjects unit scenarios

.PHONY: torture
torture: build kubernetes ## campaigns of faults and mutations, with a seed of their own (ARGS='--campaign NAME --minutes 10 --seed N')
	@$(NODE) scripts/torture.ts $(ARGS)

.PHONY: test-install
test-install: build tools ## Helm, GitOps tools and kubectl against a real API server (builds these tools once, about four minutes)
	@$(JEST) --selectProjects install $(ARGS)

.PHONY: test-exports
test-exports: $(INSTALLED) ## exported files in real BIND, dnsmasq, unbound and shellcheck (gets them from Debian's packages, without root)
	@$(JEST) --selectProjects exports $(ARGS)

.PHONY: test-image
test-image: build kubernetes ## build the image with buildah on a base made here, and run it (installs buildah where it can)
	@command -v buildah >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends buildah >/dev/null; } || { echo 'buildah is missing: install it with your system'"'"'s packages.'; exit 1; }
	@$(JEST) --selectProjects image $(ARGS)

.PHONY: manifests
manifests: $(INSTALLED) ## write src/api/types.ts, crds/, deploy/azure, generated pages of docs/ and parts of the chart
	@$(NODE) scripts/manifests.ts

.PHONY: golden
golden: tools ## write test/golden/chart, what Helm makes of the chart's profiles
	@$(NODE) scripts/golden.ts

.PHONY: golden-azure
golden-azure: $(INSTALLED) ## write test/golden/azure, what the simulated Azure answers
	@$(NODE) scripts/golden-azure.ts

.PHONY: golden-kubectl
golden-kubectl: build kubernetes ## write test/golden/kubectl, what people see with kubectl
	@UPDATE_GOLDEN=1 $(JEST) --selectProjects=install --testPathPatterns kubectl

.PHONY: verify
verify: tools ## fail when a generated file is stale
	@$(NODE) scripts/manifests.ts --check
	@$(NODE) scripts/golden.ts --check
	@$(NODE) scripts/golden-azure.ts --check

.PHONY: conformance
conformance: $(INSTALLED) ## compare the simulated Azure with what the real one answered
	@$(NODE) test/conformance/run.ts

.PHONY: mutants
mutants: $(INSTALLED) ## put faults into the simulated Azure and tell which the checks notice
	@$(NODE) scripts/mutants/main.ts $(ARGS)

.PHONY: bench
bench: build kubernetes ## measure the operator in worlds of up to 60,000 servers; writes bench/results.json
	@$(NODE) scripts/bench/main.ts $(ARGS)

.PHONY: bench-peers
bench-peers: build kubernetes ## the same work by other tools (needs Python and Go; builds them once); writes bench/peers.json
	@$(NODE) scripts/bench/peers/main.ts $(ARGS)

.PHONY: clean
clean: ## remove what was built here (the cache outside the tree stays)
	@rm -rf dist coverage .cache $(INSTALLED)
