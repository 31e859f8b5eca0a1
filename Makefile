# Two commands set everything up on a machine that has only Python 3.11+ and make: `make demo` and `make test`.

# With it every process of the service's tests, hundreds of them, would compile the package anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WIDGET := triage/api/widget
SAMPLES := data/sample/jira.csv data/sample/inhouse.csv data/sample/zendesk.jsonl

.PHONY: demo test test-slow test-spark test-plain fuzz pictures openapi widget lint bench train serve clean

# Triages the sample backlog, three exports of three systems: a few tickets in full, the ranked table, the report.
demo: $(VENV)/demo
	@mkdir -p out
	@$(BIN)/triage lint $(SAMPLES) > out/lint.txt || test $$? -eq 1
	@$(BIN)/triage assess $(SAMPLES) > out/assess.txt
	@$(BIN)/triage assess $(SAMPLES) --format jsonl > out/assess.jsonl
	@$(BIN)/python docs/demo.py out/assess.txt out/lint.txt out/assess.jsonl
	@$(BIN)/triage backlog $(SAMPLES) -o out/backlog.jsonl -o out/backlog.xlsx --report out/report.html --format table --top 20 --restart
	@echo "Look at out/report.html; sort and filter out/backlog.xlsx. All tickets in words: out/assess.txt and out/lint.txt."
	@echo 'Try: $(BIN)/triage assess --text "有时候语音会卡顿"'

test: $(VENV)/dev lint
	$(BIN)/python -m pytest -n auto -m "not slow and not spark"

# Minutes of work; run by .ci/run. Some take one and some eight, so a core that is done takes over what waits on another.
test-slow: $(VENV)/dev $(VENV)/browser $(VENV)/widget
	$(BIN)/python -m pytest -n auto --dist worksteal -m slow

# A local Spark with two workers; needs Java 17 or newer.
test-spark: $(VENV)/spark
	$(BIN)/python -m pytest -n 0 -m spark

# The same findings without google-re2 and rjieba.
test-plain: $(VENV)/plain
	$(VENV)-plain/bin/python -m pytest tests/test_rules.py tests/test_patterns.py tests/test_lint.py -k "not re2_fires"

# The service against 20,000 requests that schemathesis makes up; 20 minutes.
fuzz: $(VENV)/dev
	TRIAGE_FUZZ_CASES=20000 $(BIN)/python -m pytest -n 0 -s -m slow tests/test_serve_fuzz.py

# What of the documents is made from the product: the routes' description, the table of settings.
openapi: $(VENV)/dev
	$(BIN)/python docs/openapi.py
	$(BIN)/python docs/settings.py

# The form's element, built anew from its source; needs Node 20.
widget: $(VENV)/widget
	cd $(WIDGET) && npm run build

# The pictures of the documents, taken from the running product.
pictures: demo $(VENV)/dev $(VENV)/browser $(VENV)/widget
	$(BIN)/python docs/pictures.py

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/dev $(VENV)/browser $(VENV)/widget
	@command -v wrk > /dev/null || (apt-get update -qq && apt-get install -y -qq wrk)
	$(BIN)/python -m bench

train: $(VENV)/dev
	$(BIN)/triage train --data data --models models

serve: $(VENV)/serve
	$(BIN)/triage serve

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "triage needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[fast,backlog]"
	@touch $@

$(VENV)/dev: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@ $(VENV)/demo $(VENV)/serve

$(VENV)/serve: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[fast,serve]"
	@touch $@ $(VENV)/demo

$(VENV)/spark: $(VENV)/dev
	@java -version 2> /dev/null || (echo "the Spark tests need Java 17 or newer: apt-get install openjdk-17-jre-headless" && false)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[spark]"
	@touch $@

# The browser that the tests of pages open.
$(VENV)/browser: $(VENV)/dev
	@(command -v chromium && command -v chromedriver) > /dev/null || (apt-get update -qq && apt-get install -y -qq chromium chromium-driver fonts-noto-cjk)
	@touch $@

$(VENV)/widget: $(WIDGET)/package-lock.json
	@command -v npm > /dev/null || (echo "the form's element needs Node 20 and npm" && false)
	cd $(WIDGET) && npm ci --silent
	@mkdir -p $(VENV) && touch $@

$(VENV)/plain: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)-plain
	$(VENV)-plain/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e . pytest
	@mkdir -p $(VENV) && touch $@

clean:
	rm -rf $(VENV) $(VENV)-plain out dist build
