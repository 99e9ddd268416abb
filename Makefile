# Two commands do everything on a machine with Python 3.11 or later and make:
#   make report   which boroughs have what in common
#   make test     the whole test suite
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

.PHONY: report validate test lint types docs bench clean

report: $(VENV)/.runtime
	@$(BIN)/python -m citytools report overlaps

validate: $(VENV)/.runtime
	@$(BIN)/python -m citytools validate

test: $(VENV)/.dev
	@$(BIN)/python -m citytools report overlaps > /dev/null
	$(BIN)/python -m pytest --numprocesses auto

lint: $(VENV)/.dev
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .

types: $(VENV)/.dev
	$(BIN)/python -m mypy

docs: $(VENV)/.dev
	$(BIN)/python docs/generate.py

bench: $(VENV)/.bench
	$(BIN)/python bench/run.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "citytools needs Python 3.11 or later; this is $$($(PYTHON) --version 2>&1). Name another with: make PYTHON=python3.12 report"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2> /dev/null || { echo "This Python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing citytools into $(VENV) (the first time takes a minute) ..."
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing citytools and what its tests need into $(VENV) (the first time takes a minute) ..."
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.runtime

$(VENV)/.bench: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing citytools and what it is measured against into $(VENV) (the first time takes a minute) ..."
	@$(PIP) install --constraint constraints.txt --editable '.[bench]'
	@touch $@ $(VENV)/.runtime
