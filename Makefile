# make run      set everything up, build a graph from samples/ (or ARTICLES=dir) and serve it (PORT=8001: there)
# make test     run the tests
# make check    lint, types, architecture, tests with coverage
# Python: the system's where it will do, else whatever is first on the path.  Distributions build theirs with profiles,
# which takes 0.8 to 0.9 of the time of the plain build that version managers make.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo /usr/bin/python3 || echo python3)
ARTICLES ?= samples
DATA ?= data
V := .venv
BIN := $(V)/bin
SHARED ?= ../shared
LONG ?= 20000
TABLES := $(wildcard $(SHARED)/refdata/*.tsv.gz $(SHARED)/refdata/*.tsv)

.PHONY: run test check lint types architecture setup assets score train bench bench-authority bench-build bench-dumps bench-pages bench-sparql bench-update clean

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
	@$(BIN)/kg serve --check $(if $(PORT),--port $(PORT)) > /dev/null
	@$(BIN)/kg --data $(DATA) build $(if $(PORT),--base http://127.0.0.1:$(PORT)/) $(ARTICLES)
	@$(BIN)/kg --data $(DATA) serve $(if $(PORT),--port $(PORT))

# PYTEST: options for pytest, as PYTEST="-n 2 --dist loadfile --cov" of continuous integration.
test: $(V)/.installed-dev
	@$(PYTHON) tools/assets.py --dev
	@$(BIN)/python -m pytest $(PYTEST)

check: lint types architecture
	@$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered

lint: $(V)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(V)/.installed-dev
	@$(BIN)/mypy

architecture: $(V)/.installed-dev
	@$(BIN)/lint-imports

# Found and linked on the gold, with the embedded authority alone and with the tables of reference.
score: $(V)/.installed-dev $(if $(TABLES),build/tables.idx)
	@test -d $(SHARED)/eval || { echo "no evaluation material at $(SHARED)"; exit 1; }
	@mkdir -p build
	@echo "== the embedded authority alone"
	@$(BIN)/kg annotate --data build/none $(SHARED)/eval/articles > build/score.jsonl
	@$(BIN)/python $(SHARED)/eval/score.py $(SHARED)/eval/gold build/score.jsonl
	@$(if $(TABLES),echo "== with the tables of reference")
	@$(if $(TABLES),$(BIN)/kg annotate --data build/none --authority build/tables.idx $(SHARED)/eval/articles > build/score-tables.jsonl)
	@$(if $(TABLES),$(BIN)/python $(SHARED)/eval/score.py $(SHARED)/eval/gold build/score-tables.jsonl)

# Weights of the linker, fitted on the gold and cross-validated.
train: $(V)/.installed-dev $(if $(TABLES),build/tables.idx)
	@$(BIN)/kg linking train $(SHARED)/eval/gold $(SHARED)/eval/articles $(if $(TABLES),--also build/tables.idx) \
		-o kg/linking/weights.toml

build/tables.idx: $(TABLES) $(wildcard kg/authority/*.* kg/authority/data/*.tsv kg/authority/importers/*.*)
	@mkdir -p build
	@$(BIN)/kg authority build -o $@ $(TABLES)

# Milliseconds by stage, time against length, memory over LONG articles.
bench: $(V)/.installed-dev
	@test -d $(SHARED)/eval || { echo "no evaluation material at $(SHARED)"; exit 1; }
	@$(BIN)/python -m benchmarks.bench_understanding $(SHARED)/eval/articles-zh.tar.xz $(SHARED)/eval/articles \
		--lengths 10,100,1000,5000 --long $(LONG)

# Triples a second of writing dumps beside oxigraph dump | pigz; queries beside ten downloads.
# N: how many articles; several, as "20000 50000 100000", show how the cost grows.
N ?= 100000
bench-build: $(V)/.installed-dev
	@$(BIN)/python -m benchmarks.bench_build $(N)

bench-update: $(V)/.installed-dev
	@$(BIN)/python -m benchmarks.bench_update $(if $(filter command line,$(origin N)),$(N))

bench-dumps: $(V)/.installed-dev
	@$(BIN)/python -m benchmarks.bench_dumps

bench-sparql: $(V)/.installed-dev
	@$(BIN)/python -m benchmarks.bench_sparql $(BENCH)
	@$(BIN)/python -m benchmarks.bench_killing

bench-pages: $(V)/.installed-dev
	@$(BIN)/python -m benchmarks.bench_pages

# Entities a second of the dump importer, resuming after a kill, an index of a million names.
bench-authority: $(V)/.installed-dev
	@$(BIN)/python -m benchmarks.bench_authority

clean:
	rm -rf $(V) data dist build node_modules server/static/vendor
