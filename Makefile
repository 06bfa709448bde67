# Every command. `make help` lists them.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
UV_COMPILE := $(BIN)/uv pip compile --quiet pyproject.toml --generate-hashes --no-header --no-annotate --python-version 3.11

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## prepare the clone: environment, packages, browser libraries, translations, static files
	@for python in .venv/bin/python python3.11 python3 python3.12 python3.13 python3.14; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then exec $$python tools/setup.py; fi; \
	done; echo "Python 3.11 or newer is needed and was not found" >&2; exit 1

.PHONY: run
run: setup ## start everything with the demo district on http://127.0.0.1:8000 (PORT); Ctrl-C stops all
	@exec $(BIN)/liandong up --demo

.PHONY: test
test: setup ## all checks and tests, browser journeys included
	@$(BIN)/python tools/system_packages.py
	@$(MAKE) lint types
	$(BIN)/python -m pytest -n 2 --dist loadfile

.PHONY: fast
fast: setup ## tests of the rules and the kernel only
	$(BIN)/python -m pytest -q tests/kernel $(wildcard tests/*/rules)

.PHONY: lint
lint: setup ## style, spelling and the walls between modules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	git ls-files -z -- ':!*.lock' ':!package-lock.json' ':!*.csv' ':!*.geojson' | xargs -0 $(BIN)/codespell
	$(BIN)/lint-imports --no-cache

.PHONY: types
types: setup ## strict types
	$(BIN)/mypy

.PHONY: bench
bench: setup ## benchmarks; tables on screen, results in bench/results/
	@$(BIN)/python -m bench
	@$(BIN)/python tools/performance_table.py

.PHONY: golden
golden: setup ## write the golden files anew from what the product does now
	LIANDONG_GOLDEN=write $(BIN)/python -m pytest -q tests/golden tests/cases/test_permissions.py tests/cases/test_workflow.py

.PHONY: lock
lock: setup ## resolve dependencies anew into the lock files
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install uv
	$(UV_COMPILE) -o requirements.lock
	$(UV_COMPILE) --extra dev -o requirements-dev.lock
	PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only --no-progress
	$(BIN)/python tools/vendor.py --strip-addresses
