# Needs a Swift 6 toolchain. What else is missing is installed on Debian and Ubuntu; elsewhere `make deps` says what to install.

SWIFT ?= swift
PREFIX ?= /usr/local
PARITY ?= ../shared/parity

# STATIC=1 links every library but the C library's into the binary, which then runs where nothing of them is.
SCRATCH := $(if $(STATIC),.build-static,.build)
# The static libraries, Swift's and the system's. The build's own tool is linked to them too.
LIBRARIES_STATIC := .build-static/swift_static
# A libcurl for HTTP alone; that of the system brings thirty libraries along.
CURL_STATIC := .build-static/libcurl/libcurl.o
# The C library may be older than the one that is built with.
LIBC_STATIC := .build-static/older_libc.o
OBJECTS_STATIC := $(CURL_STATIC) $(LIBC_STATIC)
# It is as small as it can be: without Foundation's URLSession it does without Foundation's half that stands on ICU; functions of equal
# code are one; what would unwind the stack for exceptions, of which there are none, is left out (a crash is traced by frame
# pointers); and it is loaded at one place, so that it has no relocations.
STATIC_FLAGS = --disable-default-traits --static-swift-stdlib $(addprefix -Xswiftc ,-static-stdlib -resource-dir $(CURDIR)/$(LIBRARIES_STATIC) \
  -use-ld=lld -Xclang-linker -no-pie) $(addprefix -Xlinker ,--icf=all --no-eh-frame-hdr $(CURDIR)/Distribution/unwinding.ld \
  $(addprefix $(CURDIR)/,$(OBJECTS_STATIC)) -lssl -lcrypto -lz)
