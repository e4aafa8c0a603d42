# One command each; `make` alone lists them. A fresh machine needs Python >= 3.11 and make; the rest goes into .venv.
VENV  ?= .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed
# The first Python on the path that is new enough, unless the caller names one: make test PYTHON=python3.13
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
FUZZ_SECONDS ?= 60
PIP   := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo serve test check format bench fuzz clean

help:                           ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

demo: $(STAMP)                  ## start a mock org, run the main job on it with three clients, show what happened
	@$(BIN)/python -m mockorg_server.demo

serve: $(STAMP)                 ## start a mock org on port 8800; ARGS="--port 0 --seed FILE" for more
	@$(BIN)/mockorg serve $(ARGS)

test: $(STAMP)                  ## the whole test suite; ARGS="-k name" for a part
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.installed-dev   ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev  ## put the code into the form that check asks for
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(STAMP)                 ## the table of speeds, each a ratio within the same run
	$(BIN)/python benchmarks/run.py $(ARGS)

fuzz: $(STAMP)                  ## hostile input by the million, for FUZZ_SECONDS=60; what breaks becomes a test case
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(PIP) --only-binary :all: atheris || \
		echo "no atheris for this Python: hypothesis alone"
	$(BIN)/python -m tests.fuzz.harness --seconds $(FUZZ_SECONDS) $(ARGS)

clean:                          ## remove what the other commands made
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "mockorg needs Python 3.11 or newer; found none on the path" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(STAMP): pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[test]'
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(STAMP)
