# Everything a person types while working on Innboks. `make` alone lists it.
# The steps are small scripts in scripts/, which can be read and run alone.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory --no-builtin-rules
VENV := .venv/bin
# As many at once as there are cores; each process has a PostgreSQL of its own, and a file's tests stay together.
SIDE_BY_SIDE := -n auto --maxprocesses 4 --dist loadfile

test test-browser test-database test-python: export TMPDIR := $(shell scripts/scratch)

.DEFAULT_GOAL := help
.PHONY: help run test check format bench types requirements pictures clean \
        check-python check-web test-web test-browser test-database test-python

help: ## Show this list
	@echo "Innboks: one inbox in which a team answers everybody. Needs Python 3.11 or newer, and make."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: ## Install what is missing, build the web app if it is stale, start everything
	@scripts/prepare python web
	@exec $(VENV)/innboks run

test: ## Run everything: checks, TypeScript, browser and Python tests
	@scripts/prepare dev web system
	@scripts/step "Checks" $(MAKE) check
	@scripts/step "TypeScript tests" $(MAKE) test-web
	@scripts/step "Browser tests" $(MAKE) test-browser
	@scripts/step "Database tests on a PostgreSQL server" $(MAKE) test-database
	@$(MAKE) test-python

check: ## Check format, lint, types, import rules, pins and sizes
	@scripts/prepare dev web
	@$(MAKE) check-python check-web

check-python:
	@scripts/step "requirements in step" $(VENV)/python scripts/requirements.py check
	@scripts/step "ruff format" $(VENV)/ruff format --check --quiet --diff .
	@scripts/step "ruff" $(VENV)/ruff check --quiet .
	@scripts/step "mypy" $(VENV)/mypy
	@scripts/step "import rules" $(VENV)/lint-imports --no-logo

check-web:
	@scripts/step "biome and tsc" scripts/npm run --silent check
	@scripts/step "size-limit" scripts/npm run --silent size

test-web: ## Run the TypeScript unit tests
	@scripts/prepare node-modules
	@scripts/npm run --silent test

test-browser: ## Run the browser tests (Playwright on the system's Chromium)
	@scripts/prepare dev web system
	@scripts/npm run --silent e2e

test-database: ## Run the tests marked "database" on DATABASE_URL or the server at 127.0.0.1:5432
	@scripts/prepare dev
	@$(VENV)/python scripts/test_database.py

test-python: ## Run the Python tests
	@scripts/prepare dev web system
	@$(VENV)/pytest $(SIDE_BY_SIDE)

format: ## Format Python and TypeScript
	@scripts/prepare dev node-modules
	@$(VENV)/ruff check --quiet --fix-only .
	@$(VENV)/ruff format --quiet .
	@scripts/npm run --silent format

bench: ## Measure, print one table and write bench.json
	@scripts/prepare dev web
	@$(VENV)/python -m tests.bench

types: ## Make the TypeScript types of the API again from its OpenAPI description
	@scripts/prepare dev node-modules
	@$(VENV)/innboks schema > web/src/api/schema.json
	@scripts/npm run --silent types

pictures: ## Take the pictures of the documentation anew
	@scripts/prepare dev web system
	@scripts/npm run --silent pictures

requirements: ## Pin all Python packages again from pyproject.toml (UPGRADE=1 takes newer versions)
	@scripts/prepare dev
	@$(VENV)/python scripts/requirements.py write $(if $(UPGRADE),--upgrade)

clean: ## Remove what was built and installed here; never the data folder
	@rm -rf .venv .stamps .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis \
		web/node_modules web/dist web/test-results web/playwright-report web/e2e/.out bench.json
	@find innboks tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
