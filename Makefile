# Two commands set everything up on a machine that has only Python 3.11+ and make: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAMPLES := data/sample/jira.csv data/sample/inhouse.csv data/sample/zendesk.jsonl

.PHONY: demo test test-slow test-plain lint bench train serve clean

# Assesses the sample backlog: three exports of three systems, each ticket answered in its own language.
demo: $(VENV)/demo
	@mkdir -p out
	@$(BIN)/triage assess $(SAMPLES) > out/assess.txt
	@$(BIN)/triage assess $(SAMPLES) --format jsonl > out/assess.jsonl
	@$(BIN)/triage lint $(SAMPLES) > out/lint.txt || test $$? -eq 1
	@$(BIN)/python docs/demo.py out/assess.txt out/lint.txt out/assess.jsonl

test: $(VENV)/dev lint
	$(BIN)/python -m pytest -n auto -m "not slow"

# Minutes of work; run by .ci/run.
test-slow: $(VENV)/dev
	$(BIN)/python -m pytest -n auto -m slow

# The same findings without google-re2 and rjieba.
test-plain: $(VENV)/plain
	$(VENV)-plain/bin/python -m pytest tests/test_rules.py tests/test_patterns.py tests/test_lint.py -k "not re2_fires"

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/dev
	$(BIN)/python -m bench

train: $(VENV)/dev
	$(BIN)/triage train --data data --models models

serve:
	@echo "triage serve comes with the REST service (see CHANGELOG.md); today: triage lint, triage assess, triage rules"

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "triage needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[fast]"
	@touch $@

$(VENV)/dev: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@ $(VENV)/demo

$(VENV)/plain: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)-plain
	$(VENV)-plain/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e . pytest
	@mkdir -p $(VENV) && touch $@

clean:
	rm -rf $(VENV) $(VENV)-plain out dist build
