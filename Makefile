# Xianbao (县报). `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
SAMPLE := build/sample-county
COUNTY ?= $(SAMPLE)

.PHONY: help setup native browser postgres office run up deploy test fast check format lock bench score learn score-checks rules-doc
.PHONY: clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

# Set-up is skipped while the lock and the project file have not changed: the stamp carries their hash.
STAMP := $(VENV)/.lock-$(shell cat requirements.lock pyproject.toml | sha256sum | cut -c1-16)

# What runs or measures the engine wants it compiled; `fast`, `check`, `format` and `score`, which follow every edit, take
# it as it is: an engine edited since its build is read from its sources.
setup: $(STAMP) ## Create .venv from requirements.lock and compile the engine (skipped when nothing changed)
	@bash deploy/native.sh $(VENV)

native: $(STAMP) ## Compile the engine, also where that failed before
	@bash deploy/native.sh $(VENV) again

$(STAMP): requirements.lock pyproject.toml
	@bash deploy/setup.sh "$(PYTHON)" "$(VENV)"
	@rm -f $(VENV)/.lock-* && touch $@

browser: setup
	@bash deploy/browser.sh

postgres:
	@bash deploy/postgres.sh

office: ## Install LibreOffice and libarchive, which old Word files and .rar need
	@bash deploy/office.sh

run: setup ## Collect the sample county once and show what came of it
	@$(BIN)/county init $(SAMPLE) --from deploy/sample_county > /dev/null
	@# The sample county holds bad files on purpose, so 1 (the operator must look) is a good end here; 2 and 3 are none.
	@$(BIN)/county collect --county $(SAMPLE) || [ $$? -eq 1 ]

up: setup ## Server, worker and schedule for COUNTY=… (default: the sample county); stays, Ctrl-C ends all
	@[ -f $(COUNTY)/county.toml ] || $(BIN)/county init $(COUNTY) --from deploy/sample_county > /dev/null
	@exec $(BIN)/county up --county $(COUNTY)

deploy: setup ## Apply deployments, forms, schedules and automations of COUNTY to the server of PREFECT_API_URL
	@$(BIN)/county deploy --county $(COUNTY)

test: browser postgres ## All tests, the fast ones first
	@$(BIN)/python -m pytest -q -m "not slow" --durations=15
	@$(BIN)/python -m pytest -q -m slow --durations=40

fast: $(STAMP) ## Only the fast tests
	@$(BIN)/python -m pytest -q -m "not slow" --durations=15

check: $(STAMP) ## ruff, mypy --strict, import contract
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP) ## Format the code
	@$(BIN)/ruff check --fix-only -q . && $(BIN)/ruff format -q .

lock: ## Write requirements.lock anew (maintainers; needs uv)
	uv pip compile --universal --python-version 3.11 --extra dev --generate-hashes --no-annotate --no-header \
		--no-emit-index-url pyproject.toml -o requirements.lock

bench: setup ## Benchmarks, each beside its alternative
	@for file in tests/benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file; done

score: $(STAMP) ## How well reports with gold are read (ARGS="--list" or "--calibration")
	@$(BIN)/python tests/golden/score.py $(ARGS)
	@$(BIN)/python tests/golden/phrases.py

learn: $(STAMP) ## Learn anew from gold how figures are told that no rule reads (minutes)
	@bash deploy/learn.sh
	@$(BIN)/python tests/golden/learn.py .venv-learn/bin/python $(ARGS)

score-checks: setup ## How many planted errors the checks find (ARGS="--list", "--seed N", "--only OPERATOR,…")
	@$(BIN)/python -m tests.checks_benchmark $(ARGS)

rules-doc: $(STAMP) ## Write the table of rules in docs/checks.md anew from expectations/rules.csv
	@$(BIN)/python -m expectations.document docs/checks.md

clean: ## Remove everything that was made (not .venv)
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
