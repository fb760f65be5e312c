# make run      set everything up, build a graph from samples/ (or ARTICLES=dir) and serve it
# make test     run the tests
# make check    lint, types, architecture, tests with coverage
PYTHON ?= python3
ARTICLES ?= samples
DATA ?= data
V := .venv
BIN := $(V)/bin
SHARED ?= ../shared
LONG ?= 20000

.PHONY: run test check lint types architecture setup assets score bench clean

$(V)/.installed: pyproject.toml constraints.txt
	@test -d $(V) || $(PYTHON) -m venv $(V)
	@echo "Installing pinned dependencies into $(V) ..."
	@$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e . 
	@touch $@

$(V)/.installed-dev: $(V)/.installed
	@echo "Installing the tools that tests need ..."
	@$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev,cluster]'
	@touch $@

setup: $(V)/.installed assets

assets:
	@$(PYTHON) tools/assets.py

run: setup
	@$(BIN)/kg --data $(DATA) build $(ARTICLES)
	@$(BIN)/kg --data $(DATA) serve

test: $(V)/.installed-dev
	@$(PYTHON) tools/assets.py --dev
	@$(BIN)/python -m pytest

check: lint types architecture
	@$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered

lint: $(V)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(V)/.installed-dev
	@$(BIN)/mypy

architecture: $(V)/.installed-dev
	@$(BIN)/lint-imports

score: $(V)/.installed-dev
	@test -d $(SHARED)/eval || { echo "no evaluation material at $(SHARED)"; exit 1; }
	@$(BIN)/kg annotate $(SHARED)/eval/articles > /tmp/dateline-score.jsonl
	@$(BIN)/python $(SHARED)/eval/score.py $(SHARED)/eval/gold /tmp/dateline-score.jsonl

# Milliseconds by stage, time against length, memory over LONG articles.
bench: $(V)/.installed-dev
	@test -d $(SHARED)/eval || { echo "no evaluation material at $(SHARED)"; exit 1; }
	@$(BIN)/python -m benchmarks.bench_understanding $(SHARED)/eval/articles-zh.tar.xz $(SHARED)/eval/articles \
		--lengths 10,100,1000,5000 --long $(LONG)

clean:
	rm -rf $(V) data dist build node_modules server/static/vendor
