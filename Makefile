PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help demo test lint fix bench bench-widget setup messages lock reqs

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Run the whole product with example data on PORT (8000); Ctrl-C stops it
	@.ci/venv runtime && exec .venv/bin/python manage.py demo --port $(PORT)

test: ## Run every check and test, with PostgreSQL, Redis and a browser
	@.ci/venv dev && exec .ci/with-services .ci/test

lint: ## Check style, types, layers, templates and house rules
	@.ci/venv dev && exec .ci/lint

fix: ## Put style and format right where a tool can
	@.ci/venv dev
	@.venv/bin/ruff check --fix-only --quiet . ; .venv/bin/ruff format --quiet .

bench: ## Measure messages per second against a real server
	@.ci/venv dev && exec .ci/with-services --on-disk .venv/bin/python -m tests.bench

bench-widget: ## Print what a page of a website pays for the widget
	@.ci/venv dev && exec .ci/with-services .venv/bin/python -m tests.bench.widget

setup: ## Make .venv with everything a developer needs
	@.ci/venv dev

messages: ## Collect the sentences to translate and compile the translations
	@.ci/venv dev
	@. .ci/environment && EMBEDDED=true .venv/bin/python manage.py makemessages --locale sv --no-obsolete --ignore=.venv
	@. .ci/environment && EMBEDDED=true .venv/bin/python -m tests.meta.visitor_catalogues
	@. .ci/environment && EMBEDDED=true .venv/bin/python manage.py compilemessages --ignore=.venv

lock: ## Pin the newest dependencies that pyproject.toml allows
	@.ci/venv dev && exec .ci/lock

reqs: ## List the requirements that no test names
	@.ci/venv dev && exec .ci/with-services .venv/bin/python -m pytest -q -p tests.meta.requirements --requirements
