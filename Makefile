.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
SYNCED := .venv/.synced
# The certificates that the system trusts, as every other program here does.
export UV_SYSTEM_CERTS ?= true

.PHONY: help run test check format lock bench clean

help: ## Show the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: $(SYNCED) ## Start everything on this machine: http://127.0.0.1:8000
	@$(BIN)/spotify-insights start $(ARGS)

test: $(SYNCED) ## Run the checks and the whole test suite
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest -n 2 $(ARGS)

check: $(SYNCED) ## Check format, lint, types and floors
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: $(SYNCED) ## Format the code and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(SYNCED) ## Resolve the dependencies anew into requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --group dev pyproject.toml -o requirements.lock $(ARGS)

bench: $(SYNCED) ## Run the benchmarks and print their tables
	@for b in imports matching stats answers facts plain checker model reuse slow_model start; do $(BIN)/python bench/$$b.py || exit 1; done

clean: ## Remove the environment and everything built
	@rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=...")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(SYNCED): pyproject.toml requirements.lock | $(BIN)/uv
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --no-deps -e .
	@$(BIN)/python -m compileall -q src
	@touch $@
