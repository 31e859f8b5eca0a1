# Two commands set everything up on a machine that has only Python 3.11+ and make: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAMPLE := data/sample

.PHONY: demo test test-slow test-plain lint bench train serve clean

# Lints the sample backlog: three exports of three systems, each ticket answered in its own language.
demo: $(VENV)/demo
	@mkdir -p out
	@$(BIN)/triage lint $(SAMPLE)/jira.csv $(SAMPLE)/inhouse.csv $(SAMPLE)/zendesk.jsonl > out/demo.txt || test $$? -eq 1
	@$(BIN)/triage lint $(SAMPLE)/jira.csv $(SAMPLE)/inhouse.csv $(SAMPLE)/zendesk.jsonl --format jsonl > out/demo.jsonl || test $$? -eq 1
	@$(BIN)/python docs/demo.py out/demo.txt out/demo.jsonl

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
	@echo "triage serve comes with the REST service (see CHANGELOG.md); today: triage lint, triage rules, triage evaluate"

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
