# Minh Chứng: one entry per thing a person does. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= auto
export PYTHONDONTWRITEBYTECODE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test check trace audit peers bench models soak lock format clean

help: ## list the targets
	@grep -hE "^[a-z-]+:.*## " $(MAKEFILE_LIST) | sed -E "s/:.*## /\t/" | expand -t 10

run: $(VENV)/installed ## start everything embedded, with the demo, on http://127.0.0.1:8000/graphql
	@$(BIN)/minhchung up $(ARGS)

test: $(VENV)/installed-dev ## the whole test suite
	$(BIN)/pytest -n $(JOBS) --dist worksteal $(ARGS)

check: $(VENV)/installed-dev ## format, lint, types, import contracts, documents current, requirements locked
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q tests/architecture

trace: $(VENV)/installed-dev ## the obligations of the regulations, and what keeps each (ARGS=--strict fails at a hole)
	@$(BIN)/python -m tests.trace $(ARGS)

audit: $(VENV)/installed-dev ## suites that others wrote, from npm, where node exists
	$(BIN)/python -m tests.audit.run

peers: $(VENV)/installed-dev ## the page of the queue beside PostGraphile, from npm
	$(BIN)/python -m tests.audit.peer

bench: $(VENV)/installed-dev ## every benchmark beside its baseline, one JSON object a line
	$(BIN)/minhchung bench $(ARGS)

soak: $(VENV)/installed-dev ## the tests that have a larger size, in that size: many hours
	$(BIN)/pytest -m soak --timeout 0 $(ARGS)

models: $(VENV)/installed-dev ## render the sample and train the detector again (needs torch)
	$(BIN)/python -m detection.training.train $(ARGS)
	$(BIN)/python -m detection.training.sample

format: $(VENV)/installed-dev ## format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## resolve the requirements again, with hashes and without index addresses (needs uv)
	uv pip compile $(LOCK) --group build pyproject.toml -o requirements.txt
	uv pip compile $(LOCK) --group build --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
LOCK := -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

clean: ## remove what was built; the data in var/ stays
	rm -rf $(VENV) *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# The stamp is written last, so an install that was killed is made again.
$(VENV)/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 15) else \
	  'minhchung: Python 3.11 to 3.14 is needed, this is %d.%d; set PYTHON=python3.12, say' % sys.version_info[:2])"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@
