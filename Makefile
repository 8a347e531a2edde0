# Everything that a person or a machine does with this tree. Nothing asks a question; every target may be run again.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
EXAM := examples/backprop_and_curvature.yaml
OUT ?= out
TORCH := torch==2.13.0
# Where pip should look for torch, such as "--index-url https://download.pytorch.org/whl/cpu" (no CUDA, a tenth as large).
TORCH_FROM ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest

.PHONY: help demo test all-tests check lint types tex oracle bench golden papers clean

help:
	@echo "make demo    build the example exam into $(OUT)/ (Typst, or pdflatex where it is complete)"
	@echo "make test    all the set-up for the tests, and the quick ones"
	@echo "make check   ruff, mypy and all tests: what CI runs"
	@echo "make tex     install TeX, or say what to install"
	@echo "make oracle  install torch, an independent oracle for some tests"
	@echo "make bench   measure against peers"
	@echo "make papers  write the table of the papers and the audit of their keys anew"
	@echo "make golden  write the expected documents anew (review the difference)"
	@echo "make clean   remove what was made, save the environment"

# Each environment is a stamp, made anew when the list of dependencies changes.

$(STAMPS)/venv:
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS)
	@touch $@

$(STAMPS)/demo: pyproject.toml $(STAMPS)/venv
	$(PIP) install --editable .
	@touch $@

$(STAMPS)/test: pyproject.toml $(STAMPS)/venv
	$(PIP) install --editable ".[test]"
	@touch $@ $(STAMPS)/demo

$(STAMPS)/dev: pyproject.toml $(STAMPS)/test
	$(PIP) install --editable ".[test,dev]"
	@touch $@

$(STAMPS)/bench: pyproject.toml $(STAMPS)/test
	$(PIP) install --editable ".[test,bench]"
	@touch $@

$(STAMPS)/oracle: $(STAMPS)/test
	$(PIP) install "$(TORCH)" $(TORCH_FROM)
	@touch $@

demo: $(STAMPS)/demo
	$(BIN)/derive build $(EXAM) -o $(OUT)

test: $(STAMPS)/test
	$(PYTEST) -n auto -m "not slow"

all-tests: $(STAMPS)/test
	$(PYTEST) -n auto

oracle: $(STAMPS)/oracle

lint: $(STAMPS)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMPS)/dev
	$(BIN)/mypy

check: lint types all-tests

# TeX: what the templates load, and the program that looks into PDFs.
TEX_PACKAGES := texlive-latex-extra lmodern poppler-utils

tex:
	@if command -v pdflatex > /dev/null && command -v pdftotext > /dev/null && \
	    kpsewhich bm.sty lmodern.sty tikz.sty microtype.sty booktabs.sty > /dev/null; then \
	    echo "TeX is complete: $$(command -v pdflatex)"; \
	elif command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -q && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $(TEX_PACKAGES); \
	else \
	    echo "Install TeX Live with these (names as in Debian): $(TEX_PACKAGES)"; \
	    echo "Without it the PDFs are made by Typst, and the TeX tests are skipped."; \
	fi

bench: $(STAMPS)/bench
	$(BIN)/python -m benchmarks

papers: $(STAMPS)/test
	$(BIN)/python examples/papers/table.py > docs/papers.new && mv docs/papers.new docs/papers.md
	$(BIN)/derive audit examples/papers/keys/bits_end_semester.yaml --format pdf -o $(OUT)/audit.pdf || test $$? = 1
	pdftoppm -r 90 -png -f 1 -l 1 -singlefile $(OUT)/audit.pdf docs/images/audit
	git --no-pager diff --stat -- docs/papers.md docs/images

golden: $(STAMPS)/test
	DERIVE_GOLDEN=write $(PYTEST) -q tests/golden tests/test_readme.py -k "expected or catalogue"
	$(BIN)/derive build $(EXAM) -o $(OUT) --as solution --format pdf
	pdftoppm -r 90 -png -f 4 -l 4 -singlefile $(OUT)/$(basename $(notdir $(EXAM)))-solution.pdf docs/images/solution
	git --no-pager diff --stat -- tests/golden README.md docs/images

clean:
	rm -rf $(OUT) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find derive tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
