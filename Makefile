# Two commands matter: `make run` serves the workbench, `make test` runs everything.
PYTHON ?= python3.11
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: run test check chromium services clean

run: $(VENV)/.runtime
	$(BIN)/python -m fraudkit serve --port $(PORT)

test: $(VENV)/.development chromium services check
	$(BIN)/python -m pytest -n 2 --dist loadscope

check: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile

# The browser of the tests: the system's, else Debian's package, else Playwright's own.
chromium: $(VENV)/.development
	@sh tests/browser/install_chromium.sh $(BIN)/python

# Servers that the tests of sources talk to: Debian's packages where they can be installed, else those tests skip.
services:
	@sh tests/services_install.sh

$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)

$(VENV)/.runtime: requirements.txt constraints.txt | $(BIN)/python
	$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.development: requirements.txt requirements-dev.txt requirements-sources.txt constraints.txt | $(BIN)/python
	$(INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
