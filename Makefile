# Perennial. `make demo` shows it, `make test` proves it; `make help` lists the rest.
# Every target takes VENV=path (default .venv) and PYTHON=python3.12 (any Python from 3.11 on).

VENV   ?= .venv
PYTHON ?= python3
UV     ?= uv
ARGS   ?=
BIN    := $(VENV)/bin

# What an installation was made from; when one of these is newer, it is made again.
RUN_STAMP  := $(VENV)/.perennial-run
TEST_STAMP := $(VENV)/.perennial-test

.DEFAULT_GOAL := help
.PHONY: help install install-test demo up test year crash check bench lock

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

install: $(RUN_STAMP) ## make VENV with the pinned packages and `perennial` in it

install-test: $(TEST_STAMP) ## the same with what the tests need

demo: $(RUN_STAMP) ## a small company, its night through Prefect, what happened
	@$(BIN)/perennial demo $(ARGS)

up: $(RUN_STAMP) ## Prefect on http://127.0.0.1:4200 with a worker and all deployments; Ctrl-C ends it
	@$(BIN)/perennial up $(ARGS)

test: $(TEST_STAMP) ## every test; ARGS="-k mail" for some
	$(BIN)/python -m pytest $(ARGS)

year: $(TEST_STAMP) ## a year of nights on the synthetic company under the invariants; YEAR_SEED=8 for another one
	YEAR_NIGHTS=$(or $(YEAR_NIGHTS),365) $(BIN)/python -m pytest tests/integration/year -q $(ARGS)

crash: $(TEST_STAMP) ## senders killed N times (200), half on each database; nothing lost or doubled; SEED=8 for other moments
	$(BIN)/python -m tests.crash.campaign --points --kills $(or $(N),200) --blind $(or $(BLIND),50) $(if $(SEED),--seed $(SEED)) $(ARGS)

check: $(TEST_STAMP) ## ruff, format, mypy --strict, import contracts, unit tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/unit -q

bench: $(TEST_STAMP) ## how fast, side by side with what one would write by hand
	$(BIN)/python -m bench $(ARGS)

# Versions are chosen once, for Linux and macOS, and committed with their hashes; no index is named.
LOCK = $(UV) pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet

lock: ## choose and pin all versions anew (needs uv; UPGRADE=--upgrade for the newest)
	$(LOCK) $(UPGRADE) --extra test --output-file requirements-test.txt
	$(LOCK) $(UPGRADE) --constraint requirements-test.txt --output-file requirements.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Perennial needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "No virtual environment could be made; on Debian: apt-get install python3-venv"; exit 2; }

# pip refuses hashes beside a folder: first the pinned packages, then the project by itself. The files list every
# package, so nothing is left to resolve (--no-deps; pip before 23.3 would stumble over sqlalchemy[asyncio]).
PIP = $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps

$(RUN_STAMP): requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing pinned packages into $(VENV) ..."
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-build-isolation -e .
	@$(BIN)/python -m pip check
	@touch $@

$(TEST_STAMP): requirements-test.txt $(RUN_STAMP)
	@echo "Installing the test packages into $(VENV) ..."
	@$(PIP) --require-hashes -r requirements-test.txt
	@touch $@
