# make run     set up, index seeds/, open the page          make test    set up, run the tests
# make check   format, lint, types, tests: what CI runs     make clean   remove what these made
PYTHON ?= python3
VENV   ?= .venv
CORPUS ?= .qa
PORT   ?=
JOBS   ?= auto

BIN   := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run index test check lint browser clean

run: index
	$(BIN)/qa serve --corpus $(CORPUS) $(if $(PORT),--port $(PORT))

index: $(READY)
	$(BIN)/qa index seeds --corpus $(CORPUS)

test: $(READY) browser
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

check: lint test

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# torch first and by itself: a CPU build is taken where pip finds one.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# The tests open the page in Chromium and read PDFs with pdftotext: the system's own, or installed here.
browser: $(READY)
	@$(BIN)/python tests/browser.py --install

clean:
	rm -rf $(VENV) .qa build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
