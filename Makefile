# Everything a newcomer or a build machine needs. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
RESIDENTS ?= 20000
PORT ?= 8000
SERVE ?= yes
SCALE ?= 1
SHARE ?= 1
ROUNDS ?= 1
PARTS ?= changes,whole,model,years,pit,county$(if $(DBT),$(comma)automate_dv$(comma)datavault4dbt)
comma := ,

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
FAST := tests/unit tests/spec tests/docs
GENERATED := tests/generative tests/spec/test_as_of.py tests/spec/test_history.py tests/spec/test_publication.py \
	tests/privacy/test_protection_orders.py

.PHONY: help setup demo test check static browser java postgresql xmlsec bench bench-vault bench-nation properties torture attack audit-code lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(DEV) ## Make the virtual environment with everything development needs

demo: $(RUN) ## Invent a county, run the whole flow, serve the portal [RESIDENTS=20000 PORT=8000 SERVE=no]
	@$(BIN)/virtaama demo demo --residents $(RESIDENTS) --port $(PORT) $(if $(filter no,$(SERVE)),--no-serve)

test: static browser java postgresql xmlsec ## Everything: lint, formatting, types, import contracts, all tests
	$(BIN)/pytest

check: static postgresql ## The fast half of it
	$(BIN)/pytest $(wildcard $(FAST))

static: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@tools/weak_code.sh $(BIN)/bandit

audit-code: $(DEV) ## Look for weak code, secrets in files, and known weaknesses of all that is locked (asks pypi.org)
	@tools/weak_code.sh $(BIN)/bandit
	PYTHONPATH=. $(BIN)/python tools/secrets_in_files.py
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
		--requirement requirements/dev.txt

browser:
	@tools/chromium.sh

java:
	@tools/java.sh

postgresql:
	@tools/postgresql.sh

xmlsec:
	@tools/xmlsec.sh

bench: $(DEV) ## Measure speed and memory at 200 000 residents
	$(BIN)/python -m benchmarks.flow

bench-vault: $(DEV) ## Measure loading beside SQL by hand, and beside peers [SCALE=1 PARTS=changes,whole,model,years,pit,county PEERS= DBT=]
	$(BIN)/python -m benchmarks.vault --scale $(SCALE) --parts $(PARTS) --rounds $(ROUNDS) --document \
		$(if $(PEERS),--peers $(PEERS)) $(if $(DBT),--dbt $(DBT))

bench-nation: $(DEV) ## Load 5.6 million residents with 60 million contacts once [SHARE=1]
	$(BIN)/python -m benchmarks.vault.nation --share $(SHARE) --document

properties: $(DEV) ## Try generated models, orders and deliveries at length [EXAMPLES=40]
	EXAMPLES=$(or $(EXAMPLES),40) $(BIN)/pytest $(GENERATED) --timeout 7200

torture: $(DEV) ## Kill, fill, flip and cut; write what came of it to docs/reliability.md [SHARE=1 ONLY= WITHOUT=]
	PYTHONPATH=. $(BIN)/python -m torture --share $(SHARE) --write \
		$(if $(ONLY),--only $(ONLY)) $(if $(WITHOUT),--without $(WITHOUT))

attack: $(DEV) ## Attack stolen tables, erased persons, figures, statements and the audit log; print what was got [SHARE=1]
	PYTHONPATH=. $(BIN)/python -m attack --share $(SHARE)

lock: $(DEV) ## Choose the newest allowed versions and write them down with their hashes (needs uv)
	uv pip compile pyproject.toml --group build --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet --output-file requirements/run.txt
	uv pip compile pyproject.toml --group dev --constraint requirements/run.txt --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements/dev.txt

clean: ## Remove the environment and the caches; the demo's folder stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build dist

$(VENV)/bin/python:
	@tools/venv.sh $(PYTHON) $(VENV)

$(RUN): requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Virtaama runs on: half a minute to a few minutes, by your connection." >&2
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt $(RUN) | $(VENV)/bin/python
	@echo "Installing what the checks need." >&2
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
