# The commands that people use. Each works on a machine that has Python 3.11 with venv, and make.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
# Where the machine sets it, every start would compile Django anew.
unexport PYTHONDONTWRITEBYTECODE
# The machine's own certificates where it has them: they know the proxy it may sit behind.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS := true
endif

# What is installed is told by stamps: a second run installs nothing.
UV := $(BIN)/uv
# --inexact, because an exact one would remove uv itself from the environment.
SYNC := $(UV) sync --quiet --frozen --inexact
RUNTIME := .venv/.runtime-installed
DEVELOPMENT := .venv/.development-installed

.PHONY: help setup run test check prove bench gallery clean

help: ## lists these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUNTIME) ## serves Sluice with the demo account on http://127.0.0.1:8000 (PORT= changes it)
	@$(BIN)/python manage.py demo
	@exec $(BIN)/python manage.py serve --host 127.0.0.1 --port $(PORT)

test: $(DEVELOPMENT) ## runs the short ring of the suite, on every database and broker that is found
	@scripts/test.sh

setup: $(DEVELOPMENT) ## makes the environment only
	@echo "The environment is in .venv."

check: $(DEVELOPMENT) ## format, lint, types, contracts, migrations, then the short ring
	@scripts/check.sh
	@scripts/test.sh

prove: $(DEVELOPMENT) ## the long proofs; their results are kept in benchmarks/results
	@scripts/prove.sh

bench: $(DEVELOPMENT) ## the benchmarks
	@$(BIN)/python -m benchmarks

gallery: $(DEVELOPMENT) ## photographs every page to var/gallery (or FOLDER=), and fails where one is not as it should be
	@$(BIN)/python scripts/gallery.py $(or $(FOLDER),var/gallery)

clean: ## removes the environment and caches; keeps the data in var/
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name it with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "Python's venv module is needed (on Debian and Ubuntu: apt-get install python3-venv)." >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.13,<1"

$(RUNTIME): uv.lock pyproject.toml | $(UV)
	@if [ -e $(DEVELOPMENT) ]; then $(SYNC); else $(SYNC) --no-dev; fi
	@touch $@

$(DEVELOPMENT): uv.lock pyproject.toml | $(UV)
	@$(SYNC)
	@touch $@ $(RUNTIME)