# On Linux, Foundation's networking needs libcurl, whose thirty libraries would be loaded at each start. Linked from its archive, it
# calls the functions of CCurl instead, which load libcurl with the first request; a program without CCurl gets the library itself.
RESOURCES = $(shell $(SWIFT) -print-target-info 2>/dev/null | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
ARCHIVES = $(wildcard $(addprefix $(RESOURCES)_static/linux/lib,FoundationNetworking.a _CFURLSessionInterface.a))
LAZY_FLAGS = $(if $(ARCHIVES),$(addprefix -Xswiftc ,-Xfrontend -disable-autolink-library -Xfrontend FoundationNetworking) \
  $(addprefix -Xlinker ,$(ARCHIVES) --as-needed -lswiftSynchronization -lcurl))
# The commit that the program names: an object that is linked in, so that no source changes with a commit.
ifndef REVISION
REVISION := $(shell commit=$$(git rev-parse --short=12 HEAD 2>/dev/null) && echo "$$commit$$(git diff-index --quiet HEAD || echo +)")
endif
REVISION_OBJECT = $(if $(REVISION),$(SCRATCH)/revision/$(REVISION).o)
BUILD = $(if $(STATIC),PKG_CONFIG_PATH=$(CURDIR)/$(LIBRARIES_STATIC)/pkgconfig )$(SWIFT) build -c release --scratch-path $(SCRATCH) $(if $(STATIC),$(STATIC_FLAGS),$(LAZY_FLAGS)) \
  $(addprefix -Xlinker $(CURDIR)/,$(REVISION_OBJECT))
# BIN=FOLDER BUILT=1 tests programs that are there already.
BIN = $(SCRATCH)/release
BUILT ?=
# The programs in Benchmarks are targets of the package only where this variable is set.
BUILD_BENCHMARK = AIRBYTE_LOWCODE_BENCHMARKS=1 $(BUILD) --product
LIBRARIES := yaml-0.1 zlib expat libcurl libcrypto libpcre2-8
PACKAGES := git pkg-config libyaml-dev zlib1g-dev libexpat1-dev libcurl4-openssl-dev libssl-dev libpcre2-dev
SWIFT_FILES := Sources Tests Benchmarks Package.swift
# BENCH="--only a b --runs 5" and similar options are passed to Benchmarks/bench.py.
BENCH ?=

.DEFAULT_GOAL := help
.PHONY: help run build build-api test test-conformance test-schema test-shipping test-dist test-reproducible test-embedding public-api check-public-api
.PHONY: python-components test-host robustness dist install deps format lint parity conformance-record clean pins pins-lay
.PHONY: doubling bench bench-components bench-deps docs instructions instructions-record instructions-deps parity-test-read
.PHONY: test-standard test-lsp test-sources test-sharding test-examples test-spark test-kubernetes test-airflow test-schedulers
.PHONY: measure-spark test-spark-here test-spark-4.1 test-spark-4.1-here judge-openapi test-new test-login test-singer test-old-singer bench-singer

help: ## Say what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Messages go to stdout, all the rest to stderr, so that `make -s run > messages.jsonl` holds only messages. The debug build is the
# one that `make test` uses.
run: deps ## Read the bookshop's manifest against the example API.
	@for product in airbyte-lowcode example-api; do $(SWIFT) build --product $$product >&2 || exit 1; done
	@scratch=$$(mktemp -d); \
	.build/debug/example-api --port 0 > "$$scratch/url" & server=$$!; \
	trap 'kill $$server 2>/dev/null; rm -rf "$$scratch"' EXIT; \
	trap 'exit 130' INT TERM; \
	tries=0; \
	until [ -s "$$scratch/url" ]; do \
	  tries=$$((tries + 1)); \
	  if [ $$tries -gt 100 ] || ! kill -0 $$server 2>/dev/null; then echo "The example API did not start." >&2; exit 1; fi; \
	  sleep 0.1; \
	done; \
	sed "s|http://127.0.0.1:18100|$$(cat "$$scratch/url")|" manifests/bookshop/config.json > "$$scratch/config.json"; \
	.build/debug/airbyte-lowcode read --manifest manifests/bookshop/manifest.yaml --config "$$scratch/config.json" \
	  --catalog manifests/bookshop/catalog.json

build: deps $(REVISION_OBJECT) $(if $(STATIC),pins-lay $(LIBRARIES_STATIC) $(OBJECTS_STATIC)) ## Build the release binary (STATIC=1: it needs the C library alone).
	$(if $(BUILT),,@$(BUILD) --product airbyte-lowcode >&2)
	$(if $(STATIC),@python3 Distribution/pins.py check --built)

# What some tests of the program read from.
build-api: build
	$(if $(BUILT),,@$(BUILD) --product example-api >&2)

pins-lay:
	@python3 Distribution/pins.py lay

pins: ## Make the versions of Swift packages that were built last those of releases.
	@python3 Distribution/pins.py record

$(SCRATCH)/revision/%.o:
	@mkdir -p $(@D)
	@echo 'const char revision_text[] = "$*";' | clang -x c -c - -o $@

$(LIBRARIES_STATIC): Distribution/static_libraries.py
	@mkdir -p $(@D)
	@resources=$$($(SWIFT) -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p'); \
	python3 Distribution/static_libraries.py "$${resources}_static" $@

$(CURL_STATIC): Distribution/libcurl Distribution/linked_curl.c Sources/CCurl/lazy_curl.h
	@Distribution/libcurl $(@D)

$(LIBC_STATIC): Distribution/older_libc.c
	@clang -O2 -c $< -o $@

test: deps python-components ## Run every test (SKIP=NAME leaves out those of a name).
	@Tests/Conformance/with-preloaded-python $(abspath $(PYTHON_COMPONENTS))/bin/python \
	  $(SWIFT) test --disable-xctest $(addprefix --skip ,$(SKIP))

# The tests that take longest, as a program with optimization runs them.
test-conformance: deps python-components $(REVISION_OBJECT) ## Run the conformance cases in a release build.
	@AIRBYTE_LOWCODE_CONFORMANCE=1 $(BUILD) --build-tests >&2
	@Tests/Conformance/with-preloaded-python $(abspath $(PYTHON_COMPONENTS))/bin/python \
	  $(BIN)/airbyte-lowcodePackageTests.xctest --testing-library swift-testing

test-shipping: build-api ## Try packages and images with skopeo, umoci, buildah, chroot and PyAirbyte; what is missing is skipped.
	@python3 Tests/Shipping/shipping.py --build $(BIN)

# $(call built,FOLDER) builds a package of its own where the library is built, so that the library is built once. What SwiftPM keeps of
# its plan there belongs to one package.
define built
	@rm -f .build/debug.yaml; $(SWIFT) build --package-path $(1) --scratch-path .build >&2; status=$$?; rm -f .build/debug.yaml; exit $$status
endef

test-embedding: deps ## Build a package that uses the library, and run its connector against the example API.
	@$(SWIFT) build --product example-api >&2
	$(call built,Tests/Embedding)
	@scratch=$$(mktemp -d); \
	.build/debug/example-api --port 0 > "$$scratch/url" & server=$$!; \
	trap 'kill $$server 2>/dev/null; rm -rf "$$scratch"' EXIT; \
	trap 'exit 130' INT TERM; \
	tries=0; \
	until [ -s "$$scratch/url" ]; do \
	  tries=$$((tries + 1)); \
	  if [ $$tries -gt 100 ] || ! kill -0 $$server 2>/dev/null; then echo "The example API did not start." >&2; exit 1; fi; \
	  sleep 0.1; \
	done; \
	.build/debug/embedding "$$(cat "$$scratch/url")" && \
	Tests/Embedding/program .build/debug/source-bookshop "$$(cat "$$scratch/url")"

test-new: deps ## Build the Swift package that `new` writes, run its tests and read with it.
	@$(SWIFT) build --product airbyte-lowcode >&2
	@Tests/New/swift-package .build/debug/airbyte-lowcode .build

public-api: ## Write the list of the library's public symbols, after a change of them that is meant.
	@$(SWIFT) build --target LowCode >&2
	@python3 Distribution/public_api.py .build/debug Sources/LowCode/public-api.txt

check-public-api: ## Compare the library's public symbols with the list.
	@$(SWIFT) build --target LowCode >&2
	@python3 Distribution/public_api.py .build/debug Sources/LowCode/public-api.txt --check

PYTHON ?= python3

test-schema: build ## Check the schema for editors with python-jsonschema over all manifests (PYTHON names one that has it).
	@$(PYTHON) Tests/Schema/published_schema.py $(BIN)/airbyte-lowcode $(wildcard $(PARITY)/cases/*/manifest.yaml)

REFERENCE ?= $(wildcard ../cdk/bin/python)

test-standard: build ## Run the reference's own tests of connectors on the bookshop (REFERENCE names a Python with airbyte-cdk).
	@$(PYTHON) Tests/Standard/standard_tests.py $(BIN)/airbyte-lowcode $(if $(REFERENCE),--python $(REFERENCE))

test-examples: build ## Check the connectors in manifests, also with the reference (REFERENCE names a Python with airbyte-cdk).
	@$(BIN)/airbyte-lowcode validate --strict manifests
	@for folder in manifests/*/; do $(BIN)/airbyte-lowcode test "$$folder" --mock || exit 1; done
	@if [ -n "$(REFERENCE)" ]; then \
	  $(REFERENCE) -B Tests/Examples/sign_in.py $(BIN)/airbyte-lowcode && \
	  $(REFERENCE) -B Tests/Examples/reference.py $(BIN)/airbyte-lowcode; \
	else echo "The examples are not compared with the reference: there is no Python with airbyte-cdk."; fi

EDITORS := .build/editors

# It counts as made once the client can be imported from it.
test-lsp: build ## Use the language server by a real client, with what editors say they can do (skipped if pip cannot install it).
	@if ! cmp -s Tests/LanguageServer/requirements.txt $(EDITORS)/requirements.txt; then \
	  rm -rf $(EDITORS); \
	  { $(PYTHON) -m venv $(EDITORS) && \
	    $(EDITORS)/bin/python -m pip install --quiet --disable-pip-version-check --retries 1 \
	      --requirement Tests/LanguageServer/requirements.txt && \
	    $(EDITORS)/bin/python -c 'import pytest_lsp' && cp Tests/LanguageServer/requirements.txt $(EDITORS); } >&2 || \
	  rm -rf $(EDITORS); \
	fi; \
	if [ ! -x $(EDITORS)/bin/python ]; then echo "skipped: pip cannot install the client"; exit 0; fi; \
	AIRBYTE_LOWCODE=$(abspath $(BIN))/airbyte-lowcode $(EDITORS)/bin/python -m pytest -q --timeout 120 -p no:cacheprovider \
	  -W error::pytest_lsp.LspSpecificationWarning -o asyncio_default_fixture_loop_scope=function Tests/LanguageServer

# $(call integration,NAME,REQUIREMENTS,FOLDER OF TESTS) runs tests with Python packages of their own.
define integration
	@if ! cmp -s $(2) .build/$(1)/requirements.txt; then \
	  rm -rf .build/$(1); \
	  { $(PYTHON) -m venv .build/$(1) && \
	    .build/$(1)/bin/python -m pip install --quiet --disable-pip-version-check --retries 1 --requirement $(2) && \
	    cp $(2) .build/$(1)/requirements.txt; } >&2 || rm -rf .build/$(1); \
	fi; \
	if [ ! -x .build/$(1)/bin/python ]; then echo "skipped: pip cannot install $(2)"; exit 0; fi; \
	AIRBYTE_LOWCODE=$(abspath $(BIN))/airbyte-lowcode .build/$(1)/bin/python -m pytest -q -p no:cacheprovider $(3)
endef

test-spark: build ## Read streams in a real Spark, as tables and as streams (skipped without Java).
	@if ! command -v java >/dev/null; then echo "skipped: there is no Java, which Spark needs"; exit 0; fi; \
	$(MAKE) --no-print-directory test-spark-here

test-spark-here:
	$(call integration,spark,Integrations/spark/tests/requirements.txt,Integrations/spark/tests)

# The oldest Spark that the package is tested with beside the newest.
test-spark-4.1: build ## The same as test-spark, in Spark 4.1.
	@if ! command -v java >/dev/null; then echo "skipped: there is no Java, which Spark needs"; exit 0; fi; \
	$(MAKE) --no-print-directory test-spark-4.1-here

test-spark-4.1-here:
	$(call integration,spark-4.1,Integrations/spark/tests/requirements-4.1.txt,Integrations/spark/tests)

test-kubernetes: build ## Compare the Job for Kubernetes with the official models, and play it on this machine.
	$(call integration,kubernetes,Integrations/kubernetes/tests/requirements.txt,Integrations/kubernetes/tests)

test-airflow: build ## Run the DAG in a real Airflow.
	$(call integration,airflow,Integrations/airflow/tests/requirements.txt,Integrations/airflow/tests)

test-schedulers: build ## Run the pages about Prefect and Dagster as they stand in docs/scale-out.md.
	$(call integration,schedulers,Integrations/schedulers/requirements.txt,Integrations/schedulers)

measure-spark: build ## Measure reads in Spark beside one process, with the packages of `make test-spark`.
	@AIRBYTE_LOWCODE=$(abspath $(BIN))/airbyte-lowcode .build/spark/bin/python Integrations/spark/tests/measure.py

# ONLY chooses requests, as `new --only` does.
judge-openapi: build ## Make, check and read a connector of each OpenAPI document in the folder DOCS, against the mock of the document.
	@$(PYTHON) Tests/OpenAPI/judge.py $(BIN)/airbyte-lowcode $(if $(DOCS),$(DOCS),Tests/OpenAPITests/Fixtures) $(if $(ONLY),--only '$(ONLY)')

SIGN_IN := .build/sign-in

# Browsers that come with pip are downloaded from elsewhere, so that Chromium and its driver are Debian's.
test-login: build ## Sign in to an authorization server, with a headless Chromium that clicks (skipped if pip cannot install them).
	@( $(call installed,test -x /usr/bin/chromium && test -x /usr/bin/chromedriver,chromium chromium-driver fonts-dejavu-core) ) || \
	  echo "There is no Chromium: what needs it is skipped." >&2
	@if ! cmp -s Tests/SignIn/requirements.txt $(SIGN_IN)/requirements.txt; then \
	  rm -rf $(SIGN_IN); \
	  { $(PYTHON) -m venv $(SIGN_IN) && \
	    $(SIGN_IN)/bin/python -m pip install --quiet --disable-pip-version-check --retries 1 \
	      --requirement Tests/SignIn/requirements.txt && \
	    $(SIGN_IN)/bin/python -c 'import authlib, flask, selenium' && cp Tests/SignIn/requirements.txt $(SIGN_IN); } >&2 || \
	  rm -rf $(SIGN_IN); \
	fi; \
	if [ ! -x $(SIGN_IN)/bin/python ]; then echo "skipped: pip cannot install the server"; exit 0; fi; \
	AIRBYTE_LOWCODE=$(abspath $(BIN))/airbyte-lowcode $(abspath $(SIGN_IN))/bin/python -B -m pytest -q -p no:cacheprovider Tests/SignIn

PYTHON_COMPONENTS := .build/python
PYTHON_DISTRIBUTIONS := Sources/PythonComponents/Resources/slim-requirements.txt

# It counts as made once the factory of airbyte-cdk can be imported from it.
python-components: ## Make .build/python, a Python that runs custom components, for the tests of them (skipped if pip cannot).
	@made=$(PYTHON_COMPONENTS)/$(notdir $(PYTHON_DISTRIBUTIONS)); \
	if cmp -s $(PYTHON_DISTRIBUTIONS) "$$made"; then exit 0; fi; \
	rm -rf $(PYTHON_COMPONENTS); \
	{ $(PYTHON) -m venv $(PYTHON_COMPONENTS) && \
	  $(PYTHON_COMPONENTS)/bin/python -m pip install --quiet --disable-pip-version-check --retries 1 --no-deps \
	    --requirement $(PYTHON_DISTRIBUTIONS) && \
	  $(PYTHON_COMPONENTS)/bin/python -c 'import airbyte_cdk.sources.declarative.parsers.model_to_component_factory' && \
	  cp $(PYTHON_DISTRIBUTIONS) "$$made"; } >&2 || \
	{ rm -rf $(PYTHON_COMPONENTS); echo "There is no $(PYTHON_COMPONENTS): tests of Python components are skipped." >&2; }

test-host: python-components ## Test the program that runs components in Python, and the minimal host in another language.
	@if [ -x $(PYTHON_COMPONENTS)/bin/python ]; then \
	  cd Tests/ComponentHost && $(abspath $(PYTHON_COMPONENTS))/bin/python -B -m unittest -q test_host; \
	else echo "The host is not tested: there is no $(PYTHON_COMPONENTS)." >&2; fi

# RUNS, KILLS and REPLAYS say how much is tried.
RUNS ?= 20000
KILLS ?= 300
REPLAYS ?= 100
robustness: build-api ## Try wrong inputs (RUNS), reads that are killed (KILLS), odd clients of the mock, and replays of a recording (REPLAYS).
	@python3 Tests/Robustness/fuzz.py $(BIN)/airbyte-lowcode --runs $(RUNS)
	@python3 Tests/Robustness/interruptions.py $(BIN)/airbyte-lowcode --kills $(KILLS)
	@python3 Tests/Robustness/mock_server.py $(BIN)/airbyte-lowcode
	@python3 Tests/Robustness/replays.py $(BIN)/airbyte-lowcode $(BIN)/example-api --runs $(REPLAYS)
	@python=$${AIRBYTE_LOWCODE_PYTHON:-.build/python/bin/python}; if [ -x "$$python" ]; then \
	  python3 Tests/Robustness/host_kills.py $(BIN)/airbyte-lowcode "$$python" --kills $$(($(KILLS) / 3)); \
	else echo "There is no Python with airbyte-cdk, so no process of components is killed: run 'make python-components'."; fi

doubling: build ## Double the size of each input, and show where the time more than triples.
	@python3 Tests/Robustness/doubling.py $(BIN)/airbyte-lowcode

# RELEASE_URL is where the files will be, which the Homebrew formula says.
dist: ## Write what is released into dist/: tarball, packages, wheel, image, formula, bills of materials, checksums.
	@$(MAKE) --no-print-directory build STATIC=1
	@Distribution/release .build-static/release/airbyte-lowcode dist

test-dist: dist ## Install what is released in each way, in clean places, and read the bookshop there; what is missing is skipped.
	@$(SWIFT) build --product example-api >&2
	@python3 Tests/Distribution/distribution.py --dist dist --build .build-static/release

AGAIN := .build-static-again

# Names of folders are in the program until it is stripped.
test-reproducible: dist ## Build the static program a second time, in another folder, and compare the two byte by byte.
	@rm -rf $(AGAIN)
	@$(MAKE) --no-print-directory build STATIC=1 SCRATCH=$(AGAIN)
	@strip -o $(AGAIN)/airbyte-lowcode $(AGAIN)/release/airbyte-lowcode
	@cmp dist/airbyte-lowcode $(AGAIN)/airbyte-lowcode && echo "Both builds have the same bytes."

install: ## Build the static binary, and put it with its completions and its man page into PREFIX (/usr/local).
	@$(MAKE) --no-print-directory build STATIC=1
	@Distribution/layout .build-static/release/airbyte-lowcode "$(DESTDIR)$(PREFIX)"

# $(call installed,WHAT IS THERE,PACKAGES) installs Debian packages where they are missing.
define installed
	if $(1); then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
	  echo "These are needed, by their Debian names: $(2). Please install them with this system's package manager." >&2; exit 1; \
	fi; \
	if [ "$$(id -u)" = 0 ]; then as_root=; elif command -v sudo >/dev/null; then as_root=sudo; else \
	  echo "These are needed: $(2). Please run 'apt-get install $(2)' as root." >&2; exit 1; \
	fi; \
	{ $$as_root apt-get update -q && $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $(2); } >&2
endef

deps: ## Install the system libraries that are missing.
	@if ! command -v $(SWIFT) >/dev/null; then \
	  echo "A Swift 6 toolchain is needed, and there is no '$(SWIFT)' on the PATH: see https://www.swift.org/install." >&2; exit 1; \
	fi; \
	$(call installed,command -v git >/dev/null && pkg-config --exists $(LIBRARIES) 2>/dev/null,$(PACKAGES))

format: ## Format the Swift files.
	$(SWIFT) format format -i -r $(SWIFT_FILES)

lint: ## Check the format of the Swift files, and that what only some platforms have is imported only there.
	$(SWIFT) format lint --strict -r $(SWIFT_FILES)
	@python3 Distribution/check_imports.py $(SWIFT_FILES)
	@python3 Distribution/pins.py check

parity: build ## Compare with the reference on real manifests; fails below the number in .ci/parity-floor.
	@if ! [ -d $(PARITY)/cases ]; then echo "There is no parity suite at $(PARITY) (PARITY=… names another place)." >&2; exit 1; fi
	@mkdir -p .build && rm -f .build/parity.json
	@PYTHONPATH=$(PARITY) python3 -B -c 'import harness; harness.clock_library()' # Built once, before two jobs need it at the same time.
	-@python3 $(PARITY)/parity.py run --bin $(BIN)/airbyte-lowcode --jobs 2 --json .build/parity.json
	@equal=$$(python3 -c 'import json; print(len(json.load(open(".build/parity.json"))["equal"]))') && floor=$$(cat .ci/parity-floor) && \
	echo "parity: $$equal cases fully equal, at least $$floor wanted" && [ "$$equal" -ge "$$floor" ]

parity-test-read: build ## Compare `test-read` with the reference's on the same manifests (PYTHON names one that has airbyte-cdk).
	@python3 Tests/Parity/test_read.py --bin $(BIN)/airbyte-lowcode --parity $(PARITY) --python $(PYTHON) \
	  --keep .build/test-read --least $$(cat .ci/test-read-floor)

test-sharding: build ## Read public manifests in parts (skipped without PARITY), kill readers of parts, divide a million partitions, and compare reads with their predictions.
	@if [ -d $(PARITY)/cases ]; then python3 -B Tests/Sharding/parity_in_parts.py --bin $(BIN)/airbyte-lowcode --parity $(PARITY) \
	  --least $$(cat .ci/sharding-floor); else echo "There is no parity suite at $(PARITY): its cases are left out."; fi
	@python3 -B Tests/Sharding/killed.py --bin $(BIN)/airbyte-lowcode
	@python3 -B Tests/Sharding/million.py --bin $(BIN)/airbyte-lowcode --seconds 120 --memory 2000
	@python3 -B Tests/Sharding/prediction.py --bin $(BIN)/airbyte-lowcode

docs: deps ## Write the generated parts of docs/ from what the program says of components, rules and templates.
	@$(SWIFT) build --product airbyte-lowcode >&2
	@python3 Distribution/reference_docs.py .build/debug/airbyte-lowcode

conformance-record: ## Record the conformance cases from the reference (ONLY="feature/case …", CHECK=1 to compare).
	python3 Tests/Conformance/record.py $(if $(ONLY),--only $(ONLY)) $(if $(CHECK),--check)

bench: build bench-deps ## Measure, beside the reference if it is at ../cdk or at BENCH="--reference PYTHON".
	@$(BUILD_BENCHMARK) bench-floor >&2
	@python3 Benchmarks/bench.py --bin $(BIN) $(BENCH)

bench-components: build bench-deps ## Measure components in Python, beside the reference (BENCH="--python PYTHON" names one).
	@$(BUILD_BENCHMARK) bench-components >&2
	@python3 Benchmarks/components.py --bin $(BIN) $(BENCH)

bench-deps:
	@$(call installed,command -v nginx >/dev/null || test -x /usr/sbin/nginx,nginx-light)

instructions: build instructions-deps ## Count the instructions of small reads, and compare with Benchmarks/instructions.json.
	@$(BUILD_BENCHMARK) bench-instructions >&2
	@python3 Benchmarks/instructions.py --bin $(BIN)

instructions-record: build instructions-deps ## Record them: after a change of toolchain, or one that is meant to cost more.
	@$(BUILD_BENCHMARK) bench-instructions >&2
	@python3 Benchmarks/instructions.py --bin $(BIN) --record

instructions-deps:
	@$(call installed,command -v valgrind >/dev/null && command -v strip >/dev/null,valgrind binutils)

clean: ## Remove what was built.
	rm -rf .build .build-static $(AGAIN) dist

TAPS := .build/taps
OLD_PYTHON ?= python3.9

test-singer: build ## Read taps from PyPI, with a PostgreSQL of their own, and have target-jsonl and Meltano read a manifest; what is missing is skipped.
	@python3 Tests/Singer/real_taps.py $(BIN)/airbyte-lowcode --environments $(TAPS)

# OLD_PYTHON names a Python 3.7 to 3.9, which the old airbyte-cdk needs.
test-old-singer: ## Compare the recordings of the helper for taps of early versions of airbyte-cdk with what it does (skipped without OLD_PYTHON).
	@if ! $(OLD_PYTHON) -c "" 2>/dev/null; then echo "skipped: there is no $(OLD_PYTHON), which the helper needs"; exit 0; fi; \
	$(OLD_PYTHON) -B Tests/Singer/old_helper.py --check

bench-singer: build ## Measure how much output of a tap is passed on in a second.
	@python3 Benchmarks/singer.py $(BIN)/airbyte-lowcode

test-sources: deps ## Build the sources in Examples and read them, a source on airbyte-cdk (REFERENCE names a Python with it) and source-faker.
	@$(SWIFT) build --product airbyte-lowcode >&2
	$(call built,Examples/source-folder)
	$(call built,Examples/source-clinic)
	@python3 Tests/Sources/sources.py .build/debug/airbyte-lowcode .build/debug $(if $(REFERENCE),--reference $(REFERENCE)) \
	  $(if $(FAKER),--faker $(FAKER))
